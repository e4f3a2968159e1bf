//! The band of a made-up song: drums, bass, chords, and an instrument that plays solos and fills like a voice.

use super::{Dice, Plan};
use crate::song::drums::Kit;
use crate::song::tone::{Filter, Phase, RATE, Track, decay, hertz, samples, sine};
use mv_core::vocabulary::SectionKind;

/// What the chords are played on.
#[derive(Clone, Copy)]
enum Keys {
    Piano,
    Strings,
    Organ,
}

pub(super) fn play(plan: &Plan, total: usize, dice: &mut Dice) -> Track {
    let mut track = Track::silent(total);
    drums(plan, &mut track, dice);
    let keys = dice.pick(&[Keys::Piano, Keys::Piano, Keys::Strings, Keys::Organ]);
    let (fills, sways) = (dice.happens(0.5), dice.happens(0.5));
    let edges = plan.edges();
    for (part, from) in plan.parts.iter().zip(&edges) {
        let solo = matches!(part.kind, SectionKind::Intro | SectionKind::Solo | SectionKind::Outro)
            && part.phrases.is_empty();
        for (bar, (root, minor)) in part.chords.iter().enumerate() {
            let beat = from + (bar * plan.beats_a_bar) as f64;
            let bass = plan.tonic - 24 + root;
            let bass = if bass > 42 { bass - 12 } else { bass };
            for step in 0..plan.beats_a_bar {
                let note = if step + 1 == plan.beats_a_bar && bar % 2 == 1 { bass + 7 } else { bass };
                let at = plan.time(beat + step as f64);
                track.add(at, &plucked(f64::from(note), 60.0 / plan.tempo * 0.9, 0.35, 900.0), 0.3, 0.0);
            }
            let third = if *minor { 3 } else { 4 };
            for (voice, above) in [0, third, 7].into_iter().enumerate() {
                // Close to the middle of the keyboard.
                let pitch = 55 + (plan.tonic + root + above - 55).rem_euclid(12);
                chord(plan, &mut track, keys, beat, f64::from(pitch), voice);
            }
        }
        let pitch = |dice: &mut Dice, bar: usize| {
            let (root, minor) = part.chords[bar.min(part.chords.len() - 1)];
            plan.tonic + 12 + root % 12 + dice.pick(&[0, if minor { 3 } else { 4 }, 7, 2])
        };
        let mut lead = |at: f64, beats: f64, note: i32, gain: f64| {
            let sound = solo_note(f64::from(note), beats * 60.0 / plan.tempo, sways);
            track.add(plan.time(at), &sound, gain, 0.25);
        };
        if solo {
            let mut at = 0.0;
            while at < (part.bars * plan.beats_a_bar) as f64 - 0.5 {
                let beats = dice.pick(&[0.5, 0.5, 1.0, 1.0, 1.5, 2.0]);
                let note = pitch(dice, (at / plan.beats_a_bar as f64) as usize);
                if dice.happens(0.85) {
                    lead(from + at, beats * 0.95, note, 0.16);
                }
                at += beats;
            }
        } else if fills {
            // It answers the singer between lines.
            for pair in part.phrases.windows(2) {
                let last = pair[0].notes.last().map_or(0.0, |note| note.at + note.beats);
                let mut at = pair[0].start + last;
                while at + 0.5 <= pair[1].start {
                    let note = pitch(dice, (at / plan.beats_a_bar as f64).max(0.0) as usize);
                    lead(from + at, 0.45, note, 0.12);
                    at += 0.5;
                }
            }
        }
    }
    track
}

