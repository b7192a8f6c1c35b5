//! Cleaning up while others publish: whoever comes first, nothing that is needed is deleted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use object_store::memory::InMemory;
use serde_json::{Value, json};
use throughline::model::Digest;
use throughline::publish::{Collected, GcWanted, collect};
use throughline::release::Key;
use throughline::store::{ConditionalStore, ObjectTarget};

use crate::published::{build, check, must_publish, read_live, with_run};

fn memory() -> ObjectTarget {
    ObjectTarget::new(Arc::new(InMemory::new()), "", "memory".to_owned()).unwrap()
}

fn gc(store: &dyn ConditionalStore) -> Collected {
    let wanted =
        GcWanted { keep: 1, grace: SignedDuration::ZERO, max_deletes: 1_000, delete: true };
    with_run(store, "gc", |run| collect(run, &wanted)).unwrap()
}

fn put(store: &dyn ConditionalStore, key: &Key, document: &Value) {
    store.put(key, document.to_string().as_bytes()).unwrap();
}

fn lease(minutes: i64) -> Value {
    let now = Timestamp::now();
    json!({
        "by": "another",
        "expires": (now + SignedDuration::from_mins(minutes)).to_string(),
        "release": null,
        "schema": "https://throughline.dev/lease/v1",
        "started": now.to_string(),
    })
}

/// The tombstones and what they hold.
fn tombstones(store: &dyn ConditionalStore) -> Vec<(Key, Value)> {
    let all = store.list("tombstones", None).unwrap().into_iter();
    all.map(|one| {
        let bytes = store.read(&one.key, 1 << 20).unwrap().unwrap().bytes;
        (one.key, serde_json::from_slice(&bytes).unwrap())
    })
    .collect()
}

#[test]
fn while_somebody_publishes_nothing_is_deleted() {
    let store = memory();
    must_publish(&store, &build(1));
    must_publish(&store, &build(2));
    let marked = gc(&store).marked.0;
    assert!(marked >= 4, "{marked}: two files, a manifest and sums of the first");
    let key = Key::lease("feed").unwrap();
    put(&store, &key, &lease(30));
    let held = gc(&store);
    assert!(held.held_by.unwrap().contains("another") && held.deleted.0 == 0);
    assert_eq!(tombstones(&store)[0].1["state"], "marked");
    // A run that was killed gives nothing back: its lease ends by itself.
    put(&store, &key, &lease(-1));
    assert_eq!(gc(&store).deleted.0, marked);
    assert!(store.list("leases", None).unwrap().is_empty());
    assert!(tombstones(&store).is_empty());
    assert!(check(&store).unwrap().ok);
}

#[test]
fn what_is_marked_and_published_again_is_not_deleted() {
    let store = memory();
    must_publish(&store, &build(1));
    must_publish(&store, &build(2));
    assert!(gc(&store).marked.0 >= 4);
    must_publish(&store, &build(1));
    let first = Key::manifest(&build(1).root).to_string();
    let named: Vec<String> = tombstones(&store)
        .iter()
        .flat_map(|(_, one)| one["keys"].as_array().unwrap().clone())
        .map(|key| key.as_str().unwrap().to_owned())
        .collect();
    assert!(!named.contains(&first), "{named:?}");
    gc(&store);
    gc(&store);
    assert_eq!(read_live(&store).unwrap().1, build(1).root);
    assert!(check(&store).unwrap().ok);
}

/// A `gc` that is deleting just what is needed is waited for, until its deadline at most.
#[test]
fn what_is_being_deleted_is_waited_for() {
    let store = memory();
    must_publish(&store, &build(1));
    must_publish(&store, &build(2));
    gc(&store);
    let (key, mut tombstone) = tombstones(&store).remove(0);
    tombstone["state"] = json!("deleting");
    tombstone["deadline"] = json!((Timestamp::now() + SignedDuration::from_secs(2)).to_string());
    put(&store, &key, &tombstone);
    // It has deleted one file, and was killed.
    let digest = Digest::of(b"mail of 1");
    store.delete(&Key::blob(&digest)).unwrap();
    let start = Instant::now();
    must_publish(&store, &build(1));
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
    assert!(check(&store).unwrap().ok);
    gc(&store);
    gc(&store);
    assert!(check(&store).unwrap().ok);
}

#[test]
fn what_people_keep_stays() {
    let store = memory();
    must_publish(&store, &build(1));
    must_publish(&store, &build(2));
    let keep = format!("# shown in the court case\n{} # spring\n", build(1).root);
    store.put(&Key::new("keep").unwrap(), keep.as_bytes()).unwrap();
    assert_eq!(gc(&store).marked.0, 0);
    store.put(&Key::new("keep").unwrap(), b"spring\n").unwrap();
    let wanted =
        GcWanted { keep: 1, grace: SignedDuration::ZERO, max_deletes: 1_000, delete: true };
    let error = with_run(&store, "gc", |run| collect(run, &wanted)).unwrap_err();
    assert!(format!("{error:#}").contains("line 1 is no root"), "{error:#}");
}
