//! Shows a link that was found: what is not as it was built, and where each part comes from.

use anyhow::Result;
use serde_json::{Value, json};

use super::console::Console;
use super::exit::Exit;
use super::ga4;
use super::prepare::Prepared;
use super::released::LastBuild;
use crate::address::split;
use crate::ga4::{OwnSources, Prediction, Visit, predict};
use crate::link::{
    Difference, Found, LinkOrigin, MadeLink, Match, Minted, ParamOrigin, SwapOrigin, explain,
};
use crate::model::Span;
use crate::resolve::OwnerBook;
use crate::source::{LockRow, Position, Sources};

/// Ids of other links that are listed for people.
const LISTED: usize = 5;

pub(super) fn explain_link(
    prepared: &Prepared,
    found: &Found<'_>,
    last: Option<&LastBuild>,
    console: &mut Console,
) -> Result<Exit> {
    match found.link {
        Minted::Live(link) => {
            let owners = OwnerBook::new(&prepared.documents, &prepared.sources);
            let origin = explain(&prepared.documents, &prepared.facts, link, owners);
            let Some(origin) = origin else { return Ok(Exit::Findings) };
            let shown = Shown {
                status: status(prepared, link),
                last,
                origin: &origin,
                own: &prepared.documents.taxonomy.ga4_sources,
                built: visit_of(link),
                given: found.url.as_deref().map(visit_in),
            };
            if console.format.is_json() {
                console.line(&shown.as_json(found, &prepared.sources).to_string())?;
            } else {
                shown.print(found, &prepared.sources, console)?;
            }
        }
        Minted::Retired { id, .. } => {
            let entry = &prepared.documents.lock.current(id).unwrap_or_default();
            let short_url = prepared.links.short_urls.url(entry.short_code);
            if console.format.is_json() {
                console.line(&retired_json(id, entry, &short_url, found, last).to_string())?;
            } else {
                print_retired(id, entry, &short_url, (found, last), console)?;
            }
        }
    }
    Ok(if found.kind == Match::Nearest { Exit::Findings } else { Exit::Done })
}

/// A live link with what is said of it.
struct Shown<'a> {
    status: &'static str,
    last: Option<&'a LastBuild>,
    origin: &'a LinkOrigin,
    own: &'a OwnSources,
    built: [String; 3],
    /// What GA4 reads of the URL as it was found.
    given: Option<[String; 3]>,
}

