//! What attackers try: forged tokens, other sites, guessing who has an account.

use crate::app::{PASSWORD, TestApp};
use axum::body::Body;
use axum::http::{Method, Request, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

#[tokio::test]
async fn forged_tokens_are_refused() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let token = ana.cookies["mv_session"].clone();
    let parts: Vec<&str> = token.split('.').collect();
    let header: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    assert_eq!(header["alg"], "HS256");
    let claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    for claim in ["sub", "email", "role", "plan", "iat", "exp"] {
        assert!(!claims[claim].is_null(), "{claims}");
    }
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);

    let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut none = header.clone();
    none["alg"] = json!("none");
    let mut admin = claims.clone();
    admin["role"] = json!("admin");
    let mut forever = claims.clone();
    forever["exp"] = json!(99_999_999_999_i64);
    for forged in [
        format!("{}.{}.", encode(&none), parts[1]),
        format!("{}.{}.{}", encode(&none), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], encode(&admin), parts[2]),
        format!("{}.{}.{}", parts[0], encode(&forever), parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        "nonsense".to_owned(),
    ] {
        ana.cookies.insert("mv_session".to_owned(), forged);
        ana.get("/api/users/me").await.refused(401, "invalid_credentials");
    }
    ana.cookies.insert("mv_session".to_owned(), token);
    ana.get("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn pages_of_other_sites_cannot_act() {
    let app = TestApp::start().await;
    let ana = app.person("ana@example.com").await;
    let with = |headers: &[(&'static str, &'static str)]| {
        let mut browser = ana.clone();
        for (name, value) in headers {
            browser.headers.insert(*name, value.parse().unwrap());
        }
        browser
    };
    let name = json!({"name": "Mallory"});
    for evil in [
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "same-site")],
    ] {
        with(evil).patch("/api/users/me", name.clone()).await.refused(403, "cross_site");
        with(evil).delete("/api/users/me").await.refused(403, "cross_site");
        with(evil).post("/api/auth/logout", json!({})).await.refused(403, "cross_site");
        let answer = with(evil).get("/api/users/me").await;
        assert!(answer.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none(), "{answer:?}");
    }
    let own = [("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")];
    with(&own).patch("/api/users/me", json!({"name": "Ana B"})).await.expect(200);
}

