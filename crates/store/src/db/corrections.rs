//! What a person corrected of what was heard in a project's song. The analysis that everything reads has it laid over; the
//! one that was heard stays beside it.

use crate::error::StoreError;
use mv_core::ids::ProjectId;
use mv_core::{Correction, SongAnalysis};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A song that was heard.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardSong {
    /// What holds.
    pub analysis: SongAnalysis,
    /// What was corrected, and what was heard before.
    pub corrected: Option<(Correction, SongAnalysis)>,
}

impl HeardSong {
    /// What was heard, whatever was said of it since.
    pub fn heard(&self) -> &SongAnalysis {
        self.corrected.as_ref().map_or(&self.analysis, |(_, heard)| heard)
    }
}

/// `None` until the song was heard.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: ProjectId) -> Result<Option<HeardSong>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT nullif(audio_analysis, '{}'::jsonb) AS "analysis: Json<SongAnalysis>",
             analysis_correction AS "correction: Json<Correction>", heard_analysis AS "heard: Json<SongAnalysis>"
           FROM projects WHERE id = $1 AND deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    let corrected = row.correction.zip(row.heard).map(|(correction, heard)| (correction.0, heard.0));
    Ok(row.analysis.map(|analysis| HeardSong { analysis: analysis.0, corrected }))
}

/// Keeps what is said of a song, or takes it back; [`super::projects::raise_version`] goes before it.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn set(
    connection: &mut PgConnection,
    id: ProjectId,
    heard: &SongAnalysis,
    correction: Option<&Correction>,
) -> Result<HeardSong, StoreError> {
    let analysis = correction.map_or_else(|| heard.clone(), |correction| correction.apply(heard));
    sqlx::query!(
        "UPDATE projects SET audio_analysis = $2, analysis_correction = $3, heard_analysis = $4 WHERE id = $1",
        id.0,
        Json(&analysis) as _,
        correction.map(Json) as _,
        correction.map(|_| Json(heard)) as _,
    )
    .execute(connection)
    .await?;
    Ok(HeardSong { analysis, corrected: correction.map(|correction| (correction.clone(), heard.clone())) })
}
