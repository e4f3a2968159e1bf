//! A counterpart of Stripe's on loopback that remembers: customers, checkouts, subscriptions and their lives, invoices,
//! refunds and disputes. A test acts as the buyer, the bank and the calendar; it answers reads with the state of now and
//! keeps the events that Stripe would send, as bodies to be signed.

mod books;

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use books::Books;
use ring::hmac;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The only key that it takes.
pub const KEY: &str = "sk_test_counterpart";
/// The version that requests must name.
pub const VERSION: &str = "2026-10-28.endive";

type Pairs = Vec<(String, String)>;

/// Ends when it is dropped.
#[derive(Debug)]
pub struct FakeStripe {
    books: Arc<Mutex<Books>>,
    base: String,
    serving: JoinHandle<()>,
}

impl Drop for FakeStripe {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What it says no with: a status, a type, a code.
struct No(u16, &'static str, &'static str);

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "error": { "type": self.1, "code": self.2, "message": self.2 } });
        (status, [("request-id", "req_counterpart")], Json(body)).into_response()
    }
}

const MISSING: No = No(404, "invalid_request_error", "resource_missing");

type Shared = State<Arc<Mutex<Books>>>;

impl FakeStripe {
    /// Starts it, at this moment (seconds since 1970), with these prices: id, amount, and `month` or `year` where it recurs.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(now: i64, prices: &[(&str, i64, Option<&str>)]) -> std::io::Result<Self> {
        let books = Arc::new(Mutex::new(Books::new(now, prices)));
        let app = Router::new()
            .route("/v1/customers", post(make_customer))
            .route("/v1/checkout/sessions", post(make_session).get(list_sessions))
            .route("/v1/checkout/sessions/{id}", get(read))
            .route("/v1/billing_portal/sessions", post(make_portal))
            .route("/v1/subscriptions", get(list_subscriptions))
            .route("/v1/subscriptions/{id}", get(read).post(update_subscription).delete(end_subscription))
            .route("/v1/invoices", get(list_invoices))
            .route("/v1/invoices/create_preview", post(preview))
            .route("/v1/invoices/{id}", get(read))
            .route("/v1/charges/{id}", get(read))
            .route("/v1/disputes/{id}", get(read))
            .route("/v1/prices/{id}", get(read))
            .route("/v1/webhook_endpoints", get(list_endpoints))
            .with_state(books.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let serving = tokio::spawn(async move {
            // Serving ends with the process or with us.
            axum::serve(listener, app).await.ok();
        });
        Ok(Self { books, base, serving })
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }

    /// The next so many requests get 503.
    pub fn break_down(&self, times: u32) {
        self.books().broken = times;
    }

    /// How many requests that change something came, without those that were replayed.
    pub fn writes(&self) -> usize {
        self.books().writes
    }

    /// From now on its pages are there: `{base}/checkout/{session}`, `{base}/portal/{session}`, `{base}/invoice/{invoice}`.
    /// Whoever serves them shows what [`Self::thing`] says.
    pub fn has_pages_at(&self, base: &str) {
        self.books().pages = Some(base.to_owned());
    }

    /// Waits until there are events.
    pub async fn told(&self) {
        let told = self.books().told.clone();
        told.notified().await;
    }

    /// The newest subscription, of a customer or of anybody, as it is now.
    pub fn newest_subscription(&self, customer: Option<&str>) -> Option<Value> {
        let books = self.books();
        let is_theirs = |thing: &&Value| {
            thing["object"] == "subscription" && customer.is_none_or(|customer| thing["customer"] == customer)
        };
        books.things.values().filter(is_theirs).max_by_key(|thing| thing["created"].as_i64()).cloned()
    }

    /// The calendar moves on.
    pub fn advance(&self, seconds: i64) {
        self.books().now += seconds;
    }

    /// The buyer pays at a checkout; of a plan, the subscription begins.
    pub fn pay(&self, session: &str) {
        self.books().pay(session);
    }

    /// Bought by another way than a checkout of ours: the id of the subscription.
    pub fn subscribe(&self, customer: &str, price: &str, trial_days: i64) -> String {
        self.books().subscribe(customer, price, trial_days, &json!({}))
    }

    /// A period ends and the next is paid, or not.
    pub fn renew(&self, subscription: &str, is_paid: bool) {
        self.books().renew(subscription, is_paid);
    }

    /// The open invoice is paid after all.
    pub fn pay_open(&self, subscription: &str) {
        self.books().pay_open(subscription);
    }

    /// Another price from now on, the difference billed.
    pub fn change(&self, subscription: &str, price: &str) {
        self.books().change(subscription, price);
    }

    pub fn cancel_at_period_end(&self, subscription: &str, cancel: bool) {
        self.books().cancel_at_period_end(subscription, cancel);
    }

