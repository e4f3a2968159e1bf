//! Tidying: partitions ahead and behind, what was deleted long enough ago, what ran out, files that belong to nobody.

use crate::error::JobError;
use crate::running::Running;
use crate::shop::Shop;
use chrono::{Months, TimeDelta};
use mv_store::StoreError;
use mv_store::db::retention::{ARTIFACT_DAYS, ORPHAN_HOURS};
use mv_store::db::{artifacts, job_history, mails, partitions, personal_data, retention};
use mv_store::objects::{self, ObjectKey};
use mv_store::queue;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;

/// Objects swept in one run; the next goes on.
const SWEPT: usize = 5000;

pub(crate) async fn run(running: &Running) -> Result<(), JobError> {
    let shop = &running.shop;
    let now = shop.clock.now();
    let keep = Months::new(shop.settings.keep_months);
    {
        let mut connection = connection(shop).await?;
        partitions::make_ahead(&mut connection, now).await?;
        for table in ["video_jobs", "audit_logs"] {
            partitions::drop_old(&mut connection, table, now, keep).await?;
        }
        retention::expire(&mut connection).await?;
        job_history::prune(&mut connection).await?;
        mails::forget_old(&mut connection, now).await?;
        queue::admin::forget_spent(&mut connection).await?;
    }
    purge(shop).await?;
    let (parts, unused) = {
        let mut connection = connection(shop).await?;
        let parts = retention::expire_uploads(&mut connection).await?;
        (parts, artifacts::forget_unused(&mut connection, ARTIFACT_DAYS).await?)
    };
    remove(shop, parts).await?;
    remove(shop, unused).await?;
    sweep(shop).await?;
    let half_written = now - TimeDelta::hours(i64::from(ORPHAN_HOURS));
    shop.objects.sweep_unfinished(half_written).await?;
    let at_hand = shop.clone();
    let swept = tokio::task::spawn_blocking(move || at_hand.cache.sweep(|_| false)).await;
    swept.map_err(|error| JobError::Panicked(error.to_string()))??;
    running.complete(running.finish().await?).await
}

async fn connection(shop: &Shop) -> Result<PoolConnection<Postgres>, JobError> {
    Ok(shop.db.worker().acquire().await.map_err(StoreError::from)?)
}

/// Removes people and projects whose grace period is over. Their rows go first: files that are left behind by a crash in
/// between are swept as nobody's.
async fn purge(shop: &Shop) -> Result<(), JobError> {
    let mut connection = connection(shop).await?;
    for (project, _) in retention::projects_to_purge(&mut connection).await? {
        retention::purge_project(&mut connection, project).await?;
        tracing::info!(project.id = %project, "purged");
    }
    retention::purge_characters(&mut connection).await?;
    for user in retention::people_to_purge(&mut connection).await? {
        let mut files = personal_data::objects(&mut connection, user).await?;
        retention::purge_person(&mut connection, user).await?;
        let kept = retention::referred(&mut connection, &files).await?;
        files.retain(|key| !kept.contains(key));
        remove(shop, files).await?;
        tracing::info!(user.id = %user, "purged");
    }
    Ok(())
}

/// Removes objects that no row refers to: those that are noted, and those that a crash left unnoted.
async fn sweep(shop: &Shop) -> Result<(), JobError> {
    let mut after = String::new();
    let mut swept = 0;
    loop {
        let mut connection = connection(shop).await?;
        let page = personal_data::old_objects(&mut connection, &after, ORPHAN_HOURS).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        let referred = retention::referred(&mut connection, &page).await?;
        drop(connection);
        let orphans: Vec<String> = page.into_iter().filter(|key| !referred.contains(key)).collect();
        swept += orphans.len();
        remove(shop, orphans).await?;
        if swept >= SWEPT {
            break;
        }
    }
    let before = shop.clock.now() - TimeDelta::hours(i64::from(ORPHAN_HOURS));
    let mut connection = connection(shop).await?;
    let unnoted = objects::orphans(&shop.objects, &mut connection, before, SWEPT).await?;
    drop(connection);
    remove(shop, unnoted.iter().map(ToString::to_string).collect()).await
}

pub(crate) async fn remove(shop: &Shop, keys: Vec<String>) -> Result<(), JobError> {
    if keys.is_empty() {
        return Ok(());
    }
    for key in &keys {
        shop.objects.delete(&key.parse::<ObjectKey>()?).await?;
    }
    let mut connection = connection(shop).await?;
    Ok(personal_data::forget_objects(&mut connection, &keys).await?)
}
