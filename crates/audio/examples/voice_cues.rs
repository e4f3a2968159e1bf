//! Writes what the voice's network sees of each song, for its training: `voice_cues OUT_FOLDER SONG…` makes one file a
//! song of little-endian `f32`.

use mv_audio::decode::SongReader;
use mv_audio::signal::{Resampler, mix_down};
use mv_audio::structure::mel::MelMeter;
use mv_audio::vocal::VoiceMeter;
use std::fs::File;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments.next().ok_or("usage: voice_cues OUT_FOLDER SONG…")?;
    std::fs::create_dir_all(&out)?;
    for song in arguments {
        let name = song.file_stem().ok_or("a song needs a name")?;
        let bytes: Vec<u8> = inputs(&song)?.iter().flat_map(|value| value.to_le_bytes()).collect();
        std::fs::write(out.join(name).with_extension("f32"), bytes)?;
    }
    Ok(())
}

fn inputs(song: &Path) -> Result<Vec<f32>, Box<dyn std::error::Error>> {
    let mut song = SongReader::open(File::open(song)?)?;
    let mut resampler = Resampler::new(song.sample_rate());
    let (mut mel, mut voice) = (MelMeter::new(), VoiceMeter::new());
    let (mut block, mut mono, mut signal) = (Vec::new(), Vec::new(), Vec::new());
    while song.next_block(&mut block)? {
        mix_down(&block, song.channels(), &mut mono);
        signal.clear();
        resampler.push(&mono, &mut signal);
        mel.push_with(&signal, |spectrum| voice.hear(spectrum));
    }
    signal.clear();
    resampler.finish(&mut signal);
    mel.push_with(&signal, |spectrum| voice.hear(spectrum));
    let mel = mel.finish_with(|spectrum| voice.hear(spectrum));
    Ok(voice.inputs(&mel))
}
