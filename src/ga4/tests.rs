//! What GA4 is known to do, rule by rule, and matchers held against Google's own patterns.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;

use super::condition::{Condition, Test};
use super::edition::{Edition, UNASSIGNED};
use super::sources::{NO_SOURCES, OwnSources, Sources};
use super::{Visit, channel, channels, edition, how_to_reach, predict};

fn visit<'v>(source: &'v str, medium: &'v str, campaign: &'v str) -> Visit<'v> {
    Visit { source, medium, campaign, own: &NO_SOURCES }
}

fn channel_of(source: &str, medium: &str, campaign: &str) -> &'static str {
    predict(visit(source, medium, campaign)).channel
}

fn why(source: &str, medium: &str, campaign: &str) -> String {
    predict(visit(source, medium, campaign)).to_string()
}

fn advice(expected: &str, source: &str, medium: &str, campaign: &str) -> String {
    how_to_reach(expected, visit(source, medium, campaign)).unwrap_or_default()
}

#[test]
fn the_data_is_readable() {
    let read = Edition::parse(include_str!("channels.toml"), include_str!("sources.csv"));
    assert_eq!(read.as_ref().err(), None);
    assert_eq!(edition(), "2025-11-25");
    let names: Vec<_> = channels().collect();
    assert_eq!(names.first(), Some(&"Direct"));
    assert_eq!(names.last(), Some(&UNASSIGNED));
    assert_eq!(names.len(), 19);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for rule in &read.unwrap().rules {
        assert!(!rule.condition.is_empty() && !rule.condition.ends_with('.'));
    }
}

#[test]
fn channels_are_found_by_any_name() {
    assert_eq!(channel("organic shopping"), Some("Organic Shopping"));
    assert_eq!(channel("Mobile Push"), Some("Mobile Push Notifications"));
    assert_eq!(channel("Newsletter"), None);
}

#[test]
fn known_results_hold() {
    let known = [
        ("klaviyo", "email", "spring-shop-event", "Organic Shopping"),
        ("klaviyo", "email", "back-to-school-shopping", "Organic Shopping"),
        ("klaviyo", "email", "eshop-launch", "Organic Shopping"),
        ("klaviyo", "email", "workshop-may", "Email"),
        ("meta", "paid_social", "", "Paid Other"),
        ("facebook", "cpc", "", "Paid Social"),
        ("google", "cpc", "spring-shop", "Paid Shopping"),
        ("awin", "affiliates", "", "Unassigned"),
        ("acme", "qr", "", "Unassigned"),
        ("acme", "print", "", "Unassigned"),
        ("acme", "newsletter", "", "Unassigned"),
        ("acme", "influencer", "", "Unassigned"),
        ("acme", "retail_media", "", "Unassigned"),
        ("acme", "escp-list", "", "Paid Other"),
        ("tiktok", "video", "", "Organic Social"),
        ("x", "mobile", "", "Mobile Push Notifications"),
    ];
    for (source, medium, campaign, expected) in known {
        assert_eq!(channel_of(source, medium, campaign), expected, "{source}/{medium}/{campaign}");
    }
}

#[test]
fn each_rule_has_an_example() {
    let examples = [
        ("(direct)", "(none)", "shop", "Direct"),
        ("", "", "", "Direct"),
        ("acme", "cpc", "q1-cross-network-shop", "Cross-network"),
        ("amazon", "cpc", "", "Paid Shopping"),
        ("bing", "ppc", "", "Paid Search"),
        ("ig", "retargeting", "", "Paid Social"),
        ("youtube", "paid-video", "", "Paid Video"),
        ("acme", "banner", "", "Display"),
        ("acme", "cpv", "", "Paid Other"),
        ("ebay", "referral", "", "Organic Shopping"),
        ("acme", "social network", "", "Organic Social"),
        ("acme", "invideo", "", "Organic Video"),
        ("acme", "organic", "", "Organic Search"),
        ("acme", "link", "", "Referral"),
        ("e_mail", "x", "", "Email"),
        ("acme", "affiliate", "", "Affiliates"),
        ("acme", "audio", "", "Audio"),
        ("sms", "x", "", "SMS"),
        ("firebase", "x", "", "Mobile Push Notifications"),
        ("acme", "webpush", "", "Mobile Push Notifications"),
        ("acme", "qr", "", "Unassigned"),
    ];
    let seen: BTreeSet<&str> = examples.iter().map(|one| one.3).collect();
    assert_eq!(seen, channels().collect());
    for (source, medium, campaign, expected) in examples {
        for case in [str::to_ascii_lowercase, str::to_ascii_uppercase] {
            let (source, medium, campaign) = (case(source), case(medium), case(campaign));
            let found = predict(visit(&source, &medium, &campaign));
            assert_eq!(found.channel, expected, "{source}/{medium}/{campaign}");
            assert_eq!(channels().nth(found.rule - 1), Some(expected));
            assert_eq!(found.because().is_empty(), expected == UNASSIGNED);
        }
    }
}

