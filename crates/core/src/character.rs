//! A character as it is kept: what was seen in the photos, the four test pictures and what the person said of them, and
//! who agreed to be filmed.

use crate::ids::UserId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Pictures of a screen test.
pub const TEST_PICTURES: usize = 4;

/// What the person says of a test picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Approved,
    Rejected,
}

/// What is wrong with a test picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flaw {
    Face,
    Age,
    Hair,
    Clothes,
    /// As the note says.
    Other,
}

/// Why a test picture was rejected: words of the next one's prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub reason: Flaw,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A test picture: `character_profiles.tests`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestPicture {
    /// Object key.
    pub key: String,
    /// Which take of its setting it is, from 1.
    pub take: u64,
    /// The product's name of the model that made it.
    pub model: String,
    /// How like the photos its face is, 0–1; `None` where no face can be compared.
    #[serde(default)]
    pub likeness: Option<f32>,
    /// What earlier takes were rejected for, as this one was asked to do better.
    #[serde(default)]
    pub asked: Vec<Remark>,
    #[serde(default)]
    pub verdict: Option<Verdict>,
    #[serde(default)]
    pub remark: Option<Remark>,
}

impl TestPicture {
    /// What the next take must do better: the last word on each matter.
    pub fn corrections(&self) -> Vec<Remark> {
        let mut remarks = self.asked.clone();
        if let Some(remark) = self.remark.as_ref().filter(|_| self.verdict == Some(Verdict::Rejected)) {
            remarks.retain(|earlier| earlier.reason != remark.reason);
            remarks.push(remark.clone());
        }
        remarks.sort_by_key(|remark| remark.reason);
        remarks
    }
}

/// A test picture to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedPicture {
    /// Which setting, from 0.
    pub number: usize,
    pub take: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

/// What is ordered of a character: `tasks.payload` of a `character` task, and `character_quotes.config`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestOrder {
    pub pictures: Vec<WantedPicture>,
    /// The built-in maker when unsaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_model: Option<String>,
    /// Who describes the photos; nobody when unsaid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vision_model: Option<String>,
    /// The most that it may spend, in US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_usd: Option<f64>,
}

impl TestOrder {
    /// These pictures anew, each in its next take; without any, those that are missing, else those that were rejected,
    /// else all.
    pub fn pictures(tests: &[TestPicture], only: &[usize]) -> Vec<WantedPicture> {
        let rejected = |number: &usize| tests[*number].verdict == Some(Verdict::Rejected);
        let numbers: Vec<usize> = if !only.is_empty() {
            (0..TEST_PICTURES).filter(|number| only.contains(number)).collect()
        } else if tests.len() < TEST_PICTURES {
            (tests.len()..TEST_PICTURES).collect()
        } else if (0..TEST_PICTURES).any(|number| rejected(&number)) {
            (0..TEST_PICTURES).filter(rejected).collect()
        } else {
            (0..TEST_PICTURES).collect()
        };
        // Pictures come one after the other: nothing is made beyond one that is missing.
        let first = numbers.first().copied().unwrap_or(0).min(tests.len());
        let missing = (first..TEST_PICTURES).filter(|number| *number >= tests.len());
        let last = numbers.last().copied().unwrap_or(0);
        let mut wanted: Vec<usize> = numbers.iter().copied().chain(missing.filter(|n| *n < last)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let next = |number| match tests.get(number) {
            Some(test) => WantedPicture { number, take: test.take + 1, remarks: test.corrections() },
            None => WantedPicture { number, take: 1, remarks: Vec::new() },
        };
        wanted.into_iter().map(next).collect()
    }
}

/// Whoever is in these photos agreed to be in films.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who says so.
    pub given_by: UserId,
    pub given_at: DateTime<Utc>,
    /// BLAKE3 hashes of the photos, hex.
    pub photos: Vec<String>,
}

