//! The likeness itself: people known from their photos, held against a picture.

use crate::appearance::{Look, best_windows};
use crate::assignment::assign;
use crate::eye::Eye;
use crate::face::{Bounds, Face};
use crate::picture::Picture;
use crate::recognition::Descriptor;
use serde::{Deserialize, Serialize};

/// A score from here on means "the same person", whatever the method: the default of a retake.
///
/// By face it lies where the distance of descriptors is 0.5; `docs/benchmarks.md` says how often it errs.
pub const SAME_PERSON: f64 = 0.5;

/// How much a person in a picture looks like a character.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likeness {
    /// 0 to 1 in steps of a thousandth; 0.5 is where it may as well be someone else, 0 also where nothing could be
    /// compared. It ranks; it is no probability.
    pub score: f64,
    pub method: Method,
    /// Faces found in the picture, whoever they are.
    pub faces: usize,
    /// Where the face is that was compared, in pixels of the picture.
    pub face: Option<Bounds>,
}

/// What a likeness was judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A face, in the photos and in the picture. Reliable for photographed adults; drawn people look much alike to it.
    Face,
    /// The colours of hair and clothes, since a face was not to be seen. A hint: clothes change, and walls have
    /// colours too.
    Appearance,
    /// Nothing: there is no photo, or neither a face nor anything in the character's colours in the picture.
    Nothing,
}

impl Likeness {
    const NOTHING: Self = Self { score: 0.0, method: Method::Nothing, faces: 0, face: None };

    /// Whether a retake is worth its money where scores below `least` ([`SAME_PERSON`], unless the person says
    /// otherwise) are not good enough. Only a face can say so: a turned back or a landscape is no reason to pay again.
    pub fn asks_for_retake(&self, least: f64) -> bool {
        self.method == Method::Face && self.score < least
    }

    /// One likeness for a clip, from those of some of its frames: by the most reliable method that any of them allowed,
    /// and the score that a third of such frames may fall short of. So a blink or a blurred step costs nothing, and a
    /// face that melts into another for half of the clip does not hide behind the other half.
    pub fn of_clip(frames: &[Self]) -> Self {
        let of = |method: Method| {
            let mut by: Vec<Self> = frames.iter().copied().filter(|frame| frame.method == method).collect();
            by.sort_by(|a, b| a.score.total_cmp(&b.score));
            by.get(by.len() / 3).copied()
        };
        of(Method::Face)
            .or_else(|| of(Method::Appearance))
            .or_else(|| of(Method::Nothing))
            .unwrap_or(Self::NOTHING)
    }
}

/// A character as known from photos. Costs a look at each photo: keep it for as many pictures as there are.
#[derive(Clone, Debug)]
pub struct Person {
    faces: Vec<Descriptor>,
    looks: Vec<Look>,
}

impl Person {
    /// In how many of the photos a face was found.
    pub fn faces(&self) -> usize {
        self.faces.len()
    }

    /// How much a face looks like theirs, as [`Likeness::score`] says it; `None` where no photo shows a face.
    pub fn score(&self, descriptor: &Descriptor) -> Option<f64> {
        self.distance(descriptor).map(|distance| FACE.score(distance))
    }

    /// The least distance to any photo's face.
    fn distance(&self, descriptor: &Descriptor) -> Option<f64> {
        self.faces.iter().map(|face| face.distance(descriptor)).min_by(f64::total_cmp)
    }

    /// How ill a face fits when it is to be decided whose it is: its distance, and a little for other colours.
    fn cost(&self, descriptor: &Descriptor, look: Option<&Look>) -> Option<f64> {
        let shared = look
            .and_then(|look| self.looks.iter().map(|own| f64::from(own.shares(look))).max_by(f64::total_cmp));
        Some(self.distance(descriptor)? + COLOURS * (1.0 - shared.unwrap_or(0.0)))
    }

    fn by_face(&self, face: &Face) -> Option<Likeness> {
        let score = self.score(&face.descriptor)?;
        Some(Likeness { score, method: Method::Face, faces: 0, face: Some(face.bounds) })
    }
}

