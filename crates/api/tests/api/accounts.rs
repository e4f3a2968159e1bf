//! Signing up, in and out; sessions; passwords; addresses; the end of an account.

use crate::app::{PASSWORD, TestApp};
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn signing_up_takes_a_verified_address() {
    let app = TestApp::start().await;
    let mut ana = app.client();
    let made = ana
        .post("/api/auth/signup", json!({"email": "Ana@Example.com", "password": PASSWORD, "name": "Ana"}))
        .await
        .expect(201);
    assert_eq!(made["user"]["email"], "ana@example.com");
    assert_eq!(made["user"]["subscription_plan"], "free");
    assert_eq!(made["session"], json!(null));
    assert!(ana.cookies.is_empty());

    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    let refused = ana.post("/api/auth/login", login.clone()).await.refused(403, "email_not_verified");
    assert!(refused["hint"].as_str().unwrap().contains("/api/auth/verify-email/resend"));

    let first = app.mail("verify_email").await["token"].as_str().unwrap().to_owned();
    ana.post("/api/auth/verify-email/resend", json!({"email": "ana@example.com"})).await.expect(200);
    let second = app.mail("verify_email").await["token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    ana.post("/api/auth/verify-email", json!({"token": first})).await.refused(400, "link_expired");
    let verified = ana.post("/api/auth/verify-email", json!({"token": second})).await.expect(200);
    assert_eq!(verified["user"]["email_verified"], true);
    assert_eq!(ana.get("/api/users/me").await.expect(200)["name"], "Ana");
    ana.post("/api/auth/verify-email", json!({"token": second})).await.refused(400, "link_expired");
    app.mail("welcome").await;

    let mut again = app.client();
    again.post("/api/auth/login", login).await.expect(200);
    let session = again.get("/api/auth/session").await.expect(200);
    assert_eq!(session["user"]["email"], "ana@example.com");
    assert!(session["session"]["id"].is_string());
}

#[tokio::test]
async fn links_expire() {
    let app = TestApp::start().await;
    let mut ana = app.client();
    ana.post("/api/auth/signup", json!({"email": "ana@example.com", "password": PASSWORD})).await.expect(201);
    let token = app.mail("verify_email").await["token"].clone();
    app.advance(TimeDelta::hours(24));
    ana.post("/api/auth/verify-email", json!({"token": token})).await.refused(400, "link_expired");
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    let app = TestApp::start().await;
    let mut ana = app.client();
    let refused = ana
        .post("/api/auth/signup", json!({"email": "not an address", "password": "short", "name": "A"}))
        .await
        .refused(422, "invalid");
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields.len(), 3, "{refused}");
    for field in ["email", "password", "name"] {
        assert!(fields.contains(&field), "{refused}");
    }
    let refused = ana.post("/api/auth/signup", json!({"email": 7})).await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["field"], "email");
    let nul = json!({"email": "ana@example.com", "password": PASSWORD, "name": "A\u{0}na"});
    ana.post("/api/auth/signup", nul).await.refused(422, "invalid");

    ana.post("/api/auth/signup", json!({"email": "ana@example.com", "password": PASSWORD})).await.expect(201);
    let again = json!({"email": "ANA@example.com", "password": PASSWORD});
    ana.post("/api/auth/signup", again).await.refused(409, "email_taken");
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_thief_ends_the_session() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    app.advance(TimeDelta::minutes(15));
    ana.get("/api/users/me").await.refused(401, "session_expired");

    let stolen = ana.clone();
    let before = ana.cookies["mv_refresh"].clone();
    ana.post("/api/auth/refresh", json!({})).await.expect(200);
    assert_ne!(ana.cookies["mv_refresh"], before);
    ana.get("/api/users/me").await.expect(200);

    // The answer was lost: within ten seconds the same token gets the same session, and the same next token.
    app.advance(TimeDelta::seconds(10));
    let mut retry = stolen.clone();
    retry.post("/api/auth/refresh", json!({})).await.expect(200);
    assert_eq!(retry.cookies["mv_refresh"], ana.cookies["mv_refresh"]);
    ana.get("/api/users/me").await.expect(200);

    // Later it is a thief's.
    app.advance(TimeDelta::seconds(1));
    let mut thief = stolen.clone();
    thief.post("/api/auth/refresh", json!({})).await.refused(401, "session_ended");
    assert!(thief.cookies.is_empty(), "the cookies are taken away");
    ana.get("/api/users/me").await.refused(401, "session_ended");
    ana.post("/api/auth/refresh", json!({})).await.refused(401, "session_ended");
    let mut ana = app.client();
    ana.post("/api/auth/login", json!({"email": "ana@example.com", "password": PASSWORD})).await.expect(200);
    let log = ana.get("/api/audit?event_type=refresh_reused").await.expect(200);
    assert_eq!(log["total"], 1, "{log}");
}

