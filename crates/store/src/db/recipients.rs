//! Whom a mail goes to, and what it speaks of, looked up when it is sent.

use crate::error::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use mv_core::failure::FailureCode;
use mv_core::ids::{ProjectId, UserId, VideoJobId};
use mv_core::units::MicroUsd;
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub email: String,
    pub name: Option<String>,
    /// `ko`, `en` or another language's tag.
    pub locale: String,
}

/// # Errors
/// [`StoreError::NotFound`] when the person is gone.
pub async fn find(connection: &mut PgConnection, user: UserId) -> Result<Recipient, StoreError> {
    let found = sqlx::query_as!(Recipient, "SELECT email, name, locale FROM users WHERE id = $1", user.0)
        .fetch_one(connection)
        .await?;
    Ok(found)
}

/// The day that a moment is of where the person lives.
///
/// # Errors
/// [`StoreError::NotFound`] when the person is gone.
pub async fn day(
    connection: &mut PgConnection,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<NaiveDate, StoreError> {
    let day = sqlx::query_scalar!(
        r#"SELECT ($2::timestamptz AT TIME ZONE known_zone(timezone))::date AS "day!" FROM users WHERE id = $1"#,
        user.0,
        at
    )
    .fetch_one(connection)
    .await?;
    Ok(day)
}

/// The film that a mail speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    pub project: ProjectId,
    pub title: String,
    pub poster_key: Option<String>,
    /// Its length and `1920x1080`, once it is made.
    pub seconds: Option<f64>,
    pub size: Option<String>,
    pub error: Option<Failure>,
    /// What its calls cost the person in credits.
    pub spent: MicroUsd,
    /// Credits that were set aside for calls that failed, and went back.
    pub given_back: MicroUsd,
    /// Credits still set aside for calls whose end is not known.
    pub open: MicroUsd,
}

/// Why a film could not be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    pub code: Option<FailureCode>,
    pub message: String,
}

/// # Errors
/// [`StoreError::NotFound`] when the order is gone.
pub async fn film(connection: &mut PgConnection, order: VideoJobId) -> Result<Film, StoreError> {
    let row = sqlx::query!(
        r#"SELECT j.project_id, p.title, p.poster_key,
             (j.output_metadata ->> 'duration')::float8 AS seconds,
             (j.output_metadata ->> 'width') || 'x' || (j.output_metadata ->> 'height') AS size,
             j.error_message, j.error_details ->> 'code' AS code,
             coalesce(m.given, 0)::bigint AS "given!", coalesce(m.open, 0)::bigint AS "open!",
             coalesce(m.back, 0)::bigint AS "back!"
           FROM video_jobs j JOIN projects p ON p.id = j.project_id
           CROSS JOIN LATERAL (
             SELECT -sum(e.amount) FILTER (WHERE e.account = 'balance') AS given,
               sum(e.amount) FILTER (WHERE e.account = 'reserved') AS open,
               sum(e.amount) FILTER (WHERE e.account = 'balance' AND e.amount > 0 AND c.state = 'failed') AS back
             FROM paid_calls c JOIN credit_entries e ON e.paid_call_id = c.id WHERE c.job_id = j.id
           ) m
           WHERE j.id = $1"#,
        order.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Film {
        project: ProjectId(row.project_id),
        title: row.title,
        poster_key: row.poster_key,
        seconds: row.seconds,
        size: row.size,
        error: row
            .error_message
            .map(|message| Failure { code: row.code.as_deref().and_then(FailureCode::of), message }),
        spent: MicroUsd(row.given - row.open),
        given_back: MicroUsd(row.back),
        open: MicroUsd(row.open),
    })
}
