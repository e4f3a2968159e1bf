//! Messages to addresses that people gave: one request and the beginning of its answer, without redirects, to public
//! addresses alone.

use super::Door;
use super::address::check_public;
use super::line::words_of;
use reqwest::Response;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// What is posted.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    pub url: &'a str,
    pub headers: &'a [(&'static str, String)],
    /// JSON.
    pub body: String,
    /// For all of it: from the look at the address to the end of the answer.
    pub patience: Duration,
    /// Bytes of the answer that are read.
    pub keep: usize,
    pub reach: Reach,
}

/// Where a message may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the Internet, with TLS.
    Public,
    /// To this machine's own loopback addresses as well, without TLS too.
    Loopback,
    /// Wherever the operator says.
    Anywhere,
}

/// What the other side said, whatever it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    /// How its answer begins, as text.
    pub beginning: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The address may not be called, or its name leads nowhere that may be.
    #[error("{0}")]
    Forbidden(String),
    #[error("nothing came within {} s", .0.as_secs_f32())]
    Late(Duration),
    #[error("{0}")]
    Broken(String),
}

impl Door {
    /// Posts a message. Nothing is tried twice, and a redirect is an answer like any other.
    ///
    /// # Errors
    /// [`Unanswered`]; the message may have arrived all the same.
    pub async fn post(&self, message: &Message<'_>) -> Result<Answered, Unanswered> {
        let forbidden = |error: &dyn std::fmt::Display| Unanswered::Forbidden(error.to_string());
        let url: Url = message.url.parse().map_err(|error| forbidden(&error))?;
        let own = match message.reach {
            Reach::Public => false,
            Reach::Loopback => is_loopback(&url),
            Reach::Anywhere => true,
        };
        let client = if own {
            &self.own
        } else {
            check_public(&url).map_err(|error| forbidden(&error))?;
            &self.public
        };
        let mut call = client.post(url).header("content-type", "application/json").body(message.body.clone());
        for (name, value) in message.headers {
            call = call.header(*name, value);
        }
        let until = Instant::now() + message.patience;
        match timeout_at(until, call.send()).await {
            Ok(Ok(response)) => {
                let status = response.status().as_u16();
                Ok(Answered { status, beginning: beginning(response, message.keep, until).await })
            }
            Ok(Err(error)) => Err(Unanswered::Broken(words_of(&error))),
            Err(_) => Err(Unanswered::Late(message.patience)),
        }
    }
}

/// `localhost` is one by RFC 6761.
fn is_loopback(url: &Url) -> bool {
    let web =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    web && match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// As much of the body as came in time: what it says after that changes nothing.
async fn beginning(mut response: Response, most: usize, until: Instant) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < most {
        match timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(chunk))) => bytes.extend_from_slice(&chunk),
            Ok(Ok(None) | Err(_)) | Err(_) => break,
        }
    }
    bytes.truncate(most);
    // PostgreSQL keeps no NUL in a text.
    String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::DoorSettings;
    use mv_core::clock::SystemClock;
    use std::sync::Arc;

    #[tokio::test]
    async fn nothing_goes_to_private_addresses() {
        let door = Door::new(DoorSettings::default(), Arc::new(SystemClock)).unwrap();
        let message = |url, reach| Message {
            url,
            headers: &[],
            body: "{}".into(),
            patience: Duration::from_secs(5),
            keep: 10,
            reach,
        };
        for (url, reach) in [
            ("https://127.0.0.1:1/", Reach::Public),
            ("http://127.0.0.1:1/", Reach::Public),
            ("https://10.0.0.1/", Reach::Loopback),
            ("https://[::ffff:169.254.169.254]/", Reach::Loopback),
            ("http://192.168.0.1/", Reach::Loopback),
            ("http://user:word@127.0.0.1:1/", Reach::Loopback),
            ("ftp://127.0.0.1/", Reach::Loopback),
            ("nowhere", Reach::Loopback),
        ] {
            let posted = door.post(&message(url, reach)).await;
            assert!(matches!(posted, Err(Unanswered::Forbidden(_))), "{url}: {posted:?}");
        }
        // A name that leads to this machine is looked at when it is resolved.
        let posted = door.post(&message("https://localhost:1/", Reach::Public)).await;
        let Err(Unanswered::Broken(words)) = posted else { panic!("{posted:?}") };
        assert!(words.contains("no public address"), "{words}");
    }
}
