//! Everything a person has here, as one archive: their rows as JSON, their files as they are.

use crate::error::JobError;
use crate::news;
use crate::progress;
use crate::running::Running;
use chrono::TimeDelta;
use futures_util::TryStreamExt;
use mv_core::ids::{TaskId, UserId};
use mv_core::jobs::Mail;
use mv_store::StoreError;
use mv_store::db::{object_owners, personal_data, task_runs};
use mv_store::objects::{ObjectError, ObjectKey, Part};
use mv_store::queue::{self, Enqueue};
use serde_json::json;
use std::io::{Seek, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How long an archive may be fetched.
const KEPT: TimeDelta = TimeDelta::days(7);

pub(crate) async fn run(running: &Running, user: UserId, id: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (begun, tables, files) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let begun = task_runs::begin(&mut connection, id).await?;
        let tables = personal_data::rows(&mut connection, user).await?;
        (begun, tables, personal_data::objects(&mut connection, user).await?)
    };
    if begun.is_none() {
        return running.complete(running.finish().await?).await;
    }
    let folder = shop.cache.artifacts().root().to_owned();
    let draft =
        tempfile::Builder::new().prefix("archive-").tempfile_in(&folder).map_err(JobError::file(&folder))?;
    let mut archive = ZipWriter::new(draft.reopen().map_err(JobError::file(draft.path()))?);
    for (table, rows) in &tables {
        add(&mut archive, &format!("{table}.json"), CompressionMethod::Deflated)?;
        write(&mut archive, rows.as_bytes())?;
    }
    for key in files {
        if running.cancel.is_cancelled() {
            return Err(JobError::Stopped);
        }
        let key: ObjectKey = key.parse()?;
        let mut reading = match shop.objects.get(&key, Part::All).await {
            Ok(reading) => reading,
            // Removed since it was listed.
            Err(ObjectError::NotFound(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        // Songs, pictures and films are packed as tightly as they get.
        add(&mut archive, &format!("files/{key}"), CompressionMethod::Stored)?;
        while let Some(bytes) = reading.bytes.try_next().await? {
            write(&mut archive, &bytes)?;
        }
    }
    archive.finish().map_err(|error| JobError::Archive(error.to_string()))?;
    let key = ObjectKey::archive(user, id);
    let bytes = deliver(running, &key, draft.path()).await?;

    let mut transaction = running.finish().await?;
    object_owners::note(&mut transaction, key.as_str(), user, bytes.cast_signed(), "application/zip").await?;
    let (now, expires_at) = (shop.clock.now(), shop.clock.now() + KEPT);
    let result = json!({
        "object_key": key, "bytes": bytes, "expires_at": expires_at, "tables": tables.len(),
    });
    task_runs::complete(&mut transaction, id, &result).await?;
    let mail = queue::mail(user, Mail::ExportReady { task_id: id });
    queue::enqueue(&mut transaction, &mail, Enqueue::by(user)).await?;
    news::export_ready(&mut transaction, user, id, bytes, expires_at, now).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, id).await;
    Ok(())
}

async fn deliver(running: &Running, key: &ObjectKey, file: &Path) -> Result<u64, JobError> {
    let objects = &running.shop.objects;
    match objects.put_file(key, file, "application/zip").await {
        Ok(bytes) => Ok(bytes),
        // Put there before we were killed: as good as this one.
        Err(ObjectError::Exists(_)) => Ok(objects.head(key).await?.bytes),
        Err(error) => Err(error.into()),
    }
}

fn add<W: Write + Seek>(
    archive: &mut ZipWriter<W>,
    name: &str,
    method: CompressionMethod,
) -> Result<(), JobError> {
    let options = SimpleFileOptions::default().compression_method(method).large_file(true);
    archive.start_file(name, options).map_err(|error| JobError::Archive(error.to_string()))
}

fn write<W: Write + Seek>(archive: &mut ZipWriter<W>, bytes: &[u8]) -> Result<(), JobError> {
    archive.write_all(bytes).map_err(|error| JobError::Archive(error.to_string()))
}
