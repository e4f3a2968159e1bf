//! What the song does to the light of a scene: it breathes with the energy and swells on the beats.
//!
//! The pulse is bounded so that it can never become a strobe: at most three swells a second, however fast the song,
//! and (see [`swing_within_limits`]) never a tenth of the picture's full luminance, after WCAG 2.3.1.

use mv_core::analysis::Curve;
use mv_core::{FrameRate, Seconds, SongAnalysis};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The part of a song's analysis that one scene's light follows. Times are song seconds, sorted.
///
/// It holds no more than the scene needs, so that a change elsewhere in the song leaves a scene's key as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LightTrack {
    pub beats: Vec<Seconds>,
    /// Those of `beats` that begin a bar.
    pub downbeats: Vec<Seconds>,
    /// Song time of the first sample of `energy`.
    pub energy_start: Seconds,
    /// Energy along the scene, 0–1.
    pub energy: Curve,
}

/// Swells closer together than this would flicker more than three times a second.
const SHORTEST_SWELL: f64 = 0.34;
/// Beat length assumed where a song has no beats, in seconds.
const DEFAULT_BEAT: f64 = 0.5;
/// How far before and after the scene the track reaches: the longest beat of the slowest song, twice.
const MARGIN: f64 = 6.0;

impl LightTrack {
    /// Cuts the track of some film frames (a clip with its handles) out of a song's analysis.
    pub fn of(song: &SongAnalysis, frames: Range<u64>, rate: FrameRate) -> Self {
        let start = frames.start as f64 / f64::from(rate.get()) - MARGIN;
        let end = frames.end as f64 / f64::from(rate.get()) + MARGIN;
        let within = |times: &[Seconds]| -> Vec<Seconds> {
            times.iter().copied().filter(|time| (start..=end).contains(&time.0)).collect()
        };
        let curve = &song.energy_curve;
        let sample = |time: f64| ((time * curve.rate_hz).max(0.0) as usize).min(curve.values.len());
        let (first, last) = (sample(start), sample(end));
        Self {
            beats: within(&song.beats),
            downbeats: within(&song.downbeats),
            energy_start: Seconds(if curve.rate_hz > 0.0 { first as f64 / curve.rate_hz } else { 0.0 }),
            energy: Curve { rate_hz: curve.rate_hz, values: curve.values[first..last].to_vec() },
        }
    }

    /// Energy around a moment, smoothed over 0.6 s so that light breathes rather than trembles.
    fn energy_at(&self, time: f64) -> f64 {
        if self.energy.values.is_empty() {
            return 0.5;
        }
        let at = |offset: f64| self.energy.at(Seconds(time + offset - self.energy_start.0));
        let mean = (at(-0.3) + at(-0.15) + at(0.0) + at(0.15) + at(0.3)) / 5.0;
        mean.clamp(0.0, 1.0)
    }

    /// Beats passed at a moment, with the fraction of the one under way; the first beat of the track is 0.
    fn beat_at(&self, time: f64) -> f64 {
        let (Some(first), Some(last)) = (self.beats.first(), self.beats.last()) else {
            return time / DEFAULT_BEAT;
        };
        let count = self.beats.len();
        let mean = if count > 1 { (last.0 - first.0) / (count - 1) as f64 } else { DEFAULT_BEAT };
        let mean = if mean > 0.0 { mean } else { DEFAULT_BEAT };
        let next = self.beats.partition_point(|beat| beat.0 <= time);
        if next == 0 {
            return (time - first.0) / mean;
        }
        let length = self.beats.get(next).map_or(mean, |after| after.0 - self.beats[next - 1].0).max(1e-3);
        (next - 1) as f64 + (time - self.beats[next - 1].0) / length
    }

    /// The beats that the light swells on, with their strength: downbeats first, none too close to another.
    fn swells(&self) -> Vec<(f64, f64)> {
        let downbeat = |time: f64| self.downbeats.iter().any(|down| (down.0 - time).abs() < 1e-3);
        let mut swells: Vec<(f64, f64)> = Vec::with_capacity(self.beats.len());
        for (index, beat) in self.beats.iter().enumerate() {
            if swells.last().is_some_and(|(before, _)| beat.0 - before < SHORTEST_SWELL) {
                continue;
            }
            let strong = downbeat(beat.0);
            let robs_downbeat = self.beats[index + 1..]
                .iter()
                .take_while(|later| later.0 - beat.0 < SHORTEST_SWELL)
                .any(|later| downbeat(later.0));
            if strong || !robs_downbeat {
                swells.push((beat.0, if strong { 1.0 } else { 0.55 }));
            }
        }
        swells
    }
}

