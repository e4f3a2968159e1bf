//! Renders the sample song: `compose OUT.wav` writes the sound, `compose --papers FOLDER` its lyrics and its truth.

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
                std::fs::write(Path::new(folder).join(format!("{name}.wav")), wave(track))?;
            }
        }
        [path] => std::fs::write(path, wave(&song::render()))?,
        _ => return Err("usage: compose OUT.wav | compose --papers FOLDER | compose --stems FOLDER".into()),
    }
    Ok(())
}

/// A 16-bit stereo WAV file, with the quantising error turned into faint noise.
fn wave(track: &song::tone::Track) -> Vec<u8> {
    let mut noise = song::tone::Noise::new(97);
    let mut dither = move || (noise.sample() + noise.sample()) * 0.5;
    let frames = track.left.iter().zip(&track.right).flat_map(|(left, right)| [*left, *right]);
    let data: Vec<u8> = frames
        .flat_map(|value| {
            let sample = value.clamp(-1.0, 1.0) * 32_766.0 + dither();
            (sample.round() as i16).to_le_bytes()
        })
        .collect();
    let rate = song::tone::RATE as u32;
    let mut file = Vec::with_capacity(44 + data.len());
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1, 0, 2, 0]);
    file.extend(rate.to_le_bytes());
    file.extend((rate * 4).to_le_bytes());
    file.extend([4, 0, 16, 0]);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}
