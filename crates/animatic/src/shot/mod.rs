//! One scene as a moving shot: its set and figures painted once, then any frame of it drawn, in any order.

mod staged;

use crate::air::{AirBrief, Atmosphere};
use crate::camera::{self, CameraBrief, CameraPath, Pose};
use crate::compositor::{self, Item};
use crate::figure::{self, Facing, FigureBrief, Person};
use crate::finish::Finish;
use crate::fog::Bank;
use crate::grade::Grade;
use crate::light::{self, FrameLight};
use crate::motes::{MoteColor, Veil};
use crate::places;
use crate::portrait::Portrait;
use crate::set::{Air, Cel, KeyLight, PaintContext, Set};
use crate::wave::{hash, unit};
use image::RgbImage;
use mv_core::vocabulary::{Action, CameraMove, Framing, Place, Weather};
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, YuvFrame};
use staged::{Staged, Stager};
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

impl<'a> SceneBrief<'a> {
    fn context(&self) -> PaintContext<'a> {
        let scene = self.scene;
        PaintContext {
            canvas: self.canvas,
            overscan: camera::overscan(scene.camera) + 2.0 * lowest_look(scene) as f32,
            zoom: zoom(scene.framing),
            place: scene.place,
            time_of_day: scene.time_of_day,
            weather: scene.weather,
            lighting: scene.lighting,
            framing: scene.framing,
            intensity: scene.intensity as f32,
            look: self.look,
            seed: scene.seed,
        }
    }

    /// What the set is painted in: behind a close-up it is out of focus, so it is painted at half size and enlarged.
    fn set_context(&self) -> PaintContext<'a> {
        let ctx = self.context();
        let halved = Canvas::new(ctx.canvas.width / 2, ctx.canvas.height / 2);
        let soft = ctx.framing == Framing::CloseUp && halved.width.min(halved.height) >= SMALLEST_SET;
        if soft { PaintContext { canvas: halved, ..ctx } } else { ctx }
    }
}

/// A set is not painted smaller than this.
const SMALLEST_SET: u32 = 120;

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

/// The key light in the lens.
struct Bloom {
    at: [f64; 2],
    color: MoteColor,
    level: f64,
}

/// Paints the set and the figures of a scene.
pub fn compose(brief: &SceneBrief<'_>, cancel: &CancelToken) -> Result<Shot, DrawError> {
    check_size(brief.canvas, &brief.clip)?;
    let check = || if cancel.is_cancelled() { Err(DrawError::Cancelled) } else { Ok(()) };
    check()?;
    let (ctx, set_ctx) = (brief.context(), brief.set_context());
    let set = places::paint(&set_ctx);
    check()?;
    let mut cels = paint_figures(brief, &ctx, &set, brief.scene.action);
    check()?;
    if brief.scene.action == Action::Sit && !clear(brief, &ctx, &cels) {
        // Their heads would be where the words stand: so they do.
        cels = paint_figures(brief, &ctx, &set, Action::Stand);
        check()?;
    }
    Ok(Shot::stage(brief, [&ctx, &set_ctx], set, cels))
}

