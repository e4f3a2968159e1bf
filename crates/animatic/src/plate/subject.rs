//! What a given picture is of: the faces in it, else what stands out, so that the crop and the move are about that.

use crate::portrait::{self, Face};
use image::RgbaImage;

/// Where the crop and the move are aimed, in frame heights from the picture's centre.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Subject {
    /// The best middle of the frame, where there is a choice.
    pub(super) centre: [f64; 2],
    /// What a camera that comes nearer comes nearer to.
    pub(super) focus: [f64; 2],
    /// All faces that a frame can hold, brow to chin: left, top, right, bottom.
    pub(super) faces: Option<[f64; 4]>,
    /// Height of the most prominent of them.
    pub(super) face_height: f64,
}

/// Faces stand this far above the middle of the frame.
const FACE_ABOVE: f64 = 0.07;
/// A face this much smaller than the most prominent is a passer-by's, if it is one at all.
const PASSER_BY: f64 = 0.45;
/// The long side at which a picture is searched for what stands out.
const SEARCHED: u32 = 96;

impl Subject {
    /// Looks at a picture of which `frame` (half of its size in frame heights) will show a part; `half` is half of the
    /// picture.
    pub(super) fn find(picture: &RgbaImage, half: [f64; 2], frame: [f64; 2]) -> Self {
        let place = |[x, y]: [f64; 2]| {
            let size = [picture.width(), picture.height()].map(f64::from);
            [(2.0 * x / size[0] - 1.0) * half[0], (2.0 * y / size[1] - 1.0) * half[1]]
        };
        let boxes: Vec<[f64; 4]> = portrait::faces(picture)
            .iter()
            .map(|Face { x, y, width, height }| {
                let corners = [[*x, *y], [x + width, y + height]].map(|corner| place(corner.map(f64::from)));
                [corners[0][0], corners[0][1], corners[1][0], corners[1][1]]
            })
            .collect();
        let Some(first) = boxes.first() else { return Self::standing_out(picture, half, frame) };
        let face_height = first[3] - first[1];
        let held = boxes.iter().skip(1).fold(*first, |held, face| {
            let [left, top, right, bottom] = held;
            let both = [left.min(face[0]), top.min(face[1]), right.max(face[2]), bottom.max(face[3])];
            let fits = (0..2).all(|axis| both[axis + 2] - both[axis] + face_height < 1.7 * frame[axis]);
            if fits && face[3] - face[1] > PASSER_BY * face_height { both } else { held }
        });
        let focus = [f64::midpoint(held[0], held[2]), f64::midpoint(held[1], held[3])];
        let centre = [focus[0], focus[1] + FACE_ABOVE];
        Self { centre, focus, faces: Some(held), face_height }
    }

    /// Without a face: the part whose colours differ most from the picture's mean, after Achanta et al.,
    /// "Frequency-tuned salient region detection" (CVPR 2009), and most sharply from those beside them.
    fn standing_out(picture: &RgbaImage, half: [f64; 2], frame: [f64; 2]) -> Self {
        let long = picture.width().max(picture.height());
        let side = |side: u32| (side * SEARCHED).div_ceil(long).clamp(2, SEARCHED);
        let (width, height) = (side(picture.width()), side(picture.height()));
        let small = image::imageops::thumbnail(picture, width, height);
        let colors: Vec<[f64; 3]> = small.pixels().map(|pixel| opponent(pixel.0)).collect();
        let count = colors.len() as f64;
        let mean = colors.iter().fold([0.0; 3], |sum, color| [0, 1, 2].map(|c| sum[c] + color[c] / count));
        let (columns, rows) = (width as usize, height as usize);
        let mut sums = [vec![0.0; columns], vec![0.0; rows]];
        for (at, color) in colors.iter().enumerate() {
            let (x, y) = (at % columns, at / columns);
            // A glowing sky stands out as well, but it is smooth: people and things have outlines.
            let beside = [x.saturating_sub(2) + y * columns, (x + 2).min(columns - 1) + y * columns];
            let above = [x + y.saturating_sub(2) * columns, x + (y + 2).min(rows - 1) * columns];
            let outline =
                [beside, above].into_iter().flatten().map(|at| away(color, &colors[at])).fold(0.0, f64::max);
            let level = away(color, &mean) * outline;
            sums[0][x] += level;
            sums[1][y] += level;
        }
        let centre = [0, 1].map(|axis| best_window(&sums[axis], half[axis], frame[axis]));
        // Most of the way back to the middle of the crop: what stands out is a guess.
        let focus = [0, 1].map(|axis| {
            let inside = within(&sums[axis], half[axis], centre[axis], frame[axis]);
            let (weight, sum) =
                inside.fold((1e-9, 0.0), |(weight, sum), (at, level)| (weight + level, sum + level * at));
            0.5 * (centre[axis] + sum / weight)
        });
        Self { centre, focus, faces: None, face_height: 0.0 }
    }
}

