//! Words are answered at once: there is no job to ask after, and what was made is kept as JSON.

use super::desk::Listening;
use super::seller::Seller;
use async_trait::async_trait;
use mv_core::Storyboard;
use mv_core::units::MicroUsd;
use mv_director::Template;
use mv_providers::{
    Answer, JobId, Jobs, ModelCard, ProviderError, Submission, TextModel, TextRequest, Ticket,
    TranscriptionModel, VisionModel,
};
use serde::Serialize;
use std::sync::Arc;

/// What services count a picture as, in tokens, rounded up.
const TOKENS_A_PICTURE: u64 = 1300;
/// The longest description of a person, in tokens, with what a model thinks before it.
const DESCRIPTION: u64 = 3000;
/// The longest text that is written, in tokens, with what a model thinks before it.
const TEXT: u64 = 16_000;

/// A model that answers at once, in words.
#[async_trait]
pub(super) trait Answering: Send + Sync {
    type Question: Clone + Send + Sync;
    type Words: Serialize + Send;

    fn card(&self) -> &ModelCard;
    fn estimate(&self, question: &Self::Question) -> MicroUsd;
    async fn answer(&self, question: &Self::Question) -> Result<Answer<Self::Words>, ProviderError>;
}

/// Sells what an answering model says.
pub(super) struct AtOnce<M> {
    model: M,
    jobs: NoJobs,
}

impl<M: Answering> AtOnce<M> {
    pub(super) fn new(model: M) -> Self {
        let jobs = NoJobs(model.card().provider.clone());
        Self { model, jobs }
    }
}

/// A service that takes no work in.
struct NoJobs(String);

impl Jobs for NoJobs {
    fn provider(&self) -> &str {
        &self.0
    }
}

impl<M: Answering> Seller for AtOnce<M> {
    type Request = M::Question;

    fn card(&self) -> &ModelCard {
        self.model.card()
    }

    fn jobs(&self) -> &dyn Jobs {
        &self.jobs
    }

    fn estimate(&self, question: &M::Question) -> MicroUsd {
        self.model.estimate(question)
    }

    fn another(question: &M::Question, _take: u32) -> M::Question {
        question.clone()
    }

    async fn submit(
        &self,
        question: &M::Question,
        _ticket: &Ticket<'_>,
    ) -> Result<Submission<Vec<u8>>, ProviderError> {
        let Answer { made, cost } = self.model.answer(question).await?;
        let made = serde_json::to_vec(&made).map_err(|error| ProviderError::BadResponse {
            provider: self.jobs.0.clone(),
            detail: error.to_string(),
        })?;
        Ok(Submission::Ready(Answer { made, cost }))
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<Vec<u8>>, ProviderError> {
        Err(self.jobs.unknown_job(job))
    }
}

/// The most that it may cost to have so many photos of a person described.
pub fn price_of_describing(card: &ModelCard, photos: usize) -> MicroUsd {
    card.estimate_tokens((photos as u64 + 1) * TOKENS_A_PICTURE, DESCRIPTION)
}

/// Describes photos.
pub(super) struct Viewer(pub(super) Arc<dyn VisionModel>);

#[async_trait]
impl Answering for Viewer {
    type Question = Vec<Arc<[u8]>>;
    type Words = mv_providers::PhotoFacts;

    fn card(&self) -> &ModelCard {
        self.0.card()
    }

    fn estimate(&self, photos: &Self::Question) -> MicroUsd {
        price_of_describing(self.0.card(), photos.len())
    }

    async fn answer(&self, photos: &Self::Question) -> Result<Answer<Self::Words>, ProviderError> {
        self.0.describe(photos).await
    }
}

/// Writes songs down.
pub(super) struct Listener(pub(super) Arc<dyn TranscriptionModel>);

#[async_trait]
impl Answering for Listener {
    type Question = Listening;
    type Words = mv_core::Lyrics;

    fn card(&self) -> &ModelCard {
        self.0.card()
    }

    fn estimate(&self, listening: &Listening) -> MicroUsd {
        self.0.card().estimate(listening.seconds)
    }

