use super::*;
use chrono::{DateTime, Utc};
use mv_core::failure::FailureCode;
use mv_core::ids::{ProjectId, TaskId, VideoJobId};
use mv_core::units::{Credits, MicroUsd};
use mv_store::db::recipients::Failure;
use uuid::Uuid;

fn to(locale: &str, name: &str) -> Recipient {
    Recipient { email: "a@example.com".into(), name: Some(name.into()), locale: locale.into() }
}

fn film(title: &str) -> Film {
    Film {
        project: ProjectId(Uuid::nil()),
        title: title.into(),
        poster_key: Some("films/poster.jpg".into()),
        seconds: Some(203.6),
        size: Some("1920x1080".into()),
        error: None,
        spent: MicroUsd::from(Credits(1240)),
        given_back: MicroUsd::ZERO,
        open: MicroUsd::ZERO,
    }
}

/// Every mail there is, by its name, with what it speaks of.
pub(in crate::mail) fn all() -> Vec<(&'static str, Mail, Facts<'static>)> {
    let facts = || Facts::new("https://films.example");
    let token = || "c2VjcmV0LXRva2VuLW9mLXRoZS1saW5r".to_owned();
    let job_id = VideoJobId(Uuid::nil());
    let page = |topic: &str| Some(format!("https://films.example/unsubscribe/{topic}-0123456789abcdef"));
    let failed = |code: Option<FailureCode>, spent: i64, back: i64, open: i64| {
        let error = Failure { code, message: "scene 3 & 4 went wrong\ntry again".into() };
        let film = Film {
            error: Some(error),
            spent: MicroUsd::from(Credits(spent)),
            given_back: MicroUsd::from(Credits(back)),
            open: MicroUsd::from(Credits(open)),
            ..film("여름밤, 우리")
        };
        Facts { film: Some(film), unsubscribe: page("films"), ..facts() }
    };
    let ready =
        Facts { film: Some(film("여름밤, 우리")), poster: true, unsubscribe: page("films"), ..facts() };
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36";
    let link = || Some("https://invoice.stripe.com/i/acct_1/test_YWNjdA".to_owned());
    let ends_at = DateTime::<Utc>::from_timestamp(1_796_000_000, 0).unwrap();
    let (video, failure) = (Mail::VideoComplete { job_id }, Mail::VideoFailed { job_id });
    vec![
        ("verify_email", Mail::VerifyEmail { token: token() }, facts()),
        ("welcome", Mail::Welcome, Facts { unsubscribe: page("reminders"), ..facts() }),
        ("reset_password", Mail::ResetPassword { token: token() }, facts()),
        ("change_email", Mail::ChangeEmail { to: "new@example.com".into(), token: token() }, facts()),
        ("email_changed", Mail::EmailChanged { to: "old@example.com".into() }, facts()),
        ("password_changed", Mail::PasswordChanged, facts()),
        (
            "new_sign_in",
            Mail::NewSignIn {
                at: DateTime::from_timestamp(1_795_600_205, 0).unwrap(),
                ip_address: Some("203.0.113.9".into()),
                user_agent: Some(agent.into()),
            },
            facts(),
        ),
        ("video_complete", video, ready),
        ("video_failed", failure.clone(), failed(Some(FailureCode::TooFewCredits), 310, 45, 0)),
        ("video_failed_unsettled", failure.clone(), failed(Some(FailureCode::Unsettled), 310, 0, 45)),
        ("video_failed_otherwise", failure, failed(None, 0, 0, 0)),
        ("export_ready", Mail::ExportReady { task_id: TaskId(Uuid::nil()) }, facts()),
        ("deletion_scheduled", Mail::DeletionScheduled, facts()),
        ("payment_received", Mail::PaymentReceived { amount: "$19.00".into(), link: link() }, facts()),
        ("payment_failed", Mail::PaymentFailed { amount: "₩25,000".into(), link: None }, facts()),
        ("trial_ending", Mail::TrialEnding { ends_at }, Facts { day: Some(ends_at.date_naive()), ..facts() }),
        ("plan_ended", Mail::PlanEnded, facts()),
        (
            "credits_low",
            Mail::CreditsLow { left: Credits(1240) },
            Facts { unsubscribe: page("reminders"), ..facts() },
        ),
    ]
}

