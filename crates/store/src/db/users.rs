//! People: who they are, what plan they have, and how an account ends.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::UserId;
use mv_core::plan::{Plan, Role};
use sqlx::PgConnection;
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "they are a row's columns, each true or not by itself")]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub email_verified: bool,
    pub name: Option<String>,
    pub avatar_url: Option<String>,
    pub role: String,
    pub subscription_plan: String,
    pub subscription_status: String,
    pub onboarding_completed: bool,
    /// They want nothing counted of what they do.
    pub analytics_opt_out: bool,
    pub locale: String,
    pub timezone: String,
    pub has_password: bool,
    pub mfa_enabled: bool,
    pub suspended: bool,
    pub credits: i64,
    pub created_at: DateTime<Utc>,
    pub last_login_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
}

impl User {
    pub fn id(&self) -> UserId {
        UserId(self.id)
    }

    // The table's checks allow no other words than those of these two.

    pub fn plan(&self) -> Plan {
        self.subscription_plan.parse().unwrap_or_default()
    }

    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or_default()
    }
}

/// What signing in looks at; seen by the gate alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub id: Uuid,
    pub password_hash: Option<String>,
    pub email_verified: bool,
    pub suspended: bool,
    /// Sealed; set while a second factor is on, or being set up.
    pub mfa_secret: Option<Vec<u8>>,
    pub mfa_enabled: bool,
    /// The last time step whose code was used.
    pub mfa_last_step: Option<i64>,
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Credentials {
    pub fn id(&self) -> UserId {
        UserId(self.id)
    }
}

/// Somebody new.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    pub email: &'a str,
    pub password_hash: Option<&'a str>,
    pub name: Option<&'a str>,
    pub avatar_url: Option<&'a str>,
    pub locale: &'a str,
    pub role: Role,
    /// When the address was proven, if it was.
    pub verified_at: Option<DateTime<Utc>>,
}

/// # Errors
/// [`StoreError::Constraint`] with `users_email_key` when the address is taken.
pub async fn insert(connection: &mut PgConnection, new: NewUser<'_>) -> Result<UserId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (email, password_hash, name, avatar_url, locale, role, email_verified, email_verified_at)
         VALUES (lower($1), $2, $3, $4, $5, $6, $7::timestamptz IS NOT NULL, $7) RETURNING id",
        new.email,
        new.password_hash,
        new.name,
        new.avatar_url,
        new.locale,
        new.role.word(),
        new.verified_at
    )
    .fetch_one(connection)
    .await?;
    Ok(UserId(id))
}

/// A person, with the credits left.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: UserId) -> Result<User, StoreError> {
    let user = sqlx::query_as!(
        User,
        r#"SELECT id, email, email_verified, name, avatar_url, role, subscription_plan, subscription_status,
             onboarding_completed, analytics_opt_out, locale, timezone, password_hash IS NOT NULL AS "has_password!",
             mfa_enabled_at IS NOT NULL AS "mfa_enabled!", suspended_at IS NOT NULL AS "suspended!",
             user_credits(id) AS "credits!", created_at, last_login_at, deleted_at
           FROM users WHERE id = $1"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(user)
}

