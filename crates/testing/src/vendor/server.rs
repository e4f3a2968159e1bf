//! The server behind every fake: it plays the plot, whatever the language.

#![expect(clippy::panic, reason = "a test that gets no server should stop there and say why")]

use super::comfyui;
use super::stage::{Asked, Fault, Job, Language, Phase, Plot, Reply, SLOWLY, Seen, Tongue, with_more_fields};
use super::told::Told;
use super::{fal, gemini, kling, material, openai, runway, together};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use mv_core::Clock;
use mv_core::clock::SystemClock;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const MOST_BYTES: usize = 128 * 1024 * 1024;
const ENDLESS_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// A service on loopback. It ends when it is dropped.
#[derive(Debug)]
pub struct FakeVendor {
    stage: Arc<Stage>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

pub(super) struct Stage {
    tongue: Box<dyn Tongue>,
    language: Language,
    home: String,
    state: Mutex<Story>,
    sent: AtomicU64,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("language", &self.language).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Story {
    plot: Plot,
    /// How often [`Plot::BreaksOnce`] has broken.
    broken: u32,
    jobs: Vec<Job>,
    /// What its jobs make, in turn; a file without a picture when there is none.
    clips: Vec<Vec<u8>>,
    /// Work that was answered at once.
    made: usize,
    seen: Vec<Seen>,
    spoken: Vec<Spoken>,
}

impl FakeVendor {
    pub async fn start(language: Language) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port for the fake: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let tongue: Box<dyn Tongue> = match language {
            Language::Gemini => Box::new(gemini::Gemini),
            Language::Together => Box::new(together::Together),
            Language::Kling => Box::new(kling::Kling),
            Language::Fal => Box::new(fal::Fal),
            Language::Runway => Box::new(runway::Runway),
            Language::Comfyui => Box::new(comfyui::Comfyui),
            Language::Openai => Box::new(openai::Openai),
        };
        let story = Story {
            plot: Plot::Success,
            broken: 0,
            jobs: vec![],
            clips: vec![],
            made: 0,
            seen: vec![],
            spoken: vec![],
        };
        let home = format!("http://{address}");
        let stage =
            Arc::new(Stage { tongue, language, home, state: Mutex::new(story), sent: AtomicU64::new(0) });
        let router = Router::new().fallback(answer).with_state(stage.clone());
        let accepting = tokio::spawn(async move {
            axum::serve(listener, router).await.ok();
        });
        Self { stage, address, accepting }
    }

    /// Where it is, without a slash at the end.
    pub fn home(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How it treats work from now on.
    pub fn play(&self, plot: Plot) {
        let mut story = self.stage.story();
        story.plot = plot;
        story.broken = 0;
    }

    /// The clips that its jobs make from now on, in turn.
    pub fn make(&self, clips: Vec<Vec<u8>>) {
        self.stage.story().clips = clips;
    }

    /// Every call so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.stage.story().seen.clone()
    }

    /// Every call that was answered with JSON, with its answer.
    pub fn spoken(&self) -> Vec<Spoken> {
        self.stage.story().spoken.clone()
    }

    /// How much work it took in, and would send a bill for.
    pub fn taken_in(&self) -> usize {
        let story = self.stage.story();
        story.jobs.len() + story.made
    }

    /// Jobs of [`Plot::Held`] are done from now on.
    pub fn finish(&self) {
        self.stage.story().jobs.iter_mut().for_each(|job| job.finished = true);
    }

    /// The ids of the jobs it took in, the first one first.
    pub fn jobs(&self) -> Vec<String> {
        self.stage.jobs().into_iter().map(|job| job.id).collect()
    }

    /// What it would call back with about a job, where it was asked to.
    pub fn webhook(&self, id: &str) -> Option<Told> {
        let job = self.stage.jobs().into_iter().find(|job| job.id == id)?;
        self.stage.told(&job, 1)
    }

    /// The id of the job it took in last.
    pub fn last_job(&self) -> Option<String> {
        self.stage.story().jobs.last().map(|job| job.id.clone())
    }

