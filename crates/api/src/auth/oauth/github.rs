//! GitHub: OAuth 2 without id tokens; who somebody is, its API says.

use super::web::{self, Web};
use super::{OAuthError, Profile, exchange};
use crate::config::OAuthClient;
use crate::state::SetUpError;
use reqwest::RequestBuilder;
use serde::Deserialize;
use url::Url;

const SITE: &str = "https://github.com";
const API: &str = "https://api.github.com";

#[derive(Debug)]
pub(super) struct GitHub {
    client: OAuthClient,
    site: Url,
    api: Url,
    web: Web,
}

/// GitHub answers 200 also when it refuses.
#[derive(Deserialize)]
struct Tokens {
    access_token: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Account {
    /// Logins are renamed and given to others; this number is not.
    id: u64,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    pub(super) fn new(client: &OAuthClient) -> Result<Self, SetUpError> {
        let or = |given: &Option<Url>, usual: &str| match given {
            Some(url) => Ok(url.clone()),
            None => Url::parse(usual).map_err(|error| SetUpError::Address(error.to_string())),
        };
        let (site, api) = (or(&client.issuer, SITE)?, or(&client.api_url, API)?);
        let web = Web::new(client.allow_private_addresses)?;
        Ok(Self { client: client.clone(), site, api, web })
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client.client_id
    }

    pub(super) fn authorize_url(&self) -> Url {
        below(&self.site, "login/oauth/authorize")
    }

    pub(super) async fn profile(
        &self,
        code: &str,
        pkce_verifier: &str,
        callback: &str,
    ) -> Result<Profile, OAuthError> {
        let form = exchange(&self.client, code, pkce_verifier, callback);
        let request = self.web.post(&below(&self.site, "login/oauth/access_token"))?.form(&form);
        let (_, tokens) = web::json::<Tokens>(request).await?;
        if let Some(error) = tokens.error {
            return Err(OAuthError::Refused(error));
        }
        let token =
            tokens.access_token.ok_or_else(|| OAuthError::BadAnswer("there is no token".to_owned()))?;
        let (_, account) = web::json::<Account>(self.ask("user", &token)?).await?;
        // Whoever did not allow `user:email` has no addresses for us.
        let addresses = match web::json::<serde_json::Value>(self.ask("user/emails", &token)?).await? {
            (true, addresses) => serde_json::from_value::<Vec<Address>>(addresses)
                .map_err(|error| OAuthError::BadAnswer(error.to_string()))?,
            (false, _) => Vec::new(),
        };
        let email = addresses.into_iter().find(|address| address.primary && address.verified);
        Ok(Profile {
            subject: account.id.to_string(),
            email: email.map(|address| address.email),
            name: account.name.or(Some(account.login)),
            picture: account.avatar_url,
        })
    }

    fn ask(&self, path: &str, token: &str) -> Result<RequestBuilder, OAuthError> {
        Ok(self
            .web
            .get(&below(&self.api, path))?
            .bearer_auth(token)
            .header("x-github-api-version", "2022-11-28"))
    }
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
