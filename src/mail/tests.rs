//! Mails go in as templates make them and come out ready to send.

use super::*;
use crate::dialect::Dialect;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";

pub(super) fn settings() -> Settings {
    Settings {
        from: Some(Mailbox {
            name: "Northwind".to_owned(),
            address: "news@northwind.example".to_owned(),
        }),
        to: Some(Mailbox::new("preview@northwind.example")),
        unsubscribe: Some("https://northwind.example/u".to_owned()),
        date: 1_795_000_000,
        ..Settings::default()
    }
}

pub(super) fn draft(html: &str, dialect: Dialect) -> Draft<'_> {
    Draft { html, text: None, subject: "Hello", preheader: "", dialect }
}

#[track_caller]
fn finished(html: &str, dialect: Dialect) -> Mail {
    finish(&draft(html, dialect), &settings(), &Inliner::new()).unwrap()
}

fn html(html: &str) -> String {
    finished(html, Dialect::Plain).html
}

fn text(html: &str) -> String {
    finished(html, Dialect::Klaviyo).text
}

/// Rules that can be on an element are; the others stay where they are.
#[test]
fn rules_go_onto_elements() {
    let found = html(&format!(
        "{HEAD}<style>\n  .a {{ color: red; margin: 0 }}\n  p {{ font-family: \"Times New Roman\", serif }}\n\
         .a:hover {{ color: blue }}\n @media (max-width: 600px) {{ .b {{ width: 100% !important }} \
         .gone {{ x: y }} }}\n  .gone2 {{ x: y }} [data-ogsc] .a {{ color: white }} .ExternalClass \
         {{ width: 100% }}\n</style></head>\n<body><p class=\"a b unused\" style=\"color: green\">x</p>\
         <td class=\"unused\" {}>y</td></body></html>\n",
        "style='font: a \"b\"'"
    ));
    assert_eq!(
        found,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<style>\n\
         .a:hover{color: blue}\n@media (max-width: 600px){\n.b{width: 100% !important}\n}\n\
         [data-ogsc] .a{color: white}\n.ExternalClass{width: 100%}\n</style></head>\n<body><p \
         class=\"a b\"\nstyle=\"font-family:'Times New Roman', serif;margin:0;color: green\">x</p><td\n\
         style='font: a \"b\"'>y</td></body></html>\n"
    );
}

#[test]
fn an_important_rule_wins_over_the_element() {
    let found = html("<style>p{color:red!important;margin:0}</style><p style=\"color:blue\">x");
    assert!(
        found.contains("color:red!important;margin:0;color:blue")
            || found.contains("color:red !important;margin:0;color:blue"),
        "{found}"
    );
}

#[test]
fn letters_become_entities_where_they_can() {
    let found = html(
        "<title>é</title><style>@media x{.a:before{content:\"é\"}}</style>\
        <p class=a title=\"ü&amp;\">ä&nbsp;😀</p><script type=\"application/ld+json\">{\"a\":\"😀\"}</script>",
    );
    assert!(found.is_ascii(), "{found}");
    for part in [
        "<title>&#233;</title>",
        "content:\"\\E9 \"",
        "title=\"&#252;&amp;\"",
        ">&#228;&nbsp;&#128512;</p>",
        "{\"a\":\"\\ud83d\\ude00\"}",
    ] {
        assert!(found.contains(part), "{part}\n{found}");
    }
}

#[test]
fn only_white_space_and_notes_are_left_out() {
    let found = html(
        "<p>a   <b>b</b>\n\n  <i>c</i><!-- note -->  d</p><pre> x\n   y </pre>\
        <!--[if mso]>  <td   width=1 >  <![endif]--><p style=\"white-space:pre\">a  b</p>\n<br />",
    );
    assert_eq!(
        found,
        "<p>a <b>b</b>\n<i>c</i> d</p><pre> x\n   y </pre><!--[if mso]> <td width=1> <![endif]--><p \
         style=\"white-space:pre\">a  b</p>\n<br />"
    );
}

