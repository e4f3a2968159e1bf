//! Numbers for Prometheus.

use crate::auth::identity::{Caller, Credential};
use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use mv_core::plan::Role;
use mv_store::queue::admin;
use std::net::SocketAddr;
use std::sync::OnceLock;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count, for the whole process. Called once, when the program starts.
///
/// # Errors
/// When something else counts already.
pub fn install() -> Result<(), BuildError> {
    const SECONDS: &[f64] =
        &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
    let handle = builder.install_recorder()?;
    RECORDER.get_or_init(|| handle);
    Ok(())
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(numbers))
}

/// Numbers of this process, in Prometheus' format
///
/// For the configured scraper's token, for admins, and for programs on this machine.
#[utoipa::path(
    get, path = "/metrics", tag = "operations", security((), ("session" = []), ("api_key" = [])),
    responses((status = 200, body = String, content_type = "text/plain"))
)]
async fn numbers(
    State(state): State<ApiState>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
) -> ApiResult<impl IntoResponse> {
    let is_scraper = state.config.metrics_token.as_ref().is_some_and(|token| {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|text| text.strip_prefix("Bearer "));
        given.is_some_and(|given| same(given, token.expose()))
    });
    let is_admin = matches!(&caller, Some(Extension(Caller::Known(identity)))
        if identity.actor.role == Role::Admin && matches!(identity.credential, Credential::Session(_)));
    // A proxy on this machine speaks for strangers.
    let is_here = peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().is_loopback())
        && !headers.contains_key("x-forwarded-for");
    let is_here = is_here && state.config.metrics_token.is_none();
    if !(is_scraper || is_admin || is_here) {
        return Err(ApiError::not_found("address"));
    }
    pools(&state);
    queues(&state).await?;
    let text = RECORDER.get().map(|recorder| {
        recorder.run_upkeep();
        recorder.render()
    });
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text.unwrap_or_default()))
}

/// Compares digests, so that how long it takes says nothing about the token.
fn same(given: &str, token: &str) -> bool {
    crate::auth::random::hash(given) == crate::auth::random::hash(token)
}

async fn queues(state: &ApiState) -> ApiResult<()> {
    let mut connection = state.db.worker().acquire().await?;
    for (class, of) in admin::metrics(&mut connection).await? {
        for (word, count) in [
            ("waiting", of.waiting),
            ("active", of.active),
            ("delayed", of.delayed),
            ("failed", of.failed),
            ("completed", of.completed),
        ] {
            metrics::gauge!("jobs", "class" => class.word(), "state" => word).set(count as f64);
        }
        let wait = of.oldest_wait_seconds.unwrap_or(0.0);
        metrics::gauge!("jobs_oldest_wait_seconds", "class" => class.word()).set(wait);
    }
    Ok(())
}

fn pools(state: &ApiState) {
    for (pool, size, idle) in state.db.pool_sizes() {
        metrics::gauge!("database_connections", "pool" => pool, "state" => "open").set(f64::from(size));
        metrics::gauge!("database_connections", "pool" => pool, "state" => "idle").set(idle as f64);
    }
}
