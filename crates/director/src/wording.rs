//! Scenes in words: titles and descriptions in the person's language, prompts in English, which image and video models
//! were taught with.

mod korean;

use crate::template::{PromptGrammar, fill};
use mv_core::CastMember;
use mv_core::storyboard::Scene;
use mv_core::vocabulary::{Action, Place, TimeOfDay, Weather};

/// The language that people read their storyboard in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Korean,
}

impl Language {
    /// By a tag such as `ko-KR`: English for those that are not spoken here.
    pub fn of_tag(tag: &str) -> Self {
        let korean = tag.split(['-', '_']).next().is_some_and(|tongue| tongue.eq_ignore_ascii_case("ko"));
        if korean { Self::Korean } else { Self::English }
    }

    /// The one that a text is written in.
    pub(crate) fn of_text(text: &str) -> Self {
        if text.contains(|c: char| ('가'..='힣').contains(&c)) { Self::Korean } else { Self::English }
    }
}

/// Everything a scene's words are made of: the scene itself, already chosen, and the people in it.
pub(crate) struct Wording<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) people: Vec<&'a CastMember>,
    pub(crate) prompts: &'a PromptGrammar,
    /// Picks among the grammar's patterns.
    pub(crate) pattern: u64,
    pub(crate) language: Language,
}

impl Wording<'_> {
    /// A few words for a card.
    pub(crate) fn title(&self) -> String {
        if self.language == Language::Korean {
            return korean::title(self.scene, &self.people);
        }
        let place = capitalised(place_name(self.scene.place));
        match self.people.as_slice() {
            [] => format!("{place}, {}", hour_name(self.scene.time_of_day)),
            [one] => format!("{place}: {} {}", one.name, self.verb()),
            [one, two] => format!("{place}: {} and {} {}", one.name, two.name, self.verb()),
            many => format!("{place}: {} and {} others", many[0].name, many.len() - 1),
        }
    }

    /// Who is where, what happens, how the camera moves.
    pub(crate) fn description(&self) -> String {
        if self.language == Language::Korean {
            return korean::description(self.scene, &self.people);
        }
        let scene = self.scene;
        let place = at(scene.place);
        let hour = scene.time_of_day.phrase();
        let air = weather(scene.place, scene.weather);
        let camera = capitalised(&self.camera());
        match self.names() {
            Some(names) => {
                format!("{names} {} {place} {hour}; {air}. {camera}.", self.verb())
            }
            None => {
                format!("{} {hour}, nobody in sight; {air}. {camera}.", capitalised(scene.place.phrase()))
            }
        }
    }

    pub(crate) fn image_prompt(&self) -> String {
        self.filled(&self.prompts.image)
    }

    pub(crate) fn motion_prompt(&self) -> String {
        self.filled(&self.prompts.motion)
    }

    fn filled(&self, patterns: &[String]) -> String {
        let index = (self.pattern % patterns.len().max(1) as u64) as usize;
        let pattern = patterns.get(index).map_or("", String::as_str);
        // The grammar was checked when the template was read: a pattern that still fails says nothing.
        fill(pattern, |slot| self.slot(slot)).unwrap_or_default()
    }

    fn slot(&self, slot: &str) -> String {
        let scene = self.scene;
        let own = |text: &str| text.to_owned();
        match slot {
            "framing" => own(scene.framing.phrase()),
            "subject" => self.subject(),
            "place" => own(at(scene.place)),
            "hour" => own(match scene.place {
                Place::Space => "among distant stars",
                _ => scene.time_of_day.phrase(),
            }),
            "weather" => own(weather(scene.place, scene.weather)),
            "light" => own(scene.lighting.phrase()),
            "mood" => own(if scene.intensity > 0.55 { &self.prompts.loud } else { &self.prompts.calm }),
            "style" => self.prompts.style.clone(),
            "camera" => self.camera(),
            "energy" => own(match scene.intensity {
                calm if calm < 0.35 => "slow, gentle motion",
                loud if loud > 0.7 => "fast, energetic motion on the beat",
                _ => "steady, flowing motion",
            }),
            "motion" => match self.names() {
                Some(names) => format!("{names} {}", self.verb()),
                None => format!("nothing moves but {}", stirring(scene.place, scene.weather)),
            },
            _ => String::new(),
        }
    }

    /// The people by name with their looks, and what they do; or that nobody is there.
    fn subject(&self) -> String {
        let described = |member: &&CastMember| match member.description.trim().trim_end_matches('.') {
            "" => member.name.clone(),
            looks => format!("{} ({looks})", member.name),
        };
        let people: Vec<String> = self.people.iter().map(described).collect();
        if people.is_empty() {
            return "an empty view with no people".to_owned();
        }
        format!("{} {}", listed(&people), self.verb())
    }

    fn names(&self) -> Option<String> {
        let names: Vec<String> = self.people.iter().map(|member| member.name.clone()).collect();
        (!names.is_empty()).then(|| listed(&names))
    }

    /// With people the camera's subject is them; without, what the move is about is the place.
    fn camera(&self) -> String {
        let phrase = self.scene.camera.phrase();
        if self.people.is_empty() {
            phrase.replace("around the subject", "slowly around the place").replace(" alongside", "")
        } else {
            phrase.to_owned()
        }
    }

    fn verb(&self) -> &'static str {
        let one = self.people.len() == 1;
        let floats = matches!(self.scene.place, Place::Space | Place::Underwater);
        match (self.scene.action, one) {
            (Action::Stand, true) if floats => "floats weightless",
            (Action::Stand, false) if floats => "float weightless",
            (action, true) => action.phrase(),
            (Action::Stand, false) => "stand still",
            (Action::Walk, false) => "walk side by side",
            (Action::Run, false) => "run",
            (Action::Sit, false) => "sit together",
            (Action::Dance, false) => "dance",
            (Action::Sing, false) => "sing",
            (Action::LookUp, false) => "look up",
            (Action::PlayGuitar, false) => "play the guitar",
        }
    }
}