#[test]
fn the_first_rule_wins() {
    let contests = [
        ("(direct)", "(none)", "cross-network", "Direct"),
        ("amazon", "cpc", "cross-network", "Cross-network"),
        ("facebook", "cpc", "spring-shop", "Paid Shopping"),
        ("acme", "cpm", "", "Display"),
        ("facebook", "cpm", "", "Paid Social"),
        ("amazon", "social", "", "Organic Shopping"),
        ("acme", "email", "shop", "Organic Shopping"),
        ("facebook", "email", "", "Organic Social"),
        ("youtube", "organic", "", "Organic Video"),
        ("google", "email", "", "Organic Search"),
        ("email", "referral", "", "Referral"),
        ("email", "affiliate", "", "Email"),
        ("sms", "audio", "", "Audio"),
        ("sms", "push", "", "SMS"),
        ("acme", "mobile-video", "", "Organic Video"),
    ];
    for (source, medium, campaign, expected) in contests {
        assert_eq!(channel_of(source, medium, campaign), expected, "{source}/{medium}/{campaign}");
    }
}

#[test]
fn a_workspace_knows_better() {
    let mut own = OwnSources::default();
    for (source, word) in [("acme", "social"), ("facebook", "none"), ("bing", "search")] {
        own.add(source, word).unwrap();
    }
    assert_eq!(own.add("x", "socials"), None);
    let found = |source| predict(Visit { source, medium: "cpc", campaign: "", own: &own });
    let acme = found("ACME");
    assert_eq!((acme.channel, acme.category), ("Paid Social", Some("social")));
    assert_eq!(
        acme.overruling().as_deref(),
        Some("the workspace lists the source as social, and the built-in list does not have it")
    );
    let facebook = found("facebook");
    assert_eq!((facebook.channel, facebook.category), ("Paid Other", None));
    assert_eq!(
        facebook.overruling().as_deref(),
        Some("the workspace lists the source as nothing, and the built-in list has it as social")
    );
    assert_eq!(found("bing").overruling(), None);
    assert_eq!(found("google").overruling(), None);
}

#[test]
fn whole_words_are_not_parts() {
    for medium in ["e-mail-blast", "affiliates", "smsx", "pppc", "retargeting-x", "unpaid"] {
        assert_eq!(channel_of("acme", medium, ""), UNASSIGNED, "{medium}");
    }
    for source in ["meta", "msg", "an", "x", "x.com", "threads", "microsoft", "tiktok_ads"] {
        assert_eq!(predict(visit(source, "email", "")).category, None, "{source}");
    }
    assert_eq!(predict(visit("Google Shopping", "x", "")).category, Some("shopping"));
}

#[test]
fn reasons_name_the_part_that_matters() {
    assert_eq!(
        why("klaviyo", "email", "spring-shop-event"),
        "campaign `spring-shop-event` contains `shop`"
    );
    assert_eq!(
        why("klaviyo", "email", "eShop-launch"),
        "campaign `eShop-launch` contains `Shop` after the letter `e`"
    );
    assert_eq!(
        why("facebook", "cpc", ""),
        "medium `cpc` contains `cp` and source `facebook` is on the list of social sites"
    );
    assert_eq!(why("acme", "escp-list", ""), "medium `escp-list` contains `cp`");
    assert_eq!(why("acme", "paid_social", ""), "medium `paid_social` starts with `paid`");
    assert_eq!(why("acme", "webpush", ""), "medium `webpush` ends with `push`");
    assert_eq!(why("acme", "email", ""), "medium is `email`");
    assert_eq!(why("", "", ""), "source is empty and medium is empty");
    assert_eq!(why("acme", "qr", ""), "no rule knows the medium `qr` or the source `acme`");
    let found = predict(visit("acme", "é-shop", "é-shop"));
    assert_eq!(found.because()[0].range, 3..7);
    assert_eq!(found.condition, "the source is a shopping site, or `shop` a word in the campaign");
}

