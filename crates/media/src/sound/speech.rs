//! A song as a machine listens to it: one channel, small enough to be sent.

use crate::artefact::Draft;
use crate::{MediaError, Tools};
use mv_core::CancelToken;
use std::path::Path;

/// Writes the song's sound as mono AAC (`.m4a`, 24 kHz, 64 kbit/s: 20 minutes are 10 MB) into `out`.
///
/// # Errors
/// [`MediaError::Failed`] when the song cannot be decoded.
pub fn speech(tools: &Tools, song: &Path, out: &Path, cancel: &CancelToken) -> Result<(), MediaError> {
    let draft = Draft::of(out)?;
    tools
        .ffmpeg()
        .words("-i")
        .arg(song)
        .words("-map 0:a:0 -map_metadata -1 -ac 1 -ar 24000 -c:a aac -b:a 64k -fflags +bitexact -flags:a +bitexact")
        .words("-movflags +faststart -f ipod")
        .arg(draft.path())
        .writing(out)
        .run(cancel)?;
    draft.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ToolSearch;

    #[test]
    fn a_song_is_sent_small_in_one_channel_and_the_same_every_time() {
        let tools = Tools::locate(&ToolSearch::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (song, cancel) = (folder.path().join("song.wav"), CancelToken::new());
        let graph = "sine=frequency=440:sample_rate=48000:duration=20,aformat=channel_layouts=stereo";
        tools.ffmpeg().words("-f lavfi -i").arg(graph).arg(&song).run(&cancel).unwrap();
        let sent = |name: &str| {
            let out = folder.path().join(name);
            speech(&tools, &song, &out, &cancel).unwrap();
            let words = "-show_entries stream=codec_name,channels,duration -of csv=p=0";
            let told = tools.ffprobe().words(words).arg(&out).output(200, &cancel).unwrap();
            (std::fs::read(&out).unwrap(), String::from_utf8(told).unwrap())
        };
        let (bytes, told) = sent("a.m4a");
        assert!(bytes.len() < 400_000, "{} bytes", bytes.len());
        let facts: Vec<&str> = told.trim().split(',').collect();
        assert_eq!(facts[..2], ["aac", "1"], "{told}");
        assert!((facts[2].parse::<f64>().unwrap() - 20.0).abs() < 0.2, "{told}");
        assert_eq!(sent("b.m4a").0, bytes);
        let nothing = speech(&tools, &folder.path().join("none.mp3"), &folder.path().join("c.m4a"), &cancel);
        assert!(nothing.is_err() && !folder.path().join("c.m4a").exists());
    }
}
