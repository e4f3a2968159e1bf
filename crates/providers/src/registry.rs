//! Every maker that can be used: the adapters of the catalogue's models whose keys are at hand, and the local maker.

use crate::animatic::LocalMaker;
use crate::capability::{ClipModel, ImageModel, TextModel, TranscriptionModel, VisionModel};
use crate::card::{ModelCard, ModelKind};
use crate::catalogue::{Adapter, Catalogue, Entry, Provider};
use crate::comfyui::{Comfyui, ComfyuiMaker, GraphOptions};
use crate::edit::EditModel;
use crate::error::ProviderError;
use crate::fal::{Fal, FalClips, FalEdits};
use crate::gemini::{Gemini, GeminiPictures, GeminiWords};
use crate::http::line::LineSettings;
use crate::http::{Door, Line};
use crate::jobs::{Jobs, Service};
use crate::kling::{Kling, KlingClips};
use crate::openai_compatible::{Openai, OpenaiChat, OpenaiImages, OpenaiTranscription};
use crate::runway::{Runway, RunwayClips, RunwayImages};
use crate::together::{Together, TogetherClips, TogetherImages};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Keys by provider. Kling's may be `ACCESS:SECRET`, for accounts that have a pair.
pub type Keys = BTreeMap<String, SecretString>;

/// Why the makers cannot be opened.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum RegistryError {
    #[error("provider `{0}`: its options cannot be read: {1}")]
    ProviderOptions(String, String),
    #[error("model `{0}`: its options cannot be read: {1}")]
    ModelOptions(String, String),
    #[error(
        "the key of `{0}` has characters that no key has: it may have been cut or wrapped when it was copied"
    )]
    Key(String),
}

/// Makers by kind and id. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    makers: BTreeMap<(ModelKind, String), Maker>,
    services: BTreeMap<String, Arc<dyn Service>>,
}

#[derive(Clone)]
pub(crate) enum Maker {
    Image(Arc<dyn ImageModel>),
    Edit(Arc<dyn EditModel>),
    Clip(Arc<dyn ClipModel>),
    Vision(Arc<dyn VisionModel>),
    Text(Arc<dyn TextModel>),
    Transcription(Arc<dyn TranscriptionModel>),
}

impl Maker {
    fn card(&self) -> &ModelCard {
        match self {
            Self::Image(model) => model.card(),
            Self::Edit(model) => model.card(),
            Self::Clip(model) => model.card(),
            Self::Vision(model) => model.card(),
            Self::Text(model) => model.card(),
            Self::Transcription(model) => model.card(),
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.makers.keys()).finish()
    }
}

/// A service's adapter, ready to make makers of models.
pub(crate) trait Opened {
    fn service(&self) -> Arc<dyn Service>;
    fn maker(&self, entry: &Entry) -> Result<Maker, RegistryError>;
}

impl Registry {
    /// Opens what can be used: a service that needs a key is left out where there is none, and one of one's own where
    /// nobody said that it is there.
    pub fn open(catalogue: &Catalogue, door: &Door, keys: &Keys) -> Result<Self, RegistryError> {
        let mut registry = Self::built_in();
        for (name, provider) in &catalogue.providers {
            let key = keys.get(name).cloned();
            if !provider.enabled || (key.is_none() && !provider.own) {
                continue;
            }
            let entries: Vec<_> =
                catalogue.entries.iter().filter(|entry| &entry.card.provider == name).collect();
            let opened = open(provider, door, key)?;
            registry.services.insert(name.clone(), opened.service());
            for entry in entries {
                registry.add(opened.maker(entry)?);
            }
        }
        Ok(registry)
    }

    /// The built-in maker alone.
    pub fn built_in() -> Self {
        let mut registry = Self { makers: BTreeMap::new(), services: BTreeMap::new() };
        let local = Arc::new(LocalMaker::new());
        registry.add(Maker::Image(local.clone()));
        registry.add(Maker::Clip(local));
        registry
    }

    fn add(&mut self, maker: Maker) {
        let card = maker.card();
        self.makers.insert((card.kind, card.id.clone()), maker);
    }

