//! Starting a project: a form that brings the song along, or JSON that names an upload.

use super::known_template;
use super::view::{ProjectAnswer, ProjectView};
use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{Client, SignedIn, ValidJson, etag, field_errors};
use crate::intake::receive::{self, Kept};
use crate::intake::{FileName, LARGEST, Purpose};
use crate::routes::characters::for_project;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use futures_util::{StreamExt, TryStreamExt};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::CharacterId;
use mv_core::policy::{Action, ProjectRole, Resource, can};
use mv_store::db::object_owners;
use mv_store::db::projects::{self, NewProject};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use std::io;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        // The song and a little for the other fields.
        .layer(DefaultBodyLimit::max(LARGEST as usize + (64 << 10)))
}

/// A new project. As a form, it brings the song along; as JSON, it names an upload that is finished.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProjectForm {
    #[garde(length(chars, min = 1, max = 255))]
    #[schema(min_length = 1, max_length = 255, example = "여름밤의 주파수")]
    title: String,
    #[garde(length(chars, max = 255))]
    #[schema(max_length = 255)]
    #[serde(default)]
    artist: String,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    description: Option<String>,
    #[garde(skip)]
    character_profile_id: Option<Uuid>,
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100, example = "urban-night")]
    template_id: Option<String>,
    /// The song, when it was sent before: see `/api/uploads`.
    #[garde(skip)]
    upload_id: Option<Uuid>,
}

/// The same with the song's file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says in the API's document what the form holds")]
struct NewProjectWithSong {
    #[schema(min_length = 1, max_length = 255)]
    title: String,
    #[schema(max_length = 255)]
    artist: Option<String>,
    #[schema(max_length = 1000)]
    description: Option<String>,
    character_profile_id: Option<Uuid>,
    #[schema(max_length = 100)]
    template_id: Option<String>,
    upload_id: Option<Uuid>,
    /// MP3, WAV, FLAC, AAC, M4A or Ogg, at most 50 MiB.
    #[schema(value_type = Option<String>, format = Binary)]
    audio_file: Option<Vec<u8>>,
}

/// Starts a project with a song.
#[utoipa::path(
    post, path = "/api/projects", tag = "projects", security(("session" = []), ("api_key" = [])),
    request_body(content(
        (NewProjectWithSong = "multipart/form-data"),
        (NewProjectForm = "application/json"),
    )),
    responses(
        (status = 201, body = ProjectAnswer),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "The plan allows no more projects this month"),
    )
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    request: Request,
) -> ApiResult<Response> {
    // Before the song comes in: most refusals need not wait for it.
    let mut transaction = state.db.person(who.user()).await?;
    may_start(&state, &who, &mut transaction).await?;
    transaction.rollback().await?;
    let (form, song) = read_new(&state, &who, request).await?;
    form.validate().map_err(|report| ApiError::invalid_fields(field_errors(&report)))?;
    if let Some(template) = &form.template_id {
        known_template(&state, template)?;
    }
    let mut transaction = state.db.person(who.user()).await?;
    may_start(&state, &who, &mut transaction).await?;
    if let Some(character) = form.character_profile_id {
        for_project(&mut transaction, &who, CharacterId(character)).await?;
    }
    let (filename, key, hash, bytes) = match (song, form.upload_id) {
        (Some((filename, Kept { key, media_type, hash, bytes })), _) => {
            object_owners::note(&mut transaction, key.as_str(), who.user(), bytes as i64, media_type).await?;
            (filename, key.to_string(), hash, bytes as i64)
        }
        (None, Some(upload)) => {
            let (upload, key, hash) = finished(&mut transaction, upload, Purpose::Song, "upload_id").await?;
            (upload.filename, key, hash, upload.declared_bytes)
        }
        (None, None) => {
            return Err(ApiError::invalid("audio_file", "is missing")
                .with_hint("send the song as `audio_file`, or name a finished upload as `upload_id`"));
        }
    };
    let new = NewProject {
        character: form.character_profile_id.map(CharacterId),
        title: &form.title,
        artist: &form.artist,
        description: form.description.as_deref(),
        audio_key: &key,
        audio_hash: &hash,
        audio_filename: &filename,
        audio_size_bytes: bytes,
        template_id: form.template_id.as_deref(),
        template_config: &json!({}),
    };
    let id = projects::insert(&mut transaction, who.user(), &new).await?;
    note_on(&mut transaction, &client, Event::ProjectCreated, who.user(), ("project", id)).await?;
    let project = projects::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let version = project.version;
    let project = ProjectView::of(&state, project, ProjectRole::Owner).await?;
    let location = format!("/api/projects/{id}");
    Ok((
        StatusCode::CREATED,
        [etag(version)],
        [(header::LOCATION, location)],
        Json(ProjectAnswer { project }),
    )
        .into_response())
}

/// When the calendar month of a moment began (UTC): limits by the month count from there.
pub(crate) fn month_start(now: DateTime<Utc>) -> DateTime<Utc> {
    let month = NaiveDate::from_ymd_opt(now.year(), now.month(), 1).and_then(|day| day.and_hms_opt(0, 0, 0));
    month.map_or(now, |start| start.and_utc())
}

/// Whether this person may start another project now.
pub(super) async fn may_start(
    state: &ApiState,
    who: &SignedIn,
    connection: &mut PgConnection,
) -> ApiResult<()> {
    let since = month_start(state.clock.now());
    let this_month = projects::count_for_creation(connection, who.user(), since).await?;
    let at_once = projects::count_in_works(connection, who.user()).await?;
    let project = Resource::NewProject { this_month, at_once };
    permit(can(&who.actor, Action::Create, &project), who.actor.plan, "project")
}

/// Reads a form or JSON. A song that comes along is kept before the other fields are judged.
async fn read_new(
    state: &ApiState,
    who: &SignedIn,
    request: Request,
) -> ApiResult<(NewProjectForm, Option<(String, Kept)>)> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if !is_form {
        let ValidJson(form) = ValidJson::from_request(request, state).await?;
        return Ok((form, None));
    }
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|error| ApiError::bad_request("not_a_form", error.body_text()))?;
    let (mut new, mut song) = (NewProjectForm::default(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "audio_file" => {
                let filename = FileName(field.file_name().unwrap_or("song").to_owned());
                filename
                    .validate()
                    .map_err(|_| ApiError::invalid("audio_file", "has a name that no file has"))?;
                let bytes = field.map_err(io::Error::other).boxed();
                song = Some((filename.0, receive::keep(state, who.user(), Purpose::Song, bytes).await?));
            }
            "title" => new.title = text(field).await?,
            "artist" => new.artist = text(field).await?,
            "description" => new.description = Some(text(field).await?),
            "template_id" => new.template_id = Some(text(field).await?).filter(|text| !text.is_empty()),
            "character_profile_id" => new.character_profile_id = id(&name, &text(field).await?)?,
            "upload_id" => new.upload_id = id(&name, &text(field).await?)?,
            other => return Err(ApiError::invalid(other, "is not a field of this form")),
        }
    }
    Ok((new, song))
}

async fn text(field: Field<'_>) -> ApiResult<String> {
    field.text().await.map_err(broken)
}

fn id(field: &str, text: &str) -> ApiResult<Option<Uuid>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ApiError::invalid(field, "is not an id"))
}

#[expect(clippy::needless_pass_by_value, reason = "taken by `map_err`")]
fn broken(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the form is too large");
    }
    ApiError::bad_request("not_a_form", error.body_text())
}
