//! What one was told in the studio: a list, how much of it is unread, and that one has read it.

use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiQuery, SignedIn, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use garde::Validate;
use mv_store::db::notifications::{self, Notification, Read};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// What happened. Amounts are US dollars, lengths seconds.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
enum NoticeBody {
    SongFailed {
        title: String,
        message: String,
        hint: Option<String>,
    },
    FilmComplete {
        #[schema(example = "여름밤")]
        title: String,
        seconds: f64,
        #[schema(example = "1920x1080")]
        resolution: String,
    },
    FilmFailed {
        title: String,
        message: String,
        hint: Option<String>,
    },
    /// An order stopped because nothing more may be spent; what it made is kept.
    BudgetReached {
        /// The project's, where it is about one.
        title: Option<String>,
        of: BudgetBody,
        cap_usd: f64,
    },
    /// The archive of everything that one has here.
    ExportReady {
        bytes: u64,
        expires_at: DateTime<Utc>,
    },
    ExportFailed {
        message: String,
    },
    CreditsLow {
        left: i64,
    },
    CharacterReady {
        character_id: Uuid,
        name: String,
        pictures: usize,
    },
    CharacterFailed {
        character_id: Uuid,
        name: String,
        message: String,
        hint: Option<String>,
    },
    /// A webhook endpoint of one's own gets nothing any more until it is enabled again.
    WebhookDisabled {
        endpoint_id: Uuid,
        #[schema(example = "hooks.example.com")]
        host: String,
        why: EndpointOffBody,
    },
}

/// The cap of the one order, or of its project.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BudgetBody {
    Order,
    Project,
}

/// It answered that it is gone, or nothing got through for days.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum EndpointOffBody {
    Gone,
    Failing,
}

/// Something that one was told.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationView {
    id: Uuid,
    /// Rises from one to the next.
    seq: i64,
    #[serde(flatten)]
    notice: NoticeBody,
    /// Where it leads, if that is still there.
    project_id: Option<Uuid>,
    job_id: Option<Uuid>,
    task_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl NotificationView {
    /// Nothing for a kind that a newer server has written.
    fn of(row: Notification) -> Option<Self> {
        let notice =
            serde_json::from_value(Value::from_iter([("kind", Value::from(row.kind)), ("data", row.data)]));
        let warn = |error: &_| tracing::warn!(%error, notification.id = %row.id, "not known");
        Some(Self {
            notice: notice.inspect_err(warn).ok()?,
            id: row.id,
            seq: row.seq,
            project_id: row.project_id,
            job_id: row.job_id,
            task_id: row.task_id,
            created_at: row.created_at,
            read_at: row.read_at,
        })
    }
}

/// Which part of the list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Part {
    /// How many at most.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 30)]
    limit: i64,
    /// Those before this one: what `next` of the page before said.
    #[garde(skip)]
    before: Option<i64>,
    /// Only those that were not read.
    #[garde(skip)]
    #[param(default = false)]
    unread: bool,
}

impl Default for Part {
    fn default() -> Self {
        Self { limit: 30, before: None, unread: false }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Notifications {
    /// Newest first.
    data: Vec<NotificationView>,
    /// How many are unread in all.
    unread: i64,
    /// For `before` of the page after this; nothing on the last.
    next: Option<i64>,
}

/// What one was told
///
/// Newest first. They are kept for 90 days. The WebSocket's channel `notifications` tells of new ones as they come.
#[utoipa::path(
    get, path = "/api/notifications", tag = "users", params(Part),
    security(("session" = []), ("api_key" = [])), responses((status = 200, body = Notifications))
)]
async fn list(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiQuery(part): ApiQuery<Part>,
) -> ApiResult<Json<Notifications>> {
    let mut transaction = state.db.person(who.user()).await?;
    // One more than is shown tells whether there are more.
    let mut rows =
        notifications::list(&mut transaction, who.user(), part.before, part.unread, part.limit + 1).await?;
    let unread = notifications::unread(&mut transaction, who.user()).await?;
    transaction.commit().await?;
    let more = rows.len() as i64 > part.limit;
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.seq);
    let data = rows.into_iter().filter_map(NotificationView::of).collect();
    Ok(Json(Notifications { data, unread, next }))
}

/// Either `ids` or `up_to`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotificationsRead {
    #[garde(inner(length(min = 1, max = 500)))]
    #[schema(min_items = 1, max_items = 500)]
    ids: Option<Vec<Uuid>>,
    /// All up to the one with this `seq`, itself among them.
    #[garde(skip)]
    up_to: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Unread {
    /// How many are left unread.
    unread: i64,
}

/// Say that one has read some, or all up to one
#[utoipa::path(
    post, path = "/api/notifications/read", tag = "users", request_body = NotificationsRead,
    security(("session" = []), ("api_key" = [])), responses((status = 200, body = Unread))
)]
async fn read(
    State(state): State<ApiState>,
    who: SignedIn,
    ValidJson(body): ValidJson<NotificationsRead>,
) -> ApiResult<Json<Unread>> {
    let which = match (&body.ids, body.up_to) {
        (Some(ids), None) => Read::These(ids),
        (None, Some(seq)) => Read::UpTo(seq),
        _ => {
            return Err(ApiError::invalid("ids", "must be given, or `up_to` instead of it"));
        }
    };
    let mut transaction = state.db.person(who.user()).await?;
    notifications::mark_read(&mut transaction, who.user(), which, state.clock.now()).await?;
    let unread = notifications::unread(&mut transaction, who.user()).await?;
    transaction.commit().await?;
    Ok(Json(Unread { unread }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mv_core::ids::CharacterId;
    use mv_core::notice::{Budget, EndpointOff, Notice};
    use mv_core::units::Credits;

    #[test]
    fn every_notice_is_shown_as_it_is_kept() {
        let (title, message, hint) = (String::from("여름밤"), String::from("no"), Some(String::from("so")));
        let character_id = CharacterId(Uuid::from_u128(7));
        for notice in [
            Notice::SongFailed { title: title.clone(), message: message.clone(), hint: None },
            Notice::FilmComplete { title: title.clone(), seconds: 181.5, resolution: "1920x1080".into() },
            Notice::FilmFailed { title: title.clone(), message: message.clone(), hint: hint.clone() },
            Notice::BudgetReached { title: Some(title.clone()), of: Budget::Order, cap_usd: 3.0 },
            Notice::ExportReady { bytes: 9, expires_at: DateTime::UNIX_EPOCH },
            Notice::ExportFailed { message: message.clone() },
            Notice::CreditsLow { left: Credits(40) },
            Notice::CharacterReady { character_id, name: "Harin".into(), pictures: 4 },
            Notice::CharacterFailed { character_id, name: "Harin".into(), message, hint },
            Notice::WebhookDisabled {
                endpoint_id: Uuid::nil(),
                host: "h.example".into(),
                why: EndpointOff::Gone,
            },
        ] {
            let kept = serde_json::to_value(&notice).unwrap();
            let shown: NoticeBody = serde_json::from_value(kept.clone()).unwrap();
            assert_eq!(serde_json::to_value(shown).unwrap(), kept);
        }
    }
}
