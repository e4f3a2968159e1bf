//! Sessions: opening one when somebody has proven who they are, and keeping it going with rotating refresh tokens.

use crate::auth::cookies::Cookie;
use crate::auth::random;
use crate::auth::token::{AccessClaims, Purpose};
use crate::error::{ApiError, ApiResult};
use crate::extract::Client;
use crate::state::ApiState;
use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, TimeDelta, Utc};
use mv_core::audit::Event;
use mv_core::ids::{SessionId, UserId};
use mv_core::jobs::Mail;
use mv_store::db::audit::{self, NewEntry};
use mv_store::db::sessions::{self, NewSession, Shown};
use mv_store::db::users::{self, User};
use mv_store::queue::{self, Enqueue};
use serde_json::json;
use sqlx::PgConnection;

/// How long an access token counts.
pub const ACCESS_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long a session lives without being used.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// For so long the token before the current one is answered with the same session: its answer was lost on the way.
const RETRY: TimeDelta = TimeDelta::seconds(10);
/// How long a deleted account can be had back by signing in.
pub const GRACE: TimeDelta = TimeDelta::days(30);

/// A session, and the tokens for its two cookies.
#[derive(Clone, Debug)]
pub struct Issued {
    pub user: User,
    pub session: SessionId,
    pub access_expires_at: DateTime<Utc>,
    pub refresh_expires_at: DateTime<Utc>,
    access: String,
    refresh: String,
}

impl Issued {
    /// The `Set-Cookie` headers.
    pub fn cookies(&self, state: &ApiState) -> HeaderMap {
        let now = state.clock.now();
        let mut headers = HeaderMap::new();
        let mut set = |cookie: Cookie, token: &str, expires| {
            headers.append(header::SET_COOKIE, cookie.set(&state.config, token, now, expires));
        };
        // The browser keeps the access cookie as long as the session, so that an expired token can be told from none.
        set(Cookie::Access, &self.access, self.refresh_expires_at);
        set(Cookie::Refresh, &self.refresh, self.refresh_expires_at);
        headers
    }
}

/// The `Set-Cookie` headers of somebody who signed out.
pub fn cleared(state: &ApiState) -> HeaderMap {
    let cookies = [Cookie::Access, Cookie::Refresh].map(|cookie| cookie.clear(&state.config));
    cookies.into_iter().map(|value: HeaderValue| (header::SET_COOKIE, value)).collect()
}

/// Opens a session for somebody who has proven who they are; an account waiting to be deleted is kept. `how` goes into
/// the audit log: `password`, `google`, …
pub async fn open(
    state: &ApiState,
    connection: &mut PgConnection,
    user: UserId,
    client: &Client,
    how: &str,
) -> ApiResult<Issued> {
    let now = state.clock.now();
    let user_agent = client.user_agent.as_deref();
    let is_known = sessions::is_known_device(connection, user, client.address, user_agent).await?;
    let restored = users::signed_in(connection, user, now).await?;
    let refresh = random::secret()?;
    let expires_at = now + SESSION_LIFE;
    let new = NewSession {
        user,
        refresh_hash: &random::hash(&refresh),
        ip_address: client.address,
        user_agent,
        now,
        expires_at,
    };
    let session = sessions::insert(connection, new).await?;
    note(connection, client, Event::SignIn, user, json!({"provider": how})).await?;
    if restored {
        note(connection, client, Event::AccountRestored, user, json!({})).await?;
    }
    if !is_known {
        let mail = Mail::NewSignIn {
            at: now,
            ip_address: Some(client.address.to_string()),
            user_agent: client.user_agent.clone(),
        };
        send(connection, user, mail).await?;
    }
    state.auth.live.forget(user);
    issue(state, connection, user, session, refresh, expires_at).await
}

async fn issue(
    state: &ApiState,
    connection: &mut PgConnection,
    user: UserId,
    session: SessionId,
    refresh: String,
    refresh_expires_at: DateTime<Utc>,
) -> ApiResult<Issued> {
    let now = state.clock.now();
    let user = users::get(connection, user).await?;
    let claims = AccessClaims {
        sub: user.id,
        email: user.email.clone(),
        role: user.role(),
        plan: state.plans.effective(user.plan()),
        sid: session.0,
    };
    let access_expires_at = now + ACCESS_LIFE;
    let access = state.auth.signer.sign(Purpose::Access, &claims, now, access_expires_at);
    let access = access.map_err(ApiError::internal)?;
    Ok(Issued { user, session, access_expires_at, refresh_expires_at, access, refresh })
}

/// Takes a refresh token and gives the next one. One that was used before ends the session, unless it is the one just
/// before and its answer may have been lost.
///
/// # Errors
/// 401 when the token does not count (any more).
pub async fn refresh(state: &ApiState, token: &str, client: &Client) -> ApiResult<Issued> {
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    let shown = sessions::by_refresh_token(&mut transaction, &random::hash(token)).await?;
    let Some(shown) = shown.filter(|shown| !shown.revoked && shown.expires_at > now) else {
        return Err(ended());
    };
    let user = users::get(&mut transaction, shown.user).await?;
    if user.suspended || user.deleted_at.is_some() {
        return Err(ended());
    }
    let next = state.auth.signer.successor(shown.session.0, token);
    let issued = match shown.shown {
        Shown::Current => {
            let expires_at = now + SESSION_LIFE;
            sessions::rotate(&mut transaction, shown.session, &random::hash(&next), now, expires_at).await?;
            issue(state, &mut transaction, shown.user, shown.session, next, expires_at).await?
        }
        Shown::Previous { rotated_at } if now - rotated_at <= RETRY => {
            issue(state, &mut transaction, shown.user, shown.session, next, shown.expires_at).await?
        }
        Shown::Previous { .. } | Shown::Spent => {
            sessions::revoke(&mut transaction, shown.user, shown.session, "refresh token reused", now)
                .await?;
            let about = json!({"session_id": shown.session});
            note(&mut transaction, client, Event::RefreshReused, shown.user, about).await?;
            transaction.commit().await?;
            state.auth.live.forget(shown.user);
            tracing::warn!(user.id = %shown.user, session.id = %shown.session, "a refresh token was used twice");
            return Err(ended());
        }
    };
    transaction.commit().await?;
    Ok(issued)
}

fn ended() -> ApiError {
    ApiError::unauthorized("session_ended", "the session has ended").with_hint("sign in again")
}

/// Writes an entry of the audit log, with where it came from.
pub async fn note(
    connection: &mut PgConnection,
    client: &Client,
    event: Event,
    user: UserId,
    metadata: serde_json::Value,
) -> ApiResult<()> {
    let entry = NewEntry {
        metadata,
        ip_address: Some(client.address),
        user_agent: client.user_agent.as_deref(),
        ..NewEntry::about(event, user)
    };
    Ok(audit::write(connection, entry).await?)
}

/// Writes what somebody did to a thing of theirs into the audit log.
pub async fn note_on(
    connection: &mut PgConnection,
    client: &Client,
    event: Event,
    user: UserId,
    (kind, id): (&str, impl ToString),
) -> ApiResult<()> {
    let entry = NewEntry {
        resource: Some((kind, id.to_string())),
        ip_address: Some(client.address),
        user_agent: client.user_agent.as_deref(),
        ..NewEntry::about(event, user)
    };
    Ok(audit::write(connection, entry).await?)
}

/// Has a mail sent once the transaction commits.
pub async fn send(connection: &mut PgConnection, user: UserId, mail: Mail) -> ApiResult<()> {
    queue::enqueue(connection, &queue::mail(user, mail), Enqueue::by(user)).await?;
    Ok(())
}
