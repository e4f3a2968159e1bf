//! Which of a person's credits are left: those that run out soonest are spent first.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one transfer did to what a person has, spendable or set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Move {
    /// The grant that it is about, if it is about one.
    pub(super) grant: Option<Uuid>,
    pub(super) amount: i64,
}

/// What is left of each grant after these transfers, in the order they were booked. `expires` knows every grant.
pub(super) fn left(
    expires: &BTreeMap<Uuid, Option<DateTime<Utc>>>,
    moves: impl IntoIterator<Item = Move>,
) -> BTreeMap<Uuid, i64> {
    let mut order: Vec<(DateTime<Utc>, Uuid)> =
        expires.iter().map(|(id, at)| (at.unwrap_or(DateTime::<Utc>::MAX_UTC), *id)).collect();
    order.sort_unstable();
    let mut pools: BTreeMap<Uuid, i64> = expires.keys().map(|id| (*id, 0)).collect();
    for Move { grant, amount } in moves {
        let mut to_draw = 0;
        match grant.and_then(|id| pools.get_mut(&id)) {
            Some(pool) => {
                let rest = *pool + amount;
                *pool = rest.max(0);
                // More was taken back than was left of it.
                to_draw = rest.min(0).saturating_neg();
            }
            None if amount < 0 => to_draw = amount.saturating_neg(),
            // Gifts, and what a call gave back, are in no pool: they never run out.
            None => {}
        }
        for (_, id) in &order {
            let Some(pool) = pools.get_mut(id) else { continue };
            let drawn = to_draw.min(*pool);
            *pool -= drawn;
            to_draw -= drawn;
        }
    }
    pools
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLY: Uuid = Uuid::from_u128(2);
    const LATE: Uuid = Uuid::from_u128(1);
    const EVER: Uuid = Uuid::from_u128(3);

    fn left_after(moves: &[(Option<Uuid>, i64)]) -> [i64; 3] {
        let at = |day: i64| Some(DateTime::from_timestamp(day * 86_400, 0).unwrap());
        let expires = BTreeMap::from([(EARLY, at(10)), (LATE, at(20)), (EVER, None)]);
        let moves = moves.iter().map(|(grant, amount)| Move { grant: *grant, amount: *amount });
        let pools = left(&expires, moves);
        [pools[&EARLY], pools[&LATE], pools[&EVER]]
    }

    #[test]
    fn what_runs_out_soonest_is_spent_first() {
        let all = [(Some(EVER), 50), (Some(LATE), 100), (Some(EARLY), 100)];
        let after = |spent: i64| left_after(&[&all[..], &[(None, -spent)]].concat());
        assert_eq!(after(30), [70, 100, 50]);
        assert_eq!(after(130), [0, 70, 50]);
        assert_eq!(after(220), [0, 0, 30]);
        assert_eq!(after(300), [0, 0, 0], "the rest was of gifts");
    }

    #[test]
    fn what_was_spent_before_a_grant_is_not_of_it() {
        let before = [(None, 40), (None, -40), (Some(EARLY), 100)];
        assert_eq!(left_after(&before), [100, 0, 0]);
    }

    #[test]
    fn what_is_taken_back_is_of_its_grant_as_far_as_it_goes() {
        let back = |amount: i64| {
            left_after(&[(Some(EARLY), 100), (Some(LATE), 100), (None, -60), (Some(EARLY), amount)])
        };
        assert_eq!(back(-40), [0, 100, 0]);
        assert_eq!(back(-70), [0, 70, 0]);
    }
}
