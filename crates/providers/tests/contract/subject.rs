//! What is put to the test: one maker of one service, asked the same way whatever it makes.

use chrono::{DateTime, Utc};
use mv_animatic::shot::LightTrack;
use mv_core::clock::SetClock;
use mv_core::units::MicroUsd;
use mv_core::{CancelToken, Canvas, FrameRate};
use mv_providers::http::DoorSettings;
use mv_providers::{
    Answer, Casting, Catalogue, Change, ClipAnswer, ClipModel, ClipRequest, Door, EditModel, EditRequest,
    Focus, ImageModel, JobId, JobState, Jobs, Keys, ModelCard, ModelKind, ProviderError, Region, Registry,
    StillRequest, Submission, TextModel, TextRequest, Ticket, TranscriptionModel, VisionModel,
};
use mv_testing::vendor::{FakeVendor, Language, material};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const KEY: &str = "a-key-nobody-may-see";
/// A loaded machine answers late, and that is no failure.
const PATIENT: Duration = Duration::from_secs(10);
/// For plots in which nothing comes.
pub(crate) const IMPATIENT: Duration = Duration::from_millis(300);

/// Which maker, and what may be expected of it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, read one at a time")]
pub(crate) struct Subject {
    pub(crate) language: Language,
    pub(crate) kind: ModelKind,
    pub(crate) model: &'static str,
    /// It takes work in as jobs; it answers at once otherwise.
    pub(crate) jobs: bool,
    /// Asking twice pays twice.
    pub(crate) paid: bool,
    pub(crate) cost: Option<MicroUsd>,
    /// It tells how far a job is.
    pub(crate) progress: bool,
    /// It has words of its own for a refusal.
    pub(crate) refuses: bool,
    /// It says how the making ended, so that words can be unknown.
    pub(crate) ends: bool,
}

impl Subject {
    pub(crate) const fn at_once(language: Language, kind: ModelKind, model: &'static str) -> Self {
        Self {
            language,
            kind,
            model,
            jobs: false,
            paid: true,
            cost: None,
            progress: false,
            refuses: true,
            ends: false,
        }
    }

    pub(crate) const fn queued(language: Language, kind: ModelKind, model: &'static str) -> Self {
        Self { jobs: true, ends: true, ..Self::at_once(language, kind, model) }
    }

    pub(crate) const fn costs(self, dollars: f64) -> Self {
        Self { cost: Some(MicroUsd((dollars * 1e6) as i64)), ..self }
    }
}

/// A maker before a fake.
pub(crate) struct Ground {
    pub(crate) fake: FakeVendor,
    pub(crate) registry: Registry,
    pub(crate) catalogue: Catalogue,
    pub(crate) maker: Maker,
    pub(crate) clock: Arc<SetClock>,
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

impl Ground {
    pub(crate) async fn of(subject: Subject) -> Self {
        Self::with(subject, PATIENT).await
    }

