//! Encoder settings that let segments be joined without encoding them again: every segment of a film has the same
//! parameter sets, a closed GOP of fixed length, and the same clock.

use mv_core::FrameRate;
use mv_core::film::Quality;
use serde::Serialize;

/// x264's effort and rate factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Encoder {
    pub preset: &'static str,
    pub crf: u8,
    /// Threads of x264: part of what decides the bytes, so it is the same on every machine.
    pub threads: u8,
    /// How finely motion is sought, x264's `subme`.
    pub refinement: u8,
    /// Frames it looks ahead: what a scene's light costs later in bits. Each takes 7 MiB at 1080p.
    pub lookahead: u8,
}

impl From<Quality> for Encoder {
    fn from(quality: Quality) -> Self {
        match quality {
            // A third less work than `veryfast` as it comes, at the same PSNR and VMAF.
            Quality::Draft => Self { preset: "veryfast", crf: 21, threads: 1, refinement: 1, lookahead: 10 },
            // These look far ahead, in hundreds of MiB: fewer encoders at a time, each with two threads, which cost no
            // more work than one. `faster` at 22 looks as good as `medium` at 23 and is as large, for a sixth less work.
            Quality::Standard => Self { preset: "faster", crf: 22, threads: 2, refinement: 4, lookahead: 30 },
            Quality::High => Self { preset: "slow", crf: 18, threads: 2, refinement: 8, lookahead: 50 },
        }
    }
}

/// Units a second of a film's video track: a multiple of the frame rate, so that every frame lasts a whole number.
pub fn timescale(rate: FrameRate) -> u32 {
    rate.get() * 512
}

impl Encoder {
    /// FFmpeg's output options, without the output's name.
    pub fn arguments(self, rate: FrameRate) -> Vec<String> {
        let gop = rate.get() * 2;
        let Self { preset, crf, threads, refinement, lookahead } = self;
        format!(
            "-an -sn -dn -map_metadata -1 -map_chapters -1 -fps_mode passthrough \
             -c:v libx264 -threads {threads} -preset {preset} -crf {crf} -profile:v high -pix_fmt yuv420p \
             -g {gop} -keyint_min {gop} -sc_threshold 0 -flags +cgop -x264-params stitchable=1:repeat-headers=0:subme={refinement}:rc-lookahead={lookahead} \
             -color_primaries bt709 -color_trc bt709 -colorspace bt709 -color_range tv \
             -chroma_sample_location left -video_track_timescale {} -f mp4",
            timescale(rate)
        )
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect()
    }
}
