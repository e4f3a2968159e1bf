//! The outside services as this installation has set them up: which models there are, and whose keys open them.

use mv_core::Clock;
use mv_core::paid_call::Funding;
use mv_production::purchase::Pace;
use mv_providers::http::DoorError;
use mv_providers::registry::RegistryError;
use mv_providers::{Catalogue, Door, DoorSettings, Keys, Registry};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone)]
pub struct ServiceDesk {
    pub catalogue: Catalogue,
    pub door: Door,
    /// The operator's keys.
    pub keys: Keys,
    /// Who pays for what the operator's keys buy.
    pub funding: Funding,
    pub pace: Pace,
}

impl std::fmt::Debug for ServiceDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceDesk").field("keys", &self.keys.keys()).finish_non_exhaustive()
    }
}

impl ServiceDesk {
    /// The built-in maker alone: nobody's keys.
    ///
    /// # Errors
    /// [`DoorError`] when the network cannot be set up.
    pub fn built_in(clock: Arc<dyn Clock>) -> Result<Self, DoorError> {
        Ok(Self {
            catalogue: Catalogue { providers: BTreeMap::new(), entries: Vec::new() },
            door: Door::new(DoorSettings::default(), clock)?,
            keys: Keys::new(),
            funding: Funding::House,
            pace: Pace::default(),
        })
    }

    /// Everything that can be used with the operator's keys and a person's own, which go first.
    ///
    /// # Errors
    /// [`RegistryError`] when the catalogue's options or a key cannot be used.
    pub(crate) fn registry(&self, own: &Keys) -> Result<Registry, RegistryError> {
        let mut keys = self.keys.clone();
        keys.extend(own.iter().map(|(provider, key)| (provider.clone(), key.clone())));
        Registry::open(&self.catalogue, &self.door, &keys)
    }
}
