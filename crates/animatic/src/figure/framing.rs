//! How each framing places a figure in the picture: its height, where its feet are, and what moves by itself.
//!
//! Frame units: the visible frame is 1 high with its origin in the centre, whatever the set's zoom.

use super::shade::Softness;
use super::sheet::Placement;
use super::vector::vec2;
use crate::set::{PaintContext, Set};
use mv_core::vocabulary::Framing;

/// Below this height no face may be: there captions stand, in their largest style, in two lines. Frame units.
pub(crate) fn lowest_chin(ratio: f32) -> f32 {
    match ratio {
        ratio if ratio > 1.25 => 0.255,
        ratio if ratio < 0.8 => 0.165,
        _ => 0.245,
    }
}

/// Where a standing adult of average height stands in the picture, in frame units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stand {
    /// From sole to crown.
    pub(super) height: f32,
    /// Height of the ground under the feet, y down.
    pub(super) feet: f32,
    pub(super) x: f32,
    pub(super) depth: f32,
    /// Low-angle perspective, 0 for none.
    pub(super) taper: f32,
}

/// The first person's stand for the context's framing, at a spot in stage units.
pub(super) fn stand(ctx: &PaintContext<'_>, set: &Set, spot: f32) -> Stand {
    let ratio = ctx.ratio();
    let (ground, horizon) = (set.ground * ctx.zoom, set.horizon * ctx.zoom);
    let natural = set.person_height * ctx.zoom;
    // On the ground's plane, whoever is taller in the picture stands lower in it.
    let grounded = |height: f32, lowest: f32| {
        let nearness = height / natural.max(0.01);
        let feet = horizon + (ground - horizon) * nearness;
        feet.max(ground).min(lowest.max(ground.min(0.49)))
    };
    let within = |x: f32, half: f32| {
        let room = (ratio / 2.0 - half).max(0.0);
        x.clamp(-room, room)
    };
    let x = spot * ctx.zoom;
    match ctx.framing {
        Framing::ExtremeWide => {
            let height = natural.clamp(0.13, 0.36);
            // In a tall picture captions stand higher, and whoever stands near them is tall enough to look over them.
            let over = (grounded(height, 0.44) - lowest_chin(ratio) + 0.075) / 0.80;
            let height = if ratio < 0.8 { height.max(over.min(0.46)) } else { height };
            Stand {
                height,
                feet: grounded(height, 0.44),
                x: within(x, height * 0.25),
                depth: 1.0,
                taper: 0.0,
            }
        }
        Framing::Wide => {
            let height = natural.clamp(0.56, 0.70).min(ratio * 1.05);
            let feet = grounded(height, 0.455).max(height - 0.42);
            Stand { height, feet, x: within(x, height * 0.26), depth: 1.0, taper: 0.0 }
        }
        Framing::Medium => {
            let height = 1.72_f32.min(ratio * 2.15);
            let crown = -0.335 - 0.02 * (1.72 - height);
            Stand { height, feet: crown + height, x: within(x, height * 0.17), depth: 1.08, taper: 0.0 }
        }
        Framing::CloseUp => {
            let height = 3.05_f32.min(ratio * 3.0);
            let crown = -0.30 - 0.03 * (3.05 - height);
            Stand { height, feet: crown + height, x: within(x, height * 0.105), depth: 1.16, taper: 0.0 }
        }
        Framing::LowAngle => {
            let height = 0.80_f32.min(ratio * 1.15);
            Stand { height, feet: 0.475, x: within(x, height * 0.26), depth: 1.04, taper: 0.42 }
        }
        Framing::OverShoulder => {
            let side = if spot > 0.0 { 1.0 } else { -1.0 };
            let height = 3.1_f32.min(ratio * 2.9);
            Stand { height, feet: -0.16 + height, x: side * ratio * 0.27, depth: 1.5, taper: 0.0 }
        }
    }
}

impl Stand {
    /// The pixels of a person of this stature, facing right unless `mirrored`.
    pub(super) fn placement(&self, ctx: &PaintContext<'_>, stature: f32, mirrored: bool) -> Placement {
        let (width, height) = ctx.layer_size();
        let unit = ctx.canvas.height as f32;
        // Where the feet are out of the picture, heads are what has to line up.
        let cropped = self.height > 1.0;
        let feet = if cropped { self.feet - (1.0 - stature) * self.height * 0.92 } else { self.feet };
        Placement {
            layer: (width, height),
            origin: vec2(width as f32 / 2.0 + self.x * unit, height as f32 / 2.0 + feet * unit),
            scale: self.height * stature * unit,
            mirrored,
            taper: self.taper,
        }
    }

    /// Rim and form light in proportion to the figure, and a little to the frame so that small figures keep theirs.
    pub(super) fn softness(&self, ctx: &PaintContext<'_>) -> Softness {
        let unit = ctx.canvas.height as f32;
        Softness {
            rim: (0.0050 * self.height.min(3.4) + 0.0020) * unit,
            form: 0.030 * self.height.min(3.4) * unit,
        }
    }
}
