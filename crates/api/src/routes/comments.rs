//! Comments on a film, at a time of the song or on the whole; by those who work on it, and by guests with a link.

use crate::auth::random;
use crate::error::{ApiError, ApiResult, permit};
use crate::extract::{ApiPath, Listing, Page, SignedIn, ValidJson};
use crate::routes::projects::allowed;
use crate::routes::shares;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::ids::{CommentId, ProjectId, SceneId};
use mv_core::policy::{Action, Decision, Resource, can};
use mv_store::StoreError;
use mv_store::db::comments::{self, Comment, SharedComment};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update, remove))
        .routes(routes!(list_shared, create_shared))
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommentView {
    id: Uuid,
    scene_id: Option<Uuid>,
    /// None for a guest.
    user_id: Option<Uuid>,
    #[schema(example = "Dojun")]
    author_name: String,
    /// Song time; none for one on the whole film.
    #[schema(example = 41.2)]
    at_seconds: Option<f64>,
    #[schema(example = "비가 조금 늦게 그치면 좋겠어요")]
    body: String,
    resolved_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<Comment> for CommentView {
    fn from(comment: Comment) -> Self {
        Self {
            id: comment.id.0,
            scene_id: comment.scene_id,
            user_id: comment.user_id,
            author_name: comment.author_name,
            at_seconds: comment.at_seconds,
            body: comment.body,
            resolved_at: comment.resolved_at,
            created_at: comment.created_at,
        }
    }
}

/// A comment, as the holder of a link sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SharedCommentView {
    id: Uuid,
    author_name: String,
    at_seconds: Option<f64>,
    body: String,
    resolved_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<SharedComment> for SharedCommentView {
    fn from(comment: SharedComment) -> Self {
        Self {
            id: comment.id.0,
            author_name: comment.author_name,
            at_seconds: comment.at_seconds,
            body: comment.body,
            resolved_at: comment.resolved_at,
            created_at: comment.created_at,
        }
    }
}

/// A project's comments, oldest first.
#[utoipa::path(
    get, path = "/api/projects/{id}/comments", tag = "sharing", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), Page),
    responses((status = 200, body = Listing<CommentView>))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    page: Page,
) -> ApiResult<Json<Listing<CommentView>>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let (rows, total) = comments::list(&mut transaction, id, page.limit, page.offset).await?;
    transaction.commit().await?;
    Ok(Json(Listing::new(rows.into_iter().map(Into::into).collect(), total, page)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    body: String,
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    at_seconds: Option<f64>,
    #[garde(skip)]
    scene_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommentAnswer {
    comment: CommentView,
}

/// Says something about a film. Whoever may see it may.
#[utoipa::path(
    post, path = "/api/projects/{id}/comments", tag = "sharing", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = NewComment,
    responses((status = 201, body = CommentAnswer))
)]
async fn create(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(new): ValidJson<NewComment>,
) -> ApiResult<(StatusCode, Json<CommentAnswer>)> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let scene = new.scene_id.map(SceneId);
    let comment = comments::insert(&mut transaction, id, who.user(), scene, new.at_seconds, &new.body)
        .await
        .map_err(|error| match error {
            StoreError::NotFound => ApiError::invalid("scene_id", "is not a scene of this project"),
            other => other.into(),
        })?;
    let comment = comments::get(&mut transaction, id, comment).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(CommentAnswer { comment: comment.into() })))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentChange {
    /// Only its author may change what it says.
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    body: Option<String>,
    /// Whether it is dealt with: for its author, and for those who edit the film.
    #[garde(skip)]
    resolved: Option<bool>,
}

/// Changes a comment, or ticks it off.
#[utoipa::path(
    patch, path = "/api/projects/{id}/comments/{comment_id}", tag = "sharing",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("comment_id" = Uuid, Path)),
    request_body = CommentChange,
    responses((status = 200, body = CommentAnswer))
)]
async fn update(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath((id, comment)): ApiPath<(Uuid, Uuid)>,
    ValidJson(change): ValidJson<CommentChange>,
) -> ApiResult<Json<CommentAnswer>> {
    let (id, comment) = (ProjectId(id), CommentId(comment));
    let mut transaction = state.db.person(who.user()).await?;
    let is_author = own(&mut transaction, &who, id, comment).await?;
    if change.body.is_some() && !is_author {
        return Err(ApiError::forbidden("forbidden", "only its author may change what a comment says"));
    }
    let now = state.clock.now();
    comments::update(&mut transaction, comment, change.body.as_deref(), change.resolved, now).await?;
    let comment = comments::get(&mut transaction, id, comment).await?;
    transaction.commit().await?;
    Ok(Json(CommentAnswer { comment: comment.into() }))
}

