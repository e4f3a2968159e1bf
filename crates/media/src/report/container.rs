//! What the file says of itself: codecs, colour tags, clock, chapters, and whether it can start before it has arrived.

use crate::mp4::{Movie, Track};
use crate::{MediaError, Tools};
use mv_core::CancelToken;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Far more than a film's description needs.
const PRINTED_BYTES: usize = 4 << 20;

/// The file's description, as ffprobe words it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ContainerReport {
    pub faststart: bool,
    pub video: VideoStream,
    pub audio: Option<AudioStream>,
    /// Start of each chapter in seconds, and its title.
    pub chapters: Vec<(f64, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoStream {
    pub codec_name: String,
    pub profile: String,
    pub pix_fmt: String,
    pub width: u32,
    pub height: u32,
    pub color_range: String,
    pub color_space: String,
    pub color_transfer: String,
    pub color_primaries: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioStream {
    pub codec_name: String,
    pub profile: String,
    pub sample_rate: String,
    pub channels: u32,
}

#[derive(Deserialize)]
struct Printed {
    #[serde(default)]
    streams: Vec<serde_json::Value>,
    #[serde(default)]
    chapters: Vec<PrintedChapter>,
}

#[derive(Deserialize)]
struct PrintedChapter {
    start_time: String,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
struct Tags {
    #[serde(default)]
    title: String,
}

/// When frames are shown and how long the tracks last, in seconds.
pub(super) struct Clock {
    /// In the order in which they are shown.
    pub(super) shown: Vec<f64>,
    pub(super) video_length: f64,
    pub(super) audio_length: Option<f64>,
}

/// Reads the header and asks ffprobe.
pub(super) fn read(
    tools: &Tools,
    film: &Path,
    cancel: &CancelToken,
) -> Result<(ContainerReport, Clock), MediaError> {
    let movie = Movie::read(film).map_err(|source| MediaError::reading(film, &source))?;
    let Some(picture) = movie.track(b"vide") else {
        return Err(MediaError::NoPicture { path: film.to_owned() });
    };
    let seconds = |units: i64, track: &Track| units as f64 / f64::from(track.timescale);
    let mut shown: Vec<f64> = picture.shown_times.iter().map(|time| seconds(*time, picture)).collect();
    shown.sort_by(f64::total_cmp);
    let length = |track: &Track| seconds(track.duration as i64, track);
    let clock =
        Clock { shown, video_length: length(picture), audio_length: movie.track(b"soun").map(length) };
    let printed = tools
        .ffprobe()
        .words("-of json=compact=1 -show_streams -show_chapters")
        .arg(film)
        .output(PRINTED_BYTES, cancel)?;
    let broken = |reason: String| MediaError::Broken { path: film.to_owned(), reason };
    let printed: Printed = serde_json::from_slice(&printed).map_err(|e| broken(e.to_string()))?;
    let stream = |kind: &str| printed.streams.iter().find(|s| s["codec_type"] == kind).cloned();
    let video = stream("video").ok_or_else(|| MediaError::NoPicture { path: film.to_owned() })?;
    let report = ContainerReport {
        faststart: movie.faststart,
        video: serde_json::from_value(video).map_err(|e| broken(e.to_string()))?,
        audio: stream("audio").map(serde_json::from_value).transpose().map_err(|e| broken(e.to_string()))?,
        chapters: printed
            .chapters
            .into_iter()
            .map(|chapter| (chapter.start_time.parse().unwrap_or(0.0), chapter.tags.title))
            .collect(),
    };
    Ok((report, clock))
}

impl ContainerReport {
    /// What is not as a film of ours is, in words; empty when all is.
    pub(super) fn faults(&self) -> Vec<String> {
        let video = &self.video;
        let mut faults = Vec::new();
        let mut expect = |name: &str, found: &str, wished: &str| {
            if found != wished {
                let found = if found.is_empty() { "missing" } else { found };
                faults.push(format!("{name} {found} (not {wished})"));
            }
        };
        expect("video", &video.codec_name, "h264");
        expect("profile", &video.profile, "High");
        expect("pixels", &video.pix_fmt, "yuv420p");
        expect("range", &video.color_range, "tv");
        expect("matrix", &video.color_space, "bt709");
        expect("transfer", &video.color_transfer, "bt709");
        expect("primaries", &video.color_primaries, "bt709");
        if let Some(audio) = &self.audio {
            expect("audio", &audio.codec_name, "aac");
            expect("audio profile", &audio.profile, "LC");
            expect("sample rate", &audio.sample_rate, "48000");
            expect("channels", &audio.channels.to_string(), "2");
        }
        faults
    }
}
