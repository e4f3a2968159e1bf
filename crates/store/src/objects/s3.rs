//! The object store as a service: S3, R2 and what speaks like them.

use super::error::ObjectError;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::fmt;
use std::time::Duration;
use url::Url;

/// Where the bucket is and who we are there.
#[derive(Clone)]
pub struct S3Settings {
    pub bucket: String,
    /// `auto` for R2.
    pub region: String,
    /// `None` for AWS itself.
    pub endpoint: Option<Url>,
    /// How people reach it, where that differs: the host is part of a signature.
    pub public_endpoint: Option<Url>,
    /// `https://HOST/BUCKET/…` instead of `https://BUCKET.HOST/…`; what servers other than AWS mostly want.
    pub path_style: bool,
    pub access_key: String,
    pub secret_key: String,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Settings")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint.as_ref().map(Url::as_str))
            .finish_non_exhaustive()
    }
}

impl S3Settings {
    /// The client, and the one that signs for people.
    pub(super) fn clients(&self) -> Result<(AmazonS3, AmazonS3), ObjectError> {
        // The HTTP client looks for it here. Somebody may have chosen it before us, which is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = self.client(self.endpoint.as_ref())?;
        let signer = self.client(self.public_endpoint.as_ref().or(self.endpoint.as_ref()))?;
        Ok((client, signer))
    }

    fn client(&self, endpoint: Option<&Url>) -> Result<AmazonS3, ObjectError> {
        let plain = endpoint.is_some_and(|endpoint| endpoint.scheme() == "http");
        // No limit for a whole transfer, which may be a film; a limit for silence.
        let options = ClientOptions::new()
            .with_connect_timeout(Duration::from_secs(5))
            .with_timeout_disabled()
            .with_read_timeout(Duration::from_secs(30))
            .with_allow_http(plain);
        let backoff = BackoffConfig { max_backoff: Duration::from_secs(1), ..BackoffConfig::default() };
        let retry = RetryConfig { backoff, max_retries: 4, retry_timeout: Duration::from_mins(1) };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key)
            .with_secret_access_key(&self.secret_key)
            .with_virtual_hosted_style_request(!self.path_style)
            .with_client_options(options)
            .with_retry(retry);
        if let Some(endpoint) = endpoint {
            let mut address = endpoint.clone();
            if !self.path_style
                && let Some(host) = endpoint.host_str()
            {
                // Given an endpoint, the client wants the bucket in it.
                let host = format!("{}.{host}", self.bucket);
                address.set_host(Some(&host)).map_err(|error| ObjectError::Settings(error.to_string()))?;
            }
            builder = builder.with_endpoint(address.as_str().trim_end_matches('/'));
        }
        builder.build().map_err(|error| ObjectError::Settings(error.to_string()))
    }
}
