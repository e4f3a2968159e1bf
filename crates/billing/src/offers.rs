//! The file of plans: what each allows, costs and brings in credits, and the packs that can be bought beside.

use crate::objects::{Invoice, InvoiceLine};
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::plan::{Plan, PlanLimits};
use mv_core::units::{Credits, Resolution};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The file that counts where the operator names no other.
pub const BUILT_IN: &str = include_str!("plans.toml");

/// A year of credits is worth so many months of them.
const MONTHS: i64 = 12;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OffersError {
    #[error("the file of plans cannot be read: {0}")]
    Syntax(String),
    #[error("the file of plans is wrong: {0}")]
    Meaning(String),
    #[error("`billing.prices.{0}` is no price of the plans: write it as `indie_monthly` or `pack_500`")]
    UnknownPrice(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BillingCycle {
    Monthly,
    Yearly,
}

impl BillingCycle {
    pub const ALL: [Self; 2] = [Self::Monthly, Self::Yearly];

    pub fn word(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }

    /// Its usual length, in seconds.
    fn seconds(self) -> f64 {
        match self {
            Self::Monthly => 365.25 / 12.0 * 86_400.0,
            Self::Yearly => 365.25 * 86_400.0,
        }
    }

    /// What Stripe calls it.
    pub fn interval(self) -> &'static str {
        match self {
            Self::Monthly => "month",
            Self::Yearly => "year",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In whole minor units, as people are shown it.
    pub amount: i64,
    /// Stripe's id; without it, nobody can buy it.
    #[serde(default, rename = "price")]
    pub id: Option<String>,
    /// Prices that are sold no more, but that some still pay.
    #[serde(default)]
    pub former: Vec<String>,
}

impl Price {
    fn is(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id) || self.former.iter().any(|former| former == id)
    }
}

/// Credits that can be bought beside a plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    pub credits: i64,
    pub amount: i64,
    #[serde(default, rename = "price")]
    pub id: Option<String>,
}

impl Pack {
    /// `pack_500`.
    pub fn name(&self) -> String {
        format!("pack_{}", self.credits)
    }
}

/// One plan of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub limits: PlanLimits,
    pub credits_per_month: i64,
    pub monthly: Option<Price>,
    pub yearly: Option<Price>,
}

impl Offer {
    pub fn price(&self, cycle: BillingCycle) -> Option<&Price> {
        match cycle {
            BillingCycle::Monthly => self.monthly.as_ref(),
            BillingCycle::Yearly => self.yearly.as_ref(),
        }
    }

