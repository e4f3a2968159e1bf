//! A scene's picture is changed, one change after another; what comes of it is a new version of the scene.
//!
//! Each change is a paid call of its own, found again in the books: whatever interrupts the chain, it goes on from its last
//! picture. A chain that fails leaves the pictures that were paid for as a version that is not shown.

use crate::errand::{self, Errand};
use crate::error::JobError;
use crate::progress;
use crate::running::Running;
use bytes::Bytes;
use mv_core::errand::ImageEdit;
use mv_core::ids::{ProjectId, SceneId, TaskId, UserId};
use mv_production::ProductionError;
use mv_providers::Casting;
use mv_providers::edit::{ChainLink, EditChain};
use mv_store::StoreError;
use mv_store::board::Board;
use mv_store::db::orders::{self, Source};
use mv_store::db::scene_versions::{self, NewVersion};
use mv_store::db::{object_owners, plans, projects, scenes, task_runs};
use mv_store::ledger;
use mv_store::objects::{ObjectError, ObjectKey};
use serde_json::json;
use sqlx::PgConnection;
use std::sync::Arc;

/// No picture is larger.
const LARGEST: u64 = 64 << 20;

pub(crate) async fn run(running: &Running, scene: SceneId, id: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let begun = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        task_runs::begin(&mut connection, id).await?
    };
    let Some(task) = begun else {
        return running.complete(running.finish().await?).await;
    };
    let order: ImageEdit = errand::ordered(&task.payload)?;
    let project = task.project.ok_or(JobError::NoScene)?;
    let (source, board) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let source = orders::source(&mut connection, project).await?;
        (source, plans::load(&mut connection, project).await?.ok_or(JobError::NoStoryboard)?)
    };
    let index = board.index_of(scene).ok_or(JobError::NoScene)?;
    let cast = cast(running, &source, &board, index).await?;
    let chain = chain(running, &order, &cast).await?;
    let errand =
        Errand { task: &task, project, budget: source.budget, scenes: board.ids.clone(), stage: "editing" };
    let (models, number) = (order.bid.models.clone(), Some(index + 1));
    let (chain, ended) = errand::buy(running, &errand, &order.bid, move |desk, runtime, report| {
        let mut chain = chain;
        let ended = runtime.block_on(desk.edit_chain(&models, &mut chain, number, report));
        Ok((chain, ended))
    })
    .await?;
    let (done, all) = chain.progress();
    let maker = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        ledger::maker_for(&mut connection, id).await?.or_else(|| order.bid.models.first().cloned())
    };
    let place = Place { project, scene, user: task.user, model: maker.as_deref() };
    if let Err(error) = ended.map_err(JobError::from) {
        if done > 0 && errand::is_final(running, &error) {
            keep_aside(running, &place, &cast, &chain).await?;
        }
        return Err(error);
    }
    let picture = put(running, task.user, &cast, &chain).await?;
    let cost = errand::cost_usd(running, &task).await?;
    let mut transaction = running.finish().await?;
    picture.note(&mut transaction, task.user).await?;
    let shown = show(running, &mut transaction, &place, &picture).await?;
    let result = json!({ "scene_id": scene, "changes": all, "shown": shown, "cost_usd": cost });
    task_runs::complete(&mut transaction, id, &result).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, id).await;
    Ok(())
}

async fn read(running: &Running, key: &ObjectKey) -> Result<Arc<[u8]>, JobError> {
    Ok(running.shop.objects.read(key, LARGEST).await?.to_vec().into())
}

/// The people in the scene, with their photos.
async fn cast(
    running: &Running,
    source: &Source,
    board: &Board,
    index: usize,
) -> Result<Vec<Casting>, JobError> {
    let in_scene = &board.plan.scenes[index].cast;
    let mut cast = Vec::new();
    for member in board.plan.cast.iter().filter(|member| in_scene.contains(&member.id)) {
        let mut photos = Vec::with_capacity(member.photos.len());
        for hash in &member.photos {
            photos.push(read(running, &ObjectKey::photo(source.owner, hash)?).await?);
        }
        cast.push(Casting { member: member.clone(), photos });
    }
    Ok(cast)
}

/// The picture and its masks, fetched, and what is to be made of them.
async fn chain(running: &Running, order: &ImageEdit, cast: &[Casting]) -> Result<EditChain, JobError> {
    let mut links = Vec::with_capacity(order.links.len());
    for link in &order.links {
        let mask = match &link.mask {
            Some(key) => Some(read(running, &key.parse()?).await?),
            None => None,
        };
        links.push(ChainLink { change: link.change.clone(), mask, region: link.region });
    }
    let picture = read(running, &order.picture.parse()?).await?;
    Ok(EditChain::new(picture, links, cast.to_vec(), order.seed))
}

