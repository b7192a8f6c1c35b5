//! Hosts and URLs against the tests of the crates that browsers' rules are written in: what we
//! take needs no repair.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use url::Url;

use crate::reading::accepts;
use crate::sample::repository;

const HOSTS: &str = "type = \"hosts\"\n";
const URL: &str = "type = \"url\"\n";

/// How many inputs there are, and how many of them we take. A change of either wants a look.
const HOSTS_SEEN: (usize, usize) = (7910, 25);
const URLS_SEEN: (usize, usize) = (4408, 1093);

/// A file of a dependency's sources, wherever cargo keeps them.
pub(crate) fn file_of_crate(name: &str, path: &str) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let asked = Command::new("rustc").args(["--print", "host-tuple"]).output().unwrap();
    let host = String::from_utf8(asked.stdout).unwrap();
    // What only other machines need was not downloaded.
    let done = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", host.trim()])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).unwrap();
    let mut packages = metadata["packages"].as_array().unwrap().iter();
    let package = packages.find(|one| one["name"] == name);
    let package = package.unwrap_or_else(|| panic!("{name} is no dependency"));
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    fs::read_to_string(manifest.with_file_name(path)).unwrap()
}

/// `\u00DF` of IdnaTestV2.txt as a character; nothing where it is half of one.
fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split("\\u");
    let mut units: Vec<u16> = parts.next()?.encode_utf16().collect();
    for part in parts {
        units.push(u16::from_str_radix(part.get(..4)?, 16).ok()?);
        units.extend(part.get(4..)?.encode_utf16());
    }
    String::from_utf16(&units).ok()
}

/// Every name of the file: what is given, and what it becomes in each of the three ways.
fn names() -> BTreeSet<String> {
    let text = file_of_crate("idna", "tests/IdnaTestV2.txt");
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or(""));
    let cells = lines.filter(|line| line.contains(';')).flat_map(|line| line.split(';'));
    let cells = cells.map(str::trim).filter(|cell| !cell.is_empty() && !cell.starts_with('['));
    // A `;` stands between hosts.
    cells.filter_map(unescape).filter(|name| !name.contains(';')).collect()
}

#[test]
fn hosts_that_are_taken_need_no_repair() {
    let names = names();
    let (mut taken, mut repaired) = (0, Vec::new());
    for name in &names {
        let Some(read) = accepts(HOSTS, name) else { continue };
        taken += 1;
        if read != name.trim() || idna::domain_to_ascii(&read).ok().as_ref() != Some(&read) {
            repaired.push((name, read));
        }
    }
    assert!(repaired.is_empty(), "{} are repaired: {repaired:#?}", repaired.len());
    assert_eq!((names.len(), taken), HOSTS_SEEN);
}

/// Every URL of the file, also as an https one and behind our own host.
fn urls() -> BTreeSet<String> {
    let text = file_of_crate("url", "tests/urltestdata.json");
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let texts = cases.iter().flat_map(|case| [&case["input"], &case["href"]]);
    let mut urls = BTreeSet::new();
    for text in texts.filter_map(Value::as_str) {
        urls.insert(text.to_owned());
        if let Some((_, rest)) = text.split_once(':') {
            urls.insert(format!("https:{rest}"));
            urls.insert(format!("https://shop.example/{}", rest.trim_start_matches('/')));
        }
        urls.insert(format!("https://shop.example/{}", text.trim_start_matches('/')));
        urls.insert(format!("https://{text}"));
    }
    urls
}

#[test]
fn urls_that_are_taken_need_no_repair() {
    let urls = urls();
    let (mut taken, mut repaired) = (0, Vec::new());
    for text in &urls {
        let Some(read) = accepts(URL, text) else { continue };
        taken += 1;
        let parsed = Url::parse(&read).map(String::from).unwrap_or_default();
        // A bare host gets its slash, which every client adds.
        let same = parsed == read || parsed.strip_suffix('/') == Some(&read);
        if read != text.trim() || !same {
            repaired.push((text, parsed));
        }
    }
    assert!(repaired.is_empty(), "{} are repaired: {repaired:#?}", repaired.len());
    assert_eq!((urls.len(), taken), URLS_SEEN);
}
