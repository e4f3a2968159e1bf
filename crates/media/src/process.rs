//! Children: the one place that starts a program.
//!
//! Each child leads a process group of its own, which is killed when the work is cancelled or its handle dropped, so
//! that none is left behind. Its standard error is read all along on a thread and kept for the error message.

use crate::error::MediaError;
use mv_core::CancelToken;
use mv_core::cancel::CancelGuard;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Lines of standard error that are kept from the start and from the end, and bytes kept of each.
const KEPT_LINES: usize = 12;
const KEPT_LINE_BYTES: usize = 400;
/// Part of util-linux, which every distribution has.
const SETPRIV: &str = "/usr/bin/setpriv";
/// What a pipe of raw frames may hold before its writer waits, in bytes.
const FRAME_PIPE_BYTES: usize = 1 << 20;

/// A command line, and the file it writes so that errors can name it.
#[derive(Clone, Debug)]
pub struct Invocation {
    program: PathBuf,
    arguments: Vec<OsString>,
    writes: Option<PathBuf>,
}

/// Which ends of the child's pipes this side holds; the others are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipes {
    None,
    /// This side writes the child's standard input.
    Input,
    /// This side reads the child's standard output.
    Output,
    Both,
}

impl Invocation {
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), arguments: Vec::new(), writes: None }
    }

    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// Adds arguments written as they would be typed; none of them may hold a space.
    #[must_use]
    pub fn words(self, words: &str) -> Self {
        self.args(words.split_ascii_whitespace())
    }

    /// Says which file the run makes, for errors; it is not added to the arguments.
    #[must_use]
    pub fn writing(mut self, path: &Path) -> Self {
        self.writes = Some(path.to_owned());
        self
    }

    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// Starts the child. Cancelling `cancel` kills it and all of its own children at once. It also ends with the thread
    /// that starts it, however that ends: a killed process leaves no child at work.
    ///
    /// # Errors
    /// [`MediaError::NotInstalled`] when there is no such program, [`MediaError::Cancelled`] before it was started.
    pub fn start(&self, pipes: Pipes, cancel: &CancelToken) -> Result<Running, MediaError> {
        if cancel.is_cancelled() {
            return Err(MediaError::Cancelled);
        }
        let open = |wanted: bool| if wanted { Stdio::piped() } else { Stdio::null() };
        let spawned = self
            .command()
            .args(&self.arguments)
            .stdin(open(matches!(pipes, Pipes::Input | Pipes::Both)))
            .stdout(open(matches!(pipes, Pipes::Output | Pipes::Both)))
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn();
        let mut child = spawned.map_err(|source| self.start_error(source))?;
        widen(child.stdin.as_ref());
        widen(child.stdout.as_ref());
        let log = child.stderr.take().map(|stderr| std::thread::spawn(move || Log::read(stderr)));
        let group = Arc::new(Mutex::new(Pid::from_raw(child.id() as i32)));
        let guard = cancel.on_cancel({
            let group = group.clone();
            move || kill(&group)
        });
        Ok(Running { invocation: self.clone(), child, group, log, cancel: cancel.clone(), _guard: guard })
    }

    /// The program, told by `setpriv` to die with its parent where that is to be had. A program that is not there is
    /// left for the system to say so.
    #[expect(clippy::disallowed_methods, reason = "this module owns the starting of children")]
    fn command(&self) -> Command {
        if cfg!(target_os = "linux") && self.program.is_file() && Path::new(SETPRIV).is_file() {
            let mut command = Command::new(SETPRIV);
            command.args(["--pdeathsig", "KILL", "--"]).arg(&self.program);
            command
        } else {
            Command::new(&self.program)
        }
    }

    /// Runs to the end.
    pub fn run(&self, cancel: &CancelToken) -> Result<(), MediaError> {
        self.start(Pipes::None, cancel)?.finish()
    }

    /// Runs to the end and returns what it printed; more than `limit` bytes is an error.
    pub fn output(&self, limit: usize, cancel: &CancelToken) -> Result<Vec<u8>, MediaError> {
        let mut running = self.start(Pipes::Output, cancel)?;
        let mut printed = Vec::new();
        if let Some(stdout) = running.stdout() {
            let read = stdout.take(limit as u64 + 1).read_to_end(&mut printed);
            if printed.len() > limit {
                let detail = format!("it printed more than {limit} bytes");
                return Err(MediaError::Failed { tool: self.tool(), status: "stopped".into(), detail });
            }
            read.map_err(|e| MediaError::reading(&self.program, &e))?;
        }
        running.finish()?;
        Ok(printed)
    }

    /// Runs an FFmpeg command that was given `-progress pipe:1`, saying how many frames are done.
    pub fn run_reporting(
        &self,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), MediaError> {
        let mut running = self.start(Pipes::Output, cancel)?;
        if let Some(stdout) = running.stdout() {
            for line in BufReader::new(stdout).lines() {
                let Ok(line) = line else { break };
                if let Some(frame) = line.strip_prefix("frame=").and_then(|n| n.trim().parse().ok()) {
                    progress(frame);
                }
            }
        }
        running.finish()
    }

    fn tool(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    fn start_error(&self, source: io::Error) -> MediaError {
        match source.kind() {
            io::ErrorKind::NotFound => MediaError::NotInstalled { tool: self.tool() },
            _ => MediaError::Start { tool: self.tool(), source },
        }
    }
}

