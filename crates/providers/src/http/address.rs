//! Which addresses may be called: public ones, checked when the connection is made, so that no name, no redirect and no
//! answer of a service leads into the operator's own network.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
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

/// Whether an address is one that anybody on the Internet may be reached at.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// The IANA registry of special-purpose IPv4 addresses, less what is globally reachable.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || address.is_documentation()
        || (a == 198 && (18..20).contains(&b))
        || a >= 224)
}

/// Global unicast, less documentation and the ways that lead to IPv4 addresses in disguise.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global_unicast = (0x2000..0x4000).contains(&a);
    let documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    let protocol = a == 0x2001 && b < 0x0200;
    let six_to_four = a == 0x2002;
    global_unicast && !documentation && !protocol && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "140.82.121.3", "2607:f8b0:4004:800::200e"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

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
