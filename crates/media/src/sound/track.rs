//! Makes the sound track: measures the song, chooses gain and limiting, encodes, and measures what came out.

use super::limiter::Limiter;
use super::meter::{Loudness, Meter};
use super::pcm::{CHANNELS, PcmReader, SAMPLE_RATE};
use crate::artefact::Draft;
use crate::process::Pipes;
use crate::{MediaError, Tools};
use mv_core::film::LoudnessTarget;
use mv_core::{CancelToken, FrameRate, Seconds};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// No song is raised by more: below this it is noise that would be raised.
const MOST_GAIN_DB: f64 = 30.0;
/// The deepest limiting. What would need more stays quieter instead: it is that dynamic on purpose.
const MOST_LIMITING_DB: f64 = 9.0;
/// How far the result may lie from the wished loudness while there is a way to come nearer.
const TOLERANCE_LU: f64 = 0.2;
/// AAC does not keep peaks: it is given this much room at first, in dB, and more when it needs it.
const CODEC_ROOM_DB: f64 = 0.6;
/// What each further encoding adds to that room.
const CODEC_ROOM_STEP_DB: f64 = 0.15;
/// What is taken off beyond the excess where the codec passed the bound (0.1 dB), and how far around it: a block of AAC
/// and its neighbours.
const CODEC_STEP: f32 = 0.988;
const AROUND_HOPS: usize = 3;
/// Encodings before giving up; two are usual, more only for very odd sound.
const MOST_ENCODINGS: usize = 8;
/// Encodings that may be spent on coming nearer to the loudness; after them the peak alone decides.
const LOUDNESS_ENCODINGS: usize = 4;
const MOST_TUNINGS: usize = 4;

/// What the sound track is made of.
///
/// Its serialised form leaves the path out: a cache key adds the song's content instead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SoundSpec {
    #[serde(skip)]
    pub song: PathBuf,
    /// Length of the film, which the track has to the sample.
    pub frames: u64,
    pub rate: FrameRate,
    pub loudness: LoudnessTarget,
    /// Song time at which the film begins.
    pub start: Seconds,
    /// Song time after which there is silence; the song's end by default.
    pub end: Option<Seconds>,
    /// Fade before the last sound.
    pub fade_out: Seconds,
    pub kilobits: u32,
}

impl SoundSpec {
    /// Version of the method: another one makes other bytes from the same song.
    pub const VERSION: u32 = 1;

    /// The whole song, at the default loudness.
    pub fn of(song: &Path, frames: u64, rate: FrameRate) -> Self {
        Self {
            song: song.to_owned(),
            frames,
            rate,
            loudness: LoudnessTarget::default(),
            start: Seconds::ZERO,
            end: None,
            fade_out: Seconds::ZERO,
            kilobits: 192,
        }
    }

    /// Samples of a channel.
    fn samples(&self) -> u64 {
        // 24, 30 and 60 divide 48000: no rounding.
        self.frames * u64::from(SAMPLE_RATE / self.rate.get())
    }
}

/// What was done to the song, and what came out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundReport {
    /// The song as it came, in the part that the film uses.
    pub source: Loudness,
    pub gain_db: f64,
    /// Deepest momentary reduction by the limiter; 0 when it had nothing to do.
    pub limited_db: f64,
    /// The encoded track, decoded and measured again.
    pub delivered: Loudness,
}

/// Encodes the sound track into `out` (`.m4a`: AAC-LC, 48 kHz, stereo). `progress` hears shares of the whole, 0–1.
///
/// # Errors
/// [`MediaError::Read`] when the song cannot be decoded, [`MediaError::Spec`] for a length of 0,
/// [`MediaError::Broken`] when no encoding kept the true-peak bound.
pub fn encode(
    tools: &Tools,
    spec: &SoundSpec,
    out: &Path,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(f64),
) -> Result<SoundReport, MediaError> {
    if spec.frames == 0 {
        return Err(MediaError::Spec("a sound track of 0 frames was asked for".into()));
    }
    let mut work = Work { tools, spec, cancel, progress, done: 0.0 };
    let source = work.measure_song()?;
    let (wished, bound) = (spec.loudness.integrated_lufs, spec.loudness.true_peak_dbtp);
    let mut settings = Settings { gain_db: 0.0, ceiling_db: bound - CODEC_ROOM_DB, lowered: Vec::new() };
    let loudest = most_gain(&source, settings.ceiling_db);
    if let Some(lufs) = source.integrated_lufs {
        settings.gain_db = (wished - lufs).min(loudest);
    }
    let peak = source.true_peak_dbtp.unwrap_or(f64::NEG_INFINITY);
    if peak + settings.gain_db > settings.ceiling_db {
        // The limiter takes loudness away: find the gain that makes up for it.
        for _ in 0..MOST_TUNINGS {
            let limited = work.measure_limited(&settings)?;
            let gain_db = (settings.gain_db + missing(&limited, wished)).min(loudest);
            if (gain_db - settings.gain_db).abs() <= TOLERANCE_LU / 2.0 {
                break;
            }
            settings.gain_db = gain_db;
        }
    }
    let draft = Draft::of(out)?;
    for encoding in 1..=MOST_ENCODINGS {
        let limited_db = work.encode(&settings, draft.path())?;
        let (delivered, peaks) = work.measure_track(draft.path())?;
        let gain_db = (settings.gain_db + missing(&delivered, wished)).min(loudest);
        if delivered.true_peak_dbtp.is_some_and(|peak| peak > bound) {
            settings.lower(&peaks, factor(bound));
            settings.ceiling_db -= CODEC_ROOM_STEP_DB;
        } else if encoding < LOUDNESS_ENCODINGS && (gain_db - settings.gain_db).abs() > TOLERANCE_LU {
            settings.gain_db = gain_db;
        } else {
            draft.commit()?;
            (work.progress)(1.0);
            let gain_db = (settings.gain_db * 1000.0).round() / 1000.0;
            return Ok(SoundReport { source, gain_db, limited_db, delivered });
        }
    }
    let reason = format!("no encoding kept its true peak at or below {bound} dBTP");
    Err(MediaError::Broken { path: out.to_owned(), reason })
}

