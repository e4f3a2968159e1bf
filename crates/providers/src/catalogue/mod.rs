//! The catalogue: which models there are, what the product calls them, what they cost and how they are reached.
//!
//! The built-in file is `models.toml`; a person's file adds to it and replaces entries of the same name, because vendors
//! rename, retire and reprice models every month.

use crate::card::{ModelCard, ModelKind, Price, PriceUnit};
use crate::facts::Facts;
use crate::http::gate::Limits;
use chrono::NaiveDate;
use mv_core::units::{Aspect, MicroUsd, Resolution};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use url::Url;

const BUILT_IN: &str = include_str!("models.toml");

/// Nobody's catalogue is longer.
const LONGEST: usize = 1024 * 1024;

/// The languages that services speak; each has an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adapter {
    Gemini,
    Together,
    Kling,
    Fal,
    Runway,
    Comfyui,
    OpenaiCompatible,
}

impl Adapter {
    fn word(self) -> &'static str {
        match self {
            Self::Gemini => "gemini",
            Self::Together => "together",
            Self::Kling => "kling",
            Self::Fal => "fal",
            Self::Runway => "runway",
            Self::Comfyui => "comfyui",
            Self::OpenaiCompatible => "openai-compatible",
        }
    }
}

/// A service: where it is and how much it may be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    pub name: String,
    pub adapter: Adapter,
    /// The addresses of calls are below this one.
    pub base: Url,
    /// Where in the world its servers are, where one may choose.
    pub region: Option<String>,
    /// The regions to choose from.
    pub regions: Vec<String>,
    /// The operator runs it: its address may be private and without TLS, and it may be used without a key.
    pub own: bool,
    /// It is there to be used: those of one's own are when a person's file names them.
    pub enabled: bool,
    pub limits: Limits,
    /// Jobs that run there at the same time; for whoever counts them.
    pub jobs_at_once: Option<u32>,
    /// What only its adapter understands.
    pub(crate) options: toml::Table,
}

/// A model as one kind of maker.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub card: ModelCard,
    /// What only its adapter understands.
    pub(crate) options: toml::Table,
}

