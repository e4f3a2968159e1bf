//! A project's storyboard: its head in `projects`, its scenes a row each. Reading joins them, writing writes what changed.

use crate::board::{Board, looks_different};
use crate::error::StoreError;
use mv_core::ids::{ProjectId, SceneId};
use mv_core::mention::Named;
use mv_core::storyboard::SongRef;
use mv_core::{CastMember, Look, Lyrics, Scene, Seconds, Storyboard};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::{Json, Uuid};

/// `projects.storyboard`: all of a plan but its lyrics, which have a column of their own, and its scenes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    version: u32,
    song: SongRef,
    template: String,
    seed: u64,
    look: Look,
    cast: Vec<CastMember>,
}

/// The storyboard of a project with its scenes' ids; `None` until there is one.
pub async fn load(connection: &mut PgConnection, project: ProjectId) -> Result<Option<Board>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT nullif(storyboard, '{}'::jsonb) AS "head: Json<Head>", nullif(lyrics, '{}'::jsonb) AS "lyrics: Json<Lyrics>"
           FROM projects WHERE id = $1 AND deleted_at IS NULL"#,
        project.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let Some(Json(head)) = row.head else { return Ok(None) };
    let rows = sqlx::query!(
        r#"SELECT id, timestamp_start, description, config AS "config: Json<Scene>"
           FROM scenes WHERE project_id = $1 ORDER BY scene_number"#,
        project.0
    )
    .fetch_all(connection)
    .await?;
    let mut ids = Vec::with_capacity(rows.len());
    let mut scenes = Vec::with_capacity(rows.len());
    for row in rows {
        ids.push(Some(SceneId(row.id)));
        scenes.push(Scene {
            start: Seconds(row.timestamp_start),
            description: row.description,
            ..row.config.0
        });
    }
    let Head { version, song, template, seed, look, cast } = head;
    let lyrics = row.lyrics.map(|lyrics| lyrics.0).unwrap_or_default();
    Ok(Some(Board { plan: Storyboard { version, song, template, seed, look, cast, lyrics, scenes }, ids }))
}

/// Who may be named in a project's scenes, by the names of now: those of characters where the person may see them, else as
/// the storyboard has them.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn people(connection: &mut PgConnection, project: ProjectId) -> Result<Vec<Named>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT member ->> 'id' AS "id!", member ->> 'name' AS name, c.name AS "now?"
           FROM projects p, jsonb_array_elements(coalesce(nullif(p.storyboard -> 'cast', 'null'), '[]'))
             WITH ORDINALITY AS cast_list (member, place)
           LEFT JOIN character_profiles c ON c.id::text = member ->> 'character' AND c.deleted_at IS NULL
           WHERE p.id = $1 ORDER BY place"#,
        project.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| Named::new(row.id, [row.now, row.name].into_iter().flatten())).collect())
}

/// Makes this the project's storyboard, whatever it had before; scenes that stay keep their ids and versions.
///
/// # Errors
/// [`StoreError::Plan`] when the plan breaks a rule, [`StoreError::NotFound`].
pub async fn replace(
    connection: &mut PgConnection,
    project: ProjectId,
    plan: &Storyboard,
) -> Result<Board, StoreError> {
    plan.validate()?;
    let before = load(&mut *connection, project).await?;
    let after = match &before {
        Some(board) => board.replaced_by(plan.clone()),
        None => Board { plan: plan.clone(), ids: vec![None; plan.scenes.len()] },
    };
    save(connection, project, before.as_ref(), after).await
}

/// Writes what an edit changed. The scenes' versions of a scene that went live on with the one that took its place.
///
/// # Errors
/// [`StoreError::Plan`] when the plan breaks a rule, [`StoreError::NotFound`] when the project cannot be edited.
pub async fn save(
    connection: &mut PgConnection,
    project: ProjectId,
    before: Option<&Board>,
    mut after: Board,
) -> Result<Board, StoreError> {
    after.plan.validate()?;
    save_head(&mut *connection, project, before, &after).await?;
    if let Some(before) = before {
        for (index, id) in before.ids.iter().enumerate() {
            if let Some(id) = id.filter(|id| after.index_of(*id).is_none()) {
                remove(&mut *connection, id, heir(before, index, &after)).await?;
            }
        }
        update(&mut *connection, before, &after).await?;
    }
    insert(connection, project, &mut after).await?;
    Ok(after)
}

