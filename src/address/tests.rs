//! What is refused, by which name, at which bytes.

use std::ops::Range;

use proptest::prelude::*;

use super::characters::invisible_name;
use super::*;

const ANY_FRAGMENT: Rules<'_> = Rules { fragment: true, tagged: Tagged::Refuse, tokens: &[] };

/// The ranges of texts in a URL, in order.
fn ranges(raw: &str, texts: &[&str]) -> Vec<Range<usize>> {
    let mut from = 0;
    texts
        .iter()
        .map(|text| {
            let start = from + raw[from..].find(text).unwrap();
            from = start + text.len();
            start..from
        })
        .collect()
}

/// The names of the faults and the bytes that they are about.
fn faults<'a>(raw: &'a str, rules: &Rules<'_>) -> Vec<(&'static str, &'a str)> {
    let found = read(raw, rules).err().unwrap_or_default();
    found.iter().map(|fault| (fault.kind.name(), &raw[fault.range.clone()])).collect()
}

#[track_caller]
fn check(raw: &str, expected: &[(&str, &str)]) {
    assert_eq!(faults(raw, &ANY_FRAGMENT), expected, "{raw:?}");
}

#[track_caller]
fn check_help(raw: &str, message: &str, help: &str) {
    let found = read(raw, &Rules::default()).unwrap_err();
    let told: Vec<_> = found.iter().map(|fault| (&*fault.message, &*fault.help)).collect();
    assert!(told.contains(&(message, help)), "{told:#?}");
}

#[test]
fn plain_bases_are_accepted() {
    for raw in [
        "https://e.com",
        "https://e.com/",
        "https://e.com?a=b",
        "https://www.lumen.example/a//b/;v=1/@x:y(z)!$*,~'?a=1&a=2&&flag&c=%2B+x/:@;z#top?x/y",
        "https://e.com/p?",
        "https://e.com/p?a=1&",
        "https://e.com/#/sale",
        "https://e.com/A%2fb/?q=sony%20dual&r=%E2%82%AC%ff",
        "https://xn--bcher-kva.example/a&b/c",
        "https://r3---sn.example.com/?next=/cart&url=https%3A%2F%2Fshop.e.example.com%2Fa%2520b",
        "https://e.com/?id=1234567890&v=2026-11-27&at=a@2x&code=123456789012",
    ] {
        check(raw, &[]);
    }
}

#[test]
fn tagged_bases_are_refused_in_every_spelling() {
    check("https://e.com/p?utm_source=Partner&x=1#top", &[("base-tagged", "utm_source=Partner")]);
    for name in
        ["utm%5Fsource", "UTM_SOURCE", "%75tm_x", "utm_", "GCLID", "ScCid", "%EF%BB%BFutm_a"]
    {
        let pair = format!("{name}=1");
        check(&format!("https://e.com/p?a=b&{pair}&c=d"), &[("base-tagged", &pair)]);
    }
    check("https://e.com/?a=1;utm_source=x;b", &[("base-tagged", "utm_source=x")]);
    check("https://e.com/?autumn_x=1&my_utm=1&utmost=2&xgclid=1", &[]);
}

#[test]
fn tags_behind_the_fragment_are_refused() {
    let raw = "https://e.com/p#s?utm_source=x";
    check(raw, &[("utm-in-fragment", "utm_source=x")]);
    check("https://e.com/#utm%5Fsource=x", &[("utm-in-fragment", "utm%5Fsource=x")]);
    let found = faults(raw, &Rules::default());
    assert_eq!(found, [("fragment", "#s?utm_source=x"), ("utm-in-fragment", "utm_source=x")]);
    let replace = Rules { tagged: Tagged::Replace, ..ANY_FRAGMENT };
    assert_eq!(faults(raw, &replace), [("utm-in-fragment", "utm_source=x")]);
}

