//! The budget guard: money is reserved before a step is paid for, then settled or given back, never past the cap.

use crate::error::ProductionError;
use mv_core::units::MicroUsd;
use std::sync::{Arc, Mutex, PoisonError};

/// What a production may spend. Clones share the same account.
#[derive(Clone, Debug)]
pub struct Budget {
    account: Arc<Mutex<Account>>,
}

#[derive(Debug)]
struct Account {
    cap: Option<MicroUsd>,
    reserved: MicroUsd,
    spent: MicroUsd,
}

impl Budget {
    /// `None` is no cap.
    pub fn with_cap(cap: Option<MicroUsd>) -> Self {
        let account = Account { cap, reserved: MicroUsd::ZERO, spent: MicroUsd::ZERO };
        Self { account: Arc::new(Mutex::new(account)) }
    }

    pub fn spent(&self) -> MicroUsd {
        self.lock().spent
    }

    /// Sets an estimate aside, or says how much is missing.
    pub fn reserve(&self, estimate: MicroUsd) -> Result<Reservation, ProductionError> {
        let mut account = self.lock();
        let after = account.spent + account.reserved + estimate;
        if let Some(cap) = account.cap
            && after > cap
        {
            return Err(ProductionError::OverBudget { cap, needed: after });
        }
        account.reserved = account.reserved + estimate;
        Ok(Reservation { budget: self.clone(), estimate, open: true })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Money set aside for one paid call. Dropped without [`Reservation::settle`], it is given back.
#[derive(Debug)]
#[must_use = "settle it when the call succeeded; dropping it gives the money back"]
pub struct Reservation {
    budget: Budget,
    estimate: MicroUsd,
    open: bool,
}

impl Reservation {
    /// Books what the call really cost; the estimate where the service does not say.
    pub fn settle(mut self, cost: Option<MicroUsd>) {
        self.open = false;
        let mut account = self.budget.lock();
        account.reserved = MicroUsd(account.reserved.0 - self.estimate.0);
        account.spent = account.spent + cost.unwrap_or(self.estimate);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.open {
            let mut account = self.budget.lock();
            account.reserved = MicroUsd(account.reserved.0 - self.estimate.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_settled_or_given_back_and_never_past_the_cap() {
        let budget = Budget::with_cap(Some(MicroUsd(100)));
        let first = budget.reserve(MicroUsd(60)).unwrap();
        assert!(matches!(
            budget.reserve(MicroUsd(41)),
            Err(ProductionError::OverBudget { needed: MicroUsd(101), .. })
        ));
        drop(first);
        let second = budget.reserve(MicroUsd(60)).unwrap();
        second.settle(Some(MicroUsd(50)));
        assert_eq!(budget.spent(), MicroUsd(50));
        budget.reserve(MicroUsd(50)).unwrap().settle(None);
        assert_eq!(budget.spent(), MicroUsd(100));
        assert!(budget.reserve(MicroUsd(1)).is_err());
    }
}