/// `new` has no id on record yet.
fn status(prepared: &Prepared, link: MadeLink<'_>) -> &'static str {
    let is_known = prepared.documents.lock.contains(&link.id);
    if is_known { "live" } else { "new" }
}

const VISIT: [&str; 3] = ["utm_source", "utm_medium", "utm_campaign"];

fn visit_of(link: MadeLink<'_>) -> [String; 3] {
    VISIT.map(|name| link.param(name).to_owned())
}

fn visit_in(url: &str) -> [String; 3] {
    let parts = split(url);
    VISIT.map(|name| {
        parts.param(name).map_or_else(String::new, |param| param.form_value.clone().into_owned())
    })
}

/// Nothing where GA4 has nothing to go by.
fn prediction<'v>(visit: &'v [String; 3], own: &'v OwnSources) -> Option<Prediction<'v>> {
    let [source, medium, campaign] = visit;
    let has_any = !source.is_empty() || !medium.is_empty();
    has_any.then(|| predict(Visit { source, medium, campaign, own }))
}

impl Shown<'_> {
    /// The channel of the URL as it was found, where that is another one than the link's.
    fn strayed(&self) -> Option<Prediction<'_>> {
        let given = prediction(self.given.as_ref()?, self.own)?;
        let built = prediction(&self.built, self.own)?;
        (given.channel != built.channel).then_some(given)
    }

    fn as_json(&self, found: &Found<'_>, sources: &Sources) -> Value {
        let origin = self.origin;
        let param = |one: &ParamOrigin| param_json(one, sources);
        json!({
            "kind": "link",
            "link_id": origin.link_id,
            "placement": origin.placement,
            "match": word(found.kind),
            "differences": found.differences.iter().map(difference_json).collect::<Vec<_>>(),
            "also": found.also,
            "status": self.status,
            "build": build_json(self.last, &origin.url),
            "url": origin.url,
            "short_url": origin.short_url,
            "ga4": prediction(&self.built, self.own).as_ref().map(ga4::as_json),
            "ga4_as_given": self.strayed().as_ref().map(ga4::as_json),
            "destination": param(&origin.destination),
            "params": origin.params.iter().map(param).collect::<Vec<_>>(),
        })
    }

    fn print(&self, found: &Found<'_>, sources: &Sources, console: &mut Console) -> Result<()> {
        let origin = self.origin;
        console.line(&format!("link       {}", origin.link_id))?;
        console.line(&format!("placement  {}", origin.placement))?;
        print_match(found, console)?;
        let status = match self.status {
            "new" => "new: the next build gives it its id",
            other => other,
        };
        console.line(&format!("status     {status}"))?;
        console.line(&format!("build      {}", in_build(self.last, &origin.url)))?;
        console.line(&format!("short      {}", origin.short_url))?;
        console.line(&format!("url        {}", origin.url))?;
        if let Some(built) = prediction(&self.built, self.own) {
            console.line(&format!("ga4        {}", ga4::in_a_line(&built)))?;
        }
        if let Some(strayed) = self.strayed() {
            console.line(&format!("           as given, {}", ga4::in_a_line(&strayed)))?;
        }
        for param in std::iter::once(&origin.destination).chain(&origin.params) {
            let rule =
                param.rule.map(|span| format!("  <- {}", sources.locate(span))).unwrap_or_default();
            console.line(&format!("\n{} = {}{rule}", param.name, param.value))?;
            for field in &param.from {
                let owner =
                    field.owner.as_ref().map(|owner| format!("  ({owner})")).unwrap_or_default();
                let (name, value) = (format!("{{{}}}", field.field), &field.value);
                let place = sources.locate(field.span);
                console.line(&format!("  {name:<22} {value:<28} {place}{owner}"))?;
                for line in field.swap.iter().flat_map(|swap| swap_lines(swap, sources)) {
                    console.line(&format!("    {line}"))?;
                }
            }
        }
        Ok(())
    }
}

/// Whether the last build has a link, and leads it to the same URL.
fn in_build(last: Option<&LastBuild>, url: &str) -> String {
    let Some(LastBuild { root, url: built }) = last else {
        return "nothing is built in output/".to_owned();
    };
    match built {
        None => format!("not in the last build, {root}"),
        Some(built) if built == url => format!("{root}, the last one"),
        Some(_) => format!("{root}, the last one, where it has another URL"),
    }
}

fn build_json(last: Option<&LastBuild>, url: &str) -> Value {
    last.map_or(Value::Null, |LastBuild { root, url: built }| {
        let same = built.as_ref().map(|built| built == url);
        json!({ "root": root, "has_link": built.is_some(), "same_url": same })
    })
}

fn word(kind: Match) -> &'static str {
    match kind {
        Match::Exact => "exact",
        Match::Same => "same",
        Match::Nearest => "nearest",
    }
}

fn print_match(found: &Found<'_>, console: &mut Console) -> Result<()> {
    let sentence = match (found.kind, found.also.len()) {
        (Match::Exact, _) => "as built",
        (Match::Same, _) => "this link, not as built",
        (Match::Nearest, 0) => "no link is this one; this is the nearest",
        (Match::Nearest, _) => "it cannot be told which link this is; this is one of them",
    };
    console.line(&format!("match      {sentence}"))?;
    for difference in &found.differences {
        console.line(&format!("  - {}", difference.note))?;
    }
    if !found.also.is_empty() {
        let listed: Vec<&str> = found.also.iter().take(LISTED).copied().collect();
        let more = found.also.len() - listed.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        console.line(&format!("  also {}{more}", listed.join(", ")))?;
    }
    Ok(())
}

fn difference_json(one: &Difference) -> Value {
    json!({
        "what": one.what, "in_link": one.in_link, "given": one.given, "note": one.note,
    })
}

