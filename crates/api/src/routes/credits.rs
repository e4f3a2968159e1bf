//! Credits: what somebody has, what moved them, and changes by hand. One credit is a US cent.

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Listing, Page, SignedIn, ValidJson};
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::units::MicroUsd;
use mv_store::db::users;
use mv_store::ledger::{self, Balance, ByHand, Entry, GrantKind, Remainder, Source};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// A credit in millionths of a dollar.
const CREDIT: i64 = 10_000;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(own)).routes(routes!(of, change))
}

/// Credits: a cent each, with the fractions that calls cost.
#[derive(Serialize, ToSchema)]
#[schema(as = CreditBalance)]
struct BalanceBody {
    /// May be spent.
    #[schema(example = 412.5)]
    available: f64,
    /// Set aside for calls that have not ended.
    #[schema(example = 42.0)]
    reserved: f64,
    /// What calls have cost, ever.
    #[schema(example = 1045.5)]
    spent: f64,
}

impl From<Balance> for BalanceBody {
    fn from(balance: Balance) -> Self {
        let Balance { available, reserved, spent } = balance;
        Self { available: credits(available), reserved: credits(reserved), spent: credits(spent) }
    }
}

pub(crate) fn credits(amount: MicroUsd) -> f64 {
    amount.0 as f64 / CREDIT as f64
}

/// What changed a balance.
#[derive(Serialize, ToSchema)]
#[schema(as = CreditEntry)]
struct EntryBody {
    id: i64,
    /// What it did to what may be spent; negative where it took some.
    #[schema(example = -42.0)]
    credits: f64,
    /// `reserve` (set aside for a call), `settle` (the call ended, and what was left came back), or why an operator or a
    /// plan changed it: `gift`, `purchase`, `plan`, `correction`, `refund` …
    #[schema(example = "reserve")]
    reason: String,
    note: Option<String>,
    /// The call that it was for: see `/api/calls/{id}`.
    call_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl From<Entry> for EntryBody {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            credits: credits(entry.amount),
            reason: entry.reason,
            note: entry.note,
            call_id: entry.call.map(|id| id.0),
            created_at: entry.created_at,
        }
    }
}

/// Where credits came from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CreditOrigin {
    /// A period of a plan.
    Plan,
    /// Bought beside it.
    Pack,
    /// Given by the people who run the server, or come back after what they were of was over.
    Gift,
}

/// Credits that came together, as far as they are left.
#[derive(Serialize, ToSchema)]
struct CreditSource {
    origin: CreditOrigin,
    /// What is left of them, with what is set aside for calls that have not ended.
    #[schema(example = 412.5)]
    left: f64,
    /// How many came; absent of gifts, which are together.
    #[schema(example = 1000.0)]
    granted: Option<f64>,
    granted_at: Option<DateTime<Utc>>,
    /// When what is left of them is gone; never, where it is absent.
    expires_at: Option<DateTime<Utc>>,
}

impl From<Remainder> for CreditSource {
    fn from(remainder: Remainder) -> Self {
        Self {
            origin: match remainder.kind {
                Some(GrantKind::Plan) => CreditOrigin::Plan,
                Some(GrantKind::Pack) => CreditOrigin::Pack,
                None => CreditOrigin::Gift,
            },
            left: credits(remainder.left),
            granted: remainder.granted.map(credits),
            granted_at: remainder.granted_at,
            expires_at: remainder.expires_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct Credits {
    balance: BalanceBody,
    /// What is left by where it came from, in the order in which it is spent: what runs out soonest first. Together it is
    /// what is available and reserved.
    sources: Vec<CreditSource>,
    #[serde(flatten)]
    entries: Listing<EntryBody>,
}

async fn read(connection: &mut PgConnection, user: UserId, page: Page) -> ApiResult<Credits> {
    let balance = ledger::balance(connection, user).await?.into();
    let sources = ledger::remainders(connection, user).await?.into_iter().map(CreditSource::from).collect();
    let (entries, total) = ledger::entries(connection, user, page.limit, page.offset).await?;
    let entries = Listing::new(entries.into_iter().map(EntryBody::from).collect(), total, page);
    Ok(Credits { balance, sources, entries })
}

/// One's own credits, and what moved them, the newest first
#[utoipa::path(
    get, path = "/api/billing/credits", tag = "billing", params(Page), security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = Credits))
)]
async fn own(State(state): State<ApiState>, person: SignedIn, page: Page) -> ApiResult<Json<Credits>> {
    let mut transaction = state.db.person(person.user()).await?;
    let credits = read(&mut transaction, person.user(), page).await?;
    transaction.commit().await?;
    Ok(Json(credits))
}

