//! What the API says of a character.

use crate::error::ApiResult;
use crate::links;
use crate::routes::failure::FailureWord;
use crate::state::ApiState;
use chrono::{DateTime, Utc};
use mv_core::character::{Consent, Flaw, Remark, Seen, TestPicture, Verdict};
use mv_core::failure::FailureCode;
use mv_store::db::characters::Character;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A character.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CharacterView {
    id: Uuid,
    user_id: Uuid,
    #[schema(example = "하린")]
    name: String,
    /// How scene texts name them; only once they are approved.
    #[schema(example = "@하린")]
    mention: Option<String>,
    /// The person's own words: they go before whatever a model sees in the photos.
    #[schema(example = "short black hair, a denim jacket")]
    description: Option<String>,
    /// Show the photos, for two hours.
    reference_images: Vec<String>,
    /// What was seen in the photos: `photos` (a report each), and where a model described them `description`,
    /// `key_features`, `style_preference`, `confidence_score`, `described_by`, or `description_error` with the reason why
    /// not. `{}` until they were looked at.
    #[schema(value_type = Object)]
    analysis_data: Seen,
    /// Show the test pictures, for two hours.
    pub(super) test_images: Vec<String>,
    /// The test pictures with what is known and what was said of each.
    tests: Vec<TestPictureView>,
    /// `pending` (waiting for you), `processing`, `approved`, `rejected` or `failed`.
    #[schema(example = "approved")]
    status: String,
    error_message: Option<String>,
    /// Why its test pictures could not be made, for programs.
    #[schema(value_type = Option<FailureWord>)]
    error_code: Option<FailureCode>,
    projects_count: i64,
    images_generated: i32,
    /// What its test pictures and the description of its photos cost, US dollars.
    cost_usd: f64,
    consent_at: Option<DateTime<Utc>>,
    /// Every time somebody said that whoever is in the photos agreed.
    consents: Vec<ConsentView>,
    /// Raised by every edit: the ETag.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    approved_at: Option<DateTime<Utc>>,
}

impl CharacterView {
    pub(super) async fn of(state: &ApiState, character: Character) -> ApiResult<Self> {
        let mut tests = Vec::with_capacity(character.tests.len());
        for (number, test) in character.tests.0.into_iter().enumerate() {
            tests.push(TestPictureView::of(state, number, test).await?);
        }
        let mention = (character.status == "approved").then(|| format!("@{}", character.name));
        Ok(Self {
            id: character.id.0,
            user_id: character.user_id.0,
            name: character.name,
            mention,
            description: character.description,
            reference_images: shown(state, &character.reference_images).await?,
            analysis_data: character.analysis_data.0,
            test_images: tests.iter().map(|test| test.url.clone()).collect(),
            tests,
            status: character.status,
            error_message: character.error_message,
            error_code: character.error_code.as_deref().and_then(FailureCode::of),
            projects_count: character.projects_count,
            images_generated: character.images_generated,
            cost_usd: character.cost_usd,
            consent_at: character.consent_at,
            consents: character.consents.0.into_iter().map(ConsentView::from).collect(),
            version: character.version,
            created_at: character.created_at,
            updated_at: character.updated_at,
            approved_at: character.approved_at,
        })
    }
}

async fn shown(state: &ApiState, keys: &[String]) -> ApiResult<Vec<String>> {
    let mut addresses = Vec::with_capacity(keys.len());
    for key in keys {
        addresses.push(links::sign(state, key, "image/jpeg", None).await?);
    }
    Ok(addresses)
}

/// A test picture.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestPictureView {
    /// Which setting, from 0 to 3.
    #[schema(example = 2)]
    number: usize,
    /// Shows it, for two hours.
    pub(super) url: String,
    /// Which take of its setting it is, from 1.
    #[schema(example = 1)]
    take: u64,
    #[schema(example = "nano-banana")]
    model: String,
    /// How like the photos its face is, 0 to 1; unknown where no face can be compared.
    #[schema(example = 0.71)]
    likeness: Option<f32>,
    /// `approved` or `rejected`; nothing was said of it yet where it is absent.
    #[schema(value_type = Option<String>, example = "rejected")]
    verdict: Option<Verdict>,
    /// Why it was rejected: `face`, `age`, `hair`, `clothes` or `other`.
    #[schema(value_type = Option<String>, example = "hair")]
    reason: Option<Flaw>,
    #[schema(example = "shoulder length")]
    note: Option<String>,
}

impl TestPictureView {
    async fn of(state: &ApiState, number: usize, test: TestPicture) -> ApiResult<Self> {
        let (reason, note) = test.remark.map(|Remark { reason, note }| (reason, note)).unzip();
        Ok(Self {
            number,
            url: links::sign(state, &test.key, "image/png", None).await?,
            take: test.take,
            model: test.model,
            likeness: test.likeness,
            verdict: test.verdict,
            reason,
            note: note.filter(|note| !note.is_empty()),
        })
    }
}

/// Somebody said that whoever is in the photos agreed to be in films.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsentView {
    /// Who said so.
    given_by: Uuid,
    given_at: DateTime<Utc>,
    /// Hashes of the photos that it was said of.
    photos: Vec<String>,
}

impl From<Consent> for ConsentView {
    fn from(consent: Consent) -> Self {
        Self { given_by: consent.given_by.0, given_at: consent.given_at, photos: consent.photos }
    }
}
