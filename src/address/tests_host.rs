//! Hosts: names, look-alikes, and what a list of permitted ones admits.

use super::*;

#[track_caller]
fn check(host: &str, expected: Option<&str>) {
    let found = check_host(host).err().map(|fault| fault.kind.name());
    assert_eq!(found, expected, "{host}");
}

#[test]
fn hosts_are_judged() {
    for host in [
        "lumen.example",
        "www.a-b.co.uk",
        "xn--bcher-kva.example",
        "r3---sn.example.com",
        "1.e.com",
        "xn--e1afmkfd.xn--p1ai",
        "xn--bcher-kva.xn--p1ai",
        "paral.lel.cat",
    ] {
        check(host, None);
    }
    for (host, expected) in [
        ("", "bad-host"),
        ("localhost", "bad-host"),
        ("a..b", "bad-host"),
        (".a.b", "bad-host"),
        ("-a.com", "bad-host"),
        ("a-.com", "bad-host"),
        ("exam_ple.com", "bad-host"),
        ("a b.com", "bad-host"),
        ("ex%61mple.com", "bad-host"),
        ("xn--a.com", "bad-host"),
        ("xn--.com", "bad-host"),
        ("a.com:80", "bad-host"),
        ("e.com.", "trailing-dot"),
        (".", "bad-host"),
        ("E.com", "not-normalised"),
        ("0x7f.1", "ip-host"),
        ("2130706433", "ip-host"),
        ("0177.0.0.1", "ip-host"),
        ("127.0.0.1.", "ip-host"),
        ("a.0x", "ip-host"),
        ("[::1]", "ip-host"),
        ("１２７.0.0.1", "ip-host"),
        ("bücher.example", "non-ascii"),
        ("Ⅷ.com", "non-ascii"),
        ("a。b.com", "non-ascii"),
        ("\u{200b}.com", "bad-host"),
    ] {
        check(host, Some(expected));
    }
    check(&"é".repeat(100_000), Some("bad-host"));
    check(&format!("{}.com", "a".repeat(64)), Some("bad-host"));
    check(&"a.".repeat(127), Some("trailing-dot"));
    check(&format!("{}com", "a.".repeat(127)), Some("bad-host"));
    assert_eq!(check_host("bücher.example").unwrap_err().help, "write `xn--bcher-kva.example`");
    assert_eq!(check_host("ａ。b.com").unwrap_err().help, "write `a.b.com`");
}

#[test]
fn look_alikes_are_found_in_both_spellings() {
    let shown = check_host("аррӏе.com").unwrap_err();
    let coded = check_host("xn--80ak6aa92e.com").unwrap_err();
    assert_eq!((shown.kind, &shown.message), (AddressFaultKind::ConfusableHost, &coded.message));
    assert_eq!(
        coded.message,
        "`xn--80ak6aa92e.com` shows as `аррӏе.com`, which looks like `apple.com`: it is another host"
    );
    for host in [
        "pаypal.com",
        "ɡoogle.com",
        "gοοgle.com",
        "example.comノlogin.example",
        "сор.com",
        "☃.net",
        "xn--zzz.com",
    ] {
        check(host, Some("confusable-host"));
    }
    for host in ["сор.рф", "æble.dk", "cœur.fr", "ノート.jp", "日本go.jp", "müller.de", "bücher.рф"]
    {
        check(host, Some("non-ascii"));
    }
}

#[test]
fn a_site_is_a_registrable_domain() {
    let permitted =
        ["lumen.example", "shop.nova.co.uk", "github.io", "brand.myshopify.com", "amazonaws.com"];
    for host in [
        "lumen.example",
        "www.lumen.example",
        "a.b.LUMEN.example",
        "shop.nova.co.uk",
        "x.shop.nova.co.uk",
        "brand.myshopify.com",
    ] {
        assert!(same_site(host, &permitted), "{host}");
    }
    for host in [
        "evillumen.example",
        "lumen.example.evil.com",
        "nova.co.uk",
        "www.nova.co.uk",
        "a.github.io",
        "other.myshopify.com",
        "co.uk",
        "example",
        "",
        "lumen.example.",
        "evil.s3.amazonaws.com",
        ".lumen.example.x",
    ] {
        assert!(!same_site(host, &permitted), "{host}");
    }
    assert!(!same_site("", &["", "com"]) && !same_site("a.com", &["", "com"]));
}

#[test]
fn permitted_entries_are_judged() {
    let kind = |entry: &str| check_permitted(entry).err().map(|fault| fault.kind.name());
    for entry in ["github.io", "myshopify.com", "co.uk", "s3.amazonaws.com"] {
        assert_eq!(kind(entry), Some("public-suffix"), "{entry}");
    }
    for entry in ["lumen.example", "shop.nova.co.uk", "foo.github.io"] {
        assert_eq!(kind(entry), None, "{entry}");
    }
    for entry in ["*.lumen.example", "https://lumen.example/x", ".lumen.example"] {
        let help = check_permitted(entry).unwrap_err().help;
        assert_eq!(help, "write `lumen.example`, which admits the hosts below it too");
    }
}

#[test]
fn near_hosts_are_named() {
    let permitted = ["apple.com", "lumen.example", "microsoft.com"];
    for (host, near) in [
        ("xn--80ak6aa92e.com", Some("apple.com")),
        ("www.appIe.com", Some("apple.com")),
        ("rnicrosoft.com", Some("microsoft.com")),
        ("lumne.example", Some("lumen.example")),
        ("lumen.example.evil.com", Some("lumen.example")),
        ("solar.example", None),
        ("", None),
    ] {
        assert_eq!(near_host(host, &permitted), near, "{host}");
    }
}
