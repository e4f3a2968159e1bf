//! Google, or any issuer that speaks OpenID Connect.

use super::id_token::{self, Expected, KeySet};
use super::web::{self, Web};
use super::{OAuthError, Profile, exchange};
use crate::config::OAuthClient;
use crate::state::SetUpError;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::Mutex;
use url::Url;

const ISSUER: &str = "https://accounts.google.com";
/// The issuer's addresses and keys are asked for again after that long.
const BELIEVED: TimeDelta = TimeDelta::hours(1);
/// An unknown key makes us ask for the keys again, but not more often than this.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug)]
pub(super) struct Google {
    client: OAuthClient,
    issuer: String,
    web: Web,
    known: Mutex<Option<Arc<Known>>>,
}

/// What the issuer says about itself.
#[derive(Debug)]
struct Known {
    discovery: Discovery,
    keys: KeySet,
    at: DateTime<Utc>,
}

#[derive(Clone, Debug, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
    error: Option<String>,
}

impl Google {
    pub(super) fn new(client: &OAuthClient) -> Result<Self, SetUpError> {
        let issuer = client.issuer.as_ref().map_or(ISSUER, Url::as_str).trim_end_matches('/').to_owned();
        let web = Web::new(client.allow_private_addresses)?;
        Ok(Self { client: client.clone(), issuer, web, known: Mutex::default() })
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client.client_id
    }

    pub(super) async fn authorize_url(&self, now: DateTime<Utc>) -> Result<Url, OAuthError> {
        Ok(self.known(now, BELIEVED).await?.discovery.authorization_endpoint.clone())
    }

    /// What the issuer says about itself, not older than this.
    async fn known(&self, now: DateTime<Utc>, at_most: TimeDelta) -> Result<Arc<Known>, OAuthError> {
        let mut held = self.known.lock().await;
        if let Some(known) = held.as_ref().filter(|known| now - known.at < at_most) {
            return Ok(known.clone());
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        let address = Url::parse(&address).map_err(|_| OAuthError::Forbidden(address))?;
        let (_, discovery) = web::json::<Discovery>(self.web.get(&address)?).await?;
        if discovery.issuer.trim_end_matches('/') != self.issuer {
            return Err(OAuthError::BadAnswer(format!("it calls itself `{}`", discovery.issuer)));
        }
        let (_, keys) = web::json::<KeySet>(self.web.get(&discovery.jwks_uri)?).await?;
        let known = Arc::new(Known { discovery, keys, at: now });
        *held = Some(known.clone());
        Ok(known)
    }

    pub(super) async fn profile(
        &self,
        code: &str,
        pkce_verifier: &str,
        nonce: &str,
        callback: &str,
        now: DateTime<Utc>,
    ) -> Result<Profile, OAuthError> {
        let mut known = self.known(now, BELIEVED).await?;
        let form = exchange(&self.client, code, pkce_verifier, callback);
        let request = self.web.post(&known.discovery.token_endpoint)?.form(&form);
        let (_, tokens) = web::json::<Tokens>(request).await?;
        if let Some(error) = tokens.error {
            return Err(OAuthError::Refused(error));
        }
        let token =
            tokens.id_token.ok_or_else(|| OAuthError::BadAnswer("there is no id token".to_owned()))?;
        if !id_token::knows_key(&known.keys, &token) {
            known = self.known(now, PAUSE).await?;
        }
        let expected = Expected { issuer: &self.issuer, client_id: &self.client.client_id, nonce, now };
        let claims = id_token::check(&token, &known.keys, expected)?;
        let is_verified = claims.email_verified.is_true();
        Ok(Profile {
            subject: claims.sub,
            email: claims.email.filter(|_| is_verified),
            name: claims.name,
            picture: claims.picture,
        })
    }
}
