//! Checks on a rendered page: its head, what it would run, what it tells machines, and that it
//! shows nothing before its time.

use serde_json::Value as Json;

use super::inspect::{Subject, place_of};
use super::{fault, locate};
use crate::artifact::pages::{Due, HeadFault, PagePolicy, check_head, for_each_element};
use crate::artifact::{KnownUrls, StrayUrl, scan_json};
use crate::diag::{Code, Diagnostic};
use crate::markup::unescape;
use crate::model::Span;
use crate::source::PageForm;

/// Checks one form of a page; gives its policy.
pub(super) fn check_page(
    subject: &Subject<'_>,
    form: PageForm,
    html: &str,
    place: Span,
    found: &mut Vec<Diagnostic>,
) -> PagePolicy {
    let (policy, refused) = PagePolicy::read(html);
    for one in refused {
        let message = format!(
            "`{}` runs a script in an attribute, which the page's policy refuses",
            one.attribute
        );
        let typed = near(subject, &format!("{}=", one.attribute));
        found.push(
            Diagnostic::error(Code::RefusedScript, typed.unwrap_or(place), message)
                .help("remove it, or put the script into a file of assets/"),
        );
    }
    check_own_head(subject, form, html, place, found);
    if form == PageForm::Pending {
        found.extend(too_early(subject, html, place));
    }
    policy
}

fn check_own_head(
    subject: &Subject<'_>,
    form: PageForm,
    html: &str,
    place: Span,
    found: &mut Vec<Diagnostic>,
) {
    let Subject { stage, scene, job, part, .. } = *subject;
    let hosts = &stage.documents.workspace.hosts;
    let url = job.route.as_ref().and_then(|route| hosts.page(route)).unwrap_or_default();
    let hidden = Due::of(scene, job, form).robots == "noindex";
    for fault in check_head(html, &url, hidden) {
        found.push(match fault {
            HeadFault::Missing(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                let message = format!("the head of `{}` lacks {}", part.path, names.join(", "));
                Diagnostic::warning(Code::IncompleteHead, place, message)
                    .help("add them; `page.url` and `page.robots` hold the address and the robots")
            }
            HeadFault::OtherAddress { name, value } => {
                let typed = near(subject, name).unwrap_or(place);
                let message = format!("`{name}` is `{value}`, and the page is at `{url}`");
                Diagnostic::error(Code::WrongHead, typed, message).help("use `page.url`")
            }
            HeadFault::Twice(name) => {
                let message = format!("`{}` has `{name}` twice", part.path);
                Diagnostic::error(Code::WrongHead, place, message).help("keep one of them")
            }
            HeadFault::Robots(said) => {
                let what = if hidden { "must not list it" } else { "may list it" };
                let said = said.map_or("says nothing".to_owned(), |said| format!("says `{said}`"));
                let message = format!(
                    "the {} form `{}` {said} to search engines, which {what}",
                    form.name(),
                    part.path
                );
                let typed = near(subject, "\"robots\"").unwrap_or(place);
                Diagnostic::error(Code::WrongHead, typed, message)
                    .help("write `<meta name=\"robots\" content=\"{{ page.robots }}\">`")
            }
        });
    }
}

/// Where the part's own template, or another one, has a text.
fn near(subject: &Subject<'_>, text: &str) -> Option<Span> {
    let templates = subject.engine.of(subject.scene);
    let own = subject.part.template.as_deref().and_then(|name| templates.template(name));
    let own = own.and_then(|template| {
        let at = template.text.find(text)?;
        Some(fault::place(template, &(at..at + text.len())))
    });
    own.or_else(|| locate::find_typed(text, &templates.templates))
}

/// Codes this short stand in texts by chance.
const SHORTEST_CODE: usize = 4;

/// What the pending form shows although the recipe does not list it: a code, or any name of a
/// partner under embargo. Templates do not get these values; copy and templates can hold them typed.
fn too_early(subject: &Subject<'_>, html: &str, place: Span) -> Option<Diagnostic> {
    let Subject { stage, scene, job, part, .. } = *subject;
    let facts = stage.facts;
    let columns = &facts.roster.columns;
    let (offers, partners) = scene.tables;
    let settings = scene.channel.recipes.get(job.recipe).map(|recipe| &recipe.page)?;
    let listed = |field: &str| settings.pending_shows.iter().any(|one| one.value == field);
    let text = unescape(html);
    let fail = |span: Span, value: &str, why: String| {
        let message = format!("the pending form `{}` shows `{value}`, {why}", part.path);
        Diagnostic::error(Code::ShownTooEarly, span, message)
            .related(place, "rendered from this template")
            .help("take it out of the pending form's template and copy")
    };
    let placements = job.placements.iter().filter_map(|at| facts.placements.get(*at));
    placements.filter_map(|one| facts.roster.offers.get(one.offer)).find_map(|offer| {
        let members = offer.partners.iter().filter_map(|at| partners.records.get(*at));
        let embargoed = |row: &&crate::source::table::Record| {
            row.value(columns.embargo_until).as_instant().is_some()
        };
        let names = members.clone().filter(embargoed).find_map(|row| {
            ["name", "legal_name"].iter().find_map(|column| {
                let at = partners.column(column)?;
                let name = row.text(at);
                let why = "and the partner is under embargo".to_owned();
                says(&text, name).then(|| fail(row.span(columns.embargo_until), name, why))
            })
        });
        let code = offers.records.get(offer.record).and_then(|row| {
            let code = row.text(columns.offer_code);
            let secret = !listed("offer.code") || members.clone().any(|row| embargoed(&row));
            let shown = secret && code.chars().count() >= SHORTEST_CODE && says(&text, code);
            let why = format!("the code of `{}`", offer.id);
            shown.then(|| fail(row.span(columns.offer_code), code, why))
        });
        names.or(code)
    })
}

