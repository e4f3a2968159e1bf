//! How the song is built: timbre over time, self-similarity, section boundaries and what each section is for.

pub mod bars;
pub mod form;
pub mod kinds;
pub mod labels;
pub mod mel;
pub mod novelty;
pub mod segmentation;
pub mod similarity;

use bars::Bars;
use kinds::{Part, name_sections};
use labels::grouped;
use mv_core::Seconds;
use mv_core::analysis::{Curve, Section};
use similarity::Similarity;
use std::ops::Range;

/// The sections of a song of `duration` seconds, and how sure they are (0–1).
///
/// Boundaries lie on bar lines. Confidence of a section is that of its start, from the odds of a boundary there; the
/// song's is their mean.
pub fn sections(bars: &Bars, energy: &Curve, duration: f64) -> (Vec<Section>, f64) {
    let similarity = Similarity::of(bars);
    let scores = novelty::boundary_scores(bars, &similarity);
    let sounding = bars.sounding();
    let starts = segmentation::section_starts(&scores[..=sounding], bars.stride());
    let time = |bar: usize| if bar == 0 { 0.0 } else { bars.edges[bar] };
    let span = |run: &Range<usize>| {
        let end = if run.end == sounding { duration } else { time(run.end) };
        (Seconds(time(run.start)), Seconds(end))
    };
    let level = |run: &Range<usize>| energy.mean(span(run).0, span(run).1);
    let segments = form::revised(grouped(&similarity, sounding, &starts), &starts, level);
    let parts: Vec<Part> = segments
        .iter()
        .map(|segment| {
            let (start, end) = span(&segment.bars);
            Part { group: segment.group, seconds: (end - start).0, energy: level(&segment.bars) }
        })
        .collect();
    let sections: Vec<Section> = segments
        .iter()
        .zip(name_sections(&parts))
        .zip(&parts)
        .map(|((segment, kind), part)| {
            let (start, end) = span(&segment.bars);
            let sure = if segment.bars.start == 0 { 1.0 } else { certainty(scores[segment.bars.start]) };
            Section { kind, start, end, label: letters(segment.group), energy: part.energy, confidence: sure }
        })
        .collect();
    let inner = &sections[1.min(sections.len())..];
    let confidence = if inner.is_empty() {
        0.3
    } else {
        inner.iter().map(|section| section.confidence).sum::<f64>() / inner.len() as f64
    };
    (sections, round(confidence))
}

/// From the log-odds of a boundary, which stand against the length prior as well: 0.5 where it hardly won.
fn certainty(score: f32) -> f64 {
    round((1.0 / (1.0 + libm::exp(-f64::from(score) / 2.0))).clamp(0.05, 0.95))
}

