//! Ids that services give, as parts of addresses.

/// One segment of a path, whatever a service put into an id.
pub(crate) fn segment(id: &str) -> String {
    // They lead to another path, spelled out or not.
    if matches!(id, "" | "." | "..") {
        return "-".to_owned();
    }
    id.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_in_its_segment() {
        assert_eq!(segment("019a0068-794a_7~"), "019a0068-794a_7~");
        assert_eq!(segment("../../v1/keys?x=1"), "..%2F..%2Fv1%2Fkeys%3Fx%3D1");
        assert_eq!((segment(".."), segment("kling-3.0-turbo")), ("-".into(), "kling-3.0-turbo".into()));
    }
}
