//! Every plot, for every maker: what comes of it, what was taken in, and what may follow.

use crate::subject::{Ground, IMPATIENT, KEY, Maker, Subject};
use mv_core::CancelToken;
use mv_core::units::MicroUsd;
use mv_providers::ModelKind::{Clip, Edit, Image, Text, Transcription, Vision};
use mv_providers::{Found, JobState, ModelKind, ProviderError, Submission, Ticket, Verdict};
use mv_testing::vendor::Language::{Comfyui, Fal, Gemini, Kling, Openai, Runway, Together};
use mv_testing::vendor::{Language, Plot, Trap};
use serde_json::json;
use std::time::Duration;

/// A pair of tokens and prices: 1120 tokens of picture, 310 of thought, 2290 read.
const GEMINI_PICTURE: f64 = 0.038_198;

macro_rules! contract {
    ($($name:ident: $subject:expr;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                keeps_the_contract($subject).await;
            }
        )+
    };
}

contract! {
    gemini_makes_stills: Subject { ends: true, ..Subject::at_once(Gemini, Image, "nano-banana").costs(GEMINI_PICTURE) };
    gemini_edits: Subject { ends: true, ..Subject::at_once(Gemini, Edit, "nano-banana").costs(GEMINI_PICTURE) };
    gemini_describes: Subject::at_once(Gemini, Vision, "gemini-flash");
    gemini_writes: Subject::at_once(Gemini, Text, "gemini-flash");
    together_makes_stills: Subject::at_once(Together, Image, "flux-2-pro");
    together_edits: Subject::at_once(Together, Edit, "flux-2-pro");
    together_makes_clips: Subject::queued(Together, Clip, "wan").costs(0.43);
    kling_makes_clips: Subject::queued(Kling, Clip, "kling-standard").costs(0.28);
    kling_makes_clips_with_a_camera: Subject::queued(Kling, Clip, "kling-1.6").costs(0.28);
    kling_makes_clips_by_its_second_api: Subject::queued(Kling, Clip, "kling-3-turbo").costs(0.42);
    fal_makes_clips_of_pika: Subject::queued(Fal, Clip, "pika");
    fal_makes_clips_of_kling: Subject::queued(Fal, Clip, "kling-standard-fal");
    fal_edits_by_qwen: Subject::queued(Fal, Edit, "qwen");
    runway_makes_clips: Subject { progress: true, ..Subject::queued(Runway, Clip, "runway").costs(0.25) };
    runway_makes_stills: Subject { progress: true, ..Subject::queued(Runway, Image, "gen4-image").costs(0.25) };
    comfyui_makes_stills: comfyui(Image, "comfyui-still");
    comfyui_makes_clips: comfyui(Clip, "comfyui-clip");
    comfyui_edits: comfyui(Edit, "comfyui-edit");
    a_server_of_ones_own_makes_stills: Subject { paid: false, ..Subject::at_once(Openai, Image, "local-image") };
    a_server_of_ones_own_edits: Subject { paid: false, ..Subject::at_once(Openai, Edit, "local-image") };
    a_server_of_ones_own_describes: Subject { paid: false, ..Subject::at_once(Openai, Vision, "local-text") };
    a_server_of_ones_own_writes: Subject { paid: false, ..Subject::at_once(Openai, Text, "local-text") };
    a_server_of_ones_own_listens: Subject { paid: false, ..Subject::at_once(Openai, Transcription, "local-whisper") };
    a_paid_server_makes_stills: Subject::at_once(Openai, Image, "paid-image");
    a_paid_server_edits: Subject::at_once(Openai, Edit, "paid-image");
}

const fn comfyui(kind: ModelKind, model: &'static str) -> Subject {
    Subject {
        paid: false,
        progress: true,
        refuses: false,
        ..Subject::queued(Comfyui, kind, model).costs(0.0)
    }
}

async fn keeps_the_contract(subject: Subject) {
    success(subject).await;
    faults_before_anything_is_taken_in(subject).await;
    lost_answers(subject).await;
    if subject.ends {
        endings(subject).await;
    }
    if !matches!(subject.kind, Vision | Text | Transcription) {
        broken_results(subject).await;
    }
    nonsense(subject).await;
    if subject.jobs {
        jobs(subject).await;
    }
}

