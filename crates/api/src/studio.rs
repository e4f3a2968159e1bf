//! What routes show and use but may not know themselves: templates, models, how lyric files are read. The program, which
//! may know every room, hands it in.

use chrono::NaiveDate;
use mv_core::film::CaptionStyle;
use mv_core::units::MicroUsd;
use mv_core::vocabulary::Grade;
use mv_core::{Lyrics, SongAnalysis, Storyboard, VideoConfig};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// The rooms behind the API, as far as it needs them.
pub trait Studio: fmt::Debug + Send + Sync {
    fn templates(&self) -> &[TemplateCard];
    fn models(&self) -> &[ModelCard];
    /// The models that are used where nobody names one.
    fn usual_models(&self) -> UsualModels {
        UsualModels::default()
    }
    /// A song like many others with its storyboard: what plans' credits are counted in.
    fn typical_film(&self) -> Option<(&Storyboard, &SongAnalysis)> {
        None
    }
    /// The most that it may cost to have so many photos of a person described; nothing by a model that cannot.
    fn price_of_describing(&self, model: &str, photos: usize) -> MicroUsd;
    /// Reads a lyric file (LRC, SRT or plain text) for a song that was heard.
    ///
    /// # Errors
    /// What is wrong with the file, as a person should read it.
    fn read_lyrics(&self, bytes: &[u8], name: &str, song: &SongAnalysis) -> Result<ReadLyrics, String>;
    /// Calls that writing so many scenes takes.
    fn writing_calls(&self, scenes: usize) -> usize;
    /// The most that a text model charges for writing these scenes, counted from 0.
    ///
    /// # Errors
    /// Why they cannot be written, as a person should read it.
    fn price_of_writing(&self, model: &str, plan: &Storyboard, scenes: &[usize]) -> Result<MicroUsd, String>;
    /// Lays the lines over the song anew that have no times of their own (`confidence` absent). Takes about a second.
    fn align_lyrics(&self, lyrics: &Lyrics, song: &SongAnalysis) -> Lyrics;
    /// What a film would buy of services: what has the same key is bought once, for however many scenes and films.
    ///
    /// # Errors
    /// Why the film cannot be laid out, as a person should read it.
    fn purchases(
        &self,
        plan: &Storyboard,
        song: &SongAnalysis,
        config: &VideoConfig,
    ) -> Result<Vec<Purchase>, String>;
}

/// A still or a clip that a film would buy.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    /// Number of the first scene that needs it, from 1.
    pub scene: u32,
    pub kind: ModelKind,
    pub key: String,
}

/// Models by id; the built-in maker, or nobody, where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsualModels {
    /// Makes characters' test pictures.
    pub image: Option<String>,
    /// Describes characters' photos.
    pub vision: Option<String>,
}

/// A lyric file, and the title and artist that it names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadLyrics {
    pub lyrics: Lyrics,
    pub title: Option<String>,
    pub artist: Option<String>,
}

/// A text in both languages of the studio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bilingual {
    #[schema(example = "Urban night")]
    pub en: String,
    #[schema(example = "도시의 밤")]
    pub ko: String,
}

/// A template as a gallery shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TemplateCard {
    #[schema(example = "urban-night")]
    pub id: String,
    pub name: Bilingual,
    pub summary: Bilingual,
    #[schema(example = json!(["city pop", "hip-hop"]))]
    pub genres: Vec<String>,
    #[schema(example = json!(["cool", "lonely"]))]
    pub moods: Vec<String>,
    /// `slow`, `medium` or `fast`.
    #[schema(example = "medium")]
    pub pace: String,
    /// The grade and the captions that a film gets unless it is ordered with others.
    #[schema(value_type = String, example = "cool")]
    pub grade: Grade,
    #[schema(value_type = String, example = "line")]
    pub captions: CaptionStyle,
    /// Colours of its look, dark to light, then the accents: `#rrggbb`.
    #[schema(example = json!(["#0b1020", "#39406a", "#ffb67a", "#ff4fa0"]))]
    pub palette: Vec<String>,
    /// Where it plays.
    #[schema(example = json!(["rooftop", "crossing", "subway"]))]
    pub places: Vec<String>,
}

