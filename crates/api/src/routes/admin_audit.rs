//! Everybody's audit log, for whoever runs the server: who, what, to what, from where, when; and as a table.

use crate::csv::Csv;
use crate::error::ApiResult;
use crate::extract::{ApiQuery, Listing, Page};
use crate::routes::admin::Admin;
use crate::routes::audit::Kinds;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use garde::Validate;
use mv_core::ids::UserId;
use mv_store::db::audit::{self, Filter, NamedEntry};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(table))
}

/// Rows of a table.
const MOST_ROWS: i64 = 10_000;

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct About {
    /// Entries about this person alone.
    #[garde(skip)]
    user_id: Option<Uuid>,
    /// From this moment on.
    #[garde(inner(custom(in_reach)))]
    #[param(example = "2026-11-01T00:00:00Z")]
    since: Option<DateTime<Utc>>,
    /// Before this moment.
    #[garde(inner(custom(in_reach)))]
    #[param(example = "2026-12-01T00:00:00Z")]
    until: Option<DateTime<Utc>>,
}

/// A moment that the database can write down.
fn in_reach<C>(moment: &DateTime<Utc>, _: &C) -> garde::Result {
    if (1..=9999).contains(&moment.year()) {
        Ok(())
    } else {
        Err(garde::Error::new("must be of a year up to 9999"))
    }
}

impl About {
    fn filter<'a>(&self, events: &'a [mv_core::audit::Event]) -> Filter<'a> {
        Filter { user: self.user_id.map(UserId), events, since: self.since, until: self.until }
    }
}

/// An entry with names.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct NamedEntryBody {
    id: Uuid,
    #[schema(example = "user_changed_by_admin")]
    event_type: String,
    user_id: Option<Uuid>,
    /// Whom it is about, as they are called now.
    #[schema(example = "ana@example.com")]
    user_email: Option<String>,
    user_name: Option<String>,
    /// Who did it, where an admin did it to somebody.
    #[schema(example = "root@example.com")]
    by_email: Option<String>,
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

impl From<NamedEntry> for NamedEntryBody {
    fn from(entry: NamedEntry) -> Self {
        Self {
            id: entry.id,
            event_type: entry.event_type,
            user_id: entry.user_id,
            user_email: entry.email,
            user_name: entry.name,
            by_email: entry.by_email,
            resource_type: entry.resource_type,
            resource_id: entry.resource_id,
            metadata: entry.metadata,
            ip_address: entry.ip_address.map(|network| network.ip().to_string()),
            user_agent: entry.user_agent,
            created_at: entry.created_at,
        }
    }
}

/// Everybody's audit log
#[utoipa::path(
    get, path = "/api/admin/audit", tag = "admin", params(Page, Kinds, About), security(("session" = [])),
    responses((status = 200, body = Listing<NamedEntryBody>))
)]
async fn list(
    State(state): State<ApiState>,
    _: Admin,
    page: Page,
    ApiQuery(kinds): ApiQuery<Kinds>,
    ApiQuery(about): ApiQuery<About>,
) -> ApiResult<Json<Listing<NamedEntryBody>>> {
    let events = kinds.events();
    let filter = about.filter(&events);
    let mut connection = state.db.worker().acquire().await?;
    let total = audit::count(&mut connection, filter).await?;
    let entries = audit::named(&mut connection, filter, page.limit, page.offset).await?;
    Ok(Json(Listing::new(entries.into_iter().map(NamedEntryBody::from).collect(), total, page)))
}

/// Everybody's audit log, as a table
///
/// The newest 10,000 entries; narrow them down by time for others.
#[utoipa::path(
    get, path = "/api/admin/audit/csv", tag = "admin", params(Kinds, About), security(("session" = [])),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
async fn table(
    State(state): State<ApiState>,
    _: Admin,
    ApiQuery(kinds): ApiQuery<Kinds>,
    ApiQuery(about): ApiQuery<About>,
) -> ApiResult<Response> {
    let events = kinds.events();
    let mut connection = state.db.worker().acquire().await?;
    let entries = audit::named(&mut connection, about.filter(&events), MOST_ROWS, 0).await?;
    drop(connection);
    let heads = [
        "when",
        "event",
        "about",
        "about_name",
        "by",
        "object",
        "object_id",
        "address",
        "program",
        "details",
    ];
    let mut table = Csv::new(format!("audit-{}.csv", state.clock.now().date_naive()), &heads);
    for entry in entries {
        let text = Option::unwrap_or_default;
        table.row([
            entry.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            entry.event_type,
            text(entry.email),
            text(entry.name),
            text(entry.by_email),
            text(entry.resource_type),
            text(entry.resource_id),
            text(entry.ip_address.map(|network| network.ip().to_string())),
            text(entry.user_agent),
            entry.metadata.to_string(),
        ]);
    }
    Ok(table.into_response())
}
