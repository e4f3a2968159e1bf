//! People's own keys for services: sealed, theirs, opened by the worker alone.

use crate::people::person;
use chrono::{DateTime, TimeDelta, Utc};
use mv_store::db::provider_keys::{self, ProviderKeyError};
use mv_store::secrets::Keyring;
use mv_store::{Database, StoreError};
use mv_testing::postgres;

const SECRET: &str = "sk-0123456789abcdef";

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn ring(keys: &[(&str, u8)]) -> Keyring {
    Keyring::new(keys.iter().map(|(id, byte)| ((*id).to_owned(), [*byte; 32]))).unwrap()
}

async fn sealed(db: &Database) -> Vec<u8> {
    sqlx::query_scalar("SELECT sealed FROM provider_keys").fetch_one(db.worker()).await.unwrap()
}

#[tokio::test]
async fn a_key_is_kept_sealed_and_opened_by_the_worker() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, bo) = (person(db, "ana").await, person(db, "bo").await);
    let keyring = ring(&[("2026", 1)]);
    let mut transaction = db.person(ana).await.unwrap();
    let key = provider_keys::put(&mut transaction, &keyring, ana, "fal", SECRET, at(0)).await.unwrap();
    assert_eq!((key.hint.as_str(), key.checked_at, key.set_at), ("cdef", None, at(0)));
    assert_eq!(provider_keys::list(&mut transaction, ana).await.unwrap(), [key]);
    transaction.commit().await.unwrap();
    assert!(!sealed(db).await.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()));

    // Not even their own request reads what is sealed.
    let mut transaction = db.person(ana).await.unwrap();
    let opened = provider_keys::open(&mut transaction, &keyring, ana).await;
    assert!(matches!(opened, Err(ProviderKeyError::Store(StoreError::Database(_)))), "{opened:?}");
    let mut transaction = db.person(bo).await.unwrap();
    let strange = provider_keys::get(&mut transaction, ana, "fal").await;
    assert!(matches!(strange, Err(StoreError::NotFound)), "{strange:?}");
    let strange = provider_keys::remove(&mut transaction, ana, "fal").await;
    assert!(matches!(strange, Err(StoreError::NotFound)), "{strange:?}");
    provider_keys::put(&mut transaction, &keyring, ana, "runway", SECRET, at(0)).await.unwrap_err();

    let mut connection = db.worker().acquire().await.unwrap();
    let open = provider_keys::open(&mut connection, &keyring, ana).await.unwrap();
    assert_eq!((open.len(), open[0].secret.as_str()), (1, SECRET));
    assert_eq!(provider_keys::open(&mut connection, &keyring, bo).await.unwrap(), []);
    assert!(provider_keys::checked(&mut connection, ana, &open[0], Some("wrong key"), at(5)).await.unwrap());

    // Replaced, it is unchecked, and what was said to the old one is not said to it.
    let mut transaction = db.person(ana).await.unwrap();
    let told = provider_keys::get(&mut transaction, ana, "fal").await.unwrap();
    assert_eq!((told.checked_at, told.error.as_deref()), (Some(at(5)), Some("wrong key")));
    let key = provider_keys::put(&mut transaction, &keyring, ana, "fal", "short", at(9)).await.unwrap();
    assert_eq!((key.hint.as_str(), key.checked_at, key.error), ("", None, None));
    transaction.commit().await.unwrap();
    assert!(!provider_keys::checked(&mut connection, ana, &open[0], None, at(10)).await.unwrap());

    let mut transaction = db.person(ana).await.unwrap();
    provider_keys::remove(&mut transaction, ana, "fal").await.unwrap();
    assert_eq!(provider_keys::list(&mut transaction, ana).await.unwrap(), []);
}

#[tokio::test]
async fn keys_are_sealed_anew_and_open_in_their_own_place_alone() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, bo) = (person(db, "ana").await, person(db, "bo").await);
    let mut connection = db.worker().acquire().await.unwrap();
    let old = ring(&[("2025", 1)]);
    provider_keys::put(&mut connection, &old, ana, "fal", SECRET, at(0)).await.unwrap();
    let before = sealed(db).await;
    provider_keys::open(&mut connection, &old, ana).await.unwrap();
    assert_eq!(sealed(db).await, before);
    let both = ring(&[("2026", 2), ("2025", 1)]);
    provider_keys::open(&mut connection, &both, ana).await.unwrap();
    assert_ne!(sealed(db).await, before);
    let new = ring(&[("2026", 2)]);
    assert_eq!(provider_keys::open(&mut connection, &new, ana).await.unwrap()[0].secret, SECRET);
    let lost = provider_keys::open(&mut connection, &old, ana).await.unwrap_err();
    assert!(matches!(&lost, ProviderKeyError::Secret { provider, .. } if provider == "fal"), "{lost}");

    sqlx::query("UPDATE provider_keys SET user_id = $1").bind(bo.0).execute(&mut *connection).await.unwrap();
    let moved = provider_keys::open(&mut connection, &new, bo).await.unwrap_err();
    assert!(matches!(moved, ProviderKeyError::Secret { .. }), "{moved}");
}
