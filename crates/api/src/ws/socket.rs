//! One client: who it is, what it watches, what it says, and when it is let go.

use super::hub::{Frame, Hub, Seat};
use super::message::{self, Reply, Request};
use crate::auth::cookies::Cookie;
use crate::auth::identity::{Identity, Scope, identify};
use crate::state::ApiState;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::{HeaderMap, HeaderValue, header};
use mv_store::db::progress::Subject;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{StreamExt, StreamMap};

/// How long a client may take to say who it is.
const INTRODUCTION: Duration = Duration::from_secs(10);
/// How often the client is pinged, and its right to be here looked at again.
const BEAT: Duration = Duration::from_secs(30);
/// How long a client may take to read what it is sent, or be silent.
const PATIENCE: Duration = Duration::from_secs(75);
/// How long a client may take to answer that it is let go.
const GOODBYE: Duration = Duration::from_secs(2);
/// Things one socket may watch.
const CHANNELS: usize = 100;
/// Messages a client may send at once, and what it may send on in a second.
const BURST: f64 = 60.0;
const PER_SECOND: f64 = 10.0;

/// Close codes: 4000 and above are ours.
const UNAUTHORIZED: u16 = 4401;
const TOO_MANY: u16 = 4429;

struct Client {
    socket: WebSocket,
    state: ApiState,
    hub: Hub,
    /// What speaks for the client: the upgrade's own headers, or the token it sent.
    credentials: HeaderMap,
    known: Option<(Arc<Identity>, Seat)>,
    watching: StreamMap<Subject, WatchStream<Frame>>,
    /// For each thing, the last sequence the client has.
    seen: Vec<(Subject, i64)>,
    allowance: f64,
    heard_at: Instant,
}

