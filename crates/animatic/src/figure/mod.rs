//! Figures: people drawn as posed, lit silhouettes, or their photos placed as lit cut-outs, as cels for the camera.

mod body;
mod bust;
mod framing;
mod gesture;
mod head;
mod lighting;
mod outline;
mod person;
mod props;
mod shade;
mod sheet;
mod skeleton;
mod style;
mod vector;

pub use style::{FigureStyle, Hair, Outfit};

use crate::set::{Cel, Motion, PaintContext, Set, Sprite};
use crate::wave::{hash, unit};
pub(crate) use framing::lowest_chin;

use framing::Stand;
use mv_core::vocabulary::{Action, Framing};
use rayon::prelude::*;
use sheet::Placement;
use skeleton::{HEAD, Joints, Pose};
use tiny_skia::Pixmap;
use vector::vec2;

/// The people of one scene; framing and lighting come from the context.
#[derive(Clone, Debug)]
pub struct FigureBrief<'a> {
    pub action: Action,
    /// Where the first person stands: x in stage units, usually one of [`Set::spots`].
    pub spot: f32,
    pub facing: Facing,
    /// One to three people, most important first; more are not drawn.
    pub people: &'a [Person<'a>],
    /// What differs from shot to shot though the place and the people are the same derives from this.
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    Left,
    Right,
    /// Into the picture, back to us.
    Away,
    /// Out of the picture, at us.
    Towards,
}

#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The same seed is the same person in every scene.
    pub seed: u64,
    /// Their photo, cut out; without it they are only drawn.
    pub cutout: Option<&'a Cutout>,
}

/// A person's photo with its background removed: head, shoulders, and whatever of the body it shows.
#[derive(Clone, Debug)]
pub struct Cutout {
    /// Premultiplied sRGB, any size.
    pub image: Pixmap,
    /// The face, brow to chin and cheek to cheek.
    pub face: FaceBox,
}

/// A box in pixels of a cut-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceBox {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// No more people than this are drawn.
const CROWD: usize = 3;

/// Draws the people of a scene into cels, back to front.
pub fn paint(ctx: &PaintContext<'_>, set: &Set, figure: &FigureBrief<'_>) -> Vec<Cel> {
    let mut lead = framing::stand(ctx, set, figure.spot);
    if figure.action == Action::Dance && figure.people.len() > 1 && lead.height < 1.0 {
        // Room for the arms of two, at least, even in a tall picture.
        lead.height = lead.height.min(0.85 * ctx.ratio());
    }
    let people = &figure.people[..figure.people.len().min(CROWD)];
    if ctx.framing == Framing::OverShoulder {
        return people
            .first()
            .and_then(|person| over_shoulder(ctx, set, &lead, person))
            .into_iter()
            .collect();
    }
    // The first person stands in front, so the others are painted before them.
    people
        .iter()
        .enumerate()
        .rev()
        .flat_map(|(index, person)| one(ctx, set, figure, &lead, index, person))
        .collect()
}

