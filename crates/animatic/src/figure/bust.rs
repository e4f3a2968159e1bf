//! A person's photo in the picture: the cut-out bust, relit, and grounded in a drawn garment so that it never looks
//! cut off.

use super::framing::{self, Stand};
use super::shade::{Light, Softness, blur, shade};
use super::sheet::Placement;
use super::skeleton::{HEAD, Joints, Pose};
use super::style::{FigureStyle, Hair, Outfit};
use super::vector::{Vec2, sin_cos, smoothstep, vec2};
use super::{Cutout, body, lighting, sheet};
use crate::chance::Chance;
use crate::set::{Cel, Motion, PaintContext, Sprite};
use mv_core::vocabulary::{Action, Framing};
use tiny_skia::{FilterQuality, Pixmap, PixmapPaint, PremultipliedColorU8, Transform};

/// A face as detectors frame it, from brow to chin, is this share of the head from crown to chin.
const FACE_OF_HEAD: f32 = 0.80;
/// Shares of the photo over which its bottom and its sides fade into the drawn garment.
const FADE_BELOW: f32 = 0.22;
const FADE_BESIDE: f32 = 0.08;
/// A cut-out runs out at its bottom over this share of its width.
const CUT_FADE: f32 = 0.11;

/// How far below the frame's bottom the photo must still show something, in frame units: room for the camera.
const BELOW_FRAME: f32 = 0.09;
/// No nearer than a close-up.
const NEAREST: f32 = 3.05;
/// A close-up is this much nearer than a medium shot of the same photo, at least and at most.
const CLOSER: (f32, f32) = (1.14, 1.34);
/// What stands above the face (hair, a cap, headphones) keeps so far from the frame's top, in frame units.
const HEADROOM: f32 = 0.065;
/// Room beside a head, in frame units (it may lean), and how much of the frame's width each of two heads may take.
const BESIDE: f32 = 0.04;
const SHARE_OF_TWO: f32 = 0.54;
/// A chin at rest stays so far above the captions: room for the camera.
const ABOVE_CAPTIONS: f32 = 0.07;
/// No head is broader than about this share of the frame's width in a medium shot.
const BROADEST: f32 = 0.60;
/// Radii, as shares of the width, by which the clothes lose themselves below the photo.
const SOFTENED: [f32; 4] = [0.02, 0.06, 0.14, 0.30];
/// The shade over the clothes begins this share of its depth above the photo's edge.
const SHADE_ABOVE: f32 = 0.45;

