//! A project's lyrics: timed lines, written by hand or read from a file.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, ApiQuery, IfMatch, SignedIn, ValidJson, etag};
use crate::routes::analysis::not_heard;
use crate::routes::errands::ErrandAnswer;
use crate::routes::projects::allowed;
use crate::routes::transcripts::{self, TranscriptOrder};
use crate::state::ApiState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::ids::ProjectId;
use mv_core::lyrics::{LyricLine, LyricWord};
use mv_core::policy::Action;
use mv_core::{Lyrics, Seconds};
use mv_store::db::{plans, projects};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read, write, upload)).routes(routes!(align))
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    #[garde(range(min = 0.0, max = 7200.0))]
    start: f64,
    #[garde(range(min = 0.0, max = 7200.0))]
    end: f64,
    #[garde(length(chars, min = 1, max = 200))]
    text: String,
    /// How sure its times are, 0–1; absent where a person or a file gave them.
    #[garde(inner(range(min = 0.0, max = 1.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.8)]
    confidence: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// Song time in seconds.
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(example = 12.4)]
    start: f64,
    #[garde(range(min = 0.0, max = 7200.0))]
    #[schema(example = 15.1)]
    end: f64,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(max_length = 500, example = "여름밤의 주파수를 맞춰")]
    text: String,
    /// Word times for karaoke; joined by spaces the words give `text`.
    #[garde(length(max = 200), dive)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    words: Vec<Word>,
    /// How sure its times are, 0–1; absent where a person or a file gave them: those are never moved.
    #[garde(inner(range(min = 0.0, max = 1.0)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.8)]
    confidence: Option<f64>,
    /// The text was written down by a machine that listened, and nobody has read it yet.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    heard: bool,
    /// A blank line or a heading stood before it: a verse or a chorus begins.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    opens_stanza: bool,
}

/// Timed lyrics: lines in order that do not overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LyricsView {
    #[garde(length(max = 2000), dive, custom(in_order))]
    #[schema(max_items = 2000)]
    lines: Vec<Line>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a rule")]
fn in_order(lines: &[Line], _: &()) -> garde::Result {
    let mut end = 0.0;
    for (index, line) in lines.iter().enumerate() {
        if line.start < end || line.end <= line.start {
            return Err(garde::Error::new(format!(
                "must be in order and not overlap: line {} does not",
                index + 1
            )));
        }
        let mut word_end = line.start;
        for word in &line.words {
            if word.start < word_end || word.end < word.start || word.end > line.end {
                return Err(garde::Error::new(format!(
                    "must have words in order: those of line {} are not",
                    index + 1
                )));
            }
            word_end = word.end;
        }
        end = line.end;
    }
    Ok(())
}

impl From<Lyrics> for LyricsView {
    fn from(lyrics: Lyrics) -> Self {
        let word = |word: LyricWord| Word {
            start: word.start.0,
            end: word.end.0,
            text: word.text,
            confidence: word.confidence,
        };
        let line = |line: LyricLine| Line {
            start: line.start.0,
            end: line.end.0,
            text: line.text,
            words: line.words.into_iter().map(word).collect(),
            confidence: line.confidence,
            heard: line.heard,
            opens_stanza: line.opens_stanza,
        };
        Self { lines: lyrics.lines.into_iter().map(line).collect() }
    }
}

impl From<LyricsView> for Lyrics {
    fn from(view: LyricsView) -> Self {
        let word = |word: Word| LyricWord {
            start: Seconds(word.start),
            end: Seconds(word.end),
            text: word.text,
            confidence: word.confidence,
        };
        let line = |line: Line| LyricLine {
            start: Seconds(line.start),
            end: Seconds(line.end),
            text: line.text,
            words: line.words.into_iter().map(word).collect(),
            confidence: line.confidence,
            heard: line.heard,
            opens_stanza: line.opens_stanza,
        };
        Self { lines: view.lines.into_iter().map(line).collect() }
    }
}

/// The lyrics.
#[utoipa::path(
    get, path = "/api/projects/{id}/lyrics", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = LyricsView, headers(("ETag" = String))))
)]
async fn read(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Read).await?;
    let version = projects::get(&mut transaction, id).await?.version;
    let lyrics = projects::lyrics(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(LyricsView::from(lyrics))).into_response())
}

