//! Live progress over a real socket.

use crate::app::{Client, TestApp};
use futures_util::{SinkExt, StreamExt};
use mv_core::ids::VideoJobId;
use mv_store::db::progress;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Far longer than anything here takes: a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(address: SocketAddr, headers: &[(&'static str, String)]) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        Ok(Self(tokio_tungstenite::connect_async(request).await?.0))
    }

    /// Somebody whose key came with the upgrade.
    pub(crate) async fn of(address: SocketAddr, who: &Client) -> Self {
        let key = who.key.clone().unwrap();
        let mut socket = Self::open(address, &[("authorization", format!("Bearer {key}"))]).await.unwrap();
        let hello = socket.hear().await;
        assert_eq!(hello, json!({"type": "authenticated", "user_id": who.id}));
        socket
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Message {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap();
            if !matches!(message, Message::Ping(_) | Message::Pong(_)) {
                return message;
            }
        }
    }

    pub(crate) async fn hear(&mut self) -> Value {
        serde_json::from_str(self.next().await.to_text().unwrap()).unwrap()
    }

    /// The code with which it is closed, whatever was said before.
    async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next().await {
                return frame.unwrap().code.into();
            }
        }
    }
}

pub(crate) async fn serve(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

async fn ordered(app: &TestApp, who: &Client) -> VideoJobId {
    let project = who.project("Film").await;
    app.planned(who, &project, &[0.0, 4.0], 12.0).await;
    let order = json!({"project_id": project});
    let answer = who.post("/api/video/generate", &order).await.expect(202).value();
    answer["job_id"].as_str().unwrap().parse().unwrap()
}

/// As a worker would: the row first, then word of it.
async fn work(app: &TestApp, job: VideoJobId, status: &str, completed: i64) {
    let mut connection = app.db.database().worker().acquire().await.unwrap();
    sqlx::query(
        "UPDATE video_jobs SET status = $2, progress_seq = progress_seq + 1,
           progress = jsonb_build_object('completed_scenes', $3::bigint) WHERE id = $1",
    )
    .bind(job.0)
    .bind(status)
    .bind(completed)
    .execute(&mut *connection)
    .await
    .unwrap();
    progress::tell_order(&mut connection, job).await.unwrap();
}

#[tokio::test]
async fn a_film_is_watched_to_its_end() {
    let app = TestApp::start().await;
    let address = serve(&app).await;
    let ana = app.person("ana", "pro").await;
    let job = ordered(&app, &ana).await;
    let channel = format!("video_job:{job}");
    let mut socket = Socket::of(address, &ana).await;
    socket.say(json!({"type": "subscribe", "channel": channel})).await;
    let subscribed = socket.hear().await;
    assert_eq!((&subscribed["type"], &subscribed["channel"]), (&json!("subscribed"), &json!(channel)));
    let first = socket.hear().await;
    assert_eq!((&first["type"], &first["data"]["status"]), (&json!("job_progress"), &json!("queued")));
    let mut seq = first["seq"].as_i64().unwrap();
    for completed in 1..=3 {
        work(&app, job, "processing", completed).await;
        let told = socket.hear().await;
        assert_eq!(told["data"]["progress"]["completed_scenes"], completed);
        assert_eq!(told["job_id"], job.to_string());
        assert!(told["seq"].as_i64().unwrap() > seq, "sequences rise: {told}");
        seq = told["seq"].as_i64().unwrap();
    }

    // Whoever comes back with the last sequence hears only what is newer.
    let mut again = Socket::of(address, &ana).await;
    again.say(json!({"type": "subscribe", "channel": channel, "after": seq})).await;
    assert_eq!(again.hear().await, json!({"type": "subscribed", "channel": channel, "seq": seq}));
    work(&app, job, "complete", 4).await;
    for socket in [&mut socket, &mut again] {
        let told = socket.hear().await;
        assert_eq!((&told["type"], &told["data"]["status"]), (&json!("job_complete"), &json!("complete")));
    }

    again.say(json!({"type": "unsubscribe", "channel": channel})).await;
    assert_eq!(again.hear().await["type"], "unsubscribed");
    work(&app, job, "complete", 5).await;
    assert_eq!(socket.hear().await["data"]["progress"]["completed_scenes"], 5);
    again.say(json!({"type": "ping"})).await;
    assert_eq!(again.hear().await["type"], "pong", "nothing came before it");
}

#[tokio::test]
async fn only_those_who_may_see_a_film_watch_it() {
    let app = TestApp::start().await;
    let address = serve(&app).await;
    let (ana, ben) = (app.person("ana", "pro").await, app.person("ben", "pro").await);
    let channel = format!("video_job:{}", ordered(&app, &ana).await);
    let mut socket = Socket::of(address, &ben).await;
    socket.say(json!({"type": "subscribe", "channel": channel})).await;
    assert_eq!(socket.hear().await["code"], "not_found");
    for wrong in ["film:1", "video_job:1", &format!("user:{}", ana.id)] {
        socket.say(json!({"type": "subscribe", "channel": wrong})).await;
        assert_eq!(socket.hear().await["code"], "unknown_channel", "{wrong}");
    }
    socket.0.send(Message::text("not JSON")).await.unwrap();
    assert_eq!(socket.hear().await["code"], "not_understood");
    socket.0.send(Message::binary(vec![1, 2])).await.unwrap();
    assert_eq!(socket.hear().await["code"], "not_text");
    // The same socket, somebody else's key: what may be watched follows.
    socket.say(json!({"type": "auth", "token": ana.key})).await;
    assert_eq!(socket.hear().await["user_id"], ana.id.to_string());
    socket.say(json!({"type": "subscribe", "channel": channel})).await;
    assert_eq!(socket.hear().await["type"], "subscribed");
}

#[tokio::test]
async fn a_socket_must_say_whose_it_is() {
    let app = TestApp::start().await;
    let address = serve(&app).await;
    let ana = app.person("ana", "pro").await;
    let channel = format!("video_job:{}", ordered(&app, &ana).await);
    let mut socket = Socket::open(address, &[]).await.unwrap();
    socket.say(json!({"type": "subscribe", "channel": channel})).await;
    assert_eq!(socket.hear().await["code"], "unauthorized");
    socket.say(json!({"type": "auth", "token": "mv_wrong"})).await;
    assert_eq!(socket.closed().await, 4401);

    let mut socket = Socket::open(address, &[]).await.unwrap();
    socket.say(json!({"type": "auth", "token": ana.key})).await;
    assert_eq!(socket.hear().await["type"], "authenticated");

    let elsewhere = [("origin", "https://evil.example".to_owned())];
    match Socket::open(address, &elsewhere).await.err() {
        Some(Error::Http(answer)) => assert_eq!(answer.status(), StatusCode::FORBIDDEN),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nobody_takes_more_than_their_share() {
    let app = TestApp::start().await;
    let address = serve(&app).await;
    let ana = app.person("ana", "pro").await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Socket::of(address, &ana).await);
    }
    let key = format!("Bearer {}", ana.key.clone().unwrap());
    let mut one_more = Socket::open(address, &[("authorization", key)]).await.unwrap();
    assert_eq!(one_more.closed().await, 4429);

    let mut loud = open.pop().unwrap();
    for _ in 0..200 {
        // Closed in the middle of it.
        if loud.0.send(Message::text(r#"{"type":"ping"}"#)).await.is_err() {
            break;
        }
    }
    assert_eq!(loud.closed().await, 4429);
    let mut another = Socket::of(address, &ana).await;
    another.say(json!({"type": "ping"})).await;
    assert_eq!(another.hear().await["type"], "pong", "its place was free again");
}
