//! A character's photos are looked at, and a screen test is drawn of them.

use crate::error::JobError;
use crate::film::studio::{self, hash_of_file};
use crate::making;
use crate::progress;
use crate::running::Running;
use mv_core::CastMember;
use mv_core::ids::{CharacterId, TaskId, UserId};
use mv_production::screen_test::{self, STILLS};
use mv_production::{Materials, StepKind};
use mv_providers::animatic::{PhotoReport, examine_photo};
use mv_store::StoreError;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::{characters, object_owners, task_runs};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;

/// What is kept of what was seen: `character_profiles.analysis_data`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    /// A report for each photo, in order.
    photos: serde_json::Value,
    /// Which take each test picture is of, from 1.
    takes: [u64; STILLS],
}

/// What is asked: the test pictures to draw anew, counted from 0; all of them when none is named.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    only: Vec<usize>,
}

pub(crate) async fn run(running: &Running, id: CharacterId, task: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (begun, character) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let begun = task_runs::begin(&mut connection, task).await?;
        (begun, characters::get(&mut connection, id).await?)
    };
    let Some(begun) = begun else {
        return running.complete(running.finish().await?).await;
    };
    let asked: Asked = serde_json::from_value(begun.payload).map_err(JobError::Kept)?;
    let mut seen: Seen = serde_json::from_value(character.analysis_data.clone()).unwrap_or_default();
    for (index, take) in seen.takes.iter_mut().enumerate() {
        if asked.only.is_empty() || asked.only.contains(&index) {
            *take += 1;
        }
    }
    let mut photos = Vec::with_capacity(character.reference_images.len());
    for key in &character.reference_images {
        photos.push(shop.cache.material(&shop.objects, &key.parse()?).await?);
    }
    let (reports, materials) = look_at(photos).await?;
    seen.photos = serde_json::to_value(&reports).map_err(JobError::Kept)?;

    let member = CastMember {
        id: CastMember::id_of(&character.name),
        name: character.name.clone(),
        description: character.description.clone().unwrap_or_default(),
        photos: character.reference_images.iter().filter_map(|key| hash_of_file(key)).collect(),
    };
    let stills = draw(running, task, &member, character.user_id, materials, seen.takes).await?;

    let mut transaction = running.finish().await?;
    for still in &stills {
        artifacts::add(&mut transaction, still).await?;
        let media_type = making::media_type(StepKind::Still);
        object_owners::note(&mut transaction, &still.object_key, character.user_id, still.bytes, media_type)
            .await?;
    }
    let keys: Vec<String> = stills.into_iter().map(|still| still.object_key).collect();
    let seen = serde_json::to_value(&seen).map_err(JobError::Kept)?;
    characters::keep_test(&mut transaction, id, &seen, &keys).await?;
    task_runs::complete(&mut transaction, task, &json!({ "test_images": keys.len() })).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, task).await;
    Ok(())
}

/// Looks at each photo, and takes it in for drawing.
async fn look_at(photos: Vec<PathBuf>) -> Result<(Vec<PhotoReport>, Materials), JobError> {
    let looked = tokio::task::spawn_blocking(move || {
        let (mut reports, mut materials) = (Vec::new(), Materials::default());
        for path in &photos {
            let bytes = std::fs::read(path).map_err(JobError::file(path))?;
            reports.push(examine_photo(&bytes)?);
            materials.add(path).map_err(JobError::file(path))?;
        }
        Ok((reports, materials))
    });
    looked.await.map_err(|error| JobError::Panicked(error.to_string()))?
}

/// The four stills; those whose take was drawn before are found.
async fn draw(
    running: &Running,
    task: TaskId,
    member: &CastMember,
    user: UserId,
    materials: Materials,
    takes: [u64; STILLS],
) -> Result<Vec<Artifact>, JobError> {
    let shop = &running.shop;
    let steps = screen_test::stills(member, takes)?;
    let studio = std::sync::Arc::new(studio::set_up(shop, materials, user, studio::Terms::default()).await?);
    let mut stills = Vec::with_capacity(steps.len());
    for (done, step) in steps.into_iter().enumerate() {
        let only_me = shop.cache.hold(&step.key.to_string()).await;
        stills.push(match making::found(shop, &step.key.to_string()).await? {
            Some(found) => found,
            None => {
                making::make(shop, studio.clone(), step.key, step.input, None, &running.cancel, |_| {})
                    .await?
            }
        });
        drop(only_me);
        progress::note_task(shop, task, "screen_test", (done + 1) as f64 / STILLS as f64).await;
    }
    Ok(stills)
}
