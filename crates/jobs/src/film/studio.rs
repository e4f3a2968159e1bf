//! The studio of an order on this node: FFmpeg, the makers, and the files that people gave, fetched once.

use crate::error::JobError;
use crate::shop::Shop;
use mv_core::Storyboard;
use mv_core::ids::{ProjectId, VideoJobId};
use mv_core::jobs::Class;
use mv_production::budget::Budget;
use mv_production::perform::StudioSetup;
use mv_production::{Materials, Studio};
use mv_providers::animatic::LocalMaker;
use mv_store::StoreError;
use mv_store::db::{orders, takes};
use mv_store::objects::ObjectKey;
use std::path::PathBuf;
use std::sync::Arc;

/// Studios kept open: each has its last clips in hand, which scenes and their seams share.
const OPEN: usize = 3;

/// The orders being worked on here, the last one first.
#[derive(Debug, Default)]
pub(crate) struct Studios(tokio::sync::Mutex<Vec<(VideoJobId, Arc<Studio>)>>);

impl Studios {
    /// The studio of an order; its files are fetched when it is opened.
    pub(crate) async fn of(
        &self,
        shop: &Shop,
        order: VideoJobId,
        project: ProjectId,
    ) -> Result<Arc<Studio>, JobError> {
        let mut open = self.0.lock().await;
        if let Some(at) = open.iter().position(|(id, _)| *id == order) {
            let found = open.remove(at);
            open.insert(0, found);
        } else {
            let materials = materials(shop, order, project).await?;
            let studio = set_up(shop, materials).await?;
            open.insert(0, (order, Arc::new(studio)));
            open.truncate(OPEN);
        }
        Ok(open[0].1.clone())
    }
}

pub(crate) async fn set_up(shop: &Shop, materials: Materials) -> Result<Studio, JobError> {
    let maker = Arc::new(LocalMaker::new());
    let at_once = shop.settings.at_once.get(&Class::Render).copied().unwrap_or(1);
    let setup = StudioSetup {
        tools: shop.tools.clone(),
        materials,
        images: maker.clone(),
        clips: maker,
        budget: Budget::with_cap(None),
        fonts: shop.cache.fonts(),
        clips_in_hand: at_once + 1,
    };
    let opened = tokio::task::spawn_blocking(move || Studio::new(setup)).await;
    Ok(opened.map_err(|error| JobError::Panicked(error.to_string()))??)
}

/// The song, the photos of the cast and the footage that an order is made from.
async fn materials(shop: &Shop, order: VideoJobId, project: ProjectId) -> Result<Materials, JobError> {
    let (source, board) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let source = orders::source(&mut connection, project).await?;
        (source, takes::planned(&mut connection, order).await?.ok_or(JobError::NoStoryboard)?)
    };
    let song = song(shop, &source).await?;
    let mut given = vec![(song, Some(source.audio_hash.clone()))];
    for hash in board.plan.cast.iter().flat_map(|member| &member.photos) {
        let key = ObjectKey::photo(source.owner, hash)?;
        given.push((shop.cache.material(&shop.objects, &key).await?, Some(hash.clone())));
    }
    for (_, path) in footage(shop, &board.plan).await?.into_iter().flatten() {
        given.push((path, None));
    }
    let taken_in = tokio::task::spawn_blocking(move || take_in(given)).await;
    taken_in.map_err(|error| JobError::Panicked(error.to_string()))?
}

fn take_in(given: Vec<(PathBuf, Option<String>)>) -> Result<Materials, JobError> {
    let mut materials = Materials::default();
    for (path, expected) in given {
        let hash = materials.add(&path).map_err(JobError::file(&path))?;
        if expected.is_some_and(|expected| expected != hash) {
            return Err(JobError::OtherFile { key: hash });
        }
    }
    Ok(materials)
}

/// The project's song on this node.
pub(crate) async fn song(shop: &Shop, source: &orders::Source) -> Result<PathBuf, JobError> {
    shop.cache.material(&shop.objects, &source.audio_key.parse()?).await
}

/// The person's own footage of each scene: its object's key is what the plan names as the file.
async fn footage(shop: &Shop, plan: &Storyboard) -> Result<Vec<Option<(String, PathBuf)>>, JobError> {
    let mut files = Vec::with_capacity(plan.scenes.len());
    for scene in &plan.scenes {
        files.push(match &scene.footage {
            Some(footage) => {
                let path = shop.cache.material(&shop.objects, &footage.file.parse()?).await?;
                Some((footage.file.clone(), path))
            }
            None => None,
        });
    }
    Ok(files)
}

/// For each scene, the hash of its footage.
pub(crate) async fn footage_hashes(shop: &Shop, plan: &Storyboard) -> Result<Vec<Option<String>>, JobError> {
    let files = footage(shop, plan).await?;
    let hashed = tokio::task::spawn_blocking(move || {
        let mut materials = Materials::default();
        files
            .into_iter()
            .map(|file| file.map(|(_, path)| materials.add(&path).map_err(JobError::file(&path))).transpose())
            .collect()
    });
    hashed.await.map_err(|error| JobError::Panicked(error.to_string()))?
}

/// `photos/{user}/{hash}.jpg` names the photo's hash.
pub(crate) fn hash_of_photo(key: &str) -> Option<String> {
    let name = key.rsplit('/').next()?;
    Some(name.split('.').next().unwrap_or(name).to_owned())
}
