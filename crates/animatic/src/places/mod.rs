//! The places a scene can happen in, each with its own painter.

mod alley;
mod bridge;
mod crossing;
mod desert_road;
mod flora;
mod forest;
mod lake;
mod meadow;
mod perspective;
mod rooftop;
mod room;
mod shore;
mod skyline;
mod space;
mod stage;
pub mod staging;
mod street;
mod subway;
mod terrain;
mod towers;
mod tunnel;
mod underwater;
mod water;

use crate::set::{PaintContext, Set};
use mv_core::vocabulary::Place;

/// Paints the context's place.
pub fn paint(ctx: &PaintContext<'_>) -> Set {
    match ctx.place {
        Place::Skyline => skyline::paint(ctx),
        Place::Rooftop => rooftop::paint(ctx),
        Place::Alley => alley::paint(ctx),
        Place::Crossing => crossing::paint(ctx),
        Place::Subway => subway::paint(ctx),
        Place::Tunnel => tunnel::paint(ctx),
        Place::Bridge => bridge::paint(ctx),
        Place::Stage => stage::paint(ctx),
        Place::Forest => forest::paint(ctx),
        Place::Meadow => meadow::paint(ctx),
        Place::Shore => shore::paint(ctx),
        Place::DesertRoad => desert_road::paint(ctx),
        Place::Lake => lake::paint(ctx),
        Place::Room => room::paint(ctx),
        Place::Space => space::paint(ctx),
        Place::Underwater => underwater::paint(ctx),
    }
}
