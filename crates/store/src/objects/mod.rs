//! Files: songs, photos, artefacts, films. On the local disk or in S3, with the same behaviour.
//!
//! An object is put once, whole, and never changed; it is there whole or not at all, whatever is killed when. What it is
//! and whose it is stands in the database.

mod error;
mod key;
mod s3;
mod signing;
mod sweep;
mod upload;

pub use error::ObjectError;
pub use key::{BadKey, ObjectKey};
pub use s3::S3Settings;
pub use signing::{BadAddress, LONGEST_VALIDITY, LocalSigner, Method, Permit, Use, save_as};
pub use sweep::orphans;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use mv_core::Clock;
use object_store::aws::AmazonS3;
use object_store::local::LocalFileSystem;
use object_store::path::Path as StorePath;
use object_store::signer::{SignedUrlOptions, Signer};
use object_store::{CopyOptions, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The object store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    place: Place,
    clock: Arc<dyn Clock>,
}

#[derive(Clone, Debug)]
enum Place {
    Local { folder: PathBuf, signer: Arc<LocalSigner> },
    S3 { signer: Arc<AmazonS3> },
}

/// The disk that objects lie on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that may still be written.
    pub free: u64,
    pub total: u64,
}

/// What is known of an object without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    pub key: ObjectKey,
    pub bytes: u64,
    pub put_at: DateTime<Utc>,
}

/// Which part of an object to read; positions in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    All,
    From(u64),
    /// From the first position up to and without the second.
    Between(u64, u64),
    Last(u64),
}

