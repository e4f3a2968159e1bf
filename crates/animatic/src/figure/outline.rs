//! Outlines: closed curves through hand-placed points, and ribbons of changing breadth along a limb.

use super::vector::{Vec2, lerp, vec2};
use mv_core::Rgb;

/// How many points stand for each span between two control points.
const FINENESS: usize = 10;

/// A flat-coloured area; the outline is a closed polygon fine enough to read as a curve.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) outline: Vec<Vec2>,
    pub(super) color: Rgb,
    pub(super) alpha: f32,
}

impl Shape {
    pub(super) fn new(outline: Vec<Vec2>, color: Rgb) -> Self {
        Self { outline, color, alpha: 1.0 }
    }

    pub(super) fn faded(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }
}

/// Shapes that are lit as one body: light and rim follow their common silhouette.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) shapes: Vec<Shape>,
    /// How much rim light this part takes, 0–1: less for parts that lie on others.
    pub(super) rim: f32,
}

/// A closed Catmull–Rom curve through the points.
pub(super) fn closed(points: &[Vec2]) -> Vec<Vec2> {
    let n = points.len();
    let at = |i: usize| points[i % n];
    (0..n).flat_map(|i| span(at(i + n - 1), at(i), at(i + 1), at(i + 2))).collect()
}

/// An open Catmull–Rom curve through the points, ends included.
pub(super) fn open(points: &[Vec2]) -> Vec<Vec2> {
    let last = points.len() - 1;
    let at = |i: usize| points[i.min(last)];
    let mut line: Vec<_> =
        (0..last).flat_map(|i| span(at(i.saturating_sub(1)), at(i), at(i + 1), at(i + 2))).collect();
    line.push(points[last]);
    line
}

/// The span from `from` to `to` (exclusive) of a Catmull–Rom curve with its neighbours `before` and `after`.
fn span(before: Vec2, from: Vec2, to: Vec2, after: Vec2) -> impl Iterator<Item = Vec2> {
    // Tangents are shortened where neighbouring spans are unequal, which keeps tight corners from overshooting.
    let chord = (to - from).length();
    let tangent = |offset: Vec2| {
        let length = offset.length();
        if length > 1e-6 { offset * (chord.min(length * 0.5) / length) } else { vec2(0.0, 0.0) }
    };
    let (start, end) = (tangent(to - before), tangent(after - from));
    (0..FINENESS).map(move |step| {
        let t = step as f32 / FINENESS as f32;
        let (t2, t3) = (t * t, t * t * t);
        let ends = from * (2.0 * t3 - 3.0 * t2 + 1.0) + to * (3.0 * t2 - 2.0 * t3);
        ends + start * (t3 - 2.0 * t2 + t) + end * (t3 - t2)
    })
}

/// Breadth of a ribbon on both sides at a place along it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Girth {
    /// 0 at the first joint, 1 at the second, and so on.
    pub(super) at: f32,
    /// To the left of the way (towards the front of a hanging limb that faces +x) and to the right.
    pub(super) front: f32,
    pub(super) back: f32,
}

pub(super) const fn girth(at: f32, front: f32, back: f32) -> Girth {
    Girth { at, front, back }
}

