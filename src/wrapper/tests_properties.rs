//! What holds for every link: one decoding gives the inner URL back, and nothing breaks out.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use url::Url;

use super::*;

/// Fields of every built-in profile; each profile takes what it knows.
fn fields() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let id = "[1-9][0-9]{0,8}";
    let ids = (id, id, id, id, id, id);
    let words = (
        "[A-Za-z0-9*/]{11}",
        "[a-z0-9]{1,9}\\.(pxf\\.io|sjv\\.io)",
        "[a-z0-9]{1,9}\\.onelink\\.me",
        "[A-Za-z0-9]{1,12}",
        "[a-z]{1,8}://[a-z/?&=#%]{1,9}",
        "zz[a-z_]{1,9}",
    );
    (ids, words).prop_map(|((merchant, publisher, property, ad, partner, campaign), words)| {
        let (rakuten, impact, onelink, word, uri, param) = words;
        vec![
            ("merchant", merchant),
            ("publisher", publisher),
            ("publisher@rakuten", rakuten),
            ("property", property),
            ("ad", ad),
            ("partner", partner),
            ("campaign", campaign),
            ("domain", impact),
            ("domain@onelink", onelink),
            ("template", word.clone()),
            ("camref", word.clone()),
            ("adref", word.clone()),
            ("deep_link_value", word.clone()),
            ("media_source", word.to_lowercase()),
            ("app_uri", format!("x{uri}")),
            ("subid_param", param),
        ]
    })
}

fn fields_for<'a>(name: &str, all: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    let own = |field: &str| all.iter().any(|(known, _)| *known == format!("{field}@{name}"));
    all.iter()
        .filter(|(field, _)| !own(field))
        .map(|(field, value)| (field.split('@').next().unwrap(), value.as_str()))
        .collect()
}

/// Escapes in lower case and parameters in reverse: what happens to links on their way.
fn disturbed(url: &str) -> String {
    let (head, query) = url.split_once('?').unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.reverse();
    let mut out = format!("{head}?gclid=1");
    for pair in pairs {
        let mut escape = 0;
        out.push('&');
        for found in pair.chars() {
            escape = if found == '%' { 2 } else { i32::max(escape - 1, -1) };
            out.push(if escape >= 0 { found.to_ascii_lowercase() } else { found });
        }
    }
    out
}

proptest! {
    #[test]
    fn every_profile_gives_back_what_it_wrapped(
        all in fields(),
        tail in "[ -~äü%&#?=+/:]{0,40}",
        sub_id in "[a-z][a-z0-9]{0,29}",
        values in ("\\PC{0,9}", "\\PC{0,9}"),
    ) {
        let pairs = [("utm_source", values.0.as_str()), ("utm_campaign", values.1.as_str())];
        let play = format!("https://play.google.com/store?id=a&b{}", tail.replace(['?', '#'], ""));
        let page = format!("https://e.com/{tail}");
        for profile in built_in_names().filter_map(built_in) {
            let fields = fields_for(profile.name(), &all);
            let destination = if profile.name() == "play-referrer" { &play } else { &page };
            let link = Wrapped { destination, sub_id: &sub_id, fields: &fields, pairs: &pairs };
            let wrapped = profile.wrap(&link);
            prop_assert!(wrapped.is_ok(), "{}: {:?}", profile.name(), wrapped);
            let url = wrapped.unwrap();
            if profile.style() == Style::Append {
                check_appended(profile, &url, destination, &sub_id)?;
                continue;
            }
            // The URL library agrees on every byte.
            let parsed = Url::parse(&url).unwrap();
            prop_assert_eq!(parsed.as_str(), &url);
            let last = url.rsplit(['=', ':']).next().unwrap();
            let once = percent_decode_str(last).decode_utf8().unwrap();
            prop_assert_eq!(&*once, destination.as_str());
            let back = profile.unwrap(&url).unwrap();
            prop_assert_eq!(&back.destination, destination);
            prop_assert_eq!(back.sub_id.as_deref(), Some(sub_id.as_str()));
            for field in profile.fields() {
                let given = fields.iter().find(|(name, _)| *name == field.name()).unwrap();
                let found = back.fields.iter().find(|(name, _)| name == field.name()).unwrap();
                prop_assert_eq!(&found.1, given.1);
            }
            if profile.style() == Style::Query {
                prop_assert_eq!(&back, &profile.unwrap(&disturbed(&url)).unwrap());
            }
        }
    }

    #[test]
    fn whatever_is_in_a_field_stays_in_it(value in "\\PC{0,12}|[ -~\n\t]{0,12}", at in 0usize..8) {
        let all = [
            "merchant", "publisher", "property", "ad", "partner", "campaign", "template", "camref",
            "adref", "deep_link_value", "media_source", "app_uri", "subid_param", "domain",
        ];
        let name = built_in_names().nth(at).unwrap();
        let profile = built_in(name).unwrap();
        let fields = all.map(|field| (field, value.as_str()));
        let pairs = [("utm_campaign", value.as_str())];
        let destination = "https://play.google.com/p";
        let link = Wrapped { destination, sub_id: "x1", fields: &fields, pairs: &pairs };
        if let Ok(url) = profile.wrap(&link) {
            let parsed = Url::parse(&url).unwrap();
            prop_assert_eq!(parsed.as_str(), &url);
            prop_assert!(parsed.fragment().is_none());
            prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn reading_a_link_never_fails(text in "\\PC{0,60}", base in 0usize..4) {
        let base = [
            "https://www.awin1.com/cread.php?ued=",
            "https://prf.hn/click/",
            "https://play.google.com/?referrer=",
            "https://www.anrdoezrs.net/click-",
        ][base];
        let profiles: Vec<&Profile> = built_in_names().filter_map(built_in).collect();
        for layer in unwrap_any(&profiles, &format!("{base}{text}")).layers {
            let destination = layer.unwrapped.destination.to_ascii_lowercase();
            prop_assert!(destination.starts_with("http"));
            prop_assert!(!destination.contains(char::is_control));
        }
        prop_assert!(unwrap_any(&profiles, &text).layers.len() <= MAX_DEPTH);
    }

    #[test]
    fn reading_a_profile_never_fails(from in 0usize..8, cut in 0usize..600, put in "\\PC{0,6}") {
        let (name, text) = built_in::TEXTS[from];
        let cut = cut.min(text.len());
        let text = format!("{}{put}{}", &text[..cut], text.get(cut + 1..).unwrap_or_default());
        if let Err(faults) = Profile::parse(name, &text) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| text.get(fault.range.clone()).is_some()));
        }
    }
}

fn check_appended(
    profile: &Profile,
    url: &str,
    destination: &str,
    sub_id: &str,
) -> Result<(), TestCaseError> {
    if profile.takes_pairs() {
        let back = profile.unwrap(url).unwrap();
        prop_assert_eq!(back.destination, destination);
        prop_assert_eq!(back.pairs.len(), 2);
        return Ok(());
    }
    let (head, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let whole = destination.split('#').next().unwrap();
    prop_assert!(head.starts_with(whole) && destination.ends_with(fragment));
    prop_assert_eq!(head.rsplit('=').next(), Some(sub_id));
    prop_assert_eq!(profile.unwrap(url), None);
    Ok(())
}