/// Somebody's credits, and what moved them, the newest first
#[utoipa::path(
    get, path = "/api/admin/users/{id}/credits", tag = "admin", params(("id" = Uuid, Path), Page),
    security(("session" = [])), responses((status = 200, body = Credits))
)]
async fn of(
    State(state): State<ApiState>,
    _: Admin,
    ApiPath(id): ApiPath<UserId>,
    page: Page,
) -> ApiResult<Json<Credits>> {
    let mut connection = state.db.worker().acquire().await?;
    users::get(&mut connection, id).await.map_err(ApiError::missing("person"))?;
    Ok(Json(read(&mut connection, id, page).await?))
}

/// Why credits are changed by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = CreditReason)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Gift,
    /// Paid for some other way.
    Purchase,
    /// Something was booked wrongly.
    Correction,
    /// Their price was paid back: credits are taken away.
    Refund,
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Self::Gift => "gift",
            Self::Purchase => "purchase",
            Self::Correction => "correction",
            Self::Refund => "refund",
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Gift | Self::Purchase | Self::Correction => Source::Granted,
            Self::Refund => Source::Refunded,
        }
    }
}

#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = CreditChange)]
struct Change {
    /// Made up by whoever asks. Sent again with the same, the change is made once.
    #[garde(skip)]
    id: Uuid,
    /// How many to give; negative to take some away.
    #[garde(range(min = -10_000_000, max = 10_000_000), custom(something))]
    #[schema(minimum = -10_000_000, maximum = 10_000_000, example = 500)]
    credits: i64,
    #[garde(custom(fits(self.credits)))]
    reason: Reason,
    /// What the person reads beside it, and the audit log keeps.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "thank you for reporting the defect")]
    note: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape of the rules that garde asks")]
fn something<C>(credits: &i64, _: &C) -> garde::Result {
    if *credits == 0 { Err(garde::Error::new("nothing would change")) } else { Ok(()) }
}

fn fits<C>(credits: i64) -> impl FnOnce(&Reason, &C) -> garde::Result {
    move |reason, _| match reason {
        Reason::Refund if credits > 0 => Err(garde::Error::new("a refund takes credits away")),
        Reason::Gift | Reason::Purchase if credits < 0 => {
            Err(garde::Error::new("credits are taken away by a `correction` or a `refund`"))
        }
        _ => Ok(()),
    }
}

/// Give somebody credits, or take some away
///
/// What is set aside for calls stays; more than the person may spend is not taken.
#[utoipa::path(
    post, path = "/api/admin/users/{id}/credits", tag = "admin", params(("id" = Uuid, Path)), request_body = Change,
    security(("session" = [])),
    responses(
        (status = 200, body = BalanceBody),
        (status = 402, description = "They have fewer than that", body = crate::error::Problem,
         content_type = "application/problem+json")
    )
)]
async fn change(
    State(state): State<ApiState>,
    client: Client,
    Admin(admin): Admin,
    ApiPath(id): ApiPath<UserId>,
    ValidJson(body): ValidJson<Change>,
) -> ApiResult<Json<BalanceBody>> {
    let mut transaction = state.db.worker().begin().await?;
    users::get(&mut transaction, id).await.map_err(ApiError::missing("person"))?;
    let by_hand = ByHand {
        id: body.id,
        amount: MicroUsd(body.credits * CREDIT),
        source: body.reason.source(),
        reason: body.reason.word(),
        note: &body.note,
    };
    if ledger::adjust_once(&mut transaction, id, &by_hand).await? {
        let about = json!({
            "by": admin.user(), "credits": body.credits, "reason": body.reason.word(), "note": body.note,
        });
        note(&mut transaction, &client, Event::CreditsChangedByAdmin, id, about).await?;
    }
    let balance = ledger::balance(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Json(balance.into()))
}
