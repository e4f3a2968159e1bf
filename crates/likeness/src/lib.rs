//! How much a person in a picture looks like a character's photos, measured here and offline.
//!
//! [`Eye::likeness`] finds faces, puts them upright, describes each by 128 numbers ([`Descriptor`]) and turns the
//! distance to the photos' faces into a score. Where no face can be seen, it compares the colours of hair and clothes
//! and says so ([`Method`]). Pure and synchronous: pixels in, numbers out, the same numbers on every machine.
//!
//! `docs/benchmarks.md` says how often it errs: seldom with photographed adults, nearly always with drawn people, whose
//! faces look much alike to networks that learnt from photos.
//!
//! # Whose weights
//!
//! `weights/eye.bin` (7 MB, compiled in) holds three networks as the npm package `@vladmandic/face-api` 1.7.15 carries
//! them, packed by `weights/pack.py`; `weights/README.md` names their authors and licences (MIT, and CC0 for the one
//! that describes faces).

mod appearance;
mod assignment;
mod detector;
mod eye;
mod face;
#[cfg(test)]
mod golden;
mod landmarks;
mod likeness;
mod net;
mod picture;
mod recognition;

pub use eye::Eye;
pub use face::{Bounds, Face};
pub use likeness::{Likeness, Method, Person, SAME_PERSON};
pub use picture::{Picture, PictureError};
pub use recognition::{DESCRIPTOR, Descriptor};
