//! What went wrong, in Korean: the wording of every error that a person can meet, and what to do about it.
//!
//! Each function matches its error exhaustively, so that a new error cannot be left without words.

use mv_animatic::portrait::PortraitError;
use mv_audio::HearError;
use mv_core::storyboard::StoryboardError;
use mv_director::lyrics::LyricsError;
use mv_director::planfile::PlanError;
use mv_director::template::TemplateError;
use mv_media::MediaError;
use mv_production::ProductionError;
use mv_production::purchase::LedgerError;
use mv_providers::ProviderError;

/// A message, and a hint where there is something to do.
pub(crate) type Words = (String, Option<String>);

fn words(message: impl Into<String>, hint: &str) -> Words {
    (message.into(), (!hint.is_empty()).then(|| hint.to_owned()))
}

pub(crate) fn hearing(error: &HearError) -> Words {
    match error {
        HearError::Empty => {
            words("파일이 비어 있어요", "내보내기나 내려받기가 실패했을 수 있으니 다시 만들어 주세요")
        }
        HearError::NotAudio { reason } => words(
            format!("읽을 수 있는 음악 파일이 아니에요: {reason}"),
            "MP3, WAV, FLAC, M4A(AAC·ALAC), Ogg Vorbis, Opus 파일을 주세요",
        ),
        HearError::NoSoundTrack => {
            words("소리가 없는 파일이에요", "노래 파일을 주세요. 그림이나 소리 없는 영상 같아요")
        }
        HearError::UnsupportedCodec { what } => words(
            format!("읽을 수 없는 방식으로 저장된 소리예요: {what}"),
            "먼저 바꿔 주세요. 예: ffmpeg -i song.xyz song.wav",
        ),
        HearError::Protected => {
            words("복사 방지가 걸린 파일이에요", "직접 내보낸 파일처럼 복사 방지가 없는 파일을 주세요")
        }
        HearError::Damaged { reason } => words(
            format!("소리가 손상되어 있어요: {reason}"),
            "플레이어로 끝까지 들어 보고, 끊기면 다시 내보내 주세요",
        ),
        HearError::Silent => {
            words("노래에 소리가 없어요", "맞는 파일을 내보냈는지, 음소거된 트랙이 없는지 확인해 주세요")
        }
        HearError::TooShort { seconds } => words(
            format!(
                "노래가 `{seconds:.1}`초예요. 영상을 만들려면 {:.0}초 이상이어야 해요",
                mv_audio::SHORTEST_SECONDS
            ),
            "노래 전체를 주세요",
        ),
        HearError::TooLong { seconds } => words(
            format!(
                "노래가 `{:.1}`분을 넘어요. {:.0}분까지 쓸 수 있어요",
                seconds / 60.0,
                mv_audio::LONGEST_SECONDS / 60.0
            ),
            "녹음을 곡별로 나눠 하나를 주세요",
        ),
        HearError::Io(source) => {
            words(format!("파일을 읽을 수 없어요: {source}"), "이름과 폴더를 확인해 주세요")
        }
        HearError::Cancelled => words("중단했어요", ""),
    }
}

pub(crate) fn portrait(error: &PortraitError) -> Words {
    match error {
        PortraitError::Empty => words("사진 파일이 비어 있어요", "JPEG, PNG, WebP 사진을 골라 주세요"),
        PortraitError::Unsupported(kind) => {
            words(format!("`{kind}` 사진은 읽을 수 없어요"), "열어서 JPEG나 PNG로 내보내 주세요")
        }
        PortraitError::NotAnImage => words("사진이 아니에요", "JPEG, PNG, WebP 사진을 골라 주세요"),
        PortraitError::Damaged(reason) => {
            words(format!("사진이 손상되어 있어요: {reason}"), "다시 저장하거나 다른 사진을 골라 주세요")
        }
        PortraitError::TooLarge { width, height } => words(
            format!("사진이 `{width}` × `{height}` 픽셀로 너무 커요"),
            "줄여 주세요. 긴 쪽이 2000픽셀이면 충분해요",
        ),
        PortraitError::TooSmall { width, height } => {
            words(format!("사진이 `{width}` × `{height}` 픽셀로 너무 작아요"), "더 큰 사진을 골라 주세요")
        }
        PortraitError::NoFace => words(
            "사진에서 얼굴을 찾지 못했어요",
            "정면 얼굴이 하나 보이는 사진을 고르거나, 얼굴 없이 쓰려면 --any-face를 붙여 주세요",
        ),
    }
}