/// Refuses what no shot can be drawn of, before any work.
pub(crate) fn check_size(canvas: Canvas, clip: &Range<u64>) -> Result<(), DrawError> {
    let fits = |side: u32| side.is_multiple_of(2) && (MIN_SIDE..=MAX_SIDE).contains(&side);
    if !fits(canvas.width) || !fits(canvas.height) {
        return Err(DrawError::Canvas(canvas));
    }
    let frames = clip.end.saturating_sub(clip.start);
    if frames == 0 || frames > MAX_FRAMES {
        return Err(DrawError::Clip { start: clip.start, end: clip.end });
    }
    Ok(())
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

fn paint_figures(brief: &SceneBrief<'_>, ctx: &PaintContext<'_>, set: &Set, action: Action) -> Vec<Cel> {
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
    let spot = spot(ctx, set, returns(scene));
    let seed = take(scene);
    let facing = match (scene.camera, scene.framing, action) {
        // At us: what is done for an audience, and what a face is shown for.
        (_, _, Action::Sing) => Facing::Towards,
        (CameraMove::TrackLeft, ..) => Facing::Left,
        (CameraMove::TrackRight, ..) => Facing::Right,
        (_, Framing::ExtremeWide | Framing::Wide, Action::Stand | Action::Sit | Action::LookUp)
            if unit(seed, 91) < 0.5 =>
        {
            Facing::Away
        }
        (_, _, Action::Dance | Action::PlayGuitar) | (_, Framing::Medium | Framing::CloseUp, _)
            if unit(seed, 92) < 0.6 =>
        {
            Facing::Towards
        }
        (_, Framing::Wide, Action::Stand | Action::Walk) if unit(seed, 92) < 0.35 => Facing::Towards,
        // Into the picture, where there is room to look.
        _ if spot < 0.0 => Facing::Right,
        _ => Facing::Left,
    };
    figure::paint(ctx, set, &FigureBrief { action, spot, facing, people: &people, seed })
}

/// How often the film has been at this scene before: a refrain that returns, or an end that returns to the beginning.
fn returns(scene: &Scene) -> usize {
    match scene.rhymes_with {
        Some(_) => (scene.section_number as usize).saturating_sub(1).max(1),
        None => 0,
    }
}

/// Seed of what differs from one return of a scene to the next: the people and the camera. The place stays the same.
pub(crate) fn take(scene: &Scene) -> u64 {
    hash(scene.seed, 0x7a_4e00 + returns(scene) as u64)
}

/// Where the first person stands: mostly the best spot, each return on another side, and always where the framing can
/// hold them.
fn spot(ctx: &PaintContext<'_>, set: &Set, returns: usize) -> f32 {
    let choice = unit(ctx.seed, 90);
    let at = if choice < 0.65 { 0 } else { (choice * 97.0) as usize };
    let at = (at + returns) % set.spots.len().max(1);
    let spot = set.spots.get(at).copied().unwrap_or(0.0);
    let room = match ctx.framing {
        Framing::ExtremeWide | Framing::Wide => 0.36,
        Framing::LowAngle | Framing::OverShoulder => 0.26,
        Framing::Medium | Framing::CloseUp => 0.18,
    };
    let limit = room * ctx.ratio() / ctx.zoom;
    spot.clamp(-limit, limit)
}

impl Shot {
    /// `set_ctx` is what the set's layers were painted in, `ctx` what everything else is.
    fn stage(
        brief: &SceneBrief<'_>,
        [ctx, set_ctx]: [&PaintContext<'_>; 2],
        set: Set,
        cels: Vec<Cel>,
    ) -> Self {
        let scene = brief.scene;
        let canvas = brief.canvas;
        let grade = Grade::of(brief.look);
        let camera = camera_path(brief, ctx, &cels);
        let stager = Stager { ctx, set_ctx, camera: &camera, grade, horizon: set.horizon };
        let banks = banks(ctx, &set);
        let slot = figure_slot(ctx, &set);
        let (key_light, air) = (set.key_light, set.air);
        let mut sheets = Vec::new();
        let mut layers = set.layers.into_iter();
        for layer in layers.by_ref().take(slot) {
            sheets.extend(stager.layer(layer, sheets.len()));
        }
        let (far, near): (Vec<_>, Vec<_>) = banks.into_iter().partition(|bank| bank.depth < 1.0);
        for bank in far {
            sheets.push(stager.mist(&bank, sheets.len()));
        }
        let air_slot = sheets.len();
        for cel in cels {
            sheets.extend(stager.cel(cel, sheets.len()));
        }
        for layer in layers {
            sheets.extend(stager.layer(layer, sheets.len()));
        }
        for bank in near {
            sheets.push(stager.mist(&bank, sheets.len()));
        }
        let wished = 0.30 + 0.25 * scene.intensity;
        let swing = light::swing_within_limits(wished, sheets.iter().map(Staged::mean_glow).sum());
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

    /// Where faces are seen in a frame, brow to chin: left, top, right, bottom, in pixels.
    pub fn faces(&self, index: u64) -> Vec<[f64; 4]> {
        let pose = self.camera.pose(index);
        self.sheets.iter().filter_map(|staged| staged.face(&pose, self.canvas)).collect()
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

/// Where the figures go in the stack of layers. Seen close they stand nearer to us than what is only a step nearer
/// in the wide view, so that no lamp or twig crosses a face.
fn figure_slot(ctx: &PaintContext<'_>, set: &Set) -> usize {
    let slot = set.figure_slot.min(set.layers.len());
    if matches!(ctx.framing, Framing::Medium | Framing::CloseUp) {
        slot + set.layers[slot..].iter().take_while(|layer| layer.depth < 1.25).count()
    } else {
        slot
    }
}

pub(crate) fn outdoors(place: Place) -> bool {
    !matches!(
        place,
        Place::Subway | Place::Tunnel | Place::Stage | Place::Room | Place::Space | Place::Underwater
    )
}

/// The scene's move, no further than the faces allow.
fn camera_path(brief: &SceneBrief<'_>, ctx: &PaintContext<'_>, cels: &[Cel]) -> CameraPath {
    let scene = brief.scene;
    let whole = CameraPath::new(&CameraBrief {
        movement: scene.camera,
        framing: scene.framing,
        intensity: scene.intensity,
        frames: brief.clip.end - brief.clip.start,
        fps: f64::from(brief.rate.get()),
        ratio: brief.canvas.ratio(),
        overscan: f64::from(camera::overscan(scene.camera)),
        guard: 1.5 / f64::from(brief.canvas.height),
        seed: take(scene),
    });
    whole.sparing(lowest_look(scene), |pose| {
        cels.iter().all(|cel| clears(cel, pose, ctx) && stays(cel, pose, ctx))
    })
}

/// Those who sit have their heads low in the picture: the camera may look lower.
fn lowest_look(scene: &Scene) -> f64 {
    let seated = scene.action == Action::Sit && matches!(scene.framing, Framing::Wide | Framing::ExtremeWide);
    if seated { camera::LOWEST_LOOK } else { 0.0 }
}

/// Whether no face is ever where captions are.
fn clear(brief: &SceneBrief<'_>, ctx: &PaintContext<'_>, cels: &[Cel]) -> bool {
    let camera = camera_path(brief, ctx, cels);
    let frames = brief.clip.end - brief.clip.start;
    (0..frames).all(|frame| cels.iter().all(|cel| clears(cel, &camera.pose(frame), ctx)))
}

/// Whether a cel's face, with some hair beside it, is in the frame from side to side.
fn stays(cel: &Cel, pose: &Pose, ctx: &PaintContext<'_>) -> bool {
    let Some([left, _, right, _]) = cel.face else { return true };
    let (placed, height) = (pose.place(f64::from(cel.depth)), f64::from(ctx.canvas.height));
    let middle = f64::from(ctx.layer_size().0) / 2.0;
    let hair = 0.45 * (right - left);
    let seen = |x: f32| placed.scale * (f64::from(x) - middle) / height + placed.shift[0];
    let side = f64::from(ctx.ratio()) / 2.0;
    seen(left - hair) > -side && seen(right + hair) < side
}

/// Whether the captions below, and the frame's edge above, leave a cel's face alone.
fn clears(cel: &Cel, pose: &Pose, ctx: &PaintContext<'_>) -> bool {
    let Some([_, top, _, bottom]) = cel.face else { return true };
    let (placed, height) = (pose.place(f64::from(cel.depth)), f64::from(ctx.canvas.height));
    let middle = f64::from(ctx.layer_size().1) / 2.0;
    let seen = |y: f32| placed.scale * (f64::from(y) - middle) / height + placed.shift[1];
    seen(top) > -0.47 && seen(bottom) < f64::from(figure::lowest_chin(ctx.ratio()))
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

#[cfg(test)]
mod tests;
