//! Speaking to Stripe: forms in, JSON out, one API version, the same idempotency key for every try of a request, and
//! retries where Stripe says that they are safe.

use crate::error::{Refusal, StripeError};
use crate::form::Form;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;
use url::Url;

/// What every request names, and what the endpoint of webhooks must be made with.
pub const API_VERSION: &str = "2026-10-28.endive";

/// Stripe's own address.
pub const API_BASE: &str = "https://api.stripe.com";

const MOST_BYTES: usize = 8 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("stripe-should-retry");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const LIMITED: HeaderName = HeaderName::from_static("stripe-rate-limited-reason");

/// How often, and after which pauses, a request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    pub times: u32,
    /// Before the first; doubled for each after it.
    pub pause: Duration,
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { times: 2, pause: Duration::from_millis(500), longest: Duration::from_secs(5) }
    }
}

impl Retry {
    /// Half to whole of the doubled pause, by the request's own name: requests that failed together come back apart.
    fn pause(&self, attempt: u32, name: &str) -> Duration {
        let whole = self.pause.saturating_mul(2_u32.saturating_pow(attempt)).min(self.longest);
        let mut hasher = blake3::Hasher::new();
        hasher.update(name.as_bytes()).update(&attempt.to_le_bytes());
        let spread = f64::from(hasher.finalize().as_bytes()[0]) / 255.0;
        whole.mul_f64(0.5 + 0.5 * spread)
    }
}

#[derive(Clone)]
pub struct StripeSettings {
    /// `sk_live_…`, `sk_test_…`, or a restricted `rk_…`.
    pub secret_key: SecretString,
    /// [`API_BASE`], unless it is a counterpart for tests.
    pub api_base: Url,
    /// For one try of a request.
    pub timeout: Duration,
    pub retry: Retry,
}

impl fmt::Debug for StripeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeSettings").field("api_base", &self.api_base.as_str()).finish_non_exhaustive()
    }
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Stripe {
    http: Client,
    base: String,
    key: SecretString,
    retry: Retry,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe")
            .field("base", &self.base)
            .field("live", &self.is_live())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: Refusal,
}

/// What became of one try.
enum Tried<T> {
    Done(T),
    /// It may be sent again.
    Again(StripeError),
}

impl Stripe {
    /// # Errors
    /// [`StripeError::SetUp`] when there can be no client for HTTP. Connects to nothing.
    pub fn new(settings: &StripeSettings) -> Result<Self, StripeError> {
        // The first provider installed stays; all of ours are ring.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder()
            .user_agent("MelodyVision")
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(settings.timeout)
            .build()
            .map_err(|error| StripeError::SetUp(error.to_string()))?;
        Ok(Self {
            http,
            base: settings.api_base.as_str().trim_end_matches('/').to_owned(),
            key: settings.secret_key.clone(),
            retry: settings.retry,
        })
    }

    /// Whether the key moves real money. Events of the other kind are not ours.
    pub fn is_live(&self) -> bool {
        let key = self.key.expose_secret();
        key.starts_with("sk_live_") || key.starts_with("rk_live_")
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &Form) -> Result<T, StripeError> {
        self.call(&Method::GET, path, query, None).await
    }

