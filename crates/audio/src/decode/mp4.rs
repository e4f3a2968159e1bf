//! What an MP4 file says about the ends of its sound: the edit list, iTunes' gapless comment, and copy protection.
//!
//! The demuxer hands out every packet, the encoder's priming among them; this finds how much of it to leave out.
//! ISO/IEC 14496-12 §8.6.6 (edit list); `iTunSMPB` as Apple's encoders write it: ` 00000000 DELAY PADDING FRAMES …`, hex.

use std::io::{Read, Seek, SeekFrom};

/// Headers longer than this are not read: a real one stays far below.
const LARGEST_HEADER: u64 = 64 << 20;

/// What was found; the default for any other file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Edits {
    pub(super) is_mp4: bool,
    pub(super) protected: bool,
    /// Start and length of the sound within the decoded stream, in seconds.
    edit: Option<(f64, Option<f64>)>,
    /// Delay and length in samples, from iTunes' comment.
    smpb: Option<(u64, u64)>,
}

impl Edits {
    /// Frames to skip at the start and frames to keep from there, at a sample rate.
    pub(super) fn window(&self, sample_rate: u32) -> (u64, u64) {
        let frames = |seconds: f64| (seconds * f64::from(sample_rate)).round() as u64;
        match (self.edit, self.smpb) {
            (Some((start, length)), _) if start > 0.0 => (frames(start), length.map_or(u64::MAX, frames)),
            (_, Some((delay, length))) if length > 0 => (delay, length),
            (Some((_, Some(length))), _) => (0, frames(length)),
            _ => (0, u64::MAX),
        }
    }
}

/// Reads the edits of an MP4 file; the default for files of any other kind or with a header that makes no sense.
pub(super) fn read_edits<R: Read + Seek>(source: &mut R, length: u64) -> std::io::Result<Edits> {
    let mut edits = Edits::default();
    let mut position = 0;
    let mut head = [0u8; 16];
    while position + 8 <= length {
        source.seek(SeekFrom::Start(position))?;
        let wanted = (length - position).min(16) as usize;
        source.read_exact(&mut head[..wanted])?;
        let kind = [head[4], head[5], head[6], head[7]];
        let (header, size) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            0 => (8, length - position),
            1 if wanted == 16 => (16, read_u64(&head, 8).unwrap_or(0)),
            size => (8, u64::from(size)),
        };
        if position == 0 {
            if &kind != b"ftyp" {
                return Ok(edits);
            }
            edits.is_mp4 = true;
        }
        if size < header {
            return Ok(edits);
        }
        if &kind == b"moov" {
            let wanted = (size - header).min(length - position - header);
            if wanted <= LARGEST_HEADER {
                let mut movie = vec![0; wanted as usize];
                source.seek(SeekFrom::Start(position + header))?;
                source.read_exact(&mut movie)?;
                read_movie(&movie, &mut edits);
            }
            return Ok(edits);
        }
        position = position.saturating_add(size);
    }
    Ok(edits)
}

fn read_movie(movie: &[u8], edits: &mut Edits) {
    let movie_scale = child(movie, *b"mvhd").and_then(timescale).unwrap_or(0);
    for track in children(movie, *b"trak") {
        let Some(media) = child(track, *b"mdia") else { continue };
        let is_sound = child(media, *b"hdlr").and_then(|hdlr| hdlr.get(8..12)) == Some(b"soun".as_slice());
        if !is_sound {
            continue;
        }
        let scale = child(media, *b"mdhd").and_then(timescale).unwrap_or(0);
        let sample_entry = path(media, &[*b"minf", *b"stbl", *b"stsd"]).and_then(|stsd| stsd.get(12..16));
        edits.protected = matches!(sample_entry, Some(b"drms" | b"enca"));
        if scale > 0 && movie_scale > 0 {
            edits.edit =
                path(track, &[*b"edts", *b"elst"]).and_then(|list| first_edit(list, scale, movie_scale));
        }
        break;
    }
    edits.smpb = gapless_comment(movie);
}

/// Start and length of the first edit that plays media, in seconds.
fn first_edit(list: &[u8], media_scale: u32, movie_scale: u32) -> Option<(f64, Option<f64>)> {
    let wide = *list.first()? == 1;
    let count = read_u32(list, 4)?.min(64) as usize;
    let entry = if wide { 20 } else { 12 };
    (0..count).find_map(|index| {
        let at = 8 + index * entry;
        let (length, start) = if wide {
            (read_u64(list, at)?, read_u64(list, at + 8)? as i64)
        } else {
            (u64::from(read_u32(list, at)?), i64::from(read_u32(list, at + 4)? as i32))
        };
        // A start of -1 is a pause before the sound, which a song has no use for.
        let start = u64::try_from(start).ok()?;
        let length = (length > 0).then(|| length as f64 / f64::from(movie_scale));
        Some((start as f64 / f64::from(media_scale), length))
    })
}

fn gapless_comment(movie: &[u8]) -> Option<(u64, u64)> {
    let name = b"iTunSMPB";
    let at = movie.windows(name.len()).position(|window| window == name)?;
    let data = movie[at..].get(..200).unwrap_or(&movie[at..]);
    let value = data.windows(4).position(|window| window == b"data").and_then(|at| data.get(at + 12..))?;
    let text: String = value
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit() || **byte == b' ')
        .map(|byte| char::from(*byte))
        .collect();
    let mut numbers = text.split_whitespace().map(|word| u64::from_str_radix(word, 16));
    let (_, delay, _, frames) = (numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()?);
    Some((delay.ok()?, frames.ok()?))
}

fn timescale(header: &[u8]) -> Option<u32> {
    read_u32(header, if *header.first()? == 1 { 20 } else { 12 })
}

fn path<'a>(mut bytes: &'a [u8], kinds: &[[u8; 4]]) -> Option<&'a [u8]> {
    for kind in kinds {
        bytes = child(bytes, *kind)?;
    }
    Some(bytes)
}

fn child(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    children(bytes, kind).next()
}

/// The bodies of the boxes of one kind directly within `bytes`.
fn children(bytes: &[u8], kind: [u8; 4]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = read_u32(rest, 0)? as usize;
        let kind = rest.get(4..8)?;
        let body = rest.get(8..size)?;
        rest = &rest[size..];
        Some((kind, body))
    })
    .filter(move |(found, _)| *found == kind)
    .map(|(_, body)| body)
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
