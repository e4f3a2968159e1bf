//! Finishing an order: what people download is put beside each other, and the rows say that it is there.

use crate::error::JobError;
use crate::film::scenes;
use crate::making::media_type;
use crate::news;
use crate::progress;
use crate::running::Running;
use bytes::Bytes;
use mv_core::Storyboard;
use mv_core::audit::Event;
use mv_core::jobs::Mail;
use mv_media::captions;
use mv_production::film::sprite_track;
use mv_production::perform::ReportFile;
use mv_production::{StepInput, StepKind};
use mv_store::StoreError;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::audit::{self, NewEntry};
use mv_store::db::orders::{self, Finished, Order, OrderStatus};
use mv_store::db::{object_owners, steps, takes};
use mv_store::objects::{ObjectError, ObjectKey};
use mv_store::queue::{self, Enqueue};
use serde_json::json;
use std::collections::BTreeMap;

/// No report or track is larger.
const READABLE: u64 = 64 << 20;

/// A file that people may download.
struct Export {
    kind: &'static str,
    key: ObjectKey,
    media_type: &'static str,
    bytes: u64,
}

pub(crate) async fn run(running: &Running, order: &Order) -> Result<(), JobError> {
    let rows = {
        let mut connection = running.shop.db.worker().acquire().await.map_err(StoreError::from)?;
        steps::of_order(&mut connection, order.id).await?
    };
    let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
    let made: BTreeMap<String, Artifact> = {
        let mut connection = running.shop.db.worker().acquire().await.map_err(StoreError::from)?;
        artifacts::find(&mut connection, &keys)
            .await?
            .into_iter()
            .map(|found| (found.kind.clone(), found))
            .collect()
    };
    if order.config.scene.is_some() {
        return scene(running, order, &rows, &made).await;
    }
    film(running, order, &rows, &made).await
}

async fn film(
    running: &Running,
    order: &Order,
    rows: &[steps::StepRow],
    made: &BTreeMap<String, Artifact>,
) -> Result<(), JobError> {
    let shop = &running.shop;
    let plan = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        takes::planned(&mut connection, order.id).await?.ok_or(JobError::NoStoryboard)?.plan
    };
    let artifact = |kind: StepKind| {
        made.get(kind.word()).ok_or_else(|| JobError::NoArtifact(format!("{} of {}", kind.word(), order.id)))
    };
    let report: ReportFile = {
        let bytes = shop.objects.read(&artifact(StepKind::Report)?.object_key.parse()?, READABLE).await?;
        serde_json::from_slice(&bytes).map_err(JobError::Kept)?
    };
    let mut exports = Vec::new();
    for (kind, name, word) in [
        (StepKind::Film, "film.mp4", "film"),
        (StepKind::Poster, "film.poster.jpg", "poster"),
        (StepKind::Sprites, "film.sprites.jpg", "sprites"),
    ] {
        exports.push(copied(running, order, artifact(kind)?, kind, name, word).await?);
    }
    for (name, word, media_type, bytes) in texts(&plan, &report, rows)? {
        exports.push(written(running, order, name, word, media_type, bytes).await?);
    }
    let finished = Finished {
        film_key: exports[0].key.to_string(),
        poster_key: Some(exports[1].key.to_string()),
        duration_seconds: plan.song.duration.0,
        resolution: {
            let canvas = order.config.canvas();
            format!("{}x{}", canvas.width, canvas.height)
        },
        metadata: json!({
            "duration": plan.song.duration.0,
            "width": order.config.canvas().width,
            "height": order.config.canvas().height,
            "fps": order.config.fps.get(),
            "bytes": exports[0].bytes,
            "scenes": plan.scenes.len(),
            "content_hash": artifact(StepKind::Film)?.content_hash,
            "report": { "violations": report.violations, "summary": report.summary },
        }),
        costs: json!({ "images": 0, "videos": 0, "processing": 0, "total": 0 }),
    };

    let mut transaction = running.finish().await?;
    let now = orders::lock(&mut transaction, order.id).await?;
    if now.status != OrderStatus::Processing {
        return running.complete(transaction).await;
    }
    for export in &exports {
        let key = export.key.as_str();
        orders::add_export(&mut transaction, order, export.kind, key, export.media_type, export.bytes)
            .await?;
        object_owners::note(&mut transaction, key, order.user, export.bytes.cast_signed(), export.media_type)
            .await?;
    }
    if order.config.is_film() {
        orders::complete_film(&mut transaction, order, &finished).await?;
        let about = NewEntry::about(Event::VideoGenerated, order.user);
        let entry = NewEntry { resource: Some(("video_job", order.id.to_string())), ..about };
        audit::write(&mut transaction, entry).await?;
        let mail =
            queue::mail_about(order.user, Mail::VideoComplete { job_id: order.id }, &news::cause_of(order));
        queue::enqueue(&mut transaction, &mail, Enqueue::by(order.user)).await?;
    } else {
        // Another shape of a film that was told of; the project goes on showing that one.
        let Finished { film_key, metadata, costs, .. } = &finished;
        orders::complete(&mut transaction, order, Some(film_key), metadata, costs).await?;
    }
    news::film_complete(&mut transaction, order, &finished, shop.clock.now()).await?;
    running.complete(transaction).await?;
    tracing::info!(order.id = %order.id, "film delivered");
    progress::tell(shop, order.id).await;
    Ok(())
}

