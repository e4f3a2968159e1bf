//! Any order of events against a simple model: every answer, every state, every balance and every bill is the model's.

use crate::ground::{Ground, LEASE, at, number};
use mv_core::ids::CallId;
use mv_core::paid_call::{CallState, Capability, Funding};
use mv_core::units::MicroUsd;
use mv_store::ledger::{self, Cap, Caps, Held, LedgerError, NewCall, Opening, Outcome, Resolver, Source};
use mv_store::{Database, StoreError};
use mv_testing::postgres;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use sqlx::PgConnection;
use std::cell::Cell;

/// Of each order and of each project.
const CAPS: Caps = Caps { job: Some(MicroUsd(4_000_000)), project: Some(MicroUsd(6_000_000)) };
const PEOPLE: usize = 2;
const CAPABILITIES: [Capability; 3] = [Capability::Image, Capability::Clip, Capability::Text];

#[derive(Clone, Debug)]
enum Event {
    Open {
        person: usize,
        order: usize,
        step: usize,
        ordinal: u32,
        funding: Funding,
        estimate: i64,
        holder: usize,
    },
    Move {
        call: usize,
        to: CallState,
        zombie: bool,
        cost: Option<i64>,
    },
    Renew {
        call: usize,
        zombie: bool,
    },
    Release {
        call: usize,
        zombie: bool,
    },
    Resolve {
        call: usize,
        outcome: usize,
        operator: bool,
    },
    Give {
        person: usize,
        amount: i64,
    },
    Wait(i64),
    /// Whoever did this died before the commit.
    Crash(Box<Event>),
}

fn event() -> impl Strategy<Value = Event> {
    let funding =
        prop_oneof![3 => Just(Funding::Credits), 1 => Just(Funding::Own), 1 => Just(Funding::House)];
    let open = (0..PEOPLE, 0..2_usize, 0..5_usize, 0..4_u32, funding, 0..1_200_000_i64, 0..3_usize).prop_map(
        |(person, order, step, ordinal, funding, estimate, holder)| Event::Open {
            person,
            order,
            step,
            ordinal,
            // Now and then something is free.
            estimate: if estimate < 100_000 { 0 } else { estimate },
            funding,
            holder,
        },
    );
    let zombie = || prop::bool::weighted(0.1);
    let to = prop_oneof![
        1 => Just(CallState::Reserved),
        4 => Just(CallState::Submitting),
        2 => Just(CallState::Submitted),
        4 => Just(CallState::Succeeded),
        3 => Just(CallState::Failed),
        2 => Just(CallState::Unknown),
    ];
    let cost = prop::option::of(0..1_500_000_i64);
    let moved = (any::<usize>(), to, zombie(), cost).prop_map(|(call, to, zombie, cost)| Event::Move {
        call,
        to,
        zombie,
        cost,
    });
    let plain = prop_oneof![
        8 => open,
        16 => moved,
        1 => (any::<usize>(), zombie()).prop_map(|(call, zombie)| Event::Renew { call, zombie }),
        1 => (any::<usize>(), zombie()).prop_map(|(call, zombie)| Event::Release { call, zombie }),
        3 => (any::<usize>(), 0..5_usize, prop::bool::weighted(0.7))
            .prop_map(|(call, outcome, operator)| Event::Resolve { call, outcome, operator }),
        2 => (0..PEOPLE, -1_000_000..4_000_000_i64).prop_map(|(person, amount)| Event::Give { person, amount }),
        2 => (1..90_i64).prop_map(Event::Wait),
    ];
    (plain, prop::bool::weighted(0.15))
        .prop_map(|(event, crash)| if crash { Event::Crash(Box::new(event)) } else { event })
}

/// What the ledger answered.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    Done,
    Held(CallState, i64),
    Busy,
    OverBudget(Cap, i64),
    TooFewCredits(i64),
    Unfinished(u32, CallState),
    WrongState(CallState),
    Superseded,
    OperatorDecides,
    Other(String),
}

