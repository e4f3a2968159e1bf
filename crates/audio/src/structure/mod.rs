//! How the song is built: timbre over time, self-similarity, section boundaries and what each section is for.

pub mod mel;
