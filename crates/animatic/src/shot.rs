//! One scene as a moving shot: its set and figures painted once, then any frame of it drawn, in any order.

use crate::air::{AirBrief, Atmosphere};
use crate::blur;
use crate::camera::{self, CameraBrief, CameraPath, Placement, Pose};
use crate::compositor::{self, Geometry, Item};
use crate::figure::{self, Facing, FigureBrief, Person};
use crate::finish::Finish;
use crate::fog::{self, Bank};
use crate::grade::Grade;
use crate::light::{self, FrameLight};
use crate::motes::{MoteColor, Veil};
use crate::places;
use crate::plane::{Glow, Painted, Sheet};
use crate::portrait::Portrait;
use crate::set::{Air, Cel, KeyLight, Layer, Motion, PaintContext, Set};
use crate::wave::{hash, sine, unit};
use image::RgbImage;
use mv_core::vocabulary::{Action, CameraMove, Framing, Place, Weather};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, YuvFrame};
use std::ops::Range;
use std::sync::Arc;

pub use crate::light::LightTrack;

/// A member of the cast as they are drawn.
#[derive(Clone, Debug)]
pub struct Portrayed {
    /// The cast member's id, as scenes name it.
    pub id: String,
    /// Hair, build and clothes of the drawn figure: the same seed is the same person in every scene.
    pub seed: u64,
    pub portrait: Option<Arc<Portrait>>,
}

impl Portrayed {
    /// A member who looks the same in every film that calls them by this id.
    pub fn new(id: impl Into<String>, portrait: Option<Arc<Portrait>>) -> Self {
        let id = id.into();
        let seed = id.bytes().fold(0x6d76, |seed, byte| hash(seed, u64::from(byte)));
        Self { id, seed, portrait }
    }
}

/// Everything a shot is drawn from. Two equal briefs give the same bytes.
#[derive(Clone, Debug)]
pub struct SceneBrief<'a> {
    pub scene: &'a Scene,
    pub look: &'a Look,
    /// The film's cast; those whom the scene names appear.
    pub cast: &'a [Portrayed],
    pub canvas: Canvas,
    pub rate: FrameRate,
    pub light: &'a LightTrack,
    /// Film frames to draw, handles included; frame 0 of the shot is `clip.start`.
    pub clip: Range<u64>,
}

/// Why a shot cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    #[error("drawing was cancelled")]
    Cancelled,
    #[error(
        "a canvas of `{0}` cannot be drawn: both sides must be even and between {MIN_SIDE} and {MAX_SIDE}"
    )]
    Canvas(Canvas),
    #[error(
        "frames `{start}` to `{end}` are no clip: it must have at least one frame and at most {MAX_FRAMES}"
    )]
    Clip { start: u64, end: u64 },
}

const MIN_SIDE: u32 = 16;
const MAX_SIDE: u32 = 4096;
/// An hour at 60 frames a second.
const MAX_FRAMES: u64 = 216_000;
/// Share of the glow that never goes out: it is painted into the sheet at full size.
const STEADY: f32 = 0.78;
/// The same for glows that flicker.
const STEADY_FLICKER: f32 = 0.35;

/// A scene ready to be filmed.
pub struct Shot {
    canvas: Canvas,
    sheets: Vec<Staged>,
    camera: CameraPath,
    lights: Vec<FrameLight>,
    atmosphere: Atmosphere,
    /// Where in the stack particles beyond the figures belong.
    air_slot: usize,
    bloom: Option<Bloom>,
    finish: Finish,
    /// How far glows swing on a full beat.
    swing: f64,
}

