//! Completion scripts and manual pages, from the command line's own definition.

use crate::args::Cli;
use crate::failure::{Class, Failure};
use crate::output::Output;
use clap::CommandFactory;
use clap_complete::Shell;
use std::fs;
use std::io;
use std::path::Path;

pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "melodyvision", &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script)
        .map_err(|error| Failure::new(Class::Write, format!("the script cannot be written: {error}")))
}

pub(crate) fn pages(folder: &Path, output: Output) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        Failure::new(Class::Write, format!("the pages cannot be written to `{}`: {error}", folder.display()))
    };
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    output.say(&format!("{}", folder.display()));
    Ok(())
}
