//! Mails as a mail server gets them.

use crate::ground::Ground;
use mv_core::jobs::{Job, Mail};
use mv_jobs::{Settings, SmtpSettings};
use mv_store::queue::{self, Enqueue};
use mv_testing::mail::{MailServer, Refusal};

fn through(server: &MailServer, ground: &Ground) -> Settings {
    let from = "MelodyVision <films@example.com>".to_owned();
    Settings {
        smtp: Some(SmtpSettings { url: server.url(), from }),
        public_url: "https://films.example.com/".into(),
        ..ground.settings()
    }
}

async fn enqueue(ground: &Ground, mail: Mail) {
    let mut person = ground.db().person(ground.user).await.unwrap();
    let job = Job::Email { user_id: ground.user, mail };
    queue::enqueue(&mut person, &job, Enqueue::by(ground.user)).await.unwrap();
    person.commit().await.unwrap();
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
    assert_eq!(ground.count("SELECT count(*) FROM queue_jobs()").await, 0);
    assert!(server.arrived().await.is_empty());
    workers.drain().await;
}
