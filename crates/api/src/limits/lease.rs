//! A block of permits that this node took ahead for somebody, and lets their requests through from.

use super::counter::Counter;
use super::{Rule, Standing, Window};
use crate::error::ApiResult;
use chrono::{DateTime, TimeDelta, Utc};

/// The largest block.
const MOST: i64 = 1000;
/// A refusal is believed for so long, so that whoever keeps knocking costs nothing.
const BELIEVED: TimeDelta = TimeDelta::seconds(1);

#[derive(Debug, Default)]
pub(super) struct Lease {
    /// The rule and window that the permits were taken in.
    of: Option<(Rule, DateTime<Utc>)>,
    /// Permits left in the block.
    left: i64,
    /// What the shared counter had left after the block was taken.
    shared: i64,
    refused: Option<Refused>,
    last_used: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug)]
struct Refused {
    until: DateTime<Utc>,
    free_again: DateTime<Utc>,
}

impl Lease {
    pub(super) fn last_used(&self) -> DateTime<Utc> {
        self.last_used
    }

    /// Lets one through, or not.
    pub(super) async fn take(
        &mut self,
        counter: &Counter,
        rule: Rule,
        subject: impl FnOnce() -> String,
        now: DateTime<Utc>,
    ) -> ApiResult<Standing> {
        self.last_used = now;
        let window = Window::of(rule, now);
        let is_current = self.of == Some((rule, window.start));
        if is_current && self.left > 0 {
            self.left -= 1;
            return Ok(self.allowed(rule, window));
        }
        if is_current && let Some(refused) = self.refused.filter(|refused| now < refused.until) {
            return Ok(refusal(rule, refused.free_again));
        }
        let subject = subject();
        if !is_current {
            self.end(counter, &subject).await?;
            self.shared = i64::from(rule.limit);
        }
        let block = (i64::from(rule.limit) / 20).clamp(1, MOST);
        // Towards the end blocks get smaller, so that little is held by nodes that do not use it.
        self.take_block(counter, rule, &subject, window, (self.shared / 4).clamp(1, block), now).await
    }

    /// The same for somebody who has no block.
    pub(super) async fn take_single(
        mut self,
        counter: &Counter,
        rule: Rule,
        subject: &str,
        now: DateTime<Utc>,
    ) -> ApiResult<Standing> {
        self.take_block(counter, rule, subject, Window::of(rule, now), 1, now).await
    }

    async fn take_block(
        &mut self,
        counter: &Counter,
        rule: Rule,
        subject: &str,
        window: Window,
        wanted: i64,
        now: DateTime<Utc>,
    ) -> ApiResult<Standing> {
        let count = counter.take(rule, subject, window, wanted).await?;
        self.of = Some((rule, window.start));
        if count.granted == 0 {
            let free_again = free_again(rule, window, count.hits, count.previous, 1);
            self.refused = Some(Refused { until: free_again.min(now + BELIEVED), free_again });
            return Ok(refusal(rule, free_again));
        }
        self.refused = None;
        self.left = count.granted - 1;
        let weight = count.previous as f64 * (1.0 - window.passed);
        self.shared = (f64::from(rule.limit) - count.hits as f64 - weight).floor().max(0.0) as i64;
        Ok(self.allowed(rule, window))
    }

    fn allowed(&self, rule: Rule, window: Window) -> Standing {
        Standing {
            allowed: true,
            limit: rule.limit,
            remaining: u32::try_from(self.left + self.shared).unwrap_or(u32::MAX),
            reset: window.start + rule.window,
        }
    }

    /// Gives the rest of the block back.
    pub(super) async fn end(&mut self, counter: &Counter, subject: &str) -> ApiResult<()> {
        let left = std::mem::take(&mut self.left);
        if let Some((rule, window_start)) = self.of.take()
            && left > 0
        {
            counter.give_back(rule, subject, window_start, left).await?;
        }
        self.refused = None;
        Ok(())
    }
}

fn refusal(rule: Rule, free_again: DateTime<Utc>) -> Standing {
    Standing { allowed: false, limit: rule.limit, remaining: 0, reset: free_again }
}

/// When `wanted` permits will be free, if nobody takes any until then.
pub(super) fn free_again(rule: Rule, window: Window, hits: i64, previous: i64, wanted: u32) -> DateTime<Utc> {
    let room = f64::from(rule.limit) - f64::from(wanted);
    let after =
        |part: f64| TimeDelta::milliseconds((rule.window.num_milliseconds() as f64 * part).ceil() as i64);
    let (hits, previous) = (hits as f64, previous as f64);
    if hits <= room && previous > 0.0 {
        // Later in this window, when the window before weighs little enough.
        return window.start + after((1.0 - (room - hits) / previous).clamp(window.passed, 1.0));
    }
    let part = if hits > 0.0 { (1.0 - room.max(0.0) / hits).clamp(0.0, 1.0) } else { 0.0 };
    window.start + rule.window + after(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let rule = Rule { bucket: "test", limit: 5, window: TimeDelta::minutes(15) };
        let start = DateTime::from_timestamp(900_000, 0).unwrap();
        let window = Window::of(rule, start + TimeDelta::minutes(3));
        assert_eq!(window, Window { start, passed: 0.2 });
        let minutes = |hits, previous| (free_again(rule, window, hits, previous, 1) - start).num_minutes();
        assert_eq!(minutes(0, 5), 3, "at 0.2 the five before weigh four");
        assert_eq!(minutes(2, 5), 9, "at 0.6 the five before weigh two");
        assert_eq!(minutes(5, 0), 18, "at 0.2 of the next window these five weigh four");
        let more_than_there_is = free_again(rule, window, 3, 0, 9);
        assert!(more_than_there_is > start + rule.window);
    }
}
