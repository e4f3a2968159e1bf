//! A painted set: the flat layers of a place at different depths, which the camera moves through.
//!
//! Painters work in stage units: the origin is the centre of the visible frame, y points down, and the visible frame
//! is 1 high and `ratio` wide. A layer is painted larger than the frame (see [`PaintContext::overscan`]) so that the
//! camera can move without showing its edge.

use mv_core::vocabulary::{Framing, Lighting, Place, TimeOfDay, Weather};
use mv_core::{Canvas, Look, Rgb};
use tiny_skia::{Pixmap, Transform};

/// What a painter must know. Two contexts that are equal paint the same bytes.
#[derive(Clone, Debug)]
pub struct PaintContext<'a> {
    /// The film's canvas in pixels.
    pub canvas: Canvas,
    /// Size of a layer over the size of the canvas, ≥ 1 (usually 1.3).
    pub overscan: f32,
    /// Magnification of the set by the framing: 1 shows the place as painted, 2 twice as close.
    pub zoom: f32,
    pub place: Place,
    pub time_of_day: TimeOfDay,
    pub weather: Weather,
    pub lighting: Lighting,
    pub framing: Framing,
    /// 0 (calm) to 1: more windows lit, more stars, a fuller crowd.
    pub intensity: f32,
    pub look: &'a Look,
    /// Every random choice of the painter derives from this.
    pub seed: u64,
}

impl PaintContext<'_> {
    /// Width of the visible frame in stage units.
    pub fn ratio(&self) -> f32 {
        self.canvas.width as f32 / self.canvas.height as f32
    }

    /// Size of every layer in pixels: canvas × overscan, rounded up to even.
    pub fn layer_size(&self) -> (u32, u32) {
        let even = |side: u32| (side as f32 * self.overscan / 2.0).ceil() as u32 * 2;
        (even(self.canvas.width), even(self.canvas.height))
    }

    /// Half of a layer's width and height in stage units: how far from the centre paint can be seen.
    pub fn reach(&self) -> (f32, f32) {
        let (width, height) = self.layer_size();
        let unit = self.canvas.height as f32 * self.zoom;
        (width as f32 / unit / 2.0, height as f32 / unit / 2.0)
    }

    /// Stage units → pixels of a layer.
    pub fn transform(&self) -> Transform {
        let (width, height) = self.layer_size();
        let unit = self.canvas.height as f32 * self.zoom;
        Transform::from_row(unit, 0.0, 0.0, unit, width as f32 / 2.0, height as f32 / 2.0)
    }
}

/// Everything that stands before the camera, from back to front.
pub struct Set {
    pub layers: Vec<Layer>,
    /// Height of the horizon, and of the ground where a figure at depth 1 stands, in stage units.
    pub horizon: f32,
    pub ground: f32,
    /// Height of a standing adult at depth 1, in stage units.
    pub person_height: f32,
    /// Where the figures may stand, best first, as x in stage units.
    pub spots: Vec<f32>,
    /// Where figures go in the stack: before `layers[figure_slot]`.
    pub figure_slot: usize,
    pub key_light: KeyLight,
    /// What floats in the air here besides the weather.
    pub air: Vec<Air>,
}

/// One flat sheet of the set.
pub struct Layer {
    /// For tests and for the contact sheet.
    pub name: &'static str,
    /// Premultiplied sRGB of [`PaintContext::layer_size`].
    pub image: Pixmap,
    /// Light this sheet gives off (windows, signs, lamps, the sun's disc and its bloom), added over the image; it
    /// breathes with the song's energy and swells on beats. Premultiplied sRGB of the same size.
    pub glow: Option<Pixmap>,
    /// How much it follows the camera: 0 at infinity (sky), 1 with the figures, above 1 nearer than they are.
    pub depth: f32,
    pub motion: Motion,
}

/// A sheet of a figure, as an animator's cel: one or more poses that take turns, locked to the beats.
///
/// Cels stand in the stack at [`Set::figure_slot`] and otherwise behave as layers without glow.
pub struct Cel {
    pub name: &'static str,
    /// At least one; pose `i` of `n` shows during the `i`-th of `n` equal parts of the cycle. One pose holds still.
    pub poses: Vec<Sprite>,
    /// How long the cycle lasts, in beats; it starts on a beat and repeats.
    pub beats: f32,
    /// Where the face is over all poses, brow to chin, in pixels of the layer: left, top, right, bottom. `None` for
    /// those who are seen from behind.
    pub face: Option<[f32; 4]>,
    /// As [`Layer::depth`]: 1 for figures on the ground, above 1 for those in the foreground.
    pub depth: f32,
    pub motion: Motion,
}

/// A picture smaller than a layer, and where it lies in the layer.
#[derive(Clone)]
pub struct Sprite {
    /// Premultiplied sRGB, wholly inside the layer.
    pub image: Pixmap,
    /// The layer's pixel under the sprite's top left pixel.
    pub left: u32,
    pub top: u32,
}

/// What a layer does by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    Still,
    /// Moves steadily, in stage units a second (clouds, a passing train), and wraps round at the layer's width; the
    /// sheet must tile horizontally over `layer_size().0`.
    Drift {
        x: f32,
    },
    /// Swings about its place: grass, branches, hanging lamps. Amplitude in stage units, period in beats.
    Sway {
        amplitude: f32,
        beats: f32,
    },
    /// Rises and sinks: waves, a boat, breathing. Amplitude in stage units, period in beats.
    Bob {
        amplitude: f32,
        beats: f32,
    },
    /// Streams towards the camera out of the vanishing point (tunnel lights, road markings, stars): magnified from 1
    /// to `scale` over `beats`, then again, two copies cross-faded.
    Approach {
        scale: f32,
        beats: f32,
    },
    /// Its glow only: flickers like a neon tube or a candle.
    Flicker,
}

/// The main light, as figures and particles see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyLight {
    /// Where it is, in stage units; behind the figures when `behind`.
    pub x: f32,
    pub y: f32,
    pub behind: bool,
    pub color: Rgb,
    /// Light from the rest of the set.
    pub ambient: Rgb,
    /// 0–1.
    pub strength: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Air {
    Dust,
    Fireflies,
    Bokeh,
    Bubbles,
    Embers,
    Confetti,
    Petals,
    Haze,
}
