//! How much a worker takes on, and how patient it is.

use crate::mail::MailSettings;
use mv_core::jobs::Class;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Settings {
    /// Jobs of each class that this process runs at once; a class that is not here is left to others.
    pub at_once: BTreeMap<Class, usize>,
    /// Jobs of each class that run at once in all processes together; a class that is not here has no such limit.
    pub at_once_everywhere: BTreeMap<Class, u32>,
    /// Jobs of each class that begin in a minute in all processes together.
    pub per_minute: BTreeMap<Class, f64>,
    /// Pauses before a job that failed is tried again; when they are used up it has failed.
    pub pauses: Vec<Duration>,
    /// Pauses after those, before a mail is tried again that the mail server did not take yet: some let strangers wait for
    /// minutes before they listen.
    pub mail_pauses: Vec<Duration>,
    /// How long running jobs may take to end when the process is told to stop; what has not ended then goes to others.
    pub drain: Duration,
    /// Folder for files that are being worked on, and for artefacts at hand.
    pub folder: PathBuf,
    /// Bytes of artefacts and materials kept at hand; the oldest go first.
    pub keep_bytes: u64,
    /// Where people reach the server: links in mails begin with it.
    pub public_url: String,
    /// Where services reach the server with their webhooks, without a slash at the end; `None` leaves it at asking them.
    pub webhook_url: Option<String>,
    /// `None` writes links to the log instead of sending them.
    pub mail: Option<MailSettings>,
    /// Months that orders and audit logs are kept.
    pub keep_months: u32,
    pub webhooks: WebhookSettings,
    pub analytics: AnalyticsSettings,
}

/// How people's own programs are told.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Pauses before a message is sent again; when they are used up it has failed.
    pub pauses: Vec<Duration>,
    /// How long an endpoint may take to answer.
    pub patience: Duration,
    /// Whether endpoints may be on this machine's own loopback addresses.
    pub to_loopback: bool,
}

impl Default for WebhookSettings {
    /// A day, all in all.
    fn default() -> Self {
        let minutes = |minutes| Duration::from_mins(minutes);
        let pauses =
            vec![Duration::from_secs(5), minutes(5), minutes(30), minutes(120), minutes(300), minutes(600)];
        Self { pauses, patience: Duration::from_secs(15), to_loopback: false }
    }
}

/// What becomes of counted events.
#[derive(Clone, Debug)]
pub struct AnalyticsSettings {
    /// Months that single events are kept.
    pub keep_months: u32,
    /// Where they are passed on to, if anywhere.
    pub posthog: Option<PostHog>,
}

impl Default for AnalyticsSettings {
    fn default() -> Self {
        Self { keep_months: 13, posthog: None }
    }
}

#[derive(Clone)]
pub struct PostHog {
    /// Such as `https://eu.i.posthog.com`.
    pub host: String,
    /// The project's.
    pub key: String,
}

impl fmt::Debug for PostHog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostHog").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Settings {
    /// The specification's numbers, for all classes.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            at_once: Class::ALL.into_iter().map(|class| (class, usual(class))).collect(),
            at_once_everywhere: BTreeMap::new(),
            per_minute: BTreeMap::from([(Class::Video, 10.0), (Class::Clip, 10.0), (Class::Image, 50.0)]),
            pauses: [5, 10, 20].map(Duration::from_secs).to_vec(),
            mail_pauses: [2, 10, 30].map(Duration::from_mins).to_vec(),
            drain: Duration::from_secs(25),
            folder,
            keep_bytes: 20 << 30,
            public_url: "http://localhost:8080".into(),
            webhook_url: None,
            mail: None,
            keep_months: 24,
            webhooks: WebhookSettings::default(),
            analytics: AnalyticsSettings::default(),
        }
    }

    /// Connections that the workers hold as the owner of the queue: one to listen and some to fetch for each class.
    pub fn queue_connections(&self) -> u32 {
        3 * u32::try_from(self.at_once.len()).unwrap_or(u32::MAX) + 2
    }
}

/// Jobs of a class at once in one process.
fn usual(class: Class) -> usize {
    match class {
        Class::Video | Class::Clip => 3,
        Class::Image => 10,
        Class::Mail | Class::Webhook => 5,
        Class::Render => std::thread::available_parallelism().map_or(1, usize::from),
        Class::Analysis | Class::Cleaning => 2,
        Class::Analytics => 1,
    }
}
