//! What there is to choose from: templates and models. Nobody needs to sign in to look.

use crate::error::{ApiError, ApiResult};
use crate::extract::ApiPath;
use crate::routes::shelf::GONE;
use crate::state::ApiState;
use crate::studio::{ModelCard, TemplateCard};
use axum::Json;
use axum::extract::State;
use mv_store::db::service_checks::{self, Check};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(templates)).routes(routes!(template)).routes(routes!(models))
}

#[derive(Serialize, ToSchema)]
struct Templates {
    templates: Vec<TemplateCard>,
}

/// Every template.
#[utoipa::path(get, path = "/api/templates", tag = "catalogue", responses((status = 200, body = Templates)))]
async fn templates(State(state): State<ApiState>) -> Json<Templates> {
    Json(Templates { templates: state.studio.templates().to_vec() })
}

/// One template.
#[utoipa::path(
    get, path = "/api/templates/{id}", tag = "catalogue",
    params(("id" = String, Path, example = "urban-night")),
    responses((status = 200, body = TemplateCard))
)]
async fn template(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> ApiResult<Json<TemplateCard>> {
    let found = state.studio.templates().iter().find(|template| template.id == id);
    found.cloned().map(Json).ok_or_else(|| ApiError::not_found("template"))
}

/// A model, and whether it can be ordered.
#[derive(Serialize, ToSchema)]
#[schema(as = Model)]
pub(crate) struct ModelBody {
    #[serde(flatten)]
    card: ModelCard,
    /// Why it cannot be ordered although its service is set up here.
    #[schema(example = "the service no longer lists it")]
    unavailable_because: Option<&'static str>,
}

#[derive(Serialize, ToSchema)]
struct Models {
    models: Vec<ModelBody>,
}

/// The models as they can be ordered now: those that their services no longer list cannot be.
pub(crate) fn offered(cards: &[ModelCard], checks: &[Check]) -> Vec<ModelBody> {
    let body = |card: &ModelCard| {
        let check = checks.iter().find(|check| check.provider == card.provider);
        let gone = check.is_some_and(|check| check.missing.contains(&card.id));
        let unavailable_because = (gone && card.available).then_some(GONE);
        ModelBody {
            card: ModelCard { available: card.available && !gone, ..card.clone() },
            unavailable_because,
        }
    };
    cards.iter().map(body).collect()
}

/// Every model, with its limits and its price. The built-in maker costs nothing.
#[utoipa::path(get, path = "/api/models", tag = "catalogue", responses((status = 200, body = Models)))]
async fn models(State(state): State<ApiState>) -> ApiResult<Json<Models>> {
    let mut connection = state.db.gate().acquire().await?;
    let checks = service_checks::all(&mut connection).await?;
    Ok(Json(Models { models: offered(state.studio.models(), &checks) }))
}