fn missing(loudness: &Loudness, wished: f64) -> f64 {
    loudness.integrated_lufs.map_or(0.0, |lufs| wished - lufs)
}

/// The most gain that leaves the limiter no more than it may take.
fn most_gain(source: &Loudness, ceiling_db: f64) -> f64 {
    source.true_peak_dbtp.map_or(0.0, |peak| (ceiling_db + MOST_LIMITING_DB - peak).min(MOST_GAIN_DB))
}

#[derive(Clone, Debug)]
struct Settings {
    gain_db: f64,
    ceiling_db: f64,
    /// See [`Limiter::lowered`].
    lowered: Vec<f32>,
}

impl Settings {
    /// Lowers the ceiling around each moment at which the codec passed the bound, so that the rest keeps its level.
    fn lower(&mut self, peaks: &[f32], bound: f32) {
        self.lowered.resize(self.lowered.len().max(peaks.len()), 1.0);
        let mut factors = vec![1.0f32; self.lowered.len()];
        for (hop, peak) in peaks.iter().enumerate().filter(|(_, peak)| **peak > bound) {
            let around = hop.saturating_sub(AROUND_HOPS)..(hop + AROUND_HOPS + 1).min(factors.len());
            for factor in &mut factors[around] {
                *factor = factor.min(bound / peak * CODEC_STEP);
            }
        }
        self.lowered.iter_mut().zip(&factors).for_each(|(lowered, factor)| *lowered *= factor);
    }
}

/// The passes over the song, and how far they are.
struct Work<'a> {
    tools: &'a Tools,
    spec: &'a SoundSpec,
    cancel: &'a CancelToken,
    progress: &'a mut dyn FnMut(f64),
    /// Share of the whole that is done: each pass takes a part of what remains, since their number is not known.
    done: f64,
}

