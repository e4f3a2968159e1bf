//! The audit log: one's own entries.

use crate::error::ApiResult;
use crate::extract::{ApiQuery, Listing, Page, Person};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_store::db::audit::{self, Entry, Filter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(own))
}

#[derive(Serialize, ToSchema)]
pub(crate) struct EntryBody {
    id: Uuid,
    #[schema(example = "sign_in")]
    event_type: String,
    user_id: Option<Uuid>,
    #[schema(example = "project")]
    resource_type: Option<String>,
    resource_id: Option<String>,
    #[schema(value_type = Object)]
    metadata: Value,
    #[schema(example = "203.0.113.9")]
    ip_address: Option<String>,
    user_agent: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Entry> for EntryBody {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            event_type: entry.event_type,
            user_id: entry.user_id,
            resource_type: entry.resource_type,
            resource_id: entry.resource_id,
            metadata: entry.metadata,
            ip_address: entry.ip_address.map(|network| network.ip().to_string()),
            user_agent: entry.user_agent,
            created_at: entry.created_at,
        }
    }
}

/// Which kinds of entries.
#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Kinds {
    /// Kinds of entries, separated by commas; all, when left out.
    #[garde(inner(custom(check_kinds)))]
    #[param(example = "sign_in,sign_out")]
    event_type: Option<String>,
}

fn check_kinds<C>(text: &str, _: &C) -> garde::Result {
    match text.split(',').find(|word| kind(word).is_none()) {
        None => Ok(()),
        Some(word) => Err(garde::Error::new(format!("`{word}` is not a kind of entry"))),
    }
}

fn kind(word: &str) -> Option<Event> {
    Event::ALL.iter().copied().find(|event| event.word() == word.trim())
}

impl Kinds {
    pub(crate) fn events(&self) -> Vec<Event> {
        self.event_type.iter().flat_map(|text| text.split(',')).filter_map(kind).collect()
    }
}

/// What happened to one's account
#[utoipa::path(
    get, path = "/api/audit", tag = "users", params(Page, Kinds), security(("session" = [])),
    responses((status = 200, body = Listing<EntryBody>))
)]
async fn own(
    State(state): State<ApiState>,
    person: Person,
    page: Page,
    ApiQuery(kinds): ApiQuery<Kinds>,
) -> ApiResult<Json<Listing<EntryBody>>> {
    let mut transaction = state.db.person(person.user()).await?;
    let filter = Filter { user: Some(person.user()), events: &kinds.events(), ..Filter::default() };
    let (entries, total) = audit::list(&mut transaction, filter, page.limit, page.offset).await?;
    transaction.commit().await?;
    Ok(Json(Listing::new(entries.into_iter().map(EntryBody::from).collect(), total, page)))
}
