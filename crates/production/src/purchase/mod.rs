//! Buying a still or a clip: money is set aside, the call is written down, then made; what was taken in is followed to its
//! end, what was lost is looked for, and nothing is ever sent again that may have been paid for.
//!
//! The books are a [`Ledger`]. Whoever is killed anywhere in here finds in them, the next time, where to go on.

mod desk;
mod folder;
mod ledger;
mod seller;
mod sending;
#[cfg(test)]
mod tests;
mod words;

pub use desk::{Desk, Listening, transcription_key, writing_key};
pub use folder::{Entry, FolderLedger};
pub use ledger::{Call, CallState, Cap, Ledger, LedgerError, Wanted};
pub use sending::song_to_send;
pub use words::{price_of_describing, price_of_writing, writing};

use crate::error::ProductionError;
use crate::step::StepKey;
use mv_core::{CancelToken, Clock};
use mv_providers::{
    Answer, Found, JobId, JobState, ModelKind, ProviderError, Registry, Submission, Ticket, Verdict,
};
use seller::Seller;
pub(crate) use seller::reseeded;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use words::{AtOnce, Listener, Viewer, Writer};

/// How patient a buyer is.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Between two looks at a job; each pause is half as long again as the one before, up to the second.
    pub poll: (Duration, Duration),
    /// Before a call that failed for a while is made again; when they are used up the next model is asked.
    pub pauses: Vec<Duration>,
    /// However long a service asks to wait, no longer.
    pub longest_pause: Duration,
    /// Looks at a job, or for one, that may fail one after the other.
    pub asks: u32,
    /// After a lost answer, a service that does not know the work is believed only this long after it was sent.
    pub settle: Duration,
    /// How long the webhook of a service that cannot be asked is waited for after a lost answer.
    pub hear: Duration,
    /// How long a job that is to be stopped may take to stop.
    pub grace: Duration,
    /// The longest a job may take.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: (Duration::from_secs(2), Duration::from_secs(15)),
            pauses: [5, 10, 20].map(Duration::from_secs).to_vec(),
            longest_pause: Duration::from_mins(5),
            asks: 6,
            settle: Duration::from_mins(2),
            hear: Duration::from_mins(15),
            grace: Duration::from_secs(20),
            patience: Duration::from_hours(1),
        }
    }
}

/// Whose picture it is to be, and what is done when it is not.
pub(crate) struct Judge<'a> {
    /// How like the characters what was made is, 0–1; `None` where that cannot be said.
    pub(crate) score: &'a dyn Fn(&[u8]) -> Option<f32>,
    /// Below this, it is made once more.
    pub(crate) enough: f32,
    /// Takes beyond the first.
    pub(crate) retakes: u32,
}

/// What is to be bought.
pub(crate) struct Order<'a, S: Seller> {
    pub(crate) step: StepKey,
    pub(crate) scene: Option<usize>,
    /// The model that was chosen, then those to fall back on.
    pub(crate) sellers: &'a [S],
    pub(crate) request: &'a S::Request,
    /// Says what is wrong with what was made, if anything is.
    pub(crate) check: &'a dyn Fn(&[u8]) -> Result<(), String>,
    pub(crate) judge: Option<Judge<'a>>,
}

/// Whose books are kept, and how patiently.
#[derive(Clone, Copy, Debug)]
pub struct Keeping<'a> {
    pub ledger: &'a dyn Ledger,
    pub clock: &'a dyn Clock,
    pub pace: &'a Pace,
}

