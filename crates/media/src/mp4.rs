//! Reads the header of an MP4 file that FFmpeg wrote: how many samples each track has, when each is shown, and the
//! decoder's parameters. A header is read in microseconds, where asking ffprobe costs 50 ms a file.
//!
//! Source: ISO/IEC 14496-12 (boxes), 14496-15 (`avcC`).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// More header than any film has: an hour at 60 frames a second needs 4 MiB.
const LARGEST_HEADER: u64 = 64 << 20;
/// More samples than any film has; a forged count must not fill the memory.
const MOST_SAMPLES: u64 = 4_000_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Movie {
    pub tracks: Vec<Track>,
    /// The header stands before the media data, so that a browser can start before the end has arrived.
    pub faststart: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// `vide`, `soun`, `text`, …
    pub handler: [u8; 4],
    /// Units a second of every time below.
    pub timescale: u32,
    /// When each sample is decoded, in file order.
    pub decode_times: Vec<i64>,
    /// When each sample is shown, counted from the start of the edit, in file order.
    pub shown_times: Vec<i64>,
    /// The length that is shown, in `timescale` units, before rounding by the movie's own scale.
    pub duration: u64,
    /// The `avcC` record: profile, level and parameter sets; empty when the track is not H.264.
    pub avc_config: Vec<u8>,
}

impl Movie {
    /// Reads a file's header; the media data is skipped.
    ///
    /// # Errors
    /// Those of reading, and [`io::ErrorKind::InvalidData`] for anything that is no whole MP4 file.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut at = 0;
        let mut media_seen = None;
        let mut header = None;
        while at < length {
            file.seek(SeekFrom::Start(at))?;
            let mut head = [0; 16];
            let available = (length - at).min(16) as usize;
            file.read_exact(&mut head[..available])?;
            let (kind, start, size) = box_head(&head[..available], length - at).ok_or_else(damaged)?;
            match &kind {
                b"moov" if size - start <= LARGEST_HEADER => {
                    file.seek(SeekFrom::Start(at + start))?;
                    let mut bytes = vec![0; (size - start) as usize];
                    file.read_exact(&mut bytes)?;
                    header = Some((bytes, media_seen.is_none()));
                }
                b"mdat" => media_seen = Some(at),
                _ => {}
            }
            at += size;
        }
        let (bytes, faststart) = header.ok_or_else(damaged)?;
        let tracks = parse(&bytes).ok_or_else(damaged)?;
        Ok(Self { tracks, faststart })
    }

    /// The first track of a kind: `b"vide"` or `b"soun"`.
    pub fn track(&self, handler: &[u8; 4]) -> Option<&Track> {
        self.tracks.iter().find(|track| &track.handler == handler)
    }
}

/// Reads the contents of a `moov` box; `None` when it is damaged.
pub fn parse(moov: &[u8]) -> Option<Vec<Track>> {
    let movie_scale = find(moov, *b"mvhd").and_then(|mvhd| versioned(mvhd, 12, 20)).map(be32);
    children(moov)?
        .into_iter()
        .filter(|(kind, _)| kind == b"trak")
        .map(|(_, t)| track(t, movie_scale??))
        .collect()
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a whole MP4 file")
}

/// Kind, length of the head and length of the whole box.
fn box_head(bytes: &[u8], rest: u64) -> Option<([u8; 4], u64, u64)> {
    let kind = bytes.get(4..8)?.try_into().ok()?;
    let (start, size) = match be32(bytes)? {
        0 => (8, rest),
        1 => (16, be64(bytes.get(8..)?)?),
        size => (8, u64::from(size)),
    };
    (size >= start && size <= rest).then_some((kind, start, size))
}

fn children(mut bytes: &[u8]) -> Option<Vec<([u8; 4], &[u8])>> {
    let mut boxes = Vec::new();
    while !bytes.is_empty() {
        let (kind, start, size) = box_head(bytes, bytes.len() as u64)?;
        boxes.push((kind, &bytes[start as usize..size as usize]));
        bytes = &bytes[size as usize..];
    }
    Some(boxes)
}

fn find(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    children(bytes)?.into_iter().find(|(kind, _)| *kind == wanted).map(|(_, contents)| contents)
}

/// The bytes at an offset that depends on the box's version (0 or 1).
fn versioned(full_box: &[u8], version_0: usize, version_1: usize) -> Option<&[u8]> {
    match full_box.first()? {
        0 => full_box.get(version_0..),
        1 => full_box.get(version_1..),
        _ => None,
    }
}

