//! What can go wrong with objects.

use super::key::ObjectKey;
use std::error::Error;
use std::io;
use thiserror::Error;

type Source = Box<dyn Error + Send + Sync>;

#[derive(Debug, Error)]
pub enum ObjectError {
    #[error("there is no object `{0}`")]
    NotFound(ObjectKey),
    /// Objects are put once and never changed.
    #[error("there is an object `{0}` already")]
    Exists(ObjectKey),
    #[error("the disk with the objects is full")]
    DiskFull,
    /// A part was asked for that begins behind the object's end.
    #[error("object `{key}` has only {bytes} bytes")]
    Range { key: ObjectKey, bytes: u64 },
    #[error("it has more than {limit} bytes")]
    TooLarge { limit: u64 },
    /// Whoever was sending broke off or failed; nothing was kept.
    #[error("it did not arrive whole: {0}")]
    Cut(#[source] io::Error),
    /// The store knows us, or does not, and says no: its keys or its rights are wrong.
    #[error("the object store refuses: {0}")]
    Denied(#[source] Source),
    #[error("the object store's settings are wrong: {0}")]
    Settings(String),
    /// Worth another try later.
    #[error("the object store does not answer: {0}")]
    Unavailable(#[source] Source),
}

impl ObjectError {
    pub(super) fn of(key: &ObjectKey, error: object_store::Error) -> Self {
        use object_store::Error as E;
        match error {
            E::NotFound { .. } => Self::NotFound(key.clone()),
            E::AlreadyExists { .. } | E::Precondition { .. } => Self::Exists(key.clone()),
            other => Self::general(other),
        }
    }

    /// For what is not about one object.
    pub(super) fn general(error: object_store::Error) -> Self {
        use object_store::Error as E;
        if is_disk_full(&error) {
            return Self::DiskFull;
        }
        match error {
            E::PermissionDenied { source, .. } | E::Unauthenticated { source, .. } => Self::Denied(source),
            other => Self::Unavailable(Box::new(other)),
        }
    }

    /// For reading and writing files here.
    pub(super) fn file(error: io::Error) -> Self {
        if is_disk_full(&error) { Self::DiskFull } else { Self::Unavailable(Box::new(error)) }
    }
}

fn is_disk_full(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_however_deep_it_lies() {
        let inner = io::Error::from(io::ErrorKind::StorageFull);
        let error = object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(inner) };
        assert!(matches!(ObjectError::general(error), ObjectError::DiskFull));
        let other = io::Error::from(io::ErrorKind::TimedOut);
        let error = object_store::Error::Generic { store: "S3", source: Box::new(other) };
        assert!(matches!(ObjectError::general(error), ObjectError::Unavailable(_)));
    }
}
