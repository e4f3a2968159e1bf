//! A model's card: what it makes, within what limits, at what price.

use mv_core::units::{Aspect, MicroUsd, Resolution};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    Image,
    Clip,
    Vision,
    Text,
    Transcription,
}

/// What one unit costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Price {
    pub per_unit: MicroUsd,
    pub unit: PriceUnit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceUnit {
    Image,
    Second,
    Clip,
    MillionTokens,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a service, read one at a time")]
pub struct ModelCard {
    /// The name that settings and plans use.
    pub id: String,
    pub provider: String,
    pub name: String,
    pub kind: ModelKind,
    /// Clip lengths it makes, in seconds; empty when any length will do, or for other kinds.
    pub clip_seconds: Vec<f64>,
    pub aspects: Vec<Aspect>,
    /// The largest picture it makes.
    pub largest: Resolution,
    /// How many reference pictures of a character it takes.
    pub reference_images: u32,
    pub price: Price,
    /// Takes a key that makes a repeated request harmless.
    pub idempotency: bool,
    pub cancels: bool,
    pub needs_key: bool,
    pub needs_network: bool,
}

impl ModelCard {
    /// The price of a still, or of a clip of this many seconds.
    pub fn estimate(&self, seconds: f64) -> MicroUsd {
        let units = match self.price.unit {
            PriceUnit::Image | PriceUnit::Clip | PriceUnit::MillionTokens => 1.0,
            PriceUnit::Second => seconds,
        };
        MicroUsd((self.price.per_unit.0 as f64 * units).ceil() as i64)
    }

    /// The shortest length it makes that covers `seconds`; `None` when even its longest does not.
    pub fn clip_length_for(&self, seconds: f64) -> Option<f64> {
        if self.clip_seconds.is_empty() {
            return Some(seconds);
        }
        self.clip_seconds.iter().copied().filter(|length| *length >= seconds).min_by(f64::total_cmp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(clip_seconds: Vec<f64>) -> ModelCard {
        ModelCard {
            id: "m".into(),
            provider: "p".into(),
            name: "M".into(),
            kind: ModelKind::Clip,
            clip_seconds,
            aspects: vec![Aspect::Wide],
            largest: Resolution::P1080,
            reference_images: 1,
            price: Price { per_unit: MicroUsd(84_000), unit: PriceUnit::Second },
            idempotency: false,
            cancels: true,
            needs_key: true,
            needs_network: true,
        }
    }

    #[test]
    fn the_shortest_clip_that_covers_the_scene_is_asked_for() {
        let card = card(vec![10.0, 5.0]);
        assert_eq!(card.clip_length_for(4.2), Some(5.0));
        assert_eq!(card.clip_length_for(5.0), Some(5.0));
        assert_eq!(card.clip_length_for(5.1), Some(10.0));
        assert_eq!(card.clip_length_for(10.1), None);
        assert_eq!(card.estimate(5.0).to_string(), "$0.42");
    }
}
