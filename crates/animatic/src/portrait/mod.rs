//! Photos of the cast, cut out so that a figure painter can place and relight them.

use crate::figure::Cutout;

/// A person's photo, cut out.
#[derive(Clone, Debug)]
pub struct Portrait {
    pub cutout: Cutout,
}

/// Why a photo cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PortraitError {
    #[error("the photo is not an image this build reads")]
    NotAnImage,
}

impl Portrait {
    pub fn from_photo(_bytes: &[u8]) -> Result<Self, PortraitError> {
        Err(PortraitError::NotAnImage)
    }
}
