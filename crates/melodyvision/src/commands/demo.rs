//! `serve --demo`: the sample song as a project of a person of its own, analysed and ordered as anybody would.

use crate::failure::Failure;
use crate::server::{Ground, sample};
use mv_core::ids::UserId;
use mv_core::jobs::Job;
use mv_store::StoreError;
use mv_store::db::{demo, object_owners, ordered_tasks, projects};
use mv_store::objects::{ObjectError, ObjectKey};
use mv_store::queue::{self, Enqueue};

const SONG: &str = "song.mp3";

/// Puts the sample project in place; one that is there stays as it is.
pub(crate) async fn load(ground: &Ground) -> Result<(), Failure> {
    let path = sample(SONG);
    let song = std::fs::read(&path).map_err(|error| Failure::reading(&path, &error))?;
    let hash = blake3::hash(&song).to_hex().to_string();
    let size = song.len() as i64;
    let mut connection = ground.db.worker().acquire().await.map_err(StoreError::from)?;
    let Some(user) = demo::person(&mut connection).await? else { return Ok(()) };
    drop(connection);
    put(ground, user, &hash, song).await?;
    let key = ObjectKey::song(user, &hash).map_err(Failure::unusable)?;
    let mut transaction = ground.db.person(user).await?;
    object_owners::note(&mut transaction, key.as_str(), user, size, "audio/mpeg").await?;
    let new = projects::NewProject {
        character: None,
        title: "MelodyVision",
        artist: "",
        description: None,
        audio_key: key.as_str(),
        audio_hash: &hash,
        audio_filename: SONG,
        audio_size_bytes: size,
        template_id: None,
        template_config: &serde_json::json!({}),
    };
    let project = projects::insert(&mut transaction, user, &new).await?;
    let payload = serde_json::json!({});
    let task_id =
        ordered_tasks::insert(&mut transaction, user, Some(project), "analyze_audio", &payload).await?;
    let job = Job::AnalyzeAudio { project_id: project, task_id };
    queue::enqueue(&mut transaction, &job, Enqueue::by(user)).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}

async fn put(ground: &Ground, user: UserId, hash: &str, song: Vec<u8>) -> Result<(), Failure> {
    let key = ObjectKey::song(user, hash).map_err(Failure::unusable)?;
    match ground.objects.put(&key, bytes::Bytes::from(song), "audio/mpeg").await {
        Ok(()) | Err(ObjectError::Exists(_)) => Ok(()),
        Err(error) => Err(Failure::unusable(error)),
    }
}
