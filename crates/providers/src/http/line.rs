//! One account at one service: where it is, what it may cost to ask twice, and how its silence is read.

use super::accounts::Account;
use super::address::{self, Forbidden};
use super::gate::{Gate, Limits, Shut};
use super::retry_after::retry_after;
use super::sniff::FileKind;
use super::{Door, DoorError};
use crate::error::ProviderError;
use reqwest::header::{HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Request, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

/// The longest a service's own words may be in our messages.
const LONGEST_DETAIL: usize = 300;
/// Anything shorter is no key.
const SHORTEST_SECRET: usize = 6;
/// Result links hop from a service to its storage.
const MOST_REDIRECTS: usize = 5;

/// What a call does besides answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: it may be made as often as one likes.
    Asks,
    /// It makes something, and making it twice does no harm: it is free, or the service knows it by our key.
    Makes,
    /// It is paid for each time: after a lost answer it may not be made again.
    Buys,
}

/// A whole answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.bytes).ok()
    }
}

/// An answer that did not come.
enum Trouble {
    /// The address may not be called.
    Forbidden(Forbidden),
    /// Nothing reached the service.
    NotSent(String),
    /// It may have reached the service.
    Lost(String),
    Late(Duration),
    TooLarge(usize),
}

/// Settings of a [`Line`].
#[derive(Clone, Debug)]
pub(crate) struct LineSettings {
    pub(crate) provider: String,
    /// Calls go to paths below it.
    pub(crate) base: Url,
    /// The operator runs the service: its address may be private and without TLS.
    pub(crate) own: bool,
    pub(crate) limits: Limits,
    /// Never to be seen in a message.
    pub(crate) secrets: Vec<SecretString>,
}

/// Cheap to clone; clones share the limits.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    door: Door,
    settings: Arc<LineSettings>,
    gate: Arc<Gate>,
}

impl Line {
    pub(crate) fn new(door: Door, settings: LineSettings) -> Self {
        let account = Account::new(&settings.provider, settings.base.as_str(), &settings.secrets);
        let gate = door.accounts.gate(account, settings.limits);
        Self { door, settings: Arc::new(settings), gate }
    }

    pub(crate) fn provider(&self) -> &str {
        &self.settings.provider
    }

    pub(crate) fn door(&self) -> &Door {
        &self.door
    }

    pub(crate) fn base(&self) -> &Url {
        &self.settings.base
    }