    /// It ends now.
    pub fn end(&self, subscription: &str) {
        self.books().end(subscription);
    }

    /// So much of what paid this invoice or session goes back.
    pub fn refund(&self, source: &str, amount: i64) {
        self.books().refund(source, amount);
    }

    /// The bank takes what paid this invoice or session back; the dispute's id.
    pub fn dispute(&self, source: &str) -> String {
        self.books().dispute(source)
    }

    pub fn close_dispute(&self, dispute: &str, won: bool) {
        self.books().close_dispute(dispute, won);
    }

    /// The thing of this id, as it is now.
    pub fn thing(&self, id: &str) -> Option<Value> {
        self.books().things.get(id).cloned()
    }

    /// The newest invoice of a subscription.
    pub fn last_invoice(&self, subscription: &str) -> Option<Value> {
        self.books().invoices_of(subscription).last().cloned()
    }

    /// Every invoice of a subscription, in the order they were made.
    pub fn invoices(&self, subscription: &str) -> Vec<Value> {
        self.books().invoices_of(subscription)
    }

    /// How much of what paid an invoice or a session went back, and whether its bank has taken it.
    pub fn gone(&self, source: &str) -> (i64, bool) {
        self.books().gone(source)
    }

    /// The events since this was asked last, in order.
    pub fn events(&self) -> Vec<Value> {
        std::mem::take(&mut self.books().events)
    }
}

/// The header that Stripe signs a body with.
pub fn sign(body: &[u8], secret: &str, at: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, &[format!("{at}.").as_bytes(), body].concat());
    format!("t={at},v1={}", hex::encode(tag.as_ref()))
}

fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who asks, in which version, and whether it is broken just now.
fn enter(books: &Mutex<Books>, headers: &HeaderMap) -> Result<(), No> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("authorization") != format!("Bearer {KEY}") {
        return Err(No(401, "invalid_request_error", "api_key"));
    }
    if header("stripe-version") != VERSION {
        return Err(No(400, "invalid_request_error", "version"));
    }
    let mut books = lock(books);
    if books.broken > 0 {
        books.broken -= 1;
        return Err(No(503, "api_error", "unavailable"));
    }
    Ok(())
}

