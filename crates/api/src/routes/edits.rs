//! Changing a scene's picture: by instruction, in a part of it, or the text in it, one change after another.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::intake::Purpose;
use crate::routes::errands::{self, ErrandAnswer, ErrandQuoteAnswer, Priced, Wish};
use crate::routes::scenes::own;
use crate::routes::uploads::finished;
use crate::state::ApiState;
use crate::studio::ModelKind;
use axum::extract::State;
use axum::response::Response;
use garde::Validate;
use mv_core::edit::{Change, Focus, Region, TextEdit};
use mv_core::errand::{EditLink, ImageEdit};
use mv_core::ids::{ProjectId, SceneId};
use mv_core::jobs::Job;
use mv_core::policy::Action;
use mv_core::units::MicroUsd;
use mv_store::db::scenes::SceneRow;
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

const KIND: &str = "edit_image";

/// New text for a sign, a page, a neon tube.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextEditBody {
    #[garde(length(chars, min = 1, max = 200), custom(says_something))]
    #[schema(min_length = 1, max_length = 200, example = "OPEN")]
    original_text: String,
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200, example = "여름밤")]
    new_text: String,
    #[garde(skip)]
    #[serde(default = "yes")]
    #[schema(default = true)]
    preserve_font: bool,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn says_something(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

/// A rectangle, in parts of the picture's width and height.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegionBody {
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, example = 0.25)]
    x: f64,
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, example = 0.2)]
    y: f64,
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, example = 0.5)]
    width: f64,
    #[garde(range(min = 0.0, max = 1.0))]
    #[schema(minimum = 0, maximum = 1, example = 0.6)]
    height: f64,
}

/// One change: an instruction, or new text.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeBody {
    #[garde(length(chars, min = 1, max = 2000), inner(custom(says_something)))]
    #[schema(min_length = 1, max_length = 2000, example = "Make it rain, keep her as she is")]
    instruction: Option<String>,
    /// `semantic` (what the picture means), `appearance` (how one thing looks) or `dual`.
    #[garde(skip)]
    #[serde(default)]
    #[schema(value_type = String, example = "appearance", default = "dual")]
    mode: Focus,
    /// Everything stays where it is.
    #[garde(skip)]
    #[serde(default)]
    preserve_layout: bool,
    /// Instead of an instruction.
    #[garde(length(max = 20), dive)]
    #[serde(default)]
    #[schema(max_items = 20)]
    text_edits: Vec<TextEditBody>,
    /// Nothing outside it changes, not by a pixel.
    #[garde(dive)]
    region: Option<RegionBody>,
    /// A finished upload for `still`, of the picture's shape: white may change, black may not.
    #[garde(skip)]
    mask_upload_id: Option<Uuid>,
}

/// Changes, made one after another. Whoever is in the scene stays who they are: their photos go along.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditOrder {
    /// Each is paid for on its own.
    #[garde(length(min = 1, max = 10), dive)]
    #[schema(min_items = 1, max_items = 10)]
    changes: Vec<ChangeBody>,
    /// A model of kind `edit`; the server's usual one when left out.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(max_length = 100, example = "qwen")]
    model: Option<String>,
    /// Models to ask when it cannot, in order.
    #[garde(length(max = 5), inner(length(max = 100)))]
    #[serde(default)]
    #[schema(max_items = 5, example = json!(["nano-banana"]))]
    fallbacks: Vec<String>,
    /// The most that it may cost, in US dollars; what it is quoted at, when left out.
    #[garde(range(min = 0.0, max = 100_000.0))]
    #[schema(minimum = 0, maximum = 100_000, example = 0.2)]
    max_cost_usd: Option<f64>,
    /// The same seed makes the same changes again, which are found and not bought.
    #[garde(range(max = 9_007_199_254_740_991))]
    #[schema(maximum = 9_007_199_254_740_991_i64)]
    seed: Option<u64>,
}

