//! Signing in with Google or GitHub, and linking such accounts to one's own.

use crate::auth::cookies::Cookie;
use crate::auth::identity::{Caller, Credential};
use crate::auth::oauth::{OAuthError, Profile, Provider};
use crate::auth::random;
use crate::auth::session::{self, GRACE, note, send};
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, Client, Person};
use crate::state::ApiState;
use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::jobs::Mail;
use mv_core::plan::Role;
use mv_store::db::oauth::{self, Attempt};
use mv_store::db::sessions;
use mv_store::db::users::{self, NewUser};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long one may take at the provider.
const ATTEMPT_LIFE: TimeDelta = TimeDelta::minutes(10);

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(providers))
        .routes(routes!(depart))
        .routes(routes!(arrive))
        .routes(routes!(linked))
        .routes(routes!(link, unlink))
}

#[derive(Serialize, ToSchema)]
struct Providers {
    providers: Vec<Provider>,
}

/// What one can sign in with
#[utoipa::path(
    get, path = "/api/auth/oauth", tag = "auth", responses((status = 200, body = Providers))
)]
async fn providers(State(state): State<ApiState>) -> Json<Providers> {
    Json(Providers { providers: state.auth.oauth.providers() })
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Return {
    /// The studio's page to come back to.
    #[garde(inner(custom(check_local)))]
    #[param(max_length = 500, example = "/projects")]
    return_to: Option<String>,
}

/// A path of ours: nobody is sent to another site by a link to us.
fn check_local<C>(path: &str, _: &C) -> garde::Result {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() <= 500
        && path.chars().all(|c| c.is_ascii_graphic());
    if is_local {
        Ok(())
    } else {
        Err(garde::Error::new("must be a path of this server, such as `/projects`"))
    }
}

/// Go to the provider
///
/// Redirects the browser; it comes back to `/api/auth/oauth/{provider}/callback`.
#[utoipa::path(
    get, path = "/api/auth/oauth/{provider}", tag = "auth", params(("provider" = Provider, Path), Return),
    responses((status = 303, description = "To the provider"))
)]
async fn depart(
    State(state): State<ApiState>,
    ApiPath(provider): ApiPath<Provider>,
    ApiQuery(query): ApiQuery<Return>,
) -> ApiResult<(HeaderMap, Redirect)> {
    let return_to = query.return_to.unwrap_or_else(|| "/".to_owned());
    let (cookies, url) = begin(&state, provider, return_to, None).await?;
    Ok((cookies, Redirect::to(&url)))
}

async fn begin(
    state: &ApiState,
    provider: Provider,
    return_to: String,
    user: Option<UserId>,
) -> ApiResult<(HeaderMap, String)> {
    let now = state.clock.now();
    let departure = state.auth.oauth.depart(provider, now).await?;
    let attempt = Attempt {
        provider: provider.word().to_owned(),
        pkce_verifier: departure.pkce_verifier,
        nonce: Some(departure.nonce),
        return_to,
        user,
    };
    let expires_at = now + ATTEMPT_LIFE;
    let mut connection = state.db.gate().acquire().await?;
    oauth::begin(&mut connection, &random::hash(&departure.state), &attempt, expires_at).await?;
    let cookie = Cookie::OAuth.set(&state.config, &departure.state, now, expires_at);
    Ok((HeaderMap::from_iter([(header::SET_COOKIE, cookie)]), departure.url.to_string()))
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Arrival {
    #[garde(inner(length(max = 2000)))]
    #[param(max_length = 2000)]
    code: Option<String>,
    #[garde(inner(length(max = 200)))]
    #[param(max_length = 200)]
    state: Option<String>,
    /// What went wrong at the provider.
    #[garde(inner(length(max = 200)))]
    #[param(max_length = 200)]
    error: Option<String>,
}

/// Why somebody who came back is not signed in; the studio's pages know these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    /// They said no at the provider.
    Denied,
    /// The attempt is not this browser's, was used before, or has expired.
    Attempt,
    Provider,
    /// The provider has no verified address of theirs.
    NoEmail,
    SignUpClosed,
    Suspended,
    /// Another person's account is linked with it.
    TakenByOther,
    /// Another account of the same provider is linked.
    AlreadyLinked,
}

