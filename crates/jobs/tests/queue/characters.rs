//! Characters: photos looked at and described, test pictures drawn or bought, made anew with what was wrong with them,
//! forgotten when consent is withdrawn.

use crate::ground::Ground;
use chrono::SubsecRound;
use mv_core::Clock;
use mv_core::character::{Consent, Flaw, Remark, TestOrder, Verdict};
use mv_core::clock::SystemClock;
use mv_core::ids::{CharacterId, TaskId};
use mv_core::jobs::Job;
use mv_core::paid_call::Funding;
use mv_jobs::ServiceDesk;
use mv_production::purchase::Pace;
use mv_providers::{Catalogue, Door, DoorSettings, Keys};
use mv_store::db::characters::{self, Character, CharacterPatch};
use mv_store::db::ordered_tasks;
use mv_store::db::progress::{Snapshot, Subject};
use mv_store::objects::{ObjectError, ObjectKey};
use mv_store::queue::{self, Enqueue};
use mv_testing::vendor::{FakeVendor, Language, Plot};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const HARIN: &[u8] = include_bytes!("../../../../samples/harin.png");
const NO_PHOTO: &[u8] = b"not a photo";

/// The key of an object with this photo, and the word that whoever is in it agreed.
async fn photo(ground: &Ground, photo: &'static [u8]) -> (Vec<String>, Consent) {
    let hash = blake3::hash(photo).to_hex().to_string();
    let key = ObjectKey::photo(ground.user, &hash).unwrap();
    let put = ground.objects.put(&key, photo.into(), "image/jpeg").await;
    assert!(matches!(put, Ok(()) | Err(ObjectError::Exists(_))), "{put:?}");
    let now = SystemClock.now().trunc_subsecs(0);
    (vec![key.to_string()], Consent { given_by: ground.user, given_at: now, photos: vec![hash] })
}

/// A character with this file as their photo.
async fn character(ground: &Ground, file: &'static [u8], words: Option<&str>) -> CharacterId {
    let (photos, consent) = photo(ground, file).await;
    let mut person = ground.db().person(ground.user).await.unwrap();
    let id = characters::insert(&mut person, ground.user, "하린", words, &photos, &consent).await.unwrap();
    person.commit().await.unwrap();
    id
}

/// Orders these pictures; whatever else was being made is not wanted any more.
async fn order(ground: &Ground, id: CharacterId, only: &[usize], order: &TestOrder) -> TaskId {
    let mut person = ground.db().person(ground.user).await.unwrap();
    let character = characters::get(&mut person, id).await.unwrap();
    let order = TestOrder { pictures: TestOrder::pictures(&character.tests, only), ..order.clone() };
    let payload = serde_json::to_value(&order).unwrap();
    let task = ordered_tasks::insert(&mut person, ground.user, None, "character", &payload).await.unwrap();
    assert!(characters::begin_test(&mut person, id, task, true).await.unwrap());
    let other = uuid::Uuid::new_v4().into();
    assert!(!characters::begin_test(&mut person, id, other, false).await.unwrap(), "one at a time");
    let job = Job::ScreenTest { character_id: id, task_id: task };
    queue::enqueue(&mut person, &job, Enqueue::by(ground.user)).await.unwrap();
    person.commit().await.unwrap();
    task
}

async fn test(ground: &Ground, id: CharacterId, only: &[usize], wanted: &TestOrder) -> Snapshot {
    let task = order(ground, id, only, wanted).await;
    ground.ended(Subject::Task(task)).await
}

async fn now(ground: &Ground, id: CharacterId) -> Character {
    let mut person = ground.db().person(ground.user).await.unwrap();
    characters::get(&mut person, id).await.unwrap()
}

async fn judge(ground: &Ground, id: CharacterId, number: usize, reason: Option<Flaw>, note: &str) {
    let verdict = if reason.is_some() { Verdict::Rejected } else { Verdict::Approved };
    let remark = reason.map(|reason| Remark { reason, note: note.into() });
    let mut person = ground.db().person(ground.user).await.unwrap();
    let at = SystemClock.now();
    characters::judge(&mut person, id, number, None, Some(verdict), remark, at).await.unwrap();
    person.commit().await.unwrap();
}

