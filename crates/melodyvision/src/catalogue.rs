//! What the API shows of the rooms that it may not know: templates, models, and how lyric files are read.

use crate::failure::{Class, Failure};
use crate::typical;
use mv_api::studio::{
    Bilingual, ModelCard, ModelKind, PriceUnit, Purchase, ReadLyrics, Studio, TemplateCard, UsualModels,
};
use mv_core::units::MicroUsd;
use mv_core::{Lyrics, SongAnalysis, Storyboard, VideoConfig};
use mv_director::SCENES_A_REQUEST;
use mv_director::template::{Pace, Template, builtins};
use mv_production::StepKind;
use mv_providers::Keys;
use mv_providers::animatic::LocalMaker;

#[derive(Debug)]
pub(crate) struct Catalogue {
    templates: Vec<TemplateCard>,
    models: Vec<ModelCard>,
    services: mv_providers::Catalogue,
    usual: UsualModels,
    typical: (Storyboard, SongAnalysis),
}

impl Catalogue {
    /// `keys` are the operator's: what they open can be ordered by everybody.
    ///
    /// # Errors
    /// When one of the `usual` models is not in the list.
    pub(crate) fn new(
        models: &mv_providers::Catalogue,
        keys: &Keys,
        usual: UsualModels,
    ) -> Result<Self, Failure> {
        use mv_providers::ModelKind as K;
        for (id, kind, setting) in [(&usual.image, K::Image, "image"), (&usual.vision, K::Vision, "vision")] {
            if let Some(id) = id.as_ref().filter(|id| models.card(kind, id).is_none()) {
                let message = format!("`services.usual.{setting}` is `{id}`, which is not a model for this");
                return Err(Failure::new(Class::Input, message).hint("see `melodyvision models`"));
            }
        }
        let templates = builtins().map_err(Failure::unexpected)?;
        let song = typical::song();
        let look = mv_director::template::builtin(typical::TEMPLATE).map_err(Failure::unexpected)?;
        let plan = typical::storyboard(&song, &look).map_err(Failure::unexpected)?;
        Ok(Self {
            services: models.clone(),
            templates: templates.into_iter().map(template).collect(),
            usual,
            typical: (plan, song),
            models: LocalMaker::cards()
                .iter()
                .chain(models.cards())
                .map(|card| {
                    let own = models
                        .providers
                        .get(&card.provider)
                        .is_some_and(|service| service.own && service.enabled);
                    model(card, own || keys.contains_key(&card.provider))
                })
                .collect(),
        })
    }
}

impl Studio for Catalogue {
    fn templates(&self) -> &[TemplateCard] {
        &self.templates
    }

    fn models(&self) -> &[ModelCard] {
        &self.models
    }

    fn usual_models(&self) -> UsualModels {
        self.usual.clone()
    }

    fn typical_film(&self) -> Option<(&Storyboard, &SongAnalysis)> {
        Some((&self.typical.0, &self.typical.1))
    }

    fn price_of_describing(&self, model: &str, photos: usize) -> MicroUsd {
        let card = self.services.card(mv_providers::ModelKind::Vision, model);
        card.map_or(MicroUsd::ZERO, |card| mv_production::purchase::price_of_describing(card, photos))
    }

    fn read_lyrics(&self, bytes: &[u8], name: &str, song: &SongAnalysis) -> Result<ReadLyrics, String> {
        let file = mv_director::lyrics::parse(bytes, name, song).map_err(|error| error.to_string())?;
        Ok(ReadLyrics { lyrics: file.lyrics, title: file.title, artist: file.artist })
    }

    fn writing_calls(&self, scenes: usize) -> usize {
        scenes.div_ceil(SCENES_A_REQUEST)
    }

    fn price_of_writing(&self, model: &str, plan: &Storyboard, scenes: &[usize]) -> Result<MicroUsd, String> {
        let template = mv_director::template::builtin(&plan.template).map_err(|error| error.to_string())?;
        let card = self.services.card(mv_providers::ModelKind::Text, model);
        let card = card.ok_or_else(|| format!("`{model}` is not a model that writes"))?;
        let price = |batch: &[usize]| {
            let request = mv_production::purchase::writing(plan, &template, batch);
            mv_production::purchase::price_of_writing(card, &request)
        };
        Ok(scenes.chunks(SCENES_A_REQUEST).map(price).sum())
    }

    fn align_lyrics(&self, lyrics: &Lyrics, song: &SongAnalysis) -> Lyrics {
        mv_director::lyrics::align(lyrics, song)
    }

