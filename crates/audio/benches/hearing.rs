//! How quickly a song is heard: the whole analysis of a minute of made-up music, and its dearest parts.
//!
//! The throughput is seconds of song a second: times real time.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mv_audio::decode::SongReader;
use mv_audio::rhythm::Listener;
use mv_audio::signal::RATE;
use mv_core::CancelToken;
use std::hint::black_box;
use std::io::Cursor;

const SECONDS: u32 = 60;
const FILE_RATE: u32 = 44_100;

/// Chords that change every two seconds over a beat of 120 a minute.
fn song(rate: u32) -> Vec<f32> {
    (0..SECONDS * rate)
        .map(|n| {
            let time = f64::from(n) / f64::from(rate);
            let root = [220.0, 174.61, 261.63, 196.0][(time / 2.0) as usize % 4];
            let tone = |hz: f64| (std::f64::consts::TAU * hz * time).sin();
            let chord = tone(root) + tone(root * 1.25) + tone(root * 1.5) + tone(root / 2.0);
            let since = time % 0.5;
            let drum = (-since * 40.0).exp() * (std::f64::consts::TAU * 80.0 * since).sin();
            (0.08 * chord + 0.5 * drum) as f32
        })
        .collect()
}

/// A stereo 16-bit WAV file.
fn wav(samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| [(sample * 32_767.0) as i16; 2])
        .flat_map(i16::to_le_bytes)
        .collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(FILE_RATE.to_le_bytes());
    file.extend((FILE_RATE * 4).to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

fn hearing(criterion: &mut Criterion) {
    let file = wav(&song(FILE_RATE));
    let signal = song(RATE);
    let mut group = criterion.benchmark_group("hearing");
    group.sample_size(10).throughput(Throughput::Elements(u64::from(SECONDS)));
    group.bench_function("whole analysis", |bencher| {
        bencher
            .iter(|| mv_audio::analyze(Cursor::new(file.clone()), &mut |_| {}, &CancelToken::new()).is_ok());
    });
    group.bench_function("decoding", |bencher| {
        bencher.iter(|| {
            let mut block = Vec::new();
            let mut frames = 0;
            if let Ok(mut song) = SongReader::open(Cursor::new(file.clone())) {
                while song.next_block(&mut block).unwrap_or(false) {
                    frames += block.len();
                }
            }
            black_box(frames)
        });
    });
    group.bench_function("rhythm", |bencher| {
        bencher.iter(|| {
            let mut listener = Listener::new();
            signal.chunks(4_096).for_each(|block| listener.hear(block));
            listener.finish(f64::from(SECONDS))
        });
    });
    group.finish();
}

criterion_group!(benches, hearing);
criterion_main!(benches);
