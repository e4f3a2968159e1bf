//! What the API says of a project.

use crate::error::ApiResult;
use crate::links;
use crate::state::ApiState;
use chrono::{DateTime, Utc};
use mv_core::policy::ProjectRole;
use mv_store::db::projects::Project;
use mv_store::db::search::ProjectCard;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectView {
    id: Uuid,
    user_id: Uuid,
    /// What the person asking is to it: `owner`, `editor` or `viewer`.
    #[schema(value_type = String, example = "owner")]
    role: ProjectRole,
    character_profile_id: Option<Uuid>,
    #[schema(example = "여름밤의 주파수")]
    title: String,
    artist: String,
    description: Option<String>,
    /// Plays the song, for two hours.
    audio_url: Option<String>,
    #[schema(example = "summer-night.mp3")]
    audio_filename: Option<String>,
    audio_size_bytes: Option<i64>,
    #[schema(example = 83.5)]
    audio_duration_seconds: Option<f64>,
    /// What was heard in the song; `{}` until then.
    #[schema(value_type = Object)]
    audio_analysis: Value,
    #[schema(example = "urban-night")]
    template_id: Option<String>,
    #[schema(value_type = Object)]
    template_config: Value,
    /// `draft`, `editing`, `generating`, `complete`, `failed` or `archived`.
    #[schema(example = "editing")]
    status: String,
    final_video_url: Option<String>,
    final_video_duration_seconds: Option<f64>,
    final_video_resolution: Option<String>,
    poster_url: Option<String>,
    total_cost_usd: f64,
    #[schema(value_type = Object)]
    cost_breakdown: Value,
    budget_usd: Option<f64>,
    is_public: bool,
    /// Raised by every edit: the ETag.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    archived_at: Option<DateTime<Utc>>,
}

impl ProjectView {
    pub(crate) async fn of(state: &ApiState, project: Project, role: ProjectRole) -> ApiResult<Self> {
        Ok(Self {
            id: project.id.0,
            user_id: project.user_id.0,
            role,
            character_profile_id: project.character_profile_id,
            title: project.title,
            artist: project.artist,
            description: project.description,
            audio_url: Some(links::sign(state, &project.audio_key, "application/octet-stream", None).await?),
            audio_filename: project.audio_filename,
            audio_size_bytes: project.audio_size_bytes,
            audio_duration_seconds: project.audio_duration_seconds,
            audio_analysis: project.audio_analysis,
            template_id: project.template_id,
            template_config: project.template_config,
            status: project.status,
            final_video_url: links::show(state, project.final_video_key.as_deref()).await?,
            final_video_duration_seconds: project.final_video_duration_seconds,
            final_video_resolution: project.final_video_resolution,
            poster_url: links::show(state, project.poster_key.as_deref()).await?,
            total_cost_usd: project.total_cost_usd,
            cost_breakdown: project.cost_breakdown,
            budget_usd: project.budget_usd,
            is_public: project.is_public,
            version: project.version,
            created_at: project.created_at,
            updated_at: project.updated_at,
            completed_at: project.completed_at,
            archived_at: project.archived_at,
        })
    }
}

/// A project on a card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectSummary {
    id: Uuid,
    user_id: Uuid,
    character_profile_id: Option<Uuid>,
    #[schema(example = "여름밤의 주파수")]
    title: String,
    artist: String,
    description: Option<String>,
    audio_filename: Option<String>,
    audio_duration_seconds: Option<f64>,
    template_id: Option<String>,
    #[schema(example = "complete")]
    status: String,
    final_video_url: Option<String>,
    final_video_resolution: Option<String>,
    poster_url: Option<String>,
    total_cost_usd: f64,
    is_public: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    /// When it was put away; it can be brought back for 30 days.
    deleted_at: Option<DateTime<Utc>>,
}

impl ProjectSummary {
    pub(super) async fn of(state: &ApiState, card: ProjectCard) -> ApiResult<Self> {
        Ok(Self {
            id: card.id.0,
            user_id: card.user_id.0,
            character_profile_id: card.character_profile_id,
            title: card.title,
            artist: card.artist,
            description: card.description,
            audio_filename: card.audio_filename,
            audio_duration_seconds: card.audio_duration_seconds,
            template_id: card.template_id,
            status: card.status,
            final_video_url: links::show(state, card.final_video_key.as_deref()).await?,
            final_video_resolution: card.final_video_resolution,
            poster_url: links::show(state, card.poster_key.as_deref()).await?,
            total_cost_usd: card.total_cost_usd,
            is_public: card.is_public,
            version: card.version,
            created_at: card.created_at,
            updated_at: card.updated_at,
            completed_at: card.completed_at,
            deleted_at: card.deleted_at,
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectAnswer {
    pub(super) project: ProjectView,
}
