//! `melodyvision migrate`: the database's schema brought up to date, before a new version is started on many nodes.

use crate::args::ServerArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::server::{self, Guest};
use mv_store::db::migrate;

pub(crate) fn run(args: &ServerArgs, output: Output) -> Result<(), Failure> {
    let config = server::configuration(args)?;
    server::block_on(async {
        let (cluster, options) = server::database(&config, Guest::Host).await?;
        migrate::run(&options).await?;
        if let Some(cluster) = cluster {
            cluster.stop().await;
        }
        Ok(())
    })?;
    output.say(output.pick("데이터베이스가 최신이에요", "the database is up to date"));
    Ok(())
}
