//! `melodyvision analyze`: what the song sounds like.

use crate::args::{AnalyzeArgs, Language};
use crate::failure::{Class, Failure};
use crate::korean;
use crate::output::Output;
use crate::pictures::plot;
use mv_audio::Heard;
use mv_core::{CancelToken, Lyrics, Seconds, SongAnalysis};
use mv_production::Event;
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(args: &AnalyzeArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    let heard = hear(&args.song, output, cancel)?;
    if let Some(path) = &args.plot {
        let title = song_title(&args.song);
        let picture = plot::draw(&title, &heard.analysis, &heard.peaks).map_err(Failure::unexpected)?;
        let png = picture.encode_png().map_err(Failure::unexpected)?;
        mv_media::artefact::write(path, &png)?;
    }
    match &args.lyrics {
        Some(path) => {
            let lyrics = mv_director::lyrics::load(path, &heard.analysis)?.lyrics;
            let answer = WithLyrics { analysis: &heard.analysis, lyrics: &lyrics };
            let text = || summary(&heard.analysis, output.lang) + &sung(&lyrics, output.lang);
            output.answer(&answer, text);
        }
        None => output.answer(&heard.analysis, || summary(&heard.analysis, output.lang)),
    }
    if let Some(path) = &args.plot {
        output.say(&format!("{}: {}", output.pick("그림", "picture"), path.display()));
    }
    Ok(())
}

/// The analysis with lyrics beside it.
#[derive(Serialize)]
struct WithLyrics<'a> {
    #[serde(flatten)]
    analysis: &'a SongAnalysis,
    lyrics: &'a Lyrics,
}

/// Lines less sure than this are pointed out.
pub(crate) const UNSURE: f64 = 0.4;

/// When each line is sung, a line each.
fn sung(lyrics: &Lyrics, lang: Language) -> String {
    let mut text = String::new();
    for line in &lyrics.lines {
        let check = match line.confidence {
            Some(sure) if sure < UNSURE => match lang {
                Language::Ko => format!("   확인해 주세요 ({sure:.2})"),
                Language::En => format!("   please check ({sure:.2})"),
            },
            _ => String::new(),
        };
        let gap = if line.opens_stanza { "\n" } else { "" };
        let _ = writeln!(text, "{gap}  {} – {}  {}{check}", line.start, line.end, line.text);
    }
    text
}

/// Hears a song, with a progress bar.
pub(crate) fn hear(song: &Path, output: Output, cancel: &CancelToken) -> Result<Heard, Failure> {
    let progress = output.progress();
    let mut report = |fraction: f32| {
        progress.send(Event::Stage { stage: "hearing", done: false, fraction: f64::from(fraction) });
    };
    let heard =
        mv_audio::analyze_file(song, &mut report, cancel).map_err(|error| Failure::hearing(song, &error))?;
    progress.send(Event::Stage { stage: "hearing", done: true, fraction: 1.0 });
    drop(progress);
    if heard.ending.broken_off {
        warn_of_ending(heard.analysis.duration, output);
    }
    Ok(heard)
}

/// Says that a file broke off, because its film will too.
pub(crate) fn warn_of_ending(at: Seconds, output: Output) {
    output.warn(
        &format!("파일이 {at}에서 끊겨 있어요. 거기까지만 사용해요"),
        &format!("the file breaks off at {at}: it is used as far as it goes"),
    );
}

/// The song's title when none is given: the file's name.
pub(crate) fn song_title(song: &Path) -> String {
    song.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What was heard, in a dozen lines.
pub(crate) fn summary(song: &SongAnalysis, lang: Language) -> String {
    let words = match lang {
        Language::Ko => ["길이", "템포", "조", "박자", "박", "마디", "에너지", "밝기", "음량", "구간"],
        Language::En => {
            ["length", "tempo", "key", "metre", "beats", "bars", "energy", "valence", "loudness", "sections"]
        }
    };
    let sure = &song.confidence;
    let loudness = song.loudness_lufs.map_or_else(|| "–".to_owned(), |lufs| format!("{lufs:.1} LUFS"));
    let rows = [
        (words[0], song.duration.to_string(), None),
        (words[1], format!("{:.1} BPM", song.tempo), Some(sure.tempo)),
        (words[2], song.key.to_string(), Some(sure.key)),
        (words[3], song.time_signature.to_string(), Some(sure.time_signature)),
        (words[4], song.beats.len().to_string(), Some(sure.beats)),
        (words[5], song.downbeats.len().to_string(), Some(sure.downbeats)),
        (words[6], format!("{:.2}", song.energy), Some(sure.energy)),
        (words[7], format!("{:.2}", song.valence), Some(sure.valence)),
        (words[8], loudness, None),
        (words[9], song.sections.len().to_string(), Some(sure.sections)),
    ];
    let mut text = String::new();
    for (word, value, confidence) in rows {
        let check = match confidence {
            Some(sure) if sure < 0.6 => match lang {
                Language::Ko => format!("   확인해 주세요 ({sure:.2})"),
                Language::En => format!("   please check ({sure:.2})"),
            },
            _ => String::new(),
        };
        let _ = writeln!(text, "{}{value}{check}", pad(word, 12));
    }
    for section in &song.sections {
        let _ = writeln!(
            text,
            "  {} – {}  {:<11} {}  {:.2}",
            section.start,
            section.end,
            section.kind.word(),
            section.label,
            section.energy
        );
    }
    text
}

/// Pads to a width in terminal columns, in which Hangul counts two.
fn pad(text: &str, width: usize) -> String {
    let columns: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(columns)))
}

impl Failure {
    /// A song that cannot be heard.
    pub(crate) fn hearing(song: &Path, error: &mv_audio::HearError) -> Self {
        use mv_audio::HearError;
        let class = match error {
            HearError::Cancelled => return Self::interrupted(),
            _ => Class::Input,
        };
        let hint = error.hint();
        let (said, way_out) = korean::hearing(error);
        let detail = match error {
            HearError::Io(source) => source.to_string(),
            other => other.to_string(),
        };
        let failure = Self::new(class, format!("`{}`: {detail}", song.display()))
            .korean((format!("`{}`: {said}", song.display()), way_out));
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
