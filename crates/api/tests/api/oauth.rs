//! Signing in with Google and GitHub: against a real OpenID Connect issuer (Node), and a counterpart of GitHub's five
//! addresses of our own making.

use crate::app::{Client, PASSWORD, TestApp};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mv_api::ApiConfig;
use mv_api::config::{OAuthClient, Secret};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::OnceCell;
use url::Url;

fn registration(issuer: &str) -> OAuthClient {
    OAuthClient {
        client_id: "melodyvision".to_owned(),
        client_secret: Secret::new("secret"),
        issuer: Some(issuer.parse().unwrap()),
        api_url: Some(issuer.parse().unwrap()),
        allow_private_addresses: true,
    }
}

/// The issuer; ends with the test.
struct Issuer {
    url: String,
    _child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

/// The issuer's packages: installed once, whichever test comes first.
static INSTALLED: OnceCell<()> = OnceCell::const_new();

async fn install(folder: &Path) {
    // npm writes this file when all is in place.
    if !folder.join("node_modules/.package-lock.json").is_file() {
        let mut npm = Command::new("npm");
        let status = npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder).status().await;
        assert!(status.expect("npm is installed").success(), "npm ci failed");
    }
}

impl Issuer {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oauth");
        INSTALLED.get_or_init(|| install(&folder)).await;
        let mut node = Command::new("node");
        node.arg("issuer.mjs").current_dir(&folder);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = node.spawn().expect("node is installed");
        let stdin = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next_line().await.unwrap().expect("the issuer says where it is");
        Self { url, _child: child, stdin, lines }
    }

    /// Whoever comes next is this person.
    async fn person(&mut self, claims: Value) {
        self.stdin.write_all(format!("{claims}\n").as_bytes()).await.unwrap();
        assert_eq!(self.lines.next_line().await.unwrap().as_deref(), Some("ok"));
    }
}

async fn with_google() -> (TestApp, Issuer) {
    let issuer = Issuer::start().await;
    let google = registration(&issuer.url);
    (TestApp::with(|config: &mut ApiConfig| config.google = Some(google)).await, issuer)
}

/// Goes to the provider and back as a browser does; where it ends up in the studio.
async fn travel(browser: &mut Client, first: &str) -> String {
    let back = there(first).await;
    let answer = browser.get(&back).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").to_owned()
}

/// Where the provider sends the browser.
async fn there(url: &str) -> String {
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    let back: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    format!("{}?{}", back.path(), back.query().unwrap_or_default())
}

async fn sign_in(browser: &mut Client, provider: &str) -> String {
    let answer = browser.get(&format!("/api/auth/oauth/{provider}?return_to=/projects")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    travel(browser, answer.header("location")).await
}

#[tokio::test]
async fn google_signs_people_up_and_in() {
    let (app, mut issuer) = with_google().await;
    issuer
        .person(json!({"sub": "g-1", "email": "Ana@Example.com", "email_verified": true, "name": "Ana"}))
        .await;
    let mut browser = app.client();
    assert_eq!(sign_in(&mut browser, "google").await, "/projects");
    let me = browser.get("/api/users/me").await.expect(200);
    assert_eq!((&me["email"], &me["has_password"]), (&json!("ana@example.com"), &json!(false)));
    // The address may change, the subject does not; the issuer's key may change, too.
    issuer
        .person(json!({"sub": "g-1", "email": "new@example.com", "email_verified": true, "rotate": true}))
        .await;
    let mut again = app.client();
    app.advance(chrono::TimeDelta::minutes(2));
    assert_eq!(sign_in(&mut again, "google").await, "/projects");
    assert_eq!(again.get("/api/users/me").await.expect(200)["id"], me["id"]);
    browser.delete("/api/users/me/oauth/google").await.refused(409, "last_way_in");
}

#[tokio::test]
async fn addresses_match_only_when_both_sides_proved_them() {
    let (app, mut issuer) = with_google().await;
    let mut ana = app.person("ana@example.com").await;
    issuer.person(json!({"sub": "g-2", "email": "ana@example.com", "email_verified": false})).await;
    let mut browser = app.client();
    assert_eq!(sign_in(&mut browser, "google").await, "/login?oauth_error=no_verified_email");
    assert!(browser.cookies.is_empty());
    issuer.person(json!({"sub": "g-2", "email": "ana@example.com", "email_verified": true})).await;
    sign_in(&mut browser, "google").await;
    assert_eq!(browser.id().await, ana.id().await);

    // Somebody signed up with an address that is not theirs: whoever proves it gets the account, without them.
    let squat = json!({"email": "bo@example.com", "password": PASSWORD});
    app.client().post("/api/auth/signup", squat.clone()).await.expect(201);
    issuer.person(json!({"sub": "g-3", "email": "bo@example.com", "email_verified": true})).await;
    let mut bo = app.client();
    sign_in(&mut bo, "google").await;
    assert_eq!(bo.get("/api/users/me").await.expect(200)["email"], "bo@example.com");
    app.client().post("/api/auth/login", squat).await.refused(401, "wrong_login");
}

#[tokio::test]
async fn attempts_belong_to_one_browser_and_count_once() {
    let (app, mut issuer) = with_google().await;
    issuer.person(json!({"sub": "g-4", "email": "ana@example.com", "email_verified": true})).await;
    let mut browser = app.client();
    let away = browser.get("/api/auth/oauth/google").await.header("location").to_owned();
    let back = there(&away).await;
    let expired = "/login?oauth_error=attempt_expired";
    assert_eq!(app.client().get(&back).await.header("location"), expired, "another browser");
    let mut copy = browser.clone();
    assert_eq!(browser.get(&back).await.header("location"), "/");
    assert_eq!(copy.get(&back).await.header("location"), expired, "a second time");
    let mut late = app.client();
    let away = late.get("/api/auth/oauth/google").await.header("location").to_owned();
    let back = there(&away).await;
    app.advance(chrono::TimeDelta::minutes(10));
    assert_eq!(late.get(&back).await.header("location"), expired);
    for evil in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let evil: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        app.client().get(&format!("/api/auth/oauth/google?return_to={evil}")).await.refused(422, "invalid");
    }
    app.client().get("/api/auth/oauth/github").await.refused(404, "not_found");
    app.client().get("/api/auth/oauth/nonsense").await.refused(404, "not_found");
}

