//! Which addresses may be called: public ones, checked when the connection is made, so that no name, no redirect and no
//! answer of a service leads into the operator's own network.

use mv_core::address::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;
use url::{Host, Url};

/// Why an address may not be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Forbidden {
    #[error("`{0}` is not an address on the web")]
    NotWeb(String),
    #[error("`{0}` is not called without TLS")]
    Clear(String),
    #[error("`{0}` is an address inside a private network")]
    Private(String),
    #[error("`{0}` carries a name and password")]
    Credentials(String),
}

/// Says no to what can be told from the address alone; names are looked at again when they are resolved.
pub(crate) fn check_public(url: &Url) -> Result<(), Forbidden> {
    let host = url.host_str().unwrap_or_default().to_owned();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Forbidden::Credentials(host));
    }
    match url.scheme() {
        "https" => {}
        "http" => return Err(Forbidden::Clear(host)),
        other => return Err(Forbidden::NotWeb(other.to_owned())),
    }
    match url.host() {
        Some(Host::Ipv4(address)) if !is_public(address.into()) => Err(Forbidden::Private(host)),
        Some(Host::Ipv6(address)) if !is_public(address.into()) => Err(Forbidden::Private(host)),
        Some(_) => Ok(()),
        None => Err(Forbidden::NotWeb(url.scheme().to_owned())),
    }
}

/// Resolves names to public addresses alone. The connection is made to what was looked at: nothing is resolved twice.
#[derive(Debug)]
pub(crate) struct PublicOnly;

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

    #[test]
    fn numbers_in_any_spelling_are_looked_at() {
        for url in [
            "https://127.0.0.1/x",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::ffff:10.0.0.1]/",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:image/png;base64,AA==",
            "https://user:word@example.com/",
        ] {
            assert!(check_public(&url.parse().unwrap()).is_err(), "{url}");
        }
        assert_eq!(check_public(&"https://example.com/a.mp4?x=1".parse().unwrap()), Ok(()));
    }
}
