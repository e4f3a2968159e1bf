//! What a server stands on: its database, its files, and what its configuration names besides.

use super::Finding;
use crate::args::ServerArgs;
use crate::config;
use crate::config::server::ServerConfig;
use crate::failure::Failure;
use crate::output::Output;
use crate::server;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_store::cluster;
use mv_store::secrets::Keyring;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Whatever has not answered by then is not there.
const PATIENCE: Duration = Duration::from_secs(10);
/// The oldest PostgreSQL that the schema runs on, as `server_version_num` writes it.
const OLDEST: i32 = 150_000;

pub(super) fn findings(args: &ServerArgs, output: Output) -> Result<Vec<Finding>, Failure> {
    let file = config::server::file(args.config.as_deref());
    let mut config = config::server::load(file.as_deref())?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    server::block_on(async {
        let mut findings = vec![database(&config, output).await, data(&config.data, output)];
        if config.s3.is_some() {
            findings.push(bucket(&config, output).await);
        }
        if let Some(url) = &config.api.redis_url {
            findings.push(match answered(mv_api::limits::reach_redis(url.expose())).await {
                Ok(version) => Finding::good("Redis", version),
                Err(error) => Finding::bad("Redis", error, Some(hint(output, "api.redis_url"))),
            });
        }
        findings.push(match config.mail() {
            Some(mail) => match answered(mv_jobs::mail::reach(&mail)).await {
                Ok(()) => Finding::good("mail", mail.from),
                Err(error) => {
                    let setting = match mail.way {
                        mv_jobs::Way::Smtp { .. } => "mail.smtp",
                        mv_jobs::Way::Resend { .. } => "mail.resend_key",
                    };
                    Finding::bad("mail", error, Some(hint(output, setting)))
                }
            },
            None => Finding::good(
                "mail",
                output.pick(
                    "설정되지 않음: 링크가 로그에 남아요",
                    "not configured: links go to the log instead",
                ),
            ),
        });
        Ok(findings)
    })
}

/// Waits for an answer, but not for ever.
async fn answered<T, E: std::fmt::Display>(work: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

fn hint(output: Output, setting: &str) -> String {
    match output.pick("ko", "en") {
        "ko" => format!("`{setting}` 설정을 확인해 주세요"),
        _ => format!("check the setting `{setting}`"),
    }
}

/// The database that `database_url` names, or the programs for one of our own.
async fn database(config: &ServerConfig, output: Output) -> Finding {
    let Some(url) = &config.database_url else {
        let folder = config.data.join("postgres");
        return match cluster::version(&folder, config.postgres_programs.as_deref()) {
            Ok(version) => Finding::good("PostgreSQL", format!("{version} (private)")),
            Err(error) => Finding::bad("PostgreSQL", &error, error.hint()),
        };
    };
    match answered(version(url.expose())).await {
        Ok((number, may_make_roles)) => {
            let found = format!("{}.{}", number / 10_000, number % 10_000);
            if number < OLDEST {
                let words = ("15 이상이 필요해요", "15 or newer is needed");
                Finding::bad("PostgreSQL", found, Some(output.pick(words.0, words.1).to_owned()))
            } else if may_make_roles {
                Finding::good("PostgreSQL", found)
            } else {
                let words = (
                    "이 사용자는 역할을 만들 수 없어요: CREATEROLE을 주세요",
                    "this user may not make roles: give it CREATEROLE",
                );
                Finding::bad("PostgreSQL", found, Some(output.pick(words.0, words.1).to_owned()))
            }
        }
        Err(error) => Finding::bad("PostgreSQL", error, Some(hint(output, "database_url"))),
    }
}

/// The version of a database, and whether its user may make the roles that the schema needs, or has them already.
async fn version(url: &str) -> Result<(i32, bool), sqlx::Error> {
    let mut connection = url.parse::<PgConnectOptions>()?.connect().await?;
    let found = sqlx::query_as(
        "SELECT current_setting('server_version_num')::int,
           (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)
             OR (SELECT count(*) = 3 FROM pg_roles WHERE rolname IN ('mv_app', 'mv_gate', 'mv_worker'))",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    Ok(found)
}

/// The data folder, or the nearest one above it that is there: it is made at the first start.
fn data(folder: &Path, output: Output) -> Finding {
    let there = folder.ancestors().find(|one| one.is_dir()).unwrap_or(Path::new("."));
    match tempfile::tempfile_in(there) {
        Ok(_) => Finding::good("data", folder.display().to_string()),
        Err(error) => {
            let error = format!("`{}`: {error}", there.display());
            Finding::bad("data", error, Some(hint(output, "data")))
        }
    }
}

async fn bucket(config: &ServerConfig, output: Output) -> Finding {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // Buckets need no key of ours; none is made only to look.
    let reached = async {
        let keyring = Keyring::new([("doctor".to_owned(), [0; 32])]).map_err(|error| error.to_string())?;
        let objects = server::objects(config, &keyring, &clock).map_err(|failure| failure.message)?;
        objects.ping().await.map_err(|error| error.to_string())
    };
    let name = config.s3.as_ref().map_or("", |s3| s3.bucket.as_str());
    match answered(reached).await {
        Ok(()) => Finding::good("files", format!("s3://{name}")),
        Err(error) => Finding::bad("files", error, Some(hint(output, "s3"))),
    }
}
