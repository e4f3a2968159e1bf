//! Putting right what was heard: tempo, beats, bars, metre, key, sections. What was heard stays; the storyboard stays too,
//! until the person has it follow.

use crate::auth::session::note_on;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, IfMatch, SignedIn, ValidJson, etag};
use crate::routes::analysis::not_heard;
use crate::routes::projects::allowed;
use crate::routes::scenes::{Before, Effect, board};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use mv_core::analysis::{Key, TimeSignature};
use mv_core::audit::Event;
use mv_core::correction::{self, Grid, SectionMark};
use mv_core::ids::ProjectId;
use mv_core::policy::Action;
use mv_core::vocabulary::SectionKind;
use mv_core::{Correction, Seconds, SongAnalysis, Storyboard};
use mv_store::db::corrections::{self, HeardSong};
use mv_store::db::{plans, projects};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(write, remove))
        .routes(routes!(snap))
        .routes(routes!(effect_of_snapping))
}

/// What a person says of a song against what was heard. What is left out stays as it was heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CorrectionBody {
    /// 1 doubles the tempo, -1 halves it. Not together with `bpm`.
    #[garde(inner(range(min = -3, max = 3)))]
    #[schema(minimum = -3, maximum = 3, example = 1)]
    octaves: Option<i8>,
    /// With a slower tempo: which of the heard beats stays, counted from the first downbeat.
    #[garde(inner(range(max = 7)))]
    #[schema(maximum = 7)]
    from_beat: Option<u32>,
    /// An even tempo for the whole song.
    #[garde(inner(range(min = correction::SLOWEST, max = correction::FASTEST)))]
    #[schema(minimum = 20, maximum = 400)]
    bpm: Option<f64>,
    /// With `bpm`: a moment at which a bar begins, in seconds; where the first one was heard, when left out.
    #[garde(inner(range(min = 0.0, max = 86_400.0)))]
    #[schema(minimum = 0, maximum = 86400)]
    first_beat: Option<f64>,
    #[garde(inner(custom(metre)))]
    #[schema(pattern = "^[0-9]{1,2}/[0-9]{1,2}$", example = "3/4")]
    time_signature: Option<String>,
    /// Beats by which every bar begins later; below 0, earlier.
    #[garde(inner(range(min = -32, max = 32)))]
    #[schema(minimum = -32, maximum = 32, example = 1)]
    downbeat_shift: Option<i32>,
    #[garde(inner(custom(known_key)))]
    #[schema(example = "A Minor")]
    key: Option<String>,
    /// All sections of the song, in order; the first starts at 0, each lasts until the next.
    #[garde(length(min = 1, max = 200), dive)]
    #[schema(min_items = 1, max_items = 200)]
    sections: Option<Vec<SectionBody>>,
}

/// A section, until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SectionMark)]
pub(crate) struct SectionBody {
    /// `intro`, `verse`, `pre-chorus`, `chorus`, `bridge`, `solo` or `outro`.
    #[garde(skip)]
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "chorus")]
    kind: SectionKind,
    #[garde(range(min = 0.0, max = 86_400.0))]
    #[schema(minimum = 0, maximum = 86400, example = 41.3)]
    start: f64,
}

fn metre<C>(text: &str, _: &C) -> garde::Result {
    text.parse::<TimeSignature>().map(|_| ()).map_err(garde::Error::new)
}

fn known_key<C>(text: &str, _: &C) -> garde::Result {
    text.parse::<Key>().map(|_| ()).map_err(garde::Error::new)
}

impl CorrectionBody {
    /// # Errors
    /// 422 where two fields contradict each other.
    fn read(self) -> ApiResult<Correction> {
        let octaves = self.octaves.filter(|octaves| *octaves != 0);
        let grid = match (octaves, self.bpm) {
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid("bpm", "cannot be given together with `octaves`")
                    .with_hint("say the tempo itself, or how many times the heard one it is"));
            }
            (Some(octaves), None) => {
                Some(Grid::Octaves { octaves, from_beat: self.from_beat.unwrap_or_default() })
            }
            (None, Some(bpm)) => Some(Grid::Tempo { bpm, first_beat: self.first_beat.map(Seconds) }),
            (None, None) => None,
        };
        if self.first_beat.is_some() && self.bpm.is_none() {
            return Err(ApiError::invalid("first_beat", "needs `bpm`")
                .with_hint("send the song's tempo along, or move the bars by `downbeat_shift`"));
        }
        let mark = |section: SectionBody| SectionMark { kind: section.kind, start: Seconds(section.start) };
        Ok(Correction {
            grid,
            // Both were read once already.
            time_signature: self.time_signature.and_then(|text| text.parse().ok()),
            downbeat_shift: self.downbeat_shift.unwrap_or_default(),
            key: self.key.and_then(|text| text.parse().ok()),
            sections: self.sections.map(|sections| sections.into_iter().map(mark).collect()),
        })
    }
}

