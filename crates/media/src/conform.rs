//! The filters that make any clip fit the film: its rate, its length, its canvas, its colours.

use crate::error::MediaError;
use crate::probe::ClipFacts;
use mv_core::{Canvas, FrameRate, Seconds};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;

/// How a clip of another shape fills the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// Fills it; what stands over is cut off around its [`Focus`].
    #[default]
    Cover,
    /// Shows all of it, between black bars.
    Contain,
}

/// The point of a picture that stays in the middle when it is cut to another shape, as far as its edges allow: shares of
/// its width and height, from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Focus {
    pub x: f64,
    pub y: f64,
}

impl Focus {
    pub const CENTRE: Self = Self { x: 0.5, y: 0.5 };

    /// Where a part of this length begins in the whole, in pixels: even, as chroma needs it.
    fn begin(share: f64, whole: u32, part: u32) -> u32 {
        let most = f64::from(whole.saturating_sub(part));
        let begin = (share * f64::from(whole) - f64::from(part) / 2.0).clamp(0.0, most);
        (begin / 2.0).floor() as u32 * 2
    }

    /// Left and top of the part that is kept.
    pub fn corner(self, whole: (u32, u32), part: (u32, u32)) -> (u32, u32) {
        (Self::begin(self.x, whole.0, part.0), Self::begin(self.y, whole.1, part.1))
    }
}

/// A clip may be this much shorter than it must last, in hundredths: it is slowed to fit.
const SLOWED_AT_MOST: u64 = 10;
/// So many missing frames are not worth slowing for: the last one is held, which nobody sees.
const HELD_AT_MOST: u64 = 2;
/// Below this size, pictures without a tag are taken to be of standard definition, as players take them.
const HIGH_DEFINITION_WIDTH: u32 = 1280;
const HIGH_DEFINITION_HEIGHT: u32 = 577;

/// Seconds before its beginning at which a clip deep in a long file is opened, so that at least one keyframe lies
/// between.
const RUN_UP: f64 = 15.0;

/// Where to open a file whose clip begins at `from`; `None` for its start.
pub(crate) fn seek(from: Seconds) -> Option<f64> {
    (from.0 > 2.0 * RUN_UP).then_some(from.0 - RUN_UP)
}

/// What of a clip is shown, and how.
#[derive(Clone, Debug)]
pub(crate) struct Conform<'a> {
    pub(crate) path: &'a Path,
    pub(crate) facts: &'a ClipFacts,
    /// How far into the file the clip begins.
    pub(crate) from: Seconds,
    pub(crate) fit: Fit,
    pub(crate) focus: Focus,
    /// How many frames the film needs of the clip in all.
    pub(crate) clip_frames: u64,
    /// Which of them are wanted now.
    pub(crate) frames: Range<u64>,
    pub(crate) canvas: Canvas,
    pub(crate) rate: FrameRate,
}