/// A baked layer or cel in its place.
struct Staged {
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

/// The key light in the lens.
struct Bloom {
    at: [f64; 2],
    color: MoteColor,
    level: f64,
}

/// Paints the set and the figures of a scene.
pub fn compose(brief: &SceneBrief<'_>, cancel: &CancelToken) -> Result<Shot, DrawError> {
    let canvas = brief.canvas;
    let fits = |side: u32| side.is_multiple_of(2) && (MIN_SIDE..=MAX_SIDE).contains(&side);
    if !fits(canvas.width) || !fits(canvas.height) {
        return Err(DrawError::Canvas(canvas));
    }
    let frames = brief.clip.end.saturating_sub(brief.clip.start);
    if frames == 0 || frames > MAX_FRAMES {
        return Err(DrawError::Clip { start: brief.clip.start, end: brief.clip.end });
    }
    let check = || if cancel.is_cancelled() { Err(DrawError::Cancelled) } else { Ok(()) };
    check()?;
    let scene = brief.scene;
    let ctx = PaintContext {
        canvas,
        overscan: camera::overscan(scene.camera),
        zoom: zoom(scene.framing),
        place: scene.place,
        time_of_day: scene.time_of_day,
        weather: scene.weather,
        lighting: scene.lighting,
        framing: scene.framing,
        intensity: scene.intensity as f32,
        look: brief.look,
        seed: scene.seed,
    };
    let set = places::paint(&ctx);
    check()?;
    let cels = paint_figures(brief, &ctx, &set);
    check()?;
    Ok(Shot::stage(brief, &ctx, set, cels))
}

/// How close the set is seen.
fn zoom(framing: Framing) -> f32 {
    match framing {
        Framing::ExtremeWide => 1.0,
        Framing::Wide => 1.06,
        Framing::LowAngle => 1.1,
        Framing::OverShoulder => 1.2,
        Framing::Medium => 1.4,
        Framing::CloseUp => 1.8,
    }
}

fn paint_figures(brief: &SceneBrief<'_>, ctx: &PaintContext<'_>, set: &Set) -> Vec<Cel> {
    let scene = brief.scene;
    let drawn: Vec<Portrayed> = scene
        .cast
        .iter()
        .map(|id| {
            let known = brief.cast.iter().find(|member| &member.id == id);
            known.cloned().unwrap_or_else(|| Portrayed::new(id.clone(), None))
        })
        .collect();
    let people: Vec<Person<'_>> = drawn
        .iter()
        .map(|member| Person {
            seed: member.seed,
            cutout: member.portrait.as_ref().map(|portrait| &portrait.cutout),
        })
        .collect();
    if people.is_empty() {
        return Vec::new();
    }
    let spot = spot(ctx, set);
    let facing = match (scene.camera, scene.framing, scene.action) {
        (CameraMove::TrackLeft, ..) => Facing::Left,
        (CameraMove::TrackRight, ..) => Facing::Right,
        (_, Framing::ExtremeWide | Framing::Wide, Action::Stand | Action::Sit | Action::LookUp)
            if unit(scene.seed, 91) < 0.5 =>
        {
            Facing::Away
        }
        // Into the picture, where there is room to look.
        _ if spot < 0.0 => Facing::Right,
        _ => Facing::Left,
    };
    figure::paint(ctx, set, &FigureBrief { action: scene.action, spot, facing, people: &people })
}

/// Where the first person stands: mostly the best spot, and always where the framing can hold them.
fn spot(ctx: &PaintContext<'_>, set: &Set) -> f32 {
    let choice = unit(ctx.seed, 90);
    let at = if choice < 0.65 { 0 } else { (choice * 97.0) as usize % set.spots.len().max(1) };
    let spot = set.spots.get(at).copied().unwrap_or(0.0);
    let room = match ctx.framing {
        Framing::ExtremeWide | Framing::Wide => 0.36,
        Framing::LowAngle | Framing::OverShoulder => 0.26,
        Framing::Medium | Framing::CloseUp => 0.18,
    };
    let limit = room * ctx.ratio() / ctx.zoom;
    spot.clamp(-limit, limit)
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

impl Shot {
    fn stage(brief: &SceneBrief<'_>, ctx: &PaintContext<'_>, set: Set, cels: Vec<Cel>) -> Self {
        let scene = brief.scene;
        let canvas = brief.canvas;
        let grade = Grade::of(brief.look);
        let fps = f64::from(brief.rate.get());
        let camera = CameraPath::new(&CameraBrief {
            movement: scene.camera,
            framing: scene.framing,
            intensity: scene.intensity,
            frames: brief.clip.end - brief.clip.start,
            fps,
            ratio: canvas.ratio(),
            overscan: f64::from(ctx.overscan),
            seed: scene.seed,
        });
        let stager = Stager { ctx, camera: &camera, grade, horizon: set.horizon };
        let banks = banks(ctx, &set);
        let (key_light, air, slot) = (set.key_light, set.air, set.figure_slot.min(set.layers.len()));
        let mut sheets = Vec::new();
        let mut layers = set.layers.into_iter();
        for layer in layers.by_ref().take(slot) {
            sheets.extend(stager.layer(layer, sheets.len()));
        }
        let (far, near): (Vec<_>, Vec<_>) = banks.into_iter().partition(|bank| bank.depth < 1.0);
        for bank in far {
            sheets.extend(fog::layer(ctx, &bank).and_then(|layer| stager.layer(layer, sheets.len())));
        }
        let air_slot = sheets.len();
        for cel in cels {
            sheets.extend(stager.cel(cel, sheets.len()));
        }
        for layer in layers {
            sheets.extend(stager.layer(layer, sheets.len()));
        }
        for bank in near {
            sheets.extend(fog::layer(ctx, &bank).and_then(|layer| stager.layer(layer, sheets.len())));
        }
        let lit = |staged: &Staged| {
            staged.glow.as_ref().map_or(0.0, |glow| glow.sum / (staged.layer[0] * staged.layer[1]))
        };
        let wished = 0.30 + 0.25 * scene.intensity;
        let swing = light::swing_within_limits(wished, sheets.iter().map(lit).sum());
        let atmosphere = Atmosphere::new(&AirBrief {
            weather: scene.weather,
            outdoors: outdoors(scene.place),
            framing: scene.framing,
            air: &air,
            key_light,
            intensity: scene.intensity,
            look: brief.look,
            grade,
            canvas,
            zoom: f64::from(ctx.zoom),
            seed: hash(scene.seed, 0xa1),
        });
        Self {
            canvas,
            lights: light::frames(brief.light, brief.clip.clone(), brief.rate),
            bloom: Bloom::of(key_light, brief.look, grade, ctx.zoom),
            finish: Finish::new(canvas, brief.look, scene.seed),
            sheets,
            camera,
            atmosphere,
            air_slot,
            swing,
        }
    }

    /// The scene's still: the frame that shows it best, near the middle and on a beat.
    pub fn still(&self) -> RgbImage {
        let count = self.lights.len();
        let middle = count / 3..(count * 2 / 3).max(count / 3 + 1);
        let best = middle.max_by(|a, b| self.lights[*a].pulse.total_cmp(&self.lights[*b].pulse)).unwrap_or(0);
        let mut frame = YuvFrame::black(self.canvas);
        self.draw(best as u64, &mut frame);
        to_rgb(&frame)
    }

    fn items(&self, index: u64) -> Vec<Item<'_>> {
        let pose = self.camera.pose(index);
        let light = &self.lights[index as usize];
        let [behind, before] = self.atmosphere.motes(&pose, light);
        let mut items = Vec::with_capacity(2 * self.sheets.len() + 4);
        for staged in &self.sheets[..self.air_slot] {
            staged.place(&pose, light, self.canvas, self.swing, &mut items);
        }
        items.push(Item::Motes(behind));
        for staged in &self.sheets[self.air_slot..] {
            staged.place(&pose, light, self.canvas, self.swing, &mut items);
        }
        items.push(Item::Motes(before));
        items.extend(
            self.bloom.as_ref().and_then(|bloom| bloom.veil(&pose, light, self.canvas)).map(Item::Veil),
        );
        items
    }
}

impl FrameSource for Shot {
    fn canvas(&self) -> Canvas {
        self.canvas
    }

