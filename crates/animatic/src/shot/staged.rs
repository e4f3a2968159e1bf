//! Layers and cels baked for the camera, each in its place and with its own motion.

use crate::blur;
use crate::camera::{CameraPath, Placement, Pose};
use crate::compositor::{Geometry, Item, Mapping, STRIP};
use crate::fog::{Bank, Mist};
use crate::grade::Grade;
use crate::light::FrameLight;
use crate::plane::{Glow, Painted, Plane, Sheet};
use crate::set::{Cel, Layer, Motion, PaintContext};
use crate::wave::{hash, sine, smoothstep, unit, wander};
use mv_core::Canvas;
use mv_core::vocabulary::Framing;

/// Share of the glow that never goes out: it is painted into the sheet at full size.
const STEADY: f32 = 0.78;
/// The same for glows that flicker.
const STEADY_FLICKER: f32 = 0.35;

/// A baked layer, cel or bank of fog in its place.
pub(super) struct Staged {
    drawn: Drawn,
    glow: Option<Glow>,
    steady: f32,
    depth: f64,
    motion: Motion,
    anchor: Anchor,
    /// A face on it, in pixels of the layer: left, top, right, bottom.
    face: Option<[f32; 4]>,
    /// Size of the layer in pixels, and pixels a stage unit.
    layer: [f64; 2],
    unit: f64,
    /// The point that [`Motion::Approach`] streams out of, in pixels from the layer's centre.
    vanishing: [f64; 2],
    seed: u64,
}

/// What a place in the stack shows.
enum Drawn {
    /// One sheet, or the poses of a cycle of so many beats.
    Poses(Vec<Sheet>, f64),
    Mist(Mist),
}

/// Bakes layers and cels for one camera path.
pub(super) struct Stager<'a> {
    pub(super) ctx: &'a PaintContext<'a>,
    /// What the set's layers were painted in: of the film's size, or of half of it.
    pub(super) set_ctx: &'a PaintContext<'a>,
    pub(super) camera: &'a CameraPath,
    pub(super) grade: Grade,
    pub(super) horizon: f32,
}

