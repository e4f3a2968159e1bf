//! Books in a work folder: a line for every change of a call, flushed to disk before the change is acted on.
//!
//! `calls.jsonl` is only ever added to; the last line of a call says how it stands. What was bought lies in `bought/` and
//! is never removed by us: a scene that is changed and changed back is not paid for again.

use crate::purchase::ledger::{Call, CallState, Cap, Ledger, LedgerError, Wanted};
use crate::step::StepKey;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mv_core::Clock;
use mv_core::units::MicroUsd;
use mv_providers::{JobId, ModelKind, ProviderError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One line: a call as it stands from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub step: StepKey,
    pub ordinal: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<usize>,
    pub kind: ModelKind,
    pub provider: String,
    pub model: String,
    /// Micro US dollars.
    pub estimate: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f32>,
    #[serde(flatten)]
    pub state: CallState,
}

impl Entry {
    fn call(&self) -> Call {
        let key = format!("{}-{}", self.step, self.ordinal);
        Call {
            id: key.clone(),
            key,
            ordinal: self.ordinal,
            provider: self.provider.clone(),
            model: self.model.clone(),
            state: self.state.clone(),
            likeness: self.likeness,
            fence: 0,
        }
    }

    /// What was paid for it, and what is set aside.
    fn money(&self) -> (i64, i64) {
        match &self.state {
            CallState::Succeeded { cost } | CallState::Failed { cost, .. } => (cost.0, 0),
            _ => (0, self.estimate),
        }
    }
}

/// The books of one work folder. The folder's lock keeps other processes out.
#[derive(Debug)]
pub struct FolderLedger {
    folder: PathBuf,
    cap: Option<MicroUsd>,
    clock: Arc<dyn Clock>,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    file: File,
    calls: BTreeMap<(StepKey, u32), Entry>,
}

impl FolderLedger {
    /// Opens the books of a folder that this process holds. `cap` counts everything that was ever spent there.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] when they cannot be read: nothing may be bought then.
    pub fn open(folder: &Path, cap: Option<MicroUsd>, clock: Arc<dyn Clock>) -> Result<Self, LedgerError> {
        let path = folder.join("calls.jsonl");
        let at = |error: io::Error| unavailable(&path, &error);
        fs::create_dir_all(folder.join("bought")).map_err(at)?;
        let file = File::options().create(true).append(true).open(&path).map_err(at)?;
        let text = fs::read(&path).map_err(at)?;
        // Whoever was killed while writing a line had not acted on it yet.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64).and_then(|()| file.sync_all()).map_err(at)?;
        }
        let mut calls = BTreeMap::new();
        for (number, line) in text[..whole].split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let entry: Entry = serde_json::from_slice(line).map_err(|error| LedgerError::Unavailable {
                detail: format!("line {} of `{}`: {error}", number + 1, path.display()),
                disk_full: false,
            })?;
            calls.insert((entry.step, entry.ordinal), entry);
        }
        Ok(Self { folder: folder.to_owned(), cap, clock, books: Mutex::new(Books { file, calls }) })
    }

    /// Every call as it stands, by step.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().calls.values().cloned().collect()
    }

    /// A call that nobody could tell about was looked up at the service: it was never taken in, so it may be made again,
    /// or it is the job of this name. Says whether there was such a call.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`].
    pub fn resolve(&self, id: &str, job: Option<JobId>) -> Result<bool, LedgerError> {
        let mut books = self.lock();
        let found = books.calls.values().find(|entry| entry.call().id == id).cloned();
        let Some(mut entry) = found.filter(|entry| matches!(entry.state, CallState::Unknown { .. })) else {
            return Ok(false);
        };
        entry.state = match job {
            Some(job) => CallState::Submitted { job },
            None => CallState::Failed {
                message: "it was looked up at the service, which never took it in".into(),
                cost: MicroUsd::ZERO,
            },
        };
        self.put(&mut books, entry)?;
        Ok(true)
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self, call: &Call) -> PathBuf {
        self.folder.join("bought").join(&call.id)
    }

    fn put(&self, books: &mut Books, mut entry: Entry) -> Result<(), LedgerError> {
        entry.at = self.clock.now();
        let path = self.folder.join("calls.jsonl");
        let mut line = serde_json::to_vec(&entry)
            .map_err(|error| LedgerError::Unavailable { detail: error.to_string(), disk_full: false })?;
        line.push(b'\n');
        let before = books.file.metadata().map_err(|error| unavailable(&path, &error))?.len();
        let written = books.file.write_all(&line).and_then(|()| books.file.sync_all());
        if let Err(error) = written {
            // Half a line would spoil the next one.
            if let Err(error) = books.file.set_len(before) {
                tracing::error!(%error, "the books end in half a line");
            }
            return Err(unavailable(&path, &error));
        }
        books.calls.insert((entry.step, entry.ordinal), entry);
        Ok(())
    }

    fn turn(&self, call: &mut Call, state: CallState) -> Result<(), LedgerError> {
        let mut books = self.lock();
        let Some(entry) = books.calls.values().find(|entry| entry.call().id == call.id).cloned() else {
            return Err(LedgerError::Superseded);
        };
        self.put(&mut books, Entry { state: state.clone(), ..entry })?;
        call.state = state;
        Ok(())
    }

    fn estimate(&self, call: &Call) -> MicroUsd {
        let books = self.lock();
        let entry = books.calls.values().find(|entry| entry.call().id == call.id);
        entry.map_or(MicroUsd::ZERO, |entry| MicroUsd(entry.estimate))
    }
}