/// Confidences carry three digits: more would be the arithmetic's last bits.
fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// `A`, `B`, … `Z`, `AA`, …
fn letters(group: usize) -> String {
    let letter = char::from(b'A' + (group % 26) as u8);
    if group < 26 { letter.to_string() } else { format!("{}{letter}", letters(group / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::energy_curve;
    use crate::harmony::pitch::PitchMeter;
    use crate::signal::RATE;
    use mel::MelMeter;
    use mv_core::vocabulary::SectionKind;

    const BAR: f64 = 2.0;

    /// Sound of a bar: its chord's notes with a few harmonics, struck on the beats, and noise bursts for drums.
    fn play(samples: &mut Vec<f32>, chord: &[i32], level: f64, drums: usize) {
        let count = (BAR * f64::from(RATE)) as usize;
        let mut noise = 12_345_u32;
        for n in 0..count {
            let time = n as f64 / f64::from(RATE);
            let since_beat = time % (BAR / 4.0);
            let mut value = 0.0;
            for note in chord {
                let hz = 440.0 * ((f64::from(*note) - 69.0) / 12.0).exp2();
                for harmonic in 1..=4_i32 {
                    let angle = std::f64::consts::TAU * hz * f64::from(harmonic) * time;
                    value += level * 0.6_f64.powi(harmonic) * angle.sin() * (-2.0 * since_beat).exp();
                }
            }
            if drums > 0 {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let since_hit = time % (BAR / drums as f64);
                value += 0.2 * (f64::from(noise >> 8) / f64::from(1 << 23) - 1.0) * (-60.0 * since_hit).exp();
            }
            samples.push(value as f32);
        }
    }

    fn listen(samples: &[f32], downbeats: &[f64]) -> (Vec<Section>, f64) {
        let (mut pitch, mut mel) = (PitchMeter::new(), MelMeter::new());
        pitch.push(samples);
        mel.push(samples);
        let (pitch, mel) = (pitch.finish(), mel.finish());
        let duration = samples.len() as f64 / f64::from(RATE);
        let bars = Bars::read(bars::bar_edges(downbeats, duration), &pitch, pitch.tuning(), &mel);
        sections(&bars, &energy_curve(&mel, duration), duration)
    }

    #[test]
    fn planted_sections_are_found_and_named() {
        let (intro, verse): (&[[i32; 4]], &[[i32; 4]]) = (
            &[[45, 57, 60, 64]; 2],
            &[[45, 57, 60, 64], [41, 57, 60, 65], [48, 55, 60, 64], [43, 55, 59, 62]],
        );
        let chorus: &[[i32; 4]] = &[[48, 60, 64, 72], [43, 59, 67, 74], [41, 60, 69, 77], [43, 62, 67, 79]];
        let bridge: &[[i32; 4]] = &[[38, 53, 57, 62], [40, 52, 56, 59]];
        let plan = [
            (intro, 4, 0.04, 0, SectionKind::Intro),
            (verse, 8, 0.06, 4, SectionKind::Verse),
            (chorus, 8, 0.1, 8, SectionKind::Chorus),
            (verse, 8, 0.06, 4, SectionKind::Verse),
            (chorus, 8, 0.1, 8, SectionKind::Chorus),
            (bridge, 4, 0.05, 2, SectionKind::Bridge),
            (chorus, 8, 0.1, 8, SectionKind::Chorus),
            (intro, 4, 0.03, 0, SectionKind::Outro),
        ];
        let (mut samples, mut wanted) = (Vec::new(), Vec::new());
        for (chords, bars, level, drums, kind) in plan {
            wanted.push((samples.len() as f64 / f64::from(RATE), kind));
            (0..bars).for_each(|bar| play(&mut samples, &chords[bar % chords.len()], level, drums));
        }
        let downbeats: Vec<f64> = (0..52).map(|bar| f64::from(bar) * BAR).collect();
        let (found, confidence) = listen(&samples, &downbeats);
        let starts: Vec<(f64, SectionKind)> =
            found.iter().map(|section| (section.start.0, section.kind)).collect();
        assert_eq!(starts, wanted);
        assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!((found[7].end.0 - 104.0).abs() < 1e-9);
        assert_eq!((&found[1].label, &found[2].label), (&found[3].label, &found[6].label));
        assert!(found[2].energy > found[1].energy && found[7].energy < found[1].energy);
        assert!(confidence > 0.6, "{confidence}");
    }

    #[test]
    fn silence_short_songs_and_songs_without_bars_are_sound() {
        for (seconds, downbeats) in
            [(3, vec![]), (3, vec![1.0]), (30, vec![]), (1, vec![0.2, 0.7]), (20, vec![19.9])]
        {
            let (found, confidence) = listen(&vec![0.0; seconds * RATE as usize], &downbeats);
            assert!(found[0].start.0.abs() < 1e-9);
            assert!((found[found.len() - 1].end.0 - seconds as f64).abs() < 1e-9);
            assert!(found.iter().all(|section| section.start < section.end));
            assert!((0.0..=1.0).contains(&confidence));
        }
        assert!(listen(&[], &[]).0.len() <= 1);
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([letters(0), letters(25), letters(26), letters(53)], ["A", "Z", "AA", "BB"]);
    }
}
