//! `melodyvision make`: a song in, a film out.

use crate::args::{Language, MakeArgs};
use crate::commands::{analyze, direction};
use crate::config;
use crate::failure::{Class, Failure};
use crate::korean;
use crate::output::Output;
use crate::services::Makers;
use crate::words::{Counter, Heard, WordMakers};
use mv_core::film::{FilmSettings, LoudnessTarget, Quality};
use mv_core::storyboard::Storyboard;
use mv_core::vocabulary::Grade;
use mv_core::{CancelToken, Canvas};
use mv_media::{Encoder, Tools, captions};
use mv_production::film::{MadeFilm, deliver, hear, make_film, tidy};
use mv_production::inputs::WatermarkInput;
use mv_production::perform::{HeardFile, Services, StudioSetup};
use mv_production::purchase::LedgerError;
use mv_production::recipe::{Recipe, caption_settings};
use mv_production::{FolderArtifacts, Materials, ProductionError, Studio};
use mv_providers::ProviderError;
use serde::Serialize;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// What `make` made, as the last line of `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    event: &'static str,
    film: &'a Path,
    report: &'a Path,
    parts_made: usize,
    parts_reused: usize,
    violations: Vec<String>,
}

pub(crate) fn run(args: &MakeArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    // Everything that can be wrong with what was given is found before any work begins.
    let tools = Tools::locate(&config::tool_search())?;
    check_target(&args.output)?;
    let makers = Makers::open(&args.services)?;
    let words = WordMakers::open(&args.words, args.services.models.as_deref())?;
    let mut materials = Materials::default();
    let song_hash = direction::take_in(&args.song, &mut materials)?;
    let cast = direction::cast(&args.direct, &mut materials, output)?;
    let watermark = watermark(args, &mut materials)?;
    let mut plan = match &args.plan {
        Some(path) => Some(direction::read_plan(path, &song_hash)?),
        None => None,
    };
    let given = match (&mut plan, &args.plan) {
        (Some(plan), Some(path)) => {
            direction::recast(plan, &cast)?;
            direction::given(plan, path.parent().unwrap_or(Path::new("")), &mut materials)?
        }
        _ => Vec::new(),
    };

    let work = args.work.clone().unwrap_or_else(|| work_folder(&args.output));
    let artifacts = FolderArtifacts::open(&work)?;
    let jobs = jobs(args.jobs, args.quality);
    let (services, ledger) = makers.services(&args.services, &artifacts)?;
    let studio = studio(tools, materials, &artifacts, services, jobs)?;
    let progress = output.progress();
    let heard = hear(&studio, &artifacts, &song_hash, &progress, cancel)
        .map_err(|error| Failure::of_song(&args.song, error))?;
    warn_of_ending(&heard, output);
    let (storyboard, template) = if let Some(plan) = plan {
        let template = mv_director::template::builtin(&plan.template).ok();
        (plan, template)
    } else {
        let counter =
            Counter { artifacts: &artifacts, ledger: &ledger, budget: args.services.budget, output, cancel };
        let song = Heard { song: &args.song, hash: &song_hash, analysis: &heard.analysis };
        let mut lyrics = direction::lyrics(&args.direct, song.analysis, output)?;
        if let Some(words) = &words {
            lyrics.lyrics = words.listen(&counter, studio.tools(), song, lyrics.lyrics)?;
        }
        direction::warn_of_unsure(&lyrics.lyrics, output);
        let (mut storyboard, template) =
            direction::direct(&args.direct, song, &cast, args.picture.fps, lyrics, output)?;
        if let Some(words) = &words {
            words.write(&counter, &mut storyboard, &template)?;
        }
        (storyboard, Some(template))
    };
    let template = template.as_ref();
    let settings = FilmSettings {
        canvas: Canvas::of(args.picture.aspect, args.picture.resolution),
        frame_rate: args.picture.fps,
        quality: args.quality,
        grade: args.grade.or(template.map(|template| template.grade)).unwrap_or(Grade::None),
        captions: args.captions.or(template.map(|template| template.captions)).unwrap_or_default(),
        loudness: LoudnessTarget::default(),
    };
    let sources = makers.sources(given, storyboard.scenes.len());
    let recipe = Recipe {
        analysis: &heard.analysis,
        storyboard: &storyboard,
        settings: &settings,
        watermark,
        captions: &caption_settings(&storyboard, &settings, args.caption_look.clone(), !args.no_title),
        scenes: &sources,
        tools: studio.tools().versions().into(),
    };
    makers.agree(&args.services, &recipe, &artifacts, &ledger, output)?;
    let made = make_film(&studio, &artifacts, &recipe, jobs, &progress, cancel)?;
    drop(progress);
    let report = deliver_all(&made, &storyboard, &args.output)?;
    tidy(&artifacts, &recipe, &mut BTreeSet::from([mv_production::film::analysis_key(&song_hash)?]))?;
    announce(args, &made, &report, output)
}

