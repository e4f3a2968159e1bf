//! Who is in the film.

use crate::ids::CharacterId;
use serde::{Deserialize, Serialize};

/// A character: a name that scenes refer to, and what is known of how they look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastMember {
    /// What scenes' `cast` lists name; unique in a storyboard.
    pub id: String,
    pub name: String,
    /// Looks and wardrobe in words, for prompts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// BLAKE3 hashes of the photos, hex; empty for a character that is only drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// The character that this is, where characters are kept: their name may change, this does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character: Option<CharacterId>,
}

impl CastMember {
    /// Who is drawn when nobody is named.
    pub fn somebody() -> Self {
        Self {
            id: "singer".into(),
            name: "the singer".into(),
            description: "a young person with headphones and a jacket".into(),
            photos: Vec::new(),
            character: None,
        }
    }

    /// Somebody of whom nothing is known but what scenes call them.
    pub fn unknown(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            description: String::new(),
            photos: Vec::new(),
            character: None,
        }
    }

    /// A name as an id: letters and digits of any script, in lower case.
    pub fn id_of(name: &str) -> String {
        let plain: String =
            name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        plain.trim_matches('-').to_owned()
    }
}
