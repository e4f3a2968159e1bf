//! A model's card: what it makes, within what limits, at what price.

use chrono::NaiveDate;
use mv_core::Canvas;
use mv_core::units::{Aspect, MicroUsd, Resolution};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// What services count a reference picture as, rounded up.
const TOKENS_A_PICTURE: f64 = 1200.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    Image,
    Edit,
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
    /// Of a million tokens read, where reading is charged: text, and pictures as the service counts them.
    pub reading: MicroUsd,
    /// The day somebody last looked the price up; `None` for what is free by nature.
    pub checked: Option<NaiveDate>,
}

impl Price {
    pub const FREE: Self =
        Self { per_unit: MicroUsd::ZERO, unit: PriceUnit::Image, reading: MicroUsd::ZERO, checked: None };

    pub fn is_free(&self) -> bool {
        self.per_unit.0 == 0 && self.reading.0 == 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceUnit {
    Image,
    /// Of the clip, or of what is listened to.
    Second,
    Clip,
    /// Written by the model.
    MillionTokens,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a service, read one at a time")]
pub struct ModelCard {
    /// The name that settings and plans use.
    pub id: String,
    pub provider: String,
    /// The service's own id of the model.
    pub model: String,
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
    /// Can be asked by our key what became of work whose answer was lost. Where it cannot, and sends no webhooks either,
    /// only a person can tell: the service's own page lists the work.
    pub finds_lost_work: bool,
    /// Tells us when work is done.
    pub webhooks: bool,
    pub cancels: bool,
    /// Says what each piece of work cost; the estimate is booked where it does not.
    pub reports_cost: bool,
    /// Takes a seed.
    pub seed: bool,
    pub needs_key: bool,
    pub needs_network: bool,
    /// Where in the world its service is asked, where one may choose.
    pub region: Option<String>,
    /// The regions to choose from: `region` of its service in a file of one's own.
    pub regions: Vec<String>,
}

impl ModelCard {
    /// The most a still or an edit may cost, or a clip of this many seconds, as long as the service makes it.
    pub fn estimate(&self, seconds: f64) -> MicroUsd {
        let units = match self.price.unit {
            PriceUnit::Image | PriceUnit::Clip | PriceUnit::MillionTokens => 1.0,
            PriceUnit::Second => self.clip_length_for(seconds).unwrap_or_else(|| self.longest_clip()),
        };
        let references =
            self.price.reading.0 as f64 * f64::from(self.reference_images) * TOKENS_A_PICTURE / 1e6;
        let references =
            if matches!(self.kind, ModelKind::Image | ModelKind::Edit) { references } else { 0.0 };
        MicroUsd((self.price.per_unit.0 as f64 * units + references).ceil() as i64)
    }

    /// The price of words: tokens read and written.
    pub fn estimate_tokens(&self, read: u64, written: u64) -> MicroUsd {
        let price = self.price.reading.0 as f64 * read as f64 + self.price.per_unit.0 as f64 * written as f64;
        MicroUsd((price / 1e6).ceil() as i64)
    }

    /// The length to ask for, or why there is none.
    pub(crate) fn length(&self, seconds: f64) -> Result<f64, String> {
        self.clip_length_for(seconds).ok_or_else(|| {
            format!(
                "the clip is to last {seconds:.2} s, `{}` makes at most {} s",
                self.id,
                self.longest_clip()
            )
        })
    }

    /// The shape of a canvas, if the model makes it.
    pub(crate) fn aspect(&self, canvas: Canvas) -> Result<Aspect, String> {
        let aspect = match canvas.width.cmp(&canvas.height) {
            Ordering::Greater => Aspect::Wide,
            Ordering::Less => Aspect::Tall,
            Ordering::Equal => Aspect::Square,
        };
        if self.aspects.is_empty() || self.aspects.contains(&aspect) {
            return Ok(aspect);
        }
        Err(format!("the picture is to be {aspect}, which `{}` does not make", self.id))
    }

    /// Seconds; 0 when any length will do.
    pub fn longest_clip(&self) -> f64 {
        self.clip_seconds.iter().copied().fold(0.0, f64::max)
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
            model: "m-1".into(),
            name: "M".into(),
            kind: ModelKind::Clip,
            clip_seconds,
            aspects: vec![Aspect::Wide],
            largest: Resolution::P1080,
            reference_images: 1,
            price: Price { per_unit: MicroUsd(84_000), unit: PriceUnit::Second, ..Price::FREE },
            idempotency: false,
            finds_lost_work: false,
            webhooks: false,
            cancels: true,
            reports_cost: false,
            seed: false,
            needs_key: true,
            needs_network: true,
            region: None,
            regions: vec![],
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
        assert_eq!(card.estimate(4.2).to_string(), "$0.42", "the service makes, and charges for, 5 seconds");
        assert_eq!(card.estimate(7.0).to_string(), "$0.84");
    }

    #[test]
    fn words_are_priced_by_what_is_read_and_written() {
        let mut card = card(vec![]);
        card.price = Price {
            per_unit: MicroUsd(3_750_000),
            unit: PriceUnit::MillionTokens,
            reading: MicroUsd(750_000),
            checked: None,
        };
        assert_eq!(card.estimate_tokens(2000, 400), MicroUsd(3000));
    }
}
