//! The models that one person can order now: with the operator's keys as long as their services list them, or with keys
//! of the person's own.

use crate::error::{ApiError, ApiResult};
use crate::routes::funding::PaidBy;
use crate::routes::services::RefusedServices;
use crate::state::ApiState;
use crate::studio::{ModelCard, ModelKind};
use mv_core::ids::{ProjectId, UserId};
use mv_core::paid_call::Funding;
use mv_store::db::{provider_keys, service_checks};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The built-in maker: of stills and clips.
pub(crate) const BUILT_IN: &str = "animatic";
/// Why a model that is set up cannot be ordered.
pub(crate) const GONE: &str = "the service no longer lists it";

pub(crate) struct Shelf<'a> {
    cards: &'a [ModelCard],
    own: BTreeSet<String>,
    /// Who pays for what the operator's keys buy.
    house: Funding,
    /// Service and model.
    gone: BTreeSet<(String, String)>,
    /// Services that must not be sent anything.
    refused: RefusedServices,
}

impl<'a> Shelf<'a> {
    /// What is there for this person, for what they do in a project of theirs or of others.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn of(
        state: &'a ApiState,
        connection: &mut PgConnection,
        user: UserId,
        project: Option<ProjectId>,
    ) -> ApiResult<Self> {
        let keys = provider_keys::list(connection, user).await?;
        Ok(Self {
            cards: state.studio.models(),
            own: keys.into_iter().map(|key| key.provider).collect(),
            house: state.house,
            gone: service_checks::gone(connection).await?.into_iter().collect(),
            refused: RefusedServices::read(connection, project).await?,
        })
    }

    /// What is there for whoever comes by: with the operator's keys alone.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn of_nobody(state: &'a ApiState, connection: &mut PgConnection) -> ApiResult<Self> {
        Ok(Self {
            cards: state.studio.models(),
            own: BTreeSet::new(),
            house: state.house,
            gone: service_checks::gone(connection).await?.into_iter().collect(),
            refused: RefusedServices::none(),
        })
    }

    /// The models of a kind that can be ordered, in the catalogue's order.
    pub(crate) fn of_kind(&self, kind: ModelKind) -> impl Iterator<Item = &'a ModelCard> {
        let can = |card: &ModelCard| self.closed(card).is_none() && !self.refused.contain(card);
        self.cards.iter().filter(move |card| card.kind == kind && can(card))
    }

    /// A model by its id; the built-in maker makes stills and clips alike. `field` is where the request names it.
    ///
    /// # Errors
    /// 422 when there is no such model of this kind, or it cannot be ordered by this person.
    pub(crate) fn find(&self, id: &str, kind: ModelKind, field: &str) -> ApiResult<&'a ModelCard> {
        let mut cards = self.cards.iter();
        let card =
            cards.find(|card| card.id == id && (card.kind == kind || id == BUILT_IN)).ok_or_else(|| {
                ApiError::invalid(field, format!("`{id}` is not a model that {}", kind.does()))
                    .with_hint("see /api/models")
            })?;
        if let Some((detail, hint)) = self.closed(card) {
            return Err(ApiError::invalid(field, detail).with_hint(hint));
        }
        self.refused.check(card, field)?;
        Ok(card)
    }

    /// Who pays for what this model makes.
    pub(crate) fn paid_by(&self, card: &ModelCard) -> PaidBy {
        if self.own.contains(&card.provider) { PaidBy::Own } else { self.house.into() }
    }

    /// Why a model cannot be used, and what to do about it. A key of one's own may open what the operator's does not.
    fn closed(&self, card: &ModelCard) -> Option<(String, &'static str)> {
        let id = &card.id;
        if self.own.contains(&card.provider) {
            None
        } else if !card.available {
            let hint = "give a key for its provider in the settings, or choose another model";
            Some((format!("`{id}` cannot be used here yet"), hint))
        } else if self.gone.contains(&(card.provider.clone(), id.clone())) {
            let hint = "choose another model, or give a key of your own for its provider in the settings";
            Some((format!("`{id}` cannot be used now: {GONE}"), hint))
        } else {
            None
        }
    }
}
