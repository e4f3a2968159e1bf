//! Screen tests of characters.

use crate::ground::Ground;
use mv_core::ids::{CharacterId, TaskId};
use mv_core::jobs::Job;
use mv_store::db::characters::{self, Character};
use mv_store::db::ordered_tasks;
use mv_store::db::progress::{Snapshot, Subject};
use mv_store::objects::ObjectKey;
use mv_store::queue::{self, Enqueue};
use serde_json::{Value, json};

const HARIN: &[u8] = include_bytes!("../../../../samples/harin.png");

/// A character with this file as their photo.
async fn character(ground: &Ground, photo: &'static [u8]) -> CharacterId {
    let hash = blake3::hash(photo).to_hex().to_string();
    let key = ObjectKey::photo(ground.user, &hash).unwrap();
    ground.objects.put(&key, photo.into(), "image/jpeg").await.unwrap();
    let mut person = ground.db().person(ground.user).await.unwrap();
    let now = mv_core::Clock::now(&mv_core::clock::SystemClock);
    let photos = [key.to_string()];
    let id = characters::insert(&mut person, ground.user, "하린", None, &photos, now).await.unwrap();
    person.commit().await.unwrap();
    id
}

async fn test(ground: &Ground, id: CharacterId, only: Value) -> Snapshot {
    let mut person = ground.db().person(ground.user).await.unwrap();
    assert!(characters::begin_test(&mut person, id).await.unwrap());
    assert!(!characters::begin_test(&mut person, id).await.unwrap(), "one at a time");
    let payload = json!({ "only": only });
    let task_id: TaskId =
        ordered_tasks::insert(&mut person, ground.user, None, "character", &payload).await.unwrap();
    let job = Job::ScreenTest { character_id: id, task_id };
    queue::enqueue(&mut person, &job, Enqueue::by(ground.user)).await.unwrap();
    person.commit().await.unwrap();
    ground.ended(Subject::Task(task_id)).await
}

async fn now(ground: &Ground, id: CharacterId) -> Character {
    let mut person = ground.db().person(ground.user).await.unwrap();
    characters::get(&mut person, id).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_is_looked_at_and_drawn_in_four_settings() {
    let ground = Ground::new().await;
    let workers = ground.work(ground.settings());
    let id = character(&ground, HARIN).await;
    let tested = test(&ground, id, json!([])).await;
    assert_eq!(tested.status, "complete", "{:?}", tested.error);
    assert_eq!(tested.progress, json!({ "current_stage": "screen_test", "fraction": 1 }));
    let first = now(&ground, id).await;
    assert_eq!((first.status.as_str(), first.images_generated), ("pending", 4));
    assert_eq!(first.analysis_data["photos"][0]["problems"], json!([]), "{}", first.analysis_data);
    for key in &first.test_images {
        let still = ground.objects.read(&key.parse().unwrap(), 1 << 30).await.unwrap();
        assert!(still.starts_with(b"\x89PNG"));
    }

    // Another take of one of them; the others stay.
    assert_eq!(test(&ground, id, json!([2])).await.status, "complete");
    let second = now(&ground, id).await;
    let same: Vec<bool> = first.test_images.iter().zip(&second.test_images).map(|(a, b)| a == b).collect();
    assert_eq!(same, [true, true, false, true]);
    assert_eq!(second.images_generated, 5);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_cannot_be_read_says_so() {
    let ground = Ground::new().await;
    let workers = ground.work(ground.settings());
    let id = character(&ground, b"not a photo").await;
    assert_eq!(test(&ground, id, json!([])).await.status, "failed");
    let failed = now(&ground, id).await;
    assert_eq!(failed.status, "failed");
    assert!(failed.error_message.unwrap().contains("not an image"));
    workers.drain().await;
}
