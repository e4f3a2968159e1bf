//! What people are written about, the links that stop it, and what comes back.

use crate::app::{Answer, Client, TestApp};
use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mv_api::config::Secret;
use mv_core::ids::{MailId, UserId};
use mv_core::mail::Topic;
use mv_store::db::mails::{self, Ending, NewMail, State};
use ring::hmac;
use serde_json::{Value, json};
use uuid::Uuid;

const KEY: [u8; 24] = [7; 24];

async fn app() -> TestApp {
    let secret = Secret::new(format!("whsec_{}", STANDARD.encode(KEY)));
    TestApp::with(|config| config.resend_webhook_secrets = vec![secret]).await
}

async fn id(client: &mut Client) -> UserId {
    client.id().await.parse().unwrap()
}

/// A mail that went out to this person.
async fn sent(app: &TestApp, user: UserId, id: u128, kind: &str) -> MailId {
    let id = MailId(Uuid::from_u128(id));
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let new = NewMail { id, user, kind, address: "ana@example.com", subject: "s", job: 1, at: app.now() };
    assert!(mails::begin(&mut connection, &new).await.unwrap());
    let name = format!("re-{id}");
    let ending = Ending { sent_as: Some(&name), ..Ending::default() };
    mails::end(&mut connection, id, State::Sent, &ending, app.now()).await.unwrap();
    id
}

fn link(app: &TestApp, user: UserId, topic: Topic) -> String {
    format!("/api/mail/unsubscribe?token={}", app.state.mail_choices.token(user, topic))
}

async fn form(client: &mut Client, path: &str, body: &'static str) -> Answer {
    let request = Request::builder().method(Method::POST).uri(path);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    client.request(request.body(Body::from(body)).unwrap()).await
}

/// News as Resend sends it, signed with this key, at this time.
async fn news(app: &TestApp, name: &str, body: &Value, key: &[u8], time: i64) -> Answer {
    let body = body.to_string();
    let signed = format!("{name}.{time}.{body}");
    let tag = STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes()));
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/webhooks/resend")
        .header("svix-id", name)
        .header("svix-timestamp", time)
        .header("svix-signature", format!("v1,{tag}"));
    app.client().request(request.body(Body::from(body)).unwrap()).await
}

fn bounced(sent_as: &str) -> Value {
    json!({ "type": "email.bounced", "data": { "email_id": sent_as,
        "bounce": { "message": "no such user", "type": "Permanent" } } })
}

#[tokio::test]
async fn people_choose_what_they_are_written_about() {
    let app = app().await;
    let mut ana = app.person("ana@example.com").await;
    let all = json!({ "films": true, "reminders": true, "blocked": null });
    assert_eq!(ana.get("/api/users/me/mail").await.expect(200), all);
    let path = "/api/users/me/mail";
    let put = |body: Value| (Method::PUT, path, Some(body));
    let (method, _, body) = put(json!({ "films": false }));
    let chosen = ana.send(method, path, body).await.expect(200);
    assert_eq!(chosen, json!({ "films": false, "reminders": true, "blocked": null }));
    let (method, _, body) = put(json!({ "films": true, "reminders": false }));
    ana.send(method, path, body).await.expect(200);
    assert_eq!(ana.get(path).await.expect(200)["reminders"], false);
    let (method, _, body) = put(json!({ "account": false }));
    ana.send(method, path, body).await.refused(422, "invalid");
    app.client().get(path).await.refused(401, "sign_in_needed");
    let mut bob = app.person("bob@example.com").await;
    assert_eq!(bob.get(path).await.expect(200), all, "each for themselves");
}

#[tokio::test]
async fn a_link_stops_one_topic_and_only_by_a_post() {
    let app = app().await;
    let mut ana = app.person("ana@example.com").await;
    let user = id(&mut ana).await;
    let path = link(&app, user, Topic::Films);
    let mut stranger = app.client();
    let wanted = json!({ "topic": "films", "wanted": true });
    assert_eq!(stranger.get(&path).await.expect(200), wanted);
    assert_eq!(stranger.get(&path).await.expect(200), wanted, "looking stops nothing");
    let request =
        Request::builder().uri(&path).header("accept", "text/html,*/*").body(Body::empty()).unwrap();
    let led = stranger.request(request).await;
    let token = path.split_once('=').unwrap().1;
    assert_eq!(led.status, 303);
    assert_eq!(led.headers["location"], format!("/unsubscribe/{token}"));

    // As a mail program does it, and then the studio's page, and then the program again.
    let stopped = json!({ "topic": "films", "wanted": false });
    assert_eq!(form(&mut stranger, &path, "List-Unsubscribe=One-Click").await.expect(200), stopped);
    assert_eq!(stranger.send(Method::POST, &path, None).await.expect(200), stopped);
    assert_eq!(stranger.get(&path).await.expect(200), stopped);
    let chosen = ana.get("/api/users/me/mail").await.expect(200);
    assert_eq!((&chosen["films"], &chosen["reminders"]), (&json!(false), &json!(true)));

    for forged in [path.replace("films", "reminders"), path.replace("films", "account"), format!("{path}0")] {
        stranger.send(Method::POST, &forged, None).await.refused(404, "link_unknown");
    }
    let nobody = link(&app, UserId(Uuid::from_u128(9)), Topic::Films);
    stranger.send(Method::POST, &nobody, None).await.expect(200);
}

