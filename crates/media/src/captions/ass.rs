//! Writes Advanced `SubStation` Alpha, the script that libass draws: header, styles, events, and text made safe.

use super::fonts;
use super::layout::Zone;
use super::style::{CaptionLook, Edge};
use mv_core::{Canvas, Rgb, Seconds};
use std::fmt::Write as _;

/// Centiseconds, the unit of the format. Rounded from absolute time, so that rounding never accumulates.
pub(super) fn centiseconds(time: Seconds) -> u64 {
    (time.0.max(0.0) * 100.0).round() as u64
}

/// A growing script: write styles first, then events.
pub(super) struct Script {
    styles: String,
    events: String,
    canvas: Canvas,
}

impl Script {
    pub(super) fn canvas(&self) -> Canvas {
        self.canvas
    }

    pub(super) fn new(canvas: Canvas) -> Self {
        Self { styles: String::new(), events: String::new(), canvas }
    }

    /// Adds the two styles of a look: `{name}-halo`, drawn beneath, and `{name}`.
    pub(super) fn styles(&mut self, name: &str, look: &CaptionLook, zone: Zone, karaoke: bool) {
        let size = zone.em * fonts::line_height();
        let fill = if karaoke { look.sung } else { look.fill };
        let halo = colour(look.halo.color, look.halo.opacity);
        let halo_width = look.halo.width * zone.em;
        let letters = colour(fill, 1.0);
        let waiting = colour(look.waiting, look.waiting_opacity);
        let outline = colour(look.outline.color, look.outline.opacity);
        let outline_width = look.outline.width * zone.em;
        let margins = format!("{:.0},{:.0},{:.0}", zone.side, zone.side, zone.bottom);
        let spacing = look.spacing * zone.em;
        for (suffix, primary, secondary, edge, width) in
            [("-halo", &halo, &halo, &halo, halo_width), ("", &letters, &waiting, &outline, outline_width)]
        {
            // Writing to a string cannot fail.
            let _ = writeln!(
                self.styles,
                "Style: {name}{suffix},{},{size:.2},{primary},{secondary},{edge},{edge},\
                 0,0,0,0,100,100,{spacing:.2},0,1,{width:.2},0,2,{margins},1",
                fonts::FAMILY
            );
        }
    }

    /// Adds an event; `text` is already safe and may hold override tags.
    pub(super) fn event(&mut self, layer: u8, style: &str, start: Seconds, end: Seconds, text: &str) {
        let _ = writeln!(
            self.events,
            "Dialogue: {layer},{},{},{style},,0,0,0,,{text}",
            clock(centiseconds(start)),
            clock(centiseconds(end))
        );
    }

    /// The finished script. `ScaledBorderAndShadow` and a resolution equal to the canvas make every length a pixel.
    pub(super) fn finish(self) -> String {
        let Self { styles, events, canvas } = self;
        format!(
            "[Script Info]\nScriptType: v4.00+\nPlayResX: {}\nPlayResY: {}\nWrapStyle: 2\n\
             ScaledBorderAndShadow: yes\nYCbCr Matrix: None\n\n[V4+ Styles]\n\
             Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
             Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, \
             MarginL, MarginR, MarginV, Encoding\n{styles}\n[Events]\n\
             Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n{events}",
            canvas.width, canvas.height
        )
    }
}

/// Blur of an edge, as an override tag.
pub(super) fn blur(edge: &Edge, em: f64) -> String {
    if edge.blur > 0.0 { format!("\\blur{:.2}", edge.blur * em) } else { String::new() }
}

/// `&HAABBGGRR`; an alpha of 00 is opaque.
pub(super) fn colour(rgb: Rgb, opacity: f64) -> String {
    format!("&H{:02X}{:02X}{:02X}{:02X}", transparency(opacity), rgb.2, rgb.1, rgb.0)
}

/// An opacity as the argument of an alpha tag.
pub(super) fn alpha(opacity: f64) -> String {
    format!("&H{:02X}&", transparency(opacity))
}

fn transparency(opacity: f64) -> u8 {
    ((1.0 - opacity.clamp(0.0, 1.0)) * 255.0).round() as u8
}

/// Makes untrusted text safe: nothing in it opens an override block, breaks a line or ends the event.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' => safe.push_str("\\{"),
            '}' => safe.push_str("\\}"),
            // A word joiner after it keeps `\N`, `\n` and `\h` from being commands.
            '\\' => safe.push_str("\\\u{2060}"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

fn clock(centiseconds: u64) -> String {
    format!(
        "{}:{:02}:{:02}.{:02}",
        centiseconds / 360_000,
        centiseconds / 6000 % 60,
        centiseconds / 100 % 60,
        centiseconds % 100
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_only_text() {
        assert_eq!(escape(r"{\fs200}big"), "\\{\\\u{2060}fs200\\}big");
        assert_eq!(escape("a\nDialogue: b\r"), "a Dialogue: b ");
        assert_eq!(escape(r"a\Nb"), "a\\\u{2060}Nb");
    }

    #[test]
    fn times_and_colours_are_in_the_format_of_the_script() {
        assert_eq!(clock(centiseconds(Seconds(3725.678))), "1:02:05.68");
        assert_eq!(clock(centiseconds(Seconds(-1.0))), "0:00:00.00");
        assert_eq!(colour(Rgb(0xff, 0x88, 0x11), 1.0), "&H001188FF");
        assert_eq!(colour(Rgb(0, 0, 0), 0.0), "&HFF000000");
    }
}
