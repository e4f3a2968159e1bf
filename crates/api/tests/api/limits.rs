//! How often people may do things: one suite for both places that count.

use crate::app::{PASSWORD, TestApp};
use chrono::TimeDelta;
use mv_api::config::LimitsConfig;
use mv_api::config::Secret;
use mv_api::limits::Asker;
use mv_core::plan::{Plan, Role};
use mv_testing::redis::RedisServer;
use serde_json::json;

/// Where it is counted.
enum Counter {
    Postgres,
    Redis(RedisServer),
}

impl Counter {
    fn url(&self) -> Option<Secret> {
        match self {
            Self::Postgres => None,
            Self::Redis(server) => Some(Secret::new(server.url())),
        }
    }
}

macro_rules! suite {
    ($($name:ident),+ $(,)?) => {
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Counter::Postgres).await;
            })+
        }

        mod redis {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Counter::Redis(super::RedisServer::start())).await;
            })+
        }
    };
}

suite!(
    a_plan_allows_programs_so_many_requests_an_hour,
    higher_plans_allow_more,
    people_at_work_are_not_counted_as_programs,
    strangers_may_read_pages_but_not_knock_forever,
    guessing_passwords_ends_after_five_tries,
    unused_permits_go_back,
    orders_count_as_a_whole_or_not_at_all
);

/// The specification's limits, at the beginning of an hour.
async fn strict(counter: &Counter) -> TestApp {
    let app = TestApp::with(|config| {
        config.limits = LimitsConfig { auth_attempts: 1_000_000, ..LimitsConfig::default() };
        config.redis_url = counter.url();
    })
    .await;
    let into_hour = app.now().timestamp().rem_euclid(3600);
    app.advance(TimeDelta::seconds(3600 - into_hour));
    app
}

async fn a_plan_allows_programs_so_many_requests_an_hour(counter: Counter) {
    let app = strict(&counter).await;
    let mut script = app.program_on("ana@example.com", Plan::Free).await;
    let mut elsewhere = app.another_node();
    elsewhere.headers = script.headers.clone();
    let mut passed = 0;
    for _ in 0..75 {
        for client in [&mut script, &mut elsewhere] {
            let answer = client.get("/api/users/me").await;
            assert_eq!(answer.header("x-ratelimit-limit"), "100");
            passed += usize::from(answer.status == 200);
        }
    }
    // Two nodes hold at most a permit or so that the other would have liked.
    assert!((98..=100).contains(&passed), "{passed}");
    let refused = script.get("/api/users/me").await;
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!(wait > 3000, "{wait}");
    assert!(refused.header("x-ratelimit-reset").ends_with('Z'));
    let problem = refused.refused(429, "rate_limited");
    assert_eq!(problem["limit"], 100);
    let mut connection = app.state.db.gate().acquire().await.unwrap();
    let filter = mv_store::db::audit::Filter {
        events: &[mv_core::audit::Event::RateLimitExceeded],
        ..Default::default()
    };
    let (_, noted) = mv_store::db::audit::list(&mut connection, filter, 1, 0).await.unwrap();
    assert_eq!(noted, 2, "once by each node");
    // Exactly then it works again.
    app.advance(TimeDelta::seconds(wait));
    script.get("/api/users/me").await.expect(200);
}

async fn higher_plans_allow_more(counter: Counter) {
    let app = strict(&counter).await;
    for (plan, limit) in [(Plan::Indie, "1000"), (Plan::Pro, "5000"), (Plan::Team, "5000")] {
        let mut script = app.program_on(&format!("{plan}@example.com"), plan).await;
        let answer = script.get("/api/users/me").await;
        assert_eq!(answer.header("x-ratelimit-limit"), limit);
        let left: u32 = answer.header("x-ratelimit-remaining").parse().unwrap();
        let again: u32 = script.get("/api/users/me").await.header("x-ratelimit-remaining").parse().unwrap();
        assert_eq!(again, left - 1);
    }
}

async fn people_at_work_are_not_counted_as_programs(counter: Counter) {
    let app = strict(&counter).await;
    let mut ana = app.person_on("ana@example.com", Plan::Free).await;
    let key = json!({"name": "Script", "scopes": ["read"]});
    let made = ana.post("/api/keys", key).await.expect(201);
    let mut script = app.program(made["secret"].as_str().unwrap());
    for _ in 0..120 {
        let answer = ana.get("/api/users/me").await;
        assert_eq!(answer.header("x-ratelimit-limit"), "5000");
        answer.expect(200);
    }
    let answer = script.get("/api/users/me").await;
    assert_eq!((answer.header("x-ratelimit-limit"), answer.header("x-ratelimit-remaining")), ("100", "99"));
    // Their limit holds as well, and is never below what the plan's programs have.
    let app = TestApp::again(app, |config| {
        config.limits = LimitsConfig {
            session_requests_per_hour: 3,
            requests_per_hour: [(Plan::Free, 2), (Plan::Pro, 4)].into(),
            ..LimitsConfig::default()
        };
        config.redis_url = counter.url();
    });
    app.advance(TimeDelta::hours(2));
    for (plan, limit) in [(Plan::Free, 3), (Plan::Pro, 4)] {
        let id = mv_core::ids::UserId(uuid::Uuid::new_v4());
        let plans = mv_core::plan::PlanTable::built_in();
        let actor = mv_core::policy::Actor { id, role: Role::User, plan, plans };
        let mut passed = 0;
        for _ in 0..6 {
            let (_, standing) = app.state.limits.request(Asker::Person(actor)).await.unwrap();
            assert_eq!(standing.limit, limit);
            passed += u32::from(standing.allowed);
        }
        assert_eq!(passed, limit);
    }
}