    /// Bytes of endless answers that were sent.
    pub fn bytes_sent(&self) -> u64 {
        self.stage.sent.load(Ordering::SeqCst)
    }
}

impl Drop for FakeVendor {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Stage {
    fn told(&self, job: &Job, nth: u32) -> Option<Told> {
        let to = self.tongue.callback(job)?;
        let (headers, body) = self.tongue.tells(job, SystemClock.now().timestamp(), nth);
        Some(Told { to, headers, body })
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a job makes that makes a clip.
    fn clip_of(&self, job: &Job) -> Vec<u8> {
        let story = self.story();
        let place = story.jobs.iter().position(|other| other.id == job.id).unwrap_or(0);
        let count = story.clips.len().max(1);
        story.clips.get(place % count).cloned().unwrap_or_else(material::mp4)
    }

    pub(super) fn jobs(&self) -> Vec<Job> {
        self.story().jobs.clone()
    }

    /// Counts a question after a job; the job as it is then. Ids and our keys both name it.
    pub(super) fn ask(&self, id: &str) -> Option<Job> {
        let mut story = self.story();
        let job = story.jobs.iter_mut().find(|job| job.id == id || job.key.as_deref() == Some(id))?;
        job.asked += 1;
        Some(job.clone())
    }

    pub(super) fn cancel(&self, id: &str) {
        if let Some(job) = self.story().jobs.iter_mut().find(|job| job.id == id) {
            job.cancelled = true;
        }
    }
}

/// Keeps what was said beside what was asked.
async fn answer(State(stage): State<Arc<Stage>>, request: Request) -> Response {
    let (seen, response) = respond(&stage, request).await;
    if let Some(Said(value)) = response.extensions().get() {
        let said = Spoken { asked: seen, status: response.status().as_u16(), answer: value.clone() };
        stage.story().spoken.push(said);
    }
    response
}

/// JSON on its way out.
#[derive(Clone)]
struct Said(serde_json::Value);

/// A call and its answer, where that was JSON.
#[derive(Clone, Debug)]
pub struct Spoken {
    pub asked: Seen,
    pub status: u16,
    pub answer: serde_json::Value,
}

async fn respond(stage: &Arc<Stage>, request: Request) -> (Seen, Response) {
    let (mut parts, body) = request.into_parts();
    let socket = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.ok();
    let body = axum::body::to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(header).collect(),
        body: body.to_vec(),
    };
    stage.story().seen.push(seen.clone());
    let response = play(stage, &seen, socket).await;
    (seen, response)
}

async fn play(stage: &Arc<Stage>, seen: &Seen, socket: Option<WebSocketUpgrade>) -> Response {
    if stage.language == Language::Comfyui
        && let Some(answer) = comfyui::before(stage, seen, socket)
    {
        return answer;
    }
    let asked = if let Some(id) = seen.path.strip_prefix("/files/") {
        Asked::File(id.to_owned())
    } else {
        stage.tongue.read(seen)
    };
    let plot = stage.story().plot.clone();
    match asked {
        Asked::Make => work(stage, seen, &plot, Work::AtOnce).await,
        Asked::Create { key } => work(stage, seen, &plot, Work::Job { key }).await,
        Asked::State(id) => match stage.ask(&id).filter(|job| job.plot != Plot::Forgets) {
            Some(Job { plot: Plot::Says(status, body), .. }) => send(Reply::json(status, body), &plot),
            Some(job) => send(stage.tongue.state(&job), &job.plot),
            None if plot == Plot::Unauthorized => send(stage.tongue.fault(Fault::Unauthorized), &plot),
            None => send(stage.tongue.fault(Fault::Unknown), &plot),
        },
        Asked::Outcome(id) => match stage.jobs().into_iter().find(|job| job.id == id) {
            Some(Job { plot: Plot::Says(status, body), .. }) => send(Reply::json(status, body), &plot),
            Some(job) => send(stage.tongue.outcome(&job), &job.plot),
            None => send(stage.tongue.fault(Fault::Unknown), &plot),
        },
        Asked::Cancel(id) => {
            let Some(job) = stage.jobs().into_iter().find(|job| job.id == id) else {
                return send(stage.tongue.fault(Fault::Unknown), &plot);
            };
            stage.cancel(&id);
            send(stage.tongue.cancelled(&job), &plot)
        }
        Asked::File(id) => {
            let mut job = stage.jobs().into_iter().find(|job| job.id == id);
            if let Some(job) = job.as_mut().filter(|_| seen.query == "moved") {
                job.plot = Plot::Success;
            }
            job.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |job| file(stage, &job))
        }
        Asked::Fixed(_) if plot == Plot::Unauthorized => send(stage.tongue.fault(Fault::Unauthorized), &plot),
        Asked::Fixed(body) => send(Reply::json(200, body), &plot),
        Asked::Nothing => StatusCode::NOT_FOUND.into_response(),
    }
}

/// How work is answered.
enum Work {
    AtOnce,
    /// With our key where the language carries one.
    Job {
        key: Option<String>,
    },
}

async fn work(stage: &Arc<Stage>, seen: &Seen, plot: &Plot, job: Work) -> Response {
    let fault = |fault| send(stage.tongue.fault(fault), plot);
    match plot {
        Plot::Unauthorized => return fault(Fault::Unauthorized),
        Plot::OutOfMoney => return fault(Fault::OutOfMoney),
        Plot::RefusedAtOnce => return fault(Fault::Refused),
        Plot::TooFast(after) => {
            let mut reply = stage.tongue.fault(Fault::TooFast);
            reply.headers.extend(after.clone().map(|after| ("retry-after", after)));
            return send(reply, plot);
        }
        Plot::BreaksOnce => {
            let mut story = stage.story();
            story.broken += 1;
            if story.broken == 1 {
                return fault(Fault::Broken);
            }
        }
        _ => {}
    }
    let reply = match job {
        Work::AtOnce => {
            stage.story().made += 1;
            stage.tongue.make(seen, plot)
        }
        Work::Job { key } => match take_in(stage, seen, plot, key) {
            Some(job) => {
                if *plot == Plot::TellsTwice {
                    for told in (1..=2).filter_map(|nth| stage.told(&job, nth)) {
                        told.deliver().await;
                    }
                }
                stage.tongue.created(&job)
            }
            None => return fault(Fault::Duplicate),
        },
    };
    match plot {
        Plot::Slow => tokio::time::sleep(SLOWLY).await,
        Plot::Hang => std::future::pending().await,
        Plot::Cut => return cut(&reply),
        Plot::Says(status, body) => return send(Reply::json(*status, body.clone()), plot),
        Plot::NotJson => return page(),
        // Jobs go on without end in their result instead.
        Plot::Endless if reply.body.get("endless").is_some() => return endless(stage, b"{\"data\": \""),
        _ => {}
    }
    send(reply, plot)
}

/// Every job has its own number; keys name one job each where a language has them.
fn take_in(stage: &Stage, seen: &Seen, plot: &Plot, key: Option<String>) -> Option<Job> {
    let mut story = stage.story();
    if key.is_some() && story.jobs.iter().any(|job| job.key == key) {
        return None;
    }
    let own = key.clone().filter(|_| stage.language == Language::Comfyui);
    let number = story.jobs.len() + 1;
    let id = own.unwrap_or_else(|| format!("0198f000-0000-4000-8000-{number:012}"));
    let home = stage.home.clone();
    let job = Job {
        id,
        key,
        plot: plot.clone(),
        asked: 0,
        cancelled: false,
        finished: false,
        home,
        call: seen.clone(),
    };
    story.jobs.push(job.clone());
    Some(job)
}

/// What a job made, or what happens on the way to it.
pub(super) fn file(stage: &Arc<Stage>, job: &Job) -> Response {
    let (kind, bytes) = if job.makes_clip() {
        ("video/mp4", stage.clip_of(job))
    } else {
        ("image/png", material::png(640, 360))
    };
    match &job.plot {
        Plot::LinkExpired => (StatusCode::FORBIDDEN, "<Error>Request has expired</Error>").into_response(),
        Plot::WrongType => page(),
        Plot::Endless => endless(stage, &bytes),
        Plot::Redirect(to) => (StatusCode::FOUND, [("location", to.clone())]).into_response(),
        _ if job.phase() == Phase::Done => ([("content-type", kind)], bytes).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) fn send(mut reply: Reply, plot: &Plot) -> Response {
    if *plot == Plot::UnknownFields {
        with_more_fields(&mut reply.body);
    }
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    let text = if reply.status == 204 { String::new() } else { reply.body.to_string() };
    let response = response.extension(Said(reply.body)).body(Body::from(text));
    response.unwrap_or_else(|error| panic!("no answer: {error}"))
}

fn page() -> Response {
    ([("content-type", "text/html")], "<!DOCTYPE html><html><body>We will be right back.</body></html>")
        .into_response()
}

/// Half of an answer, then nothing: the connection breaks.
fn cut(reply: &Reply) -> Response {
    let whole = reply.body.to_string();
    let half = Bytes::from(whole.as_bytes()[..whole.len() / 2].to_vec());
    let broken = io::Error::new(io::ErrorKind::ConnectionReset, "cut");
    let body = Body::from_stream(stream::iter([Ok(half), Err(broken)]));
    let response =
        Response::builder().header("content-type", "application/json").header("content-length", whole.len());
    response.body(body).unwrap_or_else(|error| panic!("no answer: {error}"))
}

/// 2 GiB without saying so before; what is sent is counted.
fn endless(stage: &Arc<Stage>, head: &[u8]) -> Response {
    let stage = stage.clone();
    let mut first = Some(Bytes::from(head.to_vec()));
    let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
    let chunks = stream::iter(std::iter::from_fn(move || {
        let next = first.take().unwrap_or_else(|| chunk.clone());
        let before = stage.sent.fetch_add(next.len() as u64, Ordering::SeqCst);
        (before < ENDLESS_BYTES).then_some(Ok::<_, io::Error>(next))
    }));
    Body::from_stream(chunks).into_response()
}

/// A port on loopback that nobody may call: it counts who does.
#[derive(Debug)]
pub struct Trap {
    address: SocketAddr,
    caught: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl Trap {
    pub async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port for the trap: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let caught = Arc::new(AtomicUsize::new(0));
        let count = caught.clone();
        let listening = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, caught, listening }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were made.
    pub fn caught(&self) -> usize {
        self.caught.load(Ordering::SeqCst)
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