impl Failed {
    fn word(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Attempt => "attempt_expired",
            Self::Provider => "provider_failed",
            Self::NoEmail => "no_verified_email",
            Self::SignUpClosed => "sign_up_closed",
            Self::Suspended => "suspended",
            Self::TakenByOther => "linked_to_other",
            Self::AlreadyLinked => "already_linked",
        }
    }
}

/// How an arrival ended.
enum Outcome {
    SignedIn(HeaderMap),
    SecondFactor(String),
    Linked,
    Failed(Failed),
}

/// Come back from the provider
///
/// Always redirects into the studio: to the page that was asked for, or to `/login?oauth_error=…`.
#[utoipa::path(
    get, path = "/api/auth/oauth/{provider}/callback", tag = "auth",
    params(("provider" = Provider, Path), Arrival),
    responses((status = 303, description = "Into the studio"))
)]
async fn arrive(
    State(state): State<ApiState>,
    client: Client,
    caller: Option<Extension<Caller>>,
    ApiPath(provider): ApiPath<Provider>,
    ApiQuery(query): ApiQuery<Arrival>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    state.limits.attempt(client.address, None).await?;
    let signed_in = match caller {
        Some(Extension(Caller::Known(identity))) => match identity.credential {
            Credential::Session(_) => Some(identity.actor.id),
            Credential::ApiKey { .. } => None,
        },
        _ => None,
    };
    let state_cookie = Cookie::OAuth.read(&state.config, &headers);
    let (return_to, outcome) = match take_up(&state, provider, &query, state_cookie).await? {
        Err(failed) => ("/".to_owned(), Outcome::Failed(failed)),
        Ok((code, attempt)) => {
            let outcome = match look(&state, provider, &code, &attempt).await {
                Err(failed) => Outcome::Failed(failed),
                Ok(profile) => conclude(&state, &client, provider, &profile, attempt.user, signed_in).await?,
            };
            (attempt.return_to, outcome)
        }
    };
    let (mut cookies, target) = match outcome {
        Outcome::SignedIn(cookies) => (cookies, return_to),
        Outcome::Linked => (HeaderMap::new(), return_to),
        // Behind the #, so that it stays out of logs.
        Outcome::SecondFactor(challenge) => (HeaderMap::new(), format!("/login#mfa={challenge}")),
        Outcome::Failed(failed) => {
            tracing::info!(oauth.provider = provider.word(), oauth.failed = failed.word(), "not signed in");
            (HeaderMap::new(), format!("/login?oauth_error={}", failed.word()))
        }
    };
    cookies.append(header::SET_COOKIE, Cookie::OAuth.clear(&state.config));
    cookies.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok((cookies, Redirect::to(&target)).into_response())
}

/// The attempt that this browser comes back from.
async fn take_up(
    state: &ApiState,
    provider: Provider,
    query: &Arrival,
    cookie: Option<&str>,
) -> ApiResult<Result<(String, Attempt), Failed>> {
    let Some(given) = query.state.as_deref().filter(|given| Some(*given) == cookie) else {
        return Ok(Err(Failed::Attempt));
    };
    let now = state.clock.now();
    let mut connection = state.db.gate().acquire().await?;
    let attempt = oauth::take(&mut connection, &random::hash(given), provider.word(), now).await?;
    let Some(attempt) = attempt else { return Ok(Err(Failed::Attempt)) };
    if query.error.is_some() {
        return Ok(Err(Failed::Denied));
    }
    Ok(query.code.clone().map(|code| (code, attempt)).ok_or(Failed::Attempt))
}

