//! Our parameters behind other people's URLs, as the url crate, Python and Node read them.
//!
//! `THROUGHLINE_ROUNDS` is how many random URLs are made.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use throughline::address::{Address, Rules, Tagged, read};
use throughline::source::PARAMETERS;
use url::Url;

use crate::hosts::file_of_crate;
use crate::python::{ask, ask_node, corpus};
use crate::random::{Random, number};

const ADA: [&str; 2] = ["urltestdata.json", "ada_extra_urltestdata.json"];

/// How many texts there are, and how many of them may be a base. A change of either wants a look.
const SEEN: (usize, usize) = (5441, 1972);

const ROUNDS: u64 = 2000;

/// Values that decoders disagree about, as soon as a byte of them is left as it is.
const VALUES: [&str; 24] = [
    "",
    "bf26",
    "A+B 50% off",
    "a&b=c",
    "a;b=c;d",
    "x#y?z",
    "%20",
    "%2B",
    "%zz%",
    "é",
    "e\u{301}",
    "日本語",
    "\u{1f381}",
    "\"<>'`",
    "{{ad.id}}",
    "[*x*]*|y|*",
    "\\\\x",
    "~-._",
    "!*'()",
    "@:/,$",
    " ",
    "+",
    "\u{a0}",
    "=",
];

/// A query, as one of the three reads it.
#[derive(Debug, PartialEq, Eq)]
struct Reading {
    text: String,
    fragment: String,
    pairs: Vec<(String, String)>,
}

/// Everything that the two collections hold, also as https URLs and behind a plain host.
fn collected() -> BTreeSet<String> {
    let theirs = ADA.map(|name| fs::read_to_string(corpus(&format!("ada-url-4.0.0/{name}"))));
    let mut texts = vec![file_of_crate("url", "tests/urltestdata.json")];
    texts.extend(theirs.map(Result::unwrap));
    let mut urls = BTreeSet::new();
    for text in texts {
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        let texts = cases.iter().flat_map(|case| [&case["input"], &case["href"]]);
        for text in texts.filter_map(Value::as_str) {
            urls.insert(text.to_owned());
            let rest = text.split_once(':').map_or(text, |(_, rest)| rest);
            urls.insert(format!("https:{rest}"));
            urls.insert(format!("https://{}", rest.trim_start_matches('/')));
            urls.insert(format!("https://shop.example/{}", rest.trim_start_matches('/')));
            urls.insert(format!("https://shop.example/a?{text}"));
            urls.insert(format!("https://shop.example/a#{text}"));
        }
    }
    urls
}

fn base(text: &str) -> Option<Address<'_>> {
    read(text, &Rules { fragment: true, tagged: Tagged::Refuse, tokens: &[] }).ok()
}

fn with_params(address: &Address<'_>, pairs: &[(&str, &str)]) -> String {
    let mut link = String::new();
    address.with_params(pairs, &mut link);
    let mut prepared = String::new();
    address.prepare().write(&mut prepared, pairs.iter().copied());
    assert_eq!(link, prepared);
    link
}

/// Five parameters with values of chance.
fn some_pairs(random: &mut Random) -> Vec<(&'static str, &'static str)> {
    PARAMETERS.iter().take(5).map(|name| (*name, random.one_of(&VALUES))).collect()
}

