//! What every request passes on its way to a route, from the outside in.

mod answer;
mod compress;
pub mod cross_site;
mod headers;
mod identify;
mod limit;
mod once;
mod patience;
mod witness;

pub use witness::Noted;

use crate::routes::uploads::tus;
use crate::state::ApiState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Bodies are at most this large unless a route says otherwise with `DefaultBodyLimit`.
const BODY_LIMIT: usize = 1024 * 1024;

/// Puts the layers around the routes. The last one added is the first to see a request.
pub fn around(routes: Router<ApiState>, state: &ApiState) -> Router<ApiState> {
    routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), once::once))
        .layer(from_fn_with_state(state.clone(), limit::count))
        .layer(from_fn_with_state(state.clone(), witness::note))
        .layer(from_fn_with_state(state.clone(), identify::identify))
        .layer(from_fn_with_state(state.clone(), cross_site::refuse))
        .layer(from_fn(patience::limit))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(cors(state))
        .layer(from_fn(tus::discover))
        .layer(from_fn_with_state(state.clone(), headers::protect))
        .layer(from_fn(answer::finish))
        .layer(compress::texts())
}

/// Pages of other origins may call only when they are named in the configuration.
fn cors(state: &ApiState) -> CorsLayer {
    let exposed = ["etag", "location", "retry-after", "x-request-id", "upload-offset", "upload-length"]
        .into_iter()
        .chain(["upload-expires", "tus-resumable", "tus-version", "tus-max-size", "tus-extension"])
        .chain(["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]);
    let origins = state.config.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::RANGE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("tus-resumable"),
            HeaderName::from_static("upload-checksum"),
            HeaderName::from_static("upload-length"),
            HeaderName::from_static("upload-metadata"),
            HeaderName::from_static("upload-offset"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers(exposed.map(HeaderName::from_static).collect::<Vec<_>>())
        .max_age(Duration::from_hours(1))
}