async fn strangers_may_read_pages_but_not_knock_forever(counter: Counter) {
    let app = strict(&counter).await;
    let app = TestApp::again(app, |config| {
        config.limits = LimitsConfig {
            anonymous_reads_per_hour: 20,
            anonymous_requests_per_hour: 5,
            auth_attempts: 1_000_000,
            ..LimitsConfig::default()
        };
        config.redis_url = counter.url();
    });
    let mut stranger = app.client();
    let wrong = json!({"email": "ana@example.com", "password": "Wrong7horse"});
    for _ in 0..5 {
        let answer = stranger.post("/api/auth/login", wrong.clone()).await;
        assert_eq!(answer.header("x-ratelimit-limit"), "5");
        answer.refused(401, "wrong_login");
    }
    stranger.post("/api/auth/login", wrong).await.refused(429, "rate_limited");
    stranger.get("/api/auth/oauth/google").await.refused(429, "rate_limited");
    let mut guesser = app.client();
    guesser.headers.insert("x-share-password", "guess".parse().unwrap());
    guesser.get("/api/shared/nonsense").await.refused(429, "rate_limited");
    // Whoever only looks still may, and a session may go on.
    for _ in 0..10 {
        let answer = stranger.get("/api/templates").await;
        assert_eq!(answer.header("x-ratelimit-limit"), "20");
        answer.expect(200);
        assert_eq!(stranger.post("/api/auth/refresh", json!({})).await.status, 401);
    }
    let problem = stranger.get("/api/models").await.refused(429, "rate_limited");
    assert_eq!((&problem["limit"], &problem["bucket"]), (&json!(20), &json!("pages")));
    // Nobody becomes a reader by showing a made-up key.
    let mut forger = app.program("mv_nonsense");
    forger.get("/api/templates").await.refused(429, "rate_limited");
}

async fn guessing_passwords_ends_after_five_tries(counter: Counter) {
    let app = TestApp::start().await;
    app.person("ana@example.com").await;
    // A quarter of an hour later, the tries of signing up no longer count.
    let app = TestApp::again(app, |config| {
        config.limits.auth_attempts = 5;
        config.redis_url = counter.url();
    });
    let into_window = app.now().timestamp().rem_euclid(900);
    app.advance(TimeDelta::seconds(1800 - into_window));
    let wrong = json!({"email": "ana@example.com", "password": "Wrong7horse"});
    // For one account, from many addresses.
    for i in 0..5 {
        let mut guesser = app.client();
        guesser.address = format!("198.51.100.{i}:1").parse().unwrap();
        guesser.post("/api/auth/login", wrong.clone()).await.refused(401, "wrong_login");
    }
    let right = json!({"email": "Ana@example.com", "password": PASSWORD});
    let refused = app.client().post("/api/auth/login", right.clone()).await;
    assert!(!refused.header("retry-after").is_empty());
    refused.refused(429, "rate_limited");
    // From one address, for many accounts.
    let mut guesser = app.client();
    guesser.address = "192.0.2.1:1".parse().unwrap();
    for i in 0..5 {
        let guess = json!({"email": format!("{i}@example.com"), "password": "Wrong7horse"});
        guesser.post("/api/auth/login", guess).await.refused(401, "wrong_login");
    }
    let another = json!({"email": "6@example.com", "password": "Wrong7horse"});
    guesser.post("/api/auth/login", another).await.refused(429, "rate_limited");
    app.advance(TimeDelta::minutes(30));
    app.client().post("/api/auth/login", right).await.expect(200);
}

async fn unused_permits_go_back(counter: Counter) {
    let app = strict(&counter).await;
    let mut script = app.program_on("ana@example.com", Plan::Indie).await;
    script.get("/api/users/me").await.expect(200);
    app.state.limits.give_back_unused(true).await;
    let mut elsewhere = app.another_node();
    elsewhere.headers = script.headers.clone();
    let answer = elsewhere.get("/api/users/me").await;
    assert_eq!(answer.header("x-ratelimit-remaining"), "998");
    // Redis counts by itself: had it failed, PostgreSQL would have.
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM rate_limits WHERE hits > 0")
        .fetch_one(app.state.db.gate())
        .await
        .unwrap();
    assert_eq!(rows == 0, matches!(counter, Counter::Redis(_)), "{rows}");
}

async fn orders_count_as_a_whole_or_not_at_all(counter: Counter) {
    let app = TestApp::with(|config| config.redis_url = counter.url()).await;
    let into_day = app.now().timestamp().rem_euclid(86_400);
    app.advance(TimeDelta::seconds(86_400 - into_day));
    let id = "7f3d6f60-5d0e-4d53-8a3f-0d1b2f7a9c11".parse().unwrap();
    let plans = mv_core::plan::PlanTable::built_in();
    let free = mv_core::policy::Actor { id, role: Role::User, plan: Plan::Free, plans };
    let limits = &app.state.limits;
    limits.order(&free, 1, 30).await.unwrap();
    let refused = limits.order(&free, 1, 21).await.unwrap_err();
    assert_eq!(refused.status(), 429);
    limits.order(&free, 1, 20).await.unwrap();
    assert!(limits.order(&free, 1, 0).await.is_err());
    assert!(limits.order(&free, 0, 1).await.is_err());
    let pro = mv_core::policy::Actor { plan: Plan::Pro, ..free };
    limits.order(&pro, 100, 10_000).await.unwrap();
}
