//! What each section is for: intro, verse, chorus and so on, from repetition, energy and position.

use mv_core::vocabulary::SectionKind;

/// What is known of a section before it has a name.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Sections with the same group repeat one another.
    pub group: usize,
    pub seconds: f64,
    pub energy: f64,
}

/// A group of sections and where it stands in the song.
#[derive(Clone, Debug)]
struct Group {
    id: usize,
    /// Indices of its sections, in order.
    at: Vec<usize>,
    seconds: f64,
    energy: f64,
}

/// Names the sections. The same group has the same name, but for the first and the last section, which may be intro
/// and outro; different groups have different names as far as there are names.
pub fn name_sections(parts: &[Part]) -> Vec<SectionKind> {
    let mut kinds = vec![SectionKind::Verse; parts.len()];
    let (start, end) = (usize::from(has_intro(parts)), parts.len() - usize::from(has_outro(parts)));
    if start == 1 {
        kinds[0] = SectionKind::Intro;
    }
    if end < parts.len() {
        kinds[end] = SectionKind::Outro;
    }
    if start >= end {
        return kinds;
    }
    let body = groups(parts, start..end);
    for (group, kind) in body.iter().zip(name_groups(&body, start, end)) {
        group.at.iter().for_each(|index| kinds[*index] = kind);
    }
    kinds
}

/// The first of several sections is an intro if it is short, or not long and seldom heard again.
fn has_intro(parts: &[Part]) -> bool {
    let [first, rest @ ..] = parts else { return false };
    let total: f64 = parts.iter().map(|part| part.seconds).sum();
    let returns =
        rest.iter().filter(|part| part.group == first.group && part.seconds > 0.75 * first.seconds).count();
    !rest.is_empty() && (first.seconds < 0.12 * total || (first.seconds < 0.25 * total && returns < 2))
}

/// The last of several sections is an outro if it is not long and new, the intro's return, or a faint return.
fn has_outro(parts: &[Part]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let total: f64 = parts.iter().map(|part| part.seconds).sum();
    let earlier: Vec<f64> =
        middle.iter().filter(|part| part.group == last.group).map(|part| part.energy).collect();
    let faint = earlier.iter().all(|energy| last.energy < 0.9 * energy);
    last.seconds < 0.25 * total && (faint || last.group == first.group)
}

fn groups(parts: &[Part], body: std::ops::Range<usize>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for index in body {
        let part = parts[index];
        match groups.iter_mut().find(|group| group.id == part.group) {
            Some(group) => {
                group.at.push(index);
                group.energy = (group.energy * group.seconds + part.energy * part.seconds)
                    / (group.seconds + part.seconds).max(1e-9);
                group.seconds += part.seconds;
            }
            None => groups.push(Group {
                id: part.group,
                at: vec![index],
                seconds: part.seconds,
                energy: part.energy,
            }),
        }
    }
    groups
}

/// A name for each group of the song's body, which begins at section `start` and ends before `end`.
fn name_groups(body: &[Group], start: usize, end: usize) -> Vec<SectionKind> {
    let mut names: Vec<Option<SectionKind>> = vec![None; body.len()];
    let at = |index: usize| body.iter().position(|group| group.at.contains(&index));
    let opening = at(start);
    // A song that ends its body with what it began with, and not with a raised chorus, goes A B A (jazz, folk): its
    // main part is the verse.
    let closes_as_it_opens = opening.is_some_and(|opening| {
        let main = &body[opening];
        let outshone = body.iter().any(|group| group.at.len() >= 2 && group.energy > main.energy + 0.05);
        // Returning again and again above everything else, it is a chorus whose verse the intro swallowed.
        let raised = main.at.len() >= 3
            && body.iter().all(|group| group.id == main.id || group.energy + 0.03 < main.energy);
        body.len() > 1 && main.at.len() >= 2 && Some(opening) == at(end - 1) && !outshone && !raised
    });
    let chorus = if closes_as_it_opens { None } else { chorus_of(body, opening) };
    if let Some(chorus) = chorus {
        names[chorus] = Some(SectionKind::Chorus);
    }
    if let Some(verse) = verse_of(body, chorus, closes_as_it_opens.then_some(opening).flatten()) {
        names[verse] = Some(SectionKind::Verse);
    }
    if let Some(chorus) = chorus {
        let leads = |group: &Group| group.at.iter().all(|index| at(index + 1) == Some(chorus));
        let lead = (0..body.len())
            .find(|index| names[*index].is_none() && body[*index].at.len() >= 2 && leads(&body[*index]));
        if let Some(lead) = lead {
            names[lead] = Some(SectionKind::PreChorus);
        }
    }
    // What is left: repeated parts first, then in order of appearance.
    let mut rest: Vec<usize> = (0..body.len()).filter(|index| names[*index].is_none()).collect();
    rest.sort_by_key(|index| std::cmp::Reverse(body[*index].at.len()));
    let spare = [SectionKind::Bridge, SectionKind::Solo, SectionKind::PreChorus, SectionKind::Chorus];
    let mut spare =
        spare.into_iter().filter(|kind| !names.contains(&Some(*kind))).collect::<Vec<_>>().into_iter();
    for index in rest {
        names[index] = Some(spare.next().unwrap_or(SectionKind::Bridge));
    }
    names.into_iter().map(|name| name.unwrap_or(SectionKind::Verse)).collect()
}

