//! What people do: each action as a cycle of poses, on the beat, for a phase from 0 to 1.

use super::Facing;
use super::skeleton::{ANKLE, Arm, Joints, Leg, Pose};
use super::vector::{lerp, sin, sin_cos, smoothstep, vec2};
use mv_core::vocabulary::Action;

/// How long an action's cycle is, in beats, and how many poses draw it smoothly.
pub(super) fn cycle(action: Action) -> (f32, usize) {
    match action {
        Action::Walk => (2.0, 16),
        Action::Run => (2.0, 18),
        Action::Dance => (4.0, 28),
        Action::Sing => (4.0, 20),
        Action::PlayGuitar => (2.0, 14),
        Action::Stand | Action::Sit | Action::LookUp => (2.0, 10),
    }
}

/// The pose of an action. `manner` (0–1) varies how this person does it.
pub(super) fn pose(action: Action, facing: Facing, phase: f32, manner: f32, breadth: f32) -> Pose {
    if facing == Facing::Towards {
        let round = pose(action, Facing::Away, phase, manner, breadth).turned_round();
        return if action == Action::Sing { at_the_microphone(round, phase, manner, breadth) } else { round };
    }
    let away = facing == Facing::Away;
    match action {
        Action::Stand => stand(away, phase, manner, breadth),
        Action::Walk => walk(away, phase),
        Action::Run => run(away, phase),
        Action::Sit => sit(away, phase, manner, breadth),
        Action::Dance => dance(away, phase, manner),
        Action::Sing => sing(away, phase, manner, breadth),
        Action::LookUp => look_up(away, phase, manner),
        Action::PlayGuitar => play_guitar(away, phase, breadth),
    }
}

/// 1 on each of `beats` beats of the cycle, falling off quickly, as a nod does.
fn pulse(phase: f32, beats: f32) -> f32 {
    let into = (phase * beats).fract();
    let rise = smoothstep(0.72, 1.0, into);
    rise.max(1.0 - smoothstep(0.0, 0.55, into))
}

/// Weight on one leg, the other at ease: hips and shoulders tilt against each other.
fn contrapposto(pose: &mut Pose, amount: f32) {
    let side = amount * pose.turn;
    pose.pelvis.x += 0.018 * side;
    pose.hip_tilt = -5.0 * side;
    pose.shoulder_tilt = 4.0 * side;
    pose.lean -= 3.0 * side;
    pose.chest += 3.5 * side;
}

fn stand(away: bool, phase: f32, manner: f32, breadth: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.34 });
    let nod = pulse(phase, 2.0);
    let sigh = sin(360.0 * phase);
    pose.pelvis.y += 0.002 * nod;
    pose.shrug = 0.12 * sigh;
    pose.swing = 0.35 * sin(360.0 * phase - 40.0);
    if away {
        let weight = if manner < 0.5 { 1.0 } else { -1.0 };
        contrapposto(&mut pose, weight);
        pose.legs[0].ankle.x += 0.014;
        pose.legs[1].ankle.x -= 0.014;
        pose.legs[0].knee = 0.12;
        pose.legs[1].knee = -0.12;
        pose.head = 2.5 * weight + 1.6 * nod;
        pose.arms = [Arm::new(13.0, 4.0), Arm::new(-13.0, -4.0)];
        if !(0.3..0.8).contains(&manner) {
            // Hands in the pockets: elbows out.
            pose.arms = [Arm::new(20.0, -16.0), Arm::new(-20.0, 16.0)];
        }
        return pose;
    }
    pose.lean = -3.0;
    pose.chest = 3.0;
    pose.neck = 9.0 + 3.0 * nod;
    pose.head = 2.0 + 5.0 * nod;
    pose.pelvis = pose.pelvis + vec2(0.012, 0.0);
    pose.legs[0] = Leg { ankle: vec2(-0.030, -ANKLE), pitch: 0.0, knee: 1.0 };
    pose.legs[1] = Leg { ankle: vec2(0.058, -ANKLE), pitch: 0.0, knee: 1.0 };
    let shoulders = Joints::of(&pose, breadth).shoulders;
    let pocket = pose.pelvis + vec2(0.038, 0.0);
    pose.arms[0] = Arm::reaching(shoulders[0], pocket, -1.0);
    pose.arms[1] = Arm::new(6.0, 16.0);
    if manner > 0.55 {
        // A hand at the headphones, as one does to hear better.
        let ear = Joints::of(&pose, breadth).head + vec2(0.012, 0.014);
        pose.arms[0] = Arm::reaching(shoulders[0], ear, 1.0);
    }
    pose
}

