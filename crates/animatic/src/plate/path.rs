//! Where the camera looks in a given picture, frame by frame: a window of the film's shape that never leaves it.
//!
//! Places are in frame heights from the picture's centre, at the zoom at which the picture just covers the frame. Each
//! move zooms in no further than it needs room to travel, and a picture of another shape than the film's is travelled
//! over where it has more to show.

use super::subject::Subject;
use crate::camera::{self, Pose};
use crate::figure;
use crate::wave::{cosine, exp, hash, ln, unit, wander};
use mv_core::vocabulary::{CameraMove, Framing};

/// What the frame shows: the magnification over just covering it, and the place in the middle of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) zoom: f64,
    pub(super) centre: [f64; 2],
}

/// What a path is laid out for.
#[derive(Clone, Debug)]
pub(super) struct PathBrief {
    pub(super) movement: CameraMove,
    pub(super) framing: Framing,
    /// Scene intensity, 0–1.
    pub(super) intensity: f64,
    pub(super) frames: u64,
    pub(super) fps: f64,
    /// Half of the frame and half of the picture.
    pub(super) frame: [f64; 2],
    pub(super) picture: [f64; 2],
    /// Room left at every edge of the picture, seen on the screen.
    pub(super) guard: f64,
    pub(super) subject: Subject,
    pub(super) seed: u64,
}

/// One move over a picture.
#[derive(Clone, Debug)]
pub(super) struct Path {
    way: Way,
    frames: u64,
    fps: f64,
    from: Window,
    to: Window,
    turns: bool,
    seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Straight,
    /// Nearer or farther: the point that the move is about stays where it is on the screen.
    About,
    /// Straight, but higher in the middle by this.
    Arc(f64),
    /// Wandering this far about where it starts.
    Hand([f64; 2]),
}

/// How much a move may zoom in for room to travel.
const MOST_ROOM: f64 = 1.18;
/// How much nearer a move comes at most, as the logarithm of the zoom.
const NEAREST: f64 = 0.20;
/// How many frames' widths or heights a move travels at most, however long the clip and the picture.
const FARTHEST: f64 = 2.0;
/// Hair and air kept around faces where there is room, in their heights: beside, at best and at least, and above.
const BESIDE: [f64; 2] = [0.45, 0.22];
const ABOVE: f64 = 0.75;
/// A camera comes no nearer to a face than to fill these shares of the frame with it, across and down.
const FILLED: [f64; 2] = [0.80, 0.62];

impl PathBrief {
    /// The zoom at which the frame shows as much of the picture as it can.
    fn widest(&self) -> f64 {
        [0, 1]
            .map(|axis| (self.frame[axis] + self.guard) / self.picture[axis])
            .into_iter()
            .fold(0.0, f64::max)
    }

    /// The centres at which a window of this zoom is inside the picture.
    fn room(&self, axis: usize, zoom: f64) -> [f64; 2] {
        let room = (self.picture[axis] - (self.frame[axis] + self.guard) / zoom).max(0.0);
        [-room, room]
    }

    /// Those of them that keep the faces in the frame: with their hair and clear of captions where that can be, else as
    /// much of them as can be.
    fn range(&self, axis: usize, zoom: f64) -> [f64; 2] {
        let room = self.room(axis, zoom);
        let Some(faces) = self.subject.faces else { return room };
        let (start, end) = (faces[axis], faces[axis + 2]);
        let (tall, edge) = (self.subject.face_height, self.frame[axis] / zoom);
        let captions = f64::from(figure::lowest_chin((self.frame[0] / self.frame[1]) as f32)) / zoom;
        let wishes = if axis == 0 {
            let [best, least] = BESIDE.map(|air| [start - air * tall, end + air * tall - edge]);
            [best, least, [start, end - edge]]
        } else {
            let above = start - ABOVE * tall;
            [
                [above, end - captions],
                [above, end + 0.1 * tall - edge],
                [start - 0.1 * tall, end + 0.1 * tall - edge],
            ]
        };
        let [least, most] = wishes
            .map(|[start, least]| [least, start + edge])
            .into_iter()
            .find(|[least, most]| least <= most)
            .unwrap_or([f64::midpoint(start, end); 2]);
        [least, most].map(|centre| centre.max(room[0]).min(room[1]))
    }

    /// The nearest that a face lets the camera come.
    fn nearest(&self) -> f64 {
        let faces = self.subject.faces.unwrap_or_default();
        let filled =
            |axis: usize| FILLED[axis] * 2.0 * self.frame[axis] / (faces[axis + 2] - faces[axis]).max(1e-9);
        filled(0).min(filled(1))
    }

    fn seconds(&self) -> f64 {
        self.frames as f64 / self.fps
    }

