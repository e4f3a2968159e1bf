//! `@name` in the words of scenes: who is meant. People write names, with the particles of their language; what is kept
//! is `@{id}`, so that a character may be called otherwise and stay the same; prompts say the name.

use crate::storyboard::{Scene, Storyboard, StoryboardError};
use unicode_normalization::UnicodeNormalization;

/// Somebody whom words may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// As the storyboard's cast has it.
    pub id: String,
    /// What they are called; the first is what is shown.
    pub names: Vec<String>,
}

impl Named {
    pub fn new(id: impl Into<String>, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let composed = |name: String| name.trim().nfc().collect::<String>();
        let names = names.into_iter().map(|name| composed(name.into()));
        Self { id: id.into(), names: names.filter(|name| !name.is_empty()).collect() }
    }

    /// An id that can be kept in braces.
    fn can_be_kept(&self) -> bool {
        !self.id.is_empty() && !self.id.contains(['{', '}', '\n'])
    }

    /// Whether this is one of their names, or their id.
    pub fn is_called(&self, name: &str) -> bool {
        self.names.iter().chain([&self.id]).any(|known| prefix(name, known) == Some(name.len()))
    }
}

/// A name that nobody has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("names `@{name}`, whom nobody here is called")]
pub struct Nobody {
    pub name: String,
}

/// Words as they are kept, and whom they name, in the order of their first mention. An `@` within a word, as in an address
/// of mail, names nobody.
///
/// # Errors
/// [`Nobody`] for the first name that is not among the known ones.
pub fn keep(words: &str, known: &[Named]) -> Result<(String, Vec<String>), Nobody> {
    let words: String = words.nfc().collect();
    let (mut kept, mut named) = (String::with_capacity(words.len()), Vec::new());
    let mut rest = words.as_str();
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        kept.push_str(before);
        let within = kept.chars().next_back().is_some_and(char::is_alphanumeric);
        let (id, length) = match after.chars().next() {
            Some('{') => match after[1..].split_once('}') {
                Some((name, _)) if !name.contains(['@', '{', '\n']) => {
                    let mut can = known.iter().filter(|one| one.can_be_kept());
                    // What is kept goes before what is called so.
                    let found = can
                        .clone()
                        .find(|one| one.id == name)
                        .or_else(|| can.find(|one| one.is_called(name)));
                    let nobody = || Nobody { name: name.to_owned() };
                    (found.ok_or_else(nobody)?.id.as_str(), name.len() + 2)
                }
                _ => ("", 0),
            },
            Some(first) if first.is_alphanumeric() && !within => {
                longest(after, known).ok_or_else(|| Nobody { name: word(after).to_owned() })?
            }
            _ => ("", 0),
        };
        if id.is_empty() {
            kept.push('@');
        } else {
            kept.extend(["@{", id, "}"]);
            if !named.iter().any(|one| one == id) {
                named.push(id.to_owned());
            }
        }
        rest = &after[length..];
    }
    kept.push_str(rest);
    Ok((kept, named))
}

/// Kept words as a person writes them: by the names of now.
pub fn show(kept: &str, known: &[Named]) -> String {
    rewrite(kept, |before, id, after| {
        let one = known.iter().find(|one| one.id == id)?;
        let name = one.names.first().unwrap_or(&one.id);
        let within = before.chars().next_back().is_some_and(char::is_alphanumeric);
        let plain = !within
            && name.chars().next().is_some_and(char::is_alphanumeric)
            && !after.starts_with('@')
            && longest(&format!("{name}{after}"), known) == Some((id, name.len()));
        Some(if plain { format!("@{name}") } else { format!("@{{{name}}}") })
    })
}

/// Kept words as a model reads them: names without a sign.
pub fn speak<'n>(kept: &str, name_of: impl Fn(&str) -> Option<&'n str>) -> String {
    rewrite(kept, |_, id, _| Some(name_of(id).unwrap_or(id).to_owned()))
}

/// The words of a scene that may name people, by the names of their fields.
fn words_of(scene: &mut Scene) -> [(&'static str, &mut String); 3] {
    [
        ("description", &mut scene.description),
        ("image_prompt", &mut scene.image_prompt),
        ("motion_prompt", &mut scene.motion_prompt),
    ]
}

/// Keeps the words of a scene, and says whom they name, in the order of their first mention.
///
/// # Errors
/// The field that names [`Nobody`].
pub fn keep_in_scene(scene: &mut Scene, known: &[Named]) -> Result<Vec<String>, (&'static str, Nobody)> {
    let mut named: Vec<String> = Vec::new();
    for (field, words) in words_of(scene) {
        let (kept, ids) = keep(words, known).map_err(|nobody| (field, nobody))?;
        *words = kept;
        named.extend(ids.into_iter().filter(|id| !named.contains(id)).collect::<Vec<_>>());
    }
    Ok(named)
}

/// The words of a kept scene as a person writes them.
pub fn show_scene(scene: &mut Scene, known: &[Named]) {
    for (_, words) in words_of(scene) {
        *words = show(words, known);
    }
}

/// The words of a kept scene as a model reads them.
pub fn speak_scene<'n>(scene: &mut Scene, name_of: impl Fn(&str) -> Option<&'n str>) {
    for (_, words) in words_of(scene) {
        *words = speak(words, &name_of);
    }
}