/// The change as it is kept with the task.
async fn link(connection: &mut PgConnection, place: usize, body: &ChangeBody) -> ApiResult<EditLink> {
    let field = |name: &str| format!("changes[{place}].{name}");
    let change = match (&body.instruction, body.text_edits.as_slice()) {
        (Some(text), []) => {
            Change::Instruction { text: text.clone(), focus: body.mode, keep_layout: body.preserve_layout }
        }
        (None, edits @ [_, ..]) => Change::Text(
            edits
                .iter()
                .map(|edit| TextEdit {
                    from: edit.original_text.clone(),
                    to: edit.new_text.clone(),
                    keep_font: edit.preserve_font,
                })
                .collect(),
        ),
        _ => {
            return Err(ApiError::invalid(
                field("instruction"),
                "must be given, or `text_edits` instead of it",
            ));
        }
    };
    let region = body.region.map(|RegionBody { x, y, width, height }| Region { x, y, width, height });
    if region.is_some_and(|region| !region.is_inside()) {
        return Err(ApiError::invalid(field("region"), "must lie inside the picture and hold some of it"));
    }
    let mask = match body.mask_upload_id {
        Some(id) => Some(finished(connection, id, Purpose::Still, &field("mask_upload_id")).await?.1),
        None => None,
    };
    Ok(EditLink { change, mask, region })
}

async fn price(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    body: &EditOrder,
) -> ApiResult<Priced> {
    let wish = Wish {
        project,
        kind: ModelKind::Edit,
        model: body.model.as_deref(),
        fallbacks: &body.fallbacks,
        max_cost_usd: body.max_cost_usd,
    };
    let count = body.changes.len();
    errands::priced(state, connection, who, &wish, count, |card| {
        Ok(MicroUsd(card.price(0.0).0.saturating_mul(count as i64)))
    })
    .await
}

/// What changing a scene's picture would cost.
#[utoipa::path(
    post, path = "/api/scenes/{id}/edit-image/quote", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = EditOrder,
    responses((status = 200, body = ErrandQuoteAnswer))
)]
async fn quote(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<EditOrder>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, SceneId(id), Action::Update).await?.project_id;
    let priced = price(&state, &mut transaction, &who, project, &body).await?;
    let quote = priced.quote(&mut transaction, &who).await?;
    transaction.commit().await?;
    Ok(quote)
}

/// Changes a scene's picture. What comes of it is a new version of the scene, and its clip is to be made anew; what the
/// scene was stays as a version. Every change is paid for on its own, and one that was paid for is never bought again.
#[utoipa::path(
    post, path = "/api/scenes/{id}/edit-image", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = EditOrder,
    responses(
        (status = 202, body = ErrandAnswer, headers(("Location" = String))),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "It would cost more than it may, or take more credits than there are"),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "The scene has no picture yet, is locked, or is being edited"),
    )
)]
async fn order(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(body): ValidJson<EditOrder>,
) -> ApiResult<Response> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let row = own(&mut transaction, &who, id, Action::Update).await?;
    // Holds others off until this is committed, so that two who press at once order once.
    projects::lock(&mut transaction, row.project_id).await?;
    let picture = picture(&row)?;
    if let Some(task) = tasks::unfinished_for_scene(&mut transaction, id, KIND).await? {
        return Err(errands::under_way(task));
    }
    let mut links = Vec::with_capacity(body.changes.len());
    for (place, change) in body.changes.iter().enumerate() {
        links.push(link(&mut transaction, place, change).await?);
    }
    let priced = price(&state, &mut transaction, &who, row.project_id, &body).await?;
    priced.afford(&mut transaction, &who, row.project_id).await?;
    let images = u32::try_from(links.len()).unwrap_or(u32::MAX);
    state.limits.order(&who.actor, 0, images).await?;
    let seed = body.seed.unwrap_or(row.config.0.seed);
    let edit = ImageEdit { scene: id, bid: priced.bid.clone(), picture, links, seed };
    let payload = serde_json::to_value(&edit).map_err(ApiError::internal)?;
    let task =
        tasks::insert_for_scene(&mut transaction, who.user(), row.project_id, id, KIND, &payload).await?;
    priced.enqueue(&mut transaction, &who, &Job::EditImage { scene_id: id, task_id: task }).await?;
    transaction.commit().await?;
    Ok(priced.accepted(task))
}

/// The object of the picture that is to be changed: what the scene shows.
fn picture(row: &SceneRow) -> ApiResult<String> {
    if row.locked {
        return Err(ApiError::conflict("scene_locked", "the scene is locked").with_hint("unlock it first"));
    }
    if row.config.0.footage.is_some() {
        return Err(ApiError::conflict("own_clip", "the scene shows a clip of your own")
            .with_hint("go back to a version with a picture first"));
    }
    row.image_key.clone().or_else(|| row.config.0.still.clone()).ok_or_else(|| {
        ApiError::conflict("no_picture", "the scene has no picture yet")
            .with_hint("make one first: POST /api/scenes/{id}/regenerate with type `image`")
    })
}
