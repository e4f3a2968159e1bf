//! A given still as a moving shot: the scene's camera travels over it, its lights breathe with the song, and the
//! weather falls before it.
//!
//! The picture keeps its colours; it is resampled once to the size it is filmed at, then finely for every frame. It is
//! one flat sheet: nothing is cut out of it, since what is behind could only be made up.

mod glow;
mod path;
mod subject;

use crate::air::{AirBrief, Atmosphere};
use crate::compositor::{self, Geometry, Item, Mapping};
use crate::finish::Finish;
use crate::grade::Grade;
use crate::lanczos::{self, FineTaps, Part};
use crate::light::{self, FrameLight, LightTrack};
use crate::picture;
use crate::plane::{Glow, Painted, Plane, Sheet};
use crate::shot::{self, DrawError};
use crate::wave::hash;
use image::RgbaImage;
use mv_core::{CancelToken, Canvas, FrameRate, FrameSource, Look, Rgb, Scene, YuvFrame};
use path::{Path, PathBrief};
use std::ops::Range;
use subject::Subject;

pub use crate::picture::PictureError;

/// Pictures with a shorter side show nothing on a film's canvas.
const SHORTEST: u32 = 64;
/// Longer sides are scaled down to this before anything else: 4K twice over.
const LONGEST: u32 = 8192;
/// Longer pictures than this many times their shorter side show next to nothing of themselves in a frame.
const THINNEST: u32 = 8;
/// Room kept at the picture's edges, in pixels of the film: exported pictures often end in a line of another colour.
const GUARD: f64 = 3.0;

/// Everything that a shot of a given picture is drawn from. Two equal briefs give the same bytes.
#[derive(Clone, Debug)]
pub struct PlateBrief<'a> {
    /// Bytes of a JPEG, PNG or WebP file of any size and shape.
    pub picture: &'a [u8],
    pub scene: &'a Scene,
    pub look: &'a Look,
    pub canvas: Canvas,
    pub rate: FrameRate,
    pub light: &'a LightTrack,
    /// Film frames to draw, handles included; frame 0 of the shot is `clip.start`.
    pub clip: Range<u64>,
}

/// Why a picture cannot be filmed.
#[derive(Debug, thiserror::Error)]
pub enum PlateError {
    #[error(transparent)]
    Draw(#[from] DrawError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("the picture is `{width}` x `{height}` pixels: too long and thin to fill a film's frame")]
    TooThin { width: u32, height: u32 },
}

impl PlateError {
    /// What the person can do about it, where they can.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Draw(_) => None,
            Self::Picture(error) => Some(error.hint()),
            Self::TooThin { .. } => Some("crop it to about the film's shape"),
        }
    }
}

/// A picture ready to be filmed.
pub struct Plate {
    canvas: Canvas,
    path: Path,
    sheet: Sheet,
    glow: Option<Glow>,
    /// Pixels of the sheet to a frame height at zoom 1, and the place of its outer corner.
    density: f64,
    corner: [f64; 2],
    lights: Vec<FrameLight>,
    /// How far its lights swing on a full beat.
    swing: f64,
    atmosphere: Atmosphere,
    finish: Finish,
}

/// Reads the picture, finds what it is of, and lays the scene's camera move over it.
///
/// # Errors
/// [`PlateError::Picture`] for a file that is no picture, or too small or too large a one, [`PlateError::TooThin`] for
/// a strip; [`PlateError::Draw`] for a canvas or a clip that no shot can be drawn of, and when `cancel` is cancelled.
pub fn film(brief: &PlateBrief<'_>, cancel: &CancelToken) -> Result<Plate, PlateError> {
    let canvas = brief.canvas;
    shot::check_size(canvas, &brief.clip)?;
    let check = || if cancel.is_cancelled() { Err(DrawError::Cancelled) } else { Ok(()) };
    check()?;
    let mut picture = picture::read(brief.picture, SHORTEST, LONGEST)?;
    let (width, height) = picture.dimensions();
    if width.max(height) > THINNEST * width.min(height) {
        return Err(PlateError::TooThin { width, height });
    }
    flatten(&mut picture, brief.look.shadows);
    check()?;
    let scene = brief.scene;
    let (frame, half) = halves(&picture, canvas);
    let path = Path::new(&PathBrief {
        movement: scene.camera,
        framing: scene.framing,
        intensity: scene.intensity,
        frames: brief.clip.end - brief.clip.start,
        fps: f64::from(brief.rate.get()),
        frame,
        picture: half,
        guard: GUARD / f64::from(canvas.height),
        subject: Subject::find(&picture, half, frame),
        seed: shot::take(scene),
    });
    check()?;
    Plate::stage(brief, &picture, half, path)
}

/// Where the middle of a frame of another shape is best put in a picture: about the faces in it, else about what stands out.
/// Shares of its width and height, from the top left.
///
/// # Errors
/// For a file that is no picture, or too small or too large a one.
pub fn aim(picture: &[u8], canvas: Canvas) -> Result<[f64; 2], PictureError> {
    let picture = picture::read(picture, SHORTEST, LONGEST)?;
    let (frame, half) = halves(&picture, canvas);
    let Subject { centre, .. } = Subject::find(&picture, half, frame);
    Ok([0, 1].map(|axis| f64::midpoint(centre[axis] / half[axis], 1.0).clamp(0.0, 1.0)))
}

