//! What a person wants to be written about. What concerns their account and their money, they cannot do without.

use crate::error::ApiResult;
use crate::extract::{Person, SignedIn, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use garde::Validate;
use mv_core::ids::UserId;
use mv_core::mail::Topic;
use mv_store::db::PgTransaction;
use mv_store::db::mails;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read, choose))
}

/// What a person is written about, beside what concerns their account and their money.
#[derive(Debug, Serialize, ToSchema)]
struct MailChoices {
    /// A film is ready, or could not be made.
    films: bool,
    /// What is good to know in time: credits are running low, how to begin.
    reminders: bool,
    /// Why none of these are sent at the moment, whatever is chosen: mail to the address came back (`bounced`), or was
    /// called spam (`complained`).
    #[schema(example = "bounced")]
    blocked: Option<String>,
}

/// What is not sent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailChoicesChange {
    #[garde(skip)]
    films: Option<bool>,
    #[garde(skip)]
    reminders: Option<bool>,
}

async fn choices(transaction: &mut PgTransaction, user: UserId) -> ApiResult<Json<MailChoices>> {
    let refused = mails::refused(transaction, user).await?;
    Ok(Json(MailChoices {
        films: !refused.contains(&Topic::Films),
        reminders: !refused.contains(&Topic::Reminders),
        blocked: mails::own_block(transaction).await?,
    }))
}

/// What one is written about
#[utoipa::path(
    get, path = "/api/users/me/mail", tag = "users", security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = MailChoices))
)]
async fn read(State(state): State<ApiState>, signed_in: SignedIn) -> ApiResult<Json<MailChoices>> {
    let mut transaction = state.db.person(signed_in.user()).await?;
    choices(&mut transaction, signed_in.user()).await
}

/// Choose what one is written about
///
/// Mails about the account and about money are sent all the same.
#[utoipa::path(
    put, path = "/api/users/me/mail", tag = "users", request_body = MailChoicesChange,
    security(("session" = [])), responses((status = 200, body = MailChoices))
)]
async fn choose(
    State(state): State<ApiState>,
    person: Person,
    ValidJson(change): ValidJson<MailChoicesChange>,
) -> ApiResult<Json<MailChoices>> {
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    for (topic, wanted) in [(Topic::Films, change.films), (Topic::Reminders, change.reminders)] {
        if let Some(wanted) = wanted {
            mails::choose(&mut transaction, user, topic, wanted).await?;
        }
    }
    let chosen = choices(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(chosen)
}
