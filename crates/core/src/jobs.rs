//! What the queue carries: small payloads of ids. A job reloads what it needs, so a payload is never out of date.

use crate::ids::{
    CharacterId, MailId, ProjectId, SceneId, StepId, TaskId, UserId, VideoJobId, WebhookDeliveryId, WebhookId,
};
pub use crate::mail::Mail;
use serde::{Deserialize, Serialize};

/// Work that runs together and is limited together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Orders: laying out a film's steps and finishing it.
    Video,
    /// Clips that services make.
    Clip,
    Image,
    /// FFmpeg: segments, seams, joins, reports.
    Render,
    Analysis,
    Mail,
    /// Webhooks to people's own programs, which may take their time.
    Webhook,
    Cleaning,
    Analytics,
}

impl Class {
    pub const ALL: [Self; 9] = [
        Self::Video,
        Self::Clip,
        Self::Image,
        Self::Render,
        Self::Analysis,
        Self::Mail,
        Self::Webhook,
        Self::Cleaning,
        Self::Analytics,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Clip => "clip",
            Self::Image => "image",
            Self::Render => "render",
            Self::Analysis => "analysis",
            Self::Mail => "mail",
            Self::Webhook => "webhook",
            Self::Cleaning => "cleaning",
            Self::Analytics => "analytics",
        }
    }
}

/// A job of the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "job")]
pub enum Job {
    /// Lay out an order's steps.
    VideoGeneration { job_id: VideoJobId },
    /// Make one step of an order.
    Step { job_id: VideoJobId, step_id: StepId, class: Class },
    /// Hear a project's song and plan its storyboard.
    AnalyzeAudio { project_id: ProjectId, task_id: TaskId },
    /// Look at a character's photos and draw its test pictures.
    ScreenTest { character_id: CharacterId, task_id: TaskId },
    /// Change a scene's picture.
    EditImage { scene_id: SceneId, task_id: TaskId },
    /// Have a project's song written down, or its lyrics timed by what is heard.
    Transcribe { project_id: ProjectId, task_id: TaskId },
    /// Have a project's scenes put into words.
    WriteScenes { project_id: ProjectId, task_id: TaskId },
    /// Remove what is left of a character whose consent was withdrawn: its photos, its test pictures, and what services
    /// made of them. Objects, by their keys.
    ForgetCharacter { character_id: CharacterId, photos: Vec<String>, pictures: Vec<String> },
    /// Ask a service whether it takes a person's own key.
    CheckKey { user_id: UserId, provider: String },
    Email {
        user_id: UserId,
        /// The same at every try: it is sent once.
        mail_id: MailId,
        mail: Mail,
    },
    /// Everything a person has here, as one archive.
    ExportData { user_id: UserId, task_id: TaskId },
    /// Look whether a webhook comes from the service that it names, and wake whoever waits for its call.
    HearService { webhook_id: WebhookId },
    /// Tell a person's own program something, by webhook.
    DeliverWebhook { delivery_id: WebhookDeliveryId },
    /// Do what follows from an event of Stripe's that was written down.
    ProcessBillingEvent { event_id: String },
    /// What events left over: grace and credits that ran out, events that failed; with `whole`, everybody's state is read
    /// again.
    ReconcileBilling { whole: bool },
    /// Ask every service whether it takes the operator's key, and which models it has.
    CheckServices,
    /// See calls to their end whose orders are over.
    SettleCalls,
    /// Count what happened.
    Analytics,
    /// Partitions, retention, orphaned objects, accounts whose grace period is over.
    Cleanup,
}

impl Job {
    /// The queue's name for it.
    pub fn task(&self) -> &'static str {
        match self {
            Self::VideoGeneration { .. } => "video-generation",
            Self::Step { class: Class::Image, .. } => "image-generation",
            Self::Step { class: Class::Clip, .. } => "clip-generation",
            Self::Step { .. } => "render-step",
            Self::AnalyzeAudio { .. } => "analyze-audio",
            Self::ScreenTest { .. } => "screen-test",
            Self::EditImage { .. } => "edit-image",
            Self::Transcribe { .. } => "transcribe",
            Self::WriteScenes { .. } => "write-scenes",
            Self::ForgetCharacter { .. } => "forget-character",
            Self::CheckKey { .. } => "check-key",
            Self::Email { .. } => "email-notification",
            Self::ExportData { .. } => "export-data",
            Self::HearService { .. } => "hear-service",
            Self::DeliverWebhook { .. } => "deliver-webhook",
            Self::ProcessBillingEvent { .. } => "process-billing-event",
            Self::ReconcileBilling { .. } => "reconcile-billing",
            Self::CheckServices => "check-services",
            Self::SettleCalls => "settle-calls",
            Self::Analytics => "analytics-processing",
            Self::Cleanup => "cleanup",
        }
    }

    /// The queue's names that a class's workers listen for.
    pub fn tasks(class: Class) -> &'static [&'static str] {
        match class {
            Class::Video => &["video-generation"],
            Class::Clip => &["clip-generation"],
            Class::Image => {
                &["image-generation", "screen-test", "edit-image", "transcribe", "write-scenes", "check-key"]
            }
            Class::Render => &["render-step"],
            Class::Analysis => &["analyze-audio"],
            Class::Mail => &["email-notification", "hear-service", "process-billing-event"],
            Class::Webhook => &["deliver-webhook"],
            Class::Cleaning => &[
                "export-data",
                "forget-character",
                "cleanup",
                "settle-calls",
                "check-services",
                "reconcile-billing",
            ],
            Class::Analytics => &["analytics-processing"],
        }
    }

    /// The task that it fulfils, for work that was ordered outside a film.
    pub fn errand(&self) -> Option<TaskId> {
        match self {
            Self::AnalyzeAudio { task_id, .. }
            | Self::ScreenTest { task_id, .. }
            | Self::EditImage { task_id, .. }
            | Self::Transcribe { task_id, .. }
            | Self::WriteScenes { task_id, .. }
            | Self::ExportData { task_id, .. } => Some(*task_id),
            Self::VideoGeneration { .. }
            | Self::Step { .. }
            | Self::CheckKey { .. }
            | Self::Email { .. }
            | Self::HearService { .. }
            | Self::DeliverWebhook { .. }
            | Self::ProcessBillingEvent { .. }
            | Self::ReconcileBilling { .. }
            | Self::CheckServices
            | Self::SettleCalls
            | Self::Analytics
            | Self::ForgetCharacter { .. }
            | Self::Cleanup => None,
        }
    }

    pub fn class(&self) -> Class {
        match self {
            Self::VideoGeneration { .. } => Class::Video,
            Self::Step { class, .. } => *class,
            Self::ScreenTest { .. }
            | Self::EditImage { .. }
            | Self::Transcribe { .. }
            | Self::WriteScenes { .. }
            | Self::CheckKey { .. } => Class::Image,
            Self::AnalyzeAudio { .. } => Class::Analysis,
            // Short messages from outside, as mails are short messages to it.
            Self::Email { .. } | Self::HearService { .. } | Self::ProcessBillingEvent { .. } => Class::Mail,
            Self::DeliverWebhook { .. } => Class::Webhook,
            Self::ExportData { .. }
            | Self::ForgetCharacter { .. }
            | Self::Cleanup
            | Self::SettleCalls
            | Self::CheckServices
            | Self::ReconcileBilling { .. } => Class::Cleaning,
            Self::Analytics => Class::Analytics,
        }
    }
}
