//! Oscillators, filters and envelopes. Only `libm` computes curves, so that every machine renders the same samples.

use std::f64::consts::{PI, TAU};

/// Samples a second.
pub const RATE: f64 = 44_100.0;

/// Frequency of a MIDI note in Hz, fractions allowed; A4 is 440.
pub fn hertz(note: f64) -> f64 {
    440.0 * libm::exp2((note - 69.0) / 12.0)
}

/// Falls from 1 to 1/e over `seconds`.
pub fn decay(time: f64, seconds: f64) -> f64 {
    libm::exp(-time / seconds)
}

pub fn sine(phase: f64) -> f64 {
    libm::sin(phase * TAU)
}

/// A phase that runs from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phase(pub f64);

impl Phase {
    /// Steps on by a frequency and gives the phase before the step.
    pub fn step(&mut self, frequency: f64) -> f64 {
        let now = self.0;
        self.0 += frequency / RATE;
        self.0 -= self.0.floor();
        now
    }

    /// A sawtooth without the aliases of its jump: `PolyBLEP` (Välimäki and Huovilainen, 2007).
    pub fn saw(&mut self, frequency: f64) -> f64 {
        let step = frequency / RATE;
        let phase = self.step(frequency);
        2.0 * phase - 1.0 - blep(phase, step)
    }

    /// A pulse with the given width (0–1), likewise.
    pub fn pulse(&mut self, frequency: f64, width: f64) -> f64 {
        let step = frequency / RATE;
        let phase = self.step(frequency);
        let level = if phase < width { 1.0 } else { -1.0 };
        let fall = (phase + 1.0 - width) % 1.0;
        level + blep(phase, step) - blep(fall, step) + 1.0 - 2.0 * width
    }
}

fn blep(phase: f64, step: f64) -> f64 {
    if phase < step {
        let t = phase / step;
        t + t - t * t - 1.0
    } else if phase > 1.0 - step {
        let t = (phase - 1.0) / step;
        t * t + t + t + 1.0
    } else {
        0.0
    }
}

/// White noise, −1 to 1, from a seed (xorshift, Marsaglia 2003).
#[derive(Clone, Copy, Debug)]
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_769) | 1)
    }

    pub fn sample(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

/// A state-variable filter that stays stable while it is swept (Zavalishin, The Art of VA Filter Design, 2012).
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    first: f64,
    second: f64,
    gain: f64,
    damping: f64,
}

/// The three outputs of a [`Filter`].
#[derive(Clone, Copy, Debug)]
pub struct Bands {
    pub low: f64,
    pub band: f64,
    pub high: f64,
}

impl Filter {
    pub fn new(cutoff: f64, resonance: f64) -> Self {
        let mut filter = Self::default();
        filter.tune(cutoff, resonance);
        filter
    }

    /// Cutoff in Hz; resonance is the quality factor, 0.5 and up.
    pub fn tune(&mut self, cutoff: f64, resonance: f64) {
        self.gain = libm::tan(PI * cutoff.clamp(10.0, RATE * 0.45) / RATE);
        self.damping = 1.0 / resonance;
    }

    pub fn run(&mut self, input: f64) -> Bands {
        let (g, k) = (self.gain, self.damping);
        let high = (input - (k + g) * self.first - self.second) / (1.0 + g * (g + k));
        let band = g * high + self.first;
        self.first = g * high + band;
        let low = g * band + self.second;
        self.second = g * band + low;
        // Denormals slow some processors a hundredfold.
        if self.first.abs() < 1e-18 {
            self.first = 0.0;
        }
        if self.second.abs() < 1e-18 {
            self.second = 0.0;
        }
        // The band is scaled so that its peak is 1 at any resonance.
        Bands { low, band: band * k, high }
    }
}

/// A stereo stretch of sound.
#[derive(Clone, Debug)]
pub struct Track {
    pub left: Vec<f64>,
    pub right: Vec<f64>,
}

impl Track {
    pub fn silent(samples: usize) -> Self {
        Self { left: vec![0.0; samples], right: vec![0.0; samples] }
    }

    /// Adds a mono sound from a time (seconds) on; `pan` is −1 (left) to 1, at equal power.
    pub fn add(&mut self, from: f64, sound: &[f64], gain: f64, pan: f64) {
        let start = (from * RATE).round() as usize;
        let angle = (pan + 1.0) * PI / 4.0;
        let (left, right) = (libm::cos(angle) * gain, libm::sin(angle) * gain);
        let samples = self.left.iter_mut().zip(&mut self.right).skip(start);
        for ((l, r), value) in samples.zip(sound) {
            *l += value * left;
            *r += value * right;
        }
    }

    /// Adds another track of the same length.
    pub fn mix(&mut self, other: &Self, gain: f64) {
        for (mine, theirs) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            for (sum, value) in mine.iter_mut().zip(theirs) {
                *sum += value * gain;
            }
        }
    }

    /// Multiplies by a gain curve of the same length.
    pub fn shape(&mut self, curve: &[f64]) {
        for channel in [&mut self.left, &mut self.right] {
            for (value, gain) in channel.iter_mut().zip(curve) {
                *value *= gain;
            }
        }
    }

    /// Removes what lies below a frequency.
    pub fn high_pass(&mut self, cutoff: f64) {
        for channel in [&mut self.left, &mut self.right] {
            let mut filter = Filter::new(cutoff, 0.707);
            for value in channel.iter_mut() {
                *value = filter.run(*value).high;
            }
        }
    }
}

/// Number of samples in a stretch of seconds.
pub fn samples(seconds: f64) -> usize {
    (seconds * RATE).round().max(0.0) as usize
}
