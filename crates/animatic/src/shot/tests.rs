use super::*;
use crate::set::{Layer, Motion, Sprite};
use mv_core::Seconds;
use mv_core::storyboard::Transition;
use mv_core::units::Aspect;
use mv_core::vocabulary::{Lighting, SectionKind, TimeOfDay};
use tiny_skia::{Color, Pixmap, PremultipliedColorU8};

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

fn scene(camera: CameraMove, framing: Framing, weather: Weather) -> Scene {
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
        weather,
        lighting: Lighting::Natural,
        framing,
        camera,
        action: Action::Stand,
        intensity: 1.0,
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

/// Films a set painted for this test, with the layers that `paint` makes of a context.
fn filmed(
    scene: &Scene,
    canvas: Canvas,
    frames: u64,
    light: &LightTrack,
    paint: impl Fn(&PaintContext<'_>) -> Vec<Layer>,
) -> Shot {
    let look = look();
    let brief =
        SceneBrief { scene, look: &look, cast: &[], canvas, rate: FrameRate::FILM, light, clip: 0..frames };
    let ctx = brief.context();
    let set = Set {
        layers: paint(&ctx),
        horizon: 0.1,
        ground: 0.4,
        person_height: 0.5,
        spots: vec![0.0],
        figure_slot: 0,
        key_light: KeyLight {
            x: 0.0,
            y: -2.0,
            behind: false,
            color: Rgb(255, 255, 255),
            ambient: Rgb(128, 128, 128),
            strength: 0.0,
        },
        air: vec![],
    };
    Shot::stage(&brief, [&ctx, &ctx], set, vec![])
}

fn sheet(image: Pixmap, depth: f32, motion: Motion) -> Layer {
    Layer { name: "test", image, glow: None, depth, motion }
}

fn grey(ctx: &PaintContext<'_>, level: u8) -> Pixmap {
    let (width, height) = ctx.layer_size();
    let mut image = Pixmap::new(width, height).unwrap();
    image.fill(Color::from_rgba8(level, level, level, 255));
    image
}

/// A grey sheet with a white edge, one pixel wide, that no frame may show.
fn edged(ctx: &PaintContext<'_>, depth: f32, motion: Motion) -> Layer {
    let mut image = grey(ctx, 60);
    let (width, height) = (image.width() as usize, image.height() as usize);
    let white = PremultipliedColorU8::from_rgba(255, 255, 255, 255).unwrap();
    for (at, pixel) in image.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (at % width, at / width);
        if x < 1 || y < 1 || x + 1 >= width || y + 1 >= height {
            *pixel = white;
        }
    }
    sheet(image, depth, motion)
}

fn drawn(shot: &Shot, index: u64) -> YuvFrame {
    let mut frame = YuvFrame::black(shot.canvas);
    shot.draw(index, &mut frame);
    frame
}

#[test]
fn no_edge_ever_shows_whatever_the_camera_the_framing_and_the_aspect() {
    let canvases = [Aspect::Wide, Aspect::Tall, Aspect::Square].map(|aspect| {
        let full = Canvas::of(aspect, mv_core::units::Resolution::P480);
        Canvas::new(full.width / 8 * 2, full.height / 8 * 2)
    });
    let motions = [
        (Motion::Still, 0.0),
        (Motion::Still, 1.0),
        (Motion::Still, 2.4),
        (Motion::Sway { amplitude: 0.01, beats: 2.0 }, 1.2),
        (Motion::Bob { amplitude: 0.01, beats: 2.0 }, 0.6),
    ];
    for camera in CameraMove::ALL {
        for framing in Framing::ALL {
            for canvas in canvases {
                for (motion, depth) in motions {
                    let scene = scene(*camera, *framing, Weather::Clear);
                    // Blur would carry the white edge into the picture by right; it is not the edge.
                    let depth = if *framing == Framing::CloseUp { 1.0 } else { depth };
                    let light = LightTrack::default();
                    let shot = filmed(&scene, canvas, 96, &light, |ctx| vec![edged(ctx, depth, motion)]);
                    for index in [0, 11, 30, 47, 71, 95] {
                        let brightest = drawn(&shot, index).y.into_iter().max().unwrap();
                        assert!(
                            brightest < 80,
                            "{camera} {framing} {canvas} {motion:?} at {depth}: {brightest}"
                        );
                    }
                }
            }
        }
    }
}

/// The centre of what is brighter than the even ground, at most `reach` from a pixel; needs a frame without grain.
fn centroid(frame: &YuvFrame, [x, y]: [f64; 2], reach: f64) -> [f64; 2] {
    let ground = f64::from(frame.y[0]);
    let (width, mut sum) = (frame.canvas.width as usize, [0.0; 3]);
    for (at, luma) in frame.y.iter().enumerate() {
        let (column, row) = ((at % width) as f64, (at / width) as f64);
        if (column - x).abs() <= reach && (row - y).abs() <= reach {
            let light = f64::from(*luma) - ground;
            sum[0] += light * column;
            sum[1] += light * row;
            sum[2] += light;
        }
    }
    [sum[0] / sum[2], sum[1] / sum[2]]
}

#[test]
fn motion_is_exact_to_a_hundredth_of_a_pixel() {
    for camera in [CameraMove::TrackRight, CameraMove::CraneUp, CameraMove::PushIn, CameraMove::Handheld] {
        let scene = scene(camera, Framing::ExtremeWide, Weather::Clear);
        let canvas = Canvas::new(320, 180);
        // Many spots, each at another phase of the pixel grid: one alone would measure how its levels are rounded.
        let spots: Vec<[f64; 2]> = (0..12_u32)
            .map(|n| {
                let [column, row] = [n % 4, n / 4].map(f64::from);
                [column * 40.0 - 54.0 + f64::from(n) * 0.27, row * 32.0 - 38.0 + f64::from(n) * 0.41]
            })
            .map(|spot| spot.map(|at| at / 180.0))
            .collect();
        let mut shot = filmed(&scene, canvas, 60, &LightTrack::default(), |ctx| {
            let mut image = grey(ctx, 0);
            let (width, height) = (f64::from(image.width()), f64::from(image.height()));
            let across = image.width() as usize;
            for (index, pixel) in image.pixels_mut().iter_mut().enumerate() {
                let at = [(index % across) as f64 + 0.5, (index / across) as f64 + 0.5];
                let light: f64 = spots
                    .iter()
                    .map(|[x, y]| {
                        let (x, y) = (at[0] - width / 2.0 - x * 180.0, at[1] - height / 2.0 - y * 180.0);
                        200.0 * (-(x * x + y * y) / 24.0).exp()
                    })
                    .sum();
                let level = light.min(255.0).round() as u8;
                *pixel = PremultipliedColorU8::from_rgba(level, level, level, 255).unwrap();
            }
            vec![sheet(image, 1.0, Motion::Still)]
        });
        shot.finish = Finish::without_grain(canvas);
        let off = |index: u64| -> [f64; 2] {
            let placed = shot.camera.pose(index).place(1.0);
            let frame = drawn(&shot, index);
            let mut sum = [0.0; 2];
            for spot in &spots {
                let seen = |axis: usize| (placed.scale * spot[axis] + placed.shift[axis]) * 180.0;
                let exact = [seen(0) + 159.5, seen(1) + 89.5];
                let found = centroid(&frame, exact.map(f64::round), 15.0);
                sum = [0, 1].map(|axis| sum[axis] + (found[axis] - exact[axis]) / 12.0);
            }
            sum
        };
        let offs: Vec<[f64; 2]> = (0..60).map(off).collect();
        for axis in 0..2 {
            let off: Vec<f64> = offs.iter().map(|off| off[axis]).collect();
            let mean = off.iter().sum::<f64>() / 60.0;
            let jitter = (off.iter().map(|off| (off - mean) * (off - mean)).sum::<f64>() / 60.0).sqrt();
            println!("{camera}, axis {axis}: {jitter:.4} px of jitter about {mean:.4}");
            assert!(jitter < 0.01, "{camera}, axis {axis}: {jitter} px");
            assert!(mean.abs() < 0.02, "{camera}, axis {axis}: {mean} px off");
        }
    }
}

#[test]
fn particles_never_pop() {
    let canvas = Canvas::new(320, 180);
    for (weather, air) in [
        (Weather::Rain, None),
        (Weather::Snow, None),
        (Weather::Wind, None),
        (Weather::Clear, Some(Air::Dust)),
        (Weather::Clear, Some(Air::Fireflies)),
        (Weather::Clear, Some(Air::Bokeh)),
        (Weather::Clear, Some(Air::Bubbles)),
        (Weather::Clear, Some(Air::Embers)),
        (Weather::Clear, Some(Air::Confetti)),
        (Weather::Clear, Some(Air::Petals)),
    ] {
        for camera in [CameraMove::TrackLeft, CameraMove::PushIn, CameraMove::TiltUp] {
            let scene = scene(camera, Framing::Medium, weather);
            let mut shot = filmed(&scene, canvas, 120, &LightTrack::default(), |ctx| {
                vec![sheet(grey(ctx, 40), 0.0, Motion::Still)]
            });
            let look = look();
            shot.atmosphere = Atmosphere::new(&AirBrief {
                weather,
                outdoors: true,
                framing: Framing::Medium,
                air: air.as_slice(),
                key_light: KeyLight {
                    x: 0.0,
                    y: 0.0,
                    behind: true,
                    color: Rgb(255, 240, 220),
                    ambient: Rgb(90, 100, 140),
                    strength: 1.0,
                },
                intensity: 0.6,
                look: &look,
                grade: Grade::of(&look),
                canvas,
                zoom: 1.0,
                seed: 9,
            });
            let mut seen = 0;
            for index in 1..120 {
                let moved = shot.atmosphere.jumps(
                    [&shot.camera.pose(index - 1), &shot.camera.pose(index)],
                    [&shot.lights[index as usize - 1], &shot.lights[index as usize]],
                );
                for (before, after) in moved {
                    let far = (before.x - after.x).abs() > 160.0 || (before.y - after.y).abs() > 90.0;
                    // Within a frame's travel of the edge it may vanish: that is leaving, not popping.
                    let step = if weather == Weather::Rain { 28.0 } else { 9.0 };
                    let visible = |mote: &crate::motes::Mote| {
                        let (x, y) = (mote.half_extent(0) - step, mote.half_extent(1) - step);
                        mote.x + x > 0.0 && mote.x - x < 320.0 && mote.y + y > 0.0 && mote.y - y < 180.0
                    };
                    assert!(
                        !far || !(visible(&before) || visible(&after)),
                        "{weather} {air:?} {camera}: {before:?}"
                    );
                    assert!(
                        (before.level - after.level).abs() < 0.35,
                        "{weather} {air:?}: {before:?} {after:?}"
                    );
                    seen += usize::from(visible(&after));
                }
            }
            assert!(seen > 500, "{weather} {air:?} has something in the air");
        }
    }
}

#[test]
fn glow_swells_on_the_beats_frame() {
    let beats: Vec<Seconds> = (0..12).map(|n| Seconds(f64::from(n) * 0.625)).collect();
    let light = LightTrack { downbeats: vec![beats[0], beats[4]], beats, ..LightTrack::default() };
    let scene = scene(CameraMove::Static, Framing::ExtremeWide, Weather::Clear);
    let shot = filmed(&scene, Canvas::new(160, 90), 96, &light, |ctx| {
        let (width, height) = ctx.layer_size();
        let mut lamp = Pixmap::new(width, height).unwrap();
        let across = width as usize;
        let warm = PremultipliedColorU8::from_rgba(200, 150, 90, 255).unwrap();
        for (at, pixel) in lamp.pixels_mut().iter_mut().enumerate() {
            let (x, y) = (at % across, at / across);
            if x.abs_diff(across / 2) < 12 && y.abs_diff(height as usize / 2) < 8 {
                *pixel = warm;
            }
        }
        vec![Layer { glow: Some(lamp), ..sheet(grey(ctx, 30), 0.0, Motion::Still) }]
    });
    let lamp = |index: u64| {
        let frame = drawn(&shot, index);
        f64::from(frame.y[45 * 160 + 80])
    };
    for beat in [15, 30, 45, 60] {
        let (before, on, after) = (lamp(beat - 2), lamp(beat), lamp(beat + 6));
        assert!(on > before + 3.0 && on > after + 3.0, "frame {beat}: {before} {on} {after}");
    }
    assert!(lamp(60) > lamp(45) + 3.0, "a downbeat is stronger");
}

#[test]
fn poses_change_with_the_beat() {
    let beats: Vec<Seconds> = (0..12).map(|n| Seconds(f64::from(n) * 0.5)).collect();
    let light = LightTrack { beats, ..LightTrack::default() };
    let scene = scene(CameraMove::Static, Framing::ExtremeWide, Weather::Clear);
    let look = look();
    let canvas = Canvas::new(160, 90);
    let brief = SceneBrief {
        scene: &scene,
        look: &look,
        cast: &[],
        canvas,
        rate: FrameRate::FILM,
        light: &light,
        clip: 0..48,
    };
    let ctx = brief.context();
    let mut shot = filmed(&scene, canvas, 48, &light, |ctx| vec![sheet(grey(ctx, 30), 0.0, Motion::Still)]);
    let stager =
        Stager { ctx: &ctx, set_ctx: &ctx, camera: &shot.camera, grade: Grade::of(&look), horizon: 0.0 };
    let mut square = Pixmap::new(21, 21).unwrap();
    square.fill(Color::WHITE);
    let poses = [20, 60, 100, 140].map(|left| Sprite { image: square.clone(), left, top: 31 }).to_vec();
    let cel = stager
        .cel(Cel { name: "cel", poses, beats: 2.0, face: None, depth: 1.0, motion: Motion::Still }, 0)
        .unwrap();
    shot.sheets.push(cel);
    shot.finish = Finish::without_grain(canvas);
    let margin = f64::from((ctx.layer_size().0 - 160) / 2);
    for (index, left) in [(0, 20.0), (5, 20.0), (6, 60.0), (12, 100.0), (18, 140.0), (24, 20.0)] {
        let [x, _] = centroid(&drawn(&shot, index), [80.0, 45.0], 200.0);
        // A camera that holds still comes a little closer to the middle of the frame.
        let there = 80.0 + (left + 10.0 - margin - 80.0) * shot.camera.pose(index).place(1.0).scale;
        assert!((x - there).abs() < 0.1, "frame {index}: {x}, not {there}");
    }
}
