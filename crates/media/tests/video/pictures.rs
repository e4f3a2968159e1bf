//! Grades, captions, watermarks and stills on real frames.

use crate::film::*;
use mv_core::film::Corner;
use mv_core::vocabulary::Grade;
use mv_core::{CancelToken, Canvas, Seconds};
use mv_media::*;

const CANVAS: Canvas = Canvas::new(320, 180);

fn first_frame(spec: &SegmentSpec, folder: &std::path::Path) -> Vec<u8> {
    let out = folder.join("out.mp4");
    encode(spec, &out).unwrap();
    decoded(&out, CANVAS).remove(0)
}

fn fine(grade: Grade, watermark: Option<Watermark>) -> Finish {
    Finish {
        grade,
        watermark,
        encoder: Encoder { preset: "ultrafast", crf: 4, threads: 1, refinement: 0, lookahead: 10 },
        ..finish(CANVAS)
    }
}

/// Red, green and blue of the flat lower half, from limited-range BT.709.
fn colour(frame: &[u8]) -> [f64; 3] {
    let size = 320 * 180;
    let at = |plane: usize| f64::from(frame[plane]);
    let y = (at(320 * 150 + 160) - 16.0) / 219.0;
    let u = (at(size + 160 * 75 + 80) - 128.0) / 224.0;
    let v = (at(size + size / 4 + 160 * 75 + 80) - 128.0) / 224.0;
    [y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u]
}

fn hue([r, g, b]: [f64; 3]) -> f64 {
    (3f64.sqrt() * (g - b)).atan2(2.0 * r - g - b).to_degrees()
}

#[test]
fn grades_lean_the_way_they_are_named_and_keep_skin_skin() {
    let folder = tempfile::tempdir().unwrap();
    let graded = |grade, colour| {
        let clip = drawn(CANVAS, 0..2, colour);
        first_frame(&segment(clip, 0..2, fine(grade, None)), folder.path())
    };
    // A light and a dark skin in the middle of their ranges, as Y, U, V.
    for skin in [(168, 112, 149), (96, 116, 142)] {
        let plain = hue(colour(&graded(Grade::None, skin)));
        for grade in Grade::ALL {
            let found = hue(colour(&graded(*grade, skin)));
            assert!(
                (found - plain).abs() < 14.0,
                "{grade}: skin turns from {plain:.1} to {found:.1} degrees"
            );
        }
    }
    let grey = (160, 128, 128);
    let lean = |grade| {
        let [r, _, b] = colour(&graded(grade, grey));
        r - b
    };
    assert!(lean(Grade::None).abs() < 0.01 && lean(Grade::Vibrant).abs() < 0.01);
    assert!(lean(Grade::Warm) > 0.03 && lean(Grade::Vintage) > 0.02 && lean(Grade::Cool) < -0.03);
    // Black bars stay black where the grade does not fade them on purpose.
    for grade in [Grade::Warm, Grade::Cool, Grade::Vibrant] {
        let black = colour(&graded(grade, (16, 128, 128)));
        assert!(black.iter().all(|c| c.abs() < 0.012), "{grade}: {black:?}");
    }
}

