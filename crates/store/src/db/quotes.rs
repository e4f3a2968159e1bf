//! Prices that hold for a while: what an order refers to.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, QuoteId, UserId};
use mv_core::order::VideoConfig;
use mv_core::units::MicroUsd;
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    pub id: QuoteId,
    pub project_id: ProjectId,
    /// The project's version that it was made for.
    pub project_version: i32,
    pub config: Json<VideoConfig>,
    pub lines: Value,
    pub total_usd: f64,
    pub estimated_seconds: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct NewQuote<'a> {
    pub project: ProjectId,
    pub project_version: i32,
    pub config: &'a VideoConfig,
    pub lines: &'a Value,
    pub total: MicroUsd,
    pub estimated_seconds: i32,
    pub now: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    new: &NewQuote<'_>,
) -> Result<QuoteId, StoreError> {
    // Four digits after the point are kept: never less than the sum.
    let total =
        Decimal::new(new.total.0, 6).round_dp_with_strategy(4, rust_decimal::RoundingStrategy::AwayFromZero);
    let id = sqlx::query_scalar!(
        "INSERT INTO quotes (user_id, project_id, project_version, config, lines, total_usd, estimated_seconds,
           created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
        user.0,
        new.project.0,
        new.project_version,
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
pub async fn get(connection: &mut PgConnection, id: QuoteId) -> Result<Quote, StoreError> {
    let row = sqlx::query_as!(
        Quote,
        r#"SELECT id, project_id, project_version,
             config AS "config: Json<VideoConfig>", lines, total_usd::float8 AS "total_usd!", estimated_seconds,
             created_at, expires_at
           FROM quotes WHERE id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}
