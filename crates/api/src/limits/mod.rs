//! How often people may do things. Counters are shared by all nodes, in PostgreSQL or in Redis; requests are let through
//! from blocks of permits that a node takes ahead, so that a request costs no write.
//!
//! A sliding window of two buckets, as Upstash's `slidingWindow` counts: what was counted in the window before weighs in
//! by the part of it that still overlaps. Permits are counted when they are taken, not when they are used, so all nodes
//! together never let more through than the limit; what a node took and did not use goes back.

mod counter;
mod lease;

use crate::config::LimitsConfig;
use crate::error::{ApiError, ApiResult};
use crate::state::SetUpError;
use chrono::{DateTime, TimeDelta, Utc};
pub use counter::reach_redis;

use counter::Counter;
use lease::Lease;
use mv_core::Clock;
use mv_core::ids::{CallId, UserId};
use mv_core::plan::Role;
use mv_core::policy::Actor;
use mv_store::Database;
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Leases kept at most; whoever comes after them is counted one by one.
const MOST_LEASES: usize = 100_000;
/// A lease that lay unused for so long goes back.
const IDLE: TimeDelta = TimeDelta::seconds(10);

/// A limit: so many in any window of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub bucket: &'static str,
    pub limit: u32,
    pub window: TimeDelta,
}

/// Whom a limit counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    User(UserId),
    /// An IPv4 address, or the first half of an IPv6 one: a household has the other half to itself.
    Address(IpAddr),
    /// An address of mail that somebody wants to sign in with, known or not.
    Account(String),
    /// A call of an outside service, which calls back about it.
    Call(CallId),
}

/// Who sends a request, as far as how often they may matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody's API key: as often as their plan says.
    Program(Actor),
    /// Somebody at work in a browser, where a page asks for much at once: never less often than their plan says.
    Person(Actor),
    /// A page shown to somebody who is not signed in: it only reads, or asks for a session to go on.
    Page(IpAddr),
    /// Anything else that nobody has signed for.
    Stranger(IpAddr),
}

