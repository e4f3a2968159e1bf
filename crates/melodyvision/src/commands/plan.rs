//! `melodyvision plan`: the storyboard, to edit or to look at, before anything is made.

use crate::args::PlanArgs;
use crate::commands::{analyze, direction, make};
use crate::config;
use crate::failure::{Class, Failure};
use crate::output::Output;
use crate::pictures::sheet;
use crate::words::{Counter, Heard, WordMakers};
use mv_core::clock::SystemClock;
use mv_core::film::{CaptionStyle, FilmSettings, LoudnessTarget, Quality};
use mv_core::storyboard::Storyboard;
use mv_core::units::MicroUsd;
use mv_core::units::Resolution;
use mv_core::vocabulary::Grade;
use mv_core::{CancelToken, Canvas, CastMember, SongAnalysis};
use mv_media::Tools;
use mv_media::captions::CaptionLook;
use mv_production::film::make_stills;
use mv_production::perform::Services;
use mv_production::purchase::FolderLedger;
use mv_production::recipe::Recipe;
use mv_production::{FolderArtifacts, Materials, ProductionError};
use std::path::Path;
use std::sync::Arc;

pub(crate) fn run(args: &PlanArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    let ending = args.output.as_deref().and_then(Path::extension).and_then(|end| end.to_str());
    let as_sheet = match ending {
        None | Some("json") => false,
        Some("png") => true,
        Some(_) => {
            return Err(Failure::new(Class::Usage, "a plan is written as .json or drawn as .png")
                .hint("name the output so: -o plan.json or -o sheet.png"));
        }
    };
    let words = WordMakers::open(&args.words, args.models.as_deref())?;
    let mut materials = Materials::default();
    let song_hash = direction::take_in(&args.song, &mut materials)?;
    let cast = direction::cast(&args.direct, &mut materials, output)?;
    let given = match &args.plan {
        Some(path) => Some(direction::read_plan(path, &song_hash)?),
        None => None,
    };
    let heard = analyze::hear(&args.song, output, cancel)?;
    let storyboard = if let Some(mut plan) = given {
        direction::recast(&mut plan, &cast)?;
        plan
    } else {
        let song = Heard { song: &args.song, hash: &song_hash, analysis: &heard.analysis };
        plan_anew(args, words.as_ref(), song, &cast, output, cancel)?
    };
    match (&args.output, as_sheet) {
        (Some(path), true) => {
            draw_sheet(args, &heard.analysis, &storyboard, materials, path, output, cancel)?;
            output.answer(&serde_json::json!({ "event": "planned", "sheet": path }), || {
                path.display().to_string()
            });
        }
        (Some(path), false) => {
            let text = mv_director::planfile::to_json(&storyboard);
            mv_media::artefact::write(path, text.as_bytes())?;
            output.answer(&serde_json::json!({ "event": "planned", "plan": path }), || {
                path.display().to_string()
            });
        }
        (None, _) => {
            let text = mv_director::planfile::to_json(&storyboard);
            output.answer(&storyboard, || text);
        }
    }
    Ok(())
}

fn plan_anew(
    args: &PlanArgs,
    words: Option<&WordMakers>,
    song: Heard<'_>,
    cast: &[CastMember],
    output: Output,
    cancel: &CancelToken,
) -> Result<Storyboard, Failure> {
    let mut lyrics = direction::lyrics(&args.direct, song.analysis, output)?;
    let direct = |lyrics| direction::direct(&args.direct, song, cast, args.picture.fps, lyrics, output);
    let Some(words) = words else {
        direction::warn_of_unsure(&lyrics.lyrics, output);
        return Ok(direct(lyrics)?.0);
    };
    let beside = args.output.as_deref().unwrap_or(song.song);
    let folder = args.work.clone().unwrap_or_else(|| make::work_folder(beside));
    let artifacts = FolderArtifacts::open(&folder)?;
    let cap = args.budget.map_or(MicroUsd::ZERO, MicroUsd::from_dollars);
    let ledger = FolderLedger::open(artifacts.root(), Some(cap), Arc::new(SystemClock));
    let ledger = ledger.map_err(ProductionError::from)?;
    let counter = Counter { artifacts: &artifacts, ledger: &ledger, budget: args.budget, output, cancel };
    let tools = Tools::locate(&config::tool_search())?;
    lyrics.lyrics = words.listen(&counter, &tools, song, lyrics.lyrics)?;
    direction::warn_of_unsure(&lyrics.lyrics, output);
    let (mut storyboard, template) = direct(lyrics)?;
    words.write(&counter, &mut storyboard, &template)?;
    Ok(storyboard)
}

fn draw_sheet(
    args: &PlanArgs,
    analysis: &SongAnalysis,
    storyboard: &Storyboard,
    materials: Materials,
    path: &Path,
    output: Output,
    cancel: &CancelToken,
) -> Result<(), Failure> {
    let tools = Tools::locate(&config::tool_search())?;
    let scratch = tempfile::tempdir().map_err(|error| Failure::writing(path, &error))?;
    let artifacts = FolderArtifacts::open(scratch.path())?;
    let jobs = make::jobs(None, Quality::Draft);
    let studio = make::studio(tools, materials, &artifacts, Services::built_in(artifacts.root())?, jobs)?;
    // A card is 400 pixels wide: drawing larger than this would only be thrown away.
    let settings = FilmSettings {
        canvas: Canvas::of(args.picture.aspect, Resolution::P480),
        frame_rate: args.picture.fps,
        quality: Quality::Draft,
        grade: Grade::None,
        captions: CaptionStyle::None,
        loudness: LoudnessTarget::default(),
    };
    let look = CaptionLook::named("clean").map_err(|error| Failure::new(Class::Unexpected, error))?;
    let recipe = Recipe {
        analysis,
        storyboard,
        settings: &settings,
        watermark: None,
        captions: &mv_production::recipe::caption_settings(storyboard, &settings, look, false),
        scenes: &[],
        tools: studio.tools().versions().into(),
    };
    let progress = output.progress();
    let stills = make_stills(&studio, &artifacts, &recipe, jobs, &progress, cancel)?;
    drop(progress);
    let picture = sheet::draw(storyboard, &stills).map_err(Failure::unexpected)?;
    let png = picture.encode_png().map_err(Failure::unexpected)?;
    mv_media::artefact::write(path, &png)?;
    Ok(())
}
