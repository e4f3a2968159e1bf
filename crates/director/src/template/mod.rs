//! Templates: how a kind of film looks, where it plays and how it is cut. Pure data, one TOML file each.

mod catalogue;
mod check;
mod grammar;

pub use catalogue::{builtin, builtins, matching};
pub use check::TemplateError;
pub(crate) use grammar::fill;
pub use grammar::{PromptGrammar, SLOTS};

use mv_core::Look;
use mv_core::film::CaptionStyle;
use mv_core::vocabulary::{
    Action, CameraMove, Framing, Grade, Lighting, Place, SectionKind, TimeOfDay, TransitionKind, Weather,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One kind of film. Read with [`Template::parse`], which also checks it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Lower-case letters, digits and hyphens; what `--template` and plans name.
    pub id: String,
    pub name: Bilingual,
    /// One line for a card.
    pub summary: Bilingual,
    pub genres: Vec<String>,
    pub moods: Vec<String>,
    pub pace: Pace,
    /// Grade and captions a film of this template gets unless the person asks otherwise.
    pub grade: Grade,
    pub captions: CaptionStyle,
    pub look: Look,
    pub places: Vec<PlaceChoice>,
    /// The hours of the film in order; each lasts until a share (0–1) of the song. The last `until` is 1.
    pub hours: Vec<Hour>,
    pub weathers: Vec<WeatherChoice>,
    /// How the bridge steps out of the film.
    #[serde(default)]
    pub bridge: BridgeContrast,
    /// Lights to choose from by hour, best first; every hour used must have at least one.
    pub lighting: BTreeMap<TimeOfDay, Vec<Lighting>>,
    pub framing: BySection<Framing>,
    pub camera: BySection<CameraMove>,
    pub actions: BySection<Action>,
    pub cutting: Cutting,
    pub transitions: TransitionRules,
    pub prompts: PromptGrammar,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub en: String,
    pub ko: String,
}

/// The tempo of song a template suits best; [`Pace::of_tempo`] draws the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    Slow,
    Medium,
    Fast,
}

impl Pace {
    /// Below 92 beats a minute is slow, from 124 on fast.
    pub fn of_tempo(tempo: f64) -> Self {
        if tempo < 92.0 {
            Self::Slow
        } else if tempo < 124.0 {
            Self::Medium
        } else {
            Self::Fast
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceChoice {
    pub place: Place,
    /// How readily it is chosen, above 0 and up to 100.
    #[serde(default = "one")]
    pub weight: f64,
    /// The sections it belongs to; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionKind>,
}

impl PlaceChoice {
    pub(crate) fn suits(&self, section: SectionKind) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hour {
    pub time: TimeOfDay,
    /// Share of the song, 0–1, at which the next hour begins.
    pub until: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeatherChoice {
    pub weather: Weather,
    #[serde(default = "one")]
    pub weight: f64,
    /// The sections it belongs to; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionKind>,
}

/// What the bridge takes instead of the running hour and weather. What is left out is chosen by contrast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeContrast {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeOfDay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weather: Option<Weather>,
}

/// Words for each kind of section, best first. `verse` and `chorus` are required; the others fall back on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BySection<T>(pub BTreeMap<SectionKind, Vec<T>>);

impl<T> BySection<T> {
    /// The words of a section; empty only in a template that was never checked.
    pub fn of(&self, section: SectionKind) -> &[T] {
        let fallback = match section {
            SectionKind::Chorus | SectionKind::Solo => SectionKind::Chorus,
            _ => SectionKind::Verse,
        };
        let words = self.0.get(&section).or_else(|| self.0.get(&fallback));
        words.map_or(&[], Vec::as_slice)
    }
}

/// How often the picture changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cutting {
    /// Bars a scene lasts in the calm, the middle and the loud parts of the song, 0.5–8.
    pub low: f64,
    pub mid: f64,
    pub high: f64,
    /// Beats a scene lasts in the short burst at the song's peak; 0 for no burst.
    #[serde(default)]
    pub burst_beats: u8,
    /// How many neighbouring scenes may share a place, 1–8.
    #[serde(default = "two")]
    pub same_place_run: usize,
}

/// How scenes are joined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionRules {
    /// Share (0–1) of the joins inside a section that are hard cuts, by energy.
    pub cut_low: f64,
    pub cut_mid: f64,
    pub cut_high: f64,
    /// Where a section begins, or the energy jumps up, on a downbeat.
    pub strong: Vec<TransitionChoice>,
    /// Where the energy falls into a new section, or the boundary is not on a downbeat.
    pub weak: Vec<TransitionChoice>,
    /// Inside a section, where it is not a cut.
    pub other: Vec<TransitionChoice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionChoice {
    pub kind: TransitionKind,
    /// Length in beats; 0 for a cut, above 0 and up to 16 for all others.
    #[serde(default)]
    pub beats: f64,
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

fn two() -> usize {
    2
}
