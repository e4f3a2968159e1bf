//! The second factor.

use crate::app::{Client, PASSWORD, TestApp};
use chrono::TimeDelta;
use mv_api::auth::totp::TotpSecret;
use mv_core::Clock;
use serde_json::{Value, json};

/// An authenticator app.
struct Phone(TotpSecret);

impl Phone {
    fn scan(shared: &Value) -> Self {
        let secret = shared["secret"].as_str().unwrap();
        assert!(shared["otpauth_url"].as_str().unwrap().contains(secret));
        assert!(shared["qr_svg"].as_str().unwrap().contains("<svg"));
        let mut bytes = Vec::new();
        let (mut bits, mut held) = (0_u32, 0);
        for letter in secret.bytes() {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|c| *c == letter).unwrap();
            bits = (bits << 5 | value as u32) & 0xfff;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xff) as u8);
            }
        }
        Self(TotpSecret::from_bytes(&bytes).unwrap())
    }

    fn code(&self, app: &TestApp) -> String {
        self.0.code_at(app.clock.now())
    }
}

async fn with_second_factor(app: &TestApp) -> (Client, Phone, Vec<String>) {
    let mut ana = app.person("ana@example.com").await;
    let phone = Phone::scan(&ana.post("/api/users/me/mfa", json!({})).await.expect(200));
    ana.post("/api/users/me/mfa/confirm", json!({"code": "000000"})).await.refused(422, "invalid");
    let codes = ana.post("/api/users/me/mfa/confirm", json!({"code": phone.code(app)})).await.expect(200);
    let codes = codes["recovery_codes"].as_array().unwrap();
    (ana, phone, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn challenge(browser: &mut Client) -> String {
    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    let answer = browser.post("/api/auth/login", login).await.expect(200);
    assert_eq!(answer["mfa_required"], true);
    assert!(browser.cookies.is_empty(), "nobody is signed in yet");
    answer["challenge"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn signing_in_takes_a_code_and_each_counts_once() {
    let app = TestApp::start().await;
    let (mut ana, phone, _) = with_second_factor(&app).await;
    assert_eq!(ana.get("/api/users/me").await.expect(200)["mfa_enabled"], true);
    ana.post("/api/users/me/mfa", json!({})).await.refused(409, "mfa_on");

    let mut browser = app.client();
    let challenge = challenge(&mut browser).await;
    let step = |code: &str| json!({"challenge": challenge, "code": code});
    browser.post("/api/auth/mfa", step("000000")).await.refused(401, "wrong_code");
    let used = phone.code(&app);
    browser.post("/api/auth/mfa", step(&used)).await.refused(401, "wrong_code");
    app.advance(TimeDelta::seconds(30));
    let code = phone.code(&app);
    browser.post("/api/auth/mfa", step(&code)).await.expect(200);
    browser.get("/api/users/me").await.expect(200);
    app.client().post("/api/auth/mfa", step(&code)).await.refused(401, "wrong_code");
    app.advance(TimeDelta::minutes(5));
    let late = step(&phone.code(&app));
    app.client().post("/api/auth/mfa", late).await.refused(401, "challenge_expired");
    let forged = json!({"challenge": "a.b.c", "code": code});
    app.client().post("/api/auth/mfa", forged).await.refused(401, "challenge_invalid");
}

#[tokio::test]
async fn recovery_codes_count_once() {
    let app = TestApp::start().await;
    let (mut ana, phone, codes) = with_second_factor(&app).await;
    let mut browser = app.client();
    let step = json!({"challenge": challenge(&mut browser).await, "code": codes[3].to_uppercase()});
    browser.post("/api/auth/mfa", step.clone()).await.expect(200);
    app.client().post("/api/auth/mfa", step).await.refused(401, "wrong_code");
    let log = ana.get("/api/audit?event_type=recovery_code_used").await.expect(200);
    assert_eq!(log["data"][0]["metadata"]["left"], 9);

    app.advance(TimeDelta::seconds(30));
    let renew = json!({"code": phone.code(&app)});
    let fresh = ana.post("/api/users/me/mfa/recovery-codes", renew).await.expect(200);
    let mut browser = app.client();
    let challenge = challenge(&mut browser).await;
    let step = |code: &str| json!({"challenge": challenge, "code": code});
    browser.post("/api/auth/mfa", step(&codes[4])).await.refused(401, "wrong_code");
    let fresh = fresh["recovery_codes"][0].as_str().unwrap();
    browser.post("/api/auth/mfa", step(fresh)).await.expect(200);
}

#[tokio::test]
async fn turning_it_off_takes_the_password() {
    let app = TestApp::start().await;
    let (mut ana, ..) = with_second_factor(&app).await;
    let off = |password: &str| Some(json!({"password": password}));
    let delete = axum::http::Method::DELETE;
    ana.send(delete.clone(), "/api/users/me/mfa", off("Wrong7horse")).await.refused(422, "invalid");
    assert_eq!(ana.send(delete, "/api/users/me/mfa", off(PASSWORD)).await.status, 204);
    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    assert!(app.client().post("/api/auth/login", login).await.expect(200)["user"].is_object());
}

#[tokio::test]
async fn the_secret_is_sealed_in_the_database() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana@example.com").await;
    let phone = Phone::scan(&ana.post("/api/users/me/mfa", json!({})).await.expect(200));
    let mut connection = app.state.db.gate().acquire().await.unwrap();
    let id = ana.id().await.parse().unwrap();
    let kept = mv_store::db::users::credentials(&mut connection, id).await.unwrap().mfa_secret.unwrap();
    let plain = phone.0.as_bytes();
    assert!(!kept.windows(plain.len()).any(|part| part == plain));
}
