//! Renders the sample song: `compose OUT.wav` writes the sound, `compose --papers FOLDER` its lyrics and its truth;
//! `compose --sung SEED OUT.wav` makes up a song with words, with its lyrics and the exact time of every syllable
//! beside it; `--sung-over` sings over a recording whose beats are known.

use mv_testing::song;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [flag, folder] if flag == "--papers" => {
            let folder = Path::new(folder);
            std::fs::write(folder.join("song.lrc"), song::lrc())?;
            let mut truth = serde_json::to_string_pretty(&song::truth())?;
            truth.push('\n');
            std::fs::write(folder.join("song.truth.json"), truth)?;
        }
        // The stems one by one, for mixing.
        [flag, folder] if flag == "--stems" => {
            for (name, track) in &song::perform().tracks {
                std::fs::write(Path::new(folder).join(format!("{name}.wav")), song::wave(track))?;
            }
        }
        [flag, seed, path] if flag == "--sung" => {
            let song = song::sung::make_up(seed.parse()?, 240.0);
            write_sung(&song, Path::new(path))?;
        }
        [flag, seed, recording, beats, path] if flag == "--sung-over" => {
            let sound = read_wave(&std::fs::read(recording)?).ok_or("the recording is no 16-bit stereo WAV of 44.1 kHz")?;
            let truth: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(beats)?)?;
            let song = song::sung::sing_over(seed.parse()?, backing(sound, &truth).ok_or("the beats are not those of a song")?);
            write_sung(&song, Path::new(path))?;
        }
        [path] => std::fs::write(path, song::wave(&song::render()))?,
        _ => return Err("usage: compose OUT.wav | compose --papers FOLDER | compose --stems FOLDER | compose --sung SEED OUT.wav \
                    | compose --sung-over SEED RECORDING.wav BEATS.json OUT.wav"
            .into()),
    }
    Ok(())
}

fn write_sung(song: &song::sung::SungSong, path: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::write(path, song::wave(&song.sound))?;
    std::fs::write(path.with_extension("txt"), &song.text)?;
    std::fs::write(path.with_extension("json"), serde_json::to_string_pretty(&song.lines)?)?;
    Ok(())
}

fn read_wave(bytes: &[u8]) -> Option<song::tone::Track> {
    let rate = song::tone::RATE as u32;
    if bytes.get(..4)? != b"RIFF" || bytes.get(22..24)? != [2, 0] || bytes.get(24..28)? != rate.to_le_bytes()
    {
        return None;
    }
    let data = bytes.windows(4).position(|name| name == b"data")? + 8;
    let samples: Vec<f64> = bytes[data..]
        .chunks_exact(2)
        .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect();
    let side = |side: usize| samples.iter().skip(side).step_by(2).copied().take(samples.len() / 2).collect();
    Some(song::tone::Track { left: side(0), right: side(1) })
}

/// What is known of a recording: `beats`, `downbeats`, `time_signature`, `key`, as the truth of a song has them.
fn backing(sound: song::tone::Track, truth: &serde_json::Value) -> Option<song::sung::Backing> {
    let times =
        |name: &str| Some(truth[name].as_array()?.iter().filter_map(serde_json::Value::as_f64).collect());
    let (beats, downbeats): (Vec<f64>, Vec<f64>) = (times("beats")?, times("downbeats")?);
    let first = *downbeats.first()?;
    let beats: Vec<f64> = beats.into_iter().filter(|beat| *beat >= first - 0.01).collect();
    let second = downbeats.get(1)?;
    let beats_a_bar = beats.iter().filter(|beat| **beat < second - 0.01).count();
    let key: mv_core::analysis::Key = truth["key"].as_str().unwrap_or("C Major").parse().ok()?;
    let minor = key.mode == mv_core::analysis::Mode::Minor;
    Some(song::sung::Backing { sound, beats, beats_a_bar, tonic: key.tonic(), minor })
}
