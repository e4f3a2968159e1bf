//! Every place in every hour, weather, light and shape of picture: painted whole, the same each time, safe to film.

use mv_animatic::places;
use mv_animatic::set::{Layer, Motion, PaintContext, Set};
use mv_core::vocabulary::{Framing, Lighting, Place, TimeOfDay, Weather};
use mv_core::{Canvas, Look, Rgb};
use rayon::prelude::*;

const SHAPES: [Canvas; 3] = [Canvas::new(64, 36), Canvas::new(36, 64), Canvas::new(40, 40)];

fn look() -> Look {
    Look {
        shadows: Rgb(11, 8, 28),
        midtones: Rgb(74, 52, 120),
        highlights: Rgb(255, 167, 101),
        accents: vec![Rgb(255, 94, 138), Rgb(64, 214, 232)],
        tint: 0.5,
        saturation: 1.0,
        contrast: 1.0,
        haze: 0.5,
        bloom: 0.5,
        grain: 0.2,
        vignette: 0.3,
    }
}

fn context(look: &Look, place: Place, canvas: Canvas, seed: u64) -> PaintContext<'_> {
    PaintContext {
        canvas,
        overscan: 1.3,
        zoom: 1.0,
        place,
        time_of_day: TimeOfDay::Dusk,
        weather: Weather::Clear,
        lighting: Lighting::Natural,
        framing: Framing::Wide,
        intensity: 0.7,
        look,
        seed,
    }
}

/// What every set must be, whatever it shows.
fn check(ctx: &PaintContext<'_>, set: &Set) {
    let name =
        || format!("{} {} {} {} {}", ctx.place, ctx.time_of_day, ctx.weather, ctx.lighting, ctx.canvas);
    assert!((2..=16).contains(&set.layers.len()), "{}: {} layers", name(), set.layers.len());
    assert!(set.figure_slot <= set.layers.len(), "{}", name());
    for layer in &set.layers {
        let sizes = [Some(&layer.image), layer.glow.as_ref()].map(|p| p.map(|p| (p.width(), p.height())));
        assert_eq!(sizes[0], Some(ctx.layer_size()), "{}: {}", name(), layer.name);
        assert!(sizes[1].is_none_or(|size| size == ctx.layer_size()), "{}: {}", name(), layer.name);
        assert!((0.0..=3.0).contains(&layer.depth), "{}: {}", name(), layer.name);
    }
    let back = set.layers[0].image.data();
    assert!(back.chunks_exact(4).all(|pixel| pixel[3] == 255), "{}: one can see through the back", name());
    let half = ctx.ratio() / 2.0 / ctx.zoom;
    assert!(!set.spots.is_empty(), "{}", name());
    assert!(set.spots.iter().all(|x| x.abs() < half * 0.8), "{}: {:?}", name(), set.spots);
    assert!((0.15..0.5).contains(&set.ground), "{}: ground at {}", name(), set.ground);
    assert!((0.05..0.9).contains(&set.person_height), "{}: {}", name(), set.person_height);
    assert!((-0.6..0.6).contains(&set.horizon), "{}", name());
    assert!((0.0..=1.0).contains(&set.key_light.strength), "{}", name());
}

#[test]
fn every_place_can_be_painted_at_every_hour_in_every_weather_and_light() {
    let look = look();
    let scenes: Vec<PaintContext<'_>> = Place::ALL
        .iter()
        .flat_map(|place| TimeOfDay::ALL.iter().map(move |time| (*place, *time)))
        .flat_map(|(place, time)| Weather::ALL.iter().map(move |weather| (place, time, *weather)))
        .flat_map(|(place, time, weather)| {
            Lighting::ALL.iter().map(move |light| (place, time, weather, *light))
        })
        .enumerate()
        .map(|(i, (place, time_of_day, weather, lighting))| PaintContext {
            time_of_day,
            weather,
            lighting,
            intensity: (i % 5) as f32 / 4.0,
            ..context(&look, place, SHAPES[i % 3], i as u64)
        })
        .collect();
    scenes.par_iter().for_each(|ctx| check(ctx, &places::paint(ctx)));
}

#[test]
fn every_place_fits_every_shape_of_picture_near_and_far() {
    let look = look();
    for place in Place::ALL {
        for canvas in SHAPES {
            for zoom in [1.0, 2.3] {
                let ctx = PaintContext { zoom, ..context(&look, *place, canvas, 5) };
                check(&ctx, &places::paint(&ctx));
            }
        }
    }
}

#[test]
fn a_look_without_accents_or_at_its_extremes_is_painted_too() {
    for level in [0.0, 1.0] {
        let look = Look { accents: vec![], tint: level, haze: level, bloom: level, ..look() };
        for place in Place::ALL {
            let ctx = context(&look, *place, SHAPES[0], 3);
            check(&ctx, &places::paint(&ctx));
        }
    }
}

fn bytes(set: &Set) -> Vec<&[u8]> {
    set.layers
        .iter()
        .flat_map(|l| [Some(&l.image), l.glow.as_ref()])
        .flatten()
        .map(tiny_skia::Pixmap::data)
        .collect()
}

#[test]
fn the_same_scene_is_the_same_picture_and_another_seed_is_another() {
    let look = look();
    for place in Place::ALL {
        let paint = |seed| places::paint(&context(&look, *place, SHAPES[0], seed));
        let (first, again, other) = (paint(1), paint(1), paint(2));
        assert!(bytes(&first) == bytes(&again), "{place} differs from itself");
        assert!(bytes(&first) != bytes(&other), "{place} is the same for every seed");
    }
}

/// The largest difference between two columns of a picture.
fn step(layer: &Layer, left: u32, right: u32) -> u8 {
    (0..layer.image.height())
        .flat_map(|y| {
            let at =
                |x: u32| layer.image.data()[((y * layer.image.width() + x) * 4) as usize..][..4].to_vec();
            at(left).into_iter().zip(at(right)).map(|(a, b)| a.abs_diff(b)).collect::<Vec<_>>()
        })
        .max()
        .unwrap_or(0)
}

#[test]
fn what_drifts_round_shows_no_seam() {
    let look = look();
    let mut seen = 0;
    for place in Place::ALL {
        for weather in Weather::ALL {
            for seed in [1] {
                let ctx =
                    PaintContext { weather: *weather, ..context(&look, *place, Canvas::new(320, 180), seed) };
                let set = places::paint(&ctx);
                for layer in set.layers.iter().filter(|l| matches!(l.motion, Motion::Drift { .. })) {
                    let width = layer.image.width();
                    let inside = (1..width).map(|x| step(layer, x - 1, x)).max().unwrap_or(0);
                    let seam = step(layer, width - 1, 0);
                    assert!(seam <= inside.max(8), "{place} {weather}: `{}` {seam} > {inside}", layer.name);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} drifting layers");
}

#[test]
fn lights_come_on_at_night() {
    let look = look();
    for place in [Place::Skyline, Place::Rooftop, Place::Crossing, Place::Bridge] {
        let glow = |time_of_day| {
            let set = places::paint(&PaintContext { time_of_day, ..context(&look, place, SHAPES[0], 1) });
            let city = set.layers.iter().filter(|l| !l.name.contains("sky"));
            city.filter_map(|l| l.glow.as_ref())
                .flat_map(tiny_skia::Pixmap::data)
                .map(|v| u64::from(*v))
                .sum::<u64>()
        };
        assert!(glow(TimeOfDay::Night) > 2 * glow(TimeOfDay::Day), "{place} is as bright by day");
    }
}