/// A stand near enough for the photo to reach below the frame: a photo that ends at the chest makes a medium shot a
/// closer one, for a body drawn on to it would never be theirs. `people` share the frame's width; `shot` varies it.
pub(super) fn fitted(
    ctx: &PaintContext<'_>,
    stand: &Stand,
    cutout: &Cutout,
    people: usize,
    shot: u64,
) -> Stand {
    let face = cutout.face;
    let below_chin = (cutout.image.height() as f32 - face.y - face.height).max(0.0) * (1.0 - FADE_BELOW);
    let heads_shown = 1.0 + FACE_OF_HEAD * below_chin / face.height.max(1.0);
    let crown = stand.feet - stand.height;
    // As wide as the frame allows: a tall picture shows a whole face, not half of one.
    let [leftward, rightward] = head_reach(cutout);
    let breadth = (leftward + rightward).max(1.0) * HEAD * FACE_OF_HEAD / face.height.max(1.0);
    let share = if people > 1 { SHARE_OF_TWO } else { 1.0 };
    let whole = share * (ctx.ratio() - 2.0 * BESIDE) / breadth;
    let widest = (BROADEST / (0.5 + 0.5 * people.max(1) as f32) * ctx.ratio() / HEAD).min(whole);
    let height = ((0.5 + BELOW_FRAME - crown) / (HEAD * heads_shown))
        .clamp(stand.height, NEAREST.max(stand.height))
        .min(widest);
    let closer = match ctx.framing {
        Framing::CloseUp => Chance::new(shot, "closer")
            .range(CLOSER.0, CLOSER.1)
            .min(1.12 * widest / height)
            .min(whole / height),
        _ => 1.0,
    };
    let height = height * closer.max(1.0);
    // Nearer, the eyes stay where they were; and all that is worn on the head stays in the picture.
    let crown = crown - 0.45 * HEAD * height * (1.0 - 1.0 / closer.max(1.0));
    let chin = crown + (1.0 + Joints::of(&Pose::standing(-1.0), 1.0).head.y + HEAD / 2.0) * height;
    let above = face.y + face.height - first_row(&cutout.image);
    let top = chin - above * HEAD * FACE_OF_HEAD * height / face.height.max(1.0);
    let down = (HEADROOM - 0.5 - top).max(0.0);
    // Where the frame goes on far below the photo, the person stands lower in it, as low as captions allow: what is
    // carried on below a photo is cloth without shape.
    let below = (cutout.image.height() as f32 - face.y - face.height).max(0.0);
    let end = chin + down + below * HEAD * FACE_OF_HEAD * height / face.height.max(1.0);
    let lowest = framing::lowest_chin(ctx.ratio()) - ABOVE_CAPTIONS;
    let down = down + (0.5 + BELOW_FRAME - end).clamp(0.0, (lowest - chin - down).max(0.0));
    // The whole head is in the picture, with all that it wears.
    let scale = HEAD * FACE_OF_HEAD * height / face.height.max(1.0);
    let side = ctx.ratio() / 2.0 - BESIDE;
    let (leftmost, rightmost) = (leftward * scale - side, side - rightward * scale);
    let x = stand.x.max(leftmost).min(rightmost.max(leftmost));
    Stand { height, feet: crown + down + height, x, ..*stand }
}

/// How far the head, with hair and all that it wears, reaches left and right of the middle of the face, in pixels.
fn head_reach(cutout: &Cutout) -> [f32; 2] {
    let (image, face) = (&cutout.image, cutout.face);
    let middle = face.x + face.width / 2.0;
    // Down to the mouth: lower, shoulders may show.
    let mouth = ((face.y + 0.8 * face.height) as usize).min(image.height() as usize);
    let rows = image.pixels().chunks_exact(image.width() as usize).take(mouth);
    let mut reach = [face.width / 2.0; 2];
    for row in rows {
        let shows = |pixel: &PremultipliedColorU8| pixel.alpha() > 127;
        if let (Some(first), Some(last)) = (row.iter().position(shows), row.iter().rposition(shows)) {
            reach = [reach[0].max(middle - first as f32), reach[1].max(last as f32 + 1.0 - middle)];
        }
    }
    reach
}

/// The first row from the top in which the person shows.
fn first_row(image: &Pixmap) -> f32 {
    let width = image.width() as usize;
    let shows = |row: &[PremultipliedColorU8]| row.iter().any(|pixel| pixel.alpha() > 127);
    image.pixels().chunks_exact(width).position(shows).unwrap_or(0) as f32
}

/// The cel of a photographed person in a medium shot or close-up.
pub(super) fn cel(
    ctx: &PaintContext<'_>,
    stand: &Stand,
    action: Action,
    cutout: &Cutout,
    style: &FigureStyle,
    light: &Light,
    shot: u64,
) -> Option<Cel> {
    let softness = stand.softness(ctx);
    let garment = if shows_shoulders(cutout) { None } else { garment(ctx, stand, style, light, softness) };
    let tilt = tilt(shot, action, shows_shoulders(cutout));
    let photo = photo(ctx, stand, cutout, light, softness, tilt);
    let sprite = match (garment, photo) {
        (Some(garment), Some(photo)) => stacked(&garment, &photo),
        (garment, photo) => photo.or(garment),
    }?;
    let motion = match action {
        Action::Walk | Action::Run => Motion::Bob { amplitude: 0.007, beats: 1.0 },
        Action::Dance => Motion::Sway { amplitude: 0.010, beats: 4.0 },
        // A slight nod on the beat.
        Action::Sing | Action::PlayGuitar => Motion::Bob { amplitude: 0.0045, beats: 1.0 },
        _ => Motion::Bob { amplitude: 0.0028, beats: 2.0 },
    };
    let face = face(&stand.placement(ctx, 1.0, false), cutout, tilt);
    let poses = vec![sprite];
    Some(Cel { name: "portrait", poses, beats: 1.0, face: Some(face), depth: stand.depth, motion })
}

