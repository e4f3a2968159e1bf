//! Characters: who is in the films. Photos come as finished uploads, and only with the word that whoever is in them
//! agreed.

use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, ApiQuery, Client, IfMatch, Listing, Page, SignedIn, ValidJson, etag};
use crate::intake::Purpose;
use crate::links;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::{CharacterId, TaskId};
use mv_core::jobs::Job;
use mv_core::policy::{Action, Resource, can};
use mv_store::db::characters::{self, Character, CharacterPatch};
use mv_store::db::ordered_tasks;
use mv_store::queue::{self, Enqueue, Priority};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Pictures of a whole screen test.
const STILLS: u32 = 4;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .routes(routes!(regenerate_tests))
}

/// A character.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterView {
    id: Uuid,
    user_id: Uuid,
    #[schema(example = "하린")]
    name: String,
    #[schema(example = "short black hair, a denim jacket")]
    description: Option<String>,
    /// Show the photos, for two hours.
    reference_images: Vec<String>,
    /// What was seen in the photos; `{}` until they were looked at.
    #[schema(value_type = Object)]
    analysis_data: Value,
    test_images: Vec<String>,
    /// `pending`, `processing`, `approved`, `rejected` or `failed`.
    #[schema(example = "approved")]
    status: String,
    error_message: Option<String>,
    projects_count: i64,
    images_generated: i32,
    consent_at: Option<DateTime<Utc>>,
    /// Raised by every edit: the ETag.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    approved_at: Option<DateTime<Utc>>,
}

impl CharacterView {
    async fn of(state: &ApiState, character: Character) -> ApiResult<Self> {
        Ok(Self {
            id: character.id.0,
            user_id: character.user_id.0,
            name: character.name,
            description: character.description,
            reference_images: shown(state, &character.reference_images).await?,
            analysis_data: character.analysis_data,
            test_images: shown(state, &character.test_images).await?,
            status: character.status,
            error_message: character.error_message,
            projects_count: character.projects_count,
            images_generated: character.images_generated,
            consent_at: character.consent_at,
            version: character.version,
            created_at: character.created_at,
            updated_at: character.updated_at,
            approved_at: character.approved_at,
        })
    }
}

