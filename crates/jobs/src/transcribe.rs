//! A project's song is listened to by a service: lyrics that a person gave get the times of the words that were heard, and
//! are never rewritten; where nobody gave any, what was heard becomes the lyrics, marked as heard.

use crate::errand::{self, Errand};
use crate::error::JobError;
use crate::film::studio;
use crate::progress;
use crate::running::Running;
use mv_core::errand::Transcribing;
use mv_core::ids::{ProjectId, TaskId};
use mv_core::{Lyrics, SongAnalysis};
use mv_production::purchase::Listening;
use mv_store::StoreError;
use mv_store::db::orders::Source;
use mv_store::db::{orders, plans, projects, task_runs};
use serde_json::json;
use std::sync::Arc;

/// How often lyrics may be changed by a person while they are laid, before this gives way.
const TRIES: usize = 5;

pub(crate) async fn run(running: &Running, project: ProjectId, id: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (begun, source) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let begun = task_runs::begin(&mut connection, id).await?;
        (begun, orders::source(&mut connection, project).await?)
    };
    let Some(task) = begun else {
        return running.complete(running.finish().await?).await;
    };
    let order: Transcribing = errand::ordered(&task.payload)?;
    let analysis = source.analysis.clone().ok_or(JobError::NotHeard)?;
    let song: Arc<SongAnalysis> = Arc::new(serde_json::from_value(analysis).map_err(JobError::Kept)?);
    let listening = Listening {
        song: what_is_sent(running, &source).await?,
        song_hash: source.audio_hash.clone(),
        seconds: song.duration.0,
        language: order.language.clone(),
    };
    let errand =
        Errand { task: &task, project, budget: source.budget, scenes: Vec::new(), stage: "transcribing" };
    let models = order.bid.models.clone();
    let heard = errand::buy(running, &errand, &order.bid, move |desk, runtime, _| {
        runtime.block_on(desk.transcribe(&models, &listening))
    })
    .await?;
    let heard = Arc::new(heard);
    let cost = errand::cost_usd(running, &task).await?;
    for _ in 0..TRIES {
        let had = lyrics(running, project).await?;
        let (all, given, by, over) = (order.all, had.clone(), heard.clone(), song.clone());
        let laid =
            tokio::task::spawn_blocking(move || mv_director::lyrics::listened(&given, &by, &over, all));
        let laid = laid.await.map_err(|error| JobError::Panicked(error.to_string()))?;
        let mut transaction = running.finish().await?;
        projects::raise_version(&mut transaction, project, None).await?;
        // What was laid is what was read: whoever was faster is not overwritten.
        if projects::lyrics(&mut transaction, project).await? != had {
            transaction.rollback().await.map_err(StoreError::from)?;
            continue;
        }
        match plans::load(&mut transaction, project).await? {
            Some(before) => {
                let mut after = before.clone();
                after.plan.set_lyrics(laid.clone());
                plans::save(&mut transaction, project, Some(&before), after).await?;
            }
            None => projects::set_lyrics(&mut transaction, project, &laid).await?,
        }
        let words = laid.lines.iter().map(|line| line.words.len()).sum::<usize>();
        let result = json!({
            "lines": laid.lines.len(),
            "words": words,
            "heard": laid.lines.iter().filter(|line| line.heard).count(),
            "cost_usd": cost,
        });
        task_runs::complete(&mut transaction, id, &result).await?;
        running.complete(transaction).await?;
        progress::tell_task(shop, id).await;
        return Ok(());
    }
    Err(StoreError::Changed { expected: 0, found: 0 }.into())
}

async fn lyrics(running: &Running, project: ProjectId) -> Result<Lyrics, JobError> {
    let mut connection = running.shop.db.worker().acquire().await.map_err(StoreError::from)?;
    Ok(projects::lyrics(&mut connection, project).await?)
}

/// The song's file, or a smaller one where services would not take it.
async fn what_is_sent(running: &Running, source: &Source) -> Result<Arc<[u8]>, JobError> {
    let shop = running.shop.clone();
    let song = studio::song(&shop, source).await?;
    let cancel = running.cancel.clone();
    let sent = tokio::task::spawn_blocking(move || {
        mv_production::purchase::song_to_send(&shop.tools, &song, shop.cache.artifacts().root(), &cancel)
    });
    Ok(sent.await.map_err(|error| JobError::Panicked(error.to_string()))??)
}
