//! Links are found whatever happened to them on their way.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;
use crate::link::{Wrapping, propose};
use crate::model::{SourceId, Span};
use crate::wrapper::{Wrapped, built_in, built_in_names};

const VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'{').remove(b'}');

/// Ids that every built-in profile takes.
const FIELDS: [(&str, &str); 14] = [
    ("merchant", "123"),
    ("publisher", "456"),
    ("property", "7"),
    ("ad", "8"),
    ("partner", "9"),
    ("campaign", "10"),
    ("domain", "lumen.pxf.io"),
    ("template", "abcd"),
    ("camref", "1100abc"),
    ("adref", "x"),
    ("deep_link_value", "offer"),
    ("media_source", "email"),
    ("app_uri", "lumen://offer"),
    ("subid_param", "clickref"),
];

fn fields_of(name: &str) -> Vec<(&'static str, &'static str)> {
    FIELDS
        .into_iter()
        .map(|(field, value)| match (name, field) {
            ("rakuten", "publisher") => (field, "abcDEF12345"),
            ("onelink", "domain") => (field, "lumen.onelink.me"),
            _ => (field, value),
        })
        .collect()
}

fn link(id: &str, destination: &str, params: &[(&'static str, String)], network: &str) -> Link {
    let (base, fragment) = destination.split_once('#').unwrap_or((destination, ""));
    let mut url = base.to_owned();
    for (name, value) in params {
        url.push(if url.contains('?') { '&' } else { '?' });
        url += &format!("{name}={}", utf8_percent_encode(value, VALUE));
    }
    if !fragment.is_empty() {
        url += &format!("#{fragment}");
    }
    let short_code = propose(id, 0);
    let wrapping = built_in(network).map(|profile| {
        let fields = fields_of(network);
        let link = Wrapped { destination: &url, sub_id: &short_code, fields: &fields, pairs: &[] };
        url = profile.wrap(&link).unwrap();
        let taken = profile.fields().iter().map(|field| field.name());
        let fields = taken.map(|name| {
            let found = fields.iter().find(|(known, _)| *known == name).unwrap();
            (name.to_owned(), found.1.to_owned())
        });
        let span = Span::new(SourceId(0), 0, 0);
        Wrapping { profile: network.to_owned(), fields: fields.collect(), span }
    });
    Link {
        id: id.to_owned(),
        placement: id.bytes().map(usize::from).sum(),
        rule: 0,
        destination: destination.to_owned(),
        params: params.to_vec(),
        sub_id: wrapping.as_ref().map(|_| short_code.clone()),
        wrapping,
        url,
        short_url: format!("https://sml.example/{short_code}"),
        short_code,
        ga4_channel: "",
    }
}

/// Pages with several links each, on our site and on those of partners with each network.
fn world() -> Vec<Link> {
    let mut links = Vec::new();
    let networks = ["", "plain", "awin", "partnerize", "rakuten", "impact", "cj"];
    for (number, network) in networks.into_iter().enumerate() {
        for (source, medium) in [("newsletter", "email"), ("text-alerts", "sms")] {
            let params = |role: &str| {
                vec![
                    ("utm_id", "bf26".to_owned()),
                    ("utm_source", source.to_owned()),
                    ("utm_medium", medium.to_owned()),
                    ("utm_content", format!("digest.s0{number}-x~y_z.{role}")),
                    ("utm_term", format!("50% off+more {number}")),
                ]
            };
            let page = format!("https://small.example/bf26/offer-{number}");
            let id = format!("{medium}.{number}");
            links.push(link(&format!("{id}.cta"), &page, &params("cta"), ""));
            links.push(link(
                &format!("{id}.terms"),
                &format!("{page}#terms"),
                &params("terms"),
                "",
            ));
            let partner = format!("https://www.lumen-{number}.example/us/sale?ref=club");
            links.push(link(&format!("{id}.out"), &partner, &params("out"), network));
        }
    }
    links
}

fn known<'a>(links: &'a [Link], lock: &'a Lock) -> Known<'a> {
    Known {
        links,
        lock,
        profiles: built_in_names().filter_map(built_in).collect(),
        dialects: vec![Dialect::Meta, Dialect::GoogleAds],
        short_host: "sml.example",
    }
}

fn find(what: &str) -> Option<(String, Match, Vec<String>)> {
    let (links, lock) = (world(), Lock::default());
    let found = Lookup::new(known(&links, &lock)).find(what)?;
    let notes = found.differences.into_iter().map(|one| one.note).collect();
    Some((found.link.id().to_owned(), found.kind, notes))
}

fn notes(what: &str, id: &str, kind: Match) -> String {
    let (found, how, notes) = find(what).unwrap_or_else(|| panic!("nothing is {what}"));
    assert_eq!((found.as_str(), how), (id, kind), "{what}: {notes:?}");
    notes.join("\n")
}

/// What may happen to a URL.
#[derive(Clone, Debug)]
struct Disturbance {
    upper_host: bool,
    scheme: usize,
    slash: bool,
    noise: Option<(usize, usize)>,
    turn: usize,
    escaped: bool,
    plus: bool,
    upper_values: bool,
    html: bool,
    fragment: bool,
    wrapper: Option<usize>,
}

fn disturbances() -> impl Strategy<Value = Disturbance> {
    let first =
        (any::<bool>(), 0..3usize, any::<bool>(), any::<Option<(usize, usize)>>(), 0..6usize);
    let second = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (first, second, any::<Option<usize>>()).prop_map(|(first, second, wrapper)| {
        let (upper_host, scheme, slash, noise, turn) = first;
        let (escaped, plus, upper_values, html, fragment) = second;
        Disturbance {
            upper_host,
            scheme,
            slash,
            noise,
            turn,
            escaped,
            plus,
            upper_values,
            html,
            fragment,
            wrapper,
        }
    })
}

const NOISE: [&str; 5] = ["gclid=Cj0K", "fbclid=IwAR", "mc_eid=ab12", "_ga=2.1", "page=2"];

/// A value with other escapes, or in upper case.
fn value(text: &str, how: &Disturbance) -> String {
    let mut text = text.to_owned();
    if how.upper_values && !text.contains("%2") {
        text = text.to_uppercase();
    }
    if how.plus {
        text = text.replace("%20", "+");
    }
    if how.escaped {
        text = text.replace('-', "%2D").replace('.', "%2e").replace('~', "%7E");
    }
    text
}

fn disturb(url: &str, how: &Disturbance) -> String {
    let (address, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (address, query) = address.split_once('?').unwrap();
    let (_, rest) = address.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            let (name, text) = pair.split_once('=').unwrap();
            format!("{name}={}", value(text, how))
        })
        .collect();
    let turn = how.turn % pairs.len();
    pairs.rotate_left(turn);
    if let Some((which, at)) = how.noise {
        pairs.insert(at % (pairs.len() + 1), NOISE[which % NOISE.len()].to_owned());
    }
    let scheme = ["https", "http", "HTTPS"][how.scheme];
    let host = if how.upper_host { host.to_uppercase() } else { host.to_owned() };
    let slash = if how.slash { "/" } else { "" };
    let glue = if how.html { "&amp;" } else { "&" };
    let mut out = format!("{scheme}://{host}/{path}{slash}?{}", pairs.join(glue));
    if how.fragment && !fragment.is_empty() {
        out += &format!("#{fragment}");
    }
    out
}

/// Puts a URL into the link of a network, if that network takes it.
fn wrap(url: String, wrapper: Option<usize>) -> String {
    let Some(at) = wrapper else { return url };
    let names: Vec<&str> = built_in_names().collect();
    let name = names[at % names.len()];
    let fields = fields_of(name);
    let link = Wrapped { destination: &url, sub_id: "other", fields: &fields, pairs: &[] };
    built_in(name).unwrap().wrap(&link).unwrap_or(url)
}

proptest! {
    #[test]
    fn a_link_is_found_whatever_happens_to_it(
        which in 0usize..42,
        built in any::<bool>(),
        how in disturbances(),
    ) {
        let (links, lock) = (world(), Lock::default());
        let lookup = Lookup::new(known(&links, &lock));
        let link = &links[which];
        let network = link.wrapping.as_ref().is_some_and(|one| one.profile != "plain");
        // A network's own link is changed by nobody but the network.
        let url = if network && built {
            link.url.clone()
        } else if network {
            let bare = super::tests::link("x", &link.destination, &link.params, "");
            disturb(&bare.url, &how)
        } else {
            disturb(&link.url, &how)
        };
        let url = wrap(url, how.wrapper);
        let found = lookup.find(&url);
        prop_assert!(found.is_some(), "{url}");
        let found = found.unwrap();
        prop_assert_eq!(found.link.id(), link.id.as_str(), "{}: {:?}", url, found.differences);
        prop_assert_ne!(found.kind, Match::Nearest, "{}: {:?}", url, found.differences);
        prop_assert_eq!(found.kind == Match::Exact, url == link.url, "{}", url);
        let all_said = found.differences.iter().all(|one| !one.note.is_empty());
        prop_assert!(all_said, "{:?}", found.differences);
    }

    #[test]
    fn a_short_url_is_found_in_any_case_and_wrapper(
        which in 0usize..42,
        upper in any::<bool>(),
        noise in any::<Option<usize>>(),
        slash in any::<bool>(),
        wrapper in any::<Option<usize>>(),
    ) {
        let (links, lock) = (world(), Lock::default());
        let link = &links[which];
        let mut url = if upper { link.short_url.to_uppercase() } else { link.short_url.clone() };
        if slash {
            url.push('/');
        }
        if let Some(noise) = noise {
            url += &format!("?{}", NOISE[noise % NOISE.len()]);
        }
        let url = wrap(url, wrapper);
        let found = Lookup::new(known(&links, &lock)).find(&url);
        let found = found.map(|found| (found.link.id().to_owned(), found.kind));
        let kind = if url == link.short_url { Match::Exact } else { Match::Same };
        prop_assert_eq!(found, Some((link.id.clone(), kind)), "{}", url);
    }

    #[test]
    fn nothing_stops_it(text in "\\PC{0,60}|https://small.example/[ -~]{0,40}") {
        find(&text);
    }

    #[test]
    fn a_code_with_one_slip_is_near(which in 0usize..42, at in 0usize..9, sign in "[a-z0-9]") {
        let links = world();
        let mut code: Vec<u8> = links[which].short_code.bytes().collect();
        code[at] = sign.as_bytes()[0];
        let code = String::from_utf8(code).unwrap();
        let (_, kind, _) = find(&format!("https://sml.example/{code}")).unwrap();
        let right = code == links[which].short_code;
        prop_assert_eq!(kind, if right { Match::Exact } else { Match::Nearest });
    }
}

#[test]
fn every_exact_form_is_exact() {
    for link in world() {
        for what in [&link.url, &link.id, &link.short_code, &link.short_url] {
            assert_eq!(notes(what, &link.id, Match::Exact), "", "{what}");
        }
    }
}

const CTA: &str = "https://small.example/bf26/offer-0?utm_id=bf26&utm_source=newsletter\
&utm_medium=email&utm_content=digest.s00-x~y_z.cta&utm_term=50%25%20off%2Bmore%200";

#[test]
fn what_differs_is_said() {
    let same = |what: &str, note: &str| {
        assert_eq!(notes(what, "email.0.cta", Match::Same), note, "{what}");
    };
    same(&format!("{CTA}&gclid=x"), "`gclid=x` was added on the way (ad click id)");
    same(&format!("{CTA}&page=2"), "`page=2` was added on the way");
    same(
        &CTA.replace("=email", "=Email"),
        "utm_medium is `Email`, the link has `email`: reports count it apart",
    );
    same(&CTA.replace("&utm_medium=email", ""), "`utm_medium` was lost, the link has `email`");
    same(
        &CTA.replace("s00-x", "s00%2Dx"),
        "utm_content is written `digest.s00%2Dx~y_z.cta`, which means the same",
    );
    same(&CTA.replace("%20", "%2520"), "utm_term was escaped twice: `50%25%2520off%2Bmore%25200`");
    same(
        &CTA.replace("/offer-0", "/offer-0/"),
        "the path is written `/bf26/offer-0/` for `/bf26/offer-0`",
    );
    same(&CTA.replace("/offer-0", ""), "the path is shortened to `/bf26`");
    same(&CTA.replace("https", "http"), "it begins with `http`, not `https`");
    same(&CTA.replace("https://", ""), "it begins without `https://`");
    same(
        &CTA.replace("utm_medium", "UTM_Medium"),
        "`UTM_Medium` is written for `utm_medium`, which reports do not know",
    );
    same(&CTA[..CTA.len() - 4], "utm_term is cut off: `50% off+more` of `50% off+more 0`");
    same(&format!("{CTA}&utm_medium=social"), "`utm_medium` stands again: `utm_medium=social`");
    let inside: String = utf8_percent_encode(CTA, NON_ALPHANUMERIC).collect();
    same(&inside, "the whole URL is escaped, as inside another one");
    same(
        &format!("https://click.example/t?url={inside}"),
        "it was inside the parameter `url` of a link to `click.example`",
    );
}

#[test]
fn what_is_no_link_is_not_taken_for_one() {
    let near = |what: &str, note: &str| {
        assert_eq!(notes(what, "email.0.cta", Match::Nearest), note, "{what}");
    };
    near(&CTA.replace("=email", "=social"), "utm_medium is `social`, the link has `email`");
    near(
        &CTA.replace("/small.", "/other."),
        "the host is `other.example`, the link's is `small.example`",
    );
    near(
        &CTA.replace("offer-0", "else"),
        "the path is `/bf26/else`, the link's is `/bf26/offer-0`",
    );
    let (page, _) = CTA.split_once('?').unwrap();
    assert_eq!(find(page).unwrap().1, Match::Nearest);
    assert!(find("https://elsewhere.example/page").is_none());
    assert!(find("https://elsewhere.example/page?utm_source=newsletter").is_none());
    assert!(find("hello").is_none());
    assert!(find("").is_none());
}

#[test]
fn what_cannot_be_told_apart_is_said() {
    let (links, lock) = (world(), Lock::default());
    let what = "https://small.example/bf26/offer-3?utm_id=bf26&utm_term=50%25%20off%2Bmore%203";
    let found = Lookup::new(known(&links, &lock)).find(what).unwrap();
    assert_eq!((found.kind, found.link.id()), (Match::Nearest, "email.3.cta"));
    assert_eq!(found.also, ["sms.3.cta"]);
}

#[test]
fn codes_of_retired_links_are_known() {
    let entry = LockEntry {
        short_code: propose("old.cta", 0),
        campaign: "bf25".to_owned(),
        channel: "email".to_owned(),
        partner: "lumen".to_owned(),
        span: None,
    };
    let lock = Lock { entries: [("old.cta".to_owned(), entry.clone())].into() };
    let links = world();
    let lookup = Lookup::new(known(&links, &lock));
    let upper = entry.short_code.to_uppercase();
    for what in ["old.cta", &entry.short_code, &upper, &format!("sml.example/{upper}")] {
        let found = lookup.find(what).unwrap();
        assert!(matches!(found.link, Minted::Retired("old.cta", _)), "{what}");
        assert_ne!(found.kind, Match::Nearest, "{what}");
    }
}

#[test]
fn macros_may_have_been_filled_in() {
    let params =
        vec![("utm_source", "facebook".to_owned()), ("utm_content", "{{ad.id}}-x".to_owned())];
    let links = [link("ads.cta", "https://small.example/ads", &params, "")];
    let lock = Lock::default();
    let lookup = Lookup::new(known(&links, &lock));
    assert_eq!(lookup.find(&links[0].url).unwrap().kind, Match::Exact);
    let filled = links[0].url.replace("{{ad.id}}", "12345");
    let found = lookup.find(&filled).unwrap();
    assert_eq!(found.kind, Match::Same);
    assert_eq!(found.differences[0].note, "utm_content is `12345-x`, filled in for `{{ad.id}}-x`");
    let other = links[0].url.replace("{{ad.id}}-x", "12345-y");
    assert_eq!(lookup.find(&other).unwrap().kind, Match::Nearest);
}
