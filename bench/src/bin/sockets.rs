//! Opens many sockets on a server, subscribes each to one order, changes that order in the database, and says how long
//! the change took to reach the first, the median and the last of them.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use anyhow::{Context, Result, bail};
use clap::Parser;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Handshakes under way at once.
const OPENING: usize = 200;
/// The longest a change may take to reach everybody before this gives up.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Parser)]
struct Arguments {
    /// `ws://127.0.0.1:8080/ws`
    url: String,
    /// Owner's address of the server's database.
    database: String,
    /// The order that everybody watches.
    order: Uuid,
    /// An API key or access token of its owner.
    token: String,
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// Changes, one after the other.
    #[arg(long, default_value_t = 5)]
    updates: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arc::new(Arguments::parse());
    let (heard, mut arrivals) = mpsc::unbounded_channel();
    let started = Instant::now();
    let (gate, mut opening) = (Arc::new(Semaphore::new(OPENING)), JoinSet::new());
    for _ in 0..arguments.sockets {
        let (gate, arguments) = (gate.clone(), arguments.clone());
        opening.spawn(async move {
            let _permit = gate.acquire_owned().await?;
            open(&arguments).await
        });
    }
    let mut listening = JoinSet::new();
    while let Some(socket) = opening.join_next().await {
        listening.spawn(listen(socket??, heard.clone()));
    }
    println!("{} sockets opened in {:.1} s", arguments.sockets, started.elapsed().as_secs_f64());

    let mut database = PgConnection::connect(&arguments.database).await?;
    for _ in 0..arguments.updates {
        let changed = Instant::now();
        let seq = change(&mut database, arguments.order).await?;
        let mut delays = Vec::with_capacity(arguments.sockets);
        while delays.len() < arguments.sockets {
            let arrival = tokio::time::timeout(PATIENCE, arrivals.recv()).await;
            match arrival {
                Ok(Some((number, at))) if number >= seq => delays.push(at - changed),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => bail!("the change reached {} of {}", delays.len(), arguments.sockets),
            }
        }
        delays.sort_unstable();
        let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!("an update: first {:.0} ms, median {:.0} ms, last {:.0} ms", at(0.0), at(0.5), at(1.0));
    }
    Ok(())
}

/// Opens a socket, says who it is and what it watches, and waits until the server has taken that in.
async fn open(arguments: &Arguments) -> Result<Socket> {
    let request = arguments.url.as_str().into_client_request()?;
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.context("opening a socket")?;
    let channel = format!("video_job:{}", arguments.order);
    for message in [
        json!({ "type": "auth", "token": arguments.token }),
        json!({ "type": "subscribe", "channel": channel }),
    ] {
        socket.send(Message::text(message.to_string())).await?;
    }
    loop {
        let message = socket.next().await.context("the server closed the socket")??;
        let Ok(text) = message.to_text() else { continue };
        let Ok(told) = serde_json::from_str::<Value>(text) else { continue };
        match told["type"].as_str() {
            Some("subscribed" | "job_progress" | "job_complete") => return Ok(socket),
            Some("error") => bail!("{text}"),
            _ => {}
        }
    }
}

/// Tells of each sequence as it arrives.
async fn listen(mut socket: Socket, heard: mpsc::UnboundedSender<(i64, Instant)>) {
    while let Some(Ok(message)) = socket.next().await {
        let at = Instant::now();
        let Ok(text) = message.to_text() else { continue };
        let Ok(told) = serde_json::from_str::<Value>(text) else { continue };
        if let Some(seq) = told["seq"].as_i64()
            && heard.send((seq, at)).is_err()
        {
            return;
        }
    }
}

/// Raises the order's sequence as a worker does, and tells the nodes.
async fn change(database: &mut PgConnection, order: Uuid) -> Result<i64> {
    let seq: i64 = sqlx::query_scalar(
        "UPDATE video_jobs SET progress_seq = progress_seq + 1 WHERE id = $1 RETURNING progress_seq",
    )
    .bind(order)
    .fetch_one(&mut *database)
    .await?;
    let change = json!({ "kind": "video_job", "id": order, "seq": seq });
    sqlx::query("SELECT pg_notify('mv_progress', $1)").bind(change.to_string()).execute(database).await?;
    Ok(seq)
}
