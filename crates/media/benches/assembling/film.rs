//! The film of the comparison: twelve scenes of equal length, nine transitions, two cuts.

use mv_core::vocabulary::{Grade, TransitionKind};
use mv_core::{CancelToken, Canvas, FrameRate, Seconds};
use mv_media::{
    Clip, ClipSource, Direction, Encoder, FileClip, FilmSegment, FilmSpec, Finish, Fit, Focus, Metadata,
    SeamSpec, SegmentSpec, Side, Tools, join, probe, seam, segment,
};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Frames of a transition.
pub(crate) const TRANSITION: u64 = 12;
const CUTS: [usize; 2] = [4, 8];

pub(crate) struct Film<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) canvas: Canvas,
    pub(crate) clips: Vec<Clip>,
    pub(crate) sound: &'a Path,
}

pub(crate) fn is_cut(boundary: usize) -> bool {
    CUTS.contains(&boundary)
}

/// A piece of the film and how to make it.
pub(crate) enum Piece {
    Body(Box<SegmentSpec>),
    Seam(Box<SeamSpec>),
}

impl<'a> Film<'a> {
    pub(crate) fn new(
        tools: &'a Tools,
        canvas: Canvas,
        scene: u64,
        paths: &[PathBuf],
        sound: &'a Path,
    ) -> Self {
        let mut film = Self { tools, canvas, clips: Vec::new(), sound };
        for (index, path) in paths.iter().enumerate() {
            let facts = probe::probe(tools, path).expect("facts");
            let source = FileClip {
                path: path.clone(),
                content: index.to_string(),
                facts,
                from: Seconds::ZERO,
                fit: Fit::Cover,
                focus: Focus::CENTRE,
            };
            let frames = scene + Self::half(index, paths.len()) + Self::half(index + 1, paths.len());
            film.clips.push(Clip { source: ClipSource::File(source), frames });
        }
        film
    }

    pub(crate) fn path(&self, index: usize) -> &Path {
        &self.file(index).path
    }

    pub(crate) fn file(&self, index: usize) -> &FileClip {
        match &self.clips[index].source {
            ClipSource::File(file) => file,
            ClipSource::Drawn(_) => unreachable!("the film is made of files"),
        }
    }

    /// Frames that a boundary's transition takes on each side.
    fn half(boundary: usize, scenes: usize) -> u64 {
        if boundary == 0 || boundary == scenes || is_cut(boundary) { 0 } else { TRANSITION / 2 }
    }

    pub(crate) fn clip_frames(&self, index: usize) -> u64 {
        self.clips[index].frames
    }

    pub(crate) fn finish(&self, encoder: Encoder) -> Finish {
        Finish { canvas: self.canvas, rate: FrameRate::FILM, grade: Grade::None, watermark: None, encoder }
    }

    /// All pieces in order; with their frames.
    pub(crate) fn pieces(&self, encoder: Encoder) -> Vec<(Piece, u64)> {
        let scenes = self.clips.len();
        let mut pieces = Vec::new();
        for (index, clip) in self.clips.iter().enumerate() {
            let (head, tail) = (Self::half(index, scenes), Self::half(index + 1, scenes));
            if head > 0 {
                let before = &self.clips[index - 1];
                let spec = SeamSpec {
                    outgoing: Side { clip: before.clone(), start: before.frames - 2 * head, decoded: None },
                    incoming: Side { clip: clip.clone(), start: 0, decoded: None },
                    frames: 2 * head,
                    kind: TransitionKind::Crossfade,
                    direction: Direction::Rightward,
                    finish: self.finish(encoder),
                    captions: None,
                };
                pieces.push((Piece::Seam(Box::new(spec)), 2 * head));
            }
            let frames = 2 * head..clip.frames - 2 * tail;
            let count = frames.end - frames.start;
            let spec = SegmentSpec {
                clip: clip.clone(),
                frames,
                finish: self.finish(encoder),
                captions: None,
                tail: None,
            };
            pieces.push((Piece::Body(Box::new(spec)), count));
        }
        pieces
    }

    /// Makes some pieces on as many threads as the executor would on two cores, in the order in which it would.
    pub(crate) fn encode(&self, pieces: &[(Piece, u64)], which: &[usize], encoder: Encoder, folder: &Path) {
        let (bodies, seams): (Vec<usize>, Vec<usize>) =
            which.iter().copied().partition(|index| matches!(pieces[*index].0, Piece::Body(_)));
        let mut order: Vec<(usize, usize)> = bodies.into_iter().map(|index| (2 * index, index)).collect();
        // A seam comes after the body behind it.
        order.extend(seams.into_iter().map(|index| (2 * index + 3, index)));
        order.sort_unstable();
        let queue = Mutex::new(order.iter().map(|(_, index)| index));
        std::thread::scope(|scope| {
            for _ in 0..2u8.div_ceil(encoder.threads) {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().expect("the queue").next().copied();
                        let Some(index) = next else { return };
                        let (out, cancel) = (piece_path(folder, index), CancelToken::new());
                        match &pieces[index].0 {
                            Piece::Body(spec) => {
                                let writing = out.with_extension("tail");
                                let spec = SegmentSpec { tail: Some(writing.clone()), ..*spec.clone() };
                                let encoded = segment::encode(self.tools, &spec, &out, &cancel, &mut |_| ());
                                // There when it is whole; a cut leaves nothing behind it.
                                std::fs::rename(writing, tail_path(folder, index)).ok();
                                encoded
                            }
                            Piece::Seam(spec) => {
                                let mut spec = *spec.clone();
                                let tail = tail_path(folder, index - 1);
                                spec.outgoing.decoded = tail.exists().then(|| tail.clone());
                                let encoded = seam::encode(self.tools, &spec, &out, &cancel, &mut |_| ());
                                std::fs::remove_file(tail).ok();
                                encoded
                            }
                        }
                        .expect("a piece");
                    }
                });
            }
        });
    }

    pub(crate) fn join(&self, pieces: &[(Piece, u64)], folder: &Path, out: &Path) {
        let segments: Vec<FilmSegment> = pieces
            .iter()
            .enumerate()
            .map(|(index, (_, frames))| FilmSegment { path: piece_path(folder, index), frames: *frames })
            .collect();
        let spec = FilmSpec {
            segments: &segments,
            soundtrack: Some(self.sound),
            rate: FrameRate::FILM,
            chapters: &[],
            metadata: &Metadata::default(),
        };
        join::film(self.tools, &spec, out, &CancelToken::new()).expect("a film");
    }
}

/// Where a body leaves the frames behind it.
fn tail_path(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("tail{index}.yuv"))
}

pub(crate) fn piece_path(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("piece{index}.mp4"))
}
