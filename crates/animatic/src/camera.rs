//! The camera: how it moves through a clip, and where that puts a sheet of a given depth on the screen.
//!
//! Lengths are in frame heights. Every move runs over the whole clip, handles included, so that it never rests at a
//! cut, and at a speed a viewer reads as constant: a longer clip travels further, up to what the overscan allows.

use crate::wave::{exp, hash, smoothstep, unit, wander};
use mv_core::vocabulary::{CameraMove, Framing};

/// Where the camera is and where it looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pose {
    /// Turning: shifts all depths alike. Right and down are positive.
    pub(crate) pan: [f64; 2],
    /// Moving sideways: shifts a sheet by its depth.
    pub(crate) travel: [f64; 2],
    /// Moving forward, as a share of the distance to the figures.
    pub(crate) forward: f64,
    /// Magnification of the lens.
    pub(crate) lens: f64,
}

impl Pose {
    const REST: Self = Self { pan: [0.0; 2], travel: [0.0; 2], forward: 0.0, lens: 1.0 };

    /// Where a sheet of this depth appears: a point at `p` from the sheet's centre is seen at `scale × p + shift`
    /// from the centre of the frame.
    pub(crate) fn place(&self, depth: f64) -> Placement {
        // A sheet at depth d stands at distance 1/d; moving forward by f leaves 1/d − f of it.
        let near = 1.0 / (1.0 - self.forward * depth).max(0.2);
        let scale = self.lens * near;
        let shift = |axis: usize| -self.lens * self.pan[axis] - scale * depth * self.travel[axis];
        Placement { scale, shift: [shift(0), shift(1)] }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    pub(crate) scale: f64,
    pub(crate) shift: [f64; 2],
}

/// One camera move, laid out over the frames of a clip.
#[derive(Clone, Debug)]
pub(crate) struct CameraPath {
    movement: CameraMove,
    frames: u64,
    fps: f64,
    /// Half of the distance covered, per axis; how much closer the camera comes, as the logarithm of the scale.
    reach: [f64; 2],
    approach: f64,
    /// How strongly the hand shakes, 0–1.
    shake: f64,
    guard: f64,
    /// How much lower than straight ahead the camera looks throughout.
    lower: f64,
    seed: u64,
}

/// How much lower than straight ahead a camera may look at those who sit; their sets are that much larger.
pub(crate) const LOWEST_LOOK: f64 = 0.08;

/// What a path is made for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CameraBrief {
    pub(crate) movement: CameraMove,
    pub(crate) framing: Framing,
    /// Scene intensity, 0–1.
    pub(crate) intensity: f64,
    pub(crate) frames: u64,
    pub(crate) fps: f64,
    /// Width over height of the frame.
    pub(crate) ratio: f64,
    pub(crate) overscan: f64,
    /// Room left at every edge for what samplers reach beyond a pixel, in frame heights.
    pub(crate) guard: f64,
    pub(crate) seed: u64,
}

/// Nearest depth that a full move is laid out for; nearer sheets follow the camera less than they should.
const NEAREST: f64 = 1.6;

/// How much larger than the frame a scene's sheets must be for a move.
pub(crate) fn overscan(movement: CameraMove) -> f32 {
    match movement {
        CameraMove::Static | CameraMove::PushIn | CameraMove::PullOut => 1.1,
        CameraMove::Handheld => 1.16,
        _ => 1.3,
    }
}

/// How calmly the camera moves in a framing, 0–1: a close face fills the frame, where the same move would feel twice
/// as large.
pub(crate) fn calm(framing: Framing) -> f64 {
    match framing {
        Framing::ExtremeWide => 0.85,
        Framing::Wide | Framing::LowAngle => 1.0,
        Framing::Medium | Framing::OverShoulder => 0.8,
        Framing::CloseUp => 0.6,
    }
}

/// How fast a camera moves at an intensity, in frames' widths a second.
pub(crate) fn speed(framing: Framing, intensity: f64) -> f64 {
    calm(framing) * (0.020 + 0.055 * intensity.clamp(0.0, 1.0))
}

/// How far along its way a move is at a frame, 0–1: at nearly even speed, a little slower at both ends; never at rest.
pub(crate) fn along(frame: u64, frames: u64) -> f64 {
    let progress = if frames > 1 { frame as f64 / (frames - 1) as f64 } else { 0.5 };
    0.65 * progress + 0.35 * smoothstep(0.0, 1.0, progress)
}

