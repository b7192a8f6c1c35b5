//! Mails of every sender with merge tags wherever they can stand: each comes out byte for byte,
//! and two other programs read the message as it was meant.

use serde_json::json;
use throughline::dialect::{Dialect, scan};
use throughline::mail::{Draft, Inliner, Mail, Mailbox, Settings, finish};

use crate::python::{ask, to_hex};

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";

fn settings() -> Settings {
    Settings {
        from: Some(Mailbox {
            name: "Nørthwind, Inc.".to_owned(),
            address: "news@northwind.example".to_owned(),
        }),
        to: Some(Mailbox { name: "A \"B\" C".to_owned(), address: "a@b.example".to_owned() }),
        unsubscribe: Some("https://northwind.example/u".to_owned()),
        date: 1_795_000_000,
        ..Settings::default()
    }
}

fn finished(one: &Draft<'_>) -> Mail {
    finish(one, &settings(), &Inliner::new())
        .unwrap_or_else(|fault| panic!("{:?} {fault:?}", one.dialect))
}

/// The tags of each dialect, as they stand in a mail: value, start, middle and end of a part.
const TAGS: [(Dialect, [&str; 4]); 8] = [
    (Dialect::Mailchimp, ["*|FNAME|*", "*|IF:A>1|*", "*|ELSE:|*", "*|END:IF|*"]),
    (
        Dialect::Klaviyo,
        ["{{ a|default:\"b > 'c'\" }}", "{% if a > \"b\" %}", "{% else %}", "{% endif %}"],
    ),
    (
        Dialect::Braze,
        [
            "{{${first_name} | default: '<x>'}}",
            "{% if {{custom_attribute.${a}}} < 3 %}",
            "{% else %}",
            "{% endif %}",
        ],
    ),
    (Dialect::Sfmc, ["%%=v(@a)=%%", "%%[ IF @a > \"1\" THEN ]%%", "%%[ ELSE ]%%", "%%[ ENDIF ]%%"]),
    (
        Dialect::AdobeCampaign,
        ["<%= recipient.a > b %>", "<% if (a > \"b\") { %>", "<% } else { %>", "<% } %>"],
    ),
    (Dialect::AdobeJourney, ["{{profile.a}}", "{%#if a > \"b\"%}", "{%else%}", "{%/if%}"]),
    (Dialect::Iterable, ["{{{a \"b>c\"}}}", "{{#if a}}", "{{else}}", "{{/if}}"]),
    (Dialect::SendGrid, ["{{insert a \"default=b\"}}", "{{#if a}}", "{{else}}", "{{/if}}"]),
];

/// A mail with tags wherever they can stand.
fn torture([value, start, middle, end]: [&str; 4]) -> String {
    format!(
        "{HEAD}<title>{value}</title><style>p {{ color: red }} td {{ padding: 0 }}</style>\
         <style>.x {{ color: {value}; }}</style></head><body>{start}<p class=\"a {value}\">{value}</p>{middle}\
         <p style=\"color:{value};margin:0\">two  {value}{value} é</p>{end}<!-- {value} -->\
         <!--[if mso]><td width=\"{value}\">{value}<![endif]--><table>{start}<tr>{value}<td {start}class=\"a\"\
         {middle}class='b'{end} title='{value}'>{value}</td></tr>{end}</table><a href=\"https://e.example/?a={value}\
         &amp;b=1\">{value}</a><a href={value}>x</a><img alt=\"{value}\" src=\"{value}\"></body></html>"
    )
}

/// The tags of a text, in order.
fn tags(text: &str, dialect: Dialect) -> Vec<&str> {
    scan(text, dialect).map(|one| one.text).collect()
}

#[test]
fn tags_come_out_as_they_went_in() {
    for (dialect, list) in TAGS {
        let [value, start, _, end] = list;
        let html = torture(list);
        assert_eq!(tags(&html, dialect).len(), 26, "{dialect:?}");
        let subject = format!("Hello {value} {start} grün {end}, today");
        let preheader = format!("For {value}");
        let one =
            Draft { html: &html, text: None, subject: &subject, preheader: &preheader, dialect };
        let mail = finished(&one);
        // The preheader's own stands first in the body.
        let mut wanted = tags(&html, dialect);
        let at = wanted.iter().position(|one| *one == start).unwrap();
        wanted.insert(at, value);
        assert_eq!(tags(&mail.html, dialect), wanted, "{dialect:?}");
        assert!(mail.html.contains("padding:0"), "{}", mail.html);
        let wanted = format!("https://e.example/?a={value}&b=1");
        assert!(mail.text.contains(&wanted), "{dialect:?}\n{}", mail.text);
        assert!(tags(&mail.text, dialect).len() >= 12, "{dialect:?}\n{}", mail.text);
        let raw = String::from_utf8(mail.message).unwrap();
        let written = raw.split("Subject: ").nth(1).unwrap().split("\r\nDate").next().unwrap();
        assert_eq!(tags(written, dialect), [value, start, end], "{dialect:?} {written}");
        assert!(mail.sidecar.contains(dialect.name()));
    }
}

#[test]
fn other_programs_read_the_message_as_it_was_meant() {
    let (mut files, mut wanted) = (Vec::new(), Vec::new());
    let plain = (Dialect::Plain, ["a", "b", "c", "d"]);
    for (dialect, list) in TAGS.into_iter().chain([plain]) {
        let html = torture(list);
        let subjects = [
            format!("Sale: {} saves 30 %", list[0]),
            format!(
                "Grüße, {} und viele andere Dinge, die lang werden: ä ö ü ß {}",
                list[0], list[1]
            ),
            format!("é{}é =?x?= {}", list[0], "lang ".repeat(40).trim()),
            "日本語の件名がとても長いのでいくつかの行に分けられます".repeat(3),
        ];
        for subject in subjects {
            let one = Draft { html: &html, text: None, subject: &subject, preheader: "", dialect };
            let mail = finished(&one);
            assert_eq!(mail, finished(&one));
            for line in mail.message.split(|one| *one == b'\n') {
                assert!(line.len() <= 999 && (line.is_empty() || line.ends_with(b"\r")));
            }
            assert!(mail.message.is_ascii(), "{dialect:?}");
            let read = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
            assert_eq!(read.subject(), Some(subject.as_str()));
            assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), mail.text);
            assert_eq!(read.body_html(0).unwrap().replace("\r\n", "\n"), mail.html);
            let from = read.from().unwrap().first().unwrap();
            assert_eq!(from.name(), Some("Nørthwind, Inc."));
            files.push(json!(to_hex(&mail.message)));
            wanted.push(json!({
                "subject": subject, "text": mail.text, "html": mail.html,
                "from": ["Nørthwind, Inc.", "news@northwind.example"],
                "to": ["A \"B\" C", "a@b.example"],
                "one_click": "List-Unsubscribe=One-Click",
                "unsubscribe": "<https://northwind.example/u>", "seconds": 1_795_000_000_u64,
            }));
        }
    }
    assert_eq!(ask("mails.py", &json!(files)), json!(wanted));
}
