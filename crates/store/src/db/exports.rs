//! Finished files of a project that people download.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ExportId, ProjectId};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    pub id: ExportId,
    pub project_id: ProjectId,
    pub job_id: Option<Uuid>,
    pub kind: String,
    pub object_key: String,
    pub media_type: String,
    pub bytes: i64,
    pub settings: Value,
    pub created_at: DateTime<Utc>,
}

/// A page of a project's files, newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    project: ProjectId,
    kind: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Export>, i64), StoreError> {
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM exports WHERE project_id = $1 AND ($2::text IS NULL OR kind = $2)"#,
        project.0,
        kind
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        Export,
        r#"SELECT id, project_id, job_id, kind,
             object_key, media_type, bytes, settings, created_at
           FROM exports WHERE project_id = $1 AND ($2::text IS NULL OR kind = $2)
           ORDER BY created_at DESC, kind, id LIMIT $3 OFFSET $4"#,
        project.0,
        kind,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}