impl CameraPath {
    pub(crate) fn new(brief: &CameraBrief) -> Self {
        let seconds = brief.frames as f64 / brief.fps;
        let calm = calm(brief.framing);
        let speed = speed(brief.framing, brief.intensity);
        let margin = |side: f64| (side * (brief.overscan - 1.0) / 2.0 - 2.0 * brief.guard).max(0.0);
        let half = |side: f64, allowed: f64| (speed * seconds / 2.0 * side).min(allowed);
        let (width, height) = (brief.ratio, 1.0);
        let reach = match brief.movement {
            CameraMove::PanLeft | CameraMove::PanRight => {
                [half(width, margin(width) / (1.0 + 0.3 * NEAREST)), 0.0]
            }
            CameraMove::TiltUp | CameraMove::TiltDown => {
                [0.0, half(height, margin(height) / (1.0 + 0.3 * NEAREST))]
            }
            CameraMove::TrackLeft | CameraMove::TrackRight => [half(width, margin(width) / NEAREST), 0.0],
            CameraMove::Orbit => [half(width, margin(width)), 0.0],
            CameraMove::CraneUp => [0.0, half(height, margin(height) / (NEAREST - 0.5))],
            CameraMove::Handheld => [margin(width).min(0.05), margin(height).min(0.05)],
            CameraMove::Static | CameraMove::PushIn | CameraMove::PullOut => [0.0; 2],
        };
        let approach = match brief.movement {
            CameraMove::PushIn | CameraMove::PullOut => (1.1 * speed * seconds).min(0.16),
            CameraMove::Orbit => 0.03,
            // A camera that holds still breathes all the same: over calm water a stopped one reads as a stopped film.
            CameraMove::Static => (0.006 * seconds).min(0.03),
            _ => 0.0,
        };
        let shake = calm * (0.35 + 0.65 * brief.intensity.clamp(0.0, 1.0));
        Self {
            movement: brief.movement,
            frames: brief.frames.max(1),
            fps: brief.fps,
            reach,
            approach,
            shake,
            guard: brief.guard,
            lower: 0.0,
            seed: hash(brief.seed, 0xca_3e4a),
        }
    }

    /// This move as far as `fits` allows at every frame, down to a third of it, looking lower by up to `lower` where
    /// that helps: faces come before the camera.
    #[must_use]
    pub(crate) fn sparing(self, lower: f64, fits: impl Fn(&Pose) -> bool) -> Self {
        let whole = self.clone();
        let of = |(lower, share): (f64, f64)| Self {
            reach: whole.reach.map(|reach| reach * share),
            approach: whole.approach * share,
            lower,
            ..whole.clone()
        };
        let looks: &[f64] = if lower > 0.0 { &[0.0, 0.5, 1.0] } else { &[0.0] };
        looks
            .iter()
            .flat_map(|look| [1.0, 0.85, 0.7, 0.55, 0.42].map(|share| (look * lower, share)))
            .map(of)
            .find(|path| (0..path.frames).all(|frame| fits(&path.pose(frame))))
            .unwrap_or_else(|| of((lower, 0.33)))
    }

    /// The pose of a frame of the clip.
    pub(crate) fn pose(&self, frame: u64) -> Pose {
        let mut pose = self.level(frame);
        pose.pan[1] += self.lower;
        pose
    }

    /// The same, looking straight ahead.
    fn level(&self, frame: u64) -> Pose {
        let along = along(frame, self.frames);
        let swing = 2.0 * along - 1.0;
        let [x, y] = [self.reach[0] * swing, self.reach[1] * swing];
        // Moving in by even steps of the logarithm reads as constant speed; part lens, part walking.
        // It comes closer to the people, below the middle of the frame, or their feet would leave it.
        let closer = |share: f64| Pose {
            pan: [0.0, 0.35 * self.approach * share],
            forward: 1.0 - exp(-0.75 * self.approach * share),
            lens: exp(0.25 * self.approach * share),
            ..Pose::REST
        };
        match self.movement {
            CameraMove::Static | CameraMove::PushIn => closer(along),
            CameraMove::PullOut => closer(1.0 - along),
            CameraMove::PanRight => Pose { pan: [x, 0.0], travel: [0.3 * x, 0.0], ..Pose::REST },
            CameraMove::PanLeft => Pose { pan: [-x, 0.0], travel: [-0.3 * x, 0.0], ..Pose::REST },
            CameraMove::TiltDown => Pose { pan: [0.0, y], travel: [0.0, 0.3 * y], ..Pose::REST },
            CameraMove::TiltUp => Pose { pan: [0.0, -y], travel: [0.0, -0.3 * y], ..Pose::REST },
            CameraMove::TrackRight => Pose { travel: [x, 0.0], ..Pose::REST },
            CameraMove::TrackLeft => Pose { travel: [-x, 0.0], ..Pose::REST },
            CameraMove::Orbit => {
                // Around the figures: the camera moves aside and turns back, so depth 1 stays where it is.
                let side = if unit(self.seed, 1) < 0.5 { x } else { -x };
                let forward = 1.0 - exp(-self.approach * along);
                let held = 1.0 / (1.0 - forward);
                Pose { pan: [-side, 0.0], travel: [side / held, 0.0], forward, ..Pose::REST }
            }
            CameraMove::CraneUp => Pose { pan: [0.0, 0.5 * y], travel: [0.0, -y], ..Pose::REST },
            CameraMove::Handheld => {
                let time = frame as f64 / self.fps;
                let hand = |voice: u64, hertz: f64| self.shake * wander(hash(self.seed, voice), time, hertz);
                let [x, y] = self.reach;
                Pose {
                    pan: [0.40 * x * hand(2, 0.9), 0.34 * y * hand(3, 1.1)],
                    travel: [0.28 * x * hand(4, 0.6), 0.24 * y * hand(5, 0.7)],
                    forward: 0.012 * self.shake * (1.0 + wander(hash(self.seed, 6), time, 0.5)),
                    lens: 1.0,
                }
            }
        }
    }

