//! `melodyvision serve`: database, API and workers in one process; on many nodes, the same with all of them elsewhere.

use crate::args::ServeArgs;
use crate::billing;
use crate::catalogue::Catalogue;
use crate::config;
use crate::config::server::ServerConfig;
use crate::failure::{Class, Failure};
use crate::output::Output;
use crate::pages::Studio;
use crate::server::{self, Ground, Guest};
use crate::services;
use mv_api::ApiState;
use mv_api::auth::first_admin;
use mv_api::state::Setup;
use mv_api::studio::UsualModels;
use mv_billing::Billing;
use mv_core::CancelToken;
use mv_jobs::Workers;
use mv_media::Tools;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use url::Url;

pub(crate) fn run(args: &ServeArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    let mut config = server::configuration(&args.server)?;
    if let Some(port) = args.port {
        config.listen.set_port(port);
    }
    // Answering needs no FFmpeg; what is missing should be known before anybody orders a film.
    let tools = if args.no_workers { None } else { Some(Tools::locate(&config::tool_search())?) };
    server::block_on(serve(args, config, tools, output, cancel))
}

async fn serve(
    args: &ServeArgs,
    mut config: ServerConfig,
    tools: Option<Tools>,
    output: Output,
    cancel: &CancelToken,
) -> Result<(), Failure> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        Failure::new(Class::Write, format!("`{}` cannot be listened on: {error}", config.listen))
            .hint("end the program that uses it, or choose another port with --port")
    })?;
    let address = listener.local_addr().map_err(Failure::unexpected)?;
    follow_port(&mut config, address);
    let settings = config.jobs(&[]);
    let ground = Ground::open(&config, Guest::Host, &settings).await?;
    let billing = billing::open(&config)?;
    let workers = match tools {
        Some(tools) => {
            let desk = services::desk(&config)?;
            Some(Workers::start(&ground.shop(tools, desk, billing.clone(), settings)?))
        }
        None => None,
    };
    let url = config.api.public_url.clone();
    mv_api::routes::metrics::install().map_err(Failure::unusable)?;
    let state = api_state(&ground, billing, config)?;
    let limits = tokio::spawn(keep_limits(state.clone(), cancel.clone()));
    let first_admin = first_admin::link(&state).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the first admin's link could not be made; start again for one");
        None
    });
    announce(&url, first_admin.as_ref(), output);
    if args.demo {
        crate::commands::demo::load(&ground).await?;
    }
    let app = mv_api::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let stop = cancel.clone();
    let serving =
        axum::serve(listener, app).with_graceful_shutdown(async move { server::until(&stop).await });
    // Sockets that stay open are closed with the process; requests in hand have as long as jobs have.
    tokio::select! {
        served = serving => served.map_err(Failure::unexpected)?,
        () = server::until(cancel) => {}
    }
    if let Some(workers) = workers {
        workers.drain().await;
    }
    limits.await.map_err(Failure::unexpected)?;
    ground.close().await;
    Ok(())
}

/// Gives back permits that nobody used, until the server ends.
async fn keep_limits(state: ApiState, cancel: CancelToken) {
    state.limits.maintain(server::until(&cancel)).await;
}

/// Says where people reach the server and, once, how to make its first admin.
fn announce(url: &Url, first_admin: Option<&Url>, output: Output) {
    let event = serde_json::json!({ "event": "serving", "url": url, "first_admin": first_admin });
    output.answer(&event, || {
        let address = url.as_str().trim_end_matches('/');
        match first_admin {
            Some(link) => {
                format!("{address}\n{}: {link}", output.pick("첫 관리자 만들기", "make the first admin"))
            }
            None => address.to_owned(),
        }
    });
}

/// A port that was taken freely is part of the address that people are told.
fn follow_port(config: &mut ServerConfig, address: SocketAddr) {
    let url = &mut config.api.public_url;
    if url.host_str() == Some("localhost") && url.scheme() == "http" {
        // An address with a host takes any port.
        url.set_port(Some(address.port())).ok();
    }
}

fn api_state(ground: &Ground, billing: Billing, config: ServerConfig) -> Result<ApiState, Failure> {
    let setup = Setup {
        db: ground.db.clone(),
        objects: ground.objects.clone(),
        studio: Arc::new(Catalogue::new(
            &services::catalogue(config.services.models.as_deref())?,
            &services::server_keys(&config),
            UsualModels {
                image: config.services.usual.image.clone(),
                vision: config.services.usual.vision.clone(),
            },
        )?),
        pages: Arc::new(Studio::open()),
        keyring: ground.keyring.clone(),
        clock: ground.clock.clone(),
        billing,
        house: config.services.funding(),
        config: config.api,
    };
    ApiState::new(setup).map_err(Failure::unusable)
}