/// The cels of one person.
fn one(
    ctx: &PaintContext<'_>,
    set: &Set,
    figure: &FigureBrief<'_>,
    lead: &Stand,
    index: usize,
    person: &Person<'_>,
) -> Vec<Cel> {
    let people = figure.people.len().min(CROWD);
    let stand = beside(ctx, lead, index, people, (figure.spot, figure.action));
    let accents = &ctx.look.accents;
    let near = matches!(ctx.framing, Framing::Medium | Framing::CloseUp);
    let light = lighting::on_figure(ctx, set, &stand);
    if let (true, Some(cutout)) = (near, person.cutout) {
        let style = FigureStyle::from_cutout(person.seed, accents, cutout);
        let shot = hash(figure.seed, index as u64);
        let stand = bust::fitted(ctx, &stand, cutout, people, shot);
        return bust::cel(ctx, &stand, figure.action, cutout, &style, &light, shot).into_iter().collect();
    }
    let style = match person.cutout {
        Some(cutout) => FigureStyle::from_cutout(person.seed, accents, cutout),
        None => FigureStyle::from_seed(person.seed, accents),
    };
    let mirrored = match figure.facing {
        // Two who stand together look at each other.
        Facing::Left | Facing::Right if people > 1 && at_each_other(figure.action) => {
            (figure.spot > 0.0) != (index == 1)
        }
        Facing::Left => true,
        Facing::Right => false,
        // The free arms of two singers reach outward, not across each other.
        Facing::Towards if people > 1 && figure.action == Action::Sing => (figure.spot > 0.0) != (index == 0),
        Facing::Away | Facing::Towards => person.seed % 2 == 1,
    };
    let light = if near { lighting::on_face(&light) } else { light };
    let mut placement = stand.placement(ctx, style.stature, mirrored);
    // Nobody holds themselves alike in every shot.
    let manner = unit(hash(person.seed, figure.seed), 7) as f32;
    // So near, nobody sits on the frame's edge, no hand comes before the face, and no arm is thrown high of which the
    // frame shows the half.
    let (action, manner) = match figure.action {
        Action::Sit if near => (Action::Stand, manner * 0.5),
        Action::Sing if near => (Action::Sing, 0.32 + 0.68 * manner),
        action => (action, if near { manner * 0.5 } else { manner }),
    };
    if near {
        // Whatever the body does, the head is what the picture is of.
        let head = |step: usize| {
            let phase = step as f32 / 8.0;
            let pose = gesture::pose(action, figure.facing, phase, manner, style.breadth);
            Joints::of(&pose, style.breadth).head
        };
        let highest = (0..8).map(|step| head(step).y).fold(0.0, f32::min);
        let head = vec2(head(0).x, highest);
        let side = if mirrored { -1.0 } else { 1.0 };
        let shift = vec2(-0.8 * head.x * side, -0.944 - head.y);
        placement.origin = placement.origin + shift * placement.scale;
    }
    let softness = stand.softness(ctx);
    let (beats, mut count) = gesture::cycle(action);
    if ctx.framing == Framing::ExtremeWide || near {
        count = count.div_ceil(2);
    }
    // Those who dance together do not dance alike.
    let phase = |step: usize| (step as f32 / count as f32 + 0.25 * index as f32).fract();
    let pose = |step| gesture::pose(action, figure.facing, phase(step), manner, style.breadth);
    let poses: Vec<Sprite> = (0..count)
        .into_par_iter()
        .filter_map(|step| {
            let pose = pose(step);
            let mut parts = person::draw(&pose, &style, action).stacked();
            if !near {
                parts.insert(0, person::contact_shadow(&pose));
            }
            sheet::paint(&parts, &placement, &light, softness)
        })
        .collect();
    if poses.is_empty() {
        return Vec::new();
    }
    let seen = (0..count).map(pose).filter(|pose| !pose.is_from_behind());
    let face = seen.map(|pose| face(&pose, &style, &placement)).reduce(sheet::union);
    vec![Cel { name: "figure", poses, beats, face, depth: stand.depth, motion: Motion::Still }]
}

/// Where a drawn face lies in the layer.
fn face(pose: &Pose, style: &FigureStyle, placement: &Placement) -> [f32; 4] {
    let head = Joints::of(pose, style.breadth).head;
    let corners = [(-0.42, -0.3), (0.42, -0.3), (-0.42, 0.5), (0.42, 0.5)];
    let area = |(x, y): (f32, f32)| {
        let at = placement.project(head + vec2(x, y).turned(pose.head) * HEAD);
        [at.x, at.y, at.x, at.y]
    };
    corners.into_iter().map(area).fold([f32::MAX, f32::MAX, f32::MIN, f32::MIN], sheet::union)
}

/// Whether two people do this face to face.
fn at_each_other(action: Action) -> bool {
    matches!(action, Action::Stand | Action::Sing | Action::Sit | Action::PlayGuitar)
}

