//! A picture laid over every frame in a corner.

use crate::error::MediaError;
use crate::process::Invocation;
use mv_core::Canvas;
use mv_core::film::Corner;
use serde::Serialize;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// A larger picture is no watermark, and decoding it would fill the memory.
const MOST_PIXELS: u32 = 40_000_000;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Watermark {
    /// A PNG, JPEG or WebP picture; where it lies does not change the film.
    #[serde(skip)]
    pub path: PathBuf,
    /// BLAKE3 of its bytes, hex.
    pub content: String,
    pub corner: Corner,
    /// 0 (not there) to 1 (as it is).
    pub opacity: f64,
}

impl Watermark {
    /// Reads the command line's `FILE:CORNER:OPACITY`; the last two may be left out. The caller hashes the file.
    pub fn parse(text: &str) -> Result<(PathBuf, Corner, f64), String> {
        let (mut path, mut corner, mut opacity) = (text, Corner::BottomRight, 0.6);
        if let Some((rest, last)) = path.rsplit_once(':')
            && let Ok(number) = last.parse::<f64>()
        {
            if !(0.0..=1.0).contains(&number) {
                return Err(format!("`{last}` is not an opacity: write a number from 0 to 1"));
            }
            (path, opacity) = (rest, number);
        }
        if let Some((rest, last)) = path.rsplit_once(':')
            && (last.contains("top") || last.contains("bottom") || !last.contains(['.', '/']))
        {
            (path, corner) = (rest, last.parse()?);
        }
        if path.is_empty() {
            return Err(format!("`{text}` names no file: write it like `logo.png:top-right:0.6`"));
        }
        Ok((path.into(), corner, opacity))
    }

    /// Adds the picture as a command's next input. Its kind is read from its first bytes and given by name, so that no
    /// file can pass for a list of others.
    pub(crate) fn input(&self, command: Invocation) -> Result<Invocation, MediaError> {
        let failed = |error: &std::io::Error| MediaError::reading(&self.path, error);
        let mut head = [0; 12];
        let mut file = File::open(&self.path).map_err(|e| failed(&e))?;
        let length = file.read(&mut head).map_err(|e| failed(&e))?;
        let demuxer = match &head[..length] {
            [0x89, b'P', b'N', b'G', ..] => "png_pipe",
            [0xff, 0xd8, 0xff, ..] => "jpeg_pipe",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => "webp_pipe",
            _ => {
                let reason = "it is no PNG, JPEG or WebP picture".to_owned();
                return Err(MediaError::Read { path: self.path.clone(), reason });
            }
        };
        let mut name = OsString::from("file:");
        name.push(&self.path);
        let options = format!("-protocol_whitelist file -max_pixels {MOST_PIXELS} -f {demuxer} -i");
        Ok(command.words(&options).arg(name))
    }

    /// The part of a filter graph that lays input 1 over `[base]`; it leaves its own output unnamed.
    ///
    /// It fits in a tenth of the height and a fifth of the width, a thirtieth of the short side from the edges.
    pub(crate) fn graph(&self, canvas: Canvas) -> String {
        let (wide, high) = (canvas.width / 5, canvas.height / 10);
        let margin = canvas.width.min(canvas.height) / 30;
        let (right, low) = (format!("W-w-{margin}"), format!("H-h-{margin}"));
        let near = margin.to_string();
        let (x, y) = match self.corner {
            Corner::TopLeft => (&near, &near),
            Corner::TopRight => (&right, &near),
            Corner::BottomLeft => (&near, &low),
            Corner::BottomRight => (&right, &low),
        };
        format!(
            "[1:v]format=rgba,scale=w={wide}:h={high}:force_original_aspect_ratio=decrease:flags=lanczos\
             :out_color_matrix=bt709:out_range=tv,format=yuva420p,lut=a=val*{:.3}[mark];\
             [base][mark]overlay=x={x}:y={y}:format=yuv420",
            self.opacity.clamp(0.0, 1.0)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_lines_form_is_read() {
        let parsed = Watermark::parse("art/logo.png:top-left:0.25").unwrap();
        assert_eq!(parsed, ("art/logo.png".into(), Corner::TopLeft, 0.25));
        assert_eq!(Watermark::parse("logo.png").unwrap(), ("logo.png".into(), Corner::BottomRight, 0.6));
        assert_eq!(Watermark::parse("a:b.png:0.5").unwrap(), ("a:b.png".into(), Corner::BottomRight, 0.5));
        assert!(Watermark::parse("logo.png:middle:0.5").unwrap_err().contains("`middle`"));
        assert!(Watermark::parse("logo.png:top-left:2").unwrap_err().contains("`2`"));
        assert!(Watermark::parse(":top-left:1").is_err());
    }
}
