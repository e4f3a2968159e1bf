//! Who is in the picture, how it is framed, how the camera moves and what the people do.

use crate::acts::Act;
use crate::chance::Chance;
use crate::cutting::Shot;
use crate::rules::{can_do, may_follow};
use crate::stage::shows_face;
use crate::template::Template;
use mv_core::storyboard::Scene;
use mv_core::vocabulary::{Action, CameraMove, Framing, Place, SectionKind};

/// What a shot is chosen from, and what it must get along with.
pub(crate) struct Blocking<'a> {
    pub(crate) template: &'a Template,
    pub(crate) acts: &'a [Act],
    pub(crate) shots: &'a [Shot],
    /// Ids of the whole cast, in billing order.
    pub(crate) cast: &'a [String],
    pub(crate) seed: u64,
}

/// The circumstances of one shot.
pub(crate) struct Moment<'a> {
    pub(crate) number: usize,
    pub(crate) place: Place,
    pub(crate) rhymes_with: Option<&'a Scene>,
    pub(crate) sung: bool,
    /// The song's title stands over the middle of the picture when it begins.
    pub(crate) titled: bool,
    pub(crate) before: &'a [Scene],
}

impl Moment<'_> {
    /// How often the film has shown this place so, up to now.
    fn shown(&self, so: impl Fn(&Scene) -> bool) -> usize {
        self.before.iter().filter(|scene| scene.place == self.place && so(scene)).count()
    }
}

