//! Profiles as text: what is told about a bad one, and that the built-in ones are good.

use super::*;

const GOOD: &str = r#"
base = "https://go.example.net/{account}/r"
params = [["s", "{sub_id}"], ["kind", "deep link"], ["to", "{destination}"]]
[fields.account]
meaning = "the account"
"#;

/// What a profile's faults point at, and what they say.
fn faults(text: &str) -> Vec<(String, String)> {
    Profile::parse("own", text)
        .unwrap_err()
        .into_iter()
        .map(|fault| {
            assert!(!fault.help.is_empty(), "{fault:?}");
            assert!(!fault.help.ends_with('.') && !fault.message.ends_with('.'), "{fault:?}");
            let at = text.get(fault.range).unwrap().to_owned();
            (at, format!("{}; {}", fault.message, fault.help))
        })
        .collect()
}

/// The one fault of a profile in which `from` is `to`.
#[track_caller]
fn one_fault(from: &str, to: &str, at: &str, says: &str) {
    assert!(GOOD.contains(from), "{from}");
    let text = GOOD.replace(from, to);
    let found = faults(&text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, at);
    assert!(found[0].1.contains(says), "{found:?}");
}

#[test]
fn a_profile_of_ones_own_works() {
    let profile = Profile::parse("own", GOOD).unwrap();
    let fields = [("account", "a.b-c")];
    let link =
        Wrapped { destination: "https://e.com/ü", sub_id: "x1", fields: &fields, pairs: &[] };
    let url = profile.wrap(&link).unwrap();
    assert_eq!(
        url,
        "https://go.example.net/a.b-c/r?s=x1&kind=deep%20link&to=https%3A%2F%2Fe.com%2F%C3%BC"
    );
    let back = profile.unwrap(&url).unwrap();
    assert_eq!((back.destination.as_str(), back.fields.len()), ("https://e.com/ü", 1));
    assert_eq!(profile.fields()[0].meaning(), "the account");
    assert!(profile.takes_sub_id() && !profile.takes_pairs() && !profile.tokens_in_destination());
    let dots = Wrapped { fields: &[("account", "..")], ..link };
    assert_eq!(profile.wrap(&dots).unwrap_err().part, Part::Field("account".to_owned()));
    let fault = profile.check_field("account", "").unwrap_err();
    assert_eq!(fault.help, "give the account");
}

#[test]
fn each_mistake_is_told_at_its_place() {
    let base = "\"https://go.example.net/{account}/r\"";
    one_fault("https://go", "http://go", &base.replace("https", "http"), "is not https");
    one_fault("{account}/r", "{acount}/r", "\"https://go.example.net/{acount}/r\"", "`account`?");
    one_fault("{sub_id}", "{sub_d}", "\"{sub_d}\"", "did you mean `sub_id`?");
    one_fault("deep link", "{sub_id}", "\"{sub_id}\"", "used twice");
    one_fault("\"{destination}\"", "\"there\"", "params", "in no parameter");
    one_fault("{sub_id}", "{destination}", "\"{destination}\"", "used twice");
    one_fault("\"deep link\"", "\"to {account}\"", "\"to {account}\"", "neither one text");
    one_fault("\"kind\"", "\"S\"", "\"S\"", "there twice");
    one_fault("\"kind\"", "\"a b\"", "\"a b\"", "no name of a parameter");
    one_fault("{account}/r", "{account}r", "\"https://go.example.net/{account}r\"", "runs into");
    one_fault("/r\"", "/../r\"", "\"https://go.example.net/{account}/../r\"", "dots");
    one_fault("/r\"", "/r?x=1\"", "\"https://go.example.net/{account}/r?x=1\"", "the base holds");
    one_fault("go.example.net", "Go.net", "\"https://Go.net/{account}/r\"", "is no host");
    one_fault("meaning =", "mening =", "mening", "did you mean `meaning`?");
    one_fault("meaning = \"the account\"", "optional = true", base, "not optional");
    one_fault("meaning = \"the account\"", "charset = \"z-a\"", "\"z-a\"", "backwards");
    one_fault("meaning = \"the account\"", "charset = \"a-ü\"", "\"a-ü\"", "visible ASCII");
    one_fault("meaning = \"the account\"", "not = [\"numric\"]", "\"numric\"", "`numeric`?");
    one_fault("meaning = \"the account\"", "max_length = 0", "0", "from 1 to 2000");
    one_fault("meaning = \"the account\"", "min_length = 99", "99", "more than");
    one_fault("base =", "style = \"pth\"\nbase =", "\"pth\"", "did you mean `path`?");
    one_fault("base =", "stile = \"path\"\nbase =", "stile", "did you mean `style`?");
    one_fault("base =", "hosts = [\"*.com\"]\nbase =", "\"*.com\"", "names no host");
    one_fault("base =", "encode_destination = \"raw\"\nbase =", "\"raw\"", "break out");
    one_fault("base = \"https://go.example.net/{account}/r\"", "", "", "has no `base`");
}