#[tokio::test]
async fn mail_that_came_back_is_written_down_once_and_its_address_left_alone() {
    let app = app().await;
    let mut ana = app.person("ana@example.com").await;
    let mut root = app.admin().await;
    let user = id(&mut ana).await;
    let mail = sent(&app, user, 1, "video_complete").await;
    let (now, body) = (app.now().timestamp(), bounced(&format!("re-{mail}")));

    news(&app, "msg_1", &body, &[8; 24], now).await.refused(400, "not_signed");
    news(&app, "msg_1", &body, &KEY, now - 301).await.refused(400, "out_of_time");
    assert_eq!(ana.get("/api/users/me/mail").await.expect(200)["blocked"], Value::Null);
    news(&app, "msg_1", &body, &KEY, now).await.expect(204);
    assert_eq!(ana.get("/api/users/me/mail").await.expect(200)["blocked"], "bounced");
    let bounces = root.get("/api/admin/mails?state=bounced").await.expect(200);
    assert_eq!((&bounces["total"], &bounces["data"][0]["detail"]), (&json!(1), &json!("no such user")));
    let blocks = root.get("/api/admin/mail-blocks").await.expect(200);
    assert_eq!(blocks["data"][0]["address"], "ana@example.com");

    root.delete("/api/admin/mail-blocks/ana@example.com").await.expect(204);
    root.delete("/api/admin/mail-blocks/ana@example.com").await.refused(404, "not_found");
    news(&app, "msg_1", &body, &KEY, now).await.expect(204);
    assert_eq!(root.get("/api/admin/mail-blocks").await.expect(200)["total"], 0, "replayed: no news");

    // Before its sending was written down, it is known by what we gave it to carry.
    let early = MailId(Uuid::from_u128(2));
    let mut connection = app.state.db.worker().acquire().await.unwrap();
    let address = "ana@example.com";
    let new = NewMail { id: early, user, kind: "welcome", address, subject: "s", job: 2, at: app.now() };
    assert!(mails::begin(&mut connection, &new).await.unwrap());
    let complaint =
        json!({ "type": "email.complained", "data": { "email_id": "re-2", "tags": { "mail_id": early } } });
    news(&app, "msg_2", &complaint, &KEY, now).await.expect(204);
    let ending = Ending { sent_as: Some("re-2"), ..Ending::default() };
    mails::end(&mut connection, early, State::Sent, &ending, app.now()).await.unwrap();
    drop(connection);
    assert_eq!(root.get("/api/admin/mails?kind=welcome").await.expect(200)["data"][0]["state"], "complained");
    news(&app, "msg_3", &bounced("re-of-somebody-else"), &KEY, now).await.expect(204);
    news(&app, "msg_4", &json!({ "type": "email.opened", "data": { "email_id": "re-2" } }), &KEY, now)
        .await
        .expect(204);
    assert_eq!(ana.get("/api/users/me/mail").await.expect(200)["blocked"], "complained");
}

#[tokio::test]
async fn whoever_proves_to_read_their_mail_gets_it_again() {
    let app = app().await;
    let mut ana = app.person("ana@example.com").await;
    let user = id(&mut ana).await;
    let mail = sent(&app, user, 1, "video_complete").await;
    let now = app.now().timestamp();
    news(&app, "msg_1", &bounced(&format!("re-{mail}")), &KEY, now).await.expect(204);
    assert_eq!(ana.get("/api/users/me/mail").await.expect(200)["blocked"], "bounced");
    ana.post("/api/auth/forgot-password", json!({ "email": "ana@example.com" })).await.expect(200);
    let token = app.mail("reset_password").await["token"].clone();
    let reset = json!({ "token": token, "password": "Another8horse" });
    app.client().post("/api/auth/reset-password", reset).await.expect(200);
    let mut ana = app.client();
    ana.post("/api/auth/login", json!({ "email": "ana@example.com", "password": "Another8horse" }))
        .await
        .expect(200);
    assert_eq!(ana.get("/api/users/me/mail").await.expect(200)["blocked"], Value::Null);
}

#[tokio::test]
async fn without_a_secret_nothing_is_heard_and_mails_are_for_admins() {
    let app = TestApp::start().await;
    let now = app.now().timestamp();
    news(&app, "msg_1", &bounced("re-1"), &KEY, now).await.refused(404, "not_found");
    let mut ana = app.person("ana@example.com").await;
    for path in ["/api/admin/mails", "/api/admin/mail-blocks"] {
        ana.get(path).await.refused(404, "not_found");
    }
    let mut root = app.admin().await;
    let user = id(&mut ana).await;
    sent(&app, user, 1, "welcome").await;
    let of = format!("/api/admin/mails?user_id={user}&state=sent");
    assert_eq!(root.get(&of).await.expect(200)["total"], 1);
    assert_eq!(
        root.get(&format!("/api/admin/mails?user_id={}", Uuid::from_u128(9))).await.expect(200)["total"],
        0
    );
    root.get("/api/admin/mails?state=lost").await.refused(422, "invalid");
}
