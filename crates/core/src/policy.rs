//! Who may do what: `can(actor, action, resource)`, asked by every handler and matched by the database's own policies.

use crate::ids::UserId;
use crate::plan::{Plan, PlanLimits, PlanTable, Role};
use crate::units::Resolution;
use serde::{Deserialize, Serialize};

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub id: UserId,
    pub role: Role,
    pub plan: Plan,
    /// What the plans allow here.
    pub plans: &'static PlanTable,
}

impl Actor {
    pub fn limits(&self) -> &'static PlanLimits {
        self.plans.of(self.plan)
    }
}

/// What somebody is to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectRole {
    Viewer,
    Editor,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Read,
    Update,
    Delete,
    /// Show it to strangers by a link.
    Share,
    /// Invite others, hand over.
    Manage,
}

/// What is acted on, with what the answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A new project, when the actor has started so many this month, and so many are in the works.
    NewProject {
        this_month: u32,
        at_once: u32,
    },
    /// A film of a song of so many seconds, when the actor has ordered so many this month.
    NewFilm {
        this_month: u32,
        seconds: u32,
        resolution: Resolution,
    },
    /// A project, or anything that is part of one: scenes, versions, jobs, exports.
    Project {
        role: Option<ProjectRole>,
    },
    /// A new character, when the actor has so many.
    NewCharacter {
        owned: u32,
    },
    Character {
        owner: UserId,
    },
    /// An account: one's own, or somebody else's.
    User {
        id: UserId,
    },
    /// The queues, other people's plans, the audit log of everybody.
    Installation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// It is not the actor's: to be answered as if it did not exist.
    Hidden,
    /// It may be seen, but not this.
    Forbidden,
    /// A higher plan would allow it.
    NeedsPlan(Plan),
}

/// Whether the actor may do this.
pub fn can(actor: &Actor, action: Action, resource: &Resource) -> Decision {
    if actor.role == Role::Admin && !matches!(resource, Resource::Project { role: None }) {
        return Decision::Allowed;
    }
    match *resource {
        Resource::NewProject { this_month, at_once } => needs(actor, |limits| {
            has_room(limits.projects_per_month, this_month) && has_room(limits.projects_at_once, at_once)
        }),
        Resource::NewFilm { this_month, seconds, resolution } => needs(actor, |limits| {
            has_room(limits.videos_per_month, this_month)
                && limits.video_seconds.is_none_or(|most| seconds <= most)
                && resolution <= limits.largest
        }),
        Resource::NewCharacter { owned } => needs(actor, |limits| has_room(limits.characters, owned)),
        Resource::Project { role } => project(actor, action, role),
        Resource::Character { owner } => owned(actor, owner),
        Resource::User { id } => owned(actor, id),
        Resource::Installation => Decision::Hidden,
    }
}

fn has_room(limit: Option<u32>, used: u32) -> bool {
    limit.is_none_or(|limit| used < limit)
}

/// Allowed when the plan is enough; else the lowest higher one that is.
fn needs(actor: &Actor, is_enough: impl Fn(&PlanLimits) -> bool) -> Decision {
    match actor.plans.lowest(actor.plan, is_enough) {
        Some(lowest) if lowest == actor.plan => Decision::Allowed,
        Some(needed) => Decision::NeedsPlan(needed),
        None => Decision::Forbidden,
    }
}

fn project(actor: &Actor, action: Action, role: Option<ProjectRole>) -> Decision {
    let Some(role) = role else { return Decision::Hidden };
    let needed = match action {
        Action::Read => ProjectRole::Viewer,
        Action::Create | Action::Update => ProjectRole::Editor,
        Action::Delete | Action::Share | Action::Manage => ProjectRole::Owner,
    };
    if role < needed {
        Decision::Forbidden
    } else if action == Action::Manage {
        needs(actor, |limits| limits.collaboration)
    } else {
        Decision::Allowed
    }
}

