//! Tokens, tags and macros of every dialect, by example.

use super::*;

#[track_caller]
fn check(dialect: Dialect, text: &str, expected: &[(&str, TokenKind)]) {
    let found: Vec<(&str, TokenKind)> =
        scan(text, dialect).map(|token| (token.text, token.kind)).collect();
    assert_eq!(found, expected, "{} {text}", dialect.name());
}

/// One token, alone and in a link.
#[track_caller]
fn whole(dialect: Dialect, token: &str, kind: TokenKind) {
    check(dialect, token, &[(token, kind)]);
    check(dialect, &format!("https://e.com/p?a=é{token}&b=c#d"), &[(token, kind)]);
}

#[track_caller]
fn none(dialect: Dialect, text: &str) {
    check(dialect, text, &[]);
}

use Dialect::{
    AdobeCampaign, AdobeJourney, Braze, GoogleAds, Iterable, Klaviyo, Mailchimp, Meta,
    MicrosoftAds, Pinterest, Plain, Sa360, SendGrid, Sfmc, TikTok,
};
use TokenKind::{Close, Comment, Middle, Open, Other, Value};

#[test]
fn names_are_parsed_back() {
    for dialect in Dialect::ALL {
        assert_eq!(Dialect::parse(dialect.name()), Some(dialect));
    }
    assert_eq!(Dialect::parse("Meta"), None);
    assert_eq!(Dialect::ALL.iter().filter(|one| one.is_ad_platform()).count(), 6);
}

#[test]
fn search_engines() {
    for dialect in [GoogleAds, Sa360, MicrosoftAds, Pinterest] {
        for token in ["{lpurl}", "{lpurl+2}", "{_custom}", "{keyword:none}", "{ifmobile:a b}"] {
            whole(dialect, token, Value);
        }
        let nested = "{ifpla:g={product_partition_id}&m={merchant_id}}";
        whole(dialect, nested, Value);
        for text in ["{}", "{ x}", "{1}", "{a", "{a:b", "{{a}}", "{a}}", "{a:{b:{c:{d:{e:f}}}}"] {
            let found: Vec<_> = scan(text, dialect).map(|token| token.text).collect();
            assert!(found.iter().all(|one| one.starts_with("{b:")), "{text} {found:?}");
        }
    }
    check(GoogleAds, "{lpurl}?a={device}", &[("{lpurl}", Value), ("{device}", Value)]);
    whole(Sa360, "[*KeywordID*]", Value);
    none(Sa360, "[* x *] a[*b] [**]");
    none(GoogleAds, "[*KeywordID*]");
}

#[test]
fn meta_and_tiktok() {
    whole(Meta, "{{ad.id}}", Value);
    whole(Meta, "{{site_source_name}}", Value);
    none(Meta, "{{ ad.id }} {{{ad.id}}} {{ad.id} {ad.id}} {{}} {{1}}");
    whole(TikTok, "__CID__", Value);
    whole(TikTok, "__ADID_V2_NAME__", Value);
    check(TikTok, "__AID____CID__", &[("__AID__", Value), ("__CID__", Value)]);
    check(TikTok, "a___CID__b", &[("__CID__", Value)]);
    none(TikTok, "_CID_ __cid__ __CID_ utm_source a__b__c ____ __C D__");
}

#[test]
fn mailchimp() {
    for token in ["*|FNAME|*", "*|MC:SUBJECT|*", "*|DATE:d/m/y|*", "*|LIST:DESCRIPTION|*"] {
        whole(Mailchimp, token, Value);
    }
    whole(Mailchimp, "*|IF:FNAME=Bob|*", Open);
    whole(Mailchimp, "*|IFNOT:FNAME|*", Open);
    whole(Mailchimp, "*|IF:TRANSACTIONS >= 20|*", Open);
    whole(Mailchimp, "*|ELSE:|*", Middle);
    whole(Mailchimp, "*|ELSEIF:FNAME=Ann|*", Middle);
    whole(Mailchimp, "*|END:IF|*", Close);
    whole(Mailchimp, "*|INTERESTED:Group:a|b,c\nd|*", Open);
    check(Mailchimp, "*|A *|B|*|*", &[("*|B|*", Value)]);
    none(Mailchimp, "*|*|*|*| *||* a *|: x |* 2*|x|");
}

