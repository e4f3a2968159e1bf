//! Finding PostgreSQL's programs.

use super::child;
use super::error::ClusterError;
use std::path::{Path, PathBuf};

/// The oldest major version that our SQL runs on.
pub const OLDEST: u32 = 15;

/// Folders that hold a folder a version: the start of its name, and where its programs are.
const PLACES: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
];

/// One installed version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    /// `None`: found by the system through `PATH`.
    folder: Option<PathBuf>,
    pub(super) major: u32,
}

impl Programs {
    /// The version to use: the one that made the `data` that is there already, else the newest.
    ///
    /// `chosen` is the only place looked at when it is given.
    pub(super) fn find(chosen: Option<&Path>, data: &Path) -> Result<Self, ClusterError> {
        let made_by = recorded_version(data)?;
        let found: Vec<Self> = match chosen {
            Some(folder) => Self::look_in(Some(folder.to_owned())).into_iter().collect(),
            None => installed().into_iter().map(Some).chain([None]).filter_map(Self::look_in).collect(),
        };
        let Some(newest) = found.iter().max_by_key(|programs| programs.major) else {
            return Err(ClusterError::NotInstalled { looked: chosen.map(Path::to_owned) });
        };
        match made_by {
            Some(major) => found.iter().find(|programs| programs.major == major).ok_or_else(|| {
                ClusterError::OtherVersion { folder: data.to_owned(), made_by: major, found: newest.major }
            }),
            None if newest.major < OLDEST => {
                Err(ClusterError::TooOld { found: newest.major, oldest: OLDEST })
            }
            None => Ok(newest),
        }
        .cloned()
    }

    fn look_in(folder: Option<PathBuf>) -> Option<Self> {
        let mut programs = Self { folder, major: 0 };
        let said = child::run(programs.path("postgres"), ["--version"], None, Path::new("/")).ok()?;
        programs.major = major(&said)?;
        // A server without its tools is of no use: some packages split them.
        child::run(programs.path("initdb"), ["--version"], None, Path::new("/")).ok()?;
        Some(programs)
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.as_ref().map_or_else(|| PathBuf::from(program), |folder| folder.join(program))
    }
}

/// The major version that made a data folder, as PostgreSQL wrote it there.
fn recorded_version(data: &Path) -> Result<Option<u32>, ClusterError> {
    let path = data.join("PG_VERSION");
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| {
            let source = std::io::Error::other(format!("`{}` is no version", text.trim()));
            ClusterError::File { path, source }
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::file(path)(error)),
    }
}

fn installed() -> Vec<PathBuf> {
    PLACES
        .iter()
        .filter_map(|(place, start)| Some((std::fs::read_dir(place).ok()?, start)))
        .flat_map(|(entries, start)| {
            entries
                .flatten()
                .filter(move |entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(start)))
        })
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("postgres").is_file())
        .collect()
}

/// 15 from `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL) ")?.1;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("mysqld 8.0"), None);
    }

    /// A folder whose `postgres` and `initdb` say they are of this version.
    fn pretend(version: u32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["postgres", "initdb"] {
            let path = folder.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\necho '{name} (PostgreSQL) {version}.1'\n")).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn an_old_server_and_none_are_told_apart() {
        let nothing = tempfile::tempdir().unwrap();
        let error = Programs::find(Some(nothing.path()), nothing.path()).unwrap_err();
        assert!(matches!(error, ClusterError::NotInstalled { .. }), "{error}");
        assert!(error.hint().unwrap().contains("apt-get install postgresql"));
        let old = pretend(14);
        let error = Programs::find(Some(old.path()), nothing.path()).unwrap_err();
        assert!(matches!(error, ClusterError::TooOld { found: 14, oldest: 15 }), "{error}");
    }

    #[test]
    fn data_of_another_version_is_refused_with_the_way_out() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("PG_VERSION"), "16\n").unwrap();
        let newer = pretend(17);
        let error = Programs::find(Some(newer.path()), data.path()).unwrap_err();
        assert!(matches!(error, ClusterError::OtherVersion { made_by: 16, found: 17, .. }), "{error}");
        assert!(error.hint().unwrap().contains("postgresql-16"));
        assert_eq!(Programs::find(Some(pretend(16).path()), data.path()).unwrap().major, 16);
    }
}