impl Storyboard {
    /// Keeps the words of every scene; whoever they name is in the scene.
    ///
    /// # Errors
    /// [`StoryboardError::Mention`] when they name somebody who is not in the cast.
    pub fn keep_mentions(&mut self) -> Result<(), StoryboardError> {
        let known: Vec<Named> = self.cast.iter().map(|one| Named::new(&one.id, [&one.name])).collect();
        for (index, scene) in self.scenes.iter_mut().enumerate() {
            let named = keep_in_scene(scene, &known).map_err(|(field, Nobody { name })| {
                StoryboardError::Mention { number: index + 1, field, name }
            })?;
            scene.cast.extend(named.into_iter().filter(|id| !scene.cast.contains(id)).collect::<Vec<_>>());
        }
        Ok(())
    }
}

/// Puts something in the place of every kept mention; what goes before is as it was rewritten, what comes after as it is
/// kept.
fn rewrite(kept: &str, put: impl Fn(&str, &str, &str) -> Option<String>) -> String {
    let (mut words, mut rest) = (String::with_capacity(kept.len()), kept);
    while let Some(at) = rest.find("@{") {
        words.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let mention = after.split_once('}').filter(|(id, _)| !id.contains(['@', '{', '\n']));
        if let Some((shown, after)) = mention.and_then(|(id, after)| Some((put(&words, id, after)?, after))) {
            words.push_str(&shown);
            rest = after;
        } else {
            words.push_str("@{");
            rest = after;
        }
    }
    words.push_str(rest);
    words
}

/// The longest known name that the words begin with, and its length in bytes: a name ends where its word ends, or where
/// Korean particles follow.
fn longest<'k>(words: &str, known: &'k [Named]) -> Option<(&'k str, usize)> {
    let mut best: Option<(&str, usize)> = None;
    let can = || known.iter().filter(|one| one.can_be_kept());
    let names = can().flat_map(|one| one.names.iter().map(move |name| (one, name)));
    // What somebody is called now goes before an id, which may be what somebody else was called.
    for (one, name) in names.chain(can().map(|one| (one, &one.id))) {
        let longer = prefix(words, name).filter(|length| {
            *length > 0 && ends(&words[*length..]) && best.is_none_or(|(_, longest)| *length > longest)
        });
        if let Some(length) = longer {
            best = Some((&one.id, length));
        }
    }
    best
}

