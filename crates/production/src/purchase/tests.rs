//! Buying from a service that loses answers, answers late, fails and changes its prices, by a process that is killed
//! wherever it waits.

use super::*;
use crate::step::StepKind;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::units::MicroUsd;
use mv_providers::{Jobs, ModelCard, ModelKind, Price, PriceUnit};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

const PRICE: i64 = 100_000;
/// Random purchases, each its own dice. `bench/purchases` runs many more, from a seed of its own choice, by
/// `MV_PURCHASES=RUNS` and `MV_PURCHASES_SEED=FIRST`.
#[expect(clippy::disallowed_methods, reason = "how hard a test is run is not the program's configuration")]
fn runs() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok()?.parse().ok();
    let first: u64 = number("MV_PURCHASES_SEED").unwrap_or(0);
    first..first.saturating_add(number("MV_PURCHASES").unwrap_or(400))
}

/// What the service does with one submission.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Queued,
    Ready,
    /// Taken in; the answer never arrives.
    AnswerLost,
    /// Never arrived.
    RequestLost,
    /// Arrives a while after the caller gave up.
    Late,
    /// Not taken in, and said so.
    Busy,
    Refused,
    /// Taken in, and given up on later.
    FailsLater,
    /// Taken in, but what it makes is too short.
    Spoilt,
}

#[derive(Clone, Debug)]
struct Job {
    key: String,
    fate: Fate,
    looks_left: u32,
    visible_at: Instant,
    /// When the service calls back about it, and what it sends is believed.
    tells_at: Instant,
    stopped: bool,
    finished: bool,
}

/// A service and everything it knows.
#[derive(Debug)]
struct World {
    script: Vec<Fate>,
    /// It calls back, if it was told where.
    tells: bool,
    jobs: Vec<Job>,
    cost: i64,
    looks_that_fail: u32,
    /// Looks at a job before it is done.
    looks: u32,
}

#[derive(Clone, Debug)]
struct Service {
    card: ModelCard,
    world: Arc<Mutex<World>>,
}

impl Service {
    fn new(script: &[Fate], idempotency: bool, finds_lost_work: bool) -> Self {
        let world = World {
            script: script.to_vec(),
            tells: false,
            jobs: Vec::new(),
            cost: PRICE,
            looks_that_fail: 0,
            looks: 3,
        };
        Self { card: card("model", idempotency, finds_lost_work), world: Arc::new(Mutex::new(world)) }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Jobs that were taken in, by the key they came with.
    fn taken_in(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for job in &self.world().jobs {
            *taken.entry(job.key.clone()).or_default() += 1;
        }
        taken
    }
}

pub(super) fn card(id: &str, idempotency: bool, finds_lost_work: bool) -> ModelCard {
    ModelCard {
        id: id.into(),
        provider: "service".into(),
        model: "m-1".into(),
        name: "M".into(),
        kind: ModelKind::Image,
        clip_seconds: vec![],
        aspects: vec![],
        largest: mv_core::units::Resolution::P1080,
        reference_images: 0,
        price: Price { per_unit: MicroUsd(PRICE), unit: PriceUnit::Image, ..Price::FREE },
        idempotency,
        finds_lost_work,
        webhooks: true,
        cancels: true,
        reports_cost: true,
        seed: true,
        needs_key: true,
        needs_network: true,
        region: None,
        regions: vec![],
    }
}

fn lost() -> ProviderError {
    ProviderError::Unconfirmed { provider: "service".into(), detail: "cut".into() }
}

fn unavailable() -> ProviderError {
    ProviderError::Unavailable { provider: "service".into(), detail: "503".into() }
}

#[async_trait]
impl Jobs for Service {
    fn provider(&self) -> &str {
        &self.card.provider
    }

