//! When a service says to come back: `Retry-After` as seconds or as a date, and the milliseconds some send beside it.

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use std::time::Duration;

/// Nobody waits longer than a day on a service's word.
pub(crate) const LONGEST: Duration = Duration::from_hours(24);

/// How long from `now`; `None` when nothing readable is said.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return bounded(millis / 1000.0);
    }
    let said = text("retry-after")?;
    if let Ok(seconds) = said.parse::<f64>() {
        return bounded(seconds);
    }
    let until = DateTime::<Utc>::from(httpdate::parse_http_date(said).ok()?);
    Some((until - now).to_std().unwrap_or_default().min(LONGEST))
}

/// A span some service wrote as `37s` or `1.5s`, as Google's APIs do.
pub(crate) fn span(text: &str) -> Option<Duration> {
    bounded(text.strip_suffix('s')?.parse().ok()?)
}

fn bounded(seconds: f64) -> Option<Duration> {
    (seconds.is_finite() && seconds >= 0.0)
        .then(|| Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        retry_after(&headers, "2026-11-22T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn seconds_dates_and_milliseconds_are_read() {
        assert_eq!(said("retry-after", "42"), Some(Duration::from_secs(42)));
        assert_eq!(said("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(said("retry-after", "Sun, 22 Nov 2026 09:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(said("retry-after", "Sunday, 22-Nov-26 09:00:10 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(said("retry-after", "Sun, 22 Nov 2026 08:00:00 GMT"), Some(Duration::ZERO), "it is past");
        assert_eq!(said("retry-after-ms", "1500"), Some(Duration::from_millis(1500)));
    }

    #[test]
    fn nonsense_is_nothing_and_years_are_a_day() {
        for nonsense in ["", "soon", "-1", "NaN", "inf"] {
            assert_eq!(said("retry-after", nonsense), None, "{nonsense}");
        }
        assert_eq!(said("retry-after", "1e18"), Some(LONGEST));
        assert_eq!(said("retry-after", "Sun, 22 Nov 2099 09:00:00 GMT"), Some(LONGEST));
        assert_eq!(span("37s"), Some(Duration::from_secs(37)));
        assert_eq!(span("37"), None);
    }
}
