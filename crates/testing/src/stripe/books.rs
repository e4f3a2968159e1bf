//! What the counterpart remembers, and how its things live.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Notify;

const DAY: i64 = 86_400;

#[derive(Debug)]
pub(super) struct Books {
    pub(super) now: i64,
    pub(super) things: BTreeMap<String, Value>,
    pub(super) events: Vec<Value>,
    /// Called with every event.
    pub(super) told: Arc<Notify>,
    /// Where its pages are, of a buyer who has a browser.
    pub(super) pages: Option<String>,
    /// Requests by idempotency key, with their answers.
    pub(super) answered: BTreeMap<String, (Vec<u8>, Value)>,
    pub(super) broken: u32,
    pub(super) writes: usize,
    count: i64,
}

impl Books {
    pub(super) fn new(now: i64, prices: &[(&str, i64, Option<&str>)]) -> Self {
        let mut books = Self {
            now,
            things: BTreeMap::new(),
            events: Vec::new(),
            told: Arc::new(Notify::new()),
            pages: None,
            answered: BTreeMap::new(),
            broken: 0,
            writes: 0,
            count: 0,
        };
        for (id, amount, interval) in prices {
            let recurring = interval.map(|interval| json!({ "interval": interval, "interval_count": 1 }));
            let price = json!({
                "id": id, "object": "price", "active": true, "currency": "usd", "unit_amount": amount,
                "recurring": recurring, "livemode": false, "tax_behavior": "exclusive",
            });
            books.things.insert((*id).to_owned(), price);
        }
        books
    }

    /// Writes a thing down under a new id.
    pub(super) fn make(&mut self, object: &str, prefix: &str, fields: Value) -> Value {
        self.count += 1;
        let id = format!("{prefix}_{}", self.count);
        let mut thing = fields;
        let own = json!({ "id": id, "object": object, "created": self.now, "livemode": false });
        merge(&mut thing, &own);
        if object == "invoice" {
            thing["number"] = json!(format!("MV-{:04}", self.count));
        }
        self.things.insert(id, thing.clone());
        thing
    }

    fn set(&mut self, id: &str, fields: &Value) -> Value {
        let thing = self.things.entry(id.to_owned()).or_insert_with(|| json!({ "id": id }));
        merge(thing, fields);
        thing.clone()
    }

    /// Tells what happened, with the thing as it is at this moment.
    fn tell(&mut self, kind: &str, id: &str) {
        self.count += 1;
        let object = self.things.get(id).cloned().unwrap_or_default();
        self.events.push(json!({
            "id": format!("evt_{}", self.count), "object": "event", "type": kind,
            "api_version": super::VERSION, "created": self.now, "livemode": false, "data": { "object": object },
            "request": { "id": null, "idempotency_key": null },
        }));
        self.told.notify_one();
    }

    /// The address of a page; the given one where there are no pages.
    pub(super) fn page(&self, kind: &str, id: &str, otherwise: &str) -> String {
        self.pages.as_ref().map_or_else(|| otherwise.to_owned(), |base| format!("{base}/{kind}/{id}"))
    }

    /// Writes down where the page of a new thing is.
    pub(super) fn with_page(&mut self, thing: &Value, kind: &str, otherwise: &str) -> Value {
        let id = thing["id"].as_str().unwrap_or_default();
        let url = self.page(kind, id, otherwise);
        self.set(id, &json!({ "url": url }))
    }

    fn text(&self, id: &str, field: &str) -> String {
        self.things.get(id).and_then(|thing| thing[field].as_str()).unwrap_or_default().to_owned()
    }

    fn price_of(&self, subscription: &str) -> Value {
        self.things
            .get(subscription)
            .map(|thing| thing["items"]["data"][0]["price"].clone())
            .unwrap_or_default()
    }

    fn period(price: &Value) -> i64 {
        if price["recurring"]["interval"] == "year" { 365 * DAY } else { 30 * DAY }
    }

    pub(super) fn pay(&mut self, session: &str) {
        let Some(open) = self.things.get(session).filter(|thing| thing["status"] == "open").cloned() else {
            return;
        };
        let customer = open["customer"].as_str().unwrap_or_default().to_owned();
        let price = open["price"].as_str().unwrap_or_default().to_owned();
        if open["mode"] == "subscription" {
            let trial = open["trial_days"].as_str().and_then(|days| days.parse().ok()).unwrap_or(0);
            let subscription = self.subscribe(&customer, &price, trial, &open["subscription_metadata"]);
            let done =
                json!({ "status": "complete", "payment_status": "paid", "subscription": subscription });
            self.set(session, &done);
        } else {
            let intent = self.charge(&customer, open["amount_total"].as_i64().unwrap_or_default());
            let done = json!({ "status": "complete", "payment_status": "paid", "payment_intent": intent });
            self.set(session, &done);
        }
        self.tell("checkout.session.completed", session);
    }

