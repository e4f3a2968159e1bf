//! A song file → blocks of samples, one packet at a time, so that memory does not grow with the song.
//!
//! What the encoder added at both ends is taken away, so that time 0 is the first sample of the song. The content of
//! the file decides what it is; its name does not.

mod mp4;
mod ogg;

use crate::error::HearError;
use std::io::{Read, Seek, SeekFrom};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

/// Sample rates that make sense for music, in Hz. Anything else is a damaged header.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;
/// The most channels that are mixed down.
const MOST_CHANNELS: usize = 32;
/// Samples louder than this are not sound but damage (full scale is 1): they are held here.
const LOUDEST: f32 = 8.0;
/// Uncompressed sound that claims to be larger was written into a pipe, where the size is not known.
const PIPED_BYTES: u64 = 0x7FFF_0000;

/// Streams a song's samples, interleaved, at the file's own rate.
pub struct SongReader {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    sample_rate: u32,
    channels: u16,
    expected_frames: Option<u64>,
    /// Frames still to be dropped at the start, and kept from there on: only where the container says so.
    skip: u64,
    keep: u64,
    frames: u64,
    damaged_packets: u64,
    good_packets: u64,
    ended_early: bool,
    /// The first decoded packet, read while opening to learn the rate and the channels.
    first: Vec<f32>,
}

/// How the end of the file was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// The file breaks off: less sound than its header promises, or an unreadable rest.
    pub broken_off: bool,
    /// Packets that could not be decoded and were left out.
    pub damaged_packets: u64,
}

