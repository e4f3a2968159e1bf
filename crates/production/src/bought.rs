//! Steps that outside services make: what they are asked, and how what they answer becomes an artefact.

use crate::artifacts::FolderArtifacts;
use crate::error::ProductionError;
use crate::inputs::{BoughtClip, BoughtStill, DrawnClip, StillInput};
use crate::likeness::ENOUGH;
use crate::perform::{Studio, Work, write};
use crate::purchase::{Buyer, Desk, Judge, Keeping, Order, Wanted, reseeded};
use mv_core::film::Quality;
use mv_core::units::MicroUsd;
use mv_core::vocabulary::Grade;
use mv_core::{CancelToken, FrameRate};
use mv_media::{Clip, ClipSource, DrawnClip as DrawnFrames, Finish, SegmentSpec, Tools, probe, segment};
use mv_providers::animatic::{BUILT_IN, LightTrack};
use mv_providers::{ClipRequest, ImageModel, ModelKind, Submission, Ticket};
use std::io::Write;
use std::path::Path;

/// A clip may be this much shorter than what was asked for, in hundredths: it is slowed to fit.
const SHORT_BY_AT_MOST: u64 = 10;
/// Stills of fewer pixels on their shorter side are no pictures.
const SMALLEST_STILL: u32 = 128;

impl Studio {
    pub(crate) fn still(
        &self,
        work: &Work<'_>,
        input: &StillInput,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let png = match input {
            StillInput::Drawn(clip) => self.drawn_still(clip, cancel)?,
            StillInput::Bought(still) => self.bought_still(work, still, cancel, progress)?,
        };
        write(out, &png)
    }

    fn drawn_still(&self, clip: &DrawnClip, cancel: &CancelToken) -> Result<Vec<u8>, ProductionError> {
        let request = self.still_request(&clip.scene, &clip.look, &clip.cast, clip.canvas)?;
        let ticket = Ticket::new("drawn-here", cancel);
        match self.wait(ImageModel::submit(&*self.local, &request, &ticket))?? {
            Submission::Ready(answer) => Ok(answer.made.bytes),
            // It draws at once, or says why not.
            Submission::Queued(_) => Err(ProductionError::Worker),
        }
    }

