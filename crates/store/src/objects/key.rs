//! Names of objects. A key is safe by its type: it cannot climb out of the store, on a disk or in an address.

use mv_core::ids::{ProjectId, TaskId, UploadId, UserId, VideoJobId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The longest key and the longest part between two slashes, in bytes. A file's name may have 255, of which the disk's
/// store needs a few for itself.
const LONGEST: usize = 512;
const LONGEST_PART: usize = 200;

/// The name of an object: parts of `A–Z a–z 0–9 . _ - =` between slashes, none of them `.` or `..` or hidden.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectKey(String);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` cannot name an object")]
pub struct BadKey(String);

impl ObjectKey {
    /// A song, by the BLAKE3 hash of its bytes.
    pub fn song(user: UserId, hash: &str) -> Result<Self, BadKey> {
        format!("songs/{user}/{hash}").parse()
    }

    /// A photo, by the BLAKE3 hash of its bytes after we re-encoded it.
    pub fn photo(user: UserId, hash: &str) -> Result<Self, BadKey> {
        format!("photos/{user}/{hash}.jpg").parse()
    }

    /// A part of an upload that is still arriving.
    pub fn upload_part(upload: UploadId, part: u32) -> Self {
        Self(format!("uploads/{upload}/{part:06}"))
    }

    /// What a step made, by the step's key.
    pub fn artifact(kind: &str, key: &str, extension: &str) -> Result<Self, BadKey> {
        format!("artifacts/{kind}/{key}.{extension}").parse()
    }

    /// What a paid call made, as the service made it.
    pub fn bought(user: UserId, call: &str) -> Result<Self, BadKey> {
        format!("bought/{user}/{call}").parse()
    }

    /// A picture that a person had changed, by the BLAKE3 hash of its bytes.
    pub fn edited(user: UserId, hash: &str) -> Result<Self, BadKey> {
        format!("edits/{user}/{hash}").parse()
    }

    /// A film, or what comes with it.
    pub fn export(project: ProjectId, job: VideoJobId, name: &str) -> Result<Self, BadKey> {
        format!("exports/{project}/{job}/{name}").parse()
    }

    /// How a person shows themselves, by the BLAKE3 hash of its bytes.
    pub fn avatar(user: UserId, hash: &str) -> Result<Self, BadKey> {
        format!("avatars/{user}/{hash}.jpg").parse()
    }

    /// A picture made smaller, by the hash of the larger one's key. Swept after a day, and made again when it is asked for.
    pub fn small(hash: &str, width: u32) -> Result<Self, BadKey> {
        format!("small/{hash}/{width}.jpg").parse()
    }

    /// Everything a person has here.
    pub fn archive(user: UserId, task: TaskId) -> Self {
        Self(format!("archives/{user}/{task}.zip"))
    }

    /// Where a large object waits, on a disk, until it is whole.
    pub(super) fn staged() -> Self {
        Self(format!("staging/{}", uuid::Uuid::new_v4()))
    }

    /// Asked for to see whether the store answers; never put.
    pub(super) fn probe() -> Self {
        Self("probe".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl FromStr for ObjectKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-=".contains(&byte);
        let part = |part: &str| {
            !part.is_empty()
                && part.len() <= LONGEST_PART
                && !part.starts_with('.')
                && part.bytes().all(letter)
        };
        if text.len() <= LONGEST && text.split('/').all(part) {
            Ok(Self(text.to_owned()))
        } else {
            // A message does not carry what may be a whole request's body.
            Err(BadKey(text.chars().take(120).collect()))
        }
    }
}

impl TryFrom<String> for ObjectKey {
    type Error = BadKey;

    fn try_from(text: String) -> Result<Self, BadKey> {
        text.parse()
    }
}

impl From<ObjectKey> for String {
    fn from(key: ObjectKey) -> Self {
        key.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_of_the_layout_are_keys() {
        let user = UserId(uuid::Uuid::nil());
        assert_eq!(
            ObjectKey::photo(user, "ab12").unwrap().as_str(),
            "photos/00000000-0000-0000-0000-000000000000/ab12.jpg"
        );
        assert_eq!(ObjectKey::upload_part(UploadId(user.0), 7).name(), "000007");
        assert_eq!(ObjectKey::artifact("clip", "k", "mp4").unwrap().name(), "k.mp4");
    }

    #[test]
    fn nothing_climbs_out() {
        for bad in [
            "",
            "/",
            "a/",
            "/a",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "a/./b",
            ".hidden",
            "a/.staging",
            "a\\b",
            "a b",
            "a\0b",
            "a%2fb",
            "C:/a",
            "a\nb",
            "가",
            "a#1",
            "a?b",
        ] {
            assert!(bad.parse::<ObjectKey>().is_err(), "`{bad}`");
        }
        assert!("a".repeat(LONGEST_PART + 1).parse::<ObjectKey>().is_err());
        assert!(vec!["aaaa"; LONGEST / 5 + 1].join("/").parse::<ObjectKey>().is_err());
        assert!(ObjectKey::artifact("clip", "../../etc/passwd", "mp4").is_err());
    }

    proptest! {
        #[test]
        fn a_key_stays_inside_any_folder(text in "[a-z./\\-]{1,40}") {
            if let Ok(key) = text.parse::<ObjectKey>() {
                let path = std::path::Path::new("/store").join(key.as_str());
                let plain = |part| matches!(part, std::path::Component::Normal(_));
                prop_assert!(path.components().skip(1).all(plain));
                prop_assert!(path.starts_with("/store"));
                let path = object_store::path::Path::parse(key.as_str()).unwrap();
                prop_assert_eq!(path.as_ref(), key.as_str());
            }
        }
    }
}
