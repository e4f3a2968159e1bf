//! A server for one test, and programs with keys that talk to it.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::SubsecRound;
use http_body_util::BodyExt;
use mv_api::pages::{File, Pages};
use mv_api::state::Setup;
use mv_api::studio::{
    Bilingual, ModelCard, ModelKind, PriceUnit, Purchase, ReadLyrics, Studio, TemplateCard,
};
use mv_api::{ApiConfig, ApiState};
use mv_billing::Billing;
use mv_core::clock::{SetClock, SystemClock};
use mv_core::film::CaptionStyle;
use mv_core::lyrics::LyricLine;
use mv_core::paid_call::Funding;
use mv_core::plan::Plan;
use mv_core::units::MicroUsd;
use mv_core::vocabulary::Grade;
use mv_core::{Clock, Lyrics, Seconds, SongAnalysis, Storyboard, VideoConfig};
use mv_store::objects::Objects;
use mv_store::secrets::Keyring;
use mv_testing::postgres::{self, TestDatabase};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) struct TestApp {
    pub(crate) db: TestDatabase,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) router: Router,
    _files: TempDir,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::paid_by(Funding::House).await
    }

    /// A server whose keys' calls are paid like this.
    pub(crate) async fn paid_by(house: Funding) -> Self {
        let db = postgres::database().await;
        let clock = Arc::new(SetClock::at(SystemClock.now().trunc_subsecs(0)));
        let files = tempfile::tempdir().unwrap();
        let config: ApiConfig = serde_json::from_value(json!({
            "signing_keys": ["test:0123456789abcdef0123456789abcdef"],
            "limits": {
                "requests_per_hour": {"free": 1_000_000, "indie": 1_000_000, "pro": 1_000_000, "team": 1_000_000},
                "session_requests_per_hour": 1_000_000,
                "anonymous_reads_per_hour": 1_000_000,
                "anonymous_requests_per_hour": 1_000_000,
            },
        }))
        .unwrap();
        let objects = Objects::local(files.path(), &[7; 32], &config.public_url, clock.clone()).unwrap();
        let setup = Setup {
            db: db.database().clone(),
            objects,
            studio: Arc::new(Rooms::default()),
            pages: Arc::new(NoPages),
            keyring: Arc::new(Keyring::new([("test".to_owned(), [9; 32])]).unwrap()),
            clock: clock.clone(),
            billing: Billing { least: Plan::Free, ..Billing::default() },
            house,
            config,
        };
        let router = mv_api::router(ApiState::new(setup).unwrap());
        Self { db, clock, router, _files: files }
    }

    /// A program of somebody who is on this plan.
    pub(crate) async fn person(&self, name: &str, plan: &str) -> Client {
        let pool = self.db.database().worker();
        let id: uuid::Uuid = sqlx::query_scalar(
            "INSERT INTO users (email, email_verified, name, subscription_plan)
             VALUES ($1, true, $2, $3) RETURNING id",
        )
        .bind(format!("{name}@example.org"))
        .bind(name)
        .bind(plan)
        .fetch_one(pool)
        .await
        .unwrap();
        let key = mv_api::auth::random::secret().unwrap();
        sqlx::query(
            "INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes)
             VALUES ($1, 'test', 'test', $2, '{read,write}')",
        )
        .bind(id)
        .bind(mv_api::auth::random::hash(&key))
        .execute(pool)
        .await
        .unwrap();
        Client { router: self.router.clone(), key: Some(key), id }
    }

    pub(crate) fn stranger(&self) -> Client {
        Client { router: self.router.clone(), key: None, id: uuid::Uuid::nil() }
    }

    /// As if the worker had heard the song and planned these scenes.
    pub(crate) async fn planned(&self, who: &Client, project: &str, starts: &[f64], duration: f64) -> Value {
        let hash: String = sqlx::query_scalar("SELECT audio_hash FROM projects WHERE id = $1::uuid")
            .bind(project)
            .fetch_one(self.db.database().worker())
            .await
            .unwrap();
        let plan = plan(&hash, starts, duration);
        who.put(&format!("/api/projects/{project}/plan"), &plan).await.expect(200);
        plan
    }

    /// The same, with what the worker heard.
    pub(crate) async fn heard(&self, who: &Client, project: &str, starts: &[f64], duration: f64) -> Value {
        sqlx::query("UPDATE projects SET audio_analysis = $2 WHERE id = $1::uuid")
            .bind(project)
            .bind(analysis(duration))
            .execute(self.db.database().worker())
            .await
            .unwrap();
        self.planned(who, project, starts, duration).await
    }
}

#[derive(Debug)]
struct NoPages;

