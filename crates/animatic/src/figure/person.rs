//! One drawn person in one pose, as parts from back to front.

use super::body::{arm, collar, darker, leg, neck, torso};
use super::gesture;
use super::head::head;
use super::outline::{Part, Shape, brushed, ellipse};
use super::props;
use super::skeleton::{Joints, Pose};
use super::style::FigureStyle;
use super::vector::vec2;
use mv_core::Rgb;
use mv_core::vocabulary::Action;

/// The parts of a person; those of the head (hair behind the trunk, then the head) come apart for shots in which the
/// head moves by itself.
pub(super) struct Drawn {
    pub(super) hair_behind: Option<Part>,
    pub(super) body: Vec<Part>,
    pub(super) head: Vec<Part>,
    /// Arms and props in front of the head.
    pub(super) over: Vec<Part>,
}

impl Drawn {
    pub(super) fn stacked(self) -> Vec<Part> {
        self.hair_behind.into_iter().chain(self.body).chain(self.head).chain(self.over).collect()
    }
}

pub(super) fn draw(pose: &Pose, style: &FigureStyle, action: Action) -> Drawn {
    let joints = Joints::of(pose, style.breadth);
    let from_behind = pose.is_from_behind();
    let playing = action == Action::PlayGuitar;
    let (guitar_at, guitar_neck) = gesture::guitar(pose);
    let guitar = || props::guitar(guitar_at, guitar_neck, style.accent);

    let mut body = Vec::new();
    if playing && from_behind {
        body.push(guitar());
    }
    let far_arm = arm(pose, &joints, style, 1);
    let mut over = Vec::new();
    let at_microphone = |side: usize| side == 0 && action == Action::Sing && pose.is_from_the_front();
    let raised = |side: usize| joints.wrists[side].y < joints.chest.y || at_microphone(side);
    let frontal = pose.open() > 0.6;
    if !frontal && !playing {
        body.push(far_arm.clone());
    }
    let legs = [leg(pose, &joints, style, 1), leg(pose, &joints, style, 0)];
    // Folded legs lie before the trunk.
    let legs_before = pose.is_from_the_front() && action == Action::Sit;
    let (before, after) = if legs_before { (Some(legs), None) } else { (None, Some(legs)) };
    body.extend(after.into_iter().flatten());
    if frontal && from_behind && action == Action::Sit {
        // Folded legs lie before the trunk, so the trunk covers them from behind.
        body.push(arm(pose, &joints, style, 1));
    }
    body.push(Part { shapes: vec![neck(pose, &joints, style)], rim: 0.9 });
    let mut trunk = torso(pose, &joints, style);
    if playing {
        trunk.shapes.push(props::strap(guitar_at, guitar_neck, joints.shoulders[1] + vec2(0.02, 0.0)));
    }
    // Hanging arms of a figure seen from behind or before belong to one mass with the trunk.
    let hanging = |side: usize| frontal && !playing && !raised(side) && action != Action::Sit;
    for side in 0..2 {
        if hanging(side) {
            let sleeve = arm(pose, &joints, style, side);
            let crease = person_crease(&joints, side, style);
            trunk.shapes.splice(0..0, sleeve.shapes);
            trunk.shapes.push(crease);
        }
    }
    body.push(trunk);
    body.extend(before.into_iter().flatten());

    let head = head(pose, &joints, style, collar(pose, &joints, style));
    if playing && !from_behind {
        over.push(guitar());
        over.push(far_arm);
    } else if frontal && raised(1) {
        over.push(far_arm);
    }
    if action == Action::Sing && !from_behind {
        let mouth = gesture::pose_mouth(pose, style.breadth);
        let reaching = |side: usize| (joints.wrists[side] - mouth).length();
        let side = usize::from(reaching(1) < reaching(0));
        // It goes through the fist, not past the wrist.
        let fist = joints.wrists[side] + (joints.wrists[side] - joints.elbows[side]).unit() * 0.030;
        over.push(props::microphone(fist, mouth));
    }
    let near_arm = arm(pose, &joints, style, 0);
    if raised(0) || playing {
        over.push(near_arm);
    } else if !hanging(0) {
        body.push(near_arm);
    }
    Drawn { hair_behind: head.behind, body, head: head.front, over }
}

/// The line between a hanging arm and the trunk.
fn person_crease(joints: &Joints, side: usize, style: &FigureStyle) -> Shape {
    let (shoulder, elbow) = (joints.shoulders[side], joints.elbows[side]);
    let inward = (joints.chest - shoulder).unit();
    let pit = shoulder + inward * 0.020 + vec2(0.0, 0.040);
    let line = [pit, elbow + inward * 0.024, elbow.lerp(joints.wrists[side], 0.4) + inward * 0.018];
    Shape::new(brushed(&line, 0.003), darker(style.top, 0.6)).faded(0.8)
}

/// The soft shadow a standing figure leaves on the ground, as a part.
pub(super) fn contact_shadow(pose: &Pose) -> Part {
    let joints = Joints::of(pose, 1.0);
    let (a, b) = (joints.ankles[0], joints.ankles[1]);
    let centre = vec2((a.x + b.x + joints.pelvis.x) / 3.0 + 0.02 * (1.0 - pose.open()), 0.002);
    let reach = (a.x - b.x).abs() / 2.0 + 0.085;
    let ring =
        |grow: f32| Shape::new(ellipse(centre, vec2(reach, 0.017) * grow, 0.0), Rgb(4, 4, 10)).faded(0.16);
    Part { shapes: vec![ring(1.35), ring(1.1), ring(0.85), ring(0.6)], rim: 0.0 }
}
