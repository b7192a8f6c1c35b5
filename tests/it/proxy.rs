//! Between the program and a server that speaks S3: lets everything pass, but what a script says.
//! One request a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with this status and code, and goes nowhere.
    Status(u16, &'static str),
    /// The connection is cut before anything goes anywhere.
    Reset,
    /// The server has it, and its answer is lost.
    LostReply,
    /// Nothing comes until the client gives up.
    Hang,
    /// A byte of the answer's body is changed.
    WrongBytes,
    /// The answer ends in the middle of its body.
    CutReply,
    /// The answer's body comes at one byte a second.
    Trickle,
}

/// Says what happens to the request of a number, with its method and all of its head; nothing lets it
/// pass.
pub(crate) type Script = Box<dyn Fn(usize, &str, &str) -> Option<Fault> + Send + Sync>;

pub(crate) struct Proxy {
    pub(crate) port: u16,
    script: Arc<Mutex<Script>>,
    seen: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Proxy {
    pub(crate) fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(|_, _, _| None)));
        let (seen, ends) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let shared = (Arc::clone(&script), Arc::clone(&seen), Arc::clone(&ends));
        std::thread::spawn(move || {
            let (script, seen, ends) = shared;
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    break;
                }
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                std::thread::spawn(move || pass(stream, upstream, &script, &seen));
            }
        });
        Self { port, script, seen, ends }
    }

    /// From here on this happens, and requests count from 0.
    pub(crate) fn play(
        &self,
        script: impl Fn(usize, &str, &str) -> Option<Fault> + Send + Sync + 'static,
    ) {
        *self.script.lock().unwrap() = Box::new(script);
        self.seen.store(0, Ordering::SeqCst);
    }

    /// How many requests came since.
    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

fn pass(
    mut client: TcpStream,
    upstream: u16,
    script: &Mutex<Script>,
    seen: &AtomicUsize,
) -> Option<()> {
    let _ = client.set_read_timeout(Some(Duration::from_secs(10)));
    let request = read_message(&mut client)?;
    let head = String::from_utf8_lossy(&request[..find(&request, b"\r\n\r\n")?]).into_owned();
    let number = seen.fetch_add(1, Ordering::SeqCst);
    let fault = (script.lock().unwrap())(number, head.split(' ').next()?, &head);
    match fault {
        Some(Fault::Status(status, code)) => {
            let body = format!(
                "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>\u{1b}[31m{}</Message></Error>",
                crate::s3::SECRET
            );
            let head = format!(
                "HTTP/1.1 {status} Told\r\nContent-Type: application/xml\r\nETag: \"e\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            client.write_all((head + &body).as_bytes()).ok()?;
            return Some(());
        }
        Some(Fault::Reset) => return None,
        Some(Fault::Hang) => {
            std::thread::sleep(Duration::from_secs(4));
            return None;
        }
        _ => {}
    }
    let mut answer = ask(upstream, &request)?;
    let body = find(&answer, b"\r\n\r\n")? + 4;
    match fault {
        Some(Fault::LostReply) => return None,
        Some(Fault::WrongBytes) if answer.len() > body => answer[body] ^= 1,
        Some(Fault::CutReply) if answer.len() > body + 1 => answer.truncate(body + 1),
        Some(Fault::Trickle) => {
            client.write_all(&answer[..body]).ok()?;
            for byte in &answer[body..] {
                std::thread::sleep(Duration::from_secs(1));
                client.write_all(&[*byte]).ok()?;
            }
            return Some(());
        }
        _ => {}
    }
    client.write_all(&answer).ok()
}

fn ask(upstream: u16, request: &[u8]) -> Option<Vec<u8>> {
    let at = find(request, b"\r\n")? + 2;
    let mut stream = TcpStream::connect(("127.0.0.1", upstream)).ok()?;
    stream.write_all(&request[..at]).ok()?;
    stream.write_all(b"Connection: close\r\n").ok()?;
    stream.write_all(&request[at..]).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    // The client is told as well that nothing more comes.
    let at = find(&answer, b"\r\n")? + 2;
    let mut told = answer[..at].to_vec();
    let head =
        String::from_utf8_lossy(&answer[at..find(&answer, b"\r\n\r\n")? + 2]).to_ascii_lowercase();
    if !head.contains("connection: close") {
        told.extend_from_slice(b"Connection: close\r\n");
    }
    told.extend_from_slice(&answer[at..]);
    Some(told)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A request with its body, whose length its head says.
fn read_message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut message, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    let end = loop {
        if let Some(end) = find(&message, b"\r\n\r\n") {
            break end + 4;
        }
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        message.extend_from_slice(&chunk[..read]);
    };
    let head = String::from_utf8_lossy(&message[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |text| text.trim().parse().unwrap_or(0));
    while message.len() < end + length {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        message.extend_from_slice(&chunk[..read]);
    }
    Some(message)
}
