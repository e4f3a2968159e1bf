//! The queue's rows: putting jobs on it in the transaction that changes state, and taking them off with what they did.
//!
//! Jobs of equal priority run in the order of `run_at`. Whoever has the priority queue gets a head start: `run_at` lies
//! [`HEAD_START`] in the past, so that those without it wait at most that much longer, however many come after them.

pub mod admin;
pub mod cancel;
pub mod halts;

use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::{MailId, StepId, TaskId, UserId, VideoJobId};
use mv_core::jobs::Job;
use mv_core::mail::Mail;
use mv_core::plan::PlanLimits;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// How much earlier than it came a job with priority counts as having come.
pub const HEAD_START: TimeDelta = TimeDelta::minutes(10);

/// The queue's own id of a job; another one each time it is put on the queue.
pub type QueueJobId = i64;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    #[default]
    Normal,
    /// With a head start.
    High,
}

impl From<&PlanLimits> for Priority {
    fn from(limits: &PlanLimits) -> Self {
        if limits.priority_queue { Self::High } else { Self::Normal }
    }
}

impl Priority {
    /// As it is written beside an order: 0, or more for those that go first.
    pub fn of_order(priority: i32) -> Self {
        if priority > 0 { Self::High } else { Self::Normal }
    }

    /// Where a job that came at `at` stands in line.
    pub fn rank(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Normal => at,
            Self::High => at - HEAD_START,
        }
    }
}

/// How a job is put on the queue. The default: at once, for nobody in particular.
#[derive(Clone, Debug, Default)]
pub struct Enqueue {
    /// For whom: noted in the job's history.
    pub user: Option<UserId>,
    pub priority: Priority,
    /// Not before this moment; it has no head start then.
    pub run_at: Option<DateTime<Utc>>,
    /// Stands in line as if it had come then.
    pub came_at: Option<DateTime<Utc>>,
    /// At most one job of a key waits.
    pub key: Option<String>,
    /// How often it was tried and failed.
    pub attempt: u32,
    /// Its number when it was tried first, when it was.
    pub first_job: Option<QueueJobId>,
}

impl Enqueue {
    pub fn by(user: UserId) -> Self {
        Self { user: Some(user), ..Self::default() }
    }
}

/// What a job's row carries: the job, and what the queue notes about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    #[serde(flatten)]
    pub job: Job,
    /// Named apart from what jobs themselves carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<UserId>,
    #[serde(default)]
    pub attempt: u32,
    /// The queue's number of its first try; nothing for that one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_job: Option<QueueJobId>,
}

/// The job that sends a person a mail, once however often it is tried.
pub fn mail(user: UserId, mail: Mail) -> Job {
    Job::Email { user_id: user, mail_id: MailId(Uuid::new_v4()), mail }
}

/// The same for a mail that one thing alone brings about, however often that is noticed. `cause` names it.
pub fn mail_about(user: UserId, mail: Mail, cause: &str) -> Job {
    let mut hasher = blake3::Hasher::new();
    for part in [user.to_string().as_str(), mail.kind(), cause] {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    let id = uuid::Builder::from_custom_bytes(bytes).into_uuid();
    Job::Email { user_id: user, mail_id: MailId(id), mail }
}

/// Key of the job that lays out and finishes an order.
pub fn order_key(id: VideoJobId) -> String {
    format!("order:{id}")
}

/// Key of the job that makes a step.
pub fn step_key(id: StepId) -> String {
    format!("step:{id}")
}

/// Key of the job that fulfils a task.
pub fn task_key(id: TaskId) -> String {
    format!("task:{id}")
}

/// The key that a job has by what it is about, so that asking twice does not do it twice.
fn own_key(job: &Job) -> String {
    match job {
        Job::VideoGeneration { job_id } => order_key(*job_id),
        Job::Step { step_id, .. } => step_key(*step_id),
        Job::AnalyzeAudio { task_id, .. }
        | Job::ScreenTest { task_id, .. }
        | Job::EditImage { task_id, .. }
        | Job::Transcribe { task_id, .. }
        | Job::WriteScenes { task_id, .. }
        | Job::ExportData { task_id, .. } => task_key(*task_id),
        Job::CheckKey { user_id, provider } => format!("key:{user_id}:{provider}"),
        Job::HearService { webhook_id } => format!("webhook:{webhook_id}"),
        Job::DeliverWebhook { delivery_id } => format!("deliver:{delivery_id}"),
        Job::ForgetCharacter { character_id, .. } => format!("forget:{character_id}"),
        Job::ProcessBillingEvent { event_id } => format!("stripe:{event_id}"),
        Job::ReconcileBilling { whole } => format!("{}:{whole}", job.task()),
        Job::Email { mail_id, .. } => format!("mail:{mail_id}"),
        Job::CheckServices | Job::SettleCalls | Job::Analytics | Job::Cleanup => job.task().to_owned(),
    }
}

/// Puts a job on the queue when the caller's transaction commits.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn enqueue(
    connection: &mut PgConnection,
    job: &Job,
    how: Enqueue,
) -> Result<QueueJobId, StoreError> {
    let row = Row::of(job, how)?;
    let id = sqlx::query_scalar!(
        r#"SELECT enqueue_job($1, $2, $3, coalesce($4, now() - $5::interval), 0) AS "id!""#,
        row.task,
        row.payload,
        row.key,
        row.run_at,
        pg_interval(row.head_start),
    )
    .fetch_one(connection)
    .await?;
    Ok(id)
}