impl From<LedgerError> for Told {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::OverBudget { which, committed, .. } => Self::OverBudget(which, committed.0),
            LedgerError::TooFewCredits { balance, .. } => Self::TooFewCredits(balance.0),
            LedgerError::Unfinished { ordinal, state } => Self::Unfinished(ordinal, state),
            LedgerError::WrongState { found, .. } => Self::WrongState(found),
            LedgerError::OperatorDecides => Self::OperatorDecides,
            LedgerError::Store(StoreError::Superseded) => Self::Superseded,
            error @ (LedgerError::OtherChange | LedgerError::Store(_)) => Self::Other(error.to_string()),
        }
    }
}

fn told(result: Result<(), LedgerError>) -> Told {
    result.map_or_else(Told::from, |()| Told::Done)
}

#[derive(Clone, Debug)]
struct Bought {
    /// Where the ledger keeps it, once it is there.
    id: Option<CallId>,
    person: usize,
    order: usize,
    step: usize,
    ordinal: u32,
    funding: Funding,
    estimate: i64,
    cost: Option<i64>,
    state: CallState,
    fence: i64,
    holder: Option<usize>,
    lease_until: Option<i64>,
}

#[derive(Clone, Debug, Default)]
struct Model {
    now: i64,
    calls: Vec<Bought>,
    balance: [i64; PEOPLE],
    given: [i64; PEOPLE],
    /// What the house bore.
    overrun: [i64; PEOPLE],
}

impl Model {
    fn committed(&self, of: impl Fn(&Bought) -> bool) -> i64 {
        self.calls.iter().filter(|call| of(call)).map(|call| call.cost.unwrap_or(call.estimate)).sum()
    }

    fn reserved(&self, person: usize) -> i64 {
        let open =
            |call: &&Bought| call.person == person && call.funding == Funding::Credits && call.cost.is_none();
        self.calls.iter().filter(open).map(|call| call.estimate).sum()
    }

    fn spent(&self, person: usize) -> i64 {
        let paid = |call: &&Bought| call.person == person && call.funding == Funding::Credits;
        self.calls.iter().filter(paid).filter_map(|call| call.cost).sum()
    }

    /// The call that an event means, and the fence it is done with.
    fn picked(&self, call: usize, zombie: bool) -> Option<(usize, i64)> {
        let place = call.checked_rem(self.calls.len())?;
        Some((place, self.calls[place].fence - i64::from(zombie)))
    }

