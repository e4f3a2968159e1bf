//! What a look costs, on one thread: a frame of 1080p without anybody, and with two faces to describe.

use criterion::{Criterion, criterion_group, criterion_main};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use mv_likeness::{Eye, Picture};

const HARIN: &[u8] = include_bytes!("../../../samples/harin.png");

fn looking(criterion: &mut Criterion) {
    let mut frame = RgbImage::from_pixel(1920, 1080, Rgb([70, 78, 92]));
    let eye = Eye::new();
    let mut measure = |name: &str, frame: &RgbImage, faces: usize| {
        let Ok(picture) = Picture::new(frame.width(), frame.height(), frame.as_raw()) else { return };
        criterion.bench_function(name, |bench| bench.iter(|| assert_eq!(eye.faces(&picture).len(), faces)));
    };
    measure("1080p, nobody", &frame, 0);
    if let Ok(harin) = image::load_from_memory(HARIN) {
        let harin = imageops::resize(&harin.to_rgb8(), 600, 750, FilterType::Triangle);
        for left in [200, 1100] {
            imageops::overlay(&mut frame, &harin, left, 330);
        }
        measure("1080p, two faces", &frame, 2);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = looking
}
criterion_main!(benches);
