//! Figures: people drawn as posed, lit silhouettes, or their photos placed as lit cut-outs, as cels for the camera.

mod skeleton;
mod style;
mod vector;

pub use style::{FigureStyle, Hair, Outfit};

use crate::set::{Cel, PaintContext, Set};
use mv_core::vocabulary::Action;
use tiny_skia::Pixmap;

/// The people of one scene; framing and lighting come from the context.
#[derive(Clone, Debug)]
pub struct FigureBrief<'a> {
    pub action: Action,
    /// Where the first person stands: x in stage units, usually one of [`Set::spots`].
    pub spot: f32,
    pub facing: Facing,
    /// One to three people, most important first; more are not drawn.
    pub people: &'a [Person<'a>],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    Left,
    Right,
    /// Into the picture, back to us.
    Away,
}

#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The same seed is the same person in every scene.
    pub seed: u64,
    /// Their photo, cut out; without it they are only drawn.
    pub cutout: Option<&'a Cutout>,
}

/// A person's photo with its background removed: head, shoulders, and whatever of the body it shows.
#[derive(Clone, Debug)]
pub struct Cutout {
    /// Premultiplied sRGB, any size.
    pub image: Pixmap,
    /// The face, brow to chin and cheek to cheek.
    pub face: FaceBox,
}

/// A box in pixels of a cut-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceBox {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Draws the people of a scene into cels, back to front.
pub fn paint(_ctx: &PaintContext<'_>, _set: &Set, _figure: &FigureBrief<'_>) -> Vec<Cel> {
    Vec::new()
}
