//! A meadow of tall grass under a wide sky.

use crate::ambience::Ambience;
use crate::places::staging::Staging;
use crate::set::{PaintContext, Set};
use crate::sky::{self, SkyPlan};
use crate::tone::Tone;

/// Paints the place.
pub(super) fn paint(ctx: &PaintContext<'_>) -> Set {
    let ambience = Ambience::of(ctx);
    let staging = Staging::new(ctx, 0.4, 0.42);
    let sky = sky::paint(ctx, &ambience, &SkyPlan::new(ctx, 0.12));
    let ground = ambience.local(Tone::hex(0x6c_9a_3e));
    super::staging::open_country(ctx, &ambience, &staging, sky, 0.12, ground)
}