#[test]
fn lines_are_short_enough_for_mail() {
    let words = "wörter ".repeat(400);
    let style = "color:red;".repeat(300);
    let found = html(&format!("<p style=\"{style}\" alt=\"{words}\">{words}</p>"));
    assert!(found.lines().all(|line| line.len() <= 998), "{found}");
    let fault = finish(&draft(&"x".repeat(2000), Dialect::Plain), &settings(), &Inliner::new());
    assert_eq!(fault.unwrap_err()[0].kind, FaultKind::LongLine);
}

#[test]
fn what_no_mail_may_hold_is_told() {
    let fault = |html: &str| {
        finish(&draft(html, Dialect::Plain), &settings(), &Inliner::new()).unwrap_err()[0].clone()
    };
    let found = fault("<p>a\u{96}b</p>");
    assert_eq!((found.kind, found.range), (FaultKind::Control, Some(4..6)));
    assert_eq!(fault("a\0b").range, Some(1..2));
    assert_eq!(fault("<p é=1>").kind, FaultKind::NotAscii);
    assert_eq!(fault("<xmp>é</xmp>").kind, FaultKind::NotAscii);
}

#[test]
fn a_text_says_what_the_html_says() {
    let found = text(
        "<html><head><title>no</title><style>.h{display:none}</style></head><body>\
         <div style=\"display:none\">preheader</div><div class=h>hidden</div>\
         <h1>Black <b>Friday</b></h1><p>Dear {{ first_name|default:\"friend of a house\" }}, see \
         <a href=\"https://e.example/a?x=1&amp;y=2\">our offers</a>, all of them, until the end of the week.</p>\
         <table role=presentation><tr><td><a href=\"https://e.example/c\"><img src=x alt=\"A lamp\"></a></td>\
         <td><h3><a href=\"https://e.example/c\">Lamp</a></h3><p>Was&nbsp;$20<br>Now $10</p>\
         <a href=\"https://e.example/c\">Shop now</a></td></tr></table>\
         <ul><li>one<li>two <ul><li>deep</ul></ul><ol><li>first</li></ol><hr>\
         <table><tr><th>Size</th><th>Price</th></tr><tr><td>S</td><td>1</td></tr></table>\
         {% for x in items %}<tr><td>{{ x }}</td></tr>{% endfor %}\
         <p data-text=skip>not here</p><p data-text=only>only here</p>\
         <p><a href=\"{% unsubscribe_link %}\">Unsubscribe</a> | <a href=\"mailto:a@b.example\">a@b.example</a></p>",
    );
    assert_eq!(
        found,
        "Black Friday\n============\n\n\
         Dear {{ first_name|default:\"friend of a house\" }}, see our offers\n\
         (https://e.example/a?x=1&y=2), all of them, until the end of the week.\n\n\
         A lamp\n\nLamp\n\nWas $20\nNow $10\n\nShop now\nhttps://e.example/c\n\n\
         - one\n- two\n  - deep\n\n1. first\n\n----------------------------------------\n\n\
         Size | Price\nS | 1\n\n{% for x in items %}\n{{ x }}\n{% endfor %}\n\nonly here\n\n\
         Unsubscribe ({% unsubscribe_link %}) | a@b.example\n"
    );
}

#[test]
fn what_is_for_the_text_alone_is_not_in_the_html() {
    let mail =
        finished("<p data-text=\"skip\">a</p><div data-text=only>{{ b }}</div>", Dialect::Klaviyo);
    assert_eq!((mail.html.as_str(), mail.text.as_str()), ("<p>a</p>", "{{ b }}\n"));
}

#[test]
fn tags_stay_wherever_they_stand_in_a_tag() {
    for one in [
        "<{{ x }}>a</{{ x }}>",
        "<h{{ x }} id=b>a",
        "<p {{ x }}=b>a",
        "<p data-text=only{{ x }}>a",
        "<style {{ x }}>p{color:red}</style><p>a",
        "<style>p{color:red}</style {{ x }}><p>a",
    ] {
        assert_eq!(finished(one, Dialect::Klaviyo).html, one);
    }
}

