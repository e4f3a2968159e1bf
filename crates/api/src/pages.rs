//! The studio's pages: files of the web app, and its own routes, which all begin with the same page.
//!
//! The program hands them in. Files under `/assets/` are named by their contents and never change; a page is asked for
//! again each time and answered with 304 while it is the same.

use crate::error::ApiError;
use crate::state::ApiState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use std::fmt;

/// The web app's files, by their path without the leading slash.
pub trait Pages: fmt::Debug + Send + Sync {
    fn file(&self, path: &str) -> Option<File>;
}

/// A file, as it is and packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub media_type: &'static str,
    /// Names its contents, in quotes.
    pub etag: String,
    pub plain: &'static [u8],
    pub brotli: Option<&'static [u8]>,
    pub gzip: Option<&'static [u8]>,
}

/// The page that every route of the studio begins with, and the smaller one of shared films.
const STUDIO: &str = "index.html";
const WATCH: &str = "watch.html";
/// What belongs to the server: nothing there is a page.
const OURS: [&str; 5] = ["api", "files", "ws", "metrics", "healthz"];

/// Scripts and styles are files of our own; pictures and media also come from signed addresses of an object store.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; \
     media-src 'self' blob: https:; connect-src 'self' https:; font-src 'self'; manifest-src 'self'; \
     worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// Answers whatever no route answers.
pub(crate) async fn serve(State(state): State<ApiState>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let first = path.split('/').next().unwrap_or_default();
    if OURS.contains(&first) {
        return ApiError::not_found("route").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let found = state.pages.file(path).map(|file| (file, path.starts_with("assets/")));
    let found = found.or_else(|| {
        // A file that is not there is not a page: a browser with an old page would take it for a script.
        let last = path.rsplit('/').next().unwrap_or_default();
        let page = if first == "watch" { state.pages.file(WATCH) } else { None };
        if last.contains('.') && first != "watch" || first == "assets" {
            return None;
        }
        page.or_else(|| state.pages.file(STUDIO)).map(|file| (file, false))
    });
    let Some((file, lasts)) = found else { return ApiError::not_found("page").into_response() };
    answer(&file, lasts, request.headers())
}

fn answer(file: &File, lasts: bool, asked: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    let caching = if lasts { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.extend(HeaderValue::try_from(&file.etag).ok().map(|etag| (ETAG, etag)));
    let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.flat_map(|list| list.split(',')).any(|one| one.trim().trim_start_matches("W/") == file.etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    let (bytes, packing) = packed(file, asked);
    headers.extend(packing.map(|name| (CONTENT_ENCODING, HeaderValue::from_static(name))));
    (headers, Body::from(bytes)).into_response()
}

/// The smallest form that the browser takes.
fn packed(file: &File, asked: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let takes = |name: &str| {
        let lists = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        lists.flat_map(|list| list.split(',')).any(|one| {
            let mut parts = one.split(';').map(str::trim);
            let named = parts.next().is_some_and(|word| word.eq_ignore_ascii_case(name));
            let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
            named && quality.is_none_or(|quality| quality > 0.0)
        })
    };
    match (file.brotli, file.gzip) {
        (Some(brotli), _) if takes("br") => (brotli, Some("br")),
        (_, Some(gzip)) if takes("gzip") => (gzip, Some("gzip")),
        _ => (file.plain, None),
    }
}
