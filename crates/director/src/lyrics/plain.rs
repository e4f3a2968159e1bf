//! Untimed lyrics laid over the song: stanzas to the sections they name, or in proportion, lines to bars.

use super::align::Supplied;
use super::timing::{TimedLine, clean};
use mv_core::analysis::Section;
use mv_core::vocabulary::SectionKind;
use mv_core::{Seconds, SongAnalysis};

/// Lines that belong together, and the kind of section their heading names.
#[derive(Debug, Default, PartialEq)]
struct Stanza {
    heading: Option<SectionKind>,
    /// Line of the file (from 1) and text.
    lines: Vec<(usize, String)>,
}

/// Gives every line a time. Headings such as `[Chorus]` or `[후렴]` choose the section; a heading without lines
/// repeats what was last sung under it.
pub(super) fn lay_out(text: &str, song: &SongAnalysis) -> Vec<TimedLine> {
    let mut stanzas = stanzas(text);
    let sections = vocal_sections(song);
    if stanzas.iter().any(|stanza| stanza.heading.is_some()) {
        repeat_refrains(&mut stanzas);
        by_heading(&stanzas, &sections, song)
    } else {
        stanzas.retain(|stanza| !stanza.lines.is_empty());
        if stanzas.len() == sections.len() {
            let pairs = stanzas.iter().zip(&sections);
            return pairs.flat_map(|(stanza, section)| over_section(&stanza.lines, section, song)).collect();
        }
        let lines: Vec<(usize, String)> = stanzas.into_iter().flat_map(|stanza| stanza.lines).collect();
        in_proportion(&lines, &sections, song)
    }
}

/// The lines with what the text says of them; headings without lines repeat what was last sung under them.
pub(super) fn supplied(text: &str) -> Vec<Supplied> {
    let mut stanzas = stanzas(text);
    repeat_refrains(&mut stanzas);
    let mut lines = Vec::new();
    for stanza in &stanzas {
        for (place, (_, line)) in stanza.lines.iter().enumerate() {
            let text = clean(line);
            if !text.is_empty() {
                lines.push(Supplied { text, opens_stanza: place == 0, heading: stanza.heading });
            }
        }
    }
    lines
}

fn stanzas(text: &str) -> Vec<Stanza> {
    let mut stanzas = vec![Stanza::default()];
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if let Some(kind) = heading(line) {
            stanzas.push(Stanza { heading: Some(kind), lines: vec![] });
        } else if line.is_empty() {
            if stanzas.last().is_some_and(|stanza| !stanza.lines.is_empty()) {
                stanzas.push(Stanza::default());
            }
        } else if let Some(stanza) = stanzas.last_mut() {
            stanza.lines.push((index + 1, line.to_owned()));
        }
    }
    stanzas.retain(|stanza| stanza.heading.is_some() || !stanza.lines.is_empty());
    stanzas
}

/// `[Verse 1]`, `(Chorus)`, `Bridge:`, `[후렴]`, `<2절>`.
fn heading(line: &str) -> Option<SectionKind> {
    let enclosed = [('[', ']'), ('(', ')'), ('<', '>'), ('【', '】')]
        .into_iter()
        .find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close));
    let name = enclosed.or_else(|| line.strip_suffix(':'))?;
    let name = name.trim().to_lowercase();
    let counts = |c: char| c.is_ascii_digit() || c.is_whitespace() || "×-.".contains(c);
    let word = name.trim_start_matches(counts).trim_end_matches(counts);
    // `Chorus x2`: the count of a repetition, not part of the name.
    let word = word.strip_suffix(" x").unwrap_or(word);
    Some(match word {
        "verse" | "rap" | "벌스" | "절" => SectionKind::Verse,
        "pre-chorus" | "pre chorus" | "prechorus" | "프리코러스" | "프리 코러스" => {
            SectionKind::PreChorus
        }
        "chorus" | "refrain" | "hook" | "final chorus" | "last chorus" | "후렴" | "후렴구" | "코러스"
        | "훅" | "싸비" => SectionKind::Chorus,
        "bridge" | "middle eight" | "브릿지" | "브리지" => SectionKind::Bridge,
        "intro" | "인트로" | "전주" => SectionKind::Intro,
        "outro" | "ending" | "coda" | "아웃트로" | "후주" => SectionKind::Outro,
        "solo" | "interlude" | "instrumental" | "간주" | "솔로" => SectionKind::Solo,
        _ => return None,
    })
}

fn repeat_refrains(stanzas: &mut [Stanza]) {
    for index in 0..stanzas.len() {
        let (before, rest) = stanzas.split_at_mut(index);
        let empty = &mut rest[0];
        if !empty.lines.is_empty() {
            continue;
        }
        let same = |earlier: &&Stanza| earlier.heading == empty.heading && !earlier.lines.is_empty();
        if let Some(earlier) = before.iter().rev().find(same) {
            empty.lines.clone_from(&earlier.lines);
        }
    }
}

/// The sections somebody sings in; all of them when none is of such a kind.
fn vocal_sections(song: &SongAnalysis) -> Vec<Section> {
    let has_voice = |section: &&Section| {
        let vocal = !matches!(section.kind, SectionKind::Intro | SectionKind::Outro | SectionKind::Solo);
        vocal && section.end.0 - section.start.0 > 0.5
    };
    let vocal: Vec<Section> = song.sections.iter().filter(has_voice).cloned().collect();
    if !vocal.is_empty() {
        return vocal;
    }
    vec![Section {
        kind: SectionKind::Verse,
        start: Seconds::ZERO,
        end: song.duration,
        label: String::new(),
        energy: song.energy,
        confidence: 0.0,
    }]
}