#[tokio::test]
async fn an_old_refresh_token_ends_the_session_too() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let mut thief = ana.clone();
    for _ in 0..3 {
        ana.post("/api/auth/refresh", json!({})).await.expect(200);
    }
    thief.post("/api/auth/refresh", json!({})).await.refused(401, "session_ended");
    ana.get("/api/users/me").await.refused(401, "session_ended");
}

#[tokio::test]
async fn refreshing_at_once_from_two_tabs_gives_one_session() {
    let app = TestApp::start().await;
    let ana = app.person("ana@example.com").await;
    let tabs: Vec<_> = (0..8)
        .map(|_| {
            let mut tab = ana.clone();
            tokio::spawn(async move {
                tab.post("/api/auth/refresh", json!({})).await.expect(200);
                tab.cookies["mv_refresh"].clone()
            })
        })
        .collect();
    let mut tokens = Vec::new();
    for tab in tabs {
        tokens.push(tab.await.unwrap());
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "every tab got the same next token");
}

#[tokio::test]
async fn a_session_lives_thirty_days_from_its_last_use() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    app.advance(TimeDelta::days(29));
    ana.post("/api/auth/refresh", json!({})).await.expect(200);
    app.advance(TimeDelta::days(29));
    ana.post("/api/auth/refresh", json!({})).await.expect(200);
    app.advance(TimeDelta::days(30));
    ana.post("/api/auth/refresh", json!({})).await.refused(401, "session_ended");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_every_node() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let mut elsewhere = app.another_node();
    elsewhere.cookies = ana.cookies.clone();
    elsewhere.get("/api/users/me").await.expect(200);
    let mut copy = ana.clone();
    assert_eq!(ana.post("/api/auth/logout", json!({})).await.status, 204);
    assert!(ana.cookies.is_empty());
    ana.get("/api/users/me").await.refused(401, "sign_in_needed");
    copy.get("/api/users/me").await.refused(401, "session_ended");
    app.advance(TimeDelta::seconds(5));
    elsewhere.get("/api/users/me").await.refused(401, "session_ended");
    assert_eq!(ana.post("/api/auth/logout", json!({})).await.status, 204, "twice does no harm");
}

