//! The words of `melodyvision admin`.

use super::ServerArgs;
use clap::{Args, Subcommand};
use mv_api::auth::identity::Scope;
use mv_core::jobs::Class;
use mv_core::plan::{Plan, Role};
use std::path::PathBuf;
use uuid::Uuid;

#[derive(Debug, Args)]
pub(crate) struct AdminArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,

    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// List people, add them, change their plan or role
    Users(UsersArgs),
    /// List, make and revoke somebody's API keys
    Keys(KeysArgs),
    /// Show somebody's credits, give some, or take some away
    Credits(CreditsArgs),
    /// Print the built-in plans, or check that Stripe is set up as the server needs it
    #[command(subcommand)]
    Billing(BillingCommand),
    /// Show what waits on the queues, how long, and what failed
    Queues(QueuesArgs),
    /// Copy the private database, the files and the keys into a new folder, while the server runs
    Backup(FolderArgs),
    /// Bring a backup back into an empty data folder, before the server starts
    Restore(FolderArgs),
    /// Print the address of the database, for psql
    Database,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct UsersArgs {
    /// Part of an address or a name
    pub(crate) search: Option<String>,

    #[command(subcommand)]
    pub(crate) command: Option<UsersCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Add somebody; prints the link at which they choose a password
    Add(AddUser),
    /// Change somebody's plan or role, suspend them, or let them in again
    Set(SetUser),
    /// Print a new link at which somebody chooses a password
    Link { email: String },
}

#[derive(Debug, Args)]
pub(crate) struct AddUser {
    pub(crate) email: String,

    #[arg(long)]
    pub(crate) name: Option<String>,

    /// free, indie, pro or team
    #[arg(long, default_value = "free")]
    pub(crate) plan: Plan,

    /// user or admin
    #[arg(long, default_value = "user")]
    pub(crate) role: Role,
}

#[derive(Debug, Args)]
pub(crate) struct SetUser {
    pub(crate) email: String,

    /// free, indie, pro or team
    #[arg(long)]
    pub(crate) plan: Option<Plan>,

    /// user or admin
    #[arg(long)]
    pub(crate) role: Option<Role>,

    /// Sign them out everywhere and let them in no more
    #[arg(long, conflicts_with = "restore")]
    pub(crate) suspend: bool,

    /// Let them in again
    #[arg(long)]
    pub(crate) restore: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = false)]
pub(crate) struct KeysArgs {
    /// Whose keys
    pub(crate) email: String,

    #[command(subcommand)]
    pub(crate) command: Option<KeysCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key; it is printed this once
    Add(AddKey),
    /// Take a key back, by its id
    Revoke { id: Uuid },
}

#[derive(Debug, Args)]
pub(crate) struct AddKey {
    #[arg(long, default_value = "made by an admin")]
    pub(crate) name: String,

    /// read, write, generate
    #[arg(long, value_delimiter = ',', default_value = "read,write,generate", value_parser = scope)]
    pub(crate) scopes: Vec<Scope>,

    /// Days until it no longer counts; never, when left out
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) days: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct CreditsArgs {
    /// Whose credits
    pub(crate) email: String,

    #[command(subcommand)]
    pub(crate) command: Option<CreditsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CreditsCommand {
    /// Give credits: a US cent each
    Grant(CreditsChange),
    /// Take credits away, as far as there are any
    Take(CreditsChange),
}

#[derive(Debug, Args)]
pub(crate) struct CreditsChange {
    #[arg(value_parser = clap::value_parser!(i64).range(1..=10_000_000))]
    pub(crate) credits: i64,

    /// What the person reads beside it, and the audit log keeps
    #[arg(long)]
    pub(crate) note: String,

    /// A UUID of your own: said again with the same, the change is made once
    #[arg(long)]
    pub(crate) id: Option<Uuid>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BillingCommand {
    /// Ask Stripe whether the key, the prices and the endpoint of webhooks are right
    Check,
    /// Print the built-in file of plans, to begin one of your own from
    Plans,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct QueuesArgs {
    #[command(subcommand)]
    pub(crate) command: Option<QueuesCommand>,

    /// List the jobs themselves
    #[arg(long)]
    pub(crate) jobs: bool,

    /// Only jobs of this class: video, image, render, analysis, mail, webhook, cleaning, analytics
    #[arg(long, value_parser = super::class)]
    pub(crate) class: Option<Class>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueuesCommand {
    /// Have nobody take jobs of a class; what runs may end
    Pause {
        #[arg(value_parser = super::class)]
        class: Class,
    },
    /// Have a paused class go on
    Resume {
        #[arg(value_parser = super::class)]
        class: Class,
    },
    /// Put a job before all others that wait, by its number
    Front { job: i64 },
    /// Show a job's tries, by the number that any of them had
    Tries { job: i64 },
    /// List the processes that take jobs
    Nodes,
    /// Have a node take no more jobs; what runs on it may end
    Drain { node: Uuid },
    /// Have a drained node take jobs again
    Undrain { node: Uuid },
}

#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    pub(crate) folder: PathBuf,
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::ALL
        .into_iter()
        .find(|scope| scope.word() == text)
        .ok_or_else(|| format!("`{text}` is not a scope: choose read, write or generate"))
}
