//! What is sounding: a log-frequency spectrum, its tuning, the notes behind it, and the key they make.

pub mod key;
pub mod notes;
pub mod pitch;