impl From<Correction> for CorrectionBody {
    fn from(said: Correction) -> Self {
        let mut body = Self {
            time_signature: said.time_signature.map(|one| one.to_string()),
            downbeat_shift: Some(said.downbeat_shift).filter(|shift| *shift != 0),
            key: said.key.map(|key| key.to_string()),
            sections: said.sections.map(|marks| {
                marks.iter().map(|mark| SectionBody { kind: mark.kind, start: mark.start.0 }).collect()
            }),
            ..Self::default()
        };
        match said.grid {
            Some(Grid::Octaves { octaves, from_beat }) => {
                (body.octaves, body.from_beat) = (Some(octaves), Some(from_beat).filter(|beat| *beat != 0));
            }
            Some(Grid::Tempo { bpm, first_beat }) => {
                (body.bpm, body.first_beat) = (Some(bpm), first_beat.map(|time| time.0));
            }
            None => {}
        }
        body
    }
}

/// What is known of a song, and what of it the person said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SongAnswer {
    /// What holds, as in the project: tempo, key, time signature, beats, downbeats, sections, energy, valence.
    #[schema(value_type = Object)]
    analysis: SongAnalysis,
    /// The same as it was heard; nothing where nothing was corrected.
    #[schema(value_type = Option<Object>)]
    heard: Option<SongAnalysis>,
    correction: Option<CorrectionBody>,
    /// How the storyboard lies on these beats; nothing where there is none yet.
    storyboard: Option<StoryboardFit>,
}

/// How a storyboard lies on the beats. Boundaries are those between scenes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoryboardFit {
    #[schema(example = 23)]
    boundaries: usize,
    /// On no beat.
    #[schema(example = 4)]
    off_beat: usize,
    /// On a beat, but in the middle of a bar.
    #[schema(example = 0)]
    inside_bar: usize,
    /// Its transitions are as long as they were at another tempo.
    other_tempo: bool,
}

impl StoryboardFit {
    fn of(plan: &Storyboard, song: &SongAnalysis) -> Self {
        let fit = plan.fit(song);
        Self {
            boundaries: fit.boundaries,
            off_beat: fit.off_beat,
            inside_bar: fit.inside_bar,
            other_tempo: (plan.song.tempo - song.tempo).abs() > 1e-6 * song.tempo.abs(),
        }
    }
}

async fn answer(connection: &mut PgConnection, id: ProjectId, song: HeardSong) -> ApiResult<SongAnswer> {
    let plan = plans::load(connection, id).await?.map(|board| board.plan);
    let storyboard = plan.map(|plan| StoryboardFit::of(&plan, &song.analysis));
    let (correction, heard) = song.corrected.unzip();
    Ok(SongAnswer { analysis: song.analysis, heard, correction: correction.map(Into::into), storyboard })
}

async fn heard(connection: &mut PgConnection, id: ProjectId) -> ApiResult<HeardSong> {
    corrections::get(connection, id).await?.ok_or_else(not_heard)
}

/// What is known of the song, what of it was corrected, and how the storyboard lies on it.
#[utoipa::path(
    get, path = "/api/projects/{id}/analysis", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = SongAnswer, headers(("ETag" = String))),
        (status = 409, body = crate::error::Problem, content_type = "application/problem+json", description = "The song was not heard yet"),
    )
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
    let song = heard(&mut transaction, id).await?;
    let answer = answer(&mut transaction, id, song).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(answer)).into_response())
}