/// What was seen in the photos: `character_profiles.analysis_data`. What nobody looked for is not there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// A report of each photo, in order: face, size, sharpness, light.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Value>,
    /// Looks in words, as a model describes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_features: Vec<String>,
    /// Wardrobe and manner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style_preference: Option<String>,
    /// How sure the model is that all photos show one person clearly, 0–1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence_score: Option<f64>,
    /// The model that described them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub described_by: Option<String>,
    /// Why they were not described, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description_error: Option<Value>,
}

/// The longest description of looks that a prompt carries, in characters.
const LONGEST_LOOKS: usize = 600;

impl Seen {
    /// Looks for prompts: the person's own words where there are any, else what a model saw.
    pub fn looks(&self, own: &str) -> String {
        let own = own.trim();
        if !own.is_empty() {
            return own.to_owned();
        }
        let mut looks =
            self.description.as_deref().unwrap_or_default().trim().trim_end_matches('.').to_owned();
        for feature in &self.key_features {
            let feature = feature.trim();
            let said = looks.to_lowercase().contains(&feature.to_lowercase());
            if !said && looks.chars().count() + feature.chars().count() + 2 <= LONGEST_LOOKS {
                looks.push_str(if looks.is_empty() { "" } else { "; " });
                looks.push_str(feature);
            }
        }
        looks.chars().take(LONGEST_LOOKS).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture(take: u64, verdict: Option<Verdict>, reason: Option<Flaw>) -> TestPicture {
        TestPicture {
            key: "k".into(),
            take,
            model: "animatic".into(),
            likeness: None,
            asked: vec![],
            verdict,
            remark: reason.map(|reason| Remark { reason, note: String::new() }),
        }
    }

    #[test]
    fn what_was_rejected_is_made_anew_and_told_why() {
        let fine = picture(1, Some(Verdict::Approved), None);
        let wrong = picture(2, Some(Verdict::Rejected), Some(Flaw::Hair));
        let tests = [fine.clone(), wrong.clone(), fine.clone(), fine.clone()];
        let wanted = TestOrder::pictures(&tests, &[]);
        assert_eq!((wanted.len(), wanted[0].number, wanted[0].take), (1, 1, 3));
        assert_eq!(wanted[0].remarks, [Remark { reason: Flaw::Hair, note: String::new() }]);
        let all = TestOrder::pictures(&vec![fine; 4], &[]);
        assert_eq!(all.iter().map(|one| one.take).collect::<Vec<_>>(), [2; 4]);
        // The last word on each matter, whatever came before.
        let mut again = TestPicture { asked: wanted[0].remarks.clone(), ..wrong };
        again.remark = Some(Remark { reason: Flaw::Hair, note: "shorter".into() });
        assert_eq!(again.corrections(), [Remark { reason: Flaw::Hair, note: "shorter".into() }]);
        again.verdict = Some(Verdict::Approved);
        assert_eq!(again.corrections(), [Remark { reason: Flaw::Hair, note: String::new() }]);
    }

    #[test]
    fn own_words_win_over_what_was_seen() {
        let seen = Seen {
            description: Some("Short black hair.".into()),
            key_features: vec!["short black hair".into(), "a scar".into()],
            ..Seen::default()
        };
        assert_eq!(seen.looks(" a red wig "), "a red wig");
        assert_eq!(seen.looks(""), "Short black hair; a scar");
        assert_eq!(Seen::default().looks(""), "");
    }

    proptest! {
        /// Pictures can be made one after the other, each once, and none that was asked for is left out.
        #[test]
        fn orders_leave_no_holes(there in 0..=TEST_PICTURES, only in prop::collection::vec(0..TEST_PICTURES, 0..6)) {
            let tests = vec![picture(1, None, None); there];
            let wanted = TestOrder::pictures(&tests, &only);
            let numbers: Vec<usize> = wanted.iter().map(|one| one.number).collect();
            prop_assert!(!numbers.is_empty() && numbers.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(only.iter().all(|number| numbers.contains(number)));
            let mut length = there;
            for number in numbers {
                prop_assert!(number <= length);
                length = length.max(number + 1);
            }
        }
    }
}