    fn bought_still(
        &self,
        work: &Work<'_>,
        still: &BoughtStill,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<Vec<u8>, ProductionError> {
        let request = self.still_request(&still.scene, &still.look, &still.cast, still.canvas)?;
        let services = &self.services;
        let sellers = chain(&still.maker.id, &services.fallbacks.stills, |id| match id {
            id if BUILT_IN.contains(&id) => services.registry.image(BUILT_IN[1]),
            id => services.registry.image(id),
        })?;
        let score = |made: &[u8]| self.likeness_of_still(&request.cast, made);
        let order = Order {
            step: work.key,
            scene: work.scene,
            sellers: &sellers,
            request: &request,
            check: &check_still,
            judge: request.cast.iter().any(|one| !one.photos.is_empty()).then_some(Judge {
                score: &score,
                enough: services.retakes.enough.unwrap_or(ENOUGH),
                retakes: services.retakes.times,
            }),
        };
        let made = self.wait(self.buyer(cancel).buy(&order, progress))??;
        mv_providers::to_png(&made).map_err(|detail| broken(&still.maker.provider, detail))
    }

    pub(crate) fn bought_clip(
        &self,
        work: &Work<'_>,
        clip: &BoughtClip,
        artifacts: &FolderArtifacts,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let mut still = self.still_request(&clip.scene, &clip.look, &clip.cast, clip.canvas)?;
        still.scene.seed = reseeded(still.scene.seed, clip.scene.clip_take);
        let request = ClipRequest {
            still,
            first_frame: Some(self.picture(&clip.still, artifacts)?),
            rate: clip.rate,
            frames: 0..clip.frames,
            light: LightTrack::default(),
            motion: clip.scene.motion.map_or(ClipRequest::USUAL_MOTION, |motion| motion as f32),
        };
        let services = &self.services;
        let bought = services.fallbacks.clips.iter().filter(|id| !BUILT_IN.contains(&id.as_str()));
        let bought: Vec<String> = bought.cloned().collect();
        let sellers = chain(&clip.maker.id, &bought, |id| services.registry.clip(id))?;
        let score = |made: &[u8]| self.likeness_of_clip(&request.still.cast, made);
        let check = |bytes: &[u8]| check_clip(&self.tools, bytes, clip.frames, clip.rate);
        let order = Order {
            step: work.key,
            scene: work.scene,
            sellers: &sellers,
            request: &request,
            check: &check,
            // Shown, never made once more by itself: a clip costs ten times a still.
            judge: request.still.cast.iter().any(|one| !one.photos.is_empty()).then_some(Judge {
                score: &score,
                enough: 0.0,
                retakes: 0,
            }),
        };
        let made = match self.wait(self.buyer(cancel).buy(&order, progress))? {
            Err(ProductionError::Provision(error))
                if bought.len() < services.fallbacks.clips.len()
                    && error.verdict() != mv_providers::Verdict::Stop =>
            {
                tracing::warn!(%error, "no service made the clip; the still is moved instead");
                return self.moved_still(work, &request, &error.to_string(), out, cancel, progress);
            }
            made => made?,
        };
        write(out, &made)
    }

    /// The last of a chain: the built-in maker moves the still.
    fn moved_still(
        &self,
        work: &Work<'_>,
        request: &ClipRequest,
        because: &str,
        out: &Path,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Result<(), ProductionError> {
        let identity = work.key.to_string();
        let source = self.drawn_here(request, &identity, cancel)?;
        let frames = request.frames.end;
        let spec = SegmentSpec {
            clip: Clip { source: ClipSource::Drawn(DrawnFrames { source, identity }), frames },
            frames: request.frames.clone(),
            finish: Finish {
                canvas: request.still.canvas,
                rate: request.rate,
                grade: Grade::None,
                watermark: None,
                encoder: Quality::High.into(),
            },
            captions: None,
            tail: None,
        };
        segment::encode(&self.tools, &spec, out, cancel, &mut |done| progress(done as f64 / frames as f64))?;
        let made = std::fs::read(out).map_err(|error| ProductionError::folder(out, error))?;
        let ledger = &self.services.ledger;
        self.wait(async {
            let ordinal = ledger.calls(work.key).await?.last().map_or(0, |call| call.ordinal + 1);
            let wanted = Wanted {
                step: work.key,
                ordinal,
                scene: work.scene,
                kind: ModelKind::Clip,
                provider: BUILT_IN[0].to_owned(),
                model: BUILT_IN[0].to_owned(),
                estimate: MicroUsd::ZERO,
                because: Some(because.to_owned()),
            };
            let mut call = ledger.open(&wanted).await?;
            ledger.submitting(&mut call).await?;
            ledger.succeeded(&mut call, &made, Some(MicroUsd::ZERO)).await
        })??;
        Ok(())
    }

    /// Where this studio buys what is no step of a film.
    pub fn desk<'a>(&'a self, cancel: &'a CancelToken) -> Desk<'a> {
        let services = &self.services;
        let keeping = Keeping { ledger: &*services.ledger, clock: &*services.clock, pace: &services.pace };
        Desk { keeping, registry: &services.registry, cancel }
    }

    fn buyer<'a>(&'a self, cancel: &'a CancelToken) -> Buyer<'a> {
        let services = &self.services;
        Buyer { ledger: &*services.ledger, clock: &*services.clock, pace: &services.pace, cancel }
    }
}

/// The chosen model, then those to fall back on that are set up here.
fn chain<M>(
    chosen: &str,
    fallbacks: &[String],
    find: impl Fn(&str) -> Option<M>,
) -> Result<Vec<M>, ProductionError> {
    let first = find(chosen).ok_or_else(|| ProductionError::NoMaker { model: chosen.to_owned() })?;
    let rest = fallbacks.iter().filter(|id| *id != chosen).filter_map(|id| find(id));
    Ok(std::iter::once(first).chain(rest).collect())
}

fn check_still(bytes: &[u8]) -> Result<(), String> {
    let (width, height) = mv_providers::picture_size(bytes)?;
    if width.min(height) < SMALLEST_STILL {
        return Err(format!("the picture has only {width} × {height} pixels"));
    }
    Ok(())
}

fn check_clip(tools: &Tools, bytes: &[u8], frames: u64, rate: FrameRate) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().and_then(|mut file| {
        file.write_all(bytes)?;
        file.flush()?;
        Ok(file)
    });
    let file = file.map_err(|error| format!("it cannot be looked at: {error}"))?;
    let facts = probe::probe(tools, file.path()).map_err(|error| error.to_string())?;
    let has = facts.frames_at(rate);
    if has * 100 < frames * (100 - SHORT_BY_AT_MOST) {
        let seconds = |frames: u64| frames as f64 / f64::from(rate.get());
        return Err(format!("the clip lasts {:.2} s instead of {:.2} s", seconds(has), seconds(frames)));
    }
    Ok(())
}

fn broken(provider: &str, detail: String) -> ProductionError {
    ProductionError::Provision(mv_providers::ProviderError::BadResponse {
        provider: provider.to_owned(),
        detail,
    })
}
