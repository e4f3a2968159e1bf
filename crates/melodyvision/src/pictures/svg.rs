//! Small SVG documents, rendered with the font that ships with the program.

use anyhow::{Context, Result};
use mv_core::vocabulary::SectionKind;
use resvg::tiny_skia::Pixmap;
use resvg::usvg;
use std::fmt::Write;
use std::sync::Arc;

/// The studio's colours: the same ones in the plot, the sheet and the report.
pub(super) const CANVAS: &str = "#0b0a0f";
pub(super) const PANEL: &str = "#121118";
pub(super) const FG: &str = "#f3f3f7";
pub(super) const FG_2: &str = "#b8b8c1";
pub(super) const FG_3: &str = "#908f9a";
pub(super) const EMBER: &str = "#ff8959";

pub(super) fn section_color(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Intro => "#74bafc",
        SectionKind::Verse => "#3bcad8",
        SectionKind::PreChorus => "#61cca1",
        SectionKind::Chorus => "#f49a77",
        SectionKind::Bridge => "#cb9fed",
        SectionKind::Solo => "#d4b054",
        SectionKind::Outro => "#9aafff",
    }
}

/// An SVG document being written, in pixels.
pub(super) struct Drawing {
    width: u32,
    height: u32,
    body: String,
}

impl Drawing {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let mut drawing = Self { width, height, body: String::new() };
        drawing.rect(0.0, 0.0, f64::from(width), f64::from(height), 0.0, CANVAS, 1.0);
        drawing
    }

    #[expect(clippy::too_many_arguments, reason = "a rectangle has that many properties in SVG too")]
    pub(super) fn rect(
        &mut self,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        radius: f64,
        fill: &str,
        alpha: f64,
    ) {
        self.push(format_args!(
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" rx="{radius}" fill="{fill}" fill-opacity="{alpha}"/>"#
        ));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64, alpha: f64) {
        self.push(format_args!(
            r#"<line x1="{:.2}" y1="{:.2}" x2="{:.2}" y2="{:.2}" stroke="{stroke}" stroke-width="{width}" stroke-opacity="{alpha}"/>"#,
            from.0, from.1, to.0, to.1
        ));
    }

    /// A filled outline, closed.
    pub(super) fn area(&mut self, points: &[(f64, f64)], fill: &str, alpha: f64) {
        let path = outline(points);
        self.push(format_args!(r#"<path d="{path}Z" fill="{fill}" fill-opacity="{alpha}"/>"#));
    }

    pub(super) fn curve(&mut self, points: &[(f64, f64)], stroke: &str, width: f64) {
        let path = outline(points);
        self.push(format_args!(
            r#"<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round"/>"#
        ));
    }

    /// Text with its baseline's start at a point.
    pub(super) fn text(&mut self, at: (f64, f64), size: f64, fill: &str, text: &str) {
        self.anchored(at, size, fill, text, "start");
    }

    /// Text with its baseline's end at a point.
    pub(super) fn text_end(&mut self, at: (f64, f64), size: f64, fill: &str, text: &str) {
        self.anchored(at, size, fill, text, "end");
    }

    fn anchored(&mut self, at: (f64, f64), size: f64, fill: &str, text: &str, anchor: &str) {
        let text = escape(text);
        self.push(format_args!(
            r#"<text x="{:.2}" y="{:.2}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{text}</text>"#,
            at.0, at.1
        ));
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    /// Renders the drawing.
    pub(super) fn render(&self) -> Result<Pixmap> {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(mv_media::captions::font_bytes().to_vec());
        let family = fonts
            .faces()
            .next()
            .and_then(|face| face.families.first().map(|(name, _)| name.clone()))
            .context("the bundled font has no name")?;
        let document = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="{}" height="{}" font-family="{family}">{}</svg>"#,
            self.width, self.height, self.body
        );
        let options = usvg::Options { fontdb: Arc::new(fonts), font_family: family, ..Default::default() };
        let tree = usvg::Tree::from_str(&document, &options)?;
        let mut pixmap = Pixmap::new(self.width, self.height).context("the picture has no size")?;
        resvg::render(&tree, resvg::tiny_skia::Transform::identity(), &mut pixmap.as_mut());
        Ok(pixmap)
    }
}

fn outline(points: &[(f64, f64)]) -> String {
    let mut path = String::with_capacity(points.len() * 14);
    for (index, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x:.2},{y:.2}", if index == 0 { "M" } else { "L" });
    }
    path
}

fn escape(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control());
    kept.fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
        out
    })
}
