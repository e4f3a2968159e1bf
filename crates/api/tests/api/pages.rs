//! The studio's pages: its own routes, its files, and what is the server's.

use crate::app::{Client, TestApp};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::json;

async fn get(
    client: &mut Client,
    path: &str,
    headers: &[(&'static str, &'static str)],
) -> crate::app::Answer {
    client.headers = HeaderMap::new();
    for (name, value) in headers {
        client.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    client.get(path).await
}

fn text(answer: &crate::app::Answer) -> &str {
    answer.body.as_str().unwrap()
}

#[tokio::test]
async fn every_route_of_the_studio_is_its_page_and_nothing_else_is() {
    let app = TestApp::start().await;
    let mut browser = app.client();
    for path in ["/", "/home", "/p/0198/edit?scene=9", "/sign-in", "/watch", "/watch/our-film", "/watch/v1.2"]
    {
        let page = get(&mut browser, path, &[]).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
        assert_eq!((page.header("cache-control"), page.header("content-encoding")), ("no-cache", ""));
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let title = if path.starts_with("/watch") { "Watch" } else { "Studio" };
        assert!(text(&page).contains(title), "{path}: {}", page.body);
    }
    // A browser with an old page asks for files that are gone: it must not get a page for a script.
    for path in [
        "/assets/app-0.js",
        "/assets/old",
        "/favicon.ico",
        "/first-paint.js",
        "/api/none",
        "/ws/none",
        "/api",
    ] {
        let none = get(&mut browser, path, &[]).await;
        assert_eq!(
            (none.status.as_u16(), none.header("content-type")),
            (404, "application/problem+json"),
            "{path}"
        );
    }
    browser.headers = HeaderMap::new();
    assert_eq!(browser.send(Method::POST, "/home", Some(json!({}))).await.status.as_u16(), 405);
}

#[tokio::test]
async fn files_are_packed_as_the_browser_takes_them_and_kept() {
    let app = TestApp::start().await;
    let mut browser = app.client();
    for (accepts, encoding, body) in [
        ("gzip, deflate, br", "br", "br"),
        ("gzip", "gzip", "gz"),
        ("br;q=0, gzip;q=0.5", "gzip", "gz"),
        ("identity", "", "go()"),
    ] {
        let script = get(&mut browser, "/assets/app-1.js", &[("accept-encoding", accepts)]).await;
        assert_eq!((script.header("content-encoding"), text(&script)), (encoding, body), "{accepts}");
        assert_eq!(script.header("vary"), "accept-encoding");
        assert!(script.header("cache-control").contains("immutable"));
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    }
    let same = get(&mut browser, "/home", &[("if-none-match", "\"other\", W/\"index.html\"")]).await;
    assert_eq!((same.status.as_u16(), text(&same)), (304, ""));
    let other = get(&mut browser, "/home", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status.as_u16(), 200);
}