    pub(crate) async fn with(subject: Subject, patience: Duration) -> Self {
        let fake = FakeVendor::start(subject.language).await;
        let home = fake.home();
        let (provider, base) = match subject.language {
            Language::Gemini => ("gemini", home.clone()),
            Language::Together => ("together", home.clone()),
            Language::Kling => ("kling", home.clone()),
            Language::Fal => ("fal", home.clone()),
            Language::Runway => ("runway", home.clone()),
            Language::Comfyui => ("comfyui", home.clone()),
            Language::Openai => ("local", format!("{home}/v1")),
        };
        let options = match subject.language {
            Language::Fal => format!("options = {{ keys = \"{home}/.well-known/jwks.json\" }}"),
            Language::Comfyui => "options = { listen_ms = 5000 }".to_owned(),
            _ => String::new(),
        };
        let text = format!(
            r#"
            [providers.{provider}]
            base = "{base}"
            own = true
            {options}
            [[models]]
            id = "paid-image"
            kinds = ["image", "edit"]
            provider = "local"
            model = "gpt-image-2"
            name = "Paid"
            references = 2
            price = {{ usd = 0.04, per = "image", checked = "2026-11-22" }}
            options = {{ sizes = ["1024x1024", "1536x1024"] }}
            "#
        );
        let catalogue = Catalogue::with(&text).unwrap();
        let (door, clock) = door(patience);
        let keys = Keys::from([(provider.to_owned(), KEY.into())]);
        let registry = Registry::open(&catalogue, &door, &keys).unwrap();
        let maker = Maker::of(&registry, subject.kind, subject.model);
        Self { fake, registry, catalogue, maker, clock }
    }
}

/// A test's door: setting up TLS takes longer than most tests, so each test does it once.
fn door(patience: Duration) -> (Door, Arc<SetClock>) {
    type Opened = (tokio::runtime::Id, Duration, Door, Arc<SetClock>);
    static DOORS: Mutex<Vec<Opened>> = Mutex::new(Vec::new());
    let test = tokio::runtime::Handle::current().id();
    let mut doors = DOORS.lock().unwrap();
    if let Some((_, _, door, clock)) = doors.iter().find(|(of, waits, ..)| (*of, *waits) == (test, patience))
    {
        return (door.clone(), clock.clone());
    }
    let settings = DoorSettings {
        connect: PATIENT,
        first_byte: patience,
        making: patience,
        whole: patience,
        answer_bytes: 4 * 1024 * 1024,
        image_bytes: 1024 * 1024,
        clip_bytes: 1024 * 1024,
    };
    let clock = Arc::new(SetClock::at(now()));
    let door = Door::new(settings, clock.clone()).unwrap();
    doors.push((test, patience, door.clone(), clock.clone()));
    (door, clock)
}

#[derive(Clone)]
pub(crate) enum Maker {
    Image(Arc<dyn ImageModel>),
    Edit(Arc<dyn EditModel>),
    Clip(Arc<dyn ClipModel>),
    Vision(Arc<dyn VisionModel>),
    Text(Arc<dyn TextModel>),
    Transcription(Arc<dyn TranscriptionModel>),
}

/// What any maker made, as bytes.
pub(crate) type Made = Answer<Vec<u8>>;

impl Maker {
    fn of(registry: &Registry, kind: ModelKind, id: &str) -> Self {
        match kind {
            ModelKind::Image => Self::Image(registry.image(id).unwrap()),
            ModelKind::Edit => Self::Edit(registry.edit(id).unwrap()),
            ModelKind::Clip => Self::Clip(registry.clip(id).unwrap()),
            ModelKind::Vision => Self::Vision(registry.vision(id).unwrap()),
            ModelKind::Text => Self::Text(registry.text(id).unwrap()),
            ModelKind::Transcription => Self::Transcription(registry.transcription(id).unwrap()),
        }
    }

    pub(crate) fn card(&self) -> &ModelCard {
        match self {
            Self::Image(model) => model.card(),
            Self::Edit(model) => model.card(),
            Self::Clip(model) => model.card(),
            Self::Vision(model) => model.card(),
            Self::Text(model) => model.card(),
            Self::Transcription(model) => model.card(),
        }
    }

    pub(crate) async fn submit(&self, ticket: &Ticket<'_>) -> Result<Submission<Vec<u8>>, ProviderError> {
        let json = |answer: Answer<serde_json::Value>| {
            Submission::Ready(Answer { made: answer.made.to_string().into_bytes(), cost: answer.cost })
        };
        Ok(match self {
            Self::Image(model) => map(model.submit(&still(), ticket).await?, |made| made.bytes),
            Self::Edit(model) => map(model.submit(&edit(), ticket).await?, |made| made.bytes),
            Self::Clip(model) => map(model.submit(&clip(), ticket).await?, file),
            Self::Vision(model) => {
                let answer = model.describe(&[photo(400, 500), photo(500, 400)]).await?;
                json(Answer { made: serde_json::to_value(answer.made).unwrap(), cost: answer.cost })
            }
            Self::Text(model) => {
                let schema = serde_json::json!({"type": "object", "properties": {"lines": {"type": "array",
                    "items": {"type": "string"}}}, "required": ["lines"]});
                let (instructions, material) =
                    ("Write a line for each scene.".into(), "Scene 1: a roof".into());
                json(model.write(&TextRequest { instructions, material, schema }).await?)
            }
            Self::Transcription(model) => {
                let answer = model.transcribe(b"ID3\x04\0\0\0\0\0\0 a song", Some("ko-KR")).await?;
                json(Answer { made: serde_json::to_value(answer.made).unwrap(), cost: answer.cost })
            }
        })
    }