async fn save_head(
    connection: &mut PgConnection,
    project: ProjectId,
    before: Option<&Board>,
    after: &Board,
) -> Result<(), StoreError> {
    let head_of = |plan: &Storyboard| Head {
        version: plan.version,
        song: plan.song.clone(),
        template: plan.template.clone(),
        seed: plan.seed,
        look: plan.look.clone(),
        cast: plan.cast.clone(),
    };
    let head = head_of(&after.plan);
    if before.is_some_and(|before| head_of(&before.plan) == head && before.plan.lyrics == after.plan.lyrics) {
        return Ok(());
    }
    let done = sqlx::query!(
        "UPDATE projects SET storyboard = $2, lyrics = $3, template_id = $4, audio_duration_seconds = $5,
           status = CASE WHEN status = 'draft' THEN 'editing' ELSE status END
         WHERE id = $1",
        project.0,
        Json(&head) as _,
        Json(&after.plan.lyrics) as _,
        head.template,
        head.song.duration.0,
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// The kept scene that now plays where a scene that went had started.
fn heir(before: &Board, gone: usize, after: &Board) -> Option<SceneId> {
    let start = before.plan.scenes[gone].start;
    let covering = after.plan.scenes.iter().rposition(|scene| scene.start <= start).unwrap_or(0);
    after.ids[covering].or_else(|| after.ids.iter().copied().flatten().next())
}

async fn remove(
    connection: &mut PgConnection,
    gone: SceneId,
    heir: Option<SceneId>,
) -> Result<(), StoreError> {
    if let Some(heir) = heir {
        sqlx::query!(
            "INSERT INTO scene_versions (project_id, scene_id, number, config, description, image_key, video_key, model,
               cost_usd, likeness, source, created_by, created_at)
             SELECT project_id, $2, (SELECT coalesce(max(number), 0) FROM scene_versions WHERE scene_id = $2)
                 + row_number() OVER (ORDER BY is_current, number),
               config, description, image_key, video_key, model, cost_usd, likeness, source, created_by, created_at
             FROM (
               SELECT project_id, number, config, description, image_key, video_key, model, cost_usd, likeness, source,
                 created_by, created_at, false AS is_current
               FROM scene_versions WHERE scene_id = $1
               UNION ALL
               SELECT project_id, 0, config, description, image_key, video_key,
                 coalesce(video_generation_model, image_generation_model), image_cost_usd + video_cost_usd, image_likeness, 'edited',
                 app_user_id(), updated_at, true
               FROM scenes s WHERE id = $1 AND NOT EXISTS (
                 SELECT FROM scene_versions v WHERE v.scene_id = s.id AND v.description = s.description
                   AND v.config - '{start,rhymes_with}'::text[] = s.config - '{start,rhymes_with}'::text[]
                   AND v.image_key IS NOT DISTINCT FROM s.image_key AND v.video_key IS NOT DISTINCT FROM s.video_key)
             ) kept",
            gone.0,
            heir.0
        )
        .execute(&mut *connection)
        .await?;
    }
    sqlx::query!("DELETE FROM scenes WHERE id = $1", gone.0).execute(connection).await?;
    Ok(())
}

/// Numbers, times and contents of every scene that changed, in one statement: the numbers are checked at its end.
async fn update(connection: &mut PgConnection, before: &Board, after: &Board) -> Result<(), StoreError> {
    let mut ids: Vec<Uuid> = Vec::new();
    let mut numbers: Vec<i32> = Vec::new();
    let mut starts: Vec<f64> = Vec::new();
    let mut ends: Vec<f64> = Vec::new();
    let mut sections: Vec<String> = Vec::new();
    let mut descriptions: Vec<String> = Vec::new();
    let mut configs: Vec<Json<&Scene>> = Vec::new();
    let mut stale: Vec<bool> = Vec::new();
    for (index, scene) in after.plan.scenes.iter().enumerate() {
        let Some(id) = after.ids[index] else { continue };
        let Some(old) = before.index_of(id) else { continue };
        let (span, old_span) = (after.plan.span(index), before.plan.span(old));
        let old_scene = &before.plan.scenes[old];
        if old == index && span == old_span && old_scene == scene {
            continue;
        }
        ids.push(id.0);
        numbers.push(index as i32 + 1);
        starts.push(span.0.0);
        ends.push(span.1.0);
        sections.push(scene.section.word().to_owned());
        descriptions.push(scene.description.clone());
        configs.push(Json(scene));
        stale.push(looks_different(old_scene, scene) || span.1 - span.0 != old_span.1 - old_span.0);
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE scenes s
         SET scene_number = n.number, timestamp_start = n.start, timestamp_end = n.finish, section_type = n.section,
           description = n.description, config = n.config, version = s.version + 1,
           status = CASE WHEN n.stale THEN 'pending' ELSE s.status END
         FROM unnest($1::uuid[], $2::int[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::jsonb[], $8::bool[])
           AS n(id, number, start, finish, section, description, config, stale)
         WHERE s.id = n.id",
        &ids,
        &numbers,
        &starts,
        &ends,
        &sections,
        &descriptions,
        &configs as &[Json<&Scene>],
        &stale,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert(
    connection: &mut PgConnection,
    project: ProjectId,
    after: &mut Board,
) -> Result<(), StoreError> {
    let fresh: Vec<usize> = (0..after.ids.len()).filter(|index| after.ids[*index].is_none()).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<Uuid> = Vec::new();
    let mut numbers: Vec<i32> = Vec::new();
    let mut starts: Vec<f64> = Vec::new();
    let mut ends: Vec<f64> = Vec::new();
    let mut sections: Vec<String> = Vec::new();
    let mut descriptions: Vec<String> = Vec::new();
    let mut configs: Vec<Json<&Scene>> = Vec::new();
    for index in &fresh {
        let scene = &after.plan.scenes[*index];
        let (start, end) = after.plan.span(*index);
        ids.push(Uuid::new_v4());
        numbers.push(*index as i32 + 1);
        starts.push(start.0);
        ends.push(end.0);
        sections.push(scene.section.word().to_owned());
        descriptions.push(scene.description.clone());
        configs.push(Json(scene));
    }
    sqlx::query!(
        "INSERT INTO scenes (id, project_id, scene_number, timestamp_start, timestamp_end, section_type, description,
           config)
         SELECT n.id, $1, n.number, n.start, n.finish, n.section, n.description, n.config
         FROM unnest($2::uuid[], $3::int[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::jsonb[])
           AS n(id, number, start, finish, section, description, config)",
        project.0,
        &ids,
        &numbers,
        &starts,
        &ends,
        &sections,
        &descriptions,
        &configs as &[Json<&Scene>],
    )
    .execute(connection)
    .await?;
    for (index, id) in fresh.into_iter().zip(ids) {
        after.ids[index] = Some(SceneId(id));
    }
    Ok(())
}
