//! What is bought beside a film's steps: pictures changed, photos described, songs written down, lines written. Each is
//! a line in the same books, found there again by everything it depends on.

use super::seller::Seller;
use super::words::{AtOnce, Listener, Viewer, Writer};
use super::{Buyer, Keeping, Order};
use crate::error::ProductionError;
use crate::step::StepKey;
use mv_core::units::MicroUsd;
use mv_core::{CancelToken, Lyrics};
use mv_providers::edit::{EditChain, EditRequest};
use mv_providers::{ModelKind, PhotoFacts, ProviderError, Registry, TextRequest};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// A song to be written down.
#[derive(Clone, Debug)]
pub struct Listening {
    /// Bytes of a sound file, perhaps a smaller one made of the person's.
    pub song: Arc<[u8]>,
    /// BLAKE3 of the person's file, hex: whatever was sent of it, it is the same song.
    pub song_hash: String,
    pub seconds: f64,
    /// A BCP 47 tag where known.
    pub language: Option<String>,
}

/// Where things are bought that are no step of a film. A model that is not set up here is passed over, unless it is the
/// first that was chosen.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    pub keeping: Keeping<'a>,
    pub registry: &'a Registry,
    pub cancel: &'a CancelToken,
}

impl Desk<'_> {
    /// Changes a picture; what lies outside the mask and the region stays as it was. `scene` is the scene's number, from
    /// 1, and `report` hears 0–1.
    ///
    /// # Errors
    /// As for all here: [`ProductionError::NoMaker`]; [`ProductionError::Provision`] when no model did it;
    /// [`ProductionError::Unsettled`] when it may have been paid for and nobody here can tell;
    /// [`ProductionError::Ledger`] when it would break a cap.
    pub async fn edit(
        &self,
        models: &[String],
        request: &EditRequest,
        scene: Option<usize>,
        report: &mut (dyn FnMut(f64) + Send),
    ) -> Result<Vec<u8>, ProductionError> {
        let first = models.first().map(String::as_str).unwrap_or_default();
        let made = self.changed(models, request, scene, report).await?;
        request.keep_the_rest(made).map_err(|error| invalid(first, &error))
    }

    /// Makes one change after another, each a call of its own. What was made before stays in the chain when one fails, and
    /// the same chain begun anew finds it in the books. `report` hears 0–1 of all of it.
    ///
    /// # Errors
    /// See [`Self::edit`].
    pub async fn edit_chain(
        &self,
        models: &[String],
        chain: &mut EditChain,
        scene: Option<usize>,
        report: &mut (dyn FnMut(f64) + Send),
    ) -> Result<(), ProductionError> {
        let first = models.first().map(String::as_str).unwrap_or_default();
        while let Some(request) = chain.next() {
            let (done, all) = chain.progress();
            let mut part = |of_one: f64| report((done as f64 + of_one) / all.max(1) as f64);
            let made = self.changed(models, &request, scene, &mut part).await?;
            chain.made(made).map_err(|error| invalid(first, &error))?;
        }
        Ok(())
    }

    /// The picture as the service made it.
    async fn changed(
        &self,
        models: &[String],
        request: &EditRequest,
        scene: Option<usize>,
        report: &mut (dyn FnMut(f64) + Send),
    ) -> Result<Vec<u8>, ProductionError> {
        let first = models.first().map(String::as_str).unwrap_or_default();
        // A mask that does not fit is found before anything is paid for.
        request.mask_picture().map_err(|error| invalid(first, &error))?;
        let sellers = Self::sellers(models, |id| self.registry.edit(id))?;
        let order = Order {
            step: key(ModelKind::Edit, models, &edit_inputs(request))?,
            scene,
            sellers: &sellers,
            request,
            check: &|made| mv_providers::picture_size(made).map(|_| ()),
            judge: None,
        };
        self.buyer().buy(&order, &mut |done| report(done)).await
    }

    /// Describes the person in photos.
    ///
    /// # Errors
    /// See [`Self::edit`].
    pub async fn describe(
        &self,
        models: &[String],
        photos: &[Arc<[u8]>],
    ) -> Result<PhotoFacts, ProductionError> {
        let sellers =
            Self::sellers(models, |id| self.registry.vision(id).map(|model| AtOnce::new(Viewer(model))))?;
        let inputs = json!(photos.iter().map(|photo| hash(photo)).collect::<Vec<_>>());
        self.words(key(ModelKind::Vision, models, &inputs)?, &sellers, &photos.to_vec()).await
    }

    /// Writes down what is sung.
    ///
    /// # Errors
    /// See [`Self::edit`].
    pub async fn transcribe(
        &self,
        models: &[String],
        listening: &Listening,
    ) -> Result<Lyrics, ProductionError> {
        let find = |id: &str| self.registry.transcription(id).map(|model| AtOnce::new(Listener(model)));
        let sellers = Self::sellers(models, find)?;
        self.words(transcription_key(models, listening)?, &sellers, listening).await
    }

    /// Writes text in a given shape. Whether the answer keeps to the schema is for the caller to check.
    ///
    /// # Errors
    /// See [`Self::edit`].
    pub async fn write(&self, models: &[String], request: &TextRequest) -> Result<Value, ProductionError> {
        let sellers =
            Self::sellers(models, |id| self.registry.text(id).map(|model| AtOnce::new(Writer(model))))?;
        self.words(writing_key(models, request)?, &sellers, request).await
    }

    /// The most that it may cost to have photos described; nothing where the model is not set up here.
    pub fn price_of_describing(&self, model: &str, photos: &[Arc<[u8]>]) -> MicroUsd {
        let seller = self.registry.vision(model).map(|model| AtOnce::new(Viewer(model)));
        seller.map_or(MicroUsd::ZERO, |seller| seller.estimate(&photos.to_vec()))
    }

    async fn words<S: Seller, T: DeserializeOwned>(
        &self,
        step: StepKey,
        sellers: &[S],
        request: &S::Request,
    ) -> Result<T, ProductionError> {
        let order = Order { step, scene: None, sellers, request, check: &|_| Ok(()), judge: None };
        let made = self.buyer().buy(&order, &mut |_| ()).await?;
        Ok(serde_json::from_slice(&made)?)
    }

    /// The chosen model, then those to fall back on that are set up here.
    fn sellers<S>(models: &[String], find: impl Fn(&str) -> Option<S>) -> Result<Vec<S>, ProductionError> {
        let chosen = models.first().map(String::as_str).unwrap_or_default();
        let first = find(chosen).ok_or_else(|| ProductionError::NoMaker { model: chosen.to_owned() })?;
        let rest = models.iter().skip(1).filter(|id| *id != chosen).filter_map(|id| find(id));
        Ok(std::iter::once(first).chain(rest).collect())
    }

    fn buyer(&self) -> Buyer<'_> {
        let Keeping { ledger, clock, pace } = self.keeping;
        Buyer { ledger, clock, pace, cancel: self.cancel }
    }
}

