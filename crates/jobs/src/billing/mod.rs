//! Payments: events of Stripe's, dealt with one by one, and put right where they were lost. What an event says of a state is
//! not believed: the state is read, and what was paid is booked once by the name of its invoice or checkout.

pub(crate) mod event;
mod fulfil;
pub(crate) mod reconcile;
mod sync;

use crate::error::JobError;
use crate::running::Running;
use mv_billing::{Payments, StripeError};
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::jobs::Mail;
use mv_store::StoreError;
use mv_store::db::audit::{self, NewEntry};
use mv_store::ledger::LedgerError;
use mv_store::queue::{self, Enqueue};
use serde_json::Value;
use sqlx::{PgConnection, Postgres, pool::PoolConnection};
use std::fmt::Write;
use thiserror::Error;

/// Why something about a payment could not be done.
#[derive(Debug, Error)]
pub enum BillingError {
    #[error(transparent)]
    Stripe(#[from] StripeError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("the event cannot be read: {0}")]
    Event(String),
    /// `thing` is the subscription or the invoice that names it.
    #[error("`{thing}` is of the price `{price}`, which is of no plan here")]
    UnknownPrice { thing: String, price: String },
    #[error("payments are not set up here")]
    NotSetUp,
}

impl BillingError {
    /// What whoever runs the server can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Stripe(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::UnknownPrice { .. } => {
                Some("name the price in the file of plans, under `former` if it is sold no more")
            }
            Self::NotSetUp => Some("set `billing.stripe.secret_key` for the workers, too"),
            Self::Event(_) => None,
        }
    }
}

impl From<StripeError> for JobError {
    fn from(error: StripeError) -> Self {
        Self::Billing(error.into())
    }
}

impl From<LedgerError> for JobError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            other => Self::Billing(other.into()),
        }
    }
}

fn payments(running: &Running) -> Result<&Payments, BillingError> {
    running.shop.billing.payments.as_ref().ok_or(BillingError::NotSetUp)
}

async fn connection(running: &Running) -> Result<PoolConnection<Postgres>, JobError> {
    Ok(running.shop.db.worker().acquire().await.map_err(StoreError::from)?)
}

async fn note(
    connection: &mut PgConnection,
    event: Event,
    user: UserId,
    metadata: Value,
) -> Result<(), StoreError> {
    audit::write(connection, NewEntry { metadata, ..NewEntry::about(event, user) }).await
}

/// Writes to a person, once about this.
async fn write_to(
    connection: &mut PgConnection,
    user: UserId,
    mail: Mail,
    cause: &str,
) -> Result<(), StoreError> {
    let job = queue::mail_about(user, mail, cause);
    queue::enqueue(connection, &job, Enqueue::by(user)).await.map(drop)
}

/// `$19.00`, `₩25,000`, `19.00 CHF`: minor units of a currency, as people read them.
fn money(minor: i64, currency: Option<&str>) -> String {
    let currency = currency.unwrap_or("usd").to_ascii_lowercase();
    // Currencies without minor units, as Stripe lists them.
    let whole = matches!(
        currency.as_str(),
        "bif"
            | "clp"
            | "djf"
            | "gnf"
            | "jpy"
            | "kmf"
            | "krw"
            | "mga"
            | "pyg"
            | "rwf"
            | "ugx"
            | "vnd"
            | "vuv"
            | "xaf"
            | "xof"
            | "xpf"
    );
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    let (major, rest) = if whole { (minor, None) } else { (minor / 100, Some(minor % 100)) };
    let mut digits = major.to_string();
    let mut at = digits.len();
    while at > 3 {
        at -= 3;
        digits.insert(at, ',');
    }
    if let Some(cents) = rest {
        let _ = write!(digits, ".{cents:02}");
    }
    match currency.as_str() {
        "usd" => format!("{sign}${digits}"),
        "eur" => format!("{sign}€{digits}"),
        "krw" => format!("{sign}₩{digits}"),
        other => format!("{sign}{digits} {}", other.to_ascii_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_they_are_paid() {
        assert_eq!(money(1900, Some("usd")), "$19.00");
        assert_eq!(money(1_234_567, Some("eur")), "€12,345.67");
        assert_eq!(money(25_000, Some("krw")), "₩25,000");
        assert_eq!(money(-5, Some("chf")), "-0.05 CHF");
        assert_eq!(money(0, None), "$0.00");
    }
}