/// Gemini, as the workers know it.
async fn gemini() -> (FakeVendor, ServiceDesk) {
    let vendor = FakeVendor::start(Language::Gemini).await;
    let home = vendor.home();
    let text = format!("[providers.gemini]\nbase = \"{home}\"\nown = true\ncalls_per_minute = 60000\n");
    let desk = ServiceDesk {
        catalogue: Catalogue::with(&text).unwrap(),
        door: Door::new(DoorSettings::default(), Arc::new(SystemClock)).unwrap(),
        keys: Keys::from([("gemini".to_owned(), "key".into())]),
        funding: Funding::House,
        pace: Pace { poll: (Duration::from_millis(20), Duration::from_millis(50)), ..Pace::default() },
    };
    (vendor, desk)
}

fn bought() -> TestOrder {
    TestOrder { image_model: Some("nano-banana".into()), ..described() }
}

fn described() -> TestOrder {
    TestOrder { vision_model: Some("gemini-flash".into()), ..TestOrder::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_character_is_looked_at_and_drawn_in_four_settings() {
    let ground = Ground::new().await;
    let workers = ground.work(ground.settings());
    let id = character(&ground, HARIN, None).await;
    let drawn = TestOrder::default();
    let tested = test(&ground, id, &[], &drawn).await;
    assert_eq!(tested.status, "complete", "{:?}", tested.error);
    assert_eq!(tested.progress, json!({ "current_stage": "screen_test", "fraction": 1 }));
    let first = now(&ground, id).await;
    assert_eq!((first.status.as_str(), first.images_generated), ("pending", 4));
    assert_eq!(first.analysis_data.photos[0]["problems"], json!([]), "{:?}", first.analysis_data);
    assert_eq!(first.analysis_data.description, None, "nobody described them");
    for key in &first.test_images {
        let still = ground.objects.read(&key.parse().unwrap(), 1 << 30).await.unwrap();
        assert!(still.starts_with(b"\x89PNG"));
    }
    assert!(first.tests.iter().all(|test| test.model == "animatic" && test.take == 1));
    assert!(first.tests[0].likeness.is_some_and(|score| score > 0.5), "{:?}", first.tests[0]);

    // Another take of one of them; the others stay with what was said of them.
    judge(&ground, id, 1, None, "").await;
    assert_eq!(test(&ground, id, &[2], &drawn).await.status, "complete");
    let second = now(&ground, id).await;
    let same: Vec<bool> = first.test_images.iter().zip(&second.test_images).map(|(a, b)| a == b).collect();
    assert_eq!(same, [true, true, false, true]);
    assert_eq!((second.images_generated, second.tests[2].take), (5, 2));
    assert_eq!(second.tests[1].verdict, Some(Verdict::Approved));
    assert!(second.cost_usd < f64::EPSILON);

    // Another name changes no picture: the same test again is there already.
    let mut owner = ground.db().owner().acquire().await.unwrap();
    let renamed = "UPDATE character_profiles SET name = '수아', tests = '[]', test_images = '{}'";
    sqlx::query(renamed).execute(&mut *owner).await.unwrap();
    assert_eq!(test(&ground, id, &[], &drawn).await.status, "complete");
    assert_eq!(now(&ground, id).await.test_images, first.test_images);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_cannot_be_read_says_so() {
    let ground = Ground::new().await;
    let workers = ground.work(ground.settings());
    let id = character(&ground, NO_PHOTO, None).await;
    assert_eq!(test(&ground, id, &[], &TestOrder::default()).await.status, "failed");
    let failed = now(&ground, id).await;
    assert_eq!(failed.status, "failed");
    assert!(failed.error_message.unwrap().contains("not an image"));
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_bought_once_and_told_what_was_wrong() {
    let ground = Ground::new().await;
    let (vendor, desk) = gemini().await;
    let _workers = ground.work_with(ground.settings(), desk);
    let id = character(&ground, HARIN, None).await;
    let tested = test(&ground, id, &[], &bought()).await;
    assert_eq!(tested.status, "complete", "{:?}", tested.error);
    let first = now(&ground, id).await;
    let seen = &first.analysis_data;
    assert_eq!(seen.described_by.as_deref(), Some("gemini-flash"));
    assert_eq!(seen.style_preference.as_deref(), Some("streetwear"));
    assert!(seen.confidence_score.is_some_and(|sure| sure > 0.9) && seen.key_features.len() == 2);
    assert_eq!(first.description, None, "the person's own words are left alone");
    assert!(first.tests.iter().all(|test| test.model == "nano-banana"));
    assert_eq!(vendor.taken_in(), 5, "a description and four pictures");
    let prompts = || -> Vec<String> {
        // Workers that start ask for its models, too.
        let asked = vendor.seen().into_iter().filter(|seen| seen.method == "POST");
        asked.map(|seen| String::from_utf8_lossy(&seen.body).into_owned()).collect()
    };
    assert!(prompts()[1].contains("a mole under the left eye"), "what was seen is asked for");
    let cost = "SELECT sum(cost_micros)::bigint FROM paid_calls";
    let paid = ground.count(cost).await;
    assert!(paid > 0 && (first.cost_usd * 1e6).round() as i64 == paid, "{} {paid}", first.cost_usd);

    // As if nothing were known but the books: nothing is bought again.
    let mut owner = ground.db().owner().acquire().await.unwrap();
    for forget in [
        "UPDATE character_profiles SET tests = '[]', test_images = '{}', analysis_data = '{}'",
        "DELETE FROM artifacts",
    ] {
        sqlx::query(forget).execute(&mut *owner).await.unwrap();
    }
    assert_eq!(test(&ground, id, &[], &bought()).await.status, "complete");
    assert_eq!(vendor.taken_in(), 5);
    assert_eq!(now(&ground, id).await.tests, first.tests);

    // Only what was rejected is made anew, and told why; the photos are not described again.
    judge(&ground, id, 1, Some(Flaw::Hair), "shoulder length").await;
    judge(&ground, id, 3, None, "").await;
    assert_eq!(test(&ground, id, &[], &bought()).await.status, "complete");
    assert_eq!(vendor.taken_in(), 6);
    let asked = prompts().pop().unwrap();
    assert!(
        asked.contains("The hair exactly as in the photos") && asked.contains("shoulder length"),
        "{asked}"
    );
    let third = now(&ground, id).await;
    assert_eq!((third.tests[1].take, third.tests[1].verdict, third.status.as_str()), (2, None, "pending"));
    assert_eq!(third.tests[3].verdict, Some(Verdict::Approved));
    assert!(third.cost_usd > first.cost_usd);
    for number in 0..4 {
        judge(&ground, id, number, None, "").await;
    }
    let approved = now(&ground, id).await;
    assert_eq!(approved.status, "approved");
    assert!(approved.approved_at.is_some());
    judge(&ground, id, 0, Some(Flaw::Age), "").await;
    assert_eq!(now(&ground, id).await.status, "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_description_is_noted_and_the_test_goes_on() {
    let ground = Ground::new().await;
    let (vendor, desk) = gemini().await;
    let _workers = ground.work_with(ground.settings(), desk);
    vendor.play(Plot::RefusedAtOnce);
    let id = character(&ground, HARIN, Some("red hair")).await;
    assert_eq!(test(&ground, id, &[], &described()).await.status, "complete");
    let tested = now(&ground, id).await;
    assert_eq!((tested.status.as_str(), tested.tests.len()), ("pending", 4));
    let error = tested.analysis_data.description_error.clone().unwrap();
    assert!(error["message"].as_str().unwrap().contains("refused"), "{error}");
    assert_eq!(tested.analysis_data.description, None);
    // Asked again with the next test, and the reason goes with success.
    vendor.play(Plot::Success);
    assert_eq!(test(&ground, id, &[0], &described()).await.status, "complete");
    let tested = now(&ground, id).await;
    assert_eq!(tested.analysis_data.description_error, None);
    assert!(tested.analysis_data.description.is_some());
    assert_eq!(tested.analysis_data.looks(tested.description.as_deref().unwrap()), "red hair");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_stops_before_its_budget_and_goes_on_from_there() {
    let ground = Ground::new().await;
    let (vendor, desk) = gemini().await;
    let _workers = ground.work_with(ground.settings(), desk);
    let id = character(&ground, HARIN, None).await;
    let few = TestOrder { budget_usd: Some(0.1), vision_model: None, ..bought() };
    let stopped = test(&ground, id, &[], &few).await;
    assert_eq!(stopped.status, "failed");
    assert!(stopped.error.unwrap().contains("$0.10"));
    let kept = now(&ground, id).await;
    let there = kept.tests.len();
    assert!((1..4).contains(&there) && kept.status == "failed", "{there}");
    let paid = ground.count("SELECT sum(committed_micros)::bigint FROM paid_calls").await;
    assert!(paid <= 100_000, "{paid}");
    let taken = vendor.taken_in();
    // What is missing, and nothing else.
    assert_eq!(test(&ground, id, &[], &TestOrder { budget_usd: Some(1.0), ..few }).await.status, "complete");
    assert_eq!(vendor.taken_in(), taken + 4 - there);
    assert_eq!(now(&ground, id).await.tests[..there], kept.tests[..]);
    // Each picture is asked for in words of its own: it is said which of them were refused.
    vendor.play(Plot::RefusedAtOnce);
    let more = TestOrder { vision_model: None, ..bought() };
    let refused = test(&ground, id, &[2], &more).await.error.unwrap();
    assert!(refused.starts_with("test picture 3:") && refused.contains("refused"), "{refused}");
    assert_eq!(ground.told().await, ["budget_reached", "character_ready", "character_failed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_photos_are_tested_and_nothing_of_the_old_ones_is_kept() {
    let ground = Ground::new().await;
    let (vendor, desk) = gemini().await;
    let id = character(&ground, HARIN, None).await;
    let old = order(&ground, id, &[], &bought()).await;
    let (photos, consent) = photo(&ground, HARIN).await;
    let patch = CharacterPatch { photos: Some((photos, consent.clone())), ..CharacterPatch::default() };
    let mut person = ground.db().person(ground.user).await.unwrap();
    characters::update(&mut person, id, None, &patch, SystemClock.now()).await.unwrap();
    person.commit().await.unwrap();
    let new = order(&ground, id, &[], &TestOrder::default()).await;
    let _workers = ground.work_with(ground.settings(), desk);
    assert_eq!(ground.ended(Subject::Task(old)).await.status, "complete");
    assert_eq!(ground.ended(Subject::Task(new)).await.status, "complete");
    let tested = now(&ground, id).await;
    assert_eq!((tested.status.as_str(), tested.tests.len(), tested.test_task), ("pending", 4, None));
    assert!(tested.tests.iter().all(|test| test.model == "animatic"));
    assert_eq!((vendor.taken_in(), tested.consents.len()), (0, 2), "nothing was bought for the old ones");
    assert_eq!(tested.consents[1], consent);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_their_consent_back_is_forgotten() {
    let ground = Ground::new().await;
    let (vendor, desk) = gemini().await;
    let _workers = ground.work_with(ground.settings(), desk.clone());
    let id = character(&ground, HARIN, None).await;
    assert_eq!(test(&ground, id, &[], &bought()).await.status, "complete");
    let there = now(&ground, id).await;
    let bought_keys: Vec<String> =
        sqlx::query_scalar("SELECT result ->> 'object' FROM paid_calls WHERE character_id IS NOT NULL")
            .fetch_all(ground.db().owner())
            .await
            .unwrap();
    assert_eq!(bought_keys.len(), 5);
    let mut person = ground.db().person(ground.user).await.unwrap();
    let left = characters::withdraw(&mut person, id, SystemClock.now()).await.unwrap();
    assert_eq!((&left.photos, &left.pictures), (&there.reference_images, &there.test_images));
    let job = Job::ForgetCharacter { character_id: id, photos: left.photos, pictures: left.pictures };
    queue::enqueue(&mut person, &job, Enqueue::by(ground.user)).await.unwrap();
    person.commit().await.unwrap();
    let done = "SELECT count(*) FROM job_history WHERE task = 'forget-character' AND outcome = 'complete'";
    ground.until_count(done, 1).await;
    for key in there.reference_images.iter().chain(&there.test_images).chain(&bought_keys) {
        let gone = ground.objects.read(&key.parse().unwrap(), 1 << 30).await;
        assert!(matches!(gone, Err(ObjectError::NotFound(_))), "{key}");
    }
    assert_eq!(ground.count("SELECT count(*) FROM artifacts WHERE kind = 'still'").await, 0);

    // Whoever agrees again begins anew: what was removed is bought again.
    let taken = vendor.taken_in();
    let again = character(&ground, HARIN, None).await;
    let tested = test(&ground, again, &[], &TestOrder { vision_model: None, ..bought() }).await;
    assert_eq!(tested.status, "complete", "{:?}", tested.error);
    assert_eq!(now(&ground, again).await.tests.len(), 4);
    assert!(vendor.taken_in() > taken);
}
