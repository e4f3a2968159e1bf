//! A character's photos are looked at and described, and test pictures are made of them, drawn here or by a model.
//!
//! What is made is kept picture by picture; a test whose photos were changed meanwhile makes no more and keeps nothing.

use crate::error::{JobError, Verdict};
use crate::film::studio::{self, Terms, hash_of_file};
use crate::making;
use crate::news;
use crate::progress;
use crate::running::Running;
use mv_core::CastMember;
use mv_core::character::{Seen, TestOrder, TestPicture, WantedPicture};
use mv_core::ids::{CharacterId, TaskId};
use mv_core::units::MicroUsd;
use mv_production::purchase::LedgerError;
use mv_production::{Materials, ProductionError, StepKind, Studio, screen_test};
use mv_providers::animatic::examine_photo;
use mv_providers::{ModelCard, ModelKind, PhotoFacts};
use mv_store::StoreError;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::characters::{self, Character};
use mv_store::db::{object_owners, task_runs};
use mv_store::ledger::Caps;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;

/// The built-in maker's names.
const BUILT_IN: [&str; 2] = ["animatic", "animatic-still"];

pub(crate) async fn run(running: &Running, id: CharacterId, task: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (begun, character) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let Some(begun) = task_runs::begin(&mut connection, task).await? else {
            return running.complete(running.finish().await?).await;
        };
        if !characters::is_tested_by(&mut connection, id, task).await? {
            return outdated(running, task).await;
        }
        (begun, characters::get(&mut connection, id).await?)
    };
    let order: TestOrder = serde_json::from_value(begun.payload).map_err(JobError::Kept)?;
    let maker = maker(running, order.image_model.as_deref())?;
    progress::note_task(shop, task, "photos", 0.0).await;
    let photos = take_in(running, &character).await?;
    let terms = Terms {
        task: Some(task),
        character: Some(id),
        caps: Caps { job: order.budget_usd.map(MicroUsd::from_dollars), ..Caps::default() },
        ..Terms::default()
    };
    let studio = Arc::new(studio::set_up(shop, photos.materials, character.user_id, terms).await?);
    let mut seen = Seen { photos: photos.reports, ..character.analysis_data.0.clone() };
    // Once for these photos, and once for this task whatever came of it: what the pictures are made of stays the same.
    let told = |seen: &Seen, name: &str| {
        seen.description_error
            .as_ref()
            .and_then(|error| error.get(name))
            .and_then(|id| id.as_str())
            .map(str::to_owned)
    };
    let asked = told(&seen, "task_id") == Some(task.to_string());
    if let Some(model) =
        order.vision_model.as_ref().filter(|model| !asked && seen.described_by.as_ref() != Some(*model))
    {
        progress::note_task(shop, task, "description", 0.0).await;
        describe(running, task, &studio, model, photos.bytes, &mut seen).await?;
    }
    {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        characters::keep_seen(&mut connection, id, task, &seen).await?;
    }
    let looks = seen.looks(character.description.as_deref().unwrap_or_default());
    let hashes = character.reference_images.iter().filter_map(|key| hash_of_file(key)).collect();
    let lead = screen_test::lead(looks, hashes);
    for (done, wanted) in order.pictures.iter().enumerate() {
        let there = character.tests.get(wanted.number).is_some_and(|test| test.take >= wanted.take);
        if !there && !shoot(running, id, task, &studio, &lead, wanted, maker.as_ref()).await? {
            return outdated(running, task).await;
        }
        let fraction = (done + 1) as f64 / order.pictures.len() as f64;
        progress::note_task(shop, task, "screen_test", fraction).await;
    }
    let mut transaction = running.finish().await?;
    characters::end_test(&mut transaction, id, task).await?;
    let result = json!({ "test_images": order.pictures.len() });
    task_runs::complete(&mut transaction, task, &result).await?;
    news::character_ready(&mut transaction, &character, task, order.pictures.len(), shop.clock.now()).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, task).await;
    Ok(())
}

/// The photos were changed, or withdrawn: whatever this task would make, nobody wants it.
async fn outdated(running: &Running, task: TaskId) -> Result<(), JobError> {
    let mut transaction = running.finish().await?;
    task_runs::complete(&mut transaction, task, &json!({ "outdated": true })).await?;
    running.complete(transaction).await?;
    progress::tell_task(&running.shop, task).await;
    Ok(())
}

fn maker(running: &Running, id: Option<&str>) -> Result<Option<ModelCard>, JobError> {
    match id.filter(|id| !BUILT_IN.contains(id)) {
        None => Ok(None),
        Some(id) => match running.shop.services.catalogue.card(ModelKind::Image, id) {
            Some(card) => Ok(Some(card.clone())),
            None => Err(JobError::NoModel(id.to_owned())),
        },
    }
}

/// The photos on this node, and what was seen of each.
struct Photos {
    materials: Materials,
    reports: Vec<serde_json::Value>,
    bytes: Vec<Arc<[u8]>>,
}

async fn take_in(running: &Running, character: &Character) -> Result<Photos, JobError> {
    let shop = &running.shop;
    let mut paths = Vec::with_capacity(character.reference_images.len());
    for key in &character.reference_images {
        paths.push(shop.cache.material(&shop.objects, &key.parse()?).await?);
    }
    let looked = tokio::task::spawn_blocking(move || look_at(&paths));
    looked.await.map_err(|error| JobError::Panicked(error.to_string()))?
}

