//! A program of somebody's own on loopback that takes what it is posted.

use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What it answers a message with.
#[derive(Clone, Debug)]
pub(crate) enum Says {
    Status(u16, String),
    /// To the same place, once more.
    Elsewhere,
    /// Nothing, for as long as the other side waits.
    Nothing,
}

impl Says {
    pub(crate) fn status(status: u16) -> Self {
        Self::Status(status, String::new())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) struct Receiver {
    pub(crate) home: String,
    /// What it answers the next messages with; then with 200.
    plot: Arc<Mutex<VecDeque<Says>>>,
    arrived: mpsc::UnboundedReceiver<Got>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let home = format!("http://{}", listener.local_addr().unwrap());
        let plot: Arc<Mutex<VecDeque<Says>>> = Arc::default();
        let (tell, arrived) = mpsc::unbounded_channel();
        let said = plot.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (said, tell) = (said.clone(), tell.clone());
                tokio::spawn(async move { serve(stream, &said, &tell).await });
            }
        });
        Self { home, plot, arrived }
    }

    pub(crate) fn says(&self, plot: impl IntoIterator<Item = Says>) {
        self.plot.lock().unwrap().extend(plot);
    }

    pub(crate) async fn next(&mut self) -> Got {
        let patience = std::time::Duration::from_mins(1);
        tokio::time::timeout(patience, self.arrived.recv()).await.unwrap().unwrap()
    }

    /// Whether nothing came that was not taken yet.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.arrived.try_recv().is_err()
    }
}

/// One message a connection.
async fn serve(stream: TcpStream, plot: &Mutex<VecDeque<Says>>, tell: &mpsc::UnboundedSender<Got>) {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    stream.read_line(&mut first).await.unwrap();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let says = plot.lock().unwrap().pop_front().unwrap_or(Says::status(200));
    tell.send(Got { path, headers, body: String::from_utf8(body).unwrap() }).ok();
    let answer = match says {
        Says::Status(status, text) => {
            format!(
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            )
        }
        Says::Elsewhere => {
            "HTTP/1.1 302 x\r\nconnection: close\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
                .to_owned()
        }
        Says::Nothing => {
            // Until the other side hangs up.
            stream.read_to_end(&mut Vec::new()).await.ok();
            return;
        }
    };
    stream.write_all(answer.as_bytes()).await.ok();
}
