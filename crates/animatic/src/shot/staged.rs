//! Layers and cels baked for the camera, each in its place and with its own motion.

use crate::blur;
use crate::camera::{CameraPath, Placement, Pose};
use crate::compositor::{Geometry, Item};
use crate::grade::Grade;
use crate::light::FrameLight;
use crate::plane::{Glow, Painted, Sheet};
use crate::set::{Cel, Layer, Motion, PaintContext};
use crate::wave::{hash, sine, smoothstep, unit, wander};
use mv_core::Canvas;
use mv_core::vocabulary::Framing;

/// Share of the glow that never goes out: it is painted into the sheet at full size.
const STEADY: f32 = 0.78;
/// The same for glows that flicker.
const STEADY_FLICKER: f32 = 0.35;

/// A baked layer or cel in its place.
pub(super) struct Staged {
    /// One, or the poses of a cycle.
    poses: Vec<Sheet>,
    glow: Option<Glow>,
    steady: f32,
    /// Length of the cycle of poses, in beats.
    beats: f64,
    depth: f64,
    motion: Motion,
    /// Size of the layer in pixels, and pixels a stage unit.
    layer: [f64; 2],
    unit: f64,
    /// The point that [`Motion::Approach`] streams out of, in pixels from the layer's centre.
    vanishing: [f64; 2],
    seed: u64,
}

/// Bakes layers and cels for one camera path.
pub(super) struct Stager<'a> {
    pub(super) ctx: &'a PaintContext<'a>,
    pub(super) camera: &'a CameraPath,
    pub(super) grade: Grade,
    pub(super) horizon: f32,
}

impl Stager<'_> {
    pub(super) fn layer(&self, layer: Layer, index: usize) -> Option<Staged> {
        let Layer { mut image, mut glow, depth, motion, .. } = layer;
        let tiles = matches!(motion, Motion::Drift { .. });
        let radius = defocus(self.ctx, depth);
        if !tiles {
            blur::soften(&mut image, radius);
            if let Some(glow) = &mut glow {
                blur::soften(glow, radius);
            }
        }
        let steady = if motion == Motion::Flicker { STEADY_FLICKER } else { STEADY };
        let sheet =
            Sheet::bake(Painted::whole(&image), glow.as_ref().map(|glow| (glow, steady)), self.grade, tiles)?;
        drop(image);
        let glow = glow.and_then(|glow| Glow::bake(Painted::whole(&glow), self.grade, tiles));
        Some(Staged { poses: vec![sheet], glow, steady, beats: 1.0, ..self.staged(depth, motion, index) })
    }

    pub(super) fn cel(&self, cel: Cel, index: usize) -> Option<Staged> {
        let radius = if cel.depth > 1.05 { defocus(self.ctx, cel.depth) } else { 0.0 };
        let poses: Vec<Sheet> = cel
            .poses
            .into_iter()
            .filter_map(|mut pose| {
                blur::soften(&mut pose.image, radius);
                let painted = Painted {
                    image: &pose.image,
                    left: pose.left as usize,
                    top: pose.top as usize,
                    loose: true,
                };
                Sheet::bake(painted, None, self.grade, false)
            })
            .collect();
        if poses.is_empty() {
            return None;
        }
        let beats = f64::from(cel.beats).max(0.1);
        Some(Staged { poses, beats, ..self.staged(cel.depth, cel.motion, index) })
    }

    fn staged(&self, depth: f32, motion: Motion, index: usize) -> Staged {
        let (width, height) = self.ctx.layer_size();
        let canvas_height = f64::from(self.ctx.canvas.height);
        let layer = [f64::from(width), f64::from(height)];
        let half = layer.map(|side| side / canvas_height / 2.0);
        let zoom = f64::from(self.ctx.zoom);
        let spare = match motion {
            Motion::Sway { amplitude, .. } => [f64::from(amplitude).abs() * zoom, 0.0],
            Motion::Bob { amplitude, .. } => [0.0, f64::from(amplitude).abs() * zoom],
            // It wraps: it has no edge on this axis.
            Motion::Drift { .. } => [-1e3, 0.0],
            Motion::Still | Motion::Approach { .. } | Motion::Flicker => [0.0; 2],
        };
        let depth = f64::from(depth).clamp(0.0, 3.0);
        Staged {
            poses: Vec::new(),
            glow: None,
            steady: STEADY,
            beats: 1.0,
            depth: self.camera.safe_depth(depth, half, spare, self.ctx.canvas.ratio()),
            motion,
            layer,
            unit: canvas_height * zoom,
            vanishing: [0.0, f64::from(self.horizon) * canvas_height * zoom],
            seed: hash(self.ctx.seed, 0x57_0000 + index as u64),
        }
    }
}

impl Staged {
    /// Mean luma, 0–1, that its full glow adds to the picture.
    pub(super) fn mean_glow(&self) -> f64 {
        self.glow.as_ref().map_or(0.0, |glow| glow.sum / (self.layer[0] * self.layer[1]))
    }