impl Pages for NoPages {
    fn file(&self, _: &str) -> Option<File> {
        None
    }
}

/// What stands in for the rooms behind the API.
#[derive(Debug)]
struct Rooms {
    templates: Vec<TemplateCard>,
    models: Vec<ModelCard>,
    typical: (Storyboard, SongAnalysis),
}

impl Default for Rooms {
    fn default() -> Self {
        let words = |text: &str| Bilingual { en: text.to_owned(), ko: text.to_owned() };
        let template = TemplateCard {
            id: "urban-night".into(),
            name: words("Urban night"),
            summary: words("A city after dark"),
            genres: vec![],
            moods: vec![],
            pace: "medium".into(),
            grade: Grade::Cool,
            captions: CaptionStyle::Line,
            palette: vec!["#0b1020".into()],
            places: vec!["rooftop".into()],
        };
        let model = |id: &str, kind, price_usd, available| ModelCard {
            id: id.into(),
            provider: "test".into(),
            name: id.into(),
            kind,
            clip_seconds: if price_usd > 0.0 { vec![5.0, 10.0] } else { vec![] },
            aspects: vec!["16:9".into()],
            largest: "1080p".into(),
            reference_images: 1,
            price_usd,
            price_unit: PriceUnit::Second,
            price_checked: None,
            needs_key: price_usd > 0.0,
            needs_network: price_usd > 0.0,
            region: None,
            regions: vec![],
            available,
        };
        let painter = |id: &str, available| ModelCard {
            price_unit: PriceUnit::Image,
            ..model(id, ModelKind::Image, 0.04, available)
        };
        Self {
            typical: (
                serde_json::from_value(plan(&"0".repeat(64), &[0.0, 4.0, 12.0], 21.0)).unwrap(),
                serde_json::from_value(analysis(21.0)).unwrap(),
            ),
            templates: vec![template],
            models: vec![
                painter("nano-banana", true),
                painter("locked", false),
                model("gemini-flash", ModelKind::Vision, 0.3, true),
                model("animatic", ModelKind::Clip, 0.0, true),
                model("kling-standard", ModelKind::Clip, 0.084, true),
                model("runway", ModelKind::Clip, 0.05, false),
                ModelCard { price_unit: PriceUnit::Image, ..model("qwen", ModelKind::Edit, 0.06, true) },
                ModelCard {
                    provider: "far".into(),
                    price_unit: PriceUnit::Image,
                    ..model("nano-banana", ModelKind::Edit, 0.09, false)
                },
                ModelCard {
                    clip_seconds: vec![],
                    ..model("whisper", ModelKind::Transcription, 0.0001, true)
                },
                model("flash", ModelKind::Text, 3.0, true),
            ],
        }
    }
}

impl Studio for Rooms {
    fn templates(&self) -> &[TemplateCard] {
        &self.templates
    }

    fn models(&self) -> &[ModelCard] {
        &self.models
    }

    fn typical_film(&self) -> Option<(&Storyboard, &SongAnalysis)> {
        Some((&self.typical.0, &self.typical.1))
    }

    fn price_of_describing(&self, _model: &str, photos: usize) -> MicroUsd {
        MicroUsd(1000 * photos as i64)
    }

    fn read_lyrics(&self, bytes: &[u8], name: &str, song: &SongAnalysis) -> Result<ReadLyrics, String> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| format!("`{name}` is not text"))?;
        let line = LyricLine { start: Seconds::ZERO, end: song.duration, text, ..LyricLine::default() };
        Ok(ReadLyrics { lyrics: Lyrics { lines: vec![line] }, ..ReadLyrics::default() })
    }

    fn writing_calls(&self, scenes: usize) -> usize {
        scenes.div_ceil(2)
    }

    /// A cent a scene.
    fn price_of_writing(&self, _: &str, _: &Storyboard, scenes: &[usize]) -> Result<MicroUsd, String> {
        Ok(MicroUsd(10_000 * scenes.len() as i64))
    }

    /// Every line without times of its own goes to the second half of the song.
    fn align_lyrics(&self, lyrics: &Lyrics, song: &SongAnalysis) -> Lyrics {
        let mut lyrics = lyrics.clone();
        for line in lyrics.lines.iter_mut().filter(|line| line.confidence.is_some()) {
            (line.start, line.end) = (Seconds(song.duration.0 / 2.0), song.duration);
        }
        lyrics
    }

    /// A clip a scene that is not drawn, named by what it is seen to depend on.
    fn purchases(
        &self,
        plan: &Storyboard,
        _: &SongAnalysis,
        config: &VideoConfig,
    ) -> Result<Vec<Purchase>, String> {
        let numbers = 1..=plan.scenes.len() as u32;
        let bought = numbers.filter(|number| !matches!(config.clip_model(*number), None | Some("animatic")));
        let purchase = |number: u32| {
            let scene = &plan.scenes[number as usize - 1];
            let key = format!("clip-{}-{}-{}", scene.seed, scene.clip_take, scene.weather.word());
            Purchase { scene: number, kind: ModelKind::Clip, key }
        };
        Ok(bought.map(purchase).collect())
    }
}

