//! Aligns lyrics to songs whose exact truth is known and says how far off they are: `align SONG.wav …`, each with its
//! lyrics (`SONG.txt`) and its truth (`SONG.json`) beside it.

use mv_core::lyrics::{LyricLine, Lyrics};
use mv_core::{CancelToken, SongAnalysis};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
struct TrueLine {
    text: String,
    start: f64,
    words: Vec<TrueWord>,
}

#[derive(Deserialize)]
struct TrueWord {
    start: f64,
}

/// Errors in seconds: of lines' starts and of words'.
#[derive(Default)]
struct Errors {
    lines: Vec<f64>,
    words: Vec<f64>,
}

impl Errors {
    fn add(&mut self, truth: &[TrueLine], lyrics: &Lyrics) {
        for (line, laid) in truth.iter().zip(&lyrics.lines) {
            assert_eq!(line.text, laid.text);
            self.lines.push((laid.start.0 - line.start).abs());
            self.words.extend(
                line.words.iter().zip(&laid.words).map(|(word, laid)| (laid.start.0 - word.start).abs()),
            );
        }
    }

    fn say(&mut self, name: &str) -> String {
        let say = |errors: &mut Vec<f64>| {
            errors.sort_by(f64::total_cmp);
            let at =
                |share: f64| errors.get((errors.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
            let within = |most: f64| {
                100.0 * errors.iter().filter(|error| **error <= most).count() as f64 / errors.len() as f64
            };
            format!("{:6.2} {:6.2} {:5.1} {:5.1}", at(0.5), at(0.9), within(0.3), within(0.5))
        };
        format!("{name:24} lines {}   words {}", say(&mut self.lines), say(&mut self.words))
    }
}

/// The same lines evenly over the whole song.
fn even(lyrics: &Lyrics, song: &SongAnalysis) -> Lyrics {
    let mut lyrics = lyrics.clone();
    let each = song.duration.0 / lyrics.lines.len() as f64;
    for (index, line) in lyrics.lines.iter_mut().enumerate() {
        let start = index as f64 * each;
        let shift = |line: &mut LyricLine| {
            let count = line.words.len() as f64;
            for (place, word) in line.words.iter_mut().enumerate() {
                word.start.0 = start + each * place as f64 / count;
            }
            line.start.0 = start;
        };
        shift(line);
    }
    lyrics
}

#[expect(clippy::print_stdout, reason = "the scores are what it is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{:24} seconds off: median, 90th percentile; % within 0.3 s, 0.5 s", "");
    let (mut offline, mut evenly) = (Errors::default(), Errors::default());
    for path in std::env::args_os().skip(1) {
        let path = Path::new(&path);
        let cache = path.with_extension("analysis");
        let song: SongAnalysis = if let Ok(bytes) = std::fs::read(&cache) {
            serde_json::from_slice(&bytes)?
        } else {
            let heard = mv_audio::analyze_file(path, &mut |_| {}, &CancelToken::new())?.analysis;
            std::fs::write(&cache, serde_json::to_vec(&heard)?)?;
            heard
        };
        let text = std::fs::read(path.with_extension("txt"))?;
        let truth: Vec<TrueLine> = serde_json::from_slice(&std::fs::read(path.with_extension("json"))?)?;
        let lyrics = mv_director::lyrics::parse(&text, "lyrics.txt", &song)?.lyrics;
        let mut one = Errors::default();
        one.add(&truth, &lyrics);
        println!("{}", one.say(&path.file_stem().unwrap_or_default().to_string_lossy()));
        if false {
            for (line, laid) in truth.iter().zip(&lyrics.lines) {
                println!(
                    "  {:7.2} {:7.2} {:5.2} {}{}",
                    line.start,
                    laid.start.0,
                    laid.confidence.unwrap_or(1.0),
                    if laid.opens_stanza { "* " } else { "  " },
                    line.text
                );
            }
        }
        offline.add(&truth, &lyrics);
        evenly.add(&truth, &even(&lyrics, &song));
    }
    println!("{}", offline.say("offline"));
    println!("{}", evenly.say("evenly over the song"));
    Ok(())
}