    async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut world = self.world();
        if world.looks_that_fail > 0 {
            world.looks_that_fail -= 1;
            return Err(unavailable());
        }
        let Some(job) = world.jobs.get_mut(job.0.parse::<usize>().unwrap()) else {
            return Err(self.unknown_job(job));
        };
        if job.stopped {
            return Ok(JobState::Failed { error: ProviderError::Cancelled, cost: None });
        }
        if job.looks_left > 0 {
            job.looks_left -= 1;
            return Ok(JobState::Running { progress: Some(0.5) });
        }
        if job.fate == Fate::FailsLater {
            let error = ProviderError::Failed { provider: "service".into(), detail: "fell over".into() };
            return Ok(JobState::Failed { error, cost: None });
        }
        job.finished = true;
        Ok(JobState::Done)
    }

    async fn cancel(&self, job: &JobId) -> Result<(), ProviderError> {
        let mut world = self.world();
        let job = &mut world.jobs[job.0.parse::<usize>().unwrap()];
        job.stopped = !job.finished;
        Ok(())
    }

    async fn find(&self, key: &str) -> Result<Found, ProviderError> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if !self.card.finds_lost_work {
            return Ok(Found::CannotTell);
        }
        let now = Instant::now();
        let world = self.world();
        let found = world.jobs.iter().position(|job| job.key == key && job.visible_at <= now);
        Ok(found.map_or(Found::NotTakenIn, |number| Found::TakenIn(JobId(number.to_string()))))
    }
}

impl Seller for Service {
    /// Nothing but the take.
    type Request = u32;

    fn card(&self) -> &ModelCard {
        &self.card
    }

    fn jobs(&self) -> &dyn Jobs {
        self
    }

    fn estimate(&self, _request: &u32) -> MicroUsd {
        MicroUsd(PRICE)
    }

    fn another(_request: &u32, take: u32) -> u32 {
        take
    }

    async fn submit(
        &self,
        _request: &u32,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<Vec<u8>>, ProviderError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let (fate, number) = {
            let mut world = self.world();
            let (looks, tells) = (world.looks, world.tells && ticket.callback.is_some());
            let fate = if world.script.is_empty() { Fate::Queued } else { world.script.remove(0) };
            let taken = !matches!(fate, Fate::RequestLost | Fate::Busy | Fate::Refused);
            let known = world.jobs.iter().position(|job| job.key == ticket.key);
            let number = match known.filter(|_| self.card.idempotency) {
                Some(number) => number,
                None if taken => {
                    let late = Duration::from_secs(if fate == Fate::Late { 60 } else { 0 });
                    world.jobs.push(Job {
                        key: ticket.key.to_owned(),
                        fate,
                        looks_left: looks,
                        visible_at: Instant::now() + late,
                        tells_at: Instant::now()
                            + late
                            + Duration::from_secs(if tells { 45 } else { 1 << 30 }),
                        stopped: false,
                        finished: false,
                    });
                    world.jobs.len() - 1
                }
                None => usize::MAX,
            };
            (fate, number)
        };
        tokio::time::sleep(Duration::from_millis(20)).await;
        match fate {
            Fate::AnswerLost | Fate::RequestLost | Fate::Late => Err(lost()),
            Fate::Busy => Err(unavailable()),
            Fate::Refused => Err(ProviderError::Refused { provider: "service".into(), reason: "no".into() }),
            Fate::Ready => {
                self.world().jobs[number].finished = true;
                Ok(Submission::Ready(self.answer(number)))
            }
            Fate::Queued | Fate::FailsLater | Fate::Spoilt => {
                Ok(Submission::Queued(JobId(number.to_string())))
            }
        }
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<Vec<u8>>, ProviderError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(self.answer(job.0.parse().unwrap()))
    }
}

impl Service {
    fn answer(&self, number: usize) -> Answer<Vec<u8>> {
        let world = self.world();
        let made =
            if world.jobs[number].fate == Fate::Spoilt { b"short".to_vec() } else { b"whole".to_vec() };
        Answer { made, cost: Some(MicroUsd(world.cost)) }
    }
}

/// The time of the paused runtime.
#[derive(Debug)]
struct RuntimeClock {
    began: Instant,
    epoch: DateTime<Utc>,
}