/// Where a walking foot is: ahead of the hips, off the ground, its pitch.
fn walking_foot(phase: f32) -> (f32, f32, f32) {
    const STANCE: f32 = 0.56;
    if phase < STANCE {
        let s = phase / STANCE;
        let heel_off = smoothstep(0.62, 1.0, s);
        (lerp(0.150, -0.175, s), 0.040 * heel_off, 20.0 * (1.0 - smoothstep(0.0, 0.22, s)) - 40.0 * heel_off)
    } else {
        let s = (phase - STANCE) / (1.0 - STANCE);
        let lift = 0.040 * (1.0 - s) + 0.055 * sin(180.0 * (s * 0.9 + 0.1 * s * s));
        (
            lerp(-0.175, 0.150, smoothstep(-0.08, 1.06, s)),
            lift.max(0.0),
            lerp(-46.0, 20.0, smoothstep(0.0, 0.85, s)),
        )
    }
}

fn walk(away: bool, phase: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.20 });
    let (swing, cos) = sin_cos(360.0 * phase);
    let rise = sin(720.0 * phase - 86.0);
    pose.pelvis.y = -0.518 - 0.012 * rise;
    pose.swing = 0.5 * sin(720.0 * phase + 30.0);
    if away {
        // Seen from behind, a stride is sway, and feet that lift by turns.
        for side in 0..2 {
            let half = if side == 0 { 1.0 } else { -1.0 };
            let (ahead, lift, pitch) = walking_foot((phase + 0.5 * side as f32).fract());
            let ankle = vec2(0.030 * half, -ANKLE - lift * 0.9 - ahead.max(0.0) * 0.10);
            pose.legs[side] = Leg { ankle, pitch, knee: 0.10 * half };
            let arm = swing * half;
            pose.arms[side] = Arm::new(half * (9.0 + 3.0 * arm), half * (2.0 - 8.0 * arm));
        }
        pose.pelvis.x = 0.010 * swing;
        pose.hip_tilt = -3.5 * swing;
        pose.shoulder_tilt = 3.0 * swing;
        pose.swing = 0.6 * cos;
        return pose;
    }
    for side in 0..2 {
        let (ahead, lift, pitch) = walking_foot((phase + 0.5 * side as f32).fract());
        pose.legs[side] = Leg { ankle: vec2(ahead + 0.008, -ANKLE - lift), pitch, knee: 1.0 };
        let back = if side == 0 { -1.0 } else { 1.0 };
        let upper = 2.0 + back * 25.0 * cos;
        pose.arms[side] = Arm::new(upper, upper + 16.0 + 9.0 * back * cos);
    }
    pose.lean = 3.0;
    pose.chest = 2.0;
    pose.neck = 11.0;
    pose.head = 1.0 + 1.5 * rise;
    pose
}

fn running_foot(phase: f32) -> (f32, f32, f32) {
    const STANCE: f32 = 0.34;
    if phase < STANCE {
        let s = phase / STANCE;
        let heel_off = smoothstep(0.45, 1.0, s);
        (lerp(0.12, -0.20, s), 0.055 * heel_off, 8.0 * (1.0 - s) - 55.0 * heel_off)
    } else {
        let s = (phase - STANCE) / (1.0 - STANCE);
        // The heel folds up behind, then the knee drives forward.
        let ahead =
            lerp(-0.20, 0.12, smoothstep(0.05, 0.95, s)) + 0.10 * sin(180.0 * smoothstep(0.45, 1.0, s));
        let lift = 0.055 * (1.0 - s) + 0.24 * sin(180.0 * smoothstep(0.0, 0.9, s * 0.92)) * (1.0 - 0.45 * s);
        (ahead, lift.max(0.0), lerp(-80.0, 10.0, smoothstep(0.15, 0.85, s)))
    }
}

