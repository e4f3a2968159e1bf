//! Pages of other sites must not act with a person's cookies (CSRF). Browsers say where a request comes from in `Origin`
//! and `Sec-Fetch-Site`, which no page can forge; `SameSite=Lax` cookies are the second lock.

use crate::config::ApiConfig;
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn refuse(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match check(&state.config, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Whether what sent these headers may act with the cookies beside them. For unsafe methods, and for the WebSocket
/// upgrade, which is a `GET`.
///
/// # Errors
/// 403 when another site's page sent them.
pub fn check(config: &ApiConfig, headers: &HeaderMap) -> Result<(), ApiError> {
    // An API key is not sent by itself, so no other page can borrow it.
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let same_origin = text("sec-fetch-site").is_some_and(|site| matches!(site, "same-origin" | "none"));
    let allowed = match text("origin") {
        _ if same_origin => true,
        Some(origin) => config.is_own_origin(origin),
        // Every browser sends one of the two with an unsafe request: this is a program, with cookies of its own.
        None => text("sec-fetch-site").is_none(),
    };
    if allowed {
        return Ok(());
    }
    Err(ApiError::forbidden("cross_site", "a page of another site may not do this")
        .with_hint("open the studio itself, or name the other origin in `allowed_origins`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)]) -> bool {
        let config = ApiConfig {
            public_url: "https://films.example".parse().unwrap(),
            allowed_origins: vec!["https://partner.example".to_owned()],
            ..ApiConfig::default()
        };
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        check(&config, &headers).is_ok()
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        assert!(asked(&[]), "a program");
        assert!(asked(&[("origin", "https://films.example"), ("sec-fetch-site", "same-origin")]));
        assert!(asked(&[("origin", "https://films.example")]), "an old browser");
        assert!(asked(&[("origin", "https://partner.example"), ("sec-fetch-site", "cross-site")]));
        assert!(asked(&[("origin", "https://evil.example"), ("authorization", "Bearer mv_x")]));
        for evil in
            ["https://evil.example", "https://films.example.evil.example", "http://films.example", "null"]
        {
            assert!(!asked(&[("origin", evil)]), "{evil}");
            assert!(!asked(&[("origin", evil), ("sec-fetch-site", "cross-site")]), "{evil}");
            assert!(!asked(&[("origin", evil), ("sec-fetch-site", "same-site")]), "{evil}");
        }
        assert!(!asked(&[("sec-fetch-site", "cross-site")]));
        assert!(!asked(&[("sec-fetch-site", "same-site")]));
    }
}
