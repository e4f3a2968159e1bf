//! Stills by `images/generations`, edits by `images/edits` where a server has it.

use super::{Openai, effect};
use crate::capability::{Answer, ImageModel, StillAnswer, StillRequest};
use crate::card::ModelCard;
use crate::edit::{EditModel, EditRequest};
use crate::error::ProviderError;
use crate::http::line::Wanted;
use crate::http::{Effect, Reply};
use crate::jobs::{Jobs, Submission, Ticket};
use crate::picture::{self, Picture, PictureError, PictureLimits};
use crate::prompt;
use crate::references::references;
use crate::together::megapixel;
use crate::wire::openai::{CreateImage, Images};
use ::image::{DynamicImage, Rgba, RgbaImage};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mv_core::Canvas;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::{Map, Value};

/// `options` of a model that draws.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ImageOptions {
    /// The sizes it draws, as `WIDTHxHEIGHT`; about a megapixel in any shape when unsaid.
    sizes: Vec<String>,
    /// Models that always send Base64 mind being asked for it.
    response_format: bool,
    /// Sends `seed` and `negative_prompt`, which many local servers take and OpenAI refuses.
    seed: bool,
    negative_prompt: bool,
    /// More JSON that is always sent.
    extra: Map<String, Value>,
}

impl Default for ImageOptions {
    fn default() -> Self {
        Self {
            sizes: Vec::new(),
            response_format: true,
            seed: false,
            negative_prompt: false,
            extra: Map::new(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct OpenaiImages {
    openai: Openai,
    card: ModelCard,
    options: ImageOptions,
    /// What [`ImageOptions::sizes`] say.
    sizes: Vec<Canvas>,
}

impl OpenaiImages {
    pub(crate) fn new(openai: Openai, mut card: ModelCard, options: ImageOptions) -> Result<Self, String> {
        let read = |text: &String| {
            let size =
                text.split_once('x').and_then(|(w, h)| Some(Canvas::new(w.parse().ok()?, h.parse().ok()?)));
            size.filter(|size| size.width > 0 && size.height > 0)
                .ok_or_else(|| format!("`{text}` is no size: write it like `1344x768`"))
        };
        let sizes = options.sizes.iter().map(read).collect::<Result<_, _>>()?;
        card.seed = options.seed;
        Ok(Self { openai, card, options, sizes })
    }

    /// The size nearest in shape.
    fn size(&self, canvas: Canvas) -> String {
        let off = |size: &Canvas| (size.ratio() / canvas.ratio()).ln().abs();
        let nearest = self.sizes.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        let (width, height) = nearest.map_or_else(|| megapixel(canvas), |size| (size.width, size.height));
        format!("{width}x{height}")
    }

    async fn picture(&self, reply: &Reply, effect: Effect) -> Result<Submission<StillAnswer>, ProviderError> {
        let line = &self.openai.line;
        let images: Images = line.read(reply, effect)?;
        let image = images.data.into_iter().next();
        let bytes = match image.map(|image| (image.b64_json, image.url)) {
            Some((Some(data), _)) => {
                STANDARD.decode(data).map_err(|_| line.unusable("its picture is not Base64", effect))?
            }
            Some((None, Some(url))) => {
                let fetched = line.download(&url, Wanted::Picture).await;
                fetched.map_err(|error| match effect {
                    // Paid for: a link that fails is no reason to draw again.
                    Effect::Buys => line.unconfirmed(&error.to_string()),
                    Effect::Makes | Effect::Asks => error,
                })?
            }
            _ => return Err(line.unusable("it answered without a picture", effect)),
        };
        line.check_file(&bytes, Wanted::Picture)
            .map_err(|_| line.unusable("its picture is no picture", effect))?;
        Ok(Submission::Ready(Answer { made: StillAnswer { bytes }, cost: None }))
    }

    fn part(&self, picture: Picture, name: &str) -> Result<Part, ProviderError> {
        let file = picture.file_name(name);
        let part = Part::bytes(picture.bytes).file_name(file).mime_str(picture.kind.mime());
        part.map_err(|error| self.openai.line.invalid(&error.to_string()))
    }
}

/// OpenAI's masks are transparent where the picture may change.
fn transparent_where_white(mask: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mask = picture::decode(mask)?.to_luma8();
    let clear = RgbaImage::from_fn(mask.width(), mask.height(), |x, y| {
        let white = mask.get_pixel(x, y)[0];
        Rgba([white, white, white, 255 - white])
    });
    picture::png(&DynamicImage::ImageRgba8(clear))
}

#[async_trait]
impl Jobs for OpenaiImages {
    fn provider(&self) -> &str {
        self.openai.line.provider()
    }
}

#[async_trait]
impl ImageModel for OpenaiImages {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let mut extra = self.options.extra.clone();
        if self.options.seed {
            extra.insert("seed".into(), (request.scene.seed & 0x7fff_ffff).into());
        }
        if self.options.negative_prompt {
            extra.insert("negative_prompt".into(), prompt::NEGATIVE.into());
        }
        let body = CreateImage {
            model: self.card.model.clone(),
            prompt: prompt::still(request, &[]),
            n: 1,
            size: self.size(request.canvas),
            response_format: self.options.response_format.then_some("b64_json"),
            extra,
        };
        let effect = effect(&self.card);
        let call = self.openai.call(Method::POST, "images/generations").json(&body);
        let reply = self.openai.answer(call, effect).await?;
        self.picture(&reply, effect).await
    }
}

#[async_trait]
impl EditModel for OpenaiImages {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<StillAnswer>, ProviderError> {
        ticket.check()?;
        let line = &self.openai.line;
        let invalid = |error: &dyn std::error::Error| line.invalid(&error.to_string());
        let mask = request.mask_picture().map_err(|error| invalid(&error))?;
        let limits = PictureLimits::default();
        let base = picture::fit(&request.picture, limits).map_err(|error| invalid(&error))?;
        let (width, height) = picture::dimensions(&request.picture).map_err(|error| invalid(&error))?;
        let places = self.card.reference_images.saturating_sub(1);
        let (shown, others) = references(line, &request.cast, places, limits)?;
        // One picture is a field, several are a list.
        let field = if others.is_empty() { "image" } else { "image[]" };
        let mut form = Form::new()
            .text("model", self.card.model.clone())
            .text("prompt", prompt::edit(request, &shown))
            .text("n", "1")
            .text("size", self.size(Canvas::new(width, height)))
            .part(field, self.part(base, "picture")?);
        for (number, picture) in others.into_iter().enumerate() {
            form = form.part("image[]", self.part(picture, &format!("reference{}", number + 1))?);
        }
        if let Some(mask) = mask {
            let mask = transparent_where_white(&mask).map_err(|error| invalid(&error))?;
            let mask = picture::fit(&mask, limits).map_err(|error| invalid(&error))?;
            form = form.part("mask", self.part(mask, "mask")?);
        }
        if self.options.response_format {
            form = form.text("response_format", "b64_json");
        }
        let effect = effect(&self.card);
        let reply = self
            .openai
            .answer(self.openai.call(Method::POST, "images/edits").multipart(form), effect)
            .await?;
        self.picture(&reply, effect).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_clear_where_it_was_white() {
        let mask = ::image::GrayImage::from_fn(2, 1, |x, _| ::image::Luma([if x == 0 { 255 } else { 0 }]));
        let png = picture::png(&DynamicImage::ImageLuma8(mask)).unwrap();
        let clear = picture::decode(&transparent_where_white(&png).unwrap()).unwrap().to_rgba8();
        assert_eq!((clear.get_pixel(0, 0)[3], clear.get_pixel(1, 0)[3]), (0, 255));
    }
}
