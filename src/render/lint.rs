//! What is wrong with a template before it is rendered.

use super::fault::place;
use super::tags::{Mark, TeraTag, chains, tera_tags};
use super::template_set::Template;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::source::{Documents, find_typed_parameter};

/// Checks one template's source; `all` are those it can include.
pub(super) fn check_template(
    documents: &Documents,
    template: &Template<'_>,
    all: &[Template<'_>],
    diagnostics: &mut Diagnostics,
) {
    let tags = tera_tags(template.text);
    for tag in tags.iter().filter(|tag| tag.mark != Mark::Comment) {
        check_safe(template, tag, diagnostics);
        check_fields(documents, template, tag, diagnostics);
    }
    check_typed(template, &tags, diagnostics);
    let name = template.name.to_ascii_lowercase();
    // Whatever is not named as something else can end up in HTML.
    if ![".txt", ".json", ".csv"].iter().any(|suffix| name.ends_with(suffix)) {
        check_places(template, &tags, all, diagnostics);
    }
}

fn check_safe(template: &Template<'_>, tag: &TeraTag, diagnostics: &mut Diagnostics) {
    let inside = tag.inside(template.text);
    let mut fail = |at: usize, length: usize, message: &str, help: &str| {
        let start = tag.range.start + 2 + at;
        let span = place(template, &(start..start + length));
        diagnostics.push(Diagnostic::error(Code::UnsafeFilter, span, message).help(help));
    };
    for (at, word) in chains(inside) {
        let piped = inside.get(..at).is_some_and(|head| head.trim_end().ends_with('|'));
        if piped && word == "safe" {
            fail(
                at,
                word.len(),
                "the filter `safe` switches escaping off",
                "remove it, or use `markdown` for texts",
            );
        }
        if word == "__tera_context" {
            fail(
                at,
                word.len(),
                "`__tera_context` prints everything there is",
                "print the fields that are meant",
            );
        }
    }
}

/// Inside `{% if %}` an unknown field is silently false, so it is looked for here.
fn check_fields(
    documents: &Documents,
    template: &Template<'_>,
    tag: &TeraTag,
    diagnostics: &mut Diagnostics,
) {
    let inside = tag.inside(template.text);
    for (at, chain) in chains(inside) {
        // The name of a component may have points in it.
        let head = inside.get(..at).unwrap_or("").trim_end();
        if head.ends_with(['<', '/']) || head.ends_with("component") {
            continue;
        }
        let parts: Vec<&str> = chain.split('.').map(|part| part.trim_end_matches('?')).collect();
        for (index, pair) in parts.windows(2).enumerate() {
            let [entity, field] = pair else { continue };
            // In `links.terms.url` the middle is a role.
            let role = index > 0 && parts.get(index - 1) == Some(&"links");
            let known = if role { Vec::new() } else { known_fields(documents, entity) };
            if known.is_empty() || field.is_empty() || known.contains(field) {
                continue;
            }
            let offset = chain.rfind(field).unwrap_or(0);
            let start = tag.range.start + 2 + at + offset;
            let span = place(template, &(start..start + field.len()));
            let message = format!("no {entity} has a field `{field}`");
            diagnostics.push(
                Diagnostic::error(Code::UnknownTemplateField, span, message)
                    .maybe_help(did_you_mean(field, known.iter().copied()))
                    .help_if_none("correct the name, or declare the column in throughline.toml"),
            );
        }
    }
}

fn known_fields<'d>(documents: &'d Documents, entity: &str) -> Vec<&'d str> {
    let table = match entity {
        "offer" => "offers",
        "partner" => "partners",
        "campaign" => return vec!["id", "name", "code", "owner", "zone"],
        "window" => return vec!["id", "freezes", "locks", "opens", "closes"],
        "channel" => return vec!["id", "medium", "source"],
        "terms" => return vec!["id", "title", "version", "text"],
        "page" => return vec!["form", "url", "robots", "opens", "closes", "alternates"],
        "hosts" => return vec!["site", "links", "assets"],
        "declared" => return documents.workspace.declared.keys().map(String::as_str).collect(),
        _ => return Vec::new(),
    };
    let names = documents.tables.get(table).into_iter().flat_map(|table| table.contract.names());
    names.chain(["id"]).collect()
}

fn check_typed(template: &Template<'_>, tags: &[TeraTag], diagnostics: &mut Diagnostics) {
    let mut from = 0;
    while let Some(found) = template.text.get(from..).and_then(find_typed_parameter) {
        let range = from + found.start..from + found.end;
        from = range.end;
        let comment = |tag: &TeraTag| tag.mark == Mark::Comment && tag.range.contains(&range.start);
        if tags.iter().any(comment) {
            continue;
        }
        let text = template.text.get(range.clone()).unwrap_or("");
        let name = text.split(['=', '{']).next().unwrap_or(text);
        let message = format!("the tracking parameter `{name}` is typed by hand");
        diagnostics.push(
            Diagnostic::error(Code::TypedParameterInSource, place(template, &range), message)
                .help("remove it: `links.…` are tagged by the build"),
        );
    }
}

/// Where in HTML a place is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Raw(&'static str),
    Comment,
    Tag,
    AfterEquals,
    Quoted { quote: u8, handler: bool },
    Unquoted,
}

