//! The thread that starts the server, starts it again when it dies, and stops it.
//!
//! A thread and not a task: the kernel tells the server of our end when the *thread* that started it ends.

use super::account::RunAs;
use super::child;
use super::error::ClusterError;
use super::folder::{Folder, Lock};
use super::postmaster::{self, STOPPING};
use super::programs::Programs;
use super::{Health, Options, settings};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long to wait before a restart, at first and at most; a server that ran this long starts afresh.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const RAN_WELL: Duration = Duration::from_mins(1);
/// A first start is tried this often while processes of an earlier server are still letting go of their memory.
const FIRST_TRIES: u32 = 6;
/// Lines of the server's talk that are kept for an error's message.
const KEPT_LINES: usize = 12;

/// What the supervisor waits for.
pub(super) enum Event {
    /// The server of this start takes connections.
    Ready,
    /// It ended and waits to be reaped.
    Ended,
    Stop,
}

pub(super) struct Supervisor {
    folder: Folder,
    options: Options,
    programs: Programs,
    run_as: RunAs,
    leash: bool,
    lines: Arc<Mutex<VecDeque<String>>>,
    health: watch::Sender<Health>,
    events: (Sender<Event>, Receiver<Event>),
    _lock: Lock,
}

/// Why a run of the server was over.
enum Over {
    Stopped,
    /// It ended by itself, after taking connections for so long, if ever it did.
    Died(Option<Duration>),
}

impl Supervisor {
    /// Takes the folder, ends what was left behind in it, and makes its first contents.
    pub(super) fn prepare(
        root: &Path,
        options: Options,
        health: watch::Sender<Health>,
        events: (Sender<Event>, Receiver<Event>),
    ) -> Result<Self, ClusterError> {
        let folder = Folder::open(root)?;
        let lock = folder.lock()?;
        let programs = Programs::find(options.programs.as_deref(), &folder.data())?;
        let run_as = RunAs::choose(&folder.data())?;
        run_as.can_reach(&folder.root)?;
        postmaster::end_left_behind(&folder.data())?;
        folder.furnish(&run_as)?;
        if folder.initialise(&programs, &run_as, options.scratch)? {
            tracing::info!(postgres.version = programs.major, "made a private PostgreSQL");
        }
        let lines = Arc::default();
        let leash = child::can_leash();
        Ok(Self { folder, options, programs, run_as, leash, lines, health, events, _lock: lock })
    }

    /// Starts the server for the first time and, once it takes connections, calls `started`; then keeps it running
    /// until it is told to stop. When `started` says that nobody waits for it, that is at once.
    pub(super) fn run(mut self, started: impl FnOnce(Result<(), ClusterError>) -> bool) {
        let mut started = Some(started);
        let (mut restarts, mut tries) = (0, 0);
        let mut wait = FIRST_WAIT;
        loop {
            let over = self.serve(restarts, &mut started);
            let reason = self.said();
            let ran = match over {
                Ok(Over::Stopped) => break,
                Ok(Over::Died(ran)) => ran,
                Err(error) => {
                    self.keep(error.to_string());
                    None
                }
            };
            if let Some(first) = started.take() {
                tries += 1;
                if tries >= FIRST_TRIES || !reason.contains("shared memory block") {
                    first(Err(ClusterError::DoesNotStart { detail: self.said() }));
                    break;
                }
                started = Some(first);
            } else {
                restarts += 1;
                tracing::error!(postgres.restarts = restarts, postgres.said = %reason, "PostgreSQL ended: starting it again");
                self.health.send_replace(Health::Down { restarts, reason });
            }
            match ran {
                Some(ran) if ran >= RAN_WELL => wait = FIRST_WAIT,
                _ => {}
            }
            if self.told_to_stop_within(wait) {
                break;
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        self.health.send_replace(Health::Stopped);
    }

    /// One run of the server, from its start to its end.
    fn serve(
        &mut self,
        restarts: u32,
        started: &mut Option<impl FnOnce(Result<(), ClusterError>) -> bool>,
    ) -> Result<Over, std::io::Error> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let arguments = settings::arguments(&self.folder, &self.options);
        let program = self.programs.path("postgres");
        let account = self.run_as.account();
        let mut child = child::start(&program, &arguments, account, &self.folder.root, self.leash)?;
        let pid = Pid::from_child(&child);
        if let Some(talk) = child.stderr.take() {
            self.listen(talk);
        }
        self.await_end(pid);
        let mut ready: Option<Instant> = None;
        loop {
            match self.events.1.recv() {
                Ok(Event::Ready) => {
                    ready = Some(Instant::now());
                    self.health.send_replace(Health::Ready { restarts });
                    if started.take().is_some_and(|first| !first(Ok(()))) {
                        self.stop(&mut child, pid)?;
                        return Ok(Over::Stopped);
                    }
                }
                Ok(Event::Ended) => {
                    child.wait()?;
                    return Ok(Over::Died(ready.map(|since| since.elapsed())));
                }
                Ok(Event::Stop) | Err(_) => {
                    self.stop(&mut child, pid)?;
                    return Ok(Over::Stopped);
                }
            }
        }
    }

    /// Reads what the server says, on a thread of its own, until the last of its processes is gone.
    fn listen(&self, talk: ChildStderr) {
        let (lines, events) = (self.lines.clone(), self.events.0.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(talk).lines() {
                let Ok(line) = line else { break };
                if line.contains("database system is ready to accept connections") {
                    // Nobody listens any more when we are stopping.
                    events.send(Event::Ready).ok();
                }
                if line.starts_with("FATAL") || line.starts_with("PANIC") {
                    tracing::warn!(postgres.said = %line, "PostgreSQL complains");
                } else {
                    tracing::debug!(postgres.said = %line, "PostgreSQL says");
                }
                keep(&lines, line);
            }
        });
    }

    /// Waits for the end without reaping: until the supervisor has heard of it, the process id stays the server's.
    fn await_end(&self, pid: Pid) {
        let events = self.events.0.clone();
        std::thread::spawn(move || {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), options) {}
            events.send(Event::Ended).ok();
        });
    }

    fn stop(&self, child: &mut Child, pid: Pid) -> Result<(), std::io::Error> {
        for (signal, patience) in STOPPING {
            if rustix::process::kill_process(pid, signal).is_err() || self.ended_within(patience) {
                break;
            }
            tracing::warn!(postgres.signal = signal_name(signal), "PostgreSQL does not stop");
        }
        child.wait().map(|_| ())
    }

    fn ended_within(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        loop {
            match self.events.1.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Event::Ended) => return true,
                Ok(Event::Ready | Event::Stop) => {}
                Err(_) => return false,
            }
        }
    }

    fn told_to_stop_within(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        loop {
            match self.events.1.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return true,
                Ok(Event::Ready | Event::Ended) => {}
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }

    fn keep(&self, line: String) {
        keep(&self.lines, line);
    }

    fn said(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

fn keep(lines: &Mutex<VecDeque<String>>, line: String) {
    let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
    if lines.len() == KEPT_LINES {
        lines.pop_front();
    }
    lines.push_back(line);
}

fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::INT => "INT",
        Signal::QUIT => "QUIT",
        _ => "KILL",
    }
}
