//! Subscription plans and what each allows.

use crate::units::Resolution;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// In rising order: a higher plan allows all that a lower one does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    #[default]
    Free,
    Indie,
    Pro,
    Team,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    #[default]
    User,
    Admin,
}

/// What a plan allows; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLimits {
    /// Projects started in one calendar month (UTC).
    pub projects_per_month: Option<u32>,
    /// Projects that are neither finished nor archived.
    pub projects_at_once: Option<u32>,
    pub characters: Option<u32>,
    /// Calls of the API in any hour.
    pub api_requests_per_hour: u32,
    /// Films ordered in any day.
    pub videos_per_day: Option<u32>,
    /// Films ordered in one calendar month (UTC).
    pub videos_per_month: Option<u32>,
    /// Longest song that a film is made of, in seconds.
    pub video_seconds: Option<u32>,
    /// Largest picture of a film.
    pub largest: Resolution,
    /// Images ordered in any day.
    pub images_per_day: Option<u32>,
    /// May invite others to a project.
    pub collaboration: bool,
    /// Jobs go before those of plans without it, as long as those have not waited too long.
    pub priority_queue: bool,
}

impl Plan {
    pub const ALL: [Self; 4] = [Self::Free, Self::Indie, Self::Pro, Self::Team];

    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Indie => "indie",
            Self::Pro => "pro",
            Self::Team => "team",
        }
    }

    /// What it allows where the operator says nothing else.
    pub fn limits(self) -> PlanLimits {
        match self {
            Self::Free => PlanLimits {
                projects_per_month: Some(2),
                projects_at_once: None,
                characters: Some(1),
                api_requests_per_hour: 100,
                videos_per_day: Some(2),
                videos_per_month: None,
                video_seconds: Some(180),
                largest: Resolution::P1080,
                images_per_day: Some(50),
                collaboration: false,
                priority_queue: false,
            },
            Self::Indie => PlanLimits {
                projects_per_month: None,
                projects_at_once: Some(5),
                characters: Some(3),
                api_requests_per_hour: 1000,
                videos_per_day: None,
                videos_per_month: None,
                video_seconds: Some(180),
                largest: Resolution::K4,
                images_per_day: None,
                collaboration: false,
                priority_queue: false,
            },
            Self::Pro => PlanLimits {
                projects_at_once: None,
                characters: Some(10),
                video_seconds: None,
                api_requests_per_hour: 5000,
                priority_queue: true,
                ..Self::Indie.limits()
            },
            Self::Team => PlanLimits { characters: None, collaboration: true, ..Self::Pro.limits() },
        }
    }
}

/// What each plan allows on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTable {
    limits: [PlanLimits; 4],
    /// What everybody has at the least, whatever they pay.
    least: Plan,
}

impl PlanTable {
    pub fn new(limits: impl Fn(Plan) -> PlanLimits, least: Plan) -> Self {
        Self { limits: Plan::ALL.map(limits), least }
    }

    /// Where the operator says nothing.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<PlanTable> = LazyLock::new(|| PlanTable::new(Plan::limits, Plan::Free));
        &BUILT_IN
    }

    /// For as long as the process lives: it is made once, when a server starts, and everybody refers to it.
    pub fn keep(self) -> &'static Self {
        Box::leak(Box::new(self))
    }

    pub fn of(&self, plan: Plan) -> &PlanLimits {
        &self.limits[plan as usize]
    }

    /// The plan that somebody has who chose, or was given, this one.
    pub fn effective(&self, plan: Plan) -> Plan {
        plan.max(self.least)
    }

    /// The lowest plan from this one on that is enough.
    pub fn lowest(&self, from: Plan, is_enough: impl Fn(&PlanLimits) -> bool) -> Option<Plan> {
        Plan::ALL.into_iter().find(|plan| *plan >= from && is_enough(self.of(*plan)))
    }
}

impl Role {
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Plan {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|plan| plan.word() == text)
            .ok_or_else(|| format!("`{text}` is not a plan: choose free, indie, pro or team"))
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "user" => Ok(Self::User),
            "admin" => Ok(Self::Admin),
            _ => Err(format!("`{text}` is not a role: choose user or admin")),
        }
    }
}
