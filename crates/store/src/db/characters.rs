//! Characters: a name, how they look, and one to five photos.

use crate::error::StoreError;
use crate::objects::ObjectKey;
use chrono::{DateTime, Utc};
use mv_core::character::{Consent, Remark, Seen, TEST_PICTURES, TestPicture, Verdict};
use mv_core::failure::FailureCode;
use mv_core::ids::{CharacterId, ProjectId, TaskId, UserId};
use sqlx::PgConnection;
use sqlx::types::{Json, Uuid};

#[derive(Clone, Debug, PartialEq)]
pub struct Character {
    pub id: CharacterId,
    pub user_id: UserId,
    pub name: String,
    pub description: Option<String>,
    /// Object keys of the photos.
    pub reference_images: Vec<String>,
    pub analysis_data: Json<Seen>,
    pub test_images: Vec<String>,
    pub tests: Json<Vec<TestPicture>>,
    /// The task that may put test pictures here.
    pub test_task: Option<Uuid>,
    pub status: String,
    pub error_message: Option<String>,
    /// Why, for programs: a word of [`FailureCode`].
    pub error_code: Option<String>,
    pub projects_count: i64,
    pub images_generated: i32,
    /// What its test pictures and its description cost, US dollars.
    pub cost_usd: f64,
    pub consent_at: Option<DateTime<Utc>>,
    pub consents: Json<Vec<Consent>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub approved_at: Option<DateTime<Utc>>,
}

/// What an edit changes; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct CharacterPatch {
    pub name: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    /// Other photos, and the word that whoever is in them agreed: what was seen in the old ones and made of them goes.
    pub photos: Option<(Vec<String>, Consent)>,
}

/// A page of the person's characters, newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    status: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Character>, i64), StoreError> {
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM character_profiles
           WHERE user_id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR status = $2)"#,
        user.0,
        status
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query_as!(
        Character,
        r#"SELECT c.id, c.user_id, c.name, c.description, c.reference_images,
             c.analysis_data AS "analysis_data: Json<Seen>", c.test_images,
             c.tests AS "tests: Json<Vec<TestPicture>>", c.test_task, c.status, c.error_message, c.error_code,
             (SELECT count(*) FROM projects p
              WHERE p.user_id = c.user_id AND p.deleted_at IS NULL AND (p.character_profile_id = c.id
                OR p.storyboard @> jsonb_build_object('cast', jsonb_build_array(jsonb_build_object('character', c.id)))))
               AS "projects_count!",
             c.images_generated,
             (SELECT (coalesce(sum(cost_micros), 0) * 0.000001)::float8 FROM paid_calls
              WHERE character_id = c.id) AS "cost_usd!",
             c.consent_at, c.consents AS "consents: Json<Vec<Consent>>", c.version, c.created_at, c.updated_at,
             c.approved_at
           FROM character_profiles c
           WHERE c.user_id = $1 AND c.deleted_at IS NULL AND ($2::text IS NULL OR c.status = $2)
           ORDER BY c.created_at DESC, c.id LIMIT $3 OFFSET $4"#,
        user.0,
        status,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok((rows, total))
}

/// How many characters the person has. Others of theirs wait until this transaction ends, so that two requests at once
/// cannot both take the last place.
pub async fn count_for_creation(connection: &mut PgConnection, user: UserId) -> Result<u32, StoreError> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('characters:' || $1::text, 0))",
        user.0.to_string()
    )
    .fetch_one(&mut *connection)
    .await?;
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM character_profiles WHERE user_id = $1 AND deleted_at IS NULL"#,
        user.0
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub async fn insert(
    connection: &mut PgConnection,
    user: UserId,
    name: &str,
    description: Option<&str>,
    reference_images: &[String],
    consent: &Consent,
) -> Result<CharacterId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO character_profiles (user_id, name, description, reference_images, consent_at, consents)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        user.0,
        name,
        description,
        reference_images,
        consent.given_at,
        Json([consent]) as _
    )
    .fetch_one(connection)
    .await?;
    Ok(CharacterId(id))
}

