//! Numbers for Prometheus.

use crate::auth::identity::{Caller, Credential};
use crate::error::{ApiError, ApiResult};
use crate::state::ApiState;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use mv_core::jobs::Class;
use mv_core::plan::Role;
use mv_store::StoreError;
use mv_store::db::service_webhooks::{self, Count};
use mv_store::queue::admin::{self, QueueMetrics};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A scraper waits for seconds only: what the database has not answered by then is left out.
const PATIENCE: Duration = Duration::from_secs(2);

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
/// For the configured scraper's token, for admins, and for programs on this machine. While the database does not answer,
/// those of the queues are left out.
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
    let is_admin = matches!(&caller, Some(Extension(Caller::Known(identity)))
        if identity.actor.role == Role::Admin && matches!(identity.credential, Credential::Session(_)));
    // A proxy on this machine speaks for strangers.
    let is_here = peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().is_loopback())
        && !headers.contains_key("x-forwarded-for");
    let is_here = is_here && state.config.metrics_token.is_none();
    if !(is_scraper(&state, &headers) || is_admin || is_here) {
        return Err(ApiError::not_found("address"));
    }
    pools(&state);
    let mut text = RECORDER.get().map_or_else(String::new, |recorder| {
        recorder.run_upkeep();
        recorder.render()
    });
    match tokio::time::timeout(PATIENCE, queues(&state)).await {
        Ok(Ok(queues)) => text.push_str(&queues),
        Ok(Err(error)) => tracing::warn!(%error, "the queues' numbers are left out"),
        Err(_) => tracing::warn!("the queues' numbers are left out: the database is slow"),
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text))
}

/// Whether a request carries the configured scraper's token.
pub(crate) fn is_scraper(state: &ApiState, headers: &HeaderMap) -> bool {
    let Some(token) = &state.config.metrics_token else { return false };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|text| text.strip_prefix("Bearer ")).is_some_and(|given| same(given, token.expose()))
}

/// Compares digests, so that how long it takes says nothing about the token.
fn same(given: &str, token: &str) -> bool {
    crate::auth::random::hash(given) == crate::auth::random::hash(token)
}

/// The queues' and the webhooks' numbers, counted for this answer alone, so that none of an earlier one is told again.
async fn queues(state: &ApiState) -> Result<String, StoreError> {
    let mut connection = state.db.worker().acquire().await?;
    let classes = admin::metrics(&mut connection).await?;
    let webhooks = service_webhooks::counts(&mut connection).await?;
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for (class, of) in &classes {
            gauge(*class, of);
        }
        for Count { provider, outcome, count } in webhooks {
            metrics::gauge!("service_webhooks_last_week", "service" => provider, "outcome" => outcome)
                .set(count as f64);
        }
    });
    Ok(recorder.handle().render())
}

fn gauge(class: Class, of: &QueueMetrics) {
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

fn pools(state: &ApiState) {
    for (pool, size, idle) in state.db.pool_sizes() {
        metrics::gauge!("database_connections", "pool" => pool, "state" => "open").set(f64::from(size));
        metrics::gauge!("database_connections", "pool" => pool, "state" => "idle").set(idle as f64);
    }
}
