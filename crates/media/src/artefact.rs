//! Files that are whole or absent: written under a temporary name beside their target, then renamed.

use crate::error::MediaError;
use std::fs::{File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile, TempPath};

/// A file being made. Dropping it before [`Draft::commit`] removes it.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    temporary: TempPath,
}

impl Draft {
    /// Creates an empty file beside `target`, with the target's extension, hidden until it is committed.
    ///
    /// # Errors
    /// [`MediaError::Write`] or [`MediaError::DiskFull`] when the folder cannot take a file.
    pub fn of(target: &Path) -> Result<Self, MediaError> {
        let temporary =
            temporary(target, "part", target.extension().and_then(|e| e.to_str()).unwrap_or("tmp"))?;
        Ok(Self { target: target.to_owned(), temporary: temporary.into_temp_path() })
    }

    /// Where to write meanwhile.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// The name it will have.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Flushes the file to the disk and gives it its name, replacing what was there.
    pub fn commit(self) -> Result<(), MediaError> {
        let failed = |error: &std::io::Error| MediaError::writing(&self.target, error);
        File::open(&self.temporary).and_then(|file| file.sync_all()).map_err(|e| failed(&e))?;
        self.temporary.persist(&self.target).map_err(|e| MediaError::writing(&self.target, &e.error))
    }
}

/// Writes `bytes` to `target` so that it is whole or absent.
pub fn write(target: &Path, bytes: &[u8]) -> Result<(), MediaError> {
    let draft = Draft::of(target)?;
    std::fs::write(draft.path(), bytes).map_err(|e| MediaError::writing(target, &e))?;
    draft.commit()
}

/// A file that FFmpeg reads while it works for `target` (a caption script, a list), removed when dropped.
pub(crate) fn companion(target: &Path, extension: &str, text: &str) -> Result<TempPath, MediaError> {
    let mut file = temporary(target, "aux", extension)?;
    file.write_all(text.as_bytes()).map_err(|e| MediaError::writing(target, &e))?;
    Ok(file.into_temp_path())
}

fn temporary(target: &Path, role: &str, extension: &str) -> Result<NamedTempFile, MediaError> {
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let stem = target.file_stem().and_then(|s| s.to_str()).unwrap_or("film");
    Builder::new()
        .prefix(&format!(".{stem}.{role}-"))
        .suffix(&format!(".{extension}"))
        // Temporary files are private by default; this one becomes an ordinary file, as the umask has it.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(|e| MediaError::writing(target, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_whole_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.mp4");
        let draft = Draft::of(&target).unwrap();
        std::fs::write(draft.path(), b"half").unwrap();
        drop(draft);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        write(&target, b"whole").unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Draft::of(Path::new("/nonexistent/folder/a.mp4")).unwrap_err();
        assert!(matches!(&error, MediaError::Write { path, .. } if path.ends_with("a.mp4")), "{error}");
    }
}