    fn apply(&mut self, event: &Event) -> Option<Told> {
        match event {
            Event::Open { person, order, step, ordinal, funding, estimate, holder } => {
                let of_step = |call: &Bought| call.person == *person && call.step == *step;
                let (now, until) = (self.now, self.now + LEASE.as_secs() as i64);
                if let Some(call) =
                    self.calls.iter_mut().find(|call| of_step(call) && call.ordinal == *ordinal)
                {
                    if call.state.is_open() {
                        if call.lease_until.is_some_and(|until| until > now) && call.holder != Some(*holder) {
                            return Some(Told::Busy);
                        }
                        call.fence += 1;
                        (call.holder, call.lease_until) = (Some(*holder), Some(until));
                    }
                    return Some(Told::Held(call.state, call.fence));
                }
                let mut open: Vec<&Bought> =
                    self.calls.iter().filter(|call| of_step(call) && call.state.is_open()).collect();
                open.sort_by_key(|call| call.ordinal);
                if let Some(call) = open.first() {
                    return Some(Told::Unfinished(call.ordinal, call.state));
                }
                if *estimate > 0 {
                    let job = self.committed(|call| call.person == *person && call.order == *order);
                    let project = self.committed(|call| call.person == *person);
                    for (which, cap, committed) in
                        [(Cap::Job, CAPS.job, job), (Cap::Project, CAPS.project, project)]
                    {
                        if committed + estimate > cap.unwrap().0 {
                            return Some(Told::OverBudget(which, committed));
                        }
                    }
                }
                if *funding == Funding::Credits {
                    if self.balance[*person] < *estimate {
                        return Some(Told::TooFewCredits(self.balance[*person]));
                    }
                    self.balance[*person] -= estimate;
                }
                self.calls.push(Bought {
                    id: None,
                    person: *person,
                    order: *order,
                    step: *step,
                    ordinal: *ordinal,
                    funding: *funding,
                    estimate: *estimate,
                    cost: None,
                    state: CallState::Reserved,
                    fence: 1,
                    holder: Some(*holder),
                    lease_until: Some(until),
                });
                Some(Told::Held(CallState::Reserved, 1))
            }
            Event::Move { call, to, zombie, cost } => {
                let (place, fence) = self.picked(*call, *zombie)?;
                let state = self.calls[place].state;
                if fence != self.calls[place].fence {
                    return Some(Told::Superseded);
                }
                if !to.comes_from().contains(&state) {
                    return Some(Told::WrongState(state));
                }
                match to {
                    CallState::Succeeded => self.end(place, *to, cost.unwrap_or(self.calls[place].estimate)),
                    CallState::Failed => self.end(place, *to, cost.unwrap_or(0)),
                    CallState::Unknown => {
                        let call = &mut self.calls[place];
                        (call.state, call.holder, call.lease_until) = (*to, None, None);
                    }
                    _ => self.calls[place].state = *to,
                }
                Some(Told::Done)
            }
            Event::Renew { call, zombie } => {
                let (place, fence) = self.picked(*call, *zombie)?;
                let call = &mut self.calls[place];
                if fence != call.fence || !call.state.is_open() {
                    return Some(Told::Superseded);
                }
                call.lease_until = Some(self.now + LEASE.as_secs() as i64);
                Some(Told::Done)
            }
            Event::Release { call, zombie } => {
                let (place, fence) = self.picked(*call, *zombie)?;
                let call = &mut self.calls[place];
                if fence != call.fence {
                    return Some(Told::Superseded);
                }
                (call.holder, call.lease_until) = (None, None);
                Some(Told::Done)
            }
            Event::Resolve { call, outcome, operator } => {
                let (place, _) = self.picked(*call, false)?;
                if !operator && self.calls[place].funding != Funding::Own {
                    return Some(Told::OperatorDecides);
                }
                let estimate = self.calls[place].estimate;
                match (self.calls[place].state, outcome) {
                    (CallState::Unknown, 0 | 1) => self.end(place, CallState::Failed, 0),
                    (CallState::Unknown, 2) => self.end(place, CallState::Failed, estimate),
                    (CallState::Unknown, 3) => self.end(place, CallState::Failed, 77_777),
                    (CallState::Unknown, _) => {
                        let call = &mut self.calls[place];
                        call.state = CallState::Submitted;
                        call.fence += 1;
                        (call.holder, call.lease_until) = (None, None);
                    }
                    (found, _) => return Some(Told::WrongState(found)),
                }
                Some(Told::Done)
            }
            Event::Give { person, amount } => {
                if *amount < 0 && self.balance[*person] < -amount {
                    return Some(Told::TooFewCredits(self.balance[*person]));
                }
                self.balance[*person] += amount;
                self.given[*person] += amount;
                Some(Told::Done)
            }
            Event::Wait(seconds) => {
                self.now += seconds;
                Some(Told::Done)
            }
            Event::Crash(event) => {
                let now = self.now;
                let told = self.clone().apply(event);
                self.now = now;
                told
            }
        }
    }

    fn end(&mut self, place: usize, state: CallState, cost: i64) {
        let call = &mut self.calls[place];
        (call.state, call.cost, call.holder, call.lease_until) = (state, Some(cost), None, None);
        if call.funding == Funding::Credits {
            let balance = &mut self.balance[call.person];
            *balance += call.estimate - cost;
            // Nobody owes anything: the house does.
            self.overrun[call.person] += (-*balance).max(0);
            *balance = (*balance).max(0);
        }
    }
}

/// Two people, each with a project of two orders.
struct World {
    people: [[Ground; 2]; PEOPLE],
}

impl World {
    async fn new(db: &Database, case: usize) -> Self {
        let ana = Ground::new(db, &format!("ana-{case}")).await;
        let bo = Ground::new(db, &format!("bo-{case}")).await;
        Self { people: [[ana, ana.another_order(db).await], [bo, bo.another_order(db).await]] }
    }

