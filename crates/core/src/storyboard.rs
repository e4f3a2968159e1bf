//! The storyboard: what the film shows, scene by scene. Its JSON is the plan file a person may edit.
//!
//! A scene says when it starts and nothing about its end: it lasts until the next one starts, so gaps and overlaps
//! cannot be written down.

use crate::cast::CastMember;
use crate::look::Look;
use crate::lyrics::Lyrics;
use crate::units::Seconds;
use crate::vocabulary::{
    Action, CameraMove, Framing, Lighting, Place, SectionKind, TimeOfDay, TransitionKind, Weather,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storyboard {
    /// Version of this format; this build reads [`Storyboard::VERSION`].
    pub version: u32,
    pub song: SongRef,
    /// Id of the template it was planned with.
    pub template: String,
    /// Seed of every choice that the template leaves open.
    pub seed: u64,
    pub look: Look,
    #[serde(default)]
    pub cast: Vec<CastMember>,
    #[serde(default)]
    pub lyrics: Lyrics,
    pub scenes: Vec<Scene>,
}

/// The song a storyboard was made for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SongRef {
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub artist: String,
    /// BLAKE3 of the file's bytes, hex.
    pub hash: String,
    pub duration: Seconds,
    /// Beats a minute: the length of a transition is written in beats.
    pub tempo: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Song time of the first moment; the scene ends where the next one starts.
    pub start: Seconds,
    /// How this scene comes in from the one before; a cut for the first scene.
    #[serde(default)]
    pub transition: Transition,
    pub section: SectionKind,
    /// Which occurrence of that kind of section, counted from 1: the second chorus is 2.
    pub section_number: u32,
    /// A few words, for a card.
    pub title: String,
    /// One or two sentences: who is where and what happens.
    pub description: String,
    /// Ids of the cast members in the picture.
    #[serde(default)]
    pub cast: Vec<String>,
    pub place: Place,
    pub time_of_day: TimeOfDay,
    pub weather: Weather,
    pub lighting: Lighting,
    pub framing: Framing,
    pub camera: CameraMove,
    pub action: Action,
    /// 0 (calm) to 1 (the song's peak): how far the camera moves, how bright, how crowded.
    pub intensity: f64,
    /// What an image model is asked for.
    pub image_prompt: String,
    /// What a video model is asked for, given the still.
    pub motion_prompt: String,
    /// What is sung here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lyric: Option<String>,
    /// Seed of this scene's picture: scenes that rhyme share it.
    pub seed: u64,
    /// Index of the earlier scene that this one returns to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rhymes_with: Option<usize>,
    /// The person's own footage, shown instead of a made clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footage: Option<Footage>,
    /// The person's own picture, used instead of a made still: path of the file, as in [`Footage`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still: Option<String>,
    /// Which take of the clip is shown, 0 for the first: the same still moves another way in each.
    #[serde(default, skip_serializing_if = "is_first")]
    pub clip_take: u32,
    /// How much the people and things in a bought clip move, 0 (still) to 1; as models usually do it when unsaid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub motion: Option<f64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(take: &u32) -> bool {
    *take == 0
}

/// A video file that stands in for a scene's clip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Footage {
    /// Path of the file; a relative one counts from the plan's folder.
    pub file: String,
    /// Where in the file to start.
    #[serde(default)]
    pub from: Seconds,
}

/// What joins a scene to the one before it, centred on the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    pub kind: TransitionKind,
    /// Length in beats; 0 for a cut. The timeline clamps it to a third of the shorter scene.
    pub beats: f64,
}

impl Transition {
    pub const CUT: Self = Self { kind: TransitionKind::Cut, beats: 0.0 };
}

impl Default for Transition {
    fn default() -> Self {
        Self::CUT
    }
}

