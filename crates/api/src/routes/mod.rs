//! The routes, a file a thing.

pub mod admin;
mod admin_analytics;
mod admin_audit;
mod admin_providers;
mod admin_queues;
mod admin_storage;
pub mod analysis;
pub mod audit;
pub mod auth;
pub mod billing;
pub mod calls;
pub mod catalogue;
pub mod characters;
pub mod collaborators;
pub mod comments;
pub mod corrections;
pub mod credits;
pub mod edits;
pub mod errands;
pub mod exports;
mod failure;
pub mod files;
mod funding;
pub mod health;
pub mod keys;
pub mod lyrics;
pub mod mail;
pub mod metrics;
pub mod mfa;
pub mod notifications;
mod packages;
pub mod pictures;
pub mod plan;
pub mod projects;
pub mod provider_keys;
pub mod quotes;
pub mod reframes;
pub mod scene_versions;
pub mod scenes;
pub mod services;
pub mod shares;
mod shelf;
pub mod transcripts;
pub mod uploads;
pub mod usage;
pub mod users;
pub mod video;
pub mod webhook_endpoints;
pub mod webhooks;
pub mod writing;

use crate::document;
use crate::state::ApiState;
use utoipa_axum::router::OpenApiRouter;

/// Every documented route. A file of routes has a function `routes()` that is merged here.
pub(crate) fn all() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(document::base())
        .merge(catalogue::routes())
        .merge(uploads::routes())
        .merge(characters::routes())
        .merge(projects::routes())
        .merge(collaborators::routes())
        .merge(analysis::routes())
        .merge(corrections::routes())
        .merge(lyrics::routes())
        .merge(transcripts::routes())
        .merge(writing::routes())
        .merge(errands::routes())
        .merge(scenes::routes())
        .merge(scene_versions::routes())
        .merge(edits::routes())
        .merge(plan::routes())
        .merge(quotes::routes())
        .merge(video::routes())
        .merge(calls::routes())
        .merge(billing::routes())
        .merge(credits::routes())
        .merge(usage::routes())
        .merge(exports::routes())
        .merge(packages::routes())
        .merge(reframes::routes())
        .merge(shares::routes())
        .merge(comments::routes())
        .merge(files::routes())
        .merge(auth::routes())
        .merge(users::routes())
        .merge(pictures::routes())
        .merge(mfa::routes())
        .merge(notifications::routes())
        .merge(keys::routes())
        .merge(provider_keys::routes())
        .merge(services::routes())
        .merge(audit::routes())
        .merge(admin::routes())
        .merge(admin_analytics::routes())
        .merge(admin_audit::routes())
        .merge(admin_providers::routes())
        .merge(admin_queues::routes())
        .merge(admin_storage::routes())
        .merge(mail::routes())
        .merge(webhooks::routes())
        .merge(webhook_endpoints::routes())
        .merge(metrics::routes())
        .merge(health::routes())
}
