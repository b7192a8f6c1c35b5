//! What holds for every link: no combination of disturbances hides it.

use proptest::prelude::*;

use super::tests::{fields_of, find, known, world};
use super::*;
use crate::wrapper::{Wrapped, built_in, built_in_names};

/// What may happen to a URL.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a disturbance of its own")]
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
        out.push('#');
        out.push_str(fragment);
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
        let link = tests::made(&links[which]);
        let network = link.details.wrapping.as_ref().is_some_and(|one| one.profile != "plain");
        // A network's own link is changed by nobody but the network.
        let url = if network && built {
            link.url.to_string()
        } else if network {
            let params: Vec<_> =
                link.details.params.iter().map(|(name, value)| (name, value.to_owned())).collect();
            let bare = tests::link("x", &link.details.destination, &params, "").0;
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
        prop_assert_eq!(found.kind == Match::Exact, url == link.url.as_str(), "{}", url);
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
        let link = &links[which].0;
        let short_url = format!("https://sml.example/{}", link.short_code);
        let mut url = if upper { short_url.to_uppercase() } else { short_url.clone() };
        if slash {
            url.push('/');
        }
        if let Some(noise) = noise {
            url.push('?');
            url.push_str(NOISE[noise % NOISE.len()]);
        }
        let url = wrap(url, wrapper);
        let found = Lookup::new(known(&links, &lock)).find(&url);
        let found = found.map(|found| (found.link.id().to_owned(), found.kind));
        let kind = if url == short_url { Match::Exact } else { Match::Same };
        prop_assert_eq!(found, Some((link.id.to_string(), kind)), "{}", url);
    }

    #[test]
    fn nothing_stops_it(text in "\\PC{0,60}|https://small.example/[ -~]{0,40}") {
        find(&text);
    }

    #[test]
    fn a_code_with_one_slip_is_near(which in 0usize..42, at in 0usize..9, sign in "[a-z0-9]") {
        let links = world();
        let mut code: Vec<u8> = links[which].0.short_code.bytes().collect();
        code[at] = sign.as_bytes()[0];
        let code = String::from_utf8(code).unwrap();
        let (_, kind, _) = find(&format!("https://sml.example/{code}")).unwrap();
        let right = code == links[which].0.short_code.as_str();
        prop_assert_eq!(kind, if right { Match::Exact } else { Match::Nearest });
    }
}
