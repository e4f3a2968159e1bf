//! `melodyvision doctor`: whether this machine has what is needed, and how to get what is missing.

mod server;

use crate::args::DoctorArgs;
use crate::config;
use crate::failure::{Class, Failure};
use crate::output::Output;
use mv_media::{MediaError, Tools};
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    found: String,
    hint: Option<String>,
}

impl Finding {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, ok: true, found: found.into(), hint: None }
    }

    fn bad(what: &'static str, error: impl std::fmt::Display, hint: Option<String>) -> Self {
        Self { what, ok: false, found: error.to_string(), hint }
    }
}

pub(crate) fn run(args: &DoctorArgs, output: Output) -> Result<(), Failure> {
    let mut findings = vec![tools(output), cores()];
    if args.server || args.of.config.is_some() || args.of.data.is_some() {
        findings.extend(server::findings(&args.of, output)?);
    } else {
        findings.push(place(output));
    }
    let healthy = findings.iter().all(|finding| finding.ok);
    output.answer(&findings, || {
        let mut text = String::new();
        for finding in &findings {
            let mark = if finding.ok { "✓" } else { "✗" };
            let _ = writeln!(text, "{mark} {:<12} {}", finding.what, finding.found);
            if let Some(hint) = &finding.hint {
                let _ = writeln!(text, "    {hint}");
            }
        }
        text
    });
    if healthy {
        Ok(())
    } else {
        let message = output.pick("필요한 것이 빠져 있어요", "something that is needed is missing");
        Err(Failure::new(Class::Tool, message))
    }
}

/// FFmpeg and the encoder in it.
fn tools(output: Output) -> Finding {
    match Tools::locate(&config::tool_search()) {
        Ok(tools) => {
            let versions = tools.versions();
            Finding::good("FFmpeg", format!("{} (x264 {})", versions.ffmpeg, versions.x264))
        }
        Err(error) => Finding::bad("FFmpeg", &error, error.hint().or_else(|| how_to_find(&error, output))),
    }
}

fn how_to_find(error: &MediaError, output: Output) -> Option<String> {
    matches!(error, MediaError::Start { .. }).then(|| {
        let words =
            ("MV_FFMPEG와 MV_FFPROBE로 위치를 알려 주세요", "say where it is with MV_FFMPEG and MV_FFPROBE");
        output.pick(words.0, words.1).to_owned()
    })
}

fn cores() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Finding::good("cores", cores.to_string())
}

/// Whether the current folder can be written to, which is where films go by default.
fn place(output: Output) -> Finding {
    let found = std::env::current_dir().and_then(|folder| {
        tempfile::tempfile_in(&folder)?;
        Ok(folder.display().to_string())
    });
    match found {
        Ok(folder) => Finding::good("folder", folder),
        Err(error) => {
            let words = (
                "쓸 수 있는 폴더에서 실행하거나 -o로 정해 주세요",
                "run it in a folder you may write to, or say -o",
            );
            Finding::bad("folder", error, Some(output.pick(words.0, words.1).to_owned()))
        }
    }
}