/// # Errors
/// [`StoreError::NotFound`].
pub async fn get(connection: &mut PgConnection, id: CharacterId) -> Result<Character, StoreError> {
    let row = sqlx::query_as!(
        Character,
        r#"SELECT c.id, c.user_id, c.name, c.description, c.reference_images,
             c.analysis_data AS "analysis_data: Json<Seen>", c.test_images,
             c.tests AS "tests: Json<Vec<TestPicture>>", c.test_task, c.status, c.error_message, c.error_code,
             (SELECT count(*) FROM projects p
              WHERE p.user_id = c.user_id AND p.deleted_at IS NULL AND (p.character_profile_id = c.id
                OR p.storyboard @> jsonb_build_object('cast', jsonb_build_array(jsonb_build_object('character', c.id)))))
               AS "projects_count!",
             c.images_generated,
             (SELECT (coalesce(sum(cost_micros), 0) * 0.000001)::float8 FROM paid_calls
              WHERE character_id = c.id) AS "cost_usd!",
             c.consent_at, c.consents AS "consents: Json<Vec<Consent>>", c.version, c.created_at, c.updated_at,
             c.approved_at
           FROM character_profiles c WHERE c.id = $1 AND c.deleted_at IS NULL"#,
        id.0
    )
    .fetch_one(connection)
    .await?;
    Ok(row)
}

/// Changes a character.
///
/// # Errors
/// [`StoreError::Changed`] when it is of another version than `expected`, [`StoreError::NotFound`].
pub async fn update(
    connection: &mut PgConnection,
    id: CharacterId,
    expected: Option<i32>,
    patch: &CharacterPatch,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (photos, consent) = patch.photos.as_ref().map(|(photos, consent)| (photos, consent)).unzip();
    let done = sqlx::query!(
        "UPDATE character_profiles SET version = version + 1, name = coalesce($3, name),
           description = coalesce($4, description), status = coalesce($5, status),
           reference_images = coalesce($6, reference_images),
           analysis_data = CASE WHEN $6 IS NULL THEN analysis_data ELSE '{}' END,
           tests = CASE WHEN $6 IS NULL THEN tests ELSE '[]' END,
           test_images = CASE WHEN $6 IS NULL THEN test_images ELSE '{}' END,
           consent_at = coalesce($8, consent_at), consents = consents || coalesce($9, '[]'::jsonb),
           approved_at = CASE WHEN $5 = 'approved' THEN $7
             WHEN $5 IS NULL AND $6 IS NULL THEN approved_at END
         WHERE id = $1 AND deleted_at IS NULL AND version = coalesce($2, version)",
        id.0,
        expected,
        patch.name.as_deref(),
        patch.description.as_deref(),
        patch.status.as_deref(),
        photos.map(Vec::as_slice),
        now,
        consent.map(|consent| consent.given_at),
        consent.map(|consent| Json([consent])) as _
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let found = get(connection, id).await?.version;
    Err(StoreError::Changed { expected: expected.unwrap_or(found), found })
}

/// Test pictures of a character are to be made by this task. Says whether they will be: `false` when another task is at
/// it, unless `anew` takes the place of whatever was begun.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn begin_test(
    connection: &mut PgConnection,
    id: CharacterId,
    task: TaskId,
    anew: bool,
) -> Result<bool, StoreError> {
    let begun = sqlx::query_scalar!(
        r#"UPDATE character_profiles c SET status = 'processing', error_message = NULL, error_code = NULL,
             test_task = CASE WHEN was.status <> 'processing' OR $3 THEN $2 ELSE c.test_task END
           FROM (SELECT id, status FROM character_profiles WHERE id = $1 AND deleted_at IS NULL FOR UPDATE) was
           WHERE c.id = was.id RETURNING c.test_task IS NOT DISTINCT FROM $2 AS "begun!""#,
        id.0,
        task.0,
        anew
    )
    .fetch_one(connection)
    .await?;
    Ok(begun)
}