#[test]
fn question_marks_are_counted() {
    check("https://e.com/p&utm_source=a", &[("no-query-mark", "&utm_source=a")]);
    check("https://e.com/p&a=b", &[("no-query-mark", "&a=b")]);
    check("https://e.com/p&utm_id=a?b=c", &[("no-query-mark", "&utm_id=a")]);
    check(
        "https://e.com/?utm_source=a?utm_medium=b",
        &[("base-tagged", "utm_source=a?utm_medium=b"), ("second-question-mark", "?")],
    );
}

#[test]
fn html_is_noticed() {
    check("https://e.com/p?a=1&amp;b=2", &[("html-escaped", "&amp;")]);
    check(
        "https://e.com/p?a=1&AMP;b=2&quot;",
        &[("html-escaped", "&AMP;"), ("html-escaped", "&quot;")],
    );
    check(
        "https://e.com/p?a=1&amp;utm_id=2",
        &[("html-escaped", "&amp;"), ("base-tagged", "amp;utm_id=2")],
    );
    check_help(
        "https://e.com/p?a=1&#38;b=2",
        "`&#38;` was copied from the source of a page",
        "write `&` for `&#38;`",
    );
}

#[test]
fn unseen_characters_are_named() {
    for (raw, message) in [
        ("https://exa\nmple.com/p", "the address holds U+000A LINE FEED"),
        (
            "\u{feff}https://e.com/",
            "the address holds U+FEFF ZERO WIDTH NO-BREAK SPACE, also known as a byte order mark",
        ),
        ("https://e.com/\u{200b}p", "the address holds U+200B ZERO WIDTH SPACE"),
        ("https://e.com/p\u{a0}", "the address holds U+00A0 NO-BREAK SPACE"),
        ("https://e.\tcom/a\tb", "the address holds U+0009 TAB, 2 times"),
        ("https://e.com/\u{85}", "the address holds U+0085 NEXT LINE"),
        ("https://e.com/\u{1}", "the address holds U+0001 CONTROL CHARACTER"),
    ] {
        let found = read(raw, &ANY_FRAGMENT).unwrap_err();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].kind.name(), "control-or-invisible");
        assert_eq!(found[0].message, message);
    }
    check(" https://e.com/a b", &[("control-or-invisible", " ")]);
    check(
        "https://e.com/%0d%0Ax",
        &[("control-or-invisible", "%0d"), ("control-or-invisible", "%0A")],
    );
    check(
        "https://e.com/\u{202e}a\u{200b}",
        &[("control-or-invisible", "\u{202e}"), ("control-or-invisible", "\u{200b}")],
    );
}

#[test]
fn what_is_unseen_and_what_is_not() {
    for one in ['\0', '\t', ' ', '\u{200b}', '\u{feff}', '\u{fffc}', '\u{e0041}', '\u{2065}'] {
        assert!(invisible_name(one).is_some(), "{one:?}");
    }
    for one in ['a', '~', 'é', '株', '🎁'] {
        assert_eq!(invisible_name(one), None, "{one:?}");
    }
}

#[test]
fn every_odd_front_has_its_own_name() {
    check("https://good.com@evil.com/", &[("userinfo", "good.com@")]);
    check("https://ex.com\\@evil.com/", &[("backslash", "\\")]);
    check("https:evil.com", &[("missing-slashes", "https:")]);
    check("https:///evil.com", &[("missing-slashes", "https:///")]);
    check("https:\\\\evil.com", &[("backslash", "\\"), ("backslash", "\\")]);
    check("//evil.com", &[("scheme-relative", "//")]);
    check("javascript:alert(1)", &[("odd-scheme", "javascript:")]);
    check("data:text/html,x", &[("odd-scheme", "data:")]);
    check("https://{{host}}/p", &[("token-in-host", "{{host}}")]);
    check("http://e.com/", &[("not-https", "http:")]);
    check("HTTPS://e.com/", &[("not-normalised", "HTTPS:")]);
    check("e.com/p", &[("odd-scheme", "e.com")]);
    check("e.com:8080/p", &[("odd-scheme", "e.com")]);
    check("/p", &[("odd-scheme", "/")]);
    check("", &[("odd-scheme", "")]);
    check("https://", &[("bad-host", "")]);
    check("https://e.com:443/", &[("port", ":443")]);
    check("https://e.com:/", &[("port", ":")]);
    check("https://E.com/", &[("not-normalised", "E.com")]);
    check("https://e.com./", &[("trailing-dot", ".")]);
    check("https://0x7f.1/", &[("ip-host", "0x7f.1")]);
    check("https://[::1]:80/", &[("ip-host", "[::1]"), ("port", ":80")]);
    check("https://exam_ple.com/", &[("bad-host", "_")]);
    check("https://ex%61mple.com/", &[("bad-host", "%")]);
    check(
        "http:E_x.com",
        &[
            ("not-https", "http:"),
            ("missing-slashes", "http:"),
            ("not-normalised", "E_x.com"),
            ("bad-host", "_"),
        ],
    );
}

