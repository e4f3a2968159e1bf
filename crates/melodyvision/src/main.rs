//! The `melodyvision` command.

mod args;
mod billing;
mod catalogue;
mod commands;
mod config;
mod failure;
mod interrupt;
mod korean;
mod output;
mod pages;
mod pictures;
mod server;
mod services;
mod typical;
mod words;

use args::{Cli, Command};
use clap::Parser;
use failure::Class;
use mv_core::CancelToken;
use output::Output;
use std::process::ExitCode;

/// A request makes hundreds of small values and frees them on another thread: the system's allocator took a tenth of a
/// server's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let class = if error.use_stderr() { Class::Usage.code() } else { ExitCode::SUCCESS };
            if let Err(error) = error.print() {
                tracing::debug!(%error, "nobody reads the output");
            }
            return class;
        }
    };
    log(&cli.command);
    let output = Output::new(cli.output, config::system_language());
    let cancel = CancelToken::new();
    interrupt::listen(&cancel, output);
    let done = match cli.command {
        Command::Make(args) => commands::make::run(&args, output, &cancel),
        Command::Analyze(args) => commands::analyze::run(&args, output, &cancel),
        Command::Plan(args) => commands::plan::run(&args, output, &cancel),
        Command::Templates(args) => commands::templates::run(&args, output),
        Command::Models(args) => commands::models::run(&args, output),
        Command::Calls(args) => commands::calls::run(&args, output),
        Command::Serve(args) => commands::serve::run(&args, output, &cancel),
        Command::Worker(args) => commands::worker::run(&args, output, &cancel),
        Command::Admin(args) => commands::admin::run(&args, output),
        Command::Migrate(args) => commands::migrate::run(&args, output),
        Command::Config => {
            output.document(&config::server::page());
            Ok(())
        }
        Command::Doctor(args) => commands::doctor::run(&args, output),
        Command::Completions { shell } => commands::manual::completions(shell),
        Command::Man { folder } => commands::manual::pages(&folder, output),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.fail(&failure);
            failure.class.code()
        }
    }
}

/// Writes what the rooms log to standard error: a server always, a command when it is asked to.
fn log(command: &Command) {
    let server = matches!(command, Command::Serve(_) | Command::Worker(_));
    if let Some(filter) = config::log_filter().or_else(|| server.then(|| "info".to_owned())) {
        let filter = tracing_subscriber::EnvFilter::new(filter);
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
}
