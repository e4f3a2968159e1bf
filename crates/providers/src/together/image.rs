//! Pictures: `POST /v1/images/generations`, answered at once; an edit is the same call with the picture in it.

use super::Together;
use crate::capability::{Answer, ImageModel, StillAnswer, StillRequest};
use crate::card::ModelCard;
use crate::edit::{EditModel, EditRequest};
use crate::error::ProviderError;
use crate::http::Effect;
use crate::http::line::Wanted;
use crate::jobs::{Jobs, Submission, Ticket};
use crate::picture::{self, Picture, PictureLimits};
use crate::prompt;
use crate::references::references;
use crate::wire::together::{CreateImage, Images};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mv_core::Canvas;
use reqwest::Method;
use serde::Deserialize;

/// `options` of a model that draws.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ImageOptions {
    /// It takes one picture as `image_url` and no `reference_images`.
    one_picture: bool,
}

#[derive(Debug)]
pub(crate) struct TogetherImages {
    together: Together,
    card: ModelCard,
    options: ImageOptions,
}

impl TogetherImages {
    pub(crate) fn new(together: Together, card: ModelCard, options: ImageOptions) -> Self {
        Self { together, card, options }
    }

    async fn draw(
        &self,
        prompt: String,
        pictures: &[Picture],
        (width, height): (u32, u32),
        seed: u64,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        let line = &self.together.line;
        let uris: Vec<String> = pictures.iter().map(Picture::data_uri).collect();
        let one = self.options.one_picture;
        let body = CreateImage {
            model: self.card.model.clone(),
            prompt,
            width,
            height,
            n: 1,
            seed: (seed & 0x7fff_ffff) as u32,
            response_format: "base64",
            output_format: "png",
            image_url: if one { uris.first().cloned() } else { None },
            reference_images: if one { Vec::new() } else { uris },
        };
        let call = self.together.call(Method::POST, "v1/images/generations").json(&body);
        let reply = line.send(call, Effect::Buys).await?;
        if !reply.status.is_success() {
            return Err(self.together.error(&reply, Effect::Buys));
        }
        let images: Images = line.read(&reply, Effect::Buys)?;
        let image = images.data.into_iter().next();
        let bytes = match image.map(|image| (image.b64_json, image.url)) {
            Some((Some(data), _)) => {
                STANDARD.decode(data).map_err(|_| line.unconfirmed("its picture is not Base64"))?
            }
            // Paid for: a link that fails is no reason to draw again.
            Some((None, Some(url))) => {
                let fetched = line.download(&url, Wanted::Picture).await;
                fetched.map_err(|error| line.unconfirmed(&error.to_string()))?
            }
            _ => return Err(line.unconfirmed("it answered without a picture")),
        };
        line.check_file(&bytes, Wanted::Picture)
            .map_err(|_| line.unconfirmed("its picture is no picture"))?;
        Ok(Submission::Ready(Answer { made: StillAnswer { bytes }, cost: None }))
    }
}

/// About a megapixel in the shape of the canvas, in steps of 16 as its models draw.
pub(crate) fn megapixel(canvas: Canvas) -> (u32, u32) {
    let side = |part: f64| ((1024.0 * part / 16.0).round() * 16.0).clamp(256.0, 1920.0) as u32;
    let root = canvas.ratio().sqrt();
    (side(root), side(1.0 / root))
}

#[async_trait]
impl Jobs for TogetherImages {
    fn provider(&self) -> &str {
        self.together.line.provider()
    }
}

#[async_trait]
impl ImageModel for TogetherImages {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let most = if self.options.one_picture { 1 } else { self.card.reference_images };
        let (shown, pictures) =
            references(&self.together.line, &request.cast, most, PictureLimits::default())?;
        self.draw(prompt::still(request, &shown), &pictures, megapixel(request.canvas), request.scene.seed)
            .await
    }
}

#[async_trait]
impl EditModel for TogetherImages {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.together.line;
        let invalid = |error: &dyn std::error::Error| line.invalid(&error.to_string());
        request.check().map_err(|error| invalid(&error))?;
        let limits = PictureLimits::default();
        let base = picture::fit(&request.picture, limits).map_err(|error| invalid(&error))?;
        let (width, height) = picture::dimensions(&base.bytes).map_err(|error| invalid(&error))?;
        let most = if self.options.one_picture { 0 } else { self.card.reference_images.saturating_sub(1) };
        let (shown, mut pictures) = references(line, &request.cast, most, limits)?;
        pictures.insert(0, base);
        self.draw(
            prompt::edit(request, &shown),
            &pictures,
            megapixel(Canvas::new(width, height)),
            request.seed,
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_about_a_megapixel() {
        assert_eq!(megapixel(Canvas::new(1920, 1080)), (1360, 768));
        assert_eq!(megapixel(Canvas::new(1080, 1920)), (768, 1360));
        assert_eq!(megapixel(Canvas::new(720, 720)), (1024, 1024));
    }
}