/// A song of beats half a second apart.
fn analysis(duration: f64) -> Value {
    let beats: Vec<f64> = (0..(duration * 2.0) as usize).map(|beat| beat as f64 / 2.0).collect();
    let downbeats: Vec<f64> = beats.iter().step_by(4).copied().collect();
    json!({
        "version": 1, "duration": duration, "sample_rate": 44100, "channels": 2, "tempo": 120.0, "key": "C major",
        "keys": [], "time_signature": "4/4", "tuning_hz": 440.0, "beats": beats, "downbeats": downbeats,
        "sections": [], "energy": 0.5, "valence": 0.5, "energy_curve": {"rate_hz": 10.0, "values": []},
        "loudness_lufs": null,
        "confidence": {"tempo": 0.9, "beats": 0.9, "downbeats": 0.9, "time_signature": 0.9, "key": 0.9,
            "sections": 0.9, "energy": 0.9, "valence": 0.9},
    })
}

/// A plan with scenes that start at these times.
pub(crate) fn plan(hash: &str, starts: &[f64], duration: f64) -> Value {
    let scene = |(index, start): (usize, &f64)| {
        json!({
            "start": start, "transition": {"kind": "cut", "beats": 0.0}, "section": "verse", "section_number": 1,
            "title": format!("Scene {}", index + 1), "description": format!("What happens {}", index + 1),
            "cast": [], "place": "rooftop", "time_of_day": "night", "weather": "clear", "lighting": "neon",
            "framing": "wide", "camera": "push-in", "action": "stand", "intensity": 0.3, "image_prompt": "",
            "motion_prompt": "", "seed": index,
        })
    };
    json!({
        "version": 1,
        "song": {"title": "여름밤", "artist": "", "hash": hash, "duration": duration, "tempo": 120.0},
        "template": "urban-night", "seed": 1,
        "look": {"shadows": "#0a0a14", "midtones": "#3c325a", "highlights": "#ffb478", "accents": ["#ff50a0"],
            "tint": 0.35, "saturation": 1.0, "contrast": 1.0, "haze": 0.4, "bloom": 0.4, "grain": 0.1,
            "vignette": 0.2},
        "cast": [], "lyrics": {"lines": []},
        "scenes": starts.iter().enumerate().map(scene).collect::<Vec<_>>(),
    })
}

/// The first bytes of a WAV: enough to be one by its looks.
pub(crate) fn song(bytes: usize) -> Vec<u8> {
    let mut song = b"RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    song.extend((song.len()..bytes).map(|n| n as u8));
    song
}

#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    pub(crate) key: Option<String>,
    pub(crate) id: uuid::Uuid,
}

impl Client {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::POST, path, body, &[]).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::PUT, path, body, &[]).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.json(Method::PATCH, path, body, &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Body::empty()).await
    }

    pub(crate) async fn json(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        self.send(method, path, &all, Body::from(body.to_string())).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let path = path.strip_prefix("http://localhost:8080").unwrap_or(path);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Sends a file whole, and gives its upload's id.
    pub(crate) async fn upload(&self, purpose: &str, name: &str, bytes: &[u8]) -> Answer {
        let metadata = format!("filename {},purpose {}", STANDARD.encode(name), STANDARD.encode(purpose));
        let length = bytes.len().to_string();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-length", &length),
            ("upload-metadata", &metadata),
            ("content-type", "application/offset+octet-stream"),
        ];
        self.send(Method::POST, "/api/uploads", &headers, Body::from(bytes.to_vec())).await
    }

    /// A project with a song, by its id.
    pub(crate) async fn project(&self, title: &str) -> String {
        let upload = self.upload("song", "song.wav", &song(5000)).await.expect(201).id_in_location();
        let body = json!({"title": title, "upload_id": upload});
        let answer = self.post("/api/projects", &body).await.expect(201).value();
        answer["project"]["id"].as_str().unwrap().to_owned()
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    #[track_caller]
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    #[track_caller]
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.value()["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn id_in_location(&self) -> String {
        self.header("location").rsplit('/').next().unwrap().to_owned()
    }
}