pub(crate) fn template(error: &TemplateError) -> Words {
    let hint = "`melodyvision templates`로 목록을 볼 수 있어요";
    match error {
        TemplateError::Read { file, source } => {
            words(format!("템플릿 `{file}` 파일을 읽을 수 없어요: {source}"), "이름과 폴더를 확인해 주세요")
        }
        TemplateError::TooLarge { file, size } => {
            words(format!("템플릿 `{file}` 파일이 {size}바이트로 너무 커요"), hint)
        }
        TemplateError::Syntax { file, line, message } => {
            words(format!("템플릿 `{file}` {line}번째 줄: {message}"), "그 줄을 고쳐 주세요")
        }
        TemplateError::Field { file, field, value, rule } => {
            words(format!("템플릿 `{file}`: `{field}` 값 `{value}`: {rule}"), "그 값을 고쳐 주세요")
        }
        TemplateError::Unknown { id, known } => {
            words(format!("`{id}` 템플릿은 없어요"), &format!("고를 수 있는 것: {known}"))
        }
    }
}

pub(crate) fn lyrics(error: &LyricsError) -> Words {
    let line_hint = "그 줄을 고쳐 주세요";
    match error {
        LyricsError::Read { file, source } => {
            words(format!("가사 `{file}` 파일을 읽을 수 없어요: {source}"), "이름과 폴더를 확인해 주세요")
        }
        LyricsError::TooLarge(bytes) => {
            words(format!("가사 파일이 `{bytes}`바이트로 너무 커요"), "가사만 든 파일을 주세요")
        }
        LyricsError::Encoding => words("가사 파일의 글자를 읽을 수 없어요", "UTF-8로 저장해 주세요"),
        LyricsError::Empty => words("가사 파일에 글이 없어요", "가사를 넣어 주세요"),
        LyricsError::TooManyLines => words("가사 파일의 줄이 너무 많아요", "가사만 든 파일을 주세요"),
        LyricsError::LongLine { line } => words(format!("가사 {line}번째 줄이 너무 길어요"), line_hint),
        LyricsError::Time { line, text, like } => words(
            format!("가사 {line}번째 줄: `{text}`은(는) 시간이 아니에요"),
            &format!("`{like}`처럼 써 주세요"),
        ),
        LyricsError::Untimed { line, text } => words(
            format!("가사 {line}번째 줄: `{text}` 앞에 시간이 없어요"),
            "`[01:23.45]가사`처럼 써 주세요",
        ),
        LyricsError::Backwards { line } => {
            words(format!("가사 {line}번째 줄: 시작보다 끝이 빨라요"), line_hint)
        }
        LyricsError::WordOrder { line, word } => {
            words(format!("가사 {line}번째 줄: 단어 `{word}`의 시간이 앞 단어보다 빨라요"), line_hint)
        }
        LyricsError::BeyondSong { line, start, duration } => words(
            format!("가사 {line}번째 줄이 `{start:.2}`초에 시작하는데 노래는 {duration:.2}초에 끝나요"),
            "이 녹음의 가사가 맞는지 확인해 주세요. LRC는 `[offset:±밀리초]`로 옮길 수 있어요",
        ),
    }
}

