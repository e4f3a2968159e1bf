//! Looking at the services, when workers start and once a day: do they take the operator's keys, and do they still have the
//! models that the catalogue names? By calls that cost nothing.

use crate::error::JobError;
use crate::running::Running;
use crate::shop::Shop;
use futures_util::future::join_all;
use mv_core::jobs::{Class, Job};
use mv_providers::{Catalogue, Keys, ProviderError, Service};
use mv_store::StoreError;
use mv_store::db::service_checks::{self, Check};
use mv_store::queue::{self, Enqueue};
use std::sync::Arc;

/// Has the services looked at: by one node, when several start together.
pub(crate) async fn order(shop: Arc<Shop>) {
    if !shop.settings.at_once.contains_key(&Class::Cleaning) || shop.services.catalogue.providers.is_empty() {
        return;
    }
    let ordered = async {
        let mut connection = shop.db.worker().acquire().await?;
        queue::enqueue(&mut connection, &Job::CheckServices, Enqueue::default()).await
    };
    if let Err(error) = ordered.await {
        let error: StoreError = error;
        tracing::info!(%error, "the services are looked at tomorrow");
    }
}

pub(crate) async fn run(running: &Running) -> Result<(), JobError> {
    let shop = &running.shop;
    let registry = shop.services.registry(&Keys::new())?;
    let catalogue = &shop.services.catalogue;
    let names: Vec<String> = catalogue.providers.keys().cloned().collect();
    let services = names.iter().filter_map(|name| registry.service(name));
    let checks = join_all(services.map(|service| look(running, catalogue, service))).await;
    let mut transaction = running.finish().await?;
    let before = service_checks::all(&mut transaction).await?;
    for check in &checks {
        tell(check, before.iter().find(|before| before.provider == check.provider));
        service_checks::put(&mut transaction, check).await?;
    }
    let set_up: Vec<String> = checks.into_iter().map(|check| check.provider).collect();
    service_checks::keep_only(&mut transaction, &set_up).await?;
    running.complete(transaction).await
}

async fn look(running: &Running, catalogue: &Catalogue, service: Arc<dyn Service>) -> Check {
    let provider = service.provider().to_owned();
    let asked = match service.models().await {
        // It lists none: its key is tried another way.
        Ok(None) => service.check_key().await.map(|()| None),
        asked => asked,
    };
    let works = match &asked {
        Ok(_) => Some(true),
        Err(ProviderError::Auth { .. } | ProviderError::QuotaExhausted { .. }) => Some(false),
        Err(_) => None,
    };
    let listed = asked.as_ref().ok().and_then(Option::as_ref);
    let mut missing: Vec<String> = listed
        .map(|listed| catalogue.missing(&provider, listed).into_iter().map(|card| card.id.clone()).collect())
        .unwrap_or_default();
    // A model is one card a kind.
    missing.dedup();
    Check {
        lists_models: listed.is_some(),
        checked_at: running.shop.clock.now(),
        works,
        error: asked.as_ref().err().map(ToString::to_string),
        missing,
        provider,
    }
}

/// Says in the log what is new: not every day the same.
fn tell(check: &Check, before: Option<&Check>) {
    let known = before.map(|before| before.missing.as_slice()).unwrap_or_default();
    for model in check.missing.iter().filter(|model| !known.contains(model)) {
        tracing::warn!(
            provider = check.provider,
            model,
            "the service no longer lists this model: it is not offered"
        );
    }
    if check.works == Some(false) && before.is_none_or(|before| before.works != Some(false)) {
        tracing::warn!(provider = check.provider, error = check.error, "the service does not take its key");
    }
}