impl Subject {
    pub fn address(address: IpAddr) -> Self {
        Self::Address(match address {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    pub fn account(email: &str) -> Self {
        Self::Account(email.trim().to_lowercase())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Address(address) => write!(f, "address:{address}"),
            Self::Call(id) => write!(f, "call:{id}"),
            Self::Account(email) => write!(f, "account:{}", short_hash(email)),
        }
    }
}

/// Addresses of mail are not left lying in counters.
fn short_hash(text: &str) -> String {
    use std::fmt::Write;
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Where somebody stands with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub allowed: bool,
    pub limit: u32,
    pub remaining: u32,
    /// When the window ends, or, when refused, when it may be tried again.
    pub reset: DateTime<Utc>,
}

type Leases = HashMap<(&'static str, Subject), Arc<tokio::sync::Mutex<Lease>>>;

#[derive(Debug)]
pub struct Limits {
    counter: Counter,
    clock: Arc<dyn Clock>,
    config: LimitsConfig,
    leases: Mutex<Leases>,
}

impl Limits {
    /// # Errors
    /// [`SetUpError::Redis`] when the address of Redis cannot be read.
    pub fn new(
        db: Database,
        redis_url: Option<&str>,
        clock: Arc<dyn Clock>,
        config: LimitsConfig,
    ) -> Result<Self, SetUpError> {
        let counter = Counter::new(db, redis_url)?;
        Ok(Self { counter, clock, config, leases: Mutex::default() })
    }

    /// Counts a request, and says which rule it was counted by.
    pub async fn request(&self, asker: Asker) -> ApiResult<(Rule, Standing)> {
        let (bucket, limit, subject) = match asker {
            Asker::Program(actor) => ("requests", self.requests_per_hour(&actor), Subject::User(actor.id)),
            Asker::Person(actor) => {
                ("session", self.session_requests_per_hour(&actor), Subject::User(actor.id))
            }
            Asker::Page(address) => {
                ("pages", self.config.anonymous_reads_per_hour, Subject::address(address))
            }
            Asker::Stranger(address) => {
                ("requests", self.config.anonymous_requests_per_hour, Subject::address(address))
            }
        };
        let rule = Rule { bucket, limit, window: TimeDelta::hours(1) };
        Ok((rule, self.take_leased(rule, subject).await?))
    }

    /// What a plan's programs may, unless the operator says otherwise.
    fn requests_per_hour(&self, actor: &Actor) -> u32 {
        let configured = self.config.requests_per_hour.get(&actor.plan);
        configured.copied().unwrap_or(actor.limits().api_requests_per_hour)
    }

    /// Never less than the plan's programs have.
    fn session_requests_per_hour(&self, actor: &Actor) -> u32 {
        self.config.session_requests_per_hour.max(self.requests_per_hour(actor))
    }

    /// Counts a try to sign in, sign up or reset a password, from an address and for an account.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub async fn attempt(&self, address: IpAddr, account: Option<&str>) -> ApiResult<()> {
        let rule =
            |bucket| Rule { bucket, limit: self.config.auth_attempts, window: self.config.auth_window() };
        self.must(rule("auth-address"), &Subject::address(address), 1).await?;
        if let Some(email) = account {
            self.must(rule("auth-account"), &Subject::account(email), 1).await?;
        }
        Ok(())
    }

    /// Counts an order of films and images against what the plan allows a day: all of it, or nothing. Admins order as
    /// they like.
    ///
    /// # Errors
    /// 429 when it is more than the plan allows.
    pub async fn order(&self, actor: &Actor, videos: u32, images: u32) -> ApiResult<()> {
        if actor.role == Role::Admin {
            return Ok(());
        }
        let limits = actor.limits();
        let asked = [("videos", limits.videos_per_day, videos), ("images", limits.images_per_day, images)];
        let subject = Subject::User(actor.id);
        let mut taken = Vec::new();
        for (bucket, limit, wanted) in asked {
            let Some(limit) = limit.filter(|_| wanted > 0) else { continue };
            let rule = Rule { bucket, limit, window: TimeDelta::days(1) };
            match self.must(rule, &subject, wanted).await {
                Ok(()) => taken.push((rule, wanted)),
                Err(error) => {
                    for (rule, permits) in taken {
                        self.give_back(rule, &subject, permits).await?;
                    }
                    return Err(error.with("plan", serde_json::json!(actor.plan)));
                }
            }
        }
        Ok(())
    }

    /// Takes so many permits at once, or none.
    ///
    /// # Errors
    /// 429 when there are not so many left.
    pub async fn must(&self, rule: Rule, subject: &Subject, wanted: u32) -> ApiResult<()> {
        let now = self.clock.now();
        let name = subject.to_string();
        let window = Window::of(rule, now);
        let count = self.counter.take(rule, &name, window, i64::from(wanted)).await?;
        if count.granted >= i64::from(wanted) {
            return Ok(());
        }
        if count.granted > 0 {
            self.counter.give_back(rule, &name, window.start, count.granted).await?;
        }
        let reset = lease::free_again(rule, window, count.hits - count.granted, count.previous, wanted);
        Err(refusal(rule, reset, now))
    }

    /// Gives permits of the current window back.
    pub async fn give_back(&self, rule: Rule, subject: &Subject, permits: u32) -> ApiResult<()> {
        let window = Window::of(rule, self.clock.now());
        self.counter.give_back(rule, &subject.to_string(), window.start, i64::from(permits)).await
    }

    async fn take_leased(&self, rule: Rule, subject: Subject) -> ApiResult<Standing> {
        let now = self.clock.now();
        let name = || subject.to_string();
        match self.lease(rule.bucket, &subject) {
            Some(lease) => {
                let mut lease = lease.lock().await;
                lease.take(&self.counter, rule, name, now).await
            }
            None => Lease::default().take_single(&self.counter, rule, &name(), now).await,
        }
    }

    /// The subject's lease; `None` when there are too many already.
    fn lease(&self, bucket: &'static str, subject: &Subject) -> Option<Arc<tokio::sync::Mutex<Lease>>> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() >= MOST_LEASES && !leases.contains_key(&(bucket, subject.clone())) {
            return None;
        }
        Some(leases.entry((bucket, subject.clone())).or_default().clone())
    }

    /// Gives back what lay unused. To be called every few seconds, and, with `all`, when the server ends.
    pub async fn give_back_unused(&self, all: bool) {
        let now = self.clock.now();
        let leases: Vec<_> = {
            let leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
            leases.iter().map(|(key, lease)| (key.clone(), lease.clone())).collect()
        };
        for (key, lease) in leases {
            let Ok(mut held) = lease.try_lock() else { continue };
            if !all && now - held.last_used() < IDLE {
                continue;
            }
            if let Err(error) = held.end(&self.counter, &key.1.to_string()).await {
                tracing::warn!(%error, limit.bucket = key.0, "unused permits could not be given back");
            }
            drop(held);
            let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever is about to use it holds another reference.
            if Arc::strong_count(&lease) <= 2 {
                leases.remove(&key);
            }
        }
    }

    /// Gives back unused permits every few seconds until `ended` is there, and then all of them.
    pub async fn maintain(&self, ended: impl Future<Output = ()>) {
        let mut ended = std::pin::pin!(ended);
        let mut ticks = tokio::time::interval(Duration::from_secs(5));
        loop {
            tokio::select! {
                () = &mut ended => return self.give_back_unused(true).await,
                _ = ticks.tick() => self.give_back_unused(false).await,
            }
        }
    }
}

/// 429, with when to try again.
pub(crate) fn refusal(rule: Rule, reset: DateTime<Utc>, now: DateTime<Utc>) -> ApiError {
    let Rule { bucket, limit, .. } = rule;
    let span = match rule.window.num_minutes() {
        1440 => "a day".to_owned(),
        60 => "an hour".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    metrics::counter!("rate_limited_total", "bucket" => bucket).increment(1);
    let mut error = ApiError::too_many(format!("at most {limit} in {span}"), reset, now)
        .with("limit", serde_json::json!(limit))
        .with("bucket", serde_json::json!(bucket));
    match bucket {
        "requests" | "videos" | "images" => error = error.with_hint("wait, or choose a higher plan"),
        "session" | "pages" => error = error.with_hint("wait a moment; programs should use an API key"),
        _ => {}
    }
    error
}

/// The window that a moment lies in.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Window {
    start: DateTime<Utc>,
    /// How much of it has gone by, from 0 to 1.
    passed: f64,
}

impl Window {
    fn of(rule: Rule, now: DateTime<Utc>) -> Self {
        let length = rule.window.num_milliseconds().max(1);
        let into = now.timestamp_millis().rem_euclid(length);
        let start = now.timestamp_millis() - into;
        Self {
            start: DateTime::from_timestamp_millis(start).unwrap_or(now),
            passed: into as f64 / length as f64,
        }
    }
}