/// Names and values of a form, decoded.
fn pairs(text: &[u8]) -> Pairs {
    let decode = |text: &[u8]| {
        let mut bytes = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let hex = text.get(at + 1..at + 3).and_then(|pair| hex::decode(pair).ok());
            match (text[at], hex) {
                (b'%', Some(decoded)) => {
                    bytes.extend(decoded);
                    at += 2;
                }
                (b'+', _) => bytes.push(b' '),
                (byte, _) => bytes.push(byte),
            }
            at += 1;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let parts = text.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let cut = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
            (decode(&part[..cut]), decode(part.get(cut + 1..).unwrap_or_default()))
        })
        .collect()
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// `metadata[…]` under a name, as an object.
fn metadata(pairs: &Pairs, name: &str) -> Value {
    let inside = |key: &str| Some(key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
    pairs
        .iter()
        .filter_map(|(key, value)| Some((inside(key)?, json!(value))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Does what a POST asks, once for each idempotency key.
fn once(
    State(books): Shared,
    headers: &HeaderMap,
    form: &[u8],
    act: impl FnOnce(&mut Books, &Pairs) -> Result<Value, No>,
) -> Response {
    if let Err(no) = enter(&books, headers) {
        return no.into_response();
    }
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) else {
        return No(400, "idempotency_error", "no_key").into_response();
    };
    let mut books = lock(&books);
    if let Some((before, answer)) = books.answered.get(key) {
        if before != form {
            return No(400, "idempotency_error", "other_request").into_response();
        }
        return ([("idempotent-replayed", "true")], Json(answer.clone())).into_response();
    }
    match act(&mut books, &pairs(form)) {
        Ok(answer) => {
            books.writes += 1;
            books.answered.insert(key.to_owned(), (form.to_vec(), answer.clone()));
            Json(answer).into_response()
        }
        Err(no) => no.into_response(),
    }
}

async fn make_customer(books: Shared, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    once(books, &headers, &form, |books, pairs| {
        let about = metadata(pairs, "metadata");
        let fields =
            json!({ "email": value(pairs, "email"), "name": value(pairs, "name"), "metadata": about });
        Ok(books.make("customer", "cus", fields))
    })
}

async fn make_session(books: Shared, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    once(books, &headers, &form, |books, pairs| {
        let price = value(pairs, "line_items[0][price]").unwrap_or_default().to_owned();
        let Some(known) = books.things.get(&price).cloned() else {
            return Err(No(400, "invalid_request_error", "resource_missing"));
        };
        let is_plan = value(pairs, "mode") == Some("subscription");
        if is_plan == known["recurring"].is_null() {
            return Err(No(400, "invalid_request_error", "price_of_another_mode"));
        }
        let session = json!({
            "mode": value(pairs, "mode"), "status": "open", "payment_status": "unpaid",
            "customer": value(pairs, "customer"), "client_reference_id": value(pairs, "client_reference_id"),
            "metadata": metadata(pairs, "metadata"), "amount_total": known["unit_amount"], "currency": "usd",
            "success_url": value(pairs, "success_url"), "cancel_url": value(pairs, "cancel_url"),
            "price": price, "subscription_metadata": metadata(pairs, "subscription_data[metadata]"),
            "trial_days": value(pairs, "subscription_data[trial_period_days]"),
        });
        let made = books.make("checkout.session", "cs", session);
        Ok(books.with_page(&made, "checkout", "https://checkout.stripe.com/c/pay/cs"))
    })
}

async fn make_portal(books: Shared, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    once(books, &headers, &form, |books, pairs| {
        let customer = value(pairs, "customer").unwrap_or_default();
        if !books.things.contains_key(customer) {
            return Err(MISSING);
        }
        let flow = value(pairs, "flow_data[type]").unwrap_or("home").to_owned();
        let session = json!({ "customer": customer, "flow": flow, "return_url": value(pairs, "return_url") });
        let made = books.make("billing_portal.session", "bps", session);
        Ok(books.with_page(&made, "portal", &format!("https://billing.stripe.com/p/session/{flow}")))
    })
}

async fn preview(books: Shared, headers: HeaderMap, RawForm(form): RawForm) -> Response {
    once(books, &headers, &form, |books, pairs| {
        let price = value(pairs, "subscription_details[items][0][price]").unwrap_or_default();
        let subscription = value(pairs, "subscription").unwrap_or_default();
        let lines = books.difference(subscription, price).ok_or(MISSING)?;
        let total: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
        Ok(json!({ "id": "upcoming_in_1", "currency": "usd", "total": total, "amount_due": total.max(0) }))
    })
}

async fn update_subscription(
    books: Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    once(books, &headers, &form, |books, pairs| {
        if !books.things.contains_key(&id) {
            return Err(MISSING);
        }
        if let Some(price) = value(pairs, "items[0][price]") {
            books.change(&id, price);
        }
        if let Some(cancel) = value(pairs, "cancel_at_period_end") {
            books.cancel_at_period_end(&id, cancel == "true");
        }
        Ok(books.things[&id].clone())
    })
}

async fn end_subscription(State(books): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(no) = enter(&books, &headers) {
        return no.into_response();
    }
    let mut books = lock(&books);
    if !books.things.contains_key(&id) {
        return MISSING.into_response();
    }
    books.end(&id);
    Json(books.things[&id].clone()).into_response()
}

async fn read(State(books): Shared, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(no) = enter(&books, &headers) {
        return no.into_response();
    }
    match lock(&books).things.get(&id) {
        Some(thing) => Json(thing.clone()).into_response(),
        None => MISSING.into_response(),
    }
}

/// A page of the things of a kind that fit the query, the newest first.
fn list(State(books): &Shared, headers: &HeaderMap, query: Option<&str>, kind: &str) -> Response {
    if let Err(no) = enter(books, headers) {
        return no.into_response();
    }
    let query = pairs(query.unwrap_or_default().as_bytes());
    let books = lock(books);
    let fits = |thing: &&Value| {
        thing["object"] == kind
            && ["customer", "status"]
                .into_iter()
                .all(|name| value(&query, name).is_none_or(|wanted| wanted == "all" || thing[name] == wanted))
            && value(&query, "created[gte]")
                .is_none_or(|since| thing["created"].as_i64() >= since.parse().ok())
    };
    let mut found: Vec<Value> = books.things.values().filter(fits).cloned().collect();
    found.sort_by_key(|thing| {
        std::cmp::Reverse(thing["id"].as_str().and_then(|id| id.rsplit('_').next()?.parse::<i64>().ok()))
    });
    if let Some(after) = value(&query, "starting_after") {
        let Some(at) = found.iter().position(|thing| thing["id"] == after) else {
            return No(400, "invalid_request_error", "resource_missing").into_response();
        };
        found.drain(..=at);
    }
    let limit = value(&query, "limit").and_then(|limit| limit.parse().ok()).unwrap_or(10);
    let has_more = found.len() > limit;
    found.truncate(limit);
    Json(json!({ "object": "list", "data": found, "has_more": has_more })).into_response()
}

async fn list_sessions(books: Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    list(&books, &headers, query.as_deref(), "checkout.session")
}

async fn list_subscriptions(books: Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    list(&books, &headers, query.as_deref(), "subscription")
}

async fn list_invoices(books: Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    list(&books, &headers, query.as_deref(), "invoice")
}

async fn list_endpoints(books: Shared, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    list(&books, &headers, query.as_deref(), "webhook_endpoint")
}
