//! Asking a service whether it takes a person's own key.

use crate::error::JobError;
use crate::running::Running;
use mv_core::ids::UserId;

/// A worker without outside services cannot ask: the key stays unchecked, and people see that it is.
pub(crate) async fn run(running: &Running, user: UserId, provider: &str) -> Result<(), JobError> {
    tracing::warn!(key.user = %user, key.provider = provider, "no services are set up here; a key stays unchecked");
    running.complete(running.finish().await?).await
}
