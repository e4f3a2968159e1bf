//! Under the surface of the sea.

use crate::ambience::Ambience;
use crate::places::staging::Staging;
use crate::set::{PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.44, 0.42);
    let sky = sky::paint(ctx, &ambience, &SkyPlan::new(ctx, 0.3));
    let ground = ambience.local(Tone::hex(0x2a_6a_80));
    super::staging::open_country(ctx, &ambience, &staging, sky, 0.3, ground)
}