    fn purchases(
        &self,
        plan: &Storyboard,
        song: &SongAnalysis,
        config: &VideoConfig,
    ) -> Result<Vec<Purchase>, String> {
        let bought = mv_jobs::purchases(&self.services, plan, song, config);
        let bought = bought.map_err(|error| error.to_string())?.into_iter();
        let purchase = |one: mv_production::recipe::Purchase| Purchase {
            scene: u32::try_from(one.scene).unwrap_or(u32::MAX),
            kind: if one.kind == StepKind::Still { ModelKind::Image } else { ModelKind::Clip },
            key: one.key.to_string(),
        };
        Ok(bought.map(purchase).collect())
    }
}

fn template(template: Template) -> TemplateCard {
    let look = &template.look;
    let tones = [look.shadows, look.midtones, look.highlights];
    let palette = tones.iter().chain(&look.accents);
    TemplateCard {
        name: Bilingual { en: template.name.en, ko: template.name.ko },
        summary: Bilingual { en: template.summary.en, ko: template.summary.ko },
        genres: template.genres,
        moods: template.moods,
        pace: match template.pace {
            Pace::Slow => "slow",
            Pace::Medium => "medium",
            Pace::Fast => "fast",
        }
        .to_owned(),
        grade: template.grade,
        captions: template.captions,
        palette: palette.map(ToString::to_string).collect(),
        places: template.places.iter().map(|choice| choice.place.word().to_owned()).collect(),
        id: template.id,
    }
}

fn model(card: &mv_providers::ModelCard, opened: bool) -> ModelCard {
    use mv_providers::ModelKind as K;
    use mv_providers::card::PriceUnit as U;
    ModelCard {
        id: card.id.clone(),
        provider: card.provider.clone(),
        name: card.name.clone(),
        kind: match card.kind {
            K::Image => ModelKind::Image,
            K::Edit => ModelKind::Edit,
            K::Clip => ModelKind::Clip,
            K::Vision => ModelKind::Vision,
            K::Text => ModelKind::Text,
            K::Transcription => ModelKind::Transcription,
        },
        clip_seconds: card.clip_seconds.clone(),
        aspects: card.aspects.iter().map(ToString::to_string).collect(),
        largest: card.largest.to_string(),
        reference_images: card.reference_images,
        // A still's references are read too, and paid for.
        price_usd: match card.kind {
            K::Image | K::Edit => card.estimate(0.0).0,
            _ => card.price.per_unit.0,
        } as f64
            / 1e6,
        price_unit: match card.price.unit {
            U::Image => PriceUnit::Image,
            U::Second => PriceUnit::Second,
            U::Clip => PriceUnit::Clip,
            U::MillionTokens => PriceUnit::MillionTokens,
        },
        price_checked: card.price.checked,
        needs_key: card.needs_key,
        needs_network: card.needs_network,
        region: card.region.clone(),
        regions: card.regions.clone(),
        // The maker of this machine needs nothing that could be missing.
        available: opened || !card.needs_key && !card.needs_network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_typical_film_can_be_laid_out_and_bought() {
        let models = mv_providers::Catalogue::built_in().unwrap();
        let catalogue = Catalogue::new(&models, &Keys::new(), UsualModels::default()).unwrap();
        let (plan, song) = catalogue.typical_film().unwrap();
        let (image_model, video_model) = (Some("nano-banana".to_owned()), Some("kling-standard".to_owned()));
        let config = VideoConfig { image_model, video_model, ..VideoConfig::default() };
        let bought = catalogue.purchases(plan, song, &config).unwrap();
        let clips = bought.iter().filter(|one| one.kind == ModelKind::Clip).count();
        assert!((1..=plan.scenes.len()).contains(&clips), "{clips} of {}", plan.scenes.len());
    }

    #[test]
    fn every_template_and_the_built_in_maker_are_shown() {
        let models = mv_providers::Catalogue::built_in().unwrap();
        let keys = Keys::from([("gemini".to_owned(), "key".into())]);
        let catalogue = Catalogue::new(&models, &keys, UsualModels::default()).unwrap();
        assert!(catalogue.templates().iter().any(|card| card.id == "urban-night" && !card.places.is_empty()));
        let available = |id: &str| catalogue.models().iter().any(|card| card.id == id && card.available);
        assert!(available("animatic") && available("nano-banana") && !available("kling-standard"));
    }
}
