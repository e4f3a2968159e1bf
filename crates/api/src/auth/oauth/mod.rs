//! Signing in with an account at Google (OpenID Connect) or GitHub (OAuth 2), both with state and PKCE.

mod github;
mod google;
mod id_token;
mod web;

use crate::auth::random;
use crate::config::{ApiConfig, OAuthClient};
use crate::error::{ApiError, ApiResult};
use crate::state::SetUpError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use github::GitHub;
use google::Google;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Google,
    GitHub,
}

impl Provider {
    pub const ALL: [Self; 2] = [Self::Google, Self::GitHub];

    pub fn word(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GitHub => "github",
        }
    }
}

/// Who somebody is at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The provider's own id of the person, which never changes.
    pub subject: String,
    /// The address, if the provider has verified it.
    pub email: Option<String>,
    pub name: Option<String>,
    pub picture: Option<String>,
}

/// Why a provider did not tell us who somebody is.
#[derive(Debug, thiserror::Error)]
pub enum OAuthError {
    #[error("the provider does not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("`{0}` is not an address that may be called")]
    Forbidden(String),
    #[error("the provider's answer cannot be used: {0}")]
    BadAnswer(String),
    /// The code was used before, is another one's, or has expired.
    #[error("the provider refused: `{0}`")]
    Refused(String),
    #[error("the id token does not count: {0}")]
    BadToken(&'static str),
}

/// What a browser takes along to the provider, and what we keep.
#[derive(Clone, Debug)]
pub struct Departure {
    pub url: Url,
    pub state: String,
    pub pkce_verifier: String,
    pub nonce: String,
}

#[derive(Debug)]
pub struct OAuth {
    google: Option<Google>,
    github: Option<GitHub>,
    public_url: Url,
}

impl OAuth {
    pub(crate) fn new(config: &ApiConfig) -> Result<Self, SetUpError> {
        let google = config.google.as_ref().map(Google::new).transpose()?;
        let github = config.github.as_ref().map(GitHub::new).transpose()?;
        Ok(Self { google, github, public_url: config.public_url.clone() })
    }

    /// Those that are configured.
    pub fn providers(&self) -> Vec<Provider> {
        let there = |provider: &Provider| match provider {
            Provider::Google => self.google.is_some(),
            Provider::GitHub => self.github.is_some(),
        };
        Provider::ALL.into_iter().filter(there).collect()
    }

    /// Where the provider sends the browser back to; registered with the provider.
    fn callback(&self, provider: Provider) -> String {
        let mut url = self.public_url.clone();
        url.set_path(&format!("/api/auth/oauth/{}/callback", provider.word()));
        url.to_string()
    }

    /// The address to send the browser to.
    ///
    /// # Errors
    /// 404 when the provider is not configured, 503 when it does not answer.
    pub async fn depart(&self, provider: Provider, now: DateTime<Utc>) -> ApiResult<Departure> {
        let state = random::secret()?;
        let pkce_verifier = random::secret()?;
        let nonce = random::secret()?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, pkce_verifier.as_bytes()));
        let mut url = match provider {
            Provider::Google => {
                let google = self.google.as_ref().ok_or_else(unknown)?;
                let mut url = google.authorize_url(now).await.map_err(ApiError::unavailable)?;
                url.query_pairs_mut()
                    .append_pair("client_id", google.client_id())
                    .append_pair("scope", "openid email profile")
                    .append_pair("nonce", &nonce);
                url
            }
            Provider::GitHub => {
                let github = self.github.as_ref().ok_or_else(unknown)?;
                let mut url = github.authorize_url();
                url.query_pairs_mut()
                    .append_pair("client_id", github.client_id())
                    .append_pair("scope", "read:user user:email");
                url
            }
        };
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", &self.callback(provider))
            .append_pair("state", &state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("prompt", "select_account");
        Ok(Departure { url, state, pkce_verifier, nonce })
    }

    /// Who came back with this code.
    pub async fn arrive(
        &self,
        provider: Provider,
        code: &str,
        pkce_verifier: &str,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<Profile, OAuthError> {
        let callback = self.callback(provider);
        match (provider, &self.google, &self.github) {
            (Provider::Google, Some(google), _) => {
                google.profile(code, pkce_verifier, nonce, &callback, now).await
            }
            (Provider::GitHub, _, Some(github)) => github.profile(code, pkce_verifier, &callback).await,
            _ => Err(OAuthError::Refused("not configured".to_owned())),
        }
    }
}

fn unknown() -> ApiError {
    ApiError::not_found("provider")
}

/// The form that trades a code for tokens.
fn exchange<'a>(
    client: &'a OAuthClient,
    code: &'a str,
    pkce_verifier: &'a str,
    callback: &'a str,
) -> [(&'static str, &'a str); 6] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", callback),
        ("client_id", &client.client_id),
        ("client_secret", client.client_secret.expose()),
        ("code_verifier", pkce_verifier),
    ]
}