impl Conform<'_> {
    /// The chain, from the decoder's frames to `frames` in planar 8-bit BT.709 at the canvas's size.
    ///
    /// # Errors
    /// [`MediaError::ClipTooShort`] when the clip would have to be slowed by more than a tenth.
    pub(crate) fn chain(&self) -> Result<String, MediaError> {
        let mut filters = Vec::new();
        if self.facts.interlaced {
            filters.push("bwdif=mode=send_frame".to_owned());
        }
        if let Some(seek) = seek(self.from) {
            // The input's clock now counts from where it was opened.
            filters.push(format!("trim=start={:.6}", self.from.0 - seek));
        } else if self.from.0 > 0.0 {
            filters.push(format!("setpts=PTS-STARTPTS,trim=start={:.6}", self.from.0));
        }
        filters.push(match self.slowing()? {
            None => "setpts=PTS-STARTPTS".to_owned(),
            Some((needs, has)) => format!("setpts=(PTS-STARTPTS)*{needs}/{has:.6}"),
        });
        let Range { start, end } = self.frames;
        let rate = self.rate;
        filters.push(format!("fps=fps={rate}:start_time=0"));
        // A second of the last frame, for clips that end within their last frames; more missing is an error.
        filters.push(format!("tpad=stop_mode=clone:stop={rate}"));
        filters.push(format!("trim=start_frame={start}:end_frame={end},setpts=PTS-STARTPTS"));
        filters.extend(self.geometry_and_colours());
        filters.push("setsar=1,format=yuv420p".to_owned());
        Ok(filters.join(","))
    }

    /// The ratio by which the clip is slowed; `None` when it is long enough.
    fn slowing(&self) -> Result<Option<(u64, f64)>, MediaError> {
        let left = (self.facts.duration - self.from).0.max(0.0);
        let (has, needs) = (Seconds(left).to_frame(self.rate).0, self.clip_frames);
        if has + HELD_AT_MOST >= needs && has > 0 {
            Ok(None)
        } else if has * 100 >= needs * (100 - SLOWED_AT_MOST) {
            Ok(Some((needs, left * f64::from(self.rate.get()))))
        } else {
            Err(MediaError::ClipTooShort { path: self.path.to_owned(), has, needs })
        }
    }

    /// One `scale` for size and colours alike, then crop or pad; nothing where nothing is to do.
    fn geometry_and_colours(&self) -> Vec<String> {
        let Canvas { width, height } = self.canvas;
        let (wide, high) = self.scaled_size();
        let (across, down) = self.facts.pixel_aspect;
        let stored = if self.facts.rotation % 180 == 90 {
            (self.facts.height, self.facts.width)
        } else {
            (self.facts.width, self.facts.height)
        };
        let mut filters = Vec::new();
        let colours = self.colour_options();
        let deep = self.facts.pixel_format != "yuv420p";
        if self.facts.is_high_dynamic_range() {
            filters.push(self.tone_mapped(wide, high));
        } else if stored != (wide, high) || across != down || colours.is_some() || deep {
            let colours = colours.map(|options| format!(":{options}")).unwrap_or_default();
            filters.push(format!("scale=w={wide}:h={high}:flags=bicubic+accurate_rnd{colours}"));
        }
        if (wide, high) != (width, height) {
            filters.push(match self.fit {
                Fit::Cover => {
                    let (left, top) = self.focus.corner((wide, high), (width, height));
                    format!("crop={width}:{height}:{left}:{top}")
                }
                Fit::Contain => format!("pad={width}:{height}:-1:-1:black"),
            });
        }
        filters
    }

    /// The whole picture's size, in even pixels, before cropping or padding.
    fn scaled_size(&self) -> (u32, u32) {
        let (width, height) = (f64::from(self.canvas.width), f64::from(self.canvas.height));
        let (shown_width, shown_height) = self.facts.display_size();
        let across = width / shown_width;
        let down = height / shown_height;
        let factor = if self.fit == Fit::Cover { across.max(down) } else { across.min(down) };
        let even = |length: f64, whole: u32| {
            // A pixel or two off the canvas is the rounding of an odd pixel aspect, not another shape.
            if (length - f64::from(whole)).abs() <= 2.0 {
                whole
            } else {
                ((length / 2.0).round() as u32 * 2).max(2)
            }
        };
        let size =
            (even(shown_width * factor, self.canvas.width), even(shown_height * factor, self.canvas.height));
        match self.fit {
            Fit::Cover => (size.0.max(self.canvas.width), size.1.max(self.canvas.height)),
            Fit::Contain => (size.0.min(self.canvas.width), size.1.min(self.canvas.height)),
        }
    }

    /// Converts only what is not BT.709 in limited range already: converting all costs as much again as decoding.
    fn colour_options(&self) -> Option<String> {
        let facts = self.facts;
        let rgb = ["rgb", "bgr", "gbr", "pal8", "0rgb", "argb", "abgr"];
        if rgb.iter().any(|prefix| facts.pixel_format.starts_with(prefix)) {
            return Some("out_color_matrix=bt709:out_range=tv".into());
        }
        let small = facts.width < HIGH_DEFINITION_WIDTH && facts.height < HIGH_DEFINITION_HEIGHT;
        let matrix = match facts.matrix.as_deref() {
            Some("bt709") => None,
            Some("smpte170m" | "bt470bg" | "bt601") => Some("bt601"),
            Some("smpte240m") => Some("smpte240m"),
            Some("fcc") => Some("fcc"),
            Some("bt2020nc" | "bt2020c") => Some("bt2020"),
            _ => small.then_some("bt601"),
        };
        let mut options = Vec::new();
        if let Some(matrix) = matrix {
            options.push(format!("in_color_matrix={matrix}:out_color_matrix=bt709"));
        }
        if facts.full_range {
            if matrix.is_none() {
                options.push("in_color_matrix=bt709:out_color_matrix=bt709".into());
            }
            options.push("in_range=pc:out_range=tv".into());
        }
        (!options.is_empty()).then(|| options.join(":"))
    }

    /// Brings light that was coded for a brighter screen down to the film's: linear light, highlights rolled off,
    /// BT.709. Reference white is 203 nits (ITU-R BT.2408). Slow, and needs an FFmpeg with libzimg.
    fn tone_mapped(&self, wide: u32, high: u32) -> String {
        let transfer = self.facts.transfer.as_deref().unwrap_or("smpte2084");
        let matrix = self.facts.matrix.as_deref().unwrap_or("bt2020nc");
        format!(
            "setparams=color_primaries=bt2020:color_trc={transfer}:colorspace={matrix},\
             zscale=w={wide}:h={high}:t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,\
             zscale=t=bt709:m=bt709:r=tv"
        )
    }
}