#[tokio::test]
async fn accounts_are_linked_and_unlinked() {
    let (app, mut issuer) = with_google().await;
    issuer.person(json!({"sub": "g-5", "email": "other@example.com", "email_verified": true})).await;
    let mut ana = app.person("ana@example.com").await;
    let away = ana.post("/api/users/me/oauth/google", json!({})).await.expect(200);
    assert_eq!(travel(&mut ana, away["url"].as_str().unwrap()).await, "/settings/account");
    assert_eq!(ana.get("/api/users/me/oauth").await.expect(200)["data"][0]["email"], "other@example.com");
    let mut browser = app.client();
    sign_in(&mut browser, "google").await;
    assert_eq!(browser.id().await, ana.id().await);
    let mut bo = app.person("bo@example.com").await;
    let away = bo.post("/api/users/me/oauth/google", json!({})).await.expect(200);
    let ended = travel(&mut bo, away["url"].as_str().unwrap()).await;
    assert_eq!(ended, "/login?oauth_error=linked_to_other");
    ana.delete("/api/users/me/oauth/google").await.expect(204);
    ana.delete("/api/users/me/oauth/google").await.refused(404, "not_found");
}

/// What GitHub knows: the challenge of each code, and who somebody is.
#[derive(Clone, Default)]
struct GitHub(Arc<Mutex<HashMap<String, String>>>);

async fn authorize(State(hub): State<GitHub>, Query(query): Query<HashMap<String, String>>) -> Redirect {
    assert_eq!(query["code_challenge_method"], "S256");
    let code = format!("code-{}", hub.0.lock().unwrap().len());
    hub.0.lock().unwrap().insert(code.clone(), query["code_challenge"].clone());
    Redirect::to(&format!("{}?code={code}&state={}", query["redirect_uri"], query["state"]))
}

/// Like GitHub it answers 200 also when it refuses.
async fn token(State(hub): State<GitHub>, form: String) -> Json<Value> {
    let form: HashMap<String, String> = serde_urlencoded::from_str(&form).unwrap();
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    let known = hub.0.lock().unwrap().remove(&form["code"]);
    if known != Some(challenge) || form["client_secret"] != "secret" {
        return Json(json!({"error": "bad_verification_code", "error_description": "…"}));
    }
    Json(json!({"access_token": "gho_x", "token_type": "bearer", "scope": "read:user,user:email"}))
}

fn allowed(headers: &HeaderMap) -> bool {
    headers.get("authorization").is_some_and(|value| value == "Bearer gho_x")
        && headers.contains_key("user-agent")
}

async fn user(headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let account = json!({"id": 583_231, "login": "octocat", "name": null, "email": "shown@example.com"});
    if allowed(&headers) { Ok(Json(account)) } else { Err(StatusCode::UNAUTHORIZED) }
}

async fn emails(headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let addresses = json!([
        {"email": "unproven@example.com", "primary": false, "verified": false, "visibility": null},
        {"email": "octo@example.com", "primary": true, "verified": true, "visibility": "private"},
    ]);
    if allowed(&headers) { Ok(Json(addresses)) } else { Err(StatusCode::NOT_FOUND) }
}

#[tokio::test]
async fn github_signs_people_up_and_in() {
    let hub = GitHub::default();
    let routes = Router::new()
        .route("/login/oauth/authorize", get(authorize))
        .route("/login/oauth/access_token", post(token))
        .route("/user", get(user))
        .route("/user/emails", get(emails))
        .with_state(hub.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, routes).into_future());
    let app = TestApp::with(|config| config.github = Some(registration(&site))).await;
    assert_eq!(app.client().get("/api/auth/oauth").await.expect(200)["providers"], json!(["github"]));

    let mut browser = app.client();
    assert_eq!(sign_in(&mut browser, "github").await, "/projects");
    let me = browser.get("/api/users/me").await.expect(200);
    assert_eq!((&me["email"], &me["name"]), (&json!("octo@example.com"), &json!("octocat")));
    // A code that was used: GitHub's refusal comes with status 200.
    let mut other = app.client();
    let away = other.get("/api/auth/oauth/github").await.header("location").to_owned();
    let back = there(&away).await;
    hub.0.lock().unwrap().clear();
    assert_eq!(other.get(&back).await.header("location"), "/login?oauth_error=attempt_expired");
    // Whoever says no comes back without a code.
    let mut shy = app.client();
    let away: Url = shy.get("/api/auth/oauth/github").await.header("location").parse().unwrap();
    let state = away.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let no = format!("/api/auth/oauth/github/callback?error=access_denied&state={state}");
    assert_eq!(shy.get(&no).await.header("location"), "/login?oauth_error=denied");
}
