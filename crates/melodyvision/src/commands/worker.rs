//! `melodyvision worker`: works on the jobs of a server that runs elsewhere, or in the same folder.

use crate::args::WorkerArgs;
use crate::billing;
use crate::config;
use crate::failure::Failure;
use crate::output::Output;
use crate::server::{self, Ground, Guest};
use crate::services;
use mv_core::CancelToken;
use mv_jobs::Workers;
use mv_media::Tools;

pub(crate) fn run(args: &WorkerArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    let tools = Tools::locate(&config::tool_search())?;
    let config = server::configuration(&args.server)?;
    server::block_on(async {
        let settings = config.jobs(&args.classes);
        let ground = Ground::open(&config, Guest::Helper, &settings).await?;
        let words: Vec<&str> = settings.at_once.keys().map(|class| class.word()).collect();
        output.say(&format!("{}: {}", output.pick("작업을 기다려요", "waiting for jobs"), words.join(", ")));
        let shop = ground.shop(tools, services::desk(&config)?, billing::open(&config)?, settings)?;
        let workers = Workers::start(&shop);
        server::until(cancel).await;
        workers.drain().await;
        ground.close().await;
        Ok(())
    })
}
