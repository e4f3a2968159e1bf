//! Brings the schema of a database up to date: `migrate postgres://…`.
//!
//! What `mv_store::db::migrate` does, without `mv_store`: that crate's queries are checked against the database that this
//! prepares, so it cannot be built before.

use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, migrate};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("say which database: migrate postgres://…")?;
    let pool = PgPoolOptions::new().max_connections(1).connect(&address).await?;
    pool.execute(include_str!("../../store/src/db/roles.sql")).await?;
    migrate!("../../migrations").run(&pool).await?;
    graphile_worker_migrations::migrate(pool, "graphile_worker").await?;
    Ok(())
}