/// Where the photo's face lies in the layer.
fn face(placement: &Placement, cutout: &Cutout, tilt: f32) -> [f32; 4] {
    let (chin, height) = (chin(placement), HEAD * placement.scale * FACE_OF_HEAD);
    let half = height * cutout.face.width / cutout.face.height.max(1.0) / 2.0;
    // Turned about the chin, its lower corners sink.
    let sink = half * sin_cos(tilt).0.abs();
    [chin.x - half - sink, chin.y - height - sink, chin.x + half + sink, chin.y + sink]
}

/// The layer's pixel where the chin is.
fn chin(placement: &Placement) -> Vec2 {
    placement.project(Joints::of(&Pose::standing(-1.0), 1.0).head + vec2(0.0, HEAD / 2.0))
}

/// How far the person leans in this shot, in degrees: nobody poses twice alike.
fn tilt(shot: u64, action: Action, whole: bool) -> f32 {
    if !whole {
        return 0.0;
    }
    let most = match action {
        Action::Dance | Action::PlayGuitar => 5.0,
        Action::Sing | Action::Run => 4.0,
        Action::LookUp | Action::Walk | Action::Sit => 3.0,
        Action::Stand => 1.5,
    };
    let mut chance = Chance::new(shot, "bust");
    chance.side() * chance.range(0.35, 1.0) * most
}

/// Whether the photo goes on below the neck; if so its own clothes are carried on down, else some are drawn.
fn shows_shoulders(cutout: &Cutout) -> bool {
    let below_chin = cutout.image.height() as f32 - cutout.face.y - cutout.face.height;
    below_chin > 0.7 * cutout.face.height
}

/// Shoulders in the clothes' colour, seen from the front, behind the photo.
fn garment(
    ctx: &PaintContext<'_>,
    stand: &Stand,
    style: &FigureStyle,
    light: &Light,
    softness: Softness,
) -> Option<Sprite> {
    let style = FigureStyle { outfit: Outfit::Jacket, hair: Hair::Short, ..*style };
    let pose = Pose::standing(-1.0);
    let joints = Joints::of(&pose, style.breadth);
    let mut trunk = body::torso(&pose, &joints, &style);
    for side in 0..2 {
        trunk.shapes.splice(0..0, body::arm(&pose, &joints, &style, side).shapes);
    }
    // A little lower than anatomy has it: the photo's own shoulders are those one sees.
    let mut placement = stand.placement(ctx, 1.0, false);
    placement.origin.y += 0.040 * placement.scale;
    let legs = [body::leg(&pose, &joints, &style, 1), body::leg(&pose, &joints, &style, 0)];
    let parts: Vec<_> = legs.into_iter().chain([trunk]).collect();
    sheet::paint(&parts, &placement, light, softness)
}

