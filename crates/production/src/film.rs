//! Making a whole film in this process: hearing, the graph, the executor, and what is delivered beside the film.

use crate::artifacts::FolderArtifacts;
use crate::error::ProductionError;
use crate::executor::{Executor, InProcess, Tally};
use crate::inputs::{AnalyzeInput, SpritesInput};
use crate::perform::{HeardFile, ReportFile, Studio, sprite_sheet};
use crate::progress::{Event, Progress};
use crate::recipe::Recipe;
use crate::step::{Graph, Step, StepInput, StepKey};
use mv_core::CancelToken;
use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Hears the song with this hash, or reads what was heard before.
pub fn hear(
    studio: &Studio,
    artifacts: &FolderArtifacts,
    song: &str,
    progress: &Progress,
    cancel: &CancelToken,
) -> Result<HeardFile, ProductionError> {
    let graph = hearing(song)?;
    let stage = {
        let progress = progress.clone();
        Progress::to(move |event| {
            if let Event::Progress { done, .. } = event {
                progress.send(Event::Stage { stage: "hearing", done: false, fraction: done });
            }
        })
    };
    InProcess { studio, artifacts, jobs: NonZeroUsize::MIN }.run(&graph, &stage, cancel)?;
    progress.send(Event::Stage { stage: "hearing", done: true, fraction: 1.0 });
    let heard = read_artifact(artifacts, &graph.steps()[0])?;
    Ok(serde_json::from_slice(&heard)?)
}

/// The step whose artefact [`hear`] leaves.
pub fn analysis_key(song: &str) -> Result<StepKey, ProductionError> {
    Ok(hearing(song)?.key(0))
}

fn hearing(song: &str) -> Result<Graph, ProductionError> {
    let mut graph = Graph::default();
    let input = AnalyzeInput { song: song.to_owned(), method: mv_audio::VERSION };
    graph.add(StepInput::Analyze(input), "hearing", &[], 1.0)?;
    Ok(graph)
}

/// One PNG still a scene, in order.
pub fn make_stills(
    studio: &Studio,
    artifacts: &FolderArtifacts,
    recipe: &Recipe<'_>,
    jobs: NonZeroUsize,
    progress: &Progress,
    cancel: &CancelToken,
) -> Result<Vec<Vec<u8>>, ProductionError> {
    let (graph, scenes) = recipe.stills()?;
    InProcess { studio, artifacts, jobs }.run(&graph, progress, cancel)?;
    scenes.iter().map(|step| read_artifact(artifacts, &graph.steps()[*step])).collect()
}

/// A finished film and what is known of it.
#[derive(Debug)]
pub struct MadeFilm {
    pub film: PathBuf,
    pub poster: PathBuf,
    /// The sheet of previews; [`MadeFilm::sprite_track`] says what is where on it.
    pub sprites: PathBuf,
    sprites_input: SpritesInput,
    pub report: ReportFile,
    pub tally: Tally,
}

impl MadeFilm {
    /// The `WebVTT` track of the previews, for a sheet of that file name.
    pub fn sprite_track(&self, sheet: &str) -> String {
        sprite_track(&self.sprites_input, sheet)
    }
}

/// The `WebVTT` track of a sheet of previews, for a sheet of that file name.
pub fn sprite_track(input: &SpritesInput, sheet: &str) -> String {
    // What is where on the sheet does not depend on the film's file.
    sprite_sheet(input, Path::new("")).track(sheet)
}

/// Makes every step of the film that is missing; artefacts that no step of it needs are removed at the end.
pub fn make_film(
    studio: &Studio,
    artifacts: &FolderArtifacts,
    recipe: &Recipe<'_>,
    jobs: NonZeroUsize,
    progress: &Progress,
    cancel: &CancelToken,
) -> Result<MadeFilm, ProductionError> {
    let film = recipe.film()?;
    let tally = InProcess { studio, artifacts, jobs }.run(&film.graph, progress, cancel)?;
    let steps = film.graph.steps();
    let path = |index: usize| artifacts.path(steps[index].input.kind(), &steps[index].key);
    let report = serde_json::from_slice(&read_artifact(artifacts, &steps[film.report])?)?;
    Ok(MadeFilm {
        film: path(film.film),
        poster: path(film.poster),
        sprites: path(film.sprites),
        sprites_input: recipe.sprites(film.graph.key(film.film), &film.timeline),
        report,
        tally,
    })
}

/// Removes what neither this recipe nor the song's analysis needs, so that a work folder does not grow with every edit.
pub fn tidy(
    artifacts: &FolderArtifacts,
    recipe: &Recipe<'_>,
    keep: &mut BTreeSet<StepKey>,
) -> Result<u64, ProductionError> {
    let film = recipe.film()?;
    keep.extend(film.graph.steps().iter().map(|step| step.key));
    artifacts.prune(keep)
}

fn read_artifact(artifacts: &FolderArtifacts, step: &Step) -> Result<Vec<u8>, ProductionError> {
    let path = artifacts.path(step.input.kind(), &step.key);
    fs::read(&path).map_err(|error| ProductionError::folder(&path, error))
}

/// Puts a finished artefact where the person asked for it: whole, or not at all.
pub fn deliver(artifact: &Path, to: &Path) -> Result<(), ProductionError> {
    let failed = |error| ProductionError::folder(to, error);
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let draft = tempfile::Builder::new().prefix(".melodyvision-").tempfile_in(folder).map_err(failed)?;
    let draft = draft.into_temp_path();
    // A copy, not a link: whoever retags the film must not change what later runs build on.
    fs::copy(artifact, &draft).map_err(failed)?;
    draft.persist(to).map_err(|error| failed(error.error))
}
