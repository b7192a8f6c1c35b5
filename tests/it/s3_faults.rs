//! Releases into buckets whose servers fail in every way that the way there can fail: nothing is
//! mixed, nothing is lost, the pointer is right, and the same command again is enough.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use throughline::publish::{Outcome, PublishFault, Stop};
use throughline::store::ConditionalStore;

use crate::proxy::{Fault, Proxy};
use crate::published::{build, check, go_back, must_publish, publish, read_live};
use crate::releases::built;
use crate::s3::{BUCKET, Moto, S3Server, SECRET, environment, patient, target};
use crate::strikes::stride;

const FAULTS: [Fault; 13] = [
    Fault::Status(500, "InternalError"),
    Fault::Status(503, "SlowDown"),
    Fault::Status(429, "TooManyRequests"),
    Fault::Status(403, "AccessDenied"),
    Fault::Status(400, "ExpiredToken"),
    Fault::Status(409, "ConditionalRequestConflict"),
    Fault::Status(412, "PreconditionFailed"),
    Fault::Reset,
    Fault::LostReply,
    Fault::WrongBytes,
    Fault::CutReply,
    Fault::Hang,
    Fault::Trickle,
];

/// Each kind of fault once.
const SPARSE: usize = 997;

/// Releases after which a new target is begun: all of one are looked at after each fault.
const MANY: u64 = 15;

/// One request fails, once and then for ever; each `usual`th in turn, and in `make soak` each.
fn sweep(proxy: &Proxy, usual: usize) -> (usize, usize) {
    let mut number: u64 = 1;
    let (mut failed, mut went_well) = (0, 0);
    let begin = |number: &mut u64| {
        let store = target(proxy.port, &format!("live-{number}"));
        must_publish(&store, &build(*number));
        proxy.play(|_, _, _| None);
        *number += 1;
        must_publish(&store, &build(*number));
        store
    };
    let mut store = begin(&mut number);
    let requests = proxy.seen();
    assert!(requests > 20, "{requests}");
    let mut first = number;
    for (kind, fault) in FAULTS.into_iter().enumerate() {
        // What takes seconds each time is tried less often.
        let slow = matches!(fault, Fault::Hang | Fault::Trickle);
        let step = if slow { stride(usual) * 3 } else { stride(usual) };
        // Where each kind is tried only once, they do not all meet the same few requests.
        for at in (kind * 5 % step.min(requests)..requests).step_by(step) {
            let both = [false, true];
            let lasting = match kind % 2 {
                _ if slow => &both[..1],
                // Where few are tried, one kind lasts and the next does not.
                kind if stride(usual) == SPARSE => &both[kind..=kind],
                _ => &both[..],
            };
            for lasts in lasting.iter().copied() {
                number += 1;
                if number - first > MANY {
                    store = begin(&mut number);
                    first = number;
                    number += 1;
                }
                let store: &dyn ConditionalStore = &store;
                let before = read_live(store).unwrap();
                let next = build(number);
                proxy.play(move |seen, _, _| (seen == at || lasts && seen > at).then_some(fault));
                let result = publish(store, &next, "tests");
                proxy.play(|_, _, _| None);
                let context = format!("{fault:?} at {at}, lasting: {lasts}");
                let after = read_live(store).unwrap();
                match result {
                    Ok(Outcome::Published(published)) => {
                        assert_eq!(after, (published.publication.seq, next.root), "{context}");
                        went_well += 1;
                    }
                    Ok(other) => panic!("{context}: {other:?}"),
                    Err(error) => {
                        let text = format!("{error:#}");
                        assert!(!text.contains(SECRET) && !text.contains('\u{1b}'), "{text}");
                        assert!(after == before || after.1 == next.root, "{context}: {text}");
                        failed += 1;
                    }
                }
                must_publish(store, &next);
                assert_eq!(read_live(store).unwrap().1, next.root, "{context}");
                let checked = check(store).unwrap();
                assert!(checked.ok, "{context}: {checked:?}");
            }
        }
    }
    (failed, went_well)
}

#[test]
fn whatever_fails_on_the_way_to_s3s_nothing_is_mixed() {
    let server = S3Server::start();
    let proxy = Proxy::start(server.port);
    let (failed, went_well) = sweep(&proxy, 41);
    eprintln!("{failed} failed, {went_well} went well");
    assert!(failed >= 8 && went_well >= 5, "{failed} failed, {went_well} went well");
}

/// A server of others, whose conditions hold in races.
#[test]
fn whatever_fails_on_the_way_to_moto_nothing_is_mixed() {
    let server = Moto::start();
    let proxy = Proxy::start(server.port);
    let (failed, went_well) = sweep(&proxy, SPARSE);
    eprintln!("{failed} failed, {went_well} went well");
    assert!(failed >= 3 && went_well >= 3, "{failed} failed, {went_well} went well");
}

/// One byte a second is no answer, though something comes all the time.
#[test]
fn an_answer_that_trickles_ends_the_run_in_time() {
    let server = S3Server::start();
    let proxy = Proxy::start(server.port);
    let store = patient(proxy.port, "live", Duration::from_millis(300));
    must_publish(&store, &build(1));
    proxy.play(|_, _, _| Some(Fault::Trickle));
    let start = Instant::now();
    let error = format!("{:#}", publish(&store, &build(2), "tests").unwrap_err());
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(error.contains("no answer came in time"), "{error}");
    proxy.play(|_, _, _| None);
    must_publish(&store, &build(2));
    assert_eq!(read_live(&store).unwrap(), (2, build(2).root));
    assert!(check(&store).unwrap().ok);
}

