//! Comments on a film, each at a time of the song or on the whole.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CommentId, ProjectId, SceneId, UserId};
use sqlx::PgConnection;
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct Comment {
    pub id: CommentId,
    pub scene_id: Option<Uuid>,
    /// `None` for a guest who came by a link.
    pub user_id: Option<Uuid>,
    pub author_name: String,
    pub at_seconds: Option<f64>,
    pub body: String,
    pub resolved_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// As the holder of a link sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedComment {
    pub id: CommentId,
    pub author_name: String,
    pub at_seconds: Option<f64>,
    pub body: String,
    pub resolved_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A page of a project's comments, oldest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    project: ProjectId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Comment>, i64), StoreError> {
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM comments WHERE project_id = $1 AND deleted_at IS NULL"#,
        project.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        Comment,
        r#"SELECT id, scene_id, user_id, author_name,
             at_seconds, body, resolved_at, created_at
           FROM comments WHERE project_id = $1 AND deleted_at IS NULL
           ORDER BY created_at, id LIMIT $2 OFFSET $3"#,
        project.0,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(
    connection: &mut PgConnection,
    project: ProjectId,
    id: CommentId,
) -> Result<Comment, StoreError> {
    let row = sqlx::query_as!(
        Comment,
        r#"SELECT id, scene_id, user_id, author_name,
             at_seconds, body, resolved_at, created_at
           FROM comments WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL"#,
        project.0,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Says something in the name of the person asking, as their account has it.
///
/// # Errors
/// [`StoreError::NotFound`] when the scene is not one of the project's.
pub async fn insert(
    connection: &mut PgConnection,
    project: ProjectId,
    user: UserId,
    scene: Option<SceneId>,
    at_seconds: Option<f64>,
    body: &str,
) -> Result<CommentId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO comments (project_id, scene_id, user_id, author_name, at_seconds, body)
         SELECT $1, $2, $3, left(coalesce(nullif(name, ''), split_part(email, '@', 1)), 100), $4, $5
         FROM users WHERE id = $3
           AND ($2::uuid IS NULL OR EXISTS (SELECT FROM scenes WHERE id = $2 AND project_id = $1))
         RETURNING id",
        project.0,
        scene.map(|id| id.0),
        user.0,
        at_seconds,
        body
    )
    .fetch_one(connection)
    .await?;
    Ok(CommentId(id))
}

/// Changes what was said, or whether it is dealt with.
pub async fn update(
    connection: &mut PgConnection,
    id: CommentId,
    body: Option<&str>,
    resolved: Option<bool>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE comments SET body = coalesce($2, body),
           resolved_at = CASE $3::boolean WHEN true THEN coalesce(resolved_at, $4) WHEN false THEN NULL ELSE resolved_at END
         WHERE id = $1",
        id.0,
        body,
        resolved,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn soft_delete(
    connection: &mut PgConnection,
    id: CommentId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE comments SET deleted_at = $2 WHERE id = $1", id.0, now).execute(connection).await?;
    Ok(())
}

/// The comments that a link shows, oldest first.
pub async fn by_link(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> Result<Vec<SharedComment>, StoreError> {
    let rows = sqlx::query_as!(
        SharedComment,
        r#"SELECT id AS "id!", author_name AS "author_name!", at_seconds, body AS "body!", resolved_at,
             created_at AS "created_at!"
           FROM comments_by_link($1)"#,
        token_hash
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// A guest's comment; `None` when the link takes none, or no more.
pub async fn insert_by_link(
    connection: &mut PgConnection,
    token_hash: &[u8],
    author: &str,
    at_seconds: Option<f64>,
    body: &str,
) -> Result<Option<(CommentId, DateTime<Utc>)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id!", created_at AS "created_at!" FROM comment_by_link($1, $2, $3, $4)"#,
        token_hash,
        author,
        at_seconds,
        body
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (CommentId(row.id), row.created_at)))
}
