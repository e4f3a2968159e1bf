//! Pictures of a song and of a plan: a plot of what was heard, a contact sheet of what will be shown.

pub(crate) mod plot;
pub(crate) mod sheet;
mod svg;