impl SongReader {
    /// Opens a song and decodes its first packet.
    ///
    /// # Errors
    /// [`HearError`] says what the file is instead of a song that can be read; a song whose header says that it is
    /// longer than [`crate::LONGEST_SECONDS`] is refused here, before it is decoded.
    pub fn open<R>(mut source: R) -> Result<Self, HearError>
    where
        R: Read + Seek + Send + Sync + 'static,
    {
        let length = source.seek(SeekFrom::End(0))?;
        if length == 0 {
            return Err(HearError::Empty);
        }
        let edits = mp4::read_edits(&mut source, length)?;
        source.seek(SeekFrom::Start(0))?;
        if edits.protected {
            return Err(HearError::Protected);
        }
        let whole = ogg::whole_pages(&mut source, length)?;
        source.seek(SeekFrom::Start(0))?;
        let stream = MediaSourceStream::new(
            Box::new(Source { inner: source, length: whole, at: 0 }),
            MediaSourceStreamOptions::default(),
        );
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| not_audio(error, edits.is_mp4))?;
        let (track, parameters) = sound_track(&*format)?;
        let decoder = decoder_for(&parameters)?;
        let mut reader = Self {
            format,
            decoder,
            track_id: track.id,
            sample_rate: parameters.sample_rate.unwrap_or(0),
            channels: 0,
            expected_frames: promised_frames(&track, &parameters).filter(|_| !edits.is_mp4),
            skip: 0,
            keep: u64::MAX,
            frames: 0,
            damaged_packets: 0,
            good_packets: 0,
            ended_early: whole < length,
            first: Vec::new(),
        };
        let mut first = Vec::new();
        if !reader.decode_next(&mut first)? {
            let reason = "nothing in it could be decoded".to_owned();
            return Err(HearError::Damaged { reason });
        }
        if edits.is_mp4 {
            (reader.skip, reader.keep) = edits.window(reader.sample_rate);
            reader.expected_frames = Some(reader.keep).filter(|frames| *frames != u64::MAX);
        }
        let promised = reader.expected_frames.unwrap_or(0) as f64 / f64::from(reader.sample_rate);
        let fits = holds(length, reader.expected_frames.unwrap_or(0), &parameters);
        if promised > crate::LONGEST_SECONDS && fits {
            return Err(HearError::TooLong { seconds: promised });
        }
        reader.first = first;
        Ok(reader)
    }

    /// Sample rate of the file in Hz.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Frames (samples a channel) handed out so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Frames the header promises; `None` where it promises nothing.
    pub fn expected_frames(&self) -> Option<u64> {
        self.expected_frames
    }

    /// How the end was reached; meaningful once [`Self::next_block`] has returned `false`.
    pub fn ending(&self) -> Ending {
        let missing = self.expected_frames.is_some_and(|promised| {
            let short = promised.saturating_sub(self.frames);
            short > u64::from(self.sample_rate) / 2
        });
        Ending { broken_off: self.ended_early || missing, damaged_packets: self.damaged_packets }
    }

    /// Replaces `block` with the next samples, interleaved, each finite and within ±8; `false` at the end.
    ///
    /// # Errors
    /// [`HearError::Io`] when reading fails, [`HearError::Damaged`] when hardly anything can be decoded.
    pub fn next_block(&mut self, block: &mut Vec<f32>) -> Result<bool, HearError> {
        loop {
            if self.first.is_empty() {
                if self.keep == 0 || !self.decode_next(block)? {
                    block.clear();
                    return Ok(false);
                }
            } else {
                std::mem::swap(block, &mut self.first);
                self.first = Vec::new();
            }
            self.apply_edits(block);
            if !block.is_empty() {
                self.frames += (block.len() / usize::from(self.channels)) as u64;
                return Ok(true);
            }
        }
    }

    fn apply_edits(&mut self, block: &mut Vec<f32>) {
        let channels = usize::from(self.channels);
        let frames = (block.len() / channels) as u64;
        let skipped = frames.min(self.skip);
        block.drain(..skipped as usize * channels);
        self.skip -= skipped;
        let kept = (frames - skipped).min(self.keep);
        block.truncate(kept as usize * channels);
        if self.keep != u64::MAX {
            self.keep -= kept;
        }
    }

    /// Decodes the next packet that can be decoded into `block`; `false` at the end of the file.
    fn decode_next(&mut self, block: &mut Vec<f32>) -> Result<bool, HearError> {
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                // A chained stream goes on with another song, or with the same one encoded otherwise.
                Ok(None) | Err(Error::ResetRequired) => return Ok(false),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    self.ended_early = true;
                    return Ok(false);
                }
                Err(Error::IoError(error)) => return Err(HearError::Io(error)),
                Err(_) => {
                    self.ended_early = true;
                    return Ok(false);
                }
            };
            if packet.track_id != self.track_id {
                continue;
            }
            if self.decode_packet(&packet, block)? {
                return Ok(true);
            }
        }
    }

    /// `false` for a packet without sound: damaged, or only what the encoder put in front.
    fn decode_packet(&mut self, packet: &Packet, block: &mut Vec<f32>) -> Result<bool, HearError> {
        let decoded = self.decoder.decode(packet).map(|buffer| {
            block.clear();
            buffer.copy_to_vec_interleaved(block);
            (buffer.spec().rate(), buffer.spec().channels().count())
        });
        let (rate, channels) = match decoded {
            Ok(shape) => shape,
            Err(Error::IoError(error)) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                return Err(HearError::Io(error));
            }
            Err(error) => return self.count_damage(&error).map(|()| false),
        };
        if block.is_empty() {
            return Ok(false);
        }
        if self.channels == 0 {
            if !RATES.contains(&rate) || !(1..=MOST_CHANNELS).contains(&channels) {
                let reason = format!("its header says `{rate}` Hz and `{channels}` channels");
                return Err(HearError::Damaged { reason });
            }
            self.sample_rate = rate;
            self.channels = channels as u16;
        } else if rate != self.sample_rate || channels != usize::from(self.channels) {
            let reason = "the sample rate or the number of channels changes within it".to_owned();
            return Err(HearError::Damaged { reason });
        }
        self.good_packets += 1;
        for sample in block.iter_mut() {
            *sample = if sample.is_finite() { sample.clamp(-LOUDEST, LOUDEST) } else { 0.0 };
        }
        Ok(true)
    }

    fn count_damage(&mut self, error: &Error) -> Result<(), HearError> {
        self.damaged_packets += 1;
        // A torn packet here and there is left out; where most are torn, this is not music any more.
        if self.damaged_packets > 50 && self.damaged_packets > self.good_packets {
            return Err(HearError::Damaged { reason: error.to_string() });
        }
        Ok(())
    }
}

