//! Performing one step: from its input and the artefacts it reads to a file.

use crate::artifacts::FolderArtifacts;
use crate::budget::Budget;
use crate::clips::ClipCache;
use crate::error::ProductionError;
use crate::inputs::{
    AnalyzeInput, CaptionInput, ChapterInput, ClipInput, DrawnClip, FilmInput, Finish, FootageClip,
    PosterInput, ReportInput, SeamInput, SegmentInput, SoundtrackInput, SpritesInput, StillInput,
};
use crate::materials::Materials;
use crate::step::{StepInput, StepKind};
use crate::tails::{Name, Tails};
use mv_core::CancelToken;
use mv_core::film::LoudnessTarget;
use mv_media::report::{SoundPlan, SyncPlan};
use mv_media::sound::{Meter, PcmReader, SoundSpec};
use mv_media::thumbnail::SpriteSheet;
use mv_media::{
    CaptionOverlay, Chapter, Clip, ClipSource, DrawnClip as DrawnFrames, FileClip, FilmSegment, FilmSpec,
    Fit, Metadata, SeamSpec, SegmentSpec, Side, Tools, Watermark, join, probe, report, seam, segment, sound,
    thumbnail,
};
use mv_providers::{
    Answer, Casting, ClipAnswer, ClipModel, ClipRequest, ImageModel, ProviderError, StillRequest, Submission,
    Ticket,
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
    tools: Tools,
    materials: Materials,
    images: Arc<dyn ImageModel>,
    clips: Arc<dyn ClipModel>,
    budget: Budget,
    /// Where libass finds the fonts that captions name.
    fonts: PathBuf,
    cache: ClipCache,
    tails: Tails,
    /// Only taken when the studio is dropped.
    runtime: Option<tokio::runtime::Runtime>,
}