/// Replaces the lyrics.
#[utoipa::path(
    put, path = "/api/projects/{id}/lyrics", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body = LyricsView,
    responses(
        (status = 200, body = LyricsView, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn write(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(lyrics): ValidJson<LyricsView>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let version = keep(&mut transaction, id, if_match, &lyrics.clone().into()).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(lyrics)).into_response())
}

async fn keep(
    connection: &mut PgConnection,
    id: ProjectId,
    if_match: IfMatch,
    lyrics: &Lyrics,
) -> ApiResult<i32> {
    let version = projects::raise_version(&mut *connection, id, if_match.0).await?;
    let Some(before) = plans::load(&mut *connection, id).await? else {
        projects::set_lyrics(connection, id, lyrics).await?;
        return Ok(version);
    };
    // Scenes know their line.
    let mut after = before.clone();
    after.plan.set_lyrics(lyrics.clone());
    plans::save(connection, id, Some(&before), after).await?;
    Ok(version)
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// The file's name: its ending says what it is, unless its contents do.
    #[garde(length(chars, min = 1, max = 255))]
    #[serde(default = "unnamed")]
    #[param(default = "lyrics.txt", example = "song.lrc")]
    filename: String,
}

fn unnamed() -> String {
    "lyrics.txt".to_owned()
}

/// Reads lyrics from a file: LRC, SRT, or plain text, whose lines and words are laid over the
/// song by how it is sung.
#[utoipa::path(
    post, path = "/api/projects/{id}/lyrics", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), FileQuery, ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body(content = String, content_type = "text/plain"),
    responses(
        (status = 200, body = LyricsView, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn upload(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(file): ApiQuery<FileQuery>,
    if_match: IfMatch,
    body: Bytes,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let song = projects::analysis(&mut transaction, id).await?.ok_or_else(not_heard)?;
    transaction.commit().await?;
    let studio = state.studio.clone();
    let read = tokio::task::spawn_blocking(move || studio.read_lyrics(&body, &file.filename, &song)).await;
    let read = read.map_err(ApiError::internal)?.map_err(|told| {
        ApiError::invalid("file", told).with_hint("give the lyrics as .lrc, .srt or plain .txt, in UTF-8")
    })?;
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let version = keep(&mut transaction, id, if_match, &read.lyrics).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(LyricsView::from(read.lyrics))).into_response())
}

#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct AlignQuery {
    /// Lay lines anew, too, whose times a person or a file gave.
    #[garde(skip)]
    #[serde(default)]
    all: bool,
    /// A model that listens to the song: the same as `POST …/lyrics/transcribe` with it.
    #[garde(length(chars, min = 1, max = 100))]
    #[param(example = "local-whisper")]
    model: Option<String>,
}

/// Lays the lines over the song anew, by how it is sung; with a `model`, by what it hears. Those whose times a person or a file gave stay, unless `all`.
#[utoipa::path(
    post, path = "/api/projects/{id}/lyrics/align", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), AlignQuery, ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    responses(
        (status = 200, body = LyricsView, headers(("ETag" = String))),
        (status = 202, body = ErrandAnswer, description = "A model listens: watch the task", headers(("Location" = String))),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "The song was not heard yet"),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn align(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<AlignQuery>,
    if_match: IfMatch,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    if let Some(model) = query.model {
        let order = TranscriptOrder { model: Some(model), all: query.all, ..TranscriptOrder::default() };
        return transcripts::place(&state, &who, id, &order).await;
    }
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    let song = projects::analysis(&mut transaction, id).await?.ok_or_else(not_heard)?;
    let version = projects::get(&mut transaction, id).await?.version;
    let mut lyrics = projects::lyrics(&mut transaction, id).await?;
    transaction.commit().await?;
    if query.all {
        for line in &mut lyrics.lines {
            line.confidence = Some(0.0);
        }
    }
    let studio = state.studio.clone();
    let aligned = tokio::task::spawn_blocking(move || studio.align_lyrics(&lyrics, &song)).await;
    let aligned = aligned.map_err(ApiError::internal)?;
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, &who, id, Action::Update).await?;
    // What was laid is what was read: whoever was faster is not overwritten.
    let if_match = if if_match.0.is_some() { if_match } else { IfMatch(Some(version)) };
    let version = keep(&mut transaction, id, if_match, &aligned).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(LyricsView::from(aligned))).into_response())
}