    fn frames(&self) -> u64 {
        self.lights.len() as u64
    }

    fn draw(&self, index: u64, out: &mut YuvFrame) {
        compositor::draw(&self.items(index), &self.finish, index, out);
    }
}

fn outdoors(place: Place) -> bool {
    !matches!(
        place,
        Place::Subway | Place::Tunnel | Place::Stage | Place::Room | Place::Space | Place::Underwater
    )
}

/// The fog of the weather and the haze of the place.
fn banks(ctx: &PaintContext<'_>, set: &Set) -> Vec<Bank> {
    let color = set.key_light.ambient;
    let Rgb(r, g, b) = color;
    let lift = |c: u8| (f32::from(c) * 0.8 + 255.0 * 0.14) as u8;
    let pale = Rgb(lift(r), lift(g), lift(b));
    let bank = |density: f64, depth: f32, drift: f32, seed: u64| Bank {
        color: pale,
        density,
        depth,
        drift,
        level: f64::from(set.horizon) + 0.12 * f64::from(depth),
        seed: hash(ctx.seed, seed),
    };
    let mut banks = Vec::new();
    if ctx.weather == Weather::Fog && outdoors(ctx.place) {
        banks.push(bank(0.42, 0.6, 0.012, 501));
        banks.push(bank(0.30, 1.4, -0.022, 502));
    }
    if set.air.contains(&Air::Haze) {
        banks.push(bank(0.20, 0.7, 0.010, 503));
    }
    banks
}

/// Bakes layers and cels for one camera path.
struct Stager<'a> {
    ctx: &'a PaintContext<'a>,
    camera: &'a CameraPath,
    grade: Grade,
    horizon: f32,
}

