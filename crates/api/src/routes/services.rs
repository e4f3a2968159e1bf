//! Privacy: which outside services may be sent what is a person's, and which they refuse.

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Person, SignedIn, ValidJson};
use crate::routes::funding::PaidBy;
use crate::state::ApiState;
use crate::studio::{ModelCard, ModelKind};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::ProjectId;
use mv_core::paid_call::Funding;
use mv_store::db::{provider_keys, refused_services};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set))
}

/// Services that an order must not use, for whoever places it.
#[derive(Debug)]
pub(crate) struct RefusedServices(BTreeSet<String>);

impl RefusedServices {
    pub(crate) async fn read(connection: &mut PgConnection, project: Option<ProjectId>) -> ApiResult<Self> {
        Ok(Self(refused_services::in_force(connection, project).await?))
    }

    /// As of whoever has refused nothing.
    pub(crate) fn none() -> Self {
        Self(BTreeSet::new())
    }

    pub(crate) fn contain(&self, card: &ModelCard) -> bool {
        card.needs_network && self.0.contains(&card.provider)
    }

    /// # Errors
    /// 422 when the model's service was refused.
    pub(crate) fn check(&self, card: &ModelCard, field: &str) -> ApiResult<()> {
        if !self.contain(card) {
            return Ok(());
        }
        let detail = format!("`{}` would send things to `{}`, which was refused", card.id, card.provider);
        Err(ApiError::invalid(field, detail)
            .with_hint(
                "choose another model, or let the service have them again in the settings, under privacy",
            )
            .with("refused_service", json!(card.provider)))
    }
}

/// An outside service that things can be sent to.
#[derive(Serialize, ToSchema)]
struct ServicePrivacy {
    #[schema(example = "kling")]
    provider: String,
    /// What it is used for, and with that what it is sent: `image` (prompts, characters' photos), `edit` (a still and what
    /// to change), `clip` (stills and prompts), `vision` (photos), `text` (lyrics, scenes), `transcription` (the song).
    uses: Vec<ModelKind>,
    /// Who pays for what it makes; absent while nobody has a key for it, unless it needs none.
    paid_by: Option<PaidBy>,
    /// Nothing of this person's is sent there.
    refused: bool,
    refused_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct ServicePrivacies {
    data: Vec<ServicePrivacy>,
}

/// What a service is used for.
#[derive(Default)]
struct Service {
    uses: BTreeSet<ModelKind>,
    /// The operator has a key for it, or it needs none.
    open: bool,
}

impl Service {
    fn told(
        self,
        provider: String,
        own: bool,
        house: Funding,
        refused_at: Option<DateTime<Utc>>,
    ) -> ServicePrivacy {
        ServicePrivacy {
            provider,
            uses: self.uses.into_iter().collect(),
            paid_by: if own { Some(PaidBy::Own) } else { self.open.then(|| house.into()) },
            refused: refused_at.is_some(),
            refused_at,
        }
    }
}

fn services(state: &ApiState) -> BTreeMap<&str, Service> {
    let mut services: BTreeMap<&str, Service> = BTreeMap::new();
    for card in state.studio.models().iter().filter(|card| card.needs_network) {
        let service = services.entry(&card.provider).or_default();
        service.uses.insert(card.kind);
        service.open |= card.available;
    }
    services
}

/// Which services may be sent things, and which are refused
#[utoipa::path(
    get, path = "/api/users/me/services", tag = "users", security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = ServicePrivacies))
)]
async fn list(State(state): State<ApiState>, who: SignedIn) -> ApiResult<Json<ServicePrivacies>> {
    let mut transaction = state.db.person(who.user()).await?;
    let refused = refused_services::list(&mut transaction, who.user()).await?;
    let keys = provider_keys::list(&mut transaction, who.user()).await?;
    transaction.commit().await?;
    let one = |(provider, service): (&str, Service)| {
        let own = keys.iter().any(|key| key.provider == provider);
        service.told(provider.to_owned(), own, state.house, refused.get(provider).copied())
    };
    Ok(Json(ServicePrivacies { data: services(&state).into_iter().map(one).collect() }))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceRefusal {
    /// Nothing of mine may be sent there; false takes that back.
    #[garde(skip)]
    refused: bool,
}

/// Refuse a service, or let it have things again
///
/// From then on no order is taken that would use it, by whoever works on one's projects, and what was ordered before stops
/// short of it. What it was sent before is not called back.
#[utoipa::path(
    put, path = "/api/users/me/services/{provider}", tag = "users",
    params(("provider" = String, Path, example = "kling")), request_body = ServiceRefusal,
    security(("session" = [])), responses((status = 200, body = ServicePrivacy))
)]
async fn set(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(provider): ApiPath<String>,
    ValidJson(body): ValidJson<ServiceRefusal>,
) -> ApiResult<Json<ServicePrivacy>> {
    let service = services(&state)
        .remove(provider.as_str())
        .ok_or_else(|| ApiError::not_found("service").with_hint("`GET /api/users/me/services` lists them"))?;
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    let now = state.clock.now();
    if refused_services::set(&mut transaction, user, &provider, body.refused, now).await? {
        let about = json!({"provider": provider, "refused": body.refused});
        note(&mut transaction, &client, Event::PrivacyChanged, user, about).await?;
    }
    let refused_at = refused_services::list(&mut transaction, user).await?.remove(&provider);
    let keys = provider_keys::list(&mut transaction, user).await?;
    transaction.commit().await?;
    let own = keys.iter().any(|key| key.provider == provider);
    Ok(Json(service.told(provider, own, state.house, refused_at)))
}
