//! PostgreSQL's own tools, for a server that runs: in this process or in another one of ours.

use super::error::ClusterError;
use super::folder::Folder;
use super::programs::Programs;
use super::{DATABASE, SUPERUSER, child};
use std::path::Path;

/// Copies our database out of the server of a folder, and into it.
#[derive(Clone, Debug)]
pub struct Tools {
    folder: Folder,
    programs: Programs,
}

impl Tools {
    /// The tools of the version that made `folder`; `programs` is where they are, when not where systems put them.
    pub fn of(folder: &Path, programs: Option<&Path>) -> Result<Self, ClusterError> {
        let folder = Folder::locate(folder)?;
        let programs = Programs::find(programs, &folder.data())?;
        Ok(Self { folder, programs })
    }

    /// The server's major version.
    pub fn version(&self) -> u32 {
        self.programs.major
    }

    /// Writes the whole database, as it is at one moment, into a file. People may go on working.
    pub async fn dump(&self, into: &Path) -> Result<(), ClusterError> {
        let into = into.to_string_lossy();
        self.run("pg_dump", &["--format=custom", "--file", &into, "--dbname", DATABASE]).await
    }

    /// Fills the database, which must be empty, from a file; all of it or nothing. The roles must be there.
    pub async fn load(&self, from: &Path) -> Result<(), ClusterError> {
        let from = from.to_string_lossy();
        let arguments = ["--exit-on-error", "--single-transaction", "--dbname", DATABASE, &from];
        self.run("pg_restore", &arguments).await
    }

    async fn run(&self, program: &str, arguments: &[&str]) -> Result<(), ClusterError> {
        let sockets = self.folder.sockets.to_string_lossy().into_owned();
        let connection = ["--host", &sockets, "--port", "5432", "--username", SUPERUSER, "--no-password"];
        let arguments: Vec<String> =
            connection.iter().chain(arguments).map(|word| (*word).to_owned()).collect();
        let (path, root) = (self.programs.path(program), self.folder.root.clone());
        let run = move || child::run(path, arguments, None, &root).map(drop);
        let ended = |error| ClusterError::Program { program: program.to_owned(), detail: format!("{error}") };
        tokio::task::spawn_blocking(run).await.map_err(ended)?
    }
}
