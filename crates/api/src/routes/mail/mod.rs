//! Mail: what people want to be written about, what the sending service tells of it, and what became of each, for whoever
//! runs the server.

mod admin;
mod choices;
mod news;
mod unsubscribe;

use crate::state::ApiState;
use utoipa_axum::router::OpenApiRouter;

pub use news::MailNews;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .merge(choices::routes())
        .merge(unsubscribe::routes())
        .merge(news::routes())
        .merge(admin::routes())
}
