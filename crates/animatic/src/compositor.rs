//! Stacks placed sheets, their glow, motes and veils of light into one frame, back to front, in bands of rows.
//!
//! A band's coverage is worked out first, so that what is empty or hidden behind something opaque is never sampled.
//! Accumulators are 8.8 fixed point; all arithmetic is on integers, so neither threads nor the machine's vectors can
//! change a byte.

mod blending;

use crate::finish::Finish;
use crate::fog::Mist;
use crate::lanczos::FineTaps;
use crate::motes::{Mote, Veil};
use crate::plane::{Cover, CoverMap, Glow, Sheet};
use crate::sampler::{Axis, CHUNK, Taps};
use mv_core::YuvFrame;
use rayon::prelude::*;
use std::ops::Range;

/// Rows of a band, and columns of a block within it; both in luma samples.
const BAND: usize = 16;
const BLOCK: usize = 32;

/// Where a sheet's own samples fall: luma and chroma, across and down.
pub(crate) struct Geometry {
    y: Axis,
    chroma_y: Axis,
    /// One for the whole sheet, or one for each strip of rows of a sheet that leans.
    strips: Vec<Strip>,
    /// The first strip, counted from the top of the frame.
    first: usize,
}

struct Strip {
    x: Axis,
    luma: Option<Taps>,
    chroma: Taps,
}

/// What a sheet's geometry is worked out from.
pub(crate) struct Mapping<'a> {
    /// Sample `i` of the frame's rows lies at `start + i × step` of the sheet: one start for all, or one for each
    /// strip of [`STRIP`] rows from the `first` on.
    pub(crate) across: &'a [f64],
    pub(crate) first: usize,
    pub(crate) down: f64,
    pub(crate) step: f64,
    pub(crate) frame_width: usize,
    pub(crate) sheet_width: usize,
    pub(crate) wraps: bool,
    /// False for sheets that are kept at half size only.
    pub(crate) luma: bool,
}

/// Rows of the frame that lean as one.
pub(crate) const STRIP: usize = 8;

/// Chunks of samples that cover a row of a frame.
pub(crate) fn chunks(frame_width: usize) -> usize {
    frame_width.next_multiple_of(BLOCK) / CHUNK
}

impl Geometry {
    pub(crate) fn new(mapping: &Mapping<'_>) -> Self {
        let Mapping { step, down, sheet_width, wraps, .. } = *mapping;
        let chunks = chunks(mapping.frame_width);
        let strip = |start: &f64| {
            let x = Axis::new(*start, step);
            Strip {
                x,
                luma: mapping.luma.then(|| Taps::new(x, chunks, sheet_width, wraps)),
                chroma: Taps::new(Axis::new(start / 2.0, step), chunks / 2, sheet_width / 2, wraps),
            }
        };
        Self {
            y: Axis::new(down, step),
            // A chroma row lies between two luma rows.
            chroma_y: Axis::new((step * 0.5 + down - 0.5) / 2.0, step),
            strips: mapping.across.iter().map(strip).collect(),
            first: mapping.first,
        }
    }

    /// Where luma falls across a sheet that does not lean.
    pub(crate) fn luma_across(&self) -> Axis {
        self.strips[0].x
    }

    /// The strip that a pair of rows belongs to.
    fn strip(&self, pair: usize) -> &Strip {
        let index = (2 * pair / STRIP).saturating_sub(self.first);
        &self.strips[index.min(self.strips.len() - 1)]
    }

    /// What the sheet does to a block of the frame.
    fn cover(
        &self,
        map: &CoverMap,
        columns: Range<usize>,
        rows: &Range<usize>,
        wraps: Option<usize>,
    ) -> Cover {
        // Bilinear and chroma taps reach up to three samples past the block.
        let reach = |axis: Axis, range: &Range<usize>| {
            [(axis.at(range.start) >> 32) - 3, (axis.at(range.end - 1) >> 32) + 5]
        };
        let down = reach(self.y, rows);
        let one = reach(self.strip(rows.start / 2).x, &columns);
        let other = reach(self.strip((rows.end - 1) / 2).x, &columns);
        let across = [one[0].min(other[0]), one[1].max(other[1])];
        let Some(width) = wraps.map(|width| width as i64) else { return map.of(across, down) };
        let [left, right] = across.map(|at| at - (across[0].div_euclid(width)) * width);
        let first = map.of([left, right.min(width)], down);
        if right > width { first.and(map.of([0, right - width], down)) } else { first }
    }
}

