//! What people are told in the studio: listed, read, heard of live, and seen by nobody else.

use crate::app::{Client, TestApp};
use crate::sockets::{Socket, serve};
use mv_core::Clock;
use mv_core::ids::UserId;
use mv_core::notice::Notice;
use mv_core::units::Credits;
use mv_store::db::notifications::{self, About};
use serde_json::{Value, json};

/// As a worker would; says whether it was news.
async fn tell(app: &TestApp, who: &Client, cause: &str) -> bool {
    let mut connection = app.db.database().worker().acquire().await.unwrap();
    let notice = Notice::CreditsLow { left: Credits(cause.len() as i64) };
    let now = app.clock.now();
    notifications::add(&mut connection, UserId(who.id), &notice, cause, About::default(), now).await.unwrap()
}

fn causes(page: &Value) -> Vec<i64> {
    page["data"].as_array().unwrap().iter().map(|told| told["data"]["left"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn what_is_told_is_listed_page_by_page_and_read() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("ana", "pro").await, app.person("ben", "pro").await);
    for cause in ["1", "12", "123", "1234", "12345"] {
        assert!(tell(&app, &ana, cause).await);
    }
    assert!(!tell(&app, &ana, "123").await, "the same cause is told once");
    assert!(tell(&app, &ben, "123").await, "to each");

    let first = ana.get("/api/notifications?limit=2").await.expect(200).value();
    assert_eq!((causes(&first), &first["unread"]), (vec![5, 4], &json!(5)));
    let told = &first["data"][0];
    assert_eq!((&told["kind"], &told["read_at"]), (&json!("credits_low"), &Value::Null));
    let second = ana.get(&format!("/api/notifications?limit=2&before={}", first["next"])).await;
    let second = second.expect(200).value();
    assert_eq!(causes(&second), [3, 2]);
    let last = ana.get(&format!("/api/notifications?limit=2&before={}", second["next"])).await.value();
    assert_eq!((causes(&last), &last["next"]), (vec![1], &Value::Null));

    let read = ana.post("/api/notifications/read", &json!({"ids": [told["id"]]})).await.expect(200).value();
    assert_eq!(read["unread"], 4);
    let up_to = &second["data"][0]["seq"];
    let read = ana.post("/api/notifications/read", &json!({"up_to": up_to})).await.expect(200).value();
    assert_eq!(read["unread"], 1);
    assert_eq!(causes(&ana.get("/api/notifications?unread=true").await.value()), [4]);

    // What is another's cannot be read away.
    let of_ben = &ben.get("/api/notifications").await.value()["data"][0]["id"];
    ana.post("/api/notifications/read", &json!({"ids": [of_ben]})).await.expect(200);
    assert_eq!(ben.get("/api/notifications").await.value()["unread"], 1);
    for wrong in [json!({}), json!({"ids": []}), json!({"ids": [of_ben], "up_to": 9}), json!({"all": true})] {
        assert_eq!(
            ana.post("/api/notifications/read", &wrong).await.expect(422).code(),
            "invalid",
            "{wrong}"
        );
    }
    app.stranger().get("/api/notifications").await.expect(401);
}

#[tokio::test]
async fn what_is_told_is_heard_at_once() {
    let app = TestApp::start().await;
    let address = serve(&app).await;
    let (ana, ben) = (app.person("ana", "pro").await, app.person("ben", "pro").await);
    let mut socket = Socket::of(address, &ana).await;
    socket.say(json!({"type": "subscribe", "channel": "notifications"})).await;
    assert_eq!(socket.hear().await["type"], "subscribed");
    let before = socket.hear().await;
    assert_eq!(before["data"], json!({"unread": 0, "latest": null}));

    tell(&app, &ben, "not hers").await;
    tell(&app, &ana, "hers").await;
    let told = socket.hear().await;
    assert_eq!((&told["type"], &told["data"]["unread"]), (&json!("notifications"), &json!(1)));
    let latest = &told["data"]["latest"];
    assert_eq!((&latest["kind"], &latest["data"]["left"]), (&json!("credits_low"), &json!(4)));
    assert!(told["seq"].as_i64() > before["seq"].as_i64());

    // Read in another window.
    ana.post("/api/notifications/read", &json!({"up_to": latest["seq"]})).await.expect(200);
    assert_eq!(socket.hear().await["data"]["unread"], 0);

    socket.say(json!({"type": "unsubscribe", "channel": "notifications"})).await;
    assert_eq!(socket.hear().await["type"], "unsubscribed");
    tell(&app, &ana, "unheard").await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.hear().await["type"], "pong");
}