/// Why a socket ends.
enum End {
    /// The client went, or does not read.
    Gone,
    Close(u16, &'static str),
}

pub(super) async fn serve(
    socket: WebSocket,
    state: ApiState,
    hub: Hub,
    identity: Option<Arc<Identity>>,
    headers: HeaderMap,
) {
    let mut credentials = HeaderMap::new();
    for name in [header::COOKIE, header::AUTHORIZATION] {
        if let Some(value) = headers.get(&name) {
            credentials.insert(name, value.clone());
        }
    }
    drop(headers);
    let mut client = Client {
        socket,
        state,
        hub,
        credentials,
        known: None,
        watching: StreamMap::new(),
        seen: Vec::new(),
        allowance: BURST,
        heard_at: Instant::now(),
    };
    let end = match identity {
        Some(identity) => Box::pin(client.welcome(identity)).await.err(),
        None => None,
    };
    let end = match end {
        Some(end) => end,
        None => client.run().await,
    };
    if let End::Close(code, reason) = end {
        let frame = CloseFrame { code, reason: reason.into() };
        // Its place is another's from here on.
        client.known = None;
        client.watching.clear();
        // Whoever is gone hears nothing any more.
        if Box::pin(client.send(Message::Close(Some(frame)))).await.is_ok() {
            // What is still on its way is taken in: closing over unread bytes would reset the connection, and the client
            // would not learn why.
            let rest = async { while let Some(Ok(_)) = client.socket.recv().await {} };
            tokio::time::timeout(GOODBYE, rest).await.ok();
        }
    }
    let hub = client.hub.clone();
    drop(client);
    hub.forget_unwatched();
}

/// Ten thousand clients lie idle most of the time: what happens now and then is boxed, so that a client at rest holds no
/// room for it.
impl Client {
    async fn run(&mut self) -> End {
        let began = Instant::now();
        let mut beat = tokio::time::interval_at(began + INTRODUCTION, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let step = tokio::select! {
                said = self.socket.recv() => match said {
                    Some(Ok(said)) => Box::pin(self.hear(said)).await,
                    Some(Err(_)) | None => Err(End::Gone),
                },
                Some((subject, frame)) = self.watching.next() => Box::pin(self.tell(subject, frame)).await,
                _ = beat.tick() => Box::pin(self.beat()).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match tokio::time::timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn reply(&mut self, reply: Reply<'_>) -> Result<(), End> {
        self.send(Message::Text(reply.text().into())).await
    }

    async fn refuse(&mut self, code: &str, message: &str, channel: Option<&str>) -> Result<(), End> {
        self.reply(Reply::Error { code, message, channel }).await
    }

    /// Is the client still there, and may it still be here?
    async fn beat(&mut self) -> Result<(), End> {
        if self.known.is_none() {
            return Err(End::Close(UNAUTHORIZED, "say who you are first"));
        }
        if self.heard_at.elapsed() > PATIENCE {
            return Err(End::Gone);
        }
        // When the database is away nobody is sent away for it.
        if let Ok(caller) = identify(&self.state, &self.credentials).await
            && caller.known().is_err()
        {
            return Err(End::Close(UNAUTHORIZED, "the session has ended"));
        }
        self.send(Message::Ping(Vec::new().into())).await
    }

    async fn hear(&mut self, said: Message) -> Result<(), End> {
        let now = Instant::now();
        self.allowance += now.duration_since(self.heard_at).as_secs_f64() * PER_SECOND;
        self.allowance = self.allowance.min(BURST) - 1.0;
        self.heard_at = now;
        if self.allowance < 0.0 {
            return Err(End::Close(TOO_MANY, "too many messages"));
        }
        let text = match said {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End::Gone),
            // Pings are answered by the library.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => return self.refuse("not_text", "send text", None).await,
        };
        match serde_json::from_str::<Request>(&text) {
            Ok(Request::Auth { token }) => self.auth(&token).await,
            Ok(Request::Subscribe { channel, after }) => self.subscribe(&channel, after).await,
            Ok(Request::Unsubscribe { channel }) => self.unsubscribe(&channel).await,
            Ok(Request::Ping) => self.reply(Reply::Pong).await,
            Err(_) => self.refuse("not_understood", "this is not a message that is known here", None).await,
        }
    }

    async fn auth(&mut self, token: &str) -> Result<(), End> {
        let cookie = format!("{}={token}", Cookie::Access.name(&self.state.config));
        let bearer = format!("Bearer {token}");
        // Access tokens have three parts; whatever has not is an API key.
        let (name, value) = if token.split('.').count() == 3 {
            (header::COOKIE, cookie)
        } else {
            (header::AUTHORIZATION, bearer)
        };
        let Ok(value) = HeaderValue::from_str(&value) else {
            return Err(End::Close(UNAUTHORIZED, "the token is not valid"));
        };
        let credentials = HeaderMap::from_iter([(name, value)]);
        let Ok(caller) = identify(&self.state, &credentials).await else {
            return self.refuse("unavailable", "try again in a few seconds", None).await;
        };
        let Ok(identity) = caller.known() else {
            return Err(End::Close(UNAUTHORIZED, "the token is not valid"));
        };
        self.credentials = credentials;
        self.welcome(identity).await
    }

    async fn welcome(&mut self, identity: Arc<Identity>) -> Result<(), End> {
        if identity.require_scope(Scope::Read).is_err() {
            return Err(End::Close(UNAUTHORIZED, "this key may not read"));
        }
        let user = identity.actor.id;
        match &mut self.known {
            // The same person with a fresher token keeps what they watch.
            Some((known, _)) if known.actor.id == user => *known = identity,
            _ => {
                self.watching.clear();
                self.seen.clear();
                self.known = None;
                let Some(seat) = self.hub.seat(user) else {
                    return Err(End::Close(TOO_MANY, "too many open sockets"));
                };
                self.known = Some((identity, seat));
            }
        }
        self.reply(Reply::Authenticated { user_id: user }).await
    }

    async fn subscribe(&mut self, channel: &str, after: Option<i64>) -> Result<(), End> {
        let Some((identity, _)) = &self.known else {
            return self.refuse("unauthorized", "say who you are first", Some(channel)).await;
        };
        let user = identity.actor.id;
        let Some(subject) = message::subject(channel, user) else {
            let known = "channels are `video_job:ID`, `task:ID` and `notifications`";
            return self.refuse("unknown_channel", known, Some(channel)).await;
        };
        if self.watching.len() >= CHANNELS && !self.watching.contains_key(&subject) {
            return self.refuse("too_many_channels", "unsubscribe from something first", Some(channel)).await;
        }
        match self.hub.watch(user, subject).await {
            Ok(Some(receiver)) => {
                let seq = receiver.borrow().seq;
                self.seen.retain(|(other, _)| *other != subject);
                self.seen.push((subject, after.unwrap_or(-1)));
                self.watching.insert(subject, WatchStream::new(receiver));
                self.reply(Reply::Subscribed { channel, seq }).await
            }
            Ok(None) => self.refuse("not_found", "there is no such job", Some(channel)).await,
            Err(error) => {
                tracing::warn!(%error, "a subscription failed");
                self.refuse("unavailable", "try again in a few seconds", Some(channel)).await
            }
        }
    }

    async fn unsubscribe(&mut self, channel: &str) -> Result<(), End> {
        let who = self.known.as_ref().map(|(identity, _)| identity.actor.id);
        if let Some(subject) = who.and_then(|who| message::subject(channel, who)) {
            self.watching.remove(&subject);
            self.seen.retain(|(other, _)| *other != subject);
            self.hub.forget_unwatched();
        }
        self.reply(Reply::Unsubscribed { channel }).await
    }

    async fn tell(&mut self, subject: Subject, frame: Frame) -> Result<(), End> {
        let Some((_, seen)) = self.seen.iter_mut().find(|(other, _)| *other == subject) else {
            return Ok(());
        };
        if frame.text.is_empty() || frame.seq <= *seen {
            return Ok(());
        }
        *seen = frame.seq;
        self.send(Message::Text(frame.text)).await
    }
}
