//! Counting what happened, a row a day and thing: whole days are counted again until they are over, so that nothing is
//! counted twice however often this runs. And passing events on, where the operator has a `PostHog`.

use crate::error::JobError;
use crate::running::Running;
use crate::settings::PostHog;
use chrono::SecondsFormat;
use mv_providers::http::message::{Message, Reach};
use mv_store::StoreError;
use mv_store::db::daily_counts;
use mv_store::db::events::{self, Event};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::{Builder, Uuid};

/// Days that are counted again: what arrives late belongs to its own day.
const DAYS: i32 = 2;
/// Events in one batch.
const BATCH: i64 = 500;
/// Batches in one run; the next goes on.
const BATCHES: usize = 50;
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn run(running: &Running) -> Result<(), JobError> {
    if let Some(posthog) = &running.shop.settings.analytics.posthog {
        forward(running, posthog).await?;
    }
    let mut transaction = running.finish().await?;
    daily_counts::count(&mut transaction, DAYS).await?;
    events::forget_old(&mut transaction, running.shop.settings.analytics.keep_months).await?;
    running.complete(transaction).await
}

/// At least once: a batch that was sent before a crash is sent again, and `PostHog` knows each event by its id.
async fn forward(running: &Running, posthog: &PostHog) -> Result<(), JobError> {
    let shop = &running.shop;
    let key = shop.keyring.derive("analytics pseudonyms")?;
    let url = format!("{}/batch/", posthog.host.trim_end_matches('/'));
    for _ in 0..BATCHES {
        let waiting = {
            let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
            events::to_forward(&mut connection, BATCH).await?
        };
        let Some(last) = waiting.last().map(|event| event.id) else { return Ok(()) };
        let batch: Vec<Value> = waiting.iter().map(|event| told(event, &key)).collect();
        let message = Message {
            url: &url,
            headers: &[],
            body: json!({ "api_key": posthog.key, "batch": batch }).to_string(),
            patience: PATIENCE,
            keep: 300,
            reach: Reach::Anywhere,
        };
        match shop.services.door.post(&message).await {
            Ok(answered) if (200..300).contains(&answered.status) => {}
            Ok(answered) => {
                return Err(JobError::NotForwarded(format!(
                    "status {}: {}",
                    answered.status, answered.beginning
                )));
            }
            Err(error) => return Err(JobError::NotForwarded(error.to_string())),
        }
        let mut connection = shop.db.worker().acquire().await.map_err(StoreError::from)?;
        events::forwarded(&mut connection, last).await?;
    }
    Ok(())
}

/// An event without a name or an address: who it is of cannot be told from it without our keys.
fn told(event: &Event, key: &[u8; 32]) -> Value {
    let pseudonym = |bytes: &[u8]| -> Uuid {
        let hash = blake3::keyed_hash(key, bytes);
        Builder::from_random_bytes(hash.as_bytes().first_chunk().copied().unwrap_or_default()).into_uuid()
    };
    let mut properties = event.properties.clone();
    if let Some(properties) = properties.as_object_mut() {
        // Ids of ours stay here.
        properties.remove("job_id");
        properties.insert("$geoip_disable".into(), Value::from(true));
        properties.insert("$process_person_profile".into(), Value::from(false));
    }
    json!({
        "uuid": pseudonym(format!("event {}", event.id).as_bytes()),
        "event": event.name,
        "distinct_id": event.user_id.map_or_else(|| "nobody".to_owned(), |id| pseudonym(id.as_bytes()).to_string()),
        "timestamp": event.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn who_did_it_is_a_pseudonym() {
        let user_id = Some(Uuid::from_u128(7));
        let properties = json!({"job_id": "x", "quality": "pro"});
        let event =
            Event { id: 3, name: "ordered".into(), user_id, properties, created_at: DateTime::UNIX_EPOCH };
        let one = told(&event, &[1; 32]);
        assert_eq!(one, told(&event, &[1; 32]), "the same each time");
        assert_ne!(one["distinct_id"], told(&event, &[2; 32])["distinct_id"], "another installation's");
        assert!(!one.to_string().contains(&Uuid::from_u128(7).to_string()));
        let about = json!({"quality": "pro", "$geoip_disable": true, "$process_person_profile": false});
        assert_eq!((&one["timestamp"], &one["properties"]), (&json!("1970-01-01T00:00:00.000Z"), &about));
        let nobody = Event { user_id: None, ..event };
        assert_eq!(told(&nobody, &[1; 32])["distinct_id"], "nobody");
    }
}