/// The scene whose picture it is, and whose work.
struct Place<'a> {
    project: ProjectId,
    scene: SceneId,
    user: UserId,
    model: Option<&'a str>,
}

/// A picture in the object store.
struct Put {
    key: ObjectKey,
    bytes: i64,
    media_type: &'static str,
    /// To the people in the scene, 0–1; `None` where no face can be compared.
    likeness: Option<f32>,
}

impl Put {
    async fn note(&self, connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
        object_owners::note(connection, self.key.as_str(), user, self.bytes, self.media_type).await
    }
}

async fn put(running: &Running, user: UserId, cast: &[Casting], chain: &EditChain) -> Result<Put, JobError> {
    let picture = chain.picture();
    mv_providers::picture_size(&picture).map_err(|detail| {
        let provider = running.task.clone();
        ProductionError::from(mv_providers::ProviderError::BadResponse { provider, detail })
    })?;
    let key = ObjectKey::edited(user, blake3::hash(&picture).to_hex().as_str())?;
    let media_type = mv_providers::media_type(&picture);
    match running.shop.objects.put(&key, Bytes::copy_from_slice(&picture), media_type).await {
        // The same changes of the same picture, or put there before we were killed.
        Ok(()) | Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let bytes = i64::try_from(picture.len()).unwrap_or(i64::MAX);
    let cast = cast.to_vec();
    let looked = tokio::task::spawn_blocking(move || mv_production::likeness_of(&cast, &picture));
    let likeness = looked.await.map_err(|error| JobError::Panicked(error.to_string()))?;
    Ok(Put { key, bytes, media_type, likeness })
}

/// Shows the picture in the scene. What the scene is now becomes a version first, and its clip is to be made anew. A scene
/// that was locked meanwhile gets the picture as a version alone. Says whether it is shown.
async fn show(
    running: &Running,
    connection: &mut PgConnection,
    place: &Place<'_>,
    picture: &Put,
) -> Result<bool, JobError> {
    let now = running.shop.clock.now();
    let gone = |error| match error {
        StoreError::NotFound => JobError::NoScene,
        other => other.into(),
    };
    projects::raise_version(&mut *connection, place.project, None).await.map_err(gone)?;
    let row = scenes::get(&mut *connection, place.scene).await.map_err(gone)?;
    let before = plans::load(&mut *connection, place.project).await?.ok_or(JobError::NoStoryboard)?;
    let index = before.index_of(place.scene).ok_or(JobError::NoScene)?;
    let mut after = before.clone();
    after.plan.scenes[index].still = Some(picture.key.to_string());
    if row.locked {
        let new = NewVersion {
            config: &after.plan.scenes[index],
            image_key: picture.key.as_str(),
            model: place.model,
            likeness: picture.likeness,
            by: place.user,
            now,
        };
        scene_versions::add(connection, place.scene, &new).await?;
        return Ok(false);
    }
    scene_versions::keep(&mut *connection, place.scene, "edited", Some(place.user), None, now).await?;
    plans::save(&mut *connection, place.project, Some(&before), after).await?;
    scene_versions::show(
        &mut *connection,
        place.scene,
        Some(picture.key.as_str()),
        None,
        place.model,
        picture.likeness,
    )
    .await?;
    scene_versions::keep(connection, place.scene, "generated", Some(place.user), None, now).await?;
    Ok(true)
}

/// Keeps the last picture of a chain that broke as a version that is not shown.
async fn keep_aside(
    running: &Running,
    place: &Place<'_>,
    cast: &[Casting],
    chain: &EditChain,
) -> Result<(), JobError> {
    let picture = put(running, place.user, cast, chain).await?;
    let mut transaction = running.shop.db.worker().begin().await.map_err(StoreError::from)?;
    picture.note(&mut transaction, place.user).await?;
    if let Some(mut board) = plans::load(&mut transaction, place.project).await?
        && let Some(index) = board.index_of(place.scene)
    {
        board.plan.scenes[index].still = Some(picture.key.to_string());
        let new = NewVersion {
            config: &board.plan.scenes[index],
            image_key: picture.key.as_str(),
            model: place.model,
            likeness: picture.likeness,
            by: place.user,
            now: running.shop.clock.now(),
        };
        scene_versions::add(&mut transaction, place.scene, &new).await?;
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}