#[tokio::test]
async fn devices_are_listed_and_ended() {
    let app = TestApp::start().await;
    let mut laptop = app.person("ana@example.com").await;
    let mut phone = app.client();
    phone.headers.insert("user-agent", "Phone/1".parse().unwrap());
    phone.address = "198.51.100.7:1".parse().unwrap();
    phone
        .post("/api/auth/login", json!({"email": "ana@example.com", "password": PASSWORD}))
        .await
        .expect(200);
    let mail = app.mail("new_sign_in").await;
    assert_eq!((&mail["ip_address"], &mail["at"]), (&json!("198.51.100.7"), &json!(app.now())));
    let devices = laptop.get("/api/users/me/sessions").await.expect(200);
    let devices = devices["data"].as_array().unwrap();
    assert_eq!(devices.len(), 2);
    let other = devices.iter().find(|device| device["current"] == false).unwrap();
    assert_eq!(other["user_agent"], "Phone/1");
    assert_eq!(other["ip_address"], "198.51.100.7");
    let path = format!("/api/users/me/sessions/{}", other["id"].as_str().unwrap());

    let mut stranger = app.person("bo@example.com").await;
    stranger.delete(&path).await.refused(404, "not_found");
    phone.get("/api/users/me").await.expect(200);
    assert_eq!(laptop.delete(&path).await.status, 204);
    phone.get("/api/users/me").await.refused(401, "session_ended");
    laptop.delete(&path).await.refused(404, "not_found");
    laptop.get("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let mut other = app.client();
    let known =
        other.post("/api/auth/forgot-password", json!({"email": "ana@example.com"})).await.expect(200);
    let mails = app.mails().await.len();
    let unknown =
        other.post("/api/auth/forgot-password", json!({"email": "no@example.com"})).await.expect(200);
    assert_eq!(known, unknown, "nobody learns who has an account");
    assert_eq!(app.mails().await.len(), mails);

    let token = app.mail("reset_password").await["token"].clone();
    let weak = json!({"token": token, "password": "weak"});
    other.post("/api/auth/reset-password", weak).await.refused(422, "invalid");
    let reset = json!({"token": token, "password": "Better8horse"});
    other.post("/api/auth/reset-password", reset.clone()).await.expect(200);
    other.post("/api/auth/reset-password", reset).await.refused(400, "link_expired");
    ana.get("/api/users/me").await.refused(401, "session_ended");
    let login = |password| json!({"email": "ana@example.com", "password": password});
    other.post("/api/auth/login", login(PASSWORD)).await.refused(401, "wrong_login");
    other.post("/api/auth/login", login("Better8horse")).await.expect(200);
    app.mail("password_changed").await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let mut other = app.client();
    let login = |password| json!({"email": "ana@example.com", "password": password});
    other.post("/api/auth/login", login(PASSWORD)).await.expect(200);
    let change = |current| json!({"current_password": current, "new_password": "Better8horse"});
    let refused = ana.post("/api/users/me/password", change("Wrong7horse")).await.refused(422, "invalid");
    assert_eq!(refused["errors"][0]["field"], "current_password");
    assert_eq!(ana.post("/api/users/me/password", change(PASSWORD)).await.status, 204);
    ana.get("/api/users/me").await.expect(200);
    other.get("/api/users/me").await.refused(401, "session_ended");
    app.client().post("/api/auth/login", login("Better8horse")).await.expect(200);
}

#[tokio::test]
async fn a_new_address_proves_itself_and_the_old_one_is_told() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    app.person("bo@example.com").await;
    let ask = |email| json!({"new_email": email, "password": PASSWORD});
    ana.post("/api/users/me/email", ask("bo@example.com")).await.refused(409, "email_taken");
    let wrong = json!({"new_email": "ana@new.example", "password": "Wrong7horse"});
    ana.post("/api/users/me/email", wrong).await.refused(422, "invalid");
    ana.post("/api/users/me/email", ask("Ana@New.example")).await.expect(202);
    assert_eq!(ana.get("/api/users/me").await.expect(200)["email"], "ana@example.com");
    let mail = app.mail("change_email").await;
    assert_eq!(mail["to"], "ana@new.example");
    app.client().post("/api/auth/change-email", json!({"token": mail["token"]})).await.expect(200);
    assert_eq!(ana.get("/api/users/me").await.expect(200)["email"], "ana@new.example");
    assert_eq!(app.mail("email_changed").await["to"], "ana@example.com");
}

#[tokio::test]
async fn old_hashes_are_replaced_when_their_owner_signs_in() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let id = ana.id().await.parse().unwrap();
    let stored = async |hash: Option<&str>| {
        let mut connection = app.state.db.gate().acquire().await.unwrap();
        if let Some(hash) = hash {
            mv_store::db::users::set_password(&mut connection, id, Some(hash)).await.unwrap();
        }
        let found = mv_store::db::users::credentials(&mut connection, id).await.unwrap();
        found.password_hash.unwrap()
    };
    // "Correct7horse", bcrypt with cost 4.
    let bcrypt = bcrypt::hash(PASSWORD, 4).unwrap();
    assert!(stored(Some(&bcrypt)).await.starts_with("$2"));
    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    app.client().post("/api/auth/login", login.clone()).await.expect(200);
    assert!(stored(None).await.starts_with("$argon2id$"));
    app.client().post("/api/auth/login", login).await.expect(200);
}

#[tokio::test]
async fn a_profile_is_changed_in_part() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let change =
        json!({"avatar_url": "https://example.com/a.png", "locale": "en", "timezone": "Europe/Lisbon"});
    let changed = ana.patch("/api/users/me", change).await.expect(200);
    assert_eq!(changed["user"]["locale"], "en");
    assert_eq!(changed["user"]["name"], "Ana");
    let changed = ana.patch("/api/users/me", json!({"avatar_url": null, "name": "Ana B"})).await.expect(200);
    assert_eq!(changed["user"]["avatar_url"], json!(null));
    assert_eq!(changed["user"]["timezone"], "Europe/Lisbon");
    for wrong in [
        json!({"name": "A"}),
        json!({"avatar_url": "javascript:alert(1)"}),
        json!({"locale": "Klingon!"}),
        json!({"timezone": "../etc"}),
    ] {
        ana.patch("/api/users/me", wrong).await.refused(422, "invalid");
    }
}