impl Eye {
    /// Gets to know a character: the largest face of each photo, and the colours around it.
    pub fn person(&self, photos: &[Picture<'_>]) -> Person {
        let mut person = Person { faces: Vec::new(), looks: Vec::new() };
        for photo in photos {
            let mut faces = self.faces(photo);
            faces.sort_by(|a, b| b.bounds.area().total_cmp(&a.bounds.area()));
            let face = faces.first();
            person.faces.extend(face.map(|face| face.descriptor.clone()));
            person.looks.extend(Look::of(photo, face));
        }
        person
    }

    /// How much the person in the picture, or the one most like them, looks like the character of the photos.
    pub fn likeness(&self, photos: &[Picture<'_>], picture: &Picture<'_>) -> Likeness {
        self.likenesses(&[&self.person(photos)], picture).into_iter().next().unwrap_or(Likeness::NOTHING)
    }

    /// The same for several characters who share a picture: each face is given to one of them at most, such that the
    /// whole fits best. In the order of `people`.
    pub fn likenesses(&self, people: &[&Person], picture: &Picture<'_>) -> Vec<Likeness> {
        let faces = self.faces(picture);
        // Colours only matter where several could be meant: drawn people may share a face, but not a hat.
        let several = people.len() > 1;
        let looks: Vec<Option<Look>> =
            faces.iter().map(|face| if several { Look::of(picture, Some(face)) } else { None }).collect();
        // Those whose photos show no face have none to be found by.
        let known: Vec<usize> = (0..people.len()).filter(|n| people[*n].faces() > 0).collect();
        let costs: Vec<Vec<f64>> = known
            .iter()
            .map(|n| {
                let faces = faces.iter().zip(&looks);
                faces.filter_map(|(face, look)| people[*n].cost(&face.descriptor, look.as_ref())).collect()
            })
            .collect();
        let mut likenesses = vec![None; people.len()];
        for (person, face) in known.iter().zip(assign(&costs)) {
            likenesses[*person] = face.and_then(|face| people[*person].by_face(faces.get(face)?));
        }
        let found = faces.len();
        let rest = likenesses.into_iter().zip(people);
        rest.map(|(likeness, person)| Likeness {
            faces: found,
            ..likeness.unwrap_or_else(|| by_appearance(person, picture))
        })
        .collect()
    }
}

/// The distance at which it may as well be someone else, and how fast that changes around it. Chosen by hand on the
/// labelled pictures of `docs/benchmarks.md`.
const FACE: Curve = Curve { middle: 0.5, width: -0.06 };
/// The same for the part of colours that is shared.
const APPEARANCE: Curve = Curve { middle: 0.75, width: 0.05 };
/// Less in common than this is as good as nobody there.
const LEAST_SHARED: f64 = 0.65;

/// What having no colour in common counts as, in distance of descriptors, when faces are given to people.
const COLOURS: f64 = 0.2;

struct Curve {
    middle: f64,
    width: f64,
}

impl Curve {
    /// A logistic curve, in thousandths: what differs between machines or in the last digits does not show.
    fn score(&self, value: f64) -> f64 {
        let chance = 1.0 / (1.0 + libm::exp((self.middle - value) / self.width));
        (chance * 1000.0).round() / 1000.0
    }
}

fn by_appearance(person: &Person, picture: &Picture<'_>) -> Likeness {
    let looks: Vec<&Look> = person.looks.iter().collect();
    let shared = best_windows(picture, &looks).into_iter().max_by(f32::total_cmp).map(f64::from);
    match shared {
        Some(shared) if shared >= LEAST_SHARED => {
            Likeness { score: APPEARANCE.score(shared), method: Method::Appearance, ..Likeness::NOTHING }
        }
        _ => Likeness::NOTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(method: Method, score: f64) -> Likeness {
        Likeness { score, method, ..Likeness::NOTHING }
    }

    #[test]
    fn a_clip_is_as_good_as_most_of_its_frames() {
        let faces = |scores: &[f64]| {
            let frames: Vec<_> = scores.iter().map(|score| frame(Method::Face, *score)).collect();
            Likeness::of_clip(&frames).score.to_bits()
        };
        assert_eq!(faces(&[0.9, 0.1, 0.8]), 0.8f64.to_bits(), "one of three may blink");
        assert_eq!(faces(&[0.9, 0.1, 0.2, 0.8]), 0.2f64.to_bits(), "half of it may not be another");
        assert_eq!(faces(&[0.3]), 0.3f64.to_bits());
    }

    #[test]
    fn faces_outweigh_colours_and_colours_nothing() {
        let (face, colours) = (frame(Method::Face, 0.2), frame(Method::Appearance, 0.9));
        assert_eq!(Likeness::of_clip(&[colours, face, Likeness::NOTHING]), face);
        assert_eq!(Likeness::of_clip(&[Likeness::NOTHING, colours, Likeness::NOTHING]), colours);
        assert_eq!(Likeness::of_clip(&[]), Likeness::NOTHING);
    }

    #[test]
    fn the_curve_says_even_chances_in_its_middle() {
        let scores = [0.0, 0.25, 0.44, 0.5, 0.56, 0.8].map(|distance| (FACE.score(distance) * 1000.0) as u32);
        assert_eq!(scores, [1000, 985, 731, 500, 269, 7]);
    }
}
