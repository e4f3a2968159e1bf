//! Captions: lyrics and a title card → scripts for libass, cut to any range of the film, and subtitle files beside it.
//!
//! A script's times are those of the film, whatever part of it is drawn: the overlay carries the frame at which its part
//! begins and the filter shifts the clock. So a caption that crosses a border between two segments goes on exactly as
//! in one long render: no fade starts anew, and no rounding differs.

mod ass;
mod fonts;
mod layout;
mod sidecar;
mod style;
mod title;

pub use fonts::{font_bytes, install as install_fonts};
pub use sidecar::{srt, webvtt};
pub use style::{BilingualName, CaptionLook, Edge, Reveal};
pub use title::TitleCard;

use crate::CaptionOverlay;
use ass::{Script, centiseconds};
use layout::{Page, Zone};
use mv_core::film::CaptionStyle;
use mv_core::{Canvas, FrameRate, Lyrics, Seconds};
use serde::Serialize;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

/// How long before it is sung a line shows: a singer along with the film needs more.
const LEAD_LINE: Seconds = Seconds(0.12);
const LEAD_KARAOKE: Seconds = Seconds(0.40);
/// How long a line stays when nothing follows.
const LINGER: Seconds = Seconds(0.35);
/// Time between two letters of a typed line, at most.
const TYPING: Seconds = Seconds(0.055);

/// What is written over the picture, and how.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaptionSettings {
    /// Lines, karaoke or no lyrics at all.
    pub mode: CaptionStyle,
    pub look: CaptionLook,
    pub canvas: Canvas,
    pub rate: FrameRate,
    pub title_card: Option<TitleCard>,
}

impl CaptionOverlay {
    /// The FFmpeg filters that draw this overlay over a stream whose clock starts at 0.
    ///
    /// Both paths must already be escaped for a filter graph.
    pub fn filter(&self, script: &str, fonts_dir: &str, rate: FrameRate) -> String {
        let draw = format!("ass=filename={script}:fontsdir={fonts_dir}");
        if self.first_frame == 0 {
            return draw;
        }
        let shift = format!("{}/({rate}*TB)", self.first_frame);
        format!("setpts=PTS+{shift},{draw},setpts=PTS-{shift}")
    }
}

/// Cuts the captions of a film to a range of its frames; `None` when nothing is written there.
///
/// `lyrics` are the whole film's, in its time; `fonts_dir` is where [`install_fonts`] put the font. The overlay's script
/// holds only what shows in the range, so it is a fair cache key.
pub fn slice(
    lyrics: &Lyrics,
    frames: Range<u64>,
    settings: &CaptionSettings,
    fonts_dir: &Path,
) -> Option<CaptionOverlay> {
    let rate = f64::from(settings.rate.get());
    // libass sees whole milliseconds and the script whole centiseconds: a frame more on both sides costs nothing.
    let from = (frames.start as f64 - 1.0) / rate;
    let to = (frames.end as f64 + 1.0) / rate;
    let shown: Vec<Caption> = captions(lyrics, settings)
        .into_iter()
        .filter(|caption| caption.shown.start.0 < to && caption.shown.end.0 > from)
        .collect();
    let card = settings.title_card.as_ref().filter(|card| card.start.0 < to && card.end.0 > from);
    if frames.is_empty() || (shown.is_empty() && card.is_none()) {
        return None;
    }
    let mut script = Script::new(settings.canvas);
    let zone = Zone::of(settings.canvas, &settings.look);
    if !shown.is_empty() {
        let karaoke = settings.mode == CaptionStyle::Karaoke;
        script.styles("lyric", &settings.look, zone, karaoke);
    }
    if let Some(card) = card {
        card.write(&mut script, &settings.look);
    }
    for caption in &shown {
        caption.write(&mut script, &settings.look, zone);
    }
    Some(CaptionOverlay {
        ass: script.finish(),
        first_frame: frames.start,
        fonts_dir: fonts_dir.to_owned(),
        fonts_hash: fonts::hash().to_owned(),
    })
}

/// Where captions of two lines stand: left, top, right, bottom, in pixels; a single line stands in its lower half.
pub fn area(canvas: Canvas, look: &CaptionLook) -> [f64; 4] {
    Zone::of(canvas, look).area(canvas)
}

/// A page with the time it is on screen and whether its words light up.
struct Caption {
    page: Page,
    shown: Range<Seconds>,
    karaoke: bool,
}