fn drums(plan: &Plan, track: &mut Track, dice: &mut Dice) {
    let kit = Kit::build();
    let busy = dice.happens(0.6);
    let edges = plan.edges();
    for (part, from) in plan.parts.iter().zip(&edges) {
        let level = match part.kind {
            SectionKind::Intro | SectionKind::Outro => continue,
            SectionKind::Verse | SectionKind::Bridge => 0.7,
            _ => 1.0,
        };
        for beat in 0..part.bars * plan.beats_a_bar {
            let at = from + beat as f64;
            let step = beat % plan.beats_a_bar;
            if step == 0 || plan.beats_a_bar == 4 && step == 2 {
                track.add(plan.time(at), &kit.kick, 0.42 * level, 0.0);
            } else {
                track.add(plan.time(at), &kit.snare, 0.3 * level, 0.05);
            }
            let hats: &[f64] = if busy { &[0.0, 0.5] } else { &[0.0] };
            for off in hats {
                track.add(plan.time(at + off), &kit.closed_hat, 0.16 * level, -0.3);
            }
        }
    }
}

fn chord(plan: &Plan, track: &mut Track, keys: Keys, beat: f64, pitch: f64, voice: usize) {
    let bar = 60.0 / plan.tempo * plan.beats_a_bar as f64;
    let side = [-0.5, 0.0, 0.5][voice % 3];
    match keys {
        Keys::Piano => {
            // Struck twice a bar.
            for half in [0.0, 0.5] {
                let at = plan.time(beat + half * plan.beats_a_bar as f64);
                track.add(at, &plucked(pitch, bar * 0.5, 0.7, 3000.0), 0.13, side);
            }
        }
        Keys::Strings => {
            let (mut one, mut two) = (Phase(0.3), Phase(0.7));
            let mut filter = Filter::new(1800.0, 0.7);
            let sound: Vec<f64> = (0..samples(bar + 0.1))
                .map(|index| {
                    let t = index as f64 / RATE;
                    let raw = one.saw(hertz(pitch - 0.06)) + two.saw(hertz(pitch + 0.06));
                    filter.run(raw).low * (t / 0.15).min(1.0) * ((bar + 0.1 - t) / 0.1).clamp(0.0, 1.0)
                })
                .collect();
            track.add(plan.time(beat), &sound, 0.06, side);
        }
        Keys::Organ => {
            let mut phases = [Phase::default(); 4];
            let sound: Vec<f64> = (0..samples(bar))
                .map(|index| {
                    let t = index as f64 / RATE;
                    let sum: f64 = phases
                        .iter_mut()
                        .zip([1.0, 2.0, 3.0, 4.0])
                        .map(|(phase, partial)| sine(phase.step(hertz(pitch) * partial)) / partial)
                        .sum();
                    sum * (t / 0.02).min(1.0) * ((bar - t) / 0.03).clamp(0.0, 1.0)
                })
                .collect();
            track.add(plan.time(beat), &sound, 0.07, side);
        }
    }
}

/// A struck or plucked string: a saw under a filter that closes.
fn plucked(pitch: f64, seconds: f64, ring: f64, bright: f64) -> Vec<f64> {
    let mut phase = Phase::default();
    let mut filter = Filter::new(bright, 0.7);
    let frequency = hertz(pitch);
    (0..samples(seconds))
        .map(|index| {
            let t = index as f64 / RATE;
            if index % 64 == 0 {
                filter.tune(frequency + bright * decay(t, ring * 0.4), 0.7);
            }
            let end = ((seconds - t) / 0.02).clamp(0.0, 1.0);
            filter.run(phase.saw(frequency)).low * decay(t, ring) * (t * 400.0).min(1.0) * end
        })
        .collect()
}

/// A lead that may sway as a voice does, but has no vowels.
fn solo_note(pitch: f64, seconds: f64, sways: bool) -> Vec<f64> {
    let (mut phase, mut sway) = (Phase::default(), Phase::default());
    let mut filter = Filter::new(2600.0, 1.0);
    (0..samples(seconds))
        .map(|index| {
            let t = index as f64 / RATE;
            let depth = if sways { ((t - 0.2) / 0.3).clamp(0.0, 1.0) * 0.2 } else { 0.0 };
            let frequency = hertz(pitch + depth * sine(sway.step(5.2)));
            let end = ((seconds - t) / 0.03).clamp(0.0, 1.0);
            filter.run(phase.pulse(frequency, 0.4)).low * (t * 80.0).min(1.0) * end
        })
        .collect()
}