/// What a transcript is in the books.
pub fn transcription_key(models: &[String], listening: &Listening) -> Result<StepKey, ProductionError> {
    let inputs = json!({ "song": listening.song_hash, "language": listening.language });
    key(ModelKind::Transcription, models, &inputs)
}

/// What a text is in the books.
pub fn writing_key(models: &[String], request: &TextRequest) -> Result<StepKey, ProductionError> {
    key(ModelKind::Text, models, &json!([request.instructions, request.material, request.schema]))
}

fn key(kind: ModelKind, models: &[String], inputs: &Value) -> Result<StepKey, ProductionError> {
    StepKey::named(word(kind), 1, &json!({ "model": models.first(), "inputs": inputs }))
}

fn word(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Image => "image",
        ModelKind::Edit => "edit",
        ModelKind::Clip => "clip",
        ModelKind::Vision => "describe",
        ModelKind::Text => "write",
        ModelKind::Transcription => "transcribe",
    }
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn edit_inputs(request: &EditRequest) -> Value {
    let cast: Vec<Value> = request
        .cast
        .iter()
        .map(|one| {
            let photos: Vec<String> = one.photos.iter().map(|photo| hash(photo)).collect();
            json!({ "member": one.member, "photos": photos })
        })
        .collect();
    json!({
        "picture": hash(&request.picture),
        "change": request.change,
        "mask": request.mask.as_deref().map(hash),
        "region": request.region,
        "cast": cast,
        "seed": request.seed,
    })
}

fn invalid(model: &str, error: &dyn std::error::Error) -> ProductionError {
    ProviderError::InvalidRequest { provider: model.to_owned(), detail: error.to_string() }.into()
}
