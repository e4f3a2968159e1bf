//! The person whom the sample project belongs to.

use crate::error::StoreError;
use mv_core::ids::UserId;
use sqlx::PgConnection;

/// Makes the first admin's guest, `demo@localhost`, who has no password; `None` when there is one with a project.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn person(connection: &mut PgConnection) -> Result<Option<UserId>, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (email, email_verified, name) VALUES ('demo@localhost', true, 'Demo')
         ON CONFLICT (email) DO UPDATE SET name = users.name RETURNING id"
    )
    .fetch_one(&mut *connection)
    .await?;
    let has_project =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM projects WHERE user_id = $1) AS "has!""#, id)
            .fetch_one(connection)
            .await?;
    Ok((!has_project).then_some(UserId(id)))
}
