//! `rules`: for each field its owner, and whether it may vary, is generated, or needs a person.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::{RulesArgs, RulesCommand};
use super::console::Console;
use super::exit::Exit;
use super::prepare::{Ids, Outcome, Prepared, prepare, report_unprepared};
use crate::diag::{Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::resolve::OwnerBook;
use crate::source::Variation;

/// One line of the table.
struct Line {
    field: String,
    owner: String,
    rule: &'static str,
    channels: Vec<String>,
    locales: Vec<String>,
    why: String,
    place: Option<String>,
}

pub(super) fn run(root: &Path, args: &RulesArgs, console: &mut Console) -> Result<Exit> {
    let mut diagnostics = Diagnostics::new();
    let prepared = match prepare(root, None, Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let lines = lines(&prepared);
    if let Some(RulesCommand::Explain { field, channel }) = &args.command {
        return explain(&prepared, &lines, field, channel, console);
    }
    if console.format.is_json() {
        for line in &lines {
            console.line(&as_json(line).to_string())?;
        }
        return Ok(Exit::Done);
    }
    let width = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).len()).max().unwrap_or(0);
    let (field, owner) = (width(|line| &line.field), width(|line| &line.owner));
    console.line(&format!("{:<field$}  {:<owner$}  rule", "field", "owner"))?;
    for line in &lines {
        let scopes: Vec<&str> =
            line.channels.iter().chain(&line.locales).map(String::as_str).collect();
        let scopes =
            if scopes.is_empty() { String::new() } else { format!(" in {}", scopes.join(", ")) };
        let text = format!("{:<field$}  {:<owner$}  {}{scopes}", line.field, line.owner, line.rule);
        console.line(text.trim_end())?;
    }
    Ok(Exit::Done)
}

fn as_json(line: &Line) -> serde_json::Value {
    json!({
        "field": line.field, "owner": line.owner, "rule": line.rule, "channels": line.channels,
        "locales": line.locales, "why": line.why, "place": line.place,
    })
}

/// Every column of every table, and every field that has a rule.
fn lines(prepared: &Prepared) -> Vec<Line> {
    let documents = &prepared.documents;
    let owners = OwnerBook::new(documents, &prepared.sources);
    let mut fields: Vec<(String, String)> = Vec::new();
    for table in documents.tables.values() {
        let entity = &table.contract.entity;
        fields.extend(table.contract.names().map(|name| (entity.clone(), name.to_owned())));
    }
    for name in documents.fields.0.keys() {
        let pair =
            name.split_once('.').map(|(entity, field)| (entity.to_owned(), field.to_owned()));
        fields.extend(pair.filter(|pair| !fields.contains(pair)));
    }
    fields.sort();
    fields
        .into_iter()
        .map(|(entity, name)| {
            let rule = documents.fields.get(&entity, &name);
            let variation = rule.map_or(&Variation::Never, |rule| &rule.variation);
            let (channels, locales) = match variation {
                Variation::MayVary { channels, locales } => (
                    channels.iter().map(|one| one.value.clone()).collect(),
                    locales.iter().map(|one| one.value.tag().to_owned()).collect(),
                ),
                Variation::Never | Variation::Generated | Variation::Human => {
                    (Vec::new(), Vec::new())
                }
            };
            Line {
                owner: owners.of_field(&entity, &name).unwrap_or_else(|| "nobody".to_owned()),
                field: format!("{entity}.{name}"),
                rule: variation.as_str(),
                channels,
                locales,
                why: rule.map(|rule| rule.why.clone()).unwrap_or_default(),
                place: rule.map(|rule| prepared.sources.locate(rule.span)),
            }
        })
        .collect()
}

fn explain(
    prepared: &Prepared,
    lines: &[Line],
    field: &str,
    channel: &str,
    console: &mut Console,
) -> Result<Exit> {
    let found = lines.iter().find(|line| line.field == field);
    let known = prepared.documents.channels.iter().any(|one| one.id.as_str() == channel)
        || Locale::find(channel).is_some();
    let (Some(line), true) = (found, known) else {
        let (what, help) = if found.is_none() {
            (
                format!("field `{field}`"),
                did_you_mean(field, lines.iter().map(|line| line.field.as_str())),
            )
        } else {
            let channels = prepared.documents.channels.iter().map(|one| one.id.as_str());
            (format!("channel `{channel}`"), did_you_mean(channel, channels))
        };
        console.error(&format!(
            "there is no {what}{}",
            help.map(|help| format!("; {help}")).unwrap_or_default()
        ));
        return Ok(Exit::Usage);
    };
    let here = line.channels.iter().chain(&line.locales).any(|one| one == channel);
    let sentence = match line.rule {
        "may_vary" if here => format!("may have its own value in {channel}"),
        "may_vary" => format!("may vary, but not in {channel}"),
        "generated" => "is generated: nobody types it".to_owned(),
        "human" => "is decided by a person each time".to_owned(),
        _ => format!("never varies: {channel} shows what every channel shows"),
    };
    if console.format.is_json() {
        let mut object = as_json(line);
        if let Some(object) = object.as_object_mut() {
            object.insert("channel".into(), json!(channel));
            object.insert("may_vary_here".into(), json!(here));
        }
        console.line(&object.to_string())?;
        return Ok(Exit::Done);
    }
    console.line(&format!("{field} {sentence}"))?;
    console.line(&format!("owner: {}", line.owner))?;
    match &line.place {
        Some(place) => console.line(&format!("rule:  {place}"))?,
        None => console.line("rule:  none is written, so the default holds: never")?,
    }
    if !line.why.is_empty() {
        console.line(&format!("why:   {}", line.why))?;
    }
    Ok(Exit::Done)
}