/// A film is delivered into a folder that exists and can be written to; better to know before an hour of work.
fn check_target(target: &Path) -> Result<(), Failure> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if target.is_dir() {
        let message = format!("`{}` is a folder", target.display());
        return Err(Failure::new(Class::Usage, message).hint("name a file, such as video.mp4"));
    }
    if !target.extension().is_some_and(|end| end.eq_ignore_ascii_case("mp4")) {
        let message = format!("`{}` does not end in .mp4", target.display());
        return Err(Failure::new(Class::Usage, message).hint("films are MP4 files: name it so"));
    }
    std::fs::create_dir_all(folder)
        .and_then(|()| tempfile::tempfile_in(folder))
        .map(|_| ())
        .map_err(|error| Failure::writing(target, &error))
}

/// Where a film's parts are kept: `video.parts` beside `video.mp4`.
pub(crate) fn work_folder(target: &Path) -> PathBuf {
    target.with_extension("parts")
}

/// As many as keep all cores busy.
pub(crate) fn jobs(asked: Option<NonZeroUsize>, quality: Quality) -> NonZeroUsize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let each = usize::from(Encoder::from(quality).threads);
    asked.or_else(|| NonZeroUsize::new(cores().div_ceil(each))).unwrap_or(NonZeroUsize::MIN)
}

/// The studio of this machine.
pub(crate) fn studio(
    tools: Tools,
    materials: Materials,
    artifacts: &FolderArtifacts,
    services: Services,
    jobs: NonZeroUsize,
) -> Result<Studio, Failure> {
    Ok(Studio::new(StudioSetup {
        tools,
        materials,
        services,
        fonts: artifacts.root().join("fonts"),
        clips_in_hand: jobs.get() + 1,
        runtime: None,
    })?)
}

fn watermark(args: &MakeArgs, materials: &mut Materials) -> Result<Option<WatermarkInput>, Failure> {
    let Some(mark) = &args.watermark else { return Ok(None) };
    let file = direction::take_in(&mark.path, materials)?;
    Ok(Some(WatermarkInput { file, corner: mark.corner, opacity: mark.opacity }))
}

fn warn_of_ending(heard: &HeardFile, output: Output) {
    if heard.early_end {
        analyze::warn_of_ending(heard.analysis.duration, output);
    }
}

/// Puts the film and everything beside it where it was asked for; the film last. Returns the report's path.
fn deliver_all(made: &MadeFilm, storyboard: &Storyboard, target: &Path) -> Result<PathBuf, Failure> {
    let beside = |ending: &str| target.with_extension(ending);
    let put = |ending: &str, bytes: &[u8]| mv_media::artefact::write(&beside(ending), bytes);
    put("report.json", &serde_json::to_vec_pretty(&made.report.report).map_err(Failure::unexpected)?)?;
    put("report.html", made.report.page.as_bytes())?;
    put("plan.json", mv_director::planfile::to_json(storyboard).as_bytes())?;
    if !storyboard.lyrics.lines.is_empty() {
        put("srt", captions::srt(&storyboard.lyrics).as_bytes())?;
        put("vtt", captions::webvtt(&storyboard.lyrics).as_bytes())?;
    }
    deliver(&made.poster, &beside("poster.jpg"))?;
    let sheet = beside("sprites.jpg");
    deliver(&made.sprites, &sheet)?;
    let name = sheet.file_name().unwrap_or_default().to_string_lossy();
    put("sprites.vtt", made.sprite_track(&name).as_bytes())?;
    deliver(&made.film, target)?;
    Ok(beside("report.html"))
}

