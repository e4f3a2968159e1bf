//! Webhooks: genuine ones, ones that come twice, and forged ones.

use crate::subject::{Ground, Subject, now};
use mv_core::CancelToken;
use mv_providers::ModelKind::{Clip, Edit};
use mv_providers::{Found, JobState, Submission, Ticket, Webhook, WebhookError};
use mv_testing::vendor::Language::{Fal, Kling, Runway};
use mv_testing::vendor::{Plot, sign_fal_webhook};
use serde_json::json;

fn came<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Webhook<'a> {
    Webhook { headers, body, received_at: now() }
}

const CALLBACK: &str = "https://studio.example/hooks/fal/3f0c?x=1&y=2";

#[tokio::test]
async fn fal_is_believed_when_it_signed() {
    let ground = Ground::of(Subject::queued(Fal, Clip, "pika")).await;
    let cancel = CancelToken::new();
    let ticket = Ticket { callback: Some(CALLBACK), ..Ticket::new("clip-0001", &cancel) };
    // The answer is lost: the webhook alone tells that the work was taken in.
    ground.fake.play(Plot::Cut);
    ground.maker.submit(&ticket).await.unwrap_err();
    let jobs = ground.maker.jobs().unwrap();
    assert_eq!(jobs.find("clip-0001").await.unwrap(), Found::CannotTell);
    let asked = ground.fake.seen().into_iter().next().unwrap();
    assert_eq!(asked.query, "fal_webhook=https%3A%2F%2Fstudio.example%2Fhooks%2Ffal%2F3f0c%3Fx%3D1%26y%3D2");

    let id = ground.fake.last_job().unwrap();
    let body = json!({"request_id": id, "gateway_request_id": id, "status": "OK", "payload": {}}).to_string();
    let headers = sign_fal_webhook(&id, body.as_bytes(), now().timestamp());
    let genuine = came(&headers, body.as_bytes());
    let notice = jobs.hear(&genuine).await.unwrap();
    assert!(matches!(ground.maker.poll(&notice.job).await.unwrap(), JobState::Done));
    // It comes again, and can be told to be the same.
    assert_eq!(jobs.hear(&genuine).await.unwrap(), notice);
    let fetched = ground.fake.seen().iter().filter(|seen| seen.path.ends_with("jwks.json")).count();
    assert_eq!(fetched, 1, "the keys are kept");
}

#[tokio::test]
async fn forged_webhooks_of_fal_are_refused() {
    let ground = Ground::of(Subject::queued(Fal, Clip, "pika")).await;
    let jobs = ground.maker.jobs().unwrap();
    let body = json!({"request_id": "r1", "status": "OK"}).to_string();
    let good = sign_fal_webhook("r1", body.as_bytes(), now().timestamp());
    jobs.hear(&came(&good, body.as_bytes())).await.unwrap();

    let change = |name: &str, value: &str| {
        let mut headers = good.clone();
        headers.iter_mut().filter(|(key, _)| key == name).for_each(|(_, old)| value.clone_into(old));
        headers
    };
    let mut twice = good.clone();
    twice.push(good[3].clone());
    let old = sign_fal_webhook("r1", body.as_bytes(), now().timestamp() - 301);
    let early = sign_fal_webhook("r1", body.as_bytes(), now().timestamp() + 301);
    for (why, headers, body) in [
        ("no signature", good[..3].to_vec(), body.clone()),
        ("another signature", change("X-Fal-Webhook-Signature", &"00".repeat(64)), body.clone()),
        ("no hex", change("X-Fal-Webhook-Signature", "signed!"), body.clone()),
        ("another user", change("X-Fal-Webhook-User-Id", "user-2"), body.clone()),
        ("another request", change("X-Fal-Webhook-Request-Id", "r2"), body.clone()),
        ("another body", good.clone(), body.replace("OK", "ERROR")),
        ("too old", old, body.clone()),
        ("from tomorrow", early, body.clone()),
        ("two signatures", twice, body.clone()),
        ("two requests", sign_fal_webhook("r2", body.as_bytes(), now().timestamp()), body.clone()),
    ] {
        let told = jobs.hear(&came(&headers, body.as_bytes())).await;
        assert!(matches!(told, Err(WebhookError::Forged { .. })), "{why}: {told:?}");
    }
    // Forgers do not make us fetch the keys each time.
    let fetched = ground.fake.seen().iter().filter(|seen| seen.path.ends_with("jwks.json")).count();
    assert_eq!(fetched, 1);
}

#[tokio::test]
async fn work_with_a_mask_is_found_at_its_own_app() {
    let ground = Ground::of(Subject::queued(Fal, Edit, "qwen")).await;
    let cancel = CancelToken::new();
    let ticket = Ticket { callback: Some(CALLBACK), ..Ticket::new("edit-0001", &cancel) };
    let Submission::Queued(job) = ground.maker.submit(&ticket).await.unwrap() else { panic!("no job") };
    assert!(job.0.starts_with("fal-ai/qwen-image-edit/requests/"), "{job:?}");
}

#[tokio::test]
async fn kling_signs_nothing_so_the_task_is_asked_for() {
    let ground = Ground::of(Subject::queued(Kling, Clip, "kling-standard")).await;
    let cancel = CancelToken::new();
    let ticket = Ticket { callback: Some(CALLBACK), ..Ticket::new("clip-0002", &cancel) };
    let Submission::Queued(job) = ground.maker.submit(&ticket).await.unwrap() else { panic!("no job") };
    assert_eq!(ground.fake.seen()[0].json()["callback_url"], CALLBACK);
    let jobs = ground.maker.jobs().unwrap();
    let told = json!({"task_id": job.0, "task_status": "succeed"}).to_string();
    let notice = jobs.hear(&came(&[], told.as_bytes())).await.unwrap();
    assert_eq!((&notice.job, notice.key.as_deref()), (&job, Some("clip-0002")));
    assert_eq!(jobs.hear(&came(&[], told.as_bytes())).await.unwrap(), notice);

    let forged = json!({"task_id": "999", "task_status": "succeed"}).to_string();
    let told = jobs.hear(&came(&[], forged.as_bytes())).await;
    assert!(matches!(told, Err(WebhookError::Forged { .. })), "{told:?}");
    for nonsense in [&b"not json"[..], b"{}", b"[]"] {
        let told = jobs.hear(&came(&[], nonsense)).await;
        assert!(matches!(told, Err(WebhookError::Malformed(_))), "{told:?}");
    }
}

#[tokio::test]
async fn who_sends_no_webhooks_is_not_heard() {
    let ground = Ground::of(Subject::queued(Runway, Clip, "runway")).await;
    assert!(!ground.maker.card().webhooks);
    let told = ground.maker.jobs().unwrap().hear(&came(&[], b"{}")).await;
    assert_eq!(told, Err(WebhookError::NotOffered("runway".into())));
}
