//! What an AI service can do for a film, and the adapters that do it.
//!
//! The rest of the product speaks of capabilities ([`ImageModel`], [`ClipModel`], …), never of vendors. Each adapter
//! publishes a [`ModelCard`] and answers with a [`ProviderError`] that says what to do next. The built-in
//! [`animatic::LocalMaker`] is one of them: it draws, costs nothing and needs no network.

pub mod animatic;
pub mod capability;
pub mod card;
pub mod error;

pub use capability::{
    Answer, Casting, ClipAnswer, ClipModel, ClipRequest, ImageModel, JobId, JobState, PhotoFacts,
    StillAnswer, StillRequest, Submission, TextModel, TextRequest, TranscriptionModel, VisionModel,
};
pub use card::{ModelCard, ModelKind, Price, PriceUnit};
pub use error::{ProviderError, Verdict};
