//! Mails as a mail server gets them.

use crate::ground::Ground;
use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_core::jobs::{Job, Mail};
use mv_core::mail::Topic;
use mv_jobs::{MailSettings, Settings, Way};
use mv_store::db::mails::{self, Filter, NewMail};
use mv_store::mail_choices::MailChoices;
use mv_store::queue::{self, Enqueue, QueueJobId};
use mv_testing::mail::{MailServer, Refusal};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

fn through(server: &MailServer, ground: &Ground) -> Settings {
    let from = "MelodyVision <films@example.com>".to_owned();
    Settings {
        mail: Some(MailSettings { way: Way::Smtp { url: server.url() }, from }),
        public_url: "https://films.example.com/".into(),
        ..ground.settings()
    }
}

async fn enqueue(ground: &Ground, mail: Mail) {
    put(ground, &queue::mail(ground.user, mail)).await;
}

async fn put(ground: &Ground, job: &Job) -> QueueJobId {
    let mut person = ground.db().person(ground.user).await.unwrap();
    let id = queue::enqueue(&mut person, job, Enqueue::by(ground.user)).await.unwrap();
    person.commit().await.unwrap();
    id
}

fn message_id(mail: &mv_testing::mail::Mail) -> &str {
    mail.raw.lines().find(|line| line.starts_with("Message-ID:")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_speaks_its_readers_language_and_leads_to_the_right_place() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let workers = ground.work(through(&server, &ground));
    for (locale, subject, greeting) in [
        ("en", "Confirm your e-mail address", "Hello Harin,"),
        ("ko", "이메일 주소를 확인해 주세요", "Harin님, 안녕하세요."),
    ] {
        sqlx::query("UPDATE users SET locale = $1").bind(locale).execute(ground.db().owner()).await.unwrap();
        enqueue(&ground, Mail::VerifyEmail { token: "secret&more".into() }).await;
        let mail = server.next().await;
        assert_eq!(mail.subject, subject);
        assert_eq!(mail.from, "films@example.com");
        assert_eq!(mail.to, ["a@example.com"]);
        assert!(mail.text.starts_with(greeting), "{}", mail.text);
        assert!(mail.text.contains("https://films.example.com/verify-email?token=secret&more"));
        assert!(mail.html.contains("https://films.example.com/verify-email?token=secret&amp;more"));
    }
    let to = "new@example.com".to_owned();
    enqueue(&ground, Mail::ChangeEmail { to: to.clone(), token: "t".into() }).await;
    assert_eq!(server.next().await.to, [to], "to the address that is to be proven");
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_mail_server_is_asked_again_and_one_that_refuses_is_not() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let workers = ground.work(through(&server, &ground));
    server.refuse_next(Refusal::ForNow);
    server.refuse_next(Refusal::ForNow);
    enqueue(&ground, Mail::Welcome).await;
    assert_eq!(server.next().await.to, ["a@example.com"]);
    ground
        .until_count("SELECT count(*) FROM job_history WHERE outcome = 'complete' AND attempts = 3", 1)
        .await;

    server.refuse_next(Refusal::ForGood);
    enqueue(&ground, Mail::Welcome).await;
    ground.until_count("SELECT count(*) FROM job_history WHERE outcome = 'failed' AND attempts = 1", 1).await;
    ground.until_count("SELECT count(*) FROM queue_jobs()", 0).await;
    assert!(server.arrived().await.is_empty());
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_stays_busy_is_asked_longer_than_other_jobs_are_tried() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let pause = std::time::Duration::from_millis(50);
    let settings = Settings { pauses: vec![pause], mail_pauses: vec![pause], ..through(&server, &ground) };
    let workers = ground.work(settings);
    for _ in 0..2 {
        server.refuse_next(Refusal::ForNow);
    }
    enqueue(&ground, Mail::Welcome).await;
    server.next().await;
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'sent' AND tries = 3", 1).await;
    for _ in 0..3 {
        server.refuse_next(Refusal::ForNow);
    }
    enqueue(&ground, Mail::Welcome).await;
    let given_up = "SELECT count(*) FROM mails WHERE state = 'refused' AND tries = 3 AND detail LIKE '%451%'";
    ground.until_count(given_up, 1).await;
    workers.drain().await;
    assert!(server.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_does_not_want_is_not_sent_and_what_concerns_the_account_is() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let workers = ground.work(through(&server, &ground));
    let mut person = ground.db().person(ground.user).await.unwrap();
    mails::choose(&mut person, ground.user, Topic::Reminders, false).await.unwrap();
    person.commit().await.unwrap();
    enqueue(&ground, Mail::Welcome).await;
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'unwanted'", 1).await;
    enqueue(&ground, Mail::PasswordChanged).await;
    assert_eq!(server.next().await.subject, "비밀번호가 바뀌었어요");

    let mut person = ground.db().person(ground.user).await.unwrap();
    mails::choose(&mut person, ground.user, Topic::Reminders, true).await.unwrap();
    person.commit().await.unwrap();
    enqueue(&ground, Mail::Welcome).await;
    let mail = server.next().await;
    let token = MailChoices::new(&Ground::keyring()).unwrap().token(ground.user, Topic::Reminders);
    let header =
        format!("List-Unsubscribe: <https://films.example.com/api/mail/unsubscribe?token={token}>\r\n");
    assert!(mail.raw.contains(&header), "{}", mail.raw);
    assert!(mail.raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(mail.text.contains(&format!("https://films.example.com/unsubscribe/{token}")));
    workers.drain().await;
    assert!(server.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_takes_no_mail_gets_only_what_concerns_the_account() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let workers = ground.work(through(&server, &ground));
    server.refuse_next(Refusal::NoSuchAddress);
    enqueue(&ground, Mail::Welcome).await;
    ground
        .until_count(
            "SELECT count(*) FROM mails WHERE state = 'refused' AND tries = 1 AND detail LIKE '%550%'",
            1,
        )
        .await;
    ground.until_count("SELECT count(*) FROM mail_blocks WHERE address = 'a@example.com'", 1).await;
    enqueue(&ground, Mail::Welcome).await;
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'blocked'", 1).await;
    enqueue(&ground, Mail::PasswordChanged).await;
    assert_eq!(server.next().await.to, ["a@example.com"]);
    workers.drain().await;
    assert!(server.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_one_cause_is_sent_once_however_often_it_is_asked_for() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let about = queue::mail_about(ground.user, Mail::PlanEnded, "sub_1");
    for _ in 0..3 {
        put(&ground, &about).await;
    }
    let workers = ground.work(through(&server, &ground));
    let first = server.next().await;
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'sent'", 1).await;
    for _ in 0..3 {
        put(&ground, &about).await;
        ground.until_count("SELECT count(*) FROM queue_jobs()", 0).await;
    }
    put(&ground, &queue::mail_about(ground.user, Mail::PlanEnded, "sub_2")).await;
    let second = server.next().await;
    assert_ne!(message_id(&first), message_id(&second));
    workers.drain().await;
    assert!(server.arrived().await.is_empty());
    assert_eq!(ground.count("SELECT count(*) FROM mails").await, 2);
}

/// A worker that is killed between sending and writing that down leaves the mail `sending` and its job on the queue. By SMTP
/// the mail goes out again, under the same name; another job for the same mail leaves it alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_killed_over_a_mail_is_followed_by_one_that_sends_it_under_the_same_name() {
    let (ground, server) = (Ground::new().await, MailServer::start().await);
    let job = queue::mail_about(ground.user, Mail::PlanEnded, "sub_1");
    let Job::Email { mail_id, .. } = job else { unreachable!() };
    let id = put(&ground, &job).await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    let begun = NewMail {
        id: mail_id,
        user: ground.user,
        kind: "plan_ended",
        address: "a@example.com",
        subject: "s",
        job: id,
        at: SystemClock.now(),
    };
    assert!(mails::begin(&mut connection, &begun).await.unwrap());
    assert!(!mails::begin(&mut connection, &NewMail { job: id + 1, ..begun.clone() }).await.unwrap());
    let workers = ground.work(through(&server, &ground));
    let mail = server.next().await;
    assert!(message_id(&mail).contains(&mail_id.to_string()), "{}", mail.raw);
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'sent' AND tries = 2", 1).await;
    assert!(!mails::begin(&mut connection, &begun).await.unwrap(), "it went out");
    workers.drain().await;
    assert!(server.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_a_link_is_kept_for_whoever_runs_the_server() {
    let ground = Ground::new().await;
    let workers =
        ground.work(Settings { public_url: "https://films.example.com".into(), ..ground.settings() });
    enqueue(&ground, Mail::VerifyEmail { token: "t0k3n".into() }).await;
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'printed'", 1).await;
    let mut connection = ground.db().worker().acquire().await.unwrap();
    let (rows, total) = mails::list(&mut connection, Filter::default(), 10, 0).await.unwrap();
    assert_eq!((total, rows[0].kind.as_str()), (1, "verify_email"));
    assert_eq!(rows[0].link.as_deref(), Some("https://films.example.com/verify-email?token=t0k3n"));
    // It counts no longer a day later, and the mail is forgotten after three months.
    let now = SystemClock.now();
    mails::forget_old(&mut connection, now + TimeDelta::days(2)).await.unwrap();
    assert_eq!(ground.count("SELECT count(*) FROM mails WHERE link IS NULL").await, 1);
    mails::forget_old(&mut connection, now + TimeDelta::days(91)).await.unwrap();
    assert_eq!(ground.count("SELECT count(*) FROM mails").await, 0);
    workers.drain().await;
}

/// Resend, as far as sending goes: a name that it has seen is answered as before, and nothing goes out again.
struct FakeResend {
    base: String,
    /// By the name that it was sent under: what was sent.
    sent: Arc<Mutex<BTreeMap<String, Value>>>,
    asked: Arc<Mutex<usize>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for FakeResend {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FakeResend {
    async fn start(answers: &[(u16, &'static str)]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (sent, asked) =
            (Arc::<Mutex<BTreeMap<String, Value>>>::default(), Arc::<Mutex<usize>>::default());
        let (kept, counted, answers) = (sent.clone(), asked.clone(), Mutex::new(answers.to_vec()));
        let answers = Arc::new(answers);
        let take = move |headers: HeaderMap, Json(body): Json<Value>| {
            let answer = {
                *counted.lock().unwrap() += 1;
                let mut answers = answers.lock().unwrap();
                let refusal = if answers.is_empty() { None } else { Some(answers.remove(0)) };
                answer_of(refusal, &headers, &body, &mut kept.lock().unwrap())
            };
            std::future::ready(answer)
        };
        let router = axum::Router::new().route("/emails", axum::routing::post(take));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, sent, asked, serving }
    }

    fn settings(&self, ground: &Ground) -> Settings {
        let way = Way::Resend { base: self.base.clone(), key: "re_test".into() };
        Settings {
            mail: Some(MailSettings { way, from: "MelodyVision <films@example.com>".into() }),
            ..ground.settings()
        }
    }
}

fn answer_of(
    refusal: Option<(u16, &'static str)>,
    headers: &HeaderMap,
    body: &Value,
    sent: &mut BTreeMap<String, Value>,
) -> (StatusCode, Json<Value>) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(text("authorization"), "Bearer re_test");
    assert!(text("user-agent").starts_with("MelodyVision"));
    let name = text("idempotency-key").to_owned();
    if let Some((status, word)) = refusal {
        let words = json!({ "statusCode": status, "name": word, "message": "no" });
        return (StatusCode::from_u16(status).unwrap(), Json(words));
    }
    let before = sent.entry(name.clone()).or_insert_with(|| body.clone());
    if before != body {
        let words =
            json!({ "statusCode": 409, "name": "invalid_idempotent_request", "message": "other body" });
        return (StatusCode::CONFLICT, Json(words));
    }
    (StatusCode::OK, Json(json!({ "id": format!("re-{name}") })))
}

#[tokio::test(flavor = "multi_thread")]
async fn resend_gets_a_mail_under_its_own_name_and_is_asked_again_where_that_helps() {
    let ground = Ground::new().await;
    let resend = FakeResend::start(&[(429, "rate_limit_exceeded"), (500, "application_error")]).await;
    let workers = ground.work(resend.settings(&ground));
    enqueue(&ground, Mail::Welcome).await;
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'sent' AND tries = 3", 1).await;
    {
        let sent = resend.sent.lock().unwrap();
        let (name, body) = sent.first_key_value().unwrap();
        assert_eq!((sent.len(), &body["to"][0]), (1, &json!("a@example.com")));
        assert_eq!(body["from"], "MelodyVision <films@example.com>");
        assert!(
            body["headers"]["List-Unsubscribe"]
                .as_str()
                .unwrap()
                .contains("/api/mail/unsubscribe?token=reminders-")
        );
        assert_eq!(body["tags"][1], json!({ "name": "mail_id", "value": name }));
    }
    assert_eq!(ground.count("SELECT count(*) FROM mails WHERE sent_as = 're-' || id").await, 1);
    workers.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_resend_refuses_is_written_down_and_not_sent_again() {
    let ground = Ground::new().await;
    let resend = FakeResend::start(&[(403, "validation_error")]).await;
    let workers = ground.work(resend.settings(&ground));
    enqueue(&ground, Mail::Welcome).await;
    let refused = "SELECT count(*) FROM mails WHERE state = 'refused' AND detail LIKE '%validation_error%'";
    ground.until_count(refused, 1).await;
    ground.until_count("SELECT count(*) FROM queue_jobs()", 0).await;
    workers.drain().await;
    assert_eq!(*resend.asked.lock().unwrap(), 1);
    assert_eq!(ground.count("SELECT count(*) FROM mail_blocks").await, 0, "it was not the address");
}

/// Resend has the mail, the worker died before it wrote that down, and the film was given another title since.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_after_resend_took_a_mail_sends_nothing_twice() {
    let ground = Ground::new().await;
    let resend = FakeResend::start(&[]).await;
    for (cause, body) in [("same", None), ("changed", Some(json!({ "subject": "as it was" })))] {
        let job = queue::mail_about(ground.user, Mail::PlanEnded, cause);
        let Job::Email { mail_id, .. } = job else { unreachable!() };
        if let Some(body) = body {
            resend.sent.lock().unwrap().insert(mail_id.to_string(), body);
        }
        let id = put(&ground, &job).await;
        let mut connection = ground.db().worker().acquire().await.unwrap();
        let address = "a@example.com";
        let (kind, at) = ("plan_ended", SystemClock.now());
        let begun = NewMail { id: mail_id, user: ground.user, kind, address, subject: "s", job: id, at };
        assert!(mails::begin(&mut connection, &begun).await.unwrap());
    }
    let workers = ground.work(resend.settings(&ground));
    ground.until_count("SELECT count(*) FROM mails WHERE state = 'sent' AND tries = 2", 2).await;
    workers.drain().await;
    assert_eq!(resend.sent.lock().unwrap().len(), 2, "no name but these two");
}
