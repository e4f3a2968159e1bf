//! Servers that are programs of their own: started for a test, ended with it, however it ends.

#![expect(clippy::panic, reason = "a test that gets no server should stop there and say why")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;

/// A program that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Kept {
    end: Option<mpsc::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Kept {
    /// Starts a program and waits until it prints a line with `ready` in it.
    ///
    /// # Errors
    /// What it printed, when it ended before that.
    pub(crate) fn start(
        program: &str,
        arguments: &[String],
        folder: &Path,
        ready: &str,
    ) -> Result<Self, String> {
        let (end, ended) = mpsc::channel::<()>();
        let (started, start) = mpsc::channel();
        let (program, arguments, folder) = (program.to_owned(), arguments.to_vec(), folder.to_owned());
        let ready = ready.to_owned();
        // Where the system can, the kernel kills the program when the thread that started it ends: this one.
        let keeper = std::thread::spawn(move || {
            let outcome = spawn(&program, &arguments, &folder).and_then(|mut child| {
                let said = wait_until(&mut child, &ready);
                said.map(|()| child)
            });
            match outcome {
                Ok(mut child) => {
                    started.send(Ok(())).ok();
                    // An error is the sender being dropped, which is the sign to end.
                    ended.recv().ok();
                    child.kill().ok();
                    child.wait().ok();
                }
                Err(why) => drop(started.send(Err(why))),
            }
        });
        let kept = Self { end: Some(end), keeper: Some(keeper) };
        start.recv().unwrap_or_else(|_| Err("its keeper ended".into())).map(|()| kept)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(keeper) = self.keeper.take() {
            drop(keeper.join());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests start the servers they need")]
fn spawn(program: &str, arguments: &[String], folder: &Path) -> Result<Child, String> {
    let run = |command: &mut Command| {
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    };
    // `setpriv` would say that it started well: ask for the program first.
    if let Err(error) = Command::new(program).arg("--version").stdout(Stdio::null()).status() {
        panic!("`{program}` does not start: {error}. Install it: `scripts/install tests`");
    }
    let leashed = run(Command::new("setpriv").args(["--pdeathsig", "KILL", "--", program]).args(arguments));
    let child = leashed.or_else(|_| run(Command::new(program).args(arguments)));
    child.map_err(|error| format!("`{program}` does not start: {error}"))
}

fn wait_until(child: &mut Child, ready: &str) -> Result<(), String> {
    let Some(talk) = child.stdout.take() else { return Err("it is mute".into()) };
    let mut lines = BufReader::new(talk).lines();
    let mut said = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        if line.contains(ready) {
            // What it says later is thrown away, so that it never waits for us to read.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(());
        }
        said.push(line);
    }
    child.wait().ok();
    Err(said.join("\n"))
}
