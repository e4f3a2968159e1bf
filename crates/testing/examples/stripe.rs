//! Serves the counterpart of Stripe's with what a buyer and a server need of it: pages to pay at, signed webhooks, and a
//! calendar that a test turns. `stripe PRICES` takes prices as `id=amount` or `id=amount/month`, and says on one line of
//! JSON where it is and with which secret it signs.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use mv_core::Clock;
use mv_core::clock::SystemClock;
use mv_testing::stripe::{FakeStripe, KEY, sign};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const SECRET: &str = "whsec_counterpart";
/// Before a delivery that failed is tried again.
const PAUSE: Duration = Duration::from_millis(500);

struct Shop {
    stripe: FakeStripe,
    /// Where events are delivered; `None` holds them back.
    webhook: watch::Sender<Option<String>>,
}

type Counter = State<Arc<Shop>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let prices = arguments.iter().map(|text| price(text)).collect::<Result<Vec<_>, _>>()?;
    let now = SystemClock.now().timestamp();
    let stripe = FakeStripe::start(now, &prices).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let pages = format!("http://localhost:{}", listener.local_addr()?.port());
    stripe.has_pages_at(&pages);
    let shop = Arc::new(Shop { stripe, webhook: watch::Sender::new(None) });
    let about = json!({ "api": shop.stripe.base(), "control": pages, "key": KEY, "secret": SECRET });
    writeln!(std::io::stdout(), "{about}")?;
    tokio::spawn(deliver(shop.clone()));
    let app = Router::new()
        .route("/checkout/{id}", get(checkout).post(pay))
        .route("/portal/{id}", get(portal).post(pay_open))
        .route("/invoice/{id}", get(invoice))
        .route("/control/webhook", post(set_webhook))
        .route("/control/renew", post(renew))
        .route("/control/advance", post(advance))
        .with_state(shop);
    axum::serve(listener, app).await?;
    Ok(())
}

/// `price_pm=4900/month`.
fn price(text: &str) -> Result<(&str, i64, Option<&str>), String> {
    let wrong = || format!("`{text}` is no price: write `id=amount` or `id=amount/month`");
    let (id, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (amount, interval) = match rest.split_once('/') {
        Some((amount, interval)) => (amount, Some(interval)),
        None => (rest, None),
    };
    Ok((id, amount.parse().map_err(|_| wrong())?, interval))
}

/// Sends every event to the server, in order and until it takes it, as Stripe does.
async fn deliver(shop: Arc<Shop>) {
    let mut webhook = shop.webhook.subscribe();
    loop {
        for event in shop.stripe.events() {
            let body = event.to_string();
            loop {
                let Ok(to) = webhook.wait_for(Option::is_some).await.map(|to| to.clone().unwrap_or_default())
                else {
                    return;
                };
                let header = sign(body.as_bytes(), SECRET, SystemClock.now().timestamp());
                match send(&to, &header, &body).await {
                    Ok(200) => break,
                    refused => {
                        let name = &event["type"];
                        writeln!(std::io::stderr(), "{name} was not taken: {refused:?}").ok();
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
        shop.stripe.told().await;
    }
}

/// The status that a server on this machine answers a signed body with.
async fn send(to: &str, signature: &str, body: &str) -> std::io::Result<u16> {
    let broken = || std::io::Error::other("neither an address nor an answer of this machine");
    let (host, path) = to.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or_else(broken)?;
    let mut stream = TcpStream::connect(host).await?;
    let length = body.len();
    let request = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nstripe-signature: {signature}\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let status = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    status.ok_or_else(broken)
}

#[derive(Deserialize)]
struct Webhook {
    url: Option<String>,
}

/// Where events go from now on; without an address they wait.
async fn set_webhook(State(shop): Counter, Json(webhook): Json<Webhook>) -> StatusCode {
    shop.webhook.send_replace(webhook.url);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Renewal {
    is_paid: bool,
}

/// The period of the newest subscription ends, and the next one is paid or not.
async fn renew(State(shop): Counter, Json(renewal): Json<Renewal>) -> Result<Json<Value>, StatusCode> {
    let subscription = shop.stripe.newest_subscription(None).ok_or(StatusCode::NOT_FOUND)?;
    let id = text(&subscription, "id");
    shop.stripe.renew(id, renewal.is_paid);
    Ok(Json(shop.stripe.thing(id).unwrap_or_default()))
}

#[derive(Deserialize)]
struct Days {
    days: i64,
}

async fn advance(State(shop): Counter, Json(by): Json<Days>) -> StatusCode {
    shop.stripe.advance(by.days * 86_400);
    StatusCode::NO_CONTENT
}

fn text<'a>(thing: &'a Value, field: &str) -> &'a str {
    thing[field].as_str().unwrap_or_default()
}

fn dollars(thing: &Value, field: &str) -> String {
    let cents = thing[field].as_i64().unwrap_or_default();
    format!("${}.{:02}", cents / 100, cents % 100)
}

/// A page in a few words; what stands on it comes from the studio's own server.
fn page(title: &str, body: &str) -> Html<String> {
    let escaped = title.replace('<', "&lt;");
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{escaped}</title><h1>{escaped}</h1>{body}"
    ))
}

async fn checkout(State(shop): Counter, Path(id): Path<String>) -> Response {
    let Some(session) = shop.stripe.thing(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let (amount, back) = (dollars(&session, "amount_total"), text(&session, "cancel_url"));
    let body = format!(
        "<form method=\"post\"><button>Pay {amount}</button></form><p><a href=\"{back}\">Go back</a></p>"
    );
    page("Checkout", &body).into_response()
}

async fn pay(State(shop): Counter, Path(id): Path<String>) -> Response {
    let Some(session) = shop.stripe.thing(&id) else { return StatusCode::NOT_FOUND.into_response() };
    shop.stripe.pay(&id);
    Redirect::to(&text(&session, "success_url").replace("{CHECKOUT_SESSION_ID}", &id)).into_response()
}

/// The invoices of a customer that wait to be paid.
fn open_invoices(shop: &Shop, customer: &str) -> Vec<Value> {
    let subscription = shop.stripe.newest_subscription(Some(customer)).unwrap_or_default();
    let invoices = shop.stripe.invoices(text(&subscription, "id"));
    invoices.into_iter().filter(|invoice| invoice["status"] == "open").collect()
}

async fn portal(State(shop): Counter, Path(id): Path<String>) -> Response {
    let Some(session) = shop.stripe.thing(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let mut body = String::new();
    for invoice in open_invoices(&shop, text(&session, "customer")) {
        let (number, amount) = (text(&invoice, "number"), dollars(&invoice, "amount_due"));
        write!(body, "<form method=\"post\"><p>{number}</p><button>Pay {amount}</button></form>").ok();
    }
    write!(body, "<p><a href=\"{}\">Go back</a></p>", text(&session, "return_url")).ok();
    page("Billing", &body).into_response()
}

async fn pay_open(State(shop): Counter, Path(id): Path<String>) -> Response {
    let Some(session) = shop.stripe.thing(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let subscription = shop.stripe.newest_subscription(Some(text(&session, "customer"))).unwrap_or_default();
    shop.stripe.pay_open(text(&subscription, "id"));
    Redirect::to(text(&session, "return_url")).into_response()
}

async fn invoice(State(shop): Counter, Path(id): Path<String>) -> Response {
    let Some(invoice) = shop.stripe.thing(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let (number, status) = (text(&invoice, "number"), text(&invoice, "status"));
    page(&format!("Invoice {number}"), &format!("<p>{}: {status}</p>", dollars(&invoice, "total")))
        .into_response()
}
