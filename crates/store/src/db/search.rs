//! The list of projects: one query gives the page and how many there are, filtered, sorted and searched.
//!
//! A person's own projects come by the index on their id, those shared with them by the index on collaborators; words
//! are found by stem in English and by any part of them in every other language, Korean among them.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::ids::{CharacterId, ProjectId, UserId};
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// A project as a card shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectCard {
    pub id: ProjectId,
    pub user_id: UserId,
    pub character_profile_id: Option<Uuid>,
    pub title: String,
    pub artist: String,
    pub description: Option<String>,
    pub audio_filename: Option<String>,
    pub audio_duration_seconds: Option<f64>,
    pub template_id: Option<String>,
    pub status: String,
    pub final_video_key: Option<String>,
    pub final_video_resolution: Option<String>,
    pub poster_key: Option<String>,
    pub total_cost_usd: f64,
    pub is_public: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    total: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectOrder {
    #[default]
    UpdatedDesc,
    CreatedDesc,
    TitleAsc,
}

impl ProjectOrder {
    fn word(self) -> &'static str {
        match self {
            Self::UpdatedDesc => "updated_desc",
            Self::CreatedDesc => "created_desc",
            Self::TitleAsc => "title_asc",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct ProjectFilter<'a> {
    /// One of the statuses, or `deleted` for what was put away; everything but archived and deleted when unsaid.
    pub status: Option<&'a str>,
    pub character: Option<CharacterId>,
    /// Words to find in title, artist and description.
    pub words: Option<&'a str>,
    pub order: ProjectOrder,
    pub limit: i64,
    pub offset: i64,
}

/// A page of the projects a person may see, and how many there are.
pub async fn projects(
    connection: &mut PgConnection,
    user: UserId,
    filter: &ProjectFilter<'_>,
) -> Result<(Vec<ProjectCard>, i64), StoreError> {
    let words = filter.words.map(str::trim).filter(|words| !words.is_empty());
    let part = words.map(like);
    let rows = sqlx::query_as!(
        ProjectCard,
        r#"SELECT p.id AS "id!", p.user_id AS "user_id!",
             p.character_profile_id, p.title AS "title!", p.artist AS "artist!",
             p.description, p.audio_filename, p.audio_duration_seconds, p.template_id, p.status AS "status!",
             p.final_video_key, p.final_video_resolution, p.poster_key, p.total_cost_usd::float8 AS "total_cost_usd!",
             p.is_public AS "is_public!", p.version AS "version!", p.created_at AS "created_at!",
             p.updated_at AS "updated_at!", p.completed_at, p.deleted_at, count(*) OVER () AS "total!"
           FROM (
             SELECT * FROM projects WHERE user_id = $1
             UNION ALL
             SELECT s.* FROM project_collaborators c JOIN projects s ON s.id = c.project_id
             WHERE c.user_id = $1 AND s.deleted_at IS NULL
           ) p
           WHERE CASE $2::text
               WHEN 'deleted' THEN p.deleted_at IS NOT NULL
               ELSE p.deleted_at IS NULL AND p.status = $2 END IS NOT FALSE
             AND ($2::text IS NOT NULL OR (p.deleted_at IS NULL AND p.status <> 'archived'))
             AND ($3::uuid IS NULL OR p.character_profile_id = $3)
             AND ($4::text IS NULL
               OR lower(p.title || ' ' || p.artist || ' ' || coalesce(p.description, '')) LIKE $4
               OR to_tsvector('english', p.title || ' ' || p.artist || ' ' || coalesce(p.description, ''))
                 @@ websearch_to_tsquery('english', $5))
           ORDER BY CASE WHEN $6 = 'title_asc' THEN lower(p.title) END,
             CASE $6 WHEN 'created_desc' THEN p.created_at WHEN 'updated_desc' THEN p.updated_at END DESC, p.id
           LIMIT $7 OFFSET $8"#,
        user.0,
        filter.status,
        filter.character.map(|id| id.0),
        part,
        words,
        filter.order.word(),
        filter.limit,
        filter.offset
    )
    .fetch_all(&mut *connection)
    .await?;
    match rows.first() {
        Some(row) => {
            let total = row.total;
            Ok((rows, total))
        }
        None if filter.offset == 0 => Ok((rows, 0)),
        // Past the end there is no row to carry the total.
        None => {
            let first = ProjectFilter { offset: 0, limit: 1, ..filter.clone() };
            let (_, total) = Box::pin(projects(connection, user, &first)).await?;
            Ok((rows, total))
        }
    }
}

/// A pattern that finds these words anywhere, whatever wildcards they hold.
fn like(words: &str) -> String {
    let mut pattern = String::from("%");
    for character in words.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn wildcards_are_only_characters() {
        assert_eq!(like("100% A_b\\"), "%100\\% a\\_b\\\\%");
        assert_eq!(like("여름밤"), "%여름밤%");
    }
}