impl Cover {
    /// Coverage of two parts seen as one.
    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Mixed }
    }
}

/// One thing in the stack.
pub(crate) enum Item<'a> {
    /// An opaque picture that fills the frame, its luma sampled finely; `geometry` is for its chroma.
    Plate {
        sheet: &'a Sheet,
        geometry: Geometry,
        across: FineTaps,
    },
    Sheet {
        sheet: &'a Sheet,
        geometry: Geometry,
        /// Share of 65535.
        opacity: u16,
        wraps: bool,
    },
    /// Light added over all before it; `gain` is a share of 65536.
    Glow {
        glow: &'a Glow,
        geometry: Geometry,
        gain: u16,
        wraps: bool,
    },
    /// A bank of one colour; it always drifts round.
    Mist {
        mist: &'a Mist,
        geometry: Geometry,
    },
    Motes(Vec<Mote>),
    Veil(Veil),
}

/// Working memory of a thread.
#[derive(Default)]
struct Scratch {
    luma: [Vec<u16>; 2],
    chroma: [Vec<i16>; 2],
    line: Vec<u16>,
    fine_line: Vec<i16>,
    color: Vec<u16>,
    alpha: Vec<u16>,
    covers: Vec<Cover>,
    /// For each block the first item that is seen there at all.
    first: Vec<usize>,
    /// Which motes reach into the band, and for each item which of these are its own.
    near: Vec<usize>,
    own: Vec<Range<usize>>,
}

/// Draws the stack over all of `out`; `frame` chooses the grain.
pub(crate) fn draw(items: &[Item<'_>], finish: &Finish, frame: u64, out: &mut YuvFrame) {
    let (width, height) = (out.canvas.width as usize, out.canvas.height as usize);
    let longest = items.iter().map(Item::row_length).max().unwrap_or(0).max(width);
    let planes = (
        out.y.par_chunks_mut(width * BAND),
        out.u.par_chunks_mut(width / 2 * (BAND / 2)),
        out.v.par_chunks_mut(width / 2 * (BAND / 2)),
    );
    planes.into_par_iter().enumerate().for_each_init(
        || Scratch::new(width, longest),
        |scratch, (band, (y, u, v))| {
            let rows = band * BAND..((band + 1) * BAND).min(height);
            scratch.survey(items, &rows, width);
            for pair in rows.start / 2..rows.end / 2 {
                scratch.stack(items, pair);
                for half in 0..2 {
                    let row = 2 * pair + half;
                    let out = &mut y[(row - rows.start) * width..][..width];
                    finish.luma(frame, row, &scratch.luma[half][..width], out);
                }
                let at = (pair - rows.start / 2) * (width / 2);
                for (plane, color) in [&mut *u, &mut *v].into_iter().zip(&scratch.chroma) {
                    finish.chroma(pair, &color[..width / 2], &mut plane[at..at + width / 2]);
                }
            }
        },
    );
}

impl Item<'_> {
    fn row_length(&self) -> usize {
        match self {
            Self::Sheet { sheet, .. } | Self::Plate { sheet, .. } => sheet.y.stride(),
            Self::Glow { glow, .. } => glow.y.stride(),
            Self::Mist { mist, .. } => mist.alpha.stride(),
            Self::Motes(_) | Self::Veil(_) => 0,
        }
    }

    fn cover(&self, columns: Range<usize>, rows: &Range<usize>) -> Cover {
        match self {
            Self::Plate { .. } => Cover::Opaque,
            Self::Sheet { sheet, geometry, opacity, wraps } => {
                let cover = geometry.cover(&sheet.cover, columns, rows, wraps.then_some(sheet.y.width));
                if *opacity < u16::MAX && cover == Cover::Opaque { Cover::Mixed } else { cover }
            }
            Self::Glow { glow, geometry, wraps, .. } => {
                let wraps = wraps.then_some(glow.y.width * 2);
                geometry.cover(&glow.cover, columns, rows, wraps).min(Cover::Mixed)
            }
            Self::Mist { .. } | Self::Motes(_) | Self::Veil(_) => Cover::Mixed,
        }
    }
}

