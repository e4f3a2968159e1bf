//! Notes refusals in the audit log: forged credentials, what somebody may not do, and limits that were reached. The same
//! thing by the same person is noted once a minute, so that an attacker cannot fill the log.

use crate::auth::identity::{Caller, Refused};
use crate::error::{ApiResult, Problem};
use crate::extract::Client;
use crate::limits::Subject;
use crate::state::ApiState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_store::db::audit::{self, NewEntry};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const PAUSE: TimeDelta = TimeDelta::minutes(1);
const MOST: usize = 10_000;

/// When what was last noted about whom.
#[derive(Debug, Default)]
pub struct Noted(Mutex<HashMap<(Event, Subject), DateTime<Utc>>>);

impl Noted {
    fn is_new(&self, event: Event, subject: Subject, now: DateTime<Utc>) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= MOST {
            noted.retain(|_, at| now - *at < PAUSE);
        }
        if noted.len() >= MOST {
            return false;
        }
        let last = noted.insert((event, subject), now);
        last.is_none_or(|last| now - last >= PAUSE)
    }
}

pub(super) async fn note(
    State(state): State<ApiState>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let (user, is_forged) = match caller {
        Caller::Known(identity) => (Some(identity.actor.id), false),
        Caller::Refused(refused) => (None, refused == Refused::Invalid),
        Caller::Nobody => (None, false),
    };
    let event = match response.status() {
        StatusCode::UNAUTHORIZED if is_forged => Event::UnauthorizedAccess,
        StatusCode::FORBIDDEN if user.is_some() => Event::PermissionDenied,
        StatusCode::TOO_MANY_REQUESTS => Event::RateLimitExceeded,
        _ => return response,
    };
    let subject = user.map_or_else(|| Subject::address(client.address), Subject::User);
    if state.noted.is_new(event, subject, state.clock.now()) {
        let code = response.extensions().get::<Problem>().map(|problem| problem.code.clone());
        let route = route.as_ref().map(MatchedPath::as_str);
        if let Err(error) = write(&state, &client, event, user, &method, route, code).await {
            tracing::warn!(%error, audit.event = event.word(), "a refusal could not be noted");
        }
    }
    response
}

async fn write(
    state: &ApiState,
    client: &Client,
    event: Event,
    user: Option<UserId>,
    method: &Method,
    route: Option<&str>,
    code: Option<String>,
) -> ApiResult<()> {
    let mut connection = state.db.gate().acquire().await?;
    let entry = NewEntry {
        event,
        user,
        resource: None,
        metadata: json!({"method": method.as_str(), "route": route, "code": code}),
        ip_address: Some(client.address),
        user_agent: client.user_agent.as_deref(),
    };
    Ok(audit::write(&mut connection, entry).await?)
}
