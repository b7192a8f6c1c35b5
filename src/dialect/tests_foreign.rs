//! What is no token of the channel is told, by example.

use super::ForeignKind::{Encoded, NearMiss, OtherDialect, Unbalanced, UnknownName};
use super::*;

#[track_caller]
fn check(allowed: &str, text: &str, expected: &[(ForeignKind, &str)]) {
    let found = foreign(text, Dialect::parse(allowed));
    let short: Vec<_> = found.iter().map(|one| (one.kind, &text[one.range.clone()])).collect();
    assert_eq!(short, expected, "{allowed} {text}");
}

#[track_caller]
fn says(allowed: &str, text: &str, message: &str, help: &str) {
    let found = foreign(text, Dialect::parse(allowed));
    let one = found.first().expect("a finding");
    assert_eq!((one.message.as_str(), one.help.as_str()), (message, help));
}

#[test]
fn right_tokens_are_not_foreign() {
    for (allowed, text) in [
        ("google-ads", "{lpurl}?m={matchtype}&c={campaignid}&s={_season}&k={keyword:none}"),
        ("google-ads", "https://t.co/?u={ifMobile:m}{ifnotmobile:{device}}&u={lpurl+3}"),
        ("sa360", "https://t.co/?u={escapedlpurl}%3Fcampaign%3D[*Campaign*]&x=[*AdGroup*]"),
        ("meta", "a={{ad.id}}&b={{site_source_name}}"),
        ("tiktok", "a=__CID__&ttclid=_CLICKID_&utm_source=x"),
        ("pinterest", "{lpurl}?a={adid}&b={ad_group_name}"),
        ("microsoft-ads", "{lpurl}?a={campaignid}&b={IfNative:x}&c={_k}&d={QueryString}"),
        ("mailchimp", "?e=*|EMAIL_UID|*&f=*|IF:A=b|*c*|END:IF|*"),
        ("klaviyo", "?a={{ x|default:'}}' }}{% if y %}z{% endif %}{# n #}"),
        ("braze", "?a={{${user_id}}}"),
        ("sfmc", "?a=%%x%%&b=%%=v(@x)=%%%%[ set @y = 1 ]%%&c=%25%25"),
        ("adobe-campaign", "?a=<%= recipient.id %>"),
        ("adobe-journey", "?a={{profile.x}}{%#if y%}z{%/if%}"),
        ("iterable", "?a={{x}}&b=[[y]]"),
        ("sendgrid", "?a={{{x}}}"),
        ("plain", "https://e.com/p?utm_source=a_b&c=100%25 100%% off a_IP_b"),
        ("plain", "Save 20%! (a|b) * c < d __init__ {note}"),
    ] {
        check(allowed, text, &[]);
    }
}

#[test]
fn tokens_of_others() {
    let text = "u={lpurl}&m={{ad.id}}&t=__CID__&f=*|X|*&s=%%x%%";
    for (allowed, left) in [
        ("google-ads", vec!["{{ad.id}}", "__CID__", "*|X|*", "%%x%%"]),
        ("meta", vec!["{lpurl}", "__CID__", "*|X|*", "%%x%%"]),
        ("tiktok", vec!["{lpurl}", "{{ad.id}}", "*|X|*", "%%x%%"]),
        ("mailchimp", vec!["{lpurl}", "{{ad.id}}", "__CID__", "%%x%%"]),
        ("sfmc", vec!["{lpurl}", "{{ad.id}}", "__CID__", "*|X|*"]),
        ("plain", vec!["{lpurl}", "{{ad.id}}", "__CID__", "*|X|*", "%%x%%"]),
    ] {
        let expected: Vec<_> = left.into_iter().map(|one| (OtherDialect, one)).collect();
        check(allowed, text, &expected);
    }
    says(
        "mailchimp",
        "{{ad.id}}",
        "`{{ad.id}}` is a macro of Meta, and Mailchimp leaves it as it is",
        "write the merge tag of Mailchimp, or take it out",
    );
    says(
        "plain",
        "%%x%%",
        "`%%x%%` is a merge tag of Salesforce Marketing Cloud, and none may stand here",
        "take it out, or say which platform fills it in",
    );
    check("pinterest", "{gclid}", &[(OtherDialect, "{gclid}")]);
    check("iterable", "{% if x %}", &[(OtherDialect, "{% if x %}")]);
}

