//! Performing one step: from its input and the artefacts it reads to a file.

use crate::artifacts::FolderArtifacts;
use crate::clips::ClipCache;
use crate::error::ProductionError;
use crate::focus::{Cut, Foci};
use crate::inputs::{
    AnalyzeInput, CaptionInput, ChapterInput, ClipInput, DrawnClip, FilmInput, Finish, PosterInput,
    ReportInput, SeamInput, SegmentInput, SoundtrackInput, SpritesInput, StillSource,
};
use crate::likeness::Judges;
use crate::materials::Materials;
use crate::purchase::{FolderLedger, Ledger, Pace};
use crate::step::{StepInput, StepKey, StepKind};
use crate::tails::{Filed, Name, Tails};
use mv_core::film::LoudnessTarget;
use mv_core::{CancelToken, Canvas, CastMember, Clock, FrameSource, Look, Scene, Seconds};
use mv_media::report::{SoundPlan, SyncPlan};
use mv_media::sound::{Meter, PcmReader, SoundSpec};
use mv_media::thumbnail::SpriteSheet;
use mv_media::{
    CaptionOverlay, Chapter, Clip, ClipSource, DrawnClip as DrawnFrames, FileClip, FilmSegment, FilmSpec,
    Fit, Metadata, SeamSpec, SegmentSpec, Side, Tools, Watermark, join, probe, report, seam, segment, sound,
    thumbnail,
};
use mv_providers::animatic::LocalMaker;
use mv_providers::{
    Answer, Casting, ClipAnswer, ClipModel, ClipRequest, Registry, StillRequest, Submission, Ticket,
};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempPath;

/// As wide as players and social networks show a poster.
const POSTER_WIDTH: u32 = 1280;
/// Height of one preview over a player's timeline.
const SPRITE_HEIGHT: u32 = 90;

/// Everyone who takes part in making a film.
pub struct Studio {
    pub(crate) tools: Tools,
    materials: Materials,
    pub(crate) local: Arc<LocalMaker>,
    pub(crate) services: Services,
    /// Where libass finds the fonts that captions name.
    fonts: PathBuf,
    pub(crate) judges: Judges,
    pub(crate) foci: Foci,
    cache: ClipCache,
    tails: Tails,
    runtime: Runtime,
}

/// Who is bought from, and how.
#[derive(Clone, Debug)]
pub struct Services {
    /// The makers whose keys are at hand.
    pub registry: Registry,
    /// The models to ask when the chosen one cannot, in order.
    pub fallbacks: Fallbacks,
    /// What makes a picture worth making once more.
    pub retakes: Retakes,
    pub ledger: Arc<dyn Ledger>,
    pub pace: Pace,
    pub clock: Arc<dyn Clock>,
}

impl Services {
    /// The built-in maker alone, its books in a folder.
    ///
    /// # Errors
    /// [`ProductionError::Ledger`] when the folder's books cannot be read.
    pub fn built_in(folder: &Path) -> Result<Self, ProductionError> {
        let clock: Arc<dyn Clock> = Arc::new(mv_core::clock::SystemClock);
        Ok(Self {
            registry: Registry::built_in(),
            fallbacks: Fallbacks::default(),
            retakes: Retakes::default(),
            ledger: Arc::new(FolderLedger::open(folder, None, clock.clone())?),
            pace: Pace::default(),
            clock,
        })
    }
}

/// Models by the product's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fallbacks {
    pub stills: Vec<String>,
    pub clips: Vec<String>,
}

/// Stills that are not like their characters are made once more.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Retakes {
    /// Takes beyond the first; 0 keeps whatever comes.
    pub times: u32,
    /// Likeness that is enough, 0–1; the usual one when `None`.
    pub enough: Option<f32>,
}

/// What a studio is set up with.
pub struct StudioSetup {
    pub tools: Tools,
    pub materials: Materials,
    pub services: Services,
    pub fonts: PathBuf,
    /// Clips kept in hand: a painted one at 1080p takes about 100 MiB.
    pub clips_in_hand: usize,
    /// Who runs what waits for services; a thread of the studio's own when `None`.
    pub runtime: Option<tokio::runtime::Handle>,
}

