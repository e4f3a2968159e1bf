//! `admin billing`: the plans as a file to begin from, and whether everything at Stripe is as the server needs it.

use crate::args::admin::BillingCommand;
use crate::billing;
use crate::config::server::{PaidBy, ServerConfig};
use crate::failure::{Class, Failure};
use crate::output::Output;
use mv_billing::objects::{Price, WebhookEndpoint};
use mv_billing::webhook::EVENTS;
use mv_billing::{API_VERSION, Billing, BillingCycle, Payments, StripeError, offers};
use mv_core::plan::Plan;
use serde::Serialize;
use std::fmt::Write;

/// Where Stripe sends its events.
const PATH: &str = "/api/billing/webhook";

pub(super) async fn run(
    command: &BillingCommand,
    config: &ServerConfig,
    output: Output,
) -> Result<(), Failure> {
    match command {
        BillingCommand::Plans => {
            // A file to be written to, whoever reads it.
            output.document(offers::BUILT_IN);
            Ok(())
        }
        BillingCommand::Check => check(config, output).await,
    }
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    name: String,
    ok: bool,
    says: String,
}

impl Finding {
    fn of(name: impl Into<String>, found: Result<String, String>) -> Self {
        let (ok, says) = match found {
            Ok(says) => (true, says),
            Err(says) => (false, says),
        };
        Self { name: name.into(), ok, says }
    }
}

async fn check(config: &ServerConfig, output: Output) -> Result<(), Failure> {
    let billing = billing::open(config)?;
    let Some(payments) = &billing.payments else {
        return Err(Failure::new(Class::Usage, "payments are not set up: nobody pays on this server")
            .hint("set `billing.stripe.secret_key` to let people pay"));
    };
    let mut findings = vec![key(payments).await];
    for (name, id) in billing.offers.price_ids() {
        findings.push(Finding::of(name.clone(), price(&billing, payments, &name, id).await));
    }
    if billing.offers.price_ids().is_empty() {
        let none = "no plan has a price of Stripe's: set `billing.prices.indie_monthly` and the others";
        findings.push(Finding::of("prices", Err(none.to_owned())));
    }
    let wanted = config.api.public_url.join(PATH).map_err(Failure::unexpected)?;
    let endpoints = payments.stripe.webhook_endpoints().await;
    findings.push(Finding::of("webhook", endpoint(wanted.as_str(), endpoints)));
    let secrets = match payments.webhook_secrets.len() {
        0 => Err("there is none: every event is refused; set `billing.stripe.webhook_secrets`".to_owned()),
        count => Ok(format!("{count}")),
    };
    findings.push(Finding::of("webhook secrets", secrets));
    let paid_by = match config.services.paid_by {
        PaidBy::Credits => Ok("what AI services cost is paid out of people's credits".to_owned()),
        PaidBy::House => {
            Err("nothing costs credits: set `services.paid_by = \"credits\"`, or sell none".to_owned())
        }
    };
    findings.push(Finding::of("credits", paid_by));
    let failed = findings.iter().filter(|finding| !finding.ok).count();
    output.answer(&serde_json::json!({ "findings": findings }), || {
        findings.iter().fold(String::new(), |mut text, finding| {
            let mark = if finding.ok { "ok" } else { "!!" };
            let _ = write!(
                text,
                "{}{mark}  {:<16} {}",
                if text.is_empty() { "" } else { "\n" },
                finding.name,
                finding.says
            );
            text
        })
    });
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::new(Class::Usage, format!("{failed} of these have to be put right before people can pay"))
        .hint("docs/operations.md says how Stripe is set up"))
}

async fn key(payments: &Payments) -> Finding {
    let mode = if payments.stripe.is_live() { "live: real money" } else { "for tests: no real money" };
    // A customer that cannot be: the key is taken when Stripe knows that there is none.
    let found = match payments.stripe.customer("cus_melodyvision_check").await {
        Ok(_) | Err(StripeError::Missing(_)) => Ok(mode.to_owned()),
        Err(error) => Err(error.to_string()),
    };
    Finding::of("key", found)
}

async fn price(billing: &Billing, payments: &Payments, name: &str, id: &str) -> Result<String, String> {
    let found = payments.stripe.price(id).await.map_err(|error| error.to_string())?;
    let (amount, cycle) = expected(billing, name);
    fits(&found, amount, cycle, &billing.offers.currency, payments.stripe.is_live())?;
    Ok(format!("{id}, {amount} {}", billing.offers.currency))
}