/// What a model makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    Image,
    /// A picture from a picture.
    Edit,
    Clip,
    Vision,
    Text,
    Transcription,
}

impl ModelKind {
    /// What such a model does, after "a model that".
    pub fn does(self) -> &'static str {
        match self {
            Self::Image => "makes stills",
            Self::Edit => "changes pictures",
            Self::Clip => "makes clips",
            Self::Vision => "describes photos",
            Self::Text => "writes",
            Self::Transcription => "listens to songs",
        }
    }
}

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PriceUnit {
    Image,
    Second,
    Clip,
    MillionTokens,
}

/// What a model makes, within what limits, at what price.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ModelCard {
    #[schema(example = "animatic")]
    pub id: String,
    #[schema(example = "local")]
    pub provider: String,
    #[schema(example = "Built-in maker")]
    pub name: String,
    pub kind: ModelKind,
    /// Clip lengths it makes, in seconds; empty when any length will do.
    pub clip_seconds: Vec<f64>,
    #[schema(example = json!(["16:9", "9:16", "1:1"]))]
    pub aspects: Vec<String>,
    #[schema(example = "1080p")]
    pub largest: String,
    /// How many pictures of a character it takes.
    pub reference_images: u32,
    /// US dollars a unit.
    pub price_usd: f64,
    pub price_unit: PriceUnit,
    /// The day somebody last looked the price up.
    #[schema(example = "2026-11-22")]
    pub price_checked: Option<NaiveDate>,
    pub needs_key: bool,
    pub needs_network: bool,
    /// Where in the world its service is asked, where the operator may choose.
    #[schema(example = "singapore")]
    pub region: Option<String>,
    /// The regions to choose from.
    #[schema(example = json!(["beijing", "singapore"]))]
    pub regions: Vec<String>,
    /// Whether it can be ordered here and now.
    pub available: bool,
}

impl ModelCard {
    /// The price of a still, or of a clip that covers so many seconds: the shortest one it makes that is long enough.
    pub fn price(&self, seconds: f64) -> MicroUsd {
        let units = match self.price_unit {
            PriceUnit::Image | PriceUnit::MillionTokens | PriceUnit::Clip => 1.0,
            PriceUnit::Second => {
                let covering = self.clip_seconds.iter().copied().filter(|length| *length >= seconds);
                // Models of any length are asked for whole seconds.
                covering.min_by(f64::total_cmp).or(self.longest_clip()).unwrap_or(seconds.ceil())
            }
        };
        MicroUsd((self.price_usd * 1e6 * units).ceil() as i64)
    }

    /// Seconds; `None` when any length will do.
    pub fn longest_clip(&self) -> Option<f64> {
        self.clip_seconds.iter().copied().max_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(price_unit: PriceUnit, clip_seconds: &[f64]) -> ModelCard {
        ModelCard {
            id: "m".into(),
            provider: "p".into(),
            name: "M".into(),
            kind: ModelKind::Clip,
            clip_seconds: clip_seconds.to_vec(),
            aspects: vec![],
            largest: "1080p".into(),
            reference_images: 0,
            price_usd: 0.084,
            price_unit,
            price_checked: None,
            needs_key: true,
            needs_network: true,
            region: None,
            regions: vec![],
            available: true,
        }
    }

    #[test]
    fn a_scene_pays_for_the_clip_that_covers_it() {
        let by_second = card(PriceUnit::Second, &[10.0, 5.0]);
        assert_eq!(by_second.price(4.2), MicroUsd(420_000));
        assert_eq!(by_second.price(5.1), MicroUsd(840_000));
        assert_eq!(by_second.longest_clip(), Some(10.0));
        assert_eq!(card(PriceUnit::Clip, &[5.0]).price(4.0), MicroUsd(84_000));
        assert_eq!(card(PriceUnit::Second, &[]).price(1.2), MicroUsd(168_000), "whole seconds");
        assert_eq!(card(PriceUnit::Image, &[]).price(100.0), MicroUsd(84_000));
    }
}