impl Stager<'_> {
    fn layer(&self, layer: Layer, index: usize) -> Option<Staged> {
        let Layer { mut image, mut glow, depth, motion, .. } = layer;
        let tiles = matches!(motion, Motion::Drift { .. });
        let radius = defocus(self.ctx, depth);
        if !tiles {
            blur::soften(&mut image, radius);
            glow.iter_mut().for_each(|glow| blur::soften(glow, radius));
        }
        let steady = if motion == Motion::Flicker { STEADY_FLICKER } else { STEADY };
        let sheet = Sheet::bake(
            Painted::whole(&image),
            glow.as_ref().map(|glow| (glow, steady)),
            &self.grade,
            tiles,
        )?;
        drop(image);
        let glow = glow.and_then(|glow| Glow::bake(Painted::whole(&glow), &self.grade, tiles));
        Some(Staged { poses: vec![sheet], glow, steady, beats: 1.0, ..self.staged(depth, motion, index) })
    }

    fn cel(&self, cel: Cel, index: usize) -> Option<Staged> {
        let radius = if cel.depth > 1.05 { defocus(self.ctx, cel.depth) } else { 0.0 };
        let poses: Vec<Sheet> = cel
            .poses
            .into_iter()
            .filter_map(|mut pose| {
                blur::soften(&mut pose.image, radius);
                let painted =
                    Painted { image: &pose.image, left: pose.left as usize, top: pose.top as usize };
                Sheet::bake(painted, None, &self.grade, false)
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
    /// Puts what a frame shows of this sheet on the stack.
    fn place<'a>(
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
    let tremble = 0.06 * crate::wave::wander(seed, seconds, 7.0);
    let dip = crate::wave::smoothstep(0.55, 0.8, crate::wave::wander(hash(seed, 3), seconds, 2.2));
    (0.94 + tremble - 0.5 * dip).clamp(0.0, 1.0)
}

impl Bloom {
    fn of(key: KeyLight, look: &Look, grade: Grade, zoom: f32) -> Option<Self> {
        let level = f64::from(look.bloom.clamp(0.0, 1.0) * key.strength.clamp(0.0, 1.0)) * 0.28;
        let at = [f64::from(key.x * zoom), f64::from(key.y * zoom)];
        (key.behind && level > 0.01).then(|| Self {
            at,
            color: MoteColor::of(grade.color(key.color, 1.0)),
            level,
        })
    }

    fn veil(&self, pose: &Pose, light: &FrameLight, canvas: Canvas) -> Option<Veil> {
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let placed = pose.place(0.05);
        let [x, y] = [0, 1].map(|axis| (self.at[axis] * placed.scale + placed.shift[axis]) * height);
        // It fades as the light leaves the frame, and with it the path into the lens.
        let out = |at: f64, side: f64| ((at.abs() - side / 2.0) / (0.25 * height)).clamp(0.0, 1.0);
        let inside = (1.0 - out(x, width)) * (1.0 - out(y, height));
        let level = self.level * inside * (0.8 + 0.2 * light.energy + 0.25 * light.pulse * light.energy);
        if level < 0.01 {
            return None;
        }
        let size = [canvas.width as usize, canvas.height as usize];
        let centre = [width / 2.0 + x, height / 2.0 + y];
        Some(Veil::new(size, centre, [0.95 * height, 0.7 * height], self.color, level))
    }
}

/// BT.709 video range to sRGB, chroma repeated over its pixels.
fn to_rgb(frame: &YuvFrame) -> RgbImage {
    let (width, height) = (frame.canvas.width, frame.canvas.height);
    RgbImage::from_fn(width, height, |x, y| {
        let luma = (f32::from(frame.y[(y * width + x) as usize]) - 16.0) / 219.0;
        let chroma = (y / 2 * (width / 2) + x / 2) as usize;
        let [cb, cr] = [frame.u[chroma], frame.v[chroma]].map(|c| (f32::from(c) - 128.0) / 224.0);
        let rgb = [luma + 1.5748 * cr, luma - 0.187_324 * cb - 0.468_124 * cr, luma + 1.8556 * cb];
        image::Rgb(rgb.map(|c| (c * 255.0 + 0.5).clamp(0.0, 255.0) as u8))
    })
}
