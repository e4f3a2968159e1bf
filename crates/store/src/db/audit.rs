//! What happened, who did it, to what, and from where. Never changed once written.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use mv_core::audit::Event;
use mv_core::ids::UserId;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Uuid;
use sqlx::types::ipnetwork::IpNetwork;
use std::net::IpAddr;

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    pub event: Event,
    /// Whom it is about; unknown when somebody failed to sign in.
    pub user: Option<UserId>,
    /// What was acted on: its kind and id.
    pub resource: Option<(&'a str, String)>,
    pub metadata: Value,
    pub ip_address: Option<IpAddr>,
    pub user_agent: Option<&'a str>,
}

impl NewEntry<'_> {
    pub fn about(event: Event, user: UserId) -> Self {
        Self {
            event,
            user: Some(user),
            resource: None,
            metadata: Value::Object(serde_json::Map::new()),
            ip_address: None,
            user_agent: None,
        }
    }
}

pub async fn write(connection: &mut PgConnection, entry: NewEntry<'_>) -> Result<(), StoreError> {
    let (kind, id) = entry.resource.unzip();
    sqlx::query!(
        "INSERT INTO audit_logs (event_type, user_id, resource_type, resource_id, metadata, ip_address, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        entry.event.word(),
        entry.user.map(|id| id.0),
        kind,
        id,
        entry.metadata,
        entry.ip_address.map(IpNetwork::from),
        entry.user_agent
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: Uuid,
    pub event_type: String,
    pub user_id: Option<Uuid>,
    pub resource_type: Option<String>,
    pub resource_id: Option<String>,
    pub metadata: Value,
    pub ip_address: Option<IpNetwork>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// An entry with whom it is about, as they are called now.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedEntry {
    pub id: Uuid,
    pub event_type: String,
    pub user_id: Option<Uuid>,
    pub email: Option<String>,
    pub name: Option<String>,
    /// Who did it, where an admin did it to somebody.
    pub by_email: Option<String>,
    pub resource_type: Option<String>,
    pub resource_id: Option<String>,
    pub metadata: Value,
    pub ip_address: Option<IpNetwork>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Entries of everybody, the newest first; [`count`] says how many there are.
pub async fn named(
    connection: &mut PgConnection,
    filter: Filter<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<NamedEntry>, StoreError> {
    let events: Vec<String> = filter.events.iter().map(|event| event.word().to_owned()).collect();
    let entries = sqlx::query_as!(
        NamedEntry,
        r#"SELECT l.id, l.event_type, l.user_id, u.email AS "email?", u.name AS "name?", b.email AS "by_email?",
             l.resource_type, l.resource_id, l.metadata, l.ip_address, l.user_agent, l.created_at
           FROM audit_logs l LEFT JOIN users u ON u.id = l.user_id LEFT JOIN users b ON b.id::text = l.metadata ->> 'by'
           WHERE ($1::uuid IS NULL OR l.user_id = $1) AND (cardinality($2::text[]) = 0 OR l.event_type = ANY ($2))
             AND ($3::timestamptz IS NULL OR l.created_at >= $3) AND ($4::timestamptz IS NULL OR l.created_at < $4)
           ORDER BY l.created_at DESC, l.id LIMIT $5 OFFSET $6"#,
        filter.user.map(|id| id.0),
        &events,
        filter.since,
        filter.until,
        limit,
        offset
    )
    .fetch_all(connection)
    .await?;
    Ok(entries)
}

/// Which entries: of one person or of everybody, of these kinds or of all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    pub user: Option<UserId>,
    pub events: &'a [Event],
    /// From this moment on.
    pub since: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
}

/// Entries, the newest first, and how many there are.
pub async fn list(
    connection: &mut PgConnection,
    filter: Filter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Entry>, i64), StoreError> {
    let events: Vec<String> = filter.events.iter().map(|event| event.word().to_owned()).collect();
    let user = filter.user.map(|id| id.0);
    let entries = sqlx::query_as!(
        Entry,
        "SELECT id, event_type, user_id, resource_type, resource_id, metadata, ip_address, user_agent, created_at
         FROM audit_logs
         WHERE ($1::uuid IS NULL OR user_id = $1) AND (cardinality($2::text[]) = 0 OR event_type = ANY ($2))
           AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)
         ORDER BY created_at DESC, id LIMIT $5 OFFSET $6",
        user,
        &events,
        filter.since,
        filter.until,
        limit,
        offset
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = count(connection, filter).await?;
    Ok((entries, total))
}

/// How many entries there are.
pub async fn count(connection: &mut PgConnection, filter: Filter<'_>) -> Result<i64, StoreError> {
    let events: Vec<String> = filter.events.iter().map(|event| event.word().to_owned()).collect();
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "total!" FROM audit_logs
           WHERE ($1::uuid IS NULL OR user_id = $1) AND (cardinality($2::text[]) = 0 OR event_type = ANY ($2))
             AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)"#,
        filter.user.map(|id| id.0),
        &events,
        filter.since,
        filter.until
    )
    .fetch_one(connection)
    .await?;
    Ok(total)
}
