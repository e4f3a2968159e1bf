//! fal's queue: submit, ask, stop, and where the result is.

use super::Fal;
use crate::error::ProviderError;
use crate::http::Effect;
use crate::jobs::{JobId, JobState, Ticket};
use crate::path::segment;
use crate::policy::tells_of_policy;
use crate::wire::fal::{Status, Submitted};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// The path of a request: `OWNER/APP/requests/ID`. The app's own sub-path is not part of it.
fn path_of(app: &str, id: &str) -> String {
    let root: Vec<&str> = app.split('/').take(2).collect();
    format!("{}/requests/{}", root.join("/"), segment(id))
}

impl Fal {
    /// A job's name is the path that fal gave for it.
    pub(super) async fn queue<T: Serialize + Sync>(
        &self,
        app: &str,
        input: &T,
        ticket: &Ticket<'_>,
    ) -> Result<JobId, ProviderError> {
        ticket.check()?;
        let line = &self.line;
        let path = match ticket.callback {
            Some(callback) => {
                let callback: String = url::form_urlencoded::byte_serialize(callback.as_bytes()).collect();
                format!("{app}?fal_webhook={callback}")
            }
            None => app.to_owned(),
        };
        let call = self.call(Method::POST, &path).json(input);
        let reply = line.send(call, Effect::Buys).await?;
        if !reply.status.is_success() {
            return Err(self.error(&reply, Effect::Buys));
        }
        let submitted: Submitted = line.read(&reply, Effect::Buys)?;
        if submitted.request_id.is_empty() {
            return Err(line.unconfirmed("it took the work in without naming it"));
        }
        let given =
            submitted.response_url.as_deref().and_then(|url| self.given_path(url, &submitted.request_id));
        Ok(JobId(given.unwrap_or_else(|| path_of(app, &submitted.request_id))))
    }

    /// The path of an address fal gave, if it is one of its own queue and names the request.
    fn given_path(&self, url: &str, id: &str) -> Option<String> {
        let url: Url = url.parse().ok()?;
        let base = self.line.base().path().trim_end_matches('/');
        let path = url.path().strip_prefix(base)?.trim_matches('/');
        (self.line.owns(&url) && path.ends_with(&format!("/requests/{id}"))).then(|| path.to_owned())
    }

    /// The job that a webhook names by its id alone.
    pub(super) fn job_of(app: &str, id: &str) -> JobId {
        JobId(path_of(app, id))
    }

    /// The same request at another app.
    pub(super) fn moved(app: &str, job: &JobId) -> JobId {
        Self::job_of(app, job.0.rsplit('/').next().unwrap_or_default())
    }

    /// Jobs are stored as paths: only those of requests are followed.
    fn request(&self, method: Method, job: &JobId, rest: &str) -> Result<RequestBuilder, ProviderError> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '%');
        if !job.0.contains("/requests/")
            || !job.0.chars().all(good)
            || job.0.split('/').any(|part| part == "..")
        {
            return Err(self.line.lost(&job.0));
        }
        Ok(self.call(method, &format!("{}{rest}", job.0)))
    }

    pub(super) async fn state(&self, job: &JobId) -> Result<JobState, ProviderError> {
        let line = &self.line;
        let reply = line.send(self.request(Method::GET, job, "/status")?, Effect::Asks).await?;
        match reply.status.as_u16() {
            // 202 while waiting: the body decides.
            200..=299 => {}
            404 => return Err(line.lost(&job.0)),
            _ => return Err(self.error(&reply, Effect::Asks)),
        }
        let status: Status = line.read(&reply, Effect::Asks)?;
        match status.word.as_str() {
            "IN_QUEUE" => return Ok(JobState::Waiting),
            "IN_PROGRESS" => return Ok(JobState::Running { progress: None }),
            "COMPLETED" => {}
            other => return Err(line.bad(&format!("`{other}` is no state that we know"))),
        }
        let failed = |error| Ok(JobState::Failed { error, cost: None });
        if let Some(error) = status.error.filter(|error| !error.is_null()) {
            let words = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
            let kind = status.error_type.unwrap_or_default();
            let refused = tells_of_policy(&words) || tells_of_policy(&kind);
            return failed(if refused { line.refused(&words) } else { line.failed(&words) });
        }
        // A failure may only show in the result.
        match self.result::<Value>(job).await {
            Ok(_) => Ok(JobState::Done),
            Err(error @ (ProviderError::Refused { .. } | ProviderError::Failed { .. })) => failed(error),
            Err(ProviderError::InvalidRequest { detail, .. }) => failed(line.invalid(&detail)),
            Err(error) => Err(error),
        }
    }

    /// What a completed job made.
    pub(super) async fn result<T: DeserializeOwned>(&self, job: &JobId) -> Result<T, ProviderError> {
        let line = &self.line;
        let reply = line.send(self.request(Method::GET, job, "")?, Effect::Asks).await?;
        match reply.status.as_u16() {
            200..=299 => line.read(&reply, Effect::Asks),
            404 => Err(line.lost(&job.0)),
            _ => Err(self.error(&reply, Effect::Asks)),
        }
    }

    pub(super) async fn stop(&self, job: &JobId) -> Result<(), ProviderError> {
        let line = &self.line;
        let reply = line.send(self.request(Method::PUT, job, "/cancel")?, Effect::Asks).await?;
        match reply.status.as_u16() {
            // 400: it is over already, which polling tells.
            200..=299 | 400 => Ok(()),
            404 => Err(line.lost(&job.0)),
            _ => Err(self.error(&reply, Effect::Asks)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_found_without_the_apps_sub_path() {
        assert_eq!(path_of("fal-ai/pika/v2.2/image-to-video", "764c"), "fal-ai/pika/requests/764c");
        assert_eq!(path_of("kling/v4/image-to-video", "1"), "kling/v4/requests/1");
    }
}