impl Scratch {
    fn new(width: usize, line: usize) -> Self {
        let width = width.next_multiple_of(BLOCK);
        Self {
            luma: [vec![0; width], vec![0; width]],
            chroma: [vec![0; width / 2], vec![0; width / 2]],
            line: vec![0; line],
            fine_line: Vec::new(),
            color: vec![0; width],
            alpha: vec![0; width],
            covers: Vec::new(),
            first: Vec::new(),
            near: Vec::new(),
            own: Vec::new(),
        }
    }

    /// Finds what covers what in a band of rows.
    fn survey(&mut self, items: &[Item<'_>], rows: &Range<usize>, width: usize) {
        let blocks = width.div_ceil(BLOCK);
        self.covers.clear();
        self.first.clear();
        self.first.resize(blocks, 0);
        self.near.clear();
        self.own.clear();
        for (index, item) in items.iter().enumerate() {
            let start = self.near.len();
            if let Item::Motes(motes) = item {
                self.near.extend((0..motes.len()).filter(|mote| motes[*mote].reaches(rows)));
            }
            self.own.push(start..self.near.len());
            for block in 0..blocks {
                let cover = item.cover(block * BLOCK..(block + 1) * BLOCK, rows);
                if cover == Cover::Opaque {
                    self.first[block] = index;
                }
                self.covers.push(cover);
            }
        }
    }

    /// Stacks all items over one pair of luma rows and their row of chroma.
    fn stack(&mut self, items: &[Item<'_>], pair: usize) {
        let blocks = self.first.len();
        for rows in &mut self.luma {
            rows.fill(0);
        }
        for rows in &mut self.chroma {
            rows.fill(0);
        }
        for (index, item) in items.iter().enumerate() {
            match item {
                Item::Motes(motes) => {
                    for mote in &self.near[self.own[index].clone()] {
                        motes[*mote].draw(pair, &mut self.luma, &mut self.chroma);
                    }
                }
                Item::Veil(veil) => veil.draw(pair, &mut self.luma, &mut self.chroma),
                Item::Plate { sheet, geometry, across } => self.fill(sheet, geometry, across, pair),
                Item::Sheet { .. } | Item::Glow { .. } | Item::Mist { .. } => {
                    let mut block = 0;
                    while block < blocks {
                        let cover = self.seen(index, block);
                        let start = block;
                        while block < blocks && self.seen(index, block) == cover {
                            block += 1;
                        }
                        if cover != Cover::Empty {
                            self.lay(item, pair, start..block, cover == Cover::Opaque);
                        }
                    }
                }
            }
        }
    }

    /// Fills the rows with a picture.
    fn fill(&mut self, sheet: &Sheet, geometry: &Geometry, across: &FineTaps, pair: usize) {
        self.fine_line.resize(sheet.y.stride(), 0);
        for (half, luma) in self.luma.iter_mut().enumerate() {
            across.sample(&sheet.y, geometry.y.row(2 * pair + half), &mut self.fine_line, luma);
        }
        let taps = &geometry.strip(pair).chroma;
        for (plane, chroma) in [&sheet.u, &sheet.v].into_iter().zip(&mut self.chroma) {
            let (chunks, color) = (0..chroma.len() / CHUNK, &mut self.color[..chroma.len()]);
            taps.sample_plane(plane, geometry.chroma_y, pair, chunks, &mut self.line, color);
            blending::set_chroma(chroma, color);
        }
    }

    fn seen(&self, item: usize, block: usize) -> Cover {
        if item < self.first[block] { Cover::Empty } else { self.covers[item * self.first.len() + block] }
    }

    /// Lays a run of blocks of one item over the rows.
    fn lay(&mut self, item: &Item<'_>, pair: usize, blocks: Range<usize>, opaque: bool) {
        let fine = blocks.start * BLOCK..blocks.end * BLOCK;
        let coarse = fine.start / 2..fine.end / 2;
        let fine_chunks = fine.start / CHUNK..fine.end / CHUNK;
        let chunks = coarse.start / CHUNK..coarse.end / CHUNK;
        match item {
            Item::Sheet { sheet, geometry, opacity, .. } => {
                let line = &mut self.line;
                let strip = geometry.strip(pair);
                let Some(taps) = &strip.luma else { return };
                for (half, luma) in self.luma.iter_mut().enumerate() {
                    let under = &mut luma[fine.clone()];
                    let row = 2 * pair + half;
                    if opaque {
                        taps.sample_plane(&sheet.y, geometry.y, row, fine_chunks.clone(), line, under);
                        continue;
                    }
                    let color = &mut self.color[..fine.len()];
                    taps.sample_plane(&sheet.y, geometry.y, row, fine_chunks.clone(), line, color);
                    let alpha = &mut self.alpha[..fine.len()];
                    taps.sample_plane(&sheet.a, geometry.y, row, fine_chunks.clone(), line, alpha);
                    if *opacity < u16::MAX {
                        blending::fade(color, *opacity);
                        blending::fade(alpha, *opacity);
                    }
                    blending::over_luma(under, color, alpha);
                }
                let (taps, axis) = (&strip.chroma, geometry.chroma_y);
                let alpha = &mut self.alpha[..coarse.len()];
                if !opaque {
                    taps.sample_plane(&sheet.chroma_a, axis, pair, chunks.clone(), line, alpha);
                    if *opacity < u16::MAX {
                        blending::fade(alpha, *opacity);
                    }
                }
                for (plane, chroma) in [&sheet.u, &sheet.v].into_iter().zip(&mut self.chroma) {
                    let color = &mut self.color[..coarse.len()];
                    taps.sample_plane(plane, axis, pair, chunks.clone(), line, color);
                    let under = &mut chroma[coarse.clone()];
                    if opaque {
                        blending::set_chroma(under, color);
                    } else {
                        blending::over_chroma(under, color, alpha, (*opacity >> 1) as i16);
                    }
                }
            }
            Item::Glow { glow, geometry, gain, .. } => {
                let (taps, axis) = (&geometry.strip(pair).chroma, geometry.chroma_y);
                let color = &mut self.color[..coarse.len()];
                taps.sample_plane(&glow.y, axis, pair, chunks.clone(), &mut self.line, color);
                for luma in &mut self.luma {
                    blending::add_luma(&mut luma[fine.clone()], color, *gain);
                }
                for (plane, chroma) in [&glow.u, &glow.v].into_iter().zip(&mut self.chroma) {
                    taps.sample_plane(plane, axis, pair, chunks.clone(), &mut self.line, color);
                    blending::add_chroma(&mut chroma[coarse.clone()], color, (*gain >> 1) as i16);
                }
            }
            Item::Mist { mist, geometry } => {
                let (taps, axis) = (&geometry.strip(pair).chroma, geometry.chroma_y);
                let alpha = &mut self.alpha[..coarse.len()];
                taps.sample_plane(&mist.alpha, axis, pair, chunks, &mut self.line, alpha);
                for luma in &mut self.luma {
                    blending::veil_luma(&mut luma[fine.clone()], alpha, mist.color.y);
                }
                for (color, chroma) in [mist.color.u, mist.color.v].into_iter().zip(&mut self.chroma) {
                    blending::veil_chroma(&mut chroma[coarse.clone()], alpha, color);
                }
            }
            Item::Plate { .. } | Item::Motes(_) | Item::Veil(_) => {}
        }
    }
}
