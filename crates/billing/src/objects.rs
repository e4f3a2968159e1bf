//! What Stripe answers with, as far as we read it. Unknown fields and words are passed over, so that an addition of theirs
//! breaks nothing of ours. Amounts are whole minor units of the currency, times are seconds since 1970.

use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

pub type Metadata = BTreeMap<String, String>;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct List<T> {
    #[serde(
        default = "Vec::new",
        deserialize_with = "without_nulls",
        bound(deserialize = "T: Deserialize<'de>")
    )]
    pub data: Vec<T>,
    #[serde(default)]
    pub has_more: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { data: Vec::new(), has_more: false }
    }
}

/// A reference: the id alone, or, where it was asked for, the thing itself, of which the id is kept.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Reference {
        Id(String),
        Whole { id: String },
    }
    Ok(Option::<Reference>::deserialize(deserializer)?.map(|reference| match reference {
        Reference::Id(id) | Reference::Whole { id } => id,
    }))
}

fn without_nulls<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::<Option<T>>::deserialize(d)?.into_iter().flatten().collect())
}

/// `null` where the type has something to say for nothing.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Customer {
    pub id: String,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub deleted: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CheckoutSession {
    pub id: String,
    #[serde(default)]
    pub url: Option<String>,
    /// `open`, `complete`, `expired`.
    #[serde(default)]
    pub status: Option<String>,
    /// `paid`, `unpaid`, `no_payment_required`.
    #[serde(default)]
    pub payment_status: Option<String>,
    /// `payment`, `subscription`, `setup`.
    #[serde(default)]
    pub mode: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub customer: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub subscription: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub invoice: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub amount_total: Option<i64>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub livemode: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

impl CheckoutSession {
    /// Whether what was bought may be handed over.
    pub fn is_paid(&self) -> bool {
        self.status.as_deref() == Some("complete")
            && matches!(self.payment_status.as_deref(), Some("paid" | "no_payment_required"))
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PortalSession {
    pub id: String,
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Recurring {
    /// `day`, `week`, `month`, `year`.
    pub interval: String,
    #[serde(default = "one")]
    pub interval_count: i64,
}

fn one() -> i64 {
    1
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Price {
    pub id: String,
    #[serde(default)]
    pub active: bool,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub unit_amount: Option<i64>,
    #[serde(default)]
    pub recurring: Option<Recurring>,
    #[serde(default)]
    pub livemode: bool,
    /// `exclusive`, `inclusive`, `unspecified`.
    #[serde(default)]
    pub tax_behavior: Option<String>,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    Incomplete,
    IncompleteExpired,
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Canceled,
    Paused,
    /// A word that Stripe did not have when this was written.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SubscriptionItem {
    pub id: String,
    pub price: Price,
    #[serde(default)]
    pub current_period_start: i64,
    #[serde(default)]
    pub current_period_end: i64,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Subscription {
    pub id: String,
    #[serde(default, deserialize_with = "id")]
    pub customer: Option<String>,
    pub status: SubscriptionStatus,
    #[serde(default)]
    pub items: List<SubscriptionItem>,
    #[serde(default)]
    pub cancel_at_period_end: bool,
    #[serde(default)]
    pub cancel_at: Option<i64>,
    #[serde(default)]
    pub canceled_at: Option<i64>,
    #[serde(default)]
    pub ended_at: Option<i64>,
    #[serde(default)]
    pub trial_start: Option<i64>,
    #[serde(default)]
    pub trial_end: Option<i64>,
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub livemode: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub metadata: Metadata,
}

impl Subscription {
    /// Whether it still is one: paid, tried, or to be paid.
    pub fn is_live(&self) -> bool {
        use SubscriptionStatus as S;
        matches!(self.status, S::Trialing | S::Active | S::PastDue | S::Unpaid | S::Paused)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct InvoiceParent {
    #[serde(default)]
    pub subscription_details: Option<SubscriptionDetails>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct SubscriptionDetails {
    #[serde(default, deserialize_with = "id")]
    pub subscription: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Period {
    #[serde(default)]
    pub start: i64,
    #[serde(default)]
    pub end: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Pricing {
    #[serde(default)]
    pub price_details: Option<PriceDetails>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct PriceDetails {
    #[serde(default, deserialize_with = "id")]
    pub price: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct LineParent {
    #[serde(default)]
    pub subscription_item_details: Option<LineDetails>,
    #[serde(default)]
    pub invoice_item_details: Option<LineDetails>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct LineDetails {
    #[serde(default)]
    pub proration: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct InvoiceLine {
    pub id: String,
    #[serde(default)]
    pub amount: i64,
    #[serde(default)]
    pub period: Period,
    #[serde(default)]
    pub pricing: Option<Pricing>,
    #[serde(default)]
    pub parent: Option<LineParent>,
}

impl InvoiceLine {
    pub fn price(&self) -> Option<&str> {
        self.pricing.as_ref()?.price_details.as_ref()?.price.as_deref()
    }

    /// Whether it is for part of a period, after a change in the middle of it.
    pub fn is_proration(&self) -> bool {
        let Some(parent) = &self.parent else { return false };
        [&parent.subscription_item_details, &parent.invoice_item_details]
            .into_iter()
            .flatten()
            .any(|details| details.proration)
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct InvoicePayment {
    #[serde(default)]
    pub payment: Option<PaymentOf>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PaymentOf {
    #[serde(default, deserialize_with = "id")]
    pub payment_intent: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Invoice {
    pub id: String,
    #[serde(default)]
    pub number: Option<String>,
    /// `draft`, `open`, `paid`, `uncollectible`, `void`.
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub customer: Option<String>,
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub total: i64,
    #[serde(default)]
    pub amount_due: i64,
    #[serde(default)]
    pub amount_paid: i64,
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub hosted_invoice_url: Option<String>,
    #[serde(default)]
    pub invoice_pdf: Option<String>,
    /// `subscription_create`, `subscription_cycle`, `subscription_update`, `manual` …
    #[serde(default)]
    pub billing_reason: Option<String>,
    #[serde(default)]
    pub next_payment_attempt: Option<i64>,
    /// How often it was tried to be paid.
    #[serde(default)]
    pub attempt_count: i64,
    #[serde(default)]
    pub parent: Option<InvoiceParent>,
    #[serde(default)]
    pub lines: List<InvoiceLine>,
    /// Only where it was asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub payments: List<InvoicePayment>,
    #[serde(default)]
    pub livemode: bool,
}

impl Invoice {
    pub fn is_paid(&self) -> bool {
        self.status.as_deref() == Some("paid")
    }

    /// The subscription that it bills.
    pub fn subscription(&self) -> Option<&str> {
        self.parent.as_ref()?.subscription_details.as_ref()?.subscription.as_deref()
    }

    /// What paid it, as far as that is a payment of Stripe's.
    pub fn payment_intent(&self) -> Option<&str> {
        self.payments.data.iter().find_map(|payment| payment.payment.as_ref()?.payment_intent.as_deref())
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Charge {
    pub id: String,
    #[serde(default, deserialize_with = "id")]
    pub customer: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub amount: i64,
    #[serde(default)]
    pub amount_refunded: i64,
    #[serde(default)]
    pub currency: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Dispute {
    pub id: String,
    #[serde(default, deserialize_with = "id")]
    pub charge: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub amount: i64,
    /// `needs_response`, `under_review`, `won`, `lost`, `warning_…`, `prevented`.
    #[serde(default)]
    pub status: Option<String>,
}

impl Dispute {
    /// Whether the money is with us: it was won, or it never left (an inquiry).
    pub fn is_ours(&self) -> bool {
        let status = self.status.as_deref().unwrap_or_default();
        matches!(status, "won" | "prevented") || status.starts_with("warning_")
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Refund {
    pub id: String,
    #[serde(default)]
    pub amount: i64,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "id")]
    pub payment_intent: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WebhookEndpoint {
    pub id: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub api_version: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub enabled_events: Vec<String>,
}
