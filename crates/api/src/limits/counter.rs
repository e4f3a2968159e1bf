//! The counter that all nodes share: a table in PostgreSQL, or keys in Redis (or Valkey). Both count alike.

use super::{Rule, Window};
use crate::error::{ApiError, ApiResult};
use crate::state::SetUpError;
use chrono::{DateTime, Utc};
use mv_store::Database;
use mv_store::db::rate_limits::{self, Ask, Count};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Takes up to `ARGV[1]` permits: KEYS are this window and the one before; `ARGV[2]` the limit, `ARGV[3]` the part of the
/// window gone by, `ARGV[4]` how long the key is of use, in milliseconds.
const TAKE: &str = r"
local hits = tonumber(redis.call('GET', KEYS[1]) or '0')
local previous = tonumber(redis.call('GET', KEYS[2]) or '0')
local left = math.floor(tonumber(ARGV[2]) - hits - previous * (1 - tonumber(ARGV[3])))
local granted = math.max(0, math.min(tonumber(ARGV[1]), left))
if granted > 0 then
  redis.call('INCRBY', KEYS[1], granted)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return {granted, hits + granted, previous}
";

/// Gives `ARGV[1]` permits back, as far as they are still counted.
const GIVE_BACK: &str = r"
local hits = tonumber(redis.call('GET', KEYS[1]) or '0')
local back = math.min(hits, tonumber(ARGV[1]))
if back > 0 then redis.call('DECRBY', KEYS[1], back) end
return back
";

#[derive(Debug)]
pub(super) struct Counter {
    db: Database,
    redis: Option<Redis>,
}

#[derive(Debug)]
struct Redis {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    take: Script,
    give_back: Script,
}

/// Whether a Redis or Valkey answers; says which version.
///
/// # Errors
/// Why it does not.
pub async fn reach_redis(url: &str) -> Result<String, RedisError> {
    let mut connection = Redis::new(url)?.connection().await?;
    let about: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await?;
    let version = |name| about.lines().find_map(|line| line.strip_prefix(name));
    Ok(version("valkey_version:").or_else(|| version("redis_version:")).unwrap_or("?").trim().to_owned())
}

impl Counter {
    pub(super) fn new(db: Database, redis_url: Option<&str>) -> Result<Self, SetUpError> {
        let redis = redis_url.map(Redis::new).transpose().map_err(SetUpError::Redis)?;
        Ok(Self { db, redis })
    }

    /// Takes up to `wanted` permits. When Redis does not answer, PostgreSQL counts: a limit is better counted in two
    /// places than not at all.
    pub(super) async fn take(
        &self,
        rule: Rule,
        subject: &str,
        window: Window,
        wanted: i64,
    ) -> ApiResult<Count> {
        if let Some(redis) = &self.redis {
            match redis.take(rule, subject, window, wanted).await {
                Ok(count) => return Ok(count),
                Err(error) => tracing::warn!(%error, "Redis does not count; PostgreSQL does meanwhile"),
            }
        }
        let ask = Ask {
            bucket: rule.bucket,
            subject,
            window: rule.window,
            window_start: window.start,
            passed: window.passed,
            limit: i64::from(rule.limit),
            wanted,
        };
        let mut connection = self.db.gate().acquire().await?;
        Ok(rate_limits::take(&mut connection, ask).await?)
    }

    pub(super) async fn give_back(
        &self,
        rule: Rule,
        subject: &str,
        window_start: DateTime<Utc>,
        permits: i64,
    ) -> ApiResult<()> {
        if let Some(redis) = &self.redis {
            return redis
                .give_back(rule, subject, window_start, permits)
                .await
                .map_err(ApiError::unavailable);
        }
        let mut connection = self.db.gate().acquire().await?;
        rate_limits::give_back(&mut connection, rule.bucket, subject, window_start, rule.window, permits)
            .await?;
        Ok(())
    }
}

impl Redis {
    fn new(url: &str) -> Result<Self, RedisError> {
        Ok(Self {
            client: Client::open(url)?,
            connection: OnceCell::new(),
            take: Script::new(TAKE),
            give_back: Script::new(GIVE_BACK),
        })
    }

    async fn connection(&self) -> Result<ConnectionManager, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(Duration::from_millis(500)))
            .set_number_of_retries(1);
        let connect = || ConnectionManager::new_with_config(self.client.clone(), config);
        self.connection.get_or_try_init(connect).await.cloned()
    }

    async fn take(
        &self,
        rule: Rule,
        subject: &str,
        window: Window,
        wanted: i64,
    ) -> Result<Count, RedisError> {
        let mut connection = self.connection().await?;
        let (granted, hits, previous) = self
            .take
            .key(key(rule, subject, window.start))
            .key(key(rule, subject, window.start - rule.window))
            .arg(wanted)
            .arg(rule.limit)
            .arg(window.passed)
            .arg(rule.window.num_milliseconds() * 2)
            .invoke_async(&mut connection)
            .await?;
        Ok(Count { granted, hits, previous })
    }

    async fn give_back(
        &self,
        rule: Rule,
        subject: &str,
        window_start: DateTime<Utc>,
        permits: i64,
    ) -> Result<(), RedisError> {
        let mut connection = self.connection().await?;
        let _: i64 = self
            .give_back
            .key(key(rule, subject, window_start))
            .arg(permits)
            .invoke_async(&mut connection)
            .await?;
        Ok(())
    }
}

fn key(rule: Rule, subject: &str, window_start: DateTime<Utc>) -> String {
    // The braces keep both windows of a subject on one node of a Redis cluster.
    format!("mv:limit:{{{}:{subject}}}:{}", rule.bucket, window_start.timestamp())
}
