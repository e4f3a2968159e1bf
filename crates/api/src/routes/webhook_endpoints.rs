//! Webhooks out: where a person's own programs want to be told, what was told to them, and how that went.

use crate::auth::session::note;
use crate::error::{ApiError, ApiResult};
use crate::extract::{ApiPath, Client, Listing, Page, Person, SignedIn, ValidJson};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use mv_core::address::is_public;
use mv_core::audit;
use mv_core::ids::{WebhookDeliveryId, WebhookEndpointId};
use mv_core::webhook::Event;
use mv_store::db::webhook_deliveries::{self, Attempt, Delivery};
use mv_store::db::webhook_endpoints::{self, Change, Endpoint, NewEndpoint};
use mv_store::secrets::SecretError;
use mv_store::webhook_secret::WebhookSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// A person has at most this many.
const MOST: i64 = 5;
/// How long a secret signs on beside the one that took its place.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, remove))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookEvent)]
enum EventWord {
    /// A film, or a scene that was ordered alone, is made.
    #[serde(rename = "job.completed")]
    JobCompleted,
    #[serde(rename = "job.failed")]
    JobFailed,
    /// It stopped because nothing more may be spent; a job that did has failed, too.
    #[serde(rename = "job.budget_reached")]
    JobBudgetReached,
    /// The archive of everything that one has here is packed.
    #[serde(rename = "export.completed")]
    ExportCompleted,
    #[serde(rename = "credits.low")]
    CreditsLow,
}

impl From<EventWord> for Event {
    fn from(word: EventWord) -> Self {
        match word {
            EventWord::JobCompleted => Self::JobCompleted,
            EventWord::JobFailed => Self::JobFailed,
            EventWord::JobBudgetReached => Self::JobBudgetReached,
            EventWord::ExportCompleted => Self::ExportCompleted,
            EventWord::CreditsLow => Self::CreditsLow,
        }
    }
}

/// Where one of a person's programs wants to be told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
struct EndpointView {
    id: Uuid,
    #[schema(example = "https://hooks.example.com/melodyvision")]
    url: String,
    description: String,
    #[schema(value_type = Vec<EventWord>)]
    events: Vec<String>,
    enabled: bool,
    /// Why it is off, where nobody switched it off: `gone`, it answered 410; `failing`, nothing got through for days.
    #[schema(example = "failing")]
    disabled_why: Option<String>,
    /// Until when the secret before the present one signs, too.
    previous_secret_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// When it was last tried.
    last_at: Option<DateTime<Utc>>,
    /// What it answered then, if it answered.
    last_status: Option<i32>,
    /// Why that did not count, if it did not.
    last_error: Option<String>,
    /// Since when nothing got through.
    failing_since: Option<DateTime<Utc>>,
}

impl EndpointView {
    fn of(endpoint: Endpoint, now: DateTime<Utc>) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events,
            enabled: endpoint.enabled,
            disabled_why: endpoint.disabled_why,
            previous_secret_until: endpoint.old_until.filter(|until| *until > now),
            created_at: endpoint.created_at,
            last_at: endpoint.last_at,
            last_status: endpoint.last_status,
            last_error: endpoint.last_error,
            failing_since: endpoint.failing_since,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoints)]
struct Endpoints {
    /// The oldest first.
    data: Vec<EndpointView>,
    /// How many one may have.
    most: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointAnswer)]
struct EndpointAnswer {
    endpoint: EndpointView,
}

/// An endpoint with the secret that its messages are signed with from now on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpointWithSecret)]
struct WithSecret {
    endpoint: EndpointView,
    /// Shown this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…")]
    secret: String,
}

