//! The drum kit, one synthesised stroke each, and what it plays in every part of the song.

use super::score::{BEATS_PER_BAR, BRIDGE, FORM, LAST_CHORUS, beat, first_bar, time};
use super::tone::{Filter, Noise, Phase, RATE, Track, decay, samples, sine};
use mv_core::vocabulary::SectionKind;

/// Recorded strokes, mono, at full velocity.
pub(super) struct Kit {
    pub(super) kick: Vec<f64>,
    pub(super) snare: Vec<f64>,
    clap: Vec<f64>,
    rim: Vec<f64>,
    pub(super) closed_hat: Vec<f64>,
    open_hat: Vec<f64>,
    shaker: Vec<f64>,
    crash: Vec<f64>,
    toms: [Vec<f64>; 3],
}

fn stroke(seconds: f64, mut value: impl FnMut(f64) -> f64) -> Vec<f64> {
    (0..samples(seconds)).map(|index| value(index as f64 / RATE)).collect()
}

/// A falling sine: the pitch drops from `high` to `low` Hz over `fall` seconds.
fn drop_of(seconds: f64, high: f64, low: f64, fall: f64, ring: f64) -> Vec<f64> {
    let mut phase = Phase::default();
    stroke(seconds, |t| sine(phase.step(low + (high - low) * decay(t, fall))) * decay(t, ring))
}

/// Six squares at the ratios of a struck cymbal, with noise, above a cutoff.
fn metal(seconds: f64, cutoff: f64, ring: f64, seed: u32) -> Vec<f64> {
    const RATIOS: [f64; 6] = [2.0, 3.0, 4.16, 5.43, 6.79, 8.21];
    let mut phases = [Phase::default(); 6];
    let mut noise = Noise::new(seed);
    let (mut first, mut second) = (Filter::new(cutoff, 0.8), Filter::new(cutoff, 0.7));
    stroke(seconds, |t| {
        let squares: f64 =
            phases.iter_mut().zip(RATIOS).map(|(phase, ratio)| phase.pulse(317.0 * ratio, 0.5)).sum();
        let raw = squares * 0.12 + noise.sample() * 0.55;
        second.run(first.run(raw).high).high * decay(t, ring)
    })
}

impl Kit {
    pub(super) fn build() -> Self {
        let body = drop_of(0.5, 200.0, 51.0, 0.028, 0.14);
        let mut click = Noise::new(3);
        let kick = body
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let t = index as f64 / RATE;
                let snap = click.sample() * decay(t, 0.002) * 0.35;
                0.78 * libm::tanh((value * 1.7 + snap) * (t * 800.0).min(1.0))
            })
            .collect();
        let (mut noise, mut band) = (Noise::new(5), Filter::new(2600.0, 0.6));
        let (mut low, mut high) = (Phase::default(), Phase::default());
        let snare = stroke(0.4, |t| {
            let wires = band.run(noise.sample()).high * (0.75 * decay(t, 0.075) + 0.12 * decay(t, 0.2));
            let shell = sine(low.step(182.0 + 60.0 * decay(t, 0.01))) * 0.6 + sine(high.step(331.0)) * 0.3;
            libm::tanh(1.3 * (wires + shell * decay(t, 0.06)))
        });
        let (mut noise, mut band) = (Noise::new(7), Filter::new(1500.0, 1.4));
        let clap = stroke(0.35, |t| {
            // Four hands, never quite together.
            let hands = [0.0, 0.011, 0.021, 0.03].iter().filter(|at| t >= **at);
            let level: f64 = hands.map(|at| decay(t - at, if *at > 0.025 { 0.07 } else { 0.006 })).sum();
            band.run(noise.sample()).band * level * 1.7
        });
        let mut phase = Phase::default();
        let rim = stroke(0.08, |t| (sine(phase.step(1720.0)) + 0.4) * decay(t, 0.009));
        let (mut noise, mut band) = (Noise::new(11), Filter::new(6800.0, 1.1));
        let shaker = stroke(0.12, |t| band.run(noise.sample()).band * (t * 60.0).min(1.0) * decay(t, 0.03));
        Self {
            kick,
            snare,
            clap,
            rim,
            shaker,
            closed_hat: metal(0.12, 7600.0, 0.024, 13),
            open_hat: metal(0.5, 7000.0, 0.13, 17),
            crash: metal(2.6, 3800.0, 0.62, 19),
            toms: [(170.0, 0.2), (126.0, 0.24), (92.0, 0.3)]
                .map(|(pitch, ring)| drop_of(0.6, pitch * 1.7, pitch, 0.04, ring)),
        }
    }
}

/// How a part is drummed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Groove {
    None,
    /// Hats and a quiet kick: the song is about to start.
    Tease,
    Verse,
    Build,
    Refrain,
    /// Rim and shaker.
    Hushed,
}

