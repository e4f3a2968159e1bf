//! The sentence patterns of prompts: text with `{slots}` that the director fills in.

use serde::{Deserialize, Serialize};

/// What a pattern may hold between braces.
pub const SLOTS: [&str; 11] = [
    "framing", "subject", "place", "hour", "weather", "light", "mood", "style", "camera", "energy", "motion",
];

/// How prompts are written. Patterns are English: the models are trained on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptGrammar {
    /// The phrase that keeps every picture in one style.
    pub style: String,
    /// A few words for the mood of calm and of loud scenes.
    pub calm: String,
    pub loud: String,
    /// Patterns for stills; each holds `{subject}`, `{place}` and `{style}`.
    pub image: Vec<String>,
    /// Patterns for the motion of a still; each holds `{camera}`.
    pub motion: Vec<String>,
}

/// Why a pattern cannot be filled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    Unclosed,
    UnknownSlot(String),
}

/// Fills a pattern; `value` answers for each slot's name.
pub(crate) fn fill(pattern: &str, mut value: impl FnMut(&str) -> String) -> Result<String, PatternError> {
    let mut filled = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let Some(length) = rest[open..].find('}') else { return Err(PatternError::Unclosed) };
        let slot = &rest[open + 1..open + length];
        if !SLOTS.contains(&slot) {
            return Err(PatternError::UnknownSlot(slot.to_owned()));
        }
        filled.push_str(&value(slot));
        rest = &rest[open + length + 1..];
    }
    if rest.contains('}') {
        return Err(PatternError::Unclosed);
    }
    filled.push_str(rest);
    Ok(sentences(&filled))
}

/// Every sentence starts with a capital, single spaces only.
fn sentences(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut starts = true;
    for word in text.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        let mut letters = word.chars();
        if let (true, Some(first)) = (starts, letters.next()) {
            tidy.extend(first.to_uppercase());
            tidy.push_str(letters.as_str());
        } else {
            tidy.push_str(word);
        }
        starts = word.ends_with(['.', '!', '?']);
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_and_sentences_tidied() {
        let filled = fill("{framing} of {subject}.  {light}, {style}", |slot| format!("the {slot}"));
        assert_eq!(filled.unwrap(), "The framing of the subject. The light, the style");
    }

    #[test]
    fn broken_patterns_are_named() {
        let none = |_: &str| String::new();
        assert_eq!(fill("{who}", none), Err(PatternError::UnknownSlot("who".into())));
        assert_eq!(fill("{style", none), Err(PatternError::Unclosed));
        assert_eq!(fill("style}", none), Err(PatternError::Unclosed));
    }
}
