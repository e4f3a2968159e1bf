//! What goes for good: soft-deleted rows after their grace period, and what has run out.

use crate::db::{notifications, webhook_deliveries};
use crate::error::StoreError;
use mv_core::ids::{ProjectId, UserId};
use sqlx::PgConnection;

/// Days between a deletion and its being final.
pub const GRACE_DAYS: i32 = 30;
/// Days that an artefact nobody uses is kept: an edited film is made again from it at once.
pub const ARTIFACT_DAYS: i32 = 30;
/// Hours before an object that nothing refers to counts as left behind: whoever put it may still be at it.
pub const ORPHAN_HOURS: i32 = 24;

/// People whose grace period is over.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn people_to_purge(connection: &mut PgConnection) -> Result<Vec<UserId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM users WHERE deleted_at < now() - make_interval(days => $1) ORDER BY deleted_at LIMIT 100",
        GRACE_DAYS
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Projects whose grace period is over, with their owners.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn projects_to_purge(
    connection: &mut PgConnection,
) -> Result<Vec<(ProjectId, UserId)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, user_id FROM projects WHERE deleted_at < now() - make_interval(days => $1)
         ORDER BY deleted_at LIMIT 100",
        GRACE_DAYS
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (ProjectId(row.id), UserId(row.user_id))).collect())
}

/// Removes a person and all that hangs on them. Their journal of credits goes too: it is theirs.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn purge_person(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query!(
        "WITH gone AS (
           DELETE FROM users WHERE id = $1 AND deleted_at < now() - make_interval(days => $2) RETURNING email
         )
         DELETE FROM mail_blocks WHERE address IN (SELECT lower(email) FROM gone)",
        user.0,
        GRACE_DAYS
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a project and all that hangs on it.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn purge_project(connection: &mut PgConnection, project: ProjectId) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM projects WHERE id = $1 AND deleted_at < now() - make_interval(days => $2)",
        project.0,
        GRACE_DAYS
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Characters whose grace period is over go; says how many.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn purge_characters(connection: &mut PgConnection) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "DELETE FROM character_profiles WHERE deleted_at < now() - make_interval(days => $1)",
        GRACE_DAYS
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Tokens, sessions, sign-in attempts, quotes, replies, limits, webhooks and notifications that ran out go; says how many.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn expire(connection: &mut PgConnection) -> Result<u64, StoreError> {
    let mut gone = 0;
    for done in [
        sqlx::query!("DELETE FROM verification_tokens WHERE expires_at < now() - interval '7 days'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM oauth_attempts WHERE expires_at < now()").execute(&mut *connection).await?,
        sqlx::query!("DELETE FROM sessions WHERE expires_at < now() - interval '7 days'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM quotes WHERE expires_at < now() - interval '1 day'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM character_quotes WHERE expires_at < now() - interval '1 day'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM rate_limits WHERE window_start < now() - interval '2 days'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM service_webhooks WHERE received_at < now() - interval '7 days'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!("DELETE FROM tasks WHERE finished_at < now() - interval '30 days'")
            .execute(&mut *connection)
            .await?,
        sqlx::query!(
            "DELETE FROM notifications WHERE created_at < now() - make_interval(days => $1)",
            notifications::KEPT_DAYS
        )
        .execute(&mut *connection)
        .await?,
        sqlx::query!(
            "DELETE FROM webhook_deliveries WHERE created_at < now() - make_interval(days => $1)",
            webhook_deliveries::KEPT_DAYS
        )
        .execute(&mut *connection)
        .await?,
    ] {
        gone += done.rows_affected();
    }
    // Steps of orders whose month was dropped.
    let orphans = sqlx::query!(
        "DELETE FROM steps s WHERE NOT EXISTS (SELECT FROM video_jobs j WHERE j.id = s.job_id)
           AND coalesce(s.finished_at, s.started_at, '-infinity') < now() - interval '1 day'"
    )
    .execute(&mut *connection)
    .await?;
    Ok(gone + orphans.rows_affected())
}

/// Uploads that were never finished go; returns the objects of their parts.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn expire_uploads(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    let parts = sqlx::query_scalar!(
        "DELETE FROM uploads WHERE completed_at IS NULL AND expires_at < now() RETURNING parts"
    )
    .fetch_all(connection)
    .await?;
    Ok(parts.into_iter().flatten().collect())
}

/// Which of these objects some row still refers to.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn referred(connection: &mut PgConnection, keys: &[String]) -> Result<Vec<String>, StoreError> {
    let kept = sqlx::query_scalar!(
        r#"SELECT wanted AS "key!" FROM unnest($1::text[]) AS wanted
           WHERE EXISTS (SELECT FROM projects WHERE wanted IN (audio_key, peaks_key, final_video_key, poster_key))
              OR EXISTS (SELECT FROM users WHERE avatar_key = wanted)
              OR EXISTS (SELECT FROM character_profiles
                WHERE wanted = ANY (reference_images) OR wanted = ANY (test_images))
              OR EXISTS (SELECT FROM scenes WHERE wanted IN (image_key, video_key))
              OR EXISTS (SELECT FROM scene_versions WHERE wanted IN (image_key, video_key))
              OR EXISTS (SELECT FROM exports WHERE object_key = wanted)
              OR EXISTS (SELECT FROM artifacts WHERE object_key = wanted)
              OR EXISTS (SELECT FROM uploads WHERE object_key = wanted OR wanted = ANY (parts))
              OR EXISTS (SELECT FROM tasks WHERE result ->> 'object_key' = wanted)
              -- What was paid for stays as long as the call is in the books.
              OR EXISTS (SELECT FROM paid_calls
                WHERE wanted ~ '^bought/[^/]+/[0-9a-f-]{36}$'
                  AND id = CASE WHEN wanted ~ '^bought/[^/]+/[0-9a-f-]{36}$' THEN split_part(wanted, '/', 3)::uuid END
                  AND NOT coalesce(result ? 'removed', false))"#,
        keys
    )
    .fetch_all(connection)
    .await?;
    Ok(kept)
}
