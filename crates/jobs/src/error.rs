//! What can stop a job, and what follows: another try, the end, or nothing because it was not ours to finish.

use crate::billing::BillingError;
use mv_audio::HearError;
use mv_core::failure::FailureCode;
use mv_core::notice::Budget;
use mv_core::units::MicroUsd;
use mv_media::MediaError;
use mv_production::ProductionError;
use mv_production::purchase::{Cap, LedgerError};
use mv_providers::ProviderError;
use mv_providers::animatic::PortraitError;
use mv_providers::error::Verdict as Provision;
use mv_providers::registry::RegistryError;
use mv_store::StoreError;
use mv_store::db::provider_keys::ProviderKeyError;
use mv_store::ledger::LedgerError as MoneyError;
use mv_store::objects::{BadKey, ObjectError};
use mv_store::secrets::SecretError;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("the job's payload cannot be read: {0}")]
    Payload(#[source] serde_json::Error),
    #[error("what is kept cannot be read: {0}")]
    Kept(#[source] serde_json::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Key(#[from] BadKey),
    #[error(transparent)]
    Production(#[from] ProductionError),
    #[error(transparent)]
    Hearing(#[from] HearError),
    #[error("the project has no storyboard yet")]
    NoStoryboard,
    #[error("the project's song was not heard yet")]
    NotHeard,
    #[error("the storyboard cannot be planned: {0}")]
    Directing(String),
    #[error("the scene is no longer there")]
    NoScene,
    /// A film that is wanted in another shape.
    #[error("what the film was made from is no longer kept")]
    FilmGone,
    #[error("there is no model `{0}`")]
    NoModel(String),
    #[error(transparent)]
    Services(#[from] RegistryError),
    #[error(transparent)]
    ProviderKey(#[from] ProviderKeyError),
    #[error("object `{key}` is not the file that the project was made with")]
    OtherFile { key: String },
    #[error("artefact `{0}` that a step reads is gone")]
    NoArtifact(String),
    #[error("`{}`: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the archive cannot be written: {0}")]
    Archive(String),
    /// The mail server could not be reached, or asked to come back later.
    #[error("the mail server does not take the mail now: {0}")]
    MailLater(String),
    #[error("the mail cannot be sent: {0}")]
    MailRefused(String),
    #[error("the address takes no mail: {0}")]
    NoSuchAddress(String),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the events were not passed on: {0}")]
    NotForwarded(String),
    #[error(transparent)]
    Photo(#[from] PortraitError),
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// Counted from 1.
    #[error("test picture {number}: {source}")]
    TestPicture { number: usize, source: Box<JobError> },
    #[error("stopped on request")]
    Stopped,
    #[error("it stopped unexpectedly: {0}")]
    Panicked(String),
}

/// What follows from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may go well another time.
    Retry,
    /// Trying again would not help.
    Fail,
    /// Somebody asked for its end.
    Stop,
    /// Somebody else has the job now, or the database is away: nothing is to be noted, the job stays on the queue.
    LeaveIt,
}

impl JobError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::File { path: path.to_owned(), source }
    }

    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Store(error) => of_store(error),
            Self::Objects(error) => of_objects(error),
            Self::Production(error) => of_production(error),
            Self::Hearing(error) => of_hearing(error),
            Self::Billing(error) => match error {
                BillingError::Stripe(error) if error.may_pass() => Verdict::Retry,
                BillingError::Ledger(MoneyError::Store(error)) => of_store(error),
                BillingError::Stripe(_)
                | BillingError::Ledger(_)
                | BillingError::Event(_)
                | BillingError::UnknownPrice { .. }
                | BillingError::NotSetUp => Verdict::Fail,
            },
            Self::TestPicture { source, .. } => source.verdict(),
            Self::Stopped => Verdict::Stop,
            Self::File { .. }
            | Self::Archive(_)
            | Self::MailLater(_)
            | Self::NotForwarded(_)
            | Self::Panicked(_)
            // Another node may have cleaned it away a moment ago; the step that makes it is made again by then.
            | Self::NoArtifact(_) => Verdict::Retry,
            Self::Payload(_)
            | Self::Kept(_)
            | Self::Key(_)
            | Self::NoStoryboard
            | Self::NotHeard
            | Self::Directing(_)
            | Self::NoScene
            | Self::FilmGone
            | Self::NoModel(_)
            | Self::Services(_)
            | Self::ProviderKey(_)
            | Self::Secret(_)
            | Self::OtherFile { .. }
            | Self::Photo(_)
            | Self::MailRefused(_)
            | Self::NoSuchAddress(_) => Verdict::Fail,
        }
    }

    /// What the person can do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotHeard | Self::NoStoryboard => Some("let the song be analysed first".into()),
            Self::FilmGone => Some("make the film anew in the shape that you want".into()),
            Self::NoScene => Some("open the project again: the scene was removed".into()),
            Self::OtherFile { .. } => Some("upload the file again".into()),
            Self::Photo(error) => Some(error.hint().to_owned()),
            Self::TestPicture { source, .. } => source.hint(),
            Self::Hearing(error) | Self::Production(ProductionError::Hearing(error)) => {
                error.hint().map(str::to_owned)
            }
            Self::Production(ProductionError::Media(error)) => error.hint(),
            Self::Production(ProductionError::Provision(error)) => Some(error.hint().to_owned()),
            Self::Production(ProductionError::Plan(_)) => Some("mend the storyboard and order again".into()),
            Self::Production(ProductionError::Ledger(error)) => match error {
                LedgerError::OverBudget { which: Cap::Order, .. } => {
                    Some("what is made is kept: raise the order's budget and order again".into())
                }
                LedgerError::OverBudget { which: Cap::Project, .. } => {
                    Some("what is made is kept: raise the project's budget and order again".into())
                }
                LedgerError::TooFewCredits { .. } => Some(
                    "what is made is kept: buy credits, or use a key of your own, and order again".into(),
                ),
                LedgerError::Busy | LedgerError::Superseded | LedgerError::Unavailable { .. } => None,
            },
            Self::Production(ProductionError::Unsettled { .. }) => {
                Some("open the page of calls and say what the service shows, then order again".into())
            }
            Self::Production(ProductionError::NoMaker { .. }) => {
                Some("give a key for its service in the settings, or choose another model".into())
            }
            Self::Production(ProductionError::TooLong { .. }) => {
                Some("split the scene in two, or choose a model that makes longer clips".into())
            }
            Self::Billing(error) => error.hint().map(str::to_owned),
            Self::NoModel(_) => Some("choose one of the models of /api/models".into()),
            Self::Payload(_)
            | Self::Kept(_)
            | Self::Store(_)
            | Self::Objects(_)
            | Self::Key(_)
            | Self::Production(_)
            | Self::Directing(_)
            | Self::NoArtifact(_)
            | Self::File { .. }
            | Self::Archive(_)
            | Self::MailLater(_)
            | Self::MailRefused(_)
            | Self::NoSuchAddress(_)
            | Self::Services(_)
            | Self::ProviderKey(_)
            | Self::Secret(_)
            | Self::NotForwarded(_)
            | Self::Stopped
            | Self::Panicked(_) => None,
        }
    }

    /// What the person who ordered may read: errors of our own machinery are not for them.
    pub fn message(&self) -> String {
        if let Self::TestPicture { number, source } = self {
            return format!("test picture {number}: {}", source.message());
        }
        if self.is_ours() {
            return "something went wrong on our side; please try again".to_owned();
        }
        self.to_string()
    }

    /// Whether it is an error of our own machinery.
    fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Objects(_)
                | Self::Key(_)
                | Self::Kept(_)
                | Self::Payload(_)
                | Self::File { .. }
                | Self::Panicked(_)
                | Self::NoArtifact(_)
                | Self::Services(_)
                | Self::ProviderKey(_)
                | Self::Secret(_)
                | Self::NotForwarded(_)
                | Self::Billing(_)
                | Self::Production(
                    ProductionError::Folder { .. }
                        | ProductionError::DiskFull { .. }
                        | ProductionError::FolderInUse { .. }
                        | ProductionError::Encoding(_)
                        | ProductionError::Template(_)
                        | ProductionError::Worker
                        | ProductionError::Ledger(LedgerError::Unavailable { .. })
                )
        )
    }

    /// A word for what happened.
    pub fn code(&self) -> FailureCode {
        match self {
            Self::TestPicture { source, .. } => source.code(),
            _ if self.is_ours() => FailureCode::Internal,
            Self::Production(error) => of_making(error),
            Self::Hearing(HearError::Cancelled) | Self::Stopped => FailureCode::Canceled,
            Self::Hearing(_) | Self::OtherFile { .. } | Self::Photo(_) => FailureCode::UnusableFile,
            Self::NotHeard => FailureCode::NotAnalysed,
            Self::NoStoryboard => FailureCode::NotPlanned,
            Self::NoScene | Self::FilmGone => FailureCode::NotFound,
            Self::Directing(_) | Self::NoModel(_) => FailureCode::CannotMake,
            // Ours, or nothing that people order.
            Self::Payload(_)
            | Self::Kept(_)
            | Self::Store(_)
            | Self::Objects(_)
            | Self::Key(_)
            | Self::Services(_)
            | Self::ProviderKey(_)
            | Self::NoArtifact(_)
            | Self::File { .. }
            | Self::Archive(_)
            | Self::MailLater(_)
            | Self::MailRefused(_)
            | Self::NoSuchAddress(_)
            | Self::Secret(_)
            | Self::NotForwarded(_)
            | Self::Billing(_)
            | Self::Panicked(_) => FailureCode::Internal,
        }
    }

    /// The cap that it would have broken, if that is what stopped it.
    pub(crate) fn budget(&self) -> Option<(Budget, MicroUsd)> {
        match self {
            Self::TestPicture { source, .. } => source.budget(),
            Self::Production(ProductionError::Ledger(LedgerError::OverBudget { which, cap, .. })) => {
                let of = match which {
                    Cap::Order => Budget::Order,
                    Cap::Project => Budget::Project,
                };
                Some((of, *cap))
            }
            _ => None,
        }
    }

    /// For the row: all there is to know, for admins.
    pub(crate) fn details(&self) -> Value {
        json!({
            "message": self.message(), "detail": self.to_string(), "hint": self.hint(), "code": self.code(),
        })
    }
}

