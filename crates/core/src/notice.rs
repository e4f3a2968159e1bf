//! What people are told in the studio: what happened, as data. The studio words it, in the language of whoever reads.

use crate::ids::CharacterId;
use crate::units::Credits;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which cap was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// That of the one order.
    Order,
    /// That of its project, all orders together.
    Project,
}

/// Why a webhook endpoint is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointOff {
    /// It answered 410: it wants no more.
    Gone,
    /// Nothing got through for days.
    Failing,
}

/// `notifications.kind` and `notifications.data`. Amounts are US dollars, lengths seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Notice {
    SongFailed {
        title: String,
        message: String,
        hint: Option<String>,
    },
    FilmComplete {
        title: String,
        seconds: f64,
        /// `1920x1080`.
        resolution: String,
    },
    FilmFailed {
        title: String,
        message: String,
        hint: Option<String>,
    },
    /// An order stopped because nothing more may be spent; what it made is kept.
    BudgetReached {
        title: Option<String>,
        of: Budget,
        cap_usd: f64,
    },
    /// The archive of everything that one has here.
    ExportReady {
        bytes: u64,
        expires_at: DateTime<Utc>,
    },
    ExportFailed {
        message: String,
    },
    CreditsLow {
        left: Credits,
    },
    CharacterReady {
        character_id: CharacterId,
        name: String,
        pictures: usize,
    },
    CharacterFailed {
        character_id: CharacterId,
        name: String,
        message: String,
        hint: Option<String>,
    },
    WebhookDisabled {
        endpoint_id: Uuid,
        /// The host of its address.
        host: String,
        why: EndpointOff,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_notice_is_its_kind_and_its_data() {
        let notice = Notice::BudgetReached { title: None, of: Budget::Project, cap_usd: 12.5 };
        let kept = serde_json::to_value(&notice).unwrap();
        let wanted = json!({
            "kind": "budget_reached", "data": {"title": null, "of": "project", "cap_usd": 12.5},
        });
        assert_eq!(kept, wanted);
        assert_eq!(serde_json::from_value::<Notice>(kept).unwrap(), notice);
    }
}