    /// A call to a path below the service's address; the path may hold a query.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let base = self.settings.base.as_str().trim_end_matches('/');
        // A path that is none makes a request that cannot be built, which sending it says.
        self.door.own.request(method, format!("{base}/{}", path.trim_start_matches('/')))
    }

    /// A call to an address that the service gave.
    pub(crate) fn call_url(&self, method: Method, url: &str) -> RequestBuilder {
        self.door.own.request(method, url)
    }

    /// Whether an address belongs to the service itself, so that it may be sent the key.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        url.origin() == self.settings.base.origin()
    }

    /// Sends a call and reads the whole of its answer.
    pub(crate) async fn send(&self, call: RequestBuilder, effect: Effect) -> Result<Reply, ProviderError> {
        let settings = *self.door.settings();
        let patience = if effect == Effect::Asks { settings.first_byte } else { settings.making };
        self.exchange(call, effect, patience, settings.answer_bytes).await
    }

    async fn exchange(
        &self,
        call: RequestBuilder,
        effect: Effect,
        patience: Duration,
        most: usize,
    ) -> Result<Reply, ProviderError> {
        let request = call.build().map_err(|error| self.invalid(&words_of(&error)))?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let pass = self.gate.pass(effect != Effect::Asks, self.door.clock.now()).await;
        let pass = pass.map_err(|shut| self.shut(&shut))?;
        let result = async {
            let started = Instant::now();
            let response = self.answer(request, patience).await?;
            self.read_body(response, started + self.door.settings.whole, most).await
        };
        let result = result.await;
        match &result {
            Ok(reply) if reply.status.is_server_error() => pass.failed(self.door.clock.now()),
            Ok(_) | Err(Trouble::TooLarge(_)) => pass.went_well(),
            // It says nothing of the service.
            Err(Trouble::Forbidden(_)) => drop(pass),
            Err(_) => pass.failed(self.door.clock.now()),
        }
        let status = result.as_ref().map_or(0, |reply| reply.status.as_u16());
        tracing::debug!(
            provider = self.provider(), http.method = %method, http.host = url.host_str(), http.path = url.path(),
            http.status = status, "called a service"
        );
        result.map_err(|trouble| self.trouble(trouble, effect))
    }

    /// The head of the answer, from an address that may be called.
    async fn answer(&self, request: Request, patience: Duration) -> Result<Response, Trouble> {
        let own = self.settings.own && self.owns(request.url());
        if !own {
            address::check_public(request.url()).map_err(Trouble::Forbidden)?;
        }
        let client = if own { &self.door.own } else { &self.door.public };
        match timeout(patience, client.execute(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() || error.is_builder() => {
                Err(Trouble::NotSent(words_of(&error)))
            }
            Ok(Err(error)) => Err(Trouble::Lost(words_of(&error))),
            Err(_) => Err(Trouble::Late(patience)),
        }
    }

    async fn read_body(&self, mut response: Response, until: Instant, most: usize) -> Result<Reply, Trouble> {
        let (status, headers) = (response.status(), response.headers().clone());
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(Trouble::TooLarge(most));
        }
        let mut bytes = Vec::new();
        loop {
            let chunk = timeout_at(until, response.chunk()).await;
            let chunk = chunk.map_err(|_| Trouble::Late(self.door.settings.whole))?;
            let Some(chunk) = chunk.map_err(|error| Trouble::Lost(words_of(&error)))? else { break };
            if bytes.len() + chunk.len() > most {
                return Err(Trouble::TooLarge(most));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, bytes })
    }

    /// The body of a success as `T`.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        reply: &Reply,
        effect: Effect,
    ) -> Result<T, ProviderError> {
        serde_json::from_slice(&reply.bytes).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => format!("a field is not what it should be: {error}"),
                _ => format!("it is not JSON: {error}"),
            };
            self.unusable(&what, effect)
        })
    }

    /// A success that makes no sense: after a paid call that is no reason to make the call again.
    pub(crate) fn unusable(&self, detail: &str, effect: Effect) -> ProviderError {
        if effect == Effect::Buys { self.unconfirmed(detail) } else { self.bad(detail) }
    }

    /// What a status means where the service's own words say nothing more.
    pub(crate) fn by_status(&self, reply: &Reply, detail: &str, effect: Effect) -> ProviderError {
        let status = reply.status.as_u16();
        let detail =
            if detail.is_empty() { format!("status {status}") } else { format!("status {status}: {detail}") };
        match status {
            401 | 403 => self.auth(&detail),
            402 => self.quota(&detail),
            400 | 404..=407 | 409..=428 | 431 => self.invalid(&detail),
            // Something between us and the service gave up waiting: the service may still be at it.
            408 | 502 | 504 | 520..=527 if effect == Effect::Buys => self.unconfirmed(&detail),
            408 | 504 => ProviderError::Timeout { provider: self.provider().to_owned() },
            429 => self.slow_down(reply),
            451 => self.refused(&detail),
            500..=599 => self.unavailable(&detail),
            _ => self.bad(&detail),
        }
    }

    /// Fetches a result from an address the service gave, following redirects, wherever is allowed.
    pub(crate) async fn download(&self, url: &str, wanted: Wanted) -> Result<Vec<u8>, ProviderError> {
        self.download_with(url, wanted, |call| call).await
    }

    /// The same, with the service's key on calls to the service itself.
    pub(crate) async fn download_with(
        &self,
        url: &str,
        wanted: Wanted,
        sign: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync,
    ) -> Result<Vec<u8>, ProviderError> {
        let settings = self.door.settings;
        let most = if wanted == Wanted::Clip { settings.clip_bytes } else { settings.image_bytes };
        let mut url: Url = url.parse().map_err(|_| self.bad("its link to the result is no address"))?;
        for _ in 0..=MOST_REDIRECTS {
            let mut call = self.door.own.get(url.clone());
            if self.owns(&url) {
                call = sign(call);
            }
            let reply = self.exchange(call, Effect::Asks, settings.first_byte, most).await?;
            if reply.status.is_redirection() {
                let next = reply.headers.get(LOCATION).and_then(|value| value.to_str().ok());
                let next = next.and_then(|next| url.join(next).ok());
                url = next.ok_or_else(|| self.bad("its link to the result leads nowhere"))?;
                continue;
            }
            return self.file(reply, wanted);
        }
        Err(self.bad("its link to the result leads in circles"))
    }

    fn file(&self, reply: Reply, wanted: Wanted) -> Result<Vec<u8>, ProviderError> {
        match reply.status.as_u16() {
            200..=299 => {}
            401 | 403 | 404 | 410 => {
                let detail = format!("its link answers with status {}", reply.status.as_u16());
                return Err(ProviderError::ResultGone { provider: self.provider().to_owned(), detail });
            }
            _ => return Err(self.by_status(&reply, "", Effect::Asks)),
        }
        self.check_file(&reply.bytes, wanted)?;
        Ok(reply.bytes)
    }

    /// Whether bytes are a file of the wanted kind.
    pub(crate) fn check_file(&self, bytes: &[u8], wanted: Wanted) -> Result<FileKind, ProviderError> {
        let kind = FileKind::of(bytes);
        kind.filter(|kind| if wanted == Wanted::Clip { kind.is_clip() } else { kind.is_image() }).ok_or_else(
            || {
                let wanted = if wanted == Wanted::Clip { "a video" } else { "a picture" };
                let got = kind.map_or("something unknown", FileKind::mime);
                self.bad(&format!("the result is not {wanted} but {got}"))
            },
        )
    }

    /// Opens a connection that stays open, for events.
    pub(crate) async fn upgrade(&self, call: RequestBuilder) -> Result<reqwest::Upgraded, ProviderError> {
        let request = call.build().map_err(|error| self.invalid(&words_of(&error)))?;
        let response = self.answer(request, self.door.settings.first_byte).await;
        let response = response.map_err(|trouble| self.trouble(trouble, Effect::Asks))?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(self.bad(&format!("it opens no event stream: status {}", response.status().as_u16())));
        }
        let upgraded = timeout(self.door.settings.first_byte, response.upgrade()).await;
        let upgraded =
            upgraded.map_err(|_| ProviderError::Timeout { provider: self.provider().to_owned() })?;
        upgraded.map_err(|error| self.unavailable(&words_of(&error)))
    }

    fn trouble(&self, trouble: Trouble, effect: Effect) -> ProviderError {
        match (trouble, effect) {
            (Trouble::Forbidden(error), Effect::Asks) => self.bad(&error.to_string()),
            (Trouble::Forbidden(error), _) => self.invalid(&error.to_string()),
            (Trouble::Lost(detail), Effect::Buys) => self.unconfirmed(&detail),
            (Trouble::NotSent(detail) | Trouble::Lost(detail), _) => self.unavailable(&detail),
            (Trouble::Late(after), Effect::Buys) => {
                self.unconfirmed(&format!("nothing came within {} s", after.as_secs_f32()))
            }
            (Trouble::Late(_), _) => ProviderError::Timeout { provider: self.provider().to_owned() },
            (Trouble::TooLarge(most), effect) => {
                self.unusable(&format!("it is larger than the {most} bytes that are read"), effect)
            }
        }
    }

    fn shut(&self, shut: &Shut) -> ProviderError {
        match shut {
            Shut::Paused { failures } => self.unavailable(&format!("it failed {failures} times in a row")),
            Shut::TooMany { after } => self.rate_limited(Some(*after)),
        }
    }

    /// A service's words for our messages: one line, bounded, without our secrets.
    pub(crate) fn words(&self, text: &str) -> String {
        let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        for secret in &self.settings.secrets {
            let secret = secret.expose_secret();
            // It would be found everywhere.
            if secret.len() >= SHORTEST_SECRET {
                line = line.replace(secret, "…");
            }
        }
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST_DETAIL) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    pub(crate) fn auth(&self, detail: &str) -> ProviderError {
        ProviderError::Auth { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    pub(crate) fn invalid(&self, detail: &str) -> ProviderError {
        ProviderError::InvalidRequest { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    pub(crate) fn refused(&self, reason: &str) -> ProviderError {
        ProviderError::Refused { provider: self.provider().to_owned(), reason: self.words(reason) }
    }

    pub(crate) fn quota(&self, detail: &str) -> ProviderError {
        ProviderError::QuotaExhausted { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    /// A status or a word that asks to slow down.
    pub(crate) fn slow_down(&self, reply: &Reply) -> ProviderError {
        self.rate_limited(retry_after(&reply.headers, self.door.clock.now()))
    }

    pub(crate) fn rate_limited(&self, retry_after: Option<Duration>) -> ProviderError {
        ProviderError::RateLimited { provider: self.provider().to_owned(), retry_after }
    }

    pub(crate) fn unavailable(&self, detail: &str) -> ProviderError {
        ProviderError::Unavailable { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    pub(crate) fn bad(&self, detail: &str) -> ProviderError {
        ProviderError::BadResponse { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    pub(crate) fn failed(&self, detail: &str) -> ProviderError {
        ProviderError::Failed { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    pub(crate) fn unconfirmed(&self, detail: &str) -> ProviderError {
        ProviderError::Unconfirmed { provider: self.provider().to_owned(), detail: self.words(detail) }
    }

    pub(crate) fn lost(&self, job: &str) -> ProviderError {
        ProviderError::JobLost { provider: self.provider().to_owned(), job: self.words(job) }
    }
}

/// What a download must turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Picture,
    Clip,
}

/// A header that no log shows; `None` when the secret holds what no header can.
pub(crate) fn secret_header(prefix: &str, secret: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("{prefix}{}", secret.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// An error and its causes, without the address, which may hold a signature.
pub(super) fn words_of(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    if words.is_empty() {
        words.push(
            if error.is_builder() { "the call cannot be built" } else { "the connection broke" }.to_owned(),
        );
    }
    words.join(": ")
}

impl From<DoorError> for ProviderError {
    fn from(error: DoorError) -> Self {
        Self::Unavailable { provider: "network".into(), detail: error.to_string() }
    }
}
