//! A whole server for one test, and browsers and programs that talk to it.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use http_body_util::BodyExt;
use mv_api::config::{LimitsConfig, PasswordConfig};
use mv_api::pages::{File, Pages};
use mv_api::state::Setup;
use mv_api::studio::{ModelCard, ModelKind, PriceUnit, Purchase, ReadLyrics, Studio, TemplateCard};
use mv_api::{ApiConfig, ApiState};
use mv_billing::Billing;
use mv_core::clock::{SetClock, SystemClock};
use mv_core::jobs::Class;
use mv_core::paid_call::Funding;
use mv_core::plan::Plan;
use mv_core::units::MicroUsd;
use mv_core::{Clock, Lyrics, SongAnalysis, Storyboard, VideoConfig};
use mv_store::objects::Objects;
use mv_store::queue;
use mv_store::secrets::Keyring;
use mv_testing::postgres::{self, TestDatabase};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "Correct7horse";

pub(crate) struct TestApp {
    pub db: TestDatabase,
    pub clock: Arc<SetClock>,
    pub state: ApiState,
    router: Router,
    _files: TempDir,
}

impl TestApp {
    /// A server whose limits no test reaches by accident.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, configured otherwise.
    pub(crate) async fn with(configure: impl FnOnce(&mut ApiConfig)) -> Self {
        let db = postgres::database().await;
        Self::on(db, free(), configure)
    }

    /// The same, with other plans, or with payments.
    pub(crate) async fn billed(billing: Billing) -> Self {
        Self::on(postgres::database().await, billing, |_| {})
    }

    fn on(db: TestDatabase, billing: Billing, configure: impl FnOnce(&mut ApiConfig)) -> Self {
        let clock = Arc::new(SetClock::at(SystemClock.now().trunc_subsecs(0)));
        let files = tempfile::tempdir().unwrap();
        let mut config = ApiConfig {
            limits: LimitsConfig {
                requests_per_hour: Plan::ALL.into_iter().map(|plan| (plan, 1_000_000)).collect(),
                session_requests_per_hour: 1_000_000,
                anonymous_reads_per_hour: 1_000_000,
                anonymous_requests_per_hour: 1_000_000,
                auth_attempts: 1_000_000,
                ..LimitsConfig::default()
            },
            passwords: PasswordConfig { memory_kib: 64, passes: 1, at_once: 4 },
            ..ApiConfig::default()
        };
        configure(&mut config);
        let objects = Objects::local(files.path(), &[7; 32], &config.public_url, clock.clone()).unwrap();
        let keyring = Arc::new(Keyring::new([("test".to_owned(), [9; 32])]).unwrap());
        let db_pools = db.database().clone();
        let studio = Arc::new(NoStudio);
        let pages = Arc::new(TwoPages);
        let setup = Setup {
            db: db_pools,
            objects,
            studio,
            pages,
            keyring,
            clock: clock.clone(),
            billing,
            house: Funding::House,
            config,
        };
        let state = ApiState::new(setup).unwrap();
        let router = mv_api::router(state.clone());
        Self { db, clock, state, router, _files: files }
    }