#[test]
fn what_parsers_would_repair_is_refused() {
    check("https://e.com/a/../b", &[("not-normalised", "/a/../b")]);
    check("https://e.com/%2e%2E/b", &[("not-normalised", "/%2e%2E/b")]);
    check("https://e.com/?a='b'", &[("not-normalised", "'"), ("not-normalised", "'")]);
    check("https://e.com/a\\b?c=\\", &[("backslash", "\\"), ("backslash", "\\")]);
    check(
        "https://e.com/\"?<>^`{|}[]#a#",
        &[
            ("unencoded", "\""),
            ("unencoded", "<"),
            ("unencoded", ">"),
            ("unencoded", "^"),
            ("unencoded", "`"),
            ("unencoded", "{"),
            ("unencoded", "|"),
            ("unencoded", "}"),
            ("unencoded", "["),
            ("unencoded", "]"),
            ("unencoded", "#"),
        ],
    );
    check("https://e.com/müsli?ä=1", &[("non-ascii", "ü"), ("non-ascii", "ä")]);
    check_help("https://e.com/café-ée", "`é` is not ASCII", "write `%C3%A9`");
    check_help("https://e.com/<", "`<` stands unencoded in the address", "write `%3C` for `<`");
    check_help(
        "https://e.com/a/./b",
        "`/a/./b` is not as browsers write it",
        "write `https://e.com/a/b`",
    );
}

#[test]
fn escapes_are_judged() {
    check(
        "https://e.com/100%?a=%zz&b=%4",
        &[("bad-escape", "%"), ("bad-escape", "%zz"), ("bad-escape", "%4")],
    );
    check("https://e.com/a%2520b", &[("double-encoded", "%2520")]);
    check(
        "https://e.com/?u=https%253A%252F%252Fe.com",
        &[("double-encoded", "%253A"), ("double-encoded", "%252F"), ("double-encoded", "%252F")],
    );
    check("https://e.com/?u=https%3A%2F%2Fe.com%2Fa%2520b&c=%2520", &[("double-encoded", "%2520")]);
    check("https://e.com/?q=50%25", &[]);
}

#[test]
fn redirects_to_other_sites_are_noticed() {
    for pair in [
        "url=https://evil.example/",
        "u=https%3A%2F%2Fevil.example",
        "NEXT=//evil.example",
        "goto=%2F%2fevil.example",
        "return=%5C%5Cevil.example",
        "dest=http:evil.example",
        "to=javascript:alert(1)",
        "redirect=/%5Cevil.example",
        "next=https://e.com@evil.example/",
        "next=https://e.com.evil.example/",
        "url=%09https://evil.example",
    ] {
        let raw = format!("https://e.com/?a=b&{pair}");
        let found = faults(&raw, &Rules::default());
        assert!(found.iter().any(|(name, _)| *name == "unknown-open-redirect"), "{pair} {found:?}");
    }
    for pair in [
        "url=https://shop.e.com/x",
        "next=/cart",
        "to=paris",
        "page=https://other.example/",
        "url=1:2",
    ] {
        check(&format!("https://www.e.com/?{pair}"), &[]);
    }
}

