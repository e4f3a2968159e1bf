//! One drawn person in one pose, as parts from back to front.

use super::body::{arm, collar, leg, neck, torso};
use super::gesture;
use super::head::head;
use super::outline::{Part, Shape};
use super::props;
use super::skeleton::{Joints, Pose};
use super::style::FigureStyle;
use super::vector::vec2;
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
    let from_behind = pose.head_turn > 0.5;
    let playing = action == Action::PlayGuitar;
    let (guitar_at, guitar_neck) = gesture::guitar(pose);
    let guitar = || props::guitar(guitar_at, guitar_neck, style.accent);

    let mut body = Vec::new();
    if playing && from_behind {
        body.push(guitar());
    }
    let far_arm = arm(pose, &joints, style, 1);
    let mut over = Vec::new();
    let raised = |side: usize| joints.wrists[side].y < joints.chest.y;
    let frontal = pose.turn > 0.6;
    if !frontal && !playing {
        body.push(far_arm.clone());
    }
    body.push(leg(pose, &joints, style, 1));
    body.push(leg(pose, &joints, style, 0));
    if frontal && from_behind && action == Action::Sit {
        // Folded legs lie before the trunk, so the trunk covers them from behind.
        body.push(arm(pose, &joints, style, 1));
    }
    let mut trunk = torso(pose, &joints, style);
    if playing {
        trunk.shapes.push(props::strap(guitar_at, guitar_neck, joints.shoulders[1] + vec2(0.02, 0.0)));
    }
    body.push(trunk);

    let head = head(pose, &joints, style, neck(pose, &joints, style), collar(pose, &joints, style));
    if playing && !from_behind {
        over.push(guitar());
        over.push(far_arm);
    } else if frontal && !(from_behind && action == Action::Sit) {
        if raised(1) { over.push(far_arm) } else { body.push(far_arm) }
    }
    if action == Action::Sing && !from_behind {
        let mouth = gesture::pose_mouth(pose, style.breadth);
        over.push(props::microphone(joints.wrists[1] + (mouth - joints.wrists[1]) * 0.25, mouth));
    }
    let near_arm = arm(pose, &joints, style, 0);
    if raised(0) || playing { over.push(near_arm) } else { body.push(near_arm) }
    Drawn { hair_behind: head.behind, body, head: head.front, over }
}

/// The soft shadow a standing figure leaves on the ground, as a shape.
pub(super) fn contact_shadow(pose: &Pose) -> Shape {
    let joints = Joints::of(pose, 1.0);
    let (a, b) = (joints.ankles[0], joints.ankles[1]);
    let centre = vec2((a.x + b.x + joints.pelvis.x) / 3.0 + 0.02 * (1.0 - pose.turn), 0.002);
    let reach = (a.x - b.x).abs() / 2.0 + 0.085;
    Shape::new(super::outline::ellipse(centre, vec2(reach, 0.017), 0.0), mv_core::Rgb(4, 4, 10)).faded(0.5)
}
