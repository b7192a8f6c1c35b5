//! Links as networks write them, byte for byte, and as they are found in the wild.

use super::*;

const AWIN: &[(&str, &str)] = &[("merchant", "1001"), ("publisher", "45628")];
const TRACKED: &[(&str, &str)] =
    &[("utm_source", "acme"), ("utm_medium", "email"), ("utm_campaign", "2026-spring")];

fn wrap(name: &str, destination: &str, sub_id: &str, fields: &[(&str, &str)]) -> String {
    let link = Wrapped { destination, sub_id, fields, pairs: TRACKED };
    built_in(name).unwrap().wrap(&link).unwrap()
}

fn refusal(name: &str, destination: &str, sub_id: &str, fields: &[(&str, &str)]) -> WrapFault {
    let link = Wrapped { destination, sub_id, fields, pairs: TRACKED };
    built_in(name).unwrap().wrap(&link).unwrap_err()
}

#[test]
fn awin_encodes_the_inner_url_once() {
    let inner = "https://www.example.com/p?q=sony%20dual&utm_content=a%2Bb#x";
    let url = wrap("awin", inner, "tl-000123", AWIN);
    assert_eq!(
        url,
        "https://www.awin1.com/cread.php?awinmid=1001&awinaffid=45628&clickref=tl-000123\
         &ued=https%3A%2F%2Fwww.example.com%2Fp%3Fq%3Dsony%2520dual%26utm_content%3Da%252Bb%23x"
    );
    let back = built_in("awin").unwrap().unwrap(&url).unwrap();
    assert_eq!(back.destination, inner);
    assert_eq!(back.sub_id.as_deref(), Some("tl-000123"));
    assert_eq!(back.fields, [("merchant", "1001"), ("publisher", "45628")].map(owned));
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn play_referrer_is_encoded_once() {
    let page = "https://play.google.com/store/apps/details?id=com.acme.shop";
    let url = wrap("play-referrer", page, "", &[]);
    assert_eq!(
        url,
        format!(
            "{page}&referrer=utm_source%3Dacme%26utm_medium%3Demail%26utm_campaign%3D2026-spring"
        )
    );
    let back = built_in("play-referrer").unwrap().unwrap(&url).unwrap();
    assert_eq!(back.destination, page);
    assert_eq!(back.pairs, TRACKED.iter().copied().map(owned).collect::<Vec<_>>());
    assert_eq!(refusal("play-referrer", "https://evil.com/p", "", &[]).part, Part::Destination);
    assert_eq!(refusal("play-referrer", &url, "", &[]).part, Part::Destination);
}

#[test]
fn partnerize_puts_the_destination_last() {
    let url = wrap("partnerize", "https://e.com/p?a=1#f", "tl-000123", &[("camref", "1011lMK8n")]);
    assert_eq!(
        url,
        "https://prf.hn/click/camref:1011lMK8n/pubref:tl-000123\
         /destination:https%3A%2F%2Fe.com%2Fp%3Fa%3D1%23f"
    );
    let url = wrap("partnerize", "https://e.com/", "x1", &[("camref", "X"), ("adref", "london")]);
    assert_eq!(
        url,
        "https://prf.hn/click/camref:X/pubref:x1/ar:london/destination:https%3A%2F%2Fe.com%2F"
    );
}

#[test]
fn the_other_networks_write_their_links() {
    let inner = "https://e.com/p?a=1";
    let coded = "https%3A%2F%2Fe.com%2Fp%3Fa%3D1";
    assert_eq!(
        wrap("rakuten", inner, "bcd2345gh", &[("publisher", "nOD/rLJHO*c"), ("merchant", "38")]),
        format!(
            "https://click.linksynergy.com/deeplink?id=nOD%2FrLJHO%2Ac&mid=38&u1=bcd2345gh\
             &murl={coded}"
        )
    );
    assert_eq!(
        wrap("cj", inner, "bcd2345gh", &[("property", "1234567"), ("ad", "10273655")]),
        format!("https://www.anrdoezrs.net/click-1234567-10273655?sid=bcd2345gh&url={coded}")
    );
    let impact =
        [("domain", "acme.pxf.io"), ("partner", "12"), ("ad", "345"), ("campaign", "6789")];
    assert_eq!(
        wrap("impact", inner, "bcd2345gh", &impact),
        format!("https://acme.pxf.io/c/12/345/6789?subId1=bcd2345gh&u={coded}")
    );
    let onelink = [
        ("domain", "acme.onelink.me"),
        ("template", "H5hv"),
        ("media_source", "email"),
        ("deep_link_value", "offer"),
        ("app_uri", "acme://offer"),
    ];
    assert_eq!(
        wrap("onelink", inner, "bcd2345gh", &onelink),
        format!(
            "https://acme.onelink.me/H5hv?pid=email&c=2026-spring&deep_link_value=offer\
             &deep_link_sub1=bcd2345gh&af_dp=acme%3A%2F%2Foffer&af_web_dp={coded}"
        )
    );
    assert_eq!(
        wrap("plain", "https://e.com/#/sale", "bcd2345gh", &[("subid_param", "ref")]),
        "https://e.com/?ref=bcd2345gh#/sale"
    );
    assert_eq!(
        wrap("plain", "https://e.com/?", "bcd2345gh", &[("subid_param", "ref")]),
        "https://e.com/?ref=bcd2345gh"
    );
}

#[test]
fn a_parameter_has_one_owner() {
    for taken in ["ref", "REF", "r%65f"] {
        let destination = format!("https://e.com/?a=1&{taken}=x");
        let fault = refusal("plain", &destination, "bcd2345gh", &[("subid_param", "ref")]);
        assert_eq!(fault.part, Part::Destination, "{taken}");
    }
}

#[test]
fn hostile_values_are_refused_where_they_stand() {
    for value in ["", " ", "1&ued=https://evil.com", "1#", "1%26", "１", "1\n", "1/..", "0x1"] {
        let fields = [("merchant", value), ("publisher", "1")];
        let fault = refusal("awin", "https://e.com/", "x1", &fields);
        assert_eq!(fault.part, Part::Field("merchant".to_owned()), "{value:?}");
        assert!(!fault.message.contains('\n'), "{fault:?}");
        assert!(value.get(fault.range).is_some());
    }
    for sub_id in ["", "a b", "a&b", "a#", "a%20", "ä", "a\n", "A", "a/b", "12", "000"] {
        let fault = refusal("partnerize", "https://e.com/", sub_id, &[("camref", "X")]);
        assert_eq!(fault.part, Part::SubId, "{sub_id:?}");
    }
    let wrong = ["http://e.com/", "//e.com", "https://", "https:///p", "javascript:alert(1)", ""];
    for destination in wrong.into_iter().chain(["https://e.com/\n", "https://e.com/\u{85}"]) {
        let fault = refusal("awin", destination, "x1", AWIN);
        assert_eq!(fault.part, Part::Destination, "{destination:?}");
    }
    for uri in ["http://e.com", "HTTPS://e.com", "javascript://%0aalert(1)", "acme", "://x"] {
        let fields = [
            ("domain", "a.onelink.me"),
            ("template", "H"),
            ("media_source", "email"),
            ("deep_link_value", "x"),
            ("app_uri", uri),
        ];
        let fault = refusal("onelink", "https://e.com/", "x1", &fields);
        assert_eq!(fault.part, Part::Field("app_uri".to_owned()), "{uri:?}");
    }
    let hosts = ["evil.com", "pxf.io", "evilpxf.io", "a.pxf.io.evil.com", "-a.pxf.io", "a..pxf.io"];
    for domain in hosts.into_iter().chain(["a.pxf.io/x", "a.pxf.io:1", "u@a.pxf.io", ".pxf.io"]) {
        let fields = [("domain", domain), ("partner", "1"), ("ad", "2"), ("campaign", "3")];
        let fault = refusal("impact", "https://e.com/", "x1", &fields);
        assert_eq!(fault.part, Part::Field("domain".to_owned()), "{domain:?}");
    }
}

#[test]
fn links_of_the_wild_are_read() {
    let awin = built_in("awin").unwrap();
    let found = |url: &str| awin.unwrap(url).map(|found| found.destination);
    let inner = Some("https://e.com/p?q=a%20b".to_owned());
    for url in [
        "https://www.awin1.com/cread.php?ued=https%3a%2f%2fe.com%2fp%3fq%3da%2520b&awinmid=1",
        "http://AWIN1.com/cread.php?x=1&UED=https%3A%2F%2Fe.com%2Fp%3Fq%3Da%2520b#f",
        "https://www.awin1.com:443/cread.php/?%75ed=https://e.com/p?q=a%2520b",
        "https://www.awin1.com/cread.php?ued=https%253A%252F%252Fe.com%252Fp%253Fq%253Da%252520b",
    ] {
        assert_eq!(found(url), inner, "{url}");
    }
    for url in [
        "https://www.awin1.com/cread.php?awinmid=1",
        "https://www.awin1.com/cread.php?ued=",
        "https://www.awin1.com/cread.php?ued=javascript%3Aalert(1)",
        "https://www.awin1.com/cread.php?ued=https%3A%2F%2Fe.com%2F%0A",
        "https://www.awin1.com/cread.php?ued=https%3A%2F%2Fe.com%2F%FF",
        "https://www.awin1.com/cread.php?ued=https%3A%2F%2Fa.com&ued=https%3A%2F%2Fb.com",
        "https://www.awin1.com/other.php?ued=https%3A%2F%2Fe.com",
        "https://www.awin1.com\\@evil.com/cread.php?ued=https%3A%2F%2Fe.com",
        "https://www.awin1.com@evil.com/cread.php?ued=https%3A%2F%2Fe.com",
        "https://evil.com/cread.php?ued=https%3A%2F%2Fe.com",
        "https://www.awin1.com",
        "",
    ] {
        assert_eq!(found(url), None, "{url}");
    }
}

#[test]
fn partnerize_is_read_raw_and_in_any_order() {
    let partnerize = built_in("partnerize").unwrap();
    let url =
        "http://aos.prf.hn/click/camref:1l/pubref:base/destination:https://e.com/a/../b?x=%20#f";
    let raw = partnerize.unwrap(url).unwrap();
    assert_eq!(raw.destination, "https://e.com/a/../b?x=%20#f");
    assert_eq!(raw.sub_id.as_deref(), Some("base"));
    let url = "https://prf.hn/click/destination:https%3a%2f%2fe.com/pubref:x1/camref:1l?z=1";
    let other = partnerize.unwrap(url).unwrap();
    assert_eq!(
        (other.destination.as_str(), other.sub_id.as_deref()),
        ("https://e.com", Some("x1"))
    );
    assert_eq!(partnerize.unwrap("https://prf.hn/click/camref:1l"), None);
}

#[test]
fn wrappers_come_off_three_deep() {
    let profiles: Vec<&Profile> = built_in_names().filter_map(built_in).collect();
    let mut url = "https://e.com/p?q=%2B".to_owned();
    for depth in 1..=5 {
        url = wrap("awin", &url, "x1", AWIN);
        let off = unwrap_any(&profiles, &url);
        assert_eq!((off.layers.len(), off.too_deep), (depth.min(MAX_DEPTH), depth > MAX_DEPTH));
        let last = &off.layers.last().unwrap().unwrapped.destination;
        assert_eq!(last == "https://e.com/p?q=%2B", depth <= MAX_DEPTH);
    }
    assert!(unwrap_any(&profiles, "https://e.com/").layers.is_empty());
    assert!(unwrap_any(&[], &url).layers.is_empty());
}
