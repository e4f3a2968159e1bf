//! Asks ffprobe what a clip is: geometry, colours, timing. What it prints comes from files of unknown origin.

use crate::error::MediaError;
use crate::tools::Tools;
use mv_core::{CancelToken, FrameRate, Seconds};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Enough for half an hour of packets.
const PRINTED_BYTES: usize = 64 << 20;
/// Containers that clips come in. Playlists are not among them: they name other files and addresses.
const CONTAINERS: &str = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,gif,nut,ivf,h264,hevc,mxf,dv";
/// Room for 8K; a picture with a longer side would only fill the memory.
const LONGEST_SIDE: u32 = 8192;

/// What the conform chain must know about a clip. Part of a segment's fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClipFacts {
    /// Index of the picture's stream in the file.
    pub stream: u32,
    /// FFmpeg's name of the codec: `h264`, `hevc`, `vp9`.
    pub codec: String,
    /// Size in pixels as coded, before rotation.
    pub width: u32,
    pub height: u32,
    /// Width of a pixel over its height.
    pub pixel_aspect: (u32, u32),
    /// Clockwise turn that shows the picture upright: 0, 90, 180 or 270.
    pub rotation: u16,
    /// FFmpeg's name of the pixel format: `yuv420p`, `yuv420p10le`.
    pub pixel_format: String,
    /// Luma spans 0–255 instead of 16–235.
    pub full_range: bool,
    /// FFmpeg's names of the tags; `None` where the file does not say.
    pub matrix: Option<String>,
    pub transfer: Option<String>,
    pub interlaced: bool,
    /// How long the picture lasts, from its first frame to the end of its last.
    pub duration: Seconds,
    /// How many frames the file holds.
    pub frames: u64,
    pub has_sound: bool,
}

impl ClipFacts {
    /// Size in square pixels after rotation.
    pub fn display_size(&self) -> (f64, f64) {
        let (across, down) = self.pixel_aspect;
        let width = f64::from(self.width) * f64::from(across) / f64::from(down);
        let height = f64::from(self.height);
        if self.rotation % 180 == 90 { (height, width) } else { (width, height) }
    }

    /// Its light is coded for a brighter screen than the film's: by PQ or HLG.
    pub fn is_high_dynamic_range(&self) -> bool {
        matches!(self.transfer.as_deref(), Some("smpte2084" | "arib-std-b67"))
    }

    /// How many frames it covers at a film's rate.
    pub fn frames_at(&self, rate: FrameRate) -> u64 {
        self.duration.to_frame(rate).0
    }
}

/// Asks what a clip is.
///
/// # Errors
/// [`MediaError::Read`] when it cannot be opened, [`MediaError::Undecodable`] when it is no video or a broken one,
/// [`MediaError::NoPicture`] when it has only sound.
pub fn probe(tools: &Tools, path: &Path) -> Result<ClipFacts, MediaError> {
    std::fs::File::open(path).map_err(|e| MediaError::reading(path, &e))?;
    let printed = input(tools.ffprobe(), path)
        .words("-of json=compact=1 -show_entries")
        .arg(concat!(
            "stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,pix_fmt,color_range,color_space,",
            "color_transfer,field_order,r_frame_rate:stream_disposition=attached_pic:stream_side_data=rotation",
            ":stream_tags=rotate:packet=stream_index,pts_time,duration_time,flags",
        ))
        .output(PRINTED_BYTES, &CancelToken::new());
    let undecodable = |reason| MediaError::Undecodable { path: path.to_owned(), reason };
    let printed = match printed {
        Ok(printed) => printed,
        Err(MediaError::Failed { detail, .. }) => return Err(undecodable(detail)),
        Err(other) => return Err(other),
    };
    parse(&printed).map_err(|error| match error {
        ProbeError::NoPicture => MediaError::NoPicture { path: path.to_owned() },
        ProbeError::Unusable(reason) => undecodable(reason),
    })
}

/// Adds the options and the input of an FFmpeg program that reads a clip of unknown origin: nothing but this file may
/// be opened.
pub(crate) fn input(invocation: crate::process::Invocation, path: &Path) -> crate::process::Invocation {
    // The prefix keeps a name with a colon from being taken for a protocol.
    let mut name = std::ffi::OsString::from("file:");
    name.push(path);
    invocation.words("-protocol_whitelist file -format_whitelist").arg(CONTAINERS).arg("-i").arg(name)
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    #[error("no picture")]
    NoPicture,
    #[error("{0}")]
    Unusable(String),
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    packets: Vec<Packet>,
}

#[derive(Deserialize)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    pix_fmt: Option<String>,
    color_range: Option<String>,
    color_space: Option<String>,
    color_transfer: Option<String>,
    field_order: Option<String>,
    r_frame_rate: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Deserialize)]
struct SideData {
    /// Counter-clockwise degrees.
    rotation: Option<f64>,
}

#[derive(Default, Deserialize)]
struct Tags {
    rotate: Option<String>,
}

#[derive(Deserialize)]
struct Packet {
    stream_index: u32,
    pts_time: Option<String>,
    duration_time: Option<String>,
    #[serde(default)]
    flags: String,
}

