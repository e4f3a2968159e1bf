//! The cluster's folder: who may use it, where its socket is, and making its first contents.
//!
//! ```text
//! FOLDER/lock        held by the process that runs the server
//! FOLDER/data/       PostgreSQL's own; a version file inside says which major version made it
//! FOLDER/run/        the socket, for us alone
//! FOLDER/hba.conf    who may connect: people of the system, through the socket
//! FOLDER/ident.conf  and as whom
//! ```

use super::account::RunAs;
use super::child;
use super::error::ClusterError;
use super::programs::Programs;
use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The longest address of a socket that every system takes, in bytes: macOS has the least room.
const LONGEST_ADDRESS: usize = 103;

#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
    pub(super) sockets: PathBuf,
}

/// Held as long as the server runs.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

impl Folder {
    /// Makes the folder when it is not there. Its path is made absolute, without links.
    pub(super) fn open(root: &Path) -> Result<Self, ClusterError> {
        std::fs::create_dir_all(root).map_err(ClusterError::file(root))?;
        Self::locate(root)
    }

    /// The folder that is there.
    pub(super) fn locate(root: &Path) -> Result<Self, ClusterError> {
        let root = root.canonicalize().map_err(ClusterError::file(root))?;
        let inside = root.join("run");
        let sockets = if fits(&inside) {
            inside
        } else {
            let name = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
            std::env::temp_dir().join(format!("melodyvision-{}", &name[..16]))
        };
        Ok(Self { root, sockets })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(super) fn hba(&self) -> PathBuf {
        self.root.join("hba.conf")
    }

    pub(super) fn ident(&self) -> PathBuf {
        self.root.join("ident.conf")
    }

    pub(super) fn lock(&self) -> Result<Lock, ClusterError> {
        let path = self.root.join("lock");
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(ClusterError::file(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(ClusterError::InUse(self.root.clone())),
            Err(TryLockError::Error(source)) => Err(ClusterError::File { path, source }),
        }
    }

    /// Shuts the folders to others and says who may connect. Done at every start, so that a newer program's rules hold.
    pub(super) fn furnish(&self, run_as: &RunAs) -> Result<(), ClusterError> {
        close(&self.root)?;
        run_as.own(&self.root)?;
        let mut builder = DirBuilder::new();
        match builder.mode(0o700).create(&self.sockets) {
            Ok(()) => {}
            // In a folder that everybody may write to, somebody else may have been there first.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => self.is_ours(run_as)?,
            Err(error) => return Err(ClusterError::file(&self.sockets)(error)),
        }
        run_as.own(&self.sockets)?;
        let mut people = String::new();
        for name in run_as.names() {
            for role in [super::SUPERUSER, super::ROLE] {
                // Writing into a string cannot fail.
                writeln!(people, "people \"{}\" {role}", name.replace('"', "\"\"")).ok();
            }
        }
        self.write(&self.hba(), "local all all peer map=people\n", run_as)?;
        self.write(&self.ident(), &people, run_as)
    }

    fn is_ours(&self, run_as: &RunAs) -> Result<(), ClusterError> {
        let found = self.sockets.symlink_metadata().map_err(ClusterError::file(&self.sockets))?;
        let us = rustix::process::geteuid().as_raw();
        let server = run_as.account().map_or(us, |account| account.uid);
        let ours = found.is_dir() && (found.uid() == us || found.uid() == server);
        if !ours {
            return Err(ClusterError::NotOurs { folder: self.sockets.clone() });
        }
        close(&self.sockets)
    }

    fn write(&self, path: &Path, text: &str, run_as: &RunAs) -> Result<(), ClusterError> {
        let new = self.root.join("new.conf");
        std::fs::write(&new, text).map_err(ClusterError::file(&new))?;
        run_as.own(&new)?;
        std::fs::rename(&new, path).map_err(ClusterError::file(path))
    }

    /// Makes the first contents when there are none. A half-made folder, left when we were killed, is made anew.
    pub(super) fn initialise(
        &self,
        programs: &Programs,
        run_as: &RunAs,
        scratch: bool,
    ) -> Result<bool, ClusterError> {
        let data = self.data();
        if data.exists() {
            return Ok(false);
        }
        let new = self.root.join("data.new");
        if new.exists() {
            std::fs::remove_dir_all(&new).map_err(ClusterError::file(&new))?;
        }
        let new_text = new.to_string_lossy();
        let mut arguments = vec!["-D", &*new_text, "-U", super::SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8"];
        arguments.extend(["--auth-local=peer", "--auth-host=reject", "--no-instructions"]);
        arguments.push(if scratch { "--no-sync" } else { "--data-checksums" });
        child::run(programs.path("initdb"), arguments, run_as.account(), &self.root)?;
        std::fs::rename(&new, &data).map_err(ClusterError::file(&data))?;
        Ok(true)
    }
}

fn fits(sockets: &Path) -> bool {
    sockets.join(".s.PGSQL.5432").as_os_str().len() <= LONGEST_ADDRESS
}

fn close(folder: &Path) -> Result<(), ClusterError> {
    std::fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(ClusterError::file(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_folder_has_its_socket_elsewhere_and_always_at_the_same_place() {
        let top = tempfile::tempdir().unwrap();
        let near = Folder::open(&top.path().join("near")).unwrap();
        assert_eq!(near.sockets, near.root.join("run"));
        let deep = top.path().join("music-videos".repeat(10)).join("database");
        let folder = Folder::open(&deep).unwrap();
        assert!(fits(&folder.sockets), "{}", folder.sockets.display());
        assert_eq!(Folder::open(&deep).unwrap().sockets, folder.sockets);
        let other = Folder::open(&top.path().join("music-videos".repeat(10)).join("other")).unwrap();
        assert_ne!(other.sockets, folder.sockets);
    }

    #[test]
    fn one_at_a_time() {
        let top = tempfile::tempdir().unwrap();
        let folder = Folder::open(top.path()).unwrap();
        let held = folder.lock().unwrap();
        assert!(matches!(folder.lock().unwrap_err(), ClusterError::InUse(_)));
        drop(held);
        folder.lock().unwrap();
    }

    #[test]
    fn a_socket_folder_planted_by_somebody_is_refused() {
        let top = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(top.path()).unwrap();
        folder.sockets = top.path().join("planted");
        std::os::unix::fs::symlink("/tmp", &folder.sockets).unwrap();
        let run_as = RunAs { ours: "us".into(), server: None };
        assert!(matches!(folder.furnish(&run_as).unwrap_err(), ClusterError::NotOurs { .. }));
    }
}
