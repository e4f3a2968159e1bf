//! Small soft shapes in the air (drops, flakes, sparks, discs of bokeh) and wide veils of light, drawn onto rows.

use crate::sampler::share;
use crate::wave::{exp, smoothstep};
use std::ops::Range;
use std::sync::LazyLock;

/// How a mote fades from its centre to its edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// A Gaussian: drops, dust, sparks, flakes.
    Soft,
    /// A lens's disc, a little brighter at its rim: bokeh, bubbles.
    Disc,
    /// Firm with a soft edge: leaves, petals, confetti.
    Firm,
}

const STEPS: usize = 256;

/// Level by squared distance from the centre, 65535 at most; 0 at the edge.
static PROFILES: LazyLock<[[u16; STEPS + 1]; 3]> = LazyLock::new(|| {
    let table = |level: fn(f64) -> f64| {
        std::array::from_fn(|step| {
            (level(step as f64 / STEPS as f64).clamp(0.0, 1.0) * 65535.0).round() as u16
        })
    };
    [
        table(|q| exp(-4.0 * q) * (1.0 - q)),
        table(|q| (0.70 + 0.30 * q * q) * (1.0 - smoothstep(0.84, 1.0, q))),
        table(|q| 1.0 - smoothstep(0.45, 1.0, q)),
    ]
});

/// A soft ellipse of one colour. Positions and radii are in luma samples of the frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mote {
    pub(crate) profile: Profile,
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// Radii along and across its own axis.
    pub(crate) long: f64,
    pub(crate) wide: f64,
    /// Direction of the long axis: cosine and sine.
    pub(crate) axis: [f64; 2],
    pub(crate) color: MoteColor,
    /// 0–1 at the centre.
    pub(crate) level: f64,
    /// Whether it hides what is behind it; else it only adds light.
    pub(crate) solid: bool,
}

/// Full-range luma and chroma in 8.8.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MoteColor {
    pub(crate) y: u16,
    pub(crate) u: i16,
    pub(crate) v: i16,
}

impl MoteColor {
    /// From luma 0–255 and chroma about 0.
    pub(crate) fn of([y, cb, cr]: [f32; 3]) -> Self {
        let signed = |c: f32| (c * 256.0).round().clamp(-32000.0, 32000.0) as i16;
        Self { y: (y * 256.0).round().clamp(0.0, 65280.0) as u16, u: signed(cb), v: signed(cr) }
    }
}

impl Mote {
    /// Whether it can touch a band of luma rows.
    pub(crate) fn reaches(&self, rows: &Range<usize>) -> bool {
        let half = self.half_extent(1);
        self.y + half >= rows.start as f64 - 1.0 && self.y - half <= rows.end as f64
    }

    /// Half of its width or height: of an ellipse, √(long² cos² + wide² sin²) across.
    pub(crate) fn half_extent(&self, axis: usize) -> f64 {
        let along = self.long * self.axis[axis];
        let across = self.wide * self.axis[1 - axis];
        (along * along + across * across).sqrt()
    }

    /// Draws its part of a pair of luma rows and their chroma row.
    pub(crate) fn draw(&self, pair: usize, luma: &mut [Vec<u16>; 2], chroma: &mut [Vec<i16>; 2]) {
        let top = 2.0 * pair as f64;
        for (row, under) in luma.iter_mut().enumerate() {
            let width = under.len();
            self.along_row(top + row as f64, 1.0, width, |x, level| {
                let lit = share(self.color.y, level);
                let through = if self.solid { !level } else { u16::MAX };
                under[x] = share(under[x], through).saturating_add(lit);
            });
        }
        let [us, vs] = chroma;
        self.along_row(top + 0.5, 2.0, us.len(), |x, level| {
            // A share of 32768, so that two products fit an i32.
            let level = i32::from(level >> 1);
            let kept = if self.solid { 32768 - level } else { 32768 };
            let mix = |under: i16, color: i16| {
                let mixed = (i32::from(under) * kept + i32::from(color) * level) >> 15;
                mixed.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
            };
            us[x] = mix(us[x], self.color.u);
            vs[x] = mix(vs[x], self.color.v);
        });
    }