#[test]
fn of_many_that_publish_at_once_each_is_live_or_told() {
    let server = Moto::start();
    let first = server.target("live");
    must_publish(&first, &build(1));
    let told = Mutex::new((BTreeSet::new(), 0));
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (server, told) = (&server, &told);
            scope.spawn(move || {
                let store = server.target("live");
                for round in 0..3 {
                    let one = build(100 + number * 10 + round);
                    let result = publish(&store, &one, &format!("publisher {number}"));
                    let mut told = told.lock().unwrap();
                    match result {
                        Ok(Outcome::Published(published)) => {
                            assert!(told.0.insert(published.publication.seq), "one number twice");
                        }
                        Ok(other) => panic!("{other:?}"),
                        Err(error) => {
                            let fault: &PublishFault =
                                error.downcast_ref().unwrap_or_else(|| panic!("{error:#}"));
                            assert_eq!(fault.stop, Stop::Moved, "{fault}");
                            told.1 += 1;
                        }
                    }
                }
            });
        }
    });
    let (live, lost) = told.into_inner().unwrap();
    assert_eq!(live.len() + lost, 24);
    assert!(!live.is_empty());
    let checked = check(&first).unwrap();
    assert!(checked.ok, "{checked:?}");
    // Whoever was live is in the log, and nobody else.
    assert_eq!(checked.audit, live.len() + 1);
    go_back(&first, None).unwrap();
    assert!(check(&first).unwrap().ok);
}

#[test]
fn a_store_that_ignores_conditions_is_refused() {
    let server = S3Server::start();
    let proxy = Proxy::start(server.port);
    // As one that answers 200 to the second writer.
    proxy.play(|seen, method, _| {
        (method == "PUT" && seen == 1).then_some(Fault::Status(200, "none"))
    });
    let error = publish(&target(proxy.port, "live"), &build(1), "tests").unwrap_err();
    assert!(format!("{error:#}").contains("ignores If-None-Match"), "{error:#}");
    proxy.play(|_, _, _| None);
    assert!(read_live(&target(proxy.port, "live")).is_none());
}

/// The program itself, with its own patience, and a key that nobody may ever see.
#[test]
fn the_program_releases_into_a_bucket_and_says_no_secret() {
    let server = S3Server::start();
    let proxy = Proxy::start(server.port);
    let sandbox = built();
    let to = format!("s3://{BUCKET}/a/b");
    let run = |arguments: &[&str]| {
        let mut command = sandbox.command(arguments);
        command.envs(environment(proxy.port));
        let done = command.output().unwrap();
        let text = [done.stdout, done.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(!text.contains(SECRET) && !text.contains('\u{1b}'), "{text}");
        (done.status.code().unwrap(), text)
    };
    let (code, text) = run(&["release", "--to", &to, "--by", "nightly"]);
    assert!(code == 0 && text.contains("as number 1"), "{text}");
    let (code, text) = run(&["verify", "--to", &to]);
    assert!(code == 0, "{text}");
    crate::releases::rebuild(&sandbox, 2);
    proxy.play(|seen, _, _| (seen > 6).then_some(Fault::Status(400, "ExpiredToken")));
    let (code, text) = run(&["release", "--to", &to]);
    assert!(code == 5 && text.contains("get new ones"), "{text}");
    proxy.play(|_, _, _| Some(Fault::Status(403, "SignatureDoesNotMatch")));
    let (code, text) = run(&["verify", "--to", &to]);
    assert!(code == 5 && text.contains("AWS_ACCESS_KEY_ID"), "{text}");
    proxy.play(|_, _, _| Some(Fault::Status(403, "RequestTimeTooSkewed")));
    let (code, text) = run(&["verify", "--to", &to]);
    assert!(code == 5 && text.contains("clock of this machine"), "{text}");
    proxy.play(|_, _, _| None);
    assert_eq!(run(&["release", "--to", &to]).0, 0);
    let back = ["rollback", "--to", &to, "--because", "x", "--by", "y", "--accept"];
    assert_eq!(run(&back).0, 0);
    assert_eq!(run(&["gc", "--to", &to, "--delete", "--keep", "1", "--grace", "0s"]).0, 0);
    assert_eq!(run(&["gc", "--to", &to, "--delete", "--keep", "1", "--grace", "0s"]).0, 0);
    let (code, text) = run(&["verify", "--to", &to]);
    assert!(code == 0, "{text}");
    assert_eq!(run(&["audit", "verify", "--to", &to]).0, 0);
    // Nothing of it is in anything that was written, either.
    for folder in [server.folder.path(), sandbox.root()] {
        for path in crate::sandbox::files_below(folder) {
            let bytes = std::fs::read(folder.join(&path)).unwrap();
            assert!(memchr::memmem::find(&bytes, SECRET.as_bytes()).is_none(), "{path}");
        }
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = sandbox.command(&["verify", "--to", &to]);
    let done = command.envs(environment(nobody)).output().unwrap();
    assert_eq!(done.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&done.stderr).contains("nobody answers there"));
}
