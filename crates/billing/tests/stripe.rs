//! The client of Stripe: against an independent server over Stripe's own description of its API, against its official
//! samples, and against a server that fails in every way.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

mod counterpart;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use counterpart::Counterpart;
use mv_billing::calls::checkout::{NewCheckout, Purchase};
use mv_billing::calls::customers::NewCustomer;
use mv_billing::calls::portal::PortalFlow;
use mv_billing::objects::{Charge, CheckoutSession, Dispute, Invoice, Subscription, SubscriptionStatus};
use mv_billing::webhook::{self, EVENTS};
use mv_billing::{Retry, Stripe, StripeError, StripeSettings};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn client(base: &str) -> Stripe {
    Stripe::new(&StripeSettings {
        secret_key: "sk_test_123".into(),
        api_base: base.parse().unwrap(),
        timeout: Duration::from_secs(20),
        retry: Retry { pause: Duration::from_millis(1), ..Retry::default() },
    })
    .unwrap()
}

const PLAN: Purchase<'_> = Purchase::Plan { price: "price_pm", plan: "pro", trial_days: Some(7) };
const PACK: Purchase<'_> = Purchase::Pack { price: "price_5", pack: "pack_500", credits: 500 };

fn checkout(purchase: Purchase<'_>, automatic_tax: bool) -> NewCheckout<'_> {
    NewCheckout {
        customer: "cus_1",
        user_id: "0191f6a0-0000-7000-8000-000000000001",
        purchase,
        success_url: "https://films.example/billing/done",
        cancel_url: "https://films.example/billing",
        automatic_tax,
        locale: "ko",
    }
}

#[tokio::test]
async fn an_independent_server_takes_every_request() {
    let counterpart = Counterpart::start().await;
    let stripe = client(&counterpart.url);
    let new = NewCustomer { email: "ana@example.com", name: Some("Ana"), user_id: "42", locale: "ko" };
    stripe.create_customer(&new).await.unwrap();
    stripe.customer("cus_1").await.unwrap();
    for purchase in [PLAN, PACK] {
        for automatic_tax in [false, true] {
            stripe.create_checkout(&checkout(purchase, automatic_tax), "k").await.unwrap();
        }
    }
    stripe.checkout("cs_test_1").await.unwrap();
    stripe.expire_checkout("cs_test_1").await.unwrap();
    for flow in [
        PortalFlow::Home,
        PortalFlow::PaymentMethod,
        PortalFlow::Cancel { subscription: "sub_1" },
        PortalFlow::ChangePlan { subscription: "sub_1" },
    ] {
        stripe.create_portal("cus_1", "https://films.example/billing", flow, "k").await.unwrap();
    }
    stripe.checkouts_of("cus_1").await.unwrap();
    stripe.invoices("cus_1", Some("in_1"), 20).await.unwrap();
    stripe.paid_invoices_of("cus_1").await.unwrap();
    stripe.invoice("in_1").await.unwrap();
    stripe.subscription("sub_1").await.unwrap();
    stripe.subscriptions_of("cus_1").await.unwrap();
    stripe.cancel_at_period_end("sub_1", true, "k").await.unwrap();
    stripe.change_price("sub_1", "si_1", "price_pm", "k").await.unwrap();
    stripe.cancel_now("sub_1").await.unwrap();
    stripe.refund("pi_1", Some(100), "k").await.unwrap();
    stripe.create_webhook_endpoint("https://films.example/api/billing/webhook", "k").await.unwrap();
}

fn samples() -> Value {
    let file: Value = serde_json::from_str(include_str!("specs/stripe.fixtures3.trimmed.json")).unwrap();
    file["resources"].clone()
}

#[test]
fn every_official_sample_of_what_we_act_on_is_accepted() {
    let samples = samples();
    for kind in EVENTS {
        let object = if kind.starts_with("charge.dispute") {
            "dispute"
        } else if kind.starts_with("charge") {
            "charge"
        } else if kind.starts_with("invoice") {
            "invoice"
        } else if kind.starts_with("customer.subscription") {
            "subscription"
        } else {
            "checkout.session"
        };
        let mut event = samples["event"].clone();
        event["type"] = json!(kind);
        event["data"]["object"] = samples[object].clone();
        let body = serde_json::to_vec(&event).unwrap();
        let now = chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let secrets = ["whsec_1".into()];
        let read = webhook::receive(&body, &webhook::sign(&body, &secrets[0], now), &secrets, now).unwrap();
        assert_eq!((read.kind.as_str(), read.about()), (*kind, samples[object]["id"].as_str()));
        let object = read.data.object;
        match object["object"].as_str().unwrap() {
            "dispute" => drop(serde_json::from_value::<Dispute>(object).unwrap()),
            "charge" => drop(serde_json::from_value::<Charge>(object).unwrap()),
            "invoice" => drop(serde_json::from_value::<Invoice>(object).unwrap()),
            "subscription" => {
                let subscription: Subscription = serde_json::from_value(object).unwrap();
                assert_eq!(subscription.items.data[0].price.id, "price_1PgafmB7WZ01zgkW6dKueIc5");
            }
            _ => drop(serde_json::from_value::<CheckoutSession>(object).unwrap()),
        }
    }
}

#[test]
fn words_that_stripe_will_have_one_day_break_nothing() {
    let mut sample = samples()["subscription"].clone();
    sample["status"] = json!("hibernating");
    sample["customer"] = json!({ "id": "cus_9", "object": "customer" });
    sample["new_field"] = json!([1]);
    let read: Subscription = serde_json::from_value(sample).unwrap();
    assert_eq!((read.status, read.customer.as_deref()), (SubscriptionStatus::Unknown, Some("cus_9")));
    assert!(!read.is_live());
}

type Expected = fn(&StripeError) -> bool;

/// A status, what `Stripe-Should-Retry` says, and a body.
type Answer = (u16, &'static str, Value);

/// Answers in turn, the last one again and again; keeps what it was asked: forms, else addresses.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<Vec<Answer>>>,
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

impl Script {
    async fn serve(answers: &[Answer]) -> (Self, Stripe) {
        let script = Self::default();
        script.answers.lock().unwrap().extend(answers.iter().rev().cloned());
        let app = Router::new().fallback(answer).with_state(script.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (script, client(&base))
    }

    fn keys(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(_, headers)| headers["idempotency-key"].to_str().unwrap().to_owned()).collect()
    }
}

async fn answer(
    State(script): State<Script>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> impl IntoResponse {
    let asked = if body.is_empty() { uri.to_string() } else { body };
    script.asked.lock().unwrap().push((asked, headers));
    let mut answers = script.answers.lock().unwrap();
    let (status, retry, body) = if answers.len() > 1 { answers.pop().unwrap() } else { answers[0].clone() };
    let status = StatusCode::from_u16(status).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("request-id", "req_7".parse().unwrap());
    if !retry.is_empty() {
        headers.insert("stripe-should-retry", retry.parse().unwrap());
    }
    (status, headers, axum::Json(body))
}

fn refused(kind: &str, code: &str) -> Value {
    json!({ "error": { "type": kind, "code": code, "message": "no", "param": "customer" } })
}

fn portal() -> Value {
    json!({ "id": "bps_1", "url": "https://billing.stripe.com/p/session/x" })
}

async fn ask(stripe: &Stripe) -> Result<String, StripeError> {
    let asked = stripe.create_portal("cus_1", "https://films.example/", PortalFlow::Home, "click-1");
    asked.await.map(|session| session.url)
}

#[tokio::test]
async fn what_may_be_sent_again_is_under_the_same_key() {
    for (status, retry) in [(409, ""), (424, ""), (429, ""), (500, ""), (503, ""), (400, "true")] {
        let refusal = refused("api_error", "");
        let (script, stripe) =
            Script::serve(&[(status, retry, refusal.clone()), (status, retry, refusal), (200, "", portal())])
                .await;
        assert!(ask(&stripe).await.is_ok(), "{status}");
        assert_eq!(script.keys(), ["click-1"; 3]);
        let asked = script.asked.lock().unwrap();
        let (body, headers) = &asked[0];
        assert_eq!(body, "customer=cus_1&return_url=https%3A%2F%2Ffilms.example%2F");
        assert_eq!(headers["stripe-version"], "2026-10-28.endive");
        assert_eq!(headers["authorization"], "Bearer sk_test_123");
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    }
}

#[tokio::test]
async fn what_may_not_is_sent_once() {
    let cases: [(Answer, Expected); 8] = [
        ((400, "", refused("invalid_request_error", "x")), |e| matches!(e, StripeError::Invalid(_))),
        ((400, "", refused("idempotency_error", "x")), |e| matches!(e, StripeError::OtherRequest(_))),
        ((400, "", refused("invalid_request_error", "resource_missing")), |e| {
            matches!(e, StripeError::Missing(_))
        }),
        ((401, "", refused("invalid_request_error", "x")), |e| matches!(e, StripeError::Key(_))),
        ((402, "", refused("card_error", "card_declined")), |e| matches!(e, StripeError::Declined(_))),
        ((404, "", json!("not even an error")), |e| matches!(e, StripeError::Missing(_))),
        ((500, "false", refused("api_error", "x")), |e| matches!(e, StripeError::Unavailable { .. })),
        ((200, "", json!({ "object": "something else" })), |e| matches!(e, StripeError::BadAnswer { .. })),
    ];
    for (answer, is_it) in cases {
        let status = answer.0;
        let (script, stripe) = Script::serve(&[answer]).await;
        let error = ask(&stripe).await.unwrap_err();
        assert!(is_it(&error), "{status}: {error:?}");
        assert_eq!(script.keys().len(), 1, "{status}");
        assert!(error.to_string().contains("req_7"), "{error}");
    }
}

#[tokio::test]
async fn patience_ends() {
    let (script, stripe) = Script::serve(&[(429, "", refused("invalid_request_error", "rate_limit"))]).await;
    let error = ask(&stripe).await.unwrap_err();
    assert!(matches!(error, StripeError::Busy(_)) && error.may_pass());
    assert_eq!(script.keys().len(), 3);
    let nobody = client("http://127.0.0.1:9");
    assert!(matches!(ask(&nobody).await, Err(StripeError::Unavailable { .. })));
}

/// `created[gte]` is more than the independent server reads: its document says `created`, and no more.
#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let page =
        |id: &str, has_more: bool| json!({ "data": [{ "id": id, "status": "paid" }], "has_more": has_more });
    let (script, stripe) =
        Script::serve(&[(200, "", page("in_1", true)), (200, "", page("in_2", false))]).await;
    let read = stripe.paid_invoices_since(1_790_000_000).await.unwrap();
    assert_eq!(read.iter().map(|invoice| invoice.id.as_str()).collect::<Vec<_>>(), ["in_1", "in_2"]);
    let first = "/v1/invoices?status=paid&created%5Bgte%5D=1790000000&expand%5B%5D=data.payments&limit=100";
    let asked = script.asked.lock().unwrap();
    let addresses: Vec<&str> = asked.iter().map(|(address, _)| address.as_str()).collect();
    assert_eq!(addresses, [first.to_owned(), format!("{first}&starting_after=in_1")]);
}

#[tokio::test]
async fn an_id_leads_nowhere_else() {
    let (script, stripe) = Script::serve(&[(200, "", json!({}))]).await;
    for id in ["", "../customers/cus_1", "sub_1?expand[]=x", "sub 1"] {
        assert!(matches!(stripe.subscription(id).await, Err(StripeError::BadAnswer { .. })), "{id}");
    }
    assert!(script.asked.lock().unwrap().is_empty());
}
