//! What is kept: rows in PostgreSQL, files in an object store, secrets that are sealed.
//!
//! SQL is written as SQL, in one file an aggregate, checked when it is compiled. Functions take a connection; the caller
//! owns the transaction, and with it whose rows are seen.

pub mod backup;
pub mod board;
pub mod callbacks;
pub mod cluster;
pub mod db;
pub mod error;
pub mod ledger;
pub mod mail_choices;
pub mod objects;
pub mod queue;
pub mod secrets;
pub mod webhook_secret;

pub use cluster::Cluster;
pub use db::Database;
pub use error::StoreError;
pub use objects::Objects;
pub use secrets::Keyring;
