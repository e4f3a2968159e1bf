//! Consent was withdrawn: the files that are left of a character go, those that services made of its photos among them.

use crate::cleanup;
use crate::error::JobError;
use crate::running::Running;
use mv_core::ids::CharacterId;
use mv_store::StoreError;
use mv_store::db::{artifacts, retention};
use mv_store::ledger;

pub(crate) async fn run(
    running: &Running,
    id: CharacterId,
    photos: &[String],
    pictures: &[String],
) -> Result<(), JobError> {
    let shop = &running.shop;
    let mut files: Vec<String> = photos.iter().chain(pictures).cloned().collect();
    {
        let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
        artifacts::forget(&mut transaction, pictures).await?;
        files.extend(ledger::forget_character(&mut transaction, id).await?);
        transaction.commit().await.map_err(StoreError::from)?;
    }
    let kept = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        retention::referred(&mut connection, &files).await?
    };
    files.retain(|key| !kept.contains(key));
    let removed = files.len();
    cleanup::remove(shop, files).await?;
    tracing::info!(character.id = %id, files = removed, "forgotten");
    running.complete(running.finish().await?).await
}
