//! A person with a project, an order and a scene, and calls to buy for them.

use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::{ProjectId, SceneId, UserId, VideoJobId};
use mv_core::paid_call::{Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::Database;
use mv_store::ledger::{self, Call, Caps, LedgerError, NewCall, Opening};
use sqlx::{AssertSqlSafe, PgConnection, Postgres};
use std::time::Duration;

pub(crate) const LEASE: Duration = Duration::from_mins(1);

/// Seconds after the tests' beginning of time.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub(crate) fn usd(dollars: f64) -> MicroUsd {
    MicroUsd::from_dollars(dollars)
}

/// One number that SQL makes.
pub(crate) async fn number(connection: &mut PgConnection, sql: String) -> i64 {
    sqlx::query_scalar::<Postgres, i64>(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground {
    pub(crate) user: UserId,
    pub(crate) project: ProjectId,
    pub(crate) job: VideoJobId,
    pub(crate) scene: SceneId,
}

impl Ground {
    pub(crate) async fn new(db: &Database, name: &str) -> Self {
        let mut owner = db.owner().acquire().await.unwrap();
        let row: (UserId, ProjectId, VideoJobId, SceneId) = {
            let ids: (sqlx::types::Uuid, sqlx::types::Uuid, sqlx::types::Uuid, sqlx::types::Uuid) = sqlx::query_as(
                "WITH person AS (INSERT INTO users (email) VALUES ($1) RETURNING id),
                   film AS (INSERT INTO projects (user_id, title, audio_key, audio_hash)
                     SELECT id, 'Film', 'k', 'h' FROM person RETURNING id, user_id),
                   job AS (INSERT INTO video_jobs (project_id, user_id, config)
                     SELECT id, user_id, '{}' FROM film RETURNING id),
                   scene AS (INSERT INTO scenes (project_id, scene_number, timestamp_start, timestamp_end, description)
                     SELECT id, 1, 0, 5, 'Scene' FROM film RETURNING id)
                 SELECT person.id, film.id, job.id, scene.id FROM person, film, job, scene",
            )
            .bind(format!("{name}@example.org"))
            .fetch_one(&mut *owner)
            .await
            .unwrap();
            (ids.0.into(), ids.1.into(), ids.2.into(), ids.3.into())
        };
        let (user, project, job, scene) = row;
        Self { user, project, job, scene }
    }

    /// Another order for the same project.
    pub(crate) async fn another_order(&self, db: &Database) -> Self {
        let mut owner = db.owner().acquire().await.unwrap();
        let job: sqlx::types::Uuid = sqlx::query_scalar(
            "INSERT INTO video_jobs (project_id, user_id, config) VALUES ($1, $2, '{}') RETURNING id",
        )
        .bind(self.project.0)
        .bind(self.user.0)
        .fetch_one(&mut *owner)
        .await
        .unwrap();
        Self { job: job.into(), ..*self }
    }

    pub(crate) async fn order_becomes(&self, db: &Database, status: &str) {
        let mut owner = db.owner().acquire().await.unwrap();
        let sql = "UPDATE video_jobs SET status = $2 WHERE id = $1";
        sqlx::query(sql).bind(self.job.0).bind(status).execute(&mut *owner).await.unwrap();
    }

    /// A clip for a dollar, by a key of the person's own, without caps.
    pub(crate) fn call<'a>(&self, step_key: &'a str) -> NewCall<'a> {
        NewCall {
            user: self.user,
            project: Some(self.project),
            job: Some(self.job),
            task: None,
            scene: Some(self.scene),
            character: None,
            step_key,
            ordinal: 0,
            capability: Capability::Clip,
            provider: "kling",
            model: "kling-standard",
            because: None,
            request_hash: "00",
            estimate: usd(1.0),
            funding: Funding::Own,
            caps: Caps::default(),
            holder: "worker-1",
            lease: LEASE,
            now: at(0),
        }
    }

    /// The same, paid with credits.
    pub(crate) fn call_with_credits<'a>(&self, step_key: &'a str) -> NewCall<'a> {
        NewCall { funding: Funding::Credits, ..self.call(step_key) }
    }

    pub(crate) async fn grant(&self, db: &Database, amount: MicroUsd) {
        let mut transaction = db.worker().begin().await.unwrap();
        ledger::grant(&mut transaction, self.user, amount, "gift", None).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// What may be spent and what is set aside, in micro-dollars.
    pub(crate) async fn credits(&self, db: &Database) -> (i64, i64) {
        let mut connection = db.worker().acquire().await.unwrap();
        let balance = ledger::balance(&mut connection, self.user).await.unwrap();
        (balance.available.0, balance.reserved.0)
    }
}

/// Opens a call in a transaction of its own.
pub(crate) async fn open(db: &Database, new: &NewCall<'_>) -> Result<Opening, LedgerError> {
    let mut transaction = db.worker().begin().await.unwrap();
    let opening = ledger::open(&mut transaction, new).await;
    if opening.is_ok() {
        transaction.commit().await.unwrap();
    }
    opening
}

/// Opens a call that nobody else works on.
pub(crate) async fn opened(db: &Database, new: &NewCall<'_>) -> Call {
    match open(db, new).await.unwrap() {
        Opening::Held(call) => *call,
        Opening::Busy { until } => panic!("busy until {until}"),
    }
}
