//! The local maker: draws stills and clips itself, and moves a camera over stills that others made. Free, offline, and
//! always there.

use crate::capability::{
    Answer, Casting, ClipAnswer, ClipModel, ClipRequest, ImageModel, StillAnswer, StillRequest,
};
use crate::card::{ModelCard, ModelKind, Price, PriceUnit};
use crate::error::ProviderError;
use crate::jobs::{Found, Jobs, Submission, Ticket};
use async_trait::async_trait;
use mv_animatic::plate::{self, Plate, PlateBrief, PlateError};
use mv_animatic::portrait::Portrait;
use mv_animatic::shot::{DrawError, Portrayed, SceneBrief, Shot, compose};
use mv_core::units::{Aspect, MicroUsd, Resolution};
use mv_core::{CancelToken, FrameRate};
use std::sync::{Arc, Mutex, PoisonError};

pub use mv_animatic::plate::aim;
pub use mv_animatic::portrait::{PhotoReport, PortraitError, examine as examine_photo};
pub use mv_animatic::shot::LightTrack;

/// Version of the drawing: raised whenever the same scene would be drawn differently.
pub const VERSION: u32 = mv_animatic::VERSION;

/// Its names among the models: of clips, and of stills. Either stands for it wherever a model is chosen.
pub const BUILT_IN: [&str; 2] = ["animatic", "animatic-still"];

const PROVIDER: &str = "animatic";

/// Draws with `mv_animatic`. Cut-outs of photos are kept, because every scene with a person needs them.
#[derive(Debug)]
pub struct LocalMaker {
    still_card: ModelCard,
    clip_card: ModelCard,
    cutouts: Mutex<Vec<(String, Arc<Portrait>)>>,
}

impl Default for LocalMaker {
    fn default() -> Self {
        Self::new()
    }
}

impl LocalMaker {
    pub fn new() -> Self {
        Self {
            still_card: card(ModelKind::Image),
            clip_card: card(ModelKind::Clip),
            cutouts: Mutex::default(),
        }
    }

    /// What it can make, for a list of models.
    pub fn cards() -> Vec<ModelCard> {
        vec![card(ModelKind::Image), card(ModelKind::Clip)]
    }

    /// Looks at a photo as the maker would, so that a bad one is refused before any work.
    ///
    /// # Errors
    /// Whatever keeps the photo from being drawn; [`PortraitError::NoFace`] when nobody is found in it.
    pub fn check_photo(photo: &[u8]) -> Result<(), PortraitError> {
        Portrait::from_photo(photo).map(|_| ())
    }

    fn draw(&self, request: &ClipRequest, cancel: &CancelToken) -> Result<Shot, ProviderError> {
        let still = &request.still;
        let mut cast = Vec::with_capacity(still.cast.len());
        for casting in &still.cast {
            cast.push(self.portray(casting)?);
        }
        let brief = SceneBrief {
            scene: &still.scene,
            look: &still.look,
            cast: &cast,
            canvas: still.canvas,
            rate: request.rate,
            light: &request.light,
            clip: request.frames.clone(),
        };
        compose(&brief, cancel).map_err(undrawn)
    }

    fn portray(&self, casting: &Casting) -> Result<Portrayed, ProviderError> {
        let portrait = match (casting.member.photos.first(), casting.photos.first()) {
            (Some(hash), Some(photo)) => Some(self.cutout(hash, photo)?),
            _ => None,
        };
        Ok(Portrayed::new(casting.member.id.clone(), portrait))
    }

    fn cutout(&self, hash: &str, photo: &[u8]) -> Result<Arc<Portrait>, ProviderError> {
        let lock = || self.cutouts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, portrait)) = lock().iter().find(|(known, _)| known == hash) {
            return Ok(portrait.clone());
        }
        let portrait = match Portrait::from_photo(photo) {
            // Whether a photo without a face may be used was decided when it was taken in.
            Err(PortraitError::NoFace) => Portrait::without_face(photo),
            other => other,
        };
        let portrait = portrait.map(Arc::new).map_err(|error| ProviderError::InvalidRequest {
            provider: PROVIDER.into(),
            detail: error.to_string(),
        })?;
        lock().push((hash.to_owned(), portrait.clone()));
        Ok(portrait)
    }
}

