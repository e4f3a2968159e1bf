//! What an AI service can do for a film, and the adapters that do it.
//!
//! The rest of the product speaks of capabilities ([`ImageModel`], [`ClipModel`], …), never of vendors. Each adapter
//! publishes a [`ModelCard`] and answers with a [`ProviderError`] that says what to do next. The built-in
//! [`animatic::LocalMaker`] is one of them: it draws, costs nothing and needs no network.
//!
//! A [`Catalogue`] says which models there are; a [`Registry`] opens the adapters of those whose keys are at hand; a
//! [`Door`] is their only way to the network.

pub mod animatic;
pub mod capability;
pub mod card;
pub mod catalogue;
pub mod edit;
pub mod error;
pub mod http;
pub mod jobs;
pub mod registry;

mod comfyui;
mod facts;
mod fal;
mod gemini;
mod kling;
mod openai_compatible;
mod path;
mod picture;
mod policy;
mod portrait;
mod prompt;
mod references;
mod runway;
#[cfg(test)]
mod samples;
mod together;
mod wire;

pub use capability::{
    Answer, Casting, ClipAnswer, ClipModel, ClipRequest, ImageModel, PhotoFacts, StillAnswer, StillRequest,
    TextModel, TextRequest, TranscriptionModel, VisionModel,
};
pub use card::{ModelCard, ModelKind, Price, PriceUnit};
pub use catalogue::{Catalogue, CatalogueError};
pub use edit::{Change, EditChain, EditModel, EditRequest, Focus, Region, TextEdit};
pub use error::{ProviderError, Verdict};
pub use http::sniff::media_type;
pub use http::{Door, DoorSettings};
pub use jobs::{Found, JobId, JobState, Jobs, Notice, Service, Submission, Ticket, Webhook, WebhookError};
pub use picture::{Rgb, picture_size, to_png, to_rgb};
pub use registry::{Keys, Registry};
/// A service's key: never shown, not even by `Debug`.
pub use secrecy::SecretString;