#[tokio::test]
async fn named_origins_may_call_with_cookies() {
    let app = TestApp::with(|config| config.allowed_origins = vec!["https://partner.example".into()]).await;
    let preflight = |origin: &str| {
        Request::builder()
            .method(Method::OPTIONS)
            .uri("/api/users/me")
            .header("origin", origin)
            .header("access-control-request-method", "PATCH")
            .header("access-control-request-headers", "content-type,if-match")
            .body(Body::empty())
            .unwrap()
    };
    let answer = app.client().request(preflight("https://partner.example")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://partner.example");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    let answer = app.client().request(preflight("https://evil.example")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let app = TestApp::start().await;
    app.person("ana@example.com").await;
    let mut guesser = app.client();
    let guess = |email: &str| json!({"email": email, "password": "Wrong7horse"});
    let mut known =
        guesser.post("/api/auth/login", guess("ana@example.com")).await.refused(401, "wrong_login");
    let mut unknown =
        guesser.post("/api/auth/login", guess("no@example.com")).await.refused(401, "wrong_login");
    known["request_id"].take();
    unknown["request_id"].take();
    assert_eq!(known, unknown);
    // Both cost one hash: what was counted is the same, whatever the clock says.
    let hashed = app.state.auth.passwords.hashed();
    guesser.post("/api/auth/login", guess("ana@example.com")).await.refused(401, "wrong_login");
    assert_eq!(app.state.auth.passwords.hashed() - hashed, 1);
    guesser.post("/api/auth/login", guess("no@example.com")).await.refused(401, "wrong_login");
    assert_eq!(app.state.auth.passwords.hashed() - hashed, 2);
    for path in ["/api/auth/forgot-password", "/api/auth/verify-email/resend"] {
        let known = guesser.post(path, json!({"email": "ana@example.com"})).await.expect(200);
        assert_eq!(known, guesser.post(path, json!({"email": "no@example.com"})).await.expect(200));
    }
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let app = TestApp::with(|config| config.public_url = "https://films.example".parse().unwrap()).await;
    let mut stranger = app.client();
    for path in ["/api/users/me", "/healthz", "/nowhere", "/api/docs/"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    let answer = stranger.get("/api/users/me").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    stranger.headers.insert("x-request-id", "from-the-client-1".parse().unwrap());
    assert_eq!(
        stranger.get("/api/nowhere").await.refused(404, "not_found")["request_id"],
        "from-the-client-1"
    );
    stranger.headers.insert("x-request-id", "bad id!".parse().unwrap());
    assert_ne!(stranger.get("/nowhere").await.header("x-request-id"), "bad id!");

    let made = json!({"email": "ana@example.com", "password": PASSWORD});
    stranger.post("/api/auth/signup", made).await.expect(201);
    let token = app.mail("verify_email").await["token"].clone();
    let answer = stranger.post("/api/auth/verify-email", json!({"token": token})).await;
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-mv_"), "{cookie}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_taken_are_refused() {
    let app = TestApp::start().await;
    let mut stranger = app.client();
    let send = |kind: &'static str, body: Vec<u8>| {
        Request::post("/api/auth/login").header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
    };
    stranger.request(send("application/json", b"{\"email\":".to_vec())).await.refused(400, "not_json");
    stranger.request(send("application/json", b"{} x".to_vec())).await.refused(422, "invalid");
    stranger.request(send("text/plain", b"{}".to_vec())).await.refused(415, "unsupported_media_type");
    let large = format!("{{\"email\":\"{}\"}}", "a".repeat(1024 * 1024));
    stranger.request(send("application/json", large.into_bytes())).await.refused(413, "too_large");
    let deep = "[".repeat(100_000).into_bytes();
    stranger.request(send("application/json", deep)).await.refused(422, "invalid");
    stranger.send(Method::PUT, "/api/auth/login", None).await.refused(405, "method_not_allowed");
    stranger.get("/api/nowhere").await.refused(404, "not_found");
}

#[tokio::test]
async fn the_same_key_does_nothing_twice() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    ana.headers.insert("idempotency-key", "order-1".parse().unwrap());
    let make = json!({"name": "Script", "scopes": ["read"]});
    let first = ana.post("/api/keys", make.clone()).await.expect(201);
    let again = ana.post("/api/keys", make.clone()).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.expect(201), first);
    assert_eq!(ana.get("/api/keys").await.expect(200)["total"], 1);
    ana.post("/api/keys", json!({"name": "Other", "scopes": ["read"]})).await.refused(422, "invalid");

    // Another person's key of the same name is another key.
    let mut bo = app.person("bo@example.com").await;
    bo.headers.insert("idempotency-key", "order-1".parse().unwrap());
    bo.post("/api/keys", make.clone()).await.expect(201);
    // What was refused is tried anew.
    ana.headers.insert("idempotency-key", "order-2".parse().unwrap());
    ana.post("/api/keys", json!({"name": "", "scopes": ["read"]})).await.refused(422, "invalid");
    ana.post("/api/keys", make.clone()).await.expect(201);
    // A day later it counts as new.
    ana.headers.insert("idempotency-key", "order-1".parse().unwrap());
    app.advance(chrono::TimeDelta::days(1) + chrono::TimeDelta::seconds(1));
    ana.post("/api/auth/refresh", json!({})).await.expect(200);
    ana.post("/api/keys", make).await.expect(201);
    assert_eq!(ana.get("/api/keys").await.expect(200)["total"], 3);
}

#[tokio::test]
async fn a_call_that_died_is_not_done_again() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    ana.headers.insert("idempotency-key", "order-1".parse().unwrap());
    let make = json!({"name": "Script", "scopes": ["read"]});
    ana.post("/api/keys", make.clone()).await.expect(201);
    // As if the server had stopped before it kept the answer.
    sqlx::query("UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL")
        .execute(app.state.db.owner())
        .await
        .unwrap();
    let answer = ana.post("/api/keys", make.clone()).await;
    assert_eq!(answer.header("retry-after"), "1");
    answer.refused(409, "still_running");
    app.advance(chrono::TimeDelta::minutes(16) + chrono::TimeDelta::seconds(1));
    ana.post("/api/auth/refresh", json!({})).await.expect(200);
    for _ in 0..2 {
        ana.post("/api/keys", make.clone()).await.refused(409, "outcome_unknown");
    }
    assert_eq!(ana.get("/api/keys").await.expect(200)["total"], 1);
    ana.headers.insert("idempotency-key", "order-2".parse().unwrap());
    ana.post("/api/keys", make).await.expect(201);
}

#[tokio::test]
async fn what_a_client_began_before_it_went_away_is_answered_when_it_asks_again() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    ana.headers.insert("idempotency-key", "order-1".parse().unwrap());
    let make = json!({"name": "Script", "scopes": ["read"]});
    let begun = async {
        let count = "SELECT count(*) FROM idempotency_keys";
        while sqlx::query_scalar::<_, i64>(count).fetch_one(app.state.db.owner()).await.unwrap() == 0 {}
    };
    tokio::select! {
        biased;
        _ = ana.post("/api/keys", make.clone()) => {}
        () = begun => {}
    }
    let mut answer = ana.post("/api/keys", make.clone()).await;
    for _ in 0..1000 {
        if answer.status != 409 {
            break;
        }
        answer = ana.post("/api/keys", make.clone()).await;
    }
    assert_eq!(answer.header("idempotency-replayed"), "true");
    answer.expect(201);
    assert_eq!(ana.get("/api/keys").await.expect(200)["total"], 1);
}
