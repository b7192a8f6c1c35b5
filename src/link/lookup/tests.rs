//! Links are found whatever happened to them on their way.

use std::sync::{Arc, LazyLock};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;
use crate::link::{Details, Link, Params, ShortUrls, Wrapping, propose};
use crate::model::{Excerpt, SourceId, Span};
use crate::source::LockRow;
use crate::wrapper::{Field, Wrapped, built_in, built_in_names};

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

pub(super) fn fields_of(name: &str) -> Vec<(&'static str, &'static str)> {
    FIELDS
        .into_iter()
        .map(|(field, value)| match (name, field) {
            ("rakuten", "publisher") => (field, "abcDEF12345"),
            ("onelink", "domain") => (field, "lumen.onelink.me"),
            _ => (field, value),
        })
        .collect()
}

pub(super) fn link(
    id: &str,
    destination: &str,
    params: &[(&'static str, String)],
    network: &str,
) -> (Link, Details) {
    let (base, fragment) = destination.split_once('#').unwrap_or((destination, ""));
    let mut url = base.to_owned();
    for (name, value) in params {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.extend(utf8_percent_encode(value, VALUE));
    }
    if !fragment.is_empty() {
        url.push('#');
        url.push_str(fragment);
    }
    let short_code = propose(id, 0);
    let wrapping = built_in(network).map(|profile| {
        let fields = fields_of(network);
        let link = Wrapped { destination: &url, sub_id: &short_code, fields: &fields, pairs: &[] };
        url = profile.wrap(&link).unwrap();
        let taken = profile.fields().iter().map(Field::name);
        let fields = taken.map(|name| {
            let found = fields.iter().find(|(known, _)| *known == name).unwrap();
            (name.to_owned(), found.1.to_owned())
        });
        let span = Span::new(SourceId(0), 0, 0);
        let fields = fields.collect();
        Arc::new(Wrapping { profile: network.to_owned(), fields, macros: None, span })
    });
    let details = Details {
        destination: destination.into(),
        params: Params::new(params.iter().map(|(name, value)| (*name, value.as_str()))),
        has_sub_id: wrapping.is_some(),
        wrapping,
        ga4_channel: "",
    };
    let placement = id.bytes().map(usize::from).sum();
    let link =
        Link { id: id.into(), placement, rule: 0, url: url.into(), short_code: short_code.into() };
    (link, details)
}

static SHORT_URLS: LazyLock<ShortUrls> = LazyLock::new(ShortUrls::default);

pub(super) fn made((link, details): &(Link, Details)) -> MadeLink<'_> {
    MadeLink { link, details, short_urls: &SHORT_URLS }
}

/// Pages with several links each, on our site and on those of partners with each network.
pub(super) fn world() -> Vec<(Link, Details)> {
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

pub(super) fn known<'a>(links: &'a [(Link, Details)], lock: &'a Lock) -> Known<'a> {
    Known {
        links: links.iter().map(made).collect(),
        lock,
        profiles: built_in_names().filter_map(built_in).collect(),
        dialects: vec![Dialect::Meta, Dialect::GoogleAds],
        short_host: "sml.example",
    }
}

pub(super) fn find(what: &str) -> Option<(String, Match, Vec<String>)> {
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

#[test]
fn every_exact_form_is_exact() {
    for (link, _) in world() {
        let [url, id, code] = [&link.url, &link.id, &link.short_code].map(Excerpt::as_str);
        for what in [url, id, code, &format!("https://sml.example/{code}")] {
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
    let code = propose("old.cta", 0);
    let row = LockRow {
        link_id: "old.cta",
        short_code: &code,
        campaign: "bf25",
        channel: "email",
        partner: "lumen",
        ..LockRow::default()
    };
    let mut lock = Lock::default();
    lock.extend(std::iter::once(row));
    let links = world();
    let lookup = Lookup::new(known(&links, &lock));
    let upper = code.to_uppercase();
    for what in ["old.cta", &code, &upper, &format!("sml.example/{upper}")] {
        let found = lookup.find(what).unwrap();
        assert!(matches!(found.link, Minted::Retired { id: "old.cta", .. }), "{what}");
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
    assert_eq!(lookup.find(&links[0].0.url).unwrap().kind, Match::Exact);
    let filled = links[0].0.url.replace("{{ad.id}}", "12345");
    let found = lookup.find(&filled).unwrap();
    assert_eq!(found.kind, Match::Same);
    assert_eq!(found.differences[0].note, "utm_content is `12345-x`, filled in for `{{ad.id}}-x`");
    let other = links[0].0.url.replace("{{ad.id}}-x", "12345-y");
    assert_eq!(lookup.find(&other).unwrap().kind, Match::Nearest);
}