/// How many bytes of the words a name takes, whatever its case; `None` when they begin otherwise.
fn prefix(words: &str, name: &str) -> Option<usize> {
    let mut letters = words.char_indices();
    for wanted in name.chars() {
        let (_, letter) = letters.next()?;
        if letter != wanted && !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(letters.next().map_or(words.len(), |(at, _)| at))
}

/// Whether a name may end before this.
fn ends(rest: &str) -> bool {
    let run =
        rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').map_or(rest, |at| &rest[..at]);
    particles(run)
}

/// What Korean puts behind a name without a space: particles, one after the other, after a familiar ending or a title.
const PARTICLES: [&str; 46] = [
    "이",
    "가",
    "은",
    "는",
    "을",
    "를",
    "과",
    "와",
    "의",
    "에",
    "에게",
    "에게서",
    "께",
    "께서",
    "한테",
    "한테서",
    "에서",
    "로",
    "으로",
    "로서",
    "으로서",
    "도",
    "만",
    "까지",
    "부터",
    "마저",
    "조차",
    "처럼",
    "같이",
    "보다",
    "랑",
    "하고",
    "나",
    "야",
    "아",
    "여",
    "며",
    "고",
    "라",
    "라고",
    "라는",
    "씨",
    "님",
    "양",
    "군",
    "들",
];

fn particles(run: &str) -> bool {
    run.is_empty() || PARTICLES.iter().any(|particle| run.strip_prefix(particle).is_some_and(particles))
}

/// The word at the beginning, for whoever is told that nobody is called that.
fn word(words: &str) -> &str {
    let end = words.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-'));
    words[..end.unwrap_or(words.len())].trim_end_matches(['_', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cast() -> Vec<Named> {
        vec![
            Named::new("harin", ["하린", "Harin"]),
            Named::new("harin-kim", ["Harin Kim"]),
            Named::new("수아", ["수아"]),
            Named::new("p2", ["2PM"]),
        ]
    }

    fn kept(words: &str) -> String {
        keep(words, &cast()).unwrap().0
    }

    #[test]
    fn names_are_found_with_their_particles() {
        for (written, expected) in [
            ("@하린", "@{harin}"),
            ("@하린이 걷는다", "@{harin}이 걷는다"),
            ("@하린이가 @수아에게는 웃는다.", "@{harin}이가 @{수아}에게는 웃는다."),
            ("비, @하린씨와 @수아!", "비, @{harin}씨와 @{수아}!"),
            ("@harin walks", "@{harin} walks"),
            ("@HARIN's coat", "@{harin}'s coat"),
            ("@Harin Kim and @harin-kim", "@{harin-kim} and @{harin-kim}"),
            ("@{harin kim}도", "@{harin-kim}도"),
            ("@2PM dances", "@{p2} dances"),
            ("(@수아)", "(@{수아})"),
            // Decomposed, as some keyboards write it.
            ("@\u{1112}\u{1161}\u{1105}\u{1175}\u{11ab}", "@{harin}"),
        ] {
            assert_eq!(kept(written), expected);
        }
        assert_eq!(keep("@수아 @하린 @수아", &cast()).unwrap().1, ["수아", "harin"]);
    }

    #[test]
    fn not_every_sign_is_a_name() {
        for words in ["a@harin.kr", "@ night", "@", "at 5@ @{", "@{}}".trim_end_matches('}'), "@@ @-"] {
            assert_eq!(kept(words), words);
        }
        for (words, name) in [
            ("@도준이 온다", "도준이"),
            ("@하린나무", "하린나무"),
            ("@harinx", "harinx"),
            ("@{Do Jun}", "Do Jun"),
        ] {
            assert_eq!(keep(words, &cast()).unwrap_err().name, name);
        }
    }

    #[test]
    fn another_name_is_shown_and_the_same_is_meant() {
        let words = kept("@하린이 @수아를 본다");
        let mut renamed = cast();
        renamed[0] = Named::new("harin", ["민지", "하린"]);
        assert_eq!(show(&words, &renamed), "@민지이 @수아를 본다");
        assert_eq!(keep(&show(&words, &renamed), &renamed).unwrap().0, words);
        assert_eq!(keep("@하린이", &renamed).unwrap().0, "@{harin}이", "the old name still means them");
        let names = |id: &str| (id == "harin").then_some("Harin");
        assert_eq!(speak("@{harin}이 @{gone}", names), "Harin이 gone");
        // Braces where a name would run into what follows.
        assert_eq!(show("@{harin}나무x@{수아}@{harin}", &cast()), "@{하린}나무x@{수아}@하린");
    }

    proptest! {
        /// Whatever is kept comes back from what is shown, for any names.
        #[test]
        fn what_is_shown_means_what_was_kept(
            names in prop::collection::vec("[가-힣]{1,3}|[a-zA-Z]{1,4}( [a-z]{1,3})?|[\\PC&&[^@{}]]{1,4}", 1..5),
            pieces in prop::collection::vec((prop::option::of(0..5_usize), "[가-힣a-z이가 .,@!]{0,6}"), 0..6),
        ) {
            let known: Vec<Named> =
                names.iter().enumerate().map(|(at, name)| Named::new(format!("id-{at}"), [name])).collect();
            let mut words = String::new();
            for (who, text) in &pieces {
                if let Some(one) = who.and_then(|at| known.get(at)) {
                    words.extend(["@{", &one.id, "}"]);
                }
                words.push_str(&text.replace('@', "@ "));
            }
            let (kept, named) = keep(&words, &known).unwrap();
            prop_assert!(named.iter().all(|id| known.iter().any(|one| &one.id == id)));
            let shown = show(&kept, &known);
            // Two people of one name cannot be told apart by it.
            let alike = |a: &Named, b: &Named| {
                a.id != b.id && a.names.iter().any(|name| b.is_called(name))
            };
            if !known.iter().any(|a| known.iter().any(|b| alike(a, b))) {
                prop_assert_eq!(&keep(&shown, &known).unwrap().0, &kept, "{}", shown);
            }
        }

        #[test]
        fn any_words_can_be_read(words in "\\PC{0,40}") {
            if let Ok((kept, _)) = keep(&words, &cast()) {
                prop_assert_eq!(keep(&kept, &cast()).unwrap().0, kept);
            }
        }
    }
}