/// What is left of a link without our parameters, and the base as a client asks for it.
fn without<'l>(link: &'l str, base: &Address<'_>, ours: &str) -> (&'l str, String) {
    let fragment = base.fragment().map(|text| format!("#{text}")).unwrap_or_default();
    let left = link.strip_suffix(&fragment).and_then(|front| front.strip_suffix(ours));
    let front = base.as_str().strip_suffix(&fragment).unwrap();
    let slash = if base.path().is_empty() { "/" } else { "" };
    let junction = match base.query() {
        None => "?",
        Some("") => "",
        Some(query) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    let (host, query) = front.split_at(front.find('?').unwrap_or(front.len()));
    (left.unwrap_or(""), format!("{host}{slash}{query}{junction}"))
}

/// A link of a base, held against the base by the url crate.
fn check(base: &Address<'_>, pairs: &[(&str, &str)]) -> String {
    let link = with_params(base, pairs);
    let ours: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let (left, expected) = without(&link, base, &ours.join("&"));
    assert_eq!(left, expected, "{link}");
    let (before, after) = (read_here(base.as_str()), read_here(&link));
    assert_eq!(after.text, link, "a browser would write it in another way");
    assert_eq!(after.fragment, before.fragment, "{link}");
    assert_eq!(after.pairs, joined(before.pairs, pairs), "{link}");
    link
}

/// Everything but what RFC 3986 calls unreserved, written here a second time.
fn encoded(value: &str) -> String {
    let write = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(write).collect()
}

fn joined(mut theirs: Vec<(String, String)>, ours: &[(&str, &str)]) -> Vec<(String, String)> {
    theirs.extend(ours.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    theirs
}

fn read_here(text: &str) -> Reading {
    let url = Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let fragment = url.fragment().filter(|text| !text.is_empty());
    Reading {
        fragment: fragment.map(|text| format!("#{text}")).unwrap_or_default(),
        pairs: url.query_pairs().into_owned().collect(),
        text: url.into(),
    }
}

fn reading(answer: &Value) -> Reading {
    let pair = |pair: &Value| {
        let text = |at: usize| pair[at].as_str().unwrap().to_owned();
        (text(0), text(1))
    };
    Reading {
        text: answer["text"].as_str().unwrap().to_owned(),
        fragment: answer["fragment"].as_str().unwrap().to_owned(),
        pairs: answer["pairs"].as_array().unwrap().iter().map(pair).collect(),
    }
}

#[test]
fn three_parsers_read_exactly_our_pairs_behind_every_base() {
    let all = collected();
    let mut random = Random::new(11);
    let mut asked: Vec<String> = Vec::new();
    let mut pairs = Vec::new();
    for text in &all {
        let Some(address) = base(text) else { continue };
        let ours = some_pairs(&mut random);
        let link = check(&address, &ours);
        asked.extend([text.clone(), link]);
        pairs.push(ours);
    }
    assert_eq!((all.len(), pairs.len()), SEEN);
    let question = json!(asked);
    for (whose, answer) in
        [("Python", ask("urls.py", &question)), ("Node", ask_node("urls.js", &question))]
    {
        let answers = answer.as_array().unwrap();
        assert_eq!(answers.len(), asked.len());
        for (at, ours) in pairs.iter().enumerate() {
            let (before, after) = (reading(&answers[2 * at]), reading(&answers[2 * at + 1]));
            let link = &asked[2 * at + 1];
            assert_eq!(after.pairs, joined(before.pairs, ours), "{whose}: {link}");
            assert_eq!(after.fragment, before.fragment, "{whose}: {link}");
            // urllib leaves an empty fragment out.
            let written = after.text.trim_end_matches('#');
            assert_eq!(written, link.trim_end_matches('#'), "{whose}: {link}");
        }
    }
}

/// Bases as partners might write them, most of them good.
fn bases() -> impl Strategy<Value = String> {
    let host = "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?(\\.[a-z]{2,8}){0,2}\\.example";
    let segment = "([A-Za-z0-9._~!$'()*+,;=:@-]|%[2-7][0-9A-F]){0,6}";
    let path = prop::collection::vec(segment, 0..4)
        .prop_map(|parts| parts.iter().fold(String::new(), |whole, part| whole + "/" + part));
    let name = prop_oneof![
        4 => "[A-Za-z][A-Za-z0-9_.-]{0,6}",
        1 => Just("utm_source".to_owned()),
        1 => Just("UTM%5Fid".to_owned()),
        1 => Just("gclid".to_owned()),
        1 => Just(String::new()),
    ];
    let value = "([A-Za-z0-9._~!$()*+,:@/-]|%[2-7][0-9A-F]|%C3%A9){0,8}";
    let piece = (name, prop::option::of(value))
        .prop_map(|(name, value)| value.map_or(name.clone(), |value| format!("{name}={value}")));
    let query = prop::option::of(prop::collection::vec(piece, 0..4));
    let fragment = prop::option::of("[A-Za-z0-9._~!$&'()*+,;=:@/?-]{0,8}");
    (host, path, query, fragment).prop_map(|(host, path, query, fragment)| {
        let query = query.map(|pieces| format!("?{}", pieces.join("&"))).unwrap_or_default();
        let fragment = fragment.map(|text| format!("#{text}")).unwrap_or_default();
        format!("https://{host}{path}{query}{fragment}")
    })
}

fn values() -> impl Strategy<Value = Vec<String>> {
    let value = prop_oneof![
        "\\PC{0,12}",
        "[ -~]{0,12}",
        any::<String>(),
        prop::sample::select(VALUES.to_vec()).prop_map(str::to_owned)
    ];
    prop::collection::vec(value, 1..=PARAMETERS.len())
}

fn pairs_of(values: &[String]) -> Vec<(&str, &str)> {
    PARAMETERS.iter().copied().zip(values.iter().map(String::as_str)).collect()
}

#[test]
fn random_values_come_back_from_behind_random_bases() {
    let rounds = number("THROUGHLINE_ROUNDS", ROUNDS) as u32;
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(rounds) };
    let (taken, replaced) = (Cell::new(0), Cell::new(0));
    let done = TestRunner::new(config).run(&(bases(), values()), |(text, values)| {
        let pairs = pairs_of(&values);
        if let Some(address) = base(&text) {
            taken.set(taken.get() + 1);
            check(&address, &pairs);
        }
        let replace = Rules { fragment: true, tagged: Tagged::Replace, tokens: &[] };
        let Ok(address) = read(&text, &replace) else { return Ok(()) };
        let link = with_params(&address, &pairs);
        let bare = with_params(&address, &[]);
        // What we wrote gives way to what we write next, and nothing else does.
        if let Ok(again) = read(&link, &replace) {
            replaced.set(replaced.get() + 1);
            for (now, before) in
                [(with_params(&again, &pairs), &link), (with_params(&again, &[]), &bare)]
            {
                let (now, before) = (read_here(&now), read_here(before));
                prop_assert_eq!((now.pairs, now.fragment), (before.pairs, before.fragment));
            }
        }
        let names = read_here(&link).pairs;
        for (name, value) in &pairs {
            let found: Vec<_> = names.iter().filter(|(known, _)| known == name).collect();
            prop_assert_eq!(found.len(), 1, "{}", link);
            prop_assert_eq!(&found[0].1, value);
        }
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("{error}"));
    let (taken, replaced) = (taken.get(), replaced.get());
    assert!(taken > rounds / 10 && replaced > rounds / 10, "{taken} and {replaced} of {rounds}");
}
