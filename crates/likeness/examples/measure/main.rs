//! Measures likeness on labelled pictures: `measure FOLDER [colours]`, where the folder holds one of pictures for each
//! person; `colours` also measures what is left when the faces are painted over, which takes long with many people.
//!
//! The first pictures of a person, three at most and one fewer than there are, are the photos; all others are held
//! against everybody's photos, as they are and disturbed. Where there is only one, its disturbed versions are held
//! against it.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a tool for the person at the terminal")]

mod disturb;

use image::RgbImage;
use mv_likeness::{Descriptor, Eye, Method, Person, Picture, SAME_PERSON};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Failure = Box<dyn Error>;

/// Pictures of one person that are disturbed: each costs a look a disturbance.
const DISTURBED: usize = 1;

struct Known {
    name: String,
    person: Person,
    probes: Vec<RgbImage>,
}

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("which folder shall I measure?")?;
    let eye = Eye::new();
    let (mut known, mut photos, mut with_face) = (Vec::new(), 0, 0);
    for path in sorted(Path::new(&folder))? {
        let pictures = sorted(&path)?.into_iter().map(|file| Ok(image::open(file)?.to_rgb8()));
        let mut pictures: Vec<RgbImage> = pictures.collect::<Result<_, Failure>>()?;
        let count = (pictures.len().saturating_sub(1)).clamp(1, 3).min(pictures.len());
        let probes = if pictures.len() > 1 { pictures.split_off(count) } else { pictures.clone() };
        let shown: Vec<Picture<'_>> = pictures.iter().map(picture).collect();
        let person = eye.person(&shown);
        photos += shown.len();
        with_face += person.faces();
        known.push(Known { name: path.display().to_string(), person, probes });
    }
    println!("{} people, a face in {with_face} of {photos} photos", known.len());
    pairs(&known, &eye);
    for (name, disturb) in disturb::ALL {
        let probes = known.iter().enumerate().flat_map(|(owner, known)| {
            known.probes.iter().take(DISTURBED).map(move |probe| (owner, disturb(probe)))
        });
        println!("{name:>36}: {}", Tally::of(&known, &eye, probes));
    }
    if std::env::args().nth(2).is_none_or(|what| what != "colours") {
        return Ok(());
    }
    println!("with the face painted over, by the colours of hair and clothes:");
    for (name, disturb) in disturb::ALL {
        let probes = known.iter().enumerate().flat_map(|(owner, known)| {
            let faceless = known.probes.iter().take(DISTURBED).map(|probe| faceless(&eye, probe));
            faceless.map(move |probe| (owner, disturb(&probe)))
        });
        println!("{name:>36}: {}", Tally::by_colours(&known, &eye, probes));
    }
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = entries.collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

fn picture(image: &RgbImage) -> Picture<'_> {
    Picture::new(image.width(), image.height(), image.as_raw()).expect("an image has its pixels")
}

/// The surest face of a picture.
fn descriptor(eye: &Eye, image: &RgbImage) -> Option<Descriptor> {
    let picture = picture(image);
    eye.faces(&picture).into_iter().next().map(|face| face.descriptor)
}

/// Without the surest face: all of it in the one colour that it has on average.
fn faceless(eye: &Eye, image: &RgbImage) -> RgbImage {
    let mut covered = image.clone();
    if let Some(face) = eye.faces(&picture(image)).first() {
        let place = |at: f64, size: u32| at.clamp(0.0, f64::from(size)) as u32;
        let bounds = face.bounds;
        let (left, right) =
            (place(bounds.left, image.width()), place(bounds.left + bounds.width, image.width()));
        let (top, bottom) =
            (place(bounds.top, image.height()), place(bounds.top + bounds.height, image.height()));
        let places: Vec<_> = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))).collect();
        let mean = [0, 1, 2].map(|channel| {
            let sum: u64 = places.iter().map(|(x, y)| u64::from(image.get_pixel(*x, *y)[channel])).sum();
            (sum / places.len().max(1) as u64) as u8
        });
        for (x, y) in places {
            covered.put_pixel(x, y, image::Rgb(mean));
        }
    }
    covered
}