#[test]
fn many_mistakes_are_told_at_once() {
    let found = faults("style = 1\nbase = true\nparams = [[\"a\"]]\n[sub_id]\nmin = 2\n");
    let places: Vec<&str> = found.iter().map(|(at, _)| at.as_str()).collect();
    assert!(["1", "true", "[[\"a\"]]", "min"].iter().all(|at| places.contains(at)), "{places:?}");
    assert_eq!(faults("base = \"").len(), 1);
    assert!(!faults("").is_empty());
}

#[test]
fn styles_have_rules_of_their_own() {
    let path = "style = \"path\"\nbase = \"https://a.net/c\"\n";
    let found = faults(&format!("{path}params = [[\"d\", \"{{destination}}\"], [\"k\", \"v\"]]"));
    assert!(found[0].1.contains("not the last"), "{found:?}");
    let append = "style = \"append\"\n";
    let found = faults(&format!("{append}params = [[\"d\", \"{{destination}}\"]]"));
    assert!(found[0].1.contains("only adds"), "{found:?}");
    let found = faults(
        "base = \"https://{host}/c\"\nparams = [[\"d\", \"{destination}\"]]\n\
         [fields.host]\nkind = \"host\"\n",
    );
    assert!(found[0].1.contains("which it may be"), "{found:?}");
    let found = faults(
        "base = \"https://a.net/\"\nparams = [[\"d\", \"{destination}\"]]\n[sub_id]\n\
         [fields.unused]\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_raw_destination_cannot_lose_its_end() {
    let text = "style = \"path\"\nbase = \"https://a.net/c\"\nencode_destination = \"raw\"\n\
                tokens_in_destination = true\nparams = [[\"d\", \"{destination}\"]]";
    let profile = Profile::parse("raw", text).unwrap();
    assert!(profile.tokens_in_destination());
    let link = Wrapped {
        destination: "https://e.com/a/../b?x=%20&y=1",
        sub_id: "",
        fields: &[],
        pairs: &[],
    };
    let url = profile.wrap(&link).unwrap();
    assert_eq!(url, "https://a.net/c/d:https://e.com/a/../b?x=%20&y=1");
    assert_eq!(profile.unwrap(&url).unwrap().destination, link.destination);
    for destination in ["https://e.com/#f", "https://e.com/ ", "https://e.com/ü"] {
        let fault = profile.wrap(&Wrapped { destination, ..link }).unwrap_err();
        assert_eq!((fault.part, fault.range.start), (Part::Destination, 14), "{destination}");
    }
}

#[test]
fn every_built_in_profile_is_good() {
    for (name, text) in built_in::TEXTS {
        let read = Profile::parse(name, text);
        assert!(read.is_ok(), "{name}: {:?}", read.unwrap_err());
        let profile = built_in(name).unwrap();
        assert_eq!(profile.name(), name);
        assert!(profile.fields().iter().all(|field| !field.meaning().is_empty()), "{name}");
    }
    let names: Vec<&str> = built_in_names().collect();
    assert!(names.is_sorted());
    assert_eq!(names.len(), 8);
    assert!(built_in("awn").is_none());
}

#[test]
fn sub_ids_are_safe_for_every_network() {
    for profile in built_in_names().filter_map(built_in) {
        for good in ["bcd2345gh", "z99999999", "b22222222c"] {
            assert_eq!(profile.check_sub_id(good), Ok(()), "{}", profile.name());
        }
        let long = "b".repeat(31);
        let bad = ["", "0", "000", "42", "a_b", "a.b", "Ab", "a b", "é", long.as_str()];
        let guids = ["550e8400-e29b-41d4-a716-446655440000", "550e8400e29b41d4a716446655440000"];
        for bad in bad.into_iter().chain(guids) {
            assert!(profile.check_sub_id(bad).is_err(), "{} {bad:?}", profile.name());
        }
    }
    assert_eq!(built_in("awin").unwrap().check_sub_id("tl-000123"), Ok(()));
    assert!(built_in("cj").unwrap().check_sub_id("tl-000123").is_err());
    let wide = GOOD.to_owned() + "[sub_id]\nmax_length = 40\n";
    let profile = Profile::parse("own", &wide).unwrap();
    let fault = profile.check_sub_id("550e8400-e29b-41d4-a716-446655440000").unwrap_err();
    assert!(fault.message.contains("GUID"), "{fault:?}");
    let fault = profile.check_sub_id("ab\u{202e}\u{1b}[31m").unwrap_err();
    assert!(fault.message.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{fault:?}");
    assert_eq!(fault.range, 2..5);
}