    /// Calls `put` with column and level for every sample of a row; columns are `pitch` luma samples apart.
    fn along_row(&self, row: f64, pitch: f64, columns: usize, mut put: impl FnMut(usize, u16)) {
        let [cos, sin] = self.axis;
        let (long, wide) = (1.0 / (self.long * self.long), 1.0 / (self.wide * self.wide));
        // The ellipse as a quadratic form: a·dx² + 2b·dx·dy + c·dy² is 1 at its edge.
        let a = cos * cos * long + sin * sin * wide;
        let b = cos * sin * (long - wide);
        let dy = row - self.y;
        let centre = self.x - b / a * dy;
        // What of the form is left at the row's own centre: (ac − b²)/a · dy², with ac − b² = long · wide.
        let rest = long * wide / a * dy * dy;
        if rest >= 1.0 {
            return;
        }
        let half = ((1.0 - rest) / a).sqrt();
        let first = ((centre - half) / pitch).ceil().max(0.0) as usize;
        let last = ((centre + half) / pitch).floor();
        if last < 0.0 {
            return;
        }
        let table = &PROFILES[self.profile as usize];
        let peak = (self.level.clamp(0.0, 1.0) * 65535.0) as u16;
        for x in first..(last as usize + 1).min(columns) {
            let dx = x as f64 * pitch - centre;
            let q = (a * dx * dx + rest).min(1.0);
            put(x, share(table[(q * STEPS as f64) as usize], peak));
        }
    }
}

/// A wide soft glow over the whole picture: a light's bloom in the lens.
pub(crate) struct Veil {
    /// Gaussian by luma column and by luma row, shares of 65535.
    columns: Vec<u16>,
    rows: Vec<u16>,
    color: MoteColor,
}

impl Veil {
    /// A glow about a point with these radii (to e^-4 of its peak), in luma samples.
    pub(crate) fn new(
        [width, height]: [usize; 2],
        [x, y]: [f64; 2],
        [across, down]: [f64; 2],
        color: MoteColor,
        level: f64,
    ) -> Self {
        let falloff = |at: f64, radius: f64| {
            let q = at / radius * (at / radius);
            if q >= 1.0 { 0.0 } else { exp(-4.0 * q) - 0.018 * q }
        };
        let fixed = |value: f64| (value.clamp(0.0, 1.0) * 65535.0) as u16;
        let columns =
            (0..width.next_multiple_of(32)).map(|at| fixed(falloff(at as f64 - x, across))).collect();
        let rows = (0..height).map(|at| fixed(level * falloff(at as f64 - y, down))).collect();
        Self { columns, rows, color }
    }

    pub(crate) fn draw(&self, pair: usize, luma: &mut [Vec<u16>; 2], chroma: &mut [Vec<i16>; 2]) {
        for (half, under) in luma.iter_mut().enumerate() {
            let lit = share(self.color.y, self.rows[2 * pair + half]);
            if lit == 0 {
                continue;
            }
            for (under, column) in under.iter_mut().zip(&self.columns) {
                *under = under.saturating_add(share(lit, *column));
            }
        }
        let level = i32::from(self.rows[2 * pair]);
        for (under, color) in chroma.iter_mut().zip([self.color.u, self.color.v]) {
            let lit = ((i32::from(color) * level) >> 16) as i16;
            if lit == 0 {
                continue;
            }
            for (under, column) in under.iter_mut().zip(self.columns.iter().step_by(2)) {
                let tinted = ((i32::from(lit) * i32::from(column >> 1)) >> 15) as i16;
                *under = under.saturating_add(tinted);
            }
        }
    }
}
