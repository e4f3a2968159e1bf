//! This process among the others that take jobs: it tells that it lives, and hears what operators hold back.

use crate::shop::Shop;
use mv_core::jobs::Class;
use mv_store::StoreError;
use mv_store::queue::halts;
use std::collections::BTreeSet;
use tokio::sync::watch;
use uuid::Uuid;

/// What operators hold back of this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Halts {
    /// It takes no jobs at all.
    draining: bool,
    paused: BTreeSet<Class>,
}

impl Halts {
    pub(crate) fn hold(&self, class: Class) -> bool {
        self.draining || self.paused.contains(&class)
    }
}

#[derive(Debug)]
pub(crate) struct Node {
    id: Uuid,
    name: String,
    halts: watch::Sender<Halts>,
}

impl Node {
    pub(crate) fn new() -> Self {
        let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { id: Uuid::new_v4(), name, halts: watch::Sender::default() }
    }

    /// Hears of what is held back.
    pub(crate) fn halts(&self) -> watch::Receiver<Halts> {
        self.halts.subscribe()
    }

    /// Tells that this process lives, with so many jobs in hand.
    pub(crate) async fn beat(&self, shop: &Shop, in_hand: usize) -> Result<(), StoreError> {
        let mut connection = shop.db.worker().acquire().await?;
        let classes: Vec<Class> = shop.settings.at_once.keys().copied().collect();
        let draining = halts::beat(&mut connection, self.id, &self.name, &classes, in_hand).await?;
        let paused = halts::paused(&mut connection).await?.into_keys().collect();
        let now = Halts { draining, paused };
        self.halts.send_if_modified(|was| {
            let is_news = *was != now;
            *was = now;
            is_news
        });
        Ok(())
    }

    /// Tells that it stops. Whoever only hears nothing of it any more takes it for dead.
    pub(crate) async fn leave(&self, shop: &Shop) {
        let left = async {
            let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
            halts::leave(&mut connection, self.id).await
        };
        if let Err(error) = left.await {
            tracing::debug!(%error, "this node was not taken off the list");
        }
    }
}