impl Blocking<'_> {
    fn act(&self, number: usize) -> &Act {
        &self.acts[self.shots[number].act]
    }

    fn is_last(&self, number: usize) -> bool {
        number + 1 == self.shots.len()
    }

    /// Framing and camera together, because the rule between neighbours is about the pair.
    pub(crate) fn shot(&self, moment: &Moment<'_>) -> (Framing, CameraMove) {
        let framings = self.framings(moment);
        let previous = moment.before.last();
        for framing in &framings {
            for camera in self.cameras(moment, *framing) {
                if previous.is_none_or(|before| may_follow(before, moment.place, *framing, camera)) {
                    return (*framing, camera);
                }
            }
        }
        // The template's words leave no way: any framing that the cut allows.
        let all = Framing::ALL.iter().flat_map(|f| CameraMove::ALL.iter().map(move |c| (*f, *c)));
        let mut allowed =
            all.filter(|(f, c)| previous.is_none_or(|before| may_follow(before, moment.place, *f, *c)));
        allowed.find(|(f, c)| suits(*f, *c, moment.place)).unwrap_or((Framing::Wide, CameraMove::PushIn))
    }

    /// Framings in the order they should be tried.
    fn framings(&self, moment: &Moment<'_>) -> Vec<Framing> {
        let number = moment.number;
        let shot = self.shots[number];
        let act = self.act(number);
        if number == 0 {
            return vec![Framing::ExtremeWide, Framing::Wide];
        }
        if self.is_last(number) {
            return vec![Framing::ExtremeWide, Framing::Wide, Framing::LowAngle];
        }
        let mut chance = Chance::of(self.seed, "framing", number);
        let mut framings = chance.shuffled(self.template.framing.of(act.kind));
        // What was just shown is the least interesting.
        if let Some(before) = moment.before.last() {
            framings.sort_by_key(|framing| *framing == before.framing);
        }
        if shot.burst {
            framings = vec![Framing::CloseUp, Framing::LowAngle, Framing::Medium, Framing::Wide];
            framings.rotate_left(number % 4);
        }
        // What the film has shown of this place waits until there is nothing new to show of it.
        let times_shown = |framing: &Framing| moment.shown(|scene| scene.framing == *framing);
        framings.sort_by_key(times_shown);
        // After two looks at a face the eye wants to see where it is.
        let faces = moment.before.iter().rev().take(2).filter(|s| shows_face(s.framing)).count();
        if faces == 2 {
            framings.sort_by_key(|framing| shows_face(*framing));
        }
        let mut first = match moment.rhymes_with {
            // A refrain that returns rhymes, it does not repeat.
            Some(twin) => returning(twin.framing),
            None if self.wants_face(moment) => chance.shuffled(&[Framing::Medium, Framing::CloseUp]),
            None => vec![],
        };
        first.sort_by_key(times_shown);
        framings.splice(0..0, first);
        if self.cast.is_empty() {
            framings.retain(|f| !matches!(f, Framing::CloseUp | Framing::OverShoulder));
            framings.extend([Framing::Wide, Framing::ExtremeWide, Framing::LowAngle]);
        }
        if moment.titled {
            framings.retain(|framing| !shows_face(*framing));
            framings.extend([Framing::Wide, Framing::LowAngle, Framing::ExtremeWide]);
        }
        framings
    }

    /// Faces come early in the film and early in every chorus.
    fn wants_face(&self, moment: &Moment<'_>) -> bool {
        let shot = self.shots[moment.number];
        let shown = |scenes: &[Scene]| scenes.iter().any(|scene| shows_face(scene.framing));
        if self.cast.is_empty() || moment.titled {
            return false;
        }
        let early_in_film = moment.number >= 1 && !shown(moment.before);
        let in_this_act = &moment.before[moment.number - shot.index..];
        let chorus = self.act(moment.number).kind == SectionKind::Chorus;
        early_in_film || (chorus && shot.index <= 1 && !shown(in_this_act))
    }

    /// Camera moves in the order they should be tried for a framing.
    fn cameras(&self, moment: &Moment<'_>, framing: Framing) -> Vec<CameraMove> {
        let number = moment.number;
        let shot = self.shots[number];
        let level = self.act(number).level;
        if self.is_last(number) && number > 0 {
            let mut ends = vec![CameraMove::PullOut, CameraMove::CraneUp];
            ends.retain(|camera| suits(framing, *camera, moment.place));
            return ends;
        }
        let mut chance = Chance::of(self.seed, "camera", number);
        let mut cameras = chance.shuffled(self.template.camera.of(self.act(number).kind));
        if shot.burst {
            cameras = vec![CameraMove::Handheld, CameraMove::PushIn, CameraMove::Static];
        }
        if let Some(twin) = moment.rhymes_with {
            cameras.insert(0, raised(twin.camera));
        }
        cameras.retain(|camera| suits(framing, *camera, moment.place));
        // A still camera where the song is loud, or a shaking one where it is hushed, is a choice of last resort.
        let against = |camera: CameraMove| {
            (level > 0.75 && camera == CameraMove::Static && !shot.burst)
                || (level < 0.3 && matches!(camera, CameraMove::Handheld | CameraMove::Orbit))
        };
        // So is the move just seen, or its opposite: the eye would swing to and fro.
        let recent = moment.before.last().map(|scene| scene.camera);
        let swings = |camera: CameraMove| recent.is_some_and(|r| r == camera || opposite(r) == Some(camera));
        cameras.sort_by_key(|camera| {
            let seen = moment.shown(|scene| scene.framing == framing && scene.camera == *camera) > 0;
            4 * u8::from(against(*camera)) + 2 * u8::from(seen) + u8::from(swings(*camera))
        });
        cameras
    }

    /// The people in the picture: a lead for each verse, everyone for the refrain, one face when it is close.
    pub(crate) fn people(&self, moment: &Moment<'_>, framing: Framing) -> Vec<String> {
        let cast = self.cast;
        let number = moment.number;
        if cast.is_empty() || number == 0 && self.shots.len() > 1 {
            return vec![];
        }
        let act = self.act(number);
        let shot = self.shots[number];
        // A calm look at a place alone, now and then: never in a refrain, never twice running.
        let lonely = moment.before.last().is_some_and(|scene| scene.cast.is_empty());
        let pause = framing == Framing::ExtremeWide
            && !lonely
            && !self.is_last(number)
            && act.kind != SectionKind::Chorus
            && Chance::of(self.seed, "pause", number).unit() < 0.35;
        if pause {
            return vec![];
        }
        let together = matches!(act.kind, SectionKind::Chorus | SectionKind::Outro | SectionKind::Solo);
        let lead = match act.kind {
            // A long verse passes from one to the next.
            SectionKind::Verse | SectionKind::PreChorus => act.number as usize - 1 + shot.index / LEADS_FOR,
            SectionKind::Bridge => act.number as usize + shot.index / LEADS_FOR,
            _ => shot.index,
        } % cast.len();
        let number_of_people = match crowd(framing) {
            // A two-shot outside the refrain is an event: one in three.
            most if !together && most > 1 => {
                if Chance::of(self.seed, "company", number).unit() < 0.33 {
                    2
                } else {
                    1
                }
            }
            most => most,
        };
        let company = |lead: usize| -> Vec<String> {
            (0..number_of_people.min(cast.len()))
                .map(|step| cast[(lead + step) % cast.len()].clone())
                .collect()
        };
        // The same people in the same framing at the same place would be the same picture, and one face after the
        // same face a jump: another leads.
        let facing = moment.before.last().filter(|s| shows_face(s.framing) && shows_face(framing));
        let leads = if together || facing.is_some() { cast.len() } else { 1 };
        let repeats = |people: &Vec<String>| {
            let again = facing.is_some_and(|before| before.cast == *people);
            (again, moment.shown(|s| s.framing == framing && s.cast == *people))
        };
        (0..leads).map(|step| company(lead + step)).min_by_key(repeats).unwrap_or_default()
    }

    /// What the people do: they sing where something is sung to a near camera, else what the section offers.
    pub(crate) fn action(
        &self,
        moment: &Moment<'_>,
        framing: Framing,
        camera: CameraMove,
        people: &[String],
    ) -> Action {
        if people.is_empty() {
            return Action::Stand;
        }
        let number = moment.number;
        let kind = self.act(number).kind;
        let mut chance = Chance::of(self.seed, "action", number);
        let near = matches!(framing, Framing::Medium | Framing::CloseUp | Framing::LowAngle);
        let sings = if kind == SectionKind::Chorus { 0.75 } else { 0.45 };
        let offered = self.template.actions.of(kind);
        if moment.sung && near && offered.contains(&Action::Sing) && chance.unit() < sings {
            return Action::Sing;
        }
        let mut actions = chance.shuffled(offered);
        let travels = matches!(camera, CameraMove::TrackLeft | CameraMove::TrackRight);
        let before = moment.before.last().map(|scene| scene.action);
        actions.sort_by_key(|action| {
            let moves = matches!(action, Action::Walk | Action::Run);
            // A tracking shot follows somebody; a close-up shows nobody's feet; what was just seen waits.
            3 * u8::from(travels && !moves && framing != Framing::CloseUp)
                + 3 * u8::from(framing == Framing::CloseUp && moves)
                + 2 * u8::from(*action == Action::Sing && !moment.sung)
                + u8::from(before == Some(*action))
                + u8::from(moment.shown(|scene| scene.framing == framing && scene.action == *action) > 0)
        });
        let shy = framing == Framing::OverShoulder;
        let fits = |action: &&Action| can_do(moment.place, **action) && !(shy && **action == Action::Sing);
        actions.iter().find(fits).copied().unwrap_or(Action::Stand)
    }
}

