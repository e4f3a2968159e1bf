//! Hearing a project's song and planning its first storyboard: the same analysis and the same plan as on the command line.

use crate::error::JobError;
use crate::film::studio::{self, hash_of_file};
use crate::making;
use crate::progress;
use crate::running::Running;
use crate::shop::Shop;
use bytes::Bytes;
use mv_core::ids::{ProjectId, TaskId};
use mv_core::{CastMember, FrameRate, Lyrics, Storyboard};
use mv_director::{DirectOptions, DirectRequest, Language};
use mv_production::StepKind;
use mv_production::film::analysis_key;
use mv_production::perform::HeardFile;
use mv_store::StoreError;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::orders::{self, Source};
use mv_store::db::{object_owners, plans, recipients, task_runs};
use mv_store::objects::{ObjectError, ObjectKey};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The template of a project that names none.
const TEMPLATE: &str = "urban-night";
/// The seed of every first storyboard, as on the command line.
const SEED: u64 = 1;
/// No analysis is larger.
const READABLE: u64 = 64 << 20;
const TELL_EVERY: Duration = Duration::from_millis(500);

pub(crate) async fn run(running: &Running, project: ProjectId, id: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let begun = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        task_runs::begin(&mut connection, id).await?
    };
    if begun.is_none() {
        return running.complete(running.finish().await?).await;
    }
    let (source, planned, language) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let source = orders::source(&mut connection, project).await?;
        let owner = recipients::find(&mut connection, source.owner).await?;
        let planned = plans::load(&mut connection, project).await?.is_some();
        (source, planned, Language::of_tag(&owner.locale))
    };
    let heard = hear(running, id, &source).await?;
    let peaks = ObjectKey::artifact("peaks", &source.audio_hash, "json")?;
    let peaks_bytes = serde_json::to_vec(&heard.peaks).map_err(JobError::Kept)?;
    let peaks_size = peaks_bytes.len() as i64;
    put(shop, &peaks, peaks_bytes).await?;

    let storyboard = if planned { None } else { Some(plan(&source, &heard, language)?) };
    let mut transaction = running.finish().await?;
    task_runs::keep_analysis(&mut transaction, project, &heard.analysis, peaks.as_str()).await?;
    object_owners::note(&mut transaction, peaks.as_str(), source.owner, peaks_size, "application/json")
        .await?;
    if let Some(storyboard) = &storyboard
        && plans::load(&mut transaction, project).await?.is_none()
    {
        plans::replace(&mut transaction, project, storyboard).await?;
    }
    let result = json!({
        "duration": heard.analysis.duration.0,
        "tempo": heard.analysis.tempo,
        "early_end": heard.early_end,
        "scenes": storyboard.map(|storyboard| storyboard.scenes.len()),
    });
    task_runs::complete(&mut transaction, id, &result).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, id).await;
    Ok(())
}

/// What was heard of the song: found when somebody had this very file heard before.
async fn hear(running: &Running, task: TaskId, source: &Source) -> Result<HeardFile, JobError> {
    let shop = &running.shop;
    let key = analysis_key(&source.audio_hash)?.to_string();
    if let Some(found) = making::found(shop, &key).await? {
        let bytes = shop.objects.read(&found.object_key.parse()?, READABLE).await?;
        return serde_json::from_slice(&bytes).map_err(JobError::Kept);
    }
    let song = studio::song(shop, source).await?;
    let cancel = running.cancel.clone();
    let heard_so_far = Arc::new(Mutex::new(0.0));
    let report = heard_so_far.clone();
    let mut hearing = tokio::task::spawn_blocking(move || {
        let mut note = |part: f32| *report.lock().unwrap_or_else(PoisonError::into_inner) = f64::from(part);
        mv_audio::analyze_file(&song, &mut note, &cancel)
    });
    let mut ticker = tokio::time::interval(TELL_EVERY);
    let heard = loop {
        tokio::select! {
            heard = &mut hearing => break heard.map_err(|error| JobError::Panicked(error.to_string()))??,
            _ = ticker.tick() => {
                let fraction = *heard_so_far.lock().unwrap_or_else(PoisonError::into_inner);
                progress::note_task(shop, task, "hearing", fraction).await;
            }
        }
    };
    let file = HeardFile { analysis: heard.analysis, peaks: heard.peaks, early_end: heard.ending.broken_off };
    let bytes = serde_json::to_vec(&file).map_err(JobError::Kept)?;
    let artifact = Artifact {
        kind: StepKind::Analyze.word().to_owned(),
        object_key: ObjectKey::artifact(StepKind::Analyze.word(), &key, "json")?.to_string(),
        bytes: bytes.len() as i64,
        content_hash: blake3::hash(&bytes).to_hex().to_string(),
        key,
    };
    put(shop, &artifact.object_key.parse()?, bytes).await?;
    let mut transaction = shop.db.worker().begin().await.map_err(StoreError::from)?;
    artifacts::add(&mut transaction, &artifact).await?;
    let key = &artifact.object_key;
    object_owners::note(&mut transaction, key, source.owner, artifact.bytes, "application/json").await?;
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(file)
}

async fn put(shop: &Shop, key: &ObjectKey, bytes: Vec<u8>) -> Result<(), JobError> {
    match shop.objects.put(key, Bytes::from(bytes), "application/json").await {
        Ok(()) | Err(ObjectError::Exists(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn plan(source: &Source, heard: &HeardFile, language: Language) -> Result<Storyboard, JobError> {
    let wrong = |error: &dyn std::fmt::Display| JobError::Directing(error.to_string());
    let template = source.template_id.as_deref().unwrap_or(TEMPLATE);
    let template = mv_director::template::builtin(template).map_err(|error| wrong(&error))?;
    let cast = match &source.character {
        Some(character) => vec![CastMember {
            id: CastMember::id_of(&character.name),
            name: character.name.clone(),
            description: character.description.clone(),
            photos: character.photos.iter().filter_map(|key| hash_of_file(key)).collect(),
            character: Some(character.id),
        }],
        None => vec![CastMember::somebody()],
    };
    let lyrics = match &source.lyrics {
        // Lines without times of their own are laid over what was heard now.
        Some(lyrics) => {
            let lyrics = serde_json::from_value(lyrics.clone()).map_err(JobError::Kept)?;
            mv_director::lyrics::align(&lyrics, &heard.analysis)
        }
        None => Lyrics::default(),
    };
    let request = DirectRequest {
        analysis: &heard.analysis,
        template: &template,
        cast: &cast,
        lyrics: &lyrics,
        title: &source.title,
        artist: &source.artist,
        song_hash: &source.audio_hash,
        seed: SEED,
        options: DirectOptions { rate: FrameRate::FILM, language, ..DirectOptions::default() },
    };
    mv_director::direct(&request).map_err(|error| wrong(&error))
}