fn be32(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}

fn be64(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(..8)?.try_into().ok()?))
}

fn track(trak: &[u8], movie_scale: u32) -> Option<Track> {
    let media = find(trak, *b"mdia")?;
    let timescale = be32(versioned(find(media, *b"mdhd")?, 12, 20)?)?;
    let handler = find(media, *b"hdlr")?.get(8..12)?.try_into().ok()?;
    let table = find(find(media, *b"minf")?, *b"stbl")?;
    let samples = u64::from(be32(find(table, *b"stsz")?.get(8..)?)?);
    if timescale == 0 || samples > MOST_SAMPLES {
        return None;
    }
    let (decode_times, length) = decode_times(find(table, *b"stts")?, samples)?;
    let (edit_start, edit_length) = edit(find(trak, *b"edts"), timescale, movie_scale)?;
    let mut shown_times = decode_times.clone();
    if let Some(ctts) = find(table, *b"ctts") {
        add_offsets(&mut shown_times, ctts)?;
    }
    for time in &mut shown_times {
        *time -= edit_start;
    }
    let duration = edit_length.unwrap_or(length);
    let avc_config = avc_config(find(table, *b"stsd")?).unwrap_or_default();
    Some(Track { handler, timescale, decode_times, shown_times, duration, avc_config })
}

/// Run-length entries of a count and a value.
fn runs(full_box: &[u8]) -> Option<impl Iterator<Item = (u64, u32)>> {
    let count = be32(full_box.get(4..)?)? as usize;
    let entries = full_box.get(8..8usize.checked_add(count.checked_mul(8)?)?)?;
    Some(entries.chunks_exact(8).map(|e| {
        let word = |at: usize| u32::from_be_bytes([e[at], e[at + 1], e[at + 2], e[at + 3]]);
        (u64::from(word(0)), word(4))
    }))
}

fn decode_times(stts: &[u8], samples: u64) -> Option<(Vec<i64>, u64)> {
    let (mut times, mut now) = (Vec::new(), 0u64);
    for (count, delta) in runs(stts)? {
        if times.len() as u64 + count > samples {
            return None;
        }
        for _ in 0..count {
            times.push(now as i64);
            now += u64::from(delta);
        }
    }
    (times.len() as u64 == samples).then_some((times, now))
}

fn add_offsets(times: &mut [i64], ctts: &[u8]) -> Option<()> {
    let mut at = 0;
    for (count, offset) in runs(ctts)? {
        let end = at + count as usize;
        for time in times.get_mut(at..end)? {
            // Version 1 has signed offsets, and version 0 none that large.
            *time += i64::from(offset as i32);
        }
        at = end;
    }
    Some(())
}

/// Where the edit begins in the media, and how long it is, both in the media's units. Leading empty edits delay it.
fn edit(edts: Option<&[u8]>, timescale: u32, movie_scale: u32) -> Option<(i64, Option<u64>)> {
    let Some(list) = edts.and_then(|edts| find(edts, *b"elst")) else { return Some((0, None)) };
    let wide = list.first()? == &1;
    let entry = if wide { 20 } else { 12 };
    let count = be32(list.get(4..)?)? as usize;
    let to_media = |length: u64| {
        length.saturating_mul(u64::from(timescale)).checked_div(u64::from(movie_scale)).unwrap_or(0)
    };
    let mut delay = 0;
    for entry in list.get(8..8usize.checked_add(count.checked_mul(entry)?)?)?.chunks_exact(entry) {
        let (length, start) = if wide {
            (be64(entry)?, be64(&entry[8..])? as i64)
        } else {
            (u64::from(be32(entry)?), i64::from(be32(&entry[4..])? as i32))
        };
        if start < 0 {
            delay += to_media(length) as i64;
        } else {
            return Some((start.saturating_sub(delay), Some(to_media(length))));
        }
    }
    Some((0, None))
}

fn avc_config(stsd: &[u8]) -> Option<Vec<u8>> {
    // A visual sample entry has 78 bytes before its own boxes.
    let (kind, entry) = *children(stsd.get(8..)?)?.first()?;
    (&kind == b"avc1").then(|| find(entry.get(78..)?, *b"avcC").map(<[u8]>::to_vec))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }
    }
}
