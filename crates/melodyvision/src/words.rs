//! Words that are bought: the song listened to, scenes written. The price is said first; what fails leaves what was there.

use crate::args::WordArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::services;
use mv_core::clock::SystemClock;
use mv_core::units::MicroUsd;
use mv_core::{CancelToken, Lyrics, SongAnalysis, Storyboard};
use mv_director::{SCENES_A_REQUEST, Template, Written, take_writing};
use mv_media::Tools;
use mv_production::purchase::{self, CallState, Desk, FolderLedger, Keeping, Ledger, Listening, Pace};
use mv_production::{FolderArtifacts, ProductionError, StepKey};
use mv_providers::{ModelCard, ModelKind, Registry};
use serde_json::json;
use std::path::Path;

/// Who listens and who writes: models that were chosen, then those to fall back on; none where nobody was chosen.
pub(crate) struct WordMakers {
    registry: Registry,
    listeners: Vec<String>,
    writers: Vec<String>,
    language: Option<String>,
}

/// Where words are paid from, and what they are made of.
pub(crate) struct Counter<'a> {
    pub(crate) artifacts: &'a FolderArtifacts,
    pub(crate) ledger: &'a FolderLedger,
    pub(crate) budget: Option<f64>,
    pub(crate) output: Output,
    pub(crate) cancel: &'a CancelToken,
}

/// A song that was heard.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) song: &'a Path,
    pub(crate) hash: &'a str,
    pub(crate) analysis: &'a SongAnalysis,
}

impl WordMakers {
    /// Finds everything that can be wrong with what was asked for, before any work; `None` when no words are bought.
    pub(crate) fn open(args: &WordArgs, models: Option<&Path>) -> Result<Option<Self>, Failure> {
        if args.transcribe.is_empty() && args.text_model.is_empty() {
            return Ok(None);
        }
        let catalogue = services::catalogue(models)?;
        let registry = services::registry(&catalogue)?;
        for (kind, ids) in [(ModelKind::Transcription, &args.transcribe), (ModelKind::Text, &args.text_model)]
        {
            for id in ids {
                services::usable(&catalogue, &registry, kind, id)?;
            }
        }
        Ok(Some(Self {
            registry,
            listeners: args.transcribe.clone(),
            writers: args.text_model.clone(),
            language: args.song_language.clone(),
        }))
    }

