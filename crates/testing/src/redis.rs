//! A real Redis with nothing in it.

#![expect(clippy::panic, reason = "a test that gets no server should stop there and say why")]

use crate::child::Kept;
use std::net::TcpListener;

/// Somebody else may take a port between our finding it free and Redis taking it.
const TRIES: u32 = 10;

/// Runs until it is dropped.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    _child: Kept,
    _folder: tempfile::TempDir,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for Redis: {error}"));
        let mut said = String::new();
        for _ in 0..TRIES {
            let port = free_port();
            let arguments =
                ["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"];
            let arguments = arguments.map(str::to_owned);
            match Kept::start("redis-server", &arguments, folder.path(), "eady to accept connections") {
                Ok(child) => return Self { port, _child: child, _folder: folder },
                Err(why) => said = why,
            }
        }
        panic!("Redis does not start: {said}");
    }

    /// As `REDIS_URL` takes it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.unwrap_or_else(|error| panic!("no free port: {error}")).port()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    fn ask(server: &RedisServer, question: &[u8], answer: &[u8]) {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.write_all(question).unwrap();
        let mut said = vec![0; answer.len()];
        stream.read_exact(&mut said).unwrap();
        assert_eq!(String::from_utf8_lossy(&said), String::from_utf8_lossy(answer));
    }

    #[test]
    fn servers_are_apart_and_end_when_dropped() {
        let (one, two) = (RedisServer::start(), RedisServer::start());
        ask(&one, b"SET song 1\r\n", b"+OK\r\n");
        ask(&one, b"DBSIZE\r\n", b":1\r\n");
        ask(&two, b"DBSIZE\r\n", b":0\r\n");
        let port = one.port;
        drop(one);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