    /// Does an event for real, in a transaction of the caller's.
    async fn apply(
        &self,
        connection: &mut PgConnection,
        event: &Event,
        model: &Model,
    ) -> Option<(Told, Option<CallId>)> {
        let picked = |call: usize, zombie: bool| {
            let (place, fence) = model.picked(call, zombie)?;
            Some(Held { id: model.calls[place].id.unwrap(), fence })
        };
        let done = match event {
            Event::Open { person, order, step, ordinal, funding, estimate, holder } => {
                let (step_key, holder) = (format!("step-{step}"), format!("worker-{holder}"));
                let new = NewCall {
                    ordinal: *ordinal,
                    funding: *funding,
                    estimate: MicroUsd(*estimate),
                    holder: &holder,
                    caps: CAPS,
                    capability: CAPABILITIES[step % CAPABILITIES.len()],
                    now: at(model.now),
                    ..self.people[*person][*order].call(&step_key)
                };
                return Some(match ledger::open(connection, &new).await {
                    Ok(Opening::Held(call)) => (Told::Held(call.state, call.fence), Some(call.id)),
                    Ok(Opening::Busy { .. }) => (Told::Busy, None),
                    Err(error) => (error.into(), None),
                });
            }
            Event::Move { call, to, zombie, cost } => {
                let held = &picked(*call, *zombie)?;
                let cost = cost.map(MicroUsd);
                told(match to {
                    CallState::Reserved => ledger::back_to_reserved(connection, held).await,
                    CallState::Submitting => ledger::submitting(connection, held).await,
                    CallState::Submitted => ledger::submitted(connection, held, "task").await,
                    CallState::Succeeded => ledger::succeeded(connection, held, cost, &json!({"n": 1})).await,
                    CallState::Failed => ledger::failed(connection, held, &json!({"n": 2}), cost).await,
                    CallState::Unknown => ledger::unknown(connection, held, "lost").await,
                })
            }
            Event::Renew { call, zombie } => {
                told(ledger::renew_lease(connection, &picked(*call, *zombie)?, LEASE, at(model.now)).await)
            }
            Event::Release { call, zombie } => {
                told(ledger::release(connection, &picked(*call, *zombie)?).await)
            }
            Event::Resolve { call, outcome, operator } => {
                let (place, _) = model.picked(*call, false)?;
                let user = self.people[model.calls[place].person][0].user;
                let by = if *operator { Resolver::Operator(user) } else { Resolver::Owner(user) };
                let outcome = match outcome {
                    0 => Outcome::NotTaken,
                    1 => Outcome::Refunded,
                    2 => Outcome::Charged { cost: None },
                    3 => Outcome::Charged { cost: Some(MicroUsd(77_777)) },
                    _ => Outcome::Taken { provider_job_id: "task".into() },
                };
                let id = model.calls[place].id.unwrap();
                told(ledger::resolve_unknown(connection, by, id, &outcome).await.map(drop))
            }
            Event::Give { person, amount } => {
                let user = self.people[*person][0].user;
                told(ledger::adjust(connection, user, MicroUsd(*amount), Source::Granted, "gift", None).await)
            }
            Event::Wait(_) => Told::Done,
            Event::Crash(event) => return Box::pin(self.apply(connection, event, model)).await,
        };
        Some((done, None))
    }