fn run(away: bool, phase: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.16 });
    let (swing, cos) = sin_cos(360.0 * phase);
    let flight = sin(720.0 * phase - 150.0);
    pose.pelvis.y = -0.500 - 0.022 * flight;
    pose.swing = 0.9 + 0.25 * sin(720.0 * phase);
    if away {
        for side in 0..2 {
            let half = if side == 0 { 1.0 } else { -1.0 };
            let (ahead, lift, pitch) = running_foot((phase + 0.5 * side as f32).fract());
            let ankle = vec2(0.028 * half, -ANKLE - lift * 0.85 - ahead.max(0.0) * 0.25);
            pose.legs[side] = Leg { ankle, pitch, knee: 0.12 * half };
            pose.arms[side] =
                Arm::new(half * (24.0 + 6.0 * swing * half), half * (-38.0 - 25.0 * swing * half));
        }
        pose.pelvis.x = 0.012 * swing;
        pose.shoulder_tilt = 5.0 * swing;
        pose.swing = 0.9 * cos;
        return pose;
    }
    for side in 0..2 {
        let (ahead, lift, pitch) = running_foot((phase + 0.5 * side as f32).fract());
        pose.legs[side] = Leg { ankle: vec2(ahead, -ANKLE - lift), pitch, knee: 1.0 };
        let back = if side == 0 { -1.0 } else { 1.0 };
        let upper = -4.0 + back * 46.0 * cos;
        pose.arms[side] = Arm::new(upper, upper + 84.0 + 14.0 * back * cos);
    }
    pose.lean = 11.0;
    pose.chest = 9.0;
    pose.neck = 16.0;
    pose.head = -2.0;
    pose
}

fn sit(away: bool, phase: f32, manner: f32, breadth: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.12 });
    let nod = pulse(phase, 2.0);
    pose.swing = 0.3 * sin(360.0 * phase);
    pose.shrug = 0.15 * sin(360.0 * phase);
    if away {
        pose.pelvis = vec2(0.0, -0.088);
        pose.lean = 1.5;
        pose.chest = -2.5;
        pose.head = 3.0 + 2.0 * nod;
        pose.shoulder_tilt = 3.0;
        pose.legs = [
            Leg { ankle: vec2(0.065, -0.036), pitch: 0.0, knee: 0.62 },
            Leg { ankle: vec2(-0.065, -0.036), pitch: 0.0, knee: -0.62 },
        ];
        let shoulders = Joints::of(&pose, breadth).shoulders;
        pose.arms[0] = Arm::reaching(shoulders[0], vec2(0.175, -0.100), 0.8);
        // Leaning on one hand set down behind.
        let hand = if manner < 0.5 { vec2(-0.185, -0.050) } else { vec2(-0.170, -0.105) };
        pose.arms[1] = Arm::reaching(shoulders[1], hand, -0.5);
        return pose;
    }
    pose.pelvis = vec2(-0.085, -0.080);
    let stretched = manner > 0.6;
    pose.lean = if stretched { -12.0 } else { 7.0 };
    pose.chest = if stretched { -5.0 } else { 15.0 };
    pose.neck = if stretched { 10.0 } else { 24.0 } + 2.0 * nod;
    pose.head = if stretched { -7.0 } else { 10.0 } + 4.0 * nod;
    pose.legs = [
        Leg { ankle: vec2(0.225, -ANKLE), pitch: 0.0, knee: 1.0 },
        Leg {
            ankle: if stretched { vec2(0.385, -0.035) } else { vec2(0.262, -ANKLE) },
            pitch: if stretched { 58.0 } else { 0.0 },
            knee: 1.0,
        },
    ];
    let joints = Joints::of(&pose, breadth);
    let shin = joints.knees[0].lerp(joints.ankles[0], 0.32);
    pose.arms[1] = Arm::reaching(joints.shoulders[1], shin + vec2(0.012, 0.004), -1.0);
    pose.arms[0] = if stretched {
        Arm::reaching(joints.shoulders[0], vec2(-0.215, -0.045), -0.6)
    } else {
        Arm::reaching(joints.shoulders[0], shin + vec2(0.0, 0.012), -1.0)
    };
    pose
}