fn look_at(paths: &[PathBuf]) -> Result<Photos, JobError> {
    let mut photos = Photos { materials: Materials::default(), reports: vec![], bytes: vec![] };
    for path in paths {
        let bytes = std::fs::read(path).map_err(JobError::file(path))?;
        let report = examine_photo(&bytes)?;
        photos.reports.push(serde_json::to_value(&report).map_err(JobError::Kept)?);
        photos.materials.add(path).map_err(JobError::file(path))?;
        photos.bytes.push(bytes.into());
    }
    Ok(photos)
}

/// Has the photos described. A description that is not to be had is noted with the reason: the character goes on
/// without.
async fn describe(
    running: &Running,
    task: TaskId,
    studio: &Arc<Studio>,
    model: &str,
    photos: Vec<Arc<[u8]>>,
    seen: &mut Seen,
) -> Result<(), JobError> {
    let (studio, cancel, models) = (studio.clone(), running.cancel.clone(), [model.to_owned()]);
    let runtime = Handle::current();
    // What buys is not sent between threads.
    let asked = tokio::task::spawn_blocking(move || {
        runtime.block_on(studio.desk(&cancel).describe(&models, &photos))
    });
    match asked.await.map_err(|error| JobError::Panicked(error.to_string()))? {
        Ok(PhotoFacts { description, key_features, style, confidence }) => {
            *seen = Seen {
                photos: std::mem::take(&mut seen.photos),
                description: Some(description),
                key_features,
                style_preference: (!style.is_empty()).then_some(style),
                confidence_score: Some(confidence),
                described_by: Some(model.to_owned()),
                description_error: None,
            };
            Ok(())
        }
        Err(error) => {
            let last_try = running.attempt as usize >= running.shop.settings.pauses.len();
            let ours =
                matches!(error, ProductionError::Ledger(LedgerError::Busy | LedgerError::Unavailable { .. }));
            let error = JobError::from(error);
            match error.verdict() {
                Verdict::Stop | Verdict::LeaveIt => return Err(error),
                Verdict::Retry if ours && !last_try => return Err(error),
                Verdict::Retry | Verdict::Fail => {}
            }
            tracing::warn!(%error, "the photos were not described");
            let told =
                json!({ "task_id": task, "model": model, "message": error.message(), "hint": error.hint() });
            seen.description_error = Some(told);
            Ok(())
        }
    }
}

/// Makes a picture and keeps it; one that was made before is found. `false` when it is not wanted any more.
async fn shoot(
    running: &Running,
    id: CharacterId,
    task: TaskId,
    studio: &Arc<Studio>,
    lead: &CastMember,
    wanted: &WantedPicture,
    maker: Option<&ModelCard>,
) -> Result<bool, JobError> {
    let shop = &running.shop;
    let user = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        if !characters::is_tested_by(&mut connection, id, task).await? {
            return Ok(false);
        }
        characters::get(&mut connection, id).await?.user_id
    };
    let step = screen_test::still(lead, wanted, maker)?;
    let key = step.key.to_string();
    let only_me = shop.cache.hold(&key).await;
    let made = if let Some(found) = making::found(shop, &key).await? {
        found
    } else {
        let made = making::make(shop, studio.clone(), step.key, step.input, None, &running.cancel, |_| {});
        made.await.map_err(|error| which(wanted, error))?
    };
    drop(only_me);
    let picture = TestPicture {
        key: made.object_key.clone(),
        take: wanted.take,
        model: maker.map_or(BUILT_IN[0], |card| &card.id).to_owned(),
        likeness: likeness(running, studio, lead, &made).await?,
        asked: wanted.remarks.clone(),
        verdict: None,
        remark: None,
    };
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    artifacts::add(&mut transaction, &made).await?;
    let media_type = making::media_type(StepKind::Still);
    object_owners::note(&mut transaction, &made.object_key, user, made.bytes, media_type).await?;
    let kept = characters::keep_picture(&mut transaction, id, task, wanted.number, &picture).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(kept)
}

/// Says which picture could not be made, where trying again would not help: four are asked for, in four sets of words.
fn which(wanted: &WantedPicture, error: JobError) -> JobError {
    match error.verdict() {
        Verdict::Fail => JobError::TestPicture { number: wanted.number + 1, source: Box::new(error) },
        Verdict::Retry | Verdict::Stop | Verdict::LeaveIt => error,
    }
}

/// How like the photos a picture is, drawn or bought.
async fn likeness(
    running: &Running,
    studio: &Arc<Studio>,
    lead: &CastMember,
    made: &Artifact,
) -> Result<Option<f32>, JobError> {
    let path = running.shop.cache.artifact(&running.shop.objects, made).await?;
    let (studio, lead) = (studio.clone(), lead.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let picture = std::fs::read(&path).map_err(JobError::file(&path))?;
        Ok(studio.likeness(std::slice::from_ref(&lead), &picture)?)
    });
    looked.await.map_err(|error| JobError::Panicked(error.to_string()))?
}
