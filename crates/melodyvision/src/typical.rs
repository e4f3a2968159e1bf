//! A song like many others, and its storyboard: what plans' credits are counted in. Three minutes at 120 beats a minute, in
//! the form of a pop song, directed as every song is.

use mv_core::analysis::{Confidence, Curve, Key, KeySpan, Mode, Section, TimeSignature, Voice};
use mv_core::vocabulary::SectionKind as Kind;
use mv_core::{Lyrics, Seconds, SongAnalysis, Storyboard};
use mv_director::{DirectError, DirectOptions, DirectRequest, Template, direct};

/// The look that most begin with.
pub(crate) const TEMPLATE: &str = "urban-night";
const TEMPO: f64 = 120.0;
const BEATS_A_BAR: usize = 4;
/// Its sections: how many bars each has, and its energy. Ninety bars are three minutes.
const FORM: [(Kind, &str, usize, f64); 8] = [
    (Kind::Intro, "A", 8, 0.3),
    (Kind::Verse, "B", 16, 0.45),
    (Kind::Chorus, "C", 16, 0.8),
    (Kind::Verse, "B", 16, 0.5),
    (Kind::Chorus, "C", 16, 0.85),
    (Kind::Bridge, "D", 8, 0.5),
    (Kind::Chorus, "C", 8, 0.9),
    (Kind::Outro, "E", 2, 0.3),
];
/// Levels of the curve of energy, a second.
const RATE: f64 = 10.0;

/// The song as it would be heard.
pub(crate) fn song() -> SongAnalysis {
    let beat = 60.0 / TEMPO;
    let bar = beat * BEATS_A_BAR as f64;
    let bars: usize = FORM.iter().map(|(_, _, bars, _)| bars).sum();
    let duration = bar * bars as f64;
    let mut sections = Vec::with_capacity(FORM.len());
    let mut start = 0.0;
    for (kind, label, bars, energy) in FORM {
        let end = start + bar * bars as f64;
        sections.push(Section {
            kind,
            start: Seconds(start),
            end: Seconds(end),
            label: label.to_owned(),
            energy,
            confidence: 1.0,
        });
        start = end;
    }
    let level = |sample: usize| {
        let time = (sample as f64 + 0.5) / RATE;
        let section = sections.iter().rfind(|section| section.start.0 <= time);
        section.map_or(0.0, |section| section.energy) as f32
    };
    let values: Vec<f32> = (0..(duration * RATE) as usize).map(level).collect();
    let energy = FORM.iter().map(|(_, _, bars, energy)| *bars as f64 * energy).sum::<f64>() / bars as f64;
    let key = Key::new(0, Mode::Major);
    let every = |step: f64, count: usize| (0..count).map(|number| Seconds(number as f64 * step)).collect();
    SongAnalysis {
        version: 1,
        duration: Seconds(duration),
        sample_rate: 44_100,
        channels: 2,
        tempo: TEMPO,
        key,
        keys: vec![KeySpan { start: Seconds::ZERO, end: Seconds(duration), key }],
        time_signature: TimeSignature::COMMON,
        tuning_hz: 440.0,
        beats: every(beat, bars * BEATS_A_BAR),
        downbeats: every(bar, bars),
        sections,
        energy,
        valence: 0.5,
        energy_curve: Curve { rate_hz: RATE, values },
        voice: Voice::default(),
        loudness_lufs: Some(-9.0),
        confidence: Confidence {
            tempo: 1.0,
            beats: 1.0,
            downbeats: 1.0,
            time_signature: 1.0,
            key: 1.0,
            sections: 1.0,
            energy: 1.0,
            valence: 1.0,
        },
    }
}

/// Its storyboard in the look of a template.
pub(crate) fn storyboard(song: &SongAnalysis, template: &Template) -> Result<Storyboard, DirectError> {
    direct(&DirectRequest {
        analysis: song,
        template,
        cast: &[],
        lyrics: &Lyrics::default(),
        title: "",
        artist: "",
        song_hash: &"0".repeat(64),
        seed: 1,
        options: DirectOptions::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_three_minutes_long_and_every_template_makes_a_film_of_it() {
        let song = song();
        assert_eq!((song.duration, song.downbeats.len(), song.beats.len()), (Seconds(180.0), 90, 360));
        for template in mv_director::template::builtins().unwrap() {
            let plan = storyboard(&song, &template).unwrap();
            assert!((20..=120).contains(&plan.scenes.len()), "{}: {} scenes", template.id, plan.scenes.len());
        }
    }
}
