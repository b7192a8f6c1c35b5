//! SARIF 2.1.0, which code hosts show next to the lines of a change
//! (docs.oasis-open.org/sarif/sarif/v2.1.0).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Span;
use crate::source::Sources;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes one document with all diagnostics.
pub fn write_sarif(
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    let codes: BTreeSet<Code> = diagnostics.iter().map(|one| one.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results: Vec<Value> = diagnostics.iter().map(|one| result(sources, &codes, one)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "throughline",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    writeln!(out, "{document}")
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.id(),
        "name": code.name(),
        "shortDescription": { "text": code.why() },
        "help": { "text": code.fix() },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(sources: &Sources, codes: &[Code], one: &Diagnostic) -> Value {
    let mut text = one.message.clone();
    if let Some(help) = &one.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    if one.repeats > 0 {
        let _ = write!(text, "\nand {} more like this", one.repeats);
    }
    let related = one.related.iter().enumerate().filter_map(|(id, label)| {
        let mut place = location(sources, label.span)?;
        let fields = place.as_object_mut()?;
        fields.insert("id".to_owned(), json!(id));
        fields.insert("message".to_owned(), json!({ "text": label.message }));
        Some(place)
    });
    let mut properties = serde_json::Map::new();
    if let Some(owner) = &one.owner {
        properties.insert("owner".to_owned(), json!(owner));
    }
    let file = sources.get(one.primary.source);
    if let Some(cell) = file.and_then(|file| file.cell_name(one.primary)) {
        properties.insert("cell".to_owned(), json!(cell));
    }
    json!({
        "ruleId": one.code.id(),
        "ruleIndex": codes.iter().position(|code| *code == one.code),
        "level": level(one.severity),
        "message": { "text": text },
        "locations": location(sources, one.primary).into_iter().collect::<Vec<_>>(),
        "relatedLocations": related.collect::<Vec<_>>(),
        "properties": properties,
    })
}

fn location(sources: &Sources, span: Span) -> Option<Value> {
    let file = sources.get(span.source)?;
    let (start, end) = (file.position(span.start), file.position(span.end));
    Some(json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file.path.as_str()) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
    }))
}

/// A workspace path as a relative URI: what is no plain character is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
