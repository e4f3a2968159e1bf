//! Who may do what: `can(actor, action, resource)`, asked by every handler and matched by the database's own policies.

use crate::ids::UserId;
use crate::plan::{Plan, Role};
use serde::{Deserialize, Serialize};

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub id: UserId,
    pub role: Role,
    pub plan: Plan,
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
    /// A new project, when the actor has started so many this month.
    NewProject {
        this_month: u32,
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
        Resource::NewProject { this_month } => {
            within(actor.plan, |plan| plan.limits().projects_per_month, this_month)
        }
        Resource::NewCharacter { owned } => within(actor.plan, |plan| plan.limits().characters, owned),
        Resource::Project { role } => project(actor, action, role),
        Resource::Character { owner } => owned(actor, owner),
        Resource::User { id } => owned(actor, id),
        Resource::Installation => Decision::Hidden,
    }
}

/// Allowed while `used` is below the plan's limit; else the lowest plan whose limit is higher.
fn within(plan: Plan, limit: impl Fn(Plan) -> Option<u32>, used: u32) -> Decision {
    let fits = |plan: Plan| limit(plan).is_none_or(|limit| used < limit);
    if fits(plan) {
        return Decision::Allowed;
    }
    match Plan::ALL.into_iter().find(|other| *other > plan && fits(*other)) {
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
    } else if action == Action::Manage && !actor.plan.limits().collaboration {
        Decision::NeedsPlan(Plan::Team)
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
        Actor { id: UserId(Uuid::from_u128(1)), role, plan }
    }

    #[test]
    fn plans_limit_what_may_be_started() {
        let free = actor(Plan::Free, Role::User);
        let start =
            |actor: &Actor, this_month| can(actor, Action::Create, &Resource::NewProject { this_month });
        assert_eq!(start(&free, 1), Decision::Allowed);
        assert_eq!(start(&free, 2), Decision::NeedsPlan(Plan::Indie));
        assert_eq!(start(&actor(Plan::Indie, Role::User), 500), Decision::Allowed);
        let draw =
            |plan, owned| can(&actor(plan, Role::User), Action::Create, &Resource::NewCharacter { owned });
        assert_eq!(draw(Plan::Free, 1), Decision::NeedsPlan(Plan::Indie));
        assert_eq!(draw(Plan::Indie, 3), Decision::NeedsPlan(Plan::Pro));
        assert_eq!(draw(Plan::Pro, 10), Decision::NeedsPlan(Plan::Team));
        assert_eq!(draw(Plan::Free, 5), Decision::NeedsPlan(Plan::Pro));
        assert_eq!(draw(Plan::Team, 10_000), Decision::Allowed);
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