    /// The same database behind a server that is configured otherwise.
    pub(crate) fn again(app: Self, configure: impl FnOnce(&mut ApiConfig)) -> Self {
        let now = app.now();
        let app = Self::on(app.db, free(), configure);
        app.clock.advance(now - app.now());
        app
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Another node of the same installation: its own memory, the same database.
    pub(crate) fn another_node(&self) -> Client {
        let setup = Setup {
            db: self.state.db.clone(),
            objects: self.state.objects.clone(),
            studio: Arc::new(NoStudio),
            pages: self.state.pages.clone(),
            keyring: self.state.keyring.clone(),
            clock: self.clock.clone(),
            billing: self.state.billing.clone(),
            house: self.state.house,
            config: self.state.config.clone(),
        };
        let mut client = self.client();
        client.router = mv_api::router(ApiState::new(setup).unwrap());
        client
    }

    /// A browser with no cookies yet.
    pub(crate) fn client(&self) -> Client {
        Client {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            headers: HeaderMap::new(),
            address: "203.0.113.9:4711".parse().unwrap(),
        }
    }

    /// A program with an API key.
    pub(crate) fn program(&self, key: &str) -> Client {
        let mut client = self.client();
        client.headers.insert(header::AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
        client
    }

    /// Somebody who has signed up, followed the link and is signed in.
    pub(crate) async fn person(&self, email: &str) -> Client {
        let mut client = self.client();
        client
            .post("/api/auth/signup", json!({"email": email, "password": PASSWORD, "name": "Ana"}))
            .await
            .expect(201);
        let token = self.mail("verify_email").await["token"].as_str().unwrap().to_owned();
        client.post("/api/auth/verify-email", json!({"token": token})).await.expect(200);
        client
    }

    /// The same on this plan.
    pub(crate) async fn person_on(&self, email: &str, plan: Plan) -> Client {
        let mut client = self.person(email).await;
        let id = client.id().await;
        let mut connection = self.state.db.gate().acquire().await.unwrap();
        let change = mv_store::db::users::AdminChange { plan: Some(plan), ..Default::default() };
        mv_store::db::users::change_by_admin(&mut connection, id.parse().unwrap(), change, self.clock.now())
            .await
            .unwrap();
        self.state.auth.live.forget(id.parse().unwrap());
        client
    }

    /// A program of somebody who signed up and has this plan.
    pub(crate) async fn program_on(&self, email: &str, plan: Plan) -> Client {
        let key = json!({"name": "Script", "scopes": ["read", "write"]});
        let made = self.person_on(email, plan).await.post("/api/keys", key).await.expect(201);
        self.program(made["secret"].as_str().unwrap())
    }

    /// Somebody who runs the server.
    pub(crate) async fn admin(&self) -> Client {
        let token = mv_api::auth::first_admin::token(&self.state).await.unwrap().unwrap();
        let mut client = self.client();
        client
            .post(
                "/api/auth/first-admin",
                json!({"token": token, "email": "admin@example.com", "password": PASSWORD}),
            )
            .await
            .expect(201);
        client
    }

    /// Every mail on the queue, the oldest first.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let mut connection = self.state.db.worker().acquire().await.unwrap();
        let jobs = queue::admin::list(&mut connection, Some(Class::Mail), 1000, 0).await.unwrap();
        jobs.into_iter().map(|job| job.payload["mail"].clone()).collect()
    }

    /// The newest mail of this kind.
    pub(crate) async fn mail(&self, kind: &str) -> Value {
        let mails = self.mails().await;
        let found = mails.iter().rev().find(|mail| mail["type"] == kind);
        found.unwrap_or_else(|| panic!("no mail `{kind}` among {mails:?}")).clone()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }
}

/// Plans count from the lowest on.
fn free() -> Billing {
    Billing { least: Plan::Free, ..Billing::default() }
}

/// Accounts need nothing of the rooms behind the API but the names of services that take keys.
#[derive(Debug)]
struct NoStudio;

fn model(provider: &str, needs_key: bool) -> ModelCard {
    ModelCard {
        id: provider.to_owned(),
        provider: provider.to_owned(),
        name: provider.to_owned(),
        kind: ModelKind::Clip,
        clip_seconds: vec![],
        aspects: vec![],
        largest: "1080p".to_owned(),
        reference_images: 0,
        price_usd: 0.0,
        price_unit: PriceUnit::Clip,
        price_checked: None,
        needs_key,
        needs_network: needs_key,
        region: None,
        regions: vec![],
        available: true,
    }
}

impl Studio for NoStudio {
    fn templates(&self) -> &[TemplateCard] {
        &[]
    }

    fn models(&self) -> &[ModelCard] {
        static MODELS: LazyLock<[ModelCard; 2]> =
            LazyLock::new(|| [model("local", false), model("fal", true)]);
        &*MODELS
    }

    fn price_of_describing(&self, _model: &str, photos: usize) -> MicroUsd {
        MicroUsd(1000 * photos as i64)
    }

    fn read_lyrics(&self, _: &[u8], _: &str, _: &SongAnalysis) -> Result<ReadLyrics, String> {
        Err("there is no studio".to_owned())
    }

    fn writing_calls(&self, _: usize) -> usize {
        0
    }

    fn price_of_writing(&self, _: &str, _: &Storyboard, _: &[usize]) -> Result<MicroUsd, String> {
        Err("there is no studio".to_owned())
    }

    fn align_lyrics(&self, lyrics: &Lyrics, _: &SongAnalysis) -> Lyrics {
        lyrics.clone()
    }

    fn purchases(&self, _: &Storyboard, _: &SongAnalysis, _: &VideoConfig) -> Result<Vec<Purchase>, String> {
        Err("there is no studio".to_owned())
    }
}

/// A web app of two pages and a script.
#[derive(Debug)]
struct TwoPages;

impl Pages for TwoPages {
    fn file(&self, path: &str) -> Option<File> {
        let html = "text/html; charset=utf-8";
        let (media_type, plain): (_, &'static [u8]) = match path {
            "index.html" => (html, b"<title>Studio</title>"),
            "watch.html" => (html, b"<title>Watch</title>"),
            "assets/app-1.js" => ("text/javascript; charset=utf-8", b"go()"),
            _ => return None,
        };
        let etag = format!("\"{path}\"");
        Some(File { media_type, etag, plain, brotli: Some(b"br"), gzip: Some(b"gz") })
    }
}

/// A browser or a program. Keeps cookies as a browser does.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub headers: HeaderMap,
    pub address: SocketAddr,
}

impl Client {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let builder = Request::builder().method(method).uri(path);
        let request = match body {
            Some(body) => builder
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(serde_json::to_vec(&body).unwrap())),
            None => builder.body(Body::empty()),
        };
        self.request(request.unwrap()).await
    }

    pub(crate) async fn request(&mut self, mut request: Request<Body>) -> Answer {
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(self.address));
        let asked = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() || rest.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { asked, status: parts.status, headers: parts.headers, body }
    }

    /// The id of whoever is signed in.
    pub(crate) async fn id(&mut self) -> String {
        let me = self.get("/api/users/me").await.expect(200);
        me["id"].as_str().unwrap().to_owned()
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The body, when the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.body);
        self.body
    }

    /// A problem document with this status and code.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.asked);
        assert_eq!(self.body["code"], code, "{}: {}", self.asked, self.body);
        assert_eq!(self.body["status"], status);
        assert!(self.body["request_id"].is_string(), "{}", self.body);
        self.body
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