/// Reads what ffprobe printed.
pub fn parse(printed: &[u8]) -> Result<ClipFacts, ProbeError> {
    let unusable = |reason: &str| ProbeError::Unusable(reason.to_owned());
    let report: Report = serde_json::from_slice(printed).map_err(|e| ProbeError::Unusable(e.to_string()))?;
    let kind = |stream: &Stream, wanted: &str| stream.codec_type.as_deref() == Some(wanted);
    let picture = report
        .streams
        .iter()
        .find(|s| kind(s, "video") && s.disposition.attached_pic == 0)
        .ok_or(ProbeError::NoPicture)?;
    let side = |value: Option<u32>| value.filter(|v| (2..=LONGEST_SIDE).contains(v));
    let (Some(width), Some(height)) = (side(picture.width), side(picture.height)) else {
        return Err(unusable("its picture has no usable size"));
    };
    let (duration, frames) = timing(&report.packets, picture)
        .ok_or_else(|| unusable("it has fewer than two frames, or they have no times"))?;
    let known = |tag: &Option<String>| tag.clone().filter(|t| !matches!(t.as_str(), "unknown" | "reserved"));
    let pixel_format = picture.pix_fmt.clone().ok_or_else(|| unusable("its picture cannot be decoded"))?;
    Ok(ClipFacts {
        stream: picture.index,
        codec: picture.codec_name.clone().unwrap_or_default(),
        width,
        height,
        pixel_aspect: ratio(picture.sample_aspect_ratio.as_deref(), ':').unwrap_or((1, 1)),
        rotation: rotation(picture),
        full_range: picture.color_range.as_deref() == Some("pc") || pixel_format.starts_with("yuvj"),
        pixel_format,
        matrix: known(&picture.color_space),
        transfer: known(&picture.color_transfer),
        interlaced: matches!(picture.field_order.as_deref(), Some("tt" | "bb" | "tb" | "bt")),
        duration: Seconds(duration),
        frames,
        has_sound: report.streams.iter().any(|s| kind(s, "audio")),
    })
}

/// Seconds from the first frame shown to the end of the last, and the number of frames.
fn timing(packets: &[Packet], picture: &Stream) -> Option<(f64, u64)> {
    let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok().filter(|n| n.is_finite());
    // Packets marked D are decoded for the others' sake and not shown.
    let shown = packets.iter().filter(|p| p.stream_index == picture.index && !p.flags.contains('D'));
    let mut times: Vec<(f64, Option<f64>)> =
        shown.filter_map(|p| Some((number(&p.pts_time)?, number(&p.duration_time)))).collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, (last, length)) = (times.first()?.0, *times.last()?);
    let usual = ratio(picture.r_frame_rate.as_deref(), '/').map(|(n, d)| f64::from(d) / f64::from(n));
    let length = length.filter(|l| *l > 0.0).or(usual).unwrap_or(0.0);
    let duration = last - first + length.clamp(0.0, 3600.0);
    (times.len() >= 2 && duration > 0.0 && duration < 1e6).then_some((duration, times.len() as u64))
}

fn ratio(text: Option<&str>, separator: char) -> Option<(u32, u32)> {
    let (over, under) = text?.split_once(separator)?;
    let pair: (u32, u32) = (over.parse().ok()?, under.parse().ok()?);
    (pair.0 > 0 && pair.1 > 0).then_some(pair)
}

fn rotation(stream: &Stream) -> u16 {
    let counter_clockwise = stream.side_data_list.iter().find_map(|side| side.rotation);
    let clockwise = counter_clockwise
        .map(|degrees| -degrees)
        .or_else(|| stream.tags.rotate.as_deref()?.parse().ok())
        .filter(|degrees| degrees.is_finite())
        .unwrap_or(0.0);
    // FFmpeg turns by quarters; anything between stays as it is.
    let quarters = (clockwise / 90.0).round();
    if (clockwise - quarters * 90.0).abs() > 1.0 { 0 } else { (quarters.rem_euclid(4.0) as u16) * 90 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PHONE: &str = r#"{"packets":[
        {"stream_index":1,"pts_time":"0.0","duration_time":"0.02","flags":"K_"},
        {"stream_index":0,"pts_time":"0.040","duration_time":"0.033","flags":"K_"},
        {"stream_index":0,"pts_time":"-0.040","duration_time":"0.033","flags":"_D"},
        {"stream_index":0,"pts_time":"0.100","duration_time":"0.050","flags":"__"}],
        "streams":[{"index":0,"codec_type":"video","codec_name":"hevc","width":1920,"height":1080,
        "sample_aspect_ratio":"1:1","pix_fmt":"yuvj420p","color_space":"smpte170m","color_transfer":"unknown",
        "field_order":"progressive","r_frame_rate":"30/1","side_data_list":[{"rotation":-90}]},
        {"index":1,"codec_type":"audio"}]}"#;

    #[test]
    fn a_phone_clip_is_read() {
        let facts = parse(PHONE.as_bytes()).unwrap();
        assert_eq!((facts.rotation, facts.full_range, facts.has_sound), (90, true, true));
        assert_eq!(facts.display_size(), (1080.0, 1920.0));
        assert!((facts.duration.0 - 0.11).abs() < 1e-9);
        assert_eq!((facts.matrix.as_deref(), facts.transfer), (Some("smpte170m"), None));
        assert_eq!(facts.frames, 2);
    }

    #[test]
    fn a_song_with_a_cover_has_no_picture() {
        let cover = r#"{"streams":[{"index":0,"codec_type":"audio"},
            {"index":1,"codec_type":"video","width":500,"height":500,"disposition":{"attached_pic":1}}]}"#;
        assert_eq!(parse(cover.as_bytes()), Err(ProbeError::NoPicture));
    }

    proptest! {
        #[test]
        fn damaged_reports_are_read_without_harm(at in 0usize..900, byte in any::<u8>(), cut in 0usize..900) {
            let mut bytes = PHONE.as_bytes().to_vec();
            let place = at % bytes.len();
            bytes[place] = byte;
            bytes.truncate(cut.max(1));
            if let Ok(facts) = parse(&bytes) {
                prop_assert!(facts.duration.0 > 0.0 && facts.rotation % 90 == 0);
            }
        }
    }
}
