//! As whom the server runs. PostgreSQL refuses to run as root, so root hands it to somebody with fewer rights.

use super::child;
use super::error::ClusterError;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A user of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// Who we are, and as whom the server runs when that is somebody else.
#[derive(Clone, Debug)]
pub(super) struct RunAs {
    pub(super) ours: String,
    pub(super) server: Option<Account>,
}

impl RunAs {
    /// Whoever owns an existing `data` folder goes on running it; for a new one root chooses `postgres`, else `nobody`.
    pub(super) fn choose(data: &Path) -> Result<Self, ClusterError> {
        let ours = ask(&["-un"])?;
        let us = rustix::process::geteuid().as_raw();
        let owner = data.metadata().ok().map(|found| found.uid());
        if us != 0 {
            return match owner {
                Some(owner) if owner != us => Err(ClusterError::NotOurs { folder: data.to_owned() }),
                _ => Ok(Self { ours, server: None }),
            };
        }
        let names = owner.map_or_else(
            || vec!["postgres".to_owned(), "nobody".to_owned()],
            |owner| vec![owner.to_string()],
        );
        let server = names.iter().find_map(|name| look_up(name)).ok_or(ClusterError::NoAccount)?;
        Ok(Self { ours, server: Some(server) })
    }

    /// Gives a file or folder of ours to whoever runs the server.
    pub(super) fn own(&self, path: &Path) -> Result<(), ClusterError> {
        match &self.server {
            Some(account) => std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid))
                .map_err(ClusterError::file(path)),
            None => Ok(()),
        }
    }

    /// Whether the server can get to `folder` at all: every folder above it must let it pass.
    pub(super) fn can_reach(&self, folder: &Path) -> Result<(), ClusterError> {
        let Some(account) = &self.server else { return Ok(()) };
        for above in folder.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            let found = above.metadata().map_err(ClusterError::file(above))?;
            let passes = if found.uid() == account.uid {
                0o100
            } else if found.gid() == account.gid {
                0o010
            } else {
                0o001
            };
            if found.mode() & passes == 0 {
                let (folder, account) = (folder.to_owned(), account.name.clone());
                return Err(ClusterError::Unreachable { folder, barred: PathBuf::from(above), account });
            }
        }
        Ok(())
    }

    pub(super) fn account(&self) -> Option<&Account> {
        self.server.as_ref()
    }

    /// The names whose owners may connect.
    pub(super) fn names(&self) -> Vec<&str> {
        let server = self.server.as_ref().map(|account| account.name.as_str());
        std::iter::once(self.ours.as_str()).chain(server.filter(|name| *name != self.ours)).collect()
    }
}

/// `id` knows the users of a directory service too, which `/etc/passwd` does not.
fn ask(arguments: &[&str]) -> Result<String, ClusterError> {
    child::run("id", arguments, None, Path::new("/"))
}

fn look_up(name: &str) -> Option<Account> {
    let uid = ask(&["-u", name]).ok()?.parse().ok()?;
    let gid = ask(&["-g", name]).ok()?.parse().ok()?;
    (uid != 0).then_some(())?;
    Some(Account { name: ask(&["-un", name]).ok()?, uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_closed_folder_above_is_named() {
        let top = tempfile::tempdir().unwrap();
        std::fs::set_permissions(top.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let stranger = Account { name: "stranger".into(), uid: 54_321, gid: 54_321 };
        let run_as = RunAs { ours: "root".into(), server: Some(stranger) };
        let folder = top.path().join("inside");
        let error = run_as.can_reach(&folder).unwrap_err();
        assert!(
            matches!(&error, ClusterError::Unreachable { barred, .. } if barred == top.path()),
            "{error}"
        );
        std::fs::set_permissions(top.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
        run_as.can_reach(&folder).unwrap();
    }
}
