//! Servers of others that speak S3, on loopback, for as long as a test runs: s3s-fs in this process,
//! which checks signatures and checksums, and moto, whose conditions hold in races.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use throughline::store::ObjectTarget;

use crate::sample::repository;

/// Looked for in everything that is said and written.
pub(crate) const ACCESS_KEY: &str = "AKIACANARYACCESSKEY7";
/// Looked for in everything that is said and written.
pub(crate) const SECRET: &str = "canary/SecretKeyThatNobodyMaySee0123456789";
pub(crate) const BUCKET: &str = "promo";

/// s3s-fs in this process.
pub(crate) struct S3Server {
    pub(crate) port: u16,
    pub(crate) folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl S3Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET));
        let service = builder.build();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let stream = hyper_util::rt::TokioIo::new(stream);
                    let builder = hyper_util::server::conn::auto::Builder::new(
                        hyper_util::rt::TokioExecutor::new(),
                    );
                    let _ = builder.http1_only().serve_connection(stream, service).await;
                });
            }
        });
        Self { port, folder, _runtime: runtime }
    }

    pub(crate) fn target(&self, prefix: &str) -> ObjectTarget {
        target(self.port, prefix)
    }
}

/// moto as a process of its own.
pub(crate) struct Moto {
    process: Child,
    pub(crate) port: u16,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where scripts/python-packages puts them.
pub(crate) fn store_packages() -> PathBuf {
    repository().join("target/python-stores")
}

/// moto looks whether a condition holds and then writes, in as many threads as there are requests: of
/// two that race, both can win. So it answers one after the other.
const IN_TURN: &str = "
import sys, threading
from moto import server
from moto.moto_server.werkzeug_app import DomainDispatcherApplication as App
turn, answer = threading.Lock(), App.__call__
def in_turn(self, environ, start_response):
    with turn:
        return answer(self, environ, start_response)
App.__call__ = in_turn
server.main(sys.argv[1:])
";

impl Moto {
    pub(crate) fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("python3")
            .args(["-c", IN_TURN, "-H", "127.0.0.1", "-p", &port.to_string()])
            .env("PYTHONPATH", store_packages())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let up = (0..400).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            exchange(port, &format!("PUT /{BUCKET} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
        });
        assert!(up, "moto does not answer: run scripts/python-packages once");
        server
    }

    pub(crate) fn target(&self, prefix: &str) -> ObjectTarget {
        target(self.port, prefix)
    }
}

fn exchange(port: u16, request: &str) -> Option<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// A target in a server on loopback, with little patience.
pub(crate) fn target(port: u16, prefix: &str) -> ObjectTarget {
    patient(port, prefix, Duration::from_millis(1500))
}

/// A target in a server on loopback. An answer is waited for so long.
pub(crate) fn patient(port: u16, prefix: &str, patience: Duration) -> ObjectTarget {
    // As the program does before its first request.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(5),
        max_backoff: Duration::from_millis(20),
        base: 2.,
    };
    let retry = RetryConfig { backoff, max_retries: 2, retry_timeout: Duration::from_secs(5) };
    let options = ClientOptions::new().with_allow_http(true).with_timeout(patience);
    let store = AmazonS3Builder::new()
        .with_bucket_name(BUCKET)
        .with_client_options(options)
        .with_endpoint(format!("http://127.0.0.1:{port}"))
        .with_region("us-east-1")
        .with_access_key_id(ACCESS_KEY)
        .with_secret_access_key(SECRET)
        .with_checksum_algorithm(Checksum::SHA256)
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .build()
        .unwrap();
    let shown = format!("s3://{BUCKET}/{prefix}");
    ObjectTarget::new(Arc::new(store), prefix, shown).unwrap()
}

/// What the program is given to find a server on loopback.
pub(crate) fn environment(port: u16) -> [(&'static str, String); 6] {
    [
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_TIMEOUT", "2 seconds".to_owned()),
    ]
}
