//! What operators hold back: classes whose jobs nobody takes for now, and nodes that take none. Workers look every second.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use mv_core::jobs::Class;
use serde::Serialize;
use sqlx::PgConnection;
use sqlx::types::Uuid;
use std::collections::BTreeMap;

/// Since when each class that is paused is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn paused(connection: &mut PgConnection) -> Result<BTreeMap<Class, DateTime<Utc>>, StoreError> {
    let rows = sqlx::query!("SELECT class, paused_at FROM queue_pauses").fetch_all(connection).await?;
    let known = |word: &str| Class::ALL.into_iter().find(|class| class.word() == word);
    Ok(rows.into_iter().filter_map(|row| Some((known(&row.class)?, row.paused_at))).collect())
}

/// Has nobody take jobs of this class; what runs is let end. Says whether that is new.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn pause(
    connection: &mut PgConnection,
    class: Class,
    by: Option<UserId>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO queue_pauses (class, paused_by) VALUES ($1, $2) ON CONFLICT (class) DO NOTHING",
        class.word(),
        by.map(|user| user.0)
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Has jobs of this class taken again. Says whether that is new.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn resume(connection: &mut PgConnection, class: Class) -> Result<bool, StoreError> {
    let done =
        sqlx::query!("DELETE FROM queue_pauses WHERE class = $1", class.word()).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// Puts a job that nobody runs before all others. Says whether there is one.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn to_front(connection: &mut PgConnection, job: i64) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT move_job_to_front($1) AS "moved!""#, job).fetch_one(connection).await?)
}

/// A process that takes jobs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    pub id: Uuid,
    /// Of the machine.
    pub name: String,
    pub classes: Vec<String>,
    /// Jobs that it runs.
    pub in_hand: i32,
    pub started_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    /// Since when it takes no more jobs.
    pub draining_at: Option<DateTime<Utc>>,
    /// It told of itself within the last ten seconds.
    pub is_alive: bool,
}

/// Those seen within a day, by name.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn nodes(connection: &mut PgConnection) -> Result<Vec<Node>, StoreError> {
    let nodes = sqlx::query_as!(
        Node,
        r#"SELECT id, name, classes, in_hand, started_at, seen_at, draining_at,
             seen_at > now() - interval '10 seconds' AS "is_alive!"
           FROM nodes WHERE seen_at > now() - interval '1 day' ORDER BY name, started_at, id"#
    )
    .fetch_all(connection)
    .await?;
    Ok(nodes)
}

/// Has a node take no more jobs, or take some again. Says whether that is new.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn drain(connection: &mut PgConnection, node: Uuid, drains: bool) -> Result<bool, StoreError> {
    let was = sqlx::query_scalar!(
        r#"UPDATE nodes n SET draining_at = CASE WHEN $2 THEN coalesce(n.draining_at, now()) END
           FROM (SELECT id, draining_at FROM nodes WHERE id = $1 FOR UPDATE) old
           WHERE n.id = old.id RETURNING old.draining_at IS NOT NULL AS "was!""#,
        node,
        drains
    )
    .fetch_one(connection)
    .await?;
    Ok(was != drains)
}

/// A node tells that it lives; says whether it is to take no more jobs.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn beat(
    connection: &mut PgConnection,
    node: Uuid,
    name: &str,
    classes: &[Class],
    in_hand: usize,
) -> Result<bool, StoreError> {
    let classes: Vec<String> = classes.iter().map(|class| class.word().to_owned()).collect();
    let draining = sqlx::query_scalar!(
        r#"INSERT INTO nodes (id, name, classes, in_hand) VALUES ($1, left($2, 255), $3, $4)
           ON CONFLICT (id) DO UPDATE SET in_hand = EXCLUDED.in_hand, seen_at = now()
           RETURNING draining_at IS NOT NULL AS "draining!""#,
        node,
        name,
        &classes,
        i32::try_from(in_hand).unwrap_or(i32::MAX)
    )
    .fetch_one(connection)
    .await?;
    Ok(draining)
}

/// A node stops; those that were not seen for a day are forgotten with it.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn leave(connection: &mut PgConnection, node: Uuid) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM nodes WHERE id = $1 OR seen_at < now() - interval '1 day'", node)
        .execute(connection)
        .await?;
    Ok(())
}