pub(crate) fn plan(error: &PlanError) -> Words {
    let hint = "고치거나 `melodyvision plan`으로 새로 만들어 주세요";
    match error {
        PlanError::Read { file, source } => {
            words(format!("구성 `{file}` 파일을 읽을 수 없어요: {source}"), "이름과 폴더를 확인해 주세요")
        }
        PlanError::TooLarge { file, size } => {
            words(format!("구성 `{file}` 파일이 {size}바이트로 너무 커요"), hint)
        }
        PlanError::Json { file, path, line, column, message } => {
            words(format!("구성 `{file}` {line}번째 줄 {column}번째 글자, `{path}`: {message}"), hint)
        }
        PlanError::Version { file, found } => {
            words(format!("구성 `{file}` 파일의 버전 {found}은(는) 읽을 수 없어요"), hint)
        }
        PlanError::TooManyScenes { file, count } => {
            words(format!("구성 `{file}` 파일의 장면이 {count}개로 너무 많아요"), hint)
        }
        PlanError::Rule { file, error } => {
            (format!("구성 `{file}`: {}", storyboard(error)), Some(hint.to_owned()))
        }
        PlanError::OtherSong { .. } => words(
            "다른 노래로 만든 구성이에요",
            "그 노래를 주거나 `melodyvision plan`으로 새로 만들어 주세요",
        ),
    }
}

fn storyboard(error: &StoryboardError) -> String {
    match error {
        StoryboardError::Version { found } => format!("버전 `{found}`은(는) 읽을 수 없어요"),
        StoryboardError::Song(duration, tempo) => {
            format!("노래 길이 `{duration}`초와 템포 `{tempo}` BPM은 0보다 커야 해요")
        }
        StoryboardError::NoScenes => "장면이 없어요".into(),
        StoryboardError::FirstStart(start) => format!("장면 1이 `{start}`초에 시작해요. 0초여야 해요"),
        StoryboardError::Order { number, start } => {
            format!("장면 {number}의 시작 `{start}`초가 앞 장면과 너무 가깝거나 앞서요")
        }
        StoryboardError::LastScene { start, duration } => {
            format!("마지막 장면이 `{start}`초에 시작하는데 노래는 `{duration}`초에 끝나요")
        }
        StoryboardError::Range { number, field, value, low, high } => {
            format!("장면 {number}: `{field}` 값 `{value}`은(는) {low}에서 {high} 사이여야 해요")
        }
        StoryboardError::UnknownCast { number, id } => {
            format!("장면 {number}의 `{id}`은(는) 출연진에 없어요")
        }
        StoryboardError::Mention { number, field, name } => {
            format!("장면 {number}: `{field}`에서 부른 `@{name}`은(는) 출연진에 없어요")
        }
        StoryboardError::DuplicateCast(id) => format!("출연진에 `{id}`이(가) 두 번 있어요"),
        StoryboardError::Rhyme { number, target } => {
            format!("장면 {number}이(가) 돌아갈 장면 {target}은(는) 그보다 앞에 있어야 해요")
        }
    }
}

