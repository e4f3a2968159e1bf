//! How the service is used, for whoever runs it: from signing up to films, by day, by service, and who comes back.

use crate::error::{ApiError, ApiResult};
use crate::extract::ApiQuery;
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{Days, NaiveDate, NaiveTime};
use garde::Validate;
use mv_store::db::analytics::{self, Returned, Span};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Days that are looked at when nobody says.
const USUAL: u64 = 30;
/// And at the most.
const MOST: i64 = 366;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Which days (UTC), both of them included.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Between {
    /// 30 days before `to`, when left out.
    #[garde(skip)]
    #[param(example = "2026-11-01")]
    from: Option<NaiveDate>,
    /// Today, when left out.
    #[garde(skip)]
    #[param(example = "2026-11-30")]
    to: Option<NaiveDate>,
}

/// A step of the funnel.
#[derive(Debug, Serialize, ToSchema)]
struct FunnelStep {
    #[schema(example = "film_finished")]
    name: String,
    /// Of those who signed up in these days, how many have come here since.
    people: i64,
    /// Of all who signed up, 0–1; nothing where nobody did.
    of_all: Option<f64>,
    /// Of those at the step before, 0–1; more than 1 where it can be passed by.
    of_previous: Option<f64>,
}

/// How often something happened on a day.
#[derive(Debug, Serialize, ToSchema)]
struct DayCount {
    day: NaiveDate,
    /// `signed_up`, `verified`, `song_uploaded`, `song_heard`, `character_approved`, `storyboard_made`, `quoted`, `ordered`,
    /// `film_finished`, `film_failed`, `exported`, `shared`, `watched`, `upgraded`, `cancelled` or `credits_bought`.
    #[schema(example = "ordered")]
    name: String,
    count: i64,
    /// Different people; `watched` has none.
    people: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct ServiceFilms {
    /// `drawn` for films that no service was paid for.
    #[schema(example = "kling")]
    service: String,
    films: i64,
}

/// People who signed up in the same week.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct Cohort {
    /// Its Monday.
    week: NaiveDate,
    size: i64,
    /// How many of them did something that week, and in each week after.
    active: Vec<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Analytics {
    from: NaiveDate,
    to: NaiveDate,
    funnel: Vec<FunnelStep>,
    /// Only days on which something happened.
    days: Vec<DayCount>,
    /// Films finished in these days, most first. One of two services counts for both.
    films: Vec<ServiceFilms>,
    /// From signing up to the first film: half of those who have one took less.
    median_minutes_to_first_film: Option<f64>,
    retention: Vec<Cohort>,
}

/// How the service is used
///
/// Who wants nothing counted is in none of it; what is watched by links is counted without a name.
#[utoipa::path(
    get, path = "/api/admin/analytics", tag = "admin", params(Between), security(("session" = [])),
    responses((status = 200, body = Analytics))
)]
async fn read(
    State(state): State<ApiState>,
    _: Admin,
    ApiQuery(days): ApiQuery<Between>,
) -> ApiResult<Json<Analytics>> {
    let to = days.to.unwrap_or_else(|| state.clock.now().date_naive());
    let from = days.from.or_else(|| to.checked_sub_days(Days::new(USUAL - 1))).unwrap_or(to);
    if from > to {
        return Err(ApiError::invalid("from", "must not be after `to`"));
    }
    if (to - from).num_days() >= MOST {
        return Err(ApiError::invalid("from", format!("must be at most {MOST} days before the end of `to`")));
    }
    let Some(after) = to.checked_add_days(Days::new(1)) else {
        return Err(ApiError::invalid("to", "is too late"));
    };
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let span = Span { from: midnight(from), to: midnight(after) };
    let mut connection = state.db.worker().acquire().await?;
    let funnel = conversions(analytics::funnel(&mut connection, span).await?);
    let days = analytics::by_day(&mut connection, span).await?;
    let films = analytics::films_by_service(&mut connection, span).await?;
    let median = analytics::minutes_to_first_film(&mut connection, span).await?;
    let retention = cohorts(&analytics::retention(&mut connection, span).await?);
    drop(connection);
    let day =
        |of: analytics::OfDay| DayCount { day: of.day, name: of.name, count: of.count, people: of.people };
    Ok(Json(Analytics {
        from,
        to,
        funnel,
        days: days.into_iter().map(day).collect(),
        films: films.into_iter().map(|(service, films)| ServiceFilms { service, films }).collect(),
        median_minutes_to_first_film: median,
        retention,
    }))
}

fn conversions(steps: Vec<(String, i64)>) -> Vec<FunnelStep> {
    let all = steps.first().map_or(0, |(_, people)| *people);
    let mut before = None;
    let part = |of: i64, whole: i64| (whole > 0).then(|| of as f64 / whole as f64);
    let mut funnel = Vec::with_capacity(steps.len());
    for (name, people) in steps {
        let of_previous = before.and_then(|before| part(people, before));
        funnel.push(FunnelStep { name, people, of_all: part(people, all), of_previous });
        before = Some(people);
    }
    funnel
}

/// A row a week, with nought for weeks in which nobody did anything.
fn cohorts(returned: &[Returned]) -> Vec<Cohort> {
    let mut cohorts: Vec<Cohort> = Vec::new();
    for row in returned {
        let Ok(after) = usize::try_from(row.after) else { continue };
        if cohorts.last().is_none_or(|last| last.week != row.week) {
            cohorts.push(Cohort { week: row.week, size: row.size, active: Vec::new() });
        }
        if let Some(cohort) = cohorts.last_mut() {
            cohort.active.resize(after + 1, 0);
            cohort.active[after] = row.people;
        }
    }
    cohorts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_without_anybody_are_there_too() {
        let week = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let row = |after, people| Returned { week, size: 9, after, people };
        let expected = Cohort { week, size: 9, active: vec![9, 0, 4] };
        assert_eq!(cohorts(&[row(0, 9), row(2, 4)]), [expected]);
    }

    #[test]
    fn nobody_converts_to_nothing() {
        let steps = |counts: [i64; 2]| conversions(counts.map(|n| ("x".to_owned(), n)).to_vec());
        assert_eq!((steps([0, 0])[1].of_all, steps([0, 0])[1].of_previous), (None, None));
        assert_eq!((steps([4, 1])[1].of_all, steps([4, 1])[0].of_previous), (Some(0.25), None));
    }
}
