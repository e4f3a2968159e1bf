//! A scene, a singer and files to make of them.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mv_core::look::Rgb as Colour;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use mv_core::{CastMember, Look, Scene, Seconds};
use std::io::Cursor;

pub fn scene() -> Scene {
    Scene {
        start: Seconds(12.0),
        transition: mv_core::storyboard::Transition::CUT,
        section: SectionKind::Chorus,
        section_number: 1,
        title: "Above the city".into(),
        description: "Harin sings at the edge of the roof while rain begins to fall.".into(),
        cast: vec!["harin".into()],
        place: Place::Rooftop,
        time_of_day: TimeOfDay::Dusk,
        weather: Weather::Rain,
        lighting: Lighting::Neon,
        framing: Framing::Medium,
        camera: CameraMove::PushIn,
        action: Action::Sing,
        intensity: 0.6,
        image_prompt:
            "medium shot: Harin on a rooftop above the city at dusk, rain, neon light in two colours".into(),
        motion_prompt: "Harin sings into the rain, hair moving; steady, flowing motion.".into(),
        lyric: None,
        seed: 4_242_424_242,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
    }
}

pub fn look() -> Look {
    Look {
        shadows: Colour(10, 10, 20),
        midtones: Colour(60, 50, 90),
        highlights: Colour(255, 180, 120),
        accents: vec![Colour(255, 80, 160)],
        tint: 0.5,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.4,
        bloom: 0.4,
        grain: 0.1,
        vignette: 0.2,
    }
}

pub fn singer() -> CastMember {
    CastMember {
        id: "harin".into(),
        name: "Harin".into(),
        description: "a woman of about 25 with short black hair and a silver jacket".into(),
        photos: vec!["00".into(), "01".into()],
        character: None,
    }
}

/// A picture of two colours.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    encode(RgbImage::from_fn(width, height, |x, y| {
        if (x / 16 + y / 16) % 2 == 0 { Rgb([40, 60, 90]) } else { Rgb([200, 120, 80]) }
    }))
}

/// A picture that does not compress.
pub fn noisy_png(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    encode(RgbImage::from_fn(width, height, |_, _| {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        Rgb([next(), next(), next()])
    }))
}

#[expect(clippy::panic, reason = "a picture in memory that cannot be written is a defect of the test")]
fn encode(picture: RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let written = DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Png);
    written.unwrap_or_else(|error| panic!("no picture: {error}"));
    bytes.into_inner()
}

/// The head of an MP4 file, enough to be told by; it holds no picture.
pub fn mp4() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
    bytes.extend_from_slice(b"\0\0\x04\x08mdat");
    bytes.resize(32 + 0x408, 7);
    bytes
}
