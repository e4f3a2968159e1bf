//! Stills of a finished film: a poster, and a sheet of small pictures for a player's scrub bar.

use crate::artefact::{self, Draft};
use crate::error::MediaError;
use crate::probe;
use crate::tools::Tools;
use mv_core::{CancelToken, Canvas, FrameRate, Seconds};
use std::fmt::Write;
use std::path::Path;

/// Frames among which the poster is chosen.
const POSTER_CHOICE: u32 = 24;
/// JPEG is BT.601 in full range, the film BT.709 in limited range.
const TO_JPEG: &str = "in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc,format=yuvj420p";
const COLUMNS: u64 = 10;
const MOST_TILES: u64 = 100;
/// Pictures are not closer than the encoder's keyframes: those alone are decoded, at a fifteenth of the cost.
const SHORTEST_INTERVAL: u64 = 2;

/// Writes a JPEG of the film, `width` pixels wide, of the most typical frame of the second after `at`.
pub fn poster(
    tools: &Tools,
    film: &Path,
    at: Seconds,
    width: u32,
    out: &Path,
    cancel: &CancelToken,
) -> Result<(), MediaError> {
    let draft = Draft::of(out)?;
    let width = (width / 2 * 2).max(2);
    probe::input(tools.ffmpeg().args(["-ss", &format!("{:.3}", at.0.max(0.0))]), film)
        .arg("-vf")
        .arg(format!("thumbnail=n={POSTER_CHOICE},scale=w={width}:h=-2:flags=lanczos:{TO_JPEG}"))
        .words("-map 0:v:0 -frames:v 1 -q:v 2 -f image2 -update 1")
        .arg(draft.path())
        .writing(out)
        .run(cancel)?;
    commit_jpeg(draft)
}

/// A sheet of small pictures and the `WebVTT` that says which part of it belongs to which time.
#[derive(Clone, Copy, Debug)]
pub struct SpriteSheet<'a> {
    pub film: &'a Path,
    /// How many frames the film has.
    pub frames: u64,
    pub rate: FrameRate,
    pub canvas: Canvas,
    /// Height of one small picture in pixels.
    pub tile_height: u32,
}

impl SpriteSheet<'_> {
    /// Writes the sheet (JPEG) and its track (`WebVTT`), which names the sheet by its file name.
    pub fn write(
        &self,
        tools: &Tools,
        sheet: &Path,
        track: &Path,
        cancel: &CancelToken,
    ) -> Result<(), MediaError> {
        self.draw(tools, sheet, cancel)?;
        let name = sheet.file_name().unwrap_or_default().to_string_lossy();
        artefact::write(track, self.track(&name).as_bytes())
    }

    /// Writes the sheet alone (JPEG).
    pub fn draw(&self, tools: &Tools, sheet: &Path, cancel: &CancelToken) -> Result<(), MediaError> {
        let (interval, tiles) = self.tiling();
        let rows = tiles.div_ceil(COLUMNS);
        let (wide, high) = self.tile_size();
        let draft = Draft::of(sheet)?;
        tools
            .ffmpeg()
            .words("-skip_frame nokey -i")
            .arg(self.film)
            .arg("-vf")
            .arg(format!(
                "fps=fps=1/{interval}:start_time=0,scale=w={wide}:h={high}:flags=area:{TO_JPEG},\
                 tpad=stop_mode=clone:stop={tiles},trim=end_frame={tiles},tile={COLUMNS}x{rows}:nb_frames={tiles}"
            ))
            .words("-map 0:v:0 -frames:v 1 -q:v 4 -f image2 -update 1")
            .arg(draft.path())
            .writing(sheet)
            .run(cancel)?;
        commit_jpeg(draft)
    }

    /// Seconds a picture stands for, and how many pictures there are.
    fn tiling(&self) -> (u64, u64) {
        let seconds = self.frames.div_ceil(u64::from(self.rate.get())).max(1);
        let interval = seconds.div_ceil(MOST_TILES).max(SHORTEST_INTERVAL);
        (interval, seconds.div_ceil(interval))
    }

    fn tile_size(&self) -> (u32, u32) {
        let high = (self.tile_height / 2 * 2).max(2);
        let wide = (f64::from(high) * self.canvas.ratio() / 2.0).round() as u32 * 2;
        (wide.max(2), high)
    }

    /// The track's text (`WebVTT`) for a sheet of that file name.
    pub fn track(&self, sheet: &str) -> String {
        let (interval, tiles) = self.tiling();
        let (wide, high) = self.tile_size();
        let length = self.frames as f64 / f64::from(self.rate.get());
        let clock = |seconds: f64| {
            let millis = (seconds * 1000.0).round() as u64;
            let (minutes, rest) = (millis / 60_000, millis % 60_000);
            format!("{:02}:{:02}:{:02}.{:03}", minutes / 60, minutes % 60, rest / 1000, rest % 1000)
        };
        let mut text = String::from("WEBVTT\n");
        for tile in 0..tiles {
            let start = (tile * interval) as f64;
            let end = ((tile + 1) * interval) as f64;
            let (x, y) = (tile % COLUMNS * u64::from(wide), tile / COLUMNS * u64::from(high));
            let (start, end) = (clock(start), clock(end.min(length)));
            // Writing into a string cannot fail.
            write!(text, "\n{start} --> {end}\n{sheet}#xywh={x},{y},{wide},{high}\n").ok();
        }
        text
    }
}

/// FFmpeg calls it success when no frame was there to be written.
fn commit_jpeg(draft: Draft) -> Result<(), MediaError> {
    let bytes = std::fs::read(draft.path()).map_err(|e| MediaError::reading(draft.target(), &e))?;
    if bytes.starts_with(&[0xff, 0xd8]) && bytes.ends_with(&[0xff, 0xd9]) {
        draft.commit()
    } else {
        let reason = "no frame of the film is there to be shown".to_owned();
        Err(MediaError::Broken { path: draft.target().to_owned(), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_cover_the_film_and_are_bounded_in_number() {
        let sheet = |frames| SpriteSheet {
            film: Path::new("film.mp4"),
            frames,
            rate: FrameRate::FILM,
            canvas: Canvas::new(1920, 1080),
            tile_height: 90,
        };
        assert_eq!(sheet(1).tiling(), (2, 1));
        assert_eq!(sheet(24 * 64 + 12).tiling(), (2, 33));
        assert_eq!(sheet(24 * 600).tiling(), (6, 100));
        let track = sheet(24 * 24 + 12).track("sprites.jpg");
        assert!(track.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nsprites.jpg#xywh=0,0,160,90\n"));
        assert!(
            track.ends_with("00:00:24.000 --> 00:00:24.500\nsprites.jpg#xywh=320,90,160,90\n"),
            "{track}"
        );
    }
}