pub(crate) fn media(error: &MediaError) -> Words {
    let install = "FFmpeg을 설치하거나(`apt install ffmpeg`) MV_FFMPEG로 위치를 알려 주세요";
    let again = "다시 실행해 주세요. 되풀이되면 알려 주세요";
    match error {
        MediaError::NotInstalled { tool } => words(format!("`{tool}`이(가) 설치되어 있지 않아요"), install),
        MediaError::TooOld { tool, found, needed } => {
            words(format!("`{tool}` 버전이 `{found}`이에요. {needed} 이상이 필요해요"), install)
        }
        MediaError::Lacks { tool, feature } => words(
            format!("`{tool}`에 {feature} 기능이 없어요"),
            "배포판의 전체 FFmpeg 패키지를 설치해 주세요",
        ),
        MediaError::Start { tool, source } => {
            words(format!("`{tool}`을(를) 시작할 수 없어요: {source}"), install)
        }
        MediaError::Failed { tool, status, detail } => {
            words(format!("`{tool}`이(가) 실패했어요({status}): {detail}"), again)
        }
        MediaError::DiskFull { path } => words(
            format!("디스크가 가득 차서 `{}`에 쓸 수 없어요", path.display()),
            "공간을 비우고 다시 실행해 주세요. 끝난 부분은 남아 있어요",
        ),
        MediaError::Write { path, reason } => {
            words(format!("`{}`에 쓸 수 없어요: {reason}", path.display()), "쓸 수 있는 폴더를 골라 주세요")
        }
        MediaError::Read { path, reason } => words(
            format!("`{}`을(를) 읽을 수 없어요: {reason}", path.display()),
            "이름과 권한을 확인해 주세요",
        ),
        MediaError::Undecodable { path, reason } => words(
            format!("`{}`은(는) 풀 수 있는 영상이 아니에요: {reason}", path.display()),
            "다시 만들거나 MP4, MOV, WebM, MKV 영상으로 바꿔 주세요",
        ),
        MediaError::NoPicture { path } => {
            words(format!("`{}`에 화면이 없어요", path.display()), "다른 영상으로 바꿔 주세요")
        }
        MediaError::ClipTooShort { path, has, needs } => words(
            format!("`{}`이(가) {has}프레임인데 {needs}프레임이 필요해요", path.display()),
            "더 긴 영상을 쓰거나 장면을 줄여 주세요",
        ),
        MediaError::FrameCount { path, found, expected } => words(
            format!("`{}`이(가) {expected}프레임이어야 하는데 {found}프레임이에요", path.display()),
            again,
        ),
        MediaError::Unjoinable { path, first, reason } => words(
            format!("`{}`을(를) `{}`에 이을 수 없어요: {reason}", path.display(), first.display()),
            again,
        ),
        MediaError::Broken { path, reason } => {
            words(format!("`{}`이(가) 잘못 만들어졌어요: {reason}", path.display()), again)
        }
        MediaError::Drawing { frame } => words(format!("프레임 {frame}을(를) 그릴 수 없었어요"), again),
        MediaError::Spec(reason) => words(reason.clone(), again),
        MediaError::Cancelled => words("중단했어요", ""),
    }
}

pub(crate) fn production(error: &ProductionError) -> Words {
    match error {
        ProductionError::Cancelled => words("중단했어요", ""),
        ProductionError::FolderInUse { folder } => words(
            format!("작업 폴더 `{}`을(를) 다른 실행이 쓰고 있어요", folder.display()),
            "그 실행이 끝나기를 기다리거나 --work로 다른 폴더를 정해 주세요",
        ),
        ProductionError::DiskFull { path } => words(
            format!("`{}`의 디스크가 가득 찼어요", path.display()),
            "공간을 비우고 다시 실행해 주세요. 끝난 부분은 남아 있어요",
        ),
        ProductionError::Folder { path, source } => {
            words(format!("`{}`에 쓸 수 없어요: {source}", path.display()), "폴더와 권한을 확인해 주세요")
        }
        ProductionError::Ledger(error) => ledger(error),
        ProductionError::Unsettled { call, provider, why } => words(
            format!("`{provider}`이(가) 작업을 받았는지 여기서는 알 수 없어요: {why} (호출 {call})"),
            &format!("그 서비스의 페이지를 보고 `melodyvision calls 작업폴더 --settle {call}`로 알려 주세요"),
        ),
        ProductionError::NoMaker { model } => words(
            format!("모델 `{model}`은(는) 여기에 준비되어 있지 않아요"),
            "그 서비스의 키를 MV_KEY_이름으로 주거나 다른 모델을 골라 주세요",
        ),
        ProductionError::TooLong { scene, seconds, model, longest } => words(
            format!(
                "장면 {scene}은(는) 전환까지 {seconds:.1}초인데 `{model}`은(는) {longest}초까지만 만들어요"
            ),
            "장면을 둘로 나누거나 더 긴 클립을 만드는 모델을 골라 주세요",
        ),
        ProductionError::MissingMaterial { hash } => words(
            format!("구성에 필요한 파일(해시 `{hash}`)이 없어요"),
            "구성을 만들 때 쓴 사진을 --photo 이름=파일로 다시 주세요",
        ),
        ProductionError::Plan(error) => {
            (storyboard(error), Some("고치거나 `melodyvision plan`으로 새로 만들어 주세요".into()))
        }
        ProductionError::Template(error) => template(error),
        ProductionError::Hearing(error) => hearing(error),
        ProductionError::Media(error) => media(error),
        ProductionError::Provision(error) => provider(error),
        ProductionError::Encoding(error) => words(format!("내부 오류: {error}"), "결함이에요. 알려 주세요"),
        ProductionError::Worker => words("내부 오류: 작업이 뜻밖에 멈췄어요", "결함이에요. 알려 주세요"),
    }
}