#[test]
fn captions_are_drawn_whatever_the_folder_is_called() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("it's: a [folder], 50% {x};");
    std::fs::create_dir(&folder).unwrap();
    let fonts_dir = captions::install_fonts(&folder.join("fonts: [1]")).unwrap();
    let ass = concat!(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 320\nPlayResY: 180\n\n[V4+ Styles]\n",
        "Format: Name, Fontname, Fontsize, PrimaryColour, Alignment\nStyle: a,Pretendard,40,&H00FFFFFF,2\n\n",
        "[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:00.00,0:00:09.00,a,별빛\n"
    );
    let overlay = CaptionOverlay { ass: ass.into(), first_frame: 24, fonts_dir, fonts_hash: "test".into() };
    let clip = drawn(CANVAS, 0..2, (60, 128, 128));
    let spec = SegmentSpec { captions: Some(overlay), ..segment(clip, 0..2, fine(Grade::None, None)) };
    let frame = first_frame(&spec, &folder);
    let lit = frame[320 * 100..320 * 180].iter().filter(|y| **y > 200).count();
    assert!(lit > 150, "{lit} pixels of the caption are there");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn a_watermark_stands_in_its_corner_at_its_opacity() {
    let folder = tempfile::tempdir().unwrap();
    let path = make("-f lavfi -i color=white:size=200x100 -frames:v 1", &folder.path().join("mark.png"));
    let clip = drawn(CANVAS, 0..2, (60, 128, 128));
    let luma = |corner, opacity, x: usize, y: usize| {
        let mark = Watermark { path: path.clone(), content: "test".into(), corner, opacity };
        first_frame(&segment(clip.clone(), 0..2, fine(Grade::None, Some(mark))), folder.path())[320 * y + x]
    };
    // 36 by 18 pixels, six from the edges.
    assert!(luma(Corner::BottomRight, 1.0, 296, 165) > 225);
    assert!(luma(Corner::BottomRight, 1.0, 316, 165) < 70 && luma(Corner::BottomRight, 1.0, 270, 165) < 70);
    assert!(luma(Corner::BottomLeft, 1.0, 20, 165) > 225);
    let half = luma(Corner::BottomLeft, 0.5, 20, 165);
    assert!((140..=155).contains(&half), "{half}");
    // One that is not there, and one that is no picture.
    std::fs::write(folder.path().join("text.png"), "not a picture").unwrap();
    for name in ["absent.png", "text.png"] {
        let mark = Watermark {
            path: folder.path().join(name),
            content: "test".into(),
            corner: Corner::TopLeft,
            opacity: 1.0,
        };
        let spec = segment(clip.clone(), 0..2, fine(Grade::None, Some(mark)));
        assert!(
            matches!(encode(&spec, &folder.path().join("x.mp4")), Err(MediaError::Read { .. })),
            "{name}"
        );
    }
    // The name of a sequence is a name like any other.
    let odd = folder.path().join("mark%03d.png");
    std::fs::copy(&path, &odd).unwrap();
    let mark = Watermark { path: odd, content: "test".into(), corner: Corner::TopLeft, opacity: 1.0 };
    let frame = first_frame(&segment(clip.clone(), 0..2, fine(Grade::None, Some(mark))), folder.path());
    assert!(frame[320 * 15 + 20] > 225);
}

#[test]
fn stills_are_made_from_a_film() {
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("film.mp4");
    encode(&segment(drawn(CANVAS, 0..250, (120, 110, 150)), 0..250, finish(CANVAS)), &film).unwrap();
    let at = |name: &str| folder.path().join(name);
    let cancel = CancelToken::new();
    thumbnail::poster(tools(), &film, Seconds(4.0), 160, &at("poster.jpg"), &cancel).unwrap();
    let said = ffprobe(&at("poster.jpg"), "stream=width,height,pix_fmt");
    assert!(said.contains("width=160") && said.contains("height=90"), "{said}");
    let late = thumbnail::poster(tools(), &film, Seconds(400.0), 160, &at("late.jpg"), &cancel);
    assert!(matches!(late, Err(MediaError::Broken { .. })));
    let sheet =
        SpriteSheet { film: &film, frames: 250, rate: finish(CANVAS).rate, canvas: CANVAS, tile_height: 90 };
    sheet.write(tools(), &at("sprites.jpg"), &at("sprites.vtt"), &cancel).unwrap();
    let said = ffprobe(&at("sprites.jpg"), "stream=width,height");
    assert!(said.contains("width=1600") && said.contains("height=90"), "{said}");
    let track = std::fs::read_to_string(at("sprites.vtt")).unwrap();
    assert_eq!(track.matches("sprites.jpg#xywh=").count(), 6);
}

#[test]
fn fingerprints_change_with_what_changes_the_picture_and_with_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let spec = segment(drawn(CANVAS, 0..24, (120, 110, 150)), 0..24, fine(Grade::Warm, None));
    let print = |spec: &SegmentSpec| spec.fingerprint(tools()).unwrap();
    let base = print(&spec);
    assert!(base.contains(&tools().versions().x264) && base == print(&spec.clone()));
    let mark = |name: &str, opacity| {
        let corner = Corner::TopLeft;
        Some(Watermark { path: folder.path().join(name), content: "same".into(), corner, opacity })
    };
    let with = |finish: Finish| print(&SegmentSpec { finish, ..spec.clone() });
    assert_ne!(base, with(fine(Grade::Cool, None)));
    assert_ne!(
        base,
        with(Finish {
            encoder: Encoder { preset: "ultrafast", crf: 5, threads: 1, refinement: 0, lookahead: 10 },
            ..fine(Grade::Warm, None)
        })
    );
    assert_ne!(base, print(&SegmentSpec { frames: 0..23, ..spec.clone() }));
    assert_ne!(with(fine(Grade::Warm, mark("a", 0.5))), with(fine(Grade::Warm, mark("a", 0.6))));
    assert_eq!(with(fine(Grade::Warm, mark("a", 0.5))), with(fine(Grade::Warm, mark("b", 0.5))));
}
