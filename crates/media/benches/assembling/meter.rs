//! CPU seconds and memory of this process and all of its children, from `/proc`.

use std::fs::read_to_string;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The unit of `/proc/*/stat`, the same on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

pub(crate) struct Cost {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    pub(crate) peak_mib: f64,
}

/// Runs some work and measures it.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let done = Arc::new(AtomicBool::new(false));
    let sampler = std::thread::spawn({
        let done = done.clone();
        move || {
            let mut peak = 0.0f64;
            while !done.load(Ordering::Acquire) {
                peak = peak.max(resident_mib(std::process::id()));
                std::thread::sleep(Duration::from_millis(40));
            }
            peak
        }
    });
    let (cpu, start) = (cpu_seconds(), Instant::now());
    let result = work();
    let (cpu, wall) = (cpu_seconds() - cpu, start.elapsed().as_secs_f64());
    done.store(true, Ordering::Release);
    let peak_mib = sampler.join().unwrap_or_default();
    (result, Cost { cpu, wall, peak_mib })
}

/// User and system time of this process and of its children that have ended.
fn cpu_seconds() -> f64 {
    let stat = read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
    fields.skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_PER_SECOND
}

/// Resident memory of a process and its children, not counting what it shares with others.
fn resident_mib(process: u32) -> f64 {
    let own = read_to_string(format!("/proc/{process}/status"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok())
        .unwrap_or(0.0);
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = tasks
        .map(|task| read_to_string(task.path().join("children")).unwrap_or_default())
        .flat_map(|list| list.split_ascii_whitespace().filter_map(|p| p.parse().ok()).collect::<Vec<u32>>());
    own / 1024.0 + children.map(resident_mib).sum::<f64>()
}
