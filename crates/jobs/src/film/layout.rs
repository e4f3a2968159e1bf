//! Laying out an order: from the project's storyboard to rows of steps, the same steps that the command line makes.

use crate::error::JobError;
use crate::film::{order, reframe, scenes, studio};
use crate::progress;
use crate::running::Running;
use mv_core::order::Remake;
use mv_core::{SongAnalysis, Storyboard, VideoConfig};
use mv_media::captions::CaptionLook;
use mv_production::Recipe;
use mv_production::executor::settled;
use mv_production::inputs::ToolVersions;
use mv_production::recipe::caption_settings;
use mv_production::step::Step;
use mv_production::{SceneSource, StepKind};
use mv_store::StoreError;
use mv_store::board::Board;
use mv_store::db::artifacts::{self, Artifact};
use mv_store::db::orders::{self, Order, OrderStatus};
use mv_store::db::steps::{self, NewStep};
use mv_store::db::{plans, takes};
use std::collections::BTreeMap;

pub(crate) async fn run(running: &Running, order: &Order) -> Result<(), JobError> {
    let shop = &running.shop;
    let (board, source, before) = {
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        let source = orders::source(&mut connection, order.project).await?;
        match order.config.reframe_of {
            None => (plans::load(&mut connection, order.project).await?, source, None),
            Some(film) => match takes::planned(&mut connection, film).await {
                Ok(board) => (board, source, Some(steps::of_order(&mut connection, film).await?)),
                Err(StoreError::NotFound) => return Err(JobError::FilmGone),
                Err(error) => return Err(error.into()),
            },
        }
    };
    let board = board.ok_or(JobError::NoStoryboard)?;
    let analysis: SongAnalysis =
        serde_json::from_value(source.analysis.ok_or(JobError::NotHeard)?).map_err(JobError::Kept)?;
    let sources = match &before {
        None => studio::scene_sources(shop, &board.plan, &order.config).await?,
        Some(rows) => {
            let given = studio::given_hashes(shop, &board.plan).await?;
            reframe::sources(&board.plan, order.config.fps, rows, given)?
        }
    };
    let tools = ToolVersions::from(shop.tools.versions());
    let config = order.config.clone();
    let of_order = board.clone();
    let laid_out = tokio::task::spawn_blocking(move || lay_out(&board, &analysis, &config, &sources, tools));
    let planned = laid_out.await.map_err(|error| JobError::Panicked(error.to_string()))??;

    let keys: Vec<String> = planned.iter().map(|step| step.key.to_string()).collect();
    let mut transaction = running.finish().await?;
    let now = orders::lock(&mut transaction, order.id).await?;
    if now.status != OrderStatus::Queued || now.cancel_requested {
        // Somebody stopped it while it was laid out; the keeper sees to it.
        return running.complete(transaction).await;
    }
    let made: BTreeMap<String, Artifact> = artifacts::find(&mut transaction, &keys)
        .await?
        .into_iter()
        .map(|found| (found.key.clone(), found))
        .collect();
    let is_made = |step: &Step| made.contains_key(&step.key.to_string());
    if before.is_some() && planned.iter().any(|step| reframe::is_bought(step) && !is_made(step)) {
        return Err(JobError::FilmGone);
    }
    let settled = settled(&planned, is_made);
    let rows = planned.iter().zip(settled).map(|(step, settled)| row(step, settled));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    steps::clear(&mut transaction, order.id).await?;
    steps::lay_out(&mut transaction, order.id, order.project, &rows).await?;
    takes::plan(&mut transaction, order.id, &of_order).await?;
    orders::start(&mut transaction, order).await?;
    if order.config.is_film() {
        scenes::begin(&mut transaction, order, &of_order, &planned, &made).await?;
    }
    let ready = steps::ready(&mut transaction, order.id).await?;
    order::go_on(&mut transaction, order, ready).await?;
    running.complete(transaction).await?;
    tracing::info!(order.id = %order.id, steps = rows.len(), "order laid out");
    if let Err(error) = progress::write(shop, order.id, &[], true).await {
        tracing::debug!(%error, "progress was not written; the next one will be");
    }
    Ok(())
}

