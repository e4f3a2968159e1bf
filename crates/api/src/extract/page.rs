//! Pages of a list.

use super::path::ApiQuery;
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of a list: `limit` rows from `offset`.
#[derive(Clone, Copy, Debug, Deserialize, Validate, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many rows at most.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: i64,
    /// How many rows to skip.
    #[garde(range(min = 0, max = 1_000_000))]
    #[param(minimum = 0, maximum = 1_000_000, default = 0)]
    pub offset: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 20, offset: 0 }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let ApiQuery(page) = ApiQuery::<Self>::from_request_parts(parts, state).await?;
        Ok(page)
    }
}

/// A page of a list, and how long the whole list is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    pub data: Vec<T>,
    pub total: i64,
    pub limit: i64,
    pub offset: i64,
}

impl<T> Listing<T> {
    pub fn new(data: Vec<T>, total: i64, page: Page) -> Self {
        Self { data, total, limit: page.limit, offset: page.offset }
    }
}
