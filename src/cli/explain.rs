//! `explain`: where a link comes from, or what a code means.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use url::Url;

use super::args::ExplainArgs;
use super::console::Console;
use super::exit::Exit;
use super::prepare::{Ids, Outcome, Prepared, prepare, report_unprepared};
use crate::diag::{Code, Diagnostics, did_you_mean};
use crate::link::{Link, LinkOrigin, ParamOrigin, explain};
use crate::report::Format;
use crate::resolve::OwnerBook;
use crate::source::{LockRow, Position, Sources};

pub(super) fn run(root: &Path, args: &ExplainArgs, console: &mut Console) -> Result<Exit> {
    let what = args.what.trim();
    if let Some(code) = find_code(what) {
        explain_code(code, console)?;
        return Ok(Exit::Done);
    }
    let mut diagnostics = Diagnostics::new();
    let prepared = match prepare(root, None, Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let owners = OwnerBook::new(&prepared.documents, &prepared.sources);
    let Some(link) = find_link(&prepared, what) else {
        if let Some(sentence) = retired(&prepared, what) {
            console.error(&sentence);
            return Ok(Exit::Findings);
        }
        let ids = prepared.links.links.iter().map(|link| link.id.as_str());
        let codes = Code::ALL.iter().map(|code| code.name());
        let help = did_you_mean(what, ids.chain(codes)).map(|help| format!("; {help}"));
        console
            .error(&format!("no link of this workspace is `{what}`{}", help.unwrap_or_default()));
        return Ok(Exit::Findings);
    };
    let origin = explain(&prepared.documents, &prepared.facts, link, owners);
    let Some(origin) = origin else { return Ok(Exit::Findings) };
    match console.format {
        Format::Json | Format::Sarif => {
            console.line(&as_json(&origin, &prepared.sources).to_string())?;
        }
        Format::Human | Format::Short => print(&origin, &prepared.sources, console)?,
    }
    Ok(Exit::Done)
}

fn find_code(what: &str) -> Option<Code> {
    Code::ALL
        .iter()
        .copied()
        .find(|code| code.id().eq_ignore_ascii_case(what) || code.name() == what)
}

/// What there is to say about each code, with an example.
const ERRORS: &str = include_str!("../../docs/errors.md");

fn explain_code(code: Code, console: &mut Console) -> Result<()> {
    if console.format.is_json() {
        let object = json!({
            "kind": "code", "code": code.id(), "name": code.name(), "why": code.why(), "fix": code.fix(),
        });
        return Ok(console.line(&object.to_string())?);
    }
    let chapter = ERRORS.split("\n## ").find(|chapter| chapter.starts_with(code.id()));
    match chapter {
        Some(chapter) => console.line(chapter.trim_end())?,
        None => console.line(&format!(
            "{} {}\n\n{}\n\n{}",
            code.id(),
            code.name(),
            code.why(),
            code.fix()
        ))?,
    }
    Ok(())
}

/// A link by its URL, short URL, short code or id; or by a URL that has more parameters.
fn find_link<'p>(prepared: &'p Prepared, what: &str) -> Option<&'p Link> {
    let links = &prepared.links.links;
    let same = |link: &&Link| {
        link.url == what || link.id == what || link.short_code == what || link.short_url == what
    };
    if let Some(link) = links.iter().find(same) {
        return Some(link);
    }
    let seen = Url::parse(what).ok()?;
    let pairs: Vec<_> = seen.query_pairs().collect();
    links.iter().find(|link| {
        let Ok(url) = Url::parse(&link.url) else { return false };
        url.host() == seen.host()
            && url.path() == seen.path()
            && url.query_pairs().all(|pair| pairs.contains(&pair))
    })
}

/// What is known of a link that was given out and is built no more.
fn retired(prepared: &Prepared, what: &str) -> Option<String> {
    let code = what.rsplit('/').next().unwrap_or(what);
    let lock = &prepared.minting.lock;
    let row = lock.rows().find(|row| {
        row.link_id == what || row.short_code == code || (row.url == what && !what.is_empty())
    })?;
    let row = lock.current(row.link_id)?;
    let LockRow { link_id, campaign, channel, partner, .. } = row;
    let leads = if row.url.is_empty() {
        String::new()
    } else {
        format!("; its code still leads to {}", row.url)
    };
    Some(format!(
        "the link `{link_id}` is retired: it was given out for the campaign `{campaign}`, the channel \
         `{channel}` and the partner `{partner}`, and nothing builds it now{leads}"
    ))
}

fn place(sources: &Sources, span: crate::model::Span) -> (String, usize, usize) {
    sources.get(span.source).map_or_else(Default::default, |file| {
        let Position { line, column } = file.position(span.start);
        (file.path.to_string(), line, column)
    })
}

fn as_json(origin: &LinkOrigin, sources: &Sources) -> Value {
    let param = |param: &ParamOrigin| {
        let from: Vec<Value> = param
            .from
            .iter()
            .map(|field| {
                let (file, line, column) = place(sources, field.span);
                json!({
                    "field": field.field, "value": field.value, "file": file, "line": line,
                    "column": column, "owner": field.owner, "swap": null,
                })
            })
            .collect();
        let rule = param.rule.map(|span| {
            let (file, line, column) = place(sources, span);
            json!({ "file": file, "line": line, "column": column })
        });
        json!({ "name": param.name, "value": param.value, "rule": rule, "from": from })
    };
    json!({
        "kind": "link",
        "link_id": origin.link_id,
        "placement": origin.placement,
        "url": origin.url,
        "short_url": origin.short_url,
        "destination": param(&origin.destination),
        "params": origin.params.iter().map(param).collect::<Vec<_>>(),
    })
}

fn print(origin: &LinkOrigin, sources: &Sources, console: &mut Console) -> Result<()> {
    console.line(&format!("link       {}", origin.link_id))?;
    console.line(&format!("placement  {}", origin.placement))?;
    console.line(&format!("short      {}", origin.short_url))?;
    console.line(&format!("url        {}", origin.url))?;
    for param in std::iter::once(&origin.destination).chain(&origin.params) {
        let rule =
            param.rule.map(|span| format!("  <- {}", sources.locate(span))).unwrap_or_default();
        console.line(&format!("\n{} = {}{rule}", param.name, param.value))?;
        for field in &param.from {
            let owner =
                field.owner.as_ref().map(|owner| format!("  ({owner})")).unwrap_or_default();
            let (name, value) = (format!("{{{}}}", field.field), &field.value);
            console
                .line(&format!("  {name:<22} {value:<28} {}{owner}", sources.locate(field.span)))?;
        }
    }
    Ok(())
}
