//! The ledger: every call that may cost money, and the journal of credits that pays for it.
//!
//! A call is bought in steps, each committed before the next: [`open()`] sets its estimate aside, [`submitting`] says that
//! it is about to be sent, [`submitted`] keeps the service's name for it, [`succeeded`] and [`failed`] settle. Whoever
//! dies on the way is followed by another, who [`open()`]s the same call again and finds it as it was left. So a call that
//! was `submitting` may have arrived: it is looked for, or becomes [`unknown`], but is never sent again without proof.
//!
//! Each write carries the fence of whoever holds the call, and counts only while they do. The functions take READ
//! COMMITTED transactions, and one that returns an error has changed nothing. Rows are held in one order, so that nobody
//! waits in a circle: order, project, person, call, scene. A transaction that does more than one thing begins with
//! [`open()`] or [`take_over`], and is about one call.

mod budget;
mod call;
mod costs;
mod error;
mod forget;
mod grants;
mod heard;
mod hold;
mod journal;
mod list;
mod low;
mod open;
mod pools;
mod resolve;
mod settle;
mod step;
mod sweep;
mod text;
mod transition;

pub use budget::{
    Caps, committed, committed_by_project, committed_by_task, spent, spent_by_project, spent_by_task,
    spent_on_scene,
};
pub use call::{Call, Held, find, get, one};
pub use error::{Cap, LedgerError};
pub use forget::forget_character;
pub use grants::{
    Expiry, GrantKind, NewGrant, PaidBack, Remainder, TakenBack, expire, grant_once, pay_back, remainders,
    with_due_grants,
};
pub use heard::{CHANNEL, Heard, heard, heard_of, tell};
pub use journal::{Balance, ByHand, Entry, Source, adjust, adjust_once, balance, entries, grant};
pub use list::{CallFilter, Usage, list, usage};
pub use low::{Low, ran_low};
pub use open::{NewCall, Opening, idem_key, open, take_over};
pub use resolve::{Outcome, Resolver, resolve_unknown};
pub use settle::{failed, succeeded};
pub use step::{made, maker_for, of_step, scored};
pub use sweep::orphans;
pub use transition::{back_to_reserved, release, renew_lease, submitted, submitting, unknown};
