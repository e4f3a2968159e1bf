//! A picture of what was heard: sections, waveform, bars, beats and energy along the song.

use super::svg::{Drawing, EMBER, FG, FG_2, FG_3, PANEL, section_color};
use anyhow::Result;
use mv_core::{Seconds, SongAnalysis, WaveformPeaks};
use resvg::tiny_skia::Pixmap;

const WIDTH: u32 = 1800;
const HEIGHT: u32 = 620;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 1760.0;

/// Draws the analysis of a song called `title`.
pub(crate) fn draw(title: &str, song: &SongAnalysis, peaks: &WaveformPeaks) -> Result<Pixmap> {
    let mut drawing = Drawing::new(WIDTH, HEIGHT);
    let end = song.duration.0.max(1e-6);
    let x = |time: f64| LEFT + (RIGHT - LEFT) * (time / end).clamp(0.0, 1.0);

    drawing.text((LEFT, 52.0), 30.0, FG, title);
    let facts = format!("{:.1} BPM   {}   {}   {}", song.tempo, song.key, song.time_signature, song.duration);
    drawing.text_end((RIGHT, 52.0), 22.0, FG_2, &facts);

    ruler(&mut drawing, end, &x);
    for section in &song.sections {
        let (from, to) = (x(section.start.0), x(section.end.0));
        let color = section_color(section.kind);
        drawing.rect(from, 100.0, (to - from - 2.0).max(1.0), 34.0, 4.0, color, 0.22);
        drawing.rect(from, 100.0, 3.0, 34.0, 1.0, color, 1.0);
        if to - from > 90.0 {
            drawing.text((from + 12.0, 123.0), 16.0, color, &format!("{}  {}", section.kind, section.label));
        }
        drawing.rect(from, 144.0, (to - from - 2.0).max(1.0), 236.0, 0.0, color, 0.045);
    }
    waveform(&mut drawing, song, peaks, &x);
    beats(&mut drawing, song, &x);
    energy(&mut drawing, song, &x);
    drawing.render()
}

fn ruler(drawing: &mut Drawing, end: f64, x: &impl Fn(f64) -> f64) {
    let step = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0].into_iter().find(|step| end / step <= 20.0);
    let step = step.unwrap_or(300.0);
    for mark in 0..=(end / step) as u32 {
        let time = f64::from(mark) * step;
        let label = format!("{}:{:02}", time as u64 / 60, time as u64 % 60);
        drawing.text((x(time), 88.0), 14.0, FG_3, &label);
    }
}

fn waveform(drawing: &mut Drawing, song: &SongAnalysis, peaks: &WaveformPeaks, x: &impl Fn(f64) -> f64) {
    let Some(finest) = peaks.levels.first() else { return };
    let (middle, half) = (262.0, 112.0);
    let columns = ((RIGHT - LEFT) / 3.0) as usize;
    for column in 0..columns {
        let time = |at: usize| song.duration.0 * at as f64 / columns as f64;
        let sample = |time: f64| ((time * f64::from(peaks.rate_hz)) as usize).min(finest.len());
        let span =
            sample(time(column))..sample(time(column + 1)).max(sample(time(column)) + 1).min(finest.len());
        let Some(peak) = finest.get(span).and_then(|span| span.iter().max()) else { continue };
        let height = (f64::from(*peak) / 255.0 * half).max(1.0);
        let section = song.sections.iter().find(|section| section.end.0 > time(column));
        let color = section.map_or(FG_3, |section| section_color(section.kind));
        drawing.rect(x(time(column)), middle - height, 2.0, height * 2.0, 1.0, color, 0.8);
    }
}

fn beats(drawing: &mut Drawing, song: &SongAnalysis, x: &impl Fn(f64) -> f64) {
    drawing.rect(LEFT, 396.0, RIGHT - LEFT, 40.0, 4.0, PANEL, 1.0);
    // Where beats would run together only bars are drawn.
    let crowded = song.beats.len() as f64 > (RIGHT - LEFT) / 3.0;
    for beat in song.beats.iter().filter(|_| !crowded) {
        drawing.line((x(beat.0), 416.0), (x(beat.0), 434.0), FG_3, 1.0, 0.8);
    }
    for (bar, beat) in song.downbeats.iter().enumerate() {
        let strong = bar % 4 == 0;
        let (top, width) = if strong { (398.0, 2.0) } else { (406.0, 1.5) };
        drawing.line((x(beat.0), top), (x(beat.0), 434.0), EMBER, width, if strong { 1.0 } else { 0.7 });
    }
}

fn energy(drawing: &mut Drawing, song: &SongAnalysis, x: &impl Fn(f64) -> f64) {
    let (top, bottom) = (452.0, 580.0);
    drawing.rect(LEFT, top, RIGHT - LEFT, bottom - top, 4.0, PANEL, 1.0);
    let points: Vec<(f64, f64)> = (0..=((RIGHT - LEFT) / 2.0) as usize)
        .map(|column| {
            let time = song.duration.0 * column as f64 * 2.0 / (RIGHT - LEFT);
            let level = song.energy_curve.at(Seconds(time)).clamp(0.0, 1.0);
            (x(time), bottom - (bottom - top - 8.0) * level)
        })
        .collect();
    let mut closed = points.clone();
    closed.push((RIGHT, bottom));
    closed.push((LEFT, bottom));
    drawing.area(&closed, EMBER, 0.16);
    drawing.curve(&points, EMBER, 2.0);
    drawing.text((LEFT + 8.0, top + 20.0), 14.0, FG_3, "energy");
    let sure = song.confidence;
    let line = format!(
        "confidence   tempo {:.2}   beats {:.2}   downbeats {:.2}   metre {:.2}   key {:.2}   sections {:.2}",
        sure.tempo, sure.beats, sure.downbeats, sure.time_signature, sure.key, sure.sections
    );
    drawing.text((LEFT, 606.0), 14.0, FG_3, &line);
}
