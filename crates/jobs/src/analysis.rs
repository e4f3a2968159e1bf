//! Hearing a project's song and planning its first storyboard: the same analysis and the same plan as on the command line.

use crate::error::JobError;
use crate::film::studio::{self, hash_of_file};
use crate::making;
use crate::progress;
use crate::running::Running;
use crate::shop::Shop;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use mv_core::ids::{ProjectId, TaskId, UserId};
use mv_core::{CastMember, FrameRate, Lyrics, SongAnalysis, Storyboard};
use mv_director::{DirectOptions, DirectRequest, Language};
use mv_production::StepKind;
use mv_production::film::analysis_key;
use mv_production::perform::HeardFile;
use mv_store::StoreError;
use mv_store::board::{Board, looks_different};
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::orders::{self, Source};
use mv_store::db::{corrections, object_owners, plans, projects, recipients, scene_versions, task_runs};
use mv_store::objects::{ObjectError, ObjectKey};
use serde_json::json;
use sqlx::PgConnection;
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
    let Some(begun) = begun else {
        return running.complete(running.finish().await?).await;
    };
    let again = begun.payload["again"] == true;
    let (source, planned, language, corrected) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let source = orders::source(&mut connection, project).await?;
        let owner = recipients::find(&mut connection, source.owner).await?;
        let planned = plans::load(&mut connection, project).await?.is_some();
        let corrected = corrections::get(&mut connection, project).await?.and_then(|song| song.corrected);
        (source, planned, Language::of_tag(&owner.locale), corrected)
    };
    let heard = hear(running, id, &source).await?;
    let peaks = ObjectKey::artifact("peaks", &source.audio_hash, "json")?;
    let peaks_bytes = serde_json::to_vec(&heard.peaks).map_err(JobError::Kept)?;
    let peaks_size = peaks_bytes.len() as i64;
    put(shop, &peaks, peaks_bytes).await?;

    let song = match corrected {
        Some((correction, _)) => correction.apply(&heard.analysis),
        None => heard.analysis.clone(),
    };
    let storyboard = if planned && !again { None } else { Some(plan(&source, &song, language)?) };
    let mut transaction = running.finish().await?;
    task_runs::keep_analysis(&mut transaction, project, &heard.analysis, peaks.as_str()).await?;
    object_owners::note(&mut transaction, peaks.as_str(), source.owner, peaks_size, "application/json")
        .await?;
    if let Some(before) = plans::load(&mut transaction, project).await?
        && before.plan.song.hash != source.audio_hash
        && !again
    {
        // The song was replaced: its storyboard goes on as far as the new one does.
        let plan = before.plan.refitted(&source.audio_hash, &song);
        let ids = before.ids[..plan.scenes.len()].to_vec();
        plans::save(&mut transaction, project, Some(&before), Board { plan, ids }).await?;
    }
    if let Some(storyboard) = &storyboard {
        lay_out(&mut transaction, project, storyboard, again.then_some(begun.user), shop.clock.now()).await?;
    }
    let result = json!({
        "duration": song.duration.0,
        "tempo": song.tempo,
        "early_end": heard.early_end,
        "scenes": storyboard.map(|storyboard| storyboard.scenes.len()),
    });
    task_runs::complete(&mut transaction, id, &result).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, id).await;
    Ok(())
}

/// Makes this the project's storyboard, where it has none, or for somebody who asked for another one: what their scenes
/// showed is kept as versions of them.
async fn lay_out(
    connection: &mut PgConnection,
    project: ProjectId,
    storyboard: &Storyboard,
    anew_for: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), JobError> {
    if let Some(before) = plans::load(&mut *connection, project).await? {
        let Some(user) = anew_for else { return Ok(()) };
        projects::raise_version(&mut *connection, project, None).await?;
        let after = before.replaced_by(storyboard.clone());
        for (scene, id) in before.plan.scenes.iter().zip(&before.ids) {
            let Some(id) = *id else { continue };
            let stays = after.index_of(id).is_some_and(|at| !looks_different(scene, &after.plan.scenes[at]));
            if !stays {
                scene_versions::keep(&mut *connection, id, "edited", Some(user), None, now).await?;
            }
        }
    }
    plans::replace(connection, project, storyboard).await?;
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

fn plan(source: &Source, song: &SongAnalysis, language: Language) -> Result<Storyboard, JobError> {
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
            mv_director::lyrics::align(&lyrics, song)
        }
        None => Lyrics::default(),
    };
    let request = DirectRequest {
        analysis: song,
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