    /// Has the song listened to, where that was asked for. The text of given lyrics stays; what fails leaves their times,
    /// and is said.
    pub(crate) fn listen(
        &self,
        counter: &Counter<'_>,
        tools: &Tools,
        heard: Heard<'_>,
        given: Lyrics,
    ) -> Result<Lyrics, Failure> {
        let Some(card) = self.first(ModelKind::Transcription, &self.listeners) else { return Ok(given) };
        let folder = counter.artifacts.root();
        let listening = Listening {
            song: purchase::song_to_send(tools, heard.song, folder, counter.cancel)?,
            song_hash: heard.hash.to_owned(),
            seconds: heard.analysis.duration.0,
            language: self.language.clone(),
        };
        let price = card.estimate(listening.seconds);
        let key = purchase::transcription_key(&self.listeners, &listening)?;
        counter.agree("transcription", card, &[(key, price)])?;
        let listen = async |desk: Desk<'_>| desk.transcribe(&self.listeners, &listening).await;
        match counter.buy(&self.registry, listen) {
            Ok(transcript) => {
                let lyrics = mv_director::lyrics::listened(&given, &transcript, heard.analysis, false);
                if lyrics.lines.iter().any(|line| line.heard) {
                    counter.output.warn(
                        "가사를 기계가 받아 적었어요. 구성 파일에서 읽고 고쳐 주세요",
                        "a machine wrote the lyrics down: read them in the plan, and correct them",
                    );
                }
                Ok(lyrics)
            }
            Err(ProductionError::Provision(error)) if !counter.cancel.is_cancelled() => {
                counter.output.warn(
                    &format!("노래를 받아 적지 못해 가사를 있던 그대로 써요: {error}"),
                    &format!("the song was not transcribed, and its lyrics stay as they were: {error}"),
                );
                Ok(given)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Has the scenes written, where that was asked for. Lines that break a rule, or cannot be had, leave their scenes as
    /// the director wrote them, and are said.
    pub(crate) fn write(
        &self,
        counter: &Counter<'_>,
        storyboard: &mut Storyboard,
        template: &Template,
    ) -> Result<(), Failure> {
        let Some(card) = self.first(ModelKind::Text, &self.writers) else { return Ok(()) };
        let all: Vec<usize> = (0..storyboard.scenes.len()).collect();
        let batches: Vec<&[usize]> = all.chunks(SCENES_A_REQUEST).collect();
        let requests: Vec<_> =
            batches.iter().map(|batch| purchase::writing(storyboard, template, batch)).collect();
        let mut lines = Vec::with_capacity(requests.len());
        for request in &requests {
            let price = purchase::price_of_writing(card, request);
            lines.push((purchase::writing_key(&self.writers, request)?, price));
        }
        counter.agree("writing", card, &lines)?;
        let mut outcome = Written::default();
        for (batch, request) in batches.iter().zip(&requests) {
            let write = async |desk: Desk<'_>| desk.write(&self.writers, request).await;
            match counter.buy(&self.registry, write) {
                Ok(answer) => {
                    let written = take_writing(storyboard, template, batch, &answer);
                    outcome.taken.extend(written.taken);
                    outcome.kept.extend(written.kept);
                }
                Err(ProductionError::Provision(error)) if !counter.cancel.is_cancelled() => {
                    let (first, last) = (batch[0] + 1, batch[batch.len() - 1] + 1);
                    counter.output.warn(
                        &format!("장면 {first}–{last}은(는) 쓰지 못해 그대로 두었어요: {error}"),
                        &format!("scenes {first}–{last} were not written and stay as they were: {error}"),
                    );
                }
                Err(error) => return Err(error.into()),
            }
        }
        for line in &outcome.kept {
            counter.output.warn(
                &format!("장면 {}은(는) 그대로 두었어요: {}", line.scene, line.reason),
                &format!("scene {} stays as it was: {}", line.scene, line.reason),
            );
        }
        let count = outcome.taken.len();
        counter.output.say(&match counter.output.lang {
            crate::args::Language::Ko => format!("장면 {count}개를 새로 썼어요"),
            crate::args::Language::En => format!("{count} scenes were written"),
        });
        Ok(())
    }

    fn first(&self, kind: ModelKind, chosen: &[String]) -> Option<&ModelCard> {
        let id = chosen.first()?;
        self.registry.cards().find(|card| card.kind == kind && &card.id == id)
    }
}

impl Counter<'_> {
    /// Says what is still to be bought, and goes no further unless the budget covers it.
    fn agree(
        &self,
        item: &'static str,
        card: &ModelCard,
        lines: &[(StepKey, MicroUsd)],
    ) -> Result<(), Failure> {
        let entries = self.ledger.entries();
        let bought = |key: &StepKey| {
            entries.iter().any(|call| &call.step == key && matches!(call.state, CallState::Succeeded { .. }))
        };
        let missing: Vec<MicroUsd> =
            lines.iter().filter(|(key, _)| !bought(key)).map(|(_, price)| *price).collect();
        let total: MicroUsd = missing.iter().copied().sum();
        if total.0 == 0 {
            return Ok(());
        }
        if self.output.json {
            let line = json!({ "item": item, "model": card.id, "count": missing.len(), "amount": total });
            self.output.answer(&json!({ "event": "quote", "lines": [line], "total": total }), String::new);
        } else {
            let what = match item {
                "transcription" => self.output.pick("받아쓰기", "transcription"),
                _ => self.output.pick("장면 쓰기", "writing"),
            };
            self.output.say(&format!("{:>4} {what}  {}  {total}", missing.len(), card.id));
        }
        services::within(self.budget, self.ledger.spent(), total)
    }

    fn buy<T>(
        &self,
        registry: &Registry,
        purchase: impl AsyncFnOnce(Desk<'_>) -> Result<T, ProductionError>,
    ) -> Result<T, ProductionError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|source| ProductionError::Folder { path: self.artifacts.root().to_owned(), source })?;
        let pace = Pace::default();
        let keeping = Keeping { ledger: self.ledger, clock: &SystemClock, pace: &pace };
        runtime.block_on(purchase(Desk { keeping, registry, cancel: self.cancel }))
    }
}