/// Why a plan cannot be filmed. Scenes are counted from 1, as a person counts them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StoryboardError {
    #[error("the plan is of version `{found}`, this build reads version `{}`", Storyboard::VERSION)]
    Version { found: u32 },
    #[error("the plan's song has a duration of `{0}` seconds and a tempo of `{1}` BPM: both must be above 0")]
    Song(f64, f64),
    #[error("the plan has no scenes")]
    NoScenes,
    #[error("scene 1 starts at `{0}` seconds: the first scene must start at 0")]
    FirstStart(f64),
    #[error("scene {number} starts at `{start}` seconds, not after scene {} has lasted {} s", number - 1, Storyboard::SHORTEST_SCENE.0)]
    Order { number: usize, start: f64 },
    #[error("the last scene starts at `{start}` seconds: it must leave {} s before the song's end at `{duration}`", Storyboard::SHORTEST_SCENE.0)]
    LastScene { start: f64, duration: f64 },
    #[error("scene {number}: `{field}` is `{value}`: it must be between {low} and {high}")]
    Range { number: usize, field: &'static str, value: f64, low: f64, high: f64 },
    #[error("scene {number} names `{id}`, who is not in the cast")]
    UnknownCast { number: usize, id: String },
    #[error("scene {number}: `{field}` names `@{name}`, whom nobody in the cast is called")]
    Mention { number: usize, field: &'static str, name: String },
    #[error("two cast members have the id `{0}`")]
    DuplicateCast(String),
    #[error("scene {number} returns to scene {target}, which does not come before it")]
    Rhyme { number: usize, target: usize },
}

impl Storyboard {
    pub const VERSION: u32 = 1;
    /// No scene may be shorter: 6 frames at 24 a second.
    pub const SHORTEST_SCENE: Seconds = Seconds(0.25);
    /// No transition may ask for more beats.
    pub const LONGEST_TRANSITION_BEATS: f64 = 16.0;

    /// These are the lyrics from now on; each scene knows its line.
    pub fn set_lyrics(&mut self, lyrics: Lyrics) {
        self.lyrics = lyrics;
        for index in 0..self.scenes.len() {
            let (start, end) = self.span(index);
            self.scenes[index].lyric = self.lyrics.sung_in(start, end);
        }
    }

    /// Start and end of a scene; the end of the last is the song's.
    pub fn span(&self, scene: usize) -> (Seconds, Seconds) {
        let end = self.scenes.get(scene + 1).map_or(self.song.duration, |next| next.start);
        (self.scenes[scene].start, end)
    }

    /// Checks every rule that makes a plan filmable, whoever wrote it.
    pub fn validate(&self) -> Result<(), StoryboardError> {
        if self.version != Self::VERSION {
            return Err(StoryboardError::Version { found: self.version });
        }
        let (duration, tempo) = (self.song.duration.0, self.song.tempo);
        if !(duration.is_finite() && duration > 0.0 && tempo.is_finite() && tempo > 0.0) {
            return Err(StoryboardError::Song(duration, tempo));
        }
        let Some(first) = self.scenes.first() else { return Err(StoryboardError::NoScenes) };
        if first.start != Seconds::ZERO {
            return Err(StoryboardError::FirstStart(first.start.0));
        }
        for (index, pair) in self.scenes.windows(2).enumerate() {
            let length = pair[1].start.0 - pair[0].start.0;
            // Written so that NaN fails too.
            if !matches!(length.partial_cmp(&Self::SHORTEST_SCENE.0), Some(o) if o.is_ge()) {
                return Err(StoryboardError::Order { number: index + 2, start: pair[1].start.0 });
            }
        }
        let last = self.scenes[self.scenes.len() - 1].start.0;
        if self.scenes.len() > 1
            && !matches!((duration - last).partial_cmp(&Self::SHORTEST_SCENE.0), Some(o) if o.is_ge())
        {
            return Err(StoryboardError::LastScene { start: last, duration });
        }
        for (index, member) in self.cast.iter().enumerate() {
            if self.cast[..index].iter().any(|earlier| earlier.id == member.id) {
                return Err(StoryboardError::DuplicateCast(member.id.clone()));
            }
        }
        self.scenes.iter().enumerate().try_for_each(|(index, scene)| self.validate_scene(index, scene))
    }

    fn validate_scene(&self, index: usize, scene: &Scene) -> Result<(), StoryboardError> {
        let number = index + 1;
        let in_range = |field, value: f64, low, high| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(StoryboardError::Range { number, field, value, low, high })
            }
        };
        in_range("intensity", scene.intensity, 0.0, 1.0)?;
        in_range("motion", scene.motion.unwrap_or_default(), 0.0, 1.0)?;
        in_range("transition.beats", scene.transition.beats, 0.0, Self::LONGEST_TRANSITION_BEATS)?;
        if let Some(id) = scene.cast.iter().find(|id| !self.cast.iter().any(|member| &member.id == *id)) {
            return Err(StoryboardError::UnknownCast { number, id: id.clone() });
        }
        match scene.rhymes_with {
            Some(target) if target >= index => Err(StoryboardError::Rhyme { number, target: target + 1 }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::look::Rgb;

    /// A storyboard with scenes of these lengths, every boundary after the first a cross-fade of `beats`.
    pub(crate) fn storyboard(lengths: &[f64], beats: &[f64], tempo: f64) -> Storyboard {
        let mut start = 0.0;
        let mut scenes = Vec::new();
        for (index, length) in lengths.iter().enumerate() {
            let beats = if index == 0 { 0.0 } else { beats[index % beats.len()] };
            let kind = if beats > 0.0 { TransitionKind::Crossfade } else { TransitionKind::Cut };
            scenes.push(scene(Seconds(start), Transition { kind, beats }));
            start += length;
        }
        Storyboard {
            version: Storyboard::VERSION,
            song: SongRef {
                title: "Test".into(),
                artist: String::new(),
                hash: "00".into(),
                duration: Seconds(start),
                tempo,
            },
            template: "urban-night".into(),
            seed: 1,
            look: Look {
                shadows: Rgb(10, 10, 20),
                midtones: Rgb(60, 50, 90),
                highlights: Rgb(255, 180, 120),
                accents: vec![Rgb(255, 80, 160)],
                tint: 0.5,
                saturation: 1.0,
                contrast: 1.0,
                haze: 0.4,
                bloom: 0.4,
                grain: 0.1,
                vignette: 0.2,
            },
            cast: vec![],
            lyrics: Lyrics::default(),
            scenes,
        }
    }

    fn scene(start: Seconds, transition: Transition) -> Scene {
        Scene {
            start,
            transition,
            section: SectionKind::Verse,
            section_number: 1,
            title: "A scene".into(),
            description: "Something happens.".into(),
            cast: vec![],
            place: Place::Rooftop,
            time_of_day: TimeOfDay::Night,
            weather: Weather::Clear,
            lighting: Lighting::Neon,
            framing: Framing::Wide,
            camera: CameraMove::PushIn,
            action: Action::Stand,
            intensity: 0.5,
            image_prompt: String::new(),
            motion_prompt: String::new(),
            lyric: None,
            seed: 7,
            rhymes_with: None,
            footage: None,
            still: None,
            clip_take: 0,
            motion: None,
        }
    }

    #[test]
    fn a_plan_survives_its_own_json() {
        let storyboard = storyboard(&[4.0, 4.0], &[1.0], 120.0);
        let json = serde_json::to_string(&storyboard).unwrap();
        assert_eq!(serde_json::from_str::<Storyboard>(&json).unwrap(), storyboard);
    }

    #[test]
    fn broken_plans_say_what_is_wrong() {
        let good = storyboard(&[4.0, 4.0, 4.0], &[1.0], 120.0);
        let broken = |change: fn(&mut Storyboard)| {
            let mut plan = good.clone();
            change(&mut plan);
            plan.validate().unwrap_err().to_string()
        };
        assert!(broken(|p| p.version = 9).contains("`9`"));
        assert!(broken(|p| p.scenes.clear()).contains("no scenes"));
        assert!(broken(|p| p.scenes[0].start = Seconds(0.5)).contains("must start at 0"));
        assert!(broken(|p| p.scenes[2].start = Seconds(3.0)).contains("scene 3"));
        assert!(broken(|p| p.scenes[1].start = Seconds(f64::NAN)).contains("scene 2"));
        assert!(broken(|p| p.song.duration = Seconds(8.1)).contains("last scene"));
        assert!(broken(|p| p.song.tempo = 0.0).contains("tempo"));
        assert!(broken(|p| p.scenes[1].intensity = 2.0).contains("`intensity` is `2`"));
        assert!(broken(|p| p.scenes[1].transition.beats = -1.0).contains("transition.beats"));
        assert!(broken(|p| p.scenes[1].cast.push("ghost".into())).contains("`ghost`"));
        assert!(broken(|p| p.scenes[1].rhymes_with = Some(1)).contains("scene 2"));
    }
}
