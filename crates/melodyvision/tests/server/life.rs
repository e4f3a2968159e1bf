//! A server's life from the command line: looked over, started, administered, backed up, brought back elsewhere.

use crate::process::{Bench, Process, Run};
use serde_json::Value;

#[test]
fn a_server_is_looked_over_administered_and_brought_back() {
    let bench = Bench::new();
    let looked = bench.run("doctor --server --data one --json");
    let findings = json(&looked.succeeded());
    let found: Vec<(&str, bool)> = findings
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["what"].as_str().unwrap(), one["ok"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        found,
        [("FFmpeg", true), ("cores", true), ("PostgreSQL", true), ("data", true), ("mail", true)]
    );
    assert!(std::fs::read_dir(bench.path("")).unwrap().next().is_none(), "looking leaves nothing behind");

    let mut server = Process::start(&bench.path("one"), &["serve", "--port", "0"]);
    assert!(server.said.contains("http://localhost:"), "{}", server.said);
    bench.run("admin --data one users add ana@example.com --plan team --json").succeeded();
    let key = json(&bench.run("admin --data one keys ana@example.com add --name script --json").succeeded());
    assert!(key["key"].as_str().unwrap().starts_with("mv_"), "{key}");
    let people = json(&bench.run("admin --data one users --json").succeeded());
    assert!(people.to_string().contains("ana@example.com"), "{people}");
    bench.run("admin --data one queues --json").succeeded();
    let address = json(&bench.run("admin --data one database --json").succeeded());
    let asked = bench.script(
        "psql -XAtq \"$ADDRESS\" -c 'SELECT count(*) FROM users'",
        &[("ADDRESS", address.as_str().unwrap())],
    );
    assert_eq!(asked.succeeded().stdout().trim(), "1");
    bench.run("admin --data one backup safe --json").succeeded();
    assert_eq!(bench.run("admin --data one backup safe --json").code(), Some(5));
    assert!(server.stop(), "it ends well when it is asked to");

    bench.run("admin --data two restore safe --json").succeeded();
    assert_eq!(bench.run("admin --data two restore safe --json").code(), Some(5));
    let server = Process::start(&bench.path("two"), &["serve", "--port", "0"]);
    let restored = json(&bench.run("admin --data two users --json").succeeded());
    assert_eq!(of(&restored, "email"), of(&people, "email"));
    let keys = json(&bench.run("admin --data two keys ana@example.com --json").succeeded());
    assert!(keys.to_string().contains("script"), "{keys}");
    drop(server);
}

#[test]
fn what_a_server_lacks_is_said_with_a_way_out() {
    let bench = Bench::new();
    bench.write(
        "mv.toml",
        b"data = \"data\"\ndatabase_url = \"postgres://nobody@127.0.0.1:1/none\"\n\
          [api]\nredis_url = \"redis://127.0.0.1:1/\"\n\
          [s3]\nbucket = \"films\"\nendpoint = \"http://127.0.0.1:1\"\npath_style = true\n\
          access_key = \"a\"\nsecret_key = \"b\"\n\
          [mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"a@example.com\"\n",
    );
    let looked = bench.run("doctor --config mv.toml --human");
    assert_eq!(looked.code(), Some(4));
    let said = looked.stdout();
    for (what, setting) in
        [("PostgreSQL", "database_url"), ("files", "s3"), ("Redis", "api.redis_url"), ("mail", "mail.smtp")]
    {
        assert!(said.contains(&format!("\u{2717} {what}")), "{what}: {said}");
        assert!(said.contains(&format!("check the setting `{setting}`")), "{said}");
    }
}

#[test]
fn the_guide_to_the_api_works() {
    let bench = Bench::new();
    let data = bench.path("data");
    let server = Process::start(&data, &["serve", "--port", "0"]);
    let guide = include_str!("../../../../docs/api.md");
    let script: Vec<&str> =
        guide.split("```sh\n").skip(1).filter_map(|part| part.split("```").next()).collect();
    assert!(script.len() >= 5, "its commands are in blocks of `sh`");
    let walked =
        bench.script(&script.concat(), &[("URL", server.said.trim()), ("DATA", data.to_str().unwrap())]);
    assert!(walked.succeeded().stdout().contains("ana@example.com"));
    let film = std::fs::read(bench.path("film.mp4")).unwrap();
    assert_eq!(&film[4..8], b"ftyp");
}

/// What a command answers to a script.
fn json(run: &Run) -> Value {
    serde_json::from_str(run.stdout().lines().last().unwrap()).unwrap()
}

fn of<'a>(list: &'a Value, field: &str) -> Vec<&'a Value> {
    let items = list.as_array().or_else(|| list["data"].as_array());
    items.into_iter().flatten().map(|one| &one[field]).collect()
}