/// All models, sorted by id, and the services they are at.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    pub providers: BTreeMap<String, Provider>,
    pub entries: Vec<Entry>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CatalogueError {
    #[error("the catalogue is longer than {LONGEST} bytes")]
    TooLarge,
    #[error("the catalogue cannot be read: {0}")]
    Syntax(String),
    #[error("provider `{provider}`: `{field}` is `{value}`: {rule}")]
    Provider { provider: String, field: &'static str, value: String, rule: String },
    #[error("model `{model}`: `{field}` is `{value}`: {rule}")]
    Model { model: String, field: &'static str, value: String, rule: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    providers: BTreeMap<String, ProviderText>,
    #[serde(default)]
    models: Vec<ModelText>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderText {
    /// The provider's own name when unsaid.
    adapter: Option<Adapter>,
    base: Option<String>,
    region: Option<String>,
    /// The base of each region.
    #[serde(default)]
    regions: BTreeMap<String, String>,
    own: Option<bool>,
    enabled: Option<bool>,
    calls_at_once: Option<usize>,
    calls_per_minute: Option<u32>,
    pause_seconds: Option<u64>,
    jobs_at_once: Option<u32>,
    #[serde(default)]
    options: toml::Table,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelText {
    id: String,
    kinds: Vec<ModelKind>,
    provider: String,
    model: String,
    name: String,
    #[serde(default)]
    seconds: Vec<f64>,
    #[serde(default)]
    aspects: Vec<Aspect>,
    #[serde(default)]
    largest: Resolution,
    #[serde(default)]
    references: u32,
    price: PriceText,
    #[serde(default)]
    options: toml::Table,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceText {
    usd: f64,
    per: PriceUnit,
    /// Of a million tokens read.
    #[serde(default)]
    reading: f64,
    checked: Option<NaiveDate>,
    /// Where the price was found, for whoever checks it next.
    #[serde(default, rename = "source")]
    _source: String,
}

impl Catalogue {
    /// The catalogue that comes with this version.
    ///
    /// # Errors
    /// Never in a build whose tests passed.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::merge(parse(BUILT_IN)?, None)
    }

    /// The built-in catalogue with a person's file over it: providers are changed field by field, models as a whole.
    pub fn with(text: &str) -> Result<Self, CatalogueError> {
        Self::merge(parse(BUILT_IN)?, Some(parse(text)?))
    }

    /// A catalogue that holds what is written and nothing else.
    pub fn only(text: &str) -> Result<Self, CatalogueError> {
        Self::merge(parse(text)?, None)
    }

    fn merge(mut base: File, over: Option<File>) -> Result<Self, CatalogueError> {
        if let Some(over) = over {
            check_twice(&over.models)?;
            for (name, text) in over.providers {
                match base.providers.remove(&name) {
                    Some(known) => base.providers.insert(name, text.over(known)),
                    None => base.providers.insert(name, text),
                };
            }
            for model in over.models {
                base.models.retain(|known| known.id != model.id);
                base.models.push(model);
            }
        }
        check_twice(&base.models)?;
        let providers: BTreeMap<String, Provider> = base
            .providers
            .into_iter()
            .map(|(name, text)| Ok((name.clone(), text.read(&name)?)))
            .collect::<Result<_, CatalogueError>>()?;
        let mut entries = Vec::new();
        for model in base.models {
            entries.extend(model.read(&providers)?);
        }
        entries.sort_by(|a, b| (&a.card.id, a.card.kind).cmp(&(&b.card.id, b.card.kind)));
        Ok(Self { providers, entries })
    }

    pub fn card(&self, kind: ModelKind, id: &str) -> Option<&ModelCard> {
        self.entries.iter().map(|entry| &entry.card).find(|card| card.kind == kind && card.id == id)
    }

    pub fn cards(&self) -> impl Iterator<Item = &ModelCard> {
        self.entries.iter().map(|entry| &entry.card)
    }

    /// The models that a service does not list although the catalogue names them.
    pub fn missing(&self, provider: &str, listed: &[String]) -> Vec<&ModelCard> {
        let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
        let of_it = self.cards().filter(|card| card.provider == provider);
        of_it.filter(|card| !listed.contains(card.model.as_str())).collect()
    }
}

fn parse(text: &str) -> Result<File, CatalogueError> {
    if text.len() > LONGEST {
        return Err(CatalogueError::TooLarge);
    }
    toml::from_str(text).map_err(|error| CatalogueError::Syntax(error.to_string().trim_end().to_owned()))
}

fn check_twice(models: &[ModelText]) -> Result<(), CatalogueError> {
    let mut seen = BTreeSet::new();
    match models.iter().find(|model| !seen.insert(&model.id)) {
        Some(model) => Err(wrong(&model.id, "id", model.id.clone(), "two models have this id")),
        None => Ok(()),
    }
}

fn wrong(model: &str, field: &'static str, value: String, rule: impl Into<String>) -> CatalogueError {
    CatalogueError::Model { model: model.to_owned(), field, value, rule: rule.into() }
}

impl ProviderText {
    /// What this says, and what `known` says where this says nothing.
    fn over(self, known: Self) -> Self {
        let mut options = known.options;
        options.extend(self.options);
        let mut regions = known.regions;
        regions.extend(self.regions);
        Self {
            adapter: self.adapter.or(known.adapter),
            // An address of one's own goes before a region that was chosen for everybody.
            region: self.region.or(if self.base.is_some() { None } else { known.region }),
            base: self.base.or(known.base),
            regions,
            own: self.own.or(known.own),
            enabled: self.enabled.or(Some(true)),
            calls_at_once: self.calls_at_once.or(known.calls_at_once),
            calls_per_minute: self.calls_per_minute.or(known.calls_per_minute),
            pause_seconds: self.pause_seconds.or(known.pause_seconds),
            jobs_at_once: self.jobs_at_once.or(known.jobs_at_once),
            options,
        }
    }

    fn read(self, name: &str) -> Result<Provider, CatalogueError> {
        let wrong = |field, value: String, rule: &str| CatalogueError::Provider {
            provider: name.to_owned(),
            field,
            value,
            rule: rule.to_owned(),
        };
        let named = || toml::Value::String(name.to_owned()).try_into().ok();
        let adapter = self.adapter.or_else(named);
        let adapter = adapter.ok_or_else(|| {
            wrong(
                "adapter",
                String::new(),
                "say which of the adapters speaks its language, for instance `openai-compatible`",
            )
        })?;
        let base = match &self.region {
            None => self.base.unwrap_or_default(),
            Some(region) => self.regions.get(region).cloned().ok_or_else(|| {
                let known: Vec<_> = self.regions.keys().map(String::as_str).collect();
                let rule = if known.is_empty() {
                    "its servers are in one place: leave it out".to_owned()
                } else {
                    format!("known are {}", known.join(", "))
                };
                wrong("region", region.clone(), &rule)
            })?,
        };
        let own = self.own.unwrap_or_default();
        let enabled = self.enabled.unwrap_or(true);
        let url: Url = base.parse().map_err(|_| wrong("base", base.clone(), "it is not an address"))?;
        if url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("base", base, "it must start with https:// or http://"));
        }
        if url.scheme() == "http" && !own {
            return Err(wrong(
                "base",
                base,
                "only a service of your own (`own = true`) is reached without TLS",
            ));
        }
        if url.query().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("base", base, "it must have no name, password or query"));
        }
        let usual = Limits::default();
        let at_once = self.calls_at_once.unwrap_or(usual.at_once);
        if !(1..=1000).contains(&at_once) {
            return Err(wrong("calls_at_once", at_once.to_string(), "it must be between 1 and 1000"));
        }
        let pause = self.pause_seconds.map_or(usual.pause, Duration::from_secs);
        let limits = Limits { at_once, per_minute: self.calls_per_minute, pause, ..usual };
        let jobs_at_once = self.jobs_at_once;
        Ok(Provider {
            name: name.to_owned(),
            adapter,
            base: url,
            region: self.region,
            regions: self.regions.into_keys().collect(),
            own,
            enabled,
            limits,
            jobs_at_once,
            options: self.options,
        })
    }
}

