//! A narrow alley of shop signs.

use crate::ambience::Ambience;
use crate::places::staging::Staging;
use crate::set::{PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.42, 0.45);
    let sky = sky::paint(ctx, &ambience, &SkyPlan::new(ctx, 0.15));
    let ground = ambience.local(Tone::hex(0x50_58_68));
    super::staging::open_country(ctx, &ambience, &staging, sky, 0.15, ground)
}
