//! How a place fits the frame: where the horizon, the ground and the figures go in wide, square and tall pictures.

use crate::ambience::Ambience;
use crate::brush::{Blend, Fill, Sheet};
use crate::chance::{Chance, Noise};
use crate::set::{Air, KeyLight, Layer, Motion, PaintContext, Set};
use crate::sky::Sky;
use crate::tone::Tone;
use mv_core::vocabulary::Weather;
use tiny_skia::Pixmap;

/// The measures of a picture that painters compose with, in stage units.
#[derive(Clone, Copy, Debug)]
pub struct Staging {
    /// Half of the visible frame's width, as if the set were not magnified.
    pub half: f32,
    /// Half of the sheet's width and height: paint must reach so far.
    pub reach: (f32, f32),
    /// Size of things against a wide picture: smaller in a tall one, so that as much of the place shows.
    pub scale: f32,
    /// Height where a figure's feet stand.
    pub ground: f32,
    /// Height of a standing adult.
    pub person: f32,
    magnified: f32,
}

impl Staging {
    /// Feet at `ground`, an adult `person` high in a wide picture.
    pub fn new(ctx: &PaintContext<'_>, ground: f32, person: f32) -> Self {
        let ratio = ctx.ratio();
        let scale = (ratio / 1.3).clamp(0.62, 1.0);
        let sheet = ctx.reach();
        Self {
            half: ratio / 2.0,
            reach: (sheet.0 + 0.01, sheet.1 + 0.01),
            scale,
            ground,
            person: person * scale.max(0.8),
            magnified: ctx.zoom.max(1.0),
        }
    }

    /// Where figures may stand, best first: a third, the other third, the middle. In the visible frame at any zoom.
    pub fn spots(&self, ctx: &PaintContext<'_>) -> Vec<f32> {
        let side = Chance::new(ctx.seed, "spots").side();
        let third = self.half / 3.0 / self.magnified;
        vec![side * third, -side * third, 0.0]
    }

    /// Puts a set together; figures stand before `layers[figure_slot]`.
    pub fn set(
        &self,
        ctx: &PaintContext<'_>,
        layers: Vec<Layer>,
        figure_slot: usize,
        horizon: f32,
        key_light: KeyLight,
    ) -> Set {
        Set {
            figure_slot: figure_slot.min(layers.len()),
            layers,
            horizon,
            ground: self.ground,
            person_height: self.person,
            spots: self.spots(ctx),
            key_light,
            air: air(ctx),
        }
    }
}

/// What floats in the open air by the weather alone; the place may add its own.
fn air(ctx: &PaintContext<'_>) -> Vec<Air> {
    match ctx.weather {
        Weather::Fog => vec![Air::Haze],
        Weather::Wind => vec![Air::Dust],
        Weather::Clear | Weather::Cloudy | Weather::Rain | Weather::Snow => Vec::new(),
    }
}

/// The layers as one picture, light included, for wet ground and water to mirror.
pub fn flatten(ctx: &PaintContext<'_>, layers: &[Layer]) -> Pixmap {
    let mut whole = Sheet::new(ctx);
    for layer in layers {
        whole.lay(&layer.image);
        if let Some(glow) = &layer.glow {
            whole.add(glow, 1.0);
        }
    }
    whole.into_pixmap()
}

/// Open land under a sky: three ridges that fade with distance, and the ground in front.
pub fn open_country(
    ctx: &PaintContext<'_>,
    ambience: &Ambience,
    staging: &Staging,
    sky: Sky,
    horizon: f32,
    ground: Tone,
) -> Set {
    let mut layers = sky.layers;
    let mut chance = Chance::new(ctx.seed, "ridges");
    let (wide, high) = staging.reach;
    for (name, distance, height, depth) in
        [("far ridge", 0.85, 0.11, 0.12), ("ridge", 0.55, 0.06, 0.3), ("near ridge", 0.3, 0.02, 0.5)]
    {
        let noise = Noise::new(chance.seed());
        let mut sheet = Sheet::new(ctx);
        let mut line: Vec<(f32, f32)> = (0..=40)
            .map(|i| {
                let x = (i as f32 / 20.0 - 1.0) * (wide + 0.05);
                (x, horizon - height * (2.0 * noise.fractal(x * 2.2 + 50.0, distance, 3) - 0.35))
            })
            .collect();
        line.extend([(wide + 0.1, high), (-wide - 0.1, high)]);
        let tone = ambience.through_air(ambience.near.mix(ground, 0.4), distance);
        sheet.polygon(
            &line,
            Fill::vertical(horizon - height, tone, horizon + 0.1, tone.mix(ambience.haze, 0.3)),
        );
        layers.push(sheet.into_layer(name, depth, Motion::Still));
    }
    let mut sheet = Sheet::new(ctx);
    let top = horizon + 0.05;
    sheet.wash(&[(top, ground.mix(ambience.haze, 0.35), 1.0), (high, ground.scale(0.6), 1.0)], Blend::Over);
    layers.push(sheet.into_layer("ground", 1.0, Motion::Still));
    let slot = layers.len();
    staging.set(ctx, layers, slot, horizon, sky.light)
}