/// Data may stand in text and in quoted attributes, nowhere else.
fn check_places(
    template: &Template<'_>,
    tags: &[TeraTag],
    all: &[Template<'_>],
    diagnostics: &mut Diagnostics,
) {
    let text = template.text;
    let bytes = text.as_bytes();
    let mut state = Place::Text;
    let mut tags = tags.iter().peekable();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let Some(tag) = tags.next_if(|tag| tag.range.start == at) {
            let prints = match tag.mark {
                Mark::Print => true,
                Mark::Statement => {
                    let inside = tag.inside(text);
                    is_block(inside) || is_component(inside) || includes_data(inside, all, 0)
                }
                Mark::Comment => false,
            };
            let tags_in_attribute = matches!(state, Place::Quoted { .. })
                && tag.mark == Mark::Print
                && chains(tag.inside(text)).iter().any(|(_, word)| MAKES_TAGS.contains(word));
            let fault = if tags_in_attribute {
                Some("this makes tags, which cannot stand in an attribute")
            } else {
                unsafe_place(state).filter(|_| prints)
            };
            if let Some(message) = fault {
                let span = place(template, &tag.range);
                diagnostics.push(
                    Diagnostic::error(Code::UnsafePlace, span, message)
                        .help("move it into text or a quoted attribute"),
                );
            }
            if tag.mark == Mark::Print && state == Place::AfterEquals {
                state = Place::Unquoted;
            }
            at = tag.range.end;
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let (next, step) = advance(state, *byte, rest, text.get(..at).unwrap_or(""));
        state = next;
        at += step;
    }
}

/// Filters and functions whose result holds tags.
const MAKES_TAGS: [&str; 3] = ["markdown", "offer_json_ld", "promotion_json_ld"];

/// Whether a statement opens a block, which a template that extends this one can fill with data.
fn is_block(statement: &str) -> bool {
    let words = statement.trim_start_matches(|one: char| one == '-' || one.is_whitespace());
    words.strip_prefix("block").is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// Whether a statement is a component with a body, which prints as any component does.
fn is_component(statement: &str) -> bool {
    let rest = statement.trim_start_matches(|one: char| one == '-' || one.is_whitespace());
    rest.starts_with('<')
}

/// Deeper nesting is refused when templates are loaded.
const MAX_DEPTH: usize = 16;

/// Whether a statement includes a template that prints something.
fn includes_data(statement: &str, all: &[Template<'_>], depth: usize) -> bool {
    let words = statement.trim_matches(|one: char| one == '-' || one.is_whitespace());
    let Some(name) = words.strip_prefix("include") else { return false };
    let name = name.trim().trim_matches(['"', '\'', '`']);
    let Some(template) = all.iter().find(|one| one.name == name) else { return false };
    tera_tags(template.text).iter().any(|tag| match tag.mark {
        Mark::Print => true,
        Mark::Statement => {
            let inside = tag.inside(template.text);
            is_component(inside) || depth < MAX_DEPTH && includes_data(inside, all, depth + 1)
        }
        Mark::Comment => false,
    })
}

fn unsafe_place(state: Place) -> Option<&'static str> {
    match state {
        Place::Raw("script") => Some("data inside <script> cannot be escaped"),
        Place::Raw("style") => Some("data inside <style> cannot be escaped"),
        Place::Comment => Some("data inside a comment cannot be escaped"),
        Place::Tag => Some("data cannot name tags and attributes"),
        Place::AfterEquals | Place::Unquoted => {
            Some("data in an attribute without quotes cannot be escaped")
        }
        Place::Quoted { handler: true, .. } => Some("data in an event handler cannot be escaped"),
        Place::Text | Place::Raw(_) | Place::Quoted { .. } => None,
    }
}

fn advance(state: Place, byte: u8, rest: &str, before: &str) -> (Place, usize) {
    let starts = |prefix: &str| {
        rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    // Multi-byte letters are stepped over whole.
    let one = rest.chars().next().map_or(1, char::len_utf8);
    match state {
        Place::Text if starts("<!--") => (Place::Comment, 4),
        Place::Text if starts("<script") => (Place::Raw("script"), 7),
        Place::Text if starts("<style") => (Place::Raw("style"), 6),
        Place::Text
            if byte == b'<'
                && rest
                    .as_bytes()
                    .get(1)
                    .is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/') =>
        {
            (Place::Tag, 1)
        }
        Place::Comment if starts("-->") => (Place::Text, 3),
        Place::Raw(name)
            if starts("</")
                && rest
                    .get(2..)
                    .is_some_and(|tail| tail.to_ascii_lowercase().starts_with(name)) =>
        {
            (Place::Tag, 2)
        }
        Place::Tag | Place::Unquoted | Place::AfterEquals if byte == b'>' => (Place::Text, 1),
        Place::Tag if byte == b'=' => (Place::AfterEquals, 1),
        Place::AfterEquals if byte == b'"' || byte == b'\'' => {
            (Place::Quoted { quote: byte, handler: is_handler(before) }, 1)
        }
        Place::AfterEquals if !byte.is_ascii_whitespace() => (Place::Unquoted, one),
        Place::Quoted { quote, .. } if byte == quote => (Place::Tag, 1),
        Place::Unquoted if byte.is_ascii_whitespace() => (Place::Tag, 1),
        same => (same, one),
    }
}

/// Whether the attribute that ends in `before` is `onclick` or the like.
fn is_handler(before: &str) -> bool {
    let name = before.trim_end().trim_end_matches('=').trim_end();
    let start =
        name.rfind(|one: char| one.is_whitespace() || "<\"'/".contains(one)).map_or(0, |at| at + 1);
    name.get(start..).is_some_and(|name| {
        name.to_ascii_lowercase().starts_with("on") || name.eq_ignore_ascii_case("srcdoc")
    })
}
