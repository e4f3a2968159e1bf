//! What is kept, for whoever runs the server: by kind, by person, how full the disk is, and what a sweep would take.

use crate::auth::session::note_on;
use crate::error::ApiResult;
use crate::extract::{Client, Listing, Page};
use crate::routes::admin::Admin;
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use mv_core::audit::Event;
use mv_core::jobs::Job;
use mv_store::db::storage::{self, Amount, OfPerson, Preview};
use mv_store::queue::{self, Enqueue};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(people)).routes(routes!(sweep))
}

/// So many objects of so many bytes.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = StorageAmount)]
struct AmountBody {
    #[schema(example = 412)]
    objects: i64,
    #[schema(example = 934_812_004_i64)]
    bytes: i64,
}

impl From<Amount> for AmountBody {
    fn from(Amount { objects, bytes }: Amount) -> Self {
        Self { objects, bytes }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = StorageKind)]
struct KindBody {
    /// `songs`, `photos`, `uploads`, `bought`, `edits`, `exports`, `archives`, `avatars`, or `artifacts/` and the kind of step.
    #[schema(example = "artifacts/segment")]
    kind: String,
    #[serde(flatten)]
    amount: AmountBody,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StorageDisk)]
struct DiskBody {
    free_bytes: u64,
    total_bytes: u64,
}

/// What a sweep would take now. Whatever it takes can be made again, or belongs to nothing.
#[derive(Serialize, ToSchema)]
#[schema(as = StorageSweep)]
struct SweepBody {
    /// Nothing refers to them any more.
    orphans: AmountBody,
    /// Artefacts that no film or scene has used for 30 days.
    unused_artifacts: AmountBody,
    /// Uploads that were never finished.
    unfinished_uploads: AmountBody,
    /// False where there was too much to look through: there may be more orphans.
    is_whole: bool,
}

impl From<Preview> for SweepBody {
    fn from(preview: Preview) -> Self {
        Self {
            orphans: preview.orphans.into(),
            unused_artifacts: preview.unused.into(),
            unfinished_uploads: preview.uploads.into(),
            is_whole: preview.is_whole,
        }
    }
}

#[derive(Serialize, ToSchema)]
struct Storage {
    total: AmountBody,
    /// The largest first.
    kinds: Vec<KindBody>,
    /// Where files lie on this machine; nothing where they are in a bucket.
    disk: Option<DiskBody>,
    next_sweep: SweepBody,
}

/// What is kept, and what a sweep would take
#[utoipa::path(
    get, path = "/api/admin/storage", tag = "admin", security(("session" = [])),
    responses((status = 200, body = Storage))
)]
async fn read(State(state): State<ApiState>, _: Admin) -> ApiResult<Json<Storage>> {
    let mut connection = state.db.worker().acquire().await?;
    let kinds = storage::by_kind(&mut connection).await?;
    let next_sweep = storage::preview(&mut connection).await?.into();
    drop(connection);
    let sum = |of: fn(&Amount) -> i64| kinds.iter().map(|(_, amount)| of(amount)).sum();
    let total = AmountBody { objects: sum(|amount| amount.objects), bytes: sum(|amount| amount.bytes) };
    let disk = state.objects.disk()?.map(|disk| DiskBody { free_bytes: disk.free, total_bytes: disk.total });
    let kinds = kinds.into_iter().map(|(kind, amount)| KindBody { kind, amount: amount.into() }).collect();
    Ok(Json(Storage { total, kinds, disk, next_sweep }))
}

#[derive(Serialize, ToSchema)]
#[schema(as = StorageOfPerson)]
struct PersonBody {
    /// Nothing where they are gone.
    user_id: Option<Uuid>,
    #[schema(example = "ana@example.com")]
    email: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    amount: AmountBody,
}

impl From<OfPerson> for PersonBody {
    fn from(person: OfPerson) -> Self {
        let OfPerson { user, email, name, objects, bytes } = person;
        Self { user_id: user, email, name, amount: AmountBody { objects, bytes } }
    }
}

/// What is kept of whom, whoever has most first
#[utoipa::path(
    get, path = "/api/admin/storage/people", tag = "admin", params(Page), security(("session" = [])),
    responses((status = 200, body = Listing<PersonBody>))
)]
async fn people(State(state): State<ApiState>, _: Admin, page: Page) -> ApiResult<Json<Listing<PersonBody>>> {
    let mut connection = state.db.worker().acquire().await?;
    let (people, total) = storage::by_person(&mut connection, page.limit, page.offset).await?;
    Ok(Json(Listing::new(people.into_iter().map(PersonBody::from).collect(), total, page)))
}

/// Sweep now
///
/// A worker tidies every hour by itself.
#[utoipa::path(
    post, path = "/api/admin/storage/sweep", tag = "admin", security(("session" = [])),
    responses((status = 202, description = "A worker sweeps; read the numbers again in a while"))
)]
async fn sweep(State(state): State<ApiState>, Admin(admin): Admin, client: Client) -> ApiResult<StatusCode> {
    let mut transaction = state.db.worker().begin().await?;
    queue::enqueue(&mut transaction, &Job::Cleanup, Enqueue::by(admin.user())).await?;
    let about = ("storage_swept", "cleanup");
    note_on(&mut transaction, &client, Event::QueueChangedByAdmin, admin.user(), about).await?;
    transaction.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
