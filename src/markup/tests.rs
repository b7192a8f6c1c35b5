//! Tokens stand where they stand, whatever the text.

use proptest::prelude::*;

use super::*;
use crate::dialect::{Dialect, scan};

fn shown(html: &str) -> Vec<String> {
    let mut tokens = Tokens::new(html);
    let mut found = Vec::new();
    while let Some(token) = tokens.advance() {
        let list: Vec<_> =
            tokens.attributes().iter().map(|one| format!("{}={}", one.name, one.value)).collect();
        let hidden = if token.hidden { " hidden" } else { "" };
        let list = if list.is_empty() { String::new() } else { format!("({})", list.join(" ")) };
        found.push(format!("{:?} {}{list}{hidden}", token.kind, token.text));
    }
    found
}

#[test]
fn each_kind_is_told() {
    let html = "<!DOCTYPE html><title>a <b></title><p a=1 b='x>y' c>t<br/></p ><!-- <i> -->\
        <style>p{}</style>a < b<?x?></ >";
    assert_eq!(
        shown(html),
        [
            "Doctype <!DOCTYPE html>",
            "Start title",
            "Raw title",
            "End title",
            "Start p(a=1 b=x>y c=)",
            "Text t",
            "Start br",
            "End p",
            "Comment  <i> ",
            "Start style",
            "Raw style",
            "End style",
            "Text a < b",
            "Other <?x?>",
            "Other </ >",
        ]
    );
}

#[test]
fn outlooks_conditions_are_looked_into() {
    let html = "<!--[if mso | IE]><td a=b>x<![endif]--><!--[if !mso]><!--><u><!--<![endif]-->\
        <![if !mso]><i><![endif]><!--[if mso]><style>a<![endif]--><!--[if gte mso 9]>-->z";
    assert_eq!(
        shown(html),
        [
            "HiddenStart mso | IE",
            "Start td(a=b) hidden",
            "Text x hidden",
            "HiddenEnd <![endif]-->",
            "RevealedStart !mso",
            "Start u",
            "RevealedEnd <![endif]",
            "RevealedStart !mso",
            "Start i",
            "RevealedEnd <![endif]>",
            "HiddenStart mso",
            "Start style hidden",
            "Raw style hidden",
            "HiddenEnd <![endif]-->",
            "RevealedStart gte mso 9",
            "Text z",
        ]
    );
}

#[test]
fn a_script_in_a_commented_script_does_not_end_it() {
    let html = "<script><!-- <script>a</script> b</script>c<script><!--></script>d";
    let text: Vec<_> = shown(html).into_iter().filter(|one| one.starts_with("Text")).collect();
    assert_eq!(text, ["Text c", "Text d"]);
}

#[test]
fn places_are_those_of_the_text() {
    let html = "é<a  HREF = \"x&amp;y\" b='' c=d>";
    let mut tokens = Tokens::new(html);
    tokens.advance();
    tokens.advance();
    let found: Vec<_> = tokens
        .attributes()
        .iter()
        .map(|one| (&html[one.name_range()], &html[one.value_range()], &html[one.range()]))
        .collect();
    assert_eq!(
        found,
        [("HREF", "x&amp;y", "HREF = \"x&amp;y\""), ("b", "", "b=''"), ("c", "d", "c=d")]
    );
    assert!(tokens.attributes()[0].is("href"));
}

#[test]
fn references_are_read() {
    assert_eq!(unescape("a&amp;b&#39;c&#x27;&nope;&"), "a&b'c'&nope;&");
    assert_eq!(
        unescape("&eacute;&nbsp;&hellip;&#128;&#0;&#xD800;&NotEqualTilde;"),
        "é\u{a0}…€\u{fffd}\u{fffd}≂\u{338}"
    );
    // What a browser reads without `;` is left: no writer of ours leaves it out.
    assert_eq!(unescape("?a=1&copy=2&#+5;&#x;&;"), "?a=1&copy=2&#+5;&#x;&;");
    assert_eq!(encode_non_ascii("a é 😀"), "a &#233; &#128512;");
}

#[test]
fn tags_are_out_of_the_way() {
    let html =
        "<a {% if a > \"b\" %}href=\"{{ x | default: \"é>\" }}\"{% endif %}>{% unsubscribe %}";
    let blanked = blank(html, Dialect::Klaviyo);
    assert_eq!(blanked.len(), html.len());
    assert_eq!(
        shown(&blanked),
        [format!("Start a(href={})", "x".repeat(24)), format!("Text {}", "x".repeat(17))]
    );
    assert!(matches!(blank("<p>{{ x }}", Dialect::Plain), std::borrow::Cow::Borrowed(_)));
}

fn pieces() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "--!>",
            "--",
            "<!",
            "[if mso]>",
            "<![endif]",
            "]>",
            "<a",
            " b",
            "=",
            "\"",
            "'",
            "/",
            " ",
            "<script>",
            "</script>",
            "<style",
            "</style>",
            "<title>",
            "</title",
            "<!doctype html>",
            "&amp;",
            "&",
            "x",
            "é",
            "\n",
            "<p a='",
            "{{",
            "}}",
            "<%",
            "%>",
            "*|A|*",
            "%%",
            "<plaintext>",
            "<?",
            "<![if",
            "<textarea>",
            "\u{0}",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn tokens_leave_no_byte_out(html in pieces()) {
        let mut tokens = Tokens::new(&html);
        let mut last = 0;
        while let Some(token) = tokens.advance() {
            prop_assert_eq!(token.range.start, last);
            // Where nothing is hidden, the end of what is hidden is empty.
            prop_assert!(!token.range.is_empty() || token.kind == Kind::HiddenEnd, "{:?}", token);
            prop_assert!(html.get(token.range.clone()).is_some());
            let mut inside = token.range.start;
            for one in tokens.attributes() {
                prop_assert!(one.offset >= inside && one.end <= token.range.end);
                prop_assert_eq!(html.get(one.name_range()), Some(one.name));
                prop_assert_eq!(html.get(one.value_range()), Some(one.value));
                inside = one.end;
            }
            last = token.range.end;
        }
        prop_assert_eq!(last, html.len());
    }

    #[test]
    fn blanks_keep_every_place(html in pieces()) {
        for dialect in Dialect::ALL {
            let (blanked, ranges) = blank_tags(&html, dialect);
            prop_assert_eq!(blanked.len(), html.len());
            prop_assert_eq!(ranges.len(), scan(&html, dialect).count());
            let mut rest = 0;
            for range in ranges {
                prop_assert_eq!(&blanked[rest..range.start], &html[rest..range.start]);
                rest = range.end;
            }
            prop_assert_eq!(&blanked[rest..], &html[rest..]);
        }
    }

    #[test]
    fn encoded_text_is_read_as_it_was(text in "[^&\u{0}\r\u{80}-\u{9f}]*") {
        let encoded = encode_non_ascii(&text);
        prop_assert!(encoded.is_ascii());
        prop_assert_eq!(unescape(&encoded), text.as_str());
    }
}
