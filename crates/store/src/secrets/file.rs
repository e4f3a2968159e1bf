//! The keys of a laptop: a file that only its owner reads, made at the first start.

use super::{KEY_BYTES, Keyring, SecretError};
use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

impl Keyring {
    /// Reads the keys of a file, one `ID:HEX` a line, the current one first. When there is no file it is made, with one
    /// key in it named after `now`. Of processes that start together, all get the same key.
    ///
    /// # Errors
    /// [`SecretError::OpenToOthers`] when anyone but its owner may read the file.
    pub fn of_file(path: &Path, now: DateTime<Utc>) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File { path: path.to_owned(), source };
        match read(path) {
            Err(SecretError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            found => return Self::parse(&found?),
        }
        let draft = write_draft(path, &new_key(now)?)?;
        // Whoever links first wins; the file is there whole from its first moment.
        match std::fs::hard_link(draft.path(), path) {
            Ok(()) => sync_folder(path).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        Self::parse(&read(path)?)
    }

    /// Puts a new key before those of the file: it seals from now on, the others still open. Returns all of them.
    ///
    /// A process that runs learns of it when it is started again.
    pub fn rotate(path: &Path, now: DateTime<Utc>) -> Result<Self, SecretError> {
        let failed = |source| SecretError::File { path: path.to_owned(), source };
        let text = format!("{}{}", new_key(now)?, read(path)?);
        let ring = Self::parse(&text)?;
        let draft = write_draft(path, &text)?;
        std::fs::rename(draft.path(), path).map_err(failed)?;
        sync_folder(path).map_err(failed)?;
        Ok(ring)
    }
}

/// A line with a fresh key, named by the second it was made.
fn new_key(now: DateTime<Utc>) -> Result<String, SecretError> {
    let mut key = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut key).map_err(|_| SecretError::NoRandomness)?;
    Ok(format!("{}:{}\n", now.format("%Y%m%d-%H%M%S"), hex::encode(key)))
}

fn read(path: &Path) -> Result<String, SecretError> {
    let failed = |source| SecretError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretError::OpenToOthers(path.to_owned()));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// A file beside `path`, on disk, that goes when this is dropped.
fn write_draft(path: &Path, text: &str) -> Result<Draft, SecretError> {
    let draft = path.with_extension(format!("{}.new", uuid::Uuid::new_v4()));
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    let done = written();
    let draft = Draft(draft);
    done.map(|()| draft).map_err(|source| SecretError::File { path: path.to_owned(), source })
}

struct Draft(std::path::PathBuf);

impl Draft {
    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // It is gone when it was renamed.
        std::fs::remove_file(&self.0).ok();
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn the_file_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let sealed = Keyring::of_file(&path, now()).unwrap().seal(b"x", "here").unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(Keyring::of_file(&path, now()).unwrap().open(&sealed, "here").unwrap(), b"x");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn processes_that_start_together_get_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let derived: Vec<_> = std::thread::scope(|scope| {
            let start = || Keyring::of_file(&path, now()).unwrap().derive("links").unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(derived.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keyring::of_file(&path, now()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keyring::of_file(&path, now()), Err(SecretError::OpenToOthers(_))));
    }

    #[test]
    fn a_rotated_file_seals_anew_and_opens_the_old() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let sealed = Keyring::of_file(&path, now()).unwrap().seal(b"x", "here").unwrap();
        let later = now() + chrono::TimeDelta::days(90);
        assert_eq!(Keyring::rotate(&path, later).unwrap().ids().len(), 2);
        let ring = Keyring::of_file(&path, later).unwrap();
        assert!(ring.needs_reseal(&sealed));
        assert_eq!(ring.open(&sealed, "here").unwrap(), b"x");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
