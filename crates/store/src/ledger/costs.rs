//! What people see of costs: the columns of scenes, orders and projects, which follow the calls to the micro-dollar.

use crate::error::StoreError;
use mv_core::ids::{ProjectId, SceneId, VideoJobId};
use mv_core::paid_call::Capability;
use mv_core::units::MicroUsd;
use sqlx::PgConnection;

/// Whose costs they are, and on which line.
pub(super) struct Bill {
    pub(super) project: Option<ProjectId>,
    pub(super) job: Option<VideoJobId>,
    pub(super) scene: Option<SceneId>,
    pub(super) capability: Capability,
}

/// Adds a cost to everything it belongs to; what is gone is left out. The rows of the order and the project are held.
pub(super) async fn add(
    connection: &mut PgConnection,
    bill: &Bill,
    cost: MicroUsd,
) -> Result<(), StoreError> {
    if cost.0 == 0 {
        return Ok(());
    }
    let line = bill.capability.bill_line();
    if let Some(job) = bill.job {
        sqlx::query!(
            "UPDATE video_jobs SET costs = '{\"images\": 0, \"videos\": 0, \"processing\": 0}'::jsonb || costs
               || jsonb_build_object(
                 $2::text, trim_scale(coalesce((costs ->> $2)::numeric, 0) + $3::bigint * 0.000001),
                 'total', trim_scale(coalesce((costs ->> 'total')::numeric, 0) + $3 * 0.000001))
             WHERE id = $1",
            job.0,
            line,
            cost.0,
        )
        .execute(&mut *connection)
        .await?;
    }
    if let Some(project) = bill.project {
        sqlx::query!(
            "UPDATE projects SET total_cost_usd = total_cost_usd + $3::bigint * 0.000001,
               cost_breakdown = '{\"images\": 0, \"videos\": 0, \"processing\": 0}'::jsonb || cost_breakdown
                 || jsonb_build_object(
                   $2::text, trim_scale(coalesce((cost_breakdown ->> $2)::numeric, 0) + $3 * 0.000001),
                   'total', trim_scale(total_cost_usd + $3 * 0.000001))
             WHERE id = $1",
            project.0,
            line,
            cost.0,
        )
        .execute(&mut *connection)
        .await?;
    }
    if let Some(scene) = bill.scene {
        sqlx::query!(
            "UPDATE scenes SET
               image_cost_usd = image_cost_usd + CASE WHEN $2 THEN 0 ELSE $3::bigint * 0.000001 END,
               video_cost_usd = video_cost_usd + CASE WHEN $2 THEN $3 * 0.000001 ELSE 0 END
             WHERE id = $1",
            scene.0,
            bill.capability == Capability::Clip,
            cost.0,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
