//! What is known of accounts at services beyond one registry: their limits and pauses, and the keys that services publish.
//! A registry is opened for every order; a service that failed is left alone by all of them.

use super::gate::{Gate, Limits};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Accounts remembered at most: the operator's, and those of people with keys of their own.
const MOST: usize = 10_000;

/// Keys that a service signs with.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) fetched: DateTime<Utc>,
    pub(crate) keys: Vec<Vec<u8>>,
}

type Shelf = Arc<tokio::sync::Mutex<Option<Published>>>;

/// A service that is left alone until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    pub provider: String,
    /// Failures in a row.
    pub failures: u32,
    pub until: DateTime<Utc>,
}

/// One account, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Account {
    provider: String,
    base: String,
    secret: Vec<u8>,
}

impl Account {
    pub(super) fn new(provider: &str, base: &str, secrets: &[SecretString]) -> Self {
        let whole = secrets.last().map(ExposeSecret::expose_secret).unwrap_or_default();
        let secret = digest(&SHA256, whole.as_bytes()).as_ref().to_vec();
        Self { provider: provider.to_owned(), base: base.to_owned(), secret }
    }
}

#[derive(Debug, Default)]
pub(super) struct Accounts {
    gates: Mutex<BTreeMap<Account, Arc<Gate>>>,
    published: Mutex<BTreeMap<String, Shelf>>,
}

impl Accounts {
    /// The gate of an account: the same one for as long as its limits are the same.
    pub(super) fn gate(&self, account: Account, limits: Limits) -> Arc<Gate> {
        let mut gates = lock(&self.gates);
        if let Some(gate) = gates.get(&account).filter(|gate| gate.limits() == limits) {
            return gate.clone();
        }
        if gates.len() >= MOST {
            // Those that nobody uses now.
            gates.retain(|_, gate| Arc::strong_count(gate) > 1);
        }
        let gate = Arc::new(Gate::new(limits));
        gates.insert(account, gate.clone());
        gate
    }

    pub(super) fn pauses(&self, now: DateTime<Utc>) -> Vec<Pause> {
        let gates = lock(&self.gates);
        let paused = gates.iter().filter_map(|(account, gate)| {
            let (failures, until) = gate.pause()?;
            (until > now).then(|| Pause { provider: account.provider.clone(), failures, until })
        });
        paused.collect()
    }

    pub(super) fn published(&self, url: &str) -> Shelf {
        lock(&self.published).entry(url.to_owned()).or_default().clone()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_account_has_one_gate_whoever_opens_it() {
        let accounts = Accounts::default();
        let account = |secret: &str| Account::new("fal", "https://queue.fal.run/", &[secret.into()]);
        let limits = Limits { failures: 1, ..Limits::default() };
        let now = DateTime::UNIX_EPOCH;
        accounts.gate(account("one"), limits).pass(false, now).await.unwrap().failed(now);
        assert!(accounts.gate(account("one"), limits).pass(false, now).await.is_err(), "it is left alone");
        assert!(accounts.gate(account("two"), limits).pass(false, now).await.is_ok(), "another account");
        let until = now + chrono::TimeDelta::seconds(30);
        assert_eq!(accounts.pauses(now), [Pause { provider: "fal".into(), failures: 1, until }]);
        assert_eq!(accounts.pauses(until), []);
        let changed = Limits { failures: 2, ..limits };
        assert!(accounts.gate(account("one"), changed).pass(false, now).await.is_ok(), "other limits");
    }
}
