//! The join: segments and seams become one film without being encoded again, with the sound track and chapters.
//!
//! Nothing is joined that would not play: every piece must hold the frames it was planned to hold and be encoded
//! with the same parameters. What comes out is checked sample by sample.

use crate::artefact::{self, Draft};
use crate::chapters::{self, Chapter, Metadata};
use crate::encoder::timescale;
use crate::error::MediaError;
use crate::mp4::{Movie, Track};
use crate::tools::Tools;
use mv_core::{CancelToken, FrameRate};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One piece of the film, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilmSegment {
    /// Made by [`crate::segment::encode`] or [`crate::seam::encode`].
    pub path: PathBuf,
    pub frames: u64,
}

#[derive(Clone, Debug)]
pub struct FilmSpec<'a> {
    pub segments: &'a [FilmSegment],
    /// The sound track, already encoded; `None` makes a silent film.
    pub soundtrack: Option<&'a Path>,
    pub rate: FrameRate,
    pub chapters: &'a [Chapter],
    pub metadata: &'a Metadata,
}

/// Joins a film into `out`, an MP4 that a browser can start before it has all of it.
///
/// # Errors
/// [`MediaError::FrameCount`] and [`MediaError::Unjoinable`] name the piece that is not as planned,
/// [`MediaError::Broken`] says what the film would have got wrong. `out` is then left as it was.
pub fn film(tools: &Tools, spec: &FilmSpec<'_>, out: &Path, cancel: &CancelToken) -> Result<(), MediaError> {
    check_pieces(spec.segments)?;
    let draft = Draft::of(out)?;
    let list = artefact::companion(out, "txt", &concat_list(spec.segments, spec.rate)?)?;
    let text = chapters::ffmetadata(spec.metadata, spec.chapters, spec.rate);
    let tags = artefact::companion(out, "ini", &text)?;
    let mut command = tools
        .ffmpeg()
        .words("-f concat -safe 0 -protocol_whitelist file -i")
        .arg(&list)
        .words("-f ffmetadata -i")
        .arg(&tags);
    if let Some(soundtrack) = spec.soundtrack {
        std::fs::File::open(soundtrack).map_err(|e| MediaError::reading(soundtrack, &e))?;
        // The picture comes first: some players take the first stream for what the file is.
        command = command.words("-protocol_whitelist file -i").arg(soundtrack).words("-map 0:v:0 -map 2:a:0");
    } else {
        command = command.words("-map 0:v:0");
    }
    command
        .words("-map_metadata 1 -map_chapters 1 -c copy -movflags +faststart")
        .arg("-video_track_timescale")
        .arg(timescale(spec.rate).to_string())
        .words("-f mp4")
        .arg(draft.path())
        .writing(out)
        .run(cancel)?;
    let frames = spec.segments.iter().map(|segment| segment.frames).sum();
    check_film(&draft, frames, spec)?;
    draft.commit()
}

/// Every piece holds its frames, and the decoder's parameters are the same in all of them.
fn check_pieces(segments: &[FilmSegment]) -> Result<(), MediaError> {
    let mut first: Option<(&Path, Vec<u8>)> = None;
    for FilmSegment { path, frames } in segments {
        let movie = Movie::read(path).map_err(|e| MediaError::reading(path, &e))?;
        let Some(track) = movie.track(b"vide") else {
            return Err(MediaError::NoPicture { path: path.clone() });
        };
        let found = track.shown_times.len() as u64;
        if found != *frames {
            return Err(MediaError::FrameCount { path: path.clone(), found, expected: *frames });
        }
        let (first, parameters) = first.get_or_insert_with(|| (path, track.avc_config.clone()));
        if track.avc_config.is_empty() || track.avc_config != *parameters {
            let reason = "they were encoded with different parameters".to_owned();
            return Err(MediaError::Unjoinable { path: path.clone(), first: first.to_owned(), reason });
        }
    }
    if first.is_none() {
        return Err(MediaError::Spec("a film of no segments".into()));
    }
    Ok(())
}

/// The list for FFmpeg's concat demuxer. Durations are differences of rounded absolute times, so that their rounding
/// cannot add up.
fn concat_list(segments: &[FilmSegment], rate: FrameRate) -> Result<String, MediaError> {
    let mut text = String::from("ffconcat version 1.0\n");
    let micros =
        |frame: u64| (u128::from(frame) * 1_000_000 + u128::from(rate.get()) / 2) / u128::from(rate.get());
    let mut at = 0;
    for FilmSegment { path, frames } in segments {
        let whole = std::path::absolute(path).map_err(|e| MediaError::reading(path, &e))?;
        let name = whole.to_str().filter(|name| !name.contains('\n')).ok_or_else(|| MediaError::Read {
            path: path.clone(),
            reason: "its name is not valid UTF-8 on one line, which a join needs".into(),
        })?;
        let length = micros(at + frames) - micros(at);
        at += frames;
        let (seconds, rest) = (length / 1_000_000, length % 1_000_000);
        // Writing into a string cannot fail.
        writeln!(text, "file 'file:{}'\nduration {seconds}.{rest:06}", name.replace('\'', r"'\''")).ok();
    }
    Ok(text)
}

fn check_film(draft: &Draft, frames: u64, spec: &FilmSpec<'_>) -> Result<(), MediaError> {
    let (path, rate) = (draft.target(), spec.rate);
    let movie = Movie::read(draft.path()).map_err(|e| MediaError::reading(path, &e))?;
    let broken = |reason: String| Err(MediaError::Broken { path: path.to_owned(), reason });
    let Some(picture) = movie.track(b"vide") else {
        return Err(MediaError::NoPicture { path: path.to_owned() });
    };
    let found = picture.shown_times.len() as u64;
    if found != frames {
        return Err(MediaError::FrameCount { path: path.to_owned(), found, expected: frames });
    }
    if let Err(reason) = check_times(picture, rate) {
        return broken(reason);
    }
    if !movie.faststart {
        return broken("its header stands at its end".into());
    }
    if spec.soundtrack.is_some() {
        let Some(sound) = movie.track(b"soun") else { return broken("it has no sound".into()) };
        let length = sound.duration as f64 / f64::from(sound.timescale);
        let expected = frames as f64 / f64::from(rate.get());
        if (length - expected).abs() > 1.0 / f64::from(rate.get()) {
            return broken(format!("its sound lasts {length:.3} s and its picture {expected:.3} s"));
        }
    }
    Ok(())
}

/// Frames are decoded in order and shown one after the other, each for one frame's time, from 0 on.
fn check_times(picture: &Track, rate: FrameRate) -> Result<(), String> {
    if let Some(at) = picture.decode_times.windows(2).position(|pair| pair[1] <= pair[0]) {
        return Err(format!("frame {} is not decoded after the one before it", at + 1));
    }
    let step = i64::from(picture.timescale) / i64::from(rate.get());
    let mut shown = picture.shown_times.clone();
    shown.sort_unstable();
    match shown.iter().zip(0..).find(|(time, index)| **time != index * step) {
        Some((time, index)) => Err(format!("frame {index} is shown at {time}/{} s", picture.timescale)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_does_not_add_up() {
        let segments = vec![FilmSegment { path: "/a'b.mp4".into(), frames: 1 }; 24 * 600];
        let list = concat_list(&segments, FrameRate::FILM).unwrap();
        assert!(list.contains(r"file 'file:/a'\''b.mp4'"));
        let total: f64 =
            list.lines().filter_map(|line| line.strip_prefix("duration ")?.parse::<f64>().ok()).sum();
        assert!((total - 600.0).abs() < 1e-6, "{total}");
    }
}