/// Whether a text holds a name as words of its own.
fn says(text: &str, name: &str) -> bool {
    let joins = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|tail| tail.chars().next());
            !joins(before) && !joins(after)
        })
}

/// Addresses in data for machines must be known too.
pub(super) fn check_structured_data(subject: &Subject<'_>, html: &str) -> Vec<StrayUrl> {
    let mut stray = Vec::new();
    // Nearly no mail has any, and each would be read once more.
    if !may_hold_data(html) {
        return stray;
    }
    for_each_element(html, &mut |name, attributes, content| {
        let kind = attributes.iter().find(|one| one.name.eq_ignore_ascii_case("type"));
        let data =
            kind.is_some_and(|one| one.value.trim().eq_ignore_ascii_case("application/ld+json"));
        if !name.eq_ignore_ascii_case("script") || !data {
            return;
        }
        // What is no JSON is found by `lint`.
        if let Ok(value) = serde_json::from_str::<Json>(content) {
            stray.extend(stray_addresses(&value, subject.known));
        }
    });
    stray
}

/// Whether a text holds the end of `application/ld+json`, which stands as it is wherever it counts.
fn may_hold_data(html: &str) -> bool {
    let is_kind = |at: usize| {
        let kind = at.checked_sub(2).and_then(|start| html.as_bytes().get(start..at + 5));
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case(b"ld+json"))
    };
    memchr::memchr_iter(b'+', html.as_bytes()).any(is_kind)
}

/// Names whose values are addresses; what stands under others is text, whatever it looks like.
const ADDRESSES: [&str; 7] = ["@id", "contentUrl", "image", "logo", "sameAs", "target", "url"];

/// Addresses in a JSON-LD document that are not known.
fn stray_addresses(value: &Json, known: &KnownUrls<'_>) -> Vec<StrayUrl> {
    match value {
        Json::Array(items) => items.iter().flat_map(|one| stray_addresses(one, known)).collect(),
        Json::Object(fields) => {
            let all = fields.iter().flat_map(|(name, value)| match value {
                Json::String(_) | Json::Array(_) if ADDRESSES.contains(&name.as_str()) => {
                    let mut found = scan_json(value, known, &mut Vec::new());
                    found.retain(|one| !is_vocabulary(&one.value));
                    found
                }
                other => stray_addresses(other, known),
            });
            all.collect()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Vec::new(),
    }
}

/// Words of schema.org look like addresses, and nobody follows them.
fn is_vocabulary(value: &str) -> bool {
    ["https://schema.org", "http://schema.org"].iter().any(|host| {
        value.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Two forms with the same body tell nobody what time it is.
pub(super) fn same_forms(subject: &Subject<'_>, files: &[(PageForm, &[u8])]) -> Option<Diagnostic> {
    let body = |bytes: &[u8]| memchr::memmem::find(bytes, b"<body").map(|at| at..bytes.len());
    let bodies: Vec<(PageForm, &[u8])> =
        files.iter().filter_map(|(form, bytes)| Some((*form, bytes.get(body(bytes)?)?))).collect();
    let same = bodies.iter().enumerate().find_map(|(at, (form, bytes))| {
        let later = bodies.get(at + 1..).unwrap_or_default();
        later.iter().find(|(_, other)| other == bytes).map(|(other, _)| (*form, *other))
    });
    let (one, other) = same?;
    let message = format!(
        "the {} and the {} form of `{}` show the same",
        one.name(),
        other.name(),
        subject.part.path
    );
    Some(
        Diagnostic::error(Code::SameForms, place_of(subject), message)
            .help("ask for `form` in the template, or take one out of `forms`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_looked_for_wherever_its_kind_stands() {
        for html in ["<script type=application/ld+json>", "<script type=' APPLICATION/LD+JSON '>"] {
            assert!(may_hold_data(html), "{html}");
        }
        for html in ["", "+json", "<p>1+1", "<script type=application/json>"] {
            assert!(!may_hold_data(html), "{html}");
        }
    }
}
