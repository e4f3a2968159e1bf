//! Another project like this one, and another song under it.

use super::create::may_start;
use super::view::{ProjectAnswer, ProjectView};
use super::{allowed, answer};
use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, IfMatch, SignedIn, ValidJson, etag};
use crate::intake::Purpose;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::ProjectId;
use mv_core::policy::{Action, ProjectRole};
use mv_store::db::projects::{self, SongHangsOn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(duplicate)).routes(routes!(song_effect)).routes(routes!(replace_song))
}

#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Duplication {
    /// Of the copy; the same as the first one's when left out.
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, example = "여름밤의 주파수 (2)")]
    title: Option<String>,
}

/// Makes another project like this one
///
/// With the song, what was heard and said of it, the lyrics, the storyboard and its pictures. What services made for it is
/// not paid for again. Versions, comments, links, orders and finished films stay with the first. It counts as a project
/// that was started.
#[utoipa::path(
    post, path = "/api/projects/{id}/duplicate", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)), request_body = Duplication,
    responses(
        (status = 201, body = ProjectAnswer, headers(("ETag" = String), ("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "The plan allows no more projects this month"),
    )
)]
async fn duplicate(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<Duplication>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Delete).await?;
    may_start(&state, &who, &mut transaction).await?;
    let copy = projects::duplicate(&mut transaction, id, body.title.as_deref())
        .await
        .map_err(ApiError::missing("project"))?;
    note_on(&mut transaction, &client, Event::ProjectCreated, who.user(), ("project", copy)).await?;
    let project = projects::get(&mut transaction, copy).await?;
    transaction.commit().await?;
    let version = project.version;
    let project = ProjectView::of(&state, project, ProjectRole::Owner).await?;
    let location = [(header::LOCATION, format!("/api/projects/{copy}"))];
    Ok((StatusCode::CREATED, [etag(version)], location, Json(ProjectAnswer { project })).into_response())
}

/// What replacing the song would make stale.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "they are facts about a song, each true or not by itself")]
pub(crate) struct SongEffect {
    /// What was heard goes: the new song has to be heard.
    heard: bool,
    /// What was said of it goes too.
    corrected: bool,
    /// Lines stay, with the times they have.
    #[schema(example = 24)]
    lyric_lines: i64,
    /// Scenes stay at their times, as far as the new song goes.
    #[schema(example = 18)]
    scenes: i64,
    /// Those with pictures keep them; where a scene gets another length they are to be made anew.
    #[schema(example = 18)]
    scenes_with_image: i64,
    #[schema(example = 12)]
    scenes_with_video: i64,
    /// The film is there until another one is made.
    film: bool,
    /// Something is at work on the song now: it cannot be replaced until that ends.
    busy: bool,
}

impl From<SongHangsOn> for SongEffect {
    fn from(on: SongHangsOn) -> Self {
        Self {
            heard: on.heard,
            corrected: on.corrected,
            lyric_lines: on.lyric_lines,
            scenes: on.scenes,
            scenes_with_image: on.scenes_with_image,
            scenes_with_video: on.scenes_with_video,
            film: on.film,
            busy: on.busy,
        }
    }
}

/// Says what replacing the song would make stale. Nothing is changed.
#[utoipa::path(
    get, path = "/api/projects/{id}/song/effect", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)), responses((status = 200, body = SongEffect))
)]
async fn song_effect(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<SongEffect>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let effect = projects::hangs_on_song(&mut transaction, id).await?.into();
    transaction.commit().await?;
    Ok(Json(effect))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SongReplacement {
    /// The song, when it was sent: see `/api/uploads`.
    #[garde(skip)]
    upload_id: Uuid,
}

/// Replaces the song: another file of it, or another song
///
/// Have it analysed then: the storyboard goes on over it, as far as it goes.
#[utoipa::path(
    put, path = "/api/projects/{id}/song", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body = SongReplacement,
    responses(
        (status = 200, body = ProjectAnswer, headers(("ETag" = String))),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "Something is at work on the song"),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn replace_song(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(body): ValidJson<SongReplacement>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    // The song is one of its owner's files.
    let role = allowed(&mut transaction, &who, id, Action::Delete).await?;
    projects::raise_version(&mut transaction, id, if_match.0).await?;
    if projects::hangs_on_song(&mut transaction, id).await?.busy {
        return Err(ApiError::conflict("song_in_use", "a film or an analysis of this song is being made")
            .with_hint("wait until it has ended, or cancel it"));
    }
    let (upload, key, hash) = finished(&mut transaction, body.upload_id, Purpose::Song, "upload_id").await?;
    projects::replace_song(&mut transaction, id, &key, &hash, &upload.filename, upload.declared_bytes)
        .await?;
    note_on(&mut transaction, &client, Event::ProjectUpdated, who.user(), ("project", id)).await?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, project, role).await
}
