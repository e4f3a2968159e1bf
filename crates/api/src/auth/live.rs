//! What the database said about a session or key, remembered for a few seconds: a request costs no query, and a change
//! of plan, a suspension or an ended session counts at once on the node where it was made, and soon on the others.

use crate::auth::identity::{Credential, Identity, Scope};
use crate::error::ApiResult;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::ids::{SessionId, UserId};
use mv_core::plan::PlanTable;
use mv_core::policy::Actor;
use mv_store::Database;
use mv_store::db::{api_keys, sessions};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// How long an answer is believed.
const BELIEVED: TimeDelta = TimeDelta::seconds(5);
/// How many answers are kept at most.
const MOST: usize = 50_000;

#[derive(Debug)]
pub struct Facts {
    pub actor: Actor,
    pub identity: Arc<Identity>,
    pub suspended: bool,
    /// Of an API key.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug)]
pub struct Live {
    plans: &'static PlanTable,
    sessions: Memory<SessionId>,
    keys: Memory<Vec<u8>>,
}

impl Live {
    pub(crate) fn new(plans: &'static PlanTable) -> Self {
        Self { plans, sessions: Memory::default(), keys: Memory::default() }
    }

    /// The person of a session that has not ended.
    pub async fn session(
        &self,
        db: &Database,
        id: SessionId,
        now: DateTime<Utc>,
    ) -> ApiResult<Option<Arc<Facts>>> {
        if let Some(known) = self.sessions.get(&id, now) {
            return Ok(known);
        }
        let mut connection = db.gate().acquire().await?;
        let found = sessions::standing(&mut connection, id, now).await?.map(|standing| {
            let actor = Actor {
                id: standing.user_id,
                role: standing.role,
                plan: self.plans.effective(standing.plan),
                plans: self.plans,
            };
            let credential = Credential::Session(id);
            Arc::new(Facts {
                actor,
                identity: Arc::new(Identity { actor, email: standing.email, credential }),
                suspended: standing.suspended,
                expires_at: None,
            })
        });
        self.sessions.put(id, found.clone(), now);
        Ok(found)
    }

    /// The person of an API key that was not revoked. Notes that it was used, at most once in [`BELIEVED`].
    pub async fn api_key(
        &self,
        db: &Database,
        hash: Vec<u8>,
        now: DateTime<Utc>,
    ) -> ApiResult<Option<Arc<Facts>>> {
        if let Some(known) = self.keys.get(&hash, now) {
            return Ok(known);
        }
        let mut connection = db.gate().acquire().await?;
        let found = api_keys::standing(&mut connection, &hash, now).await?.map(|standing| {
            let actor = Actor {
                id: standing.user_id,
                role: standing.role,
                plan: self.plans.effective(standing.plan),
                plans: self.plans,
            };
            let scopes = Scope::ALL
                .into_iter()
                .filter(|scope| standing.scopes.iter().any(|word| word == scope.word()))
                .collect();
            let credential = Credential::ApiKey { id: standing.id, scopes };
            Arc::new(Facts {
                actor,
                identity: Arc::new(Identity { actor, email: standing.email, credential }),
                suspended: standing.suspended,
                expires_at: standing.expires_at,
            })
        });
        // Wrong keys are not remembered: there are too many of them.
        if found.is_some() {
            self.keys.put(hash, found.clone(), now);
        }
        Ok(found)
    }

    /// Something about this person changed: ask again.
    pub fn forget(&self, user: UserId) {
        self.sessions.forget(|facts| facts.actor.id == user);
        self.keys.forget(|facts| facts.actor.id == user);
    }
}

/// What was found: nobody is an answer, too.
type Found = Option<Arc<Facts>>;
/// An answer, and when it was given.
type Answer = (Found, DateTime<Utc>);

#[derive(Debug)]
struct Memory<K>(Mutex<HashMap<K, Answer>>);

impl<K> Default for Memory<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> Memory<K> {
    fn get(&self, key: &K, now: DateTime<Utc>) -> Option<Found> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, at) = memory.get(key)?;
        (now - *at < BELIEVED && *at <= now).then(|| answer.clone())
    }

    fn put(&self, key: K, answer: Option<Arc<Facts>>, now: DateTime<Utc>) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= MOST {
            memory.retain(|_, (_, at)| now - *at < BELIEVED);
            if memory.len() >= MOST {
                memory.clear();
            }
        }
        memory.insert(key, (answer, now));
    }

    /// Drops the answers about somebody, and those that there was nobody.
    fn forget(&self, about: impl Fn(&Facts) -> bool) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.retain(|_, (answer, _)| answer.as_ref().is_some_and(|facts| !about(facts)));
    }
}
