//! The band: bass, electric piano, pads, arpeggio and rhythm guitar, each from the score's chords.

use super::score::{BEATS_PER_BAR, Chord, FORM, LAST_CHORUS, beat, first_bar, harmony, time};
use super::tone::{Filter, Noise, Phase, RATE, Track, decay, hertz, samples, sine};
use mv_core::vocabulary::SectionKind;

/// One bar of the song.
struct Bar {
    part: usize,
    index: usize,
    kind: SectionKind,
    /// Beat number of its start.
    start: f64,
    chords: [Chord; 2],
    /// The first chord of the next bar, where the bass is going.
    next: Chord,
    last: bool,
}

fn bars() -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for (part, section) in FORM.iter().enumerate() {
        for index in 0..section.bars {
            let chords = harmony(part, index);
            let start = ((first_bar(part) + index) * BEATS_PER_BAR) as f64;
            if let Some(before) = bars.last_mut() {
                before.next = chords[0];
            }
            let last = index + 1 == section.bars;
            bars.push(Bar { part, index, kind: section.kind, start, chords, next: chords[0], last });
        }
    }
    bars
}

/// Attack and release in seconds around a held note.
fn gate(t: f64, held: f64, attack: f64, release: f64) -> f64 {
    let open = (t / attack).min(1.0);
    if t < held { open } else { open * decay(t - held, release) }
}

fn sound(seconds: f64, mut value: impl FnMut(f64) -> f64) -> Vec<f64> {
    (0..samples(seconds)).map(|index| value(index as f64 / RATE)).collect()
}

pub(super) fn bass(total: usize) -> Track {
    let mut track = Track::silent(total);
    for bar in bars() {
        let root = |half: usize| f64::from(bar.chords[half].bass);
        // Start and length in beats, note, velocity.
        let mut notes: Vec<(f64, f64, f64, f64)> = Vec::new();
        // The last eighth leans into the next root from a semitone away.
        let target = f64::from(bar.next.bass);
        let approach = if target >= root(1) { target - 1.0 } else { target + 1.0 };
        match bar.kind {
            SectionKind::Intro if bar.index < 2 => {}
            SectionKind::Intro => notes.push((0.0, 3.8, root(0), 0.7)),
            SectionKind::Verse => notes.extend([
                (0.0, 1.3, root(0), 0.9),
                (1.5, 0.4, root(0), 0.7),
                (2.0, 0.3, root(1) + 12.0, 0.55),
                (2.5, 0.9, root(1), 0.85),
                (3.5, 0.4, approach, 0.7),
            ]),
            SectionKind::PreChorus => {
                let pedal = (0..8).map(|step| (f64::from(step) / 2.0, 0.42, root(step as usize / 4), 0.75));
                notes.extend(pedal);
            }
            SectionKind::Chorus | SectionKind::Solo => {
                for step in 0..4 {
                    let at = f64::from(step);
                    let note = root(step as usize / 2);
                    notes.push((at, 0.36, note, 0.95));
                    notes.push((at + 0.5, 0.22, note + 12.0, 0.7));
                }
                notes.push((1.75, 0.2, root(0) + 7.0, 0.55));
                if let Some(lead) = notes.iter_mut().find(|note| (note.0 - 3.5).abs() < 0.01) {
                    *lead = (3.5, 0.4, approach, 0.75);
                }
                notes.push((3.25, 0.2, root(1) + 12.0, 0.5));
            }
            SectionKind::Bridge if bar.last => notes.push((0.0, 2.9, root(0), 0.7)),
            SectionKind::Bridge => notes.push((0.0, 3.7, root(0), 0.7)),
            SectionKind::Outro if bar.index == 0 => {
                notes.extend([(0.0, 1.3, root(0), 0.85), (2.5, 0.9, root(0), 0.8), (3.5, 0.4, 43.0, 0.7)]);
            }
            SectionKind::Outro => notes.push((0.0, 4.6, root(0) - 12.0, 0.8)),
        }
        for (at, beats, note, velocity) in notes {
            let held = beats * beat();
            let frequency = hertz(note);
            let (mut saw, mut sub) = (Phase::default(), Phase::default());
            let mut filter = Filter::new(300.0, 0.9);
            let played = sound(held + 0.12, |t| {
                filter.tune(190.0 + 1500.0 * velocity * decay(t, 0.085), 1.1);
                let body = filter.run(saw.saw(frequency)).low + 0.75 * sine(sub.step(frequency));
                libm::tanh(body * 1.25) * gate(t, held, 0.004, 0.025)
            });
            track.add(time(bar.start + at), &played, velocity, 0.0);
        }
    }
    track
}

