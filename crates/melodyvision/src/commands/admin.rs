//! `melodyvision admin`: people, keys, credits, payments, queues and backups of a server, from its own machine.

mod backup;
mod billing;
mod credits;
mod keys;
mod people;
mod queues;

use crate::args::admin::{AdminArgs, AdminCommand};
use crate::config::server::ServerConfig;
use crate::failure::{Class, Failure};
use crate::output::Output;
use crate::server::{self, Guest};
use chrono::{DateTime, Utc};
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::ids::UserId;
use mv_store::db::{PoolSizes, users};
use mv_store::{Database, StoreError};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

pub(crate) fn run(args: &AdminArgs, output: Output) -> Result<(), Failure> {
    let config = server::configuration(&args.server)?;
    server::block_on(async {
        match &args.command {
            AdminCommand::Backup(args) => backup::make(args, &config, output).await,
            AdminCommand::Restore(args) => backup::restore(args, &config, output).await,
            AdminCommand::Billing(command) => billing::run(command, &config, output).await,
            AdminCommand::Database => {
                let (_, options) = server::database(&config, Guest::Helper).await?;
                let mut address = options.to_url_lossy();
                // Settings of our own client that psql does not know.
                let known: Vec<(String, String)> = address
                    .query_pairs()
                    .filter(|(name, _)| name != "statement-cache-capacity")
                    .map(|(name, value)| (name.into_owned(), value.into_owned()))
                    .collect();
                address.query_pairs_mut().clear().extend_pairs(known);
                output.answer(&address, || address.to_string());
                Ok(())
            }
            AdminCommand::Users(args) => people::run(args, &Desk::open(&config).await?, output).await,
            AdminCommand::Keys(args) => keys::run(args, &Desk::open(&config).await?, output).await,
            AdminCommand::Credits(args) => credits::run(args, &Desk::open(&config).await?, output).await,
            AdminCommand::Queues(args) => queues::run(args, &Desk::open(&config).await?, output).await,
        }
    })
}

/// What most of these commands need.
struct Desk {
    db: Database,
    public_url: url::Url,
}

impl Desk {
    async fn open(config: &ServerConfig) -> Result<Self, Failure> {
        let (_, options): (_, PgConnectOptions) = server::database(config, Guest::Helper).await?;
        let sizes = PoolSizes { app: 1, gate: 1, worker: 1, owner: 1 };
        Ok(Self { db: Database::connect(&options, sizes), public_url: config.api.public_url.clone() })
    }

    /// The person with an address.
    async fn person(&self, email: &str) -> Result<UserId, Failure> {
        let mut connection = self.db.gate().acquire().await.map_err(StoreError::from)?;
        match users::credentials_by_email(&mut connection, email).await? {
            Some(found) => Ok(found.id()),
            None => Err(Failure::new(Class::Input, format!("nobody has the address `{email}`"))
                .hint("see who there is with `melodyvision admin users`")),
        }
    }
}

fn now() -> DateTime<Utc> {
    SystemClock.now()
}