/// Puts right what was heard
///
/// The whole correction replaces the one before; an empty one takes it back. Beats and bars are laid anew from it. The
/// storyboard stays as it is: `storyboard` says how it lies on the new beats, and `/storyboard/snap` has it follow.
#[utoipa::path(
    put, path = "/api/projects/{id}/analysis/correction", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body(content = CorrectionBody, example = json!({"octaves": -1, "downbeat_shift": 1, "key": "A Minor"})),
    responses(
        (status = 200, body = SongAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn write(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(body): ValidJson<CorrectionBody>,
) -> ApiResult<Response> {
    let said = body.read()?;
    correct(&state, &who, &client, ProjectId(id), if_match, Some(said).filter(|said| !said.is_empty())).await
}

/// Takes back what was said of the song: what was heard holds again.
#[utoipa::path(
    delete, path = "/api/projects/{id}/analysis/correction", tag = "projects", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    responses(
        (status = 200, body = SongAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn remove(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
) -> ApiResult<Response> {
    correct(&state, &who, &client, ProjectId(id), if_match, None).await
}

async fn correct(
    state: &ApiState,
    who: &SignedIn,
    client: &Client,
    id: ProjectId,
    if_match: IfMatch,
    said: Option<Correction>,
) -> ApiResult<Response> {
    let mut transaction = state.db.person(who.user()).await?;
    allowed(&mut transaction, who, id, Action::Update).await?;
    let version = projects::raise_version(&mut transaction, id, if_match.0).await?;
    let song = heard(&mut transaction, id).await?;
    if let Some(said) = &said {
        said.check(song.heard())
            .map_err(|error| ApiError::invalid(error.field(), error.to_string()).with_hint(error.hint()))?;
    }
    let song = corrections::set(&mut transaction, id, song.heard(), said.as_ref()).await?;
    let answer = answer(&mut transaction, id, song).await?;
    note_on(&mut transaction, client, Event::ProjectUpdated, who.user(), ("project", id)).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(answer)).into_response())
}

/// What the boundaries go to.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SnapTo {
    #[default]
    Bar,
    Beat,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SnapRequest {
    /// The nearest beginning of a bar, or the nearest beat. A boundary stays where a scene would become too short.
    #[garde(skip)]
    #[schema(inline, default = "bar")]
    to: SnapTo,
}

/// What snapping did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SnapAnswer {
    /// Boundaries that moved.
    #[schema(example = 17)]
    moved: usize,
    /// How the storyboard lies on the beats then.
    storyboard: StoryboardFit,
    effect: Effect,
}

/// Has the storyboard follow the song: boundaries go to its bars or beats, transitions to its tempo. Scenes are told their
/// sections anew where those were corrected.
#[utoipa::path(
    post, path = "/api/projects/{id}/storyboard/snap", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The project's ETag")),
    request_body = SnapRequest,
    responses(
        (status = 200, body = SnapAnswer, headers(("ETag" = String))),
        (status = 412, body = crate::error::Problem, content_type = "application/problem+json", description = "It was changed meanwhile"),
    )
)]
async fn snap(
    State(state): State<ApiState>,
    who: SignedIn,
    client: Client,
    ApiPath(id): ApiPath<Uuid>,
    if_match: IfMatch,
    ValidJson(request): ValidJson<SnapRequest>,
) -> ApiResult<Response> {
    let id = ProjectId(id);
    let mut transaction = state.db.person(who.user()).await?;
    let (version, answer) = snapped(&state, &mut transaction, &who, id, if_match, request).await?;
    note_on(&mut transaction, &client, Event::ProjectUpdated, who.user(), ("project", id)).await?;
    transaction.commit().await?;
    Ok(([etag(version)], Json(answer)).into_response())
}

/// Says what snapping would move and make stale, and what making that anew would cost. Nothing is changed.
#[utoipa::path(
    post, path = "/api/projects/{id}/storyboard/snap/effect", tag = "scenes", security(("session" = []), ("api_key" = [])),
    params(("id" = Uuid, Path)),
    request_body = SnapRequest,
    responses((status = 200, body = SnapAnswer))
)]
async fn effect_of_snapping(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<Uuid>,
    ValidJson(request): ValidJson<SnapRequest>,
) -> ApiResult<Json<SnapAnswer>> {
    let mut transaction = state.db.person(who.user()).await?;
    let (_, answer) = snapped(&state, &mut transaction, &who, ProjectId(id), IfMatch(None), request).await?;
    transaction.rollback().await?;
    Ok(Json(answer))
}

/// Snaps in the caller's transaction; gives the project's new version.
async fn snapped(
    state: &ApiState,
    connection: &mut PgConnection,
    who: &SignedIn,
    id: ProjectId,
    if_match: IfMatch,
    request: SnapRequest,
) -> ApiResult<(i32, SnapAnswer)> {
    allowed(connection, who, id, Action::Update).await?;
    let version = projects::raise_version(connection, id, if_match.0).await?;
    let song = heard(connection, id).await?;
    let label = song.corrected.as_ref().is_some_and(|(said, _)| said.sections.is_some());
    let before = board(connection, id).await?;
    let scenes = Before::read(connection, id).await?;
    let mut after = before.clone();
    after.plan = before.plan.snapped(&song.analysis, matches!(request.to, SnapTo::Bar), label);
    let pairs = before.plan.scenes.iter().zip(&after.plan.scenes);
    let moved = pairs.filter(|(was, is)| was.start != is.start).count();
    let after = plans::save(connection, id, Some(&before), after).await?;
    let storyboard = StoryboardFit::of(&after.plan, &song.analysis);
    let effect = scenes.effect(state, connection, who).await?;
    Ok((version, SnapAnswer { moved, storyboard, effect }))
}