fn ledger(error: &LedgerError) -> Words {
    match error {
        LedgerError::OverBudget { cap, needed, .. } => words(
            format!("{needed}이(가) 들어 예산 {cap}을(를) 넘어요"),
            "만든 것은 남아 있어요. 더 큰 --budget으로 다시 실행해 주세요",
        ),
        LedgerError::TooFewCredits { balance, needed } => {
            words(format!("크레딧 {needed}이(가) 필요한데 {balance} 남았어요"), "크레딧을 채워 주세요")
        }
        LedgerError::Busy | LedgerError::Superseded => {
            words("다른 실행이 같은 것을 사고 있어요", "그 실행이 끝나기를 기다려 주세요")
        }
        LedgerError::Unavailable { detail, .. } => words(
            format!("비용 장부를 쓸 수 없어요: {detail}"),
            "디스크와 작업 폴더를 확인해 주세요. 장부 없이는 아무것도 사지 않아요",
        ),
    }
}

fn provider(error: &ProviderError) -> Words {
    match error {
        ProviderError::RateLimited { provider, .. } => {
            words(format!("`{provider}`이(가) 천천히 보내 달라고 해요"), "잠시 뒤에 다시 실행해 주세요")
        }
        ProviderError::Auth { provider, detail } => words(
            format!("`{provider}`이(가) 키를 받지 않아요: {detail}"),
            "키를 확인하거나 다른 서비스를 골라 주세요",
        ),
        ProviderError::InvalidRequest { provider, detail } => words(
            format!("`{provider}`이(가) 만들 수 없는 장면이에요: {detail}"),
            "장면을 바꾸거나 다른 모델을 골라 주세요",
        ),
        ProviderError::Refused { provider, reason } => words(
            format!("`{provider}`이(가) 거절했어요: {reason}"),
            "거절된 부분을 빼고 장면을 다시 써 주세요",
        ),
        ProviderError::QuotaExhausted { provider, detail } => {
            words(format!("`{provider}` 잔액이 없어요: {detail}"), "충전하거나 다른 서비스를 골라 주세요")
        }
        ProviderError::Timeout { provider } => words(
            format!("`{provider}`이(가) 제때 답하지 않았어요"),
            "나중에 다시 실행해 주세요. 비용은 들지 않았어요",
        ),
        ProviderError::Unavailable { provider, detail } | ProviderError::BadResponse { provider, detail } => {
            words(
                format!("`{provider}`을(를) 쓸 수 없어요: {detail}"),
                "나중에 다시 실행해 주세요. 비용은 들지 않았어요",
            )
        }
        ProviderError::Failed { provider, detail } => words(
            format!("`{provider}`이(가) 끝내지 못했어요: {detail}"),
            "나중에 다시 실행해 주세요. 비용은 들지 않았어요",
        ),
        ProviderError::Unconfirmed { provider, detail } => words(
            format!("`{provider}`이(가) 작업을 받았는지 알 수 없어요. 답이 사라졌어요: {detail}"),
            "다시 주문하기 전에 그 서비스의 페이지에서 작업이 있는지 확인해 주세요",
        ),
        ProviderError::JobLost { provider, job } => words(
            format!("`{provider}`이(가) 작업 `{job}`을(를) 더는 몰라요"),
            "다시 주문하기 전에 그 서비스의 페이지에서 작업이 있는지 확인해 주세요",
        ),
        ProviderError::ResultGone { provider, detail } => words(
            format!("`{provider}`에 결과가 더는 없어요: {detail}"),
            "장면을 다시 만들어 주세요. 비용은 그 서비스에 돌려 달라고 해 주세요",
        ),
        ProviderError::Cancelled => words("중단했어요", "같은 명령을 다시 실행하면 이어서 해요"),
    }
}
