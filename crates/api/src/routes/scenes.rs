//! Scenes: a project's storyboard, one at a time. They are contiguous always: a new one is carved out of another, one that
//! goes is merged into its neighbour, and moving a boundary moves it for both sides.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, IfMatch, SignedIn, ValidJson, etag};
use crate::links;
use crate::routes::projects::allowed;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::policy::Action;
use mv_core::storyboard::Transition;
use mv_core::vocabulary::{
    Action as Acting, CameraMove, Framing, Lighting, Place, TimeOfDay, TransitionKind, Weather,
};
use mv_core::{Scene, Seconds};
use mv_store::StoreError;
use mv_store::board::{Board, EditError};
use mv_store::db::scenes::{self, SceneRow};
use mv_store::db::{plans, projects, scene_versions};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, remove))
}

/// More scenes than any film needs.
pub(crate) const MOST_SCENES: usize = 1000;
/// Edits within this time by one person are one version.
const SITTING: TimeDelta = TimeDelta::minutes(10);

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
    image_generation_model: Option<String>,
    image_generation_time_ms: Option<i32>,
    video_url: Option<String>,
    video_generation_model: Option<String>,
    video_generation_time_ms: Option<i32>,
    video_resolution: Option<String>,
    video_duration_seconds: Option<f64>,
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
            image_generation_model: row.image_generation_model,
            image_generation_time_ms: row.image_generation_time_ms,
            video_url: links::show(state, row.video_key.as_deref()).await?,
            video_generation_model: row.video_generation_model,
            video_generation_time_ms: row.video_generation_time_ms,
            video_resolution: row.video_resolution,
            video_duration_seconds: row.video_duration_seconds,
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
    action: Acting,
    /// 0 (calm) to 1 (the song's peak).
    intensity: f64,
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
            cast: scene.cast.clone(),
            transition: TransitionView { kind: scene.transition.kind, beats: scene.transition.beats },
            custom_prompt: scene.image_prompt.clone(),
            motion_prompt: scene.motion_prompt.clone(),
            lyric: scene.lyric.clone(),
            seed: scene.seed,
            section_number: scene.section_number,
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
    action: Option<Acting>,
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1)]
    intensity: Option<f64>,
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
        set(&mut scene.cast, self.cast);
        set(&mut scene.transition, self.transition.map(|t| Transition { kind: t.kind, beats: t.beats }));
        set(&mut scene.image_prompt, self.custom_prompt);
        set(&mut scene.motion_prompt, self.motion_prompt);
        set(&mut scene.seed, self.seed);
    }

    pub(crate) fn sets_seed(&self) -> bool {
        self.seed.is_some()
    }

    #[must_use]
    pub(crate) fn with_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scenes {
    scenes: Vec<SceneView>,
}

/// A project's scenes in order.
#[utoipa::path(
    get, path = "/api/projects/{id}/scenes", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Scenes))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<Scenes>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let rows = scenes::list(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Json(Scenes { scenes: SceneView::all(&state, rows).await? }))
}

/// A new scene, carved out of the one that plays there.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewScene {
    /// The number it is to have; left out, it is what its time makes it.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    scene_number: Option<u32>,
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_start: f64,
    #[garde(range(min = 0.0, max = 7200.0), custom(after(&self.timestamp_start)))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_end: f64,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    description: String,
    /// What is not said is as in the scene that it is carved out of.
    #[garde(dive)]
    config: Option<SceneConfigChange>,
}

fn after(start: &f64) -> impl FnOnce(&f64, &()) -> garde::Result + '_ {
    move |end, ()| if end > start { Ok(()) } else { Err(garde::Error::new("must be after the start")) }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SceneAnswer {
    pub(crate) scene: SceneView,
}

/// Carves a new scene out of another. What plays before and after it stays a scene of its own.
#[utoipa::path(
    post, path = "/api/projects/{id}/scenes", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body = NewScene,
    responses(
        (status = 201, body = SceneAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "The project was changed meanwhile"),
    )
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(new): ValidJson<NewScene>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    projects::raise_version(&mut transaction, id, if_match.0).await?;
    let before = board(&mut transaction, id).await?;
    if before.ids.len() >= MOST_SCENES {
        return Err(ApiError::conflict(
            "too_many_scenes",
            format!("a film has at most {MOST_SCENES} scenes"),
        ));
    }
    let start = Seconds(new.timestamp_start);
    let mut after = before.clone();
    let host = before.plan.scenes.iter().rposition(|scene| scene.start <= start).unwrap_or(0);
    let mut scene = before.plan.scenes[host].clone();
    scene.transition = Transition::CUT;
    scene.description = new.description;
    new.config.unwrap_or_default().apply(&mut scene);
    let index = after.insert(start, Seconds(new.timestamp_end), scene).map_err(refused)?;
    if new.scene_number.is_some_and(|number| number as usize != index + 1) {
        return Err(ApiError::invalid(
            "scene_number",
            format!("must be {}: scenes are numbered by time", index + 1),
        ));
    }
    let after = plans::save(&mut transaction, id, Some(&before), after).await?;
    let scene = after.ids[index].ok_or_else(|| ApiError::not_found("scene"))?;
    let row = scenes::get(&mut transaction, scene).await?;
    transaction.commit().await?;
    let version = row.version;
    let location = format!("/api/scenes/{scene}");
    let scene = SceneView::of(&state, row).await?;
    Ok((StatusCode::CREATED, [etag(version)], [(header::LOCATION, location)], Json(SceneAnswer { scene }))
        .into_response())
}

