//! Tells the person from the background: colours and position first, edges next, and a soft outline at full size.

use super::mixture::{Color, Mixture};
use super::walker::{self, Problem};
use super::{Face, Outline};
use crate::wave::smoothstep;
use image::imageops::FilterType;
use image::{GrayImage, RgbaImage};

/// The long side at which the person is told from the background.
const WORKED: u32 = 240;

/// How much likelier, as a logarithm, the person's colours must be in the person than at the picture's rim.
const DISTINCT: f64 = 2.0;

/// How much less likely than the rim's own colours, as a logarithm, a colour may be and still count as theirs.
const RIM_SPREAD: f64 = 3.0;

/// The matte of a bust, of its size, and where it comes from.
pub(super) fn of(bust: &RgbaImage, face: Face) -> (GrayImage, Outline) {
    if let Some(given) = given(bust) {
        return (given, Outline::Given);
    }
    let long = bust.width().max(bust.height());
    let factor = (WORKED as f32 / long as f32).min(1.0);
    let scaled = |side: u32| ((side as f32 * factor).round() as u32).max(8);
    let small =
        image::imageops::resize(bust, scaled(bust.width()), scaled(bust.height()), FilterType::Triangle);
    let view = View::new(&small, face.scaled(factor));
    match view.separate().filter(|matte| view.is_plausible(matte)) {
        Some(matte) => (view.enlarged(&matte, bust), Outline::Found),
        None => (vignette(bust, face), Outline::Vignette),
    }
}

/// The photo's own transparency, when it says where the person ends.
fn given(bust: &RgbaImage) -> Option<GrayImage> {
    let clear = bust.pixels().filter(|pixel| pixel.0[3] < 16).count();
    let whole = bust.pixels().filter(|pixel| pixel.0[3] > 240).count();
    let all = (bust.width() * bust.height()) as usize;
    (clear * 20 > all && whole * 10 > all).then(|| {
        GrayImage::from_fn(bust.width(), bust.height(), |x, y| image::Luma([bust.get_pixel(x, y).0[3]]))
    })
}

/// Where a pixel lies, in units of the face: x from its centre, y from its centre down.
fn in_face(face: Face, x: f32, y: f32) -> [f32; 2] {
    let [cx, cy] = face.centre();
    [(x - cx) / face.width, (y - cy) / face.height]
}

/// How likely a pixel is the person's by its place alone, 0–1.
fn shape([x, y]: [f32; 2]) -> f32 {
    // The head with its hair; the shoulders, from the chin (y = 0.5) down.
    let head = ((x / 0.80).powi(2) + ((y + 0.10) / 0.95).powi(2)).sqrt();
    let slope = ((y - 0.62) / 0.55).clamp(0.0, 1.0);
    let half = 0.34 + 1.15 * slope.sqrt();
    let neck = if y > 0.2 { x.abs() / half } else { 9.0 };
    let near = head.min(neck);
    1.0 - smoothstep(0.75, 1.25, f64::from(near)) as f32
}

/// Surely the person: the middle of the face, the neck and the chest under it.
fn is_core([x, y]: [f32; 2]) -> bool {
    let face = (x / 0.40).powi(2) + (y / 0.46).powi(2) < 1.0;
    let chest = y > 0.4 && x.abs() < 0.22 + 0.28 * (y - 0.5).clamp(0.0, 1.6);
    face || chest
}

/// A bust at working size.
struct View {
    width: usize,
    height: usize,
    colors: Vec<Color>,
    face: Face,
}

impl View {
    fn new(small: &RgbaImage, face: Face) -> Self {
        let colors = small.pixels().map(|p| [0, 1, 2].map(|c| f32::from(p.0[c]) / 255.0)).collect();
        Self { width: small.width() as usize, height: small.height() as usize, colors, face }
    }

    fn place(&self, at: usize) -> [f32; 2] {
        in_face(self.face, (at % self.width) as f32 + 0.5, (at / self.width) as f32 + 0.5)
    }

    /// Surely background: the picture's rim beside and above the head.
    fn is_rim(&self, at: usize) -> bool {
        let (x, y) = (at % self.width, at / self.width);
        let rim = 1 + self.width / 60;
        let [across, down] = self.place(at);
        let beside = (x < rim || x + rim >= self.width) && across.abs() > 0.9 && down < 0.9;
        let above = y < rim && down < -0.75;
        beside || above
    }

