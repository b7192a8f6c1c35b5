//! The list in one and in parts: written, cut, read, and refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::parts::{IN_ONE, begins_part, cut, path_of};
use super::*;
use crate::model::Digest;

fn entry(id: &str) -> Entry {
    let kind = EntryKind {
        campaign: Some("c".into()),
        form: Some("live".into()),
        media_type: "text/html".into(),
        not_after: Some("2026-12-02T23:59:00-05:00".into()),
        redirect_after: Some("2027-01-01T00:00:00-05:00".into()),
        ..EntryKind::default()
    };
    Entry {
        id: id.into(),
        kind: Arc::new(kind),
        offers: Names::from_iter(["é\u{7f}\n\"".into()]),
        partners: Names::default(),
        // In another order than ids.
        path: format!("{}.html", id.chars().rev().collect::<String>()).into(),
        route: None,
        sha256: Digest::of(id.as_bytes()),
        size: 5,
    }
}

fn manifest_of(ids: impl IntoIterator<Item = String>, most: usize) -> Manifest {
    let sources = vec![SourceEntry { path: "b".into(), sha256: "0".into() }];
    let artifacts = ids.into_iter().map(|id| entry(&id)).collect();
    let known = MadeParts::default();
    Manifest::in_parts_above((most, &known), ("w".into(), None), sources, artifacts).0
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("a/{number:06}")).collect()
}

/// The parts that lie in an output folder, by path.
fn files(manifest: &Manifest) -> BTreeMap<String, Vec<u8>> {
    let listed = manifest.listed();
    listed.iter().map(|(part, entries)| (part.path.clone(), Part::bytes(entries))).collect()
}