fn owned(actor: &Actor, owner: UserId) -> Decision {
    if actor.id == owner { Decision::Allowed } else { Decision::Hidden }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn actor(plan: Plan, role: Role) -> Actor {
        Actor { id: UserId(Uuid::from_u128(1)), role, plan, plans: PlanTable::built_in() }
    }

    #[test]
    fn plans_limit_what_may_be_started() {
        let free = actor(Plan::Free, Role::User);
        let start = |actor: &Actor, this_month| {
            can(actor, Action::Create, &Resource::NewProject { this_month, at_once: 4 })
        };
        assert_eq!(start(&free, 1), Decision::Allowed);
        assert_eq!(start(&free, 2), Decision::NeedsPlan(Plan::Indie));
        assert_eq!(start(&actor(Plan::Indie, Role::User), 500), Decision::Allowed);
        let busy = Resource::NewProject { this_month: 0, at_once: 5 };
        assert_eq!(
            can(&actor(Plan::Indie, Role::User), Action::Create, &busy),
            Decision::NeedsPlan(Plan::Pro)
        );
        let draw =
            |plan, owned| can(&actor(plan, Role::User), Action::Create, &Resource::NewCharacter { owned });
        assert_eq!(draw(Plan::Free, 1), Decision::NeedsPlan(Plan::Indie));
        assert_eq!(draw(Plan::Indie, 3), Decision::NeedsPlan(Plan::Pro));
        assert_eq!(draw(Plan::Pro, 10), Decision::NeedsPlan(Plan::Team));
        assert_eq!(draw(Plan::Free, 5), Decision::NeedsPlan(Plan::Pro));
        assert_eq!(draw(Plan::Team, 10_000), Decision::Allowed);
    }

    #[test]
    fn films_are_as_long_and_as_large_as_the_plan_allows() {
        let order = |plan, seconds, resolution| {
            let film = Resource::NewFilm { this_month: 3, seconds, resolution };
            can(&actor(plan, Role::User), Action::Create, &film)
        };
        assert_eq!(order(Plan::Free, 180, Resolution::P1080), Decision::Allowed);
        assert_eq!(order(Plan::Free, 180, Resolution::K4), Decision::NeedsPlan(Plan::Indie));
        assert_eq!(order(Plan::Free, 181, Resolution::P480), Decision::NeedsPlan(Plan::Pro));
        assert_eq!(order(Plan::Pro, 1200, Resolution::K4), Decision::Allowed);
        let film = Resource::NewFilm { this_month: 3, seconds: 1200, resolution: Resolution::K4 };
        assert_eq!(can(&actor(Plan::Free, Role::Admin), Action::Create, &film), Decision::Allowed);
    }

    #[test]
    fn an_operator_may_draw_the_lines_elsewhere() {
        let narrow = PlanLimits { videos_per_month: Some(3), ..Plan::Team.limits() };
        let plans = PlanTable::new(|_| narrow, Plan::Pro).keep();
        assert_eq!((plans.effective(Plan::Free), plans.effective(Plan::Team)), (Plan::Pro, Plan::Team));
        let film = Resource::NewFilm { this_month: 3, seconds: 1, resolution: Resolution::P480 };
        let pro = Actor { plans, ..actor(Plan::Pro, Role::User) };
        let decision = can(&pro, Action::Create, &film);
        assert_eq!(decision, Decision::Forbidden, "no plan would do");
    }

    #[test]
    fn what_is_not_ones_own_does_not_exist() {
        let other = UserId(Uuid::from_u128(2));
        let me = actor(Plan::Team, Role::User);
        assert_eq!(can(&me, Action::Read, &Resource::Project { role: None }), Decision::Hidden);
        assert_eq!(can(&me, Action::Read, &Resource::Character { owner: other }), Decision::Hidden);
        assert_eq!(can(&me, Action::Read, &Resource::User { id: other }), Decision::Hidden);
        assert_eq!(can(&me, Action::Read, &Resource::Installation), Decision::Hidden);
        let admin = actor(Plan::Free, Role::Admin);
        assert_eq!(can(&admin, Action::Read, &Resource::User { id: other }), Decision::Allowed);
        assert_eq!(can(&admin, Action::Read, &Resource::Project { role: None }), Decision::Hidden);
    }

    #[test]
    fn collaborators_do_what_their_role_says() {
        use ProjectRole::{Editor, Owner, Viewer};
        let ask = |role, action| {
            can(&actor(Plan::Team, Role::User), action, &Resource::Project { role: Some(role) })
        };
        for (role, action, decision) in [
            (Viewer, Action::Read, Decision::Allowed),
            (Viewer, Action::Update, Decision::Forbidden),
            (Editor, Action::Update, Decision::Allowed),
            (Editor, Action::Delete, Decision::Forbidden),
            (Editor, Action::Manage, Decision::Forbidden),
            (Owner, Action::Delete, Decision::Allowed),
            (Owner, Action::Manage, Decision::Allowed),
        ] {
            assert_eq!(ask(role, action), decision, "{role:?} {action:?}");
        }
        let free =
            can(&actor(Plan::Free, Role::User), Action::Share, &Resource::Project { role: Some(Owner) });
        assert_eq!(free, Decision::Allowed, "a finished film may be shown on every plan");
        let indie = actor(Plan::Indie, Role::User);
        let manage = can(&indie, Action::Manage, &Resource::Project { role: Some(Owner) });
        assert_eq!(manage, Decision::NeedsPlan(Plan::Team));
    }
}
