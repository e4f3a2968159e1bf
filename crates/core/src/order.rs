//! What a film is ordered as: size, rate, quality, models. Kept with the order, read by whoever fulfils it.

use crate::film::{CaptionStyle, FilmSettings, LoudnessTarget, Quality};
use crate::ids::{SceneId, VideoJobId};
use crate::units::{Aspect, Canvas, FrameRate, Resolution};
use crate::vocabulary::Grade;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How good the film is to be, by the names that people order it under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QualityTier {
    /// To look at while editing.
    Draft,
    #[default]
    Standard,
    Pro,
    Premium,
}

impl QualityTier {
    /// How much work the encoder may do for it.
    pub fn quality(self) -> Quality {
        match self {
            Self::Draft => Quality::Draft,
            Self::Standard => Quality::Standard,
            Self::Pro | Self::Premium => Quality::High,
        }
    }
}

/// Which part of a scene is to be made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Remake {
    Image,
    Video,
    Both,
}

/// The one scene that an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneOrder {
    pub scene_id: SceneId,
    #[serde(rename = "type")]
    pub remake: Remake,
}

/// `video_jobs.config` and `quotes.config`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoConfig {
    pub quality_tier: QualityTier,
    pub resolution: Resolution,
    pub fps: FrameRate,
    pub aspect: Aspect,
    /// What the template says, unless it is said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captions: Option<CaptionStyle>,
    /// Models for every scene that names none of its own; the built-in maker when unsaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_model: Option<String>,
    /// Clip model by scene number, counted from 1.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub model_selections: BTreeMap<u32, String>,
    /// The models to ask when the chosen one cannot, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub image_fallbacks: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub video_fallbacks: Vec<String>,
    /// How often a still that is not like its characters is made once more.
    #[serde(skip_serializing_if = "is_zero")]
    pub retakes: u32,
    /// The likeness below which that is done, 0–1; the usual one when unsaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f32>,
    /// The most that the order may spend, in US dollars: what it was quoted at, when unsaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_usd: Option<f64>,
    /// Set on an order for a single scene.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<SceneOrder>,
    /// Set on an order for a finished film in another shape: the order that made it. What was bought for it is shown again,
    /// and nothing is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reframe_of: Option<VideoJobId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl VideoConfig {
    /// Whether it is an order for the project's film itself, not for one scene of it or for another shape.
    pub fn is_film(&self) -> bool {
        self.scene.is_none() && self.reframe_of.is_none()
    }

    pub fn canvas(&self) -> Canvas {
        Canvas::of(self.aspect, self.resolution)
    }

    /// The film's settings; grade and captions are the template's where the order says nothing.
    pub fn settings(&self, grade: Grade, captions: CaptionStyle) -> FilmSettings {
        FilmSettings {
            canvas: self.canvas(),
            frame_rate: self.fps,
            quality: self.quality_tier.quality(),
            grade: self.grade.unwrap_or(grade),
            captions: self.captions.unwrap_or(captions),
            loudness: LoudnessTarget::default(),
        }
    }

    /// The model that makes a scene's clip; `None` is the built-in maker.
    pub fn clip_model(&self, scene_number: u32) -> Option<&str> {
        self.model_selections.get(&scene_number).or(self.video_model.as_ref()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_needs_to_say_nothing() {
        let order: VideoConfig = serde_json::from_str("{}").unwrap();
        assert_eq!(order, VideoConfig::default());
        assert_eq!(order.canvas(), Canvas::new(1920, 1080));
        let settings = order.settings(Grade::Warm, CaptionStyle::Karaoke);
        assert_eq!((settings.grade, settings.captions), (Grade::Warm, CaptionStyle::Karaoke));
    }

    #[test]
    fn a_scenes_own_model_goes_before_the_films() {
        let order: VideoConfig = serde_json::from_str(
            r#"{"quality_tier":"pro","resolution":"720p","video_model":"kling-standard","model_selections":{"3":"kling-master"}}"#,
        )
        .unwrap();
        assert_eq!(order.clip_model(3), Some("kling-master"));
        assert_eq!(order.clip_model(1), Some("kling-standard"));
        assert_eq!(order.settings(Grade::None, CaptionStyle::None).quality, Quality::High);
        let text = serde_json::to_string(&order).unwrap();
        assert_eq!(serde_json::from_str::<VideoConfig>(&text).unwrap(), order);
    }
}