fn of_making(error: &ProductionError) -> FailureCode {
    match error {
        ProductionError::Cancelled
        | ProductionError::Hearing(HearError::Cancelled)
        | ProductionError::Media(MediaError::Cancelled) => FailureCode::Canceled,
        ProductionError::Ledger(error) => match error {
            LedgerError::OverBudget { .. } => FailureCode::OverBudget,
            LedgerError::TooFewCredits { .. } => FailureCode::TooFewCredits,
            LedgerError::Busy | LedgerError::Superseded | LedgerError::Unavailable { .. } => {
                FailureCode::Internal
            }
        },
        ProductionError::Unsettled { .. } => FailureCode::Unsettled,
        ProductionError::NoMaker { .. } | ProductionError::TooLong { .. } | ProductionError::Plan(_) => {
            FailureCode::CannotMake
        }
        ProductionError::Provision(error) => error.code(),
        ProductionError::Hearing(_)
        | ProductionError::Media(MediaError::Undecodable { .. } | MediaError::NoPicture { .. }) => {
            FailureCode::UnusableFile
        }
        ProductionError::Media(_) => FailureCode::MakingFailed,
        ProductionError::MissingMaterial { .. }
        | ProductionError::FolderInUse { .. }
        | ProductionError::DiskFull { .. }
        | ProductionError::Folder { .. }
        | ProductionError::Template(_)
        | ProductionError::Encoding(_)
        | ProductionError::Worker => FailureCode::Internal,
    }
}

