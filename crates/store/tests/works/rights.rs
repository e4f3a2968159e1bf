//! Row level security, table by table: nobody sees or changes what is not theirs, whatever a handler forgets.

use crate::people::{let_in, person, project, storyboard};
use mv_core::ids::{ProjectId, UserId};
use mv_core::policy::ProjectRole;
use mv_store::db::{collaborators, plans, projects, scenes};
use mv_store::{Database, StoreError};
use mv_testing::postgres;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

/// What only the owner of the schema touches.
const OWNERS_ALONE: [&str; 1] = ["_sqlx_migrations"];

async fn tables(connection: &mut PgConnection) -> Vec<String> {
    let rows = sqlx::query(
        "SELECT table_name::text FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_table_is_shut() {
    let database = postgres::database().await;
    let mut connection = database.database().owner().acquire().await.unwrap();
    let all = tables(&mut connection).await;
    assert!(all.len() > 30, "{all:?}");
    for table in all {
        let row = sqlx::query(
            "SELECT relrowsecurity AND relforcerowsecurity,
               has_any_column_privilege('mv_app', oid, 'SELECT, INSERT, UPDATE')
                 OR has_any_column_privilege('mv_gate', oid, 'SELECT, INSERT, UPDATE')
                 OR has_any_column_privilege('mv_worker', oid, 'SELECT, INSERT, UPDATE')
             FROM pg_class WHERE oid = $1::regclass",
        )
        .bind(&table)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        let (shut, reachable): (bool, bool) = (row.get(0), row.get(1));
        if OWNERS_ALONE.contains(&table.as_str()) {
            assert!(!reachable, "`{table}` is the owner's alone");
        } else {
            assert!(shut, "`{table}` does not force row level security");
        }
    }
    let bypassing: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_roles WHERE rolname IN ('mv_app', 'mv_gate', 'mv_worker')
           AND (rolbypassrls OR rolsuper OR rolcreaterole OR rolcreatedb OR rolcanlogin)",
    )
    .fetch_one(&mut *connection)
    .await
    .unwrap();
    assert_eq!(bypassing, 0, "a role of ours may pass by row level security");
}

/// A row of one person's in every table that requests can reach.
async fn fill(db: &Database, ana: UserId, film: ProjectId) {
    let mut owner = db.owner().acquire().await.unwrap();
    let (a, p) = (ana.0, film.0);
    let rows = [
        format!("INSERT INTO oauth_accounts (user_id, provider, subject) VALUES ('{a}', 'google', 's')"),
        format!(
            "INSERT INTO sessions (user_id, refresh_hash, expires_at) VALUES ('{a}', 'r', now() + interval '1 day')"
        ),
        format!(
            "INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes) VALUES ('{a}', 'k', 'p', 'h', '{{read}}')"
        ),
        format!(
            "INSERT INTO uploads (user_id, purpose, filename, declared_bytes, expires_at)
             VALUES ('{a}', 'song', 's.mp3', 5, now())"
        ),
        format!("INSERT INTO character_profiles (user_id, name) VALUES ('{a}', 'Harin')"),
        format!(
            "INSERT INTO scene_versions (project_id, scene_id, number)
             SELECT project_id, id, 1 FROM scenes WHERE project_id = '{p}'"
        ),
        format!(
            "INSERT INTO exports (project_id, kind, object_key, media_type, bytes)
             VALUES ('{p}', 'film', 'k', 'video/mp4', 1)"
        ),
        format!(
            "INSERT INTO share_links (project_id, user_id, token_hash, token_hint) VALUES ('{p}', '{a}', 'h', 'h')"
        ),
        format!("INSERT INTO comments (project_id, user_id, author_name, body) VALUES ('{p}', '{a}', 'Ana', 'x')"),
        format!("INSERT INTO video_jobs (project_id, user_id, config) VALUES ('{p}', '{a}', '{{}}')"),
        "INSERT INTO steps (job_id, project_id, position, key, kind, input, label, weight, deps_left)
         SELECT id, project_id, 0, 'k', 'still', '{}', 'l', 1, 0 FROM video_jobs"
            .to_owned(),
        format!("INSERT INTO tasks (user_id, project_id, kind) VALUES ('{a}', '{p}', 'analyze_audio')"),
        format!(
            "INSERT INTO subscriptions (user_id, plan, status, current_period_start, current_period_end)
             VALUES ('{a}', 'pro', 'active', now(), now())"
        ),
        format!(
            "INSERT INTO credit_grants (id, user_id, kind, source, amount, paid_minor, granted_at)
             VALUES (gen_random_uuid(), '{a}', 'pack', 'cs_1', 5, 5, now())"
        ),
        format!(
            "INSERT INTO credit_entries (transfer_id, user_id, account, amount, reason)
             SELECT t, '{a}', account, amount, 'gift'
             FROM gen_random_uuid() t, (VALUES ('granted', -5), ('balance', 5)) AS e (account, amount)"
        ),
        format!(
            "INSERT INTO paid_calls (user_id, step_key, ordinal, idem_key, capability, provider, model, request_hash,
               funding, estimate_micros) VALUES ('{a}', 'k', 0, 'mv-key-0', 'clip', 'p', 'm', 'h', 'own', 1)"
        ),
        format!(
            "INSERT INTO quotes (user_id, project_id, project_version, config, lines, total_usd, estimated_seconds,
               expires_at) VALUES ('{a}', '{p}', 1, '{{}}', '[]', 0, 1, now())"
        ),
        format!(
            "INSERT INTO character_quotes (user_id, config, lines, total_usd, estimated_seconds, created_at, expires_at)
             VALUES ('{a}', '{{}}', '[]', 0, 1, now(), now())"
        ),
        format!("INSERT INTO provider_keys (user_id, provider, sealed, hint) VALUES ('{a}', 'fal', 's', 'h')"),
        format!("INSERT INTO refused_services (user_id, provider) VALUES ('{a}', 'kling')"),
        format!("INSERT INTO audit_logs (event_type, user_id) VALUES ('user.login', '{a}')"),
        format!(
            "INSERT INTO idempotency_keys (user_id, key, request_hash, locked_until) VALUES ('{a}', 'k', 'h', now())"
        ),
        format!(
            "INSERT INTO notifications (user_id, kind, data, cause, created_at) VALUES ('{a}', 'credits_low', '{{}}', 'c', now())"
        ),
        format!(
            "INSERT INTO webhook_endpoints (id, user_id, url, description, events, sealed, created_at)
             VALUES (gen_random_uuid(), '{a}', 'https://h.example', '', '{{job.failed}}', 's', now())"
        ),
        format!(
            "INSERT INTO webhook_deliveries (endpoint_id, user_id, event, cause, body, created_at)
             SELECT id, '{a}', 'job.failed', 'c', '{{}}', now() FROM webhook_endpoints"
        ),
        format!("INSERT INTO events (name, user_id) VALUES ('signup', '{a}')"),
        format!("INSERT INTO mail_refusals (user_id, topic) VALUES ('{a}', 'films')"),
        format!("INSERT INTO objects (key, user_id, bytes, media_type) VALUES ('songs/x', '{a}', 1, 'audio/mpeg')"),
    ];
    for row in rows {
        (*owner).execute(AssertSqlSafe(row.clone())).await.unwrap_or_else(|error| panic!("{row}: {error}"));
    }
}