async fn success(subject: Subject) {
    for plot in [Plot::Success, Plot::Slow, Plot::UnknownFields] {
        let ground = Ground::of(subject).await;
        ground.fake.play(plot.clone());
        let mut told = Vec::new();
        let made = ground.maker.make("still-0001", &mut told).await;
        let made = made.unwrap_or_else(|error| panic!("{plot:?}: {error}"));
        let good = match subject.kind {
            Clip => made.made.starts_with(b"\0\0\0\x20ftyp"),
            Image | Edit => made.made.starts_with(b"\x89PNG"),
            Vision | Text | Transcription => made.made.starts_with(b"{"),
        };
        assert!(good, "{plot:?}: {:?}", String::from_utf8_lossy(&made.made[..made.made.len().min(80)]));
        if let Some(cost) = subject.cost {
            assert_eq!(made.cost, Some(cost), "{plot:?}");
            assert!(ground.maker.card().reports_cost);
        }
        assert_eq!(ground.fake.taken_in(), 1);
        if plot == Plot::Slow && subject.jobs {
            assert!(matches!(told[0], JobState::Waiting), "{told:?}");
            let heard = told.iter().any(|state| matches!(state, JobState::Running { progress: Some(_) }));
            assert_eq!(heard, subject.progress, "{told:?}");
        }
        let signed =
            ground.fake.seen().into_iter().any(|seen| seen.headers.iter().any(|(_, v)| v.contains(KEY)));
        assert!(signed, "the key was never sent");
    }
}

async fn faults_before_anything_is_taken_in(subject: Subject) {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let at_nine_one = "Sun, 22 Nov 2026 09:01:00 GMT".to_owned();
    for (plot, expected) in [
        (Plot::Unauthorized, "auth"),
        (Plot::OutOfMoney, "quota"),
        (Plot::TooFast(None), "rate"),
        (Plot::TooFast(Some("7".into())), "rate"),
        (Plot::TooFast(Some(at_nine_one)), "rate"),
        (Plot::RefusedAtOnce, if subject.refuses { "refused" } else { "invalid" }),
    ] {
        let ground = Ground::of(subject).await;
        ground.fake.play(plot.clone());
        let error = fails(&ground.maker, "still-0002").await;
        assert_eq!(word(&error), expected, "{plot:?}: {error:?}");
        assert_eq!(ground.fake.taken_in(), 0, "{plot:?}");
        if let (Plot::TooFast(said), ProviderError::RateLimited { retry_after, .. }) = (&plot, &error) {
            let expected = match said.as_deref() {
                None => None,
                Some("7") => seconds(7),
                Some(_) => seconds(60),
            };
            assert_eq!(*retry_after, expected);
        }
        hides_the_key(&error);
        if plot == Plot::Unauthorized {
            let service = ground.registry.service(&ground.maker.card().provider).unwrap();
            assert_eq!(word(&service.check_key().await.unwrap_err()), "auth");
            ground.fake.play(Plot::Success);
            service.check_key().await.unwrap();
        }
    }
    let ground = Ground::of(subject).await;
    ground.fake.play(Plot::BreaksOnce);
    let error = fails(&ground.maker, "still-0003").await;
    assert!(matches!(error.verdict(), Verdict::Retry { .. }), "{error:?}");
    ground.maker.make("still-0003", &mut Vec::new()).await.unwrap();
    assert_eq!(ground.fake.taken_in(), 1);

    let cancel = CancelToken::new();
    cancel.cancel();
    if ground.maker.jobs().is_some() {
        let stopped = ground.maker.submit(&Ticket::new("still-0004", &cancel)).await.unwrap_err();
        assert_eq!(stopped, ProviderError::Cancelled);
        assert_eq!(ground.fake.taken_in(), 1);
    }
}

/// The work is taken in and its answer is lost: it is found again, or nobody may submit it again.
async fn lost_answers(subject: Subject) {
    for plot in [Plot::Cut, Plot::Hang, Plot::NotJson] {
        let patience = if plot == Plot::Hang { IMPATIENT } else { Duration::from_secs(10) };
        let ground = Ground::with(subject, patience).await;
        ground.fake.play(plot.clone());
        let error = fails(&ground.maker, "still-0005").await;
        assert_eq!(ground.fake.taken_in(), 1, "{plot:?}");
        hides_the_key(&error);
        if subject.paid {
            assert_eq!(word(&error), "unconfirmed", "{plot:?}: {error:?}");
            assert_eq!(error.verdict(), Verdict::Reconcile);
        } else {
            assert!(matches!(error.verdict(), Verdict::Retry { .. }), "{plot:?}: {error:?}");
        }
        let Some(jobs) = ground.maker.jobs() else { continue };
        let found = jobs.find("still-0005").await.unwrap();
        if !ground.maker.card().finds_lost_work {
            assert_eq!(found, Found::CannotTell);
            continue;
        }
        let Found::TakenIn(job) = found else { panic!("{plot:?}: {found:?}") };
        assert_eq!(Some(&job.0), ground.fake.last_job().as_ref());
        assert_eq!(jobs.find("still-0006").await.unwrap(), Found::NotTakenIn);
        // Submitted again all the same, it is the same work.
        ground.fake.play(Plot::Success);
        let cancel = CancelToken::new();
        let again = ground.maker.submit(&Ticket::new("still-0005", &cancel)).await.unwrap();
        assert!(matches!(again, Submission::Queued(same) if same == job));
        assert_eq!(ground.fake.taken_in(), 1, "{plot:?}");
    }
}

