//! One list of promises, and every kind of target held to it: a folder, memory, and two servers of
//! others that speak S3.

use std::collections::BTreeSet;
use std::sync::Arc;

use object_store::memory::InMemory;
use throughline::model::Digest;
use throughline::release::{EnvName, Key};
use throughline::store::{
    ConditionalStore, FolderStore, ObjectTarget, Put, Replaced, TargetFault, check_conditions,
};

use crate::s3::{Moto, S3Server};
use crate::sandbox::Sandbox;

/// Threads that want the same at once.
const RACERS: u64 = 8;
/// How often they do.
const RACES: u64 = 10;

fn env() -> EnvName {
    EnvName::new("production").unwrap()
}

fn keeps_its_promises(store: &dyn ConditionalStore) {
    let key = Key::history(&env(), 1);
    assert!(store.read(&key, 10).unwrap().is_none());
    assert_eq!(store.put_new(&key, b"one").unwrap(), Put::New);
    assert_eq!(store.put_new(&key, b"two").unwrap(), Put::Exists);
    assert_eq!(store.read(&key, 3).unwrap().unwrap().bytes, b"one");
    let fault = store.read(&key, 2).unwrap_err();
    assert!(fault.is::<TargetFault>(), "{fault:#}");

    let pointer = Key::pointer(&env());
    assert_eq!(store.put_new(&pointer, b"first").unwrap(), Put::New);
    let first = store.read(&pointer, 100).unwrap().unwrap().version;
    assert_eq!(store.replace_if(&pointer, b"second", &first).unwrap(), Replaced::Done);
    assert_eq!(store.replace_if(&pointer, b"third", &first).unwrap(), Replaced::Moved);
    assert_eq!(store.read(&pointer, 100).unwrap().unwrap().bytes, b"second");
    let absent = Key::pointer(&EnvName::new("staging").unwrap());
    assert_eq!(store.replace_if(&absent, b"x", &first).unwrap(), Replaced::Moved);
    assert!(store.read(&absent, 10).unwrap().is_none());

    let blob = |text: &str| Key::blob(&Digest::of(text.as_bytes()));
    for text in ["a", "b", ""] {
        assert_eq!(store.put_new(&blob(text), text.as_bytes()).unwrap(), Put::New);
        assert_eq!(store.put_new(&blob(text), text.as_bytes()).unwrap(), Put::Exists);
        assert_eq!(store.read(&blob(text), 1).unwrap().unwrap().bytes, text.as_bytes());
    }
    store.put(&blob("a"), b"mended").unwrap();
    assert_eq!(store.read(&blob("a"), 100).unwrap().unwrap().bytes, b"mended");
    for seq in 2..=12 {
        store.put_new(&Key::history(&env(), seq), b"{}").unwrap();
    }
    store.sync().unwrap();
    let names = |folder: &str, after: Option<&Key>| -> Vec<String> {
        store.list(folder, after).unwrap().into_iter().map(|one| one.key.to_string()).collect()
    };
    let history = names("env/production/history", None);
    let expected: Vec<String> = (1..=12).map(|seq| Key::history(&env(), seq).to_string()).collect();
    assert_eq!(history, expected);
    assert_eq!(names("env/production/history", Some(&Key::history(&env(), 9))), expected[9..]);
    assert_eq!(names("leases", None), [""; 0]);
    assert_eq!(names("cas/sha256", None).len(), 3);
    assert_eq!(names("", None).len(), 3 + 12 + 1);
    store.delete(&blob("b")).unwrap();
    store.delete(&blob("b")).unwrap();
    assert!(store.read(&blob("b"), 10).unwrap().is_none());
}

/// Of those that write one new thing one does; of those that replace it one does.
fn of_two_one_wins(store: &dyn ConditionalStore) {
    for race in 1..=RACES {
        let key = Key::history(&EnvName::new("race").unwrap(), race);
        let won: Vec<bool> = at_once(|racer| {
            store.put_new(&key, format!("{racer}").as_bytes()).unwrap() == Put::New
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "race {race}");
        let there = store.read(&key, 100).unwrap().unwrap();
        let racer: usize = String::from_utf8(there.bytes).unwrap().parse().unwrap();
        assert!(won[racer], "race {race}: another one's bytes are there");
        let replaced: Vec<bool> = at_once(|racer| {
            let bytes = format!("{racer} again");
            store.replace_if(&key, bytes.as_bytes(), &there.version).unwrap() == Replaced::Done
        });
        assert_eq!(replaced.iter().filter(|won| **won).count(), 1, "race {race}");
    }
}

fn at_once<T: Send>(each: impl Fn(u64) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let each = &each;
        let racers: Vec<_> = (0..RACERS).map(|racer| scope.spawn(move || each(racer))).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    })
}

#[test]
fn a_folder_keeps_its_promises() {
    let sandbox = Sandbox::new();
    let store = FolderStore::new(sandbox.path("target"), "target".to_owned());
    keeps_its_promises(&store);
    of_two_one_wins(&store);
    check_conditions(&store, "0").unwrap();
    let left: BTreeSet<String> = sandbox.files("target/.partial").into_iter().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn memory_keeps_its_promises() {
    let memory = Arc::new(InMemory::new());
    let store = ObjectTarget::new(memory, "some/where", "memory".to_owned()).unwrap();
    keeps_its_promises(&store);
    of_two_one_wins(&store);
    check_conditions(&store, "0").unwrap();
}

/// Its conditions are not safe against races (it looks and then writes), so that is not asked.
#[test]
fn s3s_keeps_its_promises() {
    let server = S3Server::start();
    let store = server.target("pre/fix");
    keeps_its_promises(&store);
    check_conditions(&store, "0").unwrap();
}

#[test]
fn moto_keeps_its_promises() {
    let server = Moto::start();
    let store = server.target("pre/fix");
    keeps_its_promises(&store);
    of_two_one_wins(&store);
    check_conditions(&store, "0").unwrap();
}