fn place(sources: &Sources, span: Span) -> (String, usize, usize) {
    sources.get(span.source).map_or_else(Default::default, |file| {
        let Position { line, column } = file.position(span.start);
        (file.path.to_string(), line, column)
    })
}

fn param_json(param: &ParamOrigin, sources: &Sources) -> Value {
    let from: Vec<Value> = param
        .from
        .iter()
        .map(|field| {
            let (file, line, column) = place(sources, field.span);
            json!({
                "field": field.field, "value": field.value, "file": file, "line": line,
                "column": column, "owner": field.owner,
                "swap": field.swap.as_ref().map(|swap| swap_json(swap, sources)),
            })
        })
        .collect();
    let rule = param.rule.map(|span| {
        let (file, line, column) = place(sources, span);
        json!({ "file": file, "line": line, "column": column })
    });
    json!({ "name": param.name, "value": param.value, "rule": rule, "from": from })
}

pub(super) fn swap_json(swap: &SwapOrigin, sources: &Sources) -> Value {
    let replaced = swap.replaced.as_ref().map(|(span, owner)| {
        let (file, line, column) = place(sources, *span);
        json!({ "file": file, "line": line, "column": column, "owner": owner })
    });
    json!({
        "id": swap.id, "at": swap.at.to_string(), "by": swap.by, "because": swap.because,
        "ref": swap.reference, "old": swap.old, "replaced": replaced,
    })
}

/// Two lines below a value: who decided it, and what it was.
pub(super) fn swap_lines(swap: &SwapOrigin, sources: &Sources) -> [String; 2] {
    let reference = swap.reference.as_ref().map(|one| format!(" ({one})")).unwrap_or_default();
    let old = if swap.old.is_empty() { "empty" } else { &swap.old };
    let replaced = swap.replaced.as_ref().map(|(span, owner)| {
        let owner = owner.as_ref().map(|owner| format!("  ({owner})")).unwrap_or_default();
        format!("  {}{owner}", sources.locate(*span))
    });
    [
        format!("swap {} by {}: {}{reference}", swap.id, swap.by, swap.because),
        format!("was {old}{}", replaced.unwrap_or_default()),
    ]
}

/// The same keys as a live link's; nothing where nobody knows any more.
fn retired_json(
    id: &str,
    entry: &LockRow<'_>,
    short_url: &str,
    found: &Found<'_>,
    last: Option<&LastBuild>,
) -> Value {
    json!({
        "kind": "link",
        "link_id": id,
        "placement": null,
        "match": word(found.kind),
        "differences": found.differences.iter().map(difference_json).collect::<Vec<_>>(),
        "also": found.also,
        "status": "retired",
        "build": build_json(last, &entry.url),
        "url": Some(entry.url.as_ref()).filter(|url| !url.is_empty()),
        "short_url": short_url,
        "ga4": null,
        "ga4_as_given": null,
        "destination": null,
        "params": [],
        "campaign": entry.campaign,
        "channel": entry.channel,
        "partner": entry.partner,
        "offer": Some(entry.offer).filter(|offer| !offer.is_empty()),
    })
}

fn print_retired(
    id: &str,
    entry: &LockRow<'_>,
    short_url: &str,
    (found, last): (&Found<'_>, Option<&LastBuild>),
    console: &mut Console,
) -> Result<()> {
    console.line(&format!("link       {id}"))?;
    print_match(found, console)?;
    console.line("status     retired: it was given out, and nothing builds it now")?;
    console.line(&format!("build      {}", in_build(last, &entry.url)))?;
    console.line(&format!("short      {short_url}"))?;
    console.line(&format!("campaign   {}", entry.campaign))?;
    console.line(&format!("channel    {}", entry.channel))?;
    console.line(&format!("partner    {}", entry.partner))?;
    for (name, value) in [("offer", entry.offer), ("url", entry.url.as_ref())] {
        if !value.is_empty() {
            console.line(&format!("{name:<10} {value}"))?;
        }
    }
    Ok(())
}