impl Work<'_> {
    fn measure_song(&mut self) -> Result<Loudness, MediaError> {
        let mut meter = Meter::new();
        let heard = self.play(0.2, |frames| {
            meter.push(frames);
            Ok(())
        })?;
        if heard == 0 {
            let reason = "it holds no sound in the part that is used".into();
            return Err(MediaError::Read { path: self.spec.song.clone(), reason });
        }
        Ok(meter.finish())
    }

    fn measure_limited(&mut self, settings: &Settings) -> Result<Loudness, MediaError> {
        let mut meter = Meter::new();
        let mut chain = Chain::new(settings);
        self.play(0.25, |frames| {
            meter.push(chain.push(frames));
            Ok(())
        })?;
        meter.push(chain.finish().0);
        Ok(meter.finish())
    }

    /// Encodes the processed song; gives the deepest reduction.
    fn encode(&mut self, settings: &Settings, out: &Path) -> Result<f64, MediaError> {
        // The default coder passes the peaks of a limited song by up to 5 dB, this one by less than 1; FFmpeg's manual calls
        // it better at such rates, and it takes half the time.
        let mut encoder = self
            .tools
            .ffmpeg()
            .words("-f f32le -ar 48000 -ac 2 -i pipe:0 -map_metadata -1 -ar 48000 -ac 2")
            .words("-c:a aac -profile:a aac_low -aac_coder fast")
            .args(["-b:a", &format!("{}k", self.spec.kilobits)])
            .words("-fflags +bitexact -flags:a +bitexact -movie_timescale 48000 -movflags +faststart -f mp4")
            .arg(out)
            .writing(out)
            .start(Pipes::Input, self.cancel)?;
        let mut stdin = encoder.stdin();
        let mut chain = Chain::new(settings);
        let mut bytes = Vec::new();
        let mut write = |frames: &[f32]| match &mut stdin {
            Some(pipe) => {
                bytes.clear();
                bytes.extend(frames.iter().flat_map(|sample| sample.to_le_bytes()));
                pipe.write_all(&bytes)
            }
            None => Ok(()),
        };
        let mut broken = Ok(());
        self.play(0.6, |frames| {
            if broken.is_ok() {
                broken = write(chain.push(frames));
            }
            Ok(())
        })?;
        let (rest, limited_db) = chain.finish();
        if broken.is_ok() {
            broken = write(rest);
        }
        drop(stdin);
        // A broken pipe means that the encoder failed: its own words come first.
        encoder.finish()?;
        broken.map_err(|source| MediaError::writing(out, &source))?;
        Ok(limited_db)
    }

    fn measure_track(&mut self, track: &Path) -> Result<(Loudness, Vec<f32>), MediaError> {
        let mut reader = PcmReader::open(self.tools, track, self.cancel)?;
        let mut meter = Meter::new();
        let mut frames = Vec::new();
        loop {
            reader.read(&mut frames)?;
            if frames.is_empty() {
                break;
            }
            meter.push(&frames);
        }
        self.done += (1.0 - self.done) * 0.6;
        (self.progress)(self.done);
        Ok(meter.finish_with_peaks())
    }

    /// Streams the part of the song that the film uses, padded with silence to its exact length; gives how many samples
    /// were the song's. `share` of what remains to be done is this pass.
    fn play(
        &mut self,
        share: f64,
        mut take: impl FnMut(&[f32]) -> Result<(), MediaError>,
    ) -> Result<u64, MediaError> {
        let total = self.spec.samples();
        let part = Part::of(self.spec);
        let mut reader = PcmReader::open(self.tools, &self.spec.song, self.cancel)?;
        let (from, span) = (self.done, (1.0 - self.done) * share);
        let mut frames = Vec::new();
        let (mut read, mut given) = (0u64, 0u64);
        while given < part.length {
            reader.read(&mut frames)?;
            if frames.is_empty() {
                break;
            }
            let count = (frames.len() / CHANNELS) as u64;
            let skip = part.start.saturating_sub(read).min(count);
            let keep = (count - skip).min(part.length - given);
            read += count;
            let kept = &mut frames[skip as usize * CHANNELS..(skip + keep) as usize * CHANNELS];
            part.fade(given, kept);
            take(kept)?;
            given += keep;
            (self.progress)(from + span * given as f64 / total as f64);
        }
        let heard = given;
        let silence = vec![0.0; CHANNELS * 4800];
        while given < total {
            let count = (total - given).min(4800);
            take(&silence[..count as usize * CHANNELS])?;
            given += count;
        }
        self.done = from + span;
        (self.progress)(self.done);
        Ok(heard)
    }
}

/// Which samples of the song are used, and where they fade.
struct Part {
    start: u64,
    length: u64,
    fade: u64,
}

impl Part {
    fn of(spec: &SoundSpec) -> Self {
        let samples = |time: Seconds| (time.0.max(0.0) * f64::from(SAMPLE_RATE)).round() as u64;
        let start = samples(spec.start);
        let end = spec.end.map_or(u64::MAX, samples);
        let length = end.saturating_sub(start).min(spec.samples());
        Self { start, length, fade: samples(spec.fade_out).min(length) }
    }

    fn fade(&self, first: u64, frames: &mut [f32]) {
        let begins = self.length - self.fade;
        if first + (frames.len() / CHANNELS) as u64 <= begins {
            return;
        }
        for (frame, at) in frames.chunks_exact_mut(CHANNELS).zip(first..) {
            if at >= begins {
                let left = (self.length - at) as f32 / self.fade as f32;
                for sample in frame {
                    *sample *= left * left;
                }
            }
        }
    }
}

/// Gain, then the limiter.
struct Chain {
    gain: f32,
    limiter: Limiter,
    raised: Vec<f32>,
    out: Vec<f32>,
}

impl Chain {
    fn new(settings: &Settings) -> Self {
        let limiter = Limiter::new(factor(settings.ceiling_db)).lowered(&settings.lowered);
        Self { gain: factor(settings.gain_db), limiter, raised: Vec::new(), out: Vec::new() }
    }

    fn push(&mut self, frames: &[f32]) -> &[f32] {
        self.raised.clear();
        self.raised.extend(frames.iter().map(|sample| sample * self.gain));
        self.out.clear();
        self.limiter.push(&self.raised, &mut self.out);
        &self.out
    }

    /// The last frames, and the deepest reduction.
    fn finish(&mut self) -> (&[f32], f64) {
        self.out.clear();
        let reduction = std::mem::replace(&mut self.limiter, Limiter::new(1.0)).finish(&mut self.out);
        (&self.out, (reduction * 1000.0).round() / 1000.0)
    }
}

/// Decibels as a factor, to a millionth: the same on every platform.
fn factor(decibels: f64) -> f32 {
    ((10f64.powf(decibels / 20.0) * 1e6).round() / 1e6) as f32
}

#[cfg(test)]
mod tests;