    /// The matte at working size; `None` where the colours of person and background are much alike.
    fn separate(&self) -> Option<Vec<f32>> {
        let count = self.colors.len();
        let likely: Vec<f32> = (0..count).map(|at| shape(self.place(at))).collect();
        let rim: Vec<bool> = (0..count).map(|at| self.is_rim(at)).collect();
        // What looks just like the picture's rim teaches nothing about the person, however close to the head it is:
        // else the background around short hair would be learnt as theirs.
        let like_rim = self.like_rim(&rim)?;
        // A slim face leaves background within the core's sides, beside the jaw and the neck: it tells by its colour.
        let core: Vec<bool> = (0..count)
            .map(|at| {
                let [x, y] = self.place(at);
                is_core([x, y]) && (!like_rim[at] || is_core([x * 1.4, y]))
            })
            .collect();
        let mut matte = likely.clone();
        for round in 0..4 {
            let samples = |inside: bool| -> Vec<(Color, f32)> {
                (0..count)
                    .map(|at| {
                        let share = if inside { matte[at] } else { 1.0 - matte[at] };
                        let sure = if inside { core[at] } else { rim[at] };
                        let other = if inside { rim[at] } else { core[at] };
                        let weight = if sure {
                            1.0
                        } else if other || (inside && like_rim[at] && !core[at]) {
                            0.0
                        } else {
                            share * share
                        };
                        (self.colors[at], weight)
                    })
                    .collect()
            };
            let person = Mixture::fit(&samples(true))?;
            let ground = Mixture::fit(&samples(false))?;
            let odds: Vec<f64> = self
                .colors
                .iter()
                .map(|color| person.log_density(*color) - ground.log_density(*color))
                .collect();
            if round == 3 && mean_where(&odds, &core) - mean_where(&odds, &rim) < DISTINCT {
                return None;
            }
            let mut prior = vec![0.0; count];
            let mut trust = vec![0.0; count];
            for at in 0..count {
                // Position counts much at first and less as the colours are learnt.
                let place = f64::from(likely[at].clamp(0.02, 0.98));
                // And where the colour is plain, such as the background's between neck and collar, less still.
                let share = if round == 0 { 1.0 } else { 0.6 / (1.0 + odds[at].abs() * 0.6) };
                let place = libm::log(place / (1.0 - place)) * share;
                let belief = 1.0 / (1.0 + libm::exp(-(odds[at] * 0.5 + place).clamp(-12.0, 12.0)));
                (prior[at], trust[at]) = match (core[at], rim[at]) {
                    (true, _) => (1.0, 1.0),
                    (_, true) => (0.0, 1.0),
                    _ => (belief as f32, 0.06),
                };
            }
            let problem = Problem { width: self.width, colors: &self.colors, prior: &prior, trust: &trust };
            matte = walker::solve(&problem);
        }
        Some(self.one_piece(&matte))
    }

    /// Which pixels are of the rim's colours, as far as the rim itself varies.
    fn like_rim(&self, rim: &[bool]) -> Option<Vec<bool>> {
        let samples: Vec<(Color, f32)> =
            self.colors.iter().zip(rim).map(|(color, rim)| (*color, if *rim { 1.0 } else { 0.0 })).collect();
        let ground = Mixture::fit(&samples)?;
        let odds: Vec<f64> = self.colors.iter().map(|color| ground.log_density(*color)).collect();
        let usual = mean_where(&odds, rim) - RIM_SPREAD;
        Some(odds.iter().map(|odds| *odds > usual).collect())
    }

