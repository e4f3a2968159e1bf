//! Having a song listened to by a service: lyrics get the times of the words that were heard, or are written down where
//! nobody gave any.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::analysis::not_heard;
use crate::routes::errands::{self, ErrandAnswer, ErrandQuoteAnswer, Priced, Wish};
use crate::routes::projects::allowed;
use crate::state::ApiState;
use crate::studio::ModelKind;
use axum::extract::State;
use axum::response::Response;
use garde::Validate;
use mv_core::errand::Transcribing;
use mv_core::ids::ProjectId;
use mv_core::jobs::Job;
use mv_core::policy::Action;
use mv_store::db::{ordered_tasks as tasks, projects};
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(order)).routes(routes!(quote))
}

const KIND: &str = "transcribe";

/// Who is to listen, and for what.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TranscriptOrder {
    /// A model of kind `transcription`; the server's own when left out.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(max_length = 100, example = "local-whisper")]
    pub(crate) model: Option<String>,
    /// Models to ask when it cannot, in order.
    #[garde(length(max = 5), inner(length(max = 100)))]
    #[schema(max_items = 5)]
    pub(crate) fallbacks: Vec<String>,
    /// What is sung, as a BCP 47 tag; the service finds out when left out.
    #[garde(inner(ascii, length(min = 2, max = 35)))]
    #[schema(example = "ko", max_length = 35)]
    pub(crate) language: Option<String>,
    /// Move lines, too, whose times a person or a file gave.
    #[garde(skip)]
    pub(crate) all: bool,
    /// The most that it may cost, in US dollars; what it is quoted at, when left out.
    #[garde(range(min = 0.0, max = 100_000.0))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub(crate) max_cost_usd: Option<f64>,
}

async fn price(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    id: ProjectId,
    body: &TranscriptOrder,
) -> ApiResult<Priced> {
    let song = projects::analysis(&mut *connection, id).await?.ok_or_else(not_heard)?;
    let wish = Wish {
        project: id,
        kind: ModelKind::Transcription,
        model: body.model.as_deref(),
        fallbacks: &body.fallbacks,
        max_cost_usd: body.max_cost_usd,
    };
    errands::priced(state, connection, who, &wish, 1, |card| Ok(card.price(song.duration.0))).await
}

/// What it would cost to have the song listened to.
#[utoipa::path(
    post, path = "/api/projects/{id}/lyrics/transcribe/quote", tag = "projects",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = TranscriptOrder,
    responses((status = 200, body = ErrandQuoteAnswer))
)]
async fn quote(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<TranscriptOrder>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let priced = price(&state, &mut transaction, &who, id, &body).await?;
    let quote = priced.quote(&mut transaction, &who).await?;
    transaction.commit().await?;
    Ok(quote)
}

/// Has the song listened to. The text of lyrics that a person gave is never changed: their lines and words get the times
/// they were heard at. Without lyrics, what was heard becomes them, each line marked as `heard`. When it fails, everything
/// stays as it was, and the task says why.
#[utoipa::path(
    post, path = "/api/projects/{id}/lyrics/transcribe", tag = "projects",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = TranscriptOrder,
    responses(
        (status = 202, body = ErrandAnswer, headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than it may, or take more credits than there are"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "The song was not heard yet, or is being transcribed"),
    )
)]
async fn order(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<TranscriptOrder>,
) -> ApiResult<Response> {
    place(&state, &who, ProjectId(id), &body).await
}

/// Orders it.
pub(crate) async fn place(
    state: &ApiState,
    who: &SignedIn,
    id: ProjectId,
    body: &TranscriptOrder,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, who, id, Action::Update).await?;
    projects::lock(&mut transaction, id).await?;
    if let Some(task) = tasks::unfinished(&mut transaction, id, KIND).await? {
        return Err(errands::under_way(task));
    }
    let priced = price(state, &mut transaction, who, id, body).await?;
    priced.afford(&mut transaction, who, id).await?;
    let order = Transcribing { bid: priced.bid.clone(), language: body.language.clone(), all: body.all };
    let payload = serde_json::to_value(&order).map_err(ApiError::internal)?;
    let task = tasks::insert(&mut transaction, who.user(), Some(id), KIND, &payload).await?;
    priced.enqueue(&mut transaction, who, &Job::Transcribe { project_id: id, task_id: task }).await?;
    transaction.commit().await?;
    Ok(priced.accepted(task))
}
