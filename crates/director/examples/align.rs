//! Measures lyrics alignment against exact truth: `align FIRST_SEED COUNT` makes songs up, `align SONG.wav …` takes songs
//! with their lyrics (`SONG.txt`) and their truth (`SONG.json`) beside them, as `compose --sung` of `mv-testing` writes them.

#[path = "../tests/alignment/score.rs"]
mod score;

use mv_core::{CancelToken, SongAnalysis};
use mv_director::lyrics::{align_to_transcript, parse};
use mv_testing::song::{TrueLine, sung, wave};
use score::{Errors, even, transcript};
use std::error::Error;
use std::io::Cursor;
use std::path::Path;

/// Seconds of a made-up song, at most.
const LONGEST: f64 = 240.0;

struct Song {
    name: String,
    analysis: SongAnalysis,
    text: Vec<u8>,
    truth: Vec<TrueLine>,
}

fn made_up(seed: u64) -> Result<Song, Box<dyn Error>> {
    let song = sung::make_up(seed, LONGEST);
    let heard = mv_audio::analyze(Cursor::new(wave(&song.sound)), &mut |_| {}, &CancelToken::new())?;
    let (name, text) = (format!("made up, seed {seed}"), song.text.into_bytes());
    Ok(Song { name, analysis: heard.analysis, text, truth: song.lines })
}

fn from_files(path: &Path) -> Result<Song, Box<dyn Error>> {
    let heard = mv_audio::analyze_file(path, &mut |_| {}, &CancelToken::new())?;
    Ok(Song {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        analysis: heard.analysis,
        text: std::fs::read(path.with_extension("txt"))?,
        truth: serde_json::from_slice(&std::fs::read(path.with_extension("json"))?)?,
    })
}

#[expect(clippy::print_stdout, reason = "the scores are what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let songs: Box<dyn Iterator<Item = Result<Song, Box<dyn Error>>>> = match arguments.as_slice() {
        [first, count] if first.parse::<u64>().is_ok() => {
            let (first, count) = (first.parse::<u64>()?, count.parse::<u64>()?);
            Box::new((first..first + count).map(made_up))
        }
        paths => Box::new(paths.iter().map(|path| from_files(Path::new(path)))),
    };
    println!(
        "| | line starts: median, 90 % | within 0.3 s, 0.5 s | word starts: median, 90 % | within 0.3 s, 0.5 s |"
    );
    println!("| --- | --- | --- | --- | --- |");
    let mut all: Vec<(String, Errors)> = Vec::new();
    let mut add = |method: &str, truth: &[TrueLine], lyrics: &mv_core::Lyrics| {
        if !all.iter().any(|(name, _)| name == method) {
            all.push((method.to_owned(), Errors::default()));
        }
        for (_, errors) in all.iter_mut().filter(|(name, _)| name == method) {
            errors.add(truth, lyrics);
        }
    };
    for (seed, song) in (1..).zip(songs) {
        let Song { name, analysis, text, truth } = song?;
        let lyrics = parse(&text, "lyrics.txt", &analysis)?.lyrics;
        let mut alone = Errors::default();
        alone.add(&truth, &lyrics);
        println!("{}", row(&name, &alone));
        add("**evenly over the song**", &truth, &even(&truth, &analysis));
        add("**offline**", &truth, &lyrics);
        for wrong in [0.1, 0.2, 0.3] {
            let heard = transcript(&truth, wrong, 0.15, seed);
            let method = format!("**transcript, {:.0} % of words wrong, ±0.15 s**", wrong * 100.0);
            add(&method, &truth, &align_to_transcript(&lyrics, &heard, &analysis));
        }
    }
    for (method, errors) in &all {
        println!("{}", row(method, errors));
    }
    for (_, errors) in all.iter().filter(|(method, _)| method == "**offline**") {
        for (low, high) in [(0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)] {
            let of: Vec<f64> = errors
                .sure
                .iter()
                .filter(|(sure, _)| (low..high).contains(sure))
                .map(|(_, off)| *off)
                .collect();
            let [_, _, _, within] = Errors::of(&of);
            println!(
                "confidence {low:.1} to {high:.1}: {} lines, {:.0} % within 0.5 s",
                of.len(),
                100.0 * within
            );
        }
    }
    Ok(())
}

fn row(name: &str, errors: &Errors) -> String {
    let cells = |[median, most, near, nearer]: [f64; 4]| {
        format!("{median:.2}, {most:.2} s | {:.0} %, {:.0} %", 100.0 * near, 100.0 * nearer)
    };
    format!("| {name} | {} | {} |", cells(Errors::of(&errors.lines)), cells(Errors::of(&errors.words)))
}
