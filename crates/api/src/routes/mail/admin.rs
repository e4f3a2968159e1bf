//! Mails as whoever runs the server sees them: what was sent, what was refused and why, and the links of those that nobody
//! sent because there is no mail server.

use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, Client, Listing, Page};
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_store::db::mails::{self, Block, Filter, Row};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(blocks)).routes(routes!(unblock))
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `sending`, `waiting`, `sent`, `printed`, `refused`, `unwanted`, `blocked`, `bounced` or `complained`.
    #[garde(inner(custom(known_state)))]
    #[param(example = "refused")]
    state: Option<String>,
    /// `verify_email`, `video_complete` and so on.
    #[garde(inner(length(max = 40)))]
    #[param(max_length = 40, example = "video_complete")]
    kind: Option<String>,
    /// To this person alone.
    #[garde(skip)]
    user_id: Option<Uuid>,
}

fn known_state<C>(state: &str, _: &C) -> garde::Result {
    if mails::State::ALL.iter().any(|known| known.word() == state) {
        Ok(())
    } else {
        Err(garde::Error::new("is no state of a mail"))
    }
}

/// A mail, and what became of it.
#[derive(Serialize, ToSchema)]
struct MailBody {
    id: Uuid,
    user_id: Uuid,
    #[schema(example = "verify_email")]
    kind: String,
    #[schema(example = "ana@example.com")]
    address: String,
    subject: String,
    /// `sending`: a worker is at it. `waiting`: the mail server took it not yet, it is tried again. `sent`. `printed`: no
    /// mail server is set up; `link` is for you to hand on, for a day. `refused`: the mail server does not take it.
    /// `unwanted`: the person does not want mails of its topic. `blocked`: its address takes none. `bounced`: it came
    /// back. `complained`: it was called spam.
    #[schema(example = "refused")]
    state: String,
    link: Option<String>,
    /// What the mail server said.
    #[schema(example = "550 5.7.1 message rejected")]
    detail: Option<String>,
    tries: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for MailBody {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            kind: row.kind,
            address: row.address,
            subject: row.subject,
            state: row.state,
            link: row.link,
            detail: row.detail,
            tries: row.tries,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Mails of the last 90 days, the newest first
#[utoipa::path(
    get, path = "/api/admin/mails", tag = "admin", params(Page, Which), security(("session" = [])),
    responses((status = 200, body = Listing<MailBody>))
)]
async fn list(
    State(state): State<ApiState>,
    _: Admin,
    page: Page,
    ApiQuery(which): ApiQuery<Which>,
) -> ApiResult<Json<Listing<MailBody>>> {
    let filter = Filter {
        state: which.state.as_deref(),
        kind: which.kind.as_deref(),
        user: which.user_id.map(UserId),
    };
    let mut connection = state.db.worker().acquire().await?;
    let (rows, total) = mails::list(&mut connection, filter, page.limit, page.offset).await?;
    Ok(Json(Listing::new(rows.into_iter().map(MailBody::from).collect(), total, page)))
}

/// An address that gets nothing but what concerns the account.
#[derive(Serialize, ToSchema)]
struct MailBlockBody {
    #[schema(example = "ana@example.com")]
    address: String,
    /// `bounced` or `complained`.
    #[schema(example = "bounced")]
    reason: String,
    since: DateTime<Utc>,
}

impl From<Block> for MailBlockBody {
    fn from(block: Block) -> Self {
        Self { address: block.address, reason: block.reason, since: block.since }
    }
}

/// Addresses that mail came back from, the newest first
#[utoipa::path(
    get, path = "/api/admin/mail-blocks", tag = "admin", params(Page), security(("session" = [])),
    responses((status = 200, body = Listing<MailBlockBody>))
)]
async fn blocks(
    State(state): State<ApiState>,
    _: Admin,
    page: Page,
) -> ApiResult<Json<Listing<MailBlockBody>>> {
    let mut connection = state.db.worker().acquire().await?;
    let (rows, total) = mails::blocks(&mut connection, page.limit, page.offset).await?;
    Ok(Json(Listing::new(rows.into_iter().map(MailBlockBody::from).collect(), total, page)))
}

/// Send mail to an address again
#[utoipa::path(
    delete, path = "/api/admin/mail-blocks/{address}", tag = "admin", security(("session" = [])),
    params(("address" = String, Path, example = "ana@example.com")),
    responses((status = 204, description = "It is blocked no more"))
)]
async fn unblock(
    State(state): State<ApiState>,
    Admin(admin): Admin,
    client: Client,
    ApiPath(address): ApiPath<String>,
) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    if !mails::unblock(&mut transaction, &address).await? {
        return Err(ApiError::not_found("block"));
    }
    note_on(&mut transaction, &client, Event::UserChangedByAdmin, admin.user(), ("mail_block", &address))
        .await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
