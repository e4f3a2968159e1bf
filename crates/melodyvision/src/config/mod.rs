//! The one place that reads the environment. Flags have `MV_*` counterparts, which clap reads by itself.

pub(crate) mod server;

use crate::args::Language;
use mv_media::ToolSearch;
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The language of the system: Korean when its locale is Korean, English otherwise.
pub(crate) fn system_language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).unwrap_or_default();
    if locale.starts_with("ko") { Language::Ko } else { Language::En }
}

/// Where FFmpeg is: `MV_FFMPEG` and `MV_FFPROBE`, or on the `PATH`.
pub(crate) fn tool_search() -> ToolSearch {
    let usual = ToolSearch::default();
    ToolSearch {
        ffmpeg: variable("MV_FFMPEG").map_or(usual.ffmpeg, PathBuf::from),
        ffprobe: variable("MV_FFPROBE").map_or(usual.ffprobe, PathBuf::from),
    }
}

/// The filter of the log, `MV_LOG`, in the syntax of `tracing` (`info`, `mv_media=debug`).
pub(crate) fn log_filter() -> Option<String> {
    variable("MV_LOG")
}

/// The keys of services: `MV_KEY_GEMINI` is that of `gemini`.
pub(crate) fn service_keys() -> Vec<(String, String)> {
    let named = |(name, key): (String, String)| {
        Some((name.strip_prefix("MV_KEY_")?.to_ascii_lowercase().replace('_', "-"), key))
    };
    variables().into_iter().filter_map(named).collect()
}

/// Every variable that is set and is text.
fn variables() -> Vec<(String, String)> {
    let known = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(known).filter(|(_, value)| !value.is_empty()).collect()
}