/// The photo, scaled so that its face is the stand's face, turned by `tilt` degrees about its chin, lit.
fn photo(
    ctx: &PaintContext<'_>,
    stand: &Stand,
    cutout: &Cutout,
    light: &Light,
    softness: Softness,
    tilt: f32,
) -> Option<Sprite> {
    let placement = stand.placement(ctx, 1.0, false);
    let chin = chin(&placement);
    let face = cutout.face;
    let scale = HEAD * placement.scale * FACE_OF_HEAD / face.height.max(1.0);
    let left = chin.x - (face.x + face.width / 2.0) * scale;
    let top = chin.y - (face.y + face.height) * scale;
    let (width, height) = (cutout.image.width() as f32 * scale, cutout.image.height() as f32 * scale);
    let (layer_width, layer_height) = (placement.layer.0 as f32, placement.layer.1 as f32);
    let (sin, cos) = sin_cos(tilt);
    // Turned, the corners reach out further.
    let (out, up) = (sin.abs() * height, sin.abs() * width / 2.0);
    let (x0, y0) =
        ((left - out).floor().clamp(0.0, layer_width), (top - up).floor().clamp(0.0, layer_height));
    let x1 = (left + width + out).ceil().clamp(0.0, layer_width);
    let continued = shows_shoulders(cutout);
    let y1 = if continued { layer_height } else { (top + height).ceil().clamp(0.0, layer_height) };
    let mut image = Pixmap::new((x1 - x0) as u32, (y1 - y0) as u32)?;
    // Halved until at most twice too large, so that filtering does not skip pixels.
    let mut source = cutout.image.clone();
    let mut remaining = scale;
    while remaining < 0.5 {
        source = halved(&source)?;
        remaining *= 2.0;
    }
    let exact = cutout.image.width() as f32 * scale / source.width() as f32;
    let exact_y = cutout.image.height() as f32 * scale / source.height() as f32;
    let (from_chin_x, from_chin_y) = (left - chin.x, top - chin.y);
    let place = Transform::from_row(
        exact * cos,
        exact * sin,
        -exact_y * sin,
        exact_y * cos,
        chin.x + from_chin_x * cos - from_chin_y * sin - x0,
        chin.y + from_chin_x * sin + from_chin_y * cos - y0,
    );
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    image.draw_pixmap(0, 0, source.as_ref(), &paint, place, None);
    tighten(&mut image);
    if continued {
        carry_on(&mut image, top + height - CUT_FADE * width - up - y0, 0.36 * ctx.canvas.height as f32);
    }
    shade(&mut image, &lighting::on_face(light), softness, 1.0);
    if !continued {
        // Only now: a faded edge is no silhouette, and takes no rim.
        fade(&mut image, [left - x0, top - y0, width, height]);
    }
    Some(Sprite { image, left: x0 as u32, top: y0 as u32 })
}

/// Carries the clothes on below the photo's last whole row, `edge`, into shade that deepens over `depth` pixels: what
/// is pattern at the edge loses itself in one dark cloth, and the shade begins above it, so that no line shows.
fn carry_on(image: &mut Pixmap, edge: f32, depth: f32) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let edge = edge.max(0.0) as usize;
    if edge + 1 >= height {
        return;
    }
    let row = image.data()[edge * width * 4..(edge + 1) * width * 4].to_vec();
    let planes: [Vec<u8>; 4] =
        std::array::from_fn(|channel| row.iter().skip(channel).step_by(4).copied().collect());
    // Ever softer: the row, then as if seen further and further out of focus.
    let softened: Vec<[Vec<u8>; 4]> = SOFTENED
        .iter()
        .map(|share| {
            let radius = ((width as f32 * share) as usize).max(1);
            std::array::from_fn(|channel| blur(&planes[channel], width, 1, radius))
        })
        .collect();
    let start = edge as f32 - SHADE_ABOVE * depth;
    for y in (start.max(0.0) as usize)..height {
        let shade = 1.0 - 0.50 * smoothstep(0.0, 1.0 + SHADE_ABOVE, (y as f32 - start) / depth.max(1.0));
        let out = &mut image.data_mut()[y * width * 4..(y + 1) * width * 4];
        if y <= edge {
            for pixel in out.chunks_exact_mut(4) {
                for channel in &mut pixel[..3] {
                    *channel = (f32::from(*channel) * shade) as u8;
                }
            }
            continue;
        }
        let soft = ((y - edge) as f32 / (0.35 * depth.max(1.0))).min(1.0) * SOFTENED.len() as f32;
        let level = (soft as usize).min(SOFTENED.len() - 1);
        let share = (soft - level as f32).min(1.0);
        let sharper = if level == 0 { &planes } else { &softened[level - 1] };
        let softer = &softened[level];
        for (x, pixel) in out.chunks_exact_mut(4).enumerate() {
            let alpha = planes[3][x];
            for channel in 0..3 {
                // Colour alone is softened: the outline stays that of the row.
                let of = |planes: &[Vec<u8>; 4]| {
                    f32::from(planes[channel][x]) / f32::from(planes[3][x].max(1)) * f32::from(alpha)
                };
                let value = of(sharper) + (of(softer) - of(sharper)) * share;
                pixel[channel] = ((value * shade) as u8).min(alpha);
            }
            pixel[3] = alpha;
        }
    }
}