/// What a person's own statement does to a table: how many rows it reaches, `None` when it may not even ask.
async fn reached(db: &Database, who: UserId, statement: &str) -> Option<i64> {
    let mut transaction = db.person(who).await.unwrap();
    let counted = format!("WITH reached AS ({statement}) SELECT count(*) FROM reached");
    let found = sqlx::query_scalar::<_, i64>(AssertSqlSafe(counted)).fetch_one(&mut *transaction).await;
    match found {
        Ok(count) => Some(count),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => None,
        Err(error) => panic!("{statement}: {error}"),
    }
}

#[tokio::test]
async fn nobody_reaches_another_persons_rows() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, mallory) = (person(db, "ana").await, person(db, "mallory").await);
    let film = project(db, ana, "Film").await;
    let guest = person(db, "guest").await;
    let_in(db, film, guest, "editor").await;
    let mut transaction = db.person(ana).await.unwrap();
    plans::replace(&mut transaction, film, &storyboard(&[0.0, 9.0], 20.0)).await.unwrap();
    transaction.commit().await.unwrap();
    fill(db, ana, film).await;

    let mut owner = db.owner().acquire().await.unwrap();
    let mut walked = 0;
    for table in tables(&mut owner).await {
        let row = sqlx::query(
            "SELECT has_any_column_privilege('mv_app', $1::regclass, 'SELECT'),
               has_table_privilege('mv_app', $1::regclass, 'DELETE'),
               (SELECT column_name::text FROM information_schema.columns c
                WHERE c.table_schema = 'public' AND c.table_name = $1 AND c.is_generated = 'NEVER'
                  AND has_column_privilege('mv_app', $1::regclass, c.column_name, 'UPDATE')
                ORDER BY ordinal_position LIMIT 1)",
        )
        .bind(&table)
        .fetch_one(&mut *owner)
        .await
        .unwrap();
        let (reads, deletes, column): (bool, bool, Option<String>) = (row.get(0), row.get(1), row.get(2));
        if !reads {
            assert_eq!(column, None, "`{table}` can be changed blindly");
            assert_eq!(reached(db, mallory, &format!("SELECT 1 FROM {table}")).await, None, "{table}");
            continue;
        }
        walked += 1;
        let there: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut *owner)
            .await
            .unwrap();
        assert!(there > 0, "`{table}` has no row: give Ana one in `fill`, or this test proves nothing of it");
        let not_own = if table == "users" { format!("WHERE id <> '{mallory}'") } else { String::new() };
        let seen = reached(db, mallory, &format!("SELECT 1 FROM {table} {not_own}")).await;
        assert_eq!(seen, Some(0), "a stranger sees rows of `{table}`");
        if let Some(column) = column {
            let update = format!("UPDATE {table} SET {column} = {column} {not_own} RETURNING 1");
            assert_eq!(reached(db, mallory, &update).await, Some(0), "a stranger changes `{table}`");
        }
        if deletes {
            let delete = format!("DELETE FROM {table} {not_own} RETURNING 1");
            assert_eq!(reached(db, mallory, &delete).await, Some(0), "a stranger deletes from `{table}`");
        }
        // With nobody signed in there is nothing at all.
        let mut nobody = db.nobody().await.unwrap();
        let seen: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut *nobody)
            .await
            .unwrap();
        assert_eq!(seen, 0, "strangers see `{table}`");
    }
    assert!(walked > 20, "only {walked} tables are read by requests");
    assert_eq!(reached(db, ana, "SELECT 1 FROM projects").await, Some(1), "Ana sees her own");
}