fn decoder_for(parameters: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, HearError> {
    if parameters.codec == CODEC_ID_OPUS {
        // No decoder of it in Rust has proved sound enough yet: the tried one overflows on valid streams.
        return Err(HearError::UnsupportedCodec { what: "Opus".to_owned() });
    }
    symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|error| HearError::UnsupportedCodec { what: error.to_string() })
}

/// Frames without what the encoder added, as the header has them; `None` where it does not know.
fn promised_frames(track: &Track, parameters: &AudioCodecParameters) -> Option<u64> {
    let frames = track.num_frames?;
    let guessed =
        [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&parameters.codec) && track.delay.is_none();
    if guessed {
        // Without a header of its own, the length of an MP3 is a guess from its first frames and its size.
        return None;
    }
    // A program that writes into a pipe cannot know the size and writes the largest one.
    let bytes = frames.saturating_mul(bytes_a_frame(parameters));
    (bytes < PIPED_BYTES).then_some(frames)
}

/// Whether a file of this many bytes can hold that many frames; only known for uncompressed sound.
fn holds(length: u64, frames: u64, parameters: &AudioCodecParameters) -> bool {
    let each = bytes_a_frame(parameters);
    each == 0 || frames.saturating_mul(each) <= length
}

/// Bytes for a sample of every channel in uncompressed sound, 0 for compressed sound.
fn bytes_a_frame(parameters: &AudioCodecParameters) -> u64 {
    let channels = parameters.channels.as_ref().map_or(1, Channels::count) as u64;
    u64::from(parameters.bits_per_coded_sample.unwrap_or(0) / 8) * channels
}

fn sound_track(format: &dyn FormatReader) -> Result<(Track, AudioCodecParameters), HearError> {
    let track = format.default_track(TrackType::Audio).or_else(|| format.first_track(TrackType::Audio));
    match track.map(|track| (track.clone(), track.codec_params.clone())) {
        Some((track, Some(CodecParameters::Audio(parameters)))) => Ok((track, parameters)),
        _ => Err(HearError::NoSoundTrack),
    }
}

fn not_audio(error: Error, is_mp4: bool) -> HearError {
    let unknown = || HearError::NotAudio { reason: "no known sound format was found in it".to_owned() };
    match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => HearError::Io(error),
        Error::IoError(_) if is_mp4 => {
            HearError::Damaged { reason: "it breaks off within its header".to_owned() }
        }
        Error::Unsupported(what) if is_mp4 => HearError::UnsupportedCodec { what: what.to_owned() },
        Error::IoError(_) | Error::Unsupported(_) => unknown(),
        error => HearError::NotAudio { reason: error.to_string() },
    }
}

/// Any seekable reader, as symphonia wants it.
struct Source<R> {
    inner: R,
    /// Bytes from here on are not read.
    length: u64,
    at: u64,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let room = buffer.len().min(left);
        let read = self.inner.read(&mut buffer[..room])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Source<R> {
    fn seek(&mut self, position: SeekFrom) -> std::io::Result<u64> {
        let position = match position {
            SeekFrom::End(offset) => SeekFrom::Start(self.length.saturating_add_signed(offset)),
            other => other,
        };
        self.at = self.inner.seek(position)?;
        Ok(self.at)
    }
}

impl<R: Read + Seek + Send + Sync> MediaSource for Source<R> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}
