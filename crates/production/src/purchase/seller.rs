//! Stills, edits and clips are bought alike: submitted, asked after, fetched.

use mv_core::units::MicroUsd;
use mv_providers::edit::{EditModel, EditRequest};
use mv_providers::{
    Answer, ClipAnswer, ClipModel, ClipRequest, ImageModel, JobId, Jobs, ModelCard, ProviderError,
    StillRequest, Submission, Ticket,
};
use std::sync::Arc;

/// A model that something can be bought of; what it makes are the bytes of a file.
pub(crate) trait Seller {
    type Request: Clone;

    fn card(&self) -> &ModelCard;
    fn jobs(&self) -> &dyn Jobs;
    /// The most that the request may cost.
    fn estimate(&self, request: &Self::Request) -> MicroUsd;
    /// The same picture once more, as another take.
    fn another(request: &Self::Request, take: u32) -> Self::Request;
    async fn submit(
        &self,
        request: &Self::Request,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<Vec<u8>>, ProviderError>;
    async fn fetch(&self, job: &JobId) -> Result<Answer<Vec<u8>>, ProviderError>;
}

impl Seller for Arc<dyn ImageModel> {
    type Request = StillRequest;

    fn card(&self) -> &ModelCard {
        ImageModel::card(&**self)
    }

    fn jobs(&self) -> &dyn Jobs {
        &**self
    }

    fn estimate(&self, _request: &StillRequest) -> MicroUsd {
        ImageModel::card(&**self).estimate(0.0)
    }

    fn another(request: &StillRequest, take: u32) -> StillRequest {
        let mut request = request.clone();
        request.scene.seed = reseeded(request.scene.seed, take);
        request
    }

    async fn submit(
        &self,
        request: &StillRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<Vec<u8>>, ProviderError> {
        Ok(match ImageModel::submit(&**self, request, ticket).await? {
            Submission::Ready(answer) => {
                Submission::Ready(Answer { made: answer.made.bytes, cost: answer.cost })
            }
            Submission::Queued(job) => Submission::Queued(job),
        })
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<Vec<u8>>, ProviderError> {
        let answer = ImageModel::fetch(&**self, job).await?;
        Ok(Answer { made: answer.made.bytes, cost: answer.cost })
    }
}

impl Seller for Arc<dyn EditModel> {
    type Request = EditRequest;

    fn card(&self) -> &ModelCard {
        EditModel::card(&**self)
    }

    fn jobs(&self) -> &dyn Jobs {
        &**self
    }

    fn estimate(&self, _request: &EditRequest) -> MicroUsd {
        EditModel::card(&**self).estimate(0.0)
    }

    fn another(request: &EditRequest, take: u32) -> EditRequest {
        EditRequest { seed: reseeded(request.seed, take), ..request.clone() }
    }

    async fn submit(
        &self,
        request: &EditRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<Vec<u8>>, ProviderError> {
        Ok(match EditModel::submit(&**self, request, ticket).await? {
            Submission::Ready(answer) => {
                Submission::Ready(Answer { made: answer.made.bytes, cost: answer.cost })
            }
            Submission::Queued(job) => Submission::Queued(job),
        })
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<Vec<u8>>, ProviderError> {
        let answer = EditModel::fetch(&**self, job).await?;
        Ok(Answer { made: answer.made.bytes, cost: answer.cost })
    }
}

impl Seller for Arc<dyn ClipModel> {
    type Request = ClipRequest;

    fn card(&self) -> &ModelCard {
        ClipModel::card(&**self)
    }

    fn jobs(&self) -> &dyn Jobs {
        &**self
    }

    fn estimate(&self, request: &ClipRequest) -> MicroUsd {
        ClipModel::card(&**self).estimate(request.seconds())
    }

    fn another(request: &ClipRequest, take: u32) -> ClipRequest {
        let mut request = request.clone();
        request.still.scene.seed = reseeded(request.still.scene.seed, take);
        request
    }

    async fn submit(
        &self,
        request: &ClipRequest,
        ticket: &Ticket<'_>,
    ) -> Result<Submission<Vec<u8>>, ProviderError> {
        Ok(match ClipModel::submit(&**self, request, ticket).await? {
            Submission::Ready(answer) => Submission::Ready(file(self, answer)?),
            Submission::Queued(job) => Submission::Queued(job),
        })
    }

    async fn fetch(&self, job: &JobId) -> Result<Answer<Vec<u8>>, ProviderError> {
        file(self, ClipModel::fetch(&**self, job).await?)
    }
}

fn file(model: &Arc<dyn ClipModel>, answer: Answer<ClipAnswer>) -> Result<Answer<Vec<u8>>, ProviderError> {
    match answer.made {
        ClipAnswer::File(made) => Ok(Answer { made, cost: answer.cost }),
        ClipAnswer::Drawn(_) => Err(ProviderError::BadResponse {
            provider: ClipModel::card(&**model).provider.clone(),
            detail: "frames came where a file was to be made".into(),
        }),
    }
}

/// Another seed for each take, the scene's own for the first.
pub(crate) fn reseeded(seed: u64, take: u32) -> u64 {
    seed ^ u64::from(take).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11
}
