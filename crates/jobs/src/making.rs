//! Making an artefact and putting it into the object store: it is whole there, or absent.

use crate::error::JobError;
use crate::shop::Shop;
use mv_core::CancelToken;
use mv_production::step::StepKey;
use mv_production::{ProductionError, StepInput, StepKind, Studio, Work};
use mv_store::StoreError;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::objects::{ObjectError, ObjectKey};
use std::path::Path;
use std::sync::Arc;

/// The artefact of this key, if somebody made it before.
pub(crate) async fn found(shop: &Shop, key: &str) -> Result<Option<Artifact>, JobError> {
    let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
    Ok(artifacts::find(&mut connection, &[key.to_owned()]).await?.pop())
}

/// Makes what a step's input describes, on a thread of its own. `report` hears how far it is, 0–1.
pub(crate) async fn make(
    shop: &Arc<Shop>,
    studio: Arc<Studio>,
    key: StepKey,
    input: StepInput,
    scene: Option<usize>,
    cancel: &CancelToken,
    mut report: impl FnMut(f64) + Send + 'static,
) -> Result<Artifact, JobError> {
    let kind = input.kind();
    let (at_hand, cancel) = (shop.clone(), cancel.clone());
    let made = tokio::task::spawn_blocking(move || {
        // A process that was killed between making and telling left it here.
        let artifacts = at_hand.cache.artifacts();
        let path = if let Some(path) = artifacts.find(kind, &key) {
            path
        } else {
            let draft = artifacts.draft(kind, &key)?;
            studio.perform(
                &Work { key, input: &input, scene },
                artifacts,
                &draft.path(),
                &cancel,
                &mut report,
            )?;
            if cancel.is_cancelled() {
                return Err(ProductionError::Cancelled.into());
            }
            draft.commit()?
        };
        let content_hash = hash_of(&path)?;
        Ok::<_, JobError>((path, content_hash))
    });
    let (path, content_hash) = made.await.map_err(|error| JobError::Panicked(error.to_string()))??;
    let object = ObjectKey::artifact(kind.word(), &key.to_string(), kind.extension())?;
    match shop.objects.put_file(&object, &path, media_type(kind)).await {
        // Another node made the same thing, or we did before we were killed.
        Ok(_) | Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let bytes = std::fs::metadata(&path).map_err(JobError::file(&path))?.len();
    Ok(Artifact {
        key: key.to_string(),
        kind: kind.word().to_owned(),
        object_key: object.to_string(),
        bytes: bytes.cast_signed(),
        content_hash,
    })
}

fn hash_of(path: &Path) -> Result<String, JobError> {
    let mut hasher = blake3::Hasher::new();
    let file = std::fs::File::open(path).map_err(JobError::file(path))?;
    hasher.update_reader(file).map_err(JobError::file(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}

pub(crate) fn media_type(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Analyze | StepKind::Report => "application/json",
        StepKind::Still => "image/png",
        StepKind::Clip | StepKind::Segment | StepKind::Seam | StepKind::Film => "video/mp4",
        StepKind::Soundtrack => "audio/mp4",
        StepKind::Poster | StepKind::Sprites => "image/jpeg",
    }
}
