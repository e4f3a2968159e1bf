//! A webhook on its way from a fake service.

use std::fmt::Write;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a service calls back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The address it was given.
    pub to: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Told {
    /// The last part of the address: what names the call.
    pub fn token(&self) -> &str {
        self.to.rsplit('/').next().unwrap_or_default()
    }

    /// Sends it to a server on this machine, without TLS; the status it answers with, `None` when it does not.
    pub async fn deliver(&self) -> Option<u16> {
        let rest = self.to.strip_prefix("http://")?;
        let (host, path) = rest.split_once('/')?;
        let mut request = format!(
            "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n",
            self.body.len()
        );
        for (name, value) in &self.headers {
            write!(request, "{name}: {value}\r\n").ok()?;
        }
        let mut stream = TcpStream::connect(host).await.ok()?;
        stream.write_all(format!("{request}\r\n{}", self.body).as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }
}

/// An address out of a query.
pub(super) fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or(("", part));
        let byte = u8::from_str_radix(digits, 16).unwrap_or(b'?');
        decoded.push(char::from(byte));
        decoded.push_str(rest);
    }
    decoded
}