#[test]
fn a_preheader_is_put_where_there_is_none() {
    let mut one = draft("<html><body class=a><p>Hello</p></body></html>", Dialect::Klaviyo);
    one.preheader = "Ends {{ day }} & <soon>";
    let mail = finish(&one, &settings(), &Inliner::new()).unwrap();
    let flat = mail.html.replace('\n', " ");
    let wanted = "<body><div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">Ends \
                  {{ day }} &amp; &lt;soon&gt;&#847; &#847; ";
    assert!(flat.contains(wanted), "{flat}");
    assert_eq!(mail.text, "Hello\n");
    let again = finish(&Draft { html: &mail.html, ..one }, &settings(), &Inliner::new()).unwrap();
    assert_eq!(again.html, mail.html);
    one.html = "<body><div hidden>Ends {{ day }} &amp; &lt;soon&gt;</div>x";
    let mail = finish(&one, &settings(), &Inliner::new()).unwrap();
    assert!(!mail.html.contains("mso-hide"), "{}", mail.html);
}

#[test]
fn headers_cannot_be_made_up() {
    let fault = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        finish(&draft("x", Dialect::Klaviyo), &settings, &Inliner::new()).map(|_| ())
    };
    assert!(fault(&|one| one.from.as_mut().unwrap().name = "a\r\nBcc: b@c".to_owned()).is_err());
    assert!(fault(&|one| one.to.as_mut().unwrap().address = "a@b> c@d".to_owned()).is_err());
    assert!(fault(&|one| one.to.as_mut().unwrap().address = "{{ email }}".to_owned()).is_ok());
    assert!(fault(&|one| one.unsubscribe = Some("http://x".to_owned())).is_err());
    assert!(fault(&|one| one.unsubscribe = Some("https://x>, <https://y".to_owned())).is_err());
    let one = Draft { subject: "a\nb", ..draft("x", Dialect::Plain) };
    assert_eq!(finish(&one, &settings(), &Inliner::new()).unwrap_err()[0].kind, FaultKind::Header);
}

#[test]
fn a_sidecar_is_canonical() {
    let mail = finished("<style>@media x{p{a:b}}</style><p>x", Dialect::Klaviyo);
    let value: serde_json::Value = serde_json::from_str(&mail.sidecar).unwrap();
    assert_eq!(serde_jcs::to_string(&value).unwrap() + "\n", mail.sidecar);
    assert_eq!(value["sizes"]["html"], mail.html.len());
    assert_eq!(value["dialect"], "klaviyo");
    assert_eq!(value["switch_off"].as_array().unwrap().len(), 2);
}

#[test]
fn mails_with_one_skeleton_are_inlined_once() {
    let inliner = Inliner::new();
    for one in ["a", "b", "c d"] {
        let html = format!(
            "<style>p{{color:red}}</style><p style=\"margin:{one}\"><a href={one}>{one}</a>"
        );
        let found = finish(&draft(&html, Dialect::Plain), &settings(), &inliner).unwrap().html;
        assert_eq!(found, finished(&html, Dialect::Plain).html);
    }
    assert_eq!(inliner.remembered(), 2);
}

#[test]
fn a_remembered_style_is_that_of_the_same_words_in_the_same_quotes() {
    let inliner = Inliner::new();
    let written = ["\"margin:1px\"", "\"color:a\"", "'margin:1px'", "\"é\"", "\"x:{{ y }}\"", "''"];
    for one in written.iter().chain(written.iter().rev()).chain(&written) {
        let html = format!("<style>p{{color:red;font:a 'b'}}</style><p style={one}>x");
        let found = finish(&draft(&html, Dialect::Klaviyo), &settings(), &inliner).unwrap().html;
        assert_eq!(found, finished(&html, Dialect::Klaviyo).html);
    }
    assert_eq!(inliner.remembered(), 1);
}