    pub fn image(&self, id: &str) -> Option<Arc<dyn ImageModel>> {
        match self.makers.get(&(ModelKind::Image, id.to_owned()))? {
            Maker::Image(model) => Some(model.clone()),
            _ => None,
        }
    }

    pub fn edit(&self, id: &str) -> Option<Arc<dyn EditModel>> {
        match self.makers.get(&(ModelKind::Edit, id.to_owned()))? {
            Maker::Edit(model) => Some(model.clone()),
            _ => None,
        }
    }

    pub fn clip(&self, id: &str) -> Option<Arc<dyn ClipModel>> {
        match self.makers.get(&(ModelKind::Clip, id.to_owned()))? {
            Maker::Clip(model) => Some(model.clone()),
            _ => None,
        }
    }

    pub fn vision(&self, id: &str) -> Option<Arc<dyn VisionModel>> {
        match self.makers.get(&(ModelKind::Vision, id.to_owned()))? {
            Maker::Vision(model) => Some(model.clone()),
            _ => None,
        }
    }

    pub fn text(&self, id: &str) -> Option<Arc<dyn TextModel>> {
        match self.makers.get(&(ModelKind::Text, id.to_owned()))? {
            Maker::Text(model) => Some(model.clone()),
            _ => None,
        }
    }

    pub fn transcription(&self, id: &str) -> Option<Arc<dyn TranscriptionModel>> {
        match self.makers.get(&(ModelKind::Transcription, id.to_owned()))? {
            Maker::Transcription(model) => Some(model.clone()),
            _ => None,
        }
    }

    /// What a maker that can be used does with work it took in.
    pub fn jobs(&self, kind: ModelKind, id: &str) -> Option<Arc<dyn Jobs>> {
        match self.makers.get(&(kind, id.to_owned()))? {
            Maker::Image(model) => Some(model.clone()),
            Maker::Edit(model) => Some(model.clone()),
            Maker::Clip(model) => Some(model.clone()),
            Maker::Vision(_) | Maker::Text(_) | Maker::Transcription(_) => None,
        }
    }

    /// The cards of all makers that can be used.
    pub fn cards(&self) -> impl Iterator<Item = &ModelCard> {
        self.makers.values().map(Maker::card)
    }

    /// An account, for trying its key.
    pub fn service(&self, provider: &str) -> Option<Arc<dyn Service>> {
        self.services.get(provider).cloned()
    }

    /// The models that are configured but that their services no longer offer, for a warning at the start. A service
    /// that cannot be asked now is in the second list.
    pub async fn check_models(&self, catalogue: &Catalogue) -> (Vec<ModelCard>, Vec<ProviderError>) {
        let (mut missing, mut unasked) = (Vec::new(), Vec::new());
        for (name, service) in &self.services {
            match service.models().await {
                Ok(Some(listed)) => missing.extend(catalogue.missing(name, &listed).into_iter().cloned()),
                Ok(None) => {}
                Err(error) => unasked.push(error),
            }
        }
        (missing, unasked)
    }
}

fn open(
    provider: &Provider,
    door: &Door,
    key: Option<SecretString>,
) -> Result<Box<dyn Opened>, RegistryError> {
    let key = key.unwrap_or_default();
    if HeaderValue::from_str(key.expose_secret()).is_err() {
        return Err(RegistryError::Key(provider.name.clone()));
    }
    let settings = LineSettings {
        provider: provider.name.clone(),
        base: provider.base.clone(),
        own: provider.own,
        limits: provider.limits,
        // Either half of a pair is one too.
        secrets: key.expose_secret().split(':').map(SecretString::from).chain([key.clone()]).collect(),
    };
    let line = Line::new(door.clone(), settings);
    Ok(match provider.adapter {
        Adapter::Gemini => Box::new(Gemini::new(line, key, provider_options(provider)?)),
        Adapter::Together => Box::new(Together::new(line, key)),
        Adapter::Kling => Box::new(Kling::new(line, key)),
        Adapter::Fal => Box::new(Fal::new(line, key, provider_options(provider)?)),
        Adapter::Runway => Box::new(Runway::new(line, key)),
        Adapter::Comfyui => Box::new(Comfyui::new(line, key, &provider_options(provider)?)),
        Adapter::OpenaiCompatible => Box::new(Openai::new(line, key)),
    })
}

