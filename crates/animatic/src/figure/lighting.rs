//! From a set's key light, the weather and the lighting word to the light on one figure.

use super::framing::Stand;
use super::shade::Light;
use super::vector::{Vec2, vec2};
use crate::set::{PaintContext, Set};
use mv_core::Rgb;
use mv_core::vocabulary::Lighting;

fn levels(color: Rgb) -> [f32; 3] {
    [color.0, color.1, color.2].map(|c| f32::from(c) / 255.0)
}

/// The light on a figure that stands in the set.
pub(super) fn on_figure(ctx: &PaintContext<'_>, set: &Set, stand: &Stand) -> Light {
    let key = set.key_light;
    let (rim, fill, silhouette) = match ctx.lighting {
        Lighting::Silhouette => (1.0, 0.0, 0.93),
        Lighting::Golden => (1.0, 0.12, 0.22),
        Lighting::Neon => (0.95, 0.16, 0.30),
        Lighting::Moonlight => (0.85, 0.10, 0.36),
        Lighting::Spotlight => (1.0, 0.42, 0.12),
        Lighting::Candle => (0.8, 0.38, 0.12),
        Lighting::Natural => (0.85, 0.20, 0.18),
    };
    let fill = if key.behind { fill } else { fill + 0.35 };
    // Blocked by the body, a light behind throws the side we see into shade.
    let shade = if key.behind { 0.72 } else { 0.9 };
    let ambient = levels(key.ambient).map(|level| (level * shade + 0.035).min(0.92));
    Light {
        towards: towards(stand, vec2(key.x * ctx.zoom, key.y * ctx.zoom)),
        key: bright(levels(key.color)),
        ambient,
        fill: fill * key.strength,
        rim: (rim * (0.55 + 0.55 * key.strength)).min(1.0),
        counter: counter(ctx, key.ambient),
        silhouette,
        shadow: levels(ctx.look.shadows).map(|level| (level * 0.8).min(0.16)),
    }
}

/// What lights the side away from the key light: another sign where there is neon, else the sky or the walls.
fn counter(ctx: &PaintContext<'_>, ambient: Rgb) -> [f32; 3] {
    let accent = |index: usize| {
        let accents = &ctx.look.accents;
        levels(accents.get(index).or(accents.first()).copied().unwrap_or(ambient))
    };
    let (color, level) = match ctx.lighting {
        Lighting::Neon => (accent(1), 0.75),
        Lighting::Spotlight => (accent(0), 0.45),
        Lighting::Silhouette | Lighting::Candle => (levels(ambient), 0.0),
        Lighting::Natural | Lighting::Golden | Lighting::Moonlight => (bright(levels(ambient)), 0.16),
    };
    color.map(|part| part * level)
}

/// The light on a photographed face in the same place, exposed as a cameraman would: readable however dark the set,
/// and only a little tinted by it.
pub(super) fn on_face(light: &Light) -> Light {
    let luma = |[r, g, b]: [f32; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let seen = luma(light.ambient).max(0.02);
    let wanted = 0.50 + 0.45 * seen;
    let ambient = light.ambient.map(|level| {
        let exposed = level * wanted / seen;
        (exposed + (wanted - exposed) * 0.45).min(1.0)
    });
    // Only what is meant to be a silhouette stays one.
    Light { ambient, silhouette: light.silhouette * light.silhouette * 0.9, ..*light }
}

/// The light on a dark figure between the set and us.
pub(super) fn in_foreground(ctx: &PaintContext<'_>, set: &Set, stand: &Stand) -> Light {
    let light = on_figure(ctx, set, stand);
    Light { silhouette: light.silhouette.max(0.5), fill: light.fill * 0.4, ..light }
}

/// From the figure's chest to the light; never straight from above, so that one side is always the lit one.
fn towards(stand: &Stand, light: Vec2) -> Vec2 {
    let chest = vec2(stand.x, stand.feet - stand.height * 0.78);
    let offset = light - chest;
    let side = if offset.x < 0.0 { -1.0 } else { 1.0 };
    let x = offset.x.abs().max(offset.y.abs() * 0.75).max(0.05) * side;
    // Nor from below: light that low still comes over a horizon.
    vec2(x, offset.y.min(-0.35 * x.abs())).unit()
}

/// The colour at full level, so that a rim is a light and not a tint.
fn bright(color: [f32; 3]) -> [f32; 3] {
    let top = color.iter().copied().fold(0.05, f32::max);
    color.map(|level| level / top)
}
