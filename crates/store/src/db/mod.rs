//! PostgreSQL: who connects as whom, and the tables, a file an aggregate.
//!
//! One address, four roles. The owner changes the schema and runs the queue; the others are taken on with `SET ROLE`
//! when a connection is opened. A person's transaction says whose it is before its first statement, and row level
//! security does the rest.

pub mod analytics;
pub mod api_keys;
pub mod artifacts;
pub mod audit;
pub mod character_quotes;
pub mod characters;
pub mod collaborators;
pub mod comments;
pub mod corrections;
pub mod daily_counts;
pub mod demo;
pub mod events;
pub mod exports;
pub mod idempotency;
pub mod installation;
pub mod job_history;
pub mod mails;
pub mod mfa;
pub mod migrate;
pub mod notifications;
pub mod oauth;
pub mod object_owners;
pub mod objects;
pub mod ordered_tasks;
pub mod orders;
pub mod partitions;
pub mod personal_data;
pub mod plans;
pub mod progress;
pub mod projects;
pub mod provider_keys;
pub mod quotes;
pub mod rate_limits;
pub mod recipients;
pub mod refused_services;
pub mod retention;
pub mod scene_versions;
pub mod scenes;
pub mod search;
pub mod service_checks;
pub mod service_webhooks;
pub mod sessions;
pub mod shares;
pub mod slots;
pub mod steps;
pub mod storage;
pub mod stripe_events;
pub mod subscriptions;
pub mod takes;
pub mod task_runs;
pub mod tokens;
pub mod uploads;
pub mod usage;
pub mod users;
pub mod video_jobs;
pub mod webhook_deliveries;
pub mod webhook_endpoints;

use crate::error::StoreError;
use mv_core::ids::UserId;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor, PgPool, Postgres, Transaction};
use std::time::Duration;

pub type PgTransaction = Transaction<'static, Postgres>;

/// Roles that connections take on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A signed-in person's request.
    App,
    /// Finding out who is asking.
    Gate,
    /// Jobs.
    Worker,
    /// The schema and the queue.
    Owner,
}

impl Role {
    fn set(self) -> Option<&'static str> {
        match self {
            Self::App => Some("SET ROLE mv_app"),
            Self::Gate => Some("SET ROLE mv_gate"),
            Self::Worker => Some("SET ROLE mv_worker"),
            Self::Owner => None,
        }
    }
}

/// How many connections each role may hold.
#[derive(Clone, Copy, Debug)]
pub struct PoolSizes {
    pub app: u32,
    pub gate: u32,
    pub worker: u32,
    pub owner: u32,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { app: 16, gate: 4, worker: 12, owner: 4 }
    }
}

/// The database, with a pool a role. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    app: PgPool,
    gate: PgPool,
    worker: PgPool,
    owner: PgPool,
}

impl Database {
    /// Opens the pools; connections are made when they are needed. The schema must be there: see [`migrate::run`].
    pub fn connect(options: &PgConnectOptions, sizes: PoolSizes) -> Self {
        let pool = |role: Role, most: u32| {
            PgPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(Duration::from_secs(10))
                .after_connect(move |connection, _| {
                    Box::pin(async move {
                        if let Some(set) = role.set() {
                            connection.execute(set).await?;
                        }
                        Ok(())
                    })
                })
                .connect_lazy_with(options.clone())
        };
        Self {
            app: pool(Role::App, sizes.app),
            gate: pool(Role::Gate, sizes.gate),
            worker: pool(Role::Worker, sizes.worker),
            owner: pool(Role::Owner, sizes.owner),
        }
    }

    /// A transaction that sees what this person may see.
    pub async fn person(&self, user: UserId) -> Result<PgTransaction, StoreError> {
        // One round trip for both; an id has no characters that SQL reads.
        let begin = format!("BEGIN; SELECT set_config('app.user_id', '{user}', true)");
        Ok(self.app.begin_with(AssertSqlSafe(begin)).await?)
    }

    /// A transaction of the app with nobody signed in: it sees no rows but through functions made for it.
    pub async fn nobody(&self) -> Result<PgTransaction, StoreError> {
        Ok(self.app.begin().await?)
    }

    /// Accounts, for finding out who is asking.
    pub fn gate(&self) -> &PgPool {
        &self.gate
    }

    /// Everything, for jobs.
    pub fn worker(&self) -> &PgPool {
        &self.worker
    }

    /// The schema and the queue.
    pub fn owner(&self) -> &PgPool {
        &self.owner
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.gate.execute("SELECT 1").await?;
        Ok(())
    }

    /// Each pool's name, how many connections it has open and how many of them do nothing.
    pub fn pool_sizes(&self) -> [(&'static str, u32, usize); 4] {
        [("app", &self.app), ("gate", &self.gate), ("worker", &self.worker), ("owner", &self.owner)]
            .map(|(name, pool)| (name, pool.size(), pool.num_idle()))
    }

    pub async fn close(&self) {
        for pool in [&self.app, &self.gate, &self.worker, &self.owner] {
            pool.close().await;
        }
    }
}