    /// Whether the books say what the model says.
    async fn compare(&self, connection: &mut PgConnection, model: &Model) {
        for (person, orders) in self.people.iter().enumerate() {
            let user = orders[0].user;
            let rows: Vec<(sqlx::types::Uuid, String, i64, Option<i64>)> = sqlx::query_as(
                "SELECT id, state, fence, cost_micros FROM paid_calls WHERE user_id = $1 ORDER BY step_key, ordinal",
            )
            .bind(user.0)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
            let mut calls: Vec<&Bought> = model.calls.iter().filter(|call| call.person == person).collect();
            calls.sort_by_key(|call| (call.step, call.ordinal));
            let calls = calls.into_iter();
            let wanted: Vec<_> = calls
                .map(|call| (call.id.unwrap().0, call.state.word().to_owned(), call.fence, call.cost))
                .collect();
            assert_eq!(rows, wanted);
            let balance = ledger::balance(connection, user).await.unwrap();
            let (available, reserved, spent) = (balance.available.0, balance.reserved.0, balance.spent.0);
            assert_eq!(available, model.balance[person]);
            assert_eq!((reserved, spent), (model.reserved(person), model.spent(person)));
            assert!(available >= 0 && reserved >= 0);
            assert_eq!(available + reserved + spent, model.given[person] + model.overrun[person]);
            let unbalanced = format!(
                "SELECT count(*) FROM (SELECT FROM credit_entries WHERE user_id = '{user}'
                   GROUP BY transfer_id HAVING sum(amount) <> 0) s"
            );
            assert_eq!(number(connection, unbalanced).await, 0);
        }
    }

    /// Whether the bills that people see add up to what the calls cost.
    async fn compare_bills(&self, connection: &mut PgConnection, model: &Model) {
        for (person, orders) in self.people.iter().enumerate() {
            for (order, ground) in orders.iter().enumerate() {
                for (line, capability) in ["images", "videos", "processing"].iter().zip(CAPABILITIES) {
                    let ours = |call: &&Bought| {
                        (call.person, call.order) == (person, order)
                            && CAPABILITIES[call.step % CAPABILITIES.len()] == capability
                    };
                    let cost: i64 = model.calls.iter().filter(ours).filter_map(|call| call.cost).sum();
                    let sql = format!(
                        "SELECT coalesce((costs ->> '{line}')::numeric * 1000000, 0)::bigint FROM video_jobs WHERE id = '{}'",
                        ground.job
                    );
                    assert_eq!(number(connection, sql).await, cost, "{line}");
                }
            }
            let cost: i64 =
                model.calls.iter().filter(|call| call.person == person).filter_map(|call| call.cost).sum();
            let project = orders[0].project;
            let sql =
                format!("SELECT (total_cost_usd * 1000000)::bigint FROM projects WHERE id = '{project}'");
            assert_eq!(number(connection, sql).await, cost);
            assert_eq!(ledger::spent_by_project(connection, project).await.unwrap().0, cost);
        }
    }
}

#[test]
fn the_ledger_is_its_model_whatever_happens() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let database = runtime.block_on(postgres::database());
    let (cases, opened, ended, refused) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let run = |events: Vec<Event>| async {
        let db = database.database();
        let world = World::new(db, cases.replace(cases.get() + 1)).await;
        let mut model = Model::default();
        for event in events {
            let before = model.clone();
            let Some(wanted) = model.apply(&event) else { continue };
            let mut transaction = db.worker().begin().await.unwrap();
            let (told, id) = world.apply(&mut transaction, &event, &before).await.unwrap();
            assert_eq!(told, wanted, "{event:?}");
            if matches!(event, Event::Crash(_)) {
                drop(transaction);
            } else {
                // What was refused has changed nothing, so that committing it is no harm.
                transaction.commit().await.unwrap();
                if let Some(call) = model.calls.last_mut()
                    && call.id.is_none()
                {
                    call.id = id;
                }
            }
            let mut connection = db.worker().acquire().await.unwrap();
            world.compare(&mut connection, &model).await;
            refused.set(refused.get() + usize::from(!matches!(told, Told::Done | Told::Held(..))));
        }
        let mut connection = db.worker().acquire().await.unwrap();
        world.compare_bills(&mut connection, &model).await;
        opened.set(opened.get() + model.calls.len());
        ended.set(ended.get() + model.calls.iter().filter(|call| !call.state.is_open()).count());
    };
    let done = TestRunner::new_with_rng(config, rng).run(&prop::collection::vec(event(), 1..140), |events| {
        runtime.block_on(run(events));
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("{error}"));
    assert!(
        opened.get() > 150 && ended.get() > 60 && refused.get() > 200,
        "{opened:?} {ended:?} {refused:?}"
    );
    drop(database);
}