/// A comment that this person wrote, or may tick off and remove as one who edits the film. Says which.
async fn own(
    connection: &mut PgConnection,
    who: &SignedIn,
    id: ProjectId,
    comment: CommentId,
) -> ApiResult<bool> {
    let role = allowed(connection, who, id, Action::Read).await?;
    let found = comments::get(connection, id, comment).await.map_err(ApiError::missing("comment"))?;
    let is_author = found.user_id == Some(who.user().0);
    let decision = can(&who.actor, Action::Update, &Resource::Project { role: Some(role) });
    permit(if is_author { Decision::Allowed } else { decision }, who.actor.plan, "comment")?;
    Ok(is_author)
}

/// Removes a comment: its author may, and those who edit the film.
#[utoipa::path(
    delete, path = "/api/projects/{id}/comments/{comment_id}", tag = "sharing",
    security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("comment_id" = Uuid, Path)),
    responses((status = 204, description = "Removed"))
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath((id, comment)): ApiPath<(Uuid, Uuid)>,
) -> ApiResult<StatusCode> {
    let (id, comment) = (ProjectId(id), CommentId(comment));
    let mut transaction = state.db.person(who.user()).await?;
    own(&mut transaction, &who, id, comment).await?;
    comments::soft_delete(&mut transaction, comment, state.clock.now()).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SharedComments {
    comments: Vec<SharedCommentView>,
}

/// What was said about a shared film, oldest first; nothing where the owner does not allow comments.
#[utoipa::path(
    get, path = "/api/shared/{token}/comments", tag = "sharing",
    params(("token" = String, Path), ("X-Share-Password" = Option<String>, Header)),
    responses(
        (status = 200, body = SharedComments),
        (status = 401, body = crate::error::Problem, content_type = "application/problem+json", description = "It has a password, and this is not it"),
    )
)]
async fn list_shared(
    State(state): State<ApiState>,
    ApiPath(token): ApiPath<String>,
    headers: HeaderMap,
) -> ApiResult<Json<SharedComments>> {
    shares::find(&state, &token, &headers).await?;
    let mut transaction = state.db.nobody().await?;
    let rows = comments::by_link(&mut transaction, &random::hash(&token)).await?;
    transaction.commit().await?;
    Ok(Json(SharedComments { comments: rows.into_iter().map(Into::into).collect() }))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuestComment {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Dojun")]
    author_name: String,
    #[garde(length(chars, min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    body: String,
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(minimum = 0, maximum = 7200)]
    at_seconds: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GuestCommentAnswer {
    comment: SharedCommentView,
}

/// Says something about a shared film, where the owner allows it.
#[utoipa::path(
    post, path = "/api/shared/{token}/comments", tag = "sharing",
    params(("token" = String, Path), ("X-Share-Password" = Option<String>, Header)),
    request_body = GuestComment,
    responses(
        (status = 201, body = GuestCommentAnswer),
        (status = 401, body = crate::error::Problem, content_type = "application/problem+json", description = "It has a password, and this is not it"),
    )
)]
async fn create_shared(
    State(state): State<ApiState>,
    ApiPath(token): ApiPath<String>,
    headers: HeaderMap,
    ValidJson(new): ValidJson<GuestComment>,
) -> ApiResult<(StatusCode, Json<GuestCommentAnswer>)> {
    shares::find(&state, &token, &headers).await?;
    let mut transaction = state.db.nobody().await?;
    let hash = random::hash(&token);
    let said = comments::insert_by_link(&mut transaction, &hash, &new.author_name, new.at_seconds, &new.body)
        .await?;
    transaction.commit().await?;
    let (id, created_at) = said.ok_or_else(|| {
        ApiError::forbidden("no_comments", "this link takes no comments, or no more of them")
    })?;
    let comment = SharedCommentView {
        id: id.0,
        author_name: new.author_name,
        at_seconds: new.at_seconds,
        body: new.body,
        resolved_at: None,
        created_at,
    };
    Ok((StatusCode::CREATED, Json(GuestCommentAnswer { comment })))
}