/// Where the `index`-th of `count` people stands: beside the first, a little behind.
fn beside(
    ctx: &PaintContext<'_>,
    lead: &Stand,
    index: usize,
    count: usize,
    (spot, action): (f32, Action),
) -> Stand {
    let together = count > 1 && lead.height > 0.5;
    let inward = if spot > 0.0 { -1.0 } else { 1.0 };
    let gap = match action {
        _ if lead.height > 1.0 => 0.235,
        // Thrown out, an arm is not to cross the other's face.
        Action::Dance => 0.46,
        _ => 0.31,
    };
    // Together, they share the middle of the picture, and both are wholly in it.
    let span = gap * lead.height;
    let half = ctx.ratio() / 2.0 - 0.5 * span - 0.24 * lead.height.min(1.0);
    let middle = (0.5 * lead.x).clamp(-half.max(0.0), half.max(0.0));
    let first = match count {
        2 if together => middle - 0.5 * inward * span,
        _ if together => 0.5 * lead.x,
        _ => lead.x,
    };
    if index == 0 {
        return Stand { x: first, ..*lead };
    }
    let side = if index == 1 { inward } else { -inward };
    let behind = 0.97 - 0.02 * index as f32;
    let room = ctx.ratio() / 2.0;
    let feet = if lead.height > 1.0 {
        lead.feet - lead.height * (1.0 - behind) * 0.75
    } else {
        lead.feet - 0.018 * lead.height
    };
    Stand {
        height: lead.height * behind,
        feet,
        x: (first + side * span).clamp(-room, room),
        depth: lead.depth - 0.03,
        ..*lead
    }
}

