//! The title card: the song's title and artist over the first seconds, quiet and centred.

use super::ass::{self, Script};
use super::fonts;
use super::layout::Zone;
use super::style::CaptionLook;
use mv_core::{Rgb, Seconds};
use serde::{Deserialize, Serialize};

/// Milliseconds.
const FADE_IN: u32 = 700;
const FADE_OUT: u32 = 900;
/// Type sizes as parts of the short side.
const TITLE_SIZE: f64 = 0.088;
const ARTIST_SIZE: f64 = 0.034;
/// Widest title, as a part of the picture's width.
const WIDEST: f64 = 0.80;

/// Title and artist of the song, shown between two times of the film.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TitleCard {
    pub title: String,
    /// May be empty.
    pub artist: String,
    pub start: Seconds,
    pub end: Seconds,
}

impl TitleCard {
    /// A card over the first seconds of a film: it comes after a breath and is gone by a fifth of a short film.
    pub fn opening(title: &str, artist: &str, film: Seconds) -> Self {
        let start = 0.6_f64.min(film.0 * 0.03);
        let end = (start + 4.2).min((film.0 * 0.2).max(start + 1.5));
        Self { title: title.into(), artist: artist.into(), start: Seconds(start), end: Seconds(end) }
    }

    pub(super) fn write(&self, script: &mut Script, look: &CaptionLook) {
        let canvas = script.canvas();
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let short = width.min(height);
        let quiet = CaptionLook { fill: Rgb(255, 255, 255), spacing: 0.04, ..look.clone() };
        let title: String = ass::escape(&self.title.split_whitespace().collect::<Vec<_>>().join(" "));
        let artist: String = ass::escape(&self.artist.split_whitespace().collect::<Vec<_>>().join(" "));
        let fit = |text: &str, size: f64, spacing: f64| {
            let em = size * short;
            em * (WIDEST * width / (fonts::width(text, spacing) * em).max(1.0)).min(1.0)
        };
        let title_em = fit(&title, TITLE_SIZE, 0.04);
        let artist_em = fit(&artist, ARTIST_SIZE, 0.28);
        let middle = (width / 2.0, height * 0.47);
        script.styles("title", &quiet, Zone { side: 0.0, bottom: 0.0, em: title_em }, false);
        let fade = format!("\\fad({FADE_IN},{FADE_OUT})");
        let mut put = |em: f64, spacing: f64, y: f64, text: &str| {
            let size = format!("\\fs{:.2}\\fsp{:.2}", em * fonts::line_height(), em * spacing);
            for (layer, style, edge) in [(2, "title-halo", &look.halo), (3, "title", &look.outline)] {
                // Letter spacing also follows the last letter: half of it back keeps the line centred.
                let x = middle.0 + em * spacing / 2.0;
                let (border, blur) = (edge.width * em * 0.8, ass::blur(edge, em * 1.4));
                let tags = format!("{{\\an5\\pos({x:.1},{y:.1}){fade}{size}\\bord{border:.2}{blur}}}");
                script.event(layer, style, self.start, self.end, &format!("{tags}{text}"));
            }
        };
        put(title_em, 0.04, middle.1, &title);
        if !artist.is_empty() {
            let rule = middle.1 + title_em * 0.95;
            put(artist_em, 0.28, rule + artist_em * 1.35, &artist);
            let (half, thick) = (short * 0.045, (short * 0.0022).max(1.0));
            let line = format!(
                "{{\\an7\\pos({:.1},{rule:.1}){fade}\\bord0\\1a&H40&\\p1}}m 0 0 l {w:.0} 0 {w:.0} {thick:.1} 0 {thick:.1}",
                middle.0 - half,
                w = half * 2.0
            );
            script.event(3, "title", self.start, self.end, &line);
        }
    }
}