impl ModelText {
    /// One entry for each kind.
    fn read(self, providers: &BTreeMap<String, Provider>) -> Result<Vec<Entry>, CatalogueError> {
        let id = self.id.as_str();
        let wrong = |field, value: String, rule: String| wrong(id, field, value, rule);
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if id.is_empty() || id.len() > 64 || !id.chars().all(fits) {
            return Err(wrong(
                "id",
                id.to_owned(),
                "it must be 1–64 lower-case letters, digits, `-` and `.`".into(),
            ));
        }
        if id.starts_with("animatic") {
            return Err(wrong("id", id.to_owned(), "this is the name of the built-in maker".into()));
        }
        let provider = providers.get(&self.provider).ok_or_else(|| {
            let known: Vec<_> = providers.keys().map(String::as_str).collect();
            wrong("provider", self.provider.clone(), format!("known are {}", known.join(", ")))
        })?;
        if self.model.is_empty() {
            return Err(wrong("model", String::new(), "say what the service calls it".into()));
        }
        if self.kinds.is_empty() {
            return Err(wrong("kinds", "[]".into(), "say what it makes".into()));
        }
        for seconds in &self.seconds {
            if !(seconds.is_finite() && *seconds > 0.0 && *seconds <= 600.0) {
                return Err(wrong(
                    "seconds",
                    seconds.to_string(),
                    "clips last between 0 and 600 seconds".into(),
                ));
            }
        }
        let price = self.price.read(id)?;
        let entry = |kind: ModelKind| {
            let facts = Facts::of(provider.adapter, kind).ok_or_else(|| {
                let rule = format!("`{}` makes no such thing here", provider.adapter.word());
                wrong("kinds", format!("{kind:?}").to_lowercase(), rule)
            })?;
            if kind == ModelKind::Clip && self.seconds.is_empty() && facts.needs_lengths {
                return Err(wrong("seconds", "[]".into(), "say which lengths it makes".into()));
            }
            let card = ModelCard {
                id: self.id.clone(),
                provider: self.provider.clone(),
                model: self.model.clone(),
                name: self.name.clone(),
                kind,
                clip_seconds: if kind == ModelKind::Clip { self.seconds.clone() } else { Vec::new() },
                aspects: self.aspects.clone(),
                largest: self.largest,
                reference_images: self.references,
                price,
                idempotency: facts.idempotency,
                finds_lost_work: facts.finds_lost_work,
                webhooks: facts.webhooks,
                cancels: facts.cancels,
                reports_cost: facts.reports_cost,
                seed: facts.seed,
                needs_key: !provider.own,
                needs_network: true,
                region: provider.region.clone(),
                regions: provider.regions.clone(),
            };
            Ok(Entry { card, options: self.options.clone() })
        };
        self.kinds.iter().copied().map(entry).collect()
    }
}