    /// Puts what a frame shows of this sheet on the stack.
    pub(super) fn place<'a>(
        &'a self,
        pose: &Pose,
        light: &FrameLight,
        canvas: Canvas,
        swing: f64,
        items: &mut Vec<Item<'a>>,
    ) {
        let placed = pose.place(self.depth);
        let mut offset = [0.0; 2];
        let turn = |beats: f32| sine(light.beat / f64::from(beats).max(0.1) + unit(self.seed, 1));
        let mut gain = 0.86 + 0.16 * light.energy + swing * light.pulse * (0.35 + 0.65 * light.energy);
        match self.motion {
            Motion::Still => {}
            Motion::Drift { x } => offset[0] = f64::from(x) * light.seconds * self.unit,
            Motion::Sway { amplitude, beats } => offset[0] = f64::from(amplitude) * self.unit * turn(beats),
            Motion::Bob { amplitude, beats } => offset[1] = f64::from(amplitude) * self.unit * turn(beats),
            Motion::Flicker => gain *= flicker(self.seed, light.seconds),
            Motion::Approach { scale, beats } => {
                let phase = light.beat / f64::from(beats).max(0.1);
                for copy in [0.0, 0.5] {
                    let along = (phase + copy).rem_euclid(1.0);
                    // Even speed towards us: the distance shrinks evenly, so the size grows as its inverse.
                    let nearer = 1.0 / (1.0 - along * (1.0 - 1.0 / f64::from(scale).max(1.0)));
                    let opacity = 1.0 - (2.0 * along - 1.0).abs();
                    self.push(placed, nearer, offset, opacity, gain, light, canvas, items);
                }
                return;
            }
        }
        self.push(placed, 1.0, offset, 1.0, gain, light, canvas, items);
    }

    #[expect(clippy::too_many_arguments, reason = "one call site's values, named")]
    fn push<'a>(
        &'a self,
        placed: Placement,
        nearer: f64,
        offset: [f64; 2],
        opacity: f64,
        gain: f64,
        light: &FrameLight,
        canvas: Canvas,
        items: &mut Vec<Item<'a>>,
    ) {
        let frame = [f64::from(canvas.width), f64::from(canvas.height)];
        let scale = placed.scale * nearer;
        let wraps = matches!(self.motion, Motion::Drift { .. });
        // Pixel `i` of the frame sees this pixel of the layer.
        let start = |axis: usize| {
            let shift = placed.shift[axis] * frame[1] + placed.scale * self.vanishing[axis] * (1.0 - nearer);
            (0.5 - frame[axis] / 2.0 - shift) / scale - offset[axis] + self.layer[axis] / 2.0 - 0.5
        };
        let geometry = |left: usize, top: usize, width: usize, luma: bool| {
            let start = [start(0) - left as f64, start(1) - top as f64];
            Geometry::new(start, 1.0 / scale, canvas.width as usize, width, wraps, luma)
        };
        let turn = (light.beat / self.beats).rem_euclid(1.0);
        let pose = ((turn * self.poses.len() as f64) as usize).min(self.poses.len() - 1);
        let sheet = &self.poses[pose];
        let opacity = (opacity * 65535.0).round() as u16;
        if opacity == 0 {
            return;
        }
        let whole = geometry(sheet.left, sheet.top, sheet.y.width, true);
        items.push(Item::Sheet { sheet, geometry: whole, opacity, wraps });
        if let Some(glow) = &self.glow {
            let gain = (gain - f64::from(self.steady)).clamp(0.0, 0.99) * f64::from(opacity);
            if gain >= 1.0 {
                let geometry = geometry(glow.left, glow.top, glow.y.width * 2, false);
                items.push(Item::Glow { glow, geometry, gain: gain as u16, wraps });
            }
        }
    }
}

/// A tube or a flame: mostly steady, trembling a little, with a rare dip; 0–1.
fn flicker(seed: u64, seconds: f64) -> f64 {
    let tremble = 0.06 * wander(seed, seconds, 7.0);
    let dip = smoothstep(0.55, 0.8, wander(hash(seed, 3), seconds, 2.2));
    (0.94 + tremble - 0.5 * dip).clamp(0.0, 1.0)
}

/// How blurred a layer is, in pixels: the figures are in focus, and the closer the framing the shallower the focus.
fn defocus(ctx: &PaintContext<'_>, depth: f32) -> f32 {
    let (far, near) = match ctx.framing {
        Framing::ExtremeWide => (0.0, 0.0015),
        Framing::Wide | Framing::LowAngle => (0.0, 0.003),
        Framing::OverShoulder => (0.0, 0.006),
        Framing::Medium => (0.0030, 0.007),
        Framing::CloseUp => (0.0085, 0.012),
    };
    let height = ctx.canvas.height.min(ctx.canvas.width) as f32;
    if depth > 1.05 { (depth - 1.0).min(1.0) * near * height } else { (1.0 - depth).max(0.0) * far * height }
}
