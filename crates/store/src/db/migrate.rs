//! Bringing the schema up to date, safe with many nodes starting at once.

use crate::error::StoreError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

const ROLES: &str = include_str!("roles.sql");

/// Makes the roles and applies what is missing. Nodes that start together wait for the first.
///
/// # Errors
/// [`StoreError::Newer`] when the schema was made by a newer program, [`StoreError::Migration`],
/// [`StoreError::Unavailable`].
pub async fn run(options: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.connect().await?;
    connection.execute(ROLES).await?;
    MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Newer(version),
        other => StoreError::Migration(other),
    })?;
    queue(options, &mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Makes the roles alone: a backup that is restored brings everything else.
pub async fn roles(options: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.connect().await?;
    connection.execute(ROLES).await?;
    connection.close().await?;
    Ok(())
}

/// Brings the queue's own schema up to date, one node at a time: its first migration cannot be run twice at once.
async fn queue(options: &PgConnectOptions, connection: &mut PgConnection) -> Result<(), StoreError> {
    const LOCK: &str = "SELECT pg_advisory_lock(hashtext('graphile_worker'))";
    connection.execute(LOCK).await?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let done = graphile_worker_migrations::migrate(pool.clone(), "graphile_worker").await;
    pool.close().await;
    connection.execute("SELECT pg_advisory_unlock_all()").await?;
    done.map_err(|error| StoreError::Queue(error.to_string()))
}
