//! How much is kept, of what and of whom, and what the next sweep would take.

use crate::db::{artifacts, personal_data, retention};
use crate::error::StoreError;
use sqlx::PgConnection;
use sqlx::types::Uuid;

/// Pages of objects that a preview looks through, 500 each.
const PAGES: usize = 40;

/// So many objects of so many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub objects: i64,
    pub bytes: i64,
}

/// Objects by kind: the first part of their keys, the second too where those are artefacts. The largest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn by_kind(connection: &mut PgConnection) -> Result<Vec<(String, Amount)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT CASE WHEN key LIKE 'artifacts/%' THEN 'artifacts/' || split_part(key, '/', 2)
             ELSE split_part(key, '/', 1) END AS "kind!",
             count(*) AS "objects!", sum(bytes)::bigint AS "bytes!"
           FROM objects GROUP BY 1 ORDER BY 3 DESC, 1"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, Amount { objects: row.objects, bytes: row.bytes })).collect())
}

/// What is kept of one person; of nobody, when they are gone.
#[derive(Clone, Debug, PartialEq)]
pub struct OfPerson {
    pub user: Option<Uuid>,
    pub email: Option<String>,
    pub name: Option<String>,
    pub objects: i64,
    pub bytes: i64,
}

/// Objects by person, whoever has most first, and how many people have any.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn by_person(
    connection: &mut PgConnection,
    limit: i64,
    offset: i64,
) -> Result<(Vec<OfPerson>, i64), StoreError> {
    let people = sqlx::query_as!(
        OfPerson,
        r#"SELECT o.user_id AS user, u.email AS "email?", u.name AS "name?", count(*) AS "objects!",
             sum(o.bytes)::bigint AS "bytes!"
           FROM objects o LEFT JOIN users u ON u.id = o.user_id
           GROUP BY o.user_id, u.email, u.name ORDER BY 5 DESC, 1 LIMIT $1 OFFSET $2"#,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM (SELECT DISTINCT user_id FROM objects) people"#
    )
    .fetch_one(connection)
    .await?;
    Ok((people, total))
}

/// What a sweep would take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Nothing refers to them any more.
    pub orphans: Amount,
    /// Artefacts that nobody used for long: they can be made again.
    pub unused: Amount,
    /// Uploads that were never finished.
    pub uploads: Amount,
    /// Everything was looked through; else there may be more orphans.
    pub is_whole: bool,
}

/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn preview(connection: &mut PgConnection) -> Result<Preview, StoreError> {
    let unused = artifacts::unused(&mut *connection, retention::ARTIFACT_DAYS).await?;
    let uploads = sqlx::query!(
        r#"SELECT count(*) AS "objects!", coalesce(sum(received_bytes), 0)::bigint AS "bytes!"
           FROM uploads WHERE completed_at IS NULL AND expires_at < now()"#
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut preview = Preview {
        unused,
        uploads: Amount { objects: uploads.objects, bytes: uploads.bytes },
        ..Preview::default()
    };
    let mut after = String::new();
    for _ in 0..PAGES {
        let page = personal_data::old_objects(&mut *connection, &after, retention::ORPHAN_HOURS).await?;
        let Some(last) = page.last() else {
            preview.is_whole = true;
            break;
        };
        after.clone_from(last);
        let referred = retention::referred(&mut *connection, &page).await?;
        let orphans: Vec<String> = page.into_iter().filter(|key| !referred.contains(key)).collect();
        let sum = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(bytes), 0)::bigint AS "sum!" FROM objects WHERE key = ANY ($1)"#,
            &orphans
        )
        .fetch_one(&mut *connection)
        .await?;
        preview.orphans.objects += orphans.len() as i64;
        preview.orphans.bytes += sum;
    }
    Ok(preview)
}