fn dance(away: bool, phase: f32, manner: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.82 });
    pose.head_turn = if away { 1.0 } else { 0.0 };
    let beat = phase * 4.0;
    // Weight shifts right and left every two beats, and the knees give on every beat.
    let side = sin(180.0 * beat + 30.0);
    let side = side * (1.5 - 0.5 * side * side);
    let dip = pulse(phase, 4.0);
    let reach = sin(90.0 * beat + 360.0 * manner);
    pose.pelvis = vec2(0.040 * side, -0.506 + 0.026 * dip);
    pose.hip_tilt = -9.0 * side;
    pose.shoulder_tilt = 9.0 * side;
    pose.lean = -7.0 * side;
    pose.chest = 6.0 * side;
    pose.neck = -3.0 * side;
    pose.head = -9.0 * side + 5.0 * dip;
    pose.swing = -sin(180.0 * beat - 40.0);
    let step = |weight: f32| smoothstep(0.2, 1.0, weight);
    let (right_free, left_free) = (step(-side), step(side));
    pose.legs = [
        Leg {
            ankle: vec2(0.098 - 0.020 * right_free, -ANKLE - 0.022 * right_free),
            pitch: -26.0 * right_free,
            knee: 0.42,
        },
        Leg {
            ankle: vec2(-0.098 + 0.020 * left_free, -ANKLE - 0.022 * left_free),
            pitch: -26.0 * left_free,
            knee: -0.42,
        },
    ];
    // One arm thrown high, the other bent at the waist; they change places.
    let (high, low) = (0.5 + 0.5 * reach, 0.5 - 0.5 * reach);
    let right = lerp(34.0, 148.0, smoothstep(0.0, 1.0, high)) + 9.0 * side;
    let left = lerp(34.0, 148.0, smoothstep(0.0, 1.0, low)) - 9.0 * side;
    let forearm =
        |upper: f32, dip: f32| lerp(-38.0, upper + 34.0, smoothstep(50.0, 120.0, upper)) + 14.0 * dip;
    pose.arms = [Arm::new(right, forearm(right, dip)), Arm::new(-left, -forearm(left, dip))];
    if !away {
        // Seen from the front, the near limbs are on the other side.
        pose.legs.swap(0, 1);
        pose.arms.swap(0, 1);
    }
    pose
}

