//! What floats in the air: rain, snow, leaves, dust, fireflies, bokeh, bubbles, embers, confetti, petals.
//!
//! Every particle is a function of its seed and the time, so frames can be drawn in any order. Particles live on a
//! torus a little larger than the frame: one that leaves comes back on the other side, out of sight.

use crate::camera::Pose;
use crate::grade::Grade;
use crate::light::FrameLight;
use crate::motes::{Mote, MoteColor, Profile};
use crate::set::{Air, KeyLight};
use crate::wave::{cosine, hash, sine, unit, wander};
use mv_core::vocabulary::{Framing, Weather};
use mv_core::{Canvas, Look, Rgb};

/// Particles nearer than the figures are drawn before them, the others behind.
const FIGURES: f64 = 1.0;

/// All particles of a scene.
pub(crate) struct Atmosphere {
    fields: Vec<Field>,
    canvas: [f64; 2],
    key: [f64; 2],
}

/// One kind of particle.
struct Field {
    kind: Kind,
    particles: Vec<Particle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rain,
    Snow,
    Leaves,
    Float(Air),
}

struct Particle {
    seed: u64,
    /// Place on the torus, 0–1 on both axes.
    home: [f64; 2],
    depth: f64,
    /// Frame heights a second at depth 1.
    velocity: [f64; 2],
    /// Radius in frame heights at depth 1, along and across.
    size: [f64; 2],
    color: MoteColor,
    level: f64,
}

pub(crate) struct AirBrief<'a> {
    pub(crate) weather: Weather,
    /// Whether the sky is overhead: it neither rains nor snows in a room, under water or in space.
    pub(crate) outdoors: bool,
    pub(crate) framing: Framing,
    pub(crate) air: &'a [Air],
    pub(crate) key_light: KeyLight,
    pub(crate) intensity: f64,
    pub(crate) look: &'a Look,
    pub(crate) grade: Grade,
    pub(crate) canvas: Canvas,
    pub(crate) zoom: f64,
    pub(crate) seed: u64,
}

