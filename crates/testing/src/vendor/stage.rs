//! What happens at a fake service: the plots it plays, the work it took in, the calls it saw.

use serde_json::Value;
use std::time::Duration;

/// Whose language a fake speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Gemini,
    Together,
    Kling,
    Fal,
    Runway,
    Comfyui,
    Openai,
}

/// How a fake treats the work it is given from now on.
#[derive(Clone, Debug, PartialEq)]
pub enum Plot {
    Success,
    /// The answer takes a while; a job is asked after several times, with progress where the service tells it.
    Slow,
    Unauthorized,
    OutOfMoney,
    /// With this `Retry-After`, or with the service's own way to say it when there is none.
    TooFast(Option<String>),
    /// The first call fails with status 500, the next goes well.
    BreaksOnce,
    /// The work is taken in, and the answer breaks off in its middle.
    Cut,
    /// The work is taken in, and no answer ever comes.
    Hang,
    /// The work is taken in, and the answer is a page for people.
    NotJson,
    /// A word for a state, or for the end, that nobody ever saw.
    UnknownWord,
    /// More fields everywhere than were ever documented.
    UnknownFields,
    /// The service forgets the job.
    Forgets,
    Fails,
    RefusedAtOnce,
    /// The job is taken in and refused when it has been looked at.
    RefusedLate,
    /// The link to the result answers 403.
    LinkExpired,
    /// The result is a page for people.
    WrongType,
    /// The result, or the answer itself, goes on for 2 GiB.
    Endless,
    /// The link to the result leads elsewhere; to `?moved`, the result is there.
    Redirect(String),
    /// A job goes on until [`FakeVendor::finish`](super::FakeVendor::finish).
    Held,
    /// A job is done at once, and the service calls back twice, with other words each time, before anybody asks.
    TellsTwice,
    /// The bill is three times the quote.
    Dearer,
    /// The work is taken in, and everything about it is answered with this status and this JSON.
    Says(u16, Value),
}

/// How long [`Plot::Slow`] takes to answer.
pub(super) const SLOWLY: Duration = Duration::from_millis(120);

/// A call as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The names and text values of a form; files are `<N bytes>`.
    pub fn form(&self) -> Vec<(String, String)> {
        let boundary =
            self.header("content-type").and_then(|kind| kind.split_once("boundary=")).map(|(_, b)| b);
        let Some(boundary) = boundary else { return Vec::new() };
        let text = String::from_utf8_lossy(&self.body);
        let part = |part: &str| {
            let (head, value) = part.split_once("\r\n\r\n")?;
            let name = head.split_once("name=\"")?.1.split_once('"')?.0.to_owned();
            let value = value.strip_suffix("\r\n").unwrap_or(value);
            let file = head.contains("filename=");
            Some((name, if file { format!("<{} bytes>", value.len()) } else { value.to_owned() }))
        };
        text.split(&format!("--{boundary}")).filter_map(part).collect()
    }

    pub(super) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

/// What a call wants, in any language.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    /// Work that is answered at once.
    Make,
    /// Work that becomes a job, with our key where the language carries one.
    Create {
        key: Option<String>,
    },
    State(String),
    /// What a finished job made, where that is another call.
    Outcome(String),
    Cancel(String),
    File(String),
    /// Anything that is answered the same in every plot: lists, uploads, keys.
    Fixed(Value),
    Nothing,
}

/// Work a fake took in.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) key: Option<String>,
    pub(super) plot: Plot,
    /// How often it was asked after.
    pub(super) asked: u32,
    pub(super) cancelled: bool,
    /// Somebody said that it is done.
    pub(super) finished: bool,
    /// Where the service is, for links.
    pub(super) home: String,
    /// The call that started it.
    pub(super) call: Seen,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Phase {
    Waiting,
    Running(f64),
    Done,
    Failed,
    Refused,
    Cancelled,
    Unknown,
}

impl Job {
    pub(super) fn phase(&self) -> Phase {
        match &self.plot {
            _ if self.cancelled => Phase::Cancelled,
            Plot::Slow => match self.asked {
                0 | 1 => Phase::Waiting,
                2 => Phase::Running(0.25),
                3 => Phase::Running(0.75),
                _ => Phase::Done,
            },
            Plot::Held if !self.finished => Phase::Running(0.5),
            Plot::UnknownWord => Phase::Unknown,
            Plot::Fails => Phase::Failed,
            Plot::RefusedLate => Phase::Refused,
            _ => Phase::Done,
        }
    }

    /// What a bill is multiplied by.
    pub(super) fn markup(&self) -> u32 {
        if self.plot == Plot::Dearer { 3 } else { 1 }
    }

    pub(super) fn link(&self) -> String {
        format!("{}/files/{}", self.home, self.id)
    }

    /// Whether it makes a clip; a picture otherwise.
    pub(super) fn makes_clip(&self) -> bool {
        let path = &self.call.path;
        ["video", "pika"].iter().any(|sign| path.contains(sign))
            || String::from_utf8_lossy(&self.call.body).contains("SaveVideo")
    }
}

/// Faults that every language has words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Unauthorized,
    OutOfMoney,
    TooFast,
    Broken,
    Refused,
    Unknown,
    Duplicate,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Value,
}

impl Reply {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body }
    }
}

/// How a service speaks.
pub(super) trait Tongue: Send + Sync {
    fn read(&self, seen: &Seen) -> Asked;
    /// The answer to [`Asked::Make`].
    fn make(&self, seen: &Seen, plot: &Plot) -> Reply;
    /// The answer to [`Asked::Create`].
    fn created(&self, job: &Job) -> Reply;
    /// The answer to [`Asked::State`].
    fn state(&self, job: &Job) -> Reply;
    /// The answer to [`Asked::Outcome`].
    fn outcome(&self, job: &Job) -> Reply {
        self.state(job)
    }
    fn cancelled(&self, job: &Job) -> Reply;
    /// Where it was asked to call back about a job; `None` in languages without webhooks.
    fn callback(&self, _job: &Job) -> Option<String> {
        None
    }
    /// What it says there, signed: headers and body. `now` is in seconds since 1970, and `nth` how often it said so.
    fn tells(&self, job: &Job, _now: i64, _nth: u32) -> (Vec<(String, String)>, String) {
        (Vec::new(), self.state(job).body.to_string())
    }
    fn fault(&self, fault: Fault) -> Reply;
}

/// Undocumented fields, in every object there is; not in lists of a service's own making.
pub(super) fn with_more_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(with_more_fields);
            fields.insert("x_new_this_week".into(), serde_json::json!({"deep": [1, null]}));
        }
        Value::Array(items) => items.iter_mut().for_each(with_more_fields),
        _ => {}
    }
}
