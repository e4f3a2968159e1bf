//! What calls made of somebody who takes their consent back: it goes, the books stay.

use crate::error::StoreError;
use mv_core::ids::CharacterId;
use sqlx::PgConnection;

/// Marks what a character's calls made as removed and gives the keys of its objects, which go now: whoever asks for the
/// same again buys it again. Given again when it is asked again.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn forget_character(
    connection: &mut PgConnection,
    id: CharacterId,
) -> Result<Vec<String>, StoreError> {
    let keys = sqlx::query_scalar!(
        r#"UPDATE paid_calls SET result = result || '{"removed": true}'
           WHERE character_id = $1 AND state = 'succeeded' AND result ? 'object'
           RETURNING result ->> 'object' AS "key!""#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    Ok(keys)
}
