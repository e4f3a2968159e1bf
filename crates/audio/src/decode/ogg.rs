//! Ogg files that break off: a reader that looks for the last page must not find half of one.

use std::io::{Read, Result, Seek, SeekFrom};

/// What every page begins with (RFC 3533).
const CAPTURE: &[u8] = b"OggS";
/// A page's header, without its table of segments.
const HEADER: usize = 27;
/// No page is longer: header, 255 table entries, 255 segments of 255 bytes.
const LONGEST_PAGE: u64 = 27 + 255 + 255 * 255;

/// The length of an Ogg file up to the end of its last whole page; the whole length of any other file.
pub(super) fn whole_pages(source: &mut (impl Read + Seek), length: u64) -> Result<u64> {
    let mut start = [0; 4];
    source.seek(SeekFrom::Start(0))?;
    if length < 4 || source.read_exact(&mut start).is_err() || start != CAPTURE {
        return Ok(length);
    }
    let from = length.saturating_sub(2 * LONGEST_PAGE);
    source.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    source.take(2 * LONGEST_PAGE).read_to_end(&mut tail)?;
    let pages = (0..tail.len().saturating_sub(HEADER)).rev().filter(|at| tail[*at..].starts_with(CAPTURE));
    for at in pages {
        let count = usize::from(tail[at + HEADER - 1]);
        let Some(table) = tail.get(at + HEADER..at + HEADER + count) else { continue };
        let end = at + HEADER + count + table.iter().map(|bytes| usize::from(*bytes)).sum::<usize>();
        if end <= tail.len() {
            return Ok(from + end as u64);
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn page(bytes: u8) -> Vec<u8> {
        let mut page = b"OggS".to_vec();
        page.resize(HEADER - 1, 0);
        page.extend([1, bytes]);
        page.resize(page.len() + usize::from(bytes), 7);
        page
    }

    #[test]
    fn half_a_page_is_left_out() {
        let whole = [page(90), page(40)].concat();
        let length = |bytes: &[u8]| whole_pages(&mut Cursor::new(bytes), bytes.len() as u64).unwrap();
        assert_eq!(length(&whole), whole.len() as u64);
        let cut = [whole.as_slice(), &page(60)[..50]].concat();
        assert_eq!(length(&cut), whole.len() as u64);
        assert_eq!(length(b"RIFF1234"), 8);
        assert_eq!(length(b"Og"), 2);
    }
}