#[test]
fn liquid_and_django() {
    for dialect in [Klaviyo, Braze] {
        for token in [
            "{{x}}",
            "{{ \"}}\" }}",
            "{{ campaign.name | replace: ' ', '-' }}",
            "{{ x | default: 'a\nb }} c' }}",
            "{{ x | default: \"it's\" }}",
            "{{- x -}}",
            "{{ don't }}",
        ] {
            whole(dialect, token, Value);
        }
        whole(dialect, "{% if x == \"%}\" %}", Open);
        whole(dialect, "{%- elsif x -%}", Middle);
        whole(dialect, "{% else %}", Middle);
        whole(dialect, "{% endif %}", Close);
        whole(dialect, "{% assign x = 'a' %}", Other);
        whole(dialect, "{% comment %} don't {{ x }} {% if %} {% endcomment %}", Comment);
        check(dialect, "{\"a\":{{x}}}", &[("{{x}}", Value)]);
        check(dialect, "{% comment %} {{ x }}", &[("{% comment %}", Open), ("{{ x }}", Value)]);
        none(dialect, "{{}} {{ }} {% %} { {x} } {{ x } }");
        none(dialect, "a={%20b%20%}");
        check(
            dialect,
            "{{ it's }} and {{ don't }} do",
            &[("{{ it's }}", Value), ("{{ don't }}", Value)],
        );
    }
    whole(Klaviyo, "{# don't {{ x }} #}", Comment);
    whole(Klaviyo, "{% unsubscribe_link %}", Other);
    whole(Braze, "{{${first_name}}}", Value);
    whole(Braze, "{{custom_attribute.${a b} | default: 'x'}}", Value);
    whole(Braze, "{% connected_content https://e.com/{{${user_id}}}?a={{'}}'}} :save r %}", Other);
}

#[test]
fn raw_parts_keep_what_looks_like_a_token() {
    check(
        Braze,
        "{% raw %}{{ x }} {{ '{% endraw %} {{ y }}",
        &[("{% raw %}", Open), ("{{ x }}", Other), ("{% endraw %}", Close), ("{{ y }}", Value)],
    );
    check(
        Klaviyo,
        "{% verbatim %}{{ x }}{%endverbatim%}",
        &[("{% verbatim %}", Open), ("{{ x }}", Other), ("{%endverbatim%}", Close)],
    );
}

#[test]
fn handlebars() {
    for dialect in [AdobeJourney, Iterable, SendGrid] {
        whole(dialect, "{{profile.person.name}}", Value);
        whole(dialect, "{{{x}}}", Value);
        whole(dialect, "{{defaultIfEmpty x \"}}\"}}", Value);
        whole(dialect, "{{#if x}}", Open);
        whole(dialect, "{{~#each y~}}", Open);
        whole(dialect, "{{^x}}", Open);
        whole(dialect, "{{^}}", Middle);
        whole(dialect, "{{else if x}}", Middle);
        whole(dialect, "{{/if}}", Close);
        whole(dialect, "{{> part}}", Other);
        whole(dialect, "{{! it's }}", Comment);
        whole(dialect, "{{!-- }} {{ x }} don't --}}", Comment);
        whole(dialect, "{{{{raw}}}}", Open);
        whole(dialect, "{{{{/raw}}}}", Close);
        check(dialect, "{{{x}}", &[("{{x}}", Value)]);
        none(dialect, "{{ x } {{} } {{");
    }
    whole(AdobeJourney, "{%#if profile.x > 1%}", Open);
    whole(AdobeJourney, "{%else%}", Middle);
    whole(AdobeJourney, "{%else if x%}", Middle);
    whole(AdobeJourney, "{%/if%}", Close);
    whole(AdobeJourney, "{%= profile.x %}", Value);
    whole(Iterable, "[[name]]", Value);
    whole(Iterable, "[[#each items]]", Open);
    none(Iterable, "[[1,2],[3]] {% x %}");
    none(SendGrid, "[[name]]");
}

#[test]
fn salesforce() {
    for token in ["%%emailaddr%%", "%%First Name%%", "%%=v(@x)=%%", "%%=Concat('%%','b')=%%"] {
        whole(Sfmc, token, Value);
    }
    whole(Sfmc, "%%[ set @a = 'b' /* don't */ ]%%", Other);
    whole(Sfmc, "%%[\nIF @a == 1 THEN ]%%", Open);
    whole(Sfmc, "%%[ else ]%%", Middle);
    whole(Sfmc, "%%[ endif ]%%", Close);
    check(Sfmc, "%%%x%%%", &[("%%x%%", Value)]);
    for text in [
        "100%% off",
        "100%% off and 50%% more",
        "20%%off and 50%% more",
        "%25%25x%25%25",
        "%%%%%%",
        "%%20x%%",
        "a%%",
        "%%=%%",
    ] {
        none(Sfmc, text);
    }
}

