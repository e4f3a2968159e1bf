//! For whoever runs the server: people and their plans. To everybody else these addresses do
//! not exist.

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, ApiQuery, Client, Listing, Page, Person, ValidJson};
use crate::routes::users::UserBody;
use crate::state::ApiState;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::audit::Event;
use mv_core::ids::UserId;
use mv_core::plan::{Plan, Role};
use mv_core::policy::{Action, Resource, can};
use mv_store::db::sessions;
use mv_store::db::users::{self, AdminChange, User};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(people)).routes(routes!(person, change))
}

/// Somebody who runs this server.
pub(crate) struct Admin(pub(crate) Person);

impl FromRequestParts<ApiState> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let person = Person::from_request_parts(parts, state).await?;
        permit(can(&person.actor, Action::Manage, &Resource::Installation), person.actor.plan, "address")?;
        Ok(Self(person))
    }
}

/// A person, as an admin sees them.
#[derive(Serialize, ToSchema)]
struct PersonBody {
    #[serde(flatten)]
    user: UserBody,
    suspended: bool,
    /// Set while the account waits to be deleted.
    deleted_at: Option<DateTime<Utc>>,
}

impl From<&User> for PersonBody {
    fn from(user: &User) -> Self {
        Self { user: UserBody::from(user), suspended: user.suspended, deleted_at: user.deleted_at }
    }
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Part of an address or a name.
    #[garde(inner(length(chars, max = 255)))]
    #[param(max_length = 255)]
    q: Option<String>,
}

/// People
#[utoipa::path(
    get, path = "/api/admin/users", tag = "admin", params(Page, Search), security(("session" = [])),
    responses((status = 200, body = Listing<PersonBody>))
)]
async fn people(
    State(state): State<ApiState>,
    _: Admin,
    page: Page,
    ApiQuery(search): ApiQuery<Search>,
) -> ApiResult<Json<Listing<PersonBody>>> {
    let mut connection = state.db.gate().acquire().await?;
    let (users, total) = users::list(&mut connection, search.q.as_deref(), page.limit, page.offset).await?;
    Ok(Json(Listing::new(users.iter().map(PersonBody::from).collect(), total, page)))
}

/// One person
#[utoipa::path(
    get, path = "/api/admin/users/{id}", tag = "admin", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = PersonBody))
)]
async fn person(
    State(state): State<ApiState>,
    _: Admin,
    ApiPath(id): ApiPath<UserId>,
) -> ApiResult<Json<PersonBody>> {
    let mut connection = state.db.gate().acquire().await?;
    let user = users::get(&mut connection, id).await?;
    Ok(Json(PersonBody::from(&user)))
}

/// What is not sent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[schema(as = UserChange)]
struct Change {
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "pro")]
    plan: Option<Plan>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "user")]
    role: Option<Role>,
    /// A suspended person is signed out everywhere and cannot sign in.
    #[garde(skip)]
    suspended: Option<bool>,
}

/// Change a person's plan, role or standing
#[utoipa::path(
    patch, path = "/api/admin/users/{id}", tag = "admin", params(("id" = Uuid, Path)), request_body = Change,
    security(("session" = [])), responses((status = 200, body = PersonBody))
)]
async fn change(
    State(state): State<ApiState>,
    client: Client,
    Admin(admin): Admin,
    ApiPath(id): ApiPath<UserId>,
    ValidJson(body): ValidJson<Change>,
) -> ApiResult<Json<PersonBody>> {
    if id == admin.user() && (body.suspended == Some(true) || body.role == Some(Role::User)) {
        return Err(ApiError::conflict("own_account", "you cannot lock yourself out")
            .with_hint("have another admin do it"));
    }
    let now = state.clock.now();
    let mut transaction = state.db.gate().begin().await?;
    let change = AdminChange { plan: body.plan, role: body.role, suspended: body.suspended };
    users::change_by_admin(&mut transaction, id, change, now).await?;
    if body.suspended == Some(true) {
        sessions::revoke_all(&mut transaction, id, None, "suspended", now).await?;
    }
    let about = json!({
        "by": admin.user(), "plan": body.plan, "role": body.role, "suspended": body.suspended,
    });
    note(&mut transaction, &client, Event::UserChangedByAdmin, id, about).await?;
    let user = users::get(&mut transaction, id).await?;
    transaction.commit().await?;
    state.auth.live.forget(id);
    Ok(Json(PersonBody::from(&user)))
}
