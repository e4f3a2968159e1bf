//! Films on the queue: an order is laid out as steps, each is a job of its own, the last of them delivers.

pub(crate) mod buying;
pub(crate) mod deliver;
pub(crate) mod layout;
pub(crate) mod order;
mod reframe;
pub(crate) mod scenes;
pub(crate) mod step;
pub(crate) mod studio;
pub(crate) mod till;