    pub(crate) async fn fetch(&self, job: &JobId) -> Result<Made, ProviderError> {
        Ok(match self {
            Self::Image(model) => answer(model.fetch(job).await?, |made| made.bytes),
            Self::Edit(model) => answer(model.fetch(job).await?, |made| made.bytes),
            Self::Clip(model) => answer(model.fetch(job).await?, file),
            Self::Vision(_) | Self::Text(_) | Self::Transcription(_) => panic!("words have no jobs"),
        })
    }

    /// `None` for makers of words.
    pub(crate) fn jobs(&self) -> Option<&dyn Jobs> {
        match self {
            Self::Image(model) => Some(&**model),
            Self::Edit(model) => Some(&**model),
            Self::Clip(model) => Some(&**model),
            Self::Vision(_) | Self::Text(_) | Self::Transcription(_) => None,
        }
    }

    pub(crate) async fn poll(&self, job: &JobId) -> Result<JobState, ProviderError> {
        self.jobs().unwrap().poll(job).await
    }

    /// Submits and polls until something was made, telling of every state on the way.
    pub(crate) async fn make(&self, key: &str, told: &mut Vec<JobState>) -> Result<Made, ProviderError> {
        let cancel = CancelToken::new();
        let job = match self.submit(&Ticket::new(key, &cancel)).await? {
            Submission::Ready(made) => return Ok(made),
            Submission::Queued(job) => job,
        };
        for _ in 0..12 {
            match self.poll(&job).await? {
                JobState::Done => return self.fetch(&job).await,
                JobState::Failed { error, .. } => return Err(error),
                state => told.push(state),
            }
        }
        panic!("the job never ended: {told:?}")
    }
}

fn map<T>(submission: Submission<T>, bytes: impl Fn(T) -> Vec<u8>) -> Submission<Vec<u8>> {
    match submission {
        Submission::Ready(made) => Submission::Ready(answer(made, bytes)),
        Submission::Queued(job) => Submission::Queued(job),
    }
}

fn answer<T>(made: Answer<T>, bytes: impl Fn(T) -> Vec<u8>) -> Made {
    Answer { made: bytes(made.made), cost: made.cost }
}

fn file(made: ClipAnswer) -> Vec<u8> {
    match made {
        ClipAnswer::File(bytes) => bytes,
        ClipAnswer::Drawn(_) => panic!("a service sends files"),
    }
}

pub(crate) fn photo(width: u32, height: u32) -> Arc<[u8]> {
    material::png(width, height).into()
}

fn casting() -> Casting {
    Casting { member: material::singer(), photos: vec![photo(400, 500), photo(500, 400)] }
}

pub(crate) fn still() -> StillRequest {
    StillRequest {
        scene: material::scene(),
        look: material::look(),
        cast: vec![casting()],
        canvas: Canvas::new(1280, 720),
    }
}

pub(crate) fn clip() -> ClipRequest {
    ClipRequest {
        still: still(),
        first_frame: Some(photo(1280, 720)),
        rate: FrameRate::FILM,
        frames: 100..196,
        light: LightTrack::default(),
        motion: ClipRequest::USUAL_MOTION,
    }
}

pub(crate) fn edit() -> EditRequest {
    EditRequest {
        picture: photo(640, 360),
        change: Change::Instruction {
            text: "Change the jacket to red, keep the face unchanged".into(),
            focus: Focus::Appearance,
            keep_layout: true,
        },
        mask: None,
        region: Some(Region { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }),
        cast: vec![casting()],
        seed: 7,
    }
}
