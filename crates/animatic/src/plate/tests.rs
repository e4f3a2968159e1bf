use super::*;
use image::{ImageFormat, Rgba};
use mv_core::Seconds;
use mv_core::analysis::Curve;
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};

fn look() -> Look {
    Look {
        shadows: Rgb(0, 0, 0),
        midtones: Rgb(90, 90, 90),
        highlights: Rgb(255, 255, 255),
        accents: vec![],
        tint: 0.0,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.0,
        bloom: 0.0,
        grain: 0.0,
        vignette: 0.0,
    }
}

fn scene(camera: CameraMove) -> Scene {
    Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        section: SectionKind::Verse,
        section_number: 1,
        title: String::new(),
        description: String::new(),
        cast: vec![],
        place: Place::Meadow,
        time_of_day: TimeOfDay::Day,
        weather: Weather::Clear,
        lighting: Lighting::Natural,
        framing: Framing::Wide,
        camera,
        action: Action::Stand,
        intensity: 0.8,
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        seed: 3,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
    }
}

fn track() -> LightTrack {
    let beats: Vec<Seconds> = (0..12).map(|n| Seconds(f64::from(n) * 0.625)).collect();
    LightTrack {
        downbeats: vec![beats[0], beats[4]],
        beats,
        energy_start: Seconds::ZERO,
        energy: Curve { rate_hz: 10.0, values: vec![0.7; 200] },
    }
}

fn png(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let picture = RgbaImage::from_fn(width, height, |x, y| Rgba(color(x, y)));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn filmed(picture: &[u8], scene: &Scene, canvas: Canvas) -> Result<Plate, PlateError> {
    let (look, light) = (look(), track());
    let rate = FrameRate::FILM;
    let brief = PlateBrief { picture, scene, look: &look, canvas, rate, light: &light, clip: 0..96 };
    film(&brief, &CancelToken::new())
}

fn drawn(plate: &Plate, index: u64) -> YuvFrame {
    let mut frame = YuvFrame::black(plate.canvas);
    plate.draw(index, &mut frame);
    frame
}

#[test]
fn no_move_ever_shows_the_pictures_edge() {
    for camera in CameraMove::ALL {
        for (width, height) in [(320, 180), (640, 200), (180, 400)] {
            // A white line all round a grey picture.
            let rim = |x: u32, y: u32| x == 0 || y == 0 || x + 1 == width || y + 1 == height;
            let picture = png(width, height, |x, y| if rim(x, y) { [255; 4] } else { [60, 60, 60, 255] });
            for canvas in [Canvas::new(320, 180), Canvas::new(180, 320), Canvas::new(200, 200)] {
                let plate = filmed(&picture, &scene(*camera), canvas).unwrap();
                for index in [0, 47, 95] {
                    let frame = drawn(&plate, index);
                    let brightest = frame.y.iter().max().unwrap();
                    assert!(
                        *brightest < 100,
                        "{camera} {width}x{height} on {canvas} at {index}: {brightest}"
                    );
                }
            }
        }
    }
}

/// The centre of what is brighter than the ground.
fn centroid(frame: &YuvFrame) -> [f64; 2] {
    let (ground, width) = (f64::from(frame.y[0]), frame.canvas.width as usize);
    let mut sum = [0.0; 3];
    for (at, luma) in frame.y.iter().enumerate() {
        let light = (f64::from(*luma) - ground).max(0.0);
        sum = [sum[0] + light * (at % width) as f64, sum[1] + light * (at / width) as f64, sum[2] + light];
    }
    [sum[0] / sum[2], sum[1] / sum[2]]
}

#[test]
fn the_picture_is_where_the_path_says_to_a_fiftieth_of_a_pixel() {
    let picture = png(640, 360, |x, y| {
        let (x, y) = (f64::from(x) - 339.5, f64::from(y) - 169.5);
        let level = 20.0 + 200.0 * crate::wave::exp(-(x * x + y * y) / 180.0);
        [level as u8, level as u8, level as u8, 255]
    });
    for camera in [CameraMove::TrackRight, CameraMove::PushIn, CameraMove::CraneUp, CameraMove::Handheld] {
        let mut plate = filmed(&picture, &scene(camera), Canvas::new(320, 180)).unwrap();
        (plate.finish, plate.glow) = (Finish::without_grain(plate.canvas), None);
        let off = |index: u64| {
            let (window, found) = (plate.path.window(index), centroid(&drawn(&plate, index)));
            // The spot lies 20 pixels right of the middle and 10 above.
            [0, 1].map(|axis| {
                let spot = [20.0 / 360.0, -10.0 / 360.0][axis] - window.centre[axis];
                found[axis] - (spot * window.zoom * 180.0 + [159.5, 89.5][axis])
            })
        };
        let offs: Vec<[f64; 2]> = (0..96).step_by(3).map(off).collect();
        for axis in 0..2 {
            let mean = offs.iter().map(|off| off[axis]).sum::<f64>() / offs.len() as f64;
            let squares: f64 = offs.iter().map(|off| (off[axis] - mean) * (off[axis] - mean)).sum();
            let jitter = (squares / offs.len() as f64).sqrt();
            assert!(mean.abs() < 0.02 && jitter < 0.02, "{camera}, axis {axis}: {mean} ± {jitter}");
        }
    }
}

#[test]
fn fine_texture_does_not_shimmer() {
    // Stripes four and five pixels wide, drifting by fractions of a pixel.
    let picture = png(640, 360, |x, y| {
        let wave = crate::wave::sine(f64::from(x) / 4.0) + crate::wave::sine(f64::from(y) / 5.0);
        let level = (120.0 + 40.0 * wave) as u8;
        [level, level, level, 255]
    });
    let mut plate = filmed(&picture, &scene(CameraMove::PanRight), Canvas::new(640, 360)).unwrap();
    (plate.finish, plate.glow) = (Finish::without_grain(plate.canvas), None);
    let contrast = |index: u64| {
        let frame = drawn(&plate, index);
        let mean = frame.y.iter().map(|y| f64::from(*y)).sum::<f64>() / frame.y.len() as f64;
        let all: f64 = frame.y.iter().map(|y| (f64::from(*y) - mean) * (f64::from(*y) - mean)).sum();
        (all / frame.y.len() as f64).sqrt()
    };
    let contrasts: Vec<f64> = (0..24).map(contrast).collect();
    let (least, most) = contrasts.iter().fold((f64::MAX, 0.0_f64), |(l, m), c| (l.min(*c), m.max(*c)));
    assert!(most / least < 1.02, "contrast swings from {least} to {most}");
    assert!(least > 0.9 * 40.0 * 219.0 / 255.0, "the texture is all there: {least}");
}

#[test]
fn beats_brighten_the_picture_and_never_flash_it() {
    let picture = png(320, 180, |x, y| {
        let lamp = x.abs_diff(200) < 20 && y.abs_diff(60) < 15;
        if lamp { [230, 190, 120, 255] } else { [50, 60, 80, 255] }
    });
    let plate = filmed(&picture, &scene(CameraMove::Static), Canvas::new(320, 180)).unwrap();
    let mean = |index: u64| {
        let frame = drawn(&plate, index);
        frame.y.iter().map(|y| f64::from(*y)).sum::<f64>() / frame.y.len() as f64 / 219.0
    };
    for beat in [15, 30, 45, 60] {
        let (before, on, after) = (mean(beat - 2), mean(beat), mean(beat + 8));
        assert!(on > before + 0.003 && on > after + 0.003, "frame {beat}: {before} {on} {after}");
        assert!(on < before + 0.09, "frame {beat}: {before} {on}");
    }
    assert!(mean(60) > mean(45) + 0.002, "a downbeat is stronger");
}

#[test]
fn the_same_picture_gives_the_same_bytes_on_any_number_of_threads() {
    let picture = png(300, 200, |x, y| [x as u8, y as u8, (x ^ y) as u8, 255]);
    let mut wet = scene(CameraMove::Orbit);
    wet.weather = Weather::Rain;
    let on = |threads: usize, order: [u64; 3]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let plate = filmed(&picture, &wet, Canvas::new(320, 180)).unwrap();
            let mut frames = order.map(|index| (index, drawn(&plate, index)));
            frames.sort_by_key(|(index, _)| *index);
            frames
        })
    };
    let forward = on(1, [0, 20, 95]);
    assert!(forward == on(3, [95, 0, 20]), "threads or order changed a byte");
    assert!(forward[0].1 != forward[1].1, "the picture moves");
}

