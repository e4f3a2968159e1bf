//! Steady, a mock server over an OpenAPI document, on a free port; ends with the test.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

pub(crate) struct Counterpart {
    pub(crate) url: String,
    _child: Child,
}

impl Counterpart {
    pub(crate) async fn start() -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let folder = tests.join("steady");
        // npm writes this file when all is in place.
        if !folder.join("node_modules/.package-lock.json").is_file() {
            let mut npm = Command::new("npm");
            let status = npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).status().await;
            assert!(status.expect("npm is installed").success(), "npm ci failed");
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(folder.join("node_modules/.bin/steady"))
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--quiet"])
            .args(
                ["form-array", "form-object", "query-array", "query-object"]
                    .map(|what| format!("--validator-{what}-format=brackets")),
            )
            .arg(tests.join("specs/stripe.2026-10-28.endive.trimmed.json"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("steady is installed");
        let url = format!("http://127.0.0.1:{port}");
        let up = async {
            let mut ticker = tokio::time::interval(Duration::from_millis(50));
            while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                ticker.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), up).await.expect("steady answers within a minute");
        Self { url, _child: child }
    }
}