impl PriceText {
    fn read(&self, model: &str) -> Result<Price, CatalogueError> {
        for (field, usd) in [("price.usd", self.usd), ("price.reading", self.reading)] {
            if !(0.0..=1000.0).contains(&usd) {
                return Err(wrong(model, field, usd.to_string(), "a price is between 0 and 1000 dollars"));
            }
        }
        if self.usd > 0.0 && self.checked.is_none() {
            return Err(wrong(
                model,
                "price.checked",
                String::new(),
                "say on which day the price was looked up",
            ));
        }
        Ok(Price {
            per_unit: MicroUsd::from_dollars(self.usd),
            unit: self.per,
            reading: MicroUsd::from_dollars(self.reading),
            checked: self.checked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_asked_in_the_region_that_was_chosen() {
        let kling = |text: &str| {
            let catalogue = Catalogue::with(text).unwrap();
            let card = catalogue.card(ModelKind::Clip, "kling-standard").unwrap();
            assert_eq!(card.regions, ["beijing", "singapore"]);
            (catalogue.providers["kling"].base.host_str().unwrap().to_owned(), card.region.clone())
        };
        let at = |host: &str, region: Option<&str>| (host.to_owned(), region.map(str::to_owned));
        assert_eq!(kling(""), at("api-singapore.klingai.com", Some("singapore")));
        assert_eq!(
            kling("[providers.kling]\nregion = \"beijing\""),
            at("api-beijing.klingai.com", Some("beijing"))
        );
        assert_eq!(
            kling("[providers.kling]\nbase = \"https://kling.example.com\""),
            at("kling.example.com", None)
        );
        let wrong = |provider: &str| {
            let text = format!("[providers.{provider}]\nregion = \"mars\"");
            Catalogue::with(&text).unwrap_err().to_string()
        };
        assert!(wrong("kling").ends_with("known are beijing, singapore"), "{}", wrong("kling"));
        assert!(wrong("runway").contains("one place"), "{}", wrong("runway"));
    }

    #[test]
    fn the_names_of_the_product_lead_to_models_of_today() {
        let catalogue = Catalogue::built_in().unwrap();
        let of = |kind, id: &str| {
            let card = catalogue.card(kind, id).unwrap_or_else(|| panic!("no {kind:?} `{id}`"));
            (card.provider.as_str(), card.model.as_str(), card.estimate(5.0).to_string())
        };
        assert_eq!(of(ModelKind::Image, "nano-banana").1, "gemini-nano-banana-2.1");
        assert_eq!(of(ModelKind::Edit, "qwen").1, "fal-ai/qwen-image-edit-2511");
        assert_eq!(of(ModelKind::Clip, "kling-standard"), ("kling", "kling-v2-1", "$0.28".into()));
        assert_eq!(of(ModelKind::Clip, "kling-master"), ("kling", "kling-v2-1-master", "$1.40".into()));
        assert_eq!(of(ModelKind::Clip, "runway"), ("runway", "gen4_turbo", "$0.25".into()));
        assert_eq!(of(ModelKind::Clip, "pika"), ("fal", "fal-ai/pika/v2.2/image-to-video", "$0.45".into()));
        for card in catalogue.cards().filter(|card| !card.price.is_free()) {
            assert!(card.price.checked.is_some(), "{}", card.id);
        }
    }

    #[test]
    fn a_file_of_ones_own_changes_what_it_names() {
        let text = r#"
            [providers.kling]
            base = "https://api-beijing.klingai.com"
            [providers.attic]
            adapter = "openai-compatible"
            base = "http://10.0.0.7:8000/v1"
            own = true
            [[models]]
            id = "kling-standard"
            kinds = ["clip"]
            provider = "kling"
            model = "kling-v9"
            name = "Kling 9"
            seconds = [5]
            price = { usd = 0.1, per = "second", checked = "2027-01-02" }
            [[models]]
            id = "whisper-attic"
            kinds = ["transcription"]
            provider = "attic"
            model = "large-v3"
            name = "Whisper in the attic"
            price = { usd = 0, per = "second" }
        "#;
        let catalogue = Catalogue::with(text).unwrap();
        let kling = &catalogue.providers["kling"];
        assert_eq!(
            (kling.base.as_str(), kling.adapter),
            ("https://api-beijing.klingai.com/", Adapter::Kling)
        );
        assert_eq!(catalogue.card(ModelKind::Clip, "kling-standard").unwrap().model, "kling-v9");
        assert!(!catalogue.card(ModelKind::Transcription, "whisper-attic").unwrap().needs_key);
        assert!(catalogue.card(ModelKind::Image, "nano-banana").is_some());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_value() {
        let model = |change: (&str, &str)| {
            let text = r#"
                [[models]]
                id = "mine"
                kinds = ["clip"]
                provider = "kling"
                model = "m"
                name = "Mine"
                seconds = [5]
                price = { usd = 0.1, per = "second", checked = "2026-11-22" }
            "#;
            Catalogue::with(&text.replace(change.0, change.1)).unwrap_err().to_string()
        };
        assert!(model(("\"kling\"", "\"klnig\"")).contains("`klnig`: known are"));
        assert!(model(("[5]", "[-5]")).contains("`seconds` is `-5`"));
        assert!(model(("[5]", "[]")).contains("which lengths"));
        assert!(model(("usd = 0.1", "usd = -1")).contains("`price.usd` is `-1`"));
        assert!(model((", checked = \"2026-11-22\"", "")).contains("price.checked"));
        assert!(model(("\"clip\"", "\"transcription\"")).contains("`kling` makes no such thing"));
        assert!(model(("\"mine\"", "\"Mine!\"")).contains("`Mine!`"));
        assert!(model(("\"mine\"", "\"animatic\"")).contains("built-in maker"));
        assert!(model(("name = ", "label = ")).contains("label"));
        let provider = |text: &str| Catalogue::with(text).unwrap_err().to_string();
        assert!(provider("[providers.kling]\nbase = \"http://kling.example\"").contains("without TLS"));
        assert!(provider("[providers.nobody]\nbase = \"https://x.example\"").contains("adapter"));
        assert!(provider("[providers.kling]\nbase = \"https://a:b@x.example\"").contains("password"));
        assert!(provider("[providers.kling]\ncalls_at_once = 0").contains("`calls_at_once` is `0`"));
    }

    #[test]
    fn models_that_a_service_dropped_are_found() {
        let catalogue = Catalogue::built_in().unwrap();
        let listed = ["gemini-nano-banana-2.1".to_owned()];
        let missing: Vec<_> =
            catalogue.missing("gemini", &listed).iter().map(|card| card.id.as_str()).collect();
        assert!(missing.contains(&"nano-banana-pro") && !missing.contains(&"nano-banana"), "{missing:?}");
    }
}
