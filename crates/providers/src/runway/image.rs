//! Stills: `POST /v1/text_to_image`, with the cast as tagged references that the prompt names by `@`.

use super::Runway;
use super::clip::{PICTURE, short};
use crate::capability::{Answer, ImageModel, StillAnswer, StillRequest};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::line::Wanted;
use crate::jobs::{JobId, JobState, Jobs, Submission, Ticket};
use crate::prompt;
use crate::references::references;
use crate::wire::runway::{ReferenceImage, TextToImage};
use async_trait::async_trait;
use mv_core::units::{Aspect, Resolution};
use std::fmt::Write;

#[derive(Debug)]
pub(crate) struct RunwayImages {
    runway: Runway,
    card: ModelCard,
}

impl RunwayImages {
    pub(crate) fn new(runway: Runway, card: ModelCard) -> Self {
        Self { runway, card }
    }

    fn ratio(&self, aspect: Aspect) -> &'static str {
        match (aspect, self.card.largest) {
            (Aspect::Wide, Resolution::P1080 | Resolution::K4) => "1920:1080",
            (Aspect::Tall, Resolution::P1080 | Resolution::K4) => "1080:1920",
            (Aspect::Square, Resolution::P1080 | Resolution::K4) => "1080:1080",
            (Aspect::Wide, _) => "1280:720",
            (Aspect::Tall, _) => "720:1280",
            (Aspect::Square, _) => "720:720",
        }
    }
}

#[async_trait]
impl Jobs for RunwayImages {
    fn provider(&self) -> &str {
        self.runway.line.provider()
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        self.runway.state(job).await
    }

    async fn cancel(&self, job: &JobId) -> Result<(), ProviderError> {
        self.runway.stop(job).await
    }
}

#[async_trait]
impl ImageModel for RunwayImages {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.runway.line;
        let aspect = self.card.aspect(request.canvas).map_err(|detail| line.invalid(&detail))?;
        let (shown, pictures) = references(line, &request.cast, self.card.reference_images, PICTURE)?;
        // Tags are 3 to 16 letters and digits, so people get numbers. They come first: a long prompt loses its end.
        let mut prompt = String::new();
        for (number, reference) in shown.iter().enumerate() {
            let _ = write!(prompt, "@person{} is {}. ", number + 1, request.cast[reference.of].member.name);
        }
        prompt.push_str(&prompt::still(request, &[]));
        let tagged = pictures.iter().enumerate().map(|(number, picture)| ReferenceImage {
            uri: picture.data_uri(),
            tag: format!("person{}", number + 1),
        });
        let body = TextToImage {
            model: &self.card.model,
            prompt_text: short(&prompt),
            ratio: self.ratio(aspect),
            seed: Some((request.scene.seed & 0xffff_ffff) as u32),
            reference_images: tagged.collect(),
        };
        Ok(Submission::Queued(self.runway.create("v1/text_to_image", &body).await?))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<StillAnswer>, ProviderError> {
        let (url, cost) = self.runway.output(job).await?;
        let bytes = self.runway.line.download(&url, Wanted::Picture).await?;
        Ok(Answer { made: StillAnswer { bytes }, cost })
    }
}