/// The repeated group with the most energy; the opening one only if it stands out.
fn chorus_of(body: &[Group], opening: Option<usize>) -> Option<usize> {
    let repeated: Vec<usize> = (0..body.len()).filter(|index| body[*index].at.len() >= 2).collect();
    let candidates = if repeated.is_empty() { (0..body.len()).collect() } else { repeated };
    if body.len() < 2 {
        return None;
    }
    let weight = |index: usize| body[index].energy - if Some(index) == opening { 0.05 } else { 0.0 };
    candidates.into_iter().max_by(|a, b| weight(*a).total_cmp(&weight(*b)).then(b.cmp(a)))
}

/// The first group before or beside the chorus; the opening one where the song closes with it.
fn verse_of(body: &[Group], chorus: Option<usize>, closing: Option<usize>) -> Option<usize> {
    if closing.is_some() {
        return closing;
    }
    let others = || (0..body.len()).filter(|index| Some(*index) != chorus);
    let first = others().next()?;
    // A single opening part that never returns, beside one that does, is a second intro rather than the verse.
    let repeated = others().find(|index| body[*index].at.len() >= 2);
    match repeated {
        Some(repeated) if body[first].at.len() == 1 && body[first].seconds < 0.5 * body[repeated].seconds => {
            Some(repeated)
        }
        _ => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn song(parts: &[(usize, f64, f64)]) -> Vec<Part> {
        parts
            .iter()
            .map(|(group, seconds, energy)| Part { group: *group, seconds: *seconds, energy: *energy })
            .collect()
    }

    fn words(parts: &[(usize, f64, f64)]) -> Vec<&'static str> {
        name_sections(&song(parts)).into_iter().map(SectionKind::word).collect()
    }

    #[test]
    fn a_refrain_above_everything_else_is_a_chorus() {
        let parts = [
            (0, 19.0, 0.44),
            (1, 15.0, 0.52),
            (2, 8.0, 0.47),
            (1, 8.0, 0.52),
            (3, 8.0, 0.45),
            (1, 15.0, 0.53),
            (4, 6.0, 0.40),
        ];
        assert_eq!(words(&parts), ["intro", "chorus", "verse", "chorus", "bridge", "chorus", "outro"]);
    }

    #[test]
    fn a_pop_song_has_its_parts_named() {
        let parts = [
            (0, 9.0, 0.4),
            (1, 18.0, 0.5),
            (2, 9.0, 0.55),
            (3, 18.0, 0.7),
            (1, 18.0, 0.5),
            (2, 9.0, 0.55),
            (3, 18.0, 0.7),
            (4, 18.0, 0.4),
            (3, 36.0, 0.75),
            (5, 13.0, 0.3),
        ];
        assert_eq!(
            words(&parts),
            [
                "intro",
                "verse",
                "pre-chorus",
                "chorus",
                "verse",
                "pre-chorus",
                "chorus",
                "bridge",
                "chorus",
                "outro"
            ]
        );
    }

    #[test]
    fn a_jazz_form_keeps_its_head_a_verse() {
        let parts = [
            (0, 7.0, 0.36),
            (1, 26.0, 0.42),
            (2, 13.0, 0.43),
            (1, 13.0, 0.42),
            (3, 26.0, 0.45),
            (2, 13.0, 0.42),
            (1, 13.0, 0.43),
            (4, 10.0, 0.26),
        ];
        assert_eq!(words(&parts), ["intro", "verse", "bridge", "verse", "solo", "bridge", "verse", "outro"]);
    }

    #[test]
    fn a_song_may_end_on_its_chorus_or_be_one_part() {
        let parts = [(0, 10.0, 0.3), (1, 30.0, 0.4), (2, 30.0, 0.6), (1, 30.0, 0.4), (2, 30.0, 0.6)];
        assert_eq!(words(&parts), ["intro", "verse", "chorus", "verse", "chorus"]);
        assert_eq!(words(&[(0, 60.0, 0.5)]), ["verse"]);
        assert!(words(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn repetitions_share_a_name(groups in proptest::collection::vec(0..5_usize, 3..16)) {
            let parts: Vec<Part> =
                groups.iter().map(|group| Part { group: *group, seconds: 20.0, energy: 0.3 + 0.05 * *group as f64 }).collect();
            let kinds = name_sections(&parts);
            for a in 1..groups.len() - 1 {
                for b in 1..groups.len() - 1 {
                    prop_assert_eq!(groups[a] == groups[b], kinds[a] == kinds[b]);
                }
            }
        }
    }
}