#[test]
fn advice_says_what_to_change() {
    let shop = "rename the campaign's code without `shop`: GA4 files this link under \
                `Organic Shopping`, as campaign `spring-shop-event` contains `shop`";
    assert_eq!(advice("Email", "klaviyo", "email", "spring-shop-event"), shop);
    assert_eq!(
        advice("Paid Social", "meta", "paid_social", ""),
        "use the source `facebook` or `instagram`: GA4 does not know the source `meta` as a social \
         site"
    );
    assert_eq!(
        advice("Paid Social", "TikTok_Ads", "cpc", ""),
        "use the source `TikTok`: GA4 does not know the source `TikTok_Ads` as a social site"
    );
    assert_eq!(
        advice("affiliates", "awin", "affiliates", ""),
        "use the medium `affiliate`: GA4 does not know the medium `affiliates`"
    );
    assert_eq!(
        advice("Email", "acme", "escp-list", ""),
        "use the medium `email`: GA4 files this link under `Paid Other`, as medium `escp-list` \
         contains `cp`"
    );
    assert_eq!(
        advice("Organic Video", "tiktok", "video", ""),
        "use the source `youtube` or `vimeo`: GA4 files this link under `Organic Social`, as source \
         `tiktok` is on the list of social sites"
    );
    assert_eq!(
        advice("Cross-network", "acme", "cpc", "spring"),
        "put `cross-network` into the campaign's code: GA4 files this link under `Paid Other`, as \
         medium `cpc` contains `cp`"
    );
    assert_eq!(
        advice("SMS", "acme", "text", "cross-network-SHOP"),
        "rename the campaign's code without `cross-network` or `SHOP`, and use the medium `sms`: GA4 \
         files this link under `Cross-network`, as campaign `cross-network-SHOP` contains \
         `cross-network`"
    );
    assert_eq!(
        advice("Email", "amazon", "email", ""),
        "use another source than `amazon`: GA4 files this link under `Organic Shopping`, as source \
         `amazon` is on the list of shopping sites"
    );
    assert_eq!(
        advice("Unassigned", "acme", "email", ""),
        "expect the channel `Email`: GA4 files this link there, as medium is `email`"
    );
}

#[test]
fn advice_is_given_only_where_it_is_needed() {
    assert_eq!(how_to_reach("Email", visit("klaviyo", "email", "spring")), None);
    assert_eq!(how_to_reach("Newsletter", visit("klaviyo", "email", "spring")), None);
    for (source, medium, campaign) in [
        ("acme", "qr", "shopshop-shshopop"),
        ("facebook", "cpc", "cross-cross-network-network"),
        ("amazon", "video", ""),
    ] {
        let here = channel_of(source, medium, campaign);
        for expected in channels().filter(|one| *one != here) {
            let said = advice(expected, source, medium, campaign);
            let bare = said.starts_with("expect ");
            match expected {
                "Direct" => assert!(bare, "{said}"),
                UNASSIGNED => assert!(!said.is_empty()),
                _ => assert!(!bare && !said.is_empty(), "{source}/{medium}: {expected}: {said}"),
            }
        }
    }
}

#[test]
fn proposals_lead_where_they_say() {
    for rule in &Edition::current().rules {
        let propose = &rule.propose;
        for medium in &propose.mediums {
            let source = propose.sources.first().map_or("acme", String::as_str);
            assert_eq!(channel_of(source, medium, "spring"), rule.channel, "{source}/{medium}");
        }
        for source in &propose.sources {
            let medium = propose.mediums.first().map_or("", String::as_str);
            assert_eq!(channel_of(source, medium, "spring"), rule.channel, "{source}/{medium}");
        }
    }
    for (name, known) in &Edition::current().instead {
        assert_eq!(predict(visit(name, "x", "")).category, None, "{name} is known");
        for source in known {
            assert!(predict(visit(source, "x", "")).category.is_some(), "{source} is unknown");
        }
    }
}