impl Stager<'_> {
    pub(super) fn layer(&self, layer: Layer, index: usize) -> Option<Staged> {
        let Layer { mut image, mut glow, depth, motion, .. } = layer;
        let tiles = matches!(motion, Motion::Drift { .. });
        let radius = defocus(self.set_ctx, depth);
        if !tiles {
            blur::soften(&mut image, radius);
            if let Some(glow) = &mut glow {
                blur::soften(glow, radius);
            }
        }
        let steady = if motion == Motion::Flicker { STEADY_FLICKER } else { STEADY };
        let halved = self.set_ctx.canvas != self.ctx.canvas;
        let mut sheet =
            Sheet::bake(Painted::whole(&image), glow.as_ref().map(|glow| (glow, steady)), self.grade, tiles)?;
        drop(image);
        let mut glow = glow.and_then(|glow| Glow::bake(Painted::whole(&glow), self.grade, tiles));
        let (width, height) = self.set_ctx.layer_size();
        let mut size = [f64::from(width), f64::from(height)];
        if halved {
            sheet = sheet.doubled(tiles);
            glow = glow.map(|glow| glow.doubled(tiles));
            size = size.map(|side| 2.0 * side);
        }
        let anchor = Anchor::of(&sheet, size[1]);
        let staged = self.staged(Drawn::Poses(vec![sheet], 1.0), size, depth, motion, index);
        Some(Staged { glow, steady, anchor, ..staged })
    }

    pub(super) fn cel(&self, cel: Cel, index: usize) -> Option<Staged> {
        // Those whom the picture is of are in focus, however close they stand; a shoulder before the lens is not.
        let radius = if cel.depth > 1.3 { defocus(self.ctx, cel.depth) } else { 0.0 };
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
        let staged = self.staged(Drawn::Poses(poses, beats), self.layer_size(), cel.depth, cel.motion, index);
        Some(Staged { face: cel.face, ..staged })
    }

    pub(super) fn mist(&self, bank: &Bank, index: usize) -> Staged {
        let mist = Mist::new(self.ctx, bank, self.grade);
        self.staged(Drawn::Mist(mist), self.layer_size(), bank.depth, Motion::Drift { x: bank.drift }, index)
    }

    fn layer_size(&self) -> [f64; 2] {
        let (width, height) = self.ctx.layer_size();
        [f64::from(width), f64::from(height)]
    }

    fn staged(&self, drawn: Drawn, layer: [f64; 2], depth: f32, motion: Motion, index: usize) -> Staged {
        let canvas_height = f64::from(self.ctx.canvas.height);
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
            drawn,
            glow: None,
            steady: STEADY,
            depth: self.camera.safe_depth(depth, half, spare, self.ctx.canvas.ratio()),
            motion,
            anchor: Anchor::Nowhere,
            face: None,
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

    /// Where its face is seen in a frame, wherever its own motion may take it: left, top, right, bottom, in pixels.
    pub(super) fn face(&self, pose: &Pose, canvas: Canvas) -> Option<[f64; 4]> {
        let face = self.face?.map(f64::from);
        let placed = pose.place(self.depth);
        let own = match self.motion {
            Motion::Sway { amplitude, .. } => [f64::from(amplitude), 0.0],
            Motion::Bob { amplitude, .. } => [0.0, f64::from(amplitude)],
            Motion::Still | Motion::Drift { .. } | Motion::Approach { .. } | Motion::Flicker => [0.0; 2],
        };
        let frame = [f64::from(canvas.width), f64::from(canvas.height)];
        let seen = |corner: usize| {
            let (axis, outward) = (corner % 2, if corner < 2 { -1.0 } else { 1.0 });
            let at = face[corner] - self.layer[axis] / 2.0 + outward * own[axis].abs() * self.unit;
            placed.scale * at + placed.shift[axis] * frame[1] + frame[axis] / 2.0
        };
        Some(std::array::from_fn(seen))
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
        let turn = |beats: f32| sine(light.beat / f64::from(beats).max(0.1) + unit(self.seed, 1));
        let gain = 0.86 + 0.16 * light.energy + swing * light.pulse * (0.35 + 0.65 * light.energy);
        let still = View { placed, nearer: 1.0, offset: [0.0; 2], lean: 0.0, opacity: 1.0, gain };
        let moved = |amplitude: f32| f64::from(amplitude) * self.unit;
        let mut show = |view: View| self.show(&view, light, canvas, items);
        match self.motion {
            Motion::Still => show(still),
            Motion::Drift { x } => show(View { offset: [moved(x) * light.seconds, 0.0], ..still }),
            Motion::Sway { amplitude, beats } if self.anchor == Anchor::Nowhere => {
                show(View { offset: [moved(amplitude) * turn(beats), 0.0], ..still });
            }
            Motion::Sway { amplitude, beats } => show(View { lean: moved(amplitude) * turn(beats), ..still }),
            Motion::Bob { amplitude, beats } => {
                show(View { offset: [0.0, moved(amplitude) * turn(beats)], ..still });
            }
            Motion::Flicker => show(View { gain: gain * flicker(self.seed, light.seconds), ..still }),
            Motion::Approach { scale, beats } => {
                let phase = light.beat / f64::from(beats).max(0.1);
                for copy in [0.0, 0.5] {
                    let along = (phase + copy).rem_euclid(1.0);
                    // Even speed towards us: the distance shrinks evenly, so the size grows as its inverse.
                    let nearer = 1.0 / (1.0 - along * (1.0 - 1.0 / f64::from(scale).max(1.0)));
                    show(View { nearer, opacity: 1.0 - (2.0 * along - 1.0).abs(), ..still });
                }
            }
        }
    }

    /// Puts one view of this sheet on the stack, with its glow.
    fn show<'a>(&'a self, view: &View, light: &FrameLight, canvas: Canvas, items: &mut Vec<Item<'a>>) {
        let opacity = (view.opacity * 65535.0).round() as u16;
        if opacity == 0 {
            return;
        }
        let (poses, beats) = match &self.drawn {
            Drawn::Poses(poses, beats) => (poses, *beats),
            Drawn::Mist(mist) => {
                let geometry = self.geometry(view, canvas, [0, 0], &mist.alpha, false);
                items.push(Item::Mist { mist, geometry });
                return;
            }
        };
        let turn = (light.beat / beats).rem_euclid(1.0);
        let pose = ((turn * poses.len() as f64) as usize).min(poses.len() - 1);
        let sheet = &poses[pose];
        let wraps = matches!(self.motion, Motion::Drift { .. });
        let geometry = self.geometry(view, canvas, [sheet.left, sheet.top], &sheet.y, true);
        items.push(Item::Sheet { sheet, geometry, opacity, wraps });
        if let Some(glow) = &self.glow {
            let gain = (view.gain - f64::from(self.steady)).clamp(0.0, 0.99) * f64::from(opacity);
            if gain >= 1.0 {
                let geometry = self.geometry(view, canvas, [glow.left, glow.top], &glow.y, false);
                items.push(Item::Glow { glow, geometry, gain: gain as u16, wraps });
            }
        }
    }

    /// Where the samples of a plane of this sheet fall; a glow's plane is of half size.
    fn geometry(
        &self,
        view: &View,
        canvas: Canvas,
        corner: [usize; 2],
        plane: &Plane,
        full_size: bool,
    ) -> Geometry {
        let (frame_width, frame_height) = (canvas.width as usize, canvas.height as usize);
        let frame = [f64::from(canvas.width), f64::from(canvas.height)];
        let (scale, size) = (view.placed.scale * view.nearer, if full_size { 1 } else { 2 });
        // The pixel of the layer that the frame's first pixel sees.
        let origin = |axis: usize| {
            let out = view.placed.scale * self.vanishing[axis] * (1.0 - view.nearer);
            let shift = view.placed.shift[axis] * frame[1] + out;
            (0.5 - frame[axis] / 2.0 - shift) / scale - view.offset[axis] + self.layer[axis] / 2.0 - 0.5
        };
        let [across, down] = [origin(0) - corner[0] as f64, origin(1) - corner[1] as f64];
        let step = 1.0 / scale;
        let mut first = 0;
        let mut starts = vec![across];
        if view.lean != 0.0 {
            // Only the strips that this sheet crosses.
            let row = |sample: f64| ((sample - down) * scale / STRIP as f64).clamp(0.0, frame[1]) as usize;
            let last = (row((plane.height * size) as f64) + 1).min(frame_height.div_ceil(STRIP));
            first = row(0.0).min(last.saturating_sub(1));
            let height = |strip: usize| {
                let middle = (strip as f64 + 0.5) * STRIP as f64;
                self.anchor.height(origin(1) + middle * step)
            };
            starts = (first..last.max(first + 1)).map(|strip| across - view.lean * height(strip)).collect();
        }
        Geometry::new(&Mapping {
            across: &starts,
            first,
            down,
            step,
            frame_width,
            sheet_width: plane.width * size,
            wraps: matches!(self.motion, Motion::Drift { .. }),
            luma: full_size,
        })
    }
}

