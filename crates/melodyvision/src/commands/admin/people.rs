//! `admin users`: who there is, and what an operator changes about them.

use super::{Desk, now};
use crate::args::admin::{AddUser, SetUser, UsersArgs, UsersCommand};
use crate::failure::{Class, Failure};
use crate::output::Output;
use chrono::{DateTime, TimeDelta, Utc};
use mv_api::auth::random;
use mv_core::ids::UserId;
use mv_store::StoreError;
use mv_store::db::sessions;
use mv_store::db::tokens::{self, NewToken, Purpose};
use mv_store::db::users::{self, AdminChange, NewUser, User};
use serde::Serialize;
use sqlx::PgConnection;
use std::fmt::Write;

/// How long a link to choose a password counts.
const LINK_LIFE: TimeDelta = TimeDelta::days(3);
/// People shown at a time.
const SHOWN: i64 = 100;

pub(super) async fn run(args: &UsersArgs, desk: &Desk, output: Output) -> Result<(), Failure> {
    match &args.command {
        None => list(args.search.as_deref(), desk, output).await,
        Some(UsersCommand::Add(args)) => add(args, desk, output).await,
        Some(UsersCommand::Set(args)) => set(args, desk, output).await,
        Some(UsersCommand::Link { email }) => {
            let user = desk.person(email).await?;
            let mut connection = desk.db.gate().acquire().await.map_err(StoreError::from)?;
            let link = link(&mut connection, user, desk).await?;
            answer(email, &link, output);
            Ok(())
        }
    }
}

#[derive(Serialize)]
struct Listed<'a> {
    id: UserId,
    email: &'a str,
    name: Option<&'a str>,
    plan: &'a str,
    role: &'a str,
    suspended: bool,
    created_at: DateTime<Utc>,
}

impl<'a> From<&'a User> for Listed<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id(),
            email: &user.email,
            name: user.name.as_deref(),
            plan: user.plan().word(),
            role: user.role().word(),
            suspended: user.suspended,
            created_at: user.created_at,
        }
    }
}

async fn list(search: Option<&str>, desk: &Desk, output: Output) -> Result<(), Failure> {
    let mut connection = desk.db.gate().acquire().await.map_err(StoreError::from)?;
    let (people, total) = users::list(&mut connection, search, SHOWN, 0).await?;
    let listed: Vec<Listed<'_>> = people.iter().map(Listed::from).collect();
    output.answer(&listed, || {
        let mut text = String::new();
        for one in &listed {
            let suspended = if one.suspended { "  suspended" } else { "" };
            let since = one.created_at.format("%Y-%m-%d");
            let _ = writeln!(text, "{:<40} {:<6} {:<6} {since}{suspended}", one.email, one.plan, one.role);
        }
        if total > SHOWN {
            let _ = writeln!(text, "… {total} in all: name a part of the address or name");
        }
        text
    });
    Ok(())
}

async fn add(args: &AddUser, desk: &Desk, output: Output) -> Result<(), Failure> {
    let mut transaction = desk.db.gate().begin().await.map_err(StoreError::from)?;
    let new = NewUser {
        email: &args.email,
        password_hash: None,
        name: args.name.as_deref(),
        avatar_url: None,
        locale: "ko",
        role: args.role,
        verified_at: Some(now()),
    };
    let user = users::insert(&mut transaction, new).await.map_err(|error| {
        if error.broke("users_email_key") {
            Failure::new(Class::Input, format!("`{}` has an account already", args.email))
                .hint("change it with `melodyvision admin users set`")
        } else {
            error.into()
        }
    })?;
    let change = AdminChange { plan: Some(args.plan), ..AdminChange::default() };
    users::change_by_admin(&mut transaction, user, change, now()).await?;
    let link = link(&mut transaction, user, desk).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    answer(&args.email, &link, output);
    Ok(())
}

async fn set(args: &SetUser, desk: &Desk, output: Output) -> Result<(), Failure> {
    let user = desk.person(&args.email).await?;
    let suspended = match (args.suspend, args.restore) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let change = AdminChange { plan: args.plan, role: args.role, suspended };
    if change == AdminChange::default() {
        return Err(Failure::new(Class::Usage, "nothing to change")
            .hint("say --plan, --role, --suspend or --restore"));
    }
    let mut transaction = desk.db.gate().begin().await.map_err(StoreError::from)?;
    users::change_by_admin(&mut transaction, user, change, now()).await?;
    if suspended == Some(true) {
        sessions::revoke_all(&mut transaction, user, None, "suspended", now()).await?;
    }
    let changed = users::get(&mut transaction, user).await?;
    transaction.commit().await.map_err(StoreError::from)?;
    output.answer(&Listed::from(&changed), || {
        format!("{}: {}, {}", changed.email, changed.plan(), changed.role())
    });
    Ok(())
}

/// A link that lets its holder choose a password, once.
async fn link(connection: &mut PgConnection, user: UserId, desk: &Desk) -> Result<String, Failure> {
    let token = random::secret().map_err(Failure::unexpected)?;
    let new = NewToken {
        hash: &random::hash(&token),
        purpose: Purpose::ResetPassword,
        user: Some(user),
        new_email: None,
        expires_at: now() + LINK_LIFE,
    };
    tokens::insert(connection, new).await?;
    let mut link = desk.public_url.clone();
    link.set_path("/reset-password");
    link.query_pairs_mut().append_pair("token", &token);
    Ok(link.into())
}

fn answer(email: &str, link: &str, output: Output) {
    output.answer(&serde_json::json!({ "email": email, "link": link }), || {
        format!("{email} chooses a password at this address, within three days:\n{link}")
    });
}
