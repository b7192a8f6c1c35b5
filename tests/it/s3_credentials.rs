//! Credentials that end in the middle of a release: those that can be had anew are, and the others
//! are told of.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::proxy::{Fault, Proxy};
use crate::releases::{built, rebuild};
use crate::s3::{ACCESS_KEY, BUCKET, S3Server, SECRET, environment};
use crate::sandbox::Sandbox;
use crate::strikes::stride;

/// What containers ask for credentials: each answer holds another token, for years.
struct Giver {
    port: u16,
    given: Arc<AtomicUsize>,
}

impl Giver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let given = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&given);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = give(stream, &counted);
            }
        });
        Self { port, given }
    }

    fn given(&self) -> usize {
        self.given.load(Ordering::SeqCst)
    }
}

fn give(mut stream: TcpStream, given: &AtomicUsize) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let (mut asked, mut byte) = (Vec::new(), [0]);
    while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        asked.push(byte[0]);
    }
    assert!(String::from_utf8_lossy(&asked).contains("of the pod"), "nobody is given any");
    let number = given.fetch_add(1, Ordering::SeqCst) + 1;
    let body = format!(
        "{{\"AccessKeyId\":\"{ACCESS_KEY}\",\"SecretAccessKey\":\"{SECRET}\",\
         \"Token\":\"token-{number}-\",\"Expiration\":\"2099-01-01T00:00:00Z\"}}"
    );
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The token that a request was sent with.
fn token_of(head: &str) -> &str {
    let (_, rest) = head.split_once("x-amz-security-token: ").expect("a token is sent");
    rest.lines().next().unwrap()
}

fn release(sandbox: &Sandbox, proxy: &Proxy, giver: &Giver) -> (i32, String) {
    let mut command = sandbox.command(&["release", "--to", &format!("s3://{BUCKET}/live")]);
    command.envs(environment(proxy.port));
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    sandbox.write("pod", "of the pod");
    command.env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", sandbox.path("pod"));
    let place = format!("http://127.0.0.1:{}/", giver.port);
    command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", place);
    let done = command.output().unwrap();
    let text = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(!text.contains(SECRET) && !text.contains("token-"), "{text}");
    (done.status.code().unwrap(), text)
}

#[test]
fn what_a_container_gives_out_is_fetched_anew_when_it_ends_early() {
    let (server, giver) = (S3Server::start(), Giver::start());
    let proxy = Proxy::start(server.port);
    let sandbox = built();
    let (code, text) = release(&sandbox, &proxy, &giver);
    assert!(code == 0 && giver.given() == 1, "{text}");
    let mut turns = 0;
    for (turn, at) in (0..).step_by(stride(23)).enumerate() {
        rebuild(&sandbox, turn as u32 + 2);
        let (before, ended) = (giver.given(), Mutex::new(None));
        proxy.play(move |seen, _, head| {
            let mut ended = ended.lock().unwrap();
            if seen == at {
                *ended = Some(token_of(head).to_owned());
            }
            let is_over = ended.as_deref() == Some(token_of(head));
            is_over.then_some(Fault::Status(400, "ExpiredToken"))
        });
        let (code, text) = release(&sandbox, &proxy, &giver);
        assert!(code == 0 && text.contains(&format!("as number {}", turn + 2)), "{at}: {text}");
        if proxy.seen() <= at {
            break;
        }
        turns += 1;
        // One at the beginning, and one for however many requests at once were refused.
        assert_eq!(giver.given(), before + 2, "{at}");
    }
    eprintln!("struck {turns} times");
    assert!(turns >= 40 / stride(23), "{turns}");
    proxy.play(|_, _, _| None);
    let mut verify = sandbox.command(&["verify", "--to", &format!("s3://{BUCKET}/live")]);
    assert!(verify.envs(environment(proxy.port)).output().unwrap().status.success());
}

#[test]
fn where_every_token_has_ended_it_is_said_and_not_asked_for_ever() {
    let (server, giver) = (S3Server::start(), Giver::start());
    let proxy = Proxy::start(server.port);
    let sandbox = built();
    proxy.play(|seen, _, _| (seen > 6).then_some(Fault::Status(403, "ExpiredToken")));
    let (code, text) = release(&sandbox, &proxy, &giver);
    assert!(code == 5 && text.contains("the credentials have expired"), "{text}");
    // One at the beginning, and at most one for each request that was under way.
    assert!((2..20).contains(&giver.given()), "{}", giver.given());
    assert!(!server.folder.path().join(BUCKET).join("live/env").exists());
    proxy.play(|_, _, _| None);
    let (code, text) = release(&sandbox, &proxy, &giver);
    assert!(code == 0, "{text}");
}
