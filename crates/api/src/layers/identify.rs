//! Looks at the credentials once a request, for the layers and handlers after it.

use crate::auth::identity::{Caller, identify as who};
use crate::routes::metrics::is_scraper;
use crate::state::ApiState;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(super) async fn identify(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    // Its token is nobody's: it counts while the database is away too.
    if request.uri().path() == "/metrics" && is_scraper(&state, request.headers()) {
        return next.run(request).await;
    }
    match who(&state, request.headers()).await {
        Ok(caller) => {
            if let Caller::Known(identity) = &caller {
                tracing::Span::current().record("user.id", tracing::field::display(identity.actor.id));
            }
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}
