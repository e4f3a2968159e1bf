//! The OpenAPI document, health and numbers.

use crate::app::TestApp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test]
async fn the_document_is_complete() {
    let app = TestApp::start().await;
    let mut stranger = app.client();
    let document = stranger.get("/api/openapi.json").await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut names = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let told = format!("{method} {path}");
            let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{told} has no name"));
            if let Some(other) = names.insert(name.to_owned(), told.clone()) {
                panic!("`{name}` is both {told} and {other}");
            }
            assert!(operation["summary"].is_string(), "{told} has no summary");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with(['2', '3'])), "{told}");
            for (status, response) in responses {
                // An answer to HEAD has no body, and the status says it all.
                if status.starts_with(['4', '5']) && method != "head" {
                    let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                    assert_eq!(schema, "#/components/schemas/Problem", "{told} {status}");
                }
            }
        }
    }
    refer(&document, &document);
    assert_eq!(stranger.get("/api/docs/").await.status, 200);
}

/// Whatever is referred to is there.
fn refer(document: &Value, part: &Value) {
    match part {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let found = document.pointer(reference.strip_prefix('#').unwrap());
                assert!(found.is_some(), "{reference} is not there");
            }
            members.values().for_each(|member| refer(document, member));
        }
        Value::Array(items) => items.iter().for_each(|item| refer(document, item)),
        _ => {}
    }
}

#[tokio::test]
async fn the_server_says_how_it_is() {
    let app = TestApp::with(|config| {
        config.metrics_token = Some(mv_api::config::Secret::new("scrape-me"));
    })
    .await;
    let mut stranger = app.client();
    assert_eq!(stranger.get("/healthz").await.expect(200), json!({"status": "ok"}));
    assert_eq!(stranger.get("/readyz").await.expect(200), json!({"status": "ok"}));
    stranger.get("/metrics").await.refused(404, "not_found");
    app.program("wrong").get("/metrics").await.refused(404, "not_found");
    app.program("scrape-me").get("/metrics").await.expect(200);
    app.admin().await.get("/metrics").await.expect(200);
}

#[tokio::test]
async fn numbers_that_need_the_database_are_left_out_without_it() {
    mv_api::routes::metrics::install().unwrap();
    let app = TestApp::with(|config| {
        config.metrics_token = Some(mv_api::config::Secret::new("scrape-me"));
    })
    .await;
    let mut scraper = app.program("scrape-me");
    let connections = "database_connections{pool=\"worker\",state=\"open\"}";
    let queue = "jobs{class=\"mail\",state=\"waiting\"} 0";
    let numbers = scraper.get("/metrics").await.expect(200);
    let numbers = numbers.as_str().unwrap();
    assert!(numbers.contains(connections) && numbers.contains(queue), "{numbers}");
    app.state.db.close().await;
    let numbers = scraper.get("/metrics").await.expect(200);
    let numbers = numbers.as_str().unwrap();
    assert!(numbers.contains(connections) && !numbers.contains("jobs{"), "{numbers}");
}
