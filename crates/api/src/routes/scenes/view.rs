//! What the API says of a scene, and what may be said to change one.

use crate::error::ApiResult;
use crate::links;
use crate::routes::pictures;
use crate::state::ApiState;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::Scene;
use mv_core::ids::SceneId;
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{Action, CameraMove, Framing, Lighting, Place, TimeOfDay, TransitionKind, Weather};
use mv_store::db::scenes::SceneRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A scene.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SceneView {
    id: Uuid,
    project_id: Uuid,
    #[schema(example = 1)]
    scene_number: i32,
    /// Song time in seconds.
    #[schema(example = 0.0)]
    timestamp_start: f64,
    #[schema(example = 4.12)]
    timestamp_end: f64,
    duration_seconds: f64,
    #[schema(example = "verse")]
    section_type: Option<String>,
    #[schema(example = "Harin walks across the wet crossing and looks up.")]
    description: String,
    config: SceneConfig,
    image_url: Option<String>,
    /// The same in smaller sizes, for whoever is signed in; each address shows this very picture, always.
    image_sizes: Vec<ImageSize>,
    image_generation_model: Option<String>,
    image_generation_time_ms: Option<i32>,
    video_url: Option<String>,
    video_generation_model: Option<String>,
    video_generation_time_ms: Option<i32>,
    video_resolution: Option<String>,
    video_duration_seconds: Option<f64>,
    /// How like its characters' photos the still is, 0–1; nothing where that cannot be said.
    #[schema(example = 0.87)]
    image_likeness: Option<f32>,
    image_cost_usd: f64,
    video_cost_usd: f64,
    /// `pending`, `generating_image`, `image_ready`, `generating_video`, `video_ready` or `error`.
    #[schema(example = "video_ready")]
    status: String,
    error_message: Option<String>,
    generation_attempts: i32,
    /// Not to be made anew until it is unlocked.
    locked: bool,
    /// Raised by every edit: the ETag.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A still, at most so many pixels wide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImageSize {
    #[schema(example = 480)]
    width: u32,
    #[schema(
        example = "/api/scenes/7f3d6f60-5d0e-4d53-8a3f-0d1b2f7a9c11/still?width=480&v=4be1a2c09d3f5e67"
    )]
    url: String,
}

impl ImageSize {
    fn all(scene: SceneId, key: &str) -> Vec<Self> {
        let mark = pictures::mark(key);
        let one = |width| Self { width, url: format!("/api/scenes/{scene}/still?width={width}&v={mark}") };
        pictures::WIDTHS.into_iter().map(one).collect()
    }
}

impl SceneView {
    pub(crate) async fn of(state: &ApiState, row: SceneRow) -> ApiResult<Self> {
        Ok(Self {
            id: row.id.0,
            project_id: row.project_id.0,
            scene_number: row.scene_number,
            timestamp_start: row.timestamp_start,
            timestamp_end: row.timestamp_end,
            duration_seconds: row.timestamp_end - row.timestamp_start,
            section_type: row.section_type,
            description: row.description,
            config: SceneConfig::of(&row.config.0),
            image_url: links::show(state, row.image_key.as_deref()).await?,
            image_sizes: row.image_key.as_deref().map(|key| ImageSize::all(row.id, key)).unwrap_or_default(),
            image_generation_model: row.image_generation_model,
            image_generation_time_ms: row.image_generation_time_ms,
            video_url: links::show(state, row.video_key.as_deref()).await?,
            video_generation_model: row.video_generation_model,
            video_generation_time_ms: row.video_generation_time_ms,
            video_resolution: row.video_resolution,
            video_duration_seconds: row.video_duration_seconds,
            image_likeness: row.image_likeness,
            image_cost_usd: row.image_cost_usd,
            video_cost_usd: row.video_cost_usd,
            status: row.status,
            error_message: row.error_message,
            generation_attempts: row.generation_attempts,
            locked: row.locked,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    pub(crate) async fn all(state: &ApiState, rows: Vec<SceneRow>) -> ApiResult<Vec<Self>> {
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            views.push(Self::of(state, row).await?);
        }
        Ok(views)
    }
}

/// How a scene comes in from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TransitionView {
    /// `cut`, `crossfade`, `dissolve`, `flash`, `dip`, `wipe` or `zoom`.
    #[schema(value_type = String, example = "crossfade")]
    kind: TransitionKind,
    /// Length in beats; 0 for a cut.
    #[schema(minimum = 0, maximum = 16, example = 1.0)]
    beats: f64,
}

/// What a scene shows.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct SceneConfig {
    /// A few words, for a card.
    title: String,
    /// The place: `rooftop`, `crossing`, `shore`, …
    #[schema(value_type = String, example = "crossing")]
    background: Place,
    #[schema(value_type = String, example = "night")]
    time_of_day: TimeOfDay,
    #[schema(value_type = String, example = "rain")]
    weather: Weather,
    /// `extreme-wide`, `wide`, `medium`, `close-up`, `low-angle` or `over-shoulder`.
    #[schema(value_type = String, example = "wide")]
    camera_angle: Framing,
    /// How the camera moves.
    #[schema(value_type = String, example = "push-in")]
    camera: CameraMove,
    #[schema(value_type = String, example = "neon")]
    lighting: Lighting,
    /// What the people do.
    #[schema(value_type = String, example = "walk")]
    action: Action,
    /// 0 (calm) to 1 (the song's peak).
    intensity: f64,
    /// How much the people and things in a bought clip move, 0–1; as models usually do it when nothing is said.
    motion: Option<f64>,
    /// Ids of those of the storyboard's cast who are in the picture.
    cast: Vec<String>,
    transition: TransitionView,
    /// What an image model is asked for.
    custom_prompt: String,
    /// What a video model is asked for, given the still.
    motion_prompt: String,
    /// What is sung here.
    lyric: Option<String>,
    seed: u64,
    section_number: u32,
    /// Which take of its clip is shown, 0 for the first: the same still moves another way in each.
    clip_take: u32,
    /// Whether a still of the person's own is shown, and a clip.
    own_still: bool,
    own_clip: bool,
    /// Number of the earlier scene that this one returns to.
    rhymes_with: Option<usize>,
}

