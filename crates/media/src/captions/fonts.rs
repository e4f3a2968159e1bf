//! The bundled caption font: embedded in the program, measured here, written out for libass at run time.
//!
//! Pretendard Semi Bold covers Hangul, Latin and kana. It is unmodified, as its licence (SIL OFL 1.1 with a reserved
//! name) asks; the licence text travels with it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use ttf_parser::Face;

/// The family name by which libass finds the font.
pub(super) const FAMILY: &str = "Pretendard SemiBold";

const FONT_FILE: &str = "Pretendard-SemiBold.otf";
const FONT: &[u8] = include_bytes!("../../fonts/Pretendard-SemiBold.otf");
const LICENCE_FILE: &str = "Pretendard-OFL.txt";
const LICENCE: &[u8] = include_bytes!("../../fonts/Pretendard-OFL.txt");

/// Bytes of the bundled font, for other writers of text (title cards, contact sheets).
pub fn font_bytes() -> &'static [u8] {
    FONT
}

/// Writes the font and its licence into `dir` (made if missing) unless they are there already, and gives `dir` back.
///
/// Several processes may do this at once: each file is written under a temporary name and renamed.
pub fn install(dir: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(dir)?;
    for (name, bytes) in [(FONT_FILE, FONT), (LICENCE_FILE, LICENCE)] {
        let path = dir.join(name);
        if std::fs::metadata(&path).is_ok_and(|m| m.len() == bytes.len() as u64) {
            continue;
        }
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        std::io::Write::write_all(&mut file, bytes)?;
        file.persist(&path)?;
    }
    Ok(dir.to_path_buf())
}

/// BLAKE3 of the font, hex: another font draws other captions.
pub(super) fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| blake3::hash(FONT).to_hex().to_string())
}

/// The face and the measures that libass goes by.
struct Metrics {
    face: Face<'static>,
    units_per_em: f64,
    /// Windows ascent + descent in em: the height that an ASS font size means.
    line_height: f64,
}

fn metrics() -> Option<&'static Metrics> {
    static METRICS: OnceLock<Option<Metrics>> = OnceLock::new();
    METRICS
        .get_or_init(|| {
            let face = Face::parse(FONT, 0).ok()?;
            let units_per_em = f64::from(face.units_per_em());
            let os2 = face.tables().os2?;
            let height = f64::from(os2.windows_ascender()) - f64::from(os2.windows_descender());
            Some(Metrics { face, units_per_em, line_height: height / units_per_em })
        })
        .as_ref()
}

/// Height of a line in em. An ASS font size is this many times the type size.
pub(super) fn line_height() -> f64 {
    metrics().map_or(1.2, |m| m.line_height)
}

/// Width of a run of text in em, without kerning, with `spacing` em after each letter.
pub(super) fn width(text: &str, spacing: f64) -> f64 {
    text.chars().map(|c| advance(c) + spacing).sum()
}

fn advance(c: char) -> f64 {
    let of_font = metrics().and_then(|m| {
        let glyph = m.face.glyph_index(c)?;
        Some(f64::from(m.face.glyph_hor_advance(glyph)?) / m.units_per_em)
    });
    // A letter of another font: full width beyond the alphabets, half within.
    of_font.unwrap_or(if u32::from(c) >= 0x1100 { 1.0 } else { 0.6 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_is_measured() {
        assert!((line_height() - 2443.0 / 2048.0).abs() < 1e-9);
        let hangul = width("여름밤", 0.0);
        assert!((2.2..3.0).contains(&hangul), "{hangul}");
        assert!(width("iii", 0.0) < width("mmm", 0.0));
        assert!((width("ab", 0.1) - width("ab", 0.0) - 0.2).abs() < 1e-9);
    }

    #[test]
    fn installing_twice_leaves_one_font_and_its_licence() {
        let dir = tempfile::tempdir().unwrap();
        let fonts = dir.path().join("fonts");
        install(&fonts).unwrap();
        install(&fonts).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(&fonts)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, [LICENCE_FILE, FONT_FILE]);
        assert_eq!(std::fs::read(fonts.join(FONT_FILE)).unwrap(), FONT);
    }
}