/// Every probe against every other: what the descriptor alone can tell.
fn pairs(known: &[Known], eye: &Eye) {
    let probes = known.iter().enumerate().flat_map(|(owner, known)| {
        known.probes.iter().filter_map(move |probe| Some((owner, descriptor(eye, probe)?)))
    });
    let described: Vec<(usize, Descriptor)> = probes.collect();
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (number, (owner, descriptor)) in described.iter().enumerate() {
        for (another, second) in &described[number + 1..] {
            let distance = descriptor.distance(second);
            if owner == another { same.push(distance) } else { other.push(distance) }
        }
    }
    if same.is_empty() || other.is_empty() {
        for (known, (_, a)) in known.iter().zip(&described) {
            let distances = described.iter().map(|(_, b)| format!("{:.3}", a.distance(b)));
            println!("{}: distances {}", known.name, distances.collect::<Vec<_>>().join(" "));
        }
        return;
    }
    println!("{} pairs of one person, {} of two", same.len(), other.len());
    let below = |distances: &[f64], least: f64| {
        distances.iter().filter(|distance| **distance < least).count() as f64 / distances.len() as f64 * 100.0
    };
    for step in 6..=13 {
        let least = f64::from(step) * 0.05;
        println!(
            "  nearer than {least:.2}: TAR {:6.2} %, FAR {:7.3} %",
            below(&same, least),
            below(&other, least)
        );
    }
    let thresholds = (0..2000).map(|step| f64::from(step) / 2000.0);
    let equal = thresholds.map(|t| ((100.0 - below(&same, t) - below(&other, t)).abs(), t));
    let (_, threshold) = equal.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default();
    println!("  equal error rate {:.2} % at {threshold:.3}", below(&other, threshold));
    let moments = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
    };
    let ((a, a_variance), (b, b_variance)) = (moments(&same), moments(&other));
    let separation = (b - a) / f64::midpoint(a_variance, b_variance).sqrt();
    println!("  mean {a:.3} and {b:.3}, separation d' {separation:.2}");
}

/// Probes against everybody's photos.
#[derive(Default)]
struct Tally {
    probes: usize,
    found: usize,
    own: Vec<f64>,
    others: Vec<f64>,
    time: Duration,
}

impl Tally {
    fn of(known: &[Known], eye: &Eye, probes: impl Iterator<Item = (usize, RgbImage)>) -> Self {
        let mut tally = Self::default();
        for (owner, probe) in probes {
            let started = Instant::now();
            let described = descriptor(eye, &probe);
            tally.time += started.elapsed();
            tally.probes += 1;
            let Some(described) = described else { continue };
            tally.found += 1;
            for (number, known) in known.iter().enumerate() {
                let Some(score) = known.person.score(&described) else { continue };
                if number == owner { tally.own.push(score) } else { tally.others.push(score) }
            }
        }
        tally.own.sort_by(f64::total_cmp);
        tally
    }

    fn by_colours(known: &[Known], eye: &Eye, probes: impl Iterator<Item = (usize, RgbImage)>) -> Self {
        let mut tally = Self::default();
        let people: Vec<&Person> = known.iter().map(|known| &known.person).collect();
        for (owner, probe) in probes {
            let started = Instant::now();
            for (number, likeness) in eye.likenesses(&people, &picture(&probe)).iter().enumerate() {
                if likeness.method == Method::Face {
                    continue;
                }
                let scores = if number == owner { &mut tally.own } else { &mut tally.others };
                scores.push(likeness.score);
            }
            tally.time += started.elapsed();
            tally.probes += 1;
        }
        tally.own.sort_by(f64::total_cmp);
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let accepted = |scores: &[f64]| {
            let count = scores.iter().filter(|score| **score >= SAME_PERSON).count();
            count as f64 / scores.len().max(1) as f64 * 100.0
        };
        let median = self.own.get(self.own.len() / 2).copied().unwrap_or_default();
        let (own, others) = (accepted(&self.own), accepted(&self.others));
        write!(f, "a face in {:3} of {:3}, own score {median:.3}, ", self.found, self.probes)?;
        write!(
            f,
            "TAR {own:6.2} %, FAR {others:6.3} %, {:.0} ms",
            self.time.as_secs_f64() * 1000.0 / self.probes.max(1) as f64
        )
    }
}
