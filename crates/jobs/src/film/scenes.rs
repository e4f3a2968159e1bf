//! What an order makes reaches the storyboard's scenes as soon as it is made, so that people watch their film come together.

use crate::error::JobError;
use crate::film::till;
use mv_core::ids::SceneId;
use mv_core::paid_call::CallState;
use mv_production::inputs::{ClipInput, StillInput};
use mv_production::step::Step;
use mv_production::{StepInput, StepKind};
use mv_store::StoreError;
use mv_store::board::Board;
use mv_store::db::artifacts::Artifact;
use mv_store::db::orders::Order;
use mv_store::db::steps::StepRow;
use mv_store::db::takes::{self, Take};
use mv_store::ledger;
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
    for step in steps.iter().filter(|step| shows_a_scene(step.input.kind().word())) {
        let Some((index, scene)) = step.scene.and_then(|number| place(board, number)) else { continue };
        let key = step.key.to_string();
        match made.get(&key) {
            Some(artifact) => {
                let take = take(&mut *connection, order, board, index, &key, &step.input, artifact).await?;
                put(&mut *connection, board, index, scene, &take).await?;
            }
            None if step.input.kind() == StepKind::Segment => open.push(scene),
            None => {}
        }
    }
    takes::begin(connection, &open).await
}

/// A step of a film is made: a scene's still or clip is put in its place.
pub(crate) async fn made(
    connection: &mut PgConnection,
    order: &Order,
    step: &StepRow,
    artifact: &Artifact,
) -> Result<(), JobError> {
    if !order.config.is_film() || !shows_a_scene(&step.kind) {
        return Ok(());
    }
    let Some(number) = step.scene.and_then(|scene| usize::try_from(scene).ok()) else { return Ok(()) };
    let Some(board) = takes::planned(&mut *connection, order.id).await? else { return Ok(()) };
    let Some((index, scene)) = place(&board, number) else { return Ok(()) };
    let input: StepInput = serde_json::from_value(step.input.clone()).map_err(JobError::Kept)?;
    let take = take(&mut *connection, order, &board, index, &step.key, &input, artifact).await?;
    Ok(put(connection, &board, index, scene, &take).await?)
}

/// The one scene that was ordered is made, as a version of its own.
pub(crate) async fn deliver(
    connection: &mut PgConnection,
    order: &Order,
    scene: SceneId,
    steps: &[StepRow],
    made: &BTreeMap<String, Artifact>,
) -> Result<(), JobError> {
    let board = takes::planned(&mut *connection, order.id).await?.ok_or(JobError::NoStoryboard)?;
    let index = board.index_of(scene).ok_or(JobError::NoScene)?;
    let mut whole = Take::default();
    for step in steps.iter().filter(|step| shows_a_scene(&step.kind)) {
        let Some(artifact) = made.get(&step.kind) else { continue };
        let input: StepInput = serde_json::from_value(step.input.clone()).map_err(JobError::Kept)?;
        let take = take(&mut *connection, order, &board, index, &step.key, &input, artifact).await?;
        put(&mut *connection, &board, index, scene, &take).await?;
        whole = match take.video_key {
            Some(_) => Take { image_key: whole.image_key, likeness: whole.likeness, ..take },
            None if whole.video_key.is_some() => {
                Take { image_key: take.image_key, likeness: take.likeness, ..whole }
            }
            None => take,
        };
    }
    match takes::keep(&mut *connection, order, scene, &board.plan.scenes[index], &whole).await {
        Err(StoreError::NotFound) => Err(JobError::NoScene),
        kept => Ok(kept?),
    }
}

/// Whether people see what a kind of step makes on the storyboard.
fn shows_a_scene(kind: &str) -> bool {
    kind == StepKind::Segment.word() || kind == StepKind::Still.word()
}

/// The scene of this number, from 1.
fn place(board: &Board, number: usize) -> Option<(usize, SceneId)> {
    let index = number.checked_sub(1)?;
    Some((index, (*board.ids.get(index)?)?))
}

/// What a step made for a scene, and who made it.
async fn take(
    connection: &mut PgConnection,
    order: &Order,
    board: &Board,
    index: usize,
    key: &str,
    input: &StepInput,
    artifact: &Artifact,
) -> Result<Take, StoreError> {
    let bought = |call: Option<ledger::Call>, chosen: Option<&str>| {
        let likeness = call.as_ref().and_then(|call| till::known(call).likeness);
        let model = call.map(|call| call.model).or(chosen.map(str::to_owned));
        (model.unwrap_or_else(|| DRAWN.to_owned()), likeness)
    };
    let (model, likeness) = match input {
        StepInput::Still(still) => match &**still {
            StillInput::Bought(still) => {
                bought(bought_by(connection, order, key).await?, Some(&still.maker.id))
            }
            StillInput::Drawn(_) => (DRAWN.to_owned(), None),
        },
        StepInput::Segment(segment) => match &segment.clip {
            ClipInput::Footage(_) => (FOOTAGE.to_owned(), None),
            ClipInput::Drawn(_) => (DRAWN.to_owned(), None),
            ClipInput::Bought(part) => {
                let call = bought_by(connection, order, &part.clip.to_string()).await?;
                let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
                bought(call, order.config.clip_model(number))
            }
        },
        _ => (DRAWN.to_owned(), None),
    };
    if matches!(input, StepInput::Still(_)) {
        return Ok(Take { image_key: Some(artifact.object_key.clone()), model, likeness, ..Take::default() });
    }
    let canvas = order.config.canvas();
    let (start, end) = board.plan.span(index);
    Ok(Take {
        image_key: None,
        video_key: Some(artifact.object_key.clone()),
        resolution: format!("{}x{}", canvas.width, canvas.height),
        seconds: (end - start).0,
        model,
        likeness: None,
    })
}

/// The call whose picture was chosen for a step; `None` when somebody else bought it.
async fn bought_by(
    connection: &mut PgConnection,
    order: &Order,
    key: &str,
) -> Result<Option<ledger::Call>, StoreError> {
    let calls = ledger::of_step(connection, order.user, key).await?;
    let score = |call: &ledger::Call| till::known(call).likeness.unwrap_or(0.0);
    let made = calls.into_iter().filter(|call| call.state == CallState::Succeeded);
    Ok(made.max_by(|a, b| score(a).total_cmp(&score(b))))
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