/// Shots of a verse before its lead changes.
const LEADS_FOR: usize = 4;

/// How many people a framing holds at ease.
fn crowd(framing: Framing) -> usize {
    match framing {
        Framing::CloseUp => 1,
        Framing::Medium | Framing::LowAngle | Framing::OverShoulder => 2,
        Framing::Wide | Framing::ExtremeWide => 3,
    }
}

/// Framings in which a refrain may return, the best first: one step nearer, then what is most unlike it.
fn returning(first: Framing) -> Vec<Framing> {
    use Framing::{CloseUp, ExtremeWide, LowAngle, Medium, Wide};
    match first {
        ExtremeWide => vec![Wide, LowAngle, Medium, CloseUp],
        Wide | Framing::OverShoulder => vec![Medium, LowAngle, CloseUp],
        LowAngle => vec![CloseUp, Medium, Wide],
        Medium => vec![CloseUp, LowAngle, Wide],
        CloseUp => vec![LowAngle, Medium, Wide],
    }
}

/// The same move with more life.
fn raised(camera: CameraMove) -> CameraMove {
    match camera {
        CameraMove::Static => CameraMove::PushIn,
        CameraMove::PushIn => CameraMove::Orbit,
        CameraMove::PanLeft => CameraMove::TrackLeft,
        CameraMove::PanRight => CameraMove::TrackRight,
        CameraMove::TiltUp => CameraMove::CraneUp,
        other => other,
    }
}

fn opposite(camera: CameraMove) -> Option<CameraMove> {
    Some(match camera {
        CameraMove::PushIn => CameraMove::PullOut,
        CameraMove::PullOut => CameraMove::PushIn,
        CameraMove::PanLeft => CameraMove::PanRight,
        CameraMove::PanRight => CameraMove::PanLeft,
        CameraMove::TiltUp | CameraMove::CraneUp => CameraMove::TiltDown,
        CameraMove::TiltDown => CameraMove::TiltUp,
        CameraMove::TrackLeft => CameraMove::TrackRight,
        CameraMove::TrackRight => CameraMove::TrackLeft,
        CameraMove::Static | CameraMove::Orbit | CameraMove::Handheld => return None,
    })
}

/// Whether a camera move makes sense in a framing and a place: no crane under a ceiling, no pan across one face.
pub(crate) fn suits(framing: Framing, camera: CameraMove, place: Place) -> bool {
    let ceiling = matches!(place, Place::Room | Place::Subway | Place::Tunnel);
    let fits_place = !(ceiling && camera == CameraMove::CraneUp);
    let fits_framing = match framing {
        Framing::CloseUp => !matches!(
            camera,
            CameraMove::CraneUp | CameraMove::PanLeft | CameraMove::PanRight | CameraMove::TiltDown
        ),
        Framing::ExtremeWide => !matches!(camera, CameraMove::Handheld | CameraMove::Orbit),
        Framing::OverShoulder => {
            !matches!(camera, CameraMove::Orbit | CameraMove::CraneUp | CameraMove::TiltUp)
        }
        Framing::Wide | Framing::Medium | Framing::LowAngle => true,
    };
    fits_place && fits_framing
}
