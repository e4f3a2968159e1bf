//! Together: clips and pictures of many models. Clips are jobs to poll; there is no cancelling, no webhook, and no asking
//! for work by our key: what was lost, only the account's page shows.

mod clip;
mod image;

pub(crate) use clip::TogetherClips;
pub(crate) use image::{TogetherImages, megapixel};

use crate::error::ProviderError;
use crate::http::{Effect, Line, Reply, line::secret_header};
use crate::jobs::Service;
use crate::policy::tells_of_policy;
use crate::wire::openai::ErrorBody;
use crate::wire::together::Model;
use async_trait::async_trait;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;

#[derive(Clone, Debug)]
pub(crate) struct Together {
    line: Line,
    key: SecretString,
}

impl Together {
    pub(crate) fn new(line: Line, key: SecretString) -> Self {
        Self { line, key }
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.line.call(method, path);
        match secret_header("Bearer ", &self.key) {
            Some(value) => call.header(AUTHORIZATION, value),
            None => call,
        }
    }

    fn error(&self, reply: &Reply, effect: Effect) -> ProviderError {
        let body: ErrorBody = reply.json().unwrap_or_default();
        let (code, message) = (body.code(), body.message());
        match (reply.status.as_u16(), code) {
            // A setting of the organisation, not the key.
            (403, "third_party_data_sharing_blocked") => self
                .line
                .auth(&format!("{message} (allow models of third parties in the organisation's settings)")),
            (400 | 403 | 422, _) if tells_of_policy(&message) || tells_of_policy(code) => {
                self.line.refused(&message)
            }
            // Out of tokens.
            (403, _) if message.to_ascii_lowercase().contains("budget") => self.line.quota(&message),
            _ => self.line.by_status(reply, &message, effect),
        }
    }
}

#[async_trait]
impl Service for Together {
    fn provider(&self) -> &str {
        self.line.provider()
    }

    async fn check_key(&self) -> Result<(), ProviderError> {
        self.models().await.map(drop)
    }

    async fn models(&self) -> Result<Option<Vec<String>>, ProviderError> {
        let reply = self.line.send(self.call(Method::GET, "v1/models"), Effect::Asks).await?;
        if !reply.status.is_success() {
            return Err(self.error(&reply, Effect::Asks));
        }
        let list: Vec<Model> = self.line.read(&reply, Effect::Asks)?;
        Ok(Some(list.into_iter().map(|model| model.id).collect()))
    }
}
