//! Who is in the film.

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
}