fn sing(away: bool, phase: f32, manner: f32, breadth: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.42 });
    pose.head_turn = if away { 1.0 } else { 0.0 };
    let sway = sin(360.0 * phase);
    let beat = pulse(phase, 4.0);
    pose.pelvis.x = 0.012 * sway;
    pose.pelvis.y += 0.004 * beat;
    pose.swing = 0.6 * sin(360.0 * phase - 50.0);
    if away {
        contrapposto(&mut pose, 1.0);
        pose.shoulder_tilt -= 7.0;
        pose.legs[0] = Leg { ankle: vec2(0.095, -ANKLE), pitch: 0.0, knee: 0.2 };
        pose.legs[1] = Leg { ankle: vec2(-0.080, -ANKLE), pitch: 0.0, knee: -0.1 };
        pose.arms[0] = Arm::new(146.0 + 7.0 * sway, 168.0 + 9.0 * sway + 5.0 * beat);
        let shoulders = Joints::of(&pose, breadth).shoulders;
        pose.arms[1] = Arm::reaching(shoulders[1], pose_mouth(&pose, breadth) + vec2(-0.045, 0.06), -1.0);
        pose.head = 4.0 * sway - 3.0;
        return pose;
    }
    pose.lean = -4.0 - 2.0 * sway;
    pose.chest = -5.0 + 3.0 * beat;
    pose.neck = 12.0;
    pose.head = -3.0 - 3.0 * sway + 3.0 * beat;
    pose.legs[0] = Leg { ankle: vec2(-0.060, -ANKLE), pitch: 0.0, knee: 1.0 };
    pose.legs[1] = Leg { ankle: vec2(0.075, -ANKLE), pitch: 0.0, knee: 1.0 };
    let shoulders = Joints::of(&pose, breadth).shoulders;
    let mouth = pose_mouth(&pose, breadth);
    // Well below the mouth and before it: the fist holds the grip, and the microphone bridges the rest.
    pose.arms[1] = Arm::reaching(shoulders[1], mouth + vec2(0.062, 0.080), -1.0);
    let open = 46.0 + 26.0 * sin(360.0 * phase + 70.0 + 120.0 * manner);
    pose.arms[0] = Arm::new(-8.0 + open * 0.35, 22.0 + open);
    pose
}

/// Arms of a singer seen from the front: one holds the microphone, its bones foreshortened towards us, the other is
/// open to the side.
fn at_the_microphone(mut pose: Pose, phase: f32, manner: f32, breadth: f32) -> Pose {
    let sway = sin(360.0 * phase);
    let open = sin(360.0 * phase + 70.0 + 120.0 * manner);
    let shoulder = Joints::of(&pose, breadth).shoulders[0];
    // Low enough that the microphone ends under the lips: a hand before the mouth would be a cough.
    let hand = pose_mouth(&pose, breadth) + vec2(-0.034, 0.100);
    let upper = vec2(-0.060 - 0.004 * sway, 0.098);
    pose.arms[0] = Arm { upper, fore: hand - shoulder - upper };
    pose.arms[1] = if manner < 0.3 {
        // Thrown high, as at the last line.
        Arm::new(118.0 + 6.0 * sway, 158.0 + 12.0 * open)
    } else if manner < 0.65 {
        Arm::new(22.0 + 4.0 * sway, 44.0 + 12.0 * open + 6.0 * sway)
    } else {
        Arm::new(14.0 + 2.0 * sway, -4.0 + 6.0 * open)
    };
    pose
}

/// Where the mouth is, in figure units.
pub(super) fn pose_mouth(pose: &Pose, breadth: f32) -> super::vector::Vec2 {
    let head = Joints::of(pose, breadth).head;
    head + vec2(0.36 * pose.profile(), 0.30).turned(pose.head) * super::skeleton::HEAD
}

fn look_up(away: bool, phase: f32, manner: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.30 });
    let breath = sin(360.0 * phase);
    pose.swing = 0.4 * breath;
    pose.shrug = 0.2 * breath;
    if away {
        contrapposto(&mut pose, if manner < 0.5 { 1.0 } else { -1.0 });
        pose.legs[0].knee = 0.1;
        pose.legs[1].knee = -0.1;
        pose.arms = [Arm::new(17.0 + breath, 9.0), Arm::new(-17.0 - breath, -9.0)];
        // A head thrown back is seen lower between the shoulders.
        pose.shrug += 0.35;
        pose.head = 3.0;
        pose.neck = 2.0;
        return pose;
    }
    pose.lean = -3.0;
    pose.chest = -8.0 - breath;
    pose.neck = -4.0;
    pose.head = -27.0 - 2.0 * breath;
    pose.arms = [Arm::new(-9.0 - 2.0 * breath, 4.0), Arm::new(-3.0, 12.0)];
    pose
}