/// Puts many jobs on the queue in one statement; says how many.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn enqueue_all(
    connection: &mut PgConnection,
    jobs: impl IntoIterator<Item = (Job, Enqueue)>,
) -> Result<u64, StoreError> {
    let rows = jobs.into_iter().map(|(job, how)| Row::of(&job, how)).collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut tasks = Vec::with_capacity(rows.len());
    let (mut payloads, mut keys, mut run_ats, mut head_starts) = (vec![], vec![], vec![], vec![]);
    for row in rows {
        tasks.push(row.task.to_owned());
        payloads.push(row.payload);
        keys.push(row.key);
        run_ats.push(row.run_at);
        head_starts.push(row.head_start.num_seconds());
    }
    let added = sqlx::query_scalar!(
        r#"SELECT enqueue_jobs($1, $2, $3,
             ARRAY(SELECT coalesce(at, now() - make_interval(secs => head))
                   FROM unnest($4::timestamptz[], $5::bigint[]) WITH ORDINALITY AS line (at, head, place)
                   ORDER BY place),
             0) AS "added!""#,
        &tasks,
        &payloads,
        &keys,
        &run_ats as &[Option<DateTime<Utc>>],
        &head_starts,
    )
    .fetch_one(connection)
    .await?;
    Ok(added.unsigned_abs())
}

/// Takes jobs that nobody runs yet off the queue, by key; says how many there were.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn dequeue(connection: &mut PgConnection, keys: &[String]) -> Result<u64, StoreError> {
    let removed =
        sqlx::query_scalar!(r#"SELECT dequeue_jobs($1) AS "removed!""#, keys).fetch_one(connection).await?;
    Ok(removed.unsigned_abs())
}

/// Ends a job in the transaction that keeps what it did.
///
/// # Errors
/// [`StoreError::Superseded`] when the worker no longer holds it: the transaction must be given up.
pub async fn finish(connection: &mut PgConnection, job: QueueJobId, worker: &str) -> Result<(), StoreError> {
    let held = sqlx::query_scalar!(r#"SELECT finish_job($1, $2) AS "held!""#, job, worker)
        .fetch_one(connection)
        .await?;
    if held { Ok(()) } else { Err(StoreError::Superseded) }
}

/// Which of these jobs are still held by the workers that run them.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn held(
    connection: &mut PgConnection,
    running: &[(QueueJobId, String)],
) -> Result<Vec<QueueJobId>, StoreError> {
    let jobs: Vec<i64> = running.iter().map(|(id, _)| *id).collect();
    let workers: Vec<String> = running.iter().map(|(_, worker)| worker.clone()).collect();
    let held = sqlx::query_scalar!(r#"SELECT held_jobs($1, $2) AS "id!""#, &jobs, &workers)
        .fetch_all(connection)
        .await?;
    Ok(held)
}

/// A job as the queue's functions take it.
struct Row {
    task: &'static str,
    payload: Value,
    key: String,
    run_at: Option<DateTime<Utc>>,
    head_start: TimeDelta,
}

impl Row {
    fn of(job: &Job, how: Enqueue) -> Result<Self, StoreError> {
        let envelope =
            Envelope { job: job.clone(), asked_by: how.user, attempt: how.attempt, first_job: how.first_job };
        let head_start = match how.priority {
            Priority::Normal => TimeDelta::zero(),
            Priority::High => HEAD_START,
        };
        Ok(Self {
            task: job.task(),
            payload: serde_json::to_value(envelope).map_err(StoreError::json)?,
            key: how.key.unwrap_or_else(|| own_key(job)),
            run_at: how.run_at.or_else(|| how.came_at.map(|at| how.priority.rank(at))),
            head_start,
        })
    }
}

fn pg_interval(delta: TimeDelta) -> sqlx::postgres::types::PgInterval {
    let microseconds = delta.num_microseconds().unwrap_or(i64::MAX);
    sqlx::postgres::types::PgInterval { months: 0, days: 0, microseconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_carries_the_job_as_it_is() {
        let id = VideoJobId(Uuid::from_u128(7));
        let job = Job::VideoGeneration { job_id: id };
        let user = UserId(Uuid::from_u128(1));
        let row = Row::of(&job, Enqueue { attempt: 2, ..Enqueue::by(user) }).unwrap();
        assert_eq!(row.key, format!("order:{id}"));
        assert_eq!(serde_json::from_value::<Job>(row.payload.clone()).unwrap(), job);
        let back: Envelope = serde_json::from_value(row.payload).unwrap();
        assert_eq!(back, Envelope { job, asked_by: Some(user), attempt: 2, first_job: None });
        let mail = super::mail(user, Mail::Welcome);
        let row = Row::of(&mail, Enqueue::by(UserId(Uuid::from_u128(2)))).unwrap();
        assert_eq!(serde_json::from_value::<Envelope>(row.payload).unwrap().job, mail);
        let about = |cause| super::mail_about(user, Mail::PlanEnded, cause);
        assert_eq!(about("sub_1"), about("sub_1"), "one mail, however often it is asked for");
        assert_ne!(about("sub_1"), about("sub_2"));
        let bare: Envelope = serde_json::from_str(r#"{"job":"cleanup"}"#).unwrap();
        assert_eq!((bare.job, bare.attempt), (Job::Cleanup, 0));
    }

    #[test]
    fn whoever_waited_long_enough_goes_before_new_priority() {
        let now = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(1);
        let new_pro = Priority::High.rank(now);
        assert!(new_pro < Priority::Normal.rank(now));
        assert!(new_pro < Priority::Normal.rank(now - TimeDelta::minutes(9)));
        assert!(new_pro > Priority::Normal.rank(now - TimeDelta::minutes(11)));
    }
}