    /// The depth, at most `depth`, at which a sheet can follow this move without showing its edge.
    ///
    /// `half` is half of the sheet's size and `spare` how far it moves by itself, in frame heights.
    pub(crate) fn safe_depth(&self, depth: f64, half: [f64; 2], spare: [f64; 2], ratio: f64) -> f64 {
        let frame = [ratio / 2.0, 0.5];
        let covers = |depth: f64| {
            (0..self.frames).all(|index| {
                let placed = self.pose(index).place(depth);
                (0..2).all(|axis| {
                    placed.scale * (half[axis] - spare[axis]) - placed.shift[axis].abs()
                        > frame[axis] + self.guard
                })
            })
        };
        // Nearly every sheet covers as it is; a very near one follows less.
        (0_u32..40).map(|step| depth * (1.0 - f64::from(step) / 40.0)).find(|d| covers(*d)).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths() -> impl Iterator<Item = (CameraBrief, CameraPath)> {
        let ratios = [16.0 / 9.0, 9.0 / 16.0, 1.0];
        CameraMove::ALL.iter().flat_map(move |movement| {
            Framing::ALL.iter().flat_map(move |framing| {
                ratios.into_iter().flat_map(move |ratio| {
                    [(24, 0.0), (120, 0.5), (700, 1.0)].into_iter().map(move |(frames, intensity)| {
                        let brief = CameraBrief {
                            movement: *movement,
                            framing: *framing,
                            intensity,
                            frames,
                            fps: 24.0,
                            ratio,
                            overscan: f64::from(overscan(*movement)),
                            guard: 0.002,
                            seed: 5,
                        };
                        (brief, CameraPath::new(&brief))
                    })
                })
            })
        })
    }

    #[test]
    fn no_sheet_ever_shows_its_edge() {
        for (brief, path) in paths() {
            let half = [brief.ratio * brief.overscan / 2.0, brief.overscan / 2.0];
            for depth in [0.0, 0.3, 0.7, 1.0, 1.3, 1.6, 2.5] {
                let safe = path.safe_depth(depth, half, [0.0; 2], brief.ratio);
                for frame in 0..brief.frames {
                    let placed = path.pose(frame).place(safe);
                    for ((half, shift), edge) in half.iter().zip(placed.shift).zip([brief.ratio / 2.0, 0.5]) {
                        let cover = placed.scale * half - shift.abs();
                        assert!(cover > edge, "{brief:?} depth {depth} frame {frame}: {cover} < {edge}");
                    }
                }
                // What is not nearer than the moves are laid out for follows the camera in full.
                assert!(depth > NEAREST || (safe - depth).abs() < 1e-9, "{brief:?}: {depth} became {safe}");
            }
        }
    }

    #[test]
    fn moves_are_smooth_and_do_not_rest() {
        for (brief, path) in paths() {
            let at = |frame| {
                let placed = path.pose(frame).place(0.4);
                [placed.scale, placed.shift[0], placed.shift[1]]
            };
            let speed = |frame: u64| -> f64 {
                at(frame).iter().zip(at(frame + 1)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
            };
            let speeds: Vec<f64> = (0..brief.frames - 1).map(speed).collect();
            let top = speeds.iter().copied().fold(0.0, f64::max);
            assert!(top > 1e-5 && top < 0.02, "{brief:?}: {top} a frame");
            if brief.movement != CameraMove::Handheld {
                let least = speeds.iter().copied().fold(f64::MAX, f64::min);
                assert!(least > 0.4 * top, "{brief:?}: from {least} to {top} a frame");
            }
        }
    }

    #[test]
    fn an_orbit_keeps_the_figure_in_place() {
        let (_, path) = paths().find(|(brief, _)| brief.movement == CameraMove::Orbit).unwrap();
        for frame in 0..24 {
            assert!(path.pose(frame).place(1.0).shift[0].abs() < 1e-12);
        }
    }

    #[test]
    fn a_sparing_move_goes_as_far_as_it_may() {
        let (brief, path) = paths().find(|(brief, _)| brief.movement == CameraMove::TiltDown).unwrap();
        let reach = path.reach[1];
        let free = path.clone().sparing(0.0, |_| true);
        assert!((free.reach[1] - reach).abs() < 1e-12);
        let held = path.clone().sparing(0.0, |pose| pose.pan[1].abs() <= 0.6 * reach);
        assert!((held.reach[1] - 0.55 * reach).abs() < 1e-12);
        assert!((0..brief.frames).all(|frame| held.pose(frame).pan[1].abs() <= 0.6 * reach));
        let low = path.sparing(0.08, |pose| pose.pan[1] > 0.03);
        assert!((0..brief.frames).all(|frame| low.pose(frame).pan[1] > 0.03));
    }
}