async fn look(
    state: &ApiState,
    provider: Provider,
    code: &str,
    attempt: &Attempt,
) -> Result<Profile, Failed> {
    let nonce = attempt.nonce.as_deref().unwrap_or_default();
    let now = state.clock.now();
    let profile = state.auth.oauth.arrive(provider, code, &attempt.pkce_verifier, nonce, now).await;
    profile.map_err(|error| {
        tracing::warn!(%error, oauth.provider = provider.word(), "the provider did not say who it is");
        match error {
            OAuthError::Refused(_) => Failed::Attempt,
            OAuthError::Unreachable(_)
            | OAuthError::Forbidden(_)
            | OAuthError::BadAnswer(_)
            | OAuthError::BadToken(_) => Failed::Provider,
        }
    })
}

async fn conclude(
    state: &ApiState,
    client: &Client,
    provider: Provider,
    profile: &Profile,
    linking: Option<UserId>,
    signed_in: Option<UserId>,
) -> ApiResult<Outcome> {
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    if let Some(user) = linking {
        // Whoever began must still be the one who is signed in.
        if signed_in != Some(user) {
            return Ok(Outcome::Failed(Failed::Attempt));
        }
        if let Err(failed) = tie(&mut transaction, client, user, provider, profile, now).await? {
            return Ok(Outcome::Failed(failed));
        }
        transaction.commit().await?;
        return Ok(Outcome::Linked);
    }
    let known = oauth::owner(&mut transaction, provider.word(), &profile.subject).await?;
    let user = match known {
        Some(user) => user,
        None => match by_address(state, &mut transaction, client, provider, profile, now).await? {
            Ok(user) => user,
            Err(failed) => return Ok(Outcome::Failed(failed)),
        },
    };
    let credentials = users::credentials(&mut transaction, user).await?;
    if credentials.suspended || credentials.deleted_at.is_some_and(|at| now - at >= GRACE) {
        return Ok(Outcome::Failed(Failed::Suspended));
    }
    if let Err(failed) = tie(&mut transaction, client, user, provider, profile, now).await? {
        return Ok(Outcome::Failed(failed));
    }
    if credentials.mfa_enabled {
        transaction.commit().await?;
        let (challenge, _) = super::sign_in::challenge(state, user)?;
        return Ok(Outcome::SecondFactor(challenge));
    }
    let issued = session::open(state, &mut transaction, user, client, provider.word()).await?;
    transaction.commit().await?;
    Ok(Outcome::SignedIn(issued.cookies(state)))
}

/// Whose account has the address that the provider verified; a new one when nobody has.
async fn by_address(
    state: &ApiState,
    connection: &mut PgConnection,
    client: &Client,
    provider: Provider,
    profile: &Profile,
    now: DateTime<Utc>,
) -> ApiResult<Result<UserId, Failed>> {
    let Some(email) = profile.email.as_deref() else { return Ok(Err(Failed::NoEmail)) };
    if let Some(found) = users::credentials_by_email(connection, email).await? {
        let user = found.id();
        if !found.email_verified {
            // Somebody signed up with this address and never proved it. It is not theirs: what they set goes.
            users::set_password(connection, user, None).await?;
            sessions::revoke_all(connection, user, None, "address proven by another", now).await?;
            users::verify_email(connection, user, now).await?;
            let about = json!({"by": provider});
            note(connection, client, Event::EmailVerified, user, about).await?;
        }
        return Ok(Ok(user));
    }
    if !state.config.open_sign_up {
        return Ok(Err(Failed::SignUpClosed));
    }
    let new = NewUser {
        email,
        password_hash: None,
        name: profile.name.as_deref(),
        avatar_url: profile.picture.as_deref(),
        locale: "ko",
        role: Role::User,
        verified_at: Some(now),
    };
    let user = users::insert(connection, new).await.map_err(super::sign_up::taken)?;
    note(connection, client, Event::SignUp, user, json!({"provider": provider})).await?;
    send(connection, user, Mail::Welcome).await?;
    Ok(Ok(user))
}