/// What the file of plans says of a price.
fn expected(billing: &Billing, name: &str) -> (i64, Option<BillingCycle>) {
    if let Some(pack) = billing.offers.packs.iter().find(|pack| pack.name() == name) {
        return (pack.amount, None);
    }
    let of = |plan: Plan, cycle: BillingCycle| {
        let price = billing.offers.offer(plan)?.price(cycle)?;
        (format!("{plan}_{}", cycle.word()) == name).then_some((price.amount, Some(cycle)))
    };
    let plans = Plan::ALL.into_iter().flat_map(|plan| BillingCycle::ALL.map(|cycle| of(plan, cycle)));
    plans.flatten().next().unwrap_or((0, None))
}

fn fits(
    price: &Price,
    amount: i64,
    cycle: Option<BillingCycle>,
    currency: &str,
    live: bool,
) -> Result<(), String> {
    if !price.active {
        return Err(format!("`{}` is not active any more", price.id));
    }
    if price.livemode != live {
        return Err(format!("`{}` is of Stripe's other mode", price.id));
    }
    let found = price.recurring.as_ref().map(|recurring| recurring.interval.as_str());
    if found != cycle.map(BillingCycle::interval) {
        return Err(format!(
            "`{}` is paid {}, and should be paid {}",
            price.id,
            found.map_or_else(|| "once".to_owned(), |interval| format!("every {interval}")),
            cycle.map_or_else(|| "once".to_owned(), |cycle| format!("every {}", cycle.interval())),
        ));
    }
    let (is, unit) = (price.unit_amount.unwrap_or_default(), price.currency.as_deref().unwrap_or_default());
    if is != amount || unit != currency {
        return Err(format!("`{}` costs {is} {unit}, but people are shown {amount} {currency}", price.id));
    }
    Ok(())
}

fn endpoint(wanted: &str, found: Result<Vec<WebhookEndpoint>, StripeError>) -> Result<String, String> {
    let found = found.map_err(|error| error.to_string())?;
    let make = format!("make one at {wanted} for {} events, version {API_VERSION}", EVENTS.len());
    let Some(endpoint) = found.iter().find(|endpoint| endpoint.url == wanted) else {
        return Err(format!("Stripe sends no events here: {make}"));
    };
    if endpoint.status.as_deref().is_some_and(|status| status != "enabled") {
        return Err(format!("`{}` is switched off", endpoint.id));
    }
    if endpoint.api_version.as_deref() != Some(API_VERSION) {
        let version = endpoint.api_version.as_deref().unwrap_or("the account's own");
        return Err(format!("`{}` speaks version {version}: {make}", endpoint.id));
    }
    let sends = |event: &&&str| !endpoint.enabled_events.iter().any(|sent| sent == "*" || sent == **event);
    let missing: Vec<&str> = EVENTS.iter().filter(sends).copied().collect();
    if missing.is_empty() {
        return Ok(format!("{}, {}", endpoint.id, endpoint.url));
    }
    Err(format!("`{}` does not send {}", endpoint.id, missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn price(change: &Value) -> Price {
        let mut price = json!({
            "id": "price_1", "active": true, "currency": "usd", "unit_amount": 1900, "livemode": false,
            "recurring": { "interval": "month", "interval_count": 1 },
        });
        for (name, value) in change.as_object().unwrap() {
            price[name] = value.clone();
        }
        serde_json::from_value(price).unwrap()
    }

    #[test]
    fn a_price_must_be_what_people_are_shown() {
        let check = |change: Value| fits(&price(&change), 1900, Some(BillingCycle::Monthly), "usd", false);
        assert_eq!(check(json!({})), Ok(()));
        for (change, says) in [
            (json!({ "active": false }), "not active"),
            (json!({ "livemode": true }), "other mode"),
            (json!({ "recurring": null }), "paid once"),
            (json!({ "recurring": { "interval": "year" } }), "every year"),
            (json!({ "unit_amount": 2900 }), "2900 usd"),
            (json!({ "currency": "eur" }), "1900 eur"),
        ] {
            let error = check(change).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn events_must_come_here_all_of_them_in_our_version() {
        let at = "https://films.example/api/billing/webhook";
        let check = |url: &str, version: &str, events: &[&str]| {
            let found = json!({
                "id": "we_1", "url": url, "api_version": version, "status": "enabled", "enabled_events": events,
            });
            endpoint(at, Ok(vec![serde_json::from_value(found).unwrap()]))
        };
        assert!(check(at, API_VERSION, &["*"]).is_ok() && check(at, API_VERSION, EVENTS).is_ok());
        assert!(check("https://other.example/", API_VERSION, &["*"]).unwrap_err().contains(at));
        assert!(check(at, "2024-06-20", &["*"]).unwrap_err().contains("2024-06-20"));
        assert!(check(at, API_VERSION, &EVENTS[1..]).unwrap_err().contains(EVENTS[0]));
    }
}