#[tokio::test]
async fn a_deleted_account_can_be_had_back_for_thirty_days() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    assert_eq!(ana.delete("/api/users/me").await.status, 204);
    ana.get("/api/users/me").await.refused(401, "sign_in_needed");
    app.mail("deletion_scheduled").await;
    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    app.advance(TimeDelta::days(29));
    ana.post("/api/auth/login", login.clone()).await.expect(200);
    ana.get("/api/users/me").await.expect(200);
    let log = ana.get("/api/audit?event_type=account_restored,deletion_scheduled").await.expect(200);
    assert_eq!(log["total"], 2, "{log}");

    ana.delete("/api/users/me").await.expect(204);
    app.advance(TimeDelta::days(30));
    ana.post("/api/auth/login", login).await.refused(401, "wrong_login");
}

#[tokio::test]
async fn a_copy_of_everything_is_ordered() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let ordered = ana.post("/api/users/me/export", json!({})).await.expect(202);
    let path = format!("/api/users/me/export/{}", ordered["id"].as_str().unwrap());
    let waiting = ana.get(&path).await.expect(200);
    assert_eq!((&waiting["status"], &waiting["download_url"]), (&json!("queued"), &json!(null)));
    app.person("bo@example.com").await.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn what_happened_is_in_the_log() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let wrong = json!({"email": "ana@example.com", "password": "Wrong7horse"});
    app.client().post("/api/auth/login", wrong).await.refused(401, "wrong_login");
    let log = ana.get("/api/audit?limit=100").await.expect(200);
    let kinds: Vec<&str> =
        log["data"].as_array().unwrap().iter().map(|e| e["event_type"].as_str().unwrap()).collect();
    // Entries of one transaction bear the same moment.
    let mut middle = kinds[1..3].to_vec();
    middle.sort_unstable();
    assert_eq!(
        (kinds[0], middle, kinds[3]),
        ("sign_in_failed", vec!["email_verified", "sign_in"], "sign_up")
    );
    assert_eq!(log["data"][0]["ip_address"], "203.0.113.9");
    ana.get("/api/audit?event_type=nonsense").await.refused(422, "invalid");
}

#[tokio::test]
async fn people_show_themselves_by_a_picture_that_they_sent() {
    let app = TestApp::start().await;
    let (mut ana, mut bo) = (app.person("ana@example.com").await, app.person("bo@example.com").await);
    let id = ana.id().await;
    let mut png = std::io::Cursor::new(Vec::new());
    let face = image::RgbImage::from_pixel(640, 360, image::Rgb([200, 120, 30]));
    image::DynamicImage::ImageRgb8(face).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = png.into_inner();
    let upload = async |who: &mut crate::app::Client, purpose: &str| {
        use base64::Engine;
        let word = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let request = axum::http::Request::post("/api/uploads")
            .header("tus-resumable", "1.0.0")
            .header("upload-length", png.len())
            .header("upload-metadata", format!("filename {},purpose {}", word("me.png"), word(purpose)))
            .header("content-type", "application/offset+octet-stream");
        let answer = who.request(request.body(png.clone().into()).unwrap()).await;
        let location = answer.header("location").to_owned();
        answer.expect(201);
        location.rsplit('/').next().unwrap().to_owned()
    };
    let photo = upload(&mut ana, "photo").await;
    let put = |id: &str| Some(json!({"upload_id": id}));
    ana.send(Method::PUT, "/api/users/me/avatar", put(&photo)).await.refused(422, "invalid");
    let sent = upload(&mut ana, "avatar").await;
    bo.send(Method::PUT, "/api/users/me/avatar", put(&sent)).await.refused(422, "invalid");
    let set = ana.send(Method::PUT, "/api/users/me/avatar", put(&sent)).await.expect(200);
    let shown = set["avatar_url"].as_str().unwrap();
    assert_eq!(ana.get("/api/users/me").await.expect(200)["avatar_url"], shown);
    let picture = bo.get(shown).await;
    assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/jpeg"));
    assert_eq!(picture.header("cache-control"), "private, max-age=31536000, immutable");
    app.client().get(shown).await.refused(401, "sign_in_needed");
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let key = mv_store::db::users::avatar(&mut connection, id.parse().unwrap()).await.unwrap().unwrap();
    assert!(key.starts_with("avatars/"), "{key}");
    let kept = mv_store::db::retention::referred(&mut connection, std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(kept, [key], "the sweep leaves it");
    assert_eq!(ana.delete("/api/users/me/avatar").await.status, 204);
    assert_eq!(ana.get("/api/users/me").await.expect(200)["avatar_url"], json!(null));
    bo.get(shown).await.refused(404, "not_found");
}
