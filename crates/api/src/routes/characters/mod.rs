//! Characters: who is in the films. Photos come as finished uploads, and only with the word that whoever is in them
//! agreed.

mod pricing;
mod screen_test;
mod usage;
mod view;

use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, ApiQuery, Client, IfMatch, Listing, Page, SignedIn, ValidJson, etag};
use crate::intake::Purpose;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::character::Consent;
use mv_core::ids::{CharacterId, UserId};
use mv_core::jobs::Job;
use mv_core::policy::{Action, Resource, can};
use mv_store::db::characters::{self, Character, CharacterPatch};
use mv_store::queue::{self, Enqueue};
use pricing::Terms;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use view::CharacterView;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .merge(pricing::routes())
        .merge(screen_test::routes())
        .merge(usage::routes())
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
    /// Makes the test pictures; the server's usual model when left out. `animatic` draws them for nothing.
    #[garde(length(max = 100))]
    #[schema(example = "nano-banana", max_length = 100)]
    image_model: Option<String>,
    /// Describes the photos; the server's usual model when left out, nobody for `none`.
    #[garde(length(max = 100))]
    #[schema(example = "gemini-flash", max_length = 100)]
    vision_model: Option<String>,
    /// The most that it may spend, in US dollars; what it is priced at, when left out.
    #[garde(range(min = 0.0, max = 1000.0))]
    #[schema(minimum = 0, maximum = 1000)]
    budget_usd: Option<f64>,
    /// The quote that the person agreed to. Without it, the order is taken at today's price.
    #[garde(skip)]
    quote_id: Option<Uuid>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn agreed(consent: &bool, _: &()) -> garde::Result {
    if *consent { Ok(()) } else { Err(garde::Error::new("must be given by whoever is in the photos")) }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterAnswer {
    character: CharacterView,
}

/// Makes a character of photos. They are looked at and, where there is a model for it, described; four test pictures are
/// made: approve them, reject them, or have some of them made anew.
#[utoipa::path(
    post, path = "/api/characters", tag = "characters", security(("session" = []), ("api_key" = [])),
    request_body = NewCharacter,
    responses(
        (status = 201, body = CharacterAnswer),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "The plan allows no more characters, or it would cost more than the budget or than there are credits"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "The quote does not hold any more"),
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
    let consent = consent(who.user(), state.clock.now(), &photos);
    let (name, description) = (new.name.trim(), new.description.as_deref());
    let id = characters::insert(&mut transaction, who.user(), name, description, &photos, &consent).await?;
    note_on(&mut transaction, &client, Event::CharacterCreated, who.user(), ("character", id)).await?;
    let character = characters::get(&mut transaction, id).await?;
    let terms = Terms {
        image_model: new.image_model,
        vision_model: new.vision_model,
        budget_usd: new.budget_usd,
        quote_id: new.quote_id,
    };
    screen_test::order(&state, &mut transaction, &who, &character, &terms, &[], true).await?;
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

/// This person says now that whoever is in these photos agreed.
fn consent(who: UserId, now: DateTime<Utc>, photos: &[String]) -> Consent {
    // Photos are named by their hashes: `photos/{user}/{hash}.jpg`.
    let hash =
        |key: &String| key.rsplit('/').next().and_then(|name| name.split('.').next()).map(str::to_owned);
    Consent { given_by: who, given_at: now, photos: photos.iter().filter_map(hash).collect() }
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
    /// Other photos, one to five finished uploads by id. They need consent of their own.
    #[garde(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    reference_images: Option<Vec<Uuid>>,
    /// Whoever is in the new photos agreed to be in the films.
    #[garde(custom(agreed_to(self.reference_images.is_some())))]
    #[serde(default)]
    consent: bool,
    /// Makes the test pictures of other photos; as for a new character.
    #[garde(length(max = 100))]
    #[schema(max_length = 100)]
    image_model: Option<String>,
    #[garde(length(max = 100))]
    #[schema(max_length = 100)]
    vision_model: Option<String>,
    #[garde(range(min = 0.0, max = 1000.0))]
    #[schema(minimum = 0, maximum = 1000)]
    budget_usd: Option<f64>,
}

fn agreed_to(photos: bool) -> impl FnOnce(&bool, &()) -> garde::Result {
    move |consent, ()| if photos { agreed(consent, &()) } else { Ok(()) }
}

/// Changes a character, approves or rejects it. Other photos are looked at and tried out as those of a new one; what was
/// made of the old ones is not shown any more.
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
    let now = state.clock.now();
    let photos = match &change.reference_images {
        Some(uploads) => {
            let photos = photos(&mut transaction, uploads).await?;
            let consent = consent(who.user(), now, &photos);
            Some((photos, consent))
        }
        None => None,
    };
    let other_photos = photos.is_some();
    let patch = CharacterPatch {
        name: change.name.map(|name| name.trim().to_owned()),
        description: change.description,
        status: change.status.map(|verdict| match verdict {
            Verdict::Approved => "approved".to_owned(),
            Verdict::Rejected => "rejected".to_owned(),
        }),
        photos,
    };
    characters::update(&mut transaction, id, if_match.0, &patch, now).await?;
    if other_photos {
        let character = characters::get(&mut transaction, id).await?;
        let (image_model, vision_model) = (change.image_model, change.vision_model);
        let terms = Terms { image_model, vision_model, budget_usd: change.budget_usd, quote_id: None };
        screen_test::order(&state, &mut transaction, &who, &character, &terms, &[], true).await?;
    }
    note_on(&mut transaction, &client, Event::CharacterUpdated, who.user(), ("character", id)).await?;
    let character = characters::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, character).await
}

/// Withdraws consent: the character, its photos, what was seen in them and its test pictures are removed. Projects stay,
/// and films that were made; `GET /api/characters/{id}/usage` lists them before.
#[utoipa::path(
    delete, path = "/api/characters/{id}", tag = "characters", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Removed"))
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
    let left = characters::withdraw(&mut transaction, id, state.clock.now()).await?;
    let job = Job::ForgetCharacter { character_id: id, photos: left.photos, pictures: left.pictures };
    queue::enqueue(&mut transaction, &job, Enqueue::by(who.user())).await?;
    note_on(&mut transaction, &client, Event::CharacterDeleted, who.user(), ("character", id)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
