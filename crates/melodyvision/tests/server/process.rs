//! A server or a worker, run as a service manager runs it, and the commands beside it.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A process of the program under test; it ends with the test.
pub(crate) struct Process {
    child: Child,
    /// What it said when it was ready.
    pub(crate) said: String,
}

impl Process {
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::start_with(data, arguments, &[])
    }

    /// The same with settings of its own.
    #[expect(clippy::disallowed_methods, reason = "the program under test is run as a person runs it")]
    pub(crate) fn start_with(data: &Path, arguments: &[&str], settings: &[(String, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_melodyvision"))
            .args(arguments)
            .arg("--data")
            .arg(data)
            .args(["--human", "--lang", "en"])
            // Films begin faster than the usual ten a minute.
            .env("MV_WORKER__PER_MINUTE__VIDEO", "0")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        // It says a line when it is ready; one that is started into a dead database says none and ends.
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        Self { child, said }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Asks it to end, as a service manager does, and says whether it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked politely first: the server stops its database.
        kill_process(Pid::from_child(&self.child), Signal::TERM).ok();
        self.child.wait().ok();
    }
}

/// A folder to run commands in.
pub(crate) struct Bench(tempfile::TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "the program under test is run as a person runs it")]
    pub(crate) fn run(&self, arguments: &str) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_melodyvision"));
        command.args(arguments.split_ascii_whitespace()).current_dir(self.0.path()).env("MV_LANG", "en");
        Run(command.output().unwrap())
    }

    /// Runs commands as a person would type them, with the program at hand and the samples beside them.
    #[expect(clippy::disallowed_methods, reason = "a guide's commands are run as they stand there")]
    pub(crate) fn script(&self, text: &str, variables: &[(&str, &str)]) -> Run {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        std::os::unix::fs::symlink(sources.join("samples"), self.path("samples")).unwrap();
        let programs = Path::new(env!("CARGO_BIN_EXE_melodyvision")).parent().unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display());
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", text]).current_dir(self.0.path()).env("PATH", path);
        Run(command.envs(variables.iter().copied()).output().unwrap())
    }
}

/// How a command ended.
pub(crate) struct Run(Output);

impl Run {
    pub(crate) fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub(crate) fn stdout(&self) -> &str {
        str::from_utf8(&self.0.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code(), Some(0), "{}\n{}", String::from_utf8_lossy(&self.0.stderr), self.stdout());
        self
    }
}
