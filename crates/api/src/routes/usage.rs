//! What somebody used: costs by day, project and service, in money and in credits, and where the period is going.

use crate::csv::Csv;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiQuery, SignedIn};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Days, Months, NaiveDate};
use garde::Validate;
use mv_core::units::MicroUsd;
use mv_store::db::usage::{self, Calendar, Used};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(table))
}

/// Days that may be asked for at once.
const MOST_DAYS: i64 = 366;
/// Days whose mean a forecast goes on with.
const LOOK_BACK: u64 = 7;
/// A credit in millionths of a dollar.
const CREDIT: f64 = 10_000.0;

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Range {
    /// The first day, in the person's time zone; the first one of the period when left out.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    from: Option<NaiveDate>,
    /// The last day; today when left out. At most 366 days.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date, example = "2026-11-30")]
    to: Option<NaiveDate>,
}

/// What calls of services cost, whoever paid: with keys of one's own, by the operator, or with credits.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(crate) struct UsageSum {
    /// Calls that ended, those that failed and cost nothing too.
    #[schema(example = 42)]
    calls: i64,
    /// US dollars.
    #[schema(example = 3.36)]
    usd: f64,
    /// The part of it that was paid with credits, in credits.
    #[schema(example = 336.0)]
    credits: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    calls: i64,
    cost: MicroUsd,
    by_credits: MicroUsd,
}

impl AddAssign<&Used> for Sum {
    fn add_assign(&mut self, used: &Used) {
        self.calls += used.calls;
        self.cost = self.cost + used.cost;
        if used.funding == "credits" {
            self.by_credits = self.by_credits + used.cost;
        }
    }
}

impl From<Sum> for UsageSum {
    fn from(sum: Sum) -> Self {
        Self { calls: sum.calls, usd: usd(sum.cost), credits: credits(sum.by_credits) }
    }
}

fn usd(amount: MicroUsd) -> f64 {
    amount.0 as f64 / 1e6
}

fn credits(amount: MicroUsd) -> f64 {
    amount.0 as f64 / CREDIT
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageDay {
    #[schema(example = "2026-11-23")]
    day: NaiveDate,
    #[serde(flatten)]
    sum: UsageSum,
    /// US dollars for stills and their edits.
    images_usd: f64,
    /// US dollars for clips.
    videos_usd: f64,
    /// US dollars for describing, writing and listening.
    processing_usd: f64,
}

/// One project; what was for none is together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageOfProject {
    project_id: Option<Uuid>,
    #[schema(example = "여름밤의 주파수")]
    title: Option<String>,
    #[serde(flatten)]
    sum: UsageSum,
}

/// One service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageOfService {
    #[schema(example = "kling")]
    provider: String,
    #[serde(flatten)]
    sum: UsageSum,
    models: Vec<UsageOfModel>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageOfModel {
    #[schema(example = "kling-standard")]
    model: String,
    #[serde(flatten)]
    sum: UsageSum,
}

/// The period that is running: that of the subscription, else the month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsagePeriod {
    #[schema(example = "2026-11-01")]
    first_day: NaiveDate,
    #[schema(example = "2026-11-30")]
    last_day: NaiveDate,
    /// So far.
    #[serde(flatten)]
    sum: UsageSum,
    /// What it comes to by its end, if the days that are left cost what the last seven did on average.
    #[schema(example = 12.4)]
    forecast_usd: f64,
    #[schema(example = 310.0)]
    forecast_credits: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    from: NaiveDate,
    to: NaiveDate,
    /// Whose days they are.
    #[schema(example = "Asia/Seoul")]
    timezone: String,
    total: UsageSum,
    /// What calls that have not ended may still cost, in US dollars.
    #[schema(example = 0.84)]
    open_usd: f64,
    /// Every day of the range, those without calls too.
    days: Vec<UsageDay>,
    /// The dearest first.
    projects: Vec<UsageOfProject>,
    /// The dearest first.
    services: Vec<UsageOfService>,
    period: UsagePeriod,
}

/// First day and last day.
type Span = (NaiveDate, NaiveDate);

