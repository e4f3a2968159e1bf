//! Refusals in words: services that have no code for "this is not allowed" say it in a sentence.

/// Whether words speak of content that is not allowed.
pub(crate) fn tells_of_policy(words: &str) -> bool {
    const SIGNS: [&str; 11] = [
        "nsfw",
        "moderation",
        "content policy",
        "content_policy",
        "content security",
        "safety",
        "sensitive",
        "prohibited",
        "risk control",
        "risk-control",
        "inappropriate",
    ];
    let words = words.to_ascii_lowercase();
    SIGNS.iter().any(|sign| words.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_from_faults() {
        assert!(tells_of_policy("Failure: risk control triggered"));
        assert!(tells_of_policy("The prompt was flagged by our NSFW filter"));
        assert!(!tells_of_policy("internal error while decoding frames"));
    }
}
