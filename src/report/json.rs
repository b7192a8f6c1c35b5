//! An object a line, with stable keys.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::diag::{Diagnostic, Diagnostics};
use crate::model::Span;
use crate::source::{Position, Sources};

/// Writes an object for each diagnostic.
pub fn write_json(
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        writeln!(out, "{}", diagnostic_json(sources, diagnostic))?;
    }
    Ok(())
}

/// One diagnostic as an object.
pub fn diagnostic_json(sources: &Sources, one: &Diagnostic) -> Value {
    let related: Vec<Value> = one
        .related
        .iter()
        .map(|label| {
            let mut place = place(sources, label.span, false);
            place.insert("message".into(), json!(label.message));
            Value::Object(place)
        })
        .collect();
    let mut object = place(sources, one.primary, true);
    object.extend(
        [
            ("code", json!(one.code.id())),
            ("name", json!(one.code.name())),
            ("severity", json!(one.severity.as_str())),
            ("message", json!(one.message)),
            ("help", json!(one.help)),
            ("owner", json!(one.owner)),
            ("related", json!(related)),
            ("repeats", json!(one.repeats)),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    );
    Value::Object(object)
}

fn place(sources: &Sources, span: Span, with_end: bool) -> Map<String, Value> {
    let mut object = Map::new();
    let Some(file) = sources.get(span.source) else { return object };
    let Position { line, column } = file.position(span.start);
    object.insert("file".into(), json!(file.path.as_str()));
    object.insert("line".into(), json!(line));
    object.insert("column".into(), json!(column));
    if let Some(cell) = file.cell_name(span) {
        object.insert("cell".into(), json!(cell));
    }
    if with_end {
        let end = file.position(span.end);
        object.insert("end_line".into(), json!(end.line));
        object.insert("end_column".into(), json!(end.column));
    }
    object
}
