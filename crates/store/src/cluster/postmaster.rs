//! A server that was left behind: found by the process id in its file, believed only when that process works in this
//! very folder, and ended before another one starts.

use super::error::ClusterError;
use rustix::process::{Pid, Signal};
use std::path::Path;
use std::time::Duration;

/// How a server is asked to stop, ever more firmly, and how long each is waited for.
pub(super) const STOPPING: [(Signal, Duration); 3] = [
    // Fast: ends transactions, writes everything down.
    (Signal::INT, Duration::from_secs(20)),
    // Immediate: what is missing is recovered at the next start.
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// Ends a server that still runs on `data`, and forgets a file whose process id belongs to somebody else now.
///
/// The caller holds the folder's lock.
pub(super) fn end_left_behind(data: &Path) -> Result<(), ClusterError> {
    let file = data.join("postmaster.pid");
    let Some(pid) = pid_in(&file) else { return Ok(()) };
    if !alive(pid) {
        // PostgreSQL looks at the file itself, and waits for children that the dead one may have left.
        return Ok(());
    }
    if !works_in(pid, data) {
        tracing::info!(
            postgres.pid = pid.as_raw_nonzero().get(),
            "the process id of an earlier server is reused"
        );
        return std::fs::remove_file(&file).map_err(ClusterError::file(file));
    }
    tracing::info!(postgres.pid = pid.as_raw_nonzero().get(), "ending the server of an earlier run");
    for (signal, patience) in STOPPING {
        if rustix::process::kill_process(pid, signal).is_err() || ended(pid, patience) {
            return Ok(());
        }
    }
    Err(ClusterError::InUse(data.to_owned()))
}

fn pid_in(file: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(file).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

/// The server of a folder that runs now, for tests that kill it.
pub(super) fn running(data: &Path) -> Option<u32> {
    let pid = pid_in(&data.join("postmaster.pid")).filter(|pid| alive(*pid) && works_in(*pid, data))?;
    u32::try_from(pid.as_raw_nonzero().get()).ok()
}

fn alive(pid: Pid) -> bool {
    !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(target_os = "linux")]
fn works_in(pid: Pid, data: &Path) -> bool {
    std::fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).is_ok_and(|folder| folder == data)
}

#[cfg(not(target_os = "linux"))]
fn works_in(pid: Pid, data: &Path) -> bool {
    let pid = pid.as_raw_nonzero().to_string();
    let said = super::child::run("ps", ["-o", "command=", "-p", pid.as_str()], None, Path::new("/"));
    said.is_ok_and(|command| command.contains(&*data.to_string_lossy()))
}

/// Waits for the end of a process that is not our child.
#[cfg(target_os = "linux")]
fn ended(pid: Pid, patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec};
    use rustix::process::PidfdFlags;
    let Ok(handle) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else { return !alive(pid) };
    let patience = Timespec { tv_sec: patience.as_secs() as i64, tv_nsec: 0 };
    let mut events = [PollFd::new(&handle, PollFlags::IN)];
    matches!(rustix::event::poll(&mut events, Some(&patience)), Ok(1..))
}

/// Waits for the end of a process that is not our child, on systems that send no word of it.
#[cfg(not(target_os = "linux"))]
fn ended(pid: Pid, patience: Duration) -> bool {
    let step = Duration::from_millis(20);
    let steps = patience.as_millis() / step.as_millis();
    (0..steps).any(|_| {
        std::thread::sleep(step);
        !alive(pid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_elsewhere_is_left_alone_and_its_file_forgotten() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("postmaster.pid");
        // Ours is alive, and is no server of this folder.
        std::fs::write(&file, format!("{}\n{}\n", std::process::id(), data.path().display())).unwrap();
        assert_eq!(running(data.path()), None);
        end_left_behind(data.path()).unwrap();
        assert!(!file.exists());
    }

    #[test]
    fn a_dead_process_and_no_file_are_nothing_to_end() {
        let data = tempfile::tempdir().unwrap();
        end_left_behind(data.path()).unwrap();
        // Beyond the most processes that Linux can have.
        std::fs::write(data.path().join("postmaster.pid"), "4194305\n").unwrap();
        end_left_behind(data.path()).unwrap();
    }
}
