//! What is sent of a song to a service that listens: the person's own file, or a smaller one made of it.

use crate::error::ProductionError;
use mv_core::CancelToken;
use mv_media::{Tools, sound};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Services take 25 MB and more; a little is left for the form around it.
const LARGEST: u64 = 24 << 20;

/// Bytes of the song as it is sent: its own file where that is small enough and of a kind that every service knows, else
/// its sound in mono. `folder` is for the file that is made.
///
/// # Errors
/// [`ProductionError::Media`] when it cannot be decoded, [`ProductionError::Folder`].
pub fn song_to_send(
    tools: &Tools,
    song: &Path,
    folder: &Path,
    cancel: &CancelToken,
) -> Result<Arc<[u8]>, ProductionError> {
    let read = |path: &Path| fs::read(path).map_err(|source| ProductionError::folder(path, source));
    let size = fs::metadata(song).map_err(|source| ProductionError::folder(song, source))?.len();
    if size <= LARGEST {
        let bytes = read(song)?;
        if matches!(
            mv_providers::media_type(&bytes),
            "audio/mpeg" | "audio/wav" | "audio/flac" | "audio/ogg" | "audio/mp4"
        ) {
            return Ok(bytes.into());
        }
    }
    let room = tempfile::tempdir_in(folder).map_err(|source| ProductionError::folder(folder, source))?;
    let small = room.path().join("voice.m4a");
    sound::speech(tools, song, &small, cancel)?;
    let bytes = read(&small)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ProductionError::folder(&small, io::ErrorKind::FileTooLarge.into()));
    }
    Ok(bytes.into())
}
