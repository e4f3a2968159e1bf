//! The one-time link that makes the first admin of a new installation.

use crate::auth::random;
use crate::error::ApiResult;
use crate::state::ApiState;
use chrono::TimeDelta;
use mv_store::db::installation;
use mv_store::db::tokens::{self, NewToken, Purpose};
use url::Url;

const LIFE: TimeDelta = TimeDelta::days(7);

/// A token for `POST /api/auth/first-admin`; earlier ones no longer count. `None` when there is an admin.
pub async fn token(state: &ApiState) -> ApiResult<Option<String>> {
    let mut transaction = state.db.gate().begin().await?;
    if installation::has_admin(&mut transaction).await? {
        return Ok(None);
    }
    let token = random::secret()?;
    let new = NewToken {
        hash: &random::hash(&token),
        purpose: Purpose::FirstAdmin,
        user: None,
        new_email: None,
        expires_at: state.clock.now() + LIFE,
    };
    tokens::insert(&mut transaction, new).await?;
    transaction.commit().await?;
    Ok(Some(token))
}

/// The same as a link to the page that takes it, for the server to print when it starts.
pub async fn link(state: &ApiState) -> ApiResult<Option<Url>> {
    let Some(token) = token(state).await? else { return Ok(None) };
    let mut link = state.config.public_url.clone();
    link.set_path("/setup");
    link.query_pairs_mut().append_pair("token", &token);
    Ok(Some(link))
}
