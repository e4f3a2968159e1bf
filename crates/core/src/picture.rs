//! Moving pictures in memory: one frame of planar YUV, and something that can draw a run of them.

use crate::units::Canvas;

/// One frame of 8-bit 4:2:0 video, BT.709 limited range, planes without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YuvFrame {
    pub canvas: Canvas,
    /// `width × height` luma samples, rows from the top.
    pub y: Vec<u8>,
    /// `width/2 × height/2` samples of each chroma, sited left as H.264 expects.
    pub u: Vec<u8>,
    pub v: Vec<u8>,
}

impl YuvFrame {
    /// A black frame. Both sides of the canvas must be even.
    pub fn black(canvas: Canvas) -> Self {
        let luma = canvas.width as usize * canvas.height as usize;
        Self { canvas, y: vec![16; luma], u: vec![128; luma / 4], v: vec![128; luma / 4] }
    }
}

/// Draws the frames of a clip, in any order, the same bytes each time.
pub trait FrameSource: Send + Sync {
    fn canvas(&self) -> Canvas;

    /// How many frames there are.
    fn frames(&self) -> u64;

    /// Draws frame `index` (below [`FrameSource::frames`]) over all of `out`, which has this canvas.
    fn draw(&self, index: u64, out: &mut YuvFrame);
}
