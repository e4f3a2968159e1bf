//! What there is to choose from: templates and models. Nobody needs to sign in to look.

use crate::error::{ApiError, ApiResult};
use crate::extract::ApiPath;
use crate::state::ApiState;
use crate::studio::{ModelCard, TemplateCard};
use axum::Json;
use axum::extract::State;
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

#[derive(Serialize, ToSchema)]
struct Models {
    models: Vec<ModelCard>,
}

/// Every model, with its limits and its price. The built-in maker costs nothing.
#[utoipa::path(get, path = "/api/models", tag = "catalogue", responses((status = 200, body = Models)))]
async fn models(State(state): State<ApiState>) -> Json<Models> {
    Json(Models { models: state.studio.models().to_vec() })
}
