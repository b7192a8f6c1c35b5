//! Our tokenizer and html5ever's see the same tags, attributes, comments and texts.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states,
};
use proptest::prelude::*;
use throughline::markup::{Kind, Tokens, unescape};

use crate::hostile::PAYLOADS;

/// What either tokenizer found, in the same words.
#[derive(Default)]
struct Seen(RefCell<Vec<String>>);

impl Seen {
    fn push(&self, one: String) {
        self.0.borrow_mut().push(one);
    }

    /// Texts come in pieces.
    fn text(&self, text: &str) {
        let mut seen = self.0.borrow_mut();
        match seen.last_mut() {
            Some(last) if last.starts_with("text ") => last.push_str(text),
            _ => seen.push(format!("text {text}")),
        }
    }

    fn start(&self, name: &str, attributes: impl Iterator<Item = (String, String)>) {
        let mut list: Vec<(String, String)> = Vec::new();
        for (name, value) in attributes {
            // A repeated attribute does not count.
            if !list.iter().any(|(other, _)| *other == name) {
                list.push((name, value));
            }
        }
        self.push(format!("start {} {list:?}", name.to_ascii_lowercase()));
    }
}

impl TokenSink for Seen {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) => {
                let list =
                    attrs.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
                self.start(&name, list);
                match &*name {
                    "script" => return TokenSinkResult::RawData(states::RawKind::ScriptData),
                    "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                        return TokenSinkResult::RawData(states::RawKind::Rawtext);
                    }
                    "title" | "textarea" => {
                        return TokenSinkResult::RawData(states::RawKind::Rcdata);
                    }
                    "plaintext" => return TokenSinkResult::Plaintext,
                    _ => {}
                }
            }
            Token::TagToken(Tag { name, .. }) => self.push(format!("end {name}")),
            Token::CharacterTokens(text) => self.text(&text),
            Token::CommentToken(text) => self.push(format!("comment {text}")),
            Token::DoctypeToken(_) => self.push("doctype".to_owned()),
            Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

fn theirs(html: &str) -> Vec<String> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Seen::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

fn ours(html: &str) -> Vec<String> {
    let seen = Seen::default();
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.advance() {
        match token.kind {
            Kind::Start => {
                let attributes = tokens.attributes().iter();
                seen.start(
                    token.text,
                    attributes.map(|one| {
                        (one.name.to_ascii_lowercase(), unescape(one.value).into_owned())
                    }),
                );
            }
            Kind::End => seen.push(format!("end {}", token.text.to_ascii_lowercase())),
            Kind::Text => seen.text(&unescape(token.text)),
            Kind::Raw => {
                let raw = &html[token.range];
                let plain =
                    ["title", "textarea"].iter().any(|one| token.text.eq_ignore_ascii_case(one));
                seen.text(&if plain { unescape(raw) } else { raw.into() });
            }
            Kind::Comment => seen.push(format!("comment {}", token.text)),
            Kind::Doctype => seen.push("doctype".to_owned()),
            // A tag that the text ends in is none; the rest are comments to html5ever.
            Kind::Other => {
                let whole = &html[token.range];
                let name = whole[1..].strip_prefix('/').unwrap_or(&whole[1..]);
                let tag = name.starts_with(|one: char| one.is_ascii_alphabetic());
                if !tag && whole != "</>" {
                    let skip = if whole.starts_with("<?") { 1 } else { 2 };
                    let inside = whole[skip..].strip_suffix('>').unwrap_or(&whole[skip..]);
                    seen.push(format!("comment {inside}"));
                }
            }
            Kind::HiddenStart | Kind::HiddenEnd | Kind::RevealedStart | Kind::RevealedEnd => {
                unreachable!("conditional comments are looked into by ours alone")
            }
        }
    }
    seen.0.into_inner()
}

#[track_caller]
fn agree(html: &str) {
    // A reference without `;` is read by browsers and left by us; html5ever sees no conditions,
    // drops NUL and makes one line end of another.
    let html = html.replace("[if", "(if").replace("[endif", "(endif").replace(['\0', '\r'], "");
    let html = html.replace('&', "&amp;");
    let (mut ours, mut theirs) = (ours(&html), theirs(&html));
    for last in [ours.last_mut(), theirs.last_mut()].into_iter().flatten() {
        // The sign that ends a comment, cut off by the end of the text.
        if last.starts_with("comment ") {
            last.truncate(last.trim_end_matches(['-', '!']).len());
        }
    }
    assert_eq!(ours, theirs, "{html}");
}

#[test]
fn our_tokenizer_agrees_with_html5ever() {
    for one in PAYLOADS {
        agree(one);
        agree(&format!("<a href={one} x y=\"1\" / z>t</a><b/c=d/>"));
        for other in PAYLOADS {
            agree(&format!("<p a=\"{one}\">{other}</p>"));
        }
    }
}

fn soup() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "--!>",
        "--",
        "-",
        "!",
        "<!",
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
        "<!DOCTYPE",
        "x",
        "é",
        "\n",
        "<p a='",
        "<%",
        "%>",
        "<plaintext>",
        "<?",
        "<textarea>",
        "</ ",
        "<script",
        "</SCRIPT ",
        "<!---",
        "<IMG src=x>",
        "</p>",
        "\t",
        "\u{c}",
    ]);
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn our_tokenizer_agrees_with_html5ever_on_soup(html in soup()) {
        agree(&html);
    }
}