fn groove(part: usize, bar: usize) -> Groove {
    match FORM[part].kind {
        SectionKind::Intro if bar < 2 => Groove::None,
        SectionKind::Intro => Groove::Tease,
        SectionKind::Verse => Groove::Verse,
        SectionKind::PreChorus => Groove::Build,
        SectionKind::Chorus | SectionKind::Solo => Groove::Refrain,
        SectionKind::Bridge => Groove::Hushed,
        SectionKind::Outro if bar == 0 => Groove::Verse,
        SectionKind::Outro => Groove::None,
    }
}

/// The drums of the whole song, and the time of every kick, which the pads duck under.
pub(super) fn play(total: usize) -> (Track, Vec<f64>) {
    let kit = Kit::build();
    let mut track = Track::silent(total);
    let mut kicks = Vec::new();
    for (part, section) in FORM.iter().enumerate() {
        for bar in 0..section.bars {
            let start = ((first_bar(part) + bar) * BEATS_PER_BAR) as f64;
            let last = bar + 1 == section.bars;
            let mut drummer = Drummer { kit: &kit, track: &mut track, kicks: &mut kicks, start };
            match groove(part, bar) {
                Groove::None => {}
                Groove::Tease => drummer.tease(),
                Groove::Verse => drummer.verse(part > 3),
                Groove::Build => drummer.build(last),
                Groove::Refrain => drummer.refrain(part == LAST_CHORUS, last),
                Groove::Hushed => drummer.hushed(last),
            }
            if last && matches!(groove(part, bar), Groove::Tease | Groove::Verse | Groove::Refrain) {
                drummer.fill(part % 2 == 0);
            }
            if bar == 0 && !matches!(section.kind, SectionKind::Intro) {
                let gain = if section.kind == SectionKind::Chorus { 0.5 } else { 0.26 };
                drummer.hit(0.0, &kit.crash, gain, 0.25);
            }
        }
    }
    // The last chord: kick and crash together.
    let end = ((first_bar(FORM.len()) - 1) * BEATS_PER_BAR) as f64;
    let mut drummer = Drummer { kit: &kit, track: &mut track, kicks: &mut kicks, start: end };
    drummer.kick(0.0, 0.9);
    drummer.hit(0.0, &kit.crash, 0.42, -0.2);
    (track, kicks)
}

struct Drummer<'a> {
    kit: &'a Kit,
    track: &'a mut Track,
    kicks: &'a mut Vec<f64>,
    /// First beat of the bar.
    start: f64,
}