/// Draws the matte's soft edge in, where the old background still shines through.
fn tighten(image: &mut Pixmap) {
    for pixel in image.data_mut().chunks_exact_mut(4) {
        let alpha = f32::from(pixel[3]) / 255.0;
        if alpha > 0.0 && alpha < 1.0 {
            let keep = smoothstep(0.5, 0.98, alpha);
            for channel in &mut *pixel {
                *channel = (f32::from(*channel) * keep + 0.5) as u8;
            }
        }
    }
}

/// Lets the photo's bottom and sides run out softly; `area` is where the whole photo lies: left, top, width, height.
fn fade(image: &mut Pixmap, area: [f32; 4]) {
    let (width, [left, top, across, down]) = (image.width() as usize, area);
    for (index, pixel) in image.data_mut().chunks_exact_mut(4).enumerate() {
        if pixel[3] == 0 {
            continue;
        }
        let u = ((index % width) as f32 + 0.5 - left) / across;
        let v = ((index / width) as f32 + 0.5 - top) / down;
        // Sides fade only low down: hair may touch them higher up.
        let beside = smoothstep(0.0, FADE_BESIDE, u.min(1.0 - u));
        let low = smoothstep(0.35, 0.7, v);
        let keep = (1.0 - low + low * beside) * smoothstep(0.0, FADE_BELOW, 1.0 - v);
        for channel in pixel {
            *channel = (f32::from(*channel) * keep + 0.5) as u8;
        }
    }
}

/// Half the size, each pixel the mean of four.
fn halved(image: &Pixmap) -> Option<Pixmap> {
    let (width, height) = (image.width().div_ceil(2), image.height().div_ceil(2));
    let mut half = Pixmap::new(width, height)?;
    let (source_width, source_height) = (image.width() as usize, image.height() as usize);
    let source = image.data();
    for (index, pixel) in half.data_mut().chunks_exact_mut(4).enumerate() {
        let (x, y) = (index % width as usize * 2, index / width as usize * 2);
        let (next_x, next_y) = ((x + 1).min(source_width - 1), (y + 1).min(source_height - 1));
        for (channel, value) in pixel.iter_mut().enumerate() {
            let at = |x: usize, y: usize| u32::from(source[(y * source_width + x) * 4 + channel]);
            *value = ((at(x, y) + at(next_x, y) + at(x, next_y) + at(next_x, next_y) + 2) / 4) as u8;
        }
    }
    Some(half)
}

/// One sprite over another.
fn stacked(below: &Sprite, above: &Sprite) -> Option<Sprite> {
    let (left, top) = (below.left.min(above.left), below.top.min(above.top));
    let right = (below.left + below.image.width()).max(above.left + above.image.width());
    let bottom = (below.top + below.image.height()).max(above.top + above.image.height());
    let mut image = Pixmap::new(right - left, bottom - top)?;
    for sprite in [below, above] {
        let (x, y) = ((sprite.left - left) as i32, (sprite.top - top) as i32);
        image.draw_pixmap(x, y, sprite.image.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    Some(Sprite { image, left, top })
}