    /// Keeps the piece that holds the face, without holes, and firms its edge.
    fn one_piece(&self, matte: &[f32]) -> Vec<f32> {
        let [x, y] = self.face.centre();
        let centre = (y as usize).min(self.height - 1) * self.width + (x as usize).min(self.width - 1);
        let person = self.flood(&[centre], |at| matte[at] > 0.5);
        let border: Vec<usize> = (0..matte.len())
            .filter(|at| {
                let (x, y) = (at % self.width, at / self.width);
                x == 0 || y == 0 || x + 1 == self.width
            })
            .filter(|at| !person[*at])
            .collect();
        let person_share: Vec<f32> = person.iter().map(|inside| if *inside { 1.0 } else { 0.0 }).collect();
        let around = boxed(&person_share, self.width, 2);
        let outside = self.flood(&border, |at| !person[at]);
        (0..matte.len())
            .map(|at| {
                let firm = smoothstep(0.25, 0.75, f64::from(matte[at])) as f32;
                match (outside[at], person[at]) {
                    // A soft edge belongs to the person only along it.
                    (true, _) if around[at] == 0.0 => 0.0,
                    (true, _) => firm.min(0.5),
                    // A hole in the person is a highlight or a button, not a window.
                    (false, false) => 1.0,
                    (false, true) => firm,
                }
            })
            .collect()
    }

    fn flood(&self, seeds: &[usize], passes: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.colors.len()];
        let mut open: Vec<usize> = seeds.to_vec();
        for seed in seeds {
            reached[*seed] = true;
        }
        while let Some(at) = open.pop() {
            let (x, y) = (at % self.width, at / self.width);
            let sides = [
                (x > 0).then(|| at - 1),
                (x + 1 < self.width).then(|| at + 1),
                (y > 0).then(|| at - self.width),
                (y + 1 < self.height).then(|| at + self.width),
            ];
            for next in sides.into_iter().flatten() {
                if !reached[next] && passes(next) {
                    reached[next] = true;
                    open.push(next);
                }
            }
        }
        reached
    }

    /// Whether a matte could be a head on shoulders: the face is in it, the room around the head is not.
    fn is_plausible(&self, matte: &[f32]) -> bool {
        let mean = |wanted: &dyn Fn([f32; 2]) -> bool| -> Option<f32> {
            let inside: Vec<f32> =
                (0..matte.len()).filter(|at| wanted(self.place(*at))).map(|at| matte[at]).collect();
            (!inside.is_empty()).then(|| inside.iter().sum::<f32>() / inside.len() as f32)
        };
        let face = mean(&|[x, y]| (x / 0.42).powi(2) + (y / 0.5).powi(2) < 1.0).unwrap_or(0.0);
        let beside = mean(&|[x, y]| x.abs() > 1.25 && (-1.2..0.2).contains(&y)).unwrap_or(0.0);
        let above = mean(&|[x, y]| y < -1.3 && x.abs() < 1.5).unwrap_or(0.0);
        let chest = mean(&|[x, y]| (0.9..1.6).contains(&y) && x.abs() < 0.4).unwrap_or(1.0);
        let unsure = matte.iter().filter(|alpha| (0.15..0.85).contains(*alpha)).count();
        face > 0.9 && beside < 0.25 && above < 0.25 && chest > 0.7 && unsure * 8 < matte.len()
    }

    /// The matte at the bust's size, its edge drawn to the picture's own by a guided filter (He et al., 2010), whose
    /// coefficients are worked out at working size.
    fn enlarged(&self, matte: &[f32], bust: &RgbaImage) -> GrayImage {
        let luma: Vec<f32> = self.colors.iter().map(|[r, g, b]| 0.3 * r + 0.59 * g + 0.11 * b).collect();
        let product = |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| a * b).collect() };
        let mean = |values: &[f32]| boxed(values, self.width, 3);
        let (mean_luma, mean_matte) = (mean(&luma), mean(matte));
        let (luma_square, luma_matte) = (mean(&product(&luma, &luma)), mean(&product(&luma, matte)));
        let slope: Vec<f32> = (0..luma.len())
            .map(|at| {
                let variance = luma_square[at] - mean_luma[at] * mean_luma[at];
                (luma_matte[at] - mean_luma[at] * mean_matte[at]) / (variance + 0.0012)
            })
            .collect();
        let offset: Vec<f32> = (0..luma.len()).map(|at| mean_matte[at] - slope[at] * mean_luma[at]).collect();
        let (slope, offset) = (mean(&slope), mean(&offset));
        let (across, down) =
            (self.width as f32 / bust.width() as f32, self.height as f32 / bust.height() as f32);
        GrayImage::from_fn(bust.width(), bust.height(), |x, y| {
            let [r, g, b, _] = bust.get_pixel(x, y).0.map(|c| f32::from(c) / 255.0);
            let at = |values: &[f32]| {
                between(values, self.width, (x as f32 + 0.5) * across - 0.5, (y as f32 + 0.5) * down - 0.5)
            };
            let guided = at(&slope) * (0.3 * r + 0.59 * g + 0.11 * b) + at(&offset);
            // Far from the outline the filter has nothing to say.
            let plain = at(matte);
            let near = 1.0 - (2.0 * plain - 1.0).abs();
            let alpha = plain + (guided - plain) * near.sqrt().min(1.0);
            image::Luma([(smoothstep(0.10, 0.90, f64::from(alpha)) * 255.0).round() as u8])
        })
    }
}