impl Drummer<'_> {
    fn hit(&mut self, at: f64, sound: &[f64], gain: f64, pan: f64) {
        self.track.add(time(self.start + at), sound, gain, pan);
    }

    fn kick(&mut self, at: f64, gain: f64) {
        let kit = self.kit;
        self.hit(at, &kit.kick, gain, 0.0);
        self.kicks.push(time(self.start + at));
    }

    fn snare(&mut self, at: f64, gain: f64) {
        let kit = self.kit;
        self.hit(at, &kit.snare, gain, 0.05);
    }

    fn hats(&mut self, sixteenths: bool, gain: f64) {
        let kit = self.kit;
        for step in 0..16 {
            // Strong on the beat, light between, lightest on the sixteenths.
            let accent = [1.0, 0.4, 0.75, 0.45][step % 4];
            if sixteenths || step % 2 == 0 {
                self.hit(step as f64 / 4.0, &kit.closed_hat, gain * accent, -0.3);
            }
        }
    }

    fn tease(&mut self) {
        let kit = self.kit;
        self.hats(false, 0.16);
        for at in [0.0, 1.0, 2.0, 3.0] {
            self.kick(at, 0.55);
        }
        for step in 0..8 {
            self.hit(f64::from(step) / 2.0, &kit.shaker, 0.14, 0.4);
        }
    }

    fn verse(&mut self, shaken: bool) {
        let kit = self.kit;
        for (at, gain) in [(0.0, 0.9), (1.5, 0.55), (2.5, 0.8)] {
            self.kick(at, gain);
        }
        for at in [1.0, 3.0] {
            self.snare(at, 0.5);
        }
        self.snare(2.25, 0.1);
        self.hats(false, 0.24);
        self.hit(3.5, &kit.open_hat, 0.13, -0.3);
        if shaken {
            for step in 0..16 {
                let gain = if step % 4 == 2 { 0.17 } else { 0.09 };
                self.hit(f64::from(step) / 4.0, &kit.shaker, gain, 0.45);
            }
        }
    }

    fn build(&mut self, last: bool) {
        for at in [0.0, 1.0, 2.0, 3.0] {
            if !(last && at > 2.5) {
                self.kick(at, 0.8);
            }
        }
        self.hats(false, 0.2);
        // Snare strokes double from quarters to sixteenths and swell.
        let strokes: &[f64] = if last {
            &[0.0, 0.5, 1.0, 1.5, 2.0, 2.25, 2.5, 2.75, 3.0, 3.125, 3.25, 3.375, 3.5, 3.625, 3.75, 3.875]
        } else {
            &[0.0, 1.0, 2.0, 2.5, 3.0, 3.5]
        };
        for at in strokes {
            let swell = (at + if last { 4.0 } else { 0.0 }) / 8.0;
            self.snare(*at, 0.14 + 0.36 * swell);
        }
    }

    fn refrain(&mut self, last_chorus: bool, last_bar: bool) {
        let kit = self.kit;
        for at in [0.0, 1.0, 2.0, 3.0] {
            self.kick(at, 0.95);
        }
        self.kick(2.75, 0.45);
        for at in [1.0, 3.0] {
            self.snare(at, 0.58);
            self.hit(at, &kit.clap, 0.34, -0.1);
        }
        for at in [0.75, 2.25] {
            self.snare(at, 0.08);
        }
        self.hats(true, if last_chorus { 0.26 } else { 0.22 });
        for at in [0.5, 1.5, 2.5, 3.5] {
            if !(last_bar && at > 2.0) {
                self.hit(at, &kit.open_hat, 0.26, -0.28);
            }
        }
        if last_chorus {
            for step in 0..16 {
                let gain = if step % 4 == 2 { 0.2 } else { 0.1 };
                self.hit(f64::from(step) / 4.0, &kit.shaker, gain, 0.5);
            }
        }
    }

    fn hushed(&mut self, last: bool) {
        let kit = self.kit;
        if last {
            // One long roll, then nothing on the last beat: the silence before the refrain.
            for step in 0..24 {
                let swell = f64::from(step) / 24.0;
                self.snare(f64::from(step) / 8.0, 0.06 + 0.4 * swell * swell);
            }
            self.kick(0.0, 0.6);
            return;
        }
        self.kick(0.0, 0.7);
        for at in [2.0, 3.5] {
            self.hit(at, &kit.rim, 0.22, 0.2);
        }
        for step in 0..8 {
            self.hit(f64::from(step) / 2.0, &kit.shaker, 0.12, 0.4);
        }
    }

    /// The turn at a section's end: down the toms, or a flam of snares.
    fn fill(&mut self, toms: bool) {
        let kit = self.kit;
        if toms {
            for (at, tom) in [(3.0, 0), (3.25, 0), (3.5, 1), (3.75, 2)] {
                self.hit(at, &kit.toms[tom], 0.5, 0.4 - 0.4 * tom as f64);
            }
        } else {
            for (at, gain) in [(3.25, 0.25), (3.5, 0.35), (3.75, 0.5)] {
                self.snare(at, gain);
            }
        }
    }
}

/// How far the pads give way to the kick at every sample: 1 is open, `floor` right on the stroke.
pub(super) fn ducking(kicks: &[f64], total: usize, floor: f64) -> Vec<f64> {
    let mut curve = vec![1.0; total];
    let length = samples(beat() * 0.75);
    for kick in kicks {
        let start = samples(*kick);
        for (index, gain) in curve.iter_mut().skip(start).take(length).enumerate() {
            let back = index as f64 / length as f64;
            let open = floor + (1.0 - floor) * back * back * (3.0 - 2.0 * back);
            *gain = f64::min(*gain, open);
        }
    }
    curve
}

/// Rises before a section and impacts on it: filtered noise and a sub drop.
pub(super) fn sweeps(total: usize) -> Track {
    let mut track = Track::silent(total);
    for (part, bars) in [(1, 1.0), (3, 2.0), (5, 1.0), (BRIDGE, 0.5), (LAST_CHORUS, 2.0)] {
        let length = bars * BEATS_PER_BAR as f64 * beat();
        let end = time((first_bar(part) * BEATS_PER_BAR) as f64);
        for (seed, pan) in [(23, -0.7), (29, 0.7)] {
            let (mut noise, mut filter) = (Noise::new(seed), Filter::new(400.0, 2.0));
            let riser = stroke(length, |t| {
                let share = t / length;
                filter.tune(350.0 + 8500.0 * share * share, 1.6);
                filter.run(noise.sample()).band * share * share * 1.2
            });
            track.add(end - length, &riser, if bars > 1.0 { 0.32 } else { 0.18 }, pan);
        }
        if FORM[part].kind == SectionKind::Chorus {
            track.add(end, &drop_of(1.4, 120.0, 34.0, 0.12, 0.4), 0.5, 0.0);
        }
    }
    track
}
