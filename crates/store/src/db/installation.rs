//! Facts about the whole installation.

use crate::error::StoreError;
use sqlx::PgConnection;

/// Whether anybody is an admin; makes others who ask wait until the transaction ends, so that two cannot both be first.
pub async fn has_admin(connection: &mut PgConnection) -> Result<bool, StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtext('first_admin'))").execute(&mut *connection).await?;
    let has = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin') AS "has!""#)
        .fetch_one(connection)
        .await?;
    Ok(has)
}