/// One's webhook endpoints
#[utoipa::path(
    get, path = "/api/webhook-endpoints", tag = "webhooks", security(("session" = []), ("api_key" = [])),
    responses((status = 200, body = Endpoints))
)]
async fn list(State(state): State<ApiState>, who: SignedIn) -> ApiResult<Json<Endpoints>> {
    let mut transaction = state.db.person(who.user()).await?;
    let found = webhook_endpoints::list(&mut transaction, who.user()).await?;
    transaction.commit().await?;
    let now = state.clock.now();
    let data = found.into_iter().map(|endpoint| EndpointView::of(endpoint, now)).collect();
    Ok(Json(Endpoints { data, most: MOST }))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhookEndpoint {
    /// `https`, on the Internet.
    #[garde(length(max = 2048))]
    #[schema(max_length = 2048, example = "https://hooks.example.com/melodyvision")]
    url: String,
    #[garde(length(chars, max = 200))]
    #[serde(default)]
    #[schema(max_length = 200, example = "Posts films to our channel")]
    description: String,
    #[garde(length(min = 1, max = 5))]
    #[schema(min_items = 1, max_items = 5)]
    events: Vec<EventWord>,
}

/// Have a program told by webhook
///
/// Messages are signed as Standard Webhooks; the secret is shown this once.
#[utoipa::path(
    post, path = "/api/webhook-endpoints", tag = "webhooks", request_body = NewWebhookEndpoint,
    security(("session" = [])), responses((status = 201, body = WithSecret))
)]
async fn create(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ValidJson(body): ValidJson<NewWebhookEndpoint>,
) -> ApiResult<(StatusCode, Json<WithSecret>)> {
    let (user, now) = (person.user(), state.clock.now());
    check_url(&body.url, state.config.webhooks_to_loopback)?;
    let id = WebhookEndpointId(Uuid::new_v4());
    let secret = WebhookSecret::new().map_err(sealing)?;
    let sealed = secret.seal(&state.keyring, id).map_err(sealing)?;
    let events = words(body.events);
    let new = NewEndpoint {
        id,
        url: &body.url,
        description: body.description.trim(),
        events: &events,
        sealed: &sealed,
    };
    let mut transaction = state.db.person(user).await?;
    let Some(endpoint) = webhook_endpoints::insert(&mut transaction, user, &new, MOST, now).await? else {
        return Err(ApiError::conflict("too_many_endpoints", format!("you have {MOST} endpoints already"))
            .with_hint("remove one that you no longer use"));
    };
    let about = json!({"endpoint_id": id, "change": "created"});
    note(&mut transaction, &client, audit::Event::WebhookEndpointChanged, user, about).await?;
    transaction.commit().await?;
    let endpoint = EndpointView::of(endpoint, now);
    Ok((StatusCode::CREATED, Json(WithSecret { endpoint, secret: secret.text() })))
}

fn sealing(error: SecretError) -> ApiError {
    ApiError::internal(error)
}

/// Each event once.
fn words(events: Vec<EventWord>) -> Vec<Event> {
    let wanted: Vec<Event> = events.into_iter().map(Event::from).collect();
    Event::ALL.iter().copied().filter(|event| wanted.contains(event)).collect()
}

/// Says no to what can be told from the address alone; its name is looked at again whenever it is called.
fn check_url(text: &str, to_loopback: bool) -> ApiResult<()> {
    let wrong = |message: &str| Err(ApiError::invalid("url", message));
    let Ok(url) = Url::parse(text) else { return wrong("is not an address") };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("must not carry a name and password: check the signature instead");
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(std::net::IpAddr::from(address)),
        Some(Host::Domain(_)) => None,
        None => return wrong("has no host"),
    };
    let loopback = address.map_or(url.host_str() == Some("localhost"), |address| address.is_loopback());
    match url.scheme() {
        "http" | "https" if loopback && to_loopback => Ok(()),
        _ if loopback || address.is_some_and(|address| !is_public(address)) => {
            wrong("is not an address on the Internet")
        }
        "https" => Ok(()),
        _ => wrong("must begin with https://"),
    }
}

/// One of one's webhook endpoints
#[utoipa::path(
    get, path = "/api/webhook-endpoints/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    security(("session" = []), ("api_key" = [])), responses((status = 200, body = EndpointAnswer))
)]
async fn show(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<WebhookEndpointId>,
) -> ApiResult<Json<EndpointAnswer>> {
    let mut transaction = state.db.person(who.user()).await?;
    let endpoint = webhook_endpoints::get(&mut transaction, who.user(), id).await.map_err(missing)?;
    transaction.commit().await?;
    Ok(Json(EndpointAnswer { endpoint: EndpointView::of(endpoint, state.clock.now()) }))
}

fn missing(error: mv_store::StoreError) -> ApiError {
    ApiError::missing("webhook endpoint")(error)
}

/// What may be changed; what is not sent stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookEndpointChange {
    #[garde(inner(length(max = 2048)))]
    #[schema(max_length = 2048)]
    url: Option<String>,
    #[garde(inner(length(chars, max = 200)))]
    #[schema(max_length = 200)]
    description: Option<String>,
    #[garde(inner(length(min = 1, max = 5)))]
    #[schema(min_items = 1, max_items = 5)]
    events: Option<Vec<EventWord>>,
    /// What happens while it is off is not told later.
    #[garde(skip)]
    enabled: Option<bool>,
}

