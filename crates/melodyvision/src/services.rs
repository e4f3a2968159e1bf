//! The outside services of this run: the catalogue, the keys, what a film costs before anything is bought.

use crate::args::ServiceArgs;
use crate::config;
use crate::config::server::ServerConfig;
use crate::failure::{Class, Failure};
use crate::output::Output;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::units::MicroUsd;
use mv_jobs::ServiceDesk;
use mv_production::perform::{Fallbacks, Retakes, Services};
use mv_production::purchase::{CallState, FolderLedger, Pace};
use mv_production::recipe::Purchase;
use mv_production::{FolderArtifacts, ProductionError, Recipe, SceneSource, StepKind};
use mv_providers::animatic::BUILT_IN;
use mv_providers::registry::RegistryError;
use mv_providers::{
    Catalogue, CatalogueError, Door, DoorSettings, Keys, ModelCard, ModelKind, Registry, SecretString,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The built-in list of models, with a person's own on top.
pub(crate) fn catalogue(own: Option<&Path>) -> Result<Catalogue, Failure> {
    let Some(path) = own else { return Catalogue::built_in().map_err(Failure::unexpected) };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
    Catalogue::with(&text).map_err(|error: CatalogueError| {
        Failure::new(Class::Input, format!("`{}`: {error}", path.display()))
            .hint("see docs/models.md for what such a file may say")
    })
}

/// The keys that the environment sets.
fn keys() -> Keys {
    config::service_keys().into_iter().map(|(name, key)| (name, SecretString::from(key))).collect()
}

pub(crate) fn door() -> Result<Door, Failure> {
    Door::new(DoorSettings::default(), Arc::new(SystemClock)).map_err(Failure::unexpected)
}

pub(crate) fn registry(catalogue: &Catalogue) -> Result<Registry, Failure> {
    Registry::open(catalogue, &door()?, &keys()).map_err(Failure::of_registry)
}

/// What a server's workers may use.
pub(crate) fn desk(config: &ServerConfig) -> Result<ServiceDesk, Failure> {
    let services = &config.services;
    let desk = ServiceDesk {
        catalogue: catalogue(services.models.as_deref())?,
        door: door()?,
        keys: server_keys(config),
        funding: services.funding(),
        pace: Pace {
            hear: services.webhook_patience_seconds.map_or(Pace::default().hear, Duration::from_secs),
            ..Pace::default()
        },
    };
    // A key that cannot be one is found at the start, not when somebody's film needs it.
    Registry::open(&desk.catalogue, &desk.door, &desk.keys).map_err(Failure::of_registry)?;
    Ok(desk)
}

pub(crate) fn server_keys(config: &ServerConfig) -> Keys {
    let keys = config.services.keys.iter();
    keys.map(|(name, key)| (name.clone(), SecretString::from(key.expose()))).collect()
}

impl Failure {
    fn of_registry(error: RegistryError) -> Self {
        let failure = Self::new(Class::Input, error.to_string());
        match error {
            RegistryError::Key(name) => {
                failure.hint(format!("copy it again: MV_KEY_{}", name.to_ascii_uppercase().replace('-', "_")))
            }
            RegistryError::ProviderOptions(..) | RegistryError::ModelOptions(..) => {
                failure.hint("mend the `options` in your file of models")
            }
        }
    }
}

/// Who makes a film's stills and clips.
pub(crate) struct Makers {
    registry: Registry,
    still: Option<ModelCard>,
    clip: Option<ModelCard>,
}

impl Makers {
    /// Finds everything that can be wrong with what was asked for, before any work.
    pub(crate) fn open(args: &ServiceArgs) -> Result<Self, Failure> {
        let named = [&args.image_model, &args.clip_model].into_iter().flatten();
        let asks = named.chain(&args.image_fallback).chain(&args.clip_fallback);
        if asks.clone().all(|id| BUILT_IN.contains(&id.as_str())) {
            return Ok(Self { registry: Registry::built_in(), still: None, clip: None });
        }
        let catalogue = catalogue(args.models.as_deref())?;
        let registry = registry(&catalogue)?;
        let find = |kind, id: &String| -> Result<Option<ModelCard>, Failure> {
            if BUILT_IN.contains(&id.as_str()) {
                return Ok(None);
            }
            usable(&catalogue, &registry, kind, id).map(Some)
        };
        let still = args.image_model.as_ref().map(|id| find(ModelKind::Image, id)).transpose()?.flatten();
        let clip = args.clip_model.as_ref().map(|id| find(ModelKind::Clip, id)).transpose()?.flatten();
        for id in &args.image_fallback {
            find(ModelKind::Image, id)?;
        }
        for id in &args.clip_fallback {
            find(ModelKind::Clip, id)?;
        }
        Ok(Self { registry, still, clip })
    }

    /// The services as a studio uses them, and the books of this film.
    pub(crate) fn services(
        &self,
        args: &ServiceArgs,
        artifacts: &FolderArtifacts,
    ) -> Result<(Services, Arc<FolderLedger>), Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let cap = Some(args.budget.map_or(MicroUsd::ZERO, MicroUsd::from_dollars));
        let ledger = FolderLedger::open(artifacts.root(), cap, clock.clone());
        let ledger = Arc::new(ledger.map_err(ProductionError::from)?);
        let services = Services {
            registry: self.registry.clone(),
            fallbacks: Fallbacks { stills: args.image_fallback.clone(), clips: args.clip_fallback.clone() },
            retakes: Retakes { times: args.retakes, enough: None },
            ledger: ledger.clone(),
            pace: Pace::default(),
            clock,
        };
        Ok((services, ledger))
    }

    /// What the person gave for each scene, and who makes the rest.
    pub(crate) fn sources(&self, mut given: Vec<SceneSource>, scenes: usize) -> Vec<SceneSource> {
        given.resize_with(scenes, SceneSource::default);
        for source in &mut given {
            source.still_maker.clone_from(&self.still);
            source.clip_maker.clone_from(&self.clip);
        }
        given
    }

    /// Says what the film will cost, and goes no further unless the budget covers it.
    pub(crate) fn agree(
        &self,
        args: &ServiceArgs,
        recipe: &Recipe<'_>,
        artifacts: &FolderArtifacts,
        ledger: &FolderLedger,
        output: Output,
    ) -> Result<(), Failure> {
        let bought: BTreeSet<String> = ledger
            .entries()
            .iter()
            .filter(|entry| matches!(entry.state, CallState::Succeeded { .. }))
            .map(|entry| entry.step.to_string())
            .collect();
        let missing = |purchase: &Purchase| {
            artifacts.find(purchase.kind, &purchase.key).is_none()
                && !bought.contains(&purchase.key.to_string())
        };
        let quote = Quote::of(recipe.purchases()?.into_iter().filter(missing), &self.registry);
        if quote.total.0 == 0 {
            return Ok(());
        }
        quote.tell(output);
        let spent = {
            use mv_production::purchase::Ledger as _;
            ledger.spent()
        };
        within(args.budget, spent, quote.total)
    }
}

