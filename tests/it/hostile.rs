//! Hostile data gives the same tags and attributes as benign data, in every HTML artifact.

use std::cell::RefCell;
use std::collections::BTreeMap;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states,
};
use throughline::artifact::pages::for_each_element;

use crate::sample::{manifest, sample};
use crate::sandbox::Sandbox;

pub(crate) const PAYLOADS: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></style></textarea><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% for x in y %}",
    "<!--[if mso]><a href=\"x\">x</a><![endif]-->",
    "--><a href=x>x</a><!--",
    "&lt;b&gt;&amp;&#x27;&quot;",
    "`onclick=alert(1)` <b",
    "]]><![CDATA[<x>",
    "**bold** [a](javascript:alert(1)) <i>",
    "Ω≈ç√∫˜µ≤≥÷ ﷽ ขึ้",
    "=HYPERLINK(\"x\")",
    "\\\"-alert(1)}//",
    "%3Cscript%3E &copy=2 &para",
];

/// A tag and the names of its attributes.
type Shape = (String, Vec<String>);

/// Tags and attribute names as html5ever sees them.
#[derive(Default)]
struct Structure(RefCell<Vec<Shape>>);

impl TokenSink for Structure {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) = token else {
            return TokenSinkResult::Continue;
        };
        let names = attrs.iter().map(|one| one.name.local.to_string()).collect();
        self.0.borrow_mut().push((name.to_string(), names));
        match &*name {
            "script" => TokenSinkResult::RawData(states::RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(states::RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(states::RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}

pub(crate) fn names(html: &str) -> Vec<Shape> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Structure::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// What machines read in a page: the shape of its JSON-LD, without the texts.
pub(crate) fn structured(html: &str) -> Vec<serde_json::Value> {
    fn shape(value: &serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect()
            }
            Value::Array(items) => items.iter().map(shape).collect(),
            Value::String(_) => Value::from("text"),
            other => other.clone(),
        }
    }
    let mut found = Vec::new();
    for_each_element(html, &mut |name, _, content| {
        if name == "script" {
            found.push(shape(&serde_json::from_str(content).unwrap()));
        }
    });
    found
}

pub(crate) fn html_artifacts(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let manifest = manifest(sandbox, "output");
    let all = manifest["artifacts"].as_array().unwrap().iter();
    let html = all.filter(|entry| entry["media_type"] == "text/html");
    html.map(|entry| {
        let path = format!("output/{}", entry["path"].as_str().unwrap());
        (entry["id"].as_str().unwrap().to_owned(), sandbox.read(&path))
    })
    .collect()
}

/// Writes a payload into every cell of every column that takes free text.
fn poison(sandbox: &Sandbox, table: &str, columns: &[&str], payload: &str) {
    let path = format!("partners/{table}.csv");
    let text = sandbox.read(&path);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for row in reader.records().map(Result::unwrap) {
        let cells = header.iter().zip(&row).map(|(name, cell)| {
            let poisoned = columns.contains(&name) && !cell.is_empty();
            if poisoned { payload } else { cell }
        });
        writer.write_record(cells).unwrap();
    }
    sandbox.write(&path, writer.into_inner().unwrap());
}

/// Everything about a page but its texts.
fn shape_of(html: &str) -> (Vec<Shape>, Vec<serde_json::Value>) {
    (names(html), structured(html))
}

#[test]
fn hostile_cells_never_become_markup() {
    let sandbox = sample();
    // Short texts are another test's business.
    for channel in ["email", "landing", "sms", "push", "paid-social", "affiliate", "print"] {
        let path = format!("rules/channels/{channel}.toml");
        let text = sandbox.read(&path);
        sandbox.write(&path, text.split("[limits]").next().unwrap());
    }
    // Banners refuse texts that do not fit, and hold no markup that a browser reads.
    let banners = "[[assets]]\nid = \"banner\"\nchannel = \"display\"\neach = \"offer\"\n";
    sandbox.edit(
        "briefs/bf26.md",
        &format!("{banners}order = [\"category\", \"partner_id\"]\n"),
        "",
    );
    // So do the pictures that pages are shared with.
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\"/>";
    sandbox.write("templates/image/share.svg", picture);
    sandbox.run(&["build"]).expect_code(0);
    let benign: BTreeMap<_, _> =
        html_artifacts(&sandbox).into_iter().map(|(id, html)| (id, shape_of(&html))).collect();
    assert!(benign.len() > 100);
    assert!(benign.values().any(|(_, data)| !data.is_empty()));
    for payload in PAYLOADS {
        let offers = ["title", "body", "cta", "exclusions", "badge", "title@sms", "title@push"];
        poison(&sandbox, "offers", &offers, payload);
        // A code that is the partner's name as well would be shown before its time.
        poison(&sandbox, "offers", &["code"], &format!("{payload}!"));
        poison(&sandbox, "partners", &["name", "legal_name", "blurb"], payload);
        let run = sandbox.run(&["build"]);
        let hostile = html_artifacts(&sandbox);
        assert_eq!(run.code, 0, "{payload}\n{}", run.text());
        assert_eq!(benign.keys().collect::<Vec<_>>(), hostile.keys().collect::<Vec<_>>());
        for (id, html) in &hostile {
            assert!(shape_of(html) == benign[id], "{id} has another structure with {payload}");
        }
    }
}
