//! What is left where no face can be seen: the colours of hair and clothes.
//!
//! A [`Look`] is three histograms of colour over boxes that the photo's face gives: the hair (above the brows and beside
//! the face), the whole head, and the chest below it. In a picture, windows of a head over a chest are tried at all
//! places and six sizes; the likeness is that of the best window: half the part that both head histograms share
//! (Swain & Ballard 1991, histogram intersection; the head may match hair alone, as from behind), half that of the
//! chests. Colours are twelve hues, each light and dark, and five greys, each pixel shared between neighbours, and the
//! whole picture is brought to one exposure first, so that light and grade change little. Nothing here knows what a
//! person is: a wall in the colours of a coat resembles the coat.

use crate::face::{Bounds, Face};
use crate::picture::Picture;

const GREYS: usize = 5;
const HUES: usize = 12;
const BINS: usize = GREYS + HUES * 2;
/// What one pixel weighs: whole numbers, so that sums are exact.
const WEIGHT: f32 = 256.0;
/// Pixels of the longer side that are looked at.
const LONGEST: usize = 160;

/// Parts of all pixels, by colour: they sum to 1.
type Histogram = [f32; BINS];

/// The colours of one photo's person.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    hair: Histogram,
    head: Histogram,
    /// `None` where the photo ends at the chin.
    chest: Option<Histogram>,
}

impl Look {
    /// From a photo and the face in it; without one, the middle of the photo counts as head over chest.
    pub(crate) fn of(photo: &Picture<'_>, face: Option<&Face>) -> Option<Self> {
        let (width, height) = (f64::from(photo.width()), f64::from(photo.height()));
        let sums = Sums::of(photo)?;
        let relative = |bounds: &Bounds, left: f64, top: f64, right: f64, bottom: f64| Bounds {
            left: bounds.left + left * bounds.width,
            top: bounds.top + top * bounds.height,
            width: (right - left) * bounds.width,
            height: (bottom - top) * bounds.height,
        };
        let Some(face) = face.map(|face| &face.bounds) else {
            let part = |top: f64, bottom: f64| Bounds {
                left: width * 0.25,
                top: height * top,
                width: width * 0.5,
                height: height * (bottom - top),
            };
            let head = share(&sums.over(&part(0.1, 0.5)))?;
            return Some(Self { hair: head, head, chest: share(&sums.over(&part(0.5, 0.95))) });
        };
        let head = sums.over(&relative(face, -0.2, -0.7, 1.2, 1.1));
        let bare = sums.over(&relative(face, 0.0, 0.0, 1.0, 1.1));
        let mut hair = head;
        hair.iter_mut().zip(bare).for_each(|(hair, bare)| *hair = hair.saturating_sub(bare));
        let chest = relative(face, -0.5, 1.5, 1.5, 2.8);
        // A sliver of chest says nothing.
        let visible = (height - chest.top).clamp(0.0, chest.height) / chest.height.max(1.0);
        let head = share(&head)?;
        Some(Self {
            hair: share(&hair).unwrap_or(head),
            head,
            chest: if visible > 0.2 { share(&sums.over(&chest)) } else { None },
        })
    }

    /// How much another look shares with this: 0 to 1.
    pub(crate) fn shares(&self, other: &Self) -> f32 {
        self.likeness(&other.head, other.chest.as_ref().unwrap_or(&other.head))
    }

    /// How much a head over a chest shares with this: 0 to 1.
    fn likeness(&self, head: &Histogram, chest: &Histogram) -> f32 {
        let upper = shared(&self.hair, head).max(shared(&self.head, head));
        match &self.chest {
            Some(own) => f32::midpoint(upper, shared(own, chest)),
            None => upper,
        }
    }
}

/// How much the best window of a picture shares with each of the looks: 0 to 1.
pub(crate) fn best_windows(picture: &Picture<'_>, looks: &[&Look]) -> Vec<f32> {
    let mut best = vec![0.0f32; looks.len()];
    let Some(sums) = Sums::of(picture) else { return best };
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    for size in [0.5, 0.36, 0.26, 0.18, 0.13, 0.09] {
        let unit = height.min(width * 1.5) * size;
        let (across, down) = ((width / unit * 3.0) as usize, (height / unit * 3.0) as usize);
        for (row, column) in (0..=down).flat_map(|row| (0..=across).map(move |column| (row, column))) {
            let (middle, top) = (column as f64 * unit / 3.0, row as f64 * unit / 3.0);
            let boxed = |half: f64, top: f64, height: f64| Bounds {
                left: middle - half * unit,
                top,
                width: 2.0 * half * unit,
                height: height * unit,
            };
            let head = share(&sums.over(&boxed(0.4, top, 1.0)));
            let chest = share(&sums.over(&boxed(0.7, top + 1.2 * unit, 0.8)));
            let (Some(head), Some(chest)) = (head, chest) else { continue };
            for (best, look) in best.iter_mut().zip(looks) {
                *best = best.max(look.likeness(&head, &chest));
            }
        }
    }
    best
}