/// All steps of the film, or those of the one scene that is ordered.
fn lay_out(
    board: &Board,
    analysis: &SongAnalysis,
    config: &VideoConfig,
    sources: &[SceneSource],
    tools: ToolVersions,
) -> Result<Vec<Step>, JobError> {
    with_recipe(&board.plan, analysis, config, sources, tools, |recipe| ordered_steps(recipe, board, config))
}

/// A film's recipe as an order asks for it.
pub(super) fn with_recipe<T>(
    plan: &Storyboard,
    analysis: &SongAnalysis,
    config: &VideoConfig,
    sources: &[SceneSource],
    tools: ToolVersions,
    then: impl FnOnce(&Recipe<'_>) -> Result<T, JobError>,
) -> Result<T, JobError> {
    let template = mv_director::template::builtin(&plan.template).ok();
    let grade = template.as_ref().map(|template| template.grade);
    let captions = template.as_ref().map(|template| template.captions);
    let settings =
        config.settings(grade.unwrap_or(mv_core::vocabulary::Grade::None), captions.unwrap_or_default());
    let look = CaptionLook::named("clean").map_err(JobError::Directing)?;
    then(&Recipe {
        analysis,
        storyboard: plan,
        settings: &settings,
        watermark: None,
        captions: &caption_settings(plan, &settings, look, true),
        scenes: sources,
        tools,
    })
}

fn ordered_steps(recipe: &Recipe<'_>, board: &Board, config: &VideoConfig) -> Result<Vec<Step>, JobError> {
    let Some(ordered) = config.scene else { return Ok(recipe.film()?.graph.steps().to_vec()) };
    let scene = board.index_of(ordered.scene_id).ok_or(JobError::NoScene)?;
    let mut wanted = Vec::new();
    if matches!(ordered.remake, Remake::Image | Remake::Both) {
        let (stills, places) = recipe.stills()?;
        wanted.push(stills.steps()[places[scene]].clone());
    }
    if matches!(ordered.remake, Remake::Video | Remake::Both) {
        let film = recipe.film()?;
        let steps = film.graph.steps();
        let is_body = |step: &Step| step.scene == Some(scene + 1) && step.input.kind() == StepKind::Segment;
        if let Some(body) = steps.iter().position(is_body) {
            let stills = std::mem::replace(&mut wanted, with_needs(steps, body));
            let more =
                stills.into_iter().filter(|still| steps[..body].iter().all(|step| step.key != still.key));
            wanted.extend(more.collect::<Vec<_>>());
        }
    }
    Ok(wanted)
}

/// A step and all that it needs, in an order in which they can be made.
fn with_needs(steps: &[Step], last: usize) -> Vec<Step> {
    let mut wanted = std::collections::BTreeSet::from([last]);
    for index in (0..=last).rev() {
        if wanted.contains(&index) {
            wanted.extend(&steps[index].needs);
        }
    }
    let places: Vec<usize> = wanted.into_iter().collect();
    let place = |need: &usize| places.iter().position(|place| place == need);
    let moved = |index: &usize| {
        let step = steps[*index].clone();
        Step { needs: step.needs.iter().filter_map(place).collect(), ..step }
    };
    places.iter().map(moved).collect()
}

fn row(step: &Step, settled: bool) -> Result<NewStep, JobError> {
    Ok(NewStep {
        key: step.key.to_string(),
        kind: step.input.kind().word().to_owned(),
        input: serde_json::to_value(&step.input).map_err(JobError::Kept)?,
        label: step.label.clone(),
        scene: step.scene.and_then(|scene| i32::try_from(scene).ok()),
        weight: step.weight,
        needs: step.needs.iter().filter_map(|need| i32::try_from(*need).ok()).collect(),
        settled,
    })
}