#[test]
fn rain_falls_before_the_picture_under_the_open_sky_alone() {
    let picture = png(320, 180, |_, _| [40, 50, 60, 255]);
    let even = |place: Place, weather: Weather| {
        let scene = Scene { place, weather, ..scene(CameraMove::Static) };
        let frame = drawn(&filmed(&picture, &scene, Canvas::new(320, 180)).unwrap(), 8);
        let (least, most) = (frame.y.iter().min().unwrap(), frame.y.iter().max().unwrap());
        most - least < 6
    };
    assert!(!even(Place::Meadow, Weather::Rain));
    assert!(even(Place::Meadow, Weather::Clear) && even(Place::Room, Weather::Rain));
}

#[test]
fn what_is_no_picture_is_refused_by_name() {
    let canvas = Canvas::new(320, 180);
    let error = |bytes: &[u8]| filmed(bytes, &scene(CameraMove::Static), canvas).err().unwrap();
    assert!(matches!(error(b""), PlateError::Picture(PictureError::Empty)));
    assert!(matches!(error(b"<html>"), PlateError::Picture(PictureError::NotAnImage)));
    let tiny = error(&png(3, 3, |_, _| [255; 4])).to_string();
    assert!(tiny.contains("`3` x `3`") && tiny.contains("64"), "{tiny}");
    let mut cut = png(320, 180, |x, y| [x as u8, y as u8, 9, 255]);
    cut.truncate(cut.len() / 2);
    assert!(matches!(error(&cut), PlateError::Picture(PictureError::Damaged(_))));
    assert!(matches!(error(&png(900, 70, |_, _| [9, 9, 9, 255])), PlateError::TooThin { width: 900, .. }));
    let good = png(320, 180, |_, _| [9, 9, 9, 255]);
    let odd = filmed(&good, &scene(CameraMove::Static), Canvas::new(321, 180)).err().unwrap();
    assert!(matches!(odd, PlateError::Draw(DrawError::Canvas(_))));
}

#[test]
fn transparency_shows_the_looks_shadows() {
    let mut picture = RgbaImage::from_pixel(1, 1, Rgba([200, 100, 50, 128]));
    flatten(&mut picture, Rgb(0, 100, 250));
    assert_eq!(picture.get_pixel(0, 0).0, [100, 100, 150, 255]);
}
