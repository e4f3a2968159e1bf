//! How like its characters a bought picture is: looked at here, offline, and written beside the call that made it.

use crate::error::ProductionError;
use crate::perform::Studio;
use mv_core::{CancelToken, CastMember, Seconds};
use mv_likeness::{Eye, Likeness, Method, Person, Picture, SAME_PERSON};
use mv_media::{probe, thumbnail};
use mv_providers::{Casting, Rgb};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Pictures are looked at no larger than this: faces that matter are found, at a fifth of the work.
const LONGEST: u32 = 1280;
/// Where a clip is looked at, as shares of its length.
const LOOKS: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

/// The likeness below which a face is somebody else's, unless the person says otherwise.
pub(crate) const ENOUGH: f32 = SAME_PERSON as f32;

/// Somebody who looks, and the people they know by now.
#[derive(Default)]
pub(crate) struct Judges {
    eye: OnceLock<Eye>,
    known: Mutex<BTreeMap<Vec<String>, Arc<Person>>>,
}

impl Judges {
    fn eye(&self) -> &Eye {
        self.eye.get_or_init(Eye::new)
    }

    /// A character as their photos show them; `None` for one who is only drawn.
    fn person(&self, casting: &Casting) -> Option<Arc<Person>> {
        if casting.photos.is_empty() {
            return None;
        }
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(person) = known().get(&casting.member.photos) {
            return Some(person.clone());
        }
        let photos: Vec<Rgb> =
            casting.photos.iter().filter_map(|photo| mv_providers::to_rgb(photo, LONGEST).ok()).collect();
        let pictures: Vec<Picture<'_>> = photos.iter().filter_map(picture).collect();
        let person = Arc::new(self.eye().person(&pictures));
        known().insert(casting.member.photos.clone(), person.clone());
        Some(person)
    }

    fn of_still(&self, cast: &[Casting], still: &[u8]) -> Option<f32> {
        let people: Vec<Arc<Person>> = cast.iter().filter_map(|one| self.person(one)).collect();
        let rgb = mv_providers::to_rgb(still, LONGEST).ok()?;
        least(self.looked_at(&people, &rgb)?)
    }

    fn looked_at(&self, people: &[Arc<Person>], rgb: &Rgb) -> Option<Vec<Likeness>> {
        if people.is_empty() {
            return None;
        }
        let people: Vec<&Person> = people.iter().map(|person| &**person).collect();
        Some(self.eye().likenesses(&people, &picture(rgb)?))
    }
}

/// The likeness of whoever is least like themselves in a picture, 0–1; `None` where no face can be compared. Looks at the
/// photos anew: for a picture by itself.
pub fn likeness_of(cast: &[Casting], still: &[u8]) -> Option<f32> {
    Judges::default().of_still(cast, still)
}

impl Studio {
    /// The likeness of whoever is least like themselves in a picture, 0–1; `None` where no face can be compared.
    ///
    /// # Errors
    /// When their photos cannot be read.
    pub fn likeness(&self, members: &[CastMember], still: &[u8]) -> Result<Option<f32>, ProductionError> {
        Ok(self.likeness_of_still(&self.castings(members)?, still))
    }

    /// The likeness of whoever is least like themselves in a picture, 0–1; `None` where no face can be compared.
    pub(crate) fn likeness_of_still(&self, cast: &[Casting], still: &[u8]) -> Option<f32> {
        self.judges.of_still(cast, still)
    }

    /// The same over a clip, by some of its frames.
    pub(crate) fn likeness_of_clip(&self, cast: &[Casting], clip: &[u8]) -> Option<f32> {
        let people: Vec<Arc<Person>> = cast.iter().filter_map(|one| self.judges.person(one)).collect();
        if people.is_empty() {
            return None;
        }
        let frames =
            self.frames(clip).map_err(|error| tracing::warn!(%error, "a clip was not looked at")).ok()?;
        let looks: Vec<Vec<Likeness>> =
            frames.iter().filter_map(|frame| self.judges.looked_at(&people, frame)).collect();
        let of_person =
            |number: usize| Likeness::of_clip(&looks.iter().map(|look| look[number]).collect::<Vec<_>>());
        least((0..people.len()).map(of_person).collect())
    }

    fn frames(&self, clip: &[u8]) -> Result<Vec<Rgb>, ProductionError> {
        let folder = tempfile::tempdir().map_err(|error| ProductionError::folder(Path::new("."), error))?;
        let file = folder.path().join("clip.mp4");
        std::fs::File::create(&file)
            .and_then(|mut written| written.write_all(clip))
            .map_err(|error| ProductionError::folder(&file, error))?;
        let facts = probe::probe(&self.tools, &file)?;
        let looks = self.looks(&file, Seconds::ZERO, facts.duration)?;
        Ok(looks.iter().filter_map(|look| mv_providers::to_rgb(look, LONGEST).ok()).collect())
    }

    /// Some frames of a part of a clip, spread over it, as JPEG files.
    pub(crate) fn looks(
        &self,
        file: &Path,
        from: Seconds,
        length: Seconds,
    ) -> Result<Vec<Vec<u8>>, ProductionError> {
        let folder = tempfile::tempdir().map_err(|error| ProductionError::folder(Path::new("."), error))?;
        let mut looks = Vec::with_capacity(LOOKS.len());
        for (number, share) in LOOKS.iter().enumerate() {
            let out = folder.path().join(format!("{number}.jpg"));
            let at = Seconds(from.0 + length.0 * share);
            thumbnail::poster(&self.tools, file, at, LONGEST, &out, &CancelToken::new())?;
            looks.push(std::fs::read(&out).map_err(|error| ProductionError::folder(&out, error))?);
        }
        Ok(looks)
    }
}

fn picture(rgb: &Rgb) -> Option<Picture<'_>> {
    Picture::new(rgb.width, rgb.height, &rgb.pixels).ok()
}

/// Only a face says who somebody is: colours alone are no reason to pay again.
fn least(likenesses: Vec<Likeness>) -> Option<f32> {
    let faces = likenesses.into_iter().filter(|likeness| likeness.method == Method::Face);
    faces.map(|likeness| likeness.score as f32).min_by(f32::total_cmp)
}