/// Held chords of detuned saws under a filter that opens with the song.
pub(super) fn pads(total: usize) -> Track {
    let mut track = Track::silent(total);
    for bar in bars() {
        let (level, bright) = match bar.kind {
            SectionKind::Intro => (0.55, 450.0 + 330.0 * bar.index as f64),
            SectionKind::Verse => (0.34, 1500.0),
            SectionKind::PreChorus => (0.5, 1000.0 + 900.0 * bar.index as f64),
            SectionKind::Chorus | SectionKind::Solo => (0.62, 3600.0),
            SectionKind::Bridge => (0.6, 1700.0),
            SectionKind::Outro => (0.55, 1700.0 - 700.0 * bar.index as f64),
        };
        let whole = bar.chords[0] == bar.chords[1];
        let spans: &[(f64, f64, usize)] =
            if whole { &[(0.0, 4.0, 0)] } else { &[(0.0, 2.0, 0), (2.0, 2.0, 1)] };
        for (at, beats, half) in spans {
            let final_chord = bar.kind == SectionKind::Outro && bar.last;
            let held = beats * beat() * if final_chord { 1.25 } else { 1.0 };
            let release = if final_chord { 0.5 } else { 0.1 };
            for (voice, note) in bar.chords[*half].voices.iter().enumerate() {
                for (side, detune) in [(-0.85, -0.07), (0.85, 0.07)] {
                    let frequency = hertz(f64::from(*note) + detune + 0.01 * voice as f64);
                    let upper = hertz(f64::from(*note) - detune * 0.6);
                    // Free-running phases: chords must not click into place together.
                    let seed = (*note as usize * 7 + voice * 3 + usize::from(side > 0.0)) as f64 * 0.137;
                    let (mut one, mut two) = (Phase(seed.fract()), Phase((seed * 1.7).fract()));
                    let mut filter = Filter::new(bright, 0.8);
                    let mut wobble = Phase(seed.fract());
                    let played = sound(held + release * 4.0, |t| {
                        filter.tune(bright * (1.0 + 0.18 * sine(wobble.step(0.31))), 0.8);
                        let raw = one.saw(frequency) + two.saw(upper);
                        filter.run(raw).low * gate(t, held, 0.07, release)
                    });
                    track.add(time(bar.start + at), &played, level * 0.11, side);
                }
            }
        }
    }
    track.high_pass(170.0);
    track
}

/// The electric piano: two sines, one shaking the other's phase, the way the 1980s had it (Chowning, 1973).
pub(super) fn piano(total: usize) -> Track {
    let mut track = Track::silent(total);
    for bar in bars() {
        // Start and length in beats, velocity.
        let rhythm: &[(f64, f64, f64)] = match bar.kind {
            SectionKind::Intro if bar.index < 2 => &[],
            SectionKind::Intro => &[(0.0, 1.4, 0.5), (1.5, 2.2, 0.4)],
            SectionKind::Verse => &[(0.0, 1.2, 0.72), (1.5, 0.3, 0.5), (2.5, 0.9, 0.62), (3.5, 0.3, 0.4)],
            SectionKind::PreChorus => &[(0.0, 1.8, 0.6), (2.0, 1.8, 0.68)],
            SectionKind::Chorus | SectionKind::Solo => {
                &[(0.0, 0.6, 0.6), (0.75, 0.5, 0.5), (1.5, 0.4, 0.6), (2.5, 0.7, 0.6), (3.25, 0.4, 0.5)]
            }
            SectionKind::Bridge => &[(0.0, 1.9, 0.62), (2.0, 1.9, 0.5)],
            SectionKind::Outro if bar.index == 0 => &[(0.0, 1.4, 0.6), (1.5, 2.2, 0.5)],
            SectionKind::Outro => &[(0.0, 5.0, 0.7)],
        };
        for (at, beats, velocity) in rhythm {
            let held = beats * beat();
            let chord = bar.chords[usize::from(*at >= 2.0)];
            for (voice, note) in chord.voices.iter().enumerate() {
                let frequency = hertz(f64::from(*note));
                let (mut carrier, mut modulator, mut hammer) =
                    (Phase::default(), Phase::default(), Phase::default());
                let played = sound(held + 0.35, |t| {
                    let shake = 2.6 * velocity * decay(t, 0.5) * sine(modulator.step(frequency));
                    let ring = 0.5 * velocity * decay(t, 0.06) * sine(hammer.step(frequency * 14.0));
                    let struck = sine(carrier.step(frequency) + (shake + ring) * 0.16);
                    struck * decay(t, 1.3) * gate(t, held, 0.003, 0.07)
                });
                // The chord is rolled by a few milliseconds, low to high, as hands do.
                let roll = voice as f64 * 0.005;
                let pan = [-0.35, -0.1, 0.15, 0.4][voice];
                track.add(time(bar.start + at) + roll, &played, velocity * 0.26, pan);
            }
        }
    }
    track
}