impl Clock for RuntimeClock {
    fn now(&self) -> DateTime<Utc> {
        self.epoch + TimeDelta::from_std(self.began.elapsed()).unwrap()
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(RuntimeClock { began: Instant::now(), epoch: DateTime::UNIX_EPOCH })
}

fn step(number: u32) -> StepKey {
    StepKey::of(StepKind::Still, 1, &number).unwrap()
}

fn whole(bytes: &[u8]) -> Result<(), String> {
    if bytes == b"whole" { Ok(()) } else { Err("too short".into()) }
}

fn order(sellers: &[Service], step: StepKey) -> Order<'_, Service> {
    Order { step, scene: Some(1), sellers, request: &0, check: &whole, judge: None }
}

struct Ground {
    folder: tempfile::TempDir,
    clock: Arc<dyn Clock>,
    cap: Option<MicroUsd>,
}

impl Ground {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), clock: clock(), cap: None }
    }

    /// The books as a new process finds them.
    fn ledger(&self) -> FolderLedger {
        FolderLedger::open(self.folder.path(), self.cap, self.clock.clone()).unwrap()
    }

    async fn buy(&self, sellers: &[Service], cancel: &CancelToken) -> Result<Vec<u8>, ProductionError> {
        let ledger = Reachable { books: self.ledger(), service: sellers[0].clone() };
        let pace = Pace::default();
        let buyer = Buyer { ledger: &ledger, clock: &*self.clock, pace: &pace, cancel };
        buyer.buy(&order(sellers, step(1)), &mut |_| ()).await
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_bought_is_not_bought_again() {
    let ground = Ground::new();
    let service = [Service::new(&[Fate::Queued], false, false)];
    for _ in 0..3 {
        assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    }
    assert_eq!(service[0].taken_in().len(), 1);
    assert_eq!(ground.ledger().spent(), MicroUsd(PRICE));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_for_before_anything_is_sent_again() {
    for fate in [Fate::AnswerLost, Fate::RequestLost, Fate::Late] {
        let ground = Ground::new();
        let service = [Service::new(&[fate], false, true)];
        assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole", "{fate:?}");
        assert_eq!(service[0].world().jobs.len(), 1, "{fate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_makes_repeating_harmless_is_relied_on() {
    let ground = Ground::new();
    let service = [Service::new(&[Fate::AnswerLost], true, false)];
    assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(service[0].taken_in().into_values().collect::<Vec<_>>(), [1]);
}

#[tokio::test(start_paused = true)]
async fn where_nobody_can_tell_a_person_decides() {
    let ground = Ground::new();
    let service = [Service::new(&[Fate::AnswerLost], false, false)];
    for _ in 0..2 {
        let error = ground.buy(&service, &CancelToken::new()).await.unwrap_err();
        assert!(matches!(&error, ProductionError::Unsettled { .. }), "{error}");
    }
    assert_eq!(service[0].world().jobs.len(), 1, "it is not sent again");
    let ledger = ground.ledger();
    let call = ledger.entries().remove(0);
    let id = format!("{}-{}", call.step, call.ordinal);
    assert!(ledger.resolve(&id, Some(JobId("0".into()))).unwrap());
    drop(ledger);
    assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(service[0].world().jobs.len(), 1);

    let ground = Ground::new();
    let service = [Service::new(&[Fate::RequestLost], false, false)];
    ground.buy(&service, &CancelToken::new()).await.unwrap_err();
    let ledger = ground.ledger();
    let call = ledger.entries().remove(0);
    assert!(ledger.resolve(&format!("{}-{}", call.step, call.ordinal), None).unwrap());
    assert!(!ledger.resolve("nobody", None).unwrap());
    drop(ledger);
    assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(service[0].world().jobs.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_next_model_is_asked_and_the_reason_is_kept() {
    let ground = Ground::new();
    let first = Service::new(&[Fate::Busy; 9], false, false);
    let mut second = Service::new(&[], false, false);
    second.card = card("second", false, false);
    assert_eq!(ground.buy(&[first, second.clone()], &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(second.world().jobs.len(), 1);
    let calls = ground.ledger().entries();
    assert_eq!(calls.len(), 5, "four tries of the first, one of the second");
    let last = calls.last().unwrap();
    assert_eq!(last.model, "second");
    assert!(last.because.as_ref().unwrap().contains("503"), "{:?}", last.because);

    let spoilt = Service::new(&[Fate::Spoilt], false, false);
    let ground = Ground::new();
    assert_eq!(ground.buy(&[spoilt.clone(), second], &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(spoilt.world().jobs.len(), 1, "the same request would come out as short again");
    assert_eq!(ground.ledger().spent(), MicroUsd(PRICE), "what came too short is not paid for");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_goes_to_nobody_else() {
    let ground = Ground::new();
    let second = Service::new(&[], false, false);
    let sellers = [Service::new(&[Fate::Refused], false, false), second.clone()];
    let error = ground.buy(&sellers, &CancelToken::new()).await.unwrap_err();
    assert!(matches!(error, ProductionError::Provision(ProviderError::Refused { .. })));
    assert!(second.world().jobs.is_empty());
    let ledger = ground.ledger();
    assert_eq!(ledger.spent(), MicroUsd::ZERO);
    assert!(!ledger.entries()[0].state.is_open());
}

#[tokio::test(start_paused = true)]
async fn a_cancel_stops_the_job_and_gives_the_money_back() {
    let ground = Ground::new();
    let service = [Service::new(&[Fate::Queued], false, false)];
    service[0].world().looks_that_fail = 0;
    let cancel = CancelToken::new();
    let stop = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        cancel.cancel();
    };
    let (bought, ()) = tokio::join!(ground.buy(&service, &cancel), stop);
    assert!(matches!(bought, Err(ProductionError::Cancelled)));
    assert!(service[0].world().jobs[0].stopped, "no job is left running");
    let ledger = ground.ledger();
    assert_eq!(ledger.spent(), MicroUsd::ZERO);
    assert!(matches!(ledger.entries()[0].state, CallState::Failed { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_away_while_it_works_loses_nothing() {
    let ground = Ground::new();
    let service = [Service::new(&[Fate::Queued], false, false)];
    service[0].world().looks_that_fail = 8;
    let error = ground.buy(&service, &CancelToken::new()).await.unwrap_err();
    assert!(matches!(error, ProductionError::Provision(ProviderError::Unavailable { .. })), "{error}");
    assert!(ground.ledger().entries()[0].state.is_open(), "it is asked after again the next time");
    assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(service[0].world().jobs.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_opened_past_the_cap() {
    let mut ground = Ground::new();
    ground.cap = Some(MicroUsd(PRICE * 5 / 2));
    let service = [Service::new(&[], false, false)];
    let ledger = ground.ledger();
    let pace = Pace::default();
    let cancel = CancelToken::new();
    let buyer = Buyer { ledger: &ledger, clock: &*ground.clock, pace: &pace, cancel: &cancel };
    for number in 0..2 {
        buyer.buy(&order(&service, step(number)), &mut |_| ()).await.unwrap();
    }
    let error = buyer.buy(&order(&service, step(2)), &mut |_| ()).await.unwrap_err();
    let ProductionError::Ledger(LedgerError::OverBudget { needed, .. }) = error else { panic!("{error}") };
    assert_eq!(needed, MicroUsd(PRICE * 3));
    assert_eq!(service[0].world().jobs.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_face_that_is_not_theirs_is_made_once_more_and_the_best_is_kept() {
    let ground = Ground::new();
    let service = [Service::new(&[], false, false)];
    let scores = Mutex::new(vec![0.3, 0.5, 0.4]);
    let score = |_: &[u8]| Some(scores.lock().unwrap().remove(0));
    let ledger = ground.ledger();
    let (pace, cancel) = (Pace::default(), CancelToken::new());
    let buyer = Buyer { ledger: &ledger, clock: &*ground.clock, pace: &pace, cancel: &cancel };
    let judged =
        Order { judge: Some(Judge { score: &score, enough: 0.6, retakes: 2 }), ..order(&service, step(1)) };
    buyer.buy(&judged, &mut |_| ()).await.unwrap();
    let calls = ledger.entries();
    assert_eq!(calls.iter().map(|call| call.likeness.unwrap()).collect::<Vec<_>>(), [0.3, 0.5, 0.4]);
    assert_eq!(calls[1].because.as_deref(), Some("likeness 0.30"));
    // Asked again, nothing is made anew: all takes are there.
    buyer.buy(&judged, &mut |_| ()).await.unwrap();
    assert_eq!(service[0].world().jobs.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn half_a_line_in_the_books_was_never_acted_on() {
    let ground = Ground::new();
    let service = [Service::new(&[], false, false)];
    ground.buy(&service, &CancelToken::new()).await.unwrap();
    let path = ground.folder.path().join("calls.jsonl");
    let mut text = std::fs::read(&path).unwrap();
    let whole = text.len();
    text.extend_from_slice(b"{\"at\":\"2026-");
    std::fs::write(&path, &text).unwrap();
    assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(std::fs::metadata(&path).unwrap().len() as usize, whole);
    // A line in the middle that cannot be read may hide a call that was paid for.
    std::fs::write(&path, [b"{]\n".to_vec(), text].concat()).unwrap();
    let error = FolderLedger::open(ground.folder.path(), None, ground.clock.clone()).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
}

/// Books that the service can call back to, as a server's are: what it tells is written down, and wakes whoever waits.
#[derive(Debug)]
struct Reachable {
    books: FolderLedger,
    service: Service,
}

#[async_trait]
impl Ledger for Reachable {
    async fn calls(&self, step: StepKey) -> Result<Vec<Call>, LedgerError> {
        self.books.calls(step).await
    }

    async fn open(&self, wanted: &Wanted) -> Result<Call, LedgerError> {
        self.books.open(wanted).await
    }

    async fn submitting(&self, call: &mut Call) -> Result<(), LedgerError> {
        self.books.submitting(call).await
    }

    async fn withdraw(&self, call: &mut Call) -> Result<(), LedgerError> {
        self.books.withdraw(call).await
    }

    async fn submitted(&self, call: &mut Call, job: &JobId) -> Result<(), LedgerError> {
        self.books.submitted(call, job).await
    }

    async fn succeeded(
        &self,
        call: &mut Call,
        made: &[u8],
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError> {
        self.books.succeeded(call, made, cost).await
    }

    async fn made(&self, call: &Call) -> Result<Vec<u8>, LedgerError> {
        self.books.made(call).await
    }

    async fn failed(
        &self,
        call: &mut Call,
        error: &ProviderError,
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError> {
        self.books.failed(call, error, cost).await
    }

    async fn unknown(&self, call: &mut Call, why: &str) -> Result<(), LedgerError> {
        self.books.unknown(call, why).await
    }

    async fn scored(&self, call: &mut Call, likeness: f32) -> Result<(), LedgerError> {
        self.books.scored(call, likeness).await
    }

    fn callback(&self, call: &Call) -> Option<String> {
        Some(format!("https://studio.example/{}", call.id))
    }

    async fn heard(&self, call: &Call) -> Result<Option<JobId>, LedgerError> {
        let now = Instant::now();
        let told = |job: &Job| job.key == call.key && job.tells_at <= now;
        let found = self.service.world().jobs.iter().position(told);
        Ok(found.map(|number| JobId(number.to_string())))
    }

    async fn news(&self, call: &Call) {
        let at = self.service.world().jobs.iter().find(|job| job.key == call.key).map(|job| job.tells_at);
        match at {
            Some(at) if at > Instant::now() => tokio::time::sleep_until(at).await,
            _ => std::future::pending().await,
        }
    }

    fn spent(&self) -> MicroUsd {
        self.books.spent()
    }
}

#[tokio::test(start_paused = true)]
async fn a_webhook_finds_what_was_lost_and_ends_a_pause() {
    let service = [Service::new(&[Fate::AnswerLost], false, false)];
    let ground = Ground::new();
    service[0].world().tells = true;
    assert_eq!(ground.buy(&service, &CancelToken::new()).await.unwrap(), b"whole");
    assert_eq!(service[0].world().jobs.len(), 1, "nobody had to say what became of it");

    // It is not done when it is first looked at, and nobody would look again within the hour.
    let service = [Service::new(&[], false, false)];
    let ground = Ground::new();
    service[0].world().tells = true;
    let ledger = Reachable { books: ground.ledger(), service: service[0].clone() };
    let pace = Pace { poll: (Duration::from_hours(1), Duration::from_hours(1)), ..Pace::default() };
    let cancel = CancelToken::new();
    let buyer = Buyer { ledger: &ledger, clock: &*ground.clock, pace: &pace, cancel: &cancel };
    let began = Instant::now();
    service[0].world().looks = 1;
    buyer.buy(&order(&service, step(1)), &mut |_| ()).await.unwrap();
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
}

/// A small generator of choices: the runs are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Polls a future so many times, then drops it where it stands: what a killed process leaves.
async fn killed_after<T>(polls: u64, work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut left = polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return std::task::Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// Hundreds of purchases from services of every kind, each by processes that are killed again and again.
#[tokio::test(start_paused = true)]
async fn whatever_crashes_nothing_is_paid_for_twice_and_nothing_is_lost() {
    const FATES: [Fate; 9] = [
        Fate::Queued,
        Fate::Ready,
        Fate::AnswerLost,
        Fate::RequestLost,
        Fate::Late,
        Fate::Busy,
        Fate::Refused,
        Fate::FailsLater,
        Fate::Spoilt,
    ];
    let mut kills = 0;
    for run in runs() {
        let mut dice = Dice(run);
        let script: Vec<Fate> = (0..dice.roll(5)).map(|_| FATES[dice.roll(9) as usize]).collect();
        let service = Service::new(&script, dice.roll(3) == 0, dice.roll(2) == 0);
        service.world().tells = dice.roll(3) == 0;
        // The price was raised since it was looked up.
        service.world().cost = if dice.roll(4) == 0 { PRICE * 3 } else { PRICE };
        let mut ground = Ground::new();
        ground.cap = Some(MicroUsd(PRICE * 4));
        let sellers = [service.clone()];
        let mut outcome = None;
        for life in 0..40 {
            let polls = if life < 12 { 1 + dice.roll(8) } else { u64::MAX };
            let ended = killed_after(polls, ground.buy(&sellers, &CancelToken::new())).await;
            let Some(ended) = ended else {
                kills += 1;
                continue;
            };
            match ended {
                Err(ProductionError::Unsettled { call, .. }) => {
                    // The person looks at the service's own page, where late work has arrived too.
                    tokio::time::sleep(Duration::from_mins(2)).await;
                    let job = service.world().jobs.iter().position(|job| job.key == call);
                    let job = job.map(|number| JobId(number.to_string()));
                    assert!(ground.ledger().resolve(&call, job).unwrap());
                }
                other => {
                    outcome = Some(other);
                    break;
                }
            }
        }
        let story = format!("run {run}: {script:?}, {outcome:?}");
        let outcome = outcome.expect(&story);
        let ledger = ground.ledger();
        let entries = ledger.entries();
        assert!(service.taken_in().values().all(|times| *times == 1), "submitted twice: {story}");
        let settled = entries.iter().all(|entry| !entry.state.is_open());
        assert!(settled, "money still set aside: {story} {entries:?}");
        let paid = entries.iter().filter(|entry| matches!(entry.state, CallState::Succeeded { .. })).count();
        assert_eq!(paid, usize::from(outcome.is_ok()), "{story}");
        assert_eq!(ledger.spent().0, paid as i64 * service.world().cost, "{story}");
        let whole = |job: &&Job| job.finished && !matches!(job.fate, Fate::Spoilt);
        assert_eq!(service.world().jobs.iter().filter(whole).count(), paid, "a success was lost: {story}");
    }
    let runs = runs();
    eprintln!("{} runs from seed {}: {kills} processes were killed", runs.end - runs.start, runs.start);
    assert!(kills > 2 * (runs.end - runs.start), "{kills} processes were killed");
}
