//! What the program writes while it works: a progress bar for people, one JSON event a line for scripts.

use crate::args::{Language, OutputArgs};
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use mv_production::{Event, Progress, StepKind};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

/// Where the program's words go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
    quiet: bool,
    pub(crate) lang: Language,
}

impl Output {
    pub(crate) fn new(args: OutputArgs, system_language: Language) -> Self {
        Self {
            json: args.json || (!args.human && !io::stdout().is_terminal()),
            quiet: args.quiet,
            lang: args.lang.unwrap_or(system_language),
        }
    }

    /// The wording for this run's language.
    pub(crate) fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Language::Ko => ko,
            Language::En => en,
        }
    }

    /// A line for people; nothing with `--json` or `--quiet`.
    pub(crate) fn say(self, text: &str) {
        if !self.json && !self.quiet {
            write_line(&mut io::stdout().lock(), text);
        }
    }

    /// A document, the same for people and programs.
    pub(crate) fn document(self, text: &str) {
        if !self.quiet {
            write_line(&mut io::stdout().lock(), text.trim_end());
        }
    }

    /// The command's answer: text for people, one JSON document otherwise.
    pub(crate) fn answer<T: Serialize>(self, json: &T, text: impl FnOnce() -> String) {
        if self.json {
            match serde_json::to_string(json) {
                Ok(line) => write_line(&mut io::stdout().lock(), &line),
                Err(error) => write_line(&mut io::stderr().lock(), &error.to_string()),
            }
        } else {
            write_line(&mut io::stdout().lock(), text().trim_end());
        }
    }

    /// Something the person should know but that stops nothing.
    pub(crate) fn warn(self, ko: &str, en: &str) {
        let text = self.pick(ko, en);
        if self.json {
            let event = serde_json::json!({ "event": "warning", "message": text });
            write_line(&mut io::stdout().lock(), &event.to_string());
        } else {
            write_line(&mut io::stderr().lock(), &format!("{}: {text}", self.pick("알림", "note")));
        }
    }

    /// An error, as the last thing said.
    pub(crate) fn fail(self, failure: &Failure) {
        if self.json {
            let event = serde_json::json!({
                "event": "error",
                "class": format!("{:?}", failure.class).to_lowercase(),
                "exit_code": failure.class as u8,
                "message": failure.message,
                "hint": failure.hint,
            });
            write_line(&mut io::stdout().lock(), &event.to_string());
        }
        let (message, hint) = match (&failure.korean, self.lang) {
            (Some((message, hint)), Language::Ko) => (message, hint),
            _ => (&failure.message, &failure.hint),
        };
        let mut stderr = io::stderr().lock();
        write_line(&mut stderr, &format!("{}: {message}", self.pick("오류", "error")));
        if let Some(hint) = hint {
            write_line(&mut stderr, &format!("  {}: {hint}", self.pick("도움말", "hint")));
        }
    }

    /// A listener for a production's events.
    pub(crate) fn progress(self) -> Progress {
        if self.json {
            return Progress::to(|event| {
                if let Ok(line) = serde_json::to_string(&event) {
                    write_line(&mut io::stdout().lock(), &line);
                }
            });
        }
        if self.quiet {
            return Progress::silent();
        }
        let meter = Meter::new(self);
        Progress::to(move |event| meter.show(&event))
    }
}

/// Writes a line; a reader that went away is no reason to fail.
fn write_line(to: &mut impl Write, line: &str) {
    if let Err(error) = writeln!(to, "{line}") {
        tracing::debug!(%error, "nobody reads the output");
    }
}

/// One bar over all the work, with what is being made right now.
struct Meter {
    output: Output,
    bar: ProgressBar,
    making: Mutex<Vec<String>>,
}

impl Meter {
    fn new(output: Output) -> Self {
        let bar = ProgressBar::new(1000);
        let style = ProgressStyle::with_template("{prefix:>10} {bar:32} {percent:>3}%  {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸─");
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { output, bar, making: Mutex::new(Vec::new()) }
    }

