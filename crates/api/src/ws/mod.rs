//! Live progress over a WebSocket: `auth`, `subscribe` and `unsubscribe` come in; `job_progress`, `job_complete` and
//! `job_failed` go out, with sequence numbers, so that whoever comes back goes on from the last one it saw. `notifications`
//! tells what one was told in the studio last, and how much is unread.
//!
//! A state is read and serialised once a node and shared by all its watchers. Each watcher gets the newest state when it
//! can take one: whoever is slow skips states, and nothing is queued.

mod hub;
mod message;
mod socket;

pub use hub::Hub;

use crate::auth::identity::Caller;
use crate::error::ApiError;
use crate::layers::cross_site;
use crate::state::ApiState;
use axum::Router;
use axum::extract::rejection::ExtensionRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

/// Longest message that a client may send, in bytes: a token with room to spare.
const LONGEST_MESSAGE: usize = 8 * 1024;
/// What a socket holds to read into. Ten thousand of them lie idle most of the time.
const READ_BUFFER: usize = 1024;
/// What may wait to be written before a slow client is given up.
const WRITE_BUFFER: usize = 64 * 1024;

/// The route `/ws`. It listens for changes once, for all its sockets, from the first of them on.
pub fn routes(state: &ApiState) -> Router<ApiState> {
    Router::new()
        .route("/ws", get(upgrade))
        .layer(Extension(Hub::new(state.db.clone(), state.config.limits.sockets)))
}

async fn upgrade(
    State(state): State<ApiState>,
    Extension(hub): Extension<Hub>,
    caller: Result<Extension<Caller>, ExtensionRejection>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    cross_site::check(&state.config, &headers)?;
    // Who is signed in by cookie need not send a token; who is refused may still send a better one.
    let identity = caller.ok().and_then(|Extension(caller)| caller.known().ok());
    Ok(upgrade
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |socket| socket::serve(socket, state, hub, identity, headers)))
}