#[test]
fn every_letter_in_both_languages() {
    for (name, mail, facts) in all() {
        for (locale, reader) in [("ko", "하린"), ("en", "Harin")] {
            let letter = compose(&mail, &to(locale, reader), &facts);
            insta::assert_snapshot!(
                format!("{name}.{locale}.text"),
                format!("{}\n\n{}", letter.subject, letter.text)
            );
            insta::assert_snapshot!(format!("{name}.{locale}.html"), letter.html);
        }
    }
}

#[test]
fn every_kind_has_a_letter_that_says_why_it_came_and_how_to_stop_it() {
    for (name, mail, facts) in all() {
        assert!(name.starts_with(mail.kind()), "{name}");
        for locale in ["ko", "en"] {
            let letter = compose(&mail, &to(locale, "Harin"), &facts);
            assert!(letter.text.contains("films.example"), "{name}");
            let stops = letter.text.contains("/unsubscribe/");
            assert_eq!(stops, mail.topic() != Topic::Account, "{name}");
            assert_eq!(letter.html.contains("/unsubscribe/"), stops, "{name}");
            assert!(!letter.subject.is_empty() && !letter.subject.contains('\n'), "{name}");
        }
    }
}

#[test]
fn people_are_written_to_in_their_language() {
    let facts = Facts::new("https://films.example");
    let mail = Mail::VerifyEmail { token: "t0k3n".into() };
    let korean = compose(&mail, &to("ko-KR", "하린"), &facts);
    assert!(korean.text.starts_with("하린님, 안녕하세요."));
    let english = compose(&mail, &to("en-GB", ""), &facts);
    assert!(english.text.starts_with("Hello,"));
    for letter in [&korean, &english] {
        let link = "https://films.example/verify-email?token=t0k3n";
        assert_eq!(letter.link.as_deref(), Some(link));
        assert!(letter.text.contains(link) && letter.html.contains(link));
    }
}

#[test]
fn titles_and_names_are_text_not_html() {
    let film = Film {
        error: Some(Failure { code: None, message: "scene 3 & 4".into() }),
        ..film("<script>alert(1)</script>\" onload=\"x")
    };
    for (mail, poster) in [
        (Mail::VideoFailed { job_id: VideoJobId(Uuid::nil()) }, false),
        (Mail::VideoComplete { job_id: VideoJobId(Uuid::nil()) }, true),
    ] {
        let facts = Facts { film: Some(film.clone()), poster, ..Facts::new("https://films.example") };
        let letter = compose(&mail, &to("en", "<b>Eve</b>"), &facts);
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>"));
        assert!(!letter.html.contains("\" onload"), "{}", letter.html);
        assert!(letter.subject.contains("<script>"), "a subject is plain text");
    }
}

/// The studio's pages, by the words of their addresses.
#[test]
fn buttons_lead_to_pages_that_are_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/app/routes");
    let mut words = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let paths = text.split("path: \"").skip(1).filter_map(|rest| rest.split('"').next());
        words.extend(paths.flat_map(|path| path.split('/').map(str::to_owned).collect::<Vec<_>>()));
    }
    for (name, mail, facts) in all() {
        let Some(link) = compose(&mail, &to("en", "Harin"), &facts).link else { continue };
        let Some(path) = link.strip_prefix("https://films.example/") else { continue };
        let path = path.split('?').next().unwrap();
        for word in path.split('/').filter(|word| Uuid::parse_str(word).is_err()) {
            assert!(words.contains(word), "{name}: the studio has no page `/{path}`");
        }
    }
}
