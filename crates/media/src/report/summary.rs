//! The report in a dozen lines, for a terminal.

use super::verdicts::Verdict;
use super::{Metric, SyncReport};
use std::fmt;

/// Metrics that share a line, by id, and what the line is called.
const LINES: [(&str, &[&str]); 9] = [
    ("frames", &["frames", "frame-rate"]),
    ("on the beat", &["planned-on-beat"]),
    ("cuts", &["cuts-on-plan", "cuts-seen"]),
    ("transitions", &["transitions-on-plan"]),
    ("drift", &["drift"]),
    ("picture", &["black", "frozen", "duplicates"]),
    ("loudness", &["loudness", "true-peak", "clipping"]),
    ("sound", &["sound-offset", "length"]),
    ("file", &["format", "faststart", "chapters"]),
];

impl fmt::Display for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = self.violations().count();
        let verdict = match broken {
            0 => "every bound kept".to_owned(),
            1 => "1 bound broken".to_owned(),
            _ => format!("{broken} bounds broken"),
        };
        writeln!(f, "Sync report · {verdict}")?;
        for (line, ids) in LINES {
            let metrics: Vec<&Metric> = self
                .metrics
                .iter()
                .filter(|m| ids.contains(&m.id) && m.verdict != Verdict::NotApplicable)
                .collect();
            if metrics.is_empty() {
                continue;
            }
            let failed: Vec<&&Metric> = metrics.iter().filter(|m| m.verdict == Verdict::Fail).collect();
            let mark = if failed.is_empty() { '✓' } else { '✗' };
            let found: Vec<String> = metrics.iter().map(|metric| spoken(metric)).collect();
            writeln!(f, "  {mark} {line:<12} {}", found.join(" · "))?;
            for metric in failed {
                writeln!(f, "      {} must be {}", metric.name.to_lowercase(), metric.bound)?;
            }
        }
        // What is told only when it is wrong.
        for metric in self.violations().filter(|m| !LINES.iter().any(|(_, ids)| ids.contains(&m.id))) {
            let name = metric.name.to_lowercase();
            writeln!(f, "  ✗ {name:<12} {}, must be {}", metric.found, metric.bound)?;
        }
        Ok(())
    }
}

/// A metric's finding as it reads within a line.
fn spoken(metric: &Metric) -> String {
    let found = &metric.found;
    match metric.id {
        "frames" => format!("{found} of {}", metric.bound),
        "black" => format!("black {found}"),
        "frozen" => format!("frozen {found}"),
        "duplicates" => format!("duplicates {found}"),
        "cuts-seen" => format!("seen {found}"),
        "clipping" => format!("clipped {found}"),
        "length" => format!("length {found}"),
        "faststart" => format!("header {found}"),
        "chapters" => format!("chapters {found}"),
        _ => found.clone(),
    }
}
