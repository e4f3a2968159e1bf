//! What a change of the storyboard would make stale, and what making that anew would cost: said before it is done.
//!
//! The change is made as it would be made, looked at, and taken back.

use super::{SceneChange, board, edit_scene, own};
use crate::error::ApiResult;
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::funding::CreditTerms;
use crate::routes::projects::allowed;
use crate::routes::quotes::{Filming, Price, QuoteLine};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use garde::Validate;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::order::{Remake, VideoConfig};
use mv_core::policy::Action;
use mv_store::db::scenes::{self, SceneRow};
use mv_store::db::video_jobs;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(of_scene)).routes(routes!(of_several))
}

/// Scenes changed at once.
const MOST_CHANGES: usize = 200;

/// A scene whose pictures would not be what it shows any more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaleScene {
    id: Uuid,
    #[schema(example = 3)]
    scene_number: i32,
    /// It has a still and a clip now, which stay until they are made anew.
    has_image: bool,
    has_video: bool,
    locked: bool,
}

/// What a change does to the pictures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Effect {
    stale: Vec<StaleScene>,
    /// What would be bought to make them anew, with the models of the project's last order.
    lines: Vec<QuoteLine>,
    #[schema(example = 0.42)]
    total_usd: f64,
    #[serde(flatten)]
    credits: CreditTerms,
    #[schema(example = 45)]
    estimated_time_seconds: i32,
}

/// Says what a change of a scene would make stale, and what that would cost. Nothing is changed.
#[utoipa::path(
    post, path = "/api/scenes/{id}/effect", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = SceneChange,
    responses((status = 200, body = Effect))
)]
async fn of_scene(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(change): ValidJson<SceneChange>,
) -> ApiResult<Json<Effect>> {
    let id = SceneId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let project = own(&mut transaction, &who, id, Action::Update).await?.project_id;
    let effect = effect(&state, &mut transaction, &who, project, vec![(id, change)]).await?;
    transaction.rollback().await?;
    Ok(Json(effect))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeOf {
    #[garde(skip)]
    scene_id: Uuid,
    #[garde(dive)]
    change: SceneChange,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    /// In the order in which they would be made.
    #[garde(length(min = 1, max = MOST_CHANGES), dive)]
    #[schema(min_items = 1, max_items = 200)]
    changes: Vec<ChangeOf>,
}

/// Says what changes of several scenes would make stale together, and what that would cost. Nothing is changed.
#[utoipa::path(
    post, path = "/api/projects/{id}/effect", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = Changes,
    responses((status = 200, body = Effect))
)]
async fn of_several(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(changes): ValidJson<Changes>,
) -> ApiResult<Json<Effect>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let changes = changes.changes.into_iter().map(|one| (SceneId(one.scene_id), one.change)).collect();
    let effect = effect(&state, &mut transaction, &who, id, changes).await?;
    transaction.rollback().await?;
    Ok(Json(effect))
}

/// Makes the changes in the caller's transaction and compares. The caller takes them back.
async fn effect(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    changes: Vec<(SceneId, SceneChange)>,
) -> ApiResult<Effect> {
    let before = Before::read(connection, project).await?;
    for (scene, change) in changes {
        edit_scene(state, connection, who, project, scene, None, change.into()).await?;
    }
    before.effect(state, connection, who).await
}

/// A project's scenes before an edit.
pub(crate) struct Before {
    project: ProjectId,
    scenes: BTreeMap<SceneId, SceneRow>,
}

impl Before {
    pub(crate) async fn read(connection: &mut PgConnection, project: ProjectId) -> ApiResult<Self> {
        let rows = scenes::list(connection, project).await?;
        Ok(Self { project, scenes: rows.into_iter().map(|row| (row.id, row)).collect() })
    }

    /// What the edits since did to the pictures.
    pub(crate) async fn effect(
        &self,
        state: &ApiState,
        connection: &mut PgConnection,
        who: &SignedIn,
    ) -> ApiResult<Effect> {
        let after = scenes::list(connection, self.project).await?;
        let stale: Vec<StaleScene> = after
            .into_iter()
            .filter_map(|row| {
                let was = self.scenes.get(&row.id)?;
                let shows = row.image_key.is_some() || row.video_key.is_some();
                (shows && was.status != "pending" && row.status == "pending").then(|| StaleScene {
                    id: row.id.0,
                    scene_number: row.scene_number,
                    has_image: row.image_key.is_some(),
                    has_video: row.video_key.is_some(),
                    locked: row.locked,
                })
            })
            .collect();
        let price = price(state, connection, who, self.project, &stale).await?;
        Ok(Effect {
            total_usd: price.total_usd(),
            credits: CreditTerms::of(connection, who.user(), price.by_credits).await?,
            lines: price.lines,
            estimated_time_seconds: price.estimated_seconds,
            stale,
        })
    }
}

/// The price of making these scenes as the project's film was made last: those with clips whole, the others' stills.
async fn price(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    project: ProjectId,
    stale: &[StaleScene],
) -> ApiResult<Price> {
    let plan = board(connection, project).await?.plan;
    let last = video_jobs::last_config(connection, project).await?.unwrap_or_default();
    let config = VideoConfig { scene: None, budget_usd: None, ..last };
    let filming = Filming { user: who.user(), project, plan: &plan, config: &config };
    let numbers = |with_video: bool| -> Vec<u32> {
        stale.iter().filter(|one| one.has_video == with_video).map(|one| one.scene_number as u32).collect()
    };
    let whole = filming.price_of(state, connection, &numbers(true), Remake::Both).await?;
    if stale.iter().all(|one| one.has_video) {
        return Ok(whole);
    }
    let stills = filming.price_of(state, connection, &numbers(false), Remake::Image).await?;
    Ok(whole.and(stills))
}