/// How a frame sees a sheet, apart from the sheet itself.
#[derive(Clone, Copy)]
struct View {
    placed: Placement,
    /// Magnification out of the vanishing point.
    nearer: f64,
    /// What it has moved by itself, in pixels of the layer.
    offset: [f64; 2],
    /// How far its free end leans, in pixels of the layer.
    lean: f64,
    opacity: f64,
    gain: f64,
}

/// Where a swaying sheet is held: grass stands on the ground, lamps hang from above. In pixels of the layer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Anchor {
    /// It floats: all of it sways alike.
    Nowhere,
    Below {
        root: f64,
        height: f64,
    },
    Above {
        root: f64,
        height: f64,
    },
}

impl Anchor {
    /// A sheet that reaches the layer's lower edge stands, one that reaches its upper edge hangs.
    fn of(sheet: &Sheet, layer_height: f64) -> Self {
        let (top, height) = (sheet.top as f64, sheet.y.height as f64);
        if top + height >= layer_height - 8.0 {
            Self::Below { root: top + height, height }
        } else if top <= 8.0 {
            Self::Above { root: top, height }
        } else {
            Self::Nowhere
        }
    }

    /// How much of the lean a row of the layer takes: 0 at the root, 1 at the free end, more than in proportion.
    fn height(self, row: f64) -> f64 {
        let share = match self {
            Self::Nowhere => 1.0,
            Self::Below { root, height } => (root - row) / height,
            Self::Above { root, height } => (row - root) / height,
        };
        let share = share.clamp(0.0, 1.0);
        share * (0.4 + 0.6 * share)
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
