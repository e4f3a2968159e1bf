//! Documents of the API go over the wire compressed: a storyboard of 60 scenes is 97 KiB, and 9 KiB so.

use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use tower_http::compression::predicate::{And, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

/// What fits a packet or two travels no faster for being smaller.
const WORTH_IT: u64 = 1024;

type Textual = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses text for clients that accept it: no pictures, sound or films, which are dense already, no parts of files, and
/// nothing that was compressed when the program was built.
pub(super) fn texts() -> CompressionLayer<And<SizeAbove, Textual>> {
    let textual: Textual = |_, _, headers, _| headers.get(header::CONTENT_TYPE).is_some_and(is_text);
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(WORTH_IT).and(textual))
}

fn is_text(content_type: &HeaderValue) -> bool {
    let text = content_type.to_str().unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default().trim();
    matches!(kind, "application/json" | "application/problem+json" | "application/xml" | "image/svg+xml")
        || (kind.starts_with("text/") && kind != "text/event-stream")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::response::Response;
    use axum::routing::get;
    use tower::ServiceExt as _;

    async fn answer(content_type: &'static str, bytes: usize, accepts: &str) -> Response {
        let route = get(move || async move { ([(header::CONTENT_TYPE, content_type)], "a".repeat(bytes)) });
        let request = Request::get("/").header(header::ACCEPT_ENCODING, accepts).body(Body::empty()).unwrap();
        Router::new().route("/", route).layer(texts()).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn long_texts_are_compressed_for_those_who_can_read_them() {
        let text = answer("application/json", 100_000, "gzip, deflate, br").await;
        assert_eq!(text.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(text.headers()[header::VARY], "accept-encoding");
        let bytes = to_bytes(text.into_body(), usize::MAX).await.unwrap();
        assert!(bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() < 2_000, "{}", bytes.len());

        for (content_type, bytes, accepts) in [
            ("application/json", 100_000, "identity"),
            ("application/json", 600, "gzip"),
            ("video/mp4", 100_000, "gzip"),
            ("image/png", 100_000, "gzip"),
            ("text/event-stream", 100_000, "gzip"),
        ] {
            let plain = answer(content_type, bytes, accepts).await;
            assert!(plain.headers().get(header::CONTENT_ENCODING).is_none(), "{content_type}");
            assert_eq!(to_bytes(plain.into_body(), usize::MAX).await.unwrap().len(), bytes);
        }
    }
}
