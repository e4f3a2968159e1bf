//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, 30 seconds, six digits, as every authenticator app makes them.

use crate::auth::random;
use crate::error::ApiResult;
use chrono::{DateTime, Utc};
use ring::hmac;
use std::fmt::Write;
use url::form_urlencoded::byte_serialize;

const STEP_SECONDS: i64 = 30;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// 160 bits, as long as SHA-1's result.
const SECRET_BYTES: usize = 20;

/// A secret that an app and we share.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    pub fn new() -> ApiResult<Self> {
        Ok(Self(random::bytes()?))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For typing in by hand: base 32 (RFC 4648) without padding.
    pub fn base32(&self) -> String {
        base32(&self.0)
    }

    /// What the QR code says.
    pub fn uri(&self, account: &str) -> String {
        let account: String = byte_serialize(account.as_bytes()).collect();
        format!(
            "otpauth://totp/MelodyVision:{account}?secret={}&issuer=MelodyVision&algorithm=SHA1&digits=6&period=30",
            self.base32()
        )
    }

    /// The time step whose code this is: now's, or one before or after, since clocks differ.
    pub fn matching_step(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = now.timestamp() / STEP_SECONDS;
        [step, step - 1, step + 1].into_iter().find(|step| {
            let right = self.code(*step);
            // Both have been cut to six digits; comparing all of them takes the same time wherever they differ.
            right.len() == code.len() && right.bytes().zip(code.bytes()).fold(0, |d, (a, b)| d | (a ^ b)) == 0
        })
    }

    /// What the app shows at this moment.
    pub fn code_at(&self, now: DateTime<Utc>) -> String {
        self.code(now.timestamp() / STEP_SECONDS)
    }

    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        let mac = mac.as_ref();
        let at = usize::from(mac[mac.len() - 1] & 0xf);
        let number = u32::from_be_bytes([mac[at] & 0x7f, mac[at + 1], mac[at + 2], mac[at + 3]]);
        format!("{:06}", number % 1_000_000)
    }
}

/// Ten codes for the day the phone is lost: 50 bits each, in two groups.
pub fn recovery_codes() -> ApiResult<Vec<String>> {
    (0..10)
        .map(|_| {
            let text = base32(&random::bytes::<7>()?).to_lowercase();
            Ok(format!("{}-{}", &text[..5], &text[5..10]))
        })
        .collect()
}

/// What is kept of a recovery code, however it is typed.
pub fn recovery_hash(code: &str) -> Vec<u8> {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    random::hash(&typed.to_ascii_lowercase())
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        let _ = text.write_char(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(secret.code(seconds / 30), code);
            assert_eq!(secret.matching_step(code, at(seconds)), Some(seconds / 30));
            assert_eq!(secret.matching_step(code, at(seconds + 29)), Some(seconds / 30));
            assert_eq!(secret.matching_step(code, at(seconds + 90)), None);
        }
        assert_eq!(secret.matching_step("", at(59)), None);
        assert_eq!(secret.matching_step("287 082", at(59)), Some(1));
        assert_eq!(secret.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), 10);
        let code = &codes[0];
        assert_eq!(code.len(), 11);
        assert_eq!(recovery_hash(code), recovery_hash(&code.to_uppercase().replace('-', " ")));
        assert_ne!(recovery_hash(code), recovery_hash(&codes[1]));
    }
}
