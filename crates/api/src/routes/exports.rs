//! Finished files of a project, each with an address to download it from.

use crate::error::ApiResult;
use crate::extract::{ApiPath, ApiQuery, Listing, Page, SignedIn};
use crate::links;
use crate::routes::projects::allowed;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_core::ids::ProjectId;
use mv_core::policy::Action;
use mv_store::db::events;
use mv_store::db::exports::{self, Export};
use mv_store::db::projects;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// What a file is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Film,
    Poster,
    Sprites,
    SpriteTrack,
    Report,
    ReportPage,
    Srt,
    Vtt,
    Plan,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Film => "film",
            Self::Poster => "poster",
            Self::Sprites => "sprites",
            Self::SpriteTrack => "sprite_track",
            Self::Report => "report",
            Self::ReportPage => "report_page",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Plan => "plan",
        }
    }
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    #[garde(skip)]
    #[param(inline)]
    kind: Option<Kind>,
}

/// A finished file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportView {
    id: Uuid,
    project_id: Uuid,
    job_id: Option<Uuid>,
    /// `film`, `poster`, `sprites`, `sprite_track`, `report`, `report_page`, `srt`, `vtt` or `plan`.
    #[schema(example = "film")]
    kind: String,
    #[schema(example = "video/mp4")]
    media_type: String,
    size_bytes: i64,
    #[schema(value_type = Object)]
    settings: Value,
    /// Shows it, for two hours.
    url: String,
    /// Saves it under the song's name, for two hours.
    download_url: String,
    created_at: DateTime<Utc>,
}

impl ExportView {
    async fn of(state: &ApiState, title: &str, export: Export) -> ApiResult<Self> {
        let ending = export.object_key.rsplit_once('.').map_or("bin", |(_, ending)| ending);
        let name = file_name(title, &export.kind, ending);
        let url = links::sign(state, &export.object_key, &export.media_type, None).await?;
        let download_url = links::sign(state, &export.object_key, &export.media_type, Some(&name)).await?;
        Ok(Self {
            id: export.id.0,
            project_id: export.project_id.0,
            job_id: export.job_id,
            kind: export.kind,
            media_type: export.media_type,
            size_bytes: export.bytes,
            settings: export.settings,
            url,
            download_url,
            created_at: export.created_at,
        })
    }
}

/// A name to save a file under: the title in its own language, without what file systems do not take.
pub(crate) fn file_name(title: &str, kind: &str, ending: &str) -> String {
    let plain = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c };
    let title: String = title.chars().map(plain).take(80).collect();
    let title = title.trim().trim_matches('.');
    let title = if title.is_empty() { "film" } else { title };
    if kind == "film" { format!("{title}.{ending}") } else { format!("{title} {kind}.{ending}") }
}

/// A project's finished files, newest first.
#[utoipa::path(
    get, path = "/api/projects/{id}/exports", tag = "sharing", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ListQuery, Page),
    responses((status = 200, body = Listing<ExportView>))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    page: Page,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<Json<Listing<ExportView>>> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let title = projects::get(&mut transaction, id).await?.title;
    let (rows, total) =
        exports::list(&mut transaction, id, query.kind.map(Kind::word), page.limit, page.offset).await?;
    if !rows.is_empty() {
        events::exported(&mut transaction, who.user(), id).await?;
    }
    transaction.commit().await?;
    let mut data = Vec::with_capacity(rows.len());
    for row in rows {
        data.push(ExportView::of(&state, &title, row).await?);
    }
    Ok(Json(Listing::new(data, total, page)))
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_say_what_a_file_is() {
        assert_eq!(file_name("여름밤의 주파수", "film", "mp4"), "여름밤의 주파수.mp4");
        assert_eq!(file_name("AC/DC: live?", "poster", "png"), "AC DC  live poster.png");
        assert_eq!(file_name(" .. ", "film", "mp4"), "film.mp4");
    }
}
