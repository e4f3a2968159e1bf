//! Versions of a scene: look at them, compare two, go back to one, add a clip or a still of one's own. Nothing is ever destroyed:
//! going back makes what was there a version too.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, IfMatch, SignedIn, ValidJson};
use crate::intake::Purpose;
use crate::links;
use crate::routes::scenes::{SceneAnswer, SceneConfig, answer, board, own};
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::Scene;
use mv_core::Seconds;
use mv_core::ids::{SceneId, SceneVersionId};
use mv_core::mention::{self, Named};
use mv_core::policy::Action;
use mv_core::storyboard::Footage;
use mv_store::db::scene_versions::{self, SceneVersion};
use mv_store::db::{plans, projects, scenes};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(compare)).routes(routes!(restore))
}

/// A state that a scene had.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    id: Uuid,
    /// Counted from 1 for each scene.
    number: i32,
    description: String,
    config: SceneConfig,
    image_url: Option<String>,
    video_url: Option<String>,
    model: Option<String>,
    cost_usd: f64,
    /// How like its characters' photos the picture is, 0–1; nothing where that cannot be said.
    #[schema(example = 0.87)]
    likeness: Option<f32>,
    /// `generated`, `uploaded` or `edited`.
    #[schema(example = "generated")]
    source: String,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    /// The scene is just so now.
    is_current: bool,
}

impl VersionView {
    async fn of(state: &ApiState, version: SceneVersion) -> ApiResult<Self> {
        Ok(Self {
            id: version.id.0,
            number: version.number,
            config: SceneConfig::of(&version.config.0),
            description: version.description,
            image_url: links::show(state, version.image_key.as_deref()).await?,
            video_url: links::show(state, version.video_key.as_deref()).await?,
            model: version.model,
            cost_usd: version.cost_usd,
            likeness: version.likeness,
            source: version.source,
            created_by: version.created_by,
            created_at: version.created_at,
            is_current: version.is_current,
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Versions {
    versions: Vec<VersionView>,
}

/// A scene's versions, newest first.
#[utoipa::path(
    get, path = "/api/scenes/{id}/versions", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Versions))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<Versions>> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Read).await?.project_id;
    let rows = scene_versions::list(&mut transaction, id).await?;
    let people = plans::people(&mut transaction, project).await?;
    transaction.commit().await?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        versions.push(VersionView::of(&state, shown(row, &people)).await?);
    }
    Ok(Json(Versions { versions }))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Pair {
    /// Ids of two versions of the scene.
    #[garde(skip)]
    a: Uuid,
    #[garde(skip)]
    b: Uuid,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Comparison {
    a: VersionView,
    b: VersionView,
    /// Names of what differs: `description`, `image`, `video`, and fields of `config`.
    #[schema(example = json!(["weather", "image"]))]
    differences: Vec<String>,
}

/// A version with its people called by the names of now.
fn shown(mut version: SceneVersion, people: &[Named]) -> SceneVersion {
    mention::show_scene(&mut version.config.0, people);
    version.description = mention::show(&version.description, people);
    version
}

/// Two versions side by side, and what differs between them.
#[utoipa::path(
    get, path = "/api/scenes/{id}/versions/compare", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Pair),
    responses((status = 200, body = Comparison))
)]
async fn compare(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(pair): ApiQuery<Pair>,
) -> ApiResult<Json<Comparison>> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Read).await?.project_id;
    let people = plans::people(&mut transaction, project).await?;
    let a = shown(version(&mut transaction, id, pair.a).await?, &people);
    let b = shown(version(&mut transaction, id, pair.b).await?, &people);
    transaction.commit().await?;
    let differences = differences(&a, &b)?;
    let (a, b) = (VersionView::of(&state, a).await?, VersionView::of(&state, b).await?);
    Ok(Json(Comparison { a, b, differences }))
}

async fn version(connection: &mut PgConnection, scene: SceneId, id: Uuid) -> ApiResult<SceneVersion> {
    scene_versions::get(connection, scene, SceneVersionId(id)).await.map_err(ApiError::missing("version"))
}

fn differences(a: &SceneVersion, b: &SceneVersion) -> ApiResult<Vec<String>> {
    let fields = |version: &SceneVersion| serde_json::to_value(SceneConfig::of(&version.config.0));
    let (left, right) = (fields(a).map_err(ApiError::internal)?, fields(b).map_err(ApiError::internal)?);
    let mut names = Vec::new();
    if a.description != b.description {
        names.push("description".to_owned());
    }
    for (name, value) in left.as_object().into_iter().flatten() {
        if right.get(name) != Some(value) {
            names.push(name.clone());
        }
    }
    if a.image_key != b.image_key {
        names.push("image".to_owned());
    }
    if a.video_key != b.video_key {
        names.push("video".to_owned());
    }
    Ok(names)
}

