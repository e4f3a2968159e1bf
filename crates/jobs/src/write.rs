//! A project's scenes are put into words by a text model. Lines that break a rule leave their scenes as they were; so does
//! everything, when only a proposal was asked for.

use crate::errand::{self, Errand};
use crate::error::JobError;
use crate::progress;
use crate::running::Running;
use mv_core::errand::Writing;
use mv_core::ids::{ProjectId, SceneId, TaskId};
use mv_core::{Scene, Storyboard};
use mv_director::{RejectedLine, Rejection, SCENES_A_REQUEST, Template, Written, take_writing};
use mv_production::{ProductionError, purchase};
use mv_providers::TextRequest;
use mv_store::StoreError;
use mv_store::board::Board;
use mv_store::db::{orders, plans, projects, scene_versions, scenes, task_runs};
use serde_json::{Value, json};
use sqlx::PgConnection;

pub(crate) async fn run(running: &Running, project: ProjectId, id: TaskId) -> Result<(), JobError> {
    let shop = &running.shop;
    let (begun, source, board, locked) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let begun = task_runs::begin(&mut connection, id).await?;
        let source = orders::source(&mut connection, project).await?;
        let board = plans::load(&mut connection, project).await?.ok_or(JobError::NoStoryboard)?;
        (begun, source, board, locked(&mut connection, project).await?)
    };
    let Some(task) = begun else {
        return running.complete(running.finish().await?).await;
    };
    let order: Writing = errand::ordered(&task.payload)?;
    let template = mv_director::template::builtin(&board.plan.template)
        .map_err(|error| JobError::Directing(error.to_string()))?;
    let wanted = wanted(&order, &board, &locked);
    let batches: Vec<Vec<usize>> = wanted.chunks(SCENES_A_REQUEST).map(<[usize]>::to_vec).collect();
    let requests: Vec<TextRequest> =
        batches.iter().map(|batch| purchase::writing(&board.plan, &template, batch)).collect();
    let errand =
        Errand { task: &task, project, budget: source.budget, scenes: board.ids.clone(), stage: "writing" };
    let models = order.bid.models.clone();
    let answers = errand::buy(running, &errand, &order.bid, move |desk, runtime, report| {
        let mut answers: Vec<Result<Value, String>> = Vec::with_capacity(requests.len());
        let mut last = None;
        for request in &requests {
            answers.push(match runtime.block_on(desk.write(&models, request)) {
                Ok(answer) => Ok(answer),
                // What the other requests brought is kept.
                Err(ProductionError::Provision(error)) if !desk.cancel.is_cancelled() => {
                    let why = error.to_string();
                    last = Some(error);
                    Err(why)
                }
                Err(error) => return Err(error),
            });
            report(answers.len() as f64 / requests.len() as f64);
        }
        match last {
            Some(error) if answers.iter().all(Result::is_err) => Err(error.into()),
            _ => Ok(answers),
        }
    })
    .await?;
    let cost = errand::cost_usd(running, &task).await?;

    let mut transaction = running.finish().await?;
    let mut result = if order.propose {
        let (after, written) = written(&board.plan, &template, &batches, &answers);
        report(&board, &after, &written, &batches)
    } else {
        projects::raise_version(&mut transaction, project, None).await?;
        let before = plans::load(&mut transaction, project).await?.ok_or(JobError::NoStoryboard)?;
        if before.plan.scenes.len() != board.plan.scenes.len() {
            return Err(JobError::Directing("scenes came or went while their lines were written".into()));
        }
        let locked = self::locked(&mut transaction, project).await?;
        let (mut plan, mut written) = written(&before.plan, &template, &batches, &answers);
        let (now, by) = (shop.clock.now(), Some(task.user));
        for (index, scene) in plan.scenes.iter_mut().enumerate() {
            if *scene == before.plan.scenes[index] {
                continue;
            }
            match before.ids[index] {
                Some(id)
                    if board.ids[index] == Some(id)
                        && before.plan.scenes[index] == board.plan.scenes[index]
                        && !locked.contains(&id) =>
                {
                    scene_versions::keep(&mut transaction, id, "edited", by, None, now).await?;
                }
                // A person was faster: what they made of it stays.
                _ => {
                    scene.clone_from(&before.plan.scenes[index]);
                    written.taken.retain(|number| *number != index + 1);
                    written.kept.push(RejectedLine { scene: index + 1, reason: Rejection::Changed });
                }
            }
        }
        let told = report(&before, &plan, &written, &batches);
        let after = Board { plan, ids: before.ids.clone() };
        plans::save(&mut transaction, project, Some(&before), after).await?;
        told
    };
    result["cost_usd"] = json!(cost);
    task_runs::complete(&mut transaction, id, &result).await?;
    running.complete(transaction).await?;
    progress::tell_task(shop, id).await;
    Ok(())
}

/// Scenes that nothing changes by itself.
async fn locked(connection: &mut PgConnection, project: ProjectId) -> Result<Vec<SceneId>, StoreError> {
    let rows = scenes::list(connection, project).await?;
    Ok(rows.into_iter().filter(|row| row.locked).map(|row| row.id).collect())
}

/// The scenes to write, counted from 0.
fn wanted(order: &Writing, board: &Board, locked: &[SceneId]) -> Vec<usize> {
    let free = |id: &SceneId| order.propose || !locked.contains(id);
    let named = |id: &SceneId| order.scenes.is_empty() || order.scenes.contains(id);
    let scenes = board.ids.iter().enumerate();
    scenes.filter(|(_, id)| id.is_some_and(|id| named(&id) && free(&id))).map(|(index, _)| index).collect()
}

fn written(
    plan: &Storyboard,
    template: &Template,
    batches: &[Vec<usize>],
    answers: &[Result<Value, String>],
) -> (Storyboard, Written) {
    let (mut plan, mut all) = (plan.clone(), Written::default());
    for (batch, answer) in batches.iter().zip(answers) {
        match answer {
            Ok(answer) => {
                let of_batch = take_writing(&mut plan, template, batch, answer);
                all.taken.extend(of_batch.taken);
                all.kept.extend(of_batch.kept);
            }
            Err(why) => all.kept.extend(batch.iter().map(|index| RejectedLine {
                scene: index + 1,
                reason: Rejection::Unwritten { why: why.clone() },
            })),
        }
    }
    (plan, all)
}

/// What people see of it: each scene that was asked for, before and after, and why some stayed.
fn report(before: &Board, after: &Storyboard, written: &Written, batches: &[Vec<usize>]) -> Value {
    let words = |scene: &Scene| {
        json!({
            "description": scene.description,
            "config": {
                "title": scene.title,
                "custom_prompt": scene.image_prompt,
                "motion_prompt": scene.motion_prompt,
                "camera_angle": scene.framing,
                "camera": scene.camera,
                "action": scene.action,
            },
        })
    };
    let scenes: Vec<Value> = batches
        .iter()
        .flatten()
        .map(|index| {
            json!({
                "scene_id": before.ids[*index],
                "scene_number": index + 1,
                "changed": before.plan.scenes[*index] != after.scenes[*index],
                "old": words(&before.plan.scenes[*index]),
                "new": words(&after.scenes[*index]),
            })
        })
        .collect();
    let kept: Vec<Value> = written
        .kept
        .iter()
        .map(|line| json!({ "scene_number": line.scene, "reason": line.reason.to_string() }))
        .collect();
    json!({ "written": written.taken.len(), "kept": kept, "scenes": scenes })
}