#[tokio::test]
async fn nothing_is_written_in_another_persons_name() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, mallory) = (person(db, "ana").await, person(db, "mallory").await);
    let film = project(db, ana, "Film").await;
    for forged in [
        format!(
            "INSERT INTO projects (user_id, title, audio_key, audio_hash) VALUES ('{ana}', 't', 'k', 'h')"
        ),
        format!("INSERT INTO character_profiles (user_id, name) VALUES ('{ana}', 'Harin')"),
        format!(
            "INSERT INTO scenes (project_id, scene_number, timestamp_start, timestamp_end, description)
             VALUES ('{film}', 1, 0, 1, 'x')"
        ),
        format!(
            "INSERT INTO comments (project_id, user_id, author_name, body) VALUES ('{film}', '{mallory}', 'M', 'x')"
        ),
        format!(
            "INSERT INTO video_jobs (project_id, user_id, config) VALUES ('{film}', '{mallory}', '{{}}')"
        ),
        format!(
            "INSERT INTO project_collaborators (project_id, user_id, role) VALUES ('{film}', '{mallory}', 'editor')"
        ),
        format!(
            "INSERT INTO uploads (user_id, purpose, filename, declared_bytes, expires_at)
             VALUES ('{ana}', 'song', 's', 1, now())"
        ),
        format!(
            "INSERT INTO share_links (project_id, user_id, token_hash, token_hint)
             VALUES ('{film}', '{mallory}', 'h', 'h')"
        ),
    ] {
        let mut transaction = db.person(mallory).await.unwrap();
        let error = (*transaction).execute(AssertSqlSafe(forged.clone())).await.unwrap_err();
        let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{forged}: {error}");
    }
    let mut transaction = db.person(mallory).await.unwrap();
    let invited =
        collaborators::invite(&mut transaction, film, "mallory@example.org", "editor").await.unwrap();
    assert_eq!(invited, None, "a stranger invites nobody, least of all themselves");
}

#[tokio::test]
async fn collaborators_reach_what_their_role_allows() {
    let database = postgres::database().await;
    let db = database.database();
    let (ana, viewer) = (person(db, "ana").await, person(db, "viewer").await);
    let (editor, stranger) = (person(db, "editor").await, person(db, "stranger").await);
    let film = project(db, ana, "Film").await;
    let_in(db, film, viewer, "viewer").await;
    let_in(db, film, editor, "editor").await;
    let mut transaction = db.person(ana).await.unwrap();
    plans::replace(&mut transaction, film, &storyboard(&[0.0, 9.0], 20.0)).await.unwrap();
    transaction.commit().await.unwrap();

    for (who, role, seen, may_edit) in [
        (ana, Some(ProjectRole::Owner), 2, true),
        (editor, Some(ProjectRole::Editor), 2, true),
        (viewer, Some(ProjectRole::Viewer), 2, false),
        (stranger, None, 0, false),
    ] {
        let mut transaction = db.person(who).await.unwrap();
        assert_eq!(collaborators::role(&mut transaction, film).await.unwrap(), role);
        assert_eq!(scenes::list(&mut transaction, film).await.unwrap().len(), seen, "{role:?}");
        let raised = projects::raise_version(&mut transaction, film, None).await;
        assert_eq!(raised.is_ok(), may_edit, "{role:?}: {raised:?}");
        transaction.rollback().await.unwrap();
        let changed = reached(db, who, "UPDATE scenes SET description = 'mine' RETURNING 1").await;
        assert_eq!(changed, Some(if may_edit { 2 } else { 0 }), "{role:?}");
    }

    // An editor does not give the project away, end it or raise its budget.
    for theft in [
        format!("UPDATE projects SET user_id = '{editor}'"),
        "UPDATE projects SET deleted_at = now()".to_owned(),
        "UPDATE projects SET budget_usd = 1000000".to_owned(),
    ] {
        let mut transaction = db.person(editor).await.unwrap();
        let error = (*transaction).execute(AssertSqlSafe(theft.clone())).await.unwrap_err();
        assert!(matches!(StoreError::from(error), StoreError::Database(_)), "{theft}");
    }

    // What was taken away is gone at once.
    let mut transaction = db.person(ana).await.unwrap();
    collaborators::remove(&mut transaction, film, editor).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(reached(db, editor, "SELECT 1 FROM scenes").await, Some(0));
}