#[async_trait]
impl Ledger for FolderLedger {
    async fn calls(&self, step: StepKey) -> Result<Vec<Call>, LedgerError> {
        Ok(self.lock().calls.range((step, 0)..=(step, u32::MAX)).map(|(_, entry)| entry.call()).collect())
    }

    async fn open(&self, wanted: &Wanted) -> Result<Call, LedgerError> {
        let mut books = self.lock();
        let committed: i64 = books.calls.values().map(Entry::money).map(|(paid, aside)| paid + aside).sum();
        let needed = MicroUsd(committed + wanted.estimate.0);
        if let Some(cap) = self.cap
            && needed > cap
            && wanted.estimate.0 > 0
        {
            return Err(LedgerError::OverBudget { which: Cap::Order, cap, needed });
        }
        let entry = Entry {
            at: self.clock.now(),
            step: wanted.step,
            ordinal: wanted.ordinal,
            scene: wanted.scene,
            kind: wanted.kind,
            provider: wanted.provider.clone(),
            model: wanted.model.clone(),
            estimate: wanted.estimate.0,
            because: wanted.because.clone(),
            likeness: None,
            state: CallState::Reserved,
        };
        let call = entry.call();
        self.put(&mut books, entry)?;
        Ok(call)
    }

    async fn submitting(&self, call: &mut Call) -> Result<(), LedgerError> {
        self.turn(call, CallState::Submitting { since: self.clock.now() })
    }

    async fn withdraw(&self, call: &mut Call) -> Result<(), LedgerError> {
        self.turn(call, CallState::Reserved)
    }

    async fn submitted(&self, call: &mut Call, job: &JobId) -> Result<(), LedgerError> {
        self.turn(call, CallState::Submitted { job: job.clone() })
    }

    async fn succeeded(
        &self,
        call: &mut Call,
        made: &[u8],
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError> {
        let path = self.kept(call);
        keep(&path, made).map_err(|error| unavailable(&path, &error))?;
        let cost = cost.unwrap_or_else(|| self.estimate(call));
        self.turn(call, CallState::Succeeded { cost })
    }

    async fn made(&self, call: &Call) -> Result<Vec<u8>, LedgerError> {
        let path = self.kept(call);
        fs::read(&path).map_err(|error| unavailable(&path, &error))
    }

    async fn failed(
        &self,
        call: &mut Call,
        error: &ProviderError,
        cost: Option<MicroUsd>,
    ) -> Result<(), LedgerError> {
        let cost = cost.unwrap_or(MicroUsd::ZERO);
        self.turn(call, CallState::Failed { message: error.to_string(), cost })
    }

    async fn unknown(&self, call: &mut Call, why: &str) -> Result<(), LedgerError> {
        self.turn(call, CallState::Unknown { why: why.to_owned() })
    }

    async fn scored(&self, call: &mut Call, likeness: f32) -> Result<(), LedgerError> {
        let mut books = self.lock();
        let Some(entry) = books.calls.values().find(|entry| entry.call().id == call.id).cloned() else {
            return Err(LedgerError::Superseded);
        };
        self.put(&mut books, Entry { likeness: Some(likeness), ..entry })?;
        call.likeness = Some(likeness);
        Ok(())
    }

    fn spent(&self) -> MicroUsd {
        MicroUsd(self.lock().calls.values().map(|entry| entry.money().0).sum())
    }
}

/// Writes a file that is whole or absent, whatever happens meanwhile.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn unavailable(path: &Path, error: &io::Error) -> LedgerError {
    LedgerError::Unavailable {
        detail: format!("`{}`: {error}", path.display()),
        disk_full: error.kind() == io::ErrorKind::StorageFull,
    }
}