fn shared(a: &Histogram, b: &Histogram) -> f32 {
    a.iter().zip(b).map(|(a, b)| a.min(*b)).sum()
}

fn share(counts: &[u32; BINS]) -> Option<Histogram> {
    let sum: u32 = counts.iter().sum();
    (sum > 0).then(|| counts.map(|count| count as f32 / sum as f32))
}

/// Sums of colours over everything above and to the left of each pixel, so that any box costs four look-ups.
struct Sums {
    width: usize,
    height: usize,
    /// Pixels of this over pixels of the picture.
    scale: f64,
    counts: Vec<[u32; BINS]>,
}

impl Sums {
    fn of(picture: &Picture<'_>) -> Option<Self> {
        let reduced = picture.reduced(LONGEST);
        let (width, height, pixels) = match &reduced {
            Some((width, height, pixels)) => (*width, *height, pixels.as_slice()),
            None => (picture.width(), picture.height(), picture.pixels()),
        };
        let (width, height) = (width as usize, height as usize);
        let scale = width as f64 / f64::from(picture.width());
        let exposure = exposure(pixels);
        let mut counts = vec![[0u32; BINS]; (width + 1) * (height + 1)];
        for (y, row) in pixels.chunks_exact((width * 3).max(1)).enumerate() {
            let mut line = [0u32; BINS];
            for (x, pixel) in row.as_chunks::<3>().0.iter().enumerate() {
                sort(pixel.map(|value| f32::from(value) * exposure), &mut line);
                let mut sums = counts[y * (width + 1) + x + 1];
                sums.iter_mut().zip(line).for_each(|(sum, count)| *sum += count);
                counts[(y + 1) * (width + 1) + x + 1] = sums;
            }
        }
        (width > 0 && height > 0).then_some(Self { width, height, scale, counts })
    }

    /// How much of each colour is in a box.
    fn over(&self, bounds: &Bounds) -> [u32; BINS] {
        let place = |at: f64, size: usize| ((at * self.scale).round().max(0.0) as usize).min(size);
        let (left, right) = (place(bounds.left, self.width), place(bounds.left + bounds.width, self.width));
        let (top, bottom) = (place(bounds.top, self.height), place(bounds.top + bounds.height, self.height));
        let at = |x: usize, y: usize| &self.counts[y * (self.width + 1) + x];
        let (a, b, c, d) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
        std::array::from_fn(|bin| (d[bin] + a[bin]) - (b[bin] + c[bin]))
    }
}

/// What brings the brightest twentieth of a picture to nine tenths of white (but never makes it more than three times as
/// bright), over 255: a dark frame and a bright photo then speak of the same coat alike.
fn exposure(pixels: &[u8]) -> f32 {
    let mut levels = [0usize; 256];
    for pixel in pixels.as_chunks::<3>().0 {
        levels[usize::from(pixel.iter().copied().max().unwrap_or(0))] += 1;
    }
    let mut left = pixels.len() / 3 / 20;
    let bright = levels.iter().enumerate().rev().find(|(_, count)| {
        let here = **count > left;
        left = left.saturating_sub(**count);
        here
    });
    (0.9 / bright.map_or(1.0, |(level, _)| level as f32).max(1.0)).min(3.0 / 255.0)
}

/// Adds one pixel to the colours that it is between.
fn sort(pixel: [f32; 3], counts: &mut [u32; BINS]) {
    let [r, g, b] = pixel.map(|value| value.min(1.0));
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let chroma = most - least;
    let ramp = |value: f32, from: f32, to: f32| ((value - from) / (to - from)).clamp(0.0, 1.0);
    let colourful = ramp(chroma / most.max(1e-3), 0.12, 0.35) * ramp(most, 0.08, 0.2);
    let mut put = |bin: usize, part: f32| counts[bin] += (part * WEIGHT + 0.5) as u32;
    let level = most * (GREYS - 1) as f32;
    let (below, above) = (level.floor(), level - level.floor());
    let below = (below as usize).min(GREYS - 1);
    put(below, (1.0 - colourful) * (1.0 - above));
    put((below + 1).min(GREYS - 1), (1.0 - colourful) * above);
    if colourful > 0.0 {
        let sixth = if most <= r {
            (g - b) / chroma
        } else if most <= g {
            (b - r) / chroma + 2.0
        } else {
            (r - g) / chroma + 4.0
        };
        let hue = (sixth / 6.0 * HUES as f32 + HUES as f32) % HUES as f32;
        let (first, second) = (hue.floor(), hue - hue.floor());
        let first = first as usize % HUES;
        let light = ramp(most, 0.3, 0.7);
        for (hue, part) in [(first, 1.0 - second), ((first + 1) % HUES, second)] {
            put(GREYS + hue * 2, colourful * part * (1.0 - light));
            put(GREYS + hue * 2 + 1, colourful * part * light);
        }
    }
}
