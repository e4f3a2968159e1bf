//! Calls of outside services that may cost money: what they cost, how far they are, and what to do about one whose
//! answer was lost.

use crate::auth::session::note_on;
use crate::error::ApiResult;
use crate::extract::{ApiPath, ApiQuery, Client, Listing, Page, Person, SignedIn, ValidJson};
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::{CallId, ProjectId, VideoJobId};
use mv_core::paid_call::{CallState, Funding};
use mv_core::policy::{Action, Decision, Resource, can};
use mv_core::units::MicroUsd;
use mv_store::ledger::{self, Call, CallFilter, Outcome, Resolver};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(resolve))
        .routes(routes!(everybodys))
}

/// A call of an outside service.
#[derive(Serialize, ToSchema)]
#[schema(as = PaidCall)]
struct CallBody {
    id: Uuid,
    /// Who ordered what it is for.
    user_id: Uuid,
    project_id: Option<Uuid>,
    job_id: Option<Uuid>,
    /// The errand that it was for, when it was for no film.
    task_id: Option<Uuid>,
    scene_id: Option<Uuid>,
    /// `image`, `edit`, `clip`, `vision`, `text` or `transcription`.
    #[schema(example = "clip")]
    capability: &'static str,
    #[schema(example = "kling")]
    provider: String,
    #[schema(example = "kling-standard")]
    model: String,
    /// Why this model and not the first choice.
    because: Option<String>,
    /// Who pays: `own` (by a key of the person's own), `house` (the operator) or `credits`.
    #[schema(example = "own")]
    funding: &'static str,
    /// `reserved`, `submitting`, `submitted`, `succeeded`, `failed` or `unknown`.
    #[schema(example = "unknown")]
    state: &'static str,
    /// What was set aside for it.
    #[schema(example = 0.42)]
    estimate_usd: f64,
    /// Once it has ended.
    cost_usd: Option<f64>,
    /// What the service calls it.
    provider_job_id: Option<String>,
    /// What we called it when we sent it, for asking the service about it.
    reference: String,
    /// How often it was sent.
    attempts: u32,
    /// What went wrong.
    error: Option<CallError>,
    /// With `unknown`: what to do about it.
    advice: Option<Advice>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct CallError {
    #[schema(example = "unknown")]
    code: Option<String>,
    message: Option<String>,
}

/// What to do about a call whose answer was lost.
#[derive(Serialize, ToSchema)]
#[schema(as = CallAdvice)]
struct Advice {
    /// What happened, and what it means for the money.
    message: String,
    /// Whether whoever asks may say what became of it.
    yours_to_resolve: bool,
    /// What each outcome means; none where it is not theirs to say.
    outcomes: Vec<Choice>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CallOutcomeChoice)]
struct Choice {
    #[schema(example = "not_taken")]
    outcome: &'static str,
    /// When to choose it, and what follows.
    means: &'static str,
}

const CHOICES: [Choice; 4] = [
    Choice {
        outcome: "not_taken",
        means: "The service's list does not show it, some minutes after it was sent. What was set aside is given back, \
                and when you order again it is bought again.",
    },
    Choice {
        outcome: "taken",
        means: "The service's list shows it. Send its id there as `provider_job_id`: it is waited for and its result is \
                fetched; nothing is bought twice.",
    },
    Choice {
        outcome: "refunded",
        means: "The service took it, but charged nothing or gave the money back. What was set aside is given back.",
    },
    Choice {
        outcome: "charged",
        means: "The service charged for it and there is nothing to fetch. `cost_usd` is booked, or the estimate.",
    },
];

