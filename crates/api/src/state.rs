//! What every handler can reach.

use crate::auth::Auth;
use crate::config::ApiConfig;
use mv_core::Clock;
use mv_store::Database;
use std::ops::Deref;
use std::sync::Arc;

/// Cheap to clone; reads like [`Parts`].
#[derive(Clone, Debug)]
pub struct ApiState(Arc<Parts>);

#[derive(Debug)]
pub struct Parts {
    pub db: Database,
    pub clock: Arc<dyn Clock>,
    pub config: ApiConfig,
    pub auth: Auth,
}

impl Deref for ApiState {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl ApiState {
    pub fn new(db: Database, clock: Arc<dyn Clock>, config: ApiConfig) -> Result<Self, SetUpError> {
        let auth = Auth::new(&config)?;
        Ok(Self(Arc::new(Parts { db, clock, config, auth })))
    }
}

/// Why the server cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("no key to sign sessions with")]
    NoSigningKey,
}