impl SceneConfig {
    pub(crate) fn of(scene: &Scene) -> Self {
        Self {
            title: scene.title.clone(),
            background: scene.place,
            time_of_day: scene.time_of_day,
            weather: scene.weather,
            camera_angle: scene.framing,
            camera: scene.camera,
            lighting: scene.lighting,
            action: scene.action,
            intensity: scene.intensity,
            motion: scene.motion,
            cast: scene.cast.clone(),
            transition: TransitionView { kind: scene.transition.kind, beats: scene.transition.beats },
            custom_prompt: scene.image_prompt.clone(),
            motion_prompt: scene.motion_prompt.clone(),
            lyric: scene.lyric.clone(),
            seed: scene.seed,
            section_number: scene.section_number,
            clip_take: scene.clip_take,
            own_still: scene.still.is_some(),
            own_clip: scene.footage.is_some(),
            rhymes_with: scene.rhymes_with.map(|index| index + 1),
        }
    }
}

/// What to change of what a scene shows; whatever is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneConfigChange {
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255)]
    title: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "rooftop")]
    background: Option<Place>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "dusk")]
    time_of_day: Option<TimeOfDay>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "clear")]
    weather: Option<Weather>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "close-up")]
    camera_angle: Option<Framing>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "orbit")]
    camera: Option<CameraMove>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "golden")]
    lighting: Option<Lighting>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "dance")]
    action: Option<Action>,
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1)]
    intensity: Option<f64>,
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1)]
    motion: Option<f64>,
    #[garde(length(max = 20))]
    #[schema(max_items = 20)]
    cast: Option<Vec<String>>,
    #[garde(skip)]
    transition: Option<TransitionView>,
    #[garde(length(chars, max = 2000))]
    #[schema(max_length = 2000)]
    custom_prompt: Option<String>,
    #[garde(length(chars, max = 2000))]
    #[schema(max_length = 2000)]
    motion_prompt: Option<String>,
    /// Whole numbers that JavaScript keeps exactly.
    #[garde(range(max = 9_007_199_254_740_991))]
    #[schema(maximum = 9_007_199_254_740_991_i64)]
    seed: Option<u64>,
}

impl SceneConfigChange {
    pub(crate) fn apply(self, scene: &mut Scene) {
        fn set<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        set(&mut scene.title, self.title);
        set(&mut scene.place, self.background);
        set(&mut scene.time_of_day, self.time_of_day);
        set(&mut scene.weather, self.weather);
        set(&mut scene.framing, self.camera_angle);
        set(&mut scene.camera, self.camera);
        set(&mut scene.lighting, self.lighting);
        set(&mut scene.action, self.action);
        set(&mut scene.intensity, self.intensity);
        scene.motion = self.motion.or(scene.motion);
        set(&mut scene.cast, self.cast);
        set(&mut scene.transition, self.transition.map(|t| Transition { kind: t.kind, beats: t.beats }));
        set(&mut scene.image_prompt, self.custom_prompt);
        set(&mut scene.motion_prompt, self.motion_prompt);
        set(&mut scene.seed, self.seed);
    }

    /// Whether it says who is in the scene.
    pub(crate) fn lists_people(&self) -> bool {
        self.cast.is_some()
    }

    /// Whether it changes words that may name people.
    pub(crate) fn speaks(&self) -> bool {
        self.custom_prompt.is_some() || self.motion_prompt.is_some()
    }

    pub(crate) fn sets_seed(&self) -> bool {
        self.seed.is_some()
    }

    #[must_use]
    pub(crate) fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }
}
