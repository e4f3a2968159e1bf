//! What every job can reach: the database, the objects, FFmpeg, the files at hand.

use crate::bells::Bells;
use crate::cache::NodeCache;
use crate::error::JobError;
use crate::film::studio::Studios;
use crate::keeper::Keeper;
use crate::mail::Mailer;
use crate::node::Node;
use crate::progress::ProgressBook;
use crate::services::ServiceDesk;
use crate::settings::Settings;
use mv_billing::Billing;
use mv_core::Clock;
use mv_media::Tools;
use mv_store::Database;
use mv_store::callbacks::Callbacks;
use mv_store::mail_choices::MailChoices;
use mv_store::objects::Objects;
use mv_store::secrets::{Keyring, SecretError};
use std::sync::Arc;

/// What the shop is given.
#[derive(Clone, Debug)]
pub struct Supplies {
    pub db: Database,
    pub objects: Objects,
    pub tools: Tools,
    pub services: ServiceDesk,
    /// Opens people's own keys.
    pub keyring: Arc<Keyring>,
    /// What plans cost, and how they are paid.
    pub billing: Billing,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug)]
pub struct Shop {
    pub(crate) db: Database,
    pub(crate) objects: Objects,
    pub(crate) tools: Tools,
    pub(crate) services: ServiceDesk,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) billing: Billing,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) cache: NodeCache,
    pub(crate) studios: Studios,
    pub(crate) keeper: Keeper,
    pub(crate) node: Node,
    pub(crate) bells: Arc<Bells>,
    /// Makes the addresses that services call back at.
    pub(crate) callbacks: Callbacks,
    /// Makes the links that stop mails.
    pub(crate) mail_choices: MailChoices,
    pub(crate) progress: ProgressBook,
    pub(crate) mailer: Mailer,
}

/// Why a worker cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error(transparent)]
    Folder(#[from] JobError),
    #[error(transparent)]
    Keys(#[from] SecretError),
    #[error("mails cannot be sent as configured: {0}")]
    Mail(String),
}

impl Shop {
    /// Opens the folder and gets ready; nothing runs yet.
    ///
    /// # Errors
    /// [`SetUpError`].
    pub fn open(supplies: Supplies, settings: Settings) -> Result<Arc<Self>, SetUpError> {
        let cache = NodeCache::open(&settings.folder, settings.keep_bytes)?;
        let mailer = Mailer::new(settings.mail.as_ref(), &settings.public_url).map_err(SetUpError::Mail)?;
        let callbacks = Callbacks::new(&supplies.keyring)?;
        let mail_choices = MailChoices::new(&supplies.keyring)?;
        Ok(Arc::new(Self {
            db: supplies.db,
            objects: supplies.objects,
            tools: supplies.tools,
            services: supplies.services,
            keyring: supplies.keyring,
            billing: supplies.billing,
            clock: supplies.clock,
            settings,
            cache,
            studios: Studios::default(),
            keeper: Keeper::default(),
            node: Node::new(),
            bells: Arc::default(),
            callbacks,
            mail_choices,
            progress: ProgressBook::default(),
            mailer,
        }))
    }
}