    /// `key` names the request: sent again with the same, whatever happened to the first, it is done once.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: &str,
    ) -> Result<T, StripeError> {
        self.call(&Method::POST, path, form, Some(key)).await
    }

    /// Deleting twice is deleting once.
    pub(crate) async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, StripeError> {
        self.call(&Method::DELETE, path, &Form::new(), None).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        form: &Form,
        key: Option<&str>,
    ) -> Result<T, StripeError> {
        let mut attempt = 0;
        loop {
            match self.attempt(method, path, form, key).await? {
                Tried::Done(answer) => return Ok(answer),
                Tried::Again(error) if attempt >= self.retry.times => return Err(error),
                Tried::Again(error) => {
                    let pause = self.retry.pause(attempt, key.unwrap_or(path));
                    tracing::debug!(%error, stripe.path = path, pause = pause.as_secs_f64(), "asking again");
                    tokio::time::sleep(pause).await;
                    attempt += 1;
                }
            }
        }
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        form: &Form,
        key: Option<&str>,
    ) -> Result<Tried<T>, StripeError> {
        let address = format!("{}{path}", self.base);
        let mut address = Url::parse(&address).map_err(|error| StripeError::SetUp(error.to_string()))?;
        if *method != Method::POST && !form.pairs().is_empty() {
            address.query_pairs_mut().extend_pairs(form.pairs());
        }
        let mut request = self
            .http
            .request(method.clone(), address)
            .bearer_auth(self.key.expose_secret())
            .header("Stripe-Version", API_VERSION);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if *method == Method::POST {
            request = request.form(form.pairs());
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Ok(Tried::Again(unavailable(&error))),
        };
        let status = response.status();
        let headers = response.headers().clone();
        let named = |name: &HeaderName| text(&headers, name);
        let bytes = match read(response).await {
            Ok(bytes) => bytes,
            Err(error @ StripeError::Unavailable { .. }) => return Ok(Tried::Again(error)),
            Err(error) => return Err(error),
        };
        let request_id = named(&REQUEST_ID);
        tracing::debug!(
            stripe.method = %method, stripe.path = path, stripe.status = status.as_u16(),
            stripe.request_id = request_id.as_deref(), stripe.replayed = named(&REPLAYED).is_some(), "asked Stripe"
        );
        if status.is_success() {
            let answer = serde_json::from_slice(&bytes).map_err(|error| StripeError::BadAnswer {
                detail: format!("{method} {path}: {error} (request `{}`)", request_id.unwrap_or_default()),
            })?;
            return Ok(Tried::Done(answer));
        }
        let mut refusal =
            serde_json::from_slice::<ErrorAnswer>(&bytes).map(|answer| answer.error).unwrap_or_default();
        refusal.status = status.as_u16();
        refusal.request_id = request_id;
        tracing::warn!(
            stripe.method = %method, stripe.path = path, stripe.status = status.as_u16(),
            stripe.request_id = refusal.request_id.as_deref(), stripe.code = refusal.code.as_deref(),
            stripe.limited = named(&LIMITED).as_deref(), "Stripe refused"
        );
        let again = match named(&SHOULD_RETRY).as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => may_be_sent_again(status),
        };
        let error = StripeError::of(refusal);
        if again { Ok(Tried::Again(error)) } else { Err(error) }
    }
}

/// As Stripe's contract has it, where it does not say itself.
fn may_be_sent_again(status: StatusCode) -> bool {
    matches!(status.as_u16(), 409 | 424 | 429 | 500 | 502 | 503 | 504)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Without the address: it may hold what is nobody's business.
fn unavailable(error: &reqwest::Error) -> StripeError {
    let what = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    StripeError::Unavailable { detail: what.to_owned() }
}

async fn read(mut response: Response) -> Result<Vec<u8>, StripeError> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MOST_BYTES => {
                return Err(StripeError::BadAnswer { detail: "it is too large".to_owned() });
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(unavailable(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_differ() {
        let retry = Retry::default();
        for (attempt, most) in [(0, 500), (1, 1000), (2, 2000), (3, 4000), (4, 5000), (40, 5000)] {
            let pause = retry.pause(attempt, "a").as_millis();
            assert!((most / 2..=most).contains(&pause), "{attempt}: {pause}");
        }
        assert_ne!(retry.pause(0, "a"), retry.pause(0, "b"));
    }

    #[test]
    fn the_key_says_whether_money_is_real_and_never_shows() {
        let stripe = |key: &str| {
            Stripe::new(&StripeSettings {
                secret_key: key.into(),
                api_base: API_BASE.parse().unwrap(),
                timeout: Duration::from_secs(30),
                retry: Retry::default(),
            })
            .unwrap()
        };
        assert!(stripe("sk_live_hunter2").is_live() && stripe("rk_live_x").is_live());
        assert!(!stripe("sk_test_x").is_live());
        assert!(!format!("{:?}", stripe("sk_live_hunter2")).contains("hunter2"));
    }
}
