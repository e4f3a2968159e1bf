//! The routes, a file a thing.

pub mod health;

use crate::document;
use crate::state::ApiState;
use utoipa_axum::router::OpenApiRouter;

/// Every documented route. A file of routes has a function `routes()` that is merged here.
pub(crate) fn all() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(document::base()).merge(health::routes())
}
