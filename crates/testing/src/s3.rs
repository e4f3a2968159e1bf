//! A real S3 server in this process, which checks signatures and expiry, with an empty bucket.

#![expect(clippy::panic, reason = "a test that gets no server should stop there and say why")]

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use mv_store::objects::S3Settings;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const BUCKET: &str = "music-videos";
const ACCESS_KEY: &str = "tests";
const SECRET_KEY: &str = "a secret that only the tests know";

/// Runs until it is dropped, on the runtime it was started on; its bucket goes with it.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    folder: tempfile::TempDir,
    accepting: JoinHandle<()>,
}

impl S3Server {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for the bucket: {error}"));
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap_or_else(|error| panic!("no bucket: {error}"));
        let files = s3s_fs::FileSystem::new(folder.path());
        let files = files.unwrap_or_else(|error| panic!("no S3 server: {error:?}"));
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port for the S3 server: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let accepting = tokio::spawn(accept(listener, builder.build()));
        Self { address, folder, accepting }
    }

    /// How to reach the bucket.
    pub fn settings(&self) -> S3Settings {
        let endpoint = format!("http://{}", self.address).parse();
        S3Settings {
            bucket: BUCKET.to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(
                endpoint.unwrap_or_else(|error| panic!("`{}` is no address: {error}", self.address)),
            ),
            public_endpoint: None,
            path_style: true,
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
        }
    }

    /// Where its files lie.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, service: S3Service) {
    // Connections end with the runtime, or when the client lets go.
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            // A client that went away is the client's matter.
            server.serve_connection(TokioIo::new(socket), service).await.ok();
        });
    }
}