/// Links the provider's account with the person, or notes that it was used again.
async fn tie(
    connection: &mut PgConnection,
    client: &Client,
    user: UserId,
    provider: Provider,
    profile: &Profile,
    now: DateTime<Utc>,
) -> ApiResult<Result<(), Failed>> {
    let owner = oauth::owner(connection, provider.word(), &profile.subject).await?;
    if owner.is_some_and(|owner| owner != user) {
        return Ok(Err(Failed::TakenByOther));
    }
    let email = profile.email.as_deref();
    match oauth::link(connection, user, provider.word(), &profile.subject, email, now).await {
        Ok(()) => {}
        Err(error) if error.broke("oauth_accounts_one_each") => return Ok(Err(Failed::AlreadyLinked)),
        Err(error) if error.broke("oauth_accounts_subject_key") => return Ok(Err(Failed::TakenByOther)),
        Err(error) => return Err(error.into()),
    }
    if owner.is_none() {
        note(connection, client, Event::AccountLinked, user, json!({"provider": provider})).await?;
    }
    Ok(Ok(()))
}

/// An account at another site that one signs in with.
#[derive(Serialize, ToSchema)]
struct LinkedBody {
    #[schema(example = "google")]
    provider: String,
    email: Option<String>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
struct LinkedList {
    data: Vec<LinkedBody>,
}

/// Linked accounts
#[utoipa::path(
    get, path = "/api/users/me/oauth", tag = "users", security(("session" = [])),
    responses((status = 200, body = LinkedList))
)]
async fn linked(State(state): State<ApiState>, person: Person) -> ApiResult<Json<LinkedList>> {
    let mut transaction = state.db.person(person.user()).await?;
    let all = oauth::list(&mut transaction, person.user()).await?;
    transaction.commit().await?;
    let data = all.into_iter().map(|linked| LinkedBody {
        provider: linked.provider,
        email: linked.email,
        created_at: linked.created_at,
        last_used_at: linked.last_used_at,
    });
    Ok(Json(LinkedList { data: data.collect() }))
}

#[derive(Serialize, ToSchema)]
struct Away {
    /// Where to send the browser.
    url: String,
}

/// Link an account
///
/// Answers with the provider's address; the browser comes back to `return_to`.
#[utoipa::path(
    post, path = "/api/users/me/oauth/{provider}", tag = "users", params(("provider" = Provider, Path), Return),
    security(("session" = [])), responses((status = 200, body = Away))
)]
async fn link(
    State(state): State<ApiState>,
    person: Person,
    ApiPath(provider): ApiPath<Provider>,
    ApiQuery(query): ApiQuery<Return>,
) -> ApiResult<(HeaderMap, Json<Away>)> {
    let return_to = query.return_to.unwrap_or_else(|| "/settings/account".to_owned());
    let (cookies, url) = begin(&state, provider, return_to, Some(person.user())).await?;
    Ok((cookies, Json(Away { url })))
}

/// Unlink an account
///
/// Refused when it is the only way to sign in.
#[utoipa::path(
    delete, path = "/api/users/me/oauth/{provider}", tag = "users", params(("provider" = Provider, Path)),
    security(("session" = [])), responses((status = 204))
)]
async fn unlink(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(provider): ApiPath<Provider>,
) -> ApiResult<StatusCode> {
    let user = person.user();
    let mut transaction = state.db.gate().begin().await?;
    let credentials = users::credentials(&mut transaction, user).await?;
    oauth::unlink(&mut transaction, user, provider.word()).await?;
    if credentials.password_hash.is_none() && oauth::list(&mut transaction, user).await?.is_empty() {
        return Err(ApiError::conflict("last_way_in", "it is the only way you can sign in")
            .with_hint("set a password first"));
    }
    note(&mut transaction, &client, Event::AccountUnlinked, user, json!({"provider": provider})).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
