//! A pose and the joints it puts where: forward kinematics for spine and arms, inverse for legs, so that feet stand.
//!
//! Figure units: a standing adult is 1 high, the ground is y = 0 and up is negative; the figure faces +x.

use super::vector::{Vec2, limb, vec2};

const THIGH: f32 = 0.245;
const SHIN: f32 = 0.245;
const UPPER_ARM: f32 = 0.158;
const FOREARM: f32 = 0.138;
const LOWER_SPINE: f32 = 0.15;
const UPPER_SPINE: f32 = 0.155;
const NECK: f32 = 0.044;
/// From chin to crown, without hair.
pub(super) const HEAD: f32 = 0.134;
/// Height of the ankle over the sole.
pub(super) const ANKLE: f32 = 0.043;

/// One leg: where its ankle is, how the foot pitches, which way the knee points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) ankle: Vec2,
    /// Degrees; 0 lies flat, positive lifts the toes.
    pub(super) pitch: f32,
    /// +1 bends the knee forward (+x), -1 backward.
    pub(super) knee: f32,
}

/// One arm: the offset of each of its bones; a bone that points out of the picture is shorter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arm {
    pub(super) upper: Vec2,
    pub(super) fore: Vec2,
}

impl Arm {
    /// From the directions of both bones, in degrees as [`limb`] has them.
    pub(super) fn new(upper: f32, fore: f32) -> Self {
        Self { upper: limb(upper) * UPPER_ARM, fore: limb(fore) * FOREARM }
    }

    /// The arm whose hand is at `target`; the elbow bends forward of the line from the shoulder for `elbow` above 0.
    pub(super) fn reaching(shoulder: Vec2, target: Vec2, elbow: f32) -> Self {
        let offset = target - shoulder;
        let reach = offset.length().clamp(0.03, (UPPER_ARM + FOREARM) * 0.995);
        let along = offset.unit();
        let foot = (UPPER_ARM * UPPER_ARM - FOREARM * FOREARM + reach * reach) / (2.0 * reach);
        let out = (UPPER_ARM * UPPER_ARM - foot * foot).max(0.0).sqrt();
        let upper = along * foot - along.across() * (out * elbow);
        Self { upper, fore: along * reach - upper }
    }
}

/// How a figure holds itself. Index 0 of limbs is the near side, 1 the far one (right and left seen from behind).
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    /// How far the trunk turns out of profile: 0 seen from the side, 1 from behind, -1 from the front.
    pub(super) turn: f32,
    /// How far the head turns: 0 profile, 1 from behind, -1 from the front.
    pub(super) head_turn: f32,
    pub(super) pelvis: Vec2,
    /// Directions of lower and upper spine, degrees forward of upright.
    pub(super) lean: f32,
    pub(super) chest: f32,
    /// Degrees the hip line and the shoulder line tilt, positive with the near side lower.
    pub(super) hip_tilt: f32,
    pub(super) shoulder_tilt: f32,
    pub(super) shrug: f32,
    /// Direction of neck and tilt of head, degrees forward of upright.
    pub(super) neck: f32,
    pub(super) head: f32,
    pub(super) legs: [Leg; 2],
    pub(super) arms: [Arm; 2],
    /// Sideways swing of hair and hems, -1 to 1.
    pub(super) swing: f32,
}

impl Pose {
    /// How much of the trunk's breadth is seen, 0–1.
    pub(super) fn open(&self) -> f32 {
        self.turn.abs()
    }

    /// How much the head is seen in profile, 0–1.
    pub(super) fn profile(&self) -> f32 {
        1.0 - self.head_turn.abs()
    }

    pub(super) fn is_from_behind(&self) -> bool {
        self.head_turn > 0.5
    }

    pub(super) fn is_from_the_front(&self) -> bool {
        self.head_turn < -0.5
    }

    /// A pose seen from behind turned round, as in a mirror behind the figure: nothing moves in the picture.
    pub(super) fn turned_round(mut self) -> Self {
        self.turn = -self.turn;
        self.head_turn = -self.head_turn;
        self.legs.swap(0, 1);
        self.arms.swap(0, 1);
        self
    }

