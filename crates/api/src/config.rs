//! What an operator decides about the HTTP interface. The program reads it from its file and environment and hands it in.

use chrono::TimeDelta;
use ipnetwork::IpNetwork;
use mv_core::plan::Plan;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::Url;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiConfig {
    /// Where people reach this server: links in mails, redirects, the origin that cookies belong to.
    pub public_url: Url,
    /// Other origins whose pages may call the API with the person's cookies.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNetwork>,
    /// Sign access tokens. The first signs; the others are still accepted, so that keys can be changed.
    pub signing_keys: Vec<SecretKey>,
    /// Whether strangers may sign up.
    pub open_sign_up: bool,
    /// Whether people's webhooks may go to this machine's own loopback addresses.
    pub webhooks_to_loopback: bool,
    pub limits: LimitsConfig,
    /// Counts limits in Redis or Valkey instead of PostgreSQL.
    pub redis_url: Option<Secret>,
    /// Lets a scraper read `/metrics`; without it, only this machine and admins may.
    pub metrics_token: Option<Secret>,
    pub passwords: PasswordConfig,
    /// What the service that sends our mails signs its news with; any of them will do. Set beside how mails are sent.
    #[serde(skip)]
    pub resend_webhook_secrets: Vec<Secret>,
    pub google: Option<OAuthClient>,
    pub github: Option<OAuthClient>,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            public_url: localhost(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            signing_keys: Vec::new(),
            open_sign_up: true,
            webhooks_to_loopback: false,
            limits: LimitsConfig::default(),
            redis_url: None,
            metrics_token: None,
            passwords: PasswordConfig::default(),
            resend_webhook_secrets: Vec::new(),
            google: None,
            github: None,
        }
    }
}

#[expect(clippy::expect_used, reason = "a constant")]
fn localhost() -> Url {
    Url::parse("http://localhost:8080").expect("a URL")
}

impl ApiConfig {
    /// Cookies are `Secure` unless the server is reached over plain HTTP.
    pub fn secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether pages of this origin are ours.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        origin == self.public_url.origin().ascii_serialization()
            || self.allowed_origins.iter().any(|allowed| allowed == origin)
    }

    pub fn trusts_proxy(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }
}

/// A text that never shows in logs.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A key with its name, written `name:secret`; the secret is at least 32 characters.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct SecretKey {
    pub id: String,
    pub secret: Secret,
}

impl FromStr for SecretKey {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (id, secret) = text.split_once(':').ok_or("write a key as `name:secret`")?;
        if id.is_empty() || id.len() > 32 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(format!("`{id}` is not a key's name: use 1 to 32 letters, digits and hyphens"));
        }
        if secret.len() < 32 {
            return Err(format!("the key `{id}` is too short: use at least 32 characters"));
        }
        Ok(Self { id: id.to_owned(), secret: Secret::new(secret) })
    }
}

impl TryFrom<String> for SecretKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// How often people may do things. What is not set is as each plan says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Requests an hour by API keys, by plan, in place of the plan's own number.
    pub requests_per_hour: BTreeMap<Plan, u32>,
    /// Requests an hour by a person in a browser, on every plan that does not allow more.
    pub session_requests_per_hour: u32,
    /// What pages read in an hour for people at one address who are not signed in: the catalogue, shared films.
    pub anonymous_reads_per_hour: u32,
    /// Whatever else comes from that address in an hour.
    pub anonymous_requests_per_hour: u32,
    /// Tries to sign in, sign up or reset a password, from one address and for one account.
    pub auth_attempts: u32,
    /// The minutes these tries are counted over.
    pub auth_window_minutes: u32,
    /// Sockets that a person may have open at once on one node.
    pub sockets: usize,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            requests_per_hour: BTreeMap::new(),
            session_requests_per_hour: 5000,
            anonymous_reads_per_hour: 1000,
            anonymous_requests_per_hour: Plan::Free.limits().api_requests_per_hour,
            auth_attempts: 5,
            auth_window_minutes: 15,
            sockets: 20,
        }
    }
}

impl LimitsConfig {
    pub fn auth_window(&self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.auth_window_minutes))
    }
}

/// The cost of one guess at a password (Argon2id), by default as OWASP advises.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordConfig {
    pub memory_kib: u32,
    pub passes: u32,
    /// Hashes worked on at once; others wait, so that sign-ins cannot take all memory and cores.
    pub at_once: usize,
}

impl Default for PasswordConfig {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, at_once: 2 }
    }
}

/// Our registration with an OAuth provider. Its addresses are the provider's own unless said otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthClient {
    pub client_id: String,
    pub client_secret: Secret,
    /// Google: the issuer. GitHub: the site, as for GitHub Enterprise.
    pub issuer: Option<Url>,
    /// GitHub: the API's address.
    pub api_url: Option<Url>,
    /// Lets the provider be on a private address, such as a company's own GitHub Enterprise.
    #[serde(default)]
    pub allow_private_addresses: bool,
}