/// What signing in with this address looks at.
pub async fn credentials_by_email(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Credentials>, StoreError> {
    let found = sqlx::query_as!(
        Credentials,
        r#"SELECT id, password_hash, email_verified, suspended_at IS NOT NULL AS "suspended!", mfa_secret,
             mfa_enabled_at IS NOT NULL AS "mfa_enabled!", mfa_last_step, deleted_at
           FROM users WHERE email = lower($1)"#,
        email
    )
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// The same by id. Takes the row until the transaction ends, so that two sign-ins cannot use one code.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn credentials(connection: &mut PgConnection, id: UserId) -> Result<Credentials, StoreError> {
    let found = sqlx::query_as!(
        Credentials,
        r#"SELECT id, password_hash, email_verified, suspended_at IS NOT NULL AS "suspended!", mfa_secret,
             mfa_enabled_at IS NOT NULL AS "mfa_enabled!", mfa_last_step, deleted_at
           FROM users WHERE id = $1 FOR UPDATE"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

pub async fn set_password(
    connection: &mut PgConnection,
    id: UserId,
    hash: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE users SET password_hash = $2 WHERE id = $1", id.0, hash).execute(connection).await?;
    Ok(())
}

/// Notes that the address is theirs; says whether that was news.
pub async fn verify_email(
    connection: &mut PgConnection,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE users SET email_verified = true, email_verified_at = $2 WHERE id = $1 AND NOT email_verified",
        id.0,
        now
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// # Errors
/// [`StoreError::Constraint`] with `users_email_key` when the address is taken.
pub async fn change_email(
    connection: &mut PgConnection,
    id: UserId,
    email: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE users SET email = lower($2), email_verified = true, email_verified_at = $3 WHERE id = $1",
        id.0,
        email,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes a sign-in. An account that was to be deleted is kept: says whether that was so.
pub async fn signed_in(
    connection: &mut PgConnection,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let restored = sqlx::query_scalar!(
        r#"UPDATE users u SET last_login_at = $2, deleted_at = NULL FROM users old
           WHERE u.id = $1 AND old.id = u.id RETURNING old.deleted_at IS NOT NULL AS "restored!""#,
        id.0,
        now
    )
    .fetch_one(connection)
    .await?;
    Ok(restored)
}

/// What a person may change of themselves; `None` leaves it, `Some(None)` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    pub name: Option<String>,
    pub avatar_url: Option<Option<String>>,
    pub locale: Option<String>,
    pub timezone: Option<String>,
    pub onboarding_completed: Option<bool>,
    pub analytics_opt_out: Option<bool>,
}

pub async fn change_profile(
    connection: &mut PgConnection,
    id: UserId,
    change: &ProfileChange,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE users SET name = coalesce($2, name), avatar_url = CASE WHEN $3 THEN $4 ELSE avatar_url END,
           avatar_key = CASE WHEN $3 THEN NULL ELSE avatar_key END,
           locale = coalesce($5, locale), timezone = coalesce($6, timezone),
           onboarding_completed = coalesce($7, onboarding_completed),
           analytics_opt_out = coalesce($8, analytics_opt_out)
         WHERE id = $1",
        id.0,
        change.name,
        change.avatar_url.is_some(),
        change.avatar_url.clone().flatten(),
        change.locale,
        change.timezone,
        change.onboarding_completed,
        change.analytics_opt_out
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A picture of the person that lies here, and the address that it is shown at.
pub async fn set_avatar(
    connection: &mut PgConnection,
    id: UserId,
    picture: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE users SET avatar_key = $2, avatar_url = $3 WHERE id = $1",
        id.0,
        picture.map(|(key, _)| key),
        picture.map(|(_, url)| url)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Object key of a person's picture; asked as the gate.
///
/// # Errors
/// [`StoreError::NotFound`] when nobody has this id.
pub async fn avatar(connection: &mut PgConnection, id: UserId) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT avatar_key FROM users WHERE id = $1 AND deleted_at IS NULL", id.0)
        .fetch_one(connection)
        .await?)
}

/// Marks the account to be deleted when the grace period ends.
pub async fn schedule_deletion(
    connection: &mut PgConnection,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE users SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL", id.0, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// What an admin changes; `None` leaves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdminChange {
    pub plan: Option<Plan>,
    pub role: Option<Role>,
    pub suspended: Option<bool>,
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn change_by_admin(
    connection: &mut PgConnection,
    id: UserId,
    change: AdminChange,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE users SET subscription_plan = coalesce($2, subscription_plan), role = coalesce($3, role),
           suspended_at = CASE WHEN $4::boolean IS NULL THEN suspended_at
             WHEN $4 THEN coalesce(suspended_at, $5) END
         WHERE id = $1",
        id.0,
        change.plan.map(Plan::word),
        change.role.map(Role::word),
        change.suspended,
        now
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// People whose address or name contains `search`, the newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    search: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<User>, i64), StoreError> {
    let users = sqlx::query_as!(
        User,
        r#"SELECT id, email, email_verified, name, avatar_url, role, subscription_plan, subscription_status,
             onboarding_completed, analytics_opt_out, locale, timezone, password_hash IS NOT NULL AS "has_password!",
             mfa_enabled_at IS NOT NULL AS "mfa_enabled!", suspended_at IS NOT NULL AS "suspended!",
             user_credits(id) AS "credits!", created_at, last_login_at, deleted_at
           FROM users
           WHERE $1::text IS NULL OR strpos(email || ' ' || lower(coalesce(name, '')), lower($1)) > 0
           ORDER BY created_at DESC, id LIMIT $2 OFFSET $3"#,
        search,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM users
           WHERE $1::text IS NULL OR strpos(email || ' ' || lower(coalesce(name, '')), lower($1)) > 0"#,
        search
    )
    .fetch_one(connection)
    .await?;
    Ok((users, total))
}
