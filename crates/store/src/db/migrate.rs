//! Bringing the schema up to date, safe with many nodes starting at once.

use crate::error::StoreError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Roles belong to the cluster, so two databases of it may make them at the same moment: whoever comes second is content.
/// The owner joins each, so that it can take it on (PostgreSQL 16 asks for that).
const ROLES: &str = r"
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['mv_app', 'mv_gate', 'mv_worker'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(current_user, name, 'USAGE') THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
      EXCEPTION WHEN unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END
$$";

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