fn period(calendar: &Calendar) -> Span {
    let today = calendar.today;
    let first = today.with_day(1).unwrap_or(today);
    let (first, end) =
        calendar.period.unwrap_or((first, first.checked_add_months(Months::new(1)).unwrap_or(first)));
    (first, end.pred_opt().unwrap_or(end).max(first))
}

impl Range {
    /// # Errors
    /// 422 when it is upside down, or too long.
    fn span(&self, calendar: &Calendar) -> ApiResult<Span> {
        let to = self.to.unwrap_or(calendar.today);
        let from = self.from.unwrap_or_else(|| period(calendar).0.min(to));
        let days = (to - from).num_days();
        if days < 0 {
            return Err(ApiError::invalid("from", "is later than `to`"));
        }
        if days >= MOST_DAYS || !(1970..=9998).contains(&from.year()) || to.year() > 9998 {
            return Err(ApiError::invalid("from", format!("must be within {MOST_DAYS} days of `to`"))
                .with_hint("ask for a year at a time"));
        }
        Ok((from, to))
    }
}

fn summed<K: Ord>(rows: &[Used], of: impl Fn(&Used) -> K) -> BTreeMap<K, Sum> {
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for used in rows {
        *sums.entry(of(used)).or_default() += used;
    }
    sums
}

/// By cost, the dearest first; by key where they cost alike.
fn dearest_first<K>(sums: BTreeMap<K, Sum>) -> Vec<(K, Sum)> {
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.cost));
    sums
}

fn total(rows: &[Used]) -> Sum {
    summed(rows, |_| ()).into_values().next().unwrap_or_default()
}

fn days(rows: &[Used], (from, to): Span) -> Vec<UsageDay> {
    let by_day = summed(rows, |used| used.day);
    let by_line = summed(rows, |used| (used.day, used.line.clone()));
    let line = |day, line: &str| usd(by_line.get(&(day, line.to_owned())).copied().unwrap_or_default().cost);
    from.iter_days()
        .take_while(|day| *day <= to)
        .map(|day| UsageDay {
            day,
            sum: by_day.get(&day).copied().unwrap_or_default().into(),
            images_usd: line(day, "images"),
            videos_usd: line(day, "videos"),
            processing_usd: line(day, "processing"),
        })
        .collect()
}

fn projects(rows: &[Used]) -> Vec<UsageOfProject> {
    let sums = dearest_first(summed(rows, |used| (used.project, used.title.clone())));
    let one = |((project_id, title), sum): (_, Sum)| UsageOfProject { project_id, title, sum: sum.into() };
    sums.into_iter().map(one).collect()
}

fn services(rows: &[Used]) -> Vec<UsageOfService> {
    let models = dearest_first(summed(rows, |used| (used.provider.clone(), used.model.clone())));
    let of = |provider: &str| {
        let own = models.iter().filter(|((of, _), _)| of == provider);
        own.map(|((_, model), sum)| UsageOfModel { model: model.clone(), sum: (*sum).into() }).collect()
    };
    let sums = dearest_first(summed(rows, |used| used.provider.clone())).into_iter();
    sums.map(|(provider, sum)| UsageOfService { models: of(&provider), provider, sum: sum.into() }).collect()
}

/// `rows` are those of the period so far and of the days that the forecast looks back on.
fn forecast(rows: &[Used], today: NaiveDate, (first, last): Span) -> UsagePeriod {
    let within = |from: NaiveDate| -> Vec<Used> {
        rows.iter().filter(|used| used.day >= from && used.day <= today).cloned().collect()
    };
    let so_far = total(&within(first));
    let lately = total(&within(back(today)));
    let left = (last - today).num_days().max(0) as f64 / LOOK_BACK as f64;
    let goes_on =
        |so_far: f64, lately: f64, digits: f64| ((so_far + lately * left) * digits).round() / digits;
    UsagePeriod {
        first_day: first,
        last_day: last,
        forecast_usd: goes_on(usd(so_far.cost), usd(lately.cost), 1e4),
        forecast_credits: goes_on(credits(so_far.by_credits), credits(lately.by_credits), 1e2),
        sum: so_far.into(),
    }
}

/// The first of the days that a forecast looks back on, today the last of them.
fn back(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(LOOK_BACK - 1)).unwrap_or(today)
}