fn announce(args: &MakeArgs, made: &MadeFilm, report: &Path, output: Output) -> Result<(), Failure> {
    let violations = made.report.violations.clone();
    let answer = Answer {
        event: "made",
        film: &args.output,
        report,
        parts_made: made.tally.made,
        parts_reused: made.tally.reused,
        violations: violations.clone(),
    };
    output.answer(&answer, || match output.lang {
        Language::Ko => {
            format!(
                "영상:   {}\n보고서: {}\n\n{}",
                args.output.display(),
                report.display(),
                made.report.summary
            )
        }
        Language::En => {
            format!(
                "film:   {}\nreport: {}\n\n{}",
                args.output.display(),
                report.display(),
                made.report.summary
            )
        }
    });
    if args.strict && !violations.is_empty() {
        return Err(
            Failure::new(Class::Strict, violations.join("; ")).hint(format!("look at {}", report.display()))
        );
    }
    Ok(())
}

impl Failure {
    pub(crate) fn writing(path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::new(Class::Write, format!("`{}` cannot be written: {error}", path.display()));
        match error.kind() {
            std::io::ErrorKind::StorageFull => failure.hint("make room on the disk and run it again"),
            _ => failure.hint("choose a folder that you may write to, with -o"),
        }
    }

    /// A production that stopped while the song was heard.
    fn of_song(song: &Path, error: ProductionError) -> Self {
        match error {
            ProductionError::Hearing(error) => Self::hearing(song, &error),
            other => other.into(),
        }
    }
}

impl From<mv_media::MediaError> for Failure {
    fn from(error: mv_media::MediaError) -> Self {
        use mv_media::MediaError as E;
        let class = match &error {
            E::Cancelled => return Self::interrupted(),
            E::NotInstalled { .. } | E::TooOld { .. } | E::Lacks { .. } | E::Start { .. } => Class::Tool,
            E::DiskFull { .. } | E::Write { .. } => Class::Write,
            E::Read { .. } | E::Undecodable { .. } | E::NoPicture { .. } | E::ClipTooShort { .. } => {
                Class::Input
            }
            E::Failed { .. }
            | E::FrameCount { .. }
            | E::Unjoinable { .. }
            | E::Broken { .. }
            | E::Drawing { .. }
            | E::Spec(_) => Class::Unexpected,
        };
        let failure = Self::new(class, error.to_string()).korean(korean::media(&error));
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<ProductionError> for Failure {
    fn from(error: ProductionError) -> Self {
        use ProductionError as E;
        let error = match error {
            E::Media(error) => return error.into(),
            other => other,
        };
        let words = korean::production(&error);
        let failure = |class| Self::new(class, error.to_string()).korean(words.clone());
        match &error {
            E::Cancelled | E::Provision(ProviderError::Cancelled) => Self::interrupted(),
            E::FolderInUse { .. } => failure(Class::Write)
                .hint("wait for the other run to end, or give this one its own folder with --work"),
            E::DiskFull { .. } => {
                failure(Class::Write).hint("make room and run it again: what is finished is kept")
            }
            E::Folder { .. } => failure(Class::Write).hint("check the folder and its permissions"),
            E::Ledger(LedgerError::OverBudget { .. } | LedgerError::TooFewCredits { .. }) => {
                failure(Class::Budget).hint("what is made is kept: run it again with a larger --budget")
            }
            E::Ledger(_) => failure(Class::Write).hint("nothing is bought without books: check the folder"),
            E::Unsettled { call, .. } => failure(Class::Input).hint(format!(
                "look at the service's own page, then say what it shows: `melodyvision calls WORK --settle {call}`"
            )),
            E::NoMaker { .. } => failure(Class::Usage)
                .hint("give its service's key as MV_KEY_NAME, or choose another from `melodyvision models`"),
            E::TooLong { .. } => {
                failure(Class::Input).hint("split the scene in two, or choose a model that makes longer clips")
            }
            E::Plan(_) => {
                failure(Class::Input).hint("mend the plan, or make a new one with `melodyvision plan`")
            }
            E::Template(_) => failure(Class::Input).hint("`melodyvision templates` lists them"),
            E::MissingMaterial { .. } => failure(Class::Input)
                .hint("give the photos that the plan was made with again, with --photo NAME=FILE"),
            E::Hearing(hearing) => match hearing.hint() {
                Some(hint) => failure(Class::Input).hint(hint),
                None => failure(Class::Input),
            },
            E::Provision(provision) => failure(Class::Input).hint(provision.hint()),
            E::Media(_) | E::Encoding(_) | E::Worker => {
                failure(Class::Unexpected).hint("this is a defect: please report it")
            }
        }
    }
}
