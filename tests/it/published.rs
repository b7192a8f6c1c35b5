//! Small releases, made in memory and published with the library, for tests that need many.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde_json::Value;
use throughline::manifest::{Entry, EntryKind, Head, Manifest, Names};
use throughline::model::Digest;
use throughline::publish::{
    Checked, Documents, Outcome, Run, Sealed, VerifyWanted, find_past, release, rollback,
    verify_target,
};
use throughline::release::{EnvName, Key, SitePlan};
use throughline::store::ConditionalStore;

/// A build of a few files.
pub(crate) struct Build {
    pub(crate) manifest: Manifest,
    pub(crate) root: Digest,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

/// A build of three files, of which one is the same in all.
pub(crate) fn build(number: u64) -> Build {
    let texts = [
        ("email/a", format!("mail of {number}")),
        ("landing/b", format!("page of {number}, {}", "x".repeat(500))),
        ("text/c", "the same in all".to_owned()),
    ];
    let mut files = BTreeMap::new();
    let entries = texts.map(|(id, text)| {
        let digest = Digest::of(text.as_bytes());
        let size = text.len();
        files.insert(digest.hex(), text.into_bytes());
        Entry {
            id: format!("{id}.html").into(),
            kind: Arc::new(EntryKind { media_type: "text/html".into(), ..EntryKind::default() }),
            offers: Names::default(),
            partners: Names::default(),
            path: format!("{id}.{}.html", digest.hex16()).into(),
            route: None,
            sha256: digest,
            size,
        }
    });
    let manifest = Manifest::new("tiny".to_owned(), None, Vec::new(), entries.to_vec());
    let root = Digest::from_hex(&manifest.root.hash).unwrap();
    Build { manifest, root, files }
}

static RUNS: AtomicU64 = AtomicU64::new(1);

pub(crate) fn production() -> EnvName {
    EnvName::new("production").unwrap()
}

fn clock() -> Timestamp {
    Timestamp::now()
}

/// Calls with a run on `production`.
pub(crate) fn with_run<T>(
    store: &dyn ConditionalStore,
    by: &str,
    each: impl FnOnce(&Run<'_>) -> T,
) -> T {
    let id = format!("{:032x}", RUNS.fetch_add(1, Ordering::Relaxed));
    each(&Run { store, env: &production(), by, id: &id, clock: &clock })
}

#[expect(clippy::unnecessary_wraps, reason = "of the form that publishing asks for")]
fn evidence() -> anyhow::Result<Option<Documents>> {
    let gates = b"{\"gates\":[]}\n".to_vec();
    let approval = b"{\"approved\":\"legal\"}\n".to_vec();
    Ok(Some(vec![("gates.json".to_owned(), gates), ("approvals/legal.json".to_owned(), approval)]))
}

/// Releases a build into `production`.
pub(crate) fn publish(
    store: &dyn ConditionalStore,
    build: &Build,
    by: &str,
) -> anyhow::Result<Outcome> {
    let read = |entry: &Entry| Ok(build.files[&entry.sha256.hex()].clone());
    let site = SitePlan { files: Vec::new(), redirects: String::new() };
    let sealed = Sealed {
        manifest: &build.manifest,
        root: build.root,
        read: &read,
        site: Some(&site),
        valid_for: None,
    };
    with_run(store, by, |run| release(run, &sealed, &evidence))
}

/// Releases a build and hands back its number.
#[track_caller]
pub(crate) fn must_publish(store: &dyn ConditionalStore, build: &Build) -> u64 {
    match publish(store, build, "tests").unwrap_or_else(|error| panic!("{error:#}")) {
        Outcome::Published(published) => published.publication.seq,
        Outcome::Same(state, _) => state.seq().unwrap(),
        Outcome::NotReady => panic!("not ready"),
    }
}

/// Goes back.
pub(crate) fn go_back(store: &dyn ConditionalStore, what: Option<&str>) -> anyhow::Result<Outcome> {
    with_run(store, "tests", |run| {
        let past = find_past(run, what, "a test")?;
        rollback(run, past, ("a test", None), clock(), &evidence)
    })
}

/// Everything that `verify --to` says.
pub(crate) fn check(store: &dyn ConditionalStore) -> anyhow::Result<Checked> {
    let wanted = VerifyWanted { signers: None, max_age: None, now: clock() };
    with_run(store, "tests", |run| verify_target(run, &wanted))
}

/// As a reader does: the pointer, the manifest that it names, and each file, all hashed. The root;
/// nothing where nothing was published.
#[track_caller]
pub(crate) fn read_live(store: &dyn ConditionalStore) -> Option<(u64, Digest)> {
    let read =
        |key: &Key, cap: u64| store.read(key, cap).unwrap_or_else(|error| panic!("{error:#}"));
    let pointer = read(&Key::pointer(&production()), 1 << 20)?;
    let pointer: Value = serde_json::from_slice(&pointer.bytes).unwrap();
    let root = Digest::from_hex(pointer["release"].as_str().unwrap()).unwrap();
    let manifest = read(&Key::manifest(&root), 1 << 30).expect("the manifest is there");
    assert_eq!(Digest::of(&manifest.bytes).hex(), pointer["manifest"].as_str().unwrap());
    let head = Head::parse(&manifest.bytes).unwrap();
    let parts = head.parts().iter().map(|part| {
        let found = read(&Key::blob(&part.sha256), 1 << 30).expect("each part is there");
        part.read(&found.bytes).unwrap()
    });
    let parts = parts.collect();
    let manifest = head.whole(parts).unwrap();
    assert_eq!(manifest.root.hash, root.hex());
    for entry in &manifest.artifacts {
        let digest = entry.sha256;
        let found = read(&Key::blob(&digest), entry.size as u64).expect("each file is there");
        assert_eq!(Digest::of(&found.bytes), digest, "{}", entry.id);
    }
    Some((pointer["seq"].as_u64().unwrap(), root))
}
