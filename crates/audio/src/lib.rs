//! Hears a song: decoding, beats, bars, key, sections, energy, peaks.
//!
//! One streaming pass decodes the file, mixes it down to one channel at [`signal::RATE`] and lets every part of the
//! hearing listen (`Ears`); each keeps only small features. What they heard is then put together: rhythm first,
//! because harmony and structure count in beats.

pub mod decode;
pub mod energy;
mod error;
pub mod harmony;
pub mod loudness;
pub mod peaks;
pub mod rhythm;
pub mod signal;
pub mod spectrum;
pub mod structure;
pub mod valence;
pub mod vocal;

pub use error::HearError;

use decode::{Ending, SongReader};
use energy::energy_curve;
use harmony::key::read_key;
use harmony::pitch::{PitchMeter, tuning_hz};
use loudness::LoudnessMeter;
use mv_core::analysis::Confidence;
use mv_core::{CancelToken, Seconds, SongAnalysis, WaveformPeaks};
use peaks::PeakMeter;
use signal::{Resampler, mix_down};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use structure::bars::{Bars, SLOTS, bar_edges, subdivide};
use structure::mel::MelMeter;
use structure::sections;
use vocal::VoiceMeter;

/// Version of the method: raised whenever the same song would be heard differently.
pub const VERSION: u32 = 2;
/// Shorter songs are refused: there is no bar in them to cut to.
pub const SHORTEST_SECONDS: f64 = 2.0;
/// Longer songs are refused.
pub const LONGEST_SECONDS: f64 = 20.0 * 60.0;
/// A song whose loudest sample stays below this (−80 dBFS) is silent.
const SILENCE: f32 = 1e-4;
/// Samples decoded between two looks at the cancel token and two reports of progress.
const REPORT_EVERY: u64 = 1 << 18;

/// What was heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub analysis: SongAnalysis,
    pub peaks: WaveformPeaks,
    /// How the file ended: a song that breaks off is analysed as far as it goes.
    pub ending: Ending,
}

/// Hears the song in a file.
///
/// # Errors
/// See [`analyze`].
pub fn analyze_file(
    path: &Path,
    progress: &mut dyn FnMut(f32),
    cancel: &CancelToken,
) -> Result<Heard, HearError> {
    analyze(File::open(path)?, progress, cancel)
}

/// Hears a song. `progress` is called now and then with the share done, 0–1.
///
/// The content decides what the file is; no file name is asked for. A file that breaks off is analysed as far as it
/// goes, which [`Heard::ending`] tells.
///
/// # Errors
/// One [`HearError`] for whatever is not a song of [`SHORTEST_SECONDS`] to [`LONGEST_SECONDS`] with sound in it.
pub fn analyze<R>(source: R, progress: &mut dyn FnMut(f32), cancel: &CancelToken) -> Result<Heard, HearError>
where
    R: Read + Seek + Send + Sync + 'static,
{
    let mut song = SongReader::open(source)?;
    let mut ears = Ears::new(song.sample_rate(), song.channels());
    let longest = (LONGEST_SECONDS * f64::from(song.sample_rate())) as u64;
    let expected = song.expected_frames().unwrap_or(longest).max(1);
    let mut block = Vec::new();
    let mut next_report = 0;
    while song.next_block(&mut block)? {
        ears.hear(&block);
        if song.frames() > longest {
            return Err(HearError::TooLong { seconds: song.frames() as f64 / f64::from(song.sample_rate()) });
        }
        if song.frames() >= next_report {
            if cancel.is_cancelled() {
                return Err(HearError::Cancelled);
            }
            progress((song.frames() as f32 / expected as f32).min(1.0) * LISTENING_SHARE);
            next_report = song.frames() + REPORT_EVERY;
        }
    }
    let seconds = song.frames() as f64 / f64::from(song.sample_rate());
    if seconds < SHORTEST_SECONDS {
        return Err(HearError::TooShort { seconds });
    }
    if ears.loudest < SILENCE {
        return Err(HearError::Silent);
    }
    let heard = ears.finish(&song, seconds);
    progress(1.0);
    Ok(heard)
}