fn of_store(error: &StoreError) -> Verdict {
    match error {
        StoreError::Objects(error) => of_objects(error),
        StoreError::Superseded | StoreError::Unavailable(_) => Verdict::LeaveIt,
        StoreError::Changed { .. } | StoreError::Database(_) => Verdict::Retry,
        StoreError::NotFound
        | StoreError::Constraint { .. }
        | StoreError::Newer(_)
        | StoreError::Migration(_)
        | StoreError::Queue(_)
        | StoreError::Json(_)
        | StoreError::Unfit(_)
        | StoreError::Plan(_) => Verdict::Fail,
    }
}

fn of_objects(error: &ObjectError) -> Verdict {
    match error {
        ObjectError::DiskFull | ObjectError::Cut(_) | ObjectError::Unavailable(_) => Verdict::Retry,
        ObjectError::NotFound(_)
        | ObjectError::Exists(_)
        | ObjectError::Range { .. }
        | ObjectError::TooLarge { .. }
        | ObjectError::Denied(_)
        | ObjectError::Settings(_) => Verdict::Fail,
    }
}

fn of_production(error: &ProductionError) -> Verdict {
    match error {
        ProductionError::Cancelled | ProductionError::Provision(ProviderError::Cancelled) => Verdict::Stop,
        ProductionError::FolderInUse { .. }
        | ProductionError::DiskFull { .. }
        | ProductionError::Folder { .. }
        | ProductionError::Worker => Verdict::Retry,
        ProductionError::Ledger(error) => match error {
            LedgerError::OverBudget { .. } | LedgerError::TooFewCredits { .. } => Verdict::Fail,
            LedgerError::Busy | LedgerError::Unavailable { .. } => Verdict::Retry,
            LedgerError::Superseded => Verdict::LeaveIt,
        },
        ProductionError::Unsettled { .. }
        | ProductionError::NoMaker { .. }
        | ProductionError::TooLong { .. }
        | ProductionError::MissingMaterial { .. }
        | ProductionError::Plan(_)
        | ProductionError::Encoding(_)
        | ProductionError::Template(_) => Verdict::Fail,
        ProductionError::Hearing(error) => of_hearing(error),
        ProductionError::Media(error) => of_media(error),
        ProductionError::Provision(error) => match error.verdict() {
            // What came out wrong, or what the service gave up on, would be paid for again.
            Provision::Retry { .. }
                if matches!(error, ProviderError::BadResponse { .. } | ProviderError::Failed { .. }) =>
            {
                Verdict::Fail
            }
            Provision::Retry { .. } => Verdict::Retry,
            // What may have been paid for is not ordered again by itself.
            Provision::NextProvider | Provision::Reconcile | Provision::Stop => Verdict::Fail,
        },
    }
}