#[test]
fn adobe_campaign() {
    whole(AdobeCampaign, "<%= recipient.firstName %>", Value);
    whole(AdobeCampaign, "<%@ include view='x' %>", Other);
    whole(AdobeCampaign, "<% if (a && b) { %>", Open);
    whole(AdobeCampaign, "<% } else { %>", Middle);
    whole(AdobeCampaign, "<% } %>", Close);
    whole(AdobeCampaign, "<%-- a %> b --%>", Comment);
    none(AdobeCampaign, "<%> <hr width=100%> a<%20b%> <%");
}

#[test]
fn plain_text_has_none() {
    none(Plain, "{{x}} {lpurl} *|X|* %%x%% <%= x %> __CID__ [[x]] [*Campaign*]");
}

#[test]
fn any_token_is_seen_and_writing_is_not() {
    let seen = |text: &str| scan_any(text).map(|one| (one.range, one.dialects));
    assert_eq!(seen("a *|X|* {{x}}"), Some((2..7, vec![Mailchimp])));
    let braces = vec![Klaviyo, Braze, AdobeJourney, Iterable, SendGrid];
    assert_eq!(seen("a {{x}}"), Some((2..7, braces.clone())));
    let with_meta = std::iter::once(Meta).chain(braces).collect();
    assert_eq!(seen("{{ad.id}}"), Some((0..9, with_meta)));
    assert_eq!(seen("{{{x}}}"), Some((0..7, vec![AdobeJourney, Iterable, SendGrid])));
    assert_eq!(seen("u={lpurl}"), Some((2..9, vec![GoogleAds, Sa360, Pinterest, MicrosoftAds])));
    assert_eq!(seen("__CID__"), Some((0..7, vec![TikTok])));
    assert_eq!(seen("%%x%%"), Some((0..5, vec![Sfmc])));
    assert_eq!(seen("<%= x %>"), Some((0..8, vec![AdobeCampaign])));
    assert_eq!(seen("[[x]]"), Some((0..5, vec![Iterable])));
    assert_eq!(seen("[*Any*]"), Some((0..7, vec![Sa360])));
    for text in [
        "",
        "https://e.com/a_b?utm_source=x&y=%20z#q",
        "100%% off",
        "__SALE__ {big} {_x: y",
        "p{color:red}@media(x){a{b}}",
        "5 < 6% * 7",
        "[[1]] [*]",
        "%25%25x%25%25 %7B%7Bx%7D%7D",
    ] {
        assert_eq!(seen(text), None, "{text}");
    }
}

#[test]
fn masks_hide_and_come_back() {
    let text = "https://e.com/?a={{ x | f: '}}' }}&b={{ x | f: '}}' }}&zt0n ZT1N";
    let masked = mask(text, Braze);
    assert_eq!(masked.text(), "https://e.com/?a=zt2n0e&b=zt2n1e&zt0n ZT1N");
    assert_eq!(masked.tokens().len(), 2);
    assert_eq!(masked.unmask(masked.text()).as_deref(), Ok(text));
    let escaped = masked.unmask_with(masked.text(), |token| token.replace('\'', "&#39;").into());
    assert_eq!(escaped.unwrap(), text.replace('\'', "&#39;"));
    assert_eq!(masked.unmask("zt2n1e zt2n0e").unwrap().matches("{{").count(), 2);
}

#[test]
fn a_lost_token_is_told() {
    let masked = mask("*|A|* *|B|*", Mailchimp);
    let lost = |text: &str| masked.unmask(text).map_err(|one| (one.token, one.found));
    assert_eq!(lost("zt0n0e"), Err(("*|B|*".to_owned(), 0)));
    assert_eq!(lost("zt0n0e zt0n1e zt0n1e"), Err(("*|B|*".to_owned(), 2)));
    assert_eq!(lost("ZT0N0E zt0n1e"), Err(("*|A|*".to_owned(), 0)));
    assert_eq!(lost("zt0n0e zt0n1e zt0n9e"), Err(("zt0n9e".to_owned(), 1)));
    assert_eq!(lost("zt0n0e zt0n1e zt0né"), Err(("zt0né".to_owned(), 1)));
    let error = masked.unmask("").unwrap_err();
    assert_eq!(error.message(), "`*|A|*` was lost or changed on the way");
    assert_eq!(error.help(), "write the token where text is kept as it is, once");
}
