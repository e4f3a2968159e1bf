//! What each mail says, in Korean and in English, as text and as HTML.

use mv_core::jobs::Mail;
use mv_store::db::recipients::{Film, Recipient};
use std::fmt::Write;

/// A mail, written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    pub(super) link: Option<String>,
}

/// What a mail speaks of.
pub(super) struct Facts<'a> {
    pub(super) public_url: &'a str,
    pub(super) film: Option<Film>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Ko,
    En,
}

/// A mail's words: subject, paragraphs, and the button with where it leads.
struct Words {
    subject: String,
    paragraphs: Vec<String>,
    button: Option<(&'static str, String)>,
}

pub(super) fn compose(mail: &Mail, to: &Recipient, facts: &Facts<'_>) -> Letter {
    let language = if to.locale.starts_with("ko") { Language::Ko } else { Language::En };
    let words = words(mail, facts, language);
    let name = to.name.as_deref().unwrap_or_default().trim();
    let greeting = match (language, name) {
        (Language::Ko, "") => "안녕하세요,".to_owned(),
        (Language::Ko, name) => format!("{name}님, 안녕하세요."),
        (Language::En, "") => "Hello,".to_owned(),
        (Language::En, name) => format!("Hello {name},"),
    };
    let mut text = format!("{greeting}\n");
    let mut body = format!("<p>{}</p>", escape(&greeting));
    for paragraph in &words.paragraphs {
        let _ = writeln!(text, "\n{paragraph}");
        let _ = write!(body, "<p>{}</p>", escape(paragraph).replace('\n', "<br>"));
    }
    let link = words.button.map(|(label, link)| {
        let _ = writeln!(text, "\n{label}:\n{link}");
        let _ = write!(body,
            "<p style=\"margin:28px 0\"><a href=\"{0}\" style=\"background:#ff8959;color:#1c1b22;padding:12px 22px;\
             border-radius:10px;text-decoration:none;font-weight:600\">{label}</a></p>\
             <p style=\"color:#6b6a74;font-size:13px;word-break:break-all\">{0}</p>",
            escape(&link)
        );
        link
    });
    text.push_str("\nMelodyVision\n");
    let lang = if language == Language::Ko { "ko" } else { "en" };
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"margin:0;padding:32px 16px;background:#fbfbfc;color:#1c1b22;\
         font:15px/1.6 Pretendard,system-ui,sans-serif\"><div style=\"max-width:520px;margin:0 auto\">{body}\
         <p style=\"color:#6b6a74;font-size:13px\">MelodyVision</p></div></body></html>",
        escape(&words.subject)
    );
    Letter { subject: words.subject, text, html, link }
}