    /// Takes money: the payment's id.
    fn charge(&mut self, customer: &str, amount: i64) -> String {
        self.count += 1;
        let intent = format!("pi_{}", self.count);
        let charge = json!({
            "customer": customer, "payment_intent": intent, "amount": amount, "amount_refunded": 0, "currency": "usd",
        });
        let charge = self.make("charge", "ch", charge);
        self.things.insert(intent.clone(), json!({ "id": intent, "charge": charge["id"] }));
        intent
    }

    pub(super) fn subscribe(
        &mut self,
        customer: &str,
        price: &str,
        trial_days: i64,
        metadata: &Value,
    ) -> String {
        let price = self.things.get(price).cloned().unwrap_or_default();
        let trial = (trial_days > 0).then_some(self.now + trial_days * DAY);
        let end = trial.unwrap_or(self.now + Self::period(&price));
        let made = self.make(
            "subscription",
            "sub",
            json!({
                "customer": customer, "status": if trial.is_some() { "trialing" } else { "active" },
                "cancel_at_period_end": false, "cancel_at": null, "canceled_at": null, "ended_at": null,
                "trial_start": trial.map(|_| self.now), "trial_end": trial, "metadata": metadata,
                "items": { "data": [{
                    "id": "si_1", "price": price, "current_period_start": self.now, "current_period_end": end,
                }] },
            }),
        );
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        self.tell("customer.subscription.created", &id);
        let amount = if trial.is_some() { 0 } else { price["unit_amount"].as_i64().unwrap_or_default() };
        let line = self.line(&price, amount, (self.now, end), false);
        self.bill(&id, "subscription_create", &[line], true);
        id
    }

    fn line(&self, price: &Value, amount: i64, (start, end): (i64, i64), proration: bool) -> Value {
        json!({
            "id": format!("il_{}", self.count), "amount": amount, "period": { "start": start, "end": end },
            "pricing": { "type": "price_details", "price_details": { "price": price["id"] } },
            "parent": { "subscription_item_details": { "proration": proration } },
        })
    }

    /// Makes an invoice, paid or open, and tells of it; its id.
    fn bill(&mut self, subscription: &str, reason: &str, lines: &[Value], is_paid: bool) -> String {
        let customer = self.text(subscription, "customer");
        let total: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
        let invoice = self.make(
            "invoice",
            "in",
            json!({
                "customer": customer, "currency": "usd", "total": total, "amount_due": total.max(0), "amount_paid": 0,
                "status": "open", "billing_reason": reason, "lines": { "data": lines },
                "parent": { "type": "subscription_details", "subscription_details": { "subscription": subscription } },
                "payments": { "data": [] },
            }),
        );
        let id = invoice["id"].as_str().unwrap_or_default().to_owned();
        let page = self.page("invoice", &id, "https://invoice.stripe.com/i/1");
        self.set(&id, &json!({ "invoice_pdf": format!("{page}.pdf"), "hosted_invoice_url": page }));
        if is_paid {
            self.settle(&id);
        } else {
            self.tell("invoice.payment_failed", &id);
        }
        id
    }

    fn settle(&mut self, invoice: &str) {
        let total =
            self.things.get(invoice).and_then(|thing| thing["total"].as_i64()).unwrap_or_default().max(0);
        let payments = if total > 0 {
            let customer = self.text(invoice, "customer");
            let intent = self.charge(&customer, total);
            json!([{ "status": "paid", "payment": { "type": "payment_intent", "payment_intent": intent } }])
        } else {
            json!([])
        };
        self.set(
            invoice,
            &json!({ "status": "paid", "amount_paid": total, "amount_due": total, "payments": { "data": payments } }),
        );
        self.tell("invoice.paid", invoice);
    }

    pub(super) fn invoices_of(&self, subscription: &str) -> Vec<Value> {
        let is_its = |thing: &&Value| {
            thing["object"] == "invoice"
                && thing["parent"]["subscription_details"]["subscription"] == subscription
        };
        let mut invoices: Vec<Value> = self.things.values().filter(is_its).cloned().collect();
        invoices.sort_by_key(|invoice| {
            invoice["id"].as_str().and_then(|id| id.strip_prefix("in_")?.parse::<i64>().ok())
        });
        invoices
    }

    pub(super) fn renew(&mut self, subscription: &str, is_paid: bool) {
        let Some(before) = self.things.get(subscription).cloned() else { return };
        if before["status"] == "canceled" {
            return;
        }
        let item = before["items"]["data"][0].clone();
        let start = item["current_period_end"].as_i64().unwrap_or_default();
        self.now = self.now.max(start);
        if before["cancel_at_period_end"] == true {
            return self.end(subscription);
        }
        let price = item["price"].clone();
        let end = start + Self::period(&price);
        let mut item = item;
        merge(&mut item, &json!({ "current_period_start": start, "current_period_end": end }));
        let status = if is_paid { "active" } else { "past_due" };
        self.set(subscription, &json!({ "status": status, "items": { "data": [item] } }));
        self.tell("customer.subscription.updated", subscription);
        let line = self.line(&price, price["unit_amount"].as_i64().unwrap_or_default(), (start, end), false);
        self.bill(subscription, "subscription_cycle", &[line], is_paid);
    }