async fn endings(subject: Subject) {
    let refused = if subject.refuses { "refused" } else { "failed" };
    for (plot, expected) in
        [(Plot::Fails, "failed"), (Plot::RefusedLate, refused), (Plot::UnknownWord, "bad")]
    {
        let ground = Ground::of(subject).await;
        ground.fake.play(plot.clone());
        let error = fails(&ground.maker, "still-0007").await;
        assert_eq!(word(&error), expected, "{plot:?}: {error:?}");
        hides_the_key(&error);
    }
}

async fn broken_results(subject: Subject) {
    let at_once = if subject.paid { "unconfirmed" } else { "bad" };
    for plot in [Plot::WrongType, Plot::Endless] {
        let ground = Ground::of(subject).await;
        ground.fake.play(plot.clone());
        let error = fails(&ground.maker, "still-0008").await;
        assert_eq!(word(&error), if subject.jobs { "bad" } else { at_once }, "{plot:?}: {error:?}");
        assert!(ground.fake.bytes_sent() < 64 * 1024 * 1024, "{} bytes came", ground.fake.bytes_sent());
    }
}

/// JSON that is not what it should be: an error each time, and none that would pay twice.
async fn nonsense(subject: Subject) {
    let ground = Ground::of(subject).await;
    for body in [
        json!(null),
        json!([]),
        json!("done"),
        json!({}),
        json!({"id": 7, "request_id": null, "prompt_id": [], "data": 3, "candidates": {}, "choices": "x"}),
        json!({"id": "", "request_id": "", "status": "", "data": {"task_id": ""}, "text": null, "words": [{}]}),
        json!({"error": {"error": []}, "detail": {"detail": 1}, "code": "x", "issues": [null]}),
    ] {
        for status in [200, 400, 404] {
            ground.fake.play(Plot::Says(status, body.clone()));
            // Services may only be asked for so much a minute.
            ground.clock.advance(chrono::TimeDelta::minutes(1));
            let key = format!("odd-{status}-{}", ground.fake.taken_in());
            let error = match ground.maker.make(&key, &mut Vec::new()).await {
                Err(error) => error,
                // A song in which nothing is sung is none of the service's faults.
                Ok(_) if subject.kind == Transcription => continue,
                Ok(made) => panic!("{status} {body}: it made {} bytes", made.made.len()),
            };
            if status == 200 && subject.paid && subject.jobs {
                assert_eq!(error.verdict(), Verdict::Reconcile, "{body}: {error:?}");
            }
            if status != 200 {
                assert!(!matches!(error.verdict(), Verdict::Retry { .. }), "{status} {body}: {error:?}");
            }
        }
    }
}

async fn jobs(subject: Subject) {
    let ground = Ground::of(subject).await;
    ground.fake.play(Plot::Forgets);
    let error = fails(&ground.maker, "still-0009").await;
    assert!(matches!(&error, ProviderError::JobLost { .. }), "{error:?}");
    assert_eq!(error.verdict(), Verdict::Reconcile);

    let ground = Ground::of(subject).await;
    ground.fake.play(Plot::LinkExpired);
    let error = fails(&ground.maker, "still-0010").await;
    assert!(matches!(&error, ProviderError::ResultGone { .. }), "{error:?}");

    let trap = Trap::set().await;
    for to in [
        format!("https://127.0.0.1:{}/inside", trap.port()),
        format!("http://127.0.0.1:{}/inside", trap.port()),
        format!("https://localhost:{}/inside", trap.port()),
        format!("https://[::ffff:127.0.0.1]:{}/inside", trap.port()),
        "https://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        let ground = Ground::of(subject).await;
        ground.fake.play(Plot::Redirect(to.clone()));
        let error = fails(&ground.maker, "still-0011").await;
        assert!(matches!(word(&error), "bad" | "unavailable"), "{to}: {error:?}");
    }
    assert_eq!(trap.caught(), 0, "somebody called the inside");

    // Stopping a job.
    let ground = Ground::of(subject).await;
    ground.fake.play(Plot::Slow);
    let cancel = CancelToken::new();
    let Submission::Queued(job) = ground.maker.submit(&Ticket::new("still-0012", &cancel)).await.unwrap()
    else {
        panic!("it answered at once");
    };
    assert!(matches!(ground.maker.poll(&job).await.unwrap(), JobState::Waiting));
    let stopped = ground.maker.jobs().unwrap().cancel(&job).await;
    if ground.maker.card().cancels {
        stopped.unwrap();
        let state = ground.maker.poll(&job).await.unwrap();
        assert!(matches!(state, JobState::Failed { .. }), "{state:?}");
    } else {
        assert_eq!(word(&stopped.unwrap_err()), "invalid");
    }
}

