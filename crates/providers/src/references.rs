//! Which photos of the cast go along with a prompt: everyone's first, then everyone's second, as many as the model takes.

use crate::capability::Casting;
use crate::error::ProviderError;
use crate::http::Line;
use crate::picture::{self, Picture, PictureLimits};
use crate::prompt::Reference;

/// Pictures in the order they are sent, and whom each shows.
pub(crate) fn references(
    line: &Line,
    cast: &[Casting],
    most: u32,
    limits: PictureLimits,
) -> Result<(Vec<Reference>, Vec<Picture>), ProviderError> {
    let (mut shown, mut pictures) = (Vec::new(), Vec::new());
    for (of, number) in order(&cast.iter().map(|casting| casting.photos.len()).collect::<Vec<_>>(), most) {
        let photo = &cast[of].photos[number];
        let fitted = picture::fit(photo, limits);
        pictures.push(fitted.map_err(|error| line.invalid(&format!("{}: {error}", cast[of].member.name)))?);
        shown.push(Reference { of });
    }
    Ok((shown, pictures))
}

/// Person and photo, everybody's first before anybody's second; given out grouped by person.
fn order(photos: &[usize], most: u32) -> Vec<(usize, usize)> {
    let deepest = photos.iter().copied().max().unwrap_or(0);
    let all = (0..deepest).flat_map(|number| (0..photos.len()).map(move |of| (of, number)));
    let mut chosen: Vec<_> = all.filter(|(of, number)| *number < photos[*of]).take(most as usize).collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_left_out_for_a_second_photo() {
        assert_eq!(order(&[3, 1], 3), [(0, 0), (0, 1), (1, 0)]);
        assert_eq!(order(&[3, 1], 2), [(0, 0), (1, 0)]);
        assert_eq!(order(&[0, 2], 5), [(1, 0), (1, 1)]);
        assert!(order(&[], 5).is_empty());
    }
}
