//! Units: song time in seconds, film time in whole frames, pictures in pixels, money in micro-dollars.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};

/// A point or a span of song time, in seconds from the first decoded sample (encoder delay removed).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    pub const ZERO: Self = Self(0.0);

    /// Nearest whole frame of this absolute time. Negative times are frame 0.
    pub fn to_frame(self, rate: FrameRate) -> FrameIndex {
        FrameIndex((self.0 * f64::from(rate.get())).round().max(0.0) as u64)
    }

    pub fn total_cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Add for Seconds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Seconds {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Seconds {
    /// `m:ss.mmm`, the way a transport shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = (self.0.max(0.0) * 1000.0).round() as u64;
        write!(f, "{}:{:02}.{:03}", millis / 60_000, millis / 1000 % 60, millis % 1000)
    }
}

/// A frame of the film, counted from 0 at the project's frame rate; also a count of frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FrameIndex(pub u64);

impl FrameIndex {
    /// The instant at which this frame begins.
    pub fn to_seconds(self, rate: FrameRate) -> Seconds {
        Seconds(self.0 as f64 / f64::from(rate.get()))
    }
}

/// Whole frames a second: 24, 30 or 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct FrameRate(u32);

impl FrameRate {
    pub const FILM: Self = Self(24);

    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for FrameRate {
    fn default() -> Self {
        Self::FILM
    }
}

impl From<FrameRate> for u32 {
    fn from(rate: FrameRate) -> Self {
        rate.0
    }
}

impl TryFrom<u32> for FrameRate {
    type Error = String;
    fn try_from(value: u32) -> Result<Self, String> {
        match value {
            24 | 30 | 60 => Ok(Self(value)),
            _ => Err(format!("`{value}` frames a second is not supported: choose 24, 30 or 60")),
        }
    }
}

impl std::str::FromStr for FrameRate {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.trim().parse::<u32>().map_err(|_| format!("`{text}` is not a number of frames"))?.try_into()
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The shape of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Aspect {
    #[default]
    #[serde(rename = "16:9")]
    Wide,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "1:1")]
    Square,
}

impl std::str::FromStr for Aspect {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "16:9" => Ok(Self::Wide),
            "9:16" => Ok(Self::Tall),
            "1:1" => Ok(Self::Square),
            _ => Err(format!("`{text}` is not an aspect ratio: choose 16:9, 9:16 or 1:1")),
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wide => "16:9",
            Self::Tall => "9:16",
            Self::Square => "1:1",
        })
    }
}

/// The number of lines of a 16:9 picture; other aspects keep the short side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Resolution {
    #[serde(rename = "480p")]
    P480,
    #[serde(rename = "720p")]
    P720,
    #[default]
    #[serde(rename = "1080p")]
    P1080,
    #[serde(rename = "4k")]
    K4,
}

impl std::str::FromStr for Resolution {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "480p" => Ok(Self::P480),
            "720p" => Ok(Self::P720),
            "1080p" => Ok(Self::P1080),
            "4k" | "2160p" => Ok(Self::K4),
            _ => Err(format!("`{text}` is not a resolution: choose 480p, 720p, 1080p or 4k")),
        }
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::K4 => "4k",
        })
    }
}

/// Size of the film's picture in pixels; both sides are even, as 4:2:0 needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Canvas {
    pub width: u32,
    pub height: u32,
}

impl Canvas {
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The canvas of an aspect at a resolution: `480p` is 854 × 480, as the spec has it.
    pub fn of(aspect: Aspect, resolution: Resolution) -> Self {
        let (long, short) = match resolution {
            Resolution::P480 => (854, 480),
            Resolution::P720 => (1280, 720),
            Resolution::P1080 => (1920, 1080),
            Resolution::K4 => (3840, 2160),
        };
        match aspect {
            Aspect::Wide => Self::new(long, short),
            Aspect::Tall => Self::new(short, long),
            Aspect::Square => Self::new(short, short),
        }
    }

    pub fn ratio(self) -> f64 {
        f64::from(self.width) / f64::from(self.height)
    }
}

impl fmt::Display for Canvas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Money in millionths of a US dollar, so that sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroUsd(pub i64);

impl MicroUsd {
    pub const ZERO: Self = Self(0);

    pub fn from_dollars(dollars: f64) -> Self {
        Self((dollars * 1e6).round() as i64)
    }
}

impl Add for MicroUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for MicroUsd {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for MicroUsd {
    /// Dollars and cents, with the smaller digits only where there are any: `$0.039`, `$7.35`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let fraction = format!("{:06}", micros % 1_000_000);
        let fraction = fraction.trim_end_matches('0');
        write!(f, "{sign}${}.{fraction:0<2}", micros / 1_000_000)
    }
}

/// Credits as people see them: a credit is a cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Credits(pub i64);

impl Credits {
    /// Micro-dollars in a credit.
    const MICROS: i64 = 10_000;

    /// The whole credits in an amount: what is less than one is not shown.
    pub fn whole(amount: MicroUsd) -> Self {
        Self(amount.0 / Self::MICROS)
    }
}

impl From<Credits> for MicroUsd {
    fn from(credits: Credits) -> Self {
        Self(credits.0.saturating_mul(Credits::MICROS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_from_absolute_time() {
        assert_eq!(Seconds(0.02).to_frame(FrameRate::FILM), FrameIndex(0));
        assert_eq!(Seconds(0.021).to_frame(FrameRate::FILM), FrameIndex(1));
        assert_eq!(Seconds(-1.0).to_frame(FrameRate::FILM), FrameIndex(0));
        assert_eq!(Seconds(600.0).to_frame(FrameRate::FILM), FrameIndex(14_400));
    }

    #[test]
    fn money_and_time_read_well() {
        assert_eq!(MicroUsd::from_dollars(0.039).to_string(), "$0.039");
        assert_eq!(MicroUsd::from_dollars(7.5).to_string(), "$7.50");
        assert_eq!(MicroUsd(-1_250_000).to_string(), "-$1.25");
        assert_eq!(Seconds(67.62).to_string(), "1:07.620");
    }

    #[test]
    fn a_credit_is_a_cent() {
        assert_eq!(MicroUsd::from(Credits(7)), MicroUsd::from_dollars(0.07));
        assert_eq!(Credits::whole(MicroUsd(79_999)), Credits(7));
        assert_eq!(Credits::whole(MicroUsd(9_999)), Credits(0));
    }

    #[test]
    fn every_canvas_is_even() {
        for aspect in [Aspect::Wide, Aspect::Tall, Aspect::Square] {
            for resolution in [Resolution::P480, Resolution::P720, Resolution::P1080, Resolution::K4] {
                let canvas = Canvas::of(aspect, resolution);
                assert_eq!((canvas.width % 2, canvas.height % 2), (0, 0), "{aspect} {resolution}");
            }
        }
    }

    #[test]
    fn a_frame_rate_is_one_of_three() {
        assert!("25".parse::<FrameRate>().is_err());
        assert_eq!(serde_json::from_str::<FrameRate>("30").map(FrameRate::get).ok(), Some(30));
        assert!(serde_json::from_str::<FrameRate>("29").is_err());
    }
}
