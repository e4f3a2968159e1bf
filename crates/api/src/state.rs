//! What every handler can reach.

use crate::auth::Auth;
use crate::config::{ApiConfig, Secret};
use crate::layers::Noted;
use crate::limits::Limits;
use crate::pages::Pages;
use crate::routes::mail::MailNews;
use crate::routes::quotes::TypicalFilm;
use crate::studio::Studio;
use crate::watch::Watch;
use chrono::{DateTime, Utc};
use mv_billing::Billing;
use mv_core::Clock;
use mv_core::paid_call::Funding;
use mv_core::plan::PlanTable;
use mv_store::Database;
use mv_store::callbacks::Callbacks;
use mv_store::mail_choices::MailChoices;
use mv_store::objects::Objects;
use mv_store::secrets::{Keyring, SecretError};
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Mutex;

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
    pub pages: Arc<dyn Pages>,
    pub watch: Watch,
    pub limits: Limits,
    /// Refusals that the audit log has already.
    pub noted: Noted,
    pub keyring: Arc<Keyring>,
    /// Knows the addresses that services call back at.
    pub callbacks: Callbacks,
    /// Knows the links by which mails are stopped.
    pub mail_choices: MailChoices,
    /// Knows what the service that sends our mails has signed.
    pub mail_news: MailNews,
    /// What plans cost, and how they are paid.
    pub billing: Billing,
    /// Who pays for what the operator's keys buy.
    pub house: Funding,
    /// What plans allow.
    pub plans: &'static PlanTable,
    /// What plans' credits are counted in, and when that was worked out.
    pub(crate) typical: Mutex<Option<(Option<TypicalFilm>, DateTime<Utc>)>>,
}

/// What a server is made of.
#[derive(Debug)]
pub struct Setup {
    pub db: Database,
    pub objects: Objects,
    pub studio: Arc<dyn Studio>,
    pub pages: Arc<dyn Pages>,
    pub keyring: Arc<Keyring>,
    pub clock: Arc<dyn Clock>,
    pub billing: Billing,
    /// Who pays for what the operator's keys buy.
    pub house: Funding,
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
        let Setup { db, objects, studio, pages, keyring, clock, billing, house, config } = setup;
        let plans = billing.plans().keep();
        let auth = Auth::new(&config, &keyring, plans)?;
        let callbacks = Callbacks::new(&keyring)?;
        let mail_choices = MailChoices::new(&keyring)?;
        let mail_news = MailNews::new(&config.resend_webhook_secrets).map_err(SetUpError::MailSecret)?;
        let watch = Watch::default();
        let redis_url = config.redis_url.as_ref().map(Secret::expose);
        let limits = Limits::new(db.clone(), redis_url, clock.clone(), config.limits.clone())?;
        Ok(Self(Arc::new(Parts {
            db,
            clock,
            config,
            auth,
            objects,
            studio,
            pages,
            watch,
            limits,
            noted: Noted::default(),
            keyring,
            callbacks,
            mail_choices,
            mail_news,
            billing,
            house,
            plans,
            typical: Mutex::default(),
        })))
    }
}

/// Why the server cannot be set up as configured.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("no key to sign sessions with")]
    NoSigningKey,
    #[error("no key can be derived: {0}")]
    Keyring(#[from] SecretError),
    #[error("the costs of passwords are out of range: {0}")]
    Passwords(String),
    #[error("no client for HTTP: {0}")]
    Http(#[source] reqwest::Error),
    #[error("an address of an OAuth provider cannot be read: {0}")]
    Address(String),
    #[error("a secret of `mail.resend_webhook_secrets` cannot be read: {0}")]
    MailSecret(String),
    #[error("the address of Redis cannot be read: {0}")]
    Redis(#[source] redis::RedisError),
}
