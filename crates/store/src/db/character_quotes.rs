//! Prices of characters that hold for a while: describing the photos, making the test pictures.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::character::TestOrder;
use mv_core::ids::{CharacterId, QuoteId, UserId};
use mv_core::units::MicroUsd;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Debug, PartialEq)]
pub struct CharacterQuote {
    pub id: QuoteId,
    /// `None` for a new one.
    pub character_id: Option<sqlx::types::Uuid>,
    pub config: Json<TestOrder>,
    pub lines: Value,
    pub total_usd: f64,
    pub estimated_seconds: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct NewCharacterQuote<'a> {
    pub character: Option<CharacterId>,
    pub config: &'a TestOrder,
    pub lines: &'a Value,
    pub total: MicroUsd,
    pub estimated_seconds: i32,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    new: &NewCharacterQuote<'_>,
) -> Result<QuoteId, StoreError> {
    // Four digits after the point are kept: never less than the sum.
    let total = Decimal::new(new.total.0, 6).round_dp_with_strategy(4, RoundingStrategy::AwayFromZero);
    let id = sqlx::query_scalar!(
        "INSERT INTO character_quotes (user_id, character_id, config, lines, total_usd, estimated_seconds, created_at,
           expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        user.0,
        new.character.map(|id| id.0),
        Json(new.config) as _,
        new.lines,
        total,
        new.estimated_seconds,
        new.now,
        new.expires_at
    )
    .fetch_one(connection)
    .await?;
    Ok(QuoteId(id))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: QuoteId) -> Result<CharacterQuote, StoreError> {
    let row = sqlx::query_as!(
        CharacterQuote,
        r#"SELECT id, character_id, config AS "config: Json<TestOrder>", lines,
             total_usd::float8 AS "total_usd!", estimated_seconds, created_at, expires_at
           FROM character_quotes WHERE id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}
