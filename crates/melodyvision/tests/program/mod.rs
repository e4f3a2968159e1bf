//! Running the real program in a folder of its own.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A folder with a made-up song in it, and the program to run there.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    /// A song of so many seconds at 120 beats a minute.
    pub(crate) fn with_song(seconds: f64) -> Self {
        let bench = Self::empty();
        bench.write("song.wav", &mv_testing::wav::song(seconds, 120.0));
        bench
    }

    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Names of what is in the folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test is run as a person runs it")]
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_melodyvision"));
        command.args(arguments).current_dir(self.folder.path()).env("MV_LANG", "en");
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Run {
        Run(self.command(arguments.split_ascii_whitespace()).output().unwrap())
    }

    /// Starts the program and leaves it running.
    pub(crate) fn start(&self, arguments: &str) -> Child {
        let mut command = self.command(arguments.split_ascii_whitespace());
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// How a run ended.
pub(crate) struct Run(pub(crate) Output);

impl Run {
    pub(crate) fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// The events of a kind, in order.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        self.stdout()
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|event| event["event"] == kind)
            .collect()
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code(), Some(0), "{}\n{}", self.stderr(), self.stdout());
        self
    }
}

/// What ffprobe says of a file: `entries` as ffprobe spells them, one value a line.
#[expect(clippy::disallowed_methods, reason = "films are read back with FFmpeg's own probe")]
pub(crate) fn ffprobe(file: &Path, entries: &str) -> Vec<String> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-count_packets", "-of", "default=nokey=1:noprint_wrappers=1"]);
    let output = command.args(["-show_entries", entries]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