/// A name, its kind of export, its media type and what is in it.
type Text = (&'static str, &'static str, &'static str, Vec<u8>);

/// What is written beside a film, as the command line does.
fn texts(plan: &Storyboard, report: &ReportFile, rows: &[steps::StepRow]) -> Result<Vec<Text>, JobError> {
    let data = serde_json::to_vec_pretty(&report.report).map_err(JobError::Kept)?;
    let mut texts: Vec<Text> = vec![
        ("film.report.json", "report", "application/json", data),
        ("film.report.html", "report_page", "text/html; charset=utf-8", report.page.clone().into_bytes()),
        ("film.plan.json", "plan", "application/json", mv_director::planfile::to_json(plan).into_bytes()),
    ];
    if !plan.lyrics.lines.is_empty() {
        texts.push(("film.srt", "srt", "application/x-subrip", captions::srt(&plan.lyrics).into_bytes()));
        texts.push(("film.vtt", "vtt", "text/vtt", captions::webvtt(&plan.lyrics).into_bytes()));
    }
    for row in rows.iter().filter(|row| row.kind == StepKind::Sprites.word()) {
        if let StepInput::Sprites(input) =
            serde_json::from_value(row.input.clone()).map_err(JobError::Kept)?
        {
            let track = sprite_track(&input, "film.sprites.jpg");
            texts.push(("film.sprites.vtt", "sprite_track", "text/vtt", track.into_bytes()));
        }
    }
    Ok(texts)
}

async fn copied(
    running: &Running,
    order: &Order,
    artifact: &Artifact,
    kind: StepKind,
    name: &str,
    word: &'static str,
) -> Result<Export, JobError> {
    let key = ObjectKey::export(order.project, order.id, name)?;
    match running.shop.objects.copy(&artifact.object_key.parse()?, &key).await {
        // Put there before we were killed.
        Ok(()) | Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Export { kind: word, key, media_type: media_type(kind), bytes: artifact.bytes.unsigned_abs() })
}

async fn written(
    running: &Running,
    order: &Order,
    name: &str,
    kind: &'static str,
    media_type: &'static str,
    text: Vec<u8>,
) -> Result<Export, JobError> {
    let key = ObjectKey::export(order.project, order.id, name)?;
    let bytes = text.len() as u64;
    match running.shop.objects.put(&key, Bytes::from(text), media_type).await {
        Ok(()) | Err(ObjectError::Exists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Export { kind, key, media_type, bytes })
}

async fn scene(
    running: &Running,
    order: &Order,
    rows: &[steps::StepRow],
    made: &BTreeMap<String, Artifact>,
) -> Result<(), JobError> {
    let Some(ordered) = order.config.scene else { return Err(JobError::NoScene) };
    let image_key = made.get(StepKind::Still.word()).map(|found| found.object_key.clone());
    let video = made.get(StepKind::Segment.word());
    let mut transaction = running.finish().await?;
    let now = orders::lock(&mut transaction, order.id).await?;
    if now.status == OrderStatus::Processing {
        scenes::deliver(&mut transaction, order, ordered.scene_id, rows, made).await?;
        let video_key = video.map(|found| found.object_key.as_str());
        let metadata = json!({ "image_key": image_key, "video_key": video_key });
        let costs = json!({ "images": 0, "videos": 0, "processing": 0, "total": 0 });
        let key = video_key.or(image_key.as_deref());
        orders::complete(&mut transaction, order, key, &metadata, &costs).await?;
        news::job_completed(&mut transaction, order, running.shop.clock.now()).await?;
    }
    running.complete(transaction).await?;
    progress::tell(&running.shop, order.id).await;
    Ok(())
}
