//! Places that all nodes share: how many jobs of a kind run at once, and how many begin in a minute.

use crate::error::StoreError;
use sqlx::PgConnection;
use std::time::Duration;

/// A place that its holder may keep for as long as it renews the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub class: String,
    pub place: i32,
    pub holder: String,
}

/// How long a lease lasts without being renewed: a dead holder's place is free again after that.
const LASTS_SECONDS: f64 = 5.0;

/// Takes one of `places` places when one is free.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn acquire(
    connection: &mut PgConnection,
    class: &str,
    places: u32,
    holder: &str,
) -> Result<Option<Lease>, StoreError> {
    let places = i32::try_from(places).unwrap_or(i32::MAX);
    sqlx::query!(
        "INSERT INTO slots (class, place) SELECT $1, place FROM generate_series(0, $2 - 1) AS place
         ON CONFLICT DO NOTHING",
        class,
        places,
    )
    .execute(&mut *connection)
    .await?;
    let place = sqlx::query_scalar!(
        "UPDATE slots SET holder = $3, leased_until = now() + make_interval(secs => $4)
         WHERE (class, place) = (
           SELECT class, place FROM slots WHERE class = $1 AND place < $2 AND leased_until < now()
           ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING place",
        class,
        places,
        holder,
        LASTS_SECONDS,
    )
    .fetch_optional(connection)
    .await?;
    Ok(place.map(|place| Lease { class: class.to_owned(), place, holder: holder.to_owned() }))
}

/// Keeps leases; those that ran out and were given to others are not renewed.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn renew(connection: &mut PgConnection, holders: &[String]) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE slots SET leased_until = now() + make_interval(secs => $2) WHERE holder = ANY ($1)",
        holders,
        LASTS_SECONDS,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a place back.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn release(connection: &mut PgConnection, holder: &str) -> Result<(), StoreError> {
    sqlx::query!("UPDATE slots SET holder = NULL, leased_until = '-infinity' WHERE holder = $1", holder)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a token of a rate that all nodes share: `None` when there was one, else how long until there is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn take_token(
    connection: &mut PgConnection,
    bucket: &str,
    per_minute: f64,
) -> Result<Option<Duration>, StoreError> {
    let wait = sqlx::query_scalar!(
        r#"SELECT extract(epoch FROM take_token($1, $2))::float8 AS "seconds!""#,
        bucket,
        per_minute
    )
    .fetch_one(connection)
    .await?;
    Ok((wait > 0.0).then(|| Duration::from_secs_f64(wait)))
}
