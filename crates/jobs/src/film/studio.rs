//! The studio of an order on this node: FFmpeg, the makers, and the files that people gave, fetched once.

use crate::error::JobError;
use crate::film::buying;
use crate::film::till::{Bill, Till};
use crate::shop::Shop;
use mv_core::ids::{CharacterId, ProjectId, SceneId, TaskId, UserId, VideoJobId};
use mv_core::jobs::Class;
use mv_core::units::MicroUsd;
use mv_core::{Storyboard, VideoConfig};
use mv_production::perform::{Fallbacks, Retakes, Services, StudioSetup};
use mv_production::{Materials, SceneSource, Studio};
use mv_providers::{Keys, SecretString};
use mv_store::StoreError;
use mv_store::db::orders::{self, Order};
use mv_store::db::{provider_keys, takes};
use mv_store::ledger::Caps;
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
    pub(crate) async fn of(&self, shop: &Shop, order: &Order) -> Result<Arc<Studio>, JobError> {
        let mut open = self.0.lock().await;
        if let Some(at) = open.iter().position(|(id, _)| *id == order.id) {
            let found = open.remove(at);
            open.insert(0, found);
        } else {
            let (source, board) = {
                let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
                let source = orders::source(&mut connection, order.project).await?;
                (source, takes::planned(&mut connection, order.id).await?.ok_or(JobError::NoStoryboard)?)
            };
            let materials = materials(shop, &source, &board.plan).await?;
            let terms = Terms {
                project: Some(order.project),
                job: Some(order.id),
                caps: Caps {
                    job: order.config.budget_usd.map(MicroUsd::from_dollars),
                    project: source.budget,
                },
                scenes: board.ids.clone(),
                fallbacks: Fallbacks {
                    stills: order.config.image_fallbacks.clone(),
                    clips: order.config.video_fallbacks.clone(),
                },
                retakes: Retakes { times: order.config.retakes, enough: order.config.likeness },
                ..Terms::default()
            };
            let studio = set_up(shop, materials, order.user, terms).await?;
            open.insert(0, (order.id, Arc::new(studio)));
            open.truncate(OPEN);
        }
        Ok(open[0].1.clone())
    }
}

/// What a studio may buy, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) project: Option<ProjectId>,
    pub(crate) job: Option<VideoJobId>,
    pub(crate) task: Option<TaskId>,
    pub(crate) character: Option<CharacterId>,
    pub(crate) caps: Caps,
    pub(crate) scenes: Vec<Option<SceneId>>,
    pub(crate) fallbacks: Fallbacks,
    pub(crate) retakes: Retakes,
}

pub(crate) async fn set_up(
    shop: &Shop,
    materials: Materials,
    user: UserId,
    terms: Terms,
) -> Result<Studio, JobError> {
    let own = own_keys(shop, user).await?;
    let bill = Bill {
        user,
        project: terms.project,
        job: terms.job,
        task: terms.task,
        character: terms.character,
        caps: terms.caps,
        own: own.keys().cloned().collect(),
        house: shop.services.funding,
        scenes: terms.scenes,
    };
    let services = Services {
        registry: shop.services.registry(&own).map_err(JobError::Services)?,
        fallbacks: terms.fallbacks,
        retakes: terms.retakes,
        ledger: Till::open(shop, bill).await?,
        pace: shop.services.pace.clone(),
        clock: shop.clock.clone(),
    };
    let at_once = shop.settings.at_once.get(&Class::Render).copied().unwrap_or(1);
    let setup = StudioSetup {
        tools: shop.tools.clone(),
        materials,
        services,
        fonts: shop.cache.fonts(),
        clips_in_hand: at_once + 1,
        runtime: Some(tokio::runtime::Handle::current()),
    };
    let opened = tokio::task::spawn_blocking(move || Studio::new(setup)).await;
    Ok(opened.map_err(|error| JobError::Panicked(error.to_string()))??)
}

/// The keys that a person has of their own.
pub(crate) async fn own_keys(shop: &Shop, user: UserId) -> Result<Keys, JobError> {
    let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
    let open = provider_keys::open(&mut connection, &shop.keyring, user).await?;
    Ok(open.into_iter().map(|key| (key.provider, SecretString::from(key.secret))).collect())
}

/// Who makes each scene's picture, and the hashes of what the person gave for it.
///
/// # Errors
/// [`JobError::NoModel`] when the order names one that is not in the catalogue.
pub(crate) async fn scene_sources(
    shop: &Shop,
    plan: &Storyboard,
    config: &VideoConfig,
) -> Result<Vec<SceneSource>, JobError> {
    let given = given_hashes(shop, plan).await?;
    buying::sources(&shop.services.catalogue, config, given)
}

/// The song, the photos of the cast and what the person gave for scenes.
async fn materials(shop: &Shop, source: &orders::Source, plan: &Storyboard) -> Result<Materials, JobError> {
    let mut given = vec![(song(shop, source).await?, Some(source.audio_hash.clone()))];
    for hash in plan.cast.iter().flat_map(|member| &member.photos) {
        let key = ObjectKey::photo(source.owner, hash)?;
        given.push((shop.cache.material(&shop.objects, &key).await?, Some(hash.clone())));
    }
    for path in given_files(shop, plan).await?.into_iter().flat_map(|(footage, still)| [footage, still]) {
        given.extend(path.map(|path| (path, None)));
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

/// What the person gave for each scene, a clip and a still: the object's key is what the plan names as the file.
async fn given_files(
    shop: &Shop,
    plan: &Storyboard,
) -> Result<Vec<(Option<PathBuf>, Option<PathBuf>)>, JobError> {
    let mut files = Vec::with_capacity(plan.scenes.len());
    for scene in &plan.scenes {
        let footage = match &scene.footage {
            Some(footage) => Some(shop.cache.material(&shop.objects, &footage.file.parse()?).await?),
            None => None,
        };
        let still = match &scene.still {
            Some(file) => Some(shop.cache.material(&shop.objects, &file.parse()?).await?),
            None => None,
        };
        files.push((footage, still));
    }
    Ok(files)
}

/// For each scene, the hashes of what the person gave.
pub(crate) async fn given_hashes(
    shop: &Shop,
    plan: &Storyboard,
) -> Result<Vec<(Option<String>, Option<String>)>, JobError> {
    let files = given_files(shop, plan).await?;
    let hashed = tokio::task::spawn_blocking(move || {
        let mut materials = Materials::default();
        let mut hash = |path: Option<PathBuf>| {
            path.map(|path| materials.add(&path).map_err(JobError::file(&path))).transpose()
        };
        files.into_iter().map(|(footage, still)| Ok((hash(footage)?, hash(still)?))).collect()
    });
    hashed.await.map_err(|error| JobError::Panicked(error.to_string()))?
}

/// What people give is kept under its hash: `photos/{user}/{hash}.jpg`.
pub(crate) fn hash_of_file(key: &str) -> Option<String> {
    let name = key.rsplit('/').next()?;
    Some(name.split('.').next().unwrap_or(name).to_owned())
}