/// Sees the open calls of a step to their end, for whoever left them: what was not sent is given up; what was taken in is
/// stopped if `cancel` says so and the service can, and otherwise kept and paid for.
///
/// # Errors
/// [`ProductionError::Unsettled`] when nobody can tell, [`ProductionError::NoMaker`] when the model is not set up here.
pub async fn settle(
    keeping: &Keeping<'_>,
    registry: &Registry,
    kind: ModelKind,
    step: StepKey,
    cancel: &CancelToken,
) -> Result<(), ProductionError> {
    let Keeping { ledger, clock, pace } = *keeping;
    let buyer = Buyer { ledger, clock, pace, cancel };
    for call in ledger.calls(step).await?.into_iter().filter(|call| call.state.is_open()) {
        let model = &call.model.clone();
        let no_maker = || ProductionError::NoMaker { model: model.clone() };
        let settled = match kind {
            ModelKind::Clip => buyer.look_after(&registry.clip(model).ok_or_else(no_maker)?, call).await,
            ModelKind::Image => buyer.look_after(&registry.image(model).ok_or_else(no_maker)?, call).await,
            ModelKind::Edit => buyer.look_after(&registry.edit(model).ok_or_else(no_maker)?, call).await,
            ModelKind::Vision => {
                let viewer = registry.vision(model).map(|model| AtOnce::new(Viewer(model)));
                buyer.look_after(&viewer.ok_or_else(no_maker)?, call).await
            }
            ModelKind::Text => {
                let writer = registry.text(model).map(|model| AtOnce::new(Writer(model)));
                buyer.look_after(&writer.ok_or_else(no_maker)?, call).await
            }
            ModelKind::Transcription => {
                let listener = registry.transcription(model).map(|model| AtOnce::new(Listener(model)));
                buyer.look_after(&listener.ok_or_else(no_maker)?, call).await
            }
        };
        match settled {
            Ok(()) | Err(End::Failed(_)) => {}
            Err(End::Left(error)) => {
                ledger.release(step).await;
                return Err(error);
            }
        }
    }
    Ok(())
}

/// How a call ended without anything to show.
enum End {
    /// It is written down as failed; another may be made.
    Failed(ProviderError),
    /// It stays open: the books say where to go on.
    Left(ProductionError),
}

impl From<LedgerError> for End {
    fn from(error: LedgerError) -> Self {
        Self::Left(error.into())
    }
}

/// Buys one thing at a time.
pub(crate) struct Buyer<'a> {
    pub(crate) ledger: &'a dyn Ledger,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) pace: &'a Pace,
    pub(crate) cancel: &'a CancelToken,
}

