//! Who works on a project besides its owner.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, UserId};
use mv_core::policy::ProjectRole;
use sqlx::PgConnection;

#[derive(Clone, Debug, PartialEq)]
pub struct Collaborator {
    pub user_id: UserId,
    pub name: Option<String>,
    pub email: String,
    pub role: String,
    pub created_at: DateTime<Utc>,
}

/// What the person asking is to a project; `None` when it is not theirs to see.
pub async fn role(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<Option<ProjectRole>, StoreError> {
    let role = sqlx::query_scalar!("SELECT project_role($1)", project.0).fetch_one(connection).await?;
    Ok(match role.as_deref() {
        Some("owner") => Some(ProjectRole::Owner),
        Some("editor") => Some(ProjectRole::Editor),
        Some("viewer") => Some(ProjectRole::Viewer),
        _ => None,
    })
}

pub async fn list(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<Vec<Collaborator>, StoreError> {
    let rows = sqlx::query_as!(
        Collaborator,
        r#"SELECT user_id AS "user_id!", name, email AS "email!", role AS "role!", created_at AS "created_at!"
           FROM collaborators_of($1)"#,
        project.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Lets somebody in, or changes their role; `None` when nobody here has that address.
pub async fn invite(
    connection: &mut PgConnection,
    project: ProjectId,
    email: &str,
    role: &str,
) -> Result<Option<UserId>, StoreError> {
    let id = sqlx::query_scalar!("SELECT invite_collaborator($1, $2, $3)", project.0, email, role)
        .fetch_one(connection)
        .await?;
    Ok(id.map(UserId))
}

/// Lets somebody go; anybody may leave.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(
    connection: &mut PgConnection,
    project: ProjectId,
    user: UserId,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "DELETE FROM project_collaborators WHERE project_id = $1 AND user_id = $2",
        project.0,
        user.0
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
