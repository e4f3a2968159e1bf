//! The OpenAPI document that is committed is the one the routes give: clients are made from it.

#[test]
fn the_committed_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let current = mv_api::openapi().unwrap();
    let differs = committed.lines().zip(current.lines()).position(|(ours, theirs)| ours != theirs);
    assert!(
        committed == current,
        "docs/openapi.json is out of date at line {:?}: run `make gen`",
        differs.map(|n| n + 1)
    );
}