/// Whether what this task makes is still wanted: the photos are those it began with, and the character is there.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn is_tested_by(
    connection: &mut PgConnection,
    id: CharacterId,
    task: TaskId,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM character_profiles WHERE id = $1 AND test_task = $2 AND deleted_at IS NULL",
        id.0,
        task.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// Keeps what a task saw in the photos, unless it is outdated.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn keep_seen(
    connection: &mut PgConnection,
    id: CharacterId,
    task: TaskId,
    seen: &Seen,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE character_profiles SET analysis_data = $3
         WHERE id = $1 AND test_task = $2 AND deleted_at IS NULL",
        id.0,
        task.0,
        Json(seen) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps a test picture that a task made, unless it is outdated; the same picture again changes nothing. Says whether it
/// is kept.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn keep_picture(
    connection: &mut PgConnection,
    id: CharacterId,
    task: TaskId,
    number: usize,
    picture: &TestPicture,
) -> Result<bool, StoreError> {
    let row = sqlx::query!(
        r#"SELECT tests AS "tests: Json<Vec<TestPicture>>" FROM character_profiles
           WHERE id = $1 AND test_task = $2 AND deleted_at IS NULL FOR UPDATE"#,
        id.0,
        task.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let mut tests = row.tests.0;
    match tests.get_mut(number) {
        Some(kept) if kept.key == picture.key => return Ok(true),
        Some(kept) => *kept = picture.clone(),
        None => tests.push(picture.clone()),
    }
    let keys: Vec<String> = tests.iter().map(|test| test.key.clone()).collect();
    sqlx::query!(
        "UPDATE character_profiles SET tests = $2, test_images = $3, images_generated = images_generated + 1
         WHERE id = $1",
        id.0,
        Json(&tests) as _,
        &keys
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// All pictures that a task was to make are there: the person decides now.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn end_test(
    connection: &mut PgConnection,
    id: CharacterId,
    task: TaskId,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE character_profiles SET test_task = NULL, error_message = NULL, error_code = NULL,
           status = CASE WHEN status = 'processing' THEN 'pending' ELSE status END
         WHERE id = $1 AND test_task = $2",
        id.0,
        task.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A task could not make its pictures. `message` is for the person.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn fail_test(
    connection: &mut PgConnection,
    id: CharacterId,
    task: TaskId,
    why: FailureCode,
    message: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE character_profiles SET test_task = NULL,
           status = CASE WHEN status = 'processing' THEN 'failed' ELSE status END,
           error_message = CASE WHEN status = 'processing' THEN $3 ELSE error_message END,
           error_code = CASE WHEN status = 'processing' THEN $4 ELSE error_code END
         WHERE id = $1 AND test_task = $2",
        id.0,
        task.0,
        message,
        why.word()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the person says of a test picture. Once all are approved the character is, once all are rejected it is; a word
/// against what was decided opens it again.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such picture, [`StoreError::Changed`] when it is of another take.
pub async fn judge(
    connection: &mut PgConnection,
    id: CharacterId,
    number: usize,
    take: Option<u64>,
    verdict: Option<Verdict>,
    remark: Option<Remark>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = sqlx::query!(
        r#"SELECT tests AS "tests: Json<Vec<TestPicture>>", status FROM character_profiles
           WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"#,
        id.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut tests = row.tests.0;
    let picture = tests.get_mut(number).ok_or(StoreError::NotFound)?;
    if let Some(take) = take.filter(|take| *take != picture.take) {
        let number = |take: u64| i32::try_from(take).unwrap_or(i32::MAX);
        return Err(StoreError::Changed { expected: number(take), found: number(picture.take) });
    }
    (picture.verdict, picture.remark) = (verdict, remark);
    let all =
        |wanted| tests.len() == TEST_PICTURES && tests.iter().all(|picture| picture.verdict == Some(wanted));
    let status = match row.status.as_str() {
        decided @ ("processing" | "failed") => decided,
        _ if all(Verdict::Approved) => "approved",
        _ if all(Verdict::Rejected) => "rejected",
        "approved" if verdict == Some(Verdict::Approved) => "approved",
        "rejected" if verdict == Some(Verdict::Rejected) => "rejected",
        _ => "pending",
    };
    sqlx::query!(
        "UPDATE character_profiles SET tests = $2, status = $3::text, version = version + 1,
           approved_at = CASE WHEN $3::text <> 'approved' THEN NULL WHEN status = 'approved' THEN approved_at ELSE $4 END
         WHERE id = $1",
        id.0,
        Json(&tests) as _,
        status,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A project that shows a character.
#[derive(Clone, Debug, PartialEq)]
pub struct Touched {
    pub project: ProjectId,
    pub title: String,
    pub status: String,
    /// Scenes that the character is in.
    pub scenes: i64,
    pub has_film: bool,
}

/// The person's projects that show a character, newest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn touched(connection: &mut PgConnection, id: CharacterId) -> Result<Vec<Touched>, StoreError> {
    let rows = sqlx::query_as!(
        Touched,
        r#"SELECT p.id AS project, p.title, p.status, p.final_video_key IS NOT NULL AS "has_film!",
             (SELECT count(*) FROM scenes s, jsonb_array_elements(p.storyboard -> 'cast') AS member
              WHERE s.project_id = p.id AND member ->> 'character' = c.id::text
                AND s.config -> 'cast' ? (member ->> 'id')) AS "scenes!"
           FROM character_profiles c JOIN projects p ON p.user_id = c.user_id
           WHERE c.id = $1 AND p.deleted_at IS NULL AND (p.character_profile_id = c.id
             OR p.storyboard @> jsonb_build_object('cast', jsonb_build_array(jsonb_build_object('character', c.id))))
           ORDER BY p.updated_at DESC, p.id"#,
        id.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// What is left to be removed of a character that was withdrawn: keys of its photos and test pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawn {
    pub photos: Vec<String>,
    pub pictures: Vec<String>,
}

/// Consent is withdrawn: photos, what was seen in them and the pictures made of them leave the character's row and the
/// storyboards that show it, at once; what is left of the row goes with the clean-up. Gives the keys of the files, which
/// may go where nothing else refers to them.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn withdraw(
    connection: &mut PgConnection,
    id: CharacterId,
    now: DateTime<Utc>,
) -> Result<Withdrawn, StoreError> {
    let row = sqlx::query!(
        r#"SELECT user_id, reference_images, test_images, description, consents AS "consents: Json<Vec<Consent>>"
           FROM character_profiles WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"#,
        id.0
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE character_profiles SET deleted_at = $2, reference_images = '{}', analysis_data = '{}',
           test_images = '{}', tests = '[]', test_task = NULL
         WHERE id = $1",
        id.0,
        now
    )
    .execute(&mut *connection)
    .await?;
    // Those of now, and those that others came in place of.
    let mut photos = row.reference_images;
    for hash in row.consents.iter().flat_map(|consent| &consent.photos) {
        if let Ok(key) = ObjectKey::photo(UserId(row.user_id), hash)
            && !photos.iter().any(|photo| photo == key.as_str())
        {
            photos.push(key.to_string());
        }
    }
    // In storyboards they stay by name and by the person's own words.
    sqlx::query!(
        "UPDATE projects p SET storyboard = jsonb_set(storyboard, '{cast}', (
             SELECT jsonb_agg(CASE WHEN member ->> 'character' = $1::text
               THEN (member - 'photos' - 'character') || jsonb_build_object('description', $3::text) ELSE member END
               ORDER BY place)
             FROM jsonb_array_elements(storyboard -> 'cast') WITH ORDINALITY AS cast_list (member, place)))
         WHERE p.user_id = $2
           AND p.storyboard @> jsonb_build_object('cast', jsonb_build_array(jsonb_build_object('character', $1::text)))",
        id.0.to_string(),
        row.user_id,
        row.description.unwrap_or_default()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM uploads u WHERE user_id = $1 AND purpose = 'photo' AND object_key = ANY ($2)
           AND NOT EXISTS (SELECT FROM character_profiles c WHERE c.user_id = $1 AND u.object_key = ANY (reference_images))",
        row.user_id,
        &photos
    )
    .execute(connection)
    .await?;
    Ok(Withdrawn { photos, pictures: row.test_images })
}