/// The card of a model that is to be used here.
pub(crate) fn usable(
    catalogue: &Catalogue,
    registry: &Registry,
    kind: ModelKind,
    id: &str,
) -> Result<ModelCard, Failure> {
    if let Some(card) = registry.cards().find(|card| card.kind == kind && card.id == id) {
        return Ok(card.clone());
    }
    if let Some(card) = catalogue.card(kind, id) {
        let message = format!("`{id}` is at `{}`, whose key is not set", card.provider);
        let key = card.provider.to_ascii_uppercase().replace('-', "_");
        return Err(Failure::new(Class::Usage, message).hint(format!("set MV_KEY_{key}")));
    }
    let does = match kind {
        ModelKind::Image => "makes stills",
        ModelKind::Edit => "changes pictures",
        ModelKind::Clip => "makes clips",
        ModelKind::Vision => "describes photos",
        ModelKind::Text => "writes",
        ModelKind::Transcription => "listens to songs",
    };
    let message = format!("`{id}` is not a model that {does}");
    Err(Failure::new(Class::Usage, message).hint("see `melodyvision models`"))
}

/// Goes no further unless the budget covers what was spent and what is still to be bought.
pub(crate) fn within(budget: Option<f64>, spent: MicroUsd, total: MicroUsd) -> Result<(), Failure> {
    let needed = spent + total;
    if budget.is_some_and(|budget| MicroUsd::from_dollars(budget) >= needed) {
        return Ok(());
    }
    let dollars = (needed.0 as f64 / 1e4).ceil() / 1e2;
    let message = match budget {
        None => format!("this would cost up to {total}"),
        Some(budget) => format!(
            "this would cost up to {total}, with the {spent} that were spent before {needed}: more than the budget of {}",
            MicroUsd::from_dollars(budget)
        ),
    };
    let korean = format!("최대 {total}이(가) 들어요");
    Err(Failure::new(Class::Budget, message)
        .hint(format!("none of it was bought: run it again with --budget {dollars:.2} to agree"))
        .korean((
            korean,
            Some(format!(
                "아직 아무것도 사지 않았어요. 동의하면 --budget {dollars:.2}(으)로 다시 실행해 주세요"
            )),
        )))
}

/// What is still to be bought, line by line.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Quote {
    event: &'static str,
    lines: Vec<Line>,
    /// Micro US dollars.
    total: MicroUsd,
}

#[derive(Debug, PartialEq, Serialize)]
struct Line {
    item: &'static str,
    model: String,
    count: usize,
    seconds: f64,
    amount: MicroUsd,
}

impl Quote {
    fn of(purchases: impl Iterator<Item = Purchase>, registry: &Registry) -> Self {
        let mut sums: BTreeMap<(bool, String), Line> = BTreeMap::new();
        for purchase in purchases {
            let (kind, item) = match purchase.kind {
                StepKind::Clip => (ModelKind::Clip, "clip"),
                _ => (ModelKind::Image, "still"),
            };
            let card = registry.cards().find(|card| card.kind == kind && card.id == purchase.model);
            let amount = card.map_or(MicroUsd::ZERO, |card| card.estimate(purchase.seconds));
            let line = sums.entry((kind == ModelKind::Clip, purchase.model.clone())).or_insert(Line {
                item,
                model: purchase.model,
                count: 0,
                seconds: 0.0,
                amount: MicroUsd::ZERO,
            });
            line.count += 1;
            line.seconds += purchase.seconds;
            line.amount = line.amount + amount;
        }
        let lines: Vec<Line> = sums.into_values().collect();
        Self { event: "quote", total: lines.iter().map(|line| line.amount).sum(), lines }
    }

    fn tell(&self, output: Output) {
        if output.json {
            output.answer(self, String::new);
            return;
        }
        for line in &self.lines {
            let what = match line.item {
                "clip" => output.pick("클립", "clips"),
                _ => output.pick("스틸", "stills"),
            };
            let seconds = if line.seconds > 0.0 { format!(", {:.0} s", line.seconds) } else { String::new() };
            output.say(&format!("{:>4} {what}  {}{seconds}  {}", line.count, line.model, line.amount));
        }
        output.say(&format!("{} {}", output.pick("합계 최대", "in all at most"), self.total));
    }
}
