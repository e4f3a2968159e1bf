//! Finding what nobody needs: objects without a row, and what was left when a put was killed.

use super::error::ObjectError;
use super::{Objects, Place};
use crate::db::objects;
use crate::error::StoreError;
use crate::objects::ObjectKey;
use chrono::{DateTime, Utc};
use futures_util::stream::StreamExt;
use sqlx::PgConnection;
use std::path::Path;

/// Keys that the database is asked about at a time.
const ASKED: usize = 500;

/// Objects put before `before` that no row speaks of, `most` at most.
///
/// An object is put before its row is written: `before` lies far enough back (a day) that every such row is there.
pub async fn orphans(
    store: &Objects,
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    most: usize,
) -> Result<Vec<ObjectKey>, StoreError> {
    let old = store.list(None).filter_map(|found| {
        std::future::ready(match found {
            Ok(meta) if meta.put_at < before => Some(Ok(meta.key)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    });
    let mut pages = old.chunks(ASKED);
    let mut orphans = Vec::new();
    while let Some(page) = pages.next().await {
        let keys = page.into_iter().collect::<Result<Vec<ObjectKey>, ObjectError>>()?;
        orphans.extend(objects::unknown(connection, &keys).await?);
        if orphans.len() >= most {
            orphans.truncate(most);
            break;
        }
    }
    Ok(orphans)
}

impl Objects {
    /// Removes what puts that were killed before `before` left on the local disk, and says how many files that were.
    /// In S3 a rule of the bucket does this.
    pub async fn sweep_unfinished(&self, before: DateTime<Utc>) -> Result<u64, ObjectError> {
        let Place::Local { folder, .. } = &self.place else { return Ok(0) };
        let folder = folder.clone();
        let swept = tokio::task::spawn_blocking(move || sweep(&folder, before)).await;
        swept.map_err(|error| ObjectError::Unavailable(Box::new(error)))?.map_err(ObjectError::file)
    }
}

fn sweep(folder: &Path, before: DateTime<Utc>) -> std::io::Result<u64> {
    let mut swept = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            // A folder goes with its last object.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let Ok(found) = entry.metadata() else { continue };
            if found.is_dir() {
                folders.push(entry.path());
                continue;
            }
            // The disk's store writes into `NAME#NUMBER` and renames; whole uploads wait in `staging` for theirs.
            let name = entry.file_name();
            let unfinished = name.to_string_lossy().contains('#') || folder.ends_with("staging");
            let old = found.modified().is_ok_and(|at| DateTime::<Utc>::from(at) < before);
            if unfinished && old && std::fs::remove_file(entry.path()).is_ok() {
                swept += 1;
            }
        }
    }
    Ok(swept)
}