/// How far apart two colours are.
fn away(one: &[f64; 3], other: &[f64; 3]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

/// Luma, red-green and yellow-blue of a pixel, 0–255 and about 0.
fn opponent([r, g, b, _]: [u8; 4]) -> [f64; 3] {
    let [r, g, b] = [r, g, b].map(f64::from);
    [0.2126 * r + 0.7152 * g + 0.0722 * b, r - g, 0.5 * (r + g) - b]
}

/// The samples along an axis that a window shows: their places and levels.
fn within(sums: &[f64], half: f64, centre: f64, frame: f64) -> impl Iterator<Item = (f64, f64)> {
    let count = sums.len() as f64;
    sums.iter()
        .enumerate()
        .map(move |(at, level)| (((2.0 * at as f64 + 1.0) / count - 1.0) * half, *level))
        .filter(move |(at, _)| (at - centre).abs() <= frame)
}

/// The centre of the window along an axis that shows most of what stands out, a little rather in the middle.
fn best_window(sums: &[f64], half: f64, frame: f64) -> f64 {
    const STEPS: i32 = 24;
    let room = (half - frame).max(0.0);
    let all: f64 = sums.iter().sum::<f64>().max(1e-9);
    let worth = |centre: f64| {
        let shown: f64 = within(sums, half, centre, frame)
            .map(|(at, level)| level * (1.0 - 0.6 * ((at - centre) / frame) * ((at - centre) / frame)))
            .sum();
        shown / all - 0.25 * centre.abs() / half
    };
    (-STEPS..=STEPS)
        .map(|step| room * f64::from(step) / f64::from(STEPS))
        .max_by(|a, b| worth(*a).total_cmp(&worth(*b)))
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    const HARIN: &[u8] = include_bytes!("../../../../samples/harin.png");

    #[test]
    fn a_face_is_what_a_picture_is_of() {
        let photo = image::load_from_memory(HARIN).unwrap().into_rgba8();
        // The photo in the right half of a wide grey picture.
        let (width, height) = photo.dimensions();
        let mut wide = RgbaImage::from_pixel(2 * width, height, Rgba([110, 112, 116, 255]));
        image::imageops::replace(&mut wide, &photo, i64::from(width), 0);
        let half = [f64::from(width) / f64::from(height), 0.5];
        let subject = Subject::find(&wide, half, [9.0 / 32.0, 0.5]);
        let faces = subject.faces.unwrap();
        assert!(faces[0] > 0.0 && faces[2] < half[0], "{faces:?}");
        assert!((subject.focus[0] - half[0] / 2.0).abs() < 0.15, "{subject:?}");
        assert!(subject.centre[1] > subject.focus[1]);
    }

    #[test]
    fn without_a_face_the_crop_goes_to_what_stands_out() {
        let red = |x: u32| {
            if (440..520).contains(&x) { Rgba([230, 40, 30, 255]) } else { Rgba([70, 90, 100, 255]) }
        };
        let picture = RgbaImage::from_fn(640, 360, |x, _| red(x));
        let half = [16.0 / 18.0, 0.5];
        let subject = Subject::find(&picture, half, [9.0 / 32.0, 0.5]);
        assert!((subject.centre[0] - half[0] * 0.5).abs() < 0.06, "{subject:?}");
        assert!(subject.faces.is_none() && subject.centre[1] == 0.0);
        let even = RgbaImage::from_pixel(640, 360, Rgba([70, 90, 100, 255]));
        let middle = Subject::find(&even, half, [9.0 / 32.0, 0.5]).centre;
        assert!(middle.iter().all(|at| at.abs() < 1e-9), "{middle:?}");
    }
}