fn mixed(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
    Rgb(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

const WHITE: Rgb = Rgb(255, 255, 255);

impl Atmosphere {
    pub(crate) fn new(brief: &AirBrief<'_>) -> Self {
        let mut kinds = Vec::new();
        match brief.weather {
            Weather::Rain if brief.outdoors => kinds.push(Kind::Rain),
            Weather::Snow if brief.outdoors => kinds.push(Kind::Snow),
            Weather::Wind if brief.outdoors => kinds.push(Kind::Leaves),
            _ => {}
        }
        // Haze is a sheet, not particles: see `fog`.
        kinds.extend(brief.air.iter().filter(|air| **air != Air::Haze).map(|air| Kind::Float(*air)));
        let fields = kinds.into_iter().map(|kind| Field::new(kind, brief)).collect();
        let (width, height) = (f64::from(brief.canvas.width), f64::from(brief.canvas.height));
        let key = [f64::from(brief.key_light.x), f64::from(brief.key_light.y)].map(|at| at * brief.zoom);
        Self { fields, canvas: [width, height], key }
    }

    /// The particles of a frame: those behind the figures, and those before them.
    pub(crate) fn motes(&self, pose: &Pose, light: &FrameLight) -> [Vec<Mote>; 2] {
        let mut behind = Vec::new();
        let mut before = Vec::new();
        for field in &self.fields {
            for particle in &field.particles {
                let mote = field.kind.mote(particle, pose, light, self.canvas, self.key);
                let (x, y) = (mote.half_extent(0), mote.half_extent(1));
                let inside = mote.x + x > 0.0
                    && mote.x - x < self.canvas[0]
                    && mote.y + y > 0.0
                    && mote.y - y < self.canvas[1];
                if inside && mote.level > 0.003 {
                    if particle.depth < FIGURES { behind.push(mote) } else { before.push(mote) }
                }
            }
        }
        [behind, before]
    }
}

#[cfg(test)]
impl Atmosphere {
    /// Every particle in one frame and in the next, seen or not.
    pub(crate) fn jumps(&self, poses: [&Pose; 2], lights: [&FrameLight; 2]) -> Vec<(Mote, Mote)> {
        let all = |at: usize| {
            self.fields.iter().flat_map(move |field| {
                field.particles.iter().map(move |particle| {
                    field.kind.mote(particle, poses[at], lights[at], self.canvas, self.key)
                })
            })
        };
        all(0).zip(all(1)).collect()
    }
}

impl Field {
    fn new(kind: Kind, brief: &AirBrief<'_>) -> Self {
        let spread = brief.canvas.ratio().max(0.6) / (16.0 / 9.0);
        let crowd = spread * (0.65 + 0.6 * brief.intensity);
        let count = (kind.count(brief.framing) * crowd).round() as u64;
        let seed = hash(brief.seed, kind.number());
        let particles = (0..count).map(|index| kind.particle(hash(seed, index), index, brief)).collect();
        Self { kind, particles }
    }
}

impl Kind {
    fn number(self) -> u64 {
        match self {
            Self::Rain => 1,
            Self::Snow => 2,
            Self::Leaves => 3,
            Self::Float(air) => 16 + air as u64,
        }
    }

    /// How many fill a 16:9 frame of middling intensity.
    fn count(self, framing: Framing) -> f64 {
        let close = matches!(framing, Framing::CloseUp | Framing::Medium | Framing::OverShoulder);
        match self {
            Self::Rain => 520.0,
            Self::Snow => 420.0,
            Self::Leaves => 26.0,
            Self::Float(Air::Dust) => 150.0,
            Self::Float(Air::Fireflies) => 38.0,
            Self::Float(Air::Bokeh) => {
                if close {
                    34.0
                } else {
                    16.0
                }
            }
            Self::Float(Air::Bubbles) => 70.0,
            Self::Float(Air::Embers) => 90.0,
            Self::Float(Air::Confetti) => 130.0,
            Self::Float(Air::Petals) => 48.0,
            Self::Float(Air::Haze) => 0.0,
        }
    }

    fn particle(self, seed: u64, index: u64, brief: &AirBrief<'_>) -> Particle {
        let u = |n: u64| unit(seed, n);
        let between = |n: u64, low: f64, high: f64| low + (high - low) * u(n);
        let accent = || {
            let accents = &brief.look.accents;
            let at = (u(20) * accents.len() as f64) as usize;
            accents.get(at).copied().unwrap_or(brief.look.highlights)
        };
        let key = brief.key_light.color;
        let lit = |share: f64| mixed(brief.key_light.ambient, mixed(key, WHITE, 0.35), share);
        // One wind for the whole field, set by the scene's seed.
        let wind = (unit(brief.seed, 77) - 0.5) * 2.0;
        // More far ones than near: equal numbers in equal volumes, softened.
        let depth = |low: f64, high: f64| low + (high - low) * u(3) * (0.35 + 0.65 * u(4));
        let (depth, velocity, size, color, level) = match self {
            Self::Rain => {
                let depth = depth(0.45, 2.3);
                let fall = between(5, 1.25, 1.5);
                let length = between(6, 0.020, 0.032);
                let color = mixed(lit(0.55), WHITE, 0.25);
                (depth, [wind * 0.16 * fall, fall], [length, 0.00085], color, between(7, 0.20, 0.42))
            }
            Self::Snow => {
                let depth = depth(0.35, 2.6);
                let fall = between(5, 0.055, 0.095);
                let size = between(6, 0.0032, 0.0058);
                let color = mixed(lit(0.5), WHITE, 0.55);
                (depth, [wind * 0.05, fall], [size, size], color, between(7, 0.6, 0.95))
            }
            Self::Leaves => {
                let depth = between(3, 0.6, 2.2);
                let blow = if wind < 0.0 { -1.0 } else { 1.0 } * between(5, 0.28, 0.55);
                let size = between(6, 0.006, 0.010);
                let fallen = [Rgb(178, 92, 40), Rgb(150, 60, 34), Rgb(196, 140, 52), Rgb(96, 92, 44)];
                let color = mixed(fallen[(u(8) * 4.0) as usize % 4], lit(0.3), 0.35);
                (depth, [blow, between(9, 0.02, 0.10)], [size, size * 0.45], color, 0.92)
            }
            Self::Float(Air::Dust) => {
                let size = between(6, 0.0014, 0.0030);
                let drift = [between(5, -0.012, 0.012) + wind * 0.008, between(9, -0.012, 0.006)];
                (depth(0.4, 2.2), drift, [size, size], mixed(key, WHITE, 0.3), between(7, 0.15, 0.5))
            }
            Self::Float(Air::Fireflies) => {
                let size = between(6, 0.006, 0.010);
                let color = mixed(Rgb(226, 255, 120), accent(), 0.15);
                (depth(0.5, 1.9), [0.0, 0.0], [size, size], color, between(7, 0.7, 1.0))
            }
            Self::Float(Air::Bokeh) => {
                let size = between(6, 0.018, 0.048);
                let color = mixed(mixed(accent(), key, 0.3), WHITE, 0.1);
                let drift = [between(5, -0.008, 0.008), between(9, -0.008, 0.004)];
                let depth = if index.is_multiple_of(4) { between(3, 1.3, 1.8) } else { between(3, 0.3, 0.7) };
                (depth, drift, [size, size], color, between(7, 0.08, 0.24))
            }
            Self::Float(Air::Bubbles) => {
                let size = between(6, 0.0025, 0.0075);
                let rise = -between(5, 0.05, 0.13);
                (
                    depth(0.4, 2.0),
                    [0.0, rise],
                    [size, size],
                    mixed(lit(0.7), WHITE, 0.3),
                    between(7, 0.2, 0.5),
                )
            }
            Self::Float(Air::Embers) => {
                let size = between(6, 0.0018, 0.0036);
                let color = mixed(Rgb(255, 150, 60), accent(), 0.2);
                let rise = -between(5, 0.10, 0.26);
                (depth(0.5, 2.1), [wind * 0.05, rise], [size * 1.5, size], color, between(7, 0.5, 1.0))
            }
            Self::Float(Air::Confetti) => {
                let size = between(6, 0.0042, 0.0070);
                let fall = between(5, 0.10, 0.20);
                (depth(0.5, 2.0), [wind * 0.03, fall], [size, size * 0.6], mixed(accent(), WHITE, 0.12), 0.95)
            }
            Self::Float(Air::Petals) => {
                let size = between(6, 0.0045, 0.0075);
                let color = mixed(mixed(Rgb(255, 190, 208), WHITE, 0.35 * u(8)), lit(0.5), 0.3);
                let drift = [wind * between(5, 0.05, 0.11), between(9, 0.045, 0.085)];
                (depth(0.5, 2.2), drift, [size, size * 0.62], color, 0.92)
            }
            Self::Float(Air::Haze) => (1.0, [0.0; 2], [0.001; 2], WHITE, 0.0),
        };
        Particle {
            seed,
            home: [u(1), u(2)],
            depth,
            velocity,
            size,
            color: MoteColor::of(brief.grade.color(color, 1.0)),
            level,
        }
    }

    fn mote(self, p: &Particle, pose: &Pose, light: &FrameLight, canvas: [f64; 2], key: [f64; 2]) -> Mote {
        let time = light.seconds;
        let u = |n: u64| unit(p.seed, n);
        let height = canvas[1];
        let half = [canvas[0] / height / 2.0, 0.5];
        let placed = pose.place(p.depth);
        let sway = self.sway(p.seed, time);
        let spin = u(15) + time * (u(16) - 0.5) * 1.2;
        let mut size = p.size.map(|size| size * p.depth * placed.scale);
        let mut level = p.level;
        // Out of focus far before the figures: larger and fainter, as much light in all.
        if p.depth > 1.5 && self != Self::Rain {
            let blur = 1.0 + 0.9 * (p.depth - 1.5);
            size = size.map(|size| size * blur);
            level /= blur * blur.sqrt();
        }
        // Less than a pixel wide, a mote would shimmer: keep the width and dim it instead.
        let thinnest = 1.15 / height;
        if size[1] < thinnest {
            level *= (size[1] / thinnest).max(0.35);
            size = [size[0].max(thinnest), thinnest];
        }
        let at = |axis: usize| {
            // Constant over the clip, or the torus itself would stretch under the particles.
            let reach = half[axis] + 2.0 * p.size[0] * p.depth + 0.05;
            let moved = p.home[axis] * 2.0 * reach + (p.velocity[axis] * time + sway[axis]) * p.depth;
            let moved = moved + placed.shift[axis];
            (moved - (moved / (2.0 * reach)).floor() * 2.0 * reach - reach) * placed.scale
        };
        let place = [at(0), at(1)];
        let near_light = {
            let [x, y] = [place[0] - key[0], place[1] - key[1]];
            1.0 / (1.0 + (x * x + y * y) * 4.0)
        };
        let swell = 0.75 + 0.25 * light.energy + 0.45 * light.pulse * light.energy;
        let twinkle = |hertz: f64| 0.5 + 0.5 * sine(time * hertz * (0.6 + 0.8 * u(11)) + u(12));
        let mut axis = [1.0, 0.0];
        let (profile, solid) = match self {
            Self::Rain => {
                let [x, y] = p.velocity;
                let length = (x * x + y * y).sqrt();
                axis = [x / length, y / length];
                level *= 0.55 + 0.45 * near_light;
                (Profile::Soft, false)
            }
            Self::Snow => (Profile::Soft, true),
            Self::Leaves | Self::Float(Air::Confetti | Air::Petals) => {
                axis = [cosine(spin), sine(spin)];
                // Turning over, it shows its edge; never thinner than a fifth.
                let turned = (0.2 + 0.8 * cosine(time * (0.5 + u(13)) + u(14)).abs()).min(1.0);
                size[1] = (size[1] * turned).max(thinnest);
                (Profile::Firm, true)
            }
            Self::Float(Air::Dust) => {
                level *= (0.35 + 0.65 * near_light) * (0.4 + 0.6 * twinkle(0.4)) * swell;
                (Profile::Soft, false)
            }
            Self::Float(Air::Fireflies) => {
                let on = twinkle(0.5);
                level *= on * on * swell;
                (Profile::Soft, false)
            }
            Self::Float(Air::Bokeh) => {
                level *= (0.6 + 0.4 * twinkle(0.25)) * swell;
                (Profile::Disc, false)
            }
            Self::Float(Air::Bubbles) => (Profile::Disc, false),
            Self::Float(Air::Embers) => {
                level *= (0.45 + 0.55 * twinkle(1.4)) * swell;
                axis = [cosine(spin), sine(spin)];
                (Profile::Soft, false)
            }
            Self::Float(Air::Haze) => (Profile::Soft, false),
        };
        Mote {
            profile,
            x: canvas[0] / 2.0 + place[0] * height - 0.5,
            y: canvas[1] / 2.0 + place[1] * height - 0.5,
            long: size[0] * height,
            wide: size[1] * height,
            axis,
            color: p.color,
            level,
            solid,
        }
    }

    /// How it strays from its straight way, in frame heights at depth 1.
    fn sway(self, seed: u64, time: f64) -> [f64; 2] {
        let u = |n: u64| unit(seed, n);
        let drift = |voice: u64, hertz: f64| wander(hash(seed, voice), time, hertz);
        match self {
            Self::Rain => [0.0; 2],
            Self::Snow => [0.022 * drift(30, 0.35), 0.006 * drift(31, 0.4)],
            Self::Leaves => [0.03 * drift(30, 0.5), 0.05 * drift(31, 0.7)],
            Self::Float(Air::Fireflies) => [0.09 * drift(30, 0.22), 0.06 * drift(31, 0.26)],
            Self::Float(Air::Bubbles) => [0.010 * sine(time * (0.5 + 0.4 * u(17)) + u(18)), 0.0],
            Self::Float(Air::Embers) => [0.03 * drift(30, 0.7), 0.02 * drift(31, 0.7)],
            Self::Float(Air::Confetti | Air::Petals) => [0.03 * drift(30, 0.5), 0.012 * drift(31, 0.6)],
            Self::Float(_) => [0.012 * drift(30, 0.2), 0.012 * drift(31, 0.2)],
        }
    }
}
