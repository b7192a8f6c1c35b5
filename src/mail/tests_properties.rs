//! Whatever the mail: no panic, no lost tag, the rules on the elements that the inliner itself
//! would put there, the same message read by another program, and nothing left to do.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::tests::{draft, settings};
use super::*;
use crate::dialect::Dialect;
use crate::markup::{Kind, Tokens, unescape};

/// One for all cases: what it remembers of other mails changes nothing.
static INLINER: LazyLock<Inliner> = LazyLock::new(Inliner::new);

fn soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "[if mso]>",
            "<![endif]",
            "<a href=x>",
            " b",
            "=",
            "\"",
            "'",
            "/",
            " ",
            "<style>",
            "</style>",
            ".a{b:c}",
            "@media x{",
            "}",
            "{",
            "<title>",
            "</title>",
            "&amp;",
            "&",
            "x",
            "é",
            "\n",
            "<p class='a b' style=c:d",
            "{{",
            "}}",
            "<%",
            "%>",
            "*|A|*",
            "%%",
            "<table>",
            "<td>",
            "</p>",
            "<pre>",
            "</pre>",
            "<ul><li>",
            "<br/>",
            "{{ x }}",
            "{% if a %}",
            "{% endif %}",
            "<!DOCTYPE html>",
            "<body>",
            "</a>",
            "<h1>",
            "data-text=only",
            "data-text=skip>",
            "<i hidden>",
            "<hr>",
            "<img alt=",
            "\r\n",
            ";",
            "*{a:b!important}",
            ".a .b,p{c:\"d\"}",
            "style=\"",
            "class=\"",
            "/*",
            "*/",
            "\\",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

const RULES: [&str; 22] = [
    "p{color:red}",
    ".a{color:blue;margin:0}",
    ".a .b{padding:1px 2px}",
    "div > p{margin:1px}",
    "td.a{color:green !important}",
    "#i{font:x}",
    "a:hover{color:red}",
    "[href]{a:b}",
    "[href=\"https://e.example/1\"]{c:d}",
    "[title]{e:f}",
    "p:first-child{g:h}",
    "*{box:x}",
    "td:empty{i:j}",
    "p + p{k:l}",
    ".a,.b{m:n}",
    "@media (max-width:600px){.a{width:100%}}",
    ".gone{o:p}",
    "span:not(.a){q:r}",
    "p ~ a{s:t}",
    "body .c{color:#123}",
    "li:last-child{u:v}",
    "td[width=\"3\"]{w:x!important;color:red}",
];

/// A mail with elements in each other, each with a number.
fn mails() -> impl Strategy<Value = String> {
    let attributes = prop::sample::select(vec![
        "",
        " class=a",
        " class=\"a b\"",
        " class='c'",
        " class=\"b gone\"",
        " id=i",
        " style=\"color:black\"",
        " style='margin:3px;color:pink!important'",
        " title=t width=3",
        " class=a style=\"padding:0\" width=3",
        " title='<&quot;'",
    ]);
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "text",
            "",
            " ",
            "a &amp; é &lt; b",
            "<br>",
            "<!-- n -->",
            "<img src=x alt=\"a lamp\">",
        ])
        .prop_map(str::to_owned),
        (0..5).prop_map(|number| format!("<a href=\"https://e.example/{number}\">link</a>")),
    ];
    let tree = leaf.prop_recursive(6, 40, 5, move |inner| {
        let names = prop::sample::select(vec![
            "div", "p", "b", "span", "h1", "ul", "li", "td", "tr", "table", "center", "pre",
        ]);
        (names, attributes.clone(), prop::collection::vec(inner, 0..5)).prop_map(
            |(name, attributes, inside)| {
                format!("<{name}{attributes}>{}</{name}>", inside.concat())
            },
        )
    });
    let rules = prop::collection::vec(prop::sample::select(RULES.to_vec()), 0..10);
    (rules, prop::collection::vec(tree, 1..5)).prop_map(|(rules, body)| {
        let html = format!(
            "<html><head><style>{}</style></head><body>{}</body></html>",
            rules.join("\n"),
            body.concat()
        );
        numbered(&html)
    })
}

/// Gives each start tag a number, by which it is found again.
fn numbered(html: &str) -> String {
    let (mut out, mut number) = (String::new(), 0);
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        let text = &html[token.range];
        if token.kind == Kind::Start {
            number += 1;
            out.push_str(&text[..text.len() - 1]);
            out.push_str(" data-n=\"");
            out.push_str(&number.to_string());
            out.push_str("\">");
        } else {
            out.push_str(text);
        }
    }
    out
}