    pub(super) fn pay_open(&mut self, subscription: &str) {
        for invoice in self.invoices_of(subscription) {
            if invoice["status"] == "open" {
                self.settle(invoice["id"].as_str().unwrap_or_default());
            }
        }
        if self.text(subscription, "status") == "past_due" {
            self.set(subscription, &json!({ "status": "active" }));
            self.tell("customer.subscription.updated", subscription);
        }
    }

    /// What moving to another price bills at once: what is left of the old one, given back, and as much of the new one.
    pub(super) fn difference(&self, subscription: &str, price: &str) -> Option<[Value; 2]> {
        let (before, after) = (self.price_of(subscription), self.things.get(price)?);
        if self.text(subscription, "status") == "canceled" || before["id"] == after["id"] {
            return None;
        }
        let end = self.things.get(subscription)?["items"]["data"][0]["current_period_end"].as_i64()?;
        let whole = Self::period(&before);
        let part = |price: &Value| {
            price["unit_amount"].as_i64().unwrap_or_default() * (end - self.now).max(0) / whole
        };
        Some([
            self.line(&before, -part(&before), (self.now, end), true),
            self.line(after, part(after), (self.now, end), true),
        ])
    }

    pub(super) fn change(&mut self, subscription: &str, price: &str) {
        let Some(lines) = self.difference(subscription, price) else { return };
        let mut item = self.things[subscription]["items"]["data"][0].clone();
        item["price"] = self.things[price].clone();
        self.set(subscription, &json!({ "items": { "data": [item] } }));
        self.tell("customer.subscription.updated", subscription);
        self.bill(subscription, "subscription_update", &lines, true);
    }

    pub(super) fn cancel_at_period_end(&mut self, subscription: &str, cancel: bool) {
        if self.text(subscription, "status") == "canceled"
            || self.things.get(subscription).is_some_and(|thing| thing["cancel_at_period_end"] == cancel)
        {
            return;
        }
        let at = cancel.then_some(self.now);
        self.set(subscription, &json!({ "cancel_at_period_end": cancel, "canceled_at": at }));
        self.tell("customer.subscription.updated", subscription);
    }

    pub(super) fn end(&mut self, subscription: &str) {
        if self.text(subscription, "status") == "canceled" {
            return;
        }
        self.set(
            subscription,
            &json!({ "status": "canceled", "canceled_at": self.now, "ended_at": self.now }),
        );
        self.tell("customer.subscription.deleted", subscription);
    }

    /// The charge that paid an invoice or a session.
    fn charge_of(&self, source: &str) -> Option<String> {
        let thing = self.things.get(source)?;
        let intent = thing["payment_intent"]
            .as_str()
            .or_else(|| thing["payments"]["data"][0]["payment"]["payment_intent"].as_str())?;
        Some(self.things.get(intent)?["charge"].as_str()?.to_owned())
    }

    pub(super) fn refund(&mut self, source: &str, amount: i64) {
        let Some(charge) = self.charge_of(source) else { return };
        let before = self.things[&charge].clone();
        let refunded = before["amount_refunded"].as_i64().unwrap_or_default() + amount;
        let refunded = refunded.min(before["amount"].as_i64().unwrap_or_default());
        self.set(&charge, &json!({ "amount_refunded": refunded }));
        self.tell("charge.refunded", &charge);
    }

    pub(super) fn dispute(&mut self, source: &str) -> String {
        let Some(charge) = self.charge_of(source) else { return String::new() };
        // A bank takes a payment back once.
        if self
            .things
            .values()
            .any(|thing| thing["object"] == "dispute" && thing["charge"] == charge.as_str())
        {
            return String::new();
        }
        let (intent, amount) =
            (self.things[&charge]["payment_intent"].clone(), self.things[&charge]["amount"].clone());
        let dispute = json!({
            "charge": charge, "payment_intent": intent, "amount": amount, "status": "needs_response",
        });
        let made = self.make("dispute", "dp", dispute);
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        self.tell("charge.dispute.created", &id);
        id
    }

    pub(super) fn gone(&self, source: &str) -> (i64, bool) {
        let Some(charge) = self.charge_of(source) else { return (0, false) };
        let refunded = self.things[&charge]["amount_refunded"].as_i64().unwrap_or_default();
        let taken = |thing: &Value| {
            thing["object"] == "dispute" && thing["charge"] == charge.as_str() && thing["status"] != "won"
        };
        (refunded, self.things.values().any(taken))
    }

    pub(super) fn close_dispute(&mut self, dispute: &str, won: bool) {
        self.set(dispute, &json!({ "status": if won { "won" } else { "lost" } }));
        self.tell("charge.dispute.closed", dispute);
    }
}

/// Puts the fields of one object over those of another.
fn merge(thing: &mut Value, fields: &Value) {
    if let (Some(thing), Some(fields)) = (thing.as_object_mut(), fields.as_object()) {
        for (name, value) in fields {
            thing.insert(name.clone(), value.clone());
        }
    }
}