/// What one used
///
/// Costs by day, project and service, and what the running period comes to if it goes on like this.
#[utoipa::path(
    get, path = "/api/usage", tag = "billing", params(Range), security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = Usage))
)]
async fn read(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiQuery(range): ApiQuery<Range>,
) -> ApiResult<Json<Usage>> {
    let mut transaction = state.db.person(who.user()).await?;
    let calendar = usage::calendar(&mut transaction, who.user(), state.clock.now()).await?;
    let (from, to) = range.span(&calendar)?;
    let period = period(&calendar);
    let (zone, today) = (&calendar.timezone, calendar.today);
    let rows = usage::by_day(&mut transaction, who.user(), zone, from, to).await?;
    let since = period.0.min(back(today));
    let running = usage::by_day(&mut transaction, who.user(), zone, since, today).await?;
    let open = usage::open(&mut transaction, who.user()).await?;
    transaction.commit().await?;
    Ok(Json(Usage {
        from,
        to,
        total: total(&rows).into(),
        open_usd: usd(open),
        days: days(&rows, (from, to)),
        projects: projects(&rows),
        services: services(&rows),
        period: forecast(&running, today, period),
        timezone: calendar.timezone,
    }))
}

/// What one used, as a table
///
/// A row for each day, project, model and way of paying.
#[utoipa::path(
    get, path = "/api/usage/csv", tag = "billing", params(Range), security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
async fn table(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiQuery(range): ApiQuery<Range>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    let calendar = usage::calendar(&mut transaction, who.user(), state.clock.now()).await?;
    let (from, to) = range.span(&calendar)?;
    let rows = usage::by_day(&mut transaction, who.user(), &calendar.timezone, from, to).await?;
    transaction.commit().await?;
    let heads =
        ["day", "project_id", "project", "service", "model", "item", "paid_with", "calls", "usd", "credits"];
    let mut table = Csv::new(format!("usage-{from}-{to}.csv"), &heads);
    for used in rows {
        let by_credits = if used.funding == "credits" { credits(used.cost) } else { 0.0 };
        table.row([
            used.day.to_string(),
            used.project.map(|id| id.to_string()).unwrap_or_default(),
            used.title.unwrap_or_default(),
            used.provider,
            used.model,
            used.line,
            used.funding,
            used.calls.to_string(),
            usd(used.cost).to_string(),
            by_credits.to_string(),
        ]);
    }
    Ok(table.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn used(on: u32, funding: &str, cost: i64) -> Used {
        Used {
            day: day(on),
            project: None,
            title: None,
            provider: "kling".into(),
            model: "kling-standard".into(),
            line: "videos".into(),
            funding: funding.into(),
            calls: 1,
            cost: MicroUsd(cost),
        }
    }

    #[test]
    fn a_forecast_goes_on_like_the_last_seven_days() {
        // Ten cents a day for the last seven days, a dollar long before; ten days are left.
        let mut rows: Vec<Used> = (14..=20).map(|on| used(on, "credits", 100_000)).collect();
        rows.push(used(2, "own", 1_000_000));
        let period = forecast(&rows, day(20), (day(1), day(30)));
        assert!((period.sum.usd - 1.7).abs() < 1e-9 && (period.sum.credits - 70.0).abs() < 1e-9);
        assert!((period.forecast_usd - 2.7).abs() < 1e-9, "{period:?}");
        assert!((period.forecast_credits - 170.0).abs() < 1e-9);
        let ended = forecast(&rows, day(30), (day(1), day(30)));
        assert!((ended.forecast_usd - 1.7).abs() < 1e-9, "no day is left");
    }

    #[test]
    fn a_month_is_the_period_of_whoever_has_no_other() {
        let calendar = |period| Calendar { timezone: "UTC".into(), today: day(30), period };
        assert_eq!(period(&calendar(None)), (day(1), day(30)));
        assert_eq!(period(&calendar(Some((day(11), day(21))))), (day(11), day(20)));
        let range = |from, to| Range { from, to }.span(&calendar(None));
        assert_eq!(range(None, None).unwrap(), (day(1), day(30)));
        assert_eq!(range(None, Some(day(3))).unwrap(), (day(1), day(3)));
        assert!(range(Some(day(4)), Some(day(3))).is_err());
        assert!(range(NaiveDate::from_ymd_opt(2025, 11, 29), None).is_err());
    }
}