/// The share of the progress bar that decoding and listening take; the rest is putting it together.
const LISTENING_SHARE: f32 = 0.9;

/// Everyone who listens to the song while it streams by.
struct Ears {
    channels: u16,
    loudest: f32,
    resampler: Resampler,
    rhythm: rhythm::Listener,
    pitch: PitchMeter,
    mel: MelMeter,
    voice: VoiceMeter,
    loudness: LoudnessMeter,
    peaks: PeakMeter,
    mono: Vec<f32>,
    signal: Vec<f32>,
}

impl Ears {
    fn new(sample_rate: u32, channels: u16) -> Self {
        Self {
            channels,
            loudest: 0.0,
            resampler: Resampler::new(sample_rate),
            rhythm: rhythm::Listener::new(),
            pitch: PitchMeter::new(),
            mel: MelMeter::new(),
            voice: VoiceMeter::new(),
            loudness: LoudnessMeter::new(sample_rate, usize::from(channels)),
            peaks: PeakMeter::new(sample_rate),
            mono: Vec::new(),
            signal: Vec::new(),
        }
    }

    /// Takes interleaved frames at the file's own rate.
    fn hear(&mut self, block: &[f32]) {
        self.loudest = block.iter().fold(self.loudest, |loudest, sample| loudest.max(sample.abs()));
        self.loudness.push(block);
        mix_down(block, self.channels, &mut self.mono);
        self.peaks.push(&self.mono);
        self.signal.clear();
        self.resampler.push(&self.mono, &mut self.signal);
        self.hear_signal();
    }

    fn hear_signal(&mut self) {
        self.rhythm.hear(&self.signal);
        self.pitch.push(&self.signal);
        let voice = &mut self.voice;
        self.mel.push_with(&self.signal, |spectrum| voice.hear(spectrum));
    }

    fn finish(mut self, song: &SongReader, seconds: f64) -> Heard {
        self.signal.clear();
        self.resampler.finish(&mut self.signal);
        self.hear_signal();
        // To a tenth of a millisecond, upwards, so that no sample lies outside the song.
        let seconds = (seconds * 1e4 - 1e-6).ceil() / 1e4;
        let rhythm = self.rhythm.finish(seconds);
        let duration = Seconds(seconds);
        let pitch = self.pitch.finish();
        let mut voice = self.voice;
        let mel = self.mel.finish_with(|spectrum| voice.hear(spectrum));
        let tuning = pitch.tuning();
        let bars = Bars::read(bar_edges(&rhythm.downbeats, seconds), &pitch, tuning, &mel);
        let key = read_key(&bars.notes, &subdivide(&bars.edges, SLOTS), seconds);
        let energy_curve = energy_curve(&mel, seconds);
        let (sections, sections_confidence) = sections(&bars, &energy_curve, seconds);
        let (valence, valence_confidence) = valence::estimate(&key, rhythm.tempo, &mel, &bars.notes);
        let analysis = SongAnalysis {
            version: VERSION,
            duration,
            sample_rate: song.sample_rate(),
            channels: song.channels(),
            tempo: rhythm.tempo,
            key: key.key,
            keys: key.spans,
            time_signature: rhythm.time_signature,
            tuning_hz: tuning_hz(tuning),
            beats: rhythm.beats.iter().copied().map(Seconds).collect(),
            downbeats: rhythm.downbeats.iter().copied().map(Seconds).collect(),
            sections,
            energy: energy_curve.mean(Seconds::ZERO, duration),
            valence,
            energy_curve,
            voice: voice.finish(&mel, seconds),
            loudness_lufs: self.loudness.finish(),
            confidence: Confidence {
                tempo: rhythm.confidence.tempo,
                beats: rhythm.confidence.beats,
                downbeats: rhythm.confidence.downbeats,
                time_signature: rhythm.confidence.time_signature,
                key: key.confidence,
                sections: sections_confidence,
                energy: energy::CONFIDENCE,
                valence: valence_confidence,
            },
        };
        Heard { analysis, peaks: self.peaks.finish(), ending: song.ending() }
    }
}
