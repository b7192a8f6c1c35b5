//! What is written behind a base, and how URLs are taken apart again.

use proptest::prelude::*;
use url::Url;

use super::*;

const OURS: [(&str, &str); 3] =
    [("utm_source", "acme"), ("utm_medium", "email"), ("utm_campaign", "2026-spring")];

const RULES: Rules<'_> = Rules { fragment: true, tagged: Tagged::Refuse, tokens: &[] };

fn written(raw: &str, rules: &Rules<'_>, pairs: &[(&str, &str)]) -> String {
    let address = read(raw, rules).unwrap();
    let mut out = String::new();
    address.with_params(pairs, &mut out);
    let mut again = String::new();
    address.prepare().write(&mut again, pairs.iter().copied());
    assert_eq!(out, again);
    out
}

#[track_caller]
fn check(raw: &str, expected: &str) {
    assert_eq!(written(raw, &RULES, &[("a", "1"), ("b", "2")]), expected);
}

#[test]
fn the_junction_is_right() {
    check("https://e.com", "https://e.com/?a=1&b=2");
    check("https://e.com#x", "https://e.com/?a=1&b=2#x");
    check("https://e.com?c", "https://e.com/?c&a=1&b=2");
    check("https://e.com/p?", "https://e.com/p?a=1&b=2");
    check("https://e.com/p?c=3", "https://e.com/p?c=3&a=1&b=2");
    check("https://e.com/p?c=3&", "https://e.com/p?c=3&a=1&b=2");
    check("https://e.com/p?&#", "https://e.com/p?&a=1&b=2#");
    check("https://e.com/#/sale?x=1", "https://e.com/?a=1&b=2#/sale?x=1");
    for raw in ["https://e.com/p?", "https://e.com/p?a&#", "https://e.com/#/x"] {
        assert_eq!(written(raw, &RULES, &[]), raw);
    }
}

#[test]
fn tags_are_replaced_where_that_is_the_rule() {
    let rules = Rules { tagged: Tagged::Replace, ..RULES };
    let tail = "utm_source=acme&utm_medium=email&utm_campaign=2026-spring";
    for (raw, expected) in [
        ("https://e.com/p?utm_source=Partner&x=1#top", format!("https://e.com/p?x=1&{tail}#top")),
        ("https://e.com/p?utm%5Fsource=a&UTM_SOURCE=b", format!("https://e.com/p?{tail}")),
        ("https://e.com/p?utm_source=a&", format!("https://e.com/p?{tail}")),
        ("https://e.com/p?x=%2B&gclid=1&y=+&y", format!("https://e.com/p?x=%2B&y=+&y&{tail}")),
        ("https://e.com?gclid=1#a", format!("https://e.com/?{tail}#a")),
    ] {
        assert_eq!(written(raw, &rules, &OURS), expected);
    }
    let address = read("https://e.com/?a=1&utm_id=x&Ref=2&fbclid", &rules).unwrap();
    assert_eq!(address.replaced().collect::<Vec<_>>(), ["utm_id=x", "fbclid"]);
    assert!(address.has_param("ref") && !address.has_param("utm_id") && !address.has_param("x"));
}

#[test]
fn macros_pass_byte_for_byte() {
    let raw = "https://e.com/p?u={lpurl}&m={{ad.id}}&t=__CID__&f=*|X|*&s=%%x%%";
    let mut tokens = Vec::new();
    for token in ["{lpurl}", "{{ad.id}}", "__CID__", "*|X|*", "%%x%%"] {
        let at = raw.find(token).unwrap();
        tokens.push(at..at + token.len());
    }
    let rules = Rules { tokens: &tokens, ..RULES };
    assert_eq!(written(raw, &rules, &[("a", "1")]), format!("{raw}&a=1"));

    let liquid = "{{ campaign.name | replace: ' ', '-' }}";
    for raw in [format!("https://e.com/?c={liquid}"), format!("https://e.com/{liquid}?{liquid}")] {
        let tokens: Vec<_> =
            raw.match_indices(liquid).map(|(at, _)| at..at + liquid.len()).collect();
        let rules = Rules { tokens: &tokens, ..RULES };
        assert_eq!(written(&raw, &rules, &[("a", "1")]), format!("{raw}&a=1"));
    }
    let raw = "https://e.com/?{{ a & }}#{{b}}";
    let tokens = [15..24, 25..30];
    let rules = Rules { tokens: &tokens, ..RULES };
    assert_eq!(written(raw, &rules, &[("c", "d")]), "https://e.com/?{{ a & }}&c=d#{{b}}");
}