    async fn answer(&self, listening: &Listening) -> Result<Answer<Self::Words>, ProviderError> {
        self.0.transcribe(&listening.song, listening.language.as_deref()).await
    }
}

/// What a text model is asked about these scenes, counted from 0.
pub fn writing(plan: &Storyboard, template: &Template, scenes: &[usize]) -> TextRequest {
    let request = mv_director::writing_request(plan, template, scenes);
    TextRequest { instructions: request.instructions, material: request.material, schema: request.schema }
}

/// The most that a text may cost.
pub fn price_of_writing(card: &ModelCard, request: &TextRequest) -> MicroUsd {
    // No script has more tokens than characters.
    let read = request.instructions.chars().count()
        + request.material.chars().count()
        + request.schema.to_string().chars().count();
    card.estimate_tokens(read as u64, TEXT)
}

/// Writes lines.
pub(super) struct Writer(pub(super) Arc<dyn TextModel>);

#[async_trait]
impl Answering for Writer {
    type Question = TextRequest;
    type Words = serde_json::Value;

    fn card(&self) -> &ModelCard {
        self.0.card()
    }

    fn estimate(&self, request: &TextRequest) -> MicroUsd {
        price_of_writing(self.0.card(), request)
    }

    async fn answer(&self, request: &TextRequest) -> Result<Answer<Self::Words>, ProviderError> {
        self.0.write(request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purchase::{Buyer, FolderLedger, Order, Pace};
    use crate::step::StepKey;
    use mv_core::CancelToken;
    use mv_core::clock::SystemClock;
    use mv_providers::{ModelKind, Price, PriceUnit};
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Echo {
        card: ModelCard,
        asked: Arc<AtomicUsize>,
        loses: bool,
    }

    #[async_trait]
    impl Answering for Echo {
        type Question = String;
        type Words = String;

        fn card(&self) -> &ModelCard {
            &self.card
        }

        fn estimate(&self, _: &String) -> MicroUsd {
            MicroUsd(2000)
        }

        async fn answer(&self, question: &String) -> Result<Answer<String>, ProviderError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.loses {
                let provider = self.card.provider.clone();
                return Err(ProviderError::Unconfirmed { provider, detail: "cut off".into() });
            }
            Ok(Answer { made: format!("{question}!"), cost: Some(MicroUsd(1500)) })
        }
    }

    fn echo(loses: bool) -> (AtOnce<Echo>, Arc<AtomicUsize>) {
        let price = Price { per_unit: MicroUsd(3_000_000), unit: PriceUnit::MillionTokens, ..Price::FREE };
        let card = ModelCard {
            id: "words".into(),
            kind: ModelKind::Text,
            price,
            ..super::super::tests::card("words", false, false)
        };
        let asked = Arc::new(AtomicUsize::new(0));
        (AtOnce::new(Echo { card, asked: asked.clone(), loses }), asked)
    }

    #[tokio::test]
    async fn words_are_asked_for_once_and_what_was_lost_is_not_asked_for_again() {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn mv_core::Clock> = Arc::new(SystemClock);
        let cancel = CancelToken::new();
        let buy = async |seller: AtOnce<Echo>, name: &str| {
            let ledger = FolderLedger::open(folder.path(), None, clock.clone()).unwrap();
            let pace = Pace::default();
            let buyer = Buyer { ledger: &ledger, clock: &*clock, pace: &pace, cancel: &cancel };
            let order = Order {
                step: StepKey::named("write", 1, &name).unwrap(),
                scene: None,
                sellers: &[seller],
                request: &"la la".to_owned(),
                check: &|_| Ok(()),
                judge: None,
            };
            let made = buyer.buy(&order, &mut |_| ()).await;
            (made, crate::purchase::Ledger::spent(&ledger))
        };
        let (first, asked) = echo(false);
        let (made, spent) = buy(first, "kept").await;
        assert_eq!(made.unwrap(), b"\"la la!\"");
        assert_eq!((asked.load(Ordering::SeqCst), spent), (1, MicroUsd(1500)));
        let (again, asked) = echo(false);
        assert_eq!(buy(again, "kept").await.0.unwrap(), b"\"la la!\"");
        assert_eq!(asked.load(Ordering::SeqCst), 0, "what is in the books is not bought again");

        let (lossy, _) = echo(true);
        assert!(matches!(buy(lossy, "lost").await.0, Err(crate::ProductionError::Unsettled { .. })));
        let (well, asked) = echo(false);
        assert!(matches!(buy(well, "lost").await.0, Err(crate::ProductionError::Unsettled { .. })));
        assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody knows whether it was paid for");
    }
}
