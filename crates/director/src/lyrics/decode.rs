//! Bytes to text: UTF-8 and UTF-16 with or without their mark, else the Korean encoding of older files.

use super::{LARGEST_FILE, LyricsError};
use encoding_rs::{EUC_KR, Encoding, UTF_16BE, UTF_16LE};

/// Decodes a text file. EUC-KR is read with Windows' extension of it (code page 949), as the WHATWG standard has it.
pub fn decode(bytes: &[u8]) -> Result<String, LyricsError> {
    let size = bytes.len() as u64;
    if size > LARGEST_FILE {
        return Err(LyricsError::TooLarge(size));
    }
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| unmarked_utf16(bytes));
    if let Some(encoding) = encoding {
        return whole(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text.to_owned()),
        Ok(_) => Err(LyricsError::Encoding),
        Err(_) => whole(EUC_KR, bytes),
    }
}

fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, LyricsError> {
    let (text, _, broken) = encoding.decode(bytes);
    if broken || text.contains('\0') { Err(LyricsError::Encoding) } else { Ok(text.into_owned()) }
}

/// UTF-16 without its mark: zero bytes stand beside ASCII letters only, always on the same side.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) || !bytes.contains(&0) {
        return None;
    }
    let text = |byte: u8| matches!(byte, b'\n' | b'\r' | b'\t' | b' '..=b'~');
    let high_first = |pair: &[u8]| pair[1] != 0 && (pair[0] != 0 || text(pair[1]));
    let high_last = |pair: &[u8]| pair[0] != 0 && (pair[1] != 0 || text(pair[0]));
    match (bytes.chunks(2).all(high_first), bytes.chunks(2).all(high_last)) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[00:01.00]여름밤의 주파수\n똠방각하";

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16: Vec<u16> = TEXT.encode_utf16().collect();
        let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let (korean, _, lost) = EUC_KR.encode(TEXT);
        assert!(!lost);
        for bytes in [
            TEXT.as_bytes().to_vec(),
            marked(&[0xef, 0xbb, 0xbf], TEXT.as_bytes()),
            marked(&[0xff, 0xfe], &little),
            marked(&[0xfe, 0xff], &big),
            little,
            big,
            korean.into_owned(),
        ] {
            assert_eq!(decode(&bytes).unwrap(), TEXT);
        }
    }

    #[test]
    fn binary_is_refused() {
        for bytes in [&b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"[..], &[0, 0, 0, 0], &[0xff, 0xff, 0xff]] {
            assert!(matches!(decode(bytes), Err(LyricsError::Encoding)));
        }
    }
}