async fn shown(state: &ApiState, keys: &[String]) -> ApiResult<Vec<String>> {
    let mut addresses = Vec::with_capacity(keys.len());
    for key in keys {
        addresses.push(links::sign(state, key, "image/jpeg", None).await?);
    }
    Ok(addresses)
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StatusFilter {
    Pending,
    Processing,
    Approved,
    Rejected,
    Failed,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[garde(skip)]
    #[param(inline)]
    status: Option<StatusFilter>,
}

/// One's own characters, newest first.
#[utoipa::path(
    get, path = "/api/characters", tag = "characters", security(("session" = []), ("api_key" = [])),
    params(ListQuery, Page),
    responses((status = 200, body = Listing<CharacterView>))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    page: Page,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Listing<CharacterView>>> {
    let status = query.status.map(|status| match status {
        StatusFilter::Pending => "pending",
        StatusFilter::Processing => "processing",
        StatusFilter::Approved => "approved",
        StatusFilter::Rejected => "rejected",
        StatusFilter::Failed => "failed",
    });
    let mut transaction = state.db.person(who.user()).await?;
    let (rows, total) =
        characters::list(&mut transaction, who.user(), status, page.limit, page.offset).await?;
    transaction.commit().await?;
    let mut data = Vec::with_capacity(rows.len());
    for row in rows {
        data.push(CharacterView::of(&state, row).await?);
    }
    Ok(Json(Listing::new(data, total, page)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCharacter {
    #[garde(length(chars, min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100, example = "하린")]
    name: String,
    /// Looks and wardrobe, for prompts.
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    description: Option<String>,
    /// One to five finished uploads for `photo`, by id.
    #[garde(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    reference_images: Vec<Uuid>,
    /// Whoever is in the photos agreed to be in the films.
    #[garde(custom(agreed))]
    consent: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn agreed(consent: &bool, _: &()) -> garde::Result {
    if *consent { Ok(()) } else { Err(garde::Error::new("must be given by whoever is in the photos")) }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterAnswer {
    character: CharacterView,
}

/// Makes a character of photos. They are looked at, and four test pictures are drawn: approve them, reject them, or have
/// some of them drawn anew.
#[utoipa::path(
    post, path = "/api/characters", tag = "characters", security(("session" = []), ("api_key" = [])),
    request_body = NewCharacter,
    responses(
        (status = 201, body = CharacterAnswer),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "The plan allows no more characters"),
    )
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ValidJson(new): ValidJson<NewCharacter>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let owned = characters::count_for_creation(&mut transaction, who.user()).await?;
    permit(can(&who.actor, Action::Create, &Resource::NewCharacter { owned }), who.actor.plan, "character")?;
    let photos = photos(&mut transaction, &new.reference_images).await?;
    let now = state.clock.now();
    let id =
        characters::insert(&mut transaction, who.user(), &new.name, new.description.as_deref(), &photos, now)
            .await?;
    note_on(&mut transaction, &client, Event::CharacterCreated, who.user(), ("character", id)).await?;
    screen_test(&state, &mut transaction, &who, id, &[]).await?;
    let character = characters::get(&mut transaction, id).await?;
    transaction.commit().await?;
    let version = character.version;
    let character = CharacterView::of(&state, character).await?;
    let location = format!("/api/characters/{id}");
    Ok((
        StatusCode::CREATED,
        [etag(version)],
        [(header::LOCATION, location)],
        Json(CharacterAnswer { character }),
    )
        .into_response())
}

async fn photos(connection: &mut PgConnection, uploads: &[Uuid]) -> ApiResult<Vec<String>> {
    let mut keys = Vec::with_capacity(uploads.len());
    for (index, upload) in uploads.iter().enumerate() {
        let field = format!("reference_images[{index}]");
        let (_, key, _) = finished(connection, *upload, Purpose::Photo, &field).await?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// A character of this person's own.
async fn own(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: CharacterId,
    action: Action,
) -> ApiResult<Character> {
    let character = characters::get(connection, id).await.map_err(ApiError::missing("character"))?;
    let resource = Resource::Character { owner: character.user_id };
    permit(can(&who.actor, action, &resource), who.actor.plan, "character")?;
    Ok(character)
}

/// Whether a project may show this character.
///
/// # Errors
/// 422 when it is not this person's.
pub(crate) async fn for_project(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: CharacterId,
) -> ApiResult<()> {
    match own(connection, who, id, Action::Read).await {
        Ok(_) => Ok(()),
        Err(error) if error.status() == StatusCode::NOT_FOUND => {
            Err(ApiError::invalid("character_profile_id", format!("`{id}` is not a character of yours")))
        }
        Err(error) => Err(error),
    }
}

/// A character.
#[utoipa::path(
    get, path = "/api/characters/{id}", tag = "characters", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CharacterAnswer, headers(("ETag" = String))))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let character = own(&mut transaction, &who, CharacterId(id), Action::Read).await?;
    transaction.commit().await?;
    answer(&state, character).await
}

async fn answer(state: &ApiState, character: Character) -> ApiResult<Response> {
    let version = character.version;
    let character = CharacterView::of(state, character).await?;
    Ok(([etag(version)], Json(CharacterAnswer { character })).into_response())
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Approved,
    Rejected,
}

/// What to change; whatever is left out stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CharacterChange {
    #[garde(length(chars, min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100)]
    name: Option<String>,
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    description: Option<String>,
    #[garde(skip)]
    #[schema(inline)]
    status: Option<Verdict>,
    /// Other photos, one to five finished uploads by id.
    #[garde(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    reference_images: Option<Vec<Uuid>>,
}

/// Changes a character, approves or rejects it. Other photos are looked at and drawn as those of a new one.
#[utoipa::path(
    patch, path = "/api/characters/{id}", tag = "characters", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The ETag that the change was made on")),
    request_body = CharacterChange,
    responses(
        (status = 200, body = CharacterAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn update(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    client: Client,
    ValidJson(change): ValidJson<CharacterChange>,
) -> ApiResult<Response> {
    let id = CharacterId(id);
    let mut transaction = state.db.person(who.user()).await?;
    own(&mut transaction, &who, id, Action::Update).await?;
    let reference_images = match &change.reference_images {
        Some(uploads) => Some(photos(&mut transaction, uploads).await?),
        None => None,
    };
    let patch = CharacterPatch {
        name: change.name,
        description: change.description,
        status: change.status.map(|verdict| match verdict {
            Verdict::Approved => "approved".to_owned(),
            Verdict::Rejected => "rejected".to_owned(),
        }),
        reference_images,
    };
    let other_photos = patch.reference_images.is_some();
    characters::update(&mut transaction, id, if_match.0, &patch, state.clock.now()).await?;
    if other_photos {
        screen_test(&state, &mut transaction, &who, id, &[]).await?;
    }
    note_on(&mut transaction, &client, Event::CharacterUpdated, who.user(), ("character", id)).await?;
    let character = characters::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, character).await
}

/// Has the photos looked at and the test pictures drawn, which count as images of the day. `None` when that is being done
/// already.
async fn screen_test(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    id: CharacterId,
    only: &[u32],
) -> ApiResult<Option<TaskId>> {
    if !characters::begin_test(&mut *connection, id).await? {
        return Ok(None);
    }
    let images = if only.is_empty() { STILLS } else { only.len() as u32 };
    state.limits.order(&who.actor, 0, images).await?;
    let payload = json!({ "only": only });
    let task_id = ordered_tasks::insert(&mut *connection, who.user(), None, "character", &payload).await?;
    let how = Enqueue { priority: Priority::from(who.actor.plan), ..Enqueue::by(who.user()) };
    queue::enqueue(connection, &Job::ScreenTest { character_id: id, task_id }, how).await?;
    Ok(Some(task_id))
}

/// Which test pictures to draw anew.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Redraw {
    /// Numbers of the pictures, from 0 to 3; all of them when left out.
    #[garde(length(max = 4), inner(range(max = 3)))]
    #[schema(max_items = 4, example = json!([1, 3]))]
    only: Vec<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestImages {
    /// Show those of now, for two hours.
    test_images: Vec<String>,
    /// Draws the new ones: see `/api/tasks/{id}`, or watch `task:ID` over the WebSocket.
    task_id: Uuid,
}

/// Draws test pictures anew: all of them, or those that were not good.
#[utoipa::path(
    post, path = "/api/characters/{id}/regenerate-tests", tag = "characters",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = Redraw,
    responses(
        (status = 200, body = TestImages),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "They are being drawn already"),
    )
)]
async fn regenerate_tests(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(redraw): ValidJson<Redraw>,
) -> ApiResult<Json<TestImages>> {
    let id = CharacterId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let character = own(&mut transaction, &who, id, Action::Update).await?;
    let Some(task) = screen_test(&state, &mut transaction, &who, id, &redraw.only).await? else {
        return Err(ApiError::conflict("already_drawing", "the test pictures are being drawn")
            .with_hint("wait for them: GET /api/characters/{id} says when they are there"));
    };
    transaction.commit().await?;
    let test_images = shown(&state, &character.test_images).await?;
    Ok(Json(TestImages { test_images, task_id: task.0 }))
}

/// Puts a character away. Films that show it stay; its photos go with the next clean-up after 30 days.
#[utoipa::path(
    delete, path = "/api/characters/{id}", tag = "characters", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Put away"))
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<StatusCode> {
    let id = CharacterId(id);
    let mut transaction = state.db.person(who.user()).await?;
    own(&mut transaction, &who, id, Action::Delete).await?;
    characters::soft_delete(&mut transaction, id, state.clock.now()).await?;
    note_on(&mut transaction, &client, Event::CharacterDeleted, who.user(), ("character", id)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