    fn show(&self, event: &Event) {
        match event {
            Event::Stage { stage, done, fraction } => {
                self.bar.set_prefix(self.stage(stage).to_owned());
                self.bar.set_message(String::new());
                self.bar.set_position(if *done { 1000 } else { (fraction * 1000.0) as u64 });
            }
            Event::Planned { steps, cached } => {
                if *cached > 0 {
                    self.bar.suspend(|| {
                        self.output.say(&match self.output.lang {
                            Language::Ko => format!("{steps}개 중 {cached}개는 이미 만들어져 있어요"),
                            Language::En => format!("{cached} of {steps} parts are made already"),
                        });
                    });
                }
                self.bar.set_prefix(self.output.pick("제작", "Making").to_owned());
                self.bar.set_position(0);
            }
            Event::StepStarted { kind, scene, .. } => {
                let name = step_name(*kind, *scene, self.output.lang);
                self.edit(|making| making.push(name));
            }
            Event::StepDone { kind, scene, .. } => self.edit(|making| {
                let name = step_name(*kind, *scene, self.output.lang);
                if let Some(at) = making.iter().position(|other| *other == name) {
                    making.remove(at);
                }
            }),
            Event::Progress { done, total, eta_seconds, spent, .. } => {
                self.bar.set_position((done / total.max(1e-9) * 1000.0) as u64);
                let making = self.making.lock().map(|making| making.join(", ")).unwrap_or_default();
                let left = eta_seconds.map_or(String::new(), |eta| self.left(eta));
                let money = if spent.0 > 0 { format!("  {spent}") } else { String::new() };
                self.bar.set_message(format!("{left}{money}  {making}"));
                if *done >= *total {
                    self.bar.finish_and_clear();
                }
            }
        }
    }

    fn edit(&self, change: impl FnOnce(&mut Vec<String>)) {
        if let Ok(mut making) = self.making.lock() {
            change(&mut making);
        }
    }

    fn left(&self, seconds: f64) -> String {
        let seconds = seconds.ceil() as u64;
        let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
        match self.output.lang {
            Language::Ko => format!("{clock} 남음"),
            Language::En => format!("{clock} left"),
        }
    }

    fn stage(&self, stage: &str) -> &'static str {
        match (stage, self.output.lang) {
            ("hearing", Language::Ko) => "듣는 중",
            ("hearing", Language::En) => "Hearing",
            ("planning", Language::Ko) => "구성 중",
            ("planning", Language::En) => "Planning",
            (_, Language::Ko) => "준비 중",
            (_, Language::En) => "Preparing",
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// What a step is called in front of people: `scene 7`, `장면 7`.
fn step_name(kind: StepKind, scene: Option<usize>, lang: Language) -> String {
    let name = kind_name(kind, lang);
    scene.map_or_else(|| name.to_owned(), |number| format!("{name} {number}"))
}

fn kind_name(kind: StepKind, lang: Language) -> &'static str {
    match (kind, lang) {
        (StepKind::Analyze, Language::Ko) => "분석",
        (StepKind::Analyze, Language::En) => "analysis",
        (StepKind::Still, Language::Ko) => "스틸",
        (StepKind::Still, Language::En) => "still",
        (StepKind::Clip, Language::Ko) => "클립",
        (StepKind::Clip, Language::En) => "clip",
        (StepKind::Segment, Language::Ko) => "장면",
        (StepKind::Segment, Language::En) => "scene",
        (StepKind::Seam, Language::Ko) => "전환",
        (StepKind::Seam, Language::En) => "transition",
        (StepKind::Soundtrack, Language::Ko) => "사운드트랙",
        (StepKind::Soundtrack, Language::En) => "sound track",
        (StepKind::Film, Language::Ko) => "합치기",
        (StepKind::Film, Language::En) => "joining",
        (StepKind::Report, Language::Ko) => "싱크 보고서",
        (StepKind::Report, Language::En) => "sync report",
        (StepKind::Poster, Language::Ko) => "포스터",
        (StepKind::Poster, Language::En) => "poster",
        (StepKind::Sprites, Language::Ko) => "미리보기",
        (StepKind::Sprites, Language::En) => "previews",
    }
}