    /// The best still window of a zoom.
    fn rest(&self, zoom: f64) -> Window {
        let centre = [0, 1].map(|axis| {
            let [least, most] = self.range(axis, zoom);
            self.subject.centre[axis].max(least).min(most)
        });
        Window { zoom, centre }
    }

    /// Coming nearer by `approach` towards the subject.
    fn nearer(&self, approach: f64) -> [Window; 2] {
        let from = self.rest(self.widest());
        let zoom = (from.zoom * exp(approach)).min(self.nearest()).max(from.zoom * exp(approach.min(0.03)));
        let share = 1.0 - from.zoom / zoom;
        let centre = [0, 1].map(|axis| {
            let about = from.centre[axis] + share * (self.subject.focus[axis] - from.centre[axis]);
            let [least, most] = self.range(axis, zoom);
            about.max(least).min(most)
        });
        [from, Window { zoom, centre }]
    }

    /// Travelling along an axis, with `pace` times the usual speed; `zoom` is the most that it may zoom in for it.
    fn along(&self, axis: usize, pace: f64, most_room: f64) -> [Window; 2] {
        let widest = self.widest();
        let whole = pace * camera::speed(self.framing, self.intensity) * self.seconds();
        let wanted = whole.min(FARTHEST) * self.frame[axis];
        let left = self.picture[axis] - wanted;
        let needed = if left > 0.0 { (self.frame[axis] + self.guard) / left } else { f64::INFINITY };
        let zoom = needed.min(widest * most_room).min(self.nearest()).max(widest);
        let mut middle = self.rest(zoom);
        let [least, most] = self.range(axis, zoom);
        let reach = wanted.min((most - least) / 2.0);
        middle.centre[axis] = middle.centre[axis].max(least + reach).min(most - reach);
        // Where a face leaves no room to travel the camera comes nearer instead: it never rests.
        let approach = 0.01 + 0.05 * (1.0 - reach / wanted.max(1e-9));
        let end = |side: f64, zoom: f64| {
            let mut centre = middle.centre;
            centre[axis] += side * reach;
            Window { zoom, centre }
        };
        [end(-1.0, zoom), end(1.0, zoom * exp(approach))]
    }
}

impl Path {
    pub(super) fn new(brief: &PathBrief) -> Self {
        let seconds = brief.seconds();
        let speed = camera::speed(brief.framing, brief.intensity);
        let seed = hash(brief.seed, 0x91a7e);
        let mut turns = false;
        let swapped = |[from, to]: [Window; 2]| {
            [Window { centre: to.centre, ..from }, Window { centre: from.centre, ..to }]
        };
        let (way, [from, to]) = match brief.movement {
            CameraMove::Static => (Way::About, brief.nearer((0.006 * seconds).min(0.03))),
            CameraMove::PushIn => (Way::About, brief.nearer((1.1 * speed * seconds).min(NEAREST))),
            CameraMove::PullOut => {
                let [wide, near] = brief.nearer((1.1 * speed * seconds).min(NEAREST));
                (Way::About, [near, wide])
            }
            CameraMove::PanRight | CameraMove::PanLeft | CameraMove::TiltDown | CameraMove::TiltUp => {
                turns = true;
                let across = matches!(brief.movement, CameraMove::PanRight | CameraMove::PanLeft);
                let ends = brief.along(usize::from(!across), 1.0, MOST_ROOM);
                let back = matches!(brief.movement, CameraMove::PanLeft | CameraMove::TiltUp);
                (Way::Straight, if back { swapped(ends) } else { ends })
            }
            CameraMove::TrackRight => (Way::Straight, brief.along(0, 1.1, MOST_ROOM)),
            CameraMove::TrackLeft => (Way::Straight, swapped(brief.along(0, 1.1, MOST_ROOM))),
            CameraMove::CraneUp => {
                let [upper, lower] = brief.along(1, 1.0, MOST_ROOM);
                // It rises and sees more of the place.
                let near = Window { zoom: upper.zoom * exp(0.05), ..lower };
                (Way::Straight, [near, upper])
            }
            CameraMove::Orbit => {
                let [left, right] = brief.along(0, 0.7, 1.12);
                let near = |window: Window| Window { zoom: left.zoom * exp(0.05), ..window };
                let ends = if unit(seed, 1) < 0.5 {
                    [left, near(right)]
                } else {
                    [Window { zoom: left.zoom, ..right }, near(left)]
                };
                let [top, _] = brief.room(1, left.zoom);
                (Way::Arc((ends[0].centre[1] - top).clamp(0.0, 0.012)), ends)
            }
            CameraMove::Handheld => {
                let rest = brief.rest(brief.widest() * 1.06);
                let reach = [0, 1].map(|axis| {
                    let [least, most] = brief.room(axis, rest.zoom);
                    let free = (rest.centre[axis] - least).min(most - rest.centre[axis]);
                    free.clamp(0.0, [0.022, 0.018][axis])
                });
                let shake = camera::calm(brief.framing) * (0.35 + 0.65 * brief.intensity.clamp(0.0, 1.0));
                let near = Window { zoom: rest.zoom * exp(0.015 * shake), ..rest };
                (Way::Hand(reach.map(|reach| reach * shake)), [rest, near])
            }
        };
        Self { way, frames: brief.frames.max(1), fps: brief.fps, from, to, turns, seed }
    }

