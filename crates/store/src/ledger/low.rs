//! Whether a call was the one after which little is left.

use crate::error::StoreError;
use mv_core::ids::{CallId, UserId};
use mv_core::units::MicroUsd;
use sqlx::PgConnection;
use uuid::Uuid;

/// Little is less than one part in so many of what came last.
const PARTS: i64 = 5;

/// Little is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Low {
    /// What may be spent, and what is set aside.
    pub left: MicroUsd,
    /// The transfer that brought credits last: until the next, this is news once.
    pub since: Uuid,
}

/// Whether it was this call, which was just settled in this transaction, that took the person's credits below a fifth of
/// what came last. Asked while their row is held, so that one call alone is the one.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Unavailable`].
pub async fn ran_low(
    connection: &mut PgConnection,
    user: UserId,
    call: CallId,
) -> Result<Option<Low>, StoreError> {
    let low = sqlx::query!(
        r#"WITH came AS (
             SELECT transfer_id, -amount AS amount FROM credit_entries
             WHERE user_id = $1 AND account = 'granted' AND amount < 0 ORDER BY id DESC LIMIT 1
           ), had AS (
             SELECT sum(amount)::bigint AS now, -coalesce(sum(amount) FILTER (WHERE paid_call_id = $2), 0)::bigint AS took
             FROM credit_entries WHERE user_id = $1 AND account IN ('balance', 'reserved')
           )
           SELECT transfer_id, now AS "now!" FROM came, had
           WHERE now * $3 < amount AND (now + took) * $3 >= amount"#,
        user.0,
        call.0,
        PARTS,
    )
    .fetch_optional(connection)
    .await?;
    Ok(low.map(|row| Low { left: MicroUsd(row.now), since: row.transfer_id }))
}