/// The back of a head and a shoulder in the foreground, out of focus, looking at the set.
fn over_shoulder(ctx: &PaintContext<'_>, set: &Set, stand: &Stand, person: &Person<'_>) -> Option<Cel> {
    let accents = &ctx.look.accents;
    let style = match person.cutout {
        Some(cutout) => FigureStyle::from_cutout(person.seed, accents, cutout),
        None => FigureStyle::from_seed(person.seed, accents),
    };
    let pose = gesture::pose(Action::Stand, Facing::Away, 0.0, 0.5, style.breadth);
    let light = lighting::in_foreground(ctx, set, stand);
    let parts = person::draw(&pose, &style, Action::Stand).stacked();
    let placement = stand.placement(ctx, 1.0, stand.x > 0.0);
    let mut sprite = sheet::paint(&parts, &placement, &light, stand.softness(ctx))?;
    shade::defocus(&mut sprite.image, (ctx.canvas.height / 150).max(1) as usize);
    let sway = Motion::Bob { amplitude: 0.002, beats: 4.0 };
    let poses = vec![sprite];
    Some(Cel { name: "over-shoulder", poses, beats: 1.0, face: None, depth: stand.depth, motion: sway })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places;
    use mv_core::vocabulary::{Lighting, Place, TimeOfDay, Weather};
    use mv_core::{Canvas, Look, Rgb};

    fn look() -> Look {
        Look {
            shadows: Rgb(13, 11, 30),
            midtones: Rgb(74, 58, 120),
            highlights: Rgb(255, 176, 120),
            accents: vec![Rgb(255, 137, 89), Rgb(92, 200, 232)],
            tint: 0.4,
            saturation: 1.0,
            contrast: 1.0,
            haze: 0.5,
            bloom: 0.5,
            grain: 0.2,
            vignette: 0.2,
        }
    }

    const CANVASES: [Canvas; 3] = [Canvas::new(160, 90), Canvas::new(90, 160), Canvas::new(120, 120)];

    fn context(look: &Look, canvas: Canvas, framing: Framing) -> PaintContext<'_> {
        PaintContext {
            canvas,
            overscan: 1.3,
            zoom: if framing == Framing::Medium { 1.6 } else { 1.0 },
            place: Place::Meadow,
            time_of_day: TimeOfDay::Dusk,
            weather: Weather::Clear,
            lighting: Lighting::Natural,
            framing,
            intensity: 0.5,
            look,
            seed: 3,
        }
    }

    /// Frame heights of the topmost and lowest solid pixel over all poses.
    fn extent(ctx: &PaintContext<'_>, cels: &[Cel]) -> (f32, f32) {
        let mut extent = (f32::MAX, f32::MIN);
        let (_, layer_height) = ctx.layer_size();
        for sprite in cels.iter().flat_map(|cel| &cel.poses) {
            let width = sprite.image.width() as usize;
            for (index, pixel) in sprite.image.pixels().iter().enumerate() {
                if pixel.alpha() > 200 {
                    let y = (sprite.top as f32 + (index / width) as f32 + 0.5 - layer_height as f32 / 2.0)
                        / ctx.canvas.height as f32;
                    extent = (extent.0.min(y), extent.1.max(y));
                }
            }
        }
        extent
    }

    fn cutout() -> Cutout {
        let mut image = Pixmap::new(200, 260).unwrap();
        image.fill(tiny_skia::Color::from_rgba8(180, 120, 90, 255));
        Cutout { image, face: FaceBox { x: 60.0, y: 40.0, width: 80.0, height: 90.0 } }
    }

    #[test]
    fn every_action_paints_in_every_framing_and_aspect_the_same_way_twice() {
        let look = look();
        for canvas in CANVASES {
            for framing in Framing::ALL {
                let ctx = context(&look, canvas, *framing);
                let set = places::paint(&ctx);
                for (index, action) in Action::ALL.iter().enumerate() {
                    let people = [Person { seed: index as u64 * 7 + 1, cutout: None }];
                    let facing = [Facing::Left, Facing::Right, Facing::Away, Facing::Towards][index % 4];
                    let brief =
                        FigureBrief { action: *action, spot: set.spots[0], facing, people: &people, seed: 3 };
                    let (first, second) = (paint(&ctx, &set, &brief), paint(&ctx, &set, &brief));
                    assert!(!first.is_empty(), "{action} {framing}");
                    for (a, b) in first.iter().zip(&second) {
                        let same =
                            a.poses.iter().zip(&b.poses).all(|(a, b)| a.image.data() == b.image.data());
                        assert!(same && a.poses.len() == b.poses.len(), "{action} {framing}");
                        for sprite in &a.poses {
                            let (width, height) = ctx.layer_size();
                            assert!(sprite.left + sprite.image.width() <= width);
                            assert!(sprite.top + sprite.image.height() <= height);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn heads_stay_in_the_frame_and_feet_on_the_ground() {
        let look = look();
        for canvas in CANVASES {
            for framing in [Framing::ExtremeWide, Framing::Wide, Framing::Medium, Framing::CloseUp] {
                for seed in 0..6 {
                    let ctx = context(&look, canvas, framing);
                    let set = places::paint(&ctx);
                    let people = [Person { seed, cutout: None }];
                    let brief = FigureBrief {
                        action: Action::Walk,
                        spot: set.spots[0],
                        facing: Facing::Right,
                        people: &people,
                        seed: 3,
                    };
                    let (top, bottom) = extent(&ctx, &paint(&ctx, &set, &brief));
                    assert!((-0.47..0.3).contains(&top), "{canvas} {framing} {seed}: head at {top}");
                    if framing == Framing::Wide || framing == Framing::ExtremeWide {
                        let ground = set.ground * ctx.zoom;
                        assert!(
                            bottom < 0.5 && bottom > ground.min(0.45) - 0.02,
                            "{framing}: feet at {bottom}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_photo_fills_the_close_up_and_lends_its_colours_to_the_drawn_figure() {
        let look = look();
        let cutout = cutout();
        let style = FigureStyle::from_cutout(5, &look.accents, &cutout);
        assert_eq!(style.skin, Rgb(180, 120, 90));
        for canvas in CANVASES {
            for framing in [Framing::Medium, Framing::CloseUp] {
                let ctx = context(&look, canvas, framing);
                let set = places::paint(&ctx);
                let people = [Person { seed: 5, cutout: Some(&cutout) }];
                let brief = FigureBrief {
                    action: Action::Sing,
                    spot: 0.0,
                    facing: Facing::Left,
                    people: &people,
                    seed: 3,
                };
                let cels = paint(&ctx, &set, &brief);
                assert_eq!(cels.iter().map(|c| c.name).collect::<Vec<_>>(), ["portrait"]);
                let (_, bottom) = extent(&ctx, &cels);
                assert!(bottom > 0.5, "the bust ends inside the picture: {bottom}");
            }
        }
    }

    #[test]
    fn a_photographed_head_is_whole_in_the_picture_wherever_it_stands() {
        let look = look();
        // A head with something broad and high on it, over shoulders.
        let mut image = Pixmap::new(300, 400).unwrap();
        let mut brush = tiny_skia::Paint::default();
        brush.set_color_rgba8(180, 120, 90, 255);
        for [x, y, width, height] in [[80.0, 20.0, 140.0, 260.0], [20.0, 250.0, 260.0, 150.0]] {
            let area = tiny_skia::Rect::from_xywh(x, y, width, height).unwrap();
            image.fill_rect(area, &brush, tiny_skia::Transform::identity(), None);
        }
        let cutout = Cutout { image, face: FaceBox { x: 100.0, y: 110.0, width: 100.0, height: 110.0 } };
        for canvas in CANVASES {
            for framing in [Framing::Medium, Framing::CloseUp] {
                for seed in 0..4 {
                    let ctx = PaintContext { seed, ..context(&look, canvas, framing) };
                    let set = places::paint(&ctx);
                    let people = [Person { seed: 5, cutout: Some(&cutout) }];
                    for spot in [-0.6, 0.0, 0.6] {
                        let brief = FigureBrief {
                            action: Action::Stand,
                            spot,
                            facing: Facing::Left,
                            people: &people,
                            seed: 3,
                        };
                        let stand = bust::fitted(&ctx, &framing::stand(&ctx, &set, spot), &cutout, 1, 3);
                        let half = 0.5 * skeleton::HEAD * stand.height;
                        assert!(stand.x.abs() + half <= ctx.ratio() / 2.0, "{canvas} {framing}: {stand:?}");
                        let (top, bottom) = extent(&ctx, &paint(&ctx, &set, &brief));
                        assert!(top > -0.46 && bottom > 0.5, "{canvas} {framing} {seed}: {top} {bottom}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_stands_out_at_the_ears_is_headphones() {
        let look = look();
        let plain = cutout();
        assert!(!FigureStyle::from_cutout(5, &look.accents, &plain).headphones);
        let mut image = Pixmap::new(200, 260).unwrap();
        let mut brush = tiny_skia::Paint::default();
        brush.set_color_rgba8(90, 60, 50, 255);
        for [x, y, width, height] in [[60.0, 10.0, 80.0, 200.0], [40.0, 50.0, 120.0, 35.0]] {
            let area = tiny_skia::Rect::from_xywh(x, y, width, height).unwrap();
            image.fill_rect(area, &brush, tiny_skia::Transform::identity(), None);
        }
        let worn = Cutout { image, ..plain };
        assert!(FigureStyle::from_cutout(5, &look.accents, &worn).headphones);
    }

    #[test]
    fn no_more_than_three_people_are_drawn() {
        let look = look();
        let ctx = context(&look, CANVASES[0], Framing::Wide);
        let set = places::paint(&ctx);
        let people: Vec<_> = (0..9).map(|seed| Person { seed, cutout: None }).collect();
        let brief =
            FigureBrief { action: Action::Dance, spot: 0.1, facing: Facing::Away, people: &people, seed: 3 };
        assert_eq!(paint(&ctx, &set, &brief).len(), CROWD);
        assert!(paint(&ctx, &set, &FigureBrief { people: &[], ..brief }).is_empty());
    }
}