/// Moves the camera over the picture that a clip was given.
fn film(request: &ClipRequest, picture: &[u8], cancel: &CancelToken) -> Result<Plate, ProviderError> {
    let still = &request.still;
    let brief = PlateBrief {
        picture,
        scene: &still.scene,
        look: &still.look,
        canvas: still.canvas,
        rate: request.rate,
        light: &request.light,
        clip: request.frames.clone(),
    };
    plate::film(&brief, cancel).map_err(|error| match error {
        PlateError::Draw(error) => undrawn(error),
        PlateError::Picture(_) | PlateError::TooThin { .. } => ProviderError::InvalidRequest {
            provider: PROVIDER.into(),
            detail: error.hint().map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}")),
        },
    })
}

fn undrawn(error: DrawError) -> ProviderError {
    match error {
        DrawError::Cancelled => ProviderError::Cancelled,
        DrawError::Canvas(_) | DrawError::Clip { .. } => {
            ProviderError::InvalidRequest { provider: PROVIDER.into(), detail: error.to_string() }
        }
    }
}

fn card(kind: ModelKind) -> ModelCard {
    let (id, name, unit) = match kind {
        ModelKind::Image => ("animatic-still", "Animatic still", PriceUnit::Image),
        _ => ("animatic", "Animatic", PriceUnit::Second),
    };
    ModelCard {
        id: id.into(),
        provider: PROVIDER.into(),
        model: format!("{id}-{VERSION}"),
        name: name.into(),
        kind,
        clip_seconds: Vec::new(),
        aspects: vec![Aspect::Wide, Aspect::Tall, Aspect::Square],
        largest: Resolution::K4,
        reference_images: 1,
        price: Price { unit, ..Price::FREE },
        idempotency: true,
        finds_lost_work: true,
        webhooks: false,
        cancels: true,
        reports_cost: true,
        seed: true,
        needs_key: false,
        needs_network: false,
        region: None,
        regions: vec![],
    }
}

#[async_trait]
impl Jobs for LocalMaker {
    fn provider(&self) -> &str {
        PROVIDER
    }

    /// It answers at once: what was not answered was not made.
    async fn find(&self, _key: &str) -> Result<Found, ProviderError> {
        Ok(Found::NotTakenIn)
    }
}

#[async_trait]
impl ImageModel for LocalMaker {
    fn card(&self) -> &ModelCard {
        &self.still_card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let clip = ClipRequest {
            still: request.clone(),
            first_frame: None,
            rate: FrameRate::FILM,
            frames: 0..1,
            light: LightTrack::default(),
            motion: ClipRequest::USUAL_MOTION,
        };
        let picture = self.draw(&clip, ticket.cancel)?.still();
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png).map_err(|error| {
            ProviderError::BadResponse { provider: PROVIDER.into(), detail: error.to_string() }
        })?;
        Ok(Submission::Ready(Answer {
            made: StillAnswer { bytes: bytes.into_inner() },
            cost: Some(MicroUsd::ZERO),
        }))
    }
}

#[async_trait]
impl ClipModel for LocalMaker {
    fn card(&self) -> &ModelCard {
        &self.clip_card
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<ClipAnswer>, ProviderError> {
        let made = match &request.first_frame {
            Some(picture) => ClipAnswer::Drawn(Arc::new(film(request, picture, ticket.cancel)?)),
            None => ClipAnswer::Drawn(Arc::new(self.draw(request, ticket.cancel)?)),
        };
        Ok(Submission::Ready(Answer { made, cost: Some(MicroUsd::ZERO) }))
    }
}
