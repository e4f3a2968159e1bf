//! What an order makes reaches the storyboard's scenes as soon as it is made, so that people watch their film come together.

use crate::error::JobError;
use mv_core::ids::SceneId;
use mv_production::StepKind;
use mv_production::step::Step;
use mv_store::StoreError;
use mv_store::board::Board;
use mv_store::db::artifacts::Artifact;
use mv_store::db::orders::Order;
use mv_store::db::steps::StepRow;
use mv_store::db::takes::{self, Take};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The model of what the built-in maker drew.
const DRAWN: &str = "animatic";
/// The model of what was cut from the person's own footage: none made it.
const FOOTAGE: &str = "footage";

/// A laid-out film's scenes: those whose clips are there already get them, the others are being made.
pub(crate) async fn begin(
    connection: &mut PgConnection,
    order: &Order,
    board: &Board,
    steps: &[Step],
    made: &BTreeMap<String, Artifact>,
) -> Result<(), StoreError> {
    let mut open = Vec::new();
    for step in steps.iter().filter(|step| step.input.kind() == StepKind::Segment) {
        let Some((index, scene)) = step.scene.and_then(|number| place(board, number)) else { continue };
        match made.get(&step.key.to_string()) {
            Some(artifact) => {
                let take = clip(order, board, index, artifact);
                put(&mut *connection, board, index, scene, &take).await?;
            }
            None => open.push(scene),
        }
    }
    takes::begin(connection, &open).await
}

/// A step of a film is made: a scene's clip is put in its place.
pub(crate) async fn made(
    connection: &mut PgConnection,
    order: &Order,
    step: &StepRow,
    artifact: &Artifact,
) -> Result<(), StoreError> {
    if order.config.scene.is_some() || step.kind != StepKind::Segment.word() {
        return Ok(());
    }
    let Some(number) = step.scene.and_then(|scene| usize::try_from(scene).ok()) else { return Ok(()) };
    let Some(board) = takes::planned(&mut *connection, order.id).await? else { return Ok(()) };
    let Some((index, scene)) = place(&board, number) else { return Ok(()) };
    put(connection, &board, index, scene, &clip(order, &board, index, artifact)).await
}

/// The one scene that was ordered is made, as a version of its own.
pub(crate) async fn deliver(
    connection: &mut PgConnection,
    order: &Order,
    scene: SceneId,
    image_key: Option<String>,
    video: Option<&Artifact>,
) -> Result<(), JobError> {
    let board = takes::planned(&mut *connection, order.id).await?.ok_or(JobError::NoStoryboard)?;
    let index = board.index_of(scene).ok_or(JobError::NoScene)?;
    // Stills are drawn even where the clip is cut from footage.
    let still = Take { image_key: image_key.clone(), model: DRAWN.to_owned(), ..Take::default() };
    let clip = video.map(|artifact| clip(order, &board, index, artifact));
    for take in image_key.is_some().then_some(&still).into_iter().chain(&clip) {
        put(&mut *connection, &board, index, scene, take).await?;
    }
    let take = Take { image_key, ..clip.unwrap_or(still) };
    match takes::keep(&mut *connection, order, scene, &board.plan.scenes[index], &take).await {
        Err(StoreError::NotFound) => Err(JobError::NoScene),
        kept => Ok(kept?),
    }
}

/// The scene of this number, from 1.
fn place(board: &Board, number: usize) -> Option<(usize, SceneId)> {
    let index = number.checked_sub(1)?;
    Some((index, (*board.ids.get(index)?)?))
}

fn clip(order: &Order, board: &Board, index: usize, artifact: &Artifact) -> Take {
    let canvas = order.config.canvas();
    let (start, end) = board.plan.span(index);
    let model = if board.plan.scenes[index].footage.is_some() { FOOTAGE } else { DRAWN };
    Take {
        image_key: None,
        video_key: Some(artifact.object_key.clone()),
        resolution: format!("{}x{}", canvas.width, canvas.height),
        seconds: (end - start).0,
        model: model.to_owned(),
    }
}

async fn put(
    connection: &mut PgConnection,
    board: &Board,
    index: usize,
    scene: SceneId,
    take: &Take,
) -> Result<(), StoreError> {
    let (start, end) = board.plan.span(index);
    if !takes::put(connection, scene, &board.plan.scenes[index], (end - start).0, take).await? {
        tracing::debug!(scene.id = %scene, "the scene was edited while it was made; it keeps waiting");
    }
    Ok(())
}
