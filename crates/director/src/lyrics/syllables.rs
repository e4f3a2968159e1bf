//! How many syllables a word is sung on, by script: an estimate, as singers take liberties.

/// Syllables of a word, at least 1 where it has anything that is sung.
///
/// Hangul: one a block. Kana: one a mora (small kana join the one before). Han characters: two where kana stand in the
/// same line, as in Japanese, else one. Latin: groups of vowels by the rules of English spelling. Digits: as many as
/// their English names have on average. Letters of other scripts: those that are no marks, by two.
pub fn syllables(word: &str, line_has_kana: bool) -> usize {
    let mut count = 0;
    let mut latin = String::new();
    let mut others = 0;
    for letter in word.chars().flat_map(char::to_lowercase) {
        if is_latin(letter) {
            latin.push(letter);
            continue;
        }
        count += latin_syllables(&latin);
        latin.clear();
        count += match letter {
            'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' | 'ァ' | 'ィ' | 'ゥ' | 'ェ'
            | 'ォ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => 0,
            // Jamo stand on their own in `ㅋㅋ`.
            '가'..='힣' | 'ㄱ'..='ㅣ' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '0'..='9' => 1,
            '\u{3400}'..='\u{9fff}' | '々' => 1 + usize::from(line_has_kana),
            letter if letter.is_alphabetic() => {
                others += 1;
                0
            }
            _ => 0,
        };
    }
    count += latin_syllables(&latin) + usize::div_ceil(others, 2);
    if count == 0 { usize::from(word.chars().any(char::is_alphanumeric)) } else { count }
}

/// Whether a text has kana, so that its Han characters are read the Japanese way.
pub fn has_kana(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, 'ぁ'..='ゖ' | 'ァ'..='ヺ'))
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, '\'' | '’' | 'à'..='ÿ' | 'ā'..='ž')
}

fn is_vowel(letter: char) -> bool {
    "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿāăąēĕėęěīĭįōŏőœũūŭůűų".contains(letter)
}

/// Groups of vowels, less a silent `e` at the end, and more where two vowels are two syllables.
fn latin_syllables(word: &str) -> usize {
    let letters: Vec<char> = word.chars().filter(|letter| letter.is_alphabetic()).collect();
    if letters.is_empty() {
        return 0;
    }
    let text: String = letters.iter().collect();
    // An `e` that was silent at a word's end stays so in front of these: `something`, `lonely`.
    for suffix in ["ly", "ful", "less", "ness", "ment", "thing", "times", "where", "body", "one"] {
        if let Some(stem) = text.strip_suffix(suffix).filter(|stem| stem.len() > 2 && stem.ends_with('e')) {
            return latin_syllables(stem) + usize::from(suffix == "body") + 1;
        }
    }
    let mut count = 0;
    let mut in_group = false;
    for (index, letter) in letters.iter().enumerate() {
        // A `y` before a vowel is a consonant: `you`, `beyond`.
        let glide = *letter == 'y' && letters.get(index + 1).is_some_and(|next| is_vowel(*next));
        let vowel = is_vowel(*letter) && !glide;
        count += usize::from(vowel && !in_group);
        in_group = vowel;
    }
    let consonant_before =
        |ending: usize| letters.len().checked_sub(ending + 1).is_some_and(|at| !is_vowel(letters[at]));
    let silent = text.ends_with('e') && consonant_before(1) && !(text.ends_with("le") && consonant_before(2))
        || text.ends_with("es")
            && consonant_before(2)
            && !ends_with_any(&text, &["ses", "zes", "ches", "shes", "xes", "ges", "ces"])
        || text.ends_with("ed") && consonant_before(2) && !ends_with_any(&text, &["ted", "ded"]);
    if silent && count > 1 {
        count -= 1;
    }
    // `every` is sung on two.
    if text.starts_with("every") {
        count -= 1;
    }
    for pair in ["ia", "io", "eo", "iu", "uo", "ua"] {
        for (at, _) in text.match_indices(pair) {
            // `-tion`, `-cial`, `-gion`: one syllable; so is `qua`.
            let joined = at > 0 && "tcsgxq".contains(letters_at(&text, at - 1))
                || pair == "eo" && text.contains("people");
            count += usize::from(!joined);
        }
    }
    if text.ends_with("ism") || text.ends_with("thm") {
        count += 1;
    }
    count.max(1)
}

fn ends_with_any(text: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| text.ends_with(ending))
}

/// The letter at a byte of a word; a space where none begins.
fn letters_at(text: &str, at: usize) -> char {
    text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_counted_its_way() {
        for (word, count) in [
            ("여름밤의", 4),
            ("주파수,", 3),
            ("ㅋㅋ", 2),
            ("きょうは", 3),
            ("サッカー", 4),
            ("radio", 3),
            ("love", 1),
            ("loved", 1),
            ("wanted", 2),
            ("little", 2),
            ("beautiful", 3),
            ("you", 1),
            ("beyond", 2),
            ("every", 2),
            ("something", 2),
            ("stations", 2),
            ("I'm", 1),
            ("don't", 1),
            ("the", 1),
            ("memories", 3),
            ("dances", 2),
            ("rhythm", 2),
            ("señorita", 4),
            ("7", 1),
            ("любовь", 3),
            ("—", 0),
            ("!", 0),
        ] {
            assert_eq!(syllables(word, false), count, "{word}");
        }
        assert_eq!((syllables("夜空", false), syllables("夜空を", true)), (2, 5));
    }
}