/// The light of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FrameLight {
    /// Seconds since the clip's first frame.
    pub(crate) seconds: f64,
    /// Beats since the first of the track.
    pub(crate) beat: f64,
    /// Energy of the song, 0–1.
    pub(crate) energy: f64,
    /// 1 at a downbeat's frame, less at other beats, decaying to 0 within about half a beat.
    pub(crate) pulse: f64,
}

/// The light of every frame of a clip. The swell peaks on the very frame of the beat.
pub(crate) fn frames(track: &LightTrack, clip: Range<u64>, rate: FrameRate) -> Vec<FrameLight> {
    let fps = f64::from(rate.get());
    let swells = track.swells();
    let start = clip.start as f64 / fps;
    clip.map(|frame| {
        let time = frame as f64 / fps;
        let next = swells.partition_point(|(beat, _)| Seconds(*beat).to_frame(rate).0 <= frame);
        let decayed = next.checked_sub(1).map_or(0.0, |last| {
            let (beat, strength) = swells[last];
            let length = swells.get(next).map_or(DEFAULT_BEAT, |after| after.0 - beat);
            let since = (frame - Seconds(beat).to_frame(rate).0) as f64 / fps;
            let left = 1.0 - since / (0.65 * length).clamp(0.2, 0.6);
            strength * left.max(0.0) * left.max(0.0)
        });
        // One frame of attack keeps the rise from looking like a fault.
        let rising = swells.get(next).map_or(0.0, |(beat, strength)| {
            if Seconds(*beat).to_frame(rate).0 == frame + 1 { 0.3 * strength } else { 0.0 }
        });
        FrameLight {
            seconds: time - start,
            beat: track.beat_at(time),
            energy: track.energy_at(time),
            pulse: decayed.max(rising),
        }
    })
    .collect()
}

/// How far the glow may swing, 0–`wished`, when `mean_glow` is the mean luma (0–1) that full glow adds to the frame.
///
/// The whole picture's luma then never rises by more than 8 % of full scale on a beat.
pub(crate) fn swing_within_limits(wished: f64, mean_glow: f64) -> f64 {
    if mean_glow <= 0.0 { wished } else { wished.min(0.08 / mean_glow) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(bpm: f64, metre: usize) -> LightTrack {
        let beats: Vec<Seconds> = (0..200).map(|n| Seconds(0.21 + f64::from(n) * 60.0 / bpm)).collect();
        LightTrack {
            downbeats: beats.iter().copied().step_by(metre).collect(),
            beats,
            energy_start: Seconds::ZERO,
            energy: Curve { rate_hz: 10.0, values: vec![0.6; 400] },
        }
    }

    #[test]
    fn the_pulse_peaks_on_the_beats_frame() {
        for rate in [24, 30, 60].map(|fps| FrameRate::try_from(fps).unwrap()) {
            let track = track(117.0, 4);
            let lights = frames(&track, 100..100 + 8 * u64::from(rate.get()), rate);
            let mut found = 0;
            for beat in &track.beats {
                let Some(at) = beat.to_frame(rate).0.checked_sub(100).map(|at| at as usize) else { continue };
                if at == 0 || at + 1 >= lights.len() {
                    continue;
                }
                let strength = if track.downbeats.contains(beat) { 1.0 } else { 0.55 };
                assert!((lights[at].pulse - strength).abs() < 1e-9, "beat {beat} peaks at its frame");
                assert!(lights[at].pulse > lights[at - 1].pulse && lights[at].pulse > lights[at + 1].pulse);
                found += 1;
            }
            assert!(found > 10);
        }
    }

    #[test]
    fn no_song_swells_more_than_three_times_a_second() {
        for bpm in [60.0, 120.0, 177.0, 200.0, 300.0] {
            let swells = track(bpm, 4).swells();
            assert!(swells.len() > 20);
            assert!(swells.windows(2).all(|pair| pair[1].0 - pair[0].0 > 1.0 / 3.0), "{bpm} BPM");
            let downs = swells.iter().filter(|(_, strength)| *strength > 0.9).count();
            assert!(bpm > 250.0 || downs >= 45, "{bpm} BPM keeps its downbeats");
        }
    }

    #[test]
    fn beats_are_counted_through_and_past_the_track() {
        let track = track(120.0, 4);
        assert!((track.beat_at(0.21) - 0.0).abs() < 1e-9);
        assert!((track.beat_at(0.46) - 0.5).abs() < 1e-9);
        assert!((track.beat_at(-0.29) + 1.0).abs() < 1e-9);
        assert!((LightTrack::default().beat_at(3.0) - 6.0).abs() < 1e-9);
    }
}
