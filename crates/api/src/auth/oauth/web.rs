//! Calls to providers: over TLS with ring, never redirected, never to private addresses, bounded in time and size.

use super::OAuthError;
use crate::state::SetUpError;
use mv_core::address::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const MOST_BYTES: usize = 1024 * 1024;

#[derive(Clone, Debug)]
pub(super) struct Web {
    client: Client,
    allow_private: bool,
}

impl Web {
    pub(super) fn new(allow_private: bool) -> Result<Self, SetUpError> {
        // The first provider installed stays; all of ours are ring.
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut builder = Client::builder()
            .user_agent("MelodyVision")
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10));
        if !allow_private {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        let client = builder.build().map_err(SetUpError::Http)?;
        Ok(Self { client, allow_private })
    }

    pub(super) fn get(&self, url: &Url) -> Result<RequestBuilder, OAuthError> {
        self.allowed(url)?;
        Ok(self.client.get(url.clone()))
    }

    pub(super) fn post(&self, url: &Url) -> Result<RequestBuilder, OAuthError> {
        self.allowed(url)?;
        Ok(self.client.post(url.clone()))
    }

    /// An address written as numbers never reaches the resolver.
    fn allowed(&self, url: &Url) -> Result<(), OAuthError> {
        let public = match url.host() {
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if self.allow_private || (public && url.scheme() == "https") {
            return Ok(());
        }
        Err(OAuthError::Forbidden(url.to_string()))
    }
}

/// The answer as JSON, and whether its status was a success.
pub(super) async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<(bool, T), OAuthError> {
    let mut response = request.header("accept", "application/json").send().await?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(OAuthError::BadAnswer("it is too large".to_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    let value = serde_json::from_slice(&bytes)
        .map_err(|error| OAuthError::BadAnswer(format!("status {status}: {error}")))?;
    Ok((status.is_success(), value))
}

/// Resolves names to public addresses alone, so that no name leads into our own network.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(format!("`{}` has no public address", name.as_str()).into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn neither_by_number_nor_by_name_nor_in_the_clear() {
        let web = Web::new(false).unwrap();
        for url in
            ["https://127.0.0.1/", "https://[::1]/", "http://example.com/", "https://169.254.169.254/x"]
        {
            assert!(web.get(&url.parse().unwrap()).is_err(), "{url}");
        }
        let by_name = web.get(&"https://localhost:1/".parse().unwrap()).unwrap();
        let told = json::<serde_json::Value>(by_name).await.unwrap_err();
        assert!(format!("{told:?}").contains("no public address"), "{told:?}");
    }
}