/// What the style of each numbered element comes to: of two declarations the last counts, unless
/// the first alone is important.
fn effects(html: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        let find = |name| tokens.attributes().iter().find(|one| one.is(name));
        let (Kind::Start, Some(number)) = (token.kind, find("data-n")) else { continue };
        // Of which nothing may be left.
        if token.starts("style") {
            continue;
        }
        let mut effect: BTreeMap<String, String> = BTreeMap::new();
        let style = find("style").map(|one| unescape(one.value).into_owned()).unwrap_or_default();
        for one in style.split(';').filter_map(|one| one.split_once(':')) {
            let name = one.0.trim().to_owned();
            let value: String = one.1.split_whitespace().collect();
            let loses = effect
                .get(&name)
                .is_some_and(|old| old.ends_with("!important") && !value.ends_with("!important"));
            if !loses {
                effect.insert(name, value);
            }
        }
        // Misplaced elements may come twice; the first is the author's.
        found.entry(number.value.to_owned()).or_insert(effect);
    }
    found
}

fn plainly_inlined(html: &str) -> String {
    css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .keep_at_rules(true)
        .remove_inlined_selectors(true)
        .build()
        .inline(html)
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn finishing_never_panics(html in soup(), dialect in prop::sample::select(Dialect::ALL.to_vec())) {
        for inline in [true, false] {
            let settings = Settings { inline, minify: inline, ..settings() };
            match finish(&draft(&html, dialect), &settings, &INLINER) {
                Ok(mail) => {
                    prop_assert!(mail.html.lines().all(|line| line.len() <= 998));
                    prop_assert!(mail.message.split(|one| *one == b'\n').all(|line| line.len() <= 999));
                }
                Err(faults) => prop_assert!(
                    faults.iter().all(|one| one.kind != FaultKind::LostTag),
                    "{faults:?}"
                ),
            }
        }
    }

    #[test]
    fn rules_reach_the_elements_that_the_inliner_finds(html in mails()) {
        let mail = finish(&draft(&html, Dialect::Plain), &settings(), &INLINER).unwrap();
        let (ours, theirs) = (effects(&mail.html), effects(&plainly_inlined(&html)));
        for (number, theirs) in theirs {
            prop_assert_eq!(ours.get(&number), Some(&theirs), "{} {}\n{}", number, html, mail.html);
        }
    }

    #[test]
    fn a_finished_mail_is_finished(html in mails()) {
        let mail = finish(&draft(&html, Dialect::Plain), &settings(), &INLINER).unwrap();
        let again = finish(&draft(&mail.html, Dialect::Plain), &settings(), &INLINER).unwrap();
        prop_assert_eq!(&again.html, &mail.html, "{}", html);
    }

    #[test]
    fn every_link_is_in_the_text_and_no_line_is_long(html in mails()) {
        let mail = finish(&draft(&html, Dialect::Plain), &settings(), &INLINER).unwrap();
        let mut tokens = Tokens::new(&html);
        while let Some(token) = tokens.advance() {
            let href = tokens.attributes().iter().find(|one| one.is("href"));
            if let Some(href) = href.filter(|_| token.kind == Kind::Start) {
                prop_assert!(mail.text.contains(href.value), "{}\n{}", html, mail.text);
            }
        }
        // What is preformatted stays as it was written, however long it is; the rest of it flows.
        let html = html.replace("<pre", "<div").replace("</pre>", "</div>");
        let mail = finish(&draft(&html, Dialect::Plain), &settings(), &INLINER).unwrap();
        for line in mail.text.lines() {
            // Words that stand together without a blank are one.
            let word = line.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
            prop_assert!(line.chars().count() <= 78 || word > 24, "{}", mail.text);
        }
    }

    #[test]
    fn the_message_is_read_as_it_was_meant(html in mails(), subject in "[^\\pC]{0,80}") {
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let one = Draft { subject: &subject, ..draft(&html, Dialect::Klaviyo) };
        let mail = finish(&one, &settings(), &INLINER).unwrap();
        let read = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
        prop_assert_eq!(read.subject().unwrap_or_default(), subject.as_str());
        let lines = |text: &str| text.replace("\r\n", "\n");
        prop_assert_eq!(lines(&read.body_text(0).unwrap()), mail.text);
        prop_assert_eq!(lines(&read.body_html(0).unwrap()), mail.html);
    }
}