    /// What a frame shows.
    pub(super) fn window(&self, frame: u64) -> Window {
        let (from, to) = (self.from, self.to);
        let between =
            |share: f64| [0, 1].map(|axis| from.centre[axis] + (to.centre[axis] - from.centre[axis]) * share);
        // Coming nearer by even steps of the logarithm reads as constant speed.
        let zoom = |along: f64| from.zoom * exp(along * ln(to.zoom / from.zoom));
        let along = camera::along(frame, self.frames);
        match self.way {
            Way::Straight => Window { zoom: zoom(along), centre: between(along) },
            Way::About => {
                let zoom = zoom(along);
                let all = 1.0 / to.zoom - 1.0 / from.zoom;
                let share = if all == 0.0 { along } else { (1.0 / zoom - 1.0 / from.zoom) / all };
                Window { zoom, centre: between(share) }
            }
            Way::Arc(lift) => {
                let [x, y] = between(along);
                Window { zoom: zoom(along), centre: [x, y - lift * cosine((along - 0.5) / 2.0)] }
            }
            Way::Hand(reach) => {
                let time = frame as f64 / self.fps;
                let hand = |voice: u64, hertz: f64| wander(hash(self.seed, voice), time, hertz);
                let sway = [0.6 * hand(2, 0.9) + 0.4 * hand(4, 0.5), 0.6 * hand(3, 1.1) + 0.4 * hand(5, 0.6)];
                Window {
                    zoom: zoom(0.5 + 0.5 * hand(6, 0.4)),
                    centre: [0, 1].map(|axis| from.centre[axis] + reach[axis] * sway[axis]),
                }
            }
        }
    }

    /// The least and the greatest zoom of the whole move.
    pub(super) fn zooms(&self) -> [f64; 2] {
        [self.from.zoom.min(self.to.zoom), self.from.zoom.max(self.to.zoom)]
    }

