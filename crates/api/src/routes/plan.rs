//! The whole storyboard as the plan file of the command line: what is written there can be read here, byte for byte.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, IfMatch, SignedIn, etag};
use crate::routes::projects::allowed;
use crate::routes::scenes::{MOST_SCENES, board, casting};
use crate::state::ApiState;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mv_core::ids::ProjectId;
use mv_core::policy::Action;
use mv_core::{Scene, Storyboard};
use mv_store::db::{plans, projects};
use std::collections::BTreeSet;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read, write)).layer(DefaultBodyLimit::max(LARGEST))
}

/// As the command line has it.
const LARGEST: usize = 8 << 20;

/// Reads the storyboard: the file that `melodyvision plan` writes and `melodyvision make --plan` obeys.
#[utoipa::path(
    get, path = "/api/projects/{id}/plan", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Object, content_type = "application/json", headers(("ETag" = String))),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "There is no storyboard yet"),
    )
)]
async fn read(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let version = projects::get(&mut transaction, id).await?.version;
    let board = board(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(version, &board.plan)
}

fn answer(version: i32, plan: &Storyboard) -> ApiResult<Response> {
    let mut text = serde_json::to_string_pretty(plan).map_err(ApiError::internal)?;
    text.push('\n');
    Ok(([etag(version)], [(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Replaces the storyboard. Scenes that stay what they were keep their pictures and their versions.
#[utoipa::path(
    put, path = "/api/projects/{id}/plan", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 200, body = Object, content_type = "application/json", headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn write(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    body: Bytes,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut plan = parse(&body)?;
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let version = projects::raise_version(&mut transaction, id, if_match.0).await?;
    let project = projects::get(&mut transaction, id).await?;
    if plan.song.hash != project.audio_hash {
        return Err(ApiError::invalid("song.hash", "is not that of the project's song")
            .with_hint("this plan was made for another song, or for another file of it"));
    }
    if let Some(duration) = project.audio_duration_seconds
        && (plan.song.duration.0 - duration).abs() > 1e-6
    {
        return Err(ApiError::invalid("song.duration", format!("must be {duration}, as the song has it")));
    }
    let known = plans::load(&mut transaction, id).await?;
    keeps_files(known.as_ref().map(|board| &board.plan), &plan)?;
    let pool = casting::pool(&mut transaction, &who, id, &plan.cast).await?;
    let Storyboard { scenes, cast, .. } = &mut plan;
    for (index, scene) in scenes.iter_mut().enumerate() {
        let before = known.as_ref().map_or(&[][..], |board| &board.plan.scenes);
        pool.settle(scene, cast, before, true, |field| format!("scenes[{index}].{field}"))?;
    }
    let board = plans::replace(&mut transaction, id, &plan).await?;
    transaction.commit().await?;
    answer(version, &board.plan)
}

fn parse(body: &[u8]) -> ApiResult<Storyboard> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let plan: Storyboard = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, cause) = (error.path().to_string(), error.into_inner());
        if cause.is_data() {
            ApiError::invalid(path, cause.to_string())
        } else {
            ApiError::bad_request("not_json", format!("the body is not JSON: {cause}"))
        }
    })?;
    json.end()
        .map_err(|cause| ApiError::bad_request("not_json", format!("something follows the JSON: {cause}")))?;
    plan.validate().map_err(|error| ApiError::invalid("plan", error.to_string()))?;
    if plan.scenes.len() > MOST_SCENES {
        return Err(ApiError::invalid(
            "scenes",
            format!("are {}; at most {MOST_SCENES} are taken", plan.scenes.len()),
        ));
    }
    Ok(plan)
}

/// Footage and stills name files. Here those are objects that scenes were given through their versions; a plan may keep
/// them or drop them, but never name another.
fn keeps_files(known: Option<&Storyboard>, plan: &Storyboard) -> ApiResult<()> {
    let known: BTreeSet<&str> = known.into_iter().flat_map(|plan| &plan.scenes).flat_map(files).collect();
    for (index, scene) in plan.scenes.iter().enumerate() {
        let stranger = |file: &str| !known.contains(file);
        let field = if scene.footage.as_ref().is_some_and(|footage| stranger(&footage.file)) {
            "footage"
        } else if scene.still.as_deref().is_some_and(stranger) {
            "still"
        } else {
            continue;
        };
        return Err(ApiError::invalid(format!("scenes[{index}].{field}"), "names a file that is not here")
            .with_hint("upload it, and give it to the scene as a version of it"));
    }
    Ok(())
}

/// What the person gave for a scene.
fn files(scene: &Scene) -> impl Iterator<Item = &str> {
    scene.footage.as_ref().map(|footage| footage.file.as_str()).into_iter().chain(scene.still.as_deref())
}
