//! Who pays for what is ordered, and whether one's credits go that far: said with the price, and asked before an order is
//! taken. Where credits run out later all the same, because two orders wanted the same ones, the ledger stops the work.

use crate::error::{ApiError, ApiResult};
use crate::routes::credits::credits;
use axum::http::StatusCode;
use mv_core::ids::UserId;
use mv_core::paid_call::Funding;
use mv_core::units::MicroUsd;
use mv_store::ledger;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use utoipa::ToSchema;

/// Who pays a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaidBy {
    /// The person, at the service, with a key of their own.
    Own,
    /// Whoever runs this server.
    House,
    /// The person, with credits.
    Credits,
}

impl From<Funding> for PaidBy {
    fn from(funding: Funding) -> Self {
        match funding {
            Funding::Own => Self::Own,
            Funding::House => Self::House,
            Funding::Credits => Self::Credits,
        }
    }
}

/// What an order takes of one's credits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct CreditTerms {
    /// Credits that it takes at most; 0 where it costs none.
    #[schema(example = 168.0)]
    #[serde(rename = "credits_needed")]
    needed: f64,
    /// Credits that may be spent now.
    #[schema(example = 412.5)]
    #[serde(rename = "credits_available")]
    available: f64,
    /// Whether there are enough: an order that lacks some is refused with 402 `too_few_credits`.
    #[serde(rename = "credits_suffice")]
    suffice: bool,
}

impl CreditTerms {
    /// # Errors
    /// The database's.
    pub(crate) async fn of(connection: &mut PgConnection, user: UserId, needed: MicroUsd) -> ApiResult<Self> {
        let available = ledger::balance(connection, user).await?.available;
        Ok(Self {
            needed: credits(needed),
            available: credits(available),
            suffice: needed.0 <= 0 || needed <= available,
        })
    }

    /// # Errors
    /// 402 when they do not suffice: nothing was ordered.
    pub(crate) fn check(self) -> ApiResult<()> {
        let Self { needed, available, suffice } = self;
        if suffice {
            return Ok(());
        }
        let detail = format!("this takes up to {needed:.2} credits, and {available:.2} are left");
        Err(ApiError::new(StatusCode::PAYMENT_REQUIRED, "too_few_credits", detail)
            .with_hint("buy credits, choose a cheaper model, or use a key of your own at the service")
            .with("credits_needed", json!(needed))
            .with("credits_available", json!(available)))
    }
}

/// Lets an order go on whose lines take so much of the person's credits.
///
/// # Errors
/// 402 when there are fewer.
pub(crate) async fn afford(connection: &mut PgConnection, user: UserId, needed: MicroUsd) -> ApiResult<()> {
    CreditTerms::of(connection, user, needed).await?.check()
}

/// What the lines of a quote take of credits, as they were written down.
pub(crate) fn by_credits(lines: &Value) -> MicroUsd {
    let lines = lines.as_array().map(Vec::as_slice).unwrap_or_default();
    let paid = lines.iter().filter(|line| line.get("paid_by").and_then(Value::as_str) == Some("credits"));
    paid.filter_map(|line| line.get("amount_usd")?.as_f64()).map(MicroUsd::from_dollars).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_paid_with_credits_takes_some() {
        let lines = json!([
            {"amount_usd": 0.84, "paid_by": "credits"}, {"amount_usd": 0.5, "paid_by": "own"},
            {"amount_usd": 0.25, "paid_by": "house"}, {"amount_usd": 0.04, "paid_by": "credits"}, {"amount_usd": 9.0},
        ]);
        assert_eq!(by_credits(&lines), MicroUsd(880_000));
        assert_eq!(by_credits(&json!({})), MicroUsd::ZERO);
    }
}