/// Change a webhook endpoint, or switch it on again
#[utoipa::path(
    patch, path = "/api/webhook-endpoints/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    request_body = WebhookEndpointChange, security(("session" = [])),
    responses((status = 200, body = EndpointAnswer))
)]
async fn change(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(id): ApiPath<WebhookEndpointId>,
    ValidJson(body): ValidJson<WebhookEndpointChange>,
) -> ApiResult<Json<EndpointAnswer>> {
    let user = person.user();
    if let Some(url) = &body.url {
        check_url(url, state.config.webhooks_to_loopback)?;
    }
    let change = Change {
        url: body.url,
        description: body.description.map(|text| text.trim().to_owned()),
        events: body.events.map(words),
        enabled: body.enabled,
    };
    let mut transaction = state.db.person(user).await?;
    let endpoint = webhook_endpoints::update(&mut transaction, user, id, &change).await.map_err(missing)?;
    let about = json!({"endpoint_id": id, "change": "changed"});
    note(&mut transaction, &client, audit::Event::WebhookEndpointChanged, user, about).await?;
    transaction.commit().await?;
    Ok(Json(EndpointAnswer { endpoint: EndpointView::of(endpoint, state.clock.now()) }))
}

/// Remove a webhook endpoint, and what was told to it
#[utoipa::path(
    delete, path = "/api/webhook-endpoints/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 204))
)]
async fn remove(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(id): ApiPath<WebhookEndpointId>,
) -> ApiResult<StatusCode> {
    let user = person.user();
    let mut transaction = state.db.person(user).await?;
    webhook_endpoints::remove(&mut transaction, user, id).await.map_err(missing)?;
    let about = json!({"endpoint_id": id, "change": "removed"});
    note(&mut transaction, &client, audit::Event::WebhookEndpointChanged, user, about).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook endpoint another secret
///
/// For 24 hours messages carry both signatures, that of the secret before as well.
#[utoipa::path(
    post, path = "/api/webhook-endpoints/{id}/rotate-secret", tag = "webhooks", params(("id" = Uuid, Path)),
    security(("session" = [])), responses((status = 200, body = WithSecret))
)]
async fn rotate(
    State(state): State<ApiState>,
    client: Client,
    person: Person,
    ApiPath(id): ApiPath<WebhookEndpointId>,
) -> ApiResult<Json<WithSecret>> {
    let (user, now) = (person.user(), state.clock.now());
    let secret = WebhookSecret::new().map_err(sealing)?;
    let sealed = secret.seal(&state.keyring, id).map_err(sealing)?;
    let mut transaction = state.db.person(user).await?;
    let rotated = webhook_endpoints::rotate(&mut transaction, user, id, &sealed, now + OVERLAP).await;
    let endpoint = rotated.map_err(missing)?;
    let about = json!({"endpoint_id": id, "change": "secret_rotated"});
    note(&mut transaction, &client, audit::Event::WebhookEndpointChanged, user, about).await?;
    transaction.commit().await?;
    Ok(Json(WithSecret { endpoint: EndpointView::of(endpoint, now), secret: secret.text() }))
}

/// A try to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
struct AttemptView {
    at: DateTime<Utc>,
    /// What was answered, if anything was.
    #[schema(example = 500)]
    status: Option<u16>,
    /// Why that does not count, when it does not.
    error: Option<String>,
    milliseconds: u64,
    /// How the answer begins.
    answer: String,
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        let Attempt { at, status, error, milliseconds, answer } = attempt;
        Self { at, status, error, milliseconds, answer }
    }
}

/// A message to an endpoint, and how it went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
struct DeliveryView {
    id: Uuid,
    endpoint_id: Uuid,
    /// What `webhook-id` says: the same however often it is sent.
    #[schema(example = "msg_6f1c2f9e4a6b4f588f5e1c1d6d5f6a77")]
    message_id: String,
    /// One of the endpoint's events, or `webhook.test`.
    #[schema(example = "job.completed")]
    event: String,
    /// What is sent.
    #[schema(value_type = Object)]
    body: Value,
    /// `pending`, `delivered`, `failed`, or `dropped`: the endpoint was off by then.
    #[schema(example = "delivered")]
    state: String,
    /// The last twenty, oldest first.
    attempts: Vec<AttemptView>,
    created_at: DateTime<Utc>,
    /// While `pending`: when it is tried next.
    next_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            endpoint_id: delivery.endpoint_id,
            message_id: format!("msg_{}", delivery.id.simple()),
            event: delivery.event,
            body: serde_json::from_str(&delivery.body).unwrap_or_default(),
            state: delivery.state,
            attempts: delivery.attempts.0.into_iter().map(AttemptView::from).collect(),
            created_at: delivery.created_at,
            next_at: delivery.next_at,
            finished_at: delivery.finished_at,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveryAnswer)]