fn mean_where(values: &[f64], wanted: &[bool]) -> f64 {
    let inside = || values.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(value, _)| value);
    inside().sum::<f64>() / inside().count().max(1) as f64
}

/// Mean over a square of `2 × reach + 1`, edges held.
fn boxed(values: &[f32], width: usize, reach: usize) -> Vec<f32> {
    let height = values.len() / width;
    let along = |from: &[f32], count: usize, stride: usize, start: usize, out: &mut [f32]| {
        for at in 0..count {
            let window = (at as i64 - reach as i64)..=(at as i64 + reach as i64);
            let sum: f32 = window.map(|n| from[start + n.clamp(0, count as i64 - 1) as usize * stride]).sum();
            out[start + at * stride] = sum / (2 * reach + 1) as f32;
        }
    };
    let mut rows = vec![0.0; values.len()];
    for y in 0..height {
        along(values, width, 1, y * width, &mut rows);
    }
    let mut out = vec![0.0; values.len()];
    for x in 0..width {
        along(&rows, height, width, x, &mut out);
    }
    out
}

/// Bilinear between samples, edges held.
fn between(values: &[f32], width: usize, x: f32, y: f32) -> f32 {
    let height = values.len() / width;
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (across, down) = (x.fract(), y.fract());
    let row =
        |y: usize| values[y * width + left] + (values[y * width + right] - values[y * width + left]) * across;
    row(top) + (row(below) - row(top)) * down
}

/// A bust shape with a soft edge.
fn vignette(bust: &RgbaImage, face: Face) -> GrayImage {
    GrayImage::from_fn(bust.width(), bust.height(), |x, y| {
        let [x, y] = in_face(face, x as f32 + 0.5, y as f32 + 0.5);
        let head = f64::from(((x / 0.92).powi(2) + ((y + 0.08) / 1.05).powi(2)).sqrt());
        let slope = ((y - 0.55) / 0.7).clamp(0.0, 1.0);
        let neck = f64::from(x.abs() / (0.42 + 1.25 * slope.sqrt()));
        let neck = if y > 0.25 { neck } else { 9.0 };
        let soft = |near: f64| 1.0 - smoothstep(0.78, 1.0, near);
        let inside = 1.0 - (1.0 - soft(head)) * (1.0 - soft(neck));
        image::Luma([(inside * 255.0).round() as u8])
    })
}

/// The person with the background's colour taken out of the soft edge: edge pixels take their colour from inside.
pub(super) fn lifted(bust: &RgbaImage, matte: &GrayImage) -> RgbaImage {
    let width = bust.width() as usize;
    let inside: Vec<f32> =
        matte.pixels().map(|alpha| (f32::from(alpha.0[0]) / 255.0).powi(3) + 1e-4).collect();
    let reach = (width / 60).max(2);
    let weight = boxed(&inside, width, reach);
    let channels: [Vec<f32>; 3] = [0, 1, 2].map(|channel| {
        let weighted: Vec<f32> =
            bust.pixels().zip(&inside).map(|(pixel, share)| f32::from(pixel.0[channel]) * share).collect();
        boxed(&weighted, width, reach)
    });
    RgbaImage::from_fn(bust.width(), bust.height(), |x, y| {
        let at = y as usize * width + x as usize;
        let alpha = matte.get_pixel(x, y).0[0];
        let own = f32::from(alpha) / 255.0;
        let pixel = bust.get_pixel(x, y).0;
        let color = [0, 1, 2].map(|channel| {
            let within = channels[channel][at] / weight[at];
            (within + (f32::from(pixel[channel]) - within) * own).round() as u8
        });
        image::Rgba([color[0], color[1], color[2], alpha])
    })
}
