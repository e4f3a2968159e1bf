//! What each mail says, in Korean and in English.

use super::device::device;
use super::letter::{Facts, Language};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use mv_core::failure::FailureCode;
use mv_core::jobs::Mail;
use mv_core::units::{Credits, MicroUsd};
use mv_store::db::recipients::{Failure, Film};

/// A mail's words, from the top down.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) paragraphs: Vec<String>,
    /// Names and values.
    pub(super) facts: Vec<(&'static str, String)>,
    /// Its label, and where it leads.
    pub(super) button: Option<(&'static str, String)>,
    /// Said below the button, in a lower voice.
    pub(super) note: Option<String>,
}

pub(super) fn words(mail: &Mail, facts: &Facts<'_>, language: Language) -> Words {
    let say = |ko: &str, en: &str| language.pick(ko, en).to_owned();
    let label = |ko: &'static str, en: &'static str| language.pick(ko, en);
    let at = |path: &str| format!("{}{path}", facts.public_url);
    let not_you = || {
        Some(say(
            "직접 요청하지 않았다면 이 메일은 무시해 주세요. 아무것도 바뀌지 않아요.",
            "If you did not ask for this, ignore this mail. Nothing changes.",
        ))
    };
    match mail {
        Mail::VerifyEmail { token } => Words {
            subject: say("이메일 주소를 확인해 주세요", "Confirm your e-mail address"),
            paragraphs: vec![say(
                "아래 버튼을 누르면 가입이 끝나요. 링크는 24시간 동안 쓸 수 있어요.",
                "Press the button to finish signing up. The link counts for 24 hours.",
            )],
            button: Some((
                label("이메일 확인하기", "Confirm my address"),
                at(&format!("/verify-email?token={token}")),
            )),
            note: Some(say(
                "직접 가입하지 않았다면 이 메일은 무시해 주세요.",
                "If you did not sign up, ignore this mail.",
            )),
            ..Words::default()
        },
        Mail::Welcome => Words {
            subject: say("MelodyVision에 오신 걸 환영해요", "Welcome to MelodyVision"),
            paragraphs: vec![
                say(
                    "노래 한 곡과 사진 몇 장이면 뮤직비디오를 만들 수 있어요.",
                    "A song and a few photos are all that a music video takes.",
                ),
                say(
                    "노래를 올리면 박자와 구간, 가사를 듣고 장면을 나눠 드려요. 고치고 싶은 장면만 고치면 돼요.",
                    "Upload a song: we hear its beats, its sections and its words, and lay out the scenes. Change only \
                     those that you want otherwise.",
                ),
            ],
            button: Some((label("첫 영상 만들기", "Make your first video"), at("/new"))),
            ..Words::default()
        },
        Mail::ResetPassword { token } => Words {
            subject: say("비밀번호 재설정", "Reset your password"),
            paragraphs: vec![say(
                "아래 버튼으로 새 비밀번호를 정하세요. 링크는 1시간 동안 한 번 쓸 수 있어요.",
                "Choose a new password with the button. The link counts once, for an hour.",
            )],
            button: Some((
                label("새 비밀번호 정하기", "Choose a new password"),
                at(&format!("/reset-password?token={token}")),
            )),
            note: not_you(),
            ..Words::default()
        },
        Mail::ChangeEmail { token, .. } => Words {
            subject: say("새 이메일 주소를 확인해 주세요", "Confirm your new e-mail address"),
            paragraphs: vec![say(
                "아래 버튼을 누르면 앞으로 이 주소로 로그인해요.",
                "Press the button, and this address becomes the one that you sign in with.",
            )],
            button: Some((
                label("이 주소로 바꾸기", "Use this address"),
                at(&format!("/change-email?token={token}")),
            )),
            note: not_you(),
            ..Words::default()
        },
        Mail::EmailChanged { .. } => Words {
            subject: say("이메일 주소가 바뀌었어요", "Your e-mail address was changed"),
            paragraphs: vec![
                say(
                    "이 계정은 이제 다른 주소로 로그인해요. 이 주소로는 더 이상 메일이 가지 않아요.",
                    "The account is signed in to with another address now. This one gets no more mail.",
                ),
                say(
                    "직접 바꾼 것이 아니라면 서비스 운영자에게 바로 알려 주세요.",
                    "If that was not you, tell whoever runs the service at once.",
                ),
            ],
            ..Words::default()
        },
        Mail::PasswordChanged => Words {
            subject: say("비밀번호가 바뀌었어요", "Your password was changed"),
            paragraphs: vec![
                say("다른 기기는 모두 로그아웃됐어요.", "All your other devices were signed out."),
                say(
                    "직접 바꾼 것이 아니라면 지금 비밀번호를 재설정해 주세요.",
                    "If that was not you, reset your password now.",
                ),
            ],
            button: Some((label("비밀번호 재설정", "Reset my password"), at("/forgot"))),
            ..Words::default()
        },
        Mail::NewSignIn { at: when, ip_address, user_agent } => {
            let device = user_agent.as_deref().and_then(device);
            let facts = [
                (label("로그인한 때", "When"), Some(minute(*when, language))),
                (label("브라우저", "Browser"), device),
                (label("IP 주소", "IP address"), ip_address.clone()),
            ];
            Words {
                subject: say("새 기기에서 로그인했어요", "New sign-in to your account"),
                paragraphs: vec![
                    say(
                        "처음 보는 기기에서 이 계정에 로그인했어요. 본인이라면 아무것도 하지 않아도 돼요.",
                        "Somebody signed in to your account on a device that we had not seen. If it was you, there is \
                         nothing to do.",
                    ),
                    say(
                        "본인이 아니라면 그 기기를 로그아웃하고 비밀번호를 바꿔 주세요.",
                        "If it was not, sign that device out and change your password.",
                    ),
                ],
                facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
                button: Some((label("내 기기 보기", "See my devices"), at("/settings/security"))),
                ..Words::default()
            }
        }
        Mail::VideoComplete { .. } => ready(facts, language),
        Mail::VideoFailed { .. } => failed(facts, language),
        Mail::ExportReady { .. } => Words {
            subject: say("데이터 보관 파일이 준비됐어요", "Your data is ready"),
            paragraphs: vec![say(
                "계정의 기록과 파일을 모두 담았어요. 7일 동안 내려받을 수 있어요.",
                "It holds all your records and files. You can download it for 7 days.",
            )],
            button: Some((label("내려받기", "Download"), at("/settings/privacy"))),
            note: Some(say("내려받으려면 로그인해야 해요.", "You sign in to download it.")),
            ..Words::default()
        },
        Mail::PaymentReceived { amount, link } => Words {
            subject: language
                .pick(format!("{amount} 결제가 완료됐어요"), format!("We received your payment of {amount}")),
            paragraphs: vec![say(
                "고마워요. 크레딧은 이미 계정에 들어가 있어요.",
                "Thank you. Your credits are in your account already.",
            )],
            facts: vec![(label("결제 금액", "Amount"), amount.clone())],
            button: Some(match link {
                Some(link) => (label("영수증 보기", "See the invoice"), link.clone()),
                None => (label("결제 내역 보기", "See my payments"), at("/billing")),
            }),
            ..Words::default()
        },
        Mail::PaymentFailed { amount, link } => Words {
            subject: language.pick(
                format!("{amount} 결제가 되지 않았어요"),
                format!("Your payment of {amount} did not go through"),
            ),
            paragraphs: vec![say(
                "며칠 동안 요금제는 그대로예요. 그 안에 결제 수단을 바꾸거나 다시 결제해 주세요.",
                "Your plan stays for a few days. Change your card, or pay again, before they are over.",
            )],
            facts: vec![(label("결제 금액", "Amount"), amount.clone())],
            button: Some(match link {
                Some(link) => (label("지금 결제하기", "Pay now"), link.clone()),
                None => (label("결제 수단 바꾸기", "Change my card"), at("/billing")),
            }),
            ..Words::default()
        },
        Mail::TrialEnding { ends_at } => {
            let day = day(facts.day.unwrap_or_else(|| ends_at.date_naive()), language);
            Words {
                subject: say("무료 체험이 곧 끝나요", "Your trial ends soon"),
                paragraphs: vec![say(
                    "체험이 끝나는 날 첫 결제가 진행돼요. 원하지 않으면 그 전에 해지해 주세요. 만든 것은 모두 남아요.",
                    "The first payment is made on the day the trial ends. If you do not want it, cancel before. All that \
                     you made stays.",
                )],
                facts: vec![(label("첫 결제일", "First payment"), day)],
                button: Some((label("요금제 보기", "See my plan"), at("/billing"))),
                ..Words::default()
            }
        }
        Mail::PlanEnded => Words {
            subject: say("요금제가 끝났어요", "Your plan has ended"),
            paragraphs: vec![say(
                "프로젝트와 영상은 모두 그대로 있어요. 언제든 다시 시작할 수 있어요.",
                "Your projects and films are all still there. You can start again at any time.",
            )],
            button: Some((label("요금제 고르기", "Choose a plan"), at("/pricing"))),
            ..Words::default()
        },
        Mail::CreditsLow { left } => Words {
            subject: say("크레딧이 얼마 남지 않았어요", "Your credits are running low"),
            paragraphs: vec![say(
                "다음 영상을 끝까지 만들기에 모자랄 수 있어요. 모자라면 만들던 영상이 멈추고, 끝난 장면은 남아 있어요.",
                "They may not be enough to finish the next film. One that runs out of them stops; its finished scenes are kept.",
            )],
            facts: vec![(label("남은 크레딧", "Credits left"), grouped(left.0))],
            button: Some((label("크레딧 채우기", "Add credits"), at("/billing"))),
            ..Words::default()
        },
        Mail::DeletionScheduled => Words {
            subject: say("계정이 30일 뒤에 삭제돼요", "Your account will be deleted in 30 days"),
            paragraphs: vec![
                say(
                    "그때까지 프로젝트와 영상은 지워지지 않아요. 그 뒤에는 되돌릴 수 없어요.",
                    "Until then your projects and films are kept. After that there is no way back.",
                ),
                say(
                    "마음이 바뀌면 그 전에 다시 로그인하세요. 삭제가 취소돼요.",
                    "If you change your mind, sign in again before: that cancels it.",
                ),
            ],
            button: Some((label("로그인해서 취소하기", "Sign in and cancel it"), at("/sign-in"))),
            ..Words::default()
        },
    }
}

fn ready(facts: &Facts<'_>, language: Language) -> Words {
    let title = title(facts);
    let mut words = Words {
        subject: language
            .pick(format!("‘{title}’ 뮤직비디오가 완성됐어요"), format!("Your video for “{title}” is ready")),
        paragraphs: vec![
            language.pick("지금 바로 보고 내려받을 수 있어요.", "Watch it and download it now.").to_owned(),
        ],
        button: Some((language.pick("영상 보기", "Watch it"), film_page(facts))),
        ..Words::default()
    };
    let Some(film) = &facts.film else { return words };
    if let Some(seconds) = film.seconds {
        words.facts.push((language.pick("길이", "Length"), length(seconds)));
    }
    if let Some(size) = &film.size {
        words.facts.push((language.pick("해상도", "Resolution"), size.replace('x', " × ")));
    }
    if film.spent.0 > 0 {
        words.facts.push((language.pick("쓴 크레딧", "Credits spent"), credits(film.spent)));
    }
    words
}

fn failed(facts: &Facts<'_>, language: Language) -> Words {
    let title = title(facts);
    let mut words = Words {
        subject: language.pick(
            format!("‘{title}’ 영상을 만들지 못했어요"),
            format!("Your video for “{title}” could not be made"),
        ),
        button: Some((language.pick("프로젝트 열기", "Open the project"), film_page(facts))),
        ..Words::default()
    };
    let nothing = Failure::default();
    let failure = facts.film.as_ref().and_then(|film| film.error.as_ref()).unwrap_or(&nothing);
    words.paragraphs.push(happened(failure, language));
    words.paragraphs.push(
        language
            .pick(
                "끝난 장면은 남아 있어서, 다시 시도하면 거기서부터 이어서 만들어요.",
                "Finished scenes are kept: try again, and it goes on from there.",
            )
            .to_owned(),
    );
    if let Some(film) = &facts.film {
        words.facts = given_back(film, language);
    }
    words
}

fn day(day: NaiveDate, language: Language) -> String {
    language.pick(
        format!("{}년 {}월 {}일", day.year(), day.month(), day.day()),
        day.format("%-d %B %Y").to_string(),
    )
}

/// To the minute, in the one zone that everybody can reckon from.
fn minute(at: DateTime<Utc>, language: Language) -> String {
    let (day, time) = (day(at.date_naive(), language), at.format("%H:%M"));
    language.pick(format!("{day} {time} (UTC)"), format!("{day}, {time} UTC"))
}

/// What became of the credits of a film that was not made.
fn given_back(film: &Film, language: Language) -> Vec<(&'static str, String)> {
    let rows = [
        (language.pick("쓴 크레딧", "Spent"), film.spent),
        (language.pick("돌려드린 크레딧", "Given back"), film.given_back),
        (language.pick("확인 중인 크레딧", "Still being looked into"), film.open),
    ];
    let moved = rows.into_iter().filter(|(_, amount)| amount.0 > 0);
    let mut rows: Vec<_> = moved.map(|(name, amount)| (name, credits(amount))).collect();
    if rows.is_empty() {
        rows.push((language.pick("쓴 크레딧", "Credits spent"), "0".to_owned()));
    }
    rows
}

/// Why it was not made, in the reader's language; what nobody has words for is said as the error says it.
fn happened(failure: &Failure, language: Language) -> String {
    use FailureCode as F;
    let words = match failure.code {
        Some(F::OverBudget) => (
            "정해 둔 예산에 닿아서 멈췄어요. 예산을 올리고 다시 주문해 주세요.",
            "It reached the budget that was set. Raise the budget and order again.",
        ),
        Some(F::TooFewCredits) => (
            "크레딧이 모자라서 멈췄어요. 크레딧을 채우거나 내 키를 쓰고 다시 주문해 주세요.",
            "There were too few credits. Add some, or use a key of your own, and order again.",
        ),
        Some(F::Refused) => (
            "AI 서비스가 한 장면을 그리지 않겠다고 했어요. 그 장면의 문구를 바꿔 주세요.",
            "The AI service refused to make one of the scenes. Reword that scene.",
        ),
        Some(F::Auth | F::QuotaExhausted) => (
            "AI 서비스가 키를 받아 주지 않았어요. 설정에서 키와 그 계정의 잔액을 확인해 주세요.",
            "The AI service did not take the key. Check it in the settings, and what is left of its account.",
        ),
        Some(
            F::ServiceRateLimited
            | F::ServiceTimeout
            | F::ServiceUnavailable
            | F::BadResponse
            | F::ServiceFailed
            | F::ResultGone,
        ) => (
            "AI 서비스가 여러 번 응답하지 않았어요. 조금 뒤에 다시 시도하거나 다른 모델을 골라 주세요.",
            "The AI service did not answer, several times. Try again later, or choose another model.",
        ),
        Some(F::Unsettled) => (
            "AI 서비스가 작업을 받았는지 확실하지 않아요. 두 번 결제되지 않도록 확인이 끝날 때까지 멈췄어요.",
            "It is not certain whether the AI service took the work in. Nothing is sent again until that is known, so that \
             nothing is paid twice.",
        ),
        Some(F::InvalidRequest | F::CannotMake) => (
            "이 모델로는 만들 수 없는 장면이 있어요. 장면을 고치거나 다른 모델을 골라 주세요.",
            "One of the scenes cannot be made by this model. Change the scene, or choose another model.",
        ),
        Some(F::Internal) => (
            "저희 쪽에서 문제가 생겼어요. 다시 시도해 주세요.",
            "Something went wrong on our side. Please try again.",
        ),
        _ if failure.message.is_empty() => ("만드는 중에 멈췄어요.", "It stopped while it was made."),
        _ => return failure.message.clone(),
    };
    language.pick(words.0, words.1).to_owned()
}

fn title<'a>(facts: &'a Facts<'_>) -> &'a str {
    facts.film.as_ref().map_or("", |film| film.title.as_str())
}

fn film_page(facts: &Facts<'_>) -> String {
    match &facts.film {
        Some(film) => format!("{}/p/{}/finish", facts.public_url, film.project),
        None => format!("{}/home", facts.public_url),
    }
}

fn length(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

fn credits(amount: MicroUsd) -> String {
    grouped(Credits::whole(amount).0)
}

/// `12,345`
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}