/// A project's storyboard.
///
/// # Errors
/// 409 when there is none yet.
pub(crate) async fn board(connection: &mut PgConnection, id: ProjectId) -> ApiResult<Board> {
    plans::load(connection, id).await?.ok_or_else(|| {
        ApiError::conflict("not_planned", "the project has no storyboard yet")
            .with_hint("have its song analysed first: POST /api/projects/{id}/analyze-audio")
    })
}

/// An edit that breaks a rule.
#[expect(clippy::needless_pass_by_value, reason = "taken by `map_err`")]
pub(crate) fn refused(error: EditError) -> ApiError {
    match &error {
        EditError::LastScene => ApiError::conflict("last_scene", error.to_string()),
        EditError::FirstBoundary => ApiError::invalid("timestamp_start", error.to_string()),
        EditError::PastTheEnd(_) | EditError::OverBoundaries { .. } | EditError::Taken(_) => {
            ApiError::invalid("timestamp_end", error.to_string())
        }
        EditError::Invalid(rule) => ApiError::invalid("scene", rule.to_string()),
    }
    .with_hint(error.hint())
}

/// A scene of a project that this person may do this with.
pub(crate) async fn own(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: SceneId,
    action: Action,
) -> ApiResult<SceneRow> {
    let row = scenes::get(connection, id).await.map_err(missing)?;
    allowed(connection, who, row.project_id, action).await.map_err(|error| {
        if error.status() == StatusCode::NOT_FOUND { ApiError::not_found("scene") } else { error }
    })?;
    Ok(row)
}

pub(crate) fn missing(error: StoreError) -> ApiError {
    match error {
        StoreError::NotFound => ApiError::not_found("scene"),
        other => other.into(),
    }
}

/// A scene.
#[utoipa::path(
    get, path = "/api/scenes/{id}", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SceneAnswer, headers(("ETag" = String))))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, SceneId(id), Action::Read).await?;
    transaction.commit().await?;
    answer(&state, row).await
}

pub(crate) async fn answer(state: &ApiState, row: SceneRow) -> ApiResult<Response> {
    let version = row.version;
    let scene = SceneView::of(state, row).await?;
    Ok(([etag(version)], Json(SceneAnswer { scene })).into_response())
}

/// What to change; whatever is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SceneChange {
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    description: Option<String>,
    #[garde(dive)]
    config: Option<SceneConfigChange>,
    /// Moves the boundary to the scene before.
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_start: Option<f64>,
    /// Moves the boundary to the scene after.
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    timestamp_end: Option<f64>,
    #[garde(skip)]
    locked: Option<bool>,
}

/// Changes a scene. What it was before is kept as a version.
#[utoipa::path(
    patch, path = "/api/scenes/{id}", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The scene's ETag")),
    request_body = SceneChange,
    responses(
        (status = 200, body = SceneAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn update(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(change): ValidJson<SceneChange>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, id, Action::Update).await?;
    let edit = Edit { description: change.description, config: change.config, ..Edit::default() };
    let edit =
        Edit { start: change.timestamp_start.map(Seconds), end: change.timestamp_end.map(Seconds), ..edit };
    edit_scene(&state, &mut transaction, &who, row.project_id, id, if_match.0, edit).await?;
    if let Some(locked) = change.locked {
        scenes::set_locked(&mut transaction, id, locked).await?;
    }
    let row = scenes::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, row).await
}

/// An edit of one scene.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    pub(crate) description: Option<String>,
    pub(crate) config: Option<SceneConfigChange>,
    pub(crate) start: Option<Seconds>,
    pub(crate) end: Option<Seconds>,
}

/// Edits a scene in the caller's transaction; what it was is kept as a version.
pub(crate) async fn edit_scene(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    id: SceneId,
    expected: Option<i32>,
    edit: Edit,
) -> ApiResult<()> {
    projects::raise_version(connection, project, None).await?;
    scenes::expect_version(connection, id, expected).await.map_err(missing)?;
    let before = board(connection, project).await?;
    let index = before.index_of(id).ok_or_else(|| ApiError::not_found("scene"))?;
    let mut after = before.clone();
    if edit.description.is_some() || edit.config.is_some() {
        let now = state.clock.now();
        scene_versions::keep(connection, id, "edited", Some(who.user()), Some(now - SITTING), now).await?;
        let scene = &mut after.plan.scenes[index];
        if let Some(description) = edit.description {
            scene.description = description;
        }
        edit.config.unwrap_or_default().apply(scene);
    }
    if let Some(end) = edit.end {
        after.move_end(index, end).map_err(refused)?;
    }
    if let Some(start) = edit.start {
        after.move_start(index, start).map_err(refused)?;
    }
    plans::save(connection, project, Some(&before), after).await?;
    Ok(())
}

/// Merges a scene into the one before it, the first into the one after. Its versions go on there.
#[utoipa::path(
    delete, path = "/api/scenes/{id}", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The scene's ETag")),
    responses(
        (status = 204, description = "Merged"),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
) -> ApiResult<StatusCode> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, id, Action::Update).await?;
    projects::raise_version(&mut transaction, row.project_id, None).await?;
    scenes::expect_version(&mut transaction, id, if_match.0).await.map_err(missing)?;
    let before = board(&mut transaction, row.project_id).await?;
    let index = before.index_of(id).ok_or_else(|| ApiError::not_found("scene"))?;
    let mut after = before.clone();
    after.merge(index).map_err(refused)?;
    plans::save(&mut transaction, row.project_id, Some(&before), after).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
