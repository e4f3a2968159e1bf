//! The outside services, for whoever runs the server: whose key is set, what each said when it was last looked at, which
//! are left alone for a moment, and what their models cost.

use crate::error::ApiResult;
use crate::routes::admin::Admin;
use crate::routes::catalogue::{ModelBody, offered};
use crate::state::ApiState;
use crate::studio::ModelCard;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use mv_core::jobs::Job;
use mv_store::db::service_checks::{self, Check, Pause};
use mv_store::queue::{self, Enqueue};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(check))
}

/// A service.
#[derive(Serialize, ToSchema)]
#[schema(as = Service)]
struct ServiceBody {
    #[schema(example = "kling")]
    provider: String,
    /// Whether it can be used with the operator's key, or needs none.
    configured: bool,
    #[schema(inline)]
    health: Health,
    /// What it said, with `refused` and `unreachable`.
    error: Option<String>,
    checked_at: Option<DateTime<Utc>>,
    /// Whether it says which models it has: where it does not, nobody notices that one is gone.
    lists_models: Option<bool>,
    /// Set while a node leaves it alone because it failed again and again.
    paused: Option<PauseBody>,
    models: Vec<ModelBody>,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Health {
    /// It takes the key.
    Good,
    /// It does not take the key.
    Refused,
    /// It could not be asked.
    Unreachable,
    /// Nobody asked it yet.
    Unchecked,
    /// No key is set.
    Off,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ServicePause)]
struct PauseBody {
    /// Failures in a row.
    #[schema(example = 5)]
    failures: i32,
    until: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
struct Services {
    data: Vec<ServiceBody>,
}

fn body(provider: String, cards: &[ModelCard], checks: &[Check], pauses: &[Pause]) -> ServiceBody {
    let check = checks.iter().find(|check| check.provider == provider);
    let pause = pauses.iter().find(|pause| pause.provider == provider);
    let configured = cards.iter().any(|card| card.available);
    let health = match check.map(|check| check.works) {
        _ if !configured => Health::Off,
        None => Health::Unchecked,
        Some(Some(true)) => Health::Good,
        Some(Some(false)) => Health::Refused,
        Some(None) => Health::Unreachable,
    };
    ServiceBody {
        configured,
        health,
        error: check.and_then(|check| check.error.clone()),
        checked_at: check.map(|check| check.checked_at),
        lists_models: check.map(|check| check.lists_models),
        paused: pause.map(|pause| PauseBody { failures: pause.failures, until: pause.until }),
        models: offered(cards, checks),
        provider,
    }
}

/// The outside services
///
/// How they are, what their models cost and when somebody last looked that up. They are looked at when workers start, and
/// once a day.
#[utoipa::path(
    get, path = "/api/admin/providers", tag = "admin", security(("session" = [])),
    responses((status = 200, body = Services))
)]
async fn list(State(state): State<ApiState>, _: Admin) -> ApiResult<Json<Services>> {
    let mut connection = state.db.worker().acquire().await?;
    let checks = service_checks::all(&mut connection).await?;
    let pauses = service_checks::pauses(&mut connection, state.clock.now()).await?;
    let mut services: BTreeMap<String, Vec<ModelCard>> = BTreeMap::new();
    for card in state.studio.models().iter().filter(|card| card.needs_network) {
        services.entry(card.provider.clone()).or_default().push(card.clone());
    }
    let data = services.into_iter().map(|(provider, cards)| body(provider, &cards, &checks, &pauses));
    Ok(Json(Services { data: data.collect() }))
}

/// Look at the outside services now
#[utoipa::path(
    post, path = "/api/admin/providers/check", tag = "admin", security(("session" = [])),
    responses((status = 202, description = "A worker looks at them; read the list again in a few seconds"))
)]
async fn check(State(state): State<ApiState>, Admin(admin): Admin) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    queue::enqueue(&mut transaction, &Job::CheckServices, Enqueue::by(admin.user())).await?;
    transaction.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