/// What waits for services runs here.
enum Runtime {
    /// Only taken when the studio is dropped.
    Own(Option<tokio::runtime::Runtime>),
    Lent(tokio::runtime::Handle),
}

/// One step to perform.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    pub key: StepKey,
    pub input: &'a StepInput,
    /// Number of the scene it is for, from 1.
    pub scene: Option<usize>,
}

/// What the analysis step leaves: everything heard, for the plan and for the waveform.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HeardFile {
    pub analysis: mv_core::SongAnalysis,
    pub peaks: mv_core::WaveformPeaks,
    /// The file broke off before its end.
    pub early_end: bool,
}

/// What the report step leaves: the sync report as data, as a page and in a dozen lines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportFile {
    pub report: serde_json::Value,
    pub page: String,
    pub summary: String,
    /// The bounds that the film breaks.
    pub violations: Vec<String>,
}

impl std::fmt::Debug for Studio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Studio").field("materials", &self.materials).finish_non_exhaustive()
    }
}

impl Drop for Runtime {
    /// A studio may be dropped where waiting is not allowed.
    fn drop(&mut self) {
        if let Self::Own(runtime) = self
            && let Some(runtime) = runtime.take()
        {
            runtime.shutdown_background();
        }
    }
}

impl Studio {
    pub fn new(setup: StudioSetup) -> Result<Self, ProductionError> {
        let runtime = match setup.runtime {
            Some(handle) => Runtime::Lent(handle),
            None => Runtime::Own(Some(
                tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(1)
                    .enable_all()
                    .build()
                    .map_err(|source| ProductionError::folder(Path::new("a thread"), source))?,
            )),
        };
        mv_media::captions::install_fonts(&setup.fonts)
            .map_err(|error| ProductionError::folder(&setup.fonts, error))?;
        Ok(Self {
            tools: setup.tools,
            materials: setup.materials,
            local: Arc::new(LocalMaker::new()),
            services: setup.services,
            fonts: setup.fonts,
            judges: Judges::default(),
            foci: Foci::default(),
            cache: ClipCache::new(setup.clips_in_hand.max(1)),
            tails: Tails::default(),
            runtime,
        })
    }

    /// Waits for somebody else on this thread.
    pub(crate) fn wait<T>(&self, answer: impl Future<Output = T>) -> Result<T, ProductionError> {
        match &self.runtime {
            Runtime::Own(Some(runtime)) => Ok(runtime.block_on(answer)),
            Runtime::Own(None) => Err(ProductionError::Worker),
            Runtime::Lent(handle) => Ok(handle.block_on(answer)),
        }
    }