/// A limb: an outline of changing breadth along joints whose corners are rounded.
pub(super) fn ribbon(joints: &[Vec2], girths: &[Girth]) -> Vec<Vec2> {
    let (Some(first), Some(last)) = (girths.first(), girths.last()) else { return Vec::new() };
    let steps = ((last.at - first.at) * 16.0).ceil().max(2.0) as usize;
    let mut fronts = Vec::with_capacity(2 * steps + 14);
    let mut backs = Vec::with_capacity(steps + 1);
    for step in 0..=steps {
        let at = lerp(first.at, last.at, step as f32 / steps as f32);
        let (centre, along) = (along_joints(joints, at), direction(joints, at));
        let (front, back) = girth_at(girths, at);
        fronts.push(centre - along.across() * front);
        backs.push(centre + along.across() * back);
    }
    // A round cap at the far end, then back along the other side, and a round cap at the near end by closing.
    let cap = |outline: &mut Vec<Vec2>, from: Vec2, to: Vec2, outward: Vec2| {
        let (centre, radius) = (from.lerp(to, 0.5), (to - from) * 0.5);
        let bulge = outward * radius.length();
        for step in 1..8 {
            let (sin, cos) = super::vector::sin_cos(step as f32 * 22.5);
            outline.push(centre - radius * cos + bulge * (sin * 0.8));
        }
    };
    let (front_end, back_end) = (fronts[steps], backs[steps]);
    cap(&mut fronts, front_end, back_end, direction(joints, last.at));
    let (front_start, back_start) = (fronts[0], backs[0]);
    fronts.extend(backs.into_iter().rev());
    cap(&mut fronts, back_start, front_start, -direction(joints, first.at));
    fronts
}

/// A line of even breadth with round ends.
pub(super) fn stroke(points: &[Vec2], half_width: f32) -> Vec<Vec2> {
    let line = open(points);
    let end = (line.len() - 1) as f32;
    ribbon(&line, &[girth(0.0, half_width, half_width), girth(end, half_width, half_width)])
}

/// A line that is thickest in its middle and pointed at both ends, as a brush draws it.
pub(super) fn brushed(points: &[Vec2], half_width: f32) -> Vec<Vec2> {
    let line = open(points);
    let end = (line.len() - 1) as f32;
    let thin = half_width * 0.12;
    ribbon(&line, &[girth(0.0, thin, thin), girth(end * 0.5, half_width, half_width), girth(end, thin, thin)])
}

/// An ellipse turned by degrees.
pub(super) fn ellipse(centre: Vec2, radii: Vec2, degrees: f32) -> Vec<Vec2> {
    (0..48)
        .map(|step| {
            let (sin, cos) = super::vector::sin_cos(step as f32 * 7.5);
            centre + vec2(cos * radii.x, sin * radii.y).turned(degrees)
        })
        .collect()
}

/// A point along the joints, with each inner corner cut by a curve.
fn along_joints(joints: &[Vec2], at: f32) -> Vec2 {
    const CORNER: f32 = 0.16;
    let last = joints.len() - 1;
    let bone = (at.floor().max(0.0) as usize).min(last - 1);
    let share = at - bone as f32;
    let straight = |bone: usize, share: f32| joints[bone].lerp(joints[bone + 1], share);
    let corner = |joint: usize, t: f32| {
        let (a, b) = (straight(joint - 1, 1.0 - CORNER), straight(joint, CORNER));
        a.lerp(joints[joint], t).lerp(joints[joint].lerp(b, t), t)
    };
    if last < 8 && share > 1.0 - CORNER && bone + 1 < last {
        corner(bone + 1, (share - 1.0 + CORNER) / (2.0 * CORNER))
    } else if last < 8 && share < CORNER && bone > 0 {
        corner(bone, 0.5 + share / (2.0 * CORNER))
    } else {
        straight(bone, share)
    }
}

fn direction(joints: &[Vec2], at: f32) -> Vec2 {
    let end = (joints.len() - 1) as f32;
    let (before, after) = ((at - 0.06).clamp(0.0, end - 0.06), (at + 0.06).clamp(0.06, end));
    (along_joints(joints, after) - along_joints(joints, before)).unit()
}

fn girth_at(girths: &[Girth], at: f32) -> (f32, f32) {
    let next = girths.iter().position(|g| g.at >= at).unwrap_or(girths.len() - 1).max(1);
    let (a, b) = (girths[next - 1], girths[next]);
    let share = ((at - a.at) / (b.at - a.at)).clamp(0.0, 1.0);
    let share = share * share * (3.0 - 2.0 * share) * 0.6 + share * 0.4;
    (lerp(a.front, b.front, share), lerp(a.back, b.back, share))
}