fn play_guitar(away: bool, phase: f32, breadth: f32) -> Pose {
    let mut pose = Pose::standing(if away { 1.0 } else { -0.46 });
    pose.head_turn = if away { 1.0 } else { 0.0 };
    let beat = pulse(phase, 2.0);
    pose.pelvis.y += 0.005 * beat;
    pose.swing = 0.4 * sin(360.0 * phase);
    pose.lean = -2.0;
    pose.chest = 3.0;
    pose.neck = 16.0 * (1.0 - pose.head_turn);
    pose.head = (9.0 + 5.0 * beat) * if away { 0.4 } else { 1.0 };
    let side = if away { 1.0 } else { -1.0 };
    pose.legs[0] = Leg { ankle: vec2(0.070 * side, -ANKLE), pitch: 0.0, knee: if away { 0.1 } else { 1.0 } };
    pose.legs[1] =
        Leg { ankle: vec2(-0.078 * side, -ANKLE), pitch: 0.0, knee: if away { -0.1 } else { 1.0 } };
    let shoulders = Joints::of(&pose, breadth).shoulders;
    let (body, neck) = guitar(&pose);
    let strum = 0.022 * sin(720.0 * phase);
    let strings = body + neck.across() * (0.01 + strum) + neck * 0.012;
    let frets = body + neck * (0.250 + 0.012 * sin(360.0 * phase));
    if away {
        pose.arms = [
            Arm::reaching(shoulders[0], frets, 0.8),
            Arm::reaching(shoulders[1], strings - vec2(0.05, 0.0), -0.9),
        ];
    } else {
        pose.arms = [Arm::reaching(shoulders[0], strings, -0.95), Arm::reaching(shoulders[1], frets, -0.8)];
    }
    pose
}

/// Where the guitar hangs: the middle of its body, and the direction of its neck.
pub(super) fn guitar(pose: &Pose) -> (super::vector::Vec2, super::vector::Vec2) {
    (pose.pelvis + vec2(0.005 + 0.03 * pose.profile(), -0.095), vec2(1.0, 0.0).turned(-27.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lowest point of both soles.
    fn lowest(pose: &Pose) -> f32 {
        let joints = Joints::of(pose, 1.0);
        joints.ankles.iter().map(|a| a.y + ANKLE).fold(f32::MIN, f32::max)
    }

    #[test]
    fn someone_always_stands_on_the_ground() {
        for action in Action::ALL {
            for facing in [Facing::Right, Facing::Away, Facing::Towards] {
                for step in 0..32 {
                    let phase = step as f32 / 32.0;
                    let low = lowest(&pose(*action, facing, phase, 0.3, 1.0));
                    let airborne = if *action == Action::Run { 0.12 } else { 0.03 };
                    assert!((-airborne..0.02).contains(&low), "{action} {facing:?} {phase}: {low}");
                }
            }
        }
    }

    #[test]
    fn a_cycle_ends_where_it_began() {
        for action in Action::ALL {
            for facing in [Facing::Left, Facing::Away, Facing::Towards] {
                let at = |phase| Joints::of(&pose(*action, facing, phase, 0.7, 1.0), 1.0);
                let (first, last) = (at(0.0), at(0.9999));
                let gap = (first.wrists[0] - last.wrists[0]).length() + (first.head - last.head).length();
                assert!(gap < 0.01, "{action} {facing:?}: {gap}");
            }
        }
    }

    #[test]
    fn a_singer_holds_the_microphone_below_the_lips() {
        for facing in [Facing::Right, Facing::Towards] {
            for step in 0..16 {
                let pose = pose(Action::Sing, facing, step as f32 / 16.0, 0.5, 1.0);
                let mouth = pose_mouth(&pose, 1.0);
                let hand = |wrist: &super::super::vector::Vec2| *wrist - mouth;
                let hands = Joints::of(&pose, 1.0).wrists;
                let near = hands.iter().map(hand).min_by(|a, b| a.length().total_cmp(&b.length()));
                let near = near.unwrap();
                assert!(near.y > 0.06 && near.length() < 0.13, "{facing:?} {step}: {near:?}");
            }
        }
    }
}