#[test]
fn unknown_names() {
    check("google-ads", "{campaingid}", &[(UnknownName, "{campaingid}")]);
    says(
        "google-ads",
        "{campaingid}",
        "`{campaingid}` is no macro of Google Ads",
        "did you mean `{campaignid}`?",
    );
    says(
        "google-ads",
        "{zzzzzz}",
        "`{zzzzzz}` is no macro of Google Ads",
        "use a macro that Google Ads documents",
    );
    check("google-ads", "{ifmobile:{devise}}", &[(UnknownName, "{devise}")]);
    check("google-ads", "{ifmobil:x}", &[(UnknownName, "{ifmobil")]);
    check("meta", "{{ad.idd}}", &[(UnknownName, "{{ad.idd}}")]);
    says(
        "tiktok",
        "__CID_NAM__",
        "`__CID_NAM__` is no macro of TikTok",
        "did you mean `__CID_NAME__`?",
    );
    check("pinterest", "{_custom}", &[(UnknownName, "{_custom}")]);
    check(
        "google-ads",
        "{_abcdefghijklmnopq}{_}",
        &[(UnknownName, "{_abcdefghijklmnopq}"), (UnknownName, "{_}")],
    );
    check("google-ads", "{ifmobile}", &[(NearMiss, "{ifmobile}")]);
}

#[test]
fn near_misses() {
    check("meta", "a={ad.id}&b={placement}", &[(NearMiss, "{ad.id}"), (NearMiss, "{placement}")]);
    says("meta", "{ad.id}", "`{ad.id}` has too few braces for Meta", "write `{{ad.id}}`");
    check("meta", "{{ ad.id }}", &[(NearMiss, "{{ ad.id }}")]);
    check("meta", "{{ad.id}&b={{ad.name}}", &[(NearMiss, "{{ad.id}")]);
    check("meta", "{ad.id}}", &[(NearMiss, "{ad.id}}")]);
    check("meta", "{{Ad.ID}}", &[(NearMiss, "{{Ad.ID}}")]);
    says(
        "google-ads",
        "{{campaignid}}",
        "`{{campaignid}}` has two braces where one is written",
        "write `{campaignid}`",
    );
    check("google-ads", "{lpurl}}", &[(NearMiss, "{lpurl}}")]);
    check("braze", "{{x}&a={{y}}", &[(NearMiss, "{{x}")]);
    for text in ["_CID_", "__CID_", "_CID__", "_CAMPAIGN_ID_", "__cid__", "_cid_"] {
        check("tiktok", &format!("a={text}&b"), &[(NearMiss, text)]);
    }
    says("tiktok", "_CID_", "`_CID_` has too few underscores for TikTok", "write `__CID__`");
    check("meta", "a=_CID_NAME_", &[(NearMiss, "_CID_NAME_")]);
    check("sfmc", "a=%%x%", &[(NearMiss, "%%x%")]);
    check("sa360", "[*keywordid*]", &[(NearMiss, "[*keywordid*]")]);
    check("pinterest", "{AdId}", &[(NearMiss, "{AdId}")]);
}

#[test]
fn encoded_tokens() {
    for text in ["%7Blpurl%7D", "%7b%7bad.id%7d%7d", "*%7CFNAME%7C*", "%7Bkeyword:x%7D"] {
        for allowed in ["google-ads", "plain", "mailchimp"] {
            check(allowed, &format!("a={text}&b"), &[(Encoded, text)]);
        }
    }
    says(
        "google-ads",
        "%7Blpurl%7D",
        "`%7Blpurl%7D` is `{lpurl}` percent-encoded, and nobody fills it in",
        "write `{lpurl}`",
    );
    check("google-ads", "%7Ba%7D%7B%7D", &[]);
}

#[test]
fn signs_without_partner() {
    for (allowed, text, sign) in [
        ("meta", "a={{ad.id&b", "{{ad.id"),
        ("braze", "a={% if x", "{% if x"),
        ("braze", "a=b }}", "}}"),
        ("braze", "a=b %}", "%}"),
        ("mailchimp", "a=*|X", "*|X"),
        ("mailchimp", "a=X|*", "|*"),
        ("sfmc", "%%[ set", "%%[ set"),
        ("sfmc", "v(@x)=%%", "=%%"),
        ("adobe-campaign", "<%= x", "<%"),
        ("adobe-campaign", "x %>", "%>"),
        ("google-ads", "{campaignid&", "{campaignid"),
        ("google-ads", "campaignid}", "}"),
        ("meta", "{campaignid&", "{campaignid"),
        ("sa360", "[*Campaign", "[*Campaign"),
        ("iterable", "[[x", "[[x"),
        ("plain", "{{ x", "{{ x"),
    ] {
        check(allowed, text, &[(Unbalanced, sign)]);
    }
    says(
        "meta",
        "{{ad.id",
        "`{{ad.id` begins a token that nothing ends",
        "end it with `}}`, or take `{{` out",
    );
    says(
        "mailchimp",
        "X|*",
        "`|*` ends a token that nothing begins",
        "begin it with `*|`, or take `|*` out",
    );
    check("plain", "p{width:100%}<hr width=100%>", &[]);
}

#[test]
fn messages_show_no_more_than_a_line() {
    let long = format!("*|A\u{7}{}|*", "x".repeat(500));
    let found = foreign(&long, None);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.len() < 200 && !found[0].message.contains('\u{7}'));
    assert!(found[0].message.contains("\\u{7}"));
}
