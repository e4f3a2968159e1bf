//! Ids of what people own. Each kind is a type of its own, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    UserId,
    SessionId,
    ApiKeyId,
    UploadId,
    CharacterId,
    ProjectId,
    SceneId,
    SceneVersionId,
    ExportId,
    ShareLinkId,
    CommentId,
    QuoteId,
    /// An order for a film, or for one scene of it.
    VideoJobId,
    /// One artefact to make for one order.
    StepId,
    /// Work ordered outside a film: an analysis, an export of one's data.
    TaskId,
    /// A call of an outside service that may cost money.
    CallId,
    /// What a service called back with.
    WebhookId,
    /// A mail, however often its sending is tried.
    MailId,
    /// Where a person's own program wants to be told.
    WebhookEndpointId,
    /// Something told to one of these.
    WebhookDeliveryId,
}