#[test]
fn values_are_encoded_once_but_for_their_macros() {
    let free = [("utm_term", "A+B 50% off"), ("ü&", "a=b&c#d/ä~-._*'")];
    assert_eq!(
        written("https://e.com/?x=%2B", &RULES, &free),
        "https://e.com/?x=%2B&utm_term=A%2BB%2050%25%20off\
         &%C3%BC%26=a%3Db%26c%23d%2F%C3%A4~-._%2A%27"
    );
    let text = "é {{ad.id}} %%x%%";
    let tokens = [3..12, 13..18];
    let value = Value { text, tokens: &tokens };
    let mut out = String::new();
    read("https://e.com/", &RULES).unwrap().prepare().write(&mut out, [("v", value)]);
    assert_eq!(out, "https://e.com/?v=%C3%A9%20{{ad.id}}%20%%x%%");
    let nonsense = Value { text: "é&", tokens: &[1..2, 9..12, 2..3] };
    out.clear();
    read("https://e.com/", &RULES).unwrap().prepare().write(&mut out, [("v", nonsense)]);
    assert_eq!(out, "https://e.com/?v=%C3%A9&");
}

#[test]
fn wild_urls_are_taken_apart() {
    let parts = split(
        " HTTPS://user@WWW.Bücher.example:443/A%20b?UTM%5FSource=A%2BB+c&amp;utm_id=1&fbclid=x&ScCid=y&&a#x?y ",
    );
    assert_eq!((&*parts.scheme, &*parts.host), ("https", "www.xn--bcher-kva.example"));
    assert_eq!((parts.path, parts.fragment), ("/A%20b", Some("x?y")));
    let names: Vec<_> = parts.params.iter().map(|param| &*param.name).collect();
    assert_eq!(names, ["utm_source", "utm_id", "a"]);
    let source = parts.param("utm_source").unwrap();
    assert_eq!((&*source.value, &*source.form_value), ("A+B+c", "A+B c"));
    assert!(source.is("A+B c") && source.is("A+B+c") && !source.is("A B c"));
    let noise: Vec<_> = parts.noise.iter().map(|param| param.raw).collect();
    assert_eq!(noise, ["fbclid=x", "ScCid=y"]);
    for (url, scheme, host, path) in [
        ("e.com/x?a", "", "e.com", "/x"),
        ("//e.com/x", "", "e.com", "/x"),
        ("/x/y", "", "", "/x/y"),
        ("e.com:8080", "", "e.com", ""),
        ("app+x://e/y", "app+x", "e", "/y"),
        ("", "", "", ""),
    ] {
        let parts = split(url);
        assert_eq!((&*parts.scheme, &*parts.host, parts.path), (scheme, host, path), "{url}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        host in "[a-z]{1,5}(\\.[a-z0-9]{1,5}){0,2}\\.(com|example|co\\.uk)",
        path in "(/[a-zA-Z0-9._~:@!$&()*+,;'-]{0,6}|/%[2-7][0-9A-F]){0,4}",
        query in "(\\?([a-z0-9%]{0,4}(=[a-zA-Z0-9+:@/-]{0,6})?&?){0,4})?",
        fragment in "(#[a-zA-Z0-9/?=&-]{0,8})?",
        pairs in proptest::collection::vec(("[a-z_]{1,8}", "\\PC{0,12}"), 0..4),
    ) {
        let raw = format!("https://{host}{path}{query}{fragment}");
        let Ok(address) = read(&raw, &RULES) else { return Ok(()) };
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        let mut out = String::new();
        address.with_params(&pairs, &mut out);
        let (before, after) = (Url::parse(&raw).unwrap(), Url::parse(&out).unwrap());
        prop_assert_eq!(after.as_str(), &out);
        prop_assert_eq!((before.path(), before.fragment()), (after.path(), after.fragment()));
        prop_assert!(after.query().unwrap_or("").starts_with(before.query().unwrap_or("")));
        let owned = |url: &Url| url.query_pairs().into_owned().collect::<Vec<_>>();
        let mut expected = owned(&before);
        expected.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        prop_assert_eq!(owned(&after), expected);
        let parts = split(&out);
        prop_assert_eq!(&*parts.host, address.host());
        for (found, (_, value)) in parts.params.iter().chain(&parts.noise).rev().zip(pairs.iter().rev()) {
            if parts.noise.is_empty() {
                prop_assert!(found.value == *value && found.form_value == *value);
            }
        }
    }
}
