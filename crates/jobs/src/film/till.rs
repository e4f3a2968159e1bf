//! The books of an order's paid calls: the ledger in the database, and what was bought in the object store.

use crate::bells::Bells;
use crate::news;
use crate::shop::Shop;
use async_trait::async_trait;
use bytes::Bytes;
use mv_core::Clock;
use mv_core::ids::{CallId, CharacterId, ProjectId, SceneId, TaskId, UserId, VideoJobId};
use mv_core::mail::Mail;
use mv_core::paid_call::{self, Capability, Funding};
use mv_core::units::{Credits, MicroUsd};
use mv_production::purchase::{Call, CallState, Cap, Ledger, LedgerError, Wanted};
use mv_production::step::StepKey;
use mv_providers::{JobId, ModelKind, ProviderError};
use mv_store::callbacks::Callbacks;
use mv_store::db::object_owners;
use mv_store::ledger::{self, Caps, Held, NewCall, Opening};
use mv_store::objects::{ObjectError, ObjectKey, Objects};
use mv_store::queue::{self, Enqueue};
use mv_store::{Database, StoreError};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// Nobody else takes a call up before this long after its holder was last heard of.
const LEASE: Duration = Duration::from_secs(30);
const RENEWED: Duration = Duration::from_secs(8);
/// No still or clip is larger.
const LARGEST: u64 = 512 << 20;

/// On whose bill an order's calls are.
#[derive(Clone, Debug)]
pub(crate) struct Bill {
    pub(crate) user: UserId,
    pub(crate) project: Option<ProjectId>,
    pub(crate) job: Option<VideoJobId>,
    /// The errand, when it is no film.
    pub(crate) task: Option<TaskId>,
    /// Whose test pictures are made.
    pub(crate) character: Option<CharacterId>,
    pub(crate) caps: Caps,
    /// Services that the person has a key of their own for.
    pub(crate) own: BTreeSet<String>,
    /// Who pays for the others.
    pub(crate) house: Funding,
    /// The scenes, in order.
    pub(crate) scenes: Vec<Option<SceneId>>,
}

/// The ledger as one order sees it. What it holds stays held for as long as it lives.
#[derive(Debug)]
pub(crate) struct Till {
    db: Database,
    objects: Objects,
    clock: Arc<dyn Clock>,
    bill: Bill,
    bells: Arc<Bells>,
    callbacks: Option<(Callbacks, String)>,
    holder: String,
    spent: AtomicI64,
    held: Mutex<BTreeMap<String, (StepKey, Held)>>,
}

