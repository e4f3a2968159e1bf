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