    pub fn ledger(&self) -> &Arc<dyn Ledger> {
        &self.services.ledger
    }

    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Makes one step's artefact at `out`. Artefacts it reads must be finished. `progress` hears 0–1.
    pub fn perform(
        &self,
        work: &Work<'_>,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        match work.input {
            StepInput::Analyze(input) => self.analyze(input, out, cancel, progress),
            StepInput::Still(input) => self.still(work, input, out, cancel, progress),
            StepInput::Clip(input) => self.bought_clip(work, input, artifacts, out, cancel, progress),
            StepInput::Segment(input) => self.segment(input, artifacts, out, cancel, progress),
            StepInput::Seam(input) => self.seam(input, artifacts, out, cancel, progress),
            StepInput::Soundtrack(input) => self.soundtrack(input, out, cancel, progress),
            StepInput::Film(input) => self.film(input, artifacts, out, cancel),
            StepInput::Report(input) => self.report(input, artifacts, out, cancel, progress),
            StepInput::Poster(input) => self.poster(input, artifacts, out, cancel),
            StepInput::Sprites(input) => self.sprites(input, artifacts, out, cancel),
        }
    }

    fn analyze(
        &self,
        input: &AnalyzeInput,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let song = self.materials.path(&input.song)?;
        let heard = mv_audio::analyze_file(song, &mut |part| progress(f64::from(part)), cancel)?;
        let early_end = heard.ending.broken_off;
        let file = HeardFile { analysis: heard.analysis, peaks: heard.peaks, early_end };
        write(out, &serde_json::to_vec(&file)?)
    }

    fn segment(
        &self,
        input: &SegmentInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let total = (input.frames.end - input.frames.start) as f64;
        let clip = self.clip(&input.clip, &input.finish, artifacts, cancel)?;
        let tail = tail_behind(&input.clip, input.frames.end, &input.finish)
            .filter(|_| input.frames.end < clip.frames);
        let place = tail.as_ref().map(|_| Tails::place(out)).transpose();
        let place = place.map_err(|error| ProductionError::folder(out, error))?;
        let spec = SegmentSpec {
            clip,
            frames: input.frames.clone(),
            finish: self.finish(&input.finish)?,
            captions: self.captions(input.finish.captions.as_ref()),
            tail: place.as_ref().map(|place| place.to_path_buf()),
        };
        segment::encode(&self.tools, &spec, out, cancel, &mut |done| progress(done as f64 / total))?;
        if let (Some(name), Some(place)) = (tail, place) {
            self.tails.keep(name, place);
        }
        Ok(())
    }

    fn seam(
        &self,
        input: &SeamInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let total = input.frames as f64;
        let side = |clip: &ClipInput, start, decoded: Option<&TempPath>| {
            let clip = self.clip(clip, &input.finish, artifacts, cancel)?;
            Ok::<_, ProductionError>(Side { clip, start, decoded: decoded.map(|file| file.to_path_buf()) })
        };
        let tail = tail_behind(&input.outgoing, input.outgoing_from, &input.finish);
        let tail = tail.and_then(|name| self.tails.take(&name));
        let spec = SeamSpec {
            outgoing: side(&input.outgoing, input.outgoing_from, tail.as_ref())?,
            incoming: side(&input.incoming, input.incoming_from, None)?,
            kind: input.kind,
            direction: input.direction,
            frames: input.frames,
            finish: self.finish(&input.finish)?,
            captions: self.captions(input.finish.captions.as_ref()),
        };
        seam::encode(&self.tools, &spec, out, cancel, &mut |done| progress(done as f64 / total))?;
        Ok(())
    }

    fn soundtrack(
        &self,
        input: &SoundtrackInput,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let song = self.materials.path(&input.song)?;
        let spec = SoundSpec { loudness: input.loudness, ..SoundSpec::of(song, input.frames.0, input.rate) };
        sound::encode(&self.tools, &spec, out, cancel, progress)?;
        Ok(())
    }

    fn film(
        &self,
        input: &FilmInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
    ) -> Result<(), ProductionError> {
        let segments: Vec<FilmSegment> = input
            .segments
            .iter()
            .map(|part| FilmSegment { path: artifacts.path(part.kind, &part.key), frames: part.frames })
            .collect();
        let chapters = chapters(&input.chapters);
        let metadata =
            Metadata { title: input.title.clone(), artist: input.artist.clone(), comment: String::new() };
        let soundtrack = artifacts.path(StepKind::Soundtrack, &input.soundtrack);
        let spec = FilmSpec {
            segments: &segments,
            soundtrack: Some(&soundtrack),
            rate: input.rate,
            chapters: &chapters,
            metadata: &metadata,
        };
        join::film(&self.tools, &spec, out, cancel)?;
        Ok(())
    }

    fn report(
        &self,
        input: &ReportInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let film = artifacts.path(StepKind::Film, &input.film);
        let track = artifacts.path(StepKind::Soundtrack, &input.soundtrack);
        let chapters = chapters(&input.chapters);
        let plan = SyncPlan {
            title: &input.title,
            artist: &input.artist,
            canvas: input.canvas,
            timeline: &input.timeline,
            beats: &input.beats,
            downbeats: &input.downbeats,
            chapters: &chapters,
            sound: Some(SoundPlan {
                track: &track,
                target: input.loudness,
                delivered_lufs: self.quieter_than(&track, input.loudness, cancel)?,
            }),
            still: &input.footage,
            dark: &input.footage,
        };
        let report = report::examine(&self.tools, &film, &plan, cancel, progress)?;
        let file = ReportFile {
            report: serde_json::to_value(&report)?,
            page: report.to_html(),
            summary: report.to_string(),
            violations: report
                .violations()
                .map(|metric| format!("{}: {} ({})", metric.name, metric.found, metric.bound))
                .collect(),
        };
        write(out, &serde_json::to_vec(&file)?)
    }

    /// The loudness of a sound track whose dynamics kept it below its target; `None` when it reached it.
    fn quieter_than(
        &self,
        track: &Path,
        target: LoudnessTarget,
        cancel: &CancelToken,
    ) -> Result<Option<f64>, ProductionError> {
        let mut reader = PcmReader::open(&self.tools, track, cancel)?;
        let (mut meter, mut block) = (Meter::new(), Vec::new());
        loop {
            reader.read(&mut block)?;
            if block.is_empty() {
                break;
            }
            meter.push(&block);
        }
        Ok(meter.finish().integrated_lufs.filter(|lufs| *lufs < target.integrated_lufs))
    }

    fn poster(
        &self,
        input: &PosterInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
    ) -> Result<(), ProductionError> {
        let film = artifacts.path(StepKind::Film, &input.film);
        let at = input.frame.to_seconds(input.rate);
        thumbnail::poster(&self.tools, &film, at, POSTER_WIDTH, out, cancel)?;
        Ok(())
    }

    fn sprites(
        &self,
        input: &SpritesInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
    ) -> Result<(), ProductionError> {
        let film = artifacts.path(StepKind::Film, &input.film);
        sprite_sheet(input, &film).draw(&self.tools, out, cancel)?;
        Ok(())
    }

    fn finish(&self, finish: &Finish) -> Result<mv_media::Finish, ProductionError> {
        let watermark = finish.watermark.as_ref().map(|mark| {
            Ok::<_, ProductionError>(Watermark {
                path: self.materials.path(&mark.file)?.to_owned(),
                content: mark.file.clone(),
                corner: mark.corner,
                opacity: mark.opacity,
            })
        });
        Ok(mv_media::Finish {
            canvas: finish.canvas,
            rate: finish.rate,
            grade: finish.grade,
            watermark: watermark.transpose()?,
            encoder: finish.quality.into(),
        })
    }

    fn captions(&self, input: Option<&CaptionInput>) -> Option<CaptionOverlay> {
        input.map(|captions| CaptionOverlay {
            ass: captions.ass.clone(),
            first_frame: captions.first_frame,
            fonts_dir: self.fonts.clone(),
            fonts_hash: captions.fonts_hash.clone(),
        })
    }

    pub(crate) fn clip(
        &self,
        input: &ClipInput,
        finish: &Finish,
        artifacts: &FolderArtifacts,
        cancel: &CancelToken,
    ) -> Result<Clip, ProductionError> {
        match input {
            ClipInput::Drawn(clip) => {
                let key = key_of(clip)?;
                self.cache.get(key, || self.draw(clip, &key.to_hex(), artifacts, cancel))
            }
            ClipInput::Footage(footage) => {
                let path = self.materials.path(&footage.file)?.to_owned();
                let frames = footage.frames.end - footage.frames.start;
                self.file_clip(path, footage.file.clone(), footage.from, frames, finish)
            }
            ClipInput::Bought(part) => {
                let path = artifacts.path(StepKind::Clip, &part.clip);
                self.file_clip(path, part.clip.to_string(), Seconds::ZERO, part.frames, finish)
            }
        }
    }

    fn file_clip(
        &self,
        path: PathBuf,
        content: String,
        from: Seconds,
        frames: u64,
        finish: &Finish,
    ) -> Result<Clip, ProductionError> {
        let facts = probe::probe(&self.tools, &path)?;
        let Finish { canvas, rate, .. } = *finish;
        let focus =
            self.focus(&Cut { path: &path, content: &content, facts: &facts, from, frames, rate, canvas })?;
        let file = FileClip { path, content, facts, from, fit: Fit::default(), focus };
        Ok(Clip { source: ClipSource::File(file), frames })
    }

    fn draw(
        &self,
        clip: &DrawnClip,
        identity: &str,
        artifacts: &FolderArtifacts,
        cancel: &CancelToken,
    ) -> Result<Clip, ProductionError> {
        let first_frame = clip.still.as_ref().map(|still| self.picture(still, artifacts)).transpose()?;
        let request = ClipRequest {
            still: self.still_request(&clip.scene, &clip.look, &clip.cast, clip.canvas)?,
            first_frame,
            rate: clip.rate,
            frames: clip.frames.clone(),
            light: clip.light.clone(),
            motion: ClipRequest::USUAL_MOTION,
        };
        let source = self.drawn_here(&request, identity, cancel)?;
        let source = ClipSource::Drawn(DrawnFrames { source, identity: identity.to_owned() });
        Ok(Clip { source, frames: clip.frames.end - clip.frames.start })
    }

    /// Frames that the built-in maker draws.
    pub(crate) fn drawn_here(
        &self,
        request: &ClipRequest,
        identity: &str,
        cancel: &CancelToken,
    ) -> Result<Arc<dyn FrameSource>, ProductionError> {
        let submission = self.wait(ClipModel::submit(&*self.local, request, &Ticket::new(identity, cancel)));
        match submission?? {
            Submission::Ready(Answer { made: ClipAnswer::Drawn(source), .. }) => Ok(source),
            // It draws at once, or says why not.
            _ => Err(ProductionError::Worker),
        }
    }

    /// The picture that a clip begins with.
    pub(crate) fn picture(
        &self,
        still: &StillSource,
        artifacts: &FolderArtifacts,
    ) -> Result<Arc<[u8]>, ProductionError> {
        match still {
            StillSource::Given(hash) => self.materials.read(hash),
            StillSource::Made(key) => {
                let path = artifacts.path(StepKind::Still, key);
                fs::read(&path).map(Arc::from).map_err(|error| ProductionError::folder(&path, error))
            }
        }
    }

    pub(crate) fn still_request(
        &self,
        scene: &Scene,
        look: &Look,
        members: &[CastMember],
        canvas: Canvas,
    ) -> Result<StillRequest, ProductionError> {
        let cast = self.castings(members)?;
        Ok(StillRequest { scene: scene.clone(), look: look.clone(), cast, canvas })
    }

    /// Members of the cast with the bytes of their photos.
    pub(crate) fn castings(&self, members: &[CastMember]) -> Result<Vec<Casting>, ProductionError> {
        let casting = |member: &CastMember| {
            let photos = member.photos.iter().map(|hash| self.materials.read(hash));
            Ok(Casting { member: member.clone(), photos: photos.collect::<Result<_, _>>()? })
        };
        members.iter().map(casting).collect()
    }
}

