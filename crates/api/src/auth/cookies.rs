//! The two cookies of a signed-in browser: a short-lived access token and a refresh token.

use crate::config::ApiConfig;
use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    Access,
    Refresh,
    /// Binds an OAuth attempt to the browser that began it.
    OAuth,
}

impl Cookie {
    const fn plain(self) -> &'static str {
        match self {
            Self::Access => "mv_session",
            Self::Refresh => "mv_refresh",
            Self::OAuth => "mv_oauth",
        }
    }

    /// With `__Host-` a browser takes it only over HTTPS, from this very host. Plain HTTP on one's own machine has no
    /// such cookies.
    pub fn name(self, config: &ApiConfig) -> String {
        if config.secure() { format!("__Host-{}", self.plain()) } else { self.plain().to_owned() }
    }

    /// Its value in the request.
    pub fn read<'h>(self, config: &ApiConfig, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.name(config);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The `Set-Cookie` value that keeps it until then.
    pub fn set(
        self,
        config: &ApiConfig,
        value: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> HeaderValue {
        self.header(config, value, expires - now)
    }

    /// The `Set-Cookie` value that takes it away.
    pub fn clear(self, config: &ApiConfig) -> HeaderValue {
        self.header(config, "", TimeDelta::zero())
    }

    fn header(self, config: &ApiConfig, value: &str, age: TimeDelta) -> HeaderValue {
        let secure = if config.secure() { "; Secure" } else { "" };
        let name = self.name(config);
        let text = format!(
            "{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
            age.num_seconds().max(0)
        );
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_bound_to_their_host_over_https() {
        let mut config = ApiConfig::default();
        let now = DateTime::from_timestamp(0, 0).unwrap();
        let set = Cookie::Access.set(&config, "x", now, now + TimeDelta::minutes(15));
        assert_eq!(set, "mv_session=x; Path=/; Max-Age=900; HttpOnly; SameSite=Lax");
        config.public_url = "https://films.example".parse().unwrap();
        assert_eq!(
            Cookie::Refresh.clear(&config),
            "__Host-mv_refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
        );
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1; mv_session=plain".parse().unwrap());
        assert_eq!(Cookie::Access.read(&config, &headers), None);
        headers.append("cookie", "b=2; __Host-mv_session=right".parse().unwrap());
        assert_eq!(Cookie::Access.read(&config, &headers), Some("right"));
    }
}
