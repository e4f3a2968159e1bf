//! How one person looks: build, hair, clothes and colours, chosen by a seed or sampled from their photo.

use super::Cutout;
use mv_core::Rgb;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hair {
    Short,
    Long,
    Bun,
    /// A hood drawn up over the head.
    Hood,
    /// Short hair under a peaked cap.
    Cap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outfit {
    /// A short jacket over trousers.
    Jacket,
    /// A coat to the knees, open hem.
    Coat,
    /// A knee-length dress.
    Dress,
}

/// What a person wears and how they are built. Colours are as seen in white light.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FigureStyle {
    pub hair: Hair,
    pub outfit: Outfit,
    pub headphones: bool,
    /// Shoulder breadth over the average, 0.9–1.1.
    pub breadth: f32,
    /// Height over the average adult, 0.93–1.04.
    pub stature: f32,
    pub skin: Rgb,
    pub hair_color: Rgb,
    pub top: Rgb,
    pub bottom: Rgb,
    pub shoes: Rgb,
    /// Headphones, cap, seams.
    pub accent: Rgb,
}

const SKINS: [Rgb; 5] = [
    Rgb(0xf3, 0xcf, 0xb8),
    Rgb(0xe6, 0xb5, 0x98),
    Rgb(0xcf, 0x97, 0x74),
    Rgb(0xa3, 0x6b, 0x4c),
    Rgb(0x74, 0x49, 0x35),
];
const HAIRS: [Rgb; 5] = [
    Rgb(0x1c, 0x18, 0x20),
    Rgb(0x2b, 0x1f, 0x1c),
    Rgb(0x49, 0x2f, 0x25),
    Rgb(0x6d, 0x45, 0x30),
    Rgb(0x30, 0x2c, 0x3a),
];
const TOPS: [Rgb; 6] = [
    Rgb(0x2e, 0x33, 0x48),
    Rgb(0x58, 0x35, 0x42),
    Rgb(0x3a, 0x4b, 0x47),
    Rgb(0xb5, 0x8c, 0x62),
    Rgb(0x6a, 0x70, 0x86),
    Rgb(0x8e, 0x45, 0x3c),
];
const BOTTOMS: [Rgb; 4] =
    [Rgb(0x23, 0x26, 0x36), Rgb(0x33, 0x3c, 0x55), Rgb(0x3a, 0x34, 0x36), Rgb(0x4d, 0x4b, 0x56)];

