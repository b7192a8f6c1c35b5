//! A bucket behind TLS: the program trusts what the system trusts, and nothing else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::releases::built;
use crate::s3::{BUCKET, S3Server, environment};

/// A certificate for 127.0.0.1, and its key.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
        ])
        .args([
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("openssl: {error}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Takes TLS off, one request a connection, for as long as the test runs.
fn terminate(folder: &Path, upstream: u16) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || pass(stream, config, upstream));
        }
    });
    port
}

fn pass(stream: TcpStream, config: Arc<ServerConfig>, upstream: u16) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut client = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
    let (mut request, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    let whole = |request: &[u8]| {
        let head = request.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |text| text.trim().parse().unwrap_or(0));
        (request.len() >= head + length).then_some(())
    };
    while whole(&request).is_none() {
        let read = client.read(&mut chunk).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&chunk[..read]);
    }
    let at = request.windows(2).position(|window| window == b"\r\n")? + 2;
    let mut server = TcpStream::connect(("127.0.0.1", upstream)).ok()?;
    server.write_all(&[&request[..at], b"Connection: close\r\n", &request[at..]].concat()).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    let at = answer.windows(2).position(|window| window == b"\r\n")? + 2;
    client.write_all(&[&answer[..at], b"Connection: close\r\n", &answer[at..]].concat()).ok()?;
    client.conn.send_close_notify();
    client.flush().ok()
}

#[test]
fn only_a_trusted_certificate_is_talked_to() {
    let server = S3Server::start();
    let sandbox = built();
    certificate(sandbox.root());
    let port = terminate(sandbox.root(), server.port);
    let to = format!("s3://{BUCKET}/live");
    let run = |trusted: bool, arguments: &[&str]| {
        let mut command = sandbox.command(arguments);
        command.envs(environment(port)).env_remove("AWS_ALLOW_HTTP");
        command.env("AWS_ENDPOINT", format!("https://127.0.0.1:{port}"));
        if trusted {
            command.env("SSL_CERT_FILE", sandbox.path("cert.pem"));
        }
        let done = command.output().unwrap();
        let text = [done.stdout, done.stderr].concat();
        (done.status.code().unwrap(), String::from_utf8_lossy(&text).into_owned())
    };
    let (code, text) = run(false, &["release", "--to", &to]);
    assert!(code == 5 && text.contains("its certificate is not trusted"), "{text}");
    let (code, text) = run(true, &["release", "--to", &to]);
    assert!(code == 0 && text.contains("as number 1"), "{text}");
    assert_eq!(run(true, &["verify", "--to", &to]).0, 0);
    // Without TLS nothing is sent unless somebody allows it.
    let mut command = sandbox.command(&["verify", "--to", &to]);
    let done =
        command.envs(environment(server.port)).env_remove("AWS_ALLOW_HTTP").output().unwrap();
    assert_eq!(done.status.code(), Some(5));
    let text = String::from_utf8_lossy(&done.stderr);
    assert!(text.contains("AWS_ALLOW_HTTP"), "{text}");
}
