//! Putting objects: small ones at once, large ones in parts as they arrive.

use super::error::ObjectError;
use super::key::ObjectKey;
use super::{Objects, Place, at};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{Stream, StreamExt};
use object_store::{
    Attribute, Attributes, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    RenameOptions, RenameTargetMode, WriteMultipart,
};
use std::io;
use std::path::Path;
use tokio_util::io::ReaderStream;

/// The size of a part, in bytes, and how many are on their way at once: together what one put holds in memory.
/// R2 wants parts of equal size; S3 takes ten thousand of them.
const PART: usize = 8 << 20;
const AT_ONCE: usize = 4;
/// Bytes read from a file at a time.
const READ: usize = 256 << 10;

impl Objects {
    /// Puts a small object.
    ///
    /// # Errors
    /// [`ObjectError::Exists`] when the key is taken; what is there stays as it is. [`ObjectError::DiskFull`].
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes, media_type: &str) -> Result<(), ObjectError> {
        let options = PutOptions {
            mode: PutMode::Create,
            attributes: self.attributes(media_type),
            ..PutOptions::default()
        };
        let put = self.store.put_opts(&at(key), PutPayload::from(bytes), options).await;
        put.map(drop).map_err(|error| ObjectError::of(key, error))
    }

    /// Puts a local file and says how many bytes it has.
    pub async fn put_file(&self, key: &ObjectKey, file: &Path, media_type: &str) -> Result<u64, ObjectError> {
        let file = tokio::fs::File::open(file).await.map_err(ObjectError::Cut)?;
        self.put_stream(key, ReaderStream::with_capacity(file, READ), media_type, u64::MAX).await
    }

    /// Puts what arrives, up to `limit` bytes, and says how many came. Holds at most 40 MiB of it in memory.
    ///
    /// Of two that put a large object at one key of S3 at the same moment the later may win; both find it whole, and
    /// keys are made so that it is the same.
    ///
    /// # Errors
    /// Those of [`Objects::put`]; [`ObjectError::TooLarge`] and, when the stream fails, [`ObjectError::Cut`]: nothing
    /// is kept then.
    pub async fn put_stream(
        &self,
        key: &ObjectKey,
        stream: impl Stream<Item = io::Result<Bytes>> + Send,
        media_type: &str,
        limit: u64,
    ) -> Result<u64, ObjectError> {
        let mut stream = Box::pin(stream);
        let mut start = BytesMut::new();
        while start.len() <= PART {
            let Some(bytes) = stream.next().await else {
                let bytes = start.len() as u64;
                return self.put(key, start.freeze(), media_type).await.map(|()| bytes);
            };
            start.extend_from_slice(&bytes.map_err(ObjectError::Cut)?);
            if start.len() as u64 > limit {
                return Err(ObjectError::TooLarge { limit });
            }
        }
        let start = futures_util::stream::once(std::future::ready(Ok(start.freeze())));
        Box::pin(self.put_parts(key, start.chain(stream), media_type, limit)).await
    }

    async fn put_parts(
        &self,
        key: &ObjectKey,
        mut stream: impl Stream<Item = io::Result<Bytes>> + Send + Unpin,
        media_type: &str,
        limit: u64,
    ) -> Result<u64, ObjectError> {
        if self.exists(key).await? {
            return Err(ObjectError::Exists(key.clone()));
        }
        let of = |error| ObjectError::of(key, error);
        let staged = match &self.place {
            Place::Local { .. } => ObjectKey::staged(),
            Place::S3 { .. } => key.clone(),
        };
        let options =
            PutMultipartOptions { attributes: self.attributes(media_type), ..PutMultipartOptions::default() };
        let upload = self.store.put_multipart_opts(&at(&staged), options).await.map_err(of)?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut total = 0;
        let fed = async {
            while let Some(bytes) = stream.next().await {
                let bytes = bytes.map_err(ObjectError::Cut)?;
                total += bytes.len() as u64;
                if total > limit {
                    return Err(ObjectError::TooLarge { limit });
                }
                parts.wait_for_capacity(AT_ONCE).await.map_err(of)?;
                parts.put(bytes);
            }
            match &self.place {
                Place::S3 { .. } if self.exists(key).await? => Err(ObjectError::Exists(key.clone())),
                _ => Ok(()),
            }
        };
        if let Err(error) = fed.await {
            if let Err(left) = parts.abort().await {
                // The bucket's rule for unfinished uploads, or our sweep, takes it away.
                tracing::warn!(object.key = %key, error = %left, "an unfinished upload was left behind");
            }
            return Err(error);
        }
        parts.finish().await.map_err(of)?;
        if staged != *key {
            let options = RenameOptions::new().with_target_mode(RenameTargetMode::Create);
            if let Err(error) = self.store.rename_opts(&at(&staged), &at(key), options).await {
                self.store.delete(&at(&staged)).await.ok();
                return Err(of(error));
            }
        }
        Ok(total)
    }

    /// The disk keeps no media types; the database does, and signed addresses carry them.
    fn attributes(&self, media_type: &str) -> Attributes {
        match &self.place {
            Place::Local { .. } => Attributes::new(),
            Place::S3 { .. } => Attributes::from_iter([(Attribute::ContentType, media_type.to_owned())]),
        }
    }
}