impl Buyer<'_> {
    /// Buys it, or goes on where an earlier run was interrupted. `report` hears 0–1.
    ///
    /// # Errors
    /// [`ProductionError::Provision`] when no model could make it; [`ProductionError::Unsettled`] when it may have been
    /// paid for and nobody here can tell; [`ProductionError::Ledger`].
    pub(crate) async fn buy<S: Seller>(
        &self,
        order: &Order<'_, S>,
        report: &mut dyn FnMut(f64),
    ) -> Result<Vec<u8>, ProductionError> {
        let bought = self.see_to(order, report).await;
        self.ledger.release(order.step).await;
        bought
    }

    async fn see_to<S: Seller>(
        &self,
        order: &Order<'_, S>,
        report: &mut dyn FnMut(f64),
    ) -> Result<Vec<u8>, ProductionError> {
        let calls = self.ledger.calls(order.step).await?;
        let mut ordinal = calls.last().map_or(0, |call| call.ordinal + 1);
        let (mut takes, mut open) = (Vec::new(), None);
        for mut call in calls {
            match call.state {
                CallState::Succeeded { .. } => {
                    let made = self.ledger.made(&call).await?;
                    self.judge(order, &mut call, &made).await?;
                    takes.push(call);
                }
                CallState::Failed { .. } => {}
                _ => open = Some(call),
            }
        }
        let mut chain = Chain::default();
        loop {
            if open.is_none()
                && let Some(best) = good_enough(order, &takes)
            {
                return Ok(self.ledger.made(best).await?);
            }
            let ended = match open.take() {
                Some(call) => self.resume(order, call, takes.len(), report).await,
                None => match self.open(order, ordinal, &chain, &takes).await {
                    Ok((seller, call)) => {
                        ordinal += 1;
                        let request = S::another(order.request, takes.len() as u32);
                        self.see_through(order, seller, &request, call, report).await
                    }
                    Err(error) => Err(End::Left(error)),
                },
            };
            match ended {
                Ok(call) => {
                    chain.because = call.likeness.map(|score| format!("likeness {score:.2}"));
                    takes.push(call);
                }
                // A take that is paid for is better than none.
                Err(End::Left(ProductionError::Ledger(
                    LedgerError::OverBudget { .. } | LedgerError::TooFewCredits { .. },
                ))) if !takes.is_empty() => return self.best(&takes).await,
                Err(End::Left(error)) => return Err(error),
                Err(End::Failed(ProviderError::Cancelled)) => return Err(ProductionError::Cancelled),
                Err(End::Failed(error)) if !takes.is_empty() => {
                    tracing::warn!(%error, "no better take was to be had");
                    return self.best(&takes).await;
                }
                Err(End::Failed(error)) => {
                    let Some(pause) = chain.after(&error, self.pace, order.sellers.len()) else {
                        return Err(error.into());
                    };
                    tracing::warn!(%error, step = %order.step, "a call failed; another is made");
                    self.wait(pause).await;
                }
            }
            if self.cancel.is_cancelled() && open.is_none() {
                return Err(ProductionError::Cancelled);
            }
        }
    }

    /// Follows a call that nobody waits for any more.
    async fn look_after<S: Seller>(&self, seller: &S, mut call: Call) -> Result<(), End> {
        loop {
            match call.state.clone() {
                CallState::Reserved => {
                    return Err(self.fail(&mut call, ProviderError::Cancelled, None).await);
                }
                CallState::Submitting { since } => self.reconcile(seller, &mut call, since).await?,
                CallState::Submitted { job } => {
                    let answer = self.follow(seller, &mut call, &job, &mut |_| ()).await?;
                    return Ok(self.ledger.succeeded(&mut call, &answer.made, answer.cost).await?);
                }
                CallState::Unknown { why } => return Err(End::Left(unsettled(&call, &why))),
                CallState::Succeeded { .. } | CallState::Failed { .. } => return Ok(()),
            }
        }
    }

    async fn best(&self, takes: &[Call]) -> Result<Vec<u8>, ProductionError> {
        let best = best(takes).ok_or(ProductionError::Worker)?;
        Ok(self.ledger.made(best).await?)
    }

    async fn open<'o, S: Seller>(
        &self,
        order: &Order<'o, S>,
        ordinal: u32,
        chain: &Chain,
        takes: &[Call],
    ) -> Result<(&'o S, Call), ProductionError> {
        let seller = &order.sellers[chain.place.min(order.sellers.len() - 1)];
        let card = seller.card();
        let request = S::another(order.request, takes.len() as u32);
        let wanted = Wanted {
            step: order.step,
            ordinal,
            scene: order.scene,
            kind: card.kind,
            provider: card.provider.clone(),
            model: card.id.clone(),
            estimate: seller.estimate(&request),
            because: chain.because.clone(),
        };
        Ok((seller, self.ledger.open(&wanted).await?))
    }

    /// Goes on with a call that an earlier run opened.
    async fn resume<S: Seller>(
        &self,
        order: &Order<'_, S>,
        call: Call,
        take: usize,
        report: &mut dyn FnMut(f64),
    ) -> Result<Call, End> {
        let Some(seller) = order.sellers.iter().find(|seller| seller.card().id == call.model) else {
            return Err(End::Left(unsettled(&call, "its model is not set up here any more")));
        };
        let request = S::another(order.request, take as u32);
        self.see_through(order, seller, &request, call, report).await
    }

    async fn see_through<S: Seller>(
        &self,
        order: &Order<'_, S>,
        seller: &S,
        request: &S::Request,
        mut call: Call,
        report: &mut dyn FnMut(f64),
    ) -> Result<Call, End> {
        let mut lost_before = false;
        loop {
            let job = match call.state.clone() {
                CallState::Reserved => match self.send(seller, request, &mut call).await? {
                    Some(Submission::Ready(answer)) => return self.accept(order, call, answer).await,
                    Some(Submission::Queued(job)) => job,
                    None => continue,
                },
                CallState::Submitting { since } => {
                    // Sent again at most once: a service that loses everything is not to be trusted.
                    if lost_before {
                        return Err(self.give_up(&mut call, "its answer was lost twice").await);
                    }
                    lost_before = true;
                    self.reconcile(seller, &mut call, since).await?;
                    continue;
                }
                CallState::Submitted { job } => job,
                CallState::Unknown { why } => return Err(End::Left(unsettled(&call, &why))),
                CallState::Succeeded { .. } => return Ok(call),
                CallState::Failed { message, .. } => {
                    let provider = call.provider.clone();
                    return Err(End::Failed(ProviderError::Failed { provider, detail: message }));
                }
            };
            let answer = self.follow(seller, &mut call, &job, report).await?;
            return self.accept(order, call, answer).await;
        }
    }

    /// Sends it; `None` when its answer was lost.
    async fn send<S: Seller>(
        &self,
        seller: &S,
        request: &S::Request,
        call: &mut Call,
    ) -> Result<Option<Submission<Vec<u8>>>, End> {
        if self.cancel.is_cancelled() {
            return Err(self.fail(call, ProviderError::Cancelled, None).await);
        }
        self.ledger.submitting(call).await?;
        // It was sent before, and was looked for in vain too early.
        if let Some(job) = self.ledger.heard(call).await? {
            self.ledger.submitted(call, &job).await?;
            return Ok(Some(Submission::Queued(job)));
        }
        let key = call.key.clone();
        let callback = self.callback(seller, call);
        let ticket = Ticket { callback: callback.as_deref(), ..Ticket::new(&key, self.cancel) };
        match seller.submit(request, &ticket).await {
            Ok(Submission::Queued(job)) => {
                self.ledger.submitted(call, &job).await?;
                Ok(Some(Submission::Queued(job)))
            }
            Ok(ready) => Ok(Some(ready)),
            Err(ProviderError::Unconfirmed { detail, .. }) => {
                tracing::warn!(call = call.id, detail, "the answer to a paid call was lost");
                Ok(None)
            }
            Err(error) => Err(self.fail(call, error, None).await),
        }
    }

    /// Where the service may call back, if it does such a thing.
    fn callback<S: Seller>(&self, seller: &S, call: &Call) -> Option<String> {
        seller.card().webhooks.then(|| self.ledger.callback(call)).flatten()
    }

    /// Finds out whether work whose answer was lost was taken in.
    async fn reconcile<S: Seller>(
        &self,
        seller: &S,
        call: &mut Call,
        since: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), End> {
        let card = seller.card();
        let mut failed = 0;
        loop {
            if let Some(job) = self.ledger.heard(call).await? {
                return Ok(self.ledger.submitted(call, &job).await?);
            }
            if card.price.is_free() || card.idempotency {
                return Ok(self.ledger.withdraw(call).await?);
            }
            let waited = self.clock.now().signed_duration_since(since).to_std().unwrap_or_default();
            match seller.jobs().find(&call.key).await {
                Ok(Found::TakenIn(job)) => return Ok(self.ledger.submitted(call, &job).await?),
                Ok(Found::NotTakenIn) => {
                    if waited >= self.pace.settle {
                        return Ok(self.ledger.withdraw(call).await?);
                    }
                    let left = self.pace.settle.saturating_sub(waited);
                    self.wait_for_news(call, left.min(self.pace.poll.1)).await;
                }
                Ok(Found::CannotTell) if waited < self.pace.hear && self.callback(seller, call).is_some() => {
                    let left = self.pace.hear.saturating_sub(waited);
                    self.wait_for_news(call, left.min(self.pace.poll.1)).await;
                }
                Ok(Found::CannotTell) => {
                    return Err(self.give_up(call, "the service cannot be asked about it").await);
                }
                Err(error) => {
                    failed += 1;
                    if failed >= self.pace.asks {
                        return Err(End::Left(error.into()));
                    }
                    self.wait(self.pace.poll.1).await;
                }
            }
            if self.cancel.is_cancelled() {
                return Err(End::Left(ProductionError::Cancelled));
            }
        }
    }

    /// Waits until a job has ended, and brings what it made.
    async fn follow<S: Seller>(
        &self,
        seller: &S,
        call: &mut Call,
        job: &JobId,
        report: &mut dyn FnMut(f64),
    ) -> Result<Answer<Vec<u8>>, End> {
        let (mut pause, mut failed, mut waited) = (self.pace.poll.0, 0, Duration::ZERO);
        let mut stopping: Option<Duration> = None;
        loop {
            match seller.jobs().poll(job).await {
                Ok(JobState::Done) => return self.fetch(seller, call, job).await,
                Ok(JobState::Failed { error, cost }) => {
                    let error = if stopping.is_some() { ProviderError::Cancelled } else { error };
                    return Err(self.fail(call, error, cost).await);
                }
                Ok(JobState::Waiting) => failed = 0,
                Ok(JobState::Running { progress }) => {
                    failed = 0;
                    report(f64::from(progress.unwrap_or(0.0)));
                }
                Err(error) => {
                    failed += 1;
                    if failed >= self.pace.asks {
                        return Err(match error {
                            ProviderError::JobLost { .. } => self.give_up(call, &error.to_string()).await,
                            error => End::Left(error.into()),
                        });
                    }
                }
            }
            if self.cancel.is_cancelled() && stopping.is_none() {
                stopping = Some(waited);
                if let Err(error) = seller.jobs().cancel(job).await {
                    tracing::info!(%error, call = call.id, "the service does not stop this");
                }
                pause = self.pace.poll.0;
                continue;
            }
            if stopping.is_some_and(|since| waited.saturating_sub(since) >= self.pace.grace) {
                return Err(End::Left(ProductionError::Cancelled));
            }
            if waited >= self.pace.patience {
                let provider = call.provider.clone();
                return Err(End::Left(ProviderError::Timeout { provider }.into()));
            }
            let began = tokio::time::Instant::now();
            if stopping.is_some() {
                tokio::time::sleep(pause).await;
                waited += pause;
            } else if self.wait_for_news(call, pause).await {
                waited += began.elapsed();
                pause = self.pace.poll.0;
                continue;
            } else {
                waited += pause;
            }
            pause = (pause * 3 / 2).min(self.pace.poll.1);
        }
    }

    async fn fetch<S: Seller>(
        &self,
        seller: &S,
        call: &mut Call,
        job: &JobId,
    ) -> Result<Answer<Vec<u8>>, End> {
        let mut failed = 0;
        loop {
            match seller.fetch(job).await {
                Ok(answer) => return Ok(answer),
                Err(error @ ProviderError::ResultGone { .. }) => {
                    tracing::warn!(call = call.id, "a service lost what it had made");
                    return Err(self.fail(call, error, None).await);
                }
                Err(error) if matches!(error.verdict(), Verdict::Stop) => {
                    return Err(self.fail(call, error, None).await);
                }
                Err(error) => {
                    failed += 1;
                    if failed >= self.pace.asks {
                        return Err(End::Left(error.into()));
                    }
                    tokio::time::sleep(self.pace.poll.0).await;
                }
            }
        }
    }

    async fn accept<S: Seller>(
        &self,
        order: &Order<'_, S>,
        mut call: Call,
        answer: Answer<Vec<u8>>,
    ) -> Result<Call, End> {
        if let Err(detail) = (order.check)(&answer.made) {
            let provider = call.provider.clone();
            return Err(self.fail(&mut call, ProviderError::BadResponse { provider, detail }, None).await);
        }
        self.ledger.succeeded(&mut call, &answer.made, answer.cost).await?;
        self.judge(order, &mut call, &answer.made).await?;
        Ok(call)
    }

    async fn judge<S: Seller>(
        &self,
        order: &Order<'_, S>,
        call: &mut Call,
        made: &[u8],
    ) -> Result<(), LedgerError> {
        match &order.judge {
            Some(judge) if call.likeness.is_none() => match (judge.score)(made) {
                Some(score) => self.ledger.scored(call, score).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    async fn fail(
        &self,
        call: &mut Call,
        error: ProviderError,
        cost: Option<mv_core::units::MicroUsd>,
    ) -> End {
        match self.ledger.failed(call, &error, cost).await {
            Ok(()) => End::Failed(error),
            Err(unwritten) => unwritten.into(),
        }
    }

    async fn give_up(&self, call: &mut Call, why: &str) -> End {
        match self.ledger.unknown(call, why).await {
            Ok(()) => End::Left(unsettled(call, why)),
            Err(unwritten) => unwritten.into(),
        }
    }

    /// Waits, but not past a cancel or news of a call; says whether there were some.
    async fn wait_for_news(&self, call: &Call, pause: Duration) -> bool {
        tokio::select! {
            () = self.wait(pause) => false,
            () = self.ledger.news(call) => true,
        }
    }

    /// Waits, but not past a cancel.
    async fn wait(&self, pause: Duration) {
        let cancelled = Arc::new(Notify::new());
        let _guard = {
            let cancelled = cancelled.clone();
            self.cancel.on_cancel(move || cancelled.notify_one())
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = cancelled.notified() => {}
        }
    }
}

/// Where in the person's chain of models a purchase is.
#[derive(Default)]
struct Chain {
    place: usize,
    tries: usize,
    because: Option<String>,
}

impl Chain {
    /// What follows from a failure: a pause before the next call; `None` when there is nothing left to try.
    fn after(&mut self, error: &ProviderError, pace: &Pace, sellers: usize) -> Option<Duration> {
        let next = match error.verdict() {
            // The same request would come out the same: too short, broken, of another kind.
            Verdict::Retry { .. } if matches!(error, ProviderError::BadResponse { .. }) => None,
            Verdict::Retry { after } => pace.pauses.get(self.tries).map(|pause| after.max(*pause)),
            Verdict::NextProvider => None,
            Verdict::Reconcile | Verdict::Stop => return None,
        };
        self.because = Some(error.to_string());
        if let Some(pause) = next {
            self.tries += 1;
            return Some(pause.min(pace.longest_pause));
        }
        self.place += 1;
        self.tries = 0;
        (self.place < sellers).then_some(Duration::ZERO)
    }
}

/// The take to use, unless a better one is still to be made.
fn good_enough<'t, S: Seller>(order: &Order<'_, S>, takes: &'t [Call]) -> Option<&'t Call> {
    let best = best(takes)?;
    match (&order.judge, best.likeness) {
        (Some(judge), Some(score)) if score < judge.enough && takes.len() <= judge.retakes as usize => None,
        _ => Some(best),
    }
}

/// The take that is most like its characters; the last one where nothing is known.
fn best(takes: &[Call]) -> Option<&Call> {
    let score = |call: &Call| call.likeness.unwrap_or(0.0);
    takes.iter().max_by(|a, b| score(a).total_cmp(&score(b)))
}

fn unsettled(call: &Call, why: &str) -> ProductionError {
    ProductionError::Unsettled { call: call.id.clone(), provider: call.provider.clone(), why: why.to_owned() }
}
