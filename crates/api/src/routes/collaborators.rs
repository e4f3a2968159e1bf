//! Who works on a project besides its owner: a matter of the team plan.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, SignedIn, ValidJson};
use crate::routes::projects::allowed;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::ids::{ProjectId, UserId};
use mv_core::policy::Action;
use mv_store::db::collaborators::{self, Collaborator};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list, invite)).routes(routes!(remove))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CollaboratorView {
    user_id: Uuid,
    name: Option<String>,
    #[schema(example = "dojun@example.org")]
    email: String,
    /// `viewer` or `editor`.
    #[schema(example = "editor")]
    role: String,
    created_at: DateTime<Utc>,
}

impl From<Collaborator> for CollaboratorView {
    fn from(one: Collaborator) -> Self {
        let Collaborator { user_id, name, email, role, created_at } = one;
        Self { user_id: user_id.0, name, email, role, created_at }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Collaborators {
    collaborators: Vec<CollaboratorView>,
}

/// Who works on a project.
#[utoipa::path(
    get, path = "/api/projects/{id}/collaborators", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Collaborators))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Json<Collaborators>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let rows = collaborators::list(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(Json(Collaborators { collaborators: rows.into_iter().map(Into::into).collect() }))
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum CollaboratorRole {
    Viewer,
    Editor,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    #[garde(email, length(max = 255))]
    #[schema(format = Email, max_length = 255, example = "dojun@example.org")]
    email: String,
    #[garde(skip)]
    #[schema(inline)]
    role: CollaboratorRole,
}

/// Lets somebody who has an account here into a project, or changes their role.
#[utoipa::path(
    post, path = "/api/projects/{id}/collaborators", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = Invitation,
    responses(
        (status = 201, body = Collaborators),
        (status = 402, body = crate::error::Problem, content_type = "application/problem+json", description = "Needs the team plan"),
    )
)]
async fn invite(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(invitation): ValidJson<Invitation>,
) -> ApiResult<(StatusCode, Json<Collaborators>)> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Manage).await?;
    let role = match invitation.role {
        CollaboratorRole::Viewer => "viewer",
        CollaboratorRole::Editor => "editor",
    };
    let guest = collaborators::invite(&mut transaction, id, &invitation.email.to_lowercase(), role).await?;
    if guest.is_none() {
        return Err(ApiError::invalid("email", "belongs to nobody else here")
            .with_hint("ask them to sign up with this address first"));
    }
    let rows = collaborators::list(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok((
        StatusCode::CREATED,
        Json(Collaborators { collaborators: rows.into_iter().map(Into::into).collect() }),
    ))
}

/// Lets somebody go. Whoever was let in may leave by themselves.
#[utoipa::path(
    delete, path = "/api/projects/{id}/collaborators/{user_id}", tag = "projects",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("user_id" = Uuid, Path)),
    responses((status = 204, description = "Gone"))
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath((id, user)): ApiPath<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    let (id, user) = (ProjectId(id), UserId(user));
    let mut transaction = state.db.person(who.user()).await?;
    // Taking rights back must stay possible on every plan: the owner's right to end things is enough.
    let action = if user == who.user() { Action::Read } else { Action::Delete };
    allowed(&mut transaction, &who, id, action).await?;
    collaborators::remove(&mut transaction, id, user).await.map_err(ApiError::missing("collaborator"))?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
