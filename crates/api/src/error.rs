//! Every refusal that leaves the server, as a problem document (RFC 9457). Domain errors are mapped to the wire here and
//! nowhere else; what is only of use to us stays in the log.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use mv_core::plan::Plan;
use mv_core::policy::Decision;
use mv_store::StoreError;
use mv_store::ledger::LedgerError;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;
use utoipa::ToSchema;

pub type ApiResult<T> = Result<T, ApiError>;

/// What was wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it is: `title`, `scenes[2].description`.
    #[schema(example = "password")]
    pub field: String,
    #[schema(example = "must contain a number")]
    pub message: String,
}

/// A problem document, as clients see it. `request_id` is added when it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:melodyvision:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:melodyvision:problem:not_found")]
    pub kind: String,
    #[schema(example = "Not Found")]
    pub title: String,
    #[schema(example = 404)]
    pub status: u16,
    #[schema(example = "there is no such project")]
    pub detail: String,
    /// For programs: never changes for the same problem.
    #[schema(example = "not_found")]
    pub code: String,
    /// What the person can do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// With 422: what is wrong, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6f1c2f9e-4a6b-4f58-8f5e-1c1d6d5f6a77")]
    pub request_id: Option<String>,
    /// What belongs to this kind of problem alone, such as `current_plan` and `required_plan`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
}

/// A refusal on its way to the client.
#[derive(Debug)]
pub struct ApiError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: &'static str,
    detail: String,
    hint: Option<String>,
    fields: Vec<FieldError>,
    more: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log; never sent.
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Refusal {
            status,
            code,
            detail: detail.into(),
            hint: None,
            fields: Vec::new(),
            more: Map::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// 400: it cannot be read at all.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: nobody is signed in, or no longer.
    pub fn unauthorized(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 402: a higher plan would allow it.
    pub fn plan_needed(current: Plan, required: Plan) -> Self {
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            "plan_required",
            format!("this needs the plan `{required}` or a higher one; yours is `{current}`"),
        )
        .with_hint("choose a higher plan under billing")
        .with("current_plan", json!(current))
        .with("required_plan", json!(required))
    }

    /// 403: it may be seen, but not done.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: it is not there, or not the asker's: they cannot tell which.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// For `map_err`: 404 that names what was looked for, where the store did not find it.
    pub fn missing(what: &'static str) -> impl Fn(StoreError) -> Self {
        move |error| match error {
            StoreError::NotFound => Self::not_found(what),
            other => other.into(),
        }
    }

    /// 409: it does not fit what is there.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 412: it was changed since it was read.
    pub fn changed(expected: i32, found: i32) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "changed_meanwhile",
            format!("it was changed meanwhile: it is version {found}, not {expected}"),
        )
        .with_hint("read it again, make your change on the newest version, and send that with its ETag")
        .with("current_version", json!(found))
    }

    /// 422: one field is wrong.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// 422: these fields are wrong.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let named: Vec<String> =
            fields.iter().map(|error| format!("`{}` {}", error.field, error.message)).collect();
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", named.join("; "));
        error.0.fields = fields;
        error
    }

    /// 429: too often; `reset` is when it may be tried again.
    pub fn too_many(detail: impl Into<String>, reset: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let seconds = (((reset - now).num_milliseconds().max(0) + 999) / 1000).max(1);
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
            .with("retry_after_seconds", json!(seconds))
            .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// 503: something we need does not answer.
    pub fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "the server cannot answer just now")
            .with_hint("try again in a few seconds")
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("2"))
            .caused_by(cause)
    }

    /// 500: our fault. The cause goes to the log.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
            .with_hint("try again; if it stays, report the request id")
            .caused_by(cause)
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds a member of this kind of problem alone.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.more.insert(name.to_owned(), value);
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for ApiError {}

/// The cause of a refusal, carried to the layer that logs.
#[derive(Clone)]
pub(crate) struct Cause(pub Arc<dyn std::error::Error + Send + Sync>);

/// The response carries the problem as an extension; the outermost layer writes it, with the request's id.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let refusal = *self.0;
        let problem = Problem {
            kind: format!("urn:melodyvision:problem:{}", refusal.code),
            title: refusal.status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: refusal.status.as_u16(),
            detail: refusal.detail,
            code: refusal.code.to_owned(),
            hint: refusal.hint,
            errors: refusal.fields,
            request_id: None,
            more: refusal.more,
        };
        let mut response = refusal.status.into_response();
        for (name, value) in refusal.headers {
            response.headers_mut().append(name, value);
        }
        response.extensions_mut().insert(problem);
        if let Some(cause) = refusal.cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found("thing"),
            StoreError::Changed { expected, found } => Self::changed(expected, found),
            StoreError::Constraint { ref constraint } => {
                let detail = format!("it does not fit what is there (`{constraint}`)");
                Self::conflict("conflict", detail).caused_by(error)
            }
            StoreError::Unavailable(_) => Self::unavailable(error),
            StoreError::Plan(storyboard) => Self::invalid("plan", storyboard.to_string()),
            StoreError::Unfit(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "a value cannot be stored")
                    .with_hint("remove control characters, and shorten what is very long")
                    .caused_by(error)
            }
            other => Self::internal(other),
        }
    }
}

impl From<LedgerError> for ApiError {
    fn from(error: LedgerError) -> Self {
        let (detail, hint) = (error.to_string(), error.hint());
        let refusal = match error {
            LedgerError::OverBudget { cap, committed, needed, .. } => {
                Self::new(StatusCode::PAYMENT_REQUIRED, "over_budget", detail)
                    .with("cap_usd", json!(cap.0 as f64 / 1e6))
                    .with("committed_usd", json!(committed.0 as f64 / 1e6))
                    .with("needed_usd", json!(needed.0 as f64 / 1e6))
            }
            LedgerError::TooFewCredits { balance, needed } => {
                Self::new(StatusCode::PAYMENT_REQUIRED, "too_few_credits", detail)
                    .with("credits_needed", json!(needed.0 as f64 / 1e4))
                    .with("credits_available", json!(balance.0 as f64 / 1e4))
            }
            LedgerError::Unfinished { .. } => Self::conflict("unfinished", detail),
            LedgerError::WrongState { found, .. } => {
                Self::conflict("wrong_state", detail).with("state", json!(found))
            }
            LedgerError::OtherChange => Self::conflict("other_change", detail),
            LedgerError::OperatorDecides => Self::forbidden("operator_decides", detail),
            LedgerError::Store(StoreError::Superseded) => {
                Self::conflict("changed_meanwhile", "it was changed at the same moment")
                    .with_hint("read it again")
            }
            LedgerError::Store(error) => error.into(),
        };
        match hint {
            Some(hint) => refusal.with_hint(hint),
            None => refusal,
        }
    }
}

/// What beginning and committing a transaction can fail with.
impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// `Ok` when the policy allows it; else the refusal that fits. `what` names the thing, as in "there is no such project".
pub fn permit(decision: Decision, current: Plan, what: &str) -> ApiResult<()> {
    match decision {
        Decision::Allowed => Ok(()),
        Decision::Hidden => Err(ApiError::not_found(what)),
        Decision::Forbidden => {
            Err(ApiError::forbidden("forbidden", format!("you may see this {what}, but not do this")))
        }
        Decision::NeedsPlan(required) => Err(ApiError::plan_needed(current, required)),
    }
}