/// Sixteenths through the chord, an octave up: the signal that the song is tuning in to.
pub(super) fn arpeggio(total: usize) -> Track {
    const STEPS: [usize; 16] = [0, 1, 2, 3, 2, 1, 3, 2, 0, 2, 1, 3, 2, 3, 1, 2];
    let mut track = Track::silent(total);
    for bar in bars() {
        let (level, bright) = match bar.kind {
            SectionKind::Intro => (0.5, 900.0 + 700.0 * bar.index as f64),
            SectionKind::PreChorus => (0.25, 1500.0 + 1500.0 * bar.index as f64),
            SectionKind::Chorus if bar.part == LAST_CHORUS => (0.36, 3800.0),
            SectionKind::Chorus => (0.25, 3000.0),
            SectionKind::Bridge => (0.3, 1400.0),
            SectionKind::Outro if bar.index == 0 => (0.4, 2600.0),
            SectionKind::Verse | SectionKind::Solo | SectionKind::Outro => continue,
        };
        for (step, voice) in STEPS.iter().enumerate() {
            if bar.kind == SectionKind::Bridge && (step % 2 == 1 || bar.last && step >= 12) {
                continue;
            }
            let note = f64::from(bar.chords[step / 8].voices[*voice]) + 12.0;
            let frequency = hertz(note);
            let mut pulse = Phase::default();
            let mut filter = Filter::new(bright, 1.6);
            let accent = if step % 4 == 0 { 1.0 } else { 0.72 };
            let played = sound(0.3, |t| {
                filter.tune(250.0 + bright * decay(t, 0.07), 1.6);
                filter.run(pulse.pulse(frequency, 0.32)).low * decay(t, 0.1) * (t * 500.0).min(1.0)
            });
            let pan = if step % 2 == 0 { -0.5 } else { 0.5 };
            track.add(time(bar.start + step as f64 / 4.0), &played, level * accent * 0.4, pan);
        }
    }
    track.high_pass(250.0);
    track
}

/// A plucked string: noise round a delay line that loses its edge each time (Karplus and Strong, 1983).
fn pluck(frequency: f64, seconds: f64, mute: f64, seed: u32) -> Vec<f64> {
    let period = RATE / frequency;
    let length = (period.floor() as usize).max(2);
    let share = period - length as f64;
    let mut noise = Noise::new(seed);
    let mut line: Vec<f64> = (0..=length).map(|_| noise.sample()).collect();
    let mut at = 0;
    let mut before = 0.0;
    sound(seconds, |_| {
        let next = (at + 1) % line.len();
        let value = line[at] * (1.0 - share) + line[next] * share;
        line[at] = (value * 0.55 + before * 0.45) * mute;
        before = value;
        at = next;
        value
    })
}

/// Muted sixteenth strums on the upper strings, panned away from the hats.
pub(super) fn guitar(total: usize) -> Track {
    // Velocity of each sixteenth; the loud ones ring a little longer.
    const REFRAIN: [f64; 16] =
        [0.0, 0.3, 0.8, 0.25, 0.0, 0.3, 0.9, 0.0, 0.3, 0.0, 0.8, 0.35, 0.0, 0.7, 0.3, 0.5];
    const VERSE: [f64; 16] = [0.0, 0.0, 0.6, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.6, 0.0, 0.0, 0.4, 0.0, 0.0];
    let mut track = Track::silent(total);
    for bar in bars() {
        let rhythm = match bar.kind {
            SectionKind::Chorus => &REFRAIN,
            // The second verse has moved on.
            SectionKind::Verse if bar.part > 3 => &VERSE,
            _ => continue,
        };
        for (step, velocity) in rhythm.iter().enumerate().filter(|(_, velocity)| **velocity > 0.0) {
            let chord = bar.chords[step / 8];
            let ringing = *velocity > 0.55;
            let mute = if ringing { 0.986 } else { 0.93 };
            for (string, note) in chord.voices[1..].iter().enumerate() {
                let seed = (step * 16 + string) as u32 + u32::from(*note);
                let frequency = hertz(f64::from(*note) + 12.0);
                let played = pluck(frequency, if ringing { 0.22 } else { 0.07 }, mute, seed);
                let spread = string as f64 * 0.004;
                let from = time(bar.start + step as f64 / 4.0) + spread;
                track.add(from, &played, velocity * 0.6, 0.55);
            }
        }
    }
    track.high_pass(420.0);
    track
}