/// Half of the frame, and half of a picture that just covers it, in frame heights.
fn halves(picture: &RgbaImage, canvas: Canvas) -> ([f64; 2], [f64; 2]) {
    let frame = [canvas.ratio() / 2.0, 0.5];
    let shape = f64::from(picture.width()) / f64::from(picture.height());
    let height = frame[1].max(frame[0] / shape);
    (frame, [height * shape, height])
}

/// Lays a picture with transparency over a colour.
fn flatten(picture: &mut RgbaImage, Rgb(r, g, b): Rgb) {
    for pixel in picture.pixels_mut() {
        let alpha = u32::from(pixel.0[3]);
        if alpha < 255 {
            let mix = |over: u8, under: u8| {
                ((u32::from(over) * alpha + u32::from(under) * (255 - alpha) + 127) / 255) as u8
            };
            let [over_r, over_g, over_b, _] = pixel.0;
            pixel.0 = [mix(over_r, r), mix(over_g, g), mix(over_b, b), 255];
        }
    }
}

impl Plate {
    /// Resamples the part of the picture that the move shows, and bakes it for the camera.
    fn stage(
        brief: &PlateBrief<'_>,
        picture: &RgbaImage,
        half: [f64; 2],
        path: Path,
    ) -> Result<Self, PlateError> {
        let (canvas, scene) = (brief.canvas, brief.scene);
        let height = f64::from(canvas.height);
        let frame = [canvas.ratio() / 2.0, 0.5];
        // Between the widest and the nearest: sampled a little more or less densely, never far from one to one.
        let [wide, near] = path.zooms();
        let density = height * (wide * near).sqrt();
        // What the samplers reach beyond the frame.
        let reach = 6.0 / density;
        let [left, top, right, bottom] = path.seen(frame);
        let corner = [(left - reach).max(-half[0]), (top - reach).max(-half[1])];
        let end = [(right + reach).min(half[0]), (bottom + reach).min(half[1])];
        let size = [0, 1].map(|axis| {
            let side = ((end[axis] - corner[axis]) * density).ceil() as u32;
            side.next_multiple_of(2)
        });
        let pixels = f64::from(picture.height()) / (2.0 * half[1]);
        let part =
            Part { corner: [0, 1].map(|axis| (corner[axis] + half[axis]) * pixels), step: pixels / density };
        let refused = || DrawError::Canvas(canvas);
        let plate = lanczos::resample(picture, part, size).ok_or_else(refused)?;
        let lights = glow::of(&plate);
        let sheet = Sheet::bake(Painted::whole(&plate), None, Grade::NONE, false).ok_or_else(refused)?;
        let glow = Glow::bake(Painted::whole(&lights), Grade::NONE, false);
        let mean_glow = glow.as_ref().map_or(0.0, |glow| glow.sum / f64::from(size[0] * size[1]));
        let atmosphere = Atmosphere::new(&AirBrief {
            weather: scene.weather,
            outdoors: shot::outdoors(scene.place),
            framing: scene.framing,
            air: &[],
            key_light: glow::key_light(&plate),
            intensity: scene.intensity,
            look: brief.look,
            grade: Grade::NONE,
            canvas,
            zoom: 1.0,
            seed: hash(scene.seed, 0xa1),
        });
        Ok(Self {
            canvas,
            path,
            sheet,
            glow,
            density,
            corner,
            lights: light::frames(brief.light, brief.clip.clone(), brief.rate),
            swing: light::swing_within_limits(0.20 + 0.20 * scene.intensity, mean_glow),
            atmosphere,
            finish: Finish::new(canvas, brief.look, scene.seed),
        })
    }

    fn items(&self, index: u64) -> Vec<Item<'_>> {
        let light = &self.lights[index as usize];
        let geometry = self.geometry(index, &self.sheet.y, 1);
        let chunks = compositor::chunks(self.canvas.width as usize);
        let across = FineTaps::new(geometry.luma_across(), chunks, self.sheet.y.width);
        let mut items = vec![Item::Plate { sheet: &self.sheet, geometry, across }];
        if let Some(glow) = &self.glow {
            let gain = 0.10 * light.energy + self.swing * light.pulse * (0.35 + 0.65 * light.energy);
            let gain = (gain.clamp(0.0, 0.99) * 65535.0) as u16;
            items.push(Item::Glow { glow, geometry: self.geometry(index, &glow.y, 2), gain, wraps: false });
        }
        // The picture is all figures: what floats behind them is in it.
        let [_, before] = self.atmosphere.motes(&self.path.pose(index), light);
        items.push(Item::Motes(before));
        items
    }

    /// Where the samples of a plane fall that is `size` times smaller than the sheet.
    fn geometry(&self, index: u64, plane: &Plane, size: usize) -> Geometry {
        let window = self.path.window(index);
        let sides = [f64::from(self.canvas.width), f64::from(self.canvas.height)];
        // Frame heights of the picture to a pixel of the film.
        let pixel = 1.0 / (window.zoom * sides[1]);
        let start = |axis: usize| {
            let at = window.centre[axis] + (0.5 - sides[axis] / 2.0) * pixel;
            (at - self.corner[axis]) * self.density - 0.5
        };
        Geometry::new(&Mapping {
            across: &[start(0)],
            first: 0,
            down: start(1),
            step: self.density * pixel,
            frame_width: self.canvas.width as usize,
            sheet_width: plane.width * size,
            wraps: false,
            luma: false,
        })
    }
}

impl FrameSource for Plate {
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

#[cfg(test)]
mod tests;
