//! Turning the second factor on and off.

use crate::auth::second_factor;
use crate::auth::session::note;
use crate::auth::totp::{TotpSecret, recovery_codes, recovery_hash};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Client, Person, ValidJson};
use crate::routes::auth::password::confirm;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_store::db::{mfa, users};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(set_up, turn_off)).routes(routes!(turn_on)).routes(routes!(new_codes))
}

/// What an authenticator app needs.
#[derive(Serialize, ToSchema)]
struct Shared {
    /// For typing in by hand.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    #[schema(example = "otpauth://totp/MelodyVision:ana%40example.com?secret=…")]
    otpauth_url: String,
    /// The same as a QR code, an SVG picture.
    qr_svg: String,
}

/// Prepare the second factor
///
/// It counts once a code of it was shown to `/api/users/me/mfa/confirm`.
#[utoipa::path(
    post, path = "/api/users/me/mfa", tag = "users", security(("session" = [])),
    responses((status = 200, body = Shared))
)]
async fn set_up(State(state): State<ApiState>, person: Person) -> ApiResult<Json<Shared>> {
    let user = person.user();
    let secret = TotpSecret::new()?;
    let sealed = second_factor::seal(&state, user, &secret)?;
    let mut connection = state.db.gate().acquire().await?;
    if !mfa::set_up(&mut connection, user, &sealed).await? {
        return Err(
            ApiError::conflict("mfa_on", "the second factor is on already").with_hint("turn it off first")
        );
    }
    let otpauth_url = secret.uri(&person.email);
    let code = QrCode::new(otpauth_url.as_bytes()).map_err(ApiError::internal)?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    Ok(Json(Shared { secret: secret.base32(), otpauth_url, qr_svg }))
}

#[derive(Deserialize, Validate, ToSchema)]
struct Code {
    #[garde(length(max = 32))]
    #[schema(max_length = 32, example = "287082")]
    code: String,
}

/// Codes for the day the phone is lost; shown once.
#[derive(Serialize, ToSchema)]
struct Codes {
    #[schema(example = json!(["k3x7q-2m5vd"]))]
    recovery_codes: Vec<String>,
}

/// Turn the second factor on
#[utoipa::path(
    post, path = "/api/users/me/mfa/confirm", tag = "users", request_body = Code, security(("session" = [])),
    responses((status = 200, body = Codes))
)]
async fn turn_on(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<Code>,
) -> ApiResult<Json<Codes>> {
    let user = person.user();
    state.limits.attempt(client.address, Some(&user.to_string())).await?;
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    let credentials = users::credentials(&mut transaction, user).await?;
    if credentials.mfa_enabled {
        return Err(ApiError::conflict("mfa_on", "the second factor is on already"));
    }
    let Some(sealed) = credentials.mfa_secret else {
        return Err(ApiError::conflict("mfa_not_set_up", "there is nothing to confirm")
            .with_hint("begin with `POST /api/users/me/mfa`"));
    };
    let step = second_factor::open(&state, user, &sealed)?.matching_step(&body.code, now);
    let step = step.ok_or_else(wrong_code)?;
    mfa::enable(&mut transaction, user, step, now).await?;
    let codes = renew_codes(&mut transaction, user).await?;
    note(&mut transaction, &client, Event::MfaEnabled, user, json!({})).await?;
    transaction.commit().await?;
    Ok(Json(codes))
}

fn wrong_code() -> ApiError {
    ApiError::invalid("code", "is wrong, or was used before")
        .with_hint("type the code that the app shows now")
}

async fn renew_codes(connection: &mut PgConnection, user: UserId) -> ApiResult<Codes> {
    let codes = recovery_codes()?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_hash(code)).collect();
    mfa::set_recovery_codes(connection, user, &hashes).await?;
    Ok(Codes { recovery_codes: codes })
}

/// New recovery codes
///
/// The old ones no longer count.
#[utoipa::path(
    post, path = "/api/users/me/mfa/recovery-codes", tag = "users", request_body = Code,
    security(("session" = [])), responses((status = 200, body = Codes))
)]
async fn new_codes(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<Code>,
) -> ApiResult<Json<Codes>> {
    let user = person.user();
    state.limits.attempt(client.address, Some(&user.to_string())).await?;
    let mut transaction = state.db.gate().begin().await?;
    let credentials = users::credentials(&mut transaction, user).await?;
    if !credentials.mfa_enabled {
        return Err(ApiError::conflict("mfa_off", "the second factor is not on"));
    }
    if !second_factor::check(&state, &mut transaction, &client, &credentials, &body.code).await? {
        return Err(wrong_code());
    }
    let codes = renew_codes(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(Json(codes))
}

#[derive(Deserialize, Validate, ToSchema)]
struct TurnOff {
    /// Not needed by people who only ever signed in with Google or GitHub.
    #[garde(inner(length(max = 256)))]
    #[schema(format = Password, max_length = 256)]
    password: Option<String>,
}

/// Turn the second factor off
#[utoipa::path(
    delete, path = "/api/users/me/mfa", tag = "users", request_body = TurnOff, security(("session" = [])),
    responses((status = 204))
)]
async fn turn_off(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<TurnOff>,
) -> ApiResult<StatusCode> {
    confirm(&state, &client, &person, body.password.as_deref(), "password").await?;
    let user = person.user();
    let mut transaction = state.db.gate().begin().await?;
    mfa::disable(&mut transaction, user).await?;
    note(&mut transaction, &client, Event::MfaDisabled, user, json!({})).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