fn provider_options<T: DeserializeOwned>(provider: &Provider) -> Result<T, RegistryError> {
    let options = provider.options.clone().try_into();
    options.map_err(|error| {
        RegistryError::ProviderOptions(provider.name.clone(), error.to_string().trim_end().to_owned())
    })
}

/// What a model's own options say.
pub(crate) fn model_options<T: DeserializeOwned>(entry: &Entry) -> Result<T, RegistryError> {
    let options = entry.options.clone().try_into();
    options.map_err(|error| {
        RegistryError::ModelOptions(entry.card.id.clone(), error.to_string().trim_end().to_owned())
    })
}

/// A kind that the catalogue let through although the adapter has it not.
pub(crate) fn no_such_kind(entry: &Entry) -> RegistryError {
    RegistryError::ModelOptions(
        entry.card.id.clone(),
        format!("there is no maker of this kind: {:?}", entry.card.kind),
    )
}

/// A service hands itself out, and of each model's entry a maker.
macro_rules! opened {
    ($adapter:ty, $account:ident, $entry:ident, $card:ident => { $($kind:ident => $maker:expr),+ $(,)? }) => {
        impl Opened for $adapter {
            fn service(&self) -> Arc<dyn Service> {
                Arc::new(self.clone())
            }

            fn maker(&self, $entry: &Entry) -> Result<Maker, RegistryError> {
                let ($account, $card) = (self.clone(), $entry.card.clone());
                Ok(match $card.kind {
                    $(ModelKind::$kind => Maker::$kind(Arc::new($maker)),)+
                    _ => return Err(no_such_kind($entry)),
                })
            }
        }
    };
}

opened!(Gemini, account, entry, card => {
    Image => GeminiPictures::new(account, card, model_options(entry)?),
    Edit => GeminiPictures::new(account, card, model_options(entry)?),
    Vision => GeminiWords::new(account, card),
    Text => GeminiWords::new(account, card),
});

opened!(Together, account, entry, card => {
    Image => TogetherImages::new(account, card, model_options(entry)?),
    Edit => TogetherImages::new(account, card, model_options(entry)?),
    Clip => TogetherClips::new(account, card, model_options(entry)?),
});

opened!(Kling, account, entry, card => {
    Clip => KlingClips::new(account, card, model_options(entry)?),
});

opened!(Fal, account, entry, card => {
    Image => FalEdits::new(account, card, model_options(entry)?),
    Edit => FalEdits::new(account, card, model_options(entry)?),
    Clip => FalClips::new(account, card, model_options(entry)?),
});

opened!(Runway, account, entry, card => {
    Image => RunwayImages::new(account, card),
    Clip => RunwayClips::new(account, card, model_options(entry)?),
});

opened!(Comfyui, account, entry, card => {
    Image => graph_maker(account, card, entry)?,
    Edit => graph_maker(account, card, entry)?,
    Clip => graph_maker(account, card, entry)?,
});

opened!(Openai, account, entry, card => {
    Image => OpenaiImages::new(account, card, model_options(entry)?).map_err(|error| bad_options(entry, error))?,
    Edit => OpenaiImages::new(account, card, model_options(entry)?).map_err(|error| bad_options(entry, error))?,
    Vision => OpenaiChat::new(account, card, model_options(entry)?),
    Text => OpenaiChat::new(account, card, model_options(entry)?),
    Transcription => OpenaiTranscription::new(account, card, model_options(entry)?),
});

fn graph_maker(account: Comfyui, card: ModelCard, entry: &Entry) -> Result<ComfyuiMaker, RegistryError> {
    let options: GraphOptions = model_options(entry)?;
    let graph = options.read(&card.model).map_err(|error| bad_options(entry, error))?;
    Ok(ComfyuiMaker::new(account, card, graph, options))
}

fn bad_options(entry: &Entry, error: String) -> RegistryError {
    RegistryError::ModelOptions(entry.card.id.clone(), error)
}