impl FigureStyle {
    /// The person of a seed: the same seed is the same person in every scene.
    pub fn from_seed(seed: u64, accents: &[Rgb]) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed ^ 0x0066_6967_7572_6521);
        let mut pick = |n: usize| dice.next_u32() as usize % n;
        let hair =
            [Hair::Long, Hair::Short, Hair::Bun, Hair::Cap, Hair::Hood, Hair::Long, Hair::Short][pick(7)];
        let outfit = match (hair, pick(6)) {
            (Hair::Hood | Hair::Cap, 0..=4) | (_, 0..=2) => Outfit::Jacket,
            (Hair::Long | Hair::Bun, 5) => Outfit::Dress,
            _ => Outfit::Coat,
        };
        let slender = matches!(hair, Hair::Long | Hair::Bun) || outfit == Outfit::Dress;
        let share = pick(100) as f32 / 100.0;
        let complexion = pick(SKINS.len());
        Self {
            hair,
            outfit,
            headphones: hair != Hair::Hood && pick(5) < 3,
            breadth: if slender { 0.90 } else { 0.99 } + 0.08 * share,
            stature: if slender { 0.94 } else { 0.98 } + 0.05 * (1.0 - share),
            skin: SKINS[complexion],
            // Dark skin goes with the darker hair of the list.
            hair_color: HAIRS[pick(if complexion > 2 { 2 } else { HAIRS.len() })],
            top: TOPS[pick(TOPS.len())],
            bottom: BOTTOMS[pick(BOTTOMS.len())],
            shoes: [Rgb(0xd8, 0xd4, 0xcc), Rgb(0x1e, 0x1c, 0x22), Rgb(0x5b, 0x3a, 0x2b)][pick(3)],
            accent: if accents.is_empty() { Rgb(0xff, 0x89, 0x59) } else { accents[pick(accents.len())] },
        }
    }

    /// The person of a seed with what their photo shows: hair or cap above the face, skin in it, clothes below it.
    pub fn from_cutout(seed: u64, accents: &[Rgb], cutout: &Cutout) -> Self {
        let style = Self::from_seed(seed, accents);
        let face = cutout.face;
        let sample = |x0: f32, x1: f32, y0: f32, y1: f32, fallback: Rgb| {
            let (left, right) = (face.x + face.width * x0, face.x + face.width * x1);
            let (top, bottom) = (face.y + face.height * y0, face.y + face.height * y1);
            median(cutout, [left, top, right, bottom]).unwrap_or(fallback)
        };
        let crown = sample(0.2, 0.8, -0.32, -0.12, style.hair_color);
        // No hair grows blue or green: that is a cap or a hood.
        let covered = crown.2 > crown.0.saturating_add(18) || crown.1 > crown.0.saturating_add(18);
        let hair_color = if covered { style.hair_color } else { crown };
        let beside = |x0, x1| sample(x0, x1, 1.05, 1.35, Rgb(255, 255, 255));
        let near = |a: Rgb, b: Rgb| a.0.abs_diff(b.0).max(a.1.abs_diff(b.1)).max(a.2.abs_diff(b.2)) < 40;
        let falls = near(beside(-0.15, 0.05), hair_color) && near(beside(0.95, 1.15), hair_color);
        let hair = match (covered, falls, style.hair) {
            (true, ..) => Hair::Cap,
            (false, true, _) => Hair::Long,
            (false, false, Hair::Long | Hair::Cap | Hair::Hood) => Hair::Short,
            (false, false, own) => own,
        };
        Self {
            hair,
            hair_color,
            accent: if covered { crown } else { style.accent },
            outfit: if style.outfit == Outfit::Dress && hair != Hair::Long {
                Outfit::Jacket
            } else {
                style.outfit
            },
            headphones: wears_headphones(cutout),
            skin: sample(0.25, 0.75, 0.45, 0.75, style.skin),
            top: sample(-0.1, 1.1, 1.45, 1.9, style.top),
            ..style
        }
    }
}

/// Whether something stands out at the ears: broader there than both above the brow and below the mouth.
fn wears_headphones(cutout: &Cutout) -> bool {
    let (image, face) = (&cutout.image, cutout.face);
    let breadth = |share: f32| -> u32 {
        let y = (face.y + face.height * share).clamp(0.0, image.height() as f32 - 1.0) as u32;
        let solid = |x: &u32| image.pixel(*x, y).is_some_and(|pixel| pixel.alpha() > 127);
        let first = (0..image.width()).find(solid);
        let last = (0..image.width()).rev().find(solid);
        first.zip(last).map_or(0, |(first, last)| last + 1 - first)
    };
    let widest = |shares: &[f32]| shares.iter().map(|share| breadth(*share)).max().unwrap_or(0);
    let ears = widest(&[0.15, 0.25, 0.35, 0.45]);
    let elsewhere = widest(&[-0.25, -0.1, 0.0, 0.75]).max(1);
    ears * 100 > elsewhere * 112
}

/// Median colour of the opaque pixels in a box `[left, top, right, bottom]`; `None` with fewer than 16 of them.
fn median(cutout: &Cutout, area: [f32; 4]) -> Option<Rgb> {
    let (width, height) = (cutout.image.width(), cutout.image.height());
    let clamp = |value: f32, high: u32| value.clamp(0.0, high as f32) as u32;
    let (left, right) = (clamp(area[0], width), clamp(area[2], width));
    let (top, bottom) = (clamp(area[1], height), clamp(area[3], height));
    let step = ((right - left).max(bottom - top) / 64).max(1) as usize;
    let mut channels: [Vec<u8>; 3] = Default::default();
    for y in (top..bottom).step_by(step) {
        for x in (left..right).step_by(step) {
            let Some(pixel) = cutout.image.pixel(x, y).filter(|p| p.alpha() > 200) else { continue };
            let color = pixel.demultiply();
            channels[0].push(color.red());
            channels[1].push(color.green());
            channels[2].push(color.blue());
        }
    }
    if channels[0].len() < 16 {
        return None;
    }
    let mut middle = |channel: usize| {
        let values = &mut channels[channel];
        let at = values.len() / 2;
        *values.select_nth_unstable(at).1
    };
    Some(Rgb(middle(0), middle(1), middle(2)))
}