/// Reads as `store` does.
fn read(bytes: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Result<Manifest, String> {
    let head = Head::parse(bytes)?;
    let parts = head.parts().iter().map(|part| match files.get(&part.path) {
        Some(bytes) => part.read(bytes),
        None => Err("is missing".to_owned()),
    });
    let parts = parts.collect::<Result<_, _>>()?;
    head.whole(parts)
}

#[test]
fn bytes_are_canonical_json_and_are_read_again() {
    for (count, most) in [(0, 0), (1, 1), (3, 3), (1, 0), (3_000, 2_999), (3_000, 0)] {
        let manifest = manifest_of(ids(count), most);
        let bytes = manifest.to_bytes();
        let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(bytes, serde_jcs::to_vec(&document).unwrap(), "{count} artifacts");
        let files = files(&manifest);
        for line in files.values().flat_map(|part| part.split_inclusive(|one| *one == b'\n')) {
            let entry: serde_json::Value = serde_json::from_slice(line).unwrap();
            assert_eq!(line, [serde_jcs::to_vec(&entry).unwrap(), b"\n".to_vec()].concat());
        }
        assert_eq!(read(&bytes, &files).unwrap(), manifest, "{count} artifacts");
    }
}

#[test]
fn the_list_is_in_parts_above_a_number() {
    let small = manifest_of(ids(IN_ONE), IN_ONE);
    let text = String::from_utf8(small.to_bytes()).unwrap();
    assert!(small.parts.is_empty() && !text.contains("\"parts\""));
    assert_eq!(text.matches("\"id\":").count(), IN_ONE);
    let artifacts = ids(IN_ONE + 1).iter().map(|id| entry(id)).collect();
    let large = Manifest::new("w".into(), None, Vec::new(), artifacts);
    let text = String::from_utf8(large.to_bytes()).unwrap();
    assert!(text.starts_with(r#"{"artifacts":[],"as_of":null,"engine_epoch":"#), "{text}");
    assert!(text.contains(r#","parts":[{"count":"#) && text.contains(r#"}],"root":{"alg":"#));
    let listed: usize = large.parts.iter().map(|part| part.count).sum();
    assert_eq!((listed, large.root.size), (IN_ONE + 1, IN_ONE + 1));
    let all: Vec<u8> = large.listed().iter().flat_map(|(_, some)| Part::bytes(some)).collect();
    assert_eq!(all, Part::bytes(&large.artifacts), "one after the other they are the list");
    let sums = String::from_utf8(large.checksums()).unwrap();
    let paths: Vec<&str> = sums.lines().map(|line| &line[66..]).collect();
    assert!(paths.is_sorted() && paths.len() == IN_ONE + 1 + large.parts.len());
    for part in &large.parts {
        assert!(sums.contains(&format!("{}  {}\n", part.sha256, part.path)));
        assert!(Part::is_path(&part.path));
    }
    assert!(!Part::is_path("manifest/a.0123456789abcdef.jsonl"));
}

#[test]
fn the_root_does_not_know_of_parts() {
    let (one, many) = (manifest_of(ids(5_000), 5_000), manifest_of(ids(5_000), 0));
    assert!(one.parts.is_empty() && many.parts.len() > 1);
    assert_eq!((&one.root, &one.artifacts), (&many.root, &many.artifacts));
}

#[test]
fn an_entry_that_comes_or_goes_changes_the_part_that_it_is_in() {
    let all = ids(20_000);
    let whole = manifest_of(all.clone(), 0);
    assert!((12..=28).contains(&whole.parts.len()), "{} parts", whole.parts.len());
    let before: BTreeMap<&str, &Part> =
        whole.parts.iter().map(|part| (part.path.as_str(), part)).collect();
    let begins = all.iter().position(|id| begins_part(id)).unwrap();
    for at in [0, 1, begins - 1, begins, begins + 1, 10_000, 19_999] {
        let fewer = all.iter().enumerate().filter(|(one, _)| *one != at);
        let fewer = manifest_of(fewer.map(|(_, id)| id.clone()), 0);
        let new = fewer.parts.iter().filter(|part| !before.contains_key(part.path.as_str()));
        let kept = fewer.parts.len() - new.clone().count();
        assert_eq!(new.count(), 1, "without entry {at}");
        // Without the first of a part, that is one with the part before.
        let gone = if begins_part(&all[at]) && at > 0 { 2 } else { 1 };
        assert_eq!(whole.parts.len() - kept, gone, "without entry {at}");
    }
}

#[test]
fn no_part_is_longer_than_it_may_be() {
    let entries: Vec<Entry> =
        ids(9_000).iter().filter(|id| !begins_part(id)).take(8_500).map(|id| entry(id)).collect();
    let lengths = |entries: &[Entry]| cut(entries).iter().map(|one| one.len()).collect::<Vec<_>>();
    assert_eq!(lengths(&entries), [4_096, 4_096, 308]);
    assert!(lengths(&[]).is_empty());
}

#[test]
fn threads_do_not_cut_otherwise() {
    let cut_by = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| manifest_of(ids(12_000), 0))
    };
    let one = cut_by(1);
    assert!(one.parts.len() > 4);
    for threads in [2, 7] {
        assert_eq!(cut_by(threads), one);
    }
}

/// What is refused, with a word of the reason.
#[track_caller]
fn refused(manifest: &Manifest, files: &BTreeMap<String, Vec<u8>>, why: &str) {
    let reason = read(&manifest.to_bytes(), files).unwrap_err();
    assert!(reason.contains(why), "{reason}");
}

#[test]
fn what_is_damaged_missing_swapped_or_twice_is_refused() {
    let manifest = manifest_of(ids(5_000), 0);
    let files = files(&manifest);
    let first = &manifest.parts[0];
    for at in [0, 100, first.size as usize - 1] {
        let mut damaged = files.clone();
        damaged.get_mut(&first.path).unwrap()[at] ^= 1;
        refused(&manifest, &damaged, "other bytes");
    }
    let mut fewer = files.clone();
    fewer.remove(&first.path);
    refused(&manifest, &fewer, "missing");
    let with_parts = |change: &dyn Fn(&mut Vec<Part>)| {
        let mut other = manifest.clone();
        change(&mut other.parts);
        other
    };
    refused(&with_parts(&|parts| parts.swap(0, 1)), &files, "order of their ids");
    refused(&with_parts(&|parts| parts.push(parts[0].clone())), &files, "order of their ids");
    refused(&with_parts(&|parts| parts.insert(0, parts[0].clone())), &files, "each once");
    refused(&with_parts(&|parts| drop(parts.pop())), &files, "root");
    refused(&with_parts(&|parts| parts[0].count -= 1), &files, "manifest.json says");
    refused(&with_parts(&|parts| parts[0].path = parts[1].path.clone()), &files, "not the name");
    refused(&with_parts(&|parts| parts[0].path.insert_str(0, "../")), &files, "not the name");
    let head = Head::parse(&manifest.to_bytes()).unwrap();
    assert!(head.whole(Vec::new()).unwrap_err().contains("not all"));
    let both = manifest.to_bytes();
    let lists = [b"{\"artifacts\":[", serde_json::to_vec(&entry("b")).unwrap().as_slice()].concat();
    let both = [lists.as_slice(), &both[b"{\"artifacts\":[".len()..]].concat();
    assert!(Head::parse(&both).unwrap_err().contains("as well"));
}

#[test]
fn a_part_lists_only_entries_as_they_are_written() {
    let manifest = manifest_of(ids(3), 0);
    let good = String::from_utf8(Part::bytes(&manifest.artifacts)).unwrap();
    let read_as = |text: &str| {
        let sha256 = Digest::of(text.as_bytes());
        let part = Part { count: 3, path: path_of(&sha256), sha256, size: 0 };
        part.read(text.as_bytes()).map(|listed| listed.entries.len())
    };
    assert_eq!(read_as(&good), Ok(3));
    let digest = manifest.artifacts[0].sha256.hex();
    for (bad, why) in [
        (good.replacen('{', "{ ", 1), "line 1: it is not as"),
        (good.trim_end().to_owned(), "line 3: it is not as"),
        (good.replace('\n', "\r\n"), "line 1: it is not as"),
        (good.clone() + "\n", "line 4"),
        (good.replacen(&digest, "0", 1), "line 1: invalid value"),
        (good.replacen(&digest, &digest.to_uppercase(), 1), "line 1: invalid value"),
        (good.replacen("000000/a.html", "../a.html", 1), "line 1: the path `../a.html`"),
        (good.replacen('{', "{\"new\":1,", 1), "line 1: unknown field"),
        (String::new(), "lists 0 artifacts"),
    ] {
        let reason = read_as(&bad).unwrap_err();
        assert!(reason.contains(why), "{reason} is not about {why}");
    }
}

#[test]
fn a_changed_entry_is_noticed() {
    let mut manifest = manifest_of(ids(2), 2);
    manifest.artifacts[0].size = 6;
    refused(&manifest, &BTreeMap::new(), "root");
    let mut manifest = manifest_of(ids(2), 2);
    manifest.artifacts.swap(0, 1);
    refused(&manifest, &BTreeMap::new(), "order");
}

/// What is known of a part is taken for exactly the entries that it was made from.
#[test]
fn a_known_part_is_taken_where_its_entries_are_the_same() {
    let entries = || ids(5_000).iter().map(|id| entry(id)).collect::<Vec<_>>();
    let build = |known: &MadeParts, entries: Vec<Entry>| {
        let named = ("w".to_owned(), None);
        Manifest::in_parts_above((0, known), named, Vec::new(), entries)
    };
    let (manifest, made) = build(&MadeParts::default(), entries());
    assert_eq!(build(&made, entries()), (manifest.clone(), made.clone()));
    // A lie is taken for the part that it is about, and for no other.
    let sha256 = Digest::of(b"a lie");
    let lies = made
        .iter()
        .map(|one| MadePart { part: Part::known(one.part.count, sha256, 1), ..one.clone() });
    let lies: MadeParts = lies.collect();
    assert!(build(&lies, entries()).0.parts.iter().all(|part| part.sha256 == sha256));
    let changes: [fn(&mut Entry); 8] = [
        |one| one.size += 1,
        |one| one.sha256 = Digest::of(b"other"),
        |one| one.route = Some("/other".into()),
        |one| one.offers = Names::default(),
        |one| one.partners = one.offers.clone(),
        |one| one.path = format!("{}x", one.path.as_str()).into(),
        |one| one.kind = Arc::new(EntryKind { window: Some("w".into()), ..(*one.kind).clone() }),
        |one| one.kind = Arc::new(EntryKind { form: None, ..(*one.kind).clone() }),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut others = entries();
        change(&mut others[70]);
        let parts = build(&lies, others).0.parts;
        let right = parts.iter().filter(|part| part.sha256 != sha256).count();
        assert_eq!(right, 1, "change {number}");
    }
}
