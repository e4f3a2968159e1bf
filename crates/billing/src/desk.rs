//! What a server knows of plans and payments: made once from its settings, shared by who answers and who works.

use crate::client::Stripe;
use crate::offers::Offers;
use chrono::TimeDelta;
use mv_core::plan::{Plan, PlanTable};
use secrecy::SecretString;
use std::fmt;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Billing {
    pub offers: Arc<Offers>,
    /// What everybody has at the least.
    pub least: Plan,
    /// `None` where nobody pays: the operator gives plans and credits by hand.
    pub payments: Option<Payments>,
}

impl Default for Billing {
    /// The built-in plans, nobody pays, and everything is unlocked.
    fn default() -> Self {
        Self { offers: Arc::new(Offers::default()), least: Plan::Team, payments: None }
    }
}

impl Billing {
    /// What each plan allows here.
    pub fn plans(&self) -> PlanTable {
        PlanTable::new(|plan| self.offers.limits(plan), self.least)
    }

    /// How long a plan stays after a payment has failed.
    pub fn grace(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.offers.grace_days))
    }
}

/// How people pay.
#[derive(Clone)]
pub struct Payments {
    pub stripe: Stripe,
    /// Of the endpoint of webhooks: the current one, and the one before while they are changed.
    pub webhook_secrets: Vec<SecretString>,
    /// Whether Stripe works out and collects taxes.
    pub automatic_tax: bool,
}

impl fmt::Debug for Payments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payments").field("stripe", &self.stripe).finish_non_exhaustive()
    }
}
