//! What every handler can reach.

use crate::auth::Auth;
use crate::config::ApiConfig;
use crate::studio::Studio;
use crate::watch::Watch;
use mv_core::Clock;
use mv_store::Database;
use mv_store::objects::Objects;
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
    pub objects: Objects,
    pub studio: Arc<dyn Studio>,
    pub watch: Watch,
}

/// What a server is made of.
#[derive(Debug)]
pub struct Setup {
    pub db: Database,
    pub objects: Objects,
    pub studio: Arc<dyn Studio>,
    pub clock: Arc<dyn Clock>,
    pub config: ApiConfig,
}

impl Deref for ApiState {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl ApiState {
    /// # Errors
    /// [`SetUpError`] when something is configured wrongly. Connects to nothing.
    pub fn new(setup: Setup) -> Result<Self, SetUpError> {
        let Setup { db, objects, studio, clock, config } = setup;
        let auth = Auth::new(&config)?;
        let watch = Watch::default();
        Ok(Self(Arc::new(Parts { db, clock, config, auth, objects, studio, watch })))
    }
}

/// Why the server cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("no key to sign sessions with")]
    NoSigningKey,
}