/// What a studio is set up with.
pub struct StudioSetup {
    pub tools: Tools,
    pub materials: Materials,
    pub images: Arc<dyn ImageModel>,
    pub clips: Arc<dyn ClipModel>,
    pub budget: Budget,
    pub fonts: PathBuf,
    /// Clips kept in hand: a painted one at 1080p takes about 100 MiB.
    pub clips_in_hand: usize,
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

impl Drop for Studio {
    /// A studio may be dropped where waiting is not allowed.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Studio {
    pub fn new(setup: StudioSetup) -> Result<Self, ProductionError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|source| ProductionError::folder(Path::new("a thread"), source))?;
        mv_media::captions::install_fonts(&setup.fonts)
            .map_err(|error| ProductionError::folder(&setup.fonts, error))?;
        Ok(Self {
            tools: setup.tools,
            materials: setup.materials,
            images: setup.images,
            clips: setup.clips,
            budget: setup.budget,
            fonts: setup.fonts,
            cache: ClipCache::new(setup.clips_in_hand.max(1)),
            tails: Tails::default(),
            runtime: Some(runtime),
        })
    }

    /// Waits for a service on this thread.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, ProviderError>>) -> Result<T, ProductionError> {
        let runtime = self.runtime.as_ref().ok_or(ProductionError::Worker)?;
        Ok(runtime.block_on(answer)?)
    }

    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Makes one step's artefact at `out`. Artefacts it reads must be finished. `progress` hears 0–1.
    pub fn perform(
        &self,
        input: &StepInput,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        match input {
            StepInput::Analyze(input) => self.analyze(input, out, cancel, progress),
            StepInput::Still(input) => self.still(input, out, cancel),
            StepInput::Segment(input) => self.segment(input, out, cancel, progress),
            StepInput::Seam(input) => self.seam(input, out, cancel, progress),
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

    fn still(&self, input: &StillInput, out: &Path, cancel: &CancelToken) -> Result<(), ProductionError> {
        let request = self.still_request(&input.clip)?;
        let reservation = self.budget.reserve(self.images.card().estimate(0.0))?;
        let key = key_of(&input.clip)?.to_hex();
        let submission = self.wait(self.images.submit(&request, &Ticket::new(&key, cancel)))?;
        let answer = ready(submission)?;
        reservation.settle(answer.cost);
        write(out, &answer.made.bytes)
    }

    fn segment(
        &self,
        input: &SegmentInput,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let total = (input.frames.end - input.frames.start) as f64;
        let clip = self.clip(&input.clip, cancel)?;
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
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let total = input.frames as f64;
        let side = |clip: &ClipInput, start, decoded: Option<&TempPath>| {
            let clip = self.clip(clip, cancel)?;
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

    fn clip(&self, input: &ClipInput, cancel: &CancelToken) -> Result<Clip, ProductionError> {
        match input {
            ClipInput::Drawn(clip) => {
                let key = key_of(clip)?;
                self.cache.get(key, || self.draw(clip, &key.to_hex(), cancel))
            }
            ClipInput::Footage(footage) => self.footage(footage),
        }
    }

    fn draw(&self, clip: &DrawnClip, identity: &str, cancel: &CancelToken) -> Result<Clip, ProductionError> {
        let request = ClipRequest {
            still: self.still_request(clip)?,
            first_frame: None,
            rate: clip.rate,
            frames: clip.frames.clone(),
            light: clip.light.clone(),
            motion: ClipRequest::USUAL_MOTION,
        };
        let frames = clip.frames.end - clip.frames.start;
        let seconds = frames as f64 / f64::from(clip.rate.get());
        let reservation = self.budget.reserve(self.clips.card().estimate(seconds))?;
        let answer = ready(self.wait(self.clips.submit(&request, &Ticket::new(identity, cancel)))?)?;
        reservation.settle(answer.cost);
        match answer.made {
            ClipAnswer::Drawn(source) => {
                let source = ClipSource::Drawn(DrawnFrames { source, identity: identity.to_owned() });
                Ok(Clip { source, frames })
            }
            ClipAnswer::File(_) => Err(ProductionError::Provision(ProviderError::BadResponse {
                provider: self.clips.card().provider.clone(),
                detail: "a file came where frames were to be drawn".into(),
            })),
        }
    }

    fn footage(&self, footage: &FootageClip) -> Result<Clip, ProductionError> {
        let path = self.materials.path(&footage.file)?.to_owned();
        let facts = probe::probe(&self.tools, &path)?;
        let file =
            FileClip { path, content: footage.file.clone(), facts, from: footage.from, fit: Fit::default() };
        Ok(Clip { source: ClipSource::File(file), frames: footage.frames.end - footage.frames.start })
    }

    fn still_request(&self, clip: &DrawnClip) -> Result<StillRequest, ProductionError> {
        let mut cast = Vec::with_capacity(clip.cast.len());
        for member in &clip.cast {
            let photos = member.photos.iter().map(|hash| self.materials.read(hash));
            cast.push(Casting { member: member.clone(), photos: photos.collect::<Result<_, _>>()? });
        }
        Ok(StillRequest { scene: clip.scene.clone(), look: clip.look.clone(), cast, canvas: clip.canvas })
    }
}

/// The frames of footage from one of its frames on; drawn clips have nothing to save.
fn tail_behind(clip: &ClipInput, start: u64, finish: &Finish) -> Option<Name> {
    match clip {
        ClipInput::Footage(clip) => {
            Some(Name { clip: clip.clone(), start, canvas: finish.canvas, rate: finish.rate })
        }
        ClipInput::Drawn(_) => None,
    }
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

/// The answer of a service that answers at once.
fn ready<T>(submission: Submission<T>) -> Result<Answer<T>, ProductionError> {
    match submission {
        Submission::Ready(answer) => Ok(answer),
        Submission::Queued(job) => Err(ProductionError::Provision(ProviderError::BadResponse {
            provider: "local".into(),
            detail: format!("the work was queued as `{}` where it is done at once", job.0),
        })),
    }
}

fn write(out: &Path, bytes: &[u8]) -> Result<(), ProductionError> {
    fs::write(out, bytes).map_err(|error| ProductionError::folder(out, error))
}