impl Till {
    pub(crate) async fn open(shop: &Shop, bill: Bill) -> Result<Arc<Self>, StoreError> {
        let spent = match bill.job {
            Some(job) => {
                let mut connection = shop.db.worker().acquire().await?;
                ledger::spent(&mut connection, job).await?
            }
            None => MicroUsd::ZERO,
        };
        let till = Arc::new(Self {
            db: shop.db.clone(),
            objects: shop.objects.clone(),
            clock: shop.clock.clone(),
            bill,
            bells: shop.bells.clone(),
            callbacks: shop.settings.webhook_url.clone().map(|base| (shop.callbacks.clone(), base)),
            holder: uuid::Uuid::new_v4().to_string(),
            spent: AtomicI64::new(spent.0),
            held: Mutex::default(),
        });
        tokio::spawn(keep_renewed(Arc::downgrade(&till)));
        Ok(till)
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, (StepKey, Held)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call is ours from now on.
    fn take(&self, step: StepKey, call: &ledger::Call) {
        if call.state.is_open() {
            self.bells.hang(call.id);
            self.held().insert(call.id.to_string(), (step, call.held()));
        }
    }

    async fn turned(&self, call: &Call, write: Write<'_>) -> Result<(), LedgerError> {
        let held = proof(call)?;
        let settles = matches!(write, Write::Succeeded { .. } | Write::Failed(..));
        let mut transaction = self.db.worker().begin().await.map_err(away)?;
        let connection = &mut *transaction;
        let done = match write {
            Write::Submitting => ledger::submitting(connection, &held).await,
            Write::Withdraw => ledger::back_to_reserved(connection, &held).await,
            Write::Submitted(job) => ledger::submitted(connection, &held, job).await,
            Write::Failed(error, cost) => ledger::failed(connection, &held, error, cost).await,
            Write::Unknown(why) => ledger::unknown(connection, &held, why).await,
            Write::Scored(likeness) => ledger::scored(connection, &held, likeness).await,
            Write::Succeeded { result, cost, key, bytes, media_type } => {
                match ledger::succeeded(connection, &held, cost, result).await {
                    Ok(()) => object_owners::note(connection, key, self.bill.user, bytes, media_type)
                        .await
                        .map_err(ledger::LedgerError::from),
                    refused => refused,
                }
            }
        };
        done.map_err(refused)?;
        if settles {
            self.warn(connection, held.id).await.map_err(|error| refused(error.into()))?;
        }
        transaction.commit().await.map_err(away)
    }

    /// Tells whose credits this call left little of, once until others come.
    async fn warn(&self, connection: &mut PgConnection, call: CallId) -> Result<(), StoreError> {
        let user = self.bill.user;
        let Some(low) = ledger::ran_low(connection, user, call).await? else { return Ok(()) };
        let mail = Mail::CreditsLow { left: Credits::whole(low.left) };
        let job = queue::mail_about(user, mail, &low.since.to_string());
        queue::enqueue(&mut *connection, &job, Enqueue::by(user)).await?;
        news::credits_low(connection, user, &low, self.clock.now()).await
    }

    fn ended(&self, call: &Call) {
        if let Some((_, held)) = self.held().remove(&call.id) {
            self.bells.take_down(held.id);
        }
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        for (_, held) in self.held().values() {
            self.bells.take_down(held.id);
        }
    }
}

/// A change of a call.
enum Write<'a> {
    Submitting,
    Withdraw,
    Submitted(&'a str),
    Succeeded {
        result: &'a Value,
        cost: Option<MicroUsd>,
        key: &'a str,
        bytes: i64,
        media_type: &'static str,
    },
    Failed(&'a Value, Option<MicroUsd>),
    Unknown(&'a str),
    Scored(f32),
}

/// Renews the leases of what is held, until the till is gone.
async fn keep_renewed(till: Weak<Till>) {
    loop {
        tokio::time::sleep(RENEWED).await;
        let Some(till) = till.upgrade() else { return };
        let held: Vec<Held> = till.held().values().map(|(_, held)| *held).collect();
        for held in held {
            let Ok(mut connection) = till.db.worker().acquire().await else { continue };
            if let Err(error) = ledger::renew_lease(&mut connection, &held, LEASE, till.clock.now()).await {
                tracing::debug!(call = %held.id, %error, "a lease was not renewed");
            }
        }
    }
}

#[async_trait]
impl Ledger for Till {
    async fn calls(&self, step: StepKey) -> Result<Vec<Call>, LedgerError> {
        loop {
            let mut transaction = self.db.worker().begin().await.map_err(away)?;
            let found = ledger::of_step(&mut transaction, self.bill.user, &step.to_string()).await;
            let mut calls = Vec::new();
            let mut busy = None;
            for call in found.map_err(|error| refused(error.into()))? {
                let open = call.state.is_open() && call.state != paid_call::CallState::Unknown;
                let call = if open {
                    let now = self.clock.now();
                    let taken = ledger::take_over(&mut transaction, call.id, &self.holder, LEASE, now).await;
                    match taken.map_err(refused)? {
                        Opening::Held(call) => *call,
                        Opening::Busy { until } => {
                            busy = Some(until);
                            break;
                        }
                    }
                } else {
                    call
                };
                calls.push(call);
            }
            transaction.commit().await.map_err(away)?;
            let Some(until) = busy else {
                for call in &calls {
                    self.take(step, call);
                }
                return Ok(calls.iter().map(known).collect());
            };
            // Its holder is at work, or was killed a moment ago.
            let left = until.signed_duration_since(self.clock.now()).to_std().unwrap_or_default();
            if left > LEASE {
                return Err(LedgerError::Busy);
            }
            tokio::time::sleep(left + Duration::from_millis(50)).await;
        }
    }

    async fn open(&self, wanted: &Wanted) -> Result<Call, LedgerError> {
        let step = wanted.step.to_string();
        let own = self.bill.own.contains(&wanted.provider);
        let scene = wanted.scene.and_then(|number| *self.bill.scenes.get(number.checked_sub(1)?)?);
        let new = NewCall {
            user: self.bill.user,
            project: self.bill.project,
            job: self.bill.job,
            task: self.bill.task,
            scene,
            character: self.bill.character,
            step_key: &step,
            ordinal: wanted.ordinal,
            capability: capability(wanted.kind),
            provider: &wanted.provider,
            model: &wanted.model,
            because: wanted.because.as_deref(),
            // The step's key is the hash of the request.
            request_hash: &step,
            estimate: wanted.estimate,
            funding: if own { Funding::Own } else { self.bill.house },
            caps: self.bill.caps,
            holder: &self.holder,
            lease: LEASE,
            now: self.clock.now(),
        };
        let mut transaction = self.db.worker().begin().await.map_err(away)?;
        let opening = ledger::open(&mut transaction, &new).await.map_err(refused)?;
        transaction.commit().await.map_err(away)?;
        match opening {
            Opening::Held(call) => {
                self.take(wanted.step, &call);
                Ok(known(&call))
            }
            Opening::Busy { .. } => Err(LedgerError::Busy),
        }
    }

    async fn submitting(&self, call: &mut Call) -> Result<(), LedgerError> {
        self.turned(call, Write::Submitting).await?;
        call.state = CallState::Submitting { since: self.clock.now() };
        Ok(())
    }

    async fn withdraw(&self, call: &mut Call) -> Result<(), LedgerError> {
        self.turned(call, Write::Withdraw).await?;
        call.state = CallState::Reserved;
        Ok(())
    }

    async fn submitted(&self, call: &mut Call, job: &JobId) -> Result<(), LedgerError> {
        self.turned(call, Write::Submitted(&job.0)).await?;
        call.state = CallState::Submitted { job: job.clone() };
        Ok(())
    }

    async fn succeeded(
        &self,
        call: &mut Call,
        made: &[u8],
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError> {
        let key = ObjectKey::bought(self.bill.user, &call.id).map_err(|error| stored(&error))?;
        let media_type = mv_providers::media_type(made);
        match self.objects.put(&key, Bytes::copy_from_slice(made), media_type).await {
            // Put there before we were killed.
            Ok(()) | Err(ObjectError::Exists(_)) => {}
            Err(error) => return Err(stored(&error)),
        }
        let result = json!({
            "object": key.as_str(),
            "bytes": made.len(),
            "hash": blake3::hash(made).to_hex().as_str(),
        });
        let bytes = i64::try_from(made.len()).unwrap_or(i64::MAX);
        let write = Write::Succeeded { result: &result, cost, key: key.as_str(), bytes, media_type };
        self.turned(call, write).await?;
        self.ended(call);
        let cost = self.cost_of(call).await?;
        self.spent.fetch_add(cost.0, Ordering::Relaxed);
        call.state = CallState::Succeeded { cost };
        Ok(())
    }

    async fn made(&self, call: &Call) -> Result<Vec<u8>, LedgerError> {
        let key = ObjectKey::bought(self.bill.user, &call.id).map_err(|error| stored(&error))?;
        Ok(self.objects.read(&key, LARGEST).await.map_err(|error| stored(&error))?.to_vec())
    }

    async fn failed(
        &self,
        call: &mut Call,
        error: &ProviderError,
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError> {
        let words = json!({ "code": error.code(), "message": error.to_string(), "hint": error.hint() });
        self.turned(call, Write::Failed(&words, cost)).await?;
        self.ended(call);
        let cost = cost.unwrap_or(MicroUsd::ZERO);
        self.spent.fetch_add(cost.0, Ordering::Relaxed);
        call.state = CallState::Failed { message: error.to_string(), cost };
        Ok(())
    }

    async fn unknown(&self, call: &mut Call, why: &str) -> Result<(), LedgerError> {
        self.turned(call, Write::Unknown(why)).await?;
        self.ended(call);
        call.state = CallState::Unknown { why: why.to_owned() };
        Ok(())
    }

    async fn scored(&self, call: &mut Call, likeness: f32) -> Result<(), LedgerError> {
        self.turned(call, Write::Scored(likeness)).await?;
        call.likeness = Some(likeness);
        Ok(())
    }

    fn callback(&self, call: &Call) -> Option<String> {
        let (callbacks, base) = self.callbacks.as_ref()?;
        let token = callbacks.token(CallId(call.id.parse().ok()?));
        Some(format!("{base}/api/webhooks/services/{token}"))
    }

    async fn heard(&self, call: &Call) -> Result<Option<JobId>, LedgerError> {
        let held = proof(call)?;
        let mut connection = self.db.worker().acquire().await.map_err(away)?;
        let heard = ledger::heard_of(&mut connection, held.id).await;
        Ok(heard.map_err(|error| refused(error.into()))?.map(JobId))
    }

    async fn news(&self, call: &Call) {
        match proof(call) {
            Ok(held) => self.bells.wait(held.id).await,
            Err(_) => std::future::pending().await,
        }
    }

    async fn release(&self, step: StepKey) {
        let mut left = Vec::new();
        self.held().retain(|_, (of, held)| {
            if *of == step {
                left.push(*held);
            }
            *of != step
        });
        for held in left {
            self.bells.take_down(held.id);
            let Ok(mut connection) = self.db.worker().acquire().await else { return };
            if let Err(error) = ledger::release(&mut connection, &held).await {
                tracing::debug!(call = %held.id, %error, "a lease runs out by itself");
            }
        }
    }

    fn spent(&self) -> MicroUsd {
        MicroUsd(self.spent.load(Ordering::Relaxed))
    }
}

impl Till {
    async fn cost_of(&self, call: &Call) -> Result<MicroUsd, LedgerError> {
        let held = proof(call)?;
        let mut connection = self.db.worker().acquire().await.map_err(away)?;
        let call = ledger::get(&mut connection, self.bill.user, held.id).await;
        Ok(call.map_err(|error| refused(error.into()))?.cost.unwrap_or(MicroUsd::ZERO))
    }
}

fn proof(call: &Call) -> Result<Held, LedgerError> {
    let id = call.id.parse().map_err(|_| LedgerError::Superseded)?;
    Ok(Held { id: CallId(id), fence: call.fence })
}

/// A call of the database as the buyer knows it.
pub(crate) fn known(call: &ledger::Call) -> Call {
    let message = || {
        let words = call.error.as_ref().and_then(|error| error.get("message")).and_then(Value::as_str);
        words.unwrap_or_default().to_owned()
    };
    let cost = call.cost.unwrap_or(MicroUsd::ZERO);
    let state = match call.state {
        paid_call::CallState::Reserved => CallState::Reserved,
        paid_call::CallState::Submitting => {
            CallState::Submitting { since: call.sent_at.unwrap_or(call.updated_at) }
        }
        paid_call::CallState::Submitted => {
            CallState::Submitted { job: JobId(call.provider_job_id.clone().unwrap_or_default()) }
        }
        paid_call::CallState::Succeeded => CallState::Succeeded { cost },
        paid_call::CallState::Failed => CallState::Failed { message: message(), cost },
        paid_call::CallState::Unknown => CallState::Unknown { why: message() },
    };
    let state = match state {
        // Whoever is in it took their consent back: it is as if nothing had come of it, at that price.
        CallState::Succeeded { cost }
            if call.result.as_ref().is_some_and(|made| made.get("removed").is_some()) =>
        {
            CallState::Failed { message: "what it made was removed".to_owned(), cost }
        }
        state => state,
    };
    let likeness = call.result.as_ref().and_then(|result| result.get("likeness")).and_then(Value::as_f64);
    Call {
        id: call.id.to_string(),
        key: call.idem_key.clone(),
        ordinal: call.ordinal,
        provider: call.provider.clone(),
        model: call.model.clone(),
        state,
        likeness: likeness.map(|score| score as f32),
        fence: call.fence,
    }
}

fn capability(kind: ModelKind) -> Capability {
    match kind {
        ModelKind::Image => Capability::Image,
        ModelKind::Edit => Capability::Edit,
        ModelKind::Clip => Capability::Clip,
        ModelKind::Vision => Capability::Vision,
        ModelKind::Text => Capability::Text,
        ModelKind::Transcription => Capability::Transcription,
    }
}

pub(crate) fn refused(error: ledger::LedgerError) -> LedgerError {
    match error {
        ledger::LedgerError::OverBudget { which, cap, committed, needed } => LedgerError::OverBudget {
            which: match which {
                ledger::Cap::Job => Cap::Order,
                ledger::Cap::Project => Cap::Project,
            },
            cap,
            needed: committed + needed,
        },
        ledger::LedgerError::TooFewCredits { balance, needed } => {
            LedgerError::TooFewCredits { balance, needed }
        }
        ledger::LedgerError::Unfinished { .. } => LedgerError::Busy,
        ledger::LedgerError::Store(StoreError::Superseded) => LedgerError::Superseded,
        other => LedgerError::Unavailable { detail: other.to_string(), disk_full: false },
    }
}

fn away(error: sqlx::Error) -> LedgerError {
    LedgerError::Unavailable { detail: StoreError::from(error).to_string(), disk_full: false }
}

fn stored(error: &dyn std::error::Error) -> LedgerError {
    LedgerError::Unavailable { detail: error.to_string(), disk_full: false }
}