fn of_hearing(error: &HearError) -> Verdict {
    match error {
        HearError::Cancelled => Verdict::Stop,
        HearError::Io(_) => Verdict::Retry,
        HearError::Empty
        | HearError::NotAudio { .. }
        | HearError::NoSoundTrack
        | HearError::UnsupportedCodec { .. }
        | HearError::Protected
        | HearError::Damaged { .. }
        | HearError::Silent
        | HearError::TooShort { .. }
        | HearError::TooLong { .. } => Verdict::Fail,
    }
}

fn of_media(error: &MediaError) -> Verdict {
    match error {
        MediaError::Cancelled => Verdict::Stop,
        // Another machine may have a better FFmpeg, more room, or better luck.
        MediaError::NotInstalled { .. }
        | MediaError::TooOld { .. }
        | MediaError::Lacks { .. }
        | MediaError::Start { .. }
        | MediaError::Failed { .. }
        | MediaError::DiskFull { .. }
        | MediaError::Write { .. }
        | MediaError::Read { .. }
        | MediaError::FrameCount { .. }
        | MediaError::Unjoinable { .. }
        | MediaError::Broken { .. }
        | MediaError::Drawing { .. } => Verdict::Retry,
        MediaError::Undecodable { .. }
        | MediaError::NoPicture { .. }
        | MediaError::ClipTooShort { .. }
        | MediaError::Spec(_) => Verdict::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_and_never_tried_again() {
        let refused = ProviderError::Refused { provider: "x".into(), reason: "violence".into() };
        let error = JobError::from(ProductionError::Provision(refused));
        assert_eq!(error.verdict(), Verdict::Fail);
        assert!(error.message().contains("violence"));
        assert!(error.hint().is_some());
    }

    #[test]
    fn our_own_trouble_stays_our_own() {
        let error =
            JobError::File { path: "/secret/place".into(), source: io::ErrorKind::StorageFull.into() };
        assert_eq!(error.verdict(), Verdict::Retry);
        assert!(!error.message().contains("secret"));
        assert!(error.details()["detail"].as_str().unwrap().contains("secret"));
    }

    #[test]
    fn what_others_took_over_is_left_to_them() {
        assert_eq!(JobError::from(StoreError::Superseded).verdict(), Verdict::LeaveIt);
        assert_eq!(JobError::from(ProductionError::Cancelled).verdict(), Verdict::Stop);
    }
}