/// The frames of a file from one of its frames on; drawn clips have nothing to save.
fn tail_behind(clip: &ClipInput, start: u64, finish: &Finish) -> Option<Name> {
    let clip = match clip {
        ClipInput::Footage(clip) => Filed::Footage(clip.clone()),
        ClipInput::Bought(part) => Filed::Bought(part.clone()),
        ClipInput::Drawn(_) => return None,
    };
    Some(Name { clip, start, canvas: finish.canvas, rate: finish.rate })
}

fn chapters(input: &[ChapterInput]) -> Vec<Chapter> {
    let chapter = |chapter: &ChapterInput| Chapter {
        frames: chapter.start.0..chapter.end.0,
        title: chapter.title.clone(),
    };
    input.iter().map(chapter).collect()
}

/// The sheet that a step's input describes.
pub(crate) fn sprite_sheet<'a>(input: &SpritesInput, film: &'a Path) -> SpriteSheet<'a> {
    SpriteSheet {
        film,
        frames: input.frames.0,
        rate: input.rate,
        canvas: input.canvas,
        tile_height: SPRITE_HEIGHT,
    }
}

/// Hash of everything that decides what a clip shows.
fn key_of(clip: &DrawnClip) -> Result<blake3::Hash, ProductionError> {
    Ok(blake3::hash(serde_json::to_value(clip)?.to_string().as_bytes()))
}

pub(crate) fn write(out: &Path, bytes: &[u8]) -> Result<(), ProductionError> {
    fs::write(out, bytes).map_err(|error| ProductionError::folder(out, error))
}