fn advice(call: &Call, operator: bool) -> Option<Advice> {
    if call.state != CallState::Unknown {
        return None;
    }
    let (provider, amount) = (&call.provider, call.estimate);
    let lost = format!(
        "The answer of `{provider}` was lost, so nobody here knows whether it took the request. It is not sent again \
         until somebody says, and {amount} stay set aside."
    );
    let yours = operator || call.funding == Funding::Own;
    let next = if yours {
        format!(
            "Look at the list of tasks in the account at `{provider}` for one made at {} UTC, then say what you found.",
            call.created_at.format("%Y-%m-%d %H:%M")
        )
    } else {
        "It was bought in the operator's account: the operator looks it up. You need not do anything."
            .to_owned()
    };
    let outcomes = if yours { Vec::from(CHOICES) } else { Vec::new() };
    Some(Advice { message: format!("{lost} {next}"), yours_to_resolve: yours, outcomes })
}

fn usd(amount: MicroUsd) -> f64 {
    amount.0 as f64 / 1e6
}

fn body(call: Call, operator: bool) -> CallBody {
    let advice = advice(&call, operator);
    let word = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let error = call.error.as_ref();
    CallBody {
        id: call.id.0,
        user_id: call.user.0,
        project_id: call.project.map(|id| id.0),
        job_id: call.job.map(|id| id.0),
        task_id: call.task.map(|id| id.0),
        scene_id: call.scene.map(|id| id.0),
        capability: call.capability.word(),
        provider: call.provider,
        model: call.model,
        because: call.because,
        funding: call.funding.word(),
        state: call.state.word(),
        estimate_usd: usd(call.estimate),
        cost_usd: call.cost.map(usd),
        provider_job_id: call.provider_job_id,
        reference: call.idem_key,
        attempts: call.attempts,
        error: error.map(|error| CallError { code: word(error, "code"), message: word(error, "message") }),
        advice,
        created_at: call.created_at,
        updated_at: call.updated_at,
        finished_at: call.finished_at,
    }
}

/// Which calls.
#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// States, separated by commas; all, when left out.
    #[garde(inner(custom(check_states)))]
    #[param(example = "unknown,submitted")]
    state: Option<String>,
    #[garde(skip)]
    project_id: Option<Uuid>,
    #[garde(skip)]
    job_id: Option<Uuid>,
}

fn check_states<C>(text: &str, _: &C) -> garde::Result {
    match text.split(',').find(|word| state_of(word).is_none()) {
        None => Ok(()),
        Some(word) => Err(garde::Error::new(format!("`{word}` is not a state"))),
    }
}

fn state_of(word: &str) -> Option<CallState> {
    CallState::ALL.into_iter().find(|state| state.word() == word.trim())
}

impl Which {
    fn filter(&self) -> CallFilter {
        let states = self.state.iter().flat_map(|text| text.split(',')).filter_map(state_of).collect();
        CallFilter {
            user: None,
            project: self.project_id.map(ProjectId),
            job: self.job_id.map(VideoJobId),
            states,
        }
    }
}

/// One's calls of outside services, the newest first
#[utoipa::path(
    get, path = "/api/calls", tag = "calls", params(Page, Which), security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = Listing<CallBody>))
)]
async fn list(
    State(state): State<ApiState>,
    person: SignedIn,
    page: Page,
    ApiQuery(which): ApiQuery<Which>,
) -> ApiResult<Json<Listing<CallBody>>> {
    let mut transaction = state.db.person(person.user()).await?;
    let filter = CallFilter { user: Some(person.user()), ..which.filter() };
    let (calls, total) = ledger::list(&mut transaction, &filter, page.limit, page.offset).await?;
    transaction.commit().await?;
    Ok(Json(Listing::new(calls.into_iter().map(|call| body(call, false)).collect(), total, page)))
}