#[test]
fn people_are_noticed() {
    for pair in [
        "e=ann@mail.example",
        "e=ann%40mail.example",
        "p=%2B49%20151%2012345678",
        "q=(555)%20123-4567",
        "tel=5551234567",
        "x=+4915112345678",
    ] {
        check(&format!("https://e.com/?{pair}&a=1"), &[("pii", pair)]);
    }
    check("https://e.com/?a=@brand&b=a@2x.5&id=5551234567&d=20261127&ean=4006381333931", &[]);
}

#[test]
fn macros_are_opaque_but_not_in_front() {
    let raw = "https://{{h}}.e.com:{p}/";
    let tokens = ranges(raw, &["{{h}}", "{p}"]);
    let rules = Rules { tokens: &tokens, ..ANY_FRAGMENT };
    assert_eq!(
        faults(raw, &rules),
        [("token-in-host", "{{h}}"), ("port", ":{p}"), ("token-in-host", "{p}")]
    );
    let raw = "{lpurl}?a=b";
    let tokens = ranges(raw, &["{lpurl}"]);
    assert_eq!(
        faults(raw, &Rules { tokens: &tokens, ..ANY_FRAGMENT }),
        [("token-in-host", "{lpurl}")]
    );
    let raw = "https://e.com/{{a\nb}}";
    let tokens = ranges(raw, &["{{a\nb}}"]);
    assert_eq!(
        faults(raw, &Rules { tokens: &tokens, ..ANY_FRAGMENT }),
        [("control-or-invisible", "\n")]
    );
    let raw = "https://e.com/%{é}";
    let tokens = ranges(raw, &["{é}"]);
    assert_eq!(faults(raw, &Rules { tokens: &tokens, ..ANY_FRAGMENT }), [("bad-escape", "%{é")]);
    let nonsense = [Range { start: 5, end: 3 }, 7..100, 0..1];
    assert!(read("https://e.com/{", &Rules { tokens: &nonsense, ..ANY_FRAGMENT }).is_err());
}

#[test]
fn too_long_is_one_fault() {
    let raw = format!("https://e.com/{}", "é".repeat(2_000));
    let found = read(&raw, &ANY_FRAGMENT).unwrap_err();
    assert_eq!((found.len(), found[0].kind), (1, AddressFaultKind::TooLong));
    assert!(raw.get(found[0].range.clone()).is_some());
}

#[test]
fn names_of_kinds_are_distinct() {
    let mut names: Vec<_> = AddressFaultKind::ALL.iter().map(|kind| kind.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), AddressFaultKind::ALL.len());
}

proptest! {
    #[test]
    fn nothing_panics_and_every_fault_can_be_shown(
        raw in "(https://)?([a-z.%{}&?#;/=@:\\\\é\u{200b}\u{202e}\u{e0001} \t0-9-]|utm_|&amp;|\\PC){0,40}",
        tokens in proptest::collection::vec((0usize..60, 0usize..60), 0..3),
    ) {
        let tokens: Vec<_> = tokens.into_iter().map(|(start, end)| start..end).collect();
        for tokens in [&tokens[..], &[]] {
            let found = read(&raw, &Rules { tokens, ..Rules::default() }).err().unwrap_or_default();
            for fault in &found {
                prop_assert!(raw.get(fault.range.clone()).is_some(), "{fault:?}");
                let told = format!("{}{}", fault.message, fault.help);
                let unseen = told.chars().find(|one| *one != ' ' && invisible_name(*one).is_some());
                prop_assert_eq!(unseen, None, "{:?}", fault);
            }
            if tokens.is_empty() && found.is_empty() {
                prop_assert!(url::Url::parse(&raw).is_ok());
            }
        }
        let _ = split(&raw);
        let _ = near_host(&raw, &["lumen.example"]);
        let _ = same_site(&raw, &[&raw, "lumen.example"]);
        let _ = check_permitted(&raw);
    }
}
