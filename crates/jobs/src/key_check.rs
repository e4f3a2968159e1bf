//! Asking a service whether it takes a person's own key, by a call that costs nothing.

use crate::error::JobError;
use crate::running::Running;
use mv_core::ids::UserId;
use mv_providers::{Keys, ProviderError, SecretString, Verdict};
use mv_store::StoreError;
use mv_store::db::provider_keys::{self, OpenKey};

pub(crate) async fn run(running: &Running, user: UserId, provider: &str) -> Result<(), JobError> {
    let shop = &running.shop;
    let open = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        provider_keys::open(&mut connection, &shop.keyring, user).await?
    };
    let Some(key) = open.into_iter().find(|key| key.provider == provider) else {
        // Taken away again.
        return running.complete(running.finish().await?).await;
    };
    let said = ask(running, &key).await?;
    let mut transaction = running.finish().await?;
    provider_keys::checked(&mut transaction, user, &key, said.as_deref(), shop.clock.now()).await?;
    running.complete(transaction).await
}

/// Why the service does not take the key, if it does not.
async fn ask(running: &Running, key: &OpenKey) -> Result<Option<String>, JobError> {
    let services = &running.shop.services;
    let one = Keys::from([(key.provider.clone(), SecretString::from(key.secret.as_str()))]);
    let registry = match services.registry(&one) {
        Ok(registry) => registry,
        // A key that no header can carry.
        Err(error) => return Ok(Some(error.to_string())),
    };
    let Some(service) = registry.service(&key.provider) else {
        return Ok(Some(format!("there is no service `{}` here", key.provider)));
    };
    match service.check_key().await {
        Ok(()) => Ok(None),
        Err(error @ (ProviderError::Auth { .. } | ProviderError::QuotaExhausted { .. })) => {
            Ok(Some(error.to_string()))
        }
        // Not the key's fault: asked again later.
        Err(error) if matches!(error.verdict(), Verdict::Retry { .. }) => {
            Err(JobError::Production(error.into()))
        }
        Err(error) => Ok(Some(error.to_string())),
    }
}