    /// Upright, arms hanging.
    pub(super) fn standing(turn: f32) -> Self {
        let stance = 0.052 * turn;
        let leg = |x: f32, knee: f32| Leg { ankle: vec2(x, -ANKLE), pitch: 0.0, knee };
        Self {
            turn,
            head_turn: if turn > 0.5 { 1.0 } else { 0.0 },
            pelvis: vec2(0.0, -0.529),
            lean: 0.0,
            chest: 0.0,
            hip_tilt: 0.0,
            shoulder_tilt: 0.0,
            shrug: 0.0,
            neck: 8.0 * (1.0 - turn.abs()),
            head: 0.0,
            legs: [leg(stance, 1.0), leg(-stance, if turn > 0.5 { -1.0 } else { 1.0 })],
            arms: [Arm::new(2.0 + 4.0 * turn, 10.0), Arm::new(-2.0 - 4.0 * turn, 8.0 - 14.0 * turn.max(0.0))],
            swing: 0.0,
        }
    }
}

/// Where every joint is, in figure units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joints {
    pub(super) pelvis: Vec2,
    pub(super) waist: Vec2,
    /// Between the shoulders, at the base of the neck.
    pub(super) chest: Vec2,
    /// Where the neck meets the skull.
    pub(super) nape: Vec2,
    /// Centre of the head, half way from chin to crown.
    pub(super) head: Vec2,
    pub(super) shoulders: [Vec2; 2],
    pub(super) elbows: [Vec2; 2],
    pub(super) wrists: [Vec2; 2],
    pub(super) hips: [Vec2; 2],
    pub(super) knees: [Vec2; 2],
    pub(super) ankles: [Vec2; 2],
}

impl Joints {
    /// Puts the joints of a pose; `breadth` widens the shoulders (1 is average).
    pub(super) fn of(pose: &Pose, breadth: f32) -> Self {
        let up = |degrees: f32| -limb(-degrees);
        let waist = pose.pelvis + up(pose.lean) * LOWER_SPINE;
        let chest = waist + up(pose.chest) * UPPER_SPINE;
        let nape = chest + up(pose.neck) * NECK;
        let head = nape + up(pose.head) * (HEAD * 0.46) + vec2(HEAD * 0.16 * pose.profile(), 0.0);

        let half_shoulder = 0.096 * pose.turn * breadth;
        let drop = vec2(0.0, 0.03 - pose.shrug * 0.022);
        let across = vec2(half_shoulder, 0.0).turned(pose.shoulder_tilt);
        let back = vec2(-0.006 * (1.0 - pose.open()), 0.0);
        let shoulders = [chest + drop + back + across, chest + drop + back - across];
        let hip = vec2(0.046 * pose.turn, 0.0).turned(pose.hip_tilt);
        let hips = [pose.pelvis + hip, pose.pelvis - hip];

        let mut joints = Self {
            pelvis: pose.pelvis,
            waist,
            chest,
            nape,
            head,
            shoulders,
            elbows: shoulders,
            wrists: shoulders,
            hips,
            knees: hips,
            ankles: hips,
        };
        for side in 0..2 {
            let arm = pose.arms[side];
            joints.elbows[side] = shoulders[side] + arm.upper;
            joints.wrists[side] = joints.elbows[side] + arm.fore;
            let leg = pose.legs[side];
            (joints.knees[side], joints.ankles[side]) = bend(hips[side], leg.ankle, leg.knee);
        }
        joints
    }
}

/// The knee of a leg from `hip` to `ankle`, and the ankle, drawn in when out of reach.
fn bend(hip: Vec2, ankle: Vec2, side: f32) -> (Vec2, Vec2) {
    let offset = ankle - hip;
    let reach = offset.length().clamp(0.05, (THIGH + SHIN) * 0.9995);
    let along = offset.unit();
    let ankle = hip + along * reach;
    let foot_of_knee = (THIGH * THIGH - SHIN * SHIN + reach * reach) / (2.0 * reach);
    let out = (THIGH * THIGH - foot_of_knee * foot_of_knee).max(0.0).sqrt();
    (hip + along * foot_of_knee - along.across() * (out * side), ankle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_figure_is_one_high_and_straight() {
        for turn in [-0.6, 0.0, 1.0] {
            let joints = Joints::of(&Pose::standing(turn), 1.0);
            let crown = joints.head.y - HEAD / 2.0;
            assert!((-1.02..-0.97).contains(&crown), "{crown}");
            assert!(joints.ankles.iter().all(|a| (a.y + ANKLE).abs() < 0.02));
        }
    }

    #[test]
    fn knees_bend_the_way_they_are_told() {
        let (forward, _) = bend(vec2(0.0, -0.4), vec2(0.0, -0.04), 1.0);
        let (backward, _) = bend(vec2(0.0, -0.4), vec2(0.0, -0.04), -1.0);
        assert!(forward.x > 0.05 && backward.x < -0.05);
    }
}
