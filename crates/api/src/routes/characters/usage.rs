//! Where a character is used, and what goes with it when consent is withdrawn.

use super::own;
use crate::error::ApiResult;
use crate::extract::{ApiPath, SignedIn};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use mv_core::ids::CharacterId;
use mv_core::policy::Action;
use mv_store::db::characters::{self, Touched};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(show))
}

/// A project that shows the character.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchedProject {
    id: Uuid,
    title: String,
    /// `draft`, `editing`, `generating`, `complete`, `failed` or `archived`.
    #[schema(example = "complete")]
    status: String,
    /// Scenes that the character is in.
    scenes: i64,
    /// Whether it has a film: films that were made stay as they are.
    has_film: bool,
}

impl From<Touched> for TouchedProject {
    fn from(touched: Touched) -> Self {
        Self {
            id: touched.project.0,
            title: touched.title,
            status: touched.status,
            scenes: touched.scenes,
            has_film: touched.has_film,
        }
    }
}

/// What deleting a character removes, and which projects it touches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterUsage {
    /// They stay, and so do films and scenes that were made; scenes to come show the character by name and words alone.
    projects: Vec<TouchedProject>,
    /// Photos that go.
    photos: usize,
    /// Test pictures that go, with what was seen in the photos.
    test_images: usize,
    images_generated: i32,
    /// What its test pictures and the description of its photos cost, US dollars.
    cost_usd: f64,
}

/// Where a character is used: to be looked at before it is deleted.
#[utoipa::path(
    get, path = "/api/characters/{id}/usage", tag = "characters", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CharacterUsage))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<CharacterUsage>> {
    let id = CharacterId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let character = own(&mut transaction, &who, id, Action::Read).await?;
    let projects = characters::touched(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Json(CharacterUsage {
        projects: projects.into_iter().map(TouchedProject::from).collect(),
        photos: character.reference_images.len(),
        test_images: character.tests.len(),
        images_generated: character.images_generated,
        cost_usd: character.cost_usd,
    }))
}