/// `A`, `A and B`, `A, B and C`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Skyline => "skyline",
        Place::Rooftop => "rooftop",
        Place::Alley => "alley",
        Place::Crossing => "crossing",
        Place::Subway => "subway",
        Place::Tunnel => "tunnel",
        Place::Bridge => "bridge",
        Place::Stage => "stage",
        Place::Forest => "forest",
        Place::Meadow => "meadow",
        Place::Shore => "shore",
        Place::DesertRoad => "desert road",
        Place::Lake => "lake",
        Place::Room => "room",
        Place::Space => "space",
        Place::Underwater => "underwater",
    }
}

fn hour_name(hour: TimeOfDay) -> &'static str {
    match hour {
        TimeOfDay::Dawn => "dawn",
        TimeOfDay::Day => "day",
        TimeOfDay::GoldenHour => "golden hour",
        TimeOfDay::Dusk => "dusk",
        TimeOfDay::Night => "night",
    }
}

/// The place with its preposition.
fn at(place: Place) -> &'static str {
    match place {
        Place::Skyline => "before a city skyline across the water",
        Place::Rooftop => "on a rooftop above the city",
        Place::Alley => "in a narrow alley of shop signs",
        Place::Crossing => "at a wide street crossing between tall buildings",
        Place::Subway => "inside a subway car",
        Place::Tunnel => "in a road tunnel lined with lights",
        Place::Bridge => "on a suspension bridge over the river",
        Place::Stage => "on a concert stage before a crowd",
        Place::Forest => "in a forest clearing",
        Place::Meadow => "in a meadow of tall grass under a wide sky",
        Place::Shore => "on a beach at the edge of the sea",
        Place::DesertRoad => "on an empty road through the desert",
        Place::Lake => "at a mountain lake",
        Place::Room => "in a bedroom with a window",
        Place::Space => "in open space above a planet",
        Place::Underwater => "under the surface of the sea",
    }
}

/// The weather as it is felt at a place: inside, it is what the window shows.
fn weather(place: Place, weather: Weather) -> &'static str {
    match (place, weather) {
        (Place::Space, _) => "still starlight",
        (Place::Underwater, _) => "drifting shafts of light",
        (Place::Room | Place::Subway, Weather::Rain) => "rain running down the windows",
        (Place::Room | Place::Subway, Weather::Snow) => "snow falling outside the windows",
        (Place::Room | Place::Subway, Weather::Fog) => "fog against the windows",
        (Place::Room | Place::Subway, Weather::Wind) => "wind rattling the windows",
        (Place::Tunnel, Weather::Rain) => "wet asphalt full of reflections",
        (_, weather) => weather.phrase(),
    }
}

/// What moves in a picture without people.
fn stirring(place: Place, weather: Weather) -> &'static str {
    match (place, weather) {
        (Place::Space, _) => "the slow turning of the planet",
        (Place::Underwater, _) => "the swaying light",
        (_, Weather::Rain) => "the falling rain",
        (_, Weather::Snow) => "the falling snow",
        (_, Weather::Fog) => "the drifting fog",
        (_, Weather::Wind) => "the wind in everything",
        (Place::Shore | Place::Lake | Place::Skyline, _) => "the water and the light on it",
        (Place::Forest | Place::Meadow, _) => "the leaves and the grass",
        _ => "the lights",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_english() {
        let names = |names: &[&str]| listed(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["A"]), "A");
        assert_eq!(names(&["A", "B"]), "A and B");
        assert_eq!(names(&["A", "B", "C"]), "A, B and C");
        assert_eq!(capitalised("the camera"), "The camera");
    }
}
