//! Clips whose every frame says which one it is, so that a film can be read back frame by frame.

use mv_core::{Canvas, FrameSource, YuvFrame};

const BITS: u32 = 16;
const COLUMNS: u32 = 8;
const SET: u8 = 210;
const CLEAR: u8 = 40;

/// A flat colour with the frame's number in sixteen blocks over its upper half.
///
/// Two such clips that carry the same numbers over the same frames carry them through a cross-fade.
#[derive(Clone, Debug)]
pub struct NumberedClip {
    pub canvas: Canvas,
    /// The number of frame 0.
    pub first: u64,
    pub frames: u64,
    /// Y, U, V of the lower half.
    pub colour: (u8, u8, u8),
}

impl FrameSource for NumberedClip {
    fn canvas(&self) -> Canvas {
        self.canvas
    }

    fn frames(&self) -> u64 {
        self.frames
    }

    fn draw(&self, index: u64, out: &mut YuvFrame) {
        let (y, u, v) = self.colour;
        out.y.fill(y);
        out.u.fill(u);
        out.v.fill(v);
        let width = self.canvas.width as usize;
        for bit in 0..BITS {
            let level = if (self.first + index) >> bit & 1 == 1 { SET } else { CLEAR };
            let (left, top, wide, high) = block(self.canvas, bit);
            for row in out.y.chunks_exact_mut(width).skip(top).take(high) {
                row[left..left + wide].fill(level);
            }
        }
    }
}

/// Left, top, width and height of a bit's block.
fn block(canvas: Canvas, bit: u32) -> (usize, usize, usize, usize) {
    let (wide, high) = (canvas.width / COLUMNS, canvas.height / 4);
    let (column, row) = (bit % COLUMNS, bit / COLUMNS);
    ((column * wide) as usize, (row * high) as usize, wide as usize, high as usize)
}

/// Reads the number back from a frame's luma.
pub fn number_of(luma: &[u8], canvas: Canvas) -> u64 {
    let width = canvas.width as usize;
    (0..BITS).fold(0, |number, bit| {
        let (left, top, wide, high) = block(canvas, bit);
        let middle = luma[(top + high / 2) * width + left + wide / 2];
        number | u64::from(middle > u8::midpoint(SET, CLEAR)) << bit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        let canvas = Canvas::new(64, 36);
        let clip = NumberedClip { canvas, first: 40_000, frames: 9, colour: (90, 100, 140) };
        let mut frame = YuvFrame::black(canvas);
        clip.draw(7, &mut frame);
        assert_eq!(number_of(&frame.y, canvas), 40_007);
        assert_eq!(frame.y[64 * 35], 90);
    }
}
