//! The arrows between the rooms run one way. `ARCHITECTURE.md` draws them; this asserts them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Which rooms a room may import. A room that is not listed here does not exist.
const ALLOWED: &[(&str, &[&str])] = &[
    ("mv-core", &[]),
    ("mv-audio", &["mv-core"]),
    ("mv-director", &["mv-core"]),
    ("mv-animatic", &["mv-core"]),
    ("mv-media", &["mv-core"]),
    ("mv-likeness", &["mv-core"]),
    ("mv-providers", &["mv-core", "mv-animatic"]),
    ("mv-production", &["mv-core", "mv-audio", "mv-director", "mv-likeness", "mv-media", "mv-providers"]),
    ("mv-store", &["mv-core"]),
    ("mv-billing", &["mv-core"]),
    ("mv-api", &["mv-core", "mv-billing", "mv-store"]),
    (
        "mv-jobs",
        &[
            "mv-core",
            "mv-audio",
            "mv-billing",
            "mv-director",
            "mv-media",
            "mv-providers",
            "mv-production",
            "mv-store",
        ],
    ),
    (
        "melodyvision",
        &[
            "mv-core",
            "mv-audio",
            "mv-director",
            "mv-animatic",
            "mv-billing",
            "mv-media",
            "mv-providers",
            "mv-production",
            "mv-store",
            "mv-jobs",
            "mv-api",
        ],
    ),
    // Outside of everything: it loads a running server.
    ("mv-bench", &[]),
    ("mv-testing", &["mv-core", "mv-store"]),
];

/// The rooms and, for each, the rooms it imports: as a library, and in its tests, benches and examples.
fn rooms() -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    #[expect(clippy::disallowed_methods, reason = "cargo itself is asked, and it ends by itself")]
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let imports = |package: &serde_json::Value, tests: bool| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        dependencies
            .filter(|dependency| (dependency["kind"] == "dev") == tests)
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .filter(|name| names.contains(name.as_str()))
            .collect()
    };
    let room = |package: &serde_json::Value| {
        let name = package["name"].as_str().unwrap().to_owned();
        (name, (imports(package, false), imports(package, true)))
    };
    packages.iter().map(room).collect()
}

#[test]
fn rooms_import_only_what_they_may() {
    let rooms = rooms();
    let known: BTreeSet<&str> = ALLOWED.iter().map(|(room, _)| *room).collect();
    let found: BTreeSet<&str> = rooms.keys().map(String::as_str).collect();
    assert_eq!(found, known, "a room was added or removed: say here what it may import");
    for (room, allowed) in ALLOWED {
        let forbidden: Vec<_> =
            rooms[*room].0.iter().filter(|import| !allowed.contains(&import.as_str())).collect();
        assert!(forbidden.is_empty(), "`{room}` may not import {forbidden:?}");
    }
}

#[test]
fn what_is_made_for_tests_stays_in_tests() {
    for (room, (imports, _)) in rooms() {
        assert!(!imports.contains("mv-testing"), "`{room}` ships `mv-testing`");
    }
}
