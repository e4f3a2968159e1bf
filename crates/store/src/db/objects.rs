//! Which objects the database knows of.

use crate::error::StoreError;
use crate::objects::ObjectKey;
use sqlx::PgConnection;

/// Those of `keys` that no row speaks of: no object, no artefact, no upload that is still arriving.
pub async fn unknown(
    connection: &mut PgConnection,
    keys: &[ObjectKey],
) -> Result<Vec<ObjectKey>, StoreError> {
    let words: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let unknown = sqlx::query_scalar!(
        r#"SELECT asked.key AS "key!"
           FROM unnest($1::text[]) AS asked (key)
           WHERE NOT EXISTS (SELECT FROM objects WHERE objects.key = asked.key)
             AND NOT EXISTS (SELECT FROM artifacts WHERE artifacts.object_key = asked.key)
             AND (asked.key NOT LIKE 'uploads/%'
               OR NOT EXISTS (SELECT FROM uploads WHERE uploads.parts @> ARRAY[asked.key]))"#,
        &words,
    )
    .fetch_all(connection)
    .await?;
    // They were keys when we asked.
    Ok(unknown.into_iter().filter_map(|key| key.parse().ok()).collect())
}