    /// The corners of all that the move ever shows of a frame of this half size: left, top, right, bottom.
    pub(super) fn seen(&self, frame: [f64; 2]) -> [f64; 4] {
        (0..self.frames).map(|index| self.window(index)).fold(
            [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
            |[left, top, right, bottom], Window { zoom, centre: [x, y] }| {
                let [across, down] = frame.map(|side| side / zoom);
                [left.min(x - across), top.min(y - down), right.max(x + across), bottom.max(y + down)]
            },
        )
    }

    /// The same move for what floats before the picture: particles nearer than it pass by faster.
    pub(super) fn pose(&self, frame: u64) -> Pose {
        let Window { zoom, centre } = self.window(frame);
        let nearer = ln(zoom / self.zooms()[0]);
        // Part lens, part walking.
        let (lens, forward) = (exp(0.4 * nearer), 1.0 - exp(-0.6 * nearer));
        let middle = [0, 1].map(|axis| f64::midpoint(self.from.centre[axis], self.to.centre[axis]));
        let moved = [0, 1].map(|axis| self.zooms()[0] * (centre[axis] - middle[axis]));
        let (pan, travel) = if self.turns { (moved, [0.0; 2]) } else { ([0.0; 2], moved) };
        Pose { pan, travel, forward, lens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanczos::STEP_RANGE;

    fn briefs() -> impl Iterator<Item = PathBrief> {
        // A picture of the film's shape, a wide one, a tall one; faces in the middle, in corners, too large, none.
        let shapes = [(1.0, 1.0), (2.4, 1.0), (1.0, 2.1)];
        let face = |x: f64, y: f64, size: f64| Subject {
            centre: [x, y + 0.07],
            focus: [x, y],
            faces: Some([x - size / 2.0, y - size / 2.0, x + size / 2.0, y + size / 2.0]),
            face_height: size,
        };
        let subjects = [
            Subject::default(),
            face(0.0, -0.1, 0.2),
            face(0.15, -0.3, 0.12),
            face(-0.2, 0.35, 0.1),
            face(0.1, 0.0, 0.7),
        ];
        CameraMove::ALL.iter().flat_map(move |movement| {
            shapes.into_iter().flat_map(move |(across, down)| {
                subjects.into_iter().flat_map(move |subject| {
                    [(16.0 / 9.0, 48, 0.5), (9.0 / 16.0, 240, 1.0), (1.0, 1, 0.0)].map(
                        |(ratio, frames, intensity)| PathBrief {
                            movement: *movement,
                            framing: Framing::Wide,
                            intensity,
                            frames,
                            fps: 24.0,
                            frame: [ratio / 2.0, 0.5],
                            picture: [across * ratio / 2.0, down * 0.5],
                            guard: 0.003,
                            subject,
                            seed: 9,
                        },
                    )
                })
            })
        })
    }

    #[test]
    fn every_move_keeps_inside_the_picture() {
        for brief in briefs() {
            let path = Path::new(&brief);
            for index in 0..brief.frames {
                let Window { zoom, centre } = path.window(index);
                let sides = centre.into_iter().zip(brief.frame).zip(brief.picture);
                for ((centre, frame), picture) in sides {
                    let reach = centre.abs() + (frame + brief.guard) / zoom;
                    assert!(reach <= picture + 1e-9, "{brief:?} frame {index}: {reach}");
                }
            }
        }
    }

    #[test]
    fn every_move_moves_evenly_and_stays_near_the_size_it_is_baked_at() {
        for brief in briefs().filter(|brief| brief.frames > 1) {
            let path = Path::new(&brief);
            let [wide, near] = path.zooms();
            assert!((near / wide).sqrt() < 1.0 + STEP_RANGE, "{brief:?}: {wide} to {near}");
            assert!(wide <= 1.2 * brief.widest(), "{brief:?}: {wide}");
            let step = |index: u64| {
                let (a, b) = (path.window(index), path.window(index + 1));
                let moved = (0..2).map(|axis| (b.centre[axis] - a.centre[axis]).abs()).fold(0.0, f64::max);
                moved + 0.5 * (b.zoom / a.zoom - 1.0).abs()
            };
            let steps: Vec<f64> = (0..brief.frames - 1).map(step).collect();
            let top = steps.iter().copied().fold(0.0, f64::max);
            assert!(top > 4e-5 && top < 0.01, "{brief:?}: {top} a frame");
            if brief.movement != CameraMove::Handheld {
                let least = steps.iter().copied().fold(f64::MAX, f64::min);
                assert!(least > 0.3 * top, "{brief:?}: from {least} to {top} a frame");
            }
        }
    }

    #[test]
    fn a_face_that_fits_is_in_every_frame() {
        let mut held = 0;
        for brief in briefs().filter(|brief| brief.movement != CameraMove::Handheld) {
            let Some(face) = brief.subject.faces.filter(|_| brief.subject.face_height < 0.3) else {
                continue;
            };
            let path = Path::new(&brief);
            for index in 0..brief.frames {
                let Window { zoom, centre } = path.window(index);
                for axis in 0..2 {
                    let edge = brief.frame[axis] / zoom + 1e-9;
                    // Faces at the picture's own edge are as far in as the picture has them.
                    let inside = face[axis] >= centre[axis] - edge && face[axis + 2] <= centre[axis] + edge;
                    let whole = face[axis].abs().max(face[axis + 2].abs()) < brief.picture[axis] - 0.05;
                    assert!(inside || !whole, "{brief:?} frame {index}");
                    held += 1;
                }
            }
        }
        assert!(held > 1000);
    }

    #[test]
    fn moves_go_where_their_names_say() {
        let moved = |movement: CameraMove| {
            let brief = briefs().find(|brief| brief.movement == movement).unwrap();
            let path = Path::new(&brief);
            let (first, last) = (path.window(0), path.window(brief.frames - 1));
            [last.centre[0] - first.centre[0], last.centre[1] - first.centre[1], last.zoom - first.zoom]
        };
        assert!(moved(CameraMove::PanRight)[0] > 0.02 && moved(CameraMove::PanLeft)[0] < -0.02);
        assert!(moved(CameraMove::TrackRight)[0] > 0.02 && moved(CameraMove::TrackLeft)[0] < -0.02);
        assert!(moved(CameraMove::TiltDown)[1] > 0.01 && moved(CameraMove::TiltUp)[1] < -0.01);
        assert!(moved(CameraMove::CraneUp)[1] < -0.01 && moved(CameraMove::CraneUp)[2] < 0.0);
        assert!(moved(CameraMove::PushIn)[2] > 0.02 && moved(CameraMove::PullOut)[2] < -0.02);
        assert!(moved(CameraMove::Orbit)[0].abs() > 0.01);
    }
}