fn words(mail: &Mail, facts: &Facts<'_>, language: Language) -> Words {
    let pick = |ko: &str, en: &str| match language {
        Language::Ko => ko.to_owned(),
        Language::En => en.to_owned(),
    };
    let label = |ko: &'static str, en: &'static str| if language == Language::Ko { ko } else { en };
    let at = |path: &str| format!("{}{path}", facts.public_url);
    let film_title = facts.film.as_ref().map_or("", |film| film.title.as_str());
    let film_page =
        facts.film.as_ref().map_or_else(|| at("/"), |film| at(&format!("/projects/{}", film.project)));
    match mail {
        Mail::VerifyEmail { token } => Words {
            subject: pick("이메일 주소를 확인해 주세요", "Confirm your e-mail address"),
            paragraphs: vec![pick(
                "아래 버튼을 누르면 가입이 끝나요. 직접 가입하지 않았다면 이 메일은 무시하세요.",
                "Press the button to finish signing up. If you did not sign up, ignore this mail.",
            )],
            button: Some((label("이메일 확인", "Confirm"), at(&format!("/verify-email?token={token}")))),
        },
        Mail::Welcome => Words {
            subject: pick("MelodyVision에 오신 걸 환영해요", "Welcome to MelodyVision"),
            paragraphs: vec![pick(
                "노래 한 곡과 사진 몇 장이면 뮤직비디오를 만들 수 있어요.",
                "A song and a few photos are all a music video takes.",
            )],
            button: Some((label("첫 영상 만들기", "Make your first video"), at("/"))),
        },
        Mail::ResetPassword { token } => Words {
            subject: pick("비밀번호 재설정", "Reset your password"),
            paragraphs: vec![pick(
                "아래 버튼으로 새 비밀번호를 정하세요. 요청하지 않았다면 아무것도 바뀌지 않으니 무시하세요.",
                "Choose a new password with the button. If you did not ask for it, ignore this mail: nothing changes.",
            )],
            button: Some((
                label("새 비밀번호 정하기", "Choose a password"),
                at(&format!("/reset-password?token={token}")),
            )),
        },
        Mail::ChangeEmail { token, .. } => Words {
            subject: pick("새 이메일 주소를 확인해 주세요", "Confirm your new e-mail address"),
            paragraphs: vec![pick(
                "아래 버튼을 누르면 이 주소로 로그인하게 돼요.",
                "Press the button, and this address becomes the one you sign in with.",
            )],
            button: Some((
                label("이 주소로 바꾸기", "Use this address"),
                at(&format!("/change-email?token={token}")),
            )),
        },
        Mail::EmailChanged { .. } => Words {
            subject: pick("이메일 주소가 바뀌었어요", "Your e-mail address was changed"),
            paragraphs: vec![pick(
                "이 계정의 주소가 다른 주소로 바뀌었어요. 직접 바꾼 것이 아니라면 바로 알려 주세요.",
                "The address of this account was changed. If that was not you, tell us at once.",
            )],
            button: None,
        },
        Mail::PasswordChanged => Words {
            subject: pick("비밀번호가 바뀌었어요", "Your password was changed"),
            paragraphs: vec![pick(
                "직접 바꾼 것이 아니라면 지금 비밀번호를 재설정하세요.",
                "If that was not you, reset your password now.",
            )],
            button: Some((label("비밀번호 재설정", "Reset password"), at("/forgot-password"))),
        },
        Mail::NewSignIn { ip_address, user_agent } => {
            let from = [user_agent.as_deref(), ip_address.as_deref()];
            let from: Vec<&str> = from.into_iter().flatten().collect();
            Words {
                subject: pick("새 기기에서 로그인했어요", "New sign-in"),
                paragraphs: vec![
                    pick(
                        "새 기기에서 이 계정에 로그인했어요.",
                        "Somebody signed in to your account on a new device.",
                    ),
                    from.join("\n"),
                    pick(
                        "직접 한 것이 아니라면 비밀번호를 바꾸세요.",
                        "If that was not you, change your password.",
                    ),
                ],
                button: Some((label("기기 보기", "See your devices"), at("/settings/sessions"))),
            }
        }
        Mail::VideoComplete { .. } => Words {
            subject: match language {
                Language::Ko => format!("‘{film_title}’ 뮤직비디오가 완성됐어요"),
                Language::En => format!("Your video for “{film_title}” is ready"),
            },
            paragraphs: vec![pick("지금 보고 내려받을 수 있어요.", "Watch it and download it now.")],
            button: Some((label("영상 보기", "Watch"), film_page)),
        },
        Mail::VideoFailed { .. } => Words {
            subject: match language {
                Language::Ko => format!("‘{film_title}’ 영상을 만들지 못했어요"),
                Language::En => format!("Your video for “{film_title}” could not be made"),
            },
            paragraphs: vec![
                facts.film.as_ref().and_then(|film| film.error.clone()).unwrap_or_default(),
                pick(
                    "끝난 장면은 남아 있어서, 다시 시도하면 이어서 만들어요.",
                    "Finished scenes are kept: try again to go on from there.",
                ),
            ],
            button: Some((label("프로젝트 열기", "Open the project"), film_page)),
        },
        Mail::ExportReady { .. } => Words {
            subject: pick("데이터 보관 파일이 준비됐어요", "Your data is ready"),
            paragraphs: vec![pick("7일 동안 내려받을 수 있어요.", "You can download it for 7 days.")],
            button: Some((label("내려받기", "Download"), at("/settings/data"))),
        },
        Mail::PaymentReceived { amount, link } => Words {
            subject: match language {
                Language::Ko => format!("{amount} 결제가 완료됐어요"),
                Language::En => format!("We received your payment of {amount}"),
            },
            paragraphs: vec![pick(
                "고마워요. 크레딧은 이미 계정에 들어가 있어요.",
                "Thank you. Your credits are in your account already.",
            )],
            button: Some(match link {
                Some(link) => (label("영수증 보기", "See the invoice"), link.clone()),
                None => (label("결제 내역 보기", "See your payments"), at("/billing")),
            }),
        },
        Mail::PaymentFailed { amount, link } => Words {
            subject: match language {
                Language::Ko => format!("{amount} 결제가 되지 않았어요"),
                Language::En => format!("Your payment of {amount} did not go through"),
            },
            paragraphs: vec![pick(
                "며칠 동안 요금제는 그대로예요. 그 안에 결제 수단을 바꾸거나 다시 결제해 주세요.",
                "Your plan stays for a few days. Change your card, or pay again, before they are over.",
            )],
            button: Some(match link {
                Some(link) => (label("지금 결제하기", "Pay now"), link.clone()),
                None => (label("결제 수단 바꾸기", "Change your card"), at("/billing")),
            }),
        },
        Mail::TrialEnding { ends_at } => Words {
            subject: pick("무료 체험이 곧 끝나요", "Your trial ends soon"),
            paragraphs: vec![match language {
                Language::Ko => format!(
                    "{}에 첫 결제가 진행돼요. 원하지 않으면 그 전에 해지하세요.",
                    ends_at.format("%Y년 %-m월 %-d일")
                ),
                Language::En => format!(
                    "The first payment is on {}. If you do not want it, cancel before then.",
                    ends_at.format("%-d %B %Y")
                ),
            }],
            button: Some((label("요금제 보기", "See your plan"), at("/billing"))),
        },
        Mail::PlanEnded => Words {
            subject: pick("요금제가 끝났어요", "Your plan has ended"),
            paragraphs: vec![pick(
                "프로젝트와 영상은 모두 그대로 있어요. 언제든 다시 시작할 수 있어요.",
                "Your projects and films are all still there. You can start again at any time.",
            )],
            button: Some((label("요금제 고르기", "Choose a plan"), at("/billing"))),
        },
        Mail::DeletionScheduled => Words {
            subject: pick("계정이 30일 뒤에 삭제돼요", "Your account will be deleted in 30 days"),
            paragraphs: vec![pick(
                "그 전에 다시 로그인하면 삭제가 취소돼요.",
                "Sign in again before then, and it stays.",
            )],
            button: Some((label("로그인", "Sign in"), at("/sign-in"))),
        },
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mv_core::ids::{ProjectId, VideoJobId};

    fn to(locale: &str, name: &str) -> Recipient {
        Recipient { email: "a@example.com".into(), name: Some(name.into()), locale: locale.into() }
    }

    #[test]
    fn people_are_written_to_in_their_language() {
        let facts = Facts { public_url: "https://films.example", film: None };
        let mail = Mail::VerifyEmail { token: "t0k3n".into() };
        let korean = compose(&mail, &to("ko", "하린"), &facts);
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
            project: ProjectId(uuid::Uuid::nil()),
            title: "<script>alert(1)</script>".into(),
            error: Some("scene 3 & 4".into()),
        };
        let facts = Facts { public_url: "https://films.example", film: Some(film) };
        let mail = Mail::VideoFailed { job_id: VideoJobId(uuid::Uuid::nil()) };
        let letter = compose(&mail, &to("en", "<b>Eve</b>"), &facts);
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>"));
        assert!(letter.html.contains("scene 3 &amp; 4"));
        assert!(letter.subject.contains("<script>"), "a subject is plain text");
    }
}
