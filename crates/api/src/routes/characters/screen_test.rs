//! Test pictures: having them made, and saying what is wrong with them.

use super::pricing::{self, Priced, Terms};
use super::view::CharacterView;
use super::{CharacterAnswer, answer, own};
use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, SignedIn, ValidJson};
use crate::routes::funding;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use garde::Validate;
use mv_core::audit::Event;
use mv_core::character::{Flaw, Remark, TEST_PICTURES, TestOrder, Verdict};
use mv_core::ids::{CharacterId, TaskId};
use mv_core::jobs::Job;
use mv_core::policy::Action;
use mv_store::StoreError;
use mv_store::db::characters::{self, Character};
use mv_store::db::ordered_tasks;
use mv_store::queue::{self, Enqueue, Priority};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(regenerate_tests)).routes(routes!(judge))
}

/// Has the photos looked at and test pictures made, which count as images of the day: of a new character or of other
/// photos `anew`, whatever was being made. Gives the task and the price.
pub(super) async fn order(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    character: &Character,
    terms: &Terms,
    only: &[usize],
    anew: bool,
) -> ApiResult<(TaskId, Priced)> {
    let pictures = TestOrder::pictures(&character.tests, only);
    let photos = character.reference_images.len();
    let priced = pricing::price(state, connection, who.user(), terms, pictures, photos).await?;
    if let Some(quote) = terms.quote_id {
        let quoted = (!anew).then_some(character.id);
        pricing::agreed(state, connection, quote, quoted, &priced).await?;
    }
    funding::afford(connection, who.user(), priced.by_credits).await?;
    // Nothing beyond what was agreed to is ever spent, unless the person said how much.
    let budget_usd = terms.budget_usd.or(Some(priced.total_usd()));
    let placed = TestOrder { budget_usd, ..priced.order.clone() };
    let payload = serde_json::to_value(&placed).map_err(ApiError::internal)?;
    let task = ordered_tasks::insert(connection, who.user(), None, "character", &payload).await?;
    if !characters::begin_test(connection, character.id, task, anew).await? {
        return Err(ApiError::conflict("already_drawing", "the test pictures are being drawn")
            .with_hint("wait for them: GET /api/characters/{id} says when they are there"));
    }
    state.limits.order(&who.actor, 0, placed.pictures.len() as u32).await?;
    let how = Enqueue { priority: Priority::from(who.actor.limits()), ..Enqueue::by(who.user()) };
    queue::enqueue(connection, &Job::ScreenTest { character_id: character.id, task_id: task }, how).await?;
    Ok((task, priced))
}

/// Which test pictures to make anew, by whom, for how much at most.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redraw {
    /// Numbers of the pictures, from 0 to 3; left out, those that are missing, else those that were rejected, else all.
    #[garde(length(max = 4), inner(range(max = 3)))]
    #[serde(default)]
    #[schema(max_items = 4, example = json!([1, 3]))]
    only: Vec<u32>,
    /// Makes the pictures; the server's usual model when left out. `animatic` draws them for nothing.
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

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestImages)]
pub(crate) struct Redrawing {
    /// Show those of now, for two hours.
    test_images: Vec<String>,
    /// Makes the new ones: see `/api/tasks/{id}`, or watch `task:ID` over the WebSocket.
    task_id: Uuid,
    /// Numbers of the pictures that are made anew.
    #[schema(example = json!([1]))]
    making: Vec<usize>,
    /// US dollars at most.
    #[schema(example = 0.04)]
    estimated_cost_usd: f64,
    #[schema(example = 12)]
    estimated_time_seconds: i32,
}