fn captions(lyrics: &Lyrics, settings: &CaptionSettings) -> Vec<Caption> {
    if settings.mode == CaptionStyle::None {
        return Vec::new();
    }
    let mut captions = Vec::new();
    for line in &lyrics.lines {
        let karaoke = settings.mode == CaptionStyle::Karaoke && !line.words.is_empty();
        for (index, page) in layout::pages(line, settings.canvas, &settings.look).into_iter().enumerate() {
            let lead = match (index, karaoke) {
                (0, true) => LEAD_KARAOKE,
                (0, false) => LEAD_LINE,
                _ => Seconds::ZERO,
            };
            let shown = Seconds((page.start.0 - lead.0).max(0.0))..page.end + LINGER;
            captions.push(Caption { page, shown, karaoke });
        }
    }
    // Two captions never share the screen: where they would, they meet at the later one's own start, or within the
    // pause before it.
    for index in 1..captions.len() {
        let (earlier, later) = captions.split_at_mut(index);
        let (earlier, later) = (&mut earlier[index - 1], &mut later[0]);
        if earlier.shown.end.0 > later.shown.start.0 {
            let meet =
                earlier.page.end.0.clamp(later.shown.start.0, later.page.start.0.max(later.shown.start.0));
            earlier.shown.end = Seconds(meet);
            later.shown.start = Seconds(meet);
        }
    }
    captions.retain(|caption| centiseconds(caption.shown.end) > centiseconds(caption.shown.start));
    captions
}

impl Caption {
    fn write(&self, script: &mut Script, look: &CaptionLook, zone: Zone) {
        let shown = ((self.shown.end.0 - self.shown.start.0) * 1000.0) as u32;
        let fade_in = look.fade_in.min(shown / 3);
        let fade_out = look.fade_out.min(shown / 3);
        let size = if self.page.scale < 1.0 {
            format!("\\fs{:.2}", zone.em * fonts::line_height() * self.page.scale)
        } else {
            String::new()
        };
        let halo_fill = look.halo.opacity;
        for (layer, style, edge, fill) in
            [(0, "lyric-halo", &look.halo, halo_fill), (1, "lyric", &look.outline, 1.0)]
        {
            let body = match look.reveal {
                // The halo lies under all of a karaoke line: it does not wait for the words.
                _ if self.karaoke && layer == 0 => self.plain(),
                _ if self.karaoke => self.sung(),
                Reveal::Type => self.typed(fill, edge.opacity),
                Reveal::Fade => self.plain(),
            };
            let blur = ass::blur(edge, zone.em);
            let text = format!("{{\\fad({fade_in},{fade_out}){blur}{size}}}{body}");
            script.event(layer, style, self.shown.start, self.shown.end, &text);
        }
    }

    /// What stands between a piece and the one before it.
    fn gap(&self, index: usize) -> &'static str {
        match index {
            0 => "",
            _ if self.page.break_at == Some(index) => "\\N",
            _ if self.page.pieces[index].glued => "",
            _ => " ",
        }
    }

    fn plain(&self) -> String {
        let mut text = String::new();
        for (index, piece) in self.page.pieces.iter().enumerate() {
            text.push_str(self.gap(index));
            text.push_str(&ass::escape(&piece.text));
        }
        text
    }

    /// Each word sweeps from the waiting colour to the sung one over its time.
    fn sung(&self) -> String {
        let mut at = centiseconds(self.shown.start);
        let mut text = String::new();
        for (index, piece) in self.page.pieces.iter().enumerate() {
            let (start, end) = piece.sung.unwrap_or((self.page.start, self.page.end));
            let start = centiseconds(start).max(at);
            let end = centiseconds(end).max(start);
            let (gap, word) = (self.gap(index), ass::escape(&piece.text));
            // Writing to a string cannot fail.
            let _ = write!(text, "{{\\k{}}}{gap}{{\\kf{}}}{word}", start - at, end - start);
            at = end;
        }
        text
    }

    /// Each letter appears at its own moment, with these opacities.
    fn typed(&self, fill: f64, edge: f64) -> String {
        let (fill, edge) = (ass::alpha(fill), ass::alpha(edge));
        let letters: usize = self.page.pieces.iter().map(|piece| piece.text.chars().count()).sum();
        let length = self.page.end.0 - self.shown.start.0;
        let step = TYPING.0.min(0.6 * length / letters.max(1) as f64) * 1000.0;
        let mut text = String::new();
        let mut letter = 0;
        for (index, piece) in self.page.pieces.iter().enumerate() {
            text.push_str(self.gap(index));
            for c in piece.text.chars() {
                let at = (step * f64::from(letter)).round() as u64;
                let c = ass::escape(c.encode_utf8(&mut [0; 4]));
                let shows = format!("\\t({at},{},\\1a{fill}\\3a{edge})", at + 1);
                let _ = write!(text, "{{\\alpha&HFF&{shows}}}{c}");
                letter += 1;
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