/// One call
#[utoipa::path(
    get, path = "/api/calls/{id}", tag = "calls", params(("id" = Uuid, Path)),
    security(("session" = []), ("api_key" = [])), responses((status = 200, body = CallBody))
)]
async fn one(
    State(state): State<ApiState>,
    person: SignedIn,
    ApiPath(id): ApiPath<CallId>,
) -> ApiResult<Json<CallBody>> {
    let mut transaction = state.db.person(person.user()).await?;
    let call = ledger::get(&mut transaction, person.user(), id).await?;
    transaction.commit().await?;
    Ok(Json(body(call, false)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = CallOutcome)]
#[serde(rename_all = "snake_case")]
enum OutcomeWord {
    NotTaken,
    Taken,
    Refunded,
    Charged,
}

/// What became of it.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = CallResolution)]
struct Resolution {
    #[garde(custom(complete(self.provider_job_id.is_some(), self.cost_usd.is_some())))]
    outcome: OutcomeWord,
    /// With `taken`: what the service calls it.
    #[garde(inner(length(chars, min = 1, max = 255)))]
    #[schema(min_length = 1, max_length = 255)]
    provider_job_id: Option<String>,
    /// With `charged`: what the service charged; the estimate, when left out.
    #[garde(inner(range(min = 0.0, max = 10_000.0)))]
    #[schema(minimum = 0, maximum = 10_000, example = 0.42)]
    cost_usd: Option<f64>,
}

fn complete<C>(has_id: bool, has_cost: bool) -> impl FnOnce(&OutcomeWord, &C) -> garde::Result {
    move |outcome, _| match outcome {
        OutcomeWord::Taken if !has_id => Err(garde::Error::new("needs `provider_job_id`")),
        OutcomeWord::NotTaken | OutcomeWord::Refunded | OutcomeWord::Charged if has_id => {
            Err(garde::Error::new("takes no `provider_job_id`"))
        }
        OutcomeWord::NotTaken | OutcomeWord::Refunded | OutcomeWord::Taken if has_cost => {
            Err(garde::Error::new("takes no `cost_usd`"))
        }
        _ => Ok(()),
    }
}

impl Resolution {
    fn outcome(self) -> Outcome {
        match self.outcome {
            OutcomeWord::NotTaken => Outcome::NotTaken,
            // Looked at before: it is there.
            OutcomeWord::Taken => {
                Outcome::Taken { provider_job_id: self.provider_job_id.unwrap_or_default() }
            }
            OutcomeWord::Refunded => Outcome::Refunded,
            OutcomeWord::Charged => Outcome::Charged { cost: self.cost_usd.map(MicroUsd::from_dollars) },
        }
    }
}

/// Say what became of a call whose answer was lost
///
/// Whoever paid looks at the service's own list: the person where their own key paid, else an operator.
#[utoipa::path(
    post, path = "/api/calls/{id}/resolve", tag = "calls", params(("id" = Uuid, Path)), request_body = Resolution,
    security(("session" = [])), responses((status = 200, body = CallBody))
)]
async fn resolve(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(id): ApiPath<CallId>,
    ValidJson(resolution): ValidJson<Resolution>,
) -> ApiResult<Json<CallBody>> {
    let user = person.user();
    let operator = can(&person.actor, Action::Manage, &Resource::Installation) == Decision::Allowed;
    let by = if operator { Resolver::Operator(user) } else { Resolver::Owner(user) };
    let mut transaction = state.db.worker().begin().await?;
    let call = ledger::resolve_unknown(&mut transaction, by, id, &resolution.outcome()).await?;
    note_on(&mut transaction, &client, Event::CallResolved, user, ("call", id)).await?;
    transaction.commit().await?;
    Ok(Json(body(call, operator)))
}

/// Everybody's calls, the newest first
#[utoipa::path(
    get, path = "/api/admin/calls", tag = "admin", params(Page, Which), security(("session" = [])),
    responses((status = 200, body = Listing<CallBody>))
)]
async fn everybodys(
    State(state): State<ApiState>,
    _: Admin,
    page: Page,
    ApiQuery(which): ApiQuery<Which>,
) -> ApiResult<Json<Listing<CallBody>>> {
    let mut connection = state.db.worker().acquire().await?;
    let (calls, total) = ledger::list(&mut connection, &which.filter(), page.limit, page.offset).await?;
    Ok(Json(Listing::new(calls.into_iter().map(|call| body(call, true)).collect(), total, page)))
}