/// A child at work. Dropping it kills it with all of its own children.
#[derive(Debug)]
pub struct Running {
    invocation: Invocation,
    child: Child,
    /// The child's process group; `None` once it was reaped and its number may belong to someone else.
    group: Arc<Mutex<Option<Pid>>>,
    log: Option<JoinHandle<Log>>,
    cancel: CancelToken,
    _guard: CancelGuard,
}

impl Running {
    /// The pipe into the child, once.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// The pipe out of the child, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Closes the pipes that are still here, waits for the end and judges it.
    pub fn finish(mut self) -> Result<(), MediaError> {
        let status = self.reap().map_err(|source| self.invocation.start_error(source))?;
        let log = self.log.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        if self.cancel.is_cancelled() {
            return Err(MediaError::Cancelled);
        }
        // FFmpeg may say that the disk is full while it writes the trailer and still call that success.
        if let Some(path) = self.invocation.writes.clone().filter(|_| log.disk_full) {
            return Err(MediaError::DiskFull { path });
        }
        if status.success() {
            return Ok(());
        }
        let status = status.to_string();
        Err(MediaError::Failed { tool: self.invocation.tool(), status, detail: log.text() })
    }

    fn reap(&mut self) -> io::Result<ExitStatus> {
        drop(self.child.stdin.take());
        drop(self.child.stdout.take());
        let pid = *self.group.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pid) = pid {
            // The number stays ours until the child is reaped: wait without reaping, forget it, then reap.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), options) {}
            *self.group.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.child.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        kill(&self.group);
        if self.reap().is_err() {
            tracing::warn!(process.program = %self.invocation.tool(), "a child could not be waited for");
        }
        if let Some(log) = self.log.take() {
            drop(log.join());
        }
    }
}

fn kill(group: &Mutex<Option<Pid>>) {
    let group = group.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pid) = *group {
        // It fails only when the group has already ended.
        rustix::process::kill_process_group(pid, Signal::KILL).ok();
    }
}

/// Gives a pipe room for a good part of a frame, so that the two sides switch less often. It may be refused, which
/// costs speed alone.
fn widen(pipe: Option<&impl std::os::fd::AsFd>) {
    #[cfg(target_os = "linux")]
    if let Some(pipe) = pipe {
        rustix::pipe::fcntl_setpipe_size(pipe, FRAME_PIPE_BYTES).ok();
    }
}

/// What a child said on standard error: the first lines and the last ones.
#[derive(Debug, Default)]
struct Log {
    first: Vec<String>,
    last: VecDeque<String>,
    disk_full: bool,
}

impl Log {
    fn read(stderr: impl Read) -> Self {
        let mut log = Self::default();
        let mut reader = BufReader::new(stderr);
        let mut line = Vec::new();
        loop {
            line.clear();
            // A line without end must not fill the memory.
            let bounded = (&mut reader).take(64 * 1024).read_until(b'\n', &mut line);
            if !matches!(bounded, Ok(1..)) {
                return log;
            }
            log.push(String::from_utf8_lossy(&line).trim_end());
        }
    }

