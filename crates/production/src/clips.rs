//! Clips in hand: a scene's body and both of its seams show the same clip, so it is composed once.

use crate::error::ProductionError;
use mv_media::clip::Clip;
use std::sync::{Arc, Mutex, PoisonError};

/// A clip, once someone has composed it; locked while someone does.
type Slot = Arc<Mutex<Option<Clip>>>;

/// The clips used last, the newest first. A painted clip at 1080p takes about 100 MiB.
pub(crate) struct ClipCache {
    slots: Mutex<Vec<(blake3::Hash, Slot)>>,
    capacity: usize,
}

impl ClipCache {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { slots: Mutex::default(), capacity }
    }

    /// The clip of a key; composed by `make` when it is not in hand, waited for while another thread composes it.
    pub(crate) fn get(
        &self,
        key: blake3::Hash,
        make: impl FnOnce() -> Result<Clip, ProductionError>,
    ) -> Result<Clip, ProductionError> {
        let slot = self.slot(key);
        let mut clip = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clip) = &*clip {
            return Ok(clip.clone());
        }
        Ok(clip.insert(make()?).clone())
    }

    fn slot(&self, key: blake3::Hash) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let known = slots.iter().position(|(known, _)| *known == key);
        let slot = known.map_or_else(Slot::default, |at| slots.remove(at).1);
        slots.insert(0, (key, slot.clone()));
        slots.truncate(self.capacity);
        slot
    }
}