#[test]
fn faulty_data_is_refused() {
    let sources = "source,category\nbing,search\n";
    assert!(Sources::parse("source,category\nBing,search\n").is_err());
    assert!(Sources::parse("source,category\nbing,search\nask,search\n").is_err());
    assert!(Sources::parse("source,category\nbing,shop\n").is_err());
    let rules = |any: &str, all: &str| {
        let head = format!("edition = \"1\"\n[any]\n{any}\n");
        let rule = format!("[[rules]]\nchannel = \"A\"\ncondition = \"b\"\nall = {all}\n");
        Edition::parse(&(head + &rule), sources)
    };
    assert!(rules("a = [{ medium = { contains = \"b\" } }]", "[\"a\"]").is_ok());
    assert!(rules("a = [{ medium = { contains = \"b\" } }]", "[\"c\"]").is_err());
    assert!(rules("a = [{ medium = { contains = \"\" } }]", "[\"a\"]").is_err());
    assert!(rules("a = [{ medium = { contains = \"B\" } }]", "[\"a\"]").is_err());
    assert!(rules("a = [{ medium = { resembles = \"b\" } }]", "[\"a\"]").is_err());
}

#[test]
fn no_text_holds_what_cleaning_puts_in() {
    let conditions = Edition::current().rules.iter().flat_map(|rule| rule.all.iter().flatten());
    for text in conditions.filter_map(Condition::test).flat_map(Test::texts) {
        assert!(!text.contains('.'), "{text}");
    }
}

static PAID: LazyLock<Regex> = LazyLock::new(|| google(r"^(.*cp.*|ppc|retargeting|paid.*)$"));
static SHOP: LazyLock<Regex> = LazyLock::new(|| google(r"^(.*(([^a-df-z]|^)shop|shopping).*)$"));
static VIDEO: LazyLock<Regex> = LazyLock::new(|| google(r"^(.*video.*)$"));

/// Google's pattern, held against values in lower case; a dot is any character here, as no value
/// has a line end that GA4 would see.
fn google(pattern: &str) -> Regex {
    Regex::new(&format!("(?s){pattern}")).unwrap()
}

fn paid_and_not(medium: &str, campaign: &str) -> (bool, bool) {
    let found = channel_of("acme", medium, campaign);
    // `cpm` is a word of its own before it is a paid one.
    let paid = matches!(found, "Paid Other" | "Paid Shopping" | "Display");
    (paid, found.ends_with("Shopping"))
}

fn letters() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("shop".to_owned()),
        Just("Shopping".to_owned()),
        Just("cp".to_owned()),
        Just("pPc".to_owned()),
        Just("paid".to_owned()),
        Just("retargeting".to_owned()),
        Just("video".to_owned()),
        "[a-zA-Z]",
        "[-_. éſK東]",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn matchers_agree_with_the_patterns(medium in letters(), campaign in letters()) {
        let (lower_medium, lower_campaign) =
            (medium.to_ascii_lowercase(), campaign.to_ascii_lowercase());
        let (paid, shop) = paid_and_not(&medium, &campaign);
        prop_assert_eq!(paid, PAID.is_match(&lower_medium));
        prop_assert_eq!(shop, SHOP.is_match(&lower_campaign));
        if !paid && !shop {
            let video = channel_of("acme", &medium, &campaign) == "Organic Video";
            prop_assert_eq!(video, VIDEO.is_match(&lower_medium));
        }
    }

    #[test]
    fn reasons_and_advice_hold_for_any_value(
        source in letters(), medium in letters(), campaign in letters(), wanted in 0..19_usize,
    ) {
        let visit = visit(&source, &medium, &campaign);
        let found = predict(visit);
        for reason in found.because() {
            prop_assert!(reason.value.get(reason.range.clone()).is_some());
        }
        let wanted = channels().nth(wanted).unwrap();
        prop_assert_eq!(how_to_reach(wanted, visit).is_none(), wanted == found.channel);
        prop_assert!(!found.to_string().is_empty());
    }
}
