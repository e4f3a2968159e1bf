//! Passwords: hashed with Argon2id, away from the threads that answer requests and only a few at a time. Hashes of bcrypt
//! are still understood, and replaced when their owner signs in.

use crate::config::PasswordConfig;
use crate::error::{ApiError, ApiResult};
use crate::state::SetUpError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// How many may wait for their turn; more are turned away.
const MOST_WAITING: usize = 256;

pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    line: Arc<Semaphore>,
    /// Checked when there is no such account, so that it takes as long as when there is one.
    nobodys: String,
    hashed: AtomicU64,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passwords").field("params", self.argon2.params()).finish_non_exhaustive()
    }
}

/// What came of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed in an older way: hash it again.
    RightButOld,
}

#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
struct HashingFailed(String);

impl Passwords {
    /// # Errors
    /// [`SetUpError::Passwords`] when the costs are out of range.
    pub fn new(config: &PasswordConfig) -> Result<Self, SetUpError> {
        let params = Params::new(config.memory_kib, config.passes, 1, None)
            .map_err(|error| SetUpError::Passwords(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobodys = argon2
            .hash_password(b"nobody has this password")
            .map_err(|error| SetUpError::Passwords(error.to_string()))?
            .to_string();
        let at_once = config.at_once.clamp(1, 64);
        Ok(Self {
            argon2,
            turns: Arc::new(Semaphore::new(at_once)),
            line: Arc::new(Semaphore::new(MOST_WAITING)),
            nobodys,
            hashed: AtomicU64::new(0),
        })
    }

    /// How many hashes were worked on so far: what an answer gives away by the time it takes.
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    pub async fn hash(&self, password: &str) -> ApiResult<String> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let hashed = self
            .in_turn(move || argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?;
        hashed.map_err(|error| ApiError::internal(HashingFailed(error.to_string())))
    }

    /// Whether this is the password. Without a hash the answer is no, after as long a time.
    pub async fn check(&self, password: &str, hash: Option<&str>) -> ApiResult<Verdict> {
        let is_somebodys = hash.is_some();
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let hash = hash.unwrap_or(&self.nobodys).to_owned();
        let verdict = self.in_turn(move || judge(&argon2, &password, &hash)).await?;
        Ok(if is_somebodys { verdict } else { Verdict::Wrong })
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let place = self.line.clone().try_acquire_owned().map_err(ApiError::unavailable)?;
        self.hashed.fetch_add(1, Ordering::Relaxed);
        let turn = self.turns.clone().acquire_owned().await.map_err(ApiError::unavailable)?;
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.map_err(ApiError::internal)
    }
}

fn judge(argon2: &Argon2<'_>, password: &str, hash: &str) -> Verdict {
    if hash.starts_with("$2") {
        return match bcrypt::verify(password, hash) {
            Ok(true) => Verdict::RightButOld,
            _ => Verdict::Wrong,
        };
    }
    let Ok(parsed) = PasswordHash::new(hash) else { return Verdict::Wrong };
    if argon2.verify_password(password.as_bytes(), &parsed).is_err() {
        return Verdict::Wrong;
    }
    let today = Params::try_from(&parsed).is_ok_and(|params| {
        (params.m_cost(), params.t_cost()) == (argon2.params().m_cost(), argon2.params().t_cost())
    });
    if today && parsed.algorithm.as_str() == "argon2id" { Verdict::Right } else { Verdict::RightButOld }
}

/// The specification's rules for a new password.
pub fn check_strength(password: &str, _: &()) -> garde::Result {
    let has = |kind: fn(char) -> bool| password.chars().any(kind);
    let missing = if password.chars().count() < 8 {
        "must be at least 8 characters"
    } else if password.len() > 256 {
        "must be at most 256 bytes"
    } else if !has(char::is_uppercase) {
        "must contain an upper-case letter"
    } else if !has(char::is_lowercase) {
        "must contain a lower-case letter"
    } else if !has(|c| c.is_ascii_digit()) {
        "must contain a number"
    } else {
        return Ok(());
    };
    Err(garde::Error::new(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> PasswordConfig {
        PasswordConfig { memory_kib: 64, passes: 1, at_once: 2 }
    }

    #[tokio::test]
    async fn passwords_are_checked_and_old_hashes_noticed() {
        let passwords = Passwords::new(&cheap()).unwrap();
        let hash = passwords.hash("Tr0ub4dor").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_eq!(passwords.check("Tr0ub4dor", Some(&hash)).await.unwrap(), Verdict::Right);
        assert_eq!(passwords.check("tr0ub4dor", Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(passwords.check("nobody has this password", None).await.unwrap(), Verdict::Wrong);
        let dearer = Passwords::new(&PasswordConfig { passes: 2, ..cheap() }).unwrap();
        assert_eq!(dearer.check("Tr0ub4dor", Some(&hash)).await.unwrap(), Verdict::RightButOld);
        let bcrypt = bcrypt::hash("Tr0ub4dor", 4).unwrap();
        assert_eq!(passwords.check("Tr0ub4dor", Some(&bcrypt)).await.unwrap(), Verdict::RightButOld);
        assert_eq!(passwords.check("other", Some(&bcrypt)).await.unwrap(), Verdict::Wrong);
        for broken in ["", "$argon2id$", "$2b$", "plain"] {
            assert_eq!(passwords.check("plain", Some(broken)).await.unwrap(), Verdict::Wrong, "{broken}");
        }
    }

    #[test]
    fn weak_passwords_are_told_what_they_lack() {
        let told = |password| check_strength(password, &()).err().map(|error| error.to_string());
        assert_eq!(told("Abcdefg1"), None);
        assert_eq!(told("Été-2026-été"), None);
        assert!(told("Abc1").unwrap().contains("8 characters"));
        assert!(told("abcdefg1").unwrap().contains("upper"));
        assert!(told("ABCDEFG1").unwrap().contains("lower"));
        assert!(told("Abcdefgh").unwrap().contains("number"));
        assert!(told(&"Aa1".repeat(100)).unwrap().contains("256"));
    }
}
