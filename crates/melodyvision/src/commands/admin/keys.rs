//! `admin keys`: API keys made for somebody, for scripts and for trying things out.

use super::{Desk, now};
use crate::args::admin::{KeysArgs, KeysCommand};
use crate::failure::{Class, Failure};
use crate::output::Output;
use chrono::TimeDelta;
use mv_api::auth::api_key;
use mv_core::ids::ApiKeyId;
use mv_store::StoreError;
use mv_store::db::api_keys;
use std::fmt::Write;

pub(super) async fn run(args: &KeysArgs, desk: &Desk, output: Output) -> Result<(), Failure> {
    let user = desk.person(&args.email).await?;
    let mut transaction = desk.db.person(user).await?;
    match &args.command {
        None => {
            let (keys, _) = api_keys::list(&mut transaction, user, 100, 0).await?;
            let rows: Vec<_> = keys
                .iter()
                .map(|key| serde_json::json!({ "id": key.id, "name": key.name, "prefix": key.prefix, "scopes": key.scopes }))
                .collect();
            output.answer(&rows, || {
                keys.iter().fold(String::new(), |mut text, key| {
                    let _ = writeln!(
                        text,
                        "{}  {}…  {:<24} {}",
                        key.id,
                        key.prefix,
                        key.name,
                        key.scopes.join(" ")
                    );
                    text
                })
            });
        }
        Some(KeysCommand::Add(args)) => {
            let expires = args.days.map(|days| now() + TimeDelta::days(i64::from(days)));
            let (_, secret) = api_key::make(&mut transaction, user, &args.name, &args.scopes, expires, now())
                .await
                .map_err(Failure::unexpected)?;
            // The key alone, so that a script can take it.
            output.answer(&serde_json::json!({ "key": secret }), || secret.clone());
        }
        Some(KeysCommand::Revoke { id }) => {
            api_keys::revoke(&mut transaction, user, ApiKeyId(*id), now()).await.map_err(
                |error| match error {
                    StoreError::NotFound => Failure::new(Class::Input, format!("there is no key `{id}`"))
                        .hint("see the ids with `melodyvision admin keys EMAIL`"),
                    other => other.into(),
                },
            )?;
        }
    }
    transaction.commit().await.map_err(StoreError::from)?;
    Ok(())
}