    fn push(&mut self, line: &str) {
        self.disk_full |= line.contains("No space left on device") || line.contains("Disk quota exceeded");
        let mut end = line.len().min(KEPT_LINE_BYTES);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        let line = line[..end].to_owned();
        if self.first.len() < KEPT_LINES {
            self.first.push(line);
            return;
        }
        if self.last.len() == KEPT_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    fn text(&self) -> String {
        let lines: Vec<&str> = self.first.iter().chain(&self.last).map(String::as_str).collect();
        if lines.is_empty() { "it said nothing".into() } else { lines.join("\n") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn shell(script: &str) -> Invocation {
        Invocation::new("sh").arg("-c").arg(script)
    }

    #[test]
    fn a_failure_carries_what_was_said() {
        let error = shell("echo before; echo oh dear >&2; exit 3").run(&CancelToken::new()).unwrap_err();
        assert!(matches!(&error, MediaError::Failed { detail, .. } if detail == "oh dear"), "{error}");
    }

    #[test]
    fn a_long_complaint_keeps_its_start_and_its_end() {
        let error = shell("i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done; exit 1")
            .run(&CancelToken::new())
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 0\n") && error.ends_with("line 4999"), "{error}");
        assert!(error.lines().count() < 30);
    }

    #[test]
    fn a_full_disk_is_told_apart_even_when_the_child_calls_it_success() {
        let invocation = shell("echo 'out.mp4: No space left on device' >&2; exit 0");
        let error = invocation.writing(Path::new("out.mp4")).run(&CancelToken::new()).unwrap_err();
        assert!(matches!(error, MediaError::DiskFull { .. }));
    }

    #[test]
    fn a_program_that_is_not_there_is_not_installed() {
        let error = Invocation::new("/nowhere/ffmpeg").run(&CancelToken::new()).unwrap_err();
        assert!(matches!(&error, MediaError::NotInstalled { tool } if tool == "/nowhere/ffmpeg"));
    }

    #[test]
    fn output_is_bounded() {
        assert_eq!(shell("printf hello").output(16, &CancelToken::new()).unwrap(), b"hello");
        assert!(shell("yes").output(1000, &CancelToken::new()).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_child_ends_with_whoever_started_it() {
        let start = || {
            let shell = Invocation::new("/bin/sh").args(["-c", "echo; exec sleep 600"]);
            let mut running = shell.start(Pipes::Output, &CancelToken::new()).unwrap();
            let stdout = running.stdout().unwrap();
            // It is there: whoever started it may go.
            assert_eq!(stdout.take(1).read(&mut [0]).unwrap(), 1);
            running
        };
        let running = std::thread::spawn(start).join().unwrap();
        let error = running.finish().unwrap_err().to_string();
        assert!(error.contains("signal: 9"), "{error}");
    }

    #[test]
    fn cancelling_kills_the_whole_group_at_once() {
        let cancel = CancelToken::new();
        // The grandchild would hold the pipe open for an hour.
        let mut running = shell("sleep 3600 & echo $!; wait").start(Pipes::Output, &cancel).unwrap();
        let mut reader = BufReader::new(running.stdout().unwrap());
        let mut grandchild = String::new();
        reader.read_line(&mut grandchild).unwrap();
        cancel.cancel();
        assert!(matches!(running.finish(), Err(MediaError::Cancelled)));
        // Its end of the pipe is closed: it is gone.
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
        assert!(matches!(shell("true").run(&cancel), Err(MediaError::Cancelled)));
    }

    #[test]
    fn dropping_the_handle_ends_the_child() {
        let mut running = shell("sleep 3600 & wait").start(Pipes::Output, &CancelToken::new()).unwrap();
        let mut stdout = running.stdout().unwrap();
        drop(running);
        assert_eq!(stdout.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn both_pipes_carry_more_than_they_hold() {
        let mut running = shell("cat").start(Pipes::Both, &CancelToken::new()).unwrap();
        let (mut stdin, mut stdout) = (running.stdin().unwrap(), running.stdout().unwrap());
        let writer = std::thread::spawn(move || stdin.write_all(&vec![7; 8 << 20]));
        let mut echoed = Vec::new();
        stdout.read_to_end(&mut echoed).unwrap();
        writer.join().unwrap().unwrap();
        running.finish().unwrap();
        assert_eq!(echoed.len(), 8 << 20);
    }
}