/// An object, or a part of it, on its way.
pub struct Reading {
    pub meta: Meta,
    /// Which of its bytes these are.
    pub range: Range<u64>,
    pub bytes: BoxStream<'static, Result<Bytes, ObjectError>>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("meta", &self.meta)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

impl Objects {
    /// Objects in a folder of this machine, which is made when it is not there. `base` is where people reach the API.
    pub fn local(
        folder: &Path,
        secret: &[u8; 32],
        base: &Url,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ObjectError> {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir_all(folder).map_err(ObjectError::file)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .map_err(ObjectError::file)?;
        let folder = folder.canonicalize().map_err(ObjectError::file)?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(ObjectError::general)?;
        let store = Arc::new(store.with_fsync(true).with_automatic_cleanup(true));
        let signer = Arc::new(LocalSigner::new(secret, base));
        Ok(Self { store, place: Place::Local { folder, signer }, clock })
    }

    /// Objects in a bucket, which must exist.
    pub fn s3(settings: &S3Settings, clock: Arc<dyn Clock>) -> Result<Self, ObjectError> {
        let (store, signer) = settings.clients()?;
        Ok(Self { store: Arc::new(store), place: Place::S3 { signer: Arc::new(signer) }, clock })
    }

    /// How full the disk is; nothing where objects are in a bucket, which has no end.
    ///
    /// # Errors
    /// [`ObjectError::Unavailable`] when the disk does not say.
    pub fn disk(&self) -> Result<Option<Disk>, ObjectError> {
        let Place::Local { folder, .. } = &self.place else { return Ok(None) };
        let about = rustix::fs::statvfs(folder).map_err(|error| ObjectError::file(error.into()))?;
        let size = about.f_frsize;
        Ok(Some(Disk {
            free: about.f_bavail.saturating_mul(size),
            total: about.f_blocks.saturating_mul(size),
        }))
    }

    /// Whether the store answers and lets us in.
    pub async fn ping(&self) -> Result<(), ObjectError> {
        match self.head(&ObjectKey::probe()).await {
            Ok(_) | Err(ObjectError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub async fn head(&self, key: &ObjectKey) -> Result<Meta, ObjectError> {
        let found = self.store.head(&at(key)).await.map_err(|error| ObjectError::of(key, error))?;
        Ok(meta(key.clone(), &found))
    }

    pub async fn exists(&self, key: &ObjectKey) -> Result<bool, ObjectError> {
        match self.head(key).await {
            Ok(_) => Ok(true),
            Err(ObjectError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Begins to read.
    ///
    /// # Errors
    /// [`ObjectError::NotFound`]; [`ObjectError::Range`] when the part begins behind the end. A part that ends behind it
    /// is cut short.
    pub async fn get(&self, key: &ObjectKey, part: Part) -> Result<Reading, ObjectError> {
        // Stores disagree about parts that do not fit, so we fit them.
        let range = match part {
            Part::All => None,
            _ => Some(fit(part, self.head(key).await?.bytes, key)?),
        };
        let mut options = GetOptions::new();
        if let Some(range) = range.clone().filter(|range| !range.is_empty()) {
            options = options.with_range(Some(GetRange::Bounded(range)));
        }
        let got =
            self.store.get_opts(&at(key), options).await.map_err(|error| ObjectError::of(key, error))?;
        let meta = meta(key.clone(), &got.meta);
        if range.as_ref().is_some_and(Range::is_empty) {
            return Ok(Reading { meta, range: 0..0, bytes: futures_util::stream::empty().boxed() });
        }
        let range = got.range.clone();
        Ok(Reading { meta, range, bytes: got.into_stream().map_err(ObjectError::general).boxed() })
    }

    /// Reads a small object whole.
    ///
    /// # Errors
    /// [`ObjectError::TooLarge`] when it has more than `limit` bytes.
    pub async fn read(&self, key: &ObjectKey, limit: u64) -> Result<Bytes, ObjectError> {
        let got = self.store.get(&at(key)).await.map_err(|error| ObjectError::of(key, error))?;
        if got.meta.size > limit {
            return Err(ObjectError::TooLarge { limit });
        }
        got.bytes().await.map_err(|error| ObjectError::of(key, error))
    }

    /// Writes an object into a local file, which is on disk when this returns; what is there already is replaced.
    pub async fn fetch(&self, key: &ObjectKey, into: &Path) -> Result<Meta, ObjectError> {
        use tokio::io::AsyncWriteExt;
        let mut reading = self.get(key, Part::All).await?;
        let mut file = tokio::fs::File::create(into).await.map_err(ObjectError::file)?;
        while let Some(bytes) = reading.bytes.try_next().await? {
            file.write_all(&bytes).await.map_err(ObjectError::file)?;
        }
        file.sync_all().await.map_err(ObjectError::file)?;
        Ok(reading.meta)
    }

    /// Deletes an object. That it is gone already is no error.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        match self.store.delete(&at(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(ObjectError::of(key, error)),
        }
    }

    /// Objects whose keys begin with the parts of `prefix`, as they are found: `songs/5f` finds `songs/5f/…` only.
    /// Sorted by nothing.
    pub fn list(&self, prefix: Option<&ObjectKey>) -> BoxStream<'static, Result<Meta, ObjectError>> {
        let prefix = prefix.map(at);
        let known = |found: ObjectMeta| {
            // Whatever somebody else put there is not ours to speak of.
            found.location.as_ref().parse().ok().map(|key| Ok(meta(key, &found)))
        };
        self.store
            .list(prefix.as_ref())
            .filter_map(move |found| {
                std::future::ready(match found {
                    Ok(found) => known(found),
                    Err(error) => Some(Err(ObjectError::general(error))),
                })
            })
            .boxed()
    }

    /// Puts a copy of an object at another key.
    ///
    /// # Errors
    /// [`ObjectError::NotFound`] names `from`, [`ObjectError::Exists`] names `to`.
    pub async fn copy(&self, from: &ObjectKey, to: &ObjectKey) -> Result<(), ObjectError> {
        let options = match &self.place {
            Place::Local { .. } => CopyOptions::new().with_mode(object_store::CopyMode::Create),
            // S3 itself cannot copy on a condition.
            Place::S3 { .. } if self.exists(to).await? => return Err(ObjectError::Exists(to.clone())),
            Place::S3 { .. } => CopyOptions::new(),
        };
        self.store.copy_opts(&at(from), &at(to), options).await.map_err(|error| match error {
            object_store::Error::AlreadyExists { .. } => ObjectError::Exists(to.clone()),
            error => ObjectError::of(from, error),
        })
    }

    /// An address through which whoever holds it may read this one object for a while.
    pub async fn sign(&self, key: &ObjectKey, allowed: &Use<'_>) -> Result<Url, ObjectError> {
        match &self.place {
            Place::Local { signer, .. } => Ok(signer.sign(key, allowed, self.clock.now())),
            Place::S3 { signer } => {
                let mut answer = vec![("response-content-type", allowed.media_type.to_owned())];
                answer.extend(allowed.save_as.map(|name| ("response-content-disposition", save_as(name))));
                let options = SignedUrlOptions::new().with_query(answer);
                let method = match allowed.method {
                    Method::Get => reqwest::Method::GET,
                    Method::Head => reqwest::Method::HEAD,
                };
                let valid = signing::within(allowed.valid);
                let signed = signer.signed_url_opts(method, &at(key), valid, &options).await;
                signed.map_err(|error| ObjectError::of(key, error))
            }
        }
    }

    /// Judges a request for the API's `/files/{key}?{query}`. In S3 there is nothing behind that route.
    pub fn verify(&self, method: &str, key: &str, query: &str) -> Result<Permit, BadAddress> {
        match &self.place {
            Place::Local { signer, .. } => signer.verify(method, key, query, self.clock.now()),
            Place::S3 { .. } => Err(BadAddress::Forged),
        }
    }

    /// The folder, when the objects are local.
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Local { folder, .. } => Some(folder),
            Place::S3 { .. } => None,
        }
    }
}

fn at(key: &ObjectKey) -> StorePath {
    // A key is a path of the store as it stands: nothing in it needs to be escaped.
    StorePath::from(key.as_str())
}

fn meta(key: ObjectKey, found: &ObjectMeta) -> Meta {
    Meta { key, bytes: found.size, put_at: found.last_modified }
}

fn fit(part: Part, bytes: u64, key: &ObjectKey) -> Result<Range<u64>, ObjectError> {
    let (start, end) = match part {
        Part::All => (0, bytes),
        Part::From(start) => (start, bytes),
        Part::Between(start, end) => (start, end.min(bytes)),
        Part::Last(count) => (bytes.saturating_sub(count), bytes),
    };
    let reads_nothing = matches!(part, Part::Last(0)) || start > end;
    if reads_nothing || (start >= bytes && bytes > 0) {
        return Err(ObjectError::Range { key: key.clone(), bytes });
    }
    Ok(start..end)
}
