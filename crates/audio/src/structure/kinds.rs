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

/// The first of several sections is an intro unless it is long or is heard again and again.
fn has_intro(parts: &[Part]) -> bool {
    let [first, rest @ ..] = parts else { return false };
    let total: f64 = parts.iter().map(|part| part.seconds).sum();
    let returns =
        rest.iter().filter(|part| part.group == first.group && part.seconds > 0.75 * first.seconds).count();
    !rest.is_empty() && first.seconds < 0.25 * total && (returns < 2 || first.seconds < 0.06 * total)
}

/// The last of several sections is an outro unless it is the return of a section from the middle of the song.
fn has_outro(parts: &[Part]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let total: f64 = parts.iter().map(|part| part.seconds).sum();
    let returns = middle.iter().any(|part| part.group == last.group);
    last.seconds < 0.25 * total && (!returns || (last.group == first.group && last.seconds < 0.12 * total))
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
    let closes_as_it_opens = body.len() > 1 && opening.is_some() && opening == at(end - 1);
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
