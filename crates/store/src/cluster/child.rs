//! Starting PostgreSQL's programs: the one place of this room that does.
//!
//! They lead process groups of their own, so that a Ctrl-C meant for us does not stop the database first, and where
//! the system has `setpriv` the server is told by the kernel when we end, however we end.

use super::account::Account;
use super::error::ClusterError;
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What libpq and the server would read from our surroundings.
const STRANGE: [&str; 14] = [
    "PGDATA",
    "PGPORT",
    "PGHOST",
    "PGHOSTADDR",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGDATABASE",
    "PGOPTIONS",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGAPPNAME",
    "PGTZ",
];

/// A program that runs in `folder`, as `account` or as ourselves.
fn command(program: &OsStr, account: Option<&Account>, folder: &Path) -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "PostgreSQL's own programs are started here and nowhere else"
    )]
    let mut command = Command::new(program);
    for name in STRANGE {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").current_dir(folder).stdin(Stdio::null()).process_group(0);
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Runs a program to its end and returns what it printed.
pub(super) fn run<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = A>,
    account: Option<&Account>,
    folder: &Path,
) -> Result<String, ClusterError> {
    let program = program.as_ref();
    let failed = |detail: String| ClusterError::Program {
        program: Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned(),
        detail,
    };
    let output = command(program, account, folder)
        .args(arguments)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    Err(failed(if said.is_empty() { output.status.to_string() } else { said.to_owned() }))
}

/// Whether this system can tell a child that its parent ended.
pub(super) fn can_leash() -> bool {
    run("setpriv", ["--pdeathsig", "INT", "true"], None, Path::new("/")).is_ok()
}

/// Starts a server that stays. Its standard error is a pipe.
///
/// With `leash` it is asked to stop (SIGINT) when the *thread* that called this ends: call it from one that lives as
/// long as the server should.
pub(super) fn start(
    program: &Path,
    arguments: &[String],
    account: Option<&Account>,
    folder: &Path,
    leash: bool,
) -> io::Result<Child> {
    let mut command = if leash {
        let mut command = command(OsStr::new("setpriv"), account, folder);
        command.args(["--pdeathsig", "INT", "--"]).arg(program);
        command
    } else {
        command(program.as_os_str(), account, folder)
    };
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
}
