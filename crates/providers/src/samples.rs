//! A scene, a cast and pictures for the tests.

use crate::capability::{Casting, ClipRequest, StillRequest};
use crate::edit::{Change, EditRequest, Focus};
use mv_animatic::shot::LightTrack;
use mv_core::{Canvas, FrameRate};
use mv_testing::vendor::material;
use std::sync::Arc;

pub(crate) fn picture(width: u32, height: u32) -> Arc<[u8]> {
    material::png(width, height).into()
}

/// A picture that does not compress.
pub(crate) fn noise(width: u32, height: u32) -> Arc<[u8]> {
    material::noisy_png(width, height).into()
}

pub(crate) fn casting() -> Casting {
    Casting { member: material::singer(), photos: vec![picture(400, 500), picture(500, 400)] }
}

pub(crate) fn still() -> StillRequest {
    StillRequest {
        scene: material::scene(),
        look: material::look(),
        cast: vec![casting()],
        canvas: Canvas::new(1280, 720),
    }
}

pub(crate) fn clip() -> ClipRequest {
    ClipRequest {
        still: still(),
        first_frame: Some(picture(1280, 720)),
        rate: FrameRate::FILM,
        frames: 100..196,
        light: LightTrack::default(),
        motion: ClipRequest::USUAL_MOTION,
    }
}

pub(crate) fn edit() -> EditRequest {
    EditRequest {
        picture: picture(640, 360),
        change: Change::Instruction {
            text: "Change the jacket to red, keep the face unchanged".into(),
            focus: Focus::Appearance,
            keep_layout: true,
        },
        mask: None,
        region: None,
        cast: vec![casting()],
        seed: 7,
    }
}
