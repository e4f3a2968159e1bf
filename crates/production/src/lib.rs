//! The path from a song to a film as keyed steps: what each step needs, what is already made, what is left to do.
//!
//! A film is a [`Graph`] of [`Step`]s. A step's key is a hash of everything its artefact depends on, so what did not
//! change is never made again, after a crash as after an edit. An [`executor`] walks the graph; a [`Studio`] performs
//! single steps with the help of the other rooms.

pub mod artifacts;
mod bought;
mod clips;
pub mod error;
pub mod executor;
pub mod film;
mod focus;
pub mod inputs;
mod likeness;
pub mod materials;
pub mod perform;
pub mod progress;
pub mod purchase;
pub mod recipe;
pub mod screen_test;
pub mod step;
mod tails;

pub use artifacts::FolderArtifacts;
pub use error::ProductionError;
pub use executor::{Executor, InProcess};
pub use film::{MadeFilm, make_film};
pub use likeness::likeness_of;
pub use materials::Materials;
pub use perform::{Studio, Work};
pub use progress::{Event, Progress};
pub use recipe::{Bought, Recipe, SceneSource};
pub use step::{Graph, Step, StepInput, StepKey, StepKind};