struct DeliveryAnswer {
    delivery: DeliveryView,
}

/// Send a webhook endpoint a message that says nothing but that it can be reached
///
/// It is tried once, whether the endpoint is on or off. `GET …/deliveries` says how that went.
#[utoipa::path(
    post, path = "/api/webhook-endpoints/{id}/test", tag = "webhooks", params(("id" = Uuid, Path)),
    security(("session" = []), ("api_key" = [])), responses((status = 202, body = DeliveryAnswer))
)]
async fn test(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<WebhookEndpointId>,
) -> ApiResult<(StatusCode, Json<DeliveryAnswer>)> {
    let mut transaction = state.db.person(who.user()).await?;
    webhook_endpoints::get(&mut transaction, who.user(), id).await.map_err(missing)?;
    let delivery = webhook_deliveries::test(&mut transaction, who.user(), id, state.clock.now()).await?;
    transaction.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryAnswer { delivery: delivery.into() })))
}

/// What was told to a webhook endpoint, newest first
///
/// Kept for 30 days.
#[utoipa::path(
    get, path = "/api/webhook-endpoints/{id}/deliveries", tag = "webhooks", params(("id" = Uuid, Path), Page),
    security(("session" = []), ("api_key" = [])), responses((status = 200, body = Listing<DeliveryView>))
)]
async fn deliveries(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath(id): ApiPath<WebhookEndpointId>,
    page: Page,
) -> ApiResult<Json<Listing<DeliveryView>>> {
    let mut transaction = state.db.person(who.user()).await?;
    webhook_endpoints::get(&mut transaction, who.user(), id).await.map_err(missing)?;
    let (found, total) = webhook_deliveries::list(&mut transaction, id, page.limit, page.offset).await?;
    transaction.commit().await?;
    Ok(Json(Listing::new(found.into_iter().map(DeliveryView::from).collect(), total, page)))
}

/// Send a message to a webhook endpoint again
///
/// The same bytes under the same `webhook-id`, tried like a new one.
#[utoipa::path(
    post, path = "/api/webhook-endpoints/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(("id" = Uuid, Path), ("delivery" = Uuid, Path)), security(("session" = []), ("api_key" = [])),
    responses((status = 202, body = DeliveryAnswer))
)]
async fn replay(
    State(state): State<ApiState>,
    who: SignedIn,
    ApiPath((id, delivery)): ApiPath<(WebhookEndpointId, WebhookDeliveryId)>,
) -> ApiResult<(StatusCode, Json<DeliveryAnswer>)> {
    let (user, now) = (who.user(), state.clock.now());
    let mut transaction = state.db.person(user).await?;
    let endpoint = webhook_endpoints::get(&mut transaction, user, id).await.map_err(missing)?;
    if !endpoint.enabled {
        return Err(ApiError::conflict("endpoint_off", "the endpoint is off")
            .with_hint("switch it on first; what is sent to it meanwhile is dropped"));
    }
    let replayed = webhook_deliveries::replay(&mut transaction, user, id, delivery, now).await;
    let delivery = replayed.map_err(ApiError::missing("delivery"))?;
    transaction.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryAnswer { delivery: delivery.into() })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_the_internet_are_taken() {
        for good in ["https://hooks.example.com/x?y=1", "https://203.1.113.9:8443/"] {
            assert!(check_url(good, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "hooks.example.com",
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "https://10.0.0.2/",
            "https://[::1]/",
            "https://0x7f.1/",
            "https://localhost/",
            "https://a:b@hooks.example.com/",
            "https://[::ffff:192.168.0.1]/",
        ] {
            assert!(check_url(bad, false).is_err(), "{bad}");
        }
        for near in ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "https://[::1]/"] {
            assert!(check_url(near, false).is_err() && check_url(near, true).is_ok(), "{near}");
        }
        assert!(
            check_url("http://10.0.0.2/", true).is_err() && check_url("http://example.com/", true).is_err()
        );
    }

    #[test]
    fn every_event_can_be_chosen() {
        for event in Event::ALL {
            let word: EventWord = serde_json::from_value(event.word().into()).unwrap();
            assert_eq!(
                (Event::from(word), serde_json::to_value(word).unwrap()),
                (*event, event.word().into())
            );
        }
    }
}