/// Each stanza goes to the next section of its kind; when there is none left, to the next that is sung at all.
fn by_heading(stanzas: &[Stanza], vocal: &[Section], song: &SongAnalysis) -> Vec<TimedLine> {
    let all = if song.sections.is_empty() { vocal } else { &song.sections };
    // Stanzas by the index of their section; one without a heading follows the stanza before it.
    let mut placed: Vec<(usize, Vec<(usize, String)>)> = Vec::new();
    let mut next = 0;
    for stanza in stanzas.iter().filter(|stanza| !stanza.lines.is_empty()) {
        let of_kind = stanza.heading.and_then(|kind| (next..all.len()).find(|at| all[*at].kind == kind));
        let vocal_next = || (next..all.len()).find(|at| vocal.iter().any(|v| v.start == all[*at].start));
        match (of_kind.or_else(vocal_next), placed.last_mut()) {
            (Some(section), _) => {
                placed.push((section, stanza.lines.clone()));
                next = section + 1;
            }
            // More stanzas than sections: the last one holds the rest.
            (None, Some((_, lines))) => lines.extend(stanza.lines.iter().cloned()),
            (None, None) => placed.push((0, stanza.lines.clone())),
        }
    }
    placed.iter().flat_map(|(section, lines)| over_section(lines, &all[*section], song)).collect()
}

/// Lines dealt to the sections by their lengths, in order.
fn in_proportion(lines: &[(usize, String)], sections: &[Section], song: &SongAnalysis) -> Vec<TimedLine> {
    let total: f64 = sections.iter().map(|section| section.end.0 - section.start.0).sum();
    let mut timed = Vec::with_capacity(lines.len());
    let (mut passed, mut from) = (0.0, 0);
    for section in sections {
        passed += section.end.0 - section.start.0;
        let to = ((passed / total * lines.len() as f64).round() as usize).clamp(from, lines.len());
        timed.extend(over_section(&lines[from..to], section, song));
        from = to;
    }
    timed
}

/// The lines of one section, each from a downbeat where there are bars enough, else from a beat, else evenly.
fn over_section(lines: &[(usize, String)], section: &Section, song: &SongAnalysis) -> Vec<TimedLine> {
    let (start, end) = (section.start.0, section.end.0);
    let inside = |times: &[Seconds]| -> Vec<f64> {
        times.iter().map(|time| time.0).filter(|time| *time >= start - 0.05 && *time < end - 0.3).collect()
    };
    let (bars, beats) = (inside(&song.downbeats), inside(&song.beats));
    let even: Vec<f64> =
        (0..lines.len()).map(|i| start + (end - start) * i as f64 / lines.len() as f64).collect();
    let grid = [bars, beats].into_iter().find(|grid| grid.len() >= lines.len()).unwrap_or(even);
    let at =
        |index: usize| grid.get(index * grid.len() / lines.len().max(1)).map_or(end, |time| time.max(start));
    lines
        .iter()
        .enumerate()
        .map(|(index, (number, text))| TimedLine {
            number: *number,
            start: at(index),
            end: Some(if index + 1 < lines.len() { at(index + 1) } else { end }),
            text: text.clone(),
            pieces: vec![],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::song;

    #[test]
    fn headings_in_both_languages() {
        for (line, kind) in [
            ("[Verse 1]", Some(SectionKind::Verse)),
            ("(Pre-Chorus)", Some(SectionKind::PreChorus)),
            ("Chorus x2:", Some(SectionKind::Chorus)),
            ("[후렴]", Some(SectionKind::Chorus)),
            ("<2절>", Some(SectionKind::Verse)),
            ("[간주]", Some(SectionKind::Solo)),
            ("(oh oh)", None),
            ("Verse of mine", None),
        ] {
            let found = heading(line);
            assert_eq!(found, kind, "{line}");
        }
    }

    #[test]
    fn headed_stanzas_find_their_sections_and_refrains_return() {
        let song = song();
        let text = "[Verse]\na1\na2\n[Chorus]\nc1\nc2\n[Verse]\nb1\n[Chorus]\n";
        let timed = lay_out(text, &song);
        let starts: Vec<(f64, &str)> = timed.iter().map(|line| (line.start, line.text.as_str())).collect();
        assert_eq!(
            starts,
            [
                (8.0, "a1"),
                (24.0, "a2"),
                (48.0, "c1"),
                (64.0, "c2"),
                (80.0, "b1"),
                (120.0, "c1"),
                (136.0, "c2")
            ]
        );
    }

    #[test]
    fn untitled_lines_fill_the_sung_sections_on_bars() {
        let song = song();
        let text = (0..24).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n");
        let timed = lay_out(&text, &song);
        assert_eq!(timed.len(), 24);
        for line in &timed {
            assert!(song.downbeats.iter().any(|bar| (bar.0 - line.start).abs() < 1e-9));
            let section = song.sections.iter().find(|s| s.start.0 <= line.start && line.start < s.end.0);
            assert!(!matches!(section.unwrap().kind, SectionKind::Intro | SectionKind::Outro));
        }
        assert!(timed.windows(2).all(|pair| pair[0].start < pair[1].start));
    }
}