/// Goes back to a version. What the scene is now becomes a version first.
#[utoipa::path(
    post, path = "/api/scenes/{id}/versions/{version_id}/restore", tag = "scenes",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("version_id" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The scene's ETag")),
    responses(
        (status = 200, body = SceneAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn restore(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath((id, version_id)): ApiPath<(Uuid, Uuid)>,
    if_match: IfMatch,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Update).await?.project_id;
    projects::raise_version(&mut transaction, project, None).await?;
    scenes::expect_version(&mut transaction, id, if_match.0).await.map_err(ApiError::missing("scene"))?;
    let wanted = version(&mut transaction, id, version_id).await?;
    let now = state.clock.now();
    scene_versions::keep(&mut transaction, id, "edited", Some(who.user()), None, now).await?;
    let before = board(&mut transaction, project).await?;
    let index = before.index_of(id).ok_or_else(|| ApiError::not_found("scene"))?;
    let mut after = before.clone();
    let here = &before.plan.scenes[index];
    // Where it lies in the song is not part of what it shows.
    after.plan.scenes[index] = Scene {
        start: here.start,
        section: here.section,
        section_number: here.section_number,
        rhymes_with: here.rhymes_with,
        description: wanted.description,
        ..wanted.config.0
    };
    // Whoever left the cast since is not in the picture any more.
    let plan = &mut after.plan;
    let cast = &plan.cast;
    plan.scenes[index].cast.retain(|id| cast.iter().any(|member| &member.id == id));
    plans::save(&mut transaction, project, Some(&before), after).await?;
    let (image, video) = (wanted.image_key.as_deref(), wanted.video_key.as_deref());
    scene_versions::show(&mut transaction, id, image, video, wanted.model.as_deref(), wanted.likeness)
        .await?;
    let row = scenes::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, row).await
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnTake {
    /// A finished upload for `clip` or `still`.
    #[garde(skip)]
    upload_id: Uuid,
    /// Where in the clip to begin, in seconds.
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    #[serde(default)]
    from_seconds: f64,
}

/// Shows a clip or a still of one's own in the scene; a still is what its clip begins with. What the scene is now becomes
/// a version first.
#[utoipa::path(
    post, path = "/api/scenes/{id}/versions", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The scene's ETag")),
    request_body = OwnTake,
    responses(
        (status = 200, body = SceneAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn add(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(take): ValidJson<OwnTake>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Update).await?.project_id;
    projects::raise_version(&mut transaction, project, None).await?;
    scenes::expect_version(&mut transaction, id, if_match.0).await.map_err(ApiError::missing("scene"))?;
    let (clip, still) = own_file(&mut transaction, take.upload_id).await?;
    let now = state.clock.now();
    scene_versions::keep(&mut transaction, id, "edited", Some(who.user()), None, now).await?;
    let before = board(&mut transaction, project).await?;
    let index = before.index_of(id).ok_or_else(|| ApiError::not_found("scene"))?;
    let mut after = before.clone();
    let from = Seconds(take.from_seconds);
    let scene = &mut after.plan.scenes[index];
    scene.footage = clip.clone().map(|file| Footage { file, from });
    if still.is_some() {
        scene.still.clone_from(&still);
    }
    plans::save(&mut transaction, project, Some(&before), after).await?;
    scene_versions::show(&mut transaction, id, still.as_deref(), clip.as_deref(), None, None).await?;
    scene_versions::keep(&mut transaction, id, "uploaded", Some(who.user()), None, now).await?;
    let row = scenes::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, row).await
}

/// The object of a finished upload: a clip's, or else a still's.
async fn own_file(
    connection: &mut PgConnection,
    upload: Uuid,
) -> ApiResult<(Option<String>, Option<String>)> {
    let is_clip = finished(connection, upload, Purpose::Clip, "upload_id").await;
    if let Ok((_, key, _)) = is_clip {
        return Ok((Some(key), None));
    }
    let (_, key, _) = finished(connection, upload, Purpose::Still, "upload_id").await.map_err(|_| {
        ApiError::invalid("upload_id", format!("there is no finished upload `{upload}` of a clip or a still"))
    })?;
    Ok((None, Some(key)))
}