async fn fails(maker: &Maker, key: &str) -> ProviderError {
    match maker.make(key, &mut Vec::new()).await {
        Ok(made) => panic!("it made {} bytes", made.made.len()),
        Err(error) => error,
    }
}

fn hides_the_key(error: &ProviderError) {
    let told = format!("{error} {error:?}");
    assert!(!told.contains(KEY), "{told}");
}

fn word(error: &ProviderError) -> &'static str {
    match error {
        ProviderError::RateLimited { .. } => "rate",
        ProviderError::Auth { .. } => "auth",
        ProviderError::InvalidRequest { .. } => "invalid",
        ProviderError::Refused { .. } => "refused",
        ProviderError::QuotaExhausted { .. } => "quota",
        ProviderError::Timeout { .. } => "timeout",
        ProviderError::Unavailable { .. } => "unavailable",
        ProviderError::BadResponse { .. } => "bad",
        ProviderError::Failed { .. } => "failed",
        ProviderError::Unconfirmed { .. } => "unconfirmed",
        ProviderError::JobLost { .. } => "lost",
        ProviderError::ResultGone { .. } => "gone",
        ProviderError::Cancelled => "cancelled",
    }
}

/// What runway refuses for its input it charges for, and says so.
#[tokio::test]
async fn what_a_refusal_cost_is_told() {
    let ground = Ground::of(Subject::queued(Runway, Clip, "runway")).await;
    ground.fake.play(Plot::RefusedLate);
    let cancel = CancelToken::new();
    let Submission::Queued(job) = ground.maker.submit(&Ticket::new("clip-0001", &cancel)).await.unwrap()
    else {
        panic!("it answered at once");
    };
    let JobState::Failed { error, cost } = ground.maker.poll(&job).await.unwrap() else {
        panic!("it went well")
    };
    assert_eq!((word(&error), cost), ("refused", Some(MicroUsd(250_000))));
}

/// After failures in a row a service is left alone: nothing reaches it.
#[tokio::test]
async fn a_service_that_is_down_is_not_asked_again_and_again() {
    let ground = Ground::of(Subject::queued(Runway, Clip, "runway")).await;
    for _ in 0..5 {
        ground.fake.play(Plot::BreaksOnce);
        fails(&ground.maker, "clip-0002").await;
    }
    let before = ground.fake.seen().len();
    let error = fails(&ground.maker, "clip-0002").await;
    assert!(error.to_string().contains("5 times in a row"), "{error}");
    assert_eq!(ground.fake.seen().len(), before);
    ground.clock.advance(chrono::TimeDelta::seconds(31));
    ground.fake.play(Plot::Success);
    ground.maker.make("clip-0002", &mut Vec::new()).await.unwrap();
}

/// Configured models that a service does not list are found at the start.
#[tokio::test]
async fn models_that_are_gone_are_found() {
    for (language, gone) in [
        (Language::Gemini, "nano-banana-pro"),
        (Language::Openai, "local-whisper"),
        (Language::Comfyui, "comfyui-clip"),
    ] {
        let kind = Image;
        let model = match language {
            Gemini => "nano-banana",
            Openai => "local-image",
            _ => "comfyui-still",
        };
        let ground = Ground::of(Subject::at_once(language, kind, model)).await;
        let (missing, unasked) = ground.registry.check_models(&ground.catalogue).await;
        assert_eq!(unasked, []);
        let missing: Vec<&str> = missing.iter().map(|card| card.id.as_str()).collect();
        assert!(missing.contains(&gone) && !missing.contains(&model), "{missing:?}");
    }
}
