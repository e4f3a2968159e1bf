//! The templates that come with the program.

use super::{Pace, Template, TemplateError};

/// Declares the built-ins: id and embedded file. The order is the one people see.
macro_rules! embedded {
    ($($id:literal),+ $(,)?) => {
        const EMBEDDED: &[(&str, &str)] =
            &[$(($id, include_str!(concat!("../../../../templates/", $id, ".toml")))),+];
    };
}

embedded![
    "urban-night",
    "nature-journey",
    "neon-drive",
    "golden-summer",
    "rainy-window",
    "stage-lights",
    "deep-space",
    "ocean-dream",
    "winter-letter",
    "desert-highway",
    "bedroom-pop",
    "midnight-subway",
    "festival",
    "spring-walk",
];

/// Every built-in template, in the order people see them.
pub fn builtins() -> Result<Vec<Template>, TemplateError> {
    EMBEDDED.iter().map(|(id, text)| Template::parse(text, id)).collect()
}

/// One built-in by id.
pub fn builtin(id: &str) -> Result<Template, TemplateError> {
    let Some((name, text)) = EMBEDDED.iter().find(|(known, _)| *known == id) else {
        let known: Vec<_> = EMBEDDED.iter().map(|(known, _)| *known).collect();
        return Err(TemplateError::Unknown { id: id.to_owned(), known: known.join(", ") });
    };
    Template::parse(text, name)
}

/// The built-ins that suit a genre, a mood or a tempo, best first; whatever is `None` does not count.
///
/// A genre or mood counts when it is one of the template's words; templates that match nothing stay, at the end.
pub fn matching(
    genre: Option<&str>,
    mood: Option<&str>,
    tempo: Option<f64>,
) -> Result<Vec<Template>, TemplateError> {
    let has = |words: &[String], wish: Option<&str>| {
        wish.is_some_and(|wish| words.iter().any(|word| word.eq_ignore_ascii_case(wish)))
    };
    let mut templates = builtins()?;
    // The sort is stable: equals keep the order people know.
    templates.sort_by_key(|template| {
        let pace = tempo.is_some_and(|tempo| Pace::of_tempo(tempo) == template.pace);
        let score = 2 * u8::from(has(&template.genres, genre))
            + 2 * u8::from(has(&template.moods, mood))
            + u8::from(pace);
        std::cmp::Reverse(score)
    });
    Ok(templates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_builtin_is_sound_and_filed_under_its_id() {
        for (id, text) in EMBEDDED {
            let template = Template::parse(text, id).unwrap();
            assert_eq!(template.id, *id);
        }
        let distinct: BTreeSet<_> = EMBEDDED.iter().map(|(id, _)| id).collect();
        assert_eq!(distinct.len(), EMBEDDED.len());
        assert!(EMBEDDED.len() >= 12);
    }

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let tomls = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).count();
        assert_eq!(tomls, EMBEDDED.len());
    }

    #[test]
    fn wishes_sort_the_catalogue() {
        let first = &matching(Some("folk"), None, Some(80.0)).unwrap()[0];
        assert!(first.genres.iter().any(|genre| genre == "folk"));
        assert_eq!(matching(None, None, None).unwrap()[0].id, "urban-night");
        assert!(matches!(builtin("nope"), Err(TemplateError::Unknown { .. })));
    }

    #[test]
    fn a_template_survives_its_own_toml() {
        for template in builtins().unwrap() {
            let text = toml::to_string(&template).unwrap();
            assert_eq!(Template::parse(&text, "again").unwrap(), template);
        }
    }
}