    fn price_mut(&mut self, cycle: BillingCycle) -> Option<&mut Price> {
        match cycle {
            BillingCycle::Monthly => self.monthly.as_mut(),
            BillingCycle::Yearly => self.yearly.as_mut(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// Three lower-case letters.
    pub currency: String,
    pub trial_days: u32,
    pub trial_credits: i64,
    pub grace_days: u32,
    pub credits_keep_days: u32,
    plans: BTreeMap<Plan, Offer>,
    pub packs: Vec<Pack>,
}

/// What a paid invoice brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvoiceCredits {
    pub credits: Credits,
    /// When they can be spent no more.
    pub until: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    currency: String,
    #[serde(default)]
    trial_days: u32,
    #[serde(default)]
    trial_credits: i64,
    grace_days: u32,
    credits_keep_days: u32,
    plans: BTreeMap<Plan, FileOffer>,
    #[serde(default)]
    packs: Vec<Pack>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOffer {
    #[serde(default)]
    credits_per_month: i64,
    monthly: Option<Price>,
    yearly: Option<Price>,
    projects_per_month: Option<u32>,
    projects_at_once: Option<u32>,
    characters: Option<u32>,
    api_requests_per_hour: u32,
    videos_per_day: Option<u32>,
    videos_per_month: Option<u32>,
    video_seconds: Option<u32>,
    #[serde(default = "largest")]
    largest: Resolution,
    images_per_day: Option<u32>,
    #[serde(default)]
    collaboration: bool,
    #[serde(default)]
    priority_queue: bool,
}

fn largest() -> Resolution {
    Resolution::K4
}

impl From<FileOffer> for Offer {
    fn from(file: FileOffer) -> Self {
        Self {
            limits: PlanLimits {
                projects_per_month: file.projects_per_month,
                projects_at_once: file.projects_at_once,
                characters: file.characters,
                api_requests_per_hour: file.api_requests_per_hour,
                videos_per_day: file.videos_per_day,
                videos_per_month: file.videos_per_month,
                video_seconds: file.video_seconds,
                largest: file.largest,
                images_per_day: file.images_per_day,
                collaboration: file.collaboration,
                priority_queue: file.priority_queue,
            },
            credits_per_month: file.credits_per_month,
            monthly: file.monthly,
            yearly: file.yearly,
        }
    }
}

impl Default for Offers {
    /// The built-in file.
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant, and a test reads it")]
        Self::parse(BUILT_IN).expect("the built-in file of plans")
    }
}

impl Offers {
    /// # Errors
    /// [`OffersError`].
    pub fn parse(text: &str) -> Result<Self, OffersError> {
        let file: File =
            toml::from_str(text).map_err(|error| OffersError::Syntax(error.message().to_owned()))?;
        let wrong = |what: String| Err(OffersError::Meaning(what));
        if file.currency.len() != 3 || !file.currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return wrong(format!("`{}` is no currency: write `usd` or `krw`", file.currency));
        }
        let most = 1_000_000_000;
        for plan in Plan::ALL {
            let Some(offer) = file.plans.get(&plan) else {
                return wrong(format!("the plan `{plan}` is missing"));
            };
            if plan == Plan::Free && (offer.monthly.is_some() || offer.yearly.is_some()) {
                return wrong("the plan `free` has a price".to_owned());
            }
            if plan == Plan::Free && offer.credits_per_month != 0 {
                return wrong("credits come with a payment, and the plan `free` has none".to_owned());
            }
            let amounts = [&offer.monthly, &offer.yearly].into_iter().flatten().map(|price| price.amount);
            if amounts.chain([offer.credits_per_month]).any(|amount| !(0..=most).contains(&amount)) {
                return wrong(format!("an amount of the plan `{plan}` is not from 0 to {most}"));
            }
        }
        let amounts = file.packs.iter().flat_map(|pack| [pack.amount, pack.credits]);
        if amounts.chain([file.trial_credits + 1]).any(|amount| !(1..=most).contains(&amount)) {
            return wrong(format!("an amount of a pack or of the trial is not from 1 to {most}"));
        }
        let sizes: BTreeSet<i64> = file.packs.iter().map(|pack| pack.credits).collect();
        if sizes.len() != file.packs.len() {
            return wrong("two packs have as many credits".to_owned());
        }
        let days = [file.trial_days, file.grace_days, file.credits_keep_days];
        if days.into_iter().any(|days| days > 3650) || file.trial_days > 730 {
            return wrong("a number of days is too large".to_owned());
        }
        let offers = Self {
            currency: file.currency,
            trial_days: file.trial_days,
            trial_credits: file.trial_credits,
            grace_days: file.grace_days,
            credits_keep_days: file.credits_keep_days,
            plans: file.plans.into_iter().map(|(plan, offer)| (plan, offer.into())).collect(),
            packs: file.packs,
        };
        offers.unambiguous()
    }

    /// An id of a price says which plan it is: it is there once.
    fn unambiguous(self) -> Result<Self, OffersError> {
        let mut seen = BTreeSet::new();
        let former = self.plans.iter().flat_map(|(plan, offer)| {
            let prices = [&offer.monthly, &offer.yearly].into_iter().flatten();
            prices.flat_map(|price| &price.former).map(|id| (plan.to_string(), id.as_str()))
        });
        for (name, id) in self.price_ids().into_iter().chain(former) {
            if !seen.insert(id.to_owned()) {
                return Err(OffersError::Meaning(format!("the price `{id}` of `{name}` is there twice")));
            }
        }
        Ok(self)
    }

    /// The same with Stripe's ids of prices, by name: `indie_monthly`, `pack_500`.
    ///
    /// # Errors
    /// [`OffersError::UnknownPrice`]; [`OffersError::Meaning`] when an id is there twice.
    pub fn with_prices(mut self, ids: &BTreeMap<String, String>) -> Result<Self, OffersError> {
        for (name, id) in ids {
            let unknown = || OffersError::UnknownPrice(name.clone());
            if name.starts_with("pack_") {
                let pack = self.packs.iter_mut().find(|pack| pack.name() == *name).ok_or_else(unknown)?;
                pack.id = Some(id.clone());
                continue;
            }
            let (plan, cycle) = name.split_once('_').ok_or_else(unknown)?;
            let plan: Plan = plan.parse().map_err(|_| unknown())?;
            let cycle = BillingCycle::ALL.into_iter().find(|known| known.word() == cycle);
            let offer = self.plans.get_mut(&plan).ok_or_else(unknown)?;
            let price = cycle.and_then(|cycle| offer.price_mut(cycle)).ok_or_else(unknown)?;
            price.id = Some(id.clone());
        }
        self.unambiguous()
    }

    pub fn offer(&self, plan: Plan) -> Option<&Offer> {
        self.plans.get(&plan)
    }

    pub fn limits(&self, plan: Plan) -> PlanLimits {
        self.plans.get(&plan).map_or_else(|| plan.limits(), |offer| offer.limits)
    }

    /// Every id of a price that is set, by name.
    pub fn price_ids(&self) -> Vec<(String, &str)> {
        let mut ids = Vec::new();
        for (plan, offer) in &self.plans {
            for cycle in BillingCycle::ALL {
                if let Some(id) = offer.price(cycle).and_then(|price| price.id.as_deref()) {
                    ids.push((format!("{plan}_{}", cycle.word()), id));
                }
            }
        }
        ids.extend(self.packs.iter().filter_map(|pack| Some((pack.name(), pack.id.as_deref()?))));
        ids
    }

    /// The plan that a price of Stripe's pays for.
    pub fn plan_of(&self, price: &str) -> Option<(Plan, BillingCycle)> {
        self.plans.iter().find_map(|(plan, offer)| {
            let is_it = |cycle: &BillingCycle| offer.price(*cycle).is_some_and(|known| known.is(price));
            Some((*plan, BillingCycle::ALL.into_iter().find(is_it)?))
        })
    }

    pub fn pack(&self, credits: i64) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.credits == credits)
    }

    /// What a period of a plan brings.
    pub fn credits(&self, plan: Plan, cycle: BillingCycle) -> i64 {
        let month = self.plans.get(&plan).map_or(0, |offer| offer.credits_per_month);
        match cycle {
            BillingCycle::Monthly => month,
            BillingCycle::Yearly => month.saturating_mul(MONTHS),
        }
    }

    /// What an invoice brings once it is paid: each plan's credits for a whole period; after a change in the middle of one,
    /// those of the new plan for the rest of it less those of the old; for a trial, the trial's. `None` when it is about
    /// no plan of ours.
    pub fn credits_of(&self, invoice: &Invoice) -> Option<InvoiceCredits> {
        let mut credits = 0.0;
        let mut until = None;
        for line in &invoice.lines.data {
            let Some((plan, cycle)) = line.price().and_then(|price| self.plan_of(price)) else { continue };
            credits += self.credits_of_line(line, plan, cycle);
            until = until.max(Some(line.period.end));
        }
        let keep = TimeDelta::days(i64::from(self.credits_keep_days));
        let until = DateTime::from_timestamp(until?, 0)?.checked_add_signed(keep)?;
        Some(InvoiceCredits { credits: Credits((credits.round() as i64).max(0)), until })
    }

    fn credits_of_line(&self, line: &InvoiceLine, plan: Plan, cycle: BillingCycle) -> f64 {
        let whole = self.credits(plan, cycle) as f64;
        if line.is_proration() {
            let part = (line.period.end - line.period.start).max(0) as f64 / cycle.seconds();
            return whole * part.min(1.0) * line.amount.signum() as f64;
        }
        // Before discounts: only a trial is for nothing.
        if line.amount == 0 { self.trial_credits as f64 } else { whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn with_ids() -> Offers {
        let ids = [("indie_monthly", "price_im"), ("pro_monthly", "price_pm"), ("pro_yearly", "price_py")];
        let ids = ids.into_iter().map(|(name, id)| (name.to_owned(), id.to_owned())).collect();
        Offers::default().with_prices(&ids).unwrap()
    }

    #[test]
    fn the_built_in_file_says_what_the_program_says() {
        let offers = Offers::default();
        for plan in Plan::ALL {
            assert_eq!(offers.limits(plan), plan.limits(), "{plan}");
        }
        assert!(offers.price_ids().is_empty(), "ids of prices are every operator's own");
    }

    #[test]
    fn ids_come_from_settings_by_name() {
        let offers = with_ids();
        assert_eq!(offers.plan_of("price_py"), Some((Plan::Pro, BillingCycle::Yearly)));
        assert_eq!(offers.plan_of("price_x"), None);
        let set = |name: &str, id: &str| {
            with_ids().with_prices(&BTreeMap::from([(name.to_owned(), id.to_owned())]))
        };
        assert_eq!(set("pack_500", "price_5").unwrap().pack(500).unwrap().id.as_deref(), Some("price_5"));
        for name in ["free_monthly", "pack_7", "indie", "gold_monthly", "indie_weekly"] {
            assert_eq!(set(name, "price_x"), Err(OffersError::UnknownPrice(name.to_owned())));
        }
        let raised = BUILT_IN.replacen("{ amount = 1900 }", "{ amount = 1900, former = [\"price_old\"] }", 1);
        let raised = Offers::parse(&raised).unwrap();
        assert_eq!(raised.plan_of("price_old"), Some((Plan::Indie, BillingCycle::Monthly)));
        assert!(matches!(set("team_monthly", "price_py"), Err(OffersError::Meaning(_))), "there twice");
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        for (from, to, says) in [
            ("currency = \"usd\"", "currency = \"US\"", "currency"),
            ("characters = 3", "heroes = 3", "heroes"),
            ("[plans.team]", "[plans.gold]", "gold"),
            ("amount = 1900", "amount = -1", "indie"),
            ("credits = 2000", "credits = 500", "two packs"),
            ("[plans.free]", "[plans.free]\ncredits_per_month = 5", "`free` has none"),
            ("grace_days = 7", "grace_days = 70000", "days"),
        ] {
            let error = Offers::parse(&BUILT_IN.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let lines: Vec<&str> = BUILT_IN.lines().take_while(|line| *line != "[plans.team]").collect();
        let without = lines.join(
            "
",
        );
        assert!(Offers::parse(&without).unwrap_err().to_string().contains("team"));
    }

    fn invoice(lines: &[Value]) -> Invoice {
        let lines: Vec<Value> = lines
            .iter()
            .map(|line| {
                let mut line = line.clone();
                line["id"] = json!("il_1");
                line
            })
            .collect();
        serde_json::from_value(json!({ "id": "in_1", "lines": { "data": lines } })).unwrap()
    }

    fn line(price: &str, amount: i64, (start, end): (i64, i64), proration: bool) -> Value {
        json!({
            "amount": amount, "period": { "start": start, "end": end },
            "pricing": { "price_details": { "price": price } },
            "parent": { "subscription_item_details": { "proration": proration } },
        })
    }

    const DAY: i64 = 86_400;

    #[test]
    fn a_paid_period_brings_its_credits() {
        let offers = with_ids();
        let of = |lines: &[Value]| offers.credits_of(&invoice(lines)).map(|found| found.credits.0);
        assert_eq!(of(&[line("price_im", 1900, (0, 30 * DAY), false)]), Some(1000));
        assert_eq!(of(&[line("price_py", 49_000, (0, 365 * DAY), false)]), Some(42_000));
        assert_eq!(of(&[line("price_im", 0, (0, 14 * DAY), false)]), Some(100), "a trial");
        assert_eq!(of(&[line("price_x", 1900, (0, 30 * DAY), false)]), None);
        let brought = offers.credits_of(&invoice(&[line("price_im", 1900, (0, 30 * DAY), false)])).unwrap();
        assert_eq!(brought.until.timestamp(), 61 * DAY);
    }

    #[test]
    fn a_change_in_the_middle_brings_the_difference() {
        let offers = with_ids();
        let half = (15 * DAY, 30 * DAY);
        let up = [line("price_im", -950, half, true), line("price_pm", 2450, half, true)];
        let brought = offers.credits_of(&invoice(&up)).unwrap().credits.0;
        assert!((1225..=1240).contains(&brought), "half of 2500: {brought}");
        let down = [line("price_pm", -2450, half, true), line("price_im", 950, half, true)];
        assert_eq!(offers.credits_of(&invoice(&down)).unwrap().credits.0, 0, "nothing is taken");
    }
}
