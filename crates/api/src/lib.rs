//! The HTTP interface: finding out who is asking and whether they may, and the routes.
//!
//! A handler loads, acts, enqueues, commits and answers. It never calls a vendor and never does a job's work: it writes
//! rows, and the queue does the rest. Every refusal is a problem document (RFC 9457) made in [`error`].

pub mod auth;
pub mod config;
mod csv;
pub mod document;
pub mod error;
pub mod extract;
mod intake;
pub mod layers;
pub mod limits;
mod links;
pub mod pages;
pub mod routes;
pub mod state;
pub mod studio;
pub mod watch;
pub mod ws;

pub use config::ApiConfig;
pub use error::ApiError;
pub use extract::{ApiPath, ApiQuery, Page, SignedIn, ValidJson};
pub use state::ApiState;

use axum::Router;

/// The OpenAPI document of everything the server answers, as `/api/openapi.json` shows it.
///
/// # Errors
/// None that can be met: the document is made of strings and lists.
pub fn openapi() -> Result<String, serde_json::Error> {
    let (_, document) = routes::all().split_for_parts();
    let mut text = document::complete(document).to_pretty_json()?;
    text.push('\n');
    Ok(text)
}

/// Everything the server answers, ready to be served with
/// `into_make_service_with_connect_info::<std::net::SocketAddr>()`.
pub fn router(state: ApiState) -> Router {
    let (routes, document) = routes::all().split_for_parts();
    let document = document::complete(document);
    let routes = routes.merge(document::pages(document)).merge(ws::routes(&state)).fallback(pages::serve);
    layers::around(routes, &state).with_state(state)
}