/// Makes test pictures anew: those that are named, else those that were rejected. What was wrong with them is told to
/// whoever makes the next ones.
#[utoipa::path(
    post, path = "/api/characters/{id}/regenerate-tests", tag = "characters",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = Redraw,
    responses(
        (status = 200, body = Redrawing),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json",
            description = "It would cost more than the budget"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "They are being made already, or the quote does not hold any more"),
    )
)]
async fn regenerate_tests(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(redraw): ValidJson<Redraw>,
) -> ApiResult<Json<Redrawing>> {
    let id = CharacterId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let character = own(&mut transaction, &who, id, Action::Update).await?;
    let only: Vec<usize> = redraw.only.iter().map(|number| *number as usize).collect();
    let terms = Terms {
        image_model: redraw.image_model,
        vision_model: redraw.vision_model,
        budget_usd: redraw.budget_usd,
        quote_id: redraw.quote_id,
    };
    let (task, priced) = order(&state, &mut transaction, &who, &character, &terms, &only, false).await?;
    transaction.commit().await?;
    let view = CharacterView::of(&state, character).await?;
    Ok(Json(Redrawing {
        test_images: view.test_images,
        task_id: task.0,
        making: priced.order.pictures.iter().map(|picture| picture.number).collect(),
        estimated_cost_usd: priced.total_usd(),
        estimated_time_seconds: priced.seconds,
    }))
}

/// What the person says of a test picture.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judgement {
    /// `approved` or `rejected`; `null` takes back what was said.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "rejected")]
    verdict: Option<Verdict>,
    /// What is wrong with it: `face`, `age`, `hair`, `clothes` or `other`. A rejection needs one.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "hair")]
    reason: Option<Flaw>,
    /// In the person's own words: a part of the next prompt.
    #[garde(length(chars, max = 300))]
    #[schema(max_length = 300, example = "shoulder length")]
    note: Option<String>,
    /// The take that was looked at, so that nothing is said of a picture that came in its place.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    take: Option<u64>,
}

/// Approves or rejects a test picture. Once all four are approved, or rejected, the character is.
#[utoipa::path(
    put, path = "/api/characters/{id}/test-images/{number}", tag = "characters",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("number" = usize, Path, minimum = 0, maximum = 3)),
    request_body = Judgement,
    responses(
        (status = 200, body = CharacterAnswer, headers(("ETag" = String))),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json",
            description = "Another picture came in its place"),
    )
)]
async fn judge(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath((id, number)): ApiPath<(Uuid, usize)>,
    ValidJson(said): ValidJson<Judgement>,
) -> ApiResult<Response> {
    let id = CharacterId(id);
    let note = said.note.as_deref().unwrap_or_default().trim().to_owned();
    let remark = match (said.verdict, said.reason) {
        (Some(Verdict::Rejected), Some(reason)) => Some(Remark { reason, note }),
        (Some(Verdict::Rejected), None) => {
            return Err(ApiError::invalid("reason", "says what is wrong: a rejection needs it"));
        }
        (_, None) if note.is_empty() => None,
        _ => return Err(ApiError::invalid("reason", "is only for a picture that is rejected")),
    };
    if let Some(Remark { reason: Flaw::Other, note }) = &remark
        && note.is_empty()
    {
        return Err(ApiError::invalid("note", "says what is wrong, where it is none of the other reasons"));
    }
    let mut transaction = state.db.person(who.user()).await?;
    let character = own(&mut transaction, &who, id, Action::Update).await?;
    if number >= character.tests.len().min(TEST_PICTURES) {
        return Err(ApiError::not_found("test picture"));
    }
    characters::judge(&mut transaction, id, number, said.take, said.verdict, remark, state.clock.now())
        .await
        .map_err(|error| match error {
            StoreError::Changed { found, .. } => {
                ApiError::conflict("other_take", format!("take {found} of it is there by now"))
                    .with_hint("look at it first: GET /api/characters/{id}")
                    .with("take", json!(found))
            }
            other => ApiError::missing("test picture")(other),
        })?;
    note_on(&mut transaction, &client, Event::CharacterUpdated, who.user(), ("character", id)).await?;
    let character = characters::get(&mut transaction, id).await?;
    transaction.commit().await?;
    answer(&state, character).await
}
