//! Secrets that nobody can guess, and what is kept of them.

use crate::error::{ApiError, ApiResult};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// Bytes of the operating system's generator.
///
/// # Errors
/// 500 when it has none to give.
pub fn bytes<const N: usize>() -> ApiResult<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| ApiError::internal(NoRandomness))?;
    Ok(bytes)
}

#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes")]
struct NoRandomness;

/// 256 bits as 43 letters for links, cookies and keys.
pub fn secret() -> ApiResult<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// What is kept of a secret: SHA-256 is enough, since nobody guesses 256 bits.
pub fn hash(secret: &str) -> Vec<u8> {
    digest(&SHA256, secret.as_bytes()).as_ref().to_vec()
}
