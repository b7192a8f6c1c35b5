//! One cell of a `LibreOffice` sheet: its value, and its text without comments and drawings.
//!
//! Formulas are noticed and never read. Must not decide how values look.

use super::date::DateTime;
use super::grid::{CellRef, Spot};
use super::limits;
use super::number_format::Shown;
use super::remark::Fault;
use super::writer::Writer;
use super::xml::{Element, Node, Xml, push};

/// What a cell holds.
pub(super) enum Value {
    Empty,
    Text(String),
    Number(String, Shown),
    Date(DateTime, bool),
    Boolean(String),
    Error(String),
    Unusable(String, &'static str),
    /// A formula that was never calculated.
    Uncalculated,
}

impl Value {
    pub(super) fn write(&self, at: CellRef, writer: &mut Writer) -> Result<Option<Spot>, Fault> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) => writer.text(at, text),
            Self::Number(raw, shown) => writer.number(at, raw, *shown),
            Self::Date(date, time) => writer.date(at, *date, *time).map(Some),
            Self::Boolean(raw) => writer.boolean(at, raw),
            Self::Error(value) => writer.error(at, value),
            Self::Unusable(value, why) => writer.unusable(at, value, why),
            Self::Uncalculated => writer.no_value(at).map(Some),
        }
    }
}

/// A cell while it is read.
#[derive(Default)]
pub(super) struct Cell {
    is: String,
    value: Option<String>,
    is_error: bool,
    pub(super) has_formula: bool,
    /// The formula takes values from another file.
    pub(super) links: bool,
    text: String,
}

impl Cell {
    pub(super) fn open(element: &Element<'_>) -> Result<Self, Fault> {
        let mut cell = Self::default();
        let mut long = false;
        element.attributes(|key, value| match key {
            "office:value-type" => cell.is = value.into_owned(),
            "office:value"
            | "office:date-value"
            | "office:time-value"
            | "office:boolean-value"
            | "office:string-value" => {
                long |= value.len() > limits::CELL_BYTES;
                cell.value = Some(value.into_owned());
            }
            "calcext:value-type" => cell.is_error = value == "error",
            "table:formula" => {
                cell.has_formula = true;
                cell.links = value.contains("'file:");
            }
            _ => {}
        })?;
        if long {
            return Err(limits::fault("a cell holds more than 8,192 characters"));
        }
        Ok(cell)
    }

    /// Reads what is in the cell, up to its end.
    pub(super) fn content(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let mut paragraphs = 0;
        loop {
            match xml.next()? {
                Node::Open(element) if matches!(element.full_name(), "text:p" | "text:h") => {
                    if paragraphs > 0 {
                        push(&mut self.text, "\n")?;
                    }
                    paragraphs += 1;
                    paragraph(xml, &mut self.text)?;
                }
                Node::Open(_) => xml.skip()?,
                Node::Close | Node::End => return Ok(()),
                Node::Text(_) | Node::Other => {}
            }
        }
    }

    /// What the cell holds. Takes its texts.
    pub(super) fn value(&mut self, at: CellRef) -> Result<Value, Fault> {
        let text = std::mem::take(&mut self.text);
        let typed = self.value.take();
        for part in [Some(&text), typed.as_ref()].into_iter().flatten() {
            if part.len() > limits::CELL_CHARS && part.chars().count() > limits::CELL_CHARS {
                let message = format!("{at} holds more than 8,192 characters");
                return Err(limits::fault(message));
            }
        }
        if self.is_error || (self.has_formula && is_error(&text)) {
            let shown = if text.is_empty() { "#ERROR".to_owned() } else { text };
            return Ok(Value::Error(shown));
        }
        let value = match (self.is.as_str(), typed) {
            ("" | "string", typed) => {
                let text = typed.unwrap_or(text);
                match (text.is_empty(), self.has_formula && self.is.is_empty()) {
                    (false, _) => Value::Text(text),
                    (true, true) => Value::Uncalculated,
                    (true, false) => Value::Empty,
                }
            }
            ("float" | "currency", Some(raw)) => Value::Number(raw, Shown::Number),
            ("percentage", Some(raw)) => Value::Number(raw, Shown::Percent),
            ("boolean", Some(raw)) => Value::Boolean(raw),
            ("date", Some(raw)) => match DateTime::from_iso(raw.trim_end_matches('Z')) {
                Some((date, time)) => Value::Date(date, time),
                None => Value::Unusable(raw, "is a date that cannot be read"),
            },
            ("time", Some(_)) => Value::Unusable(text, "is a time or a duration without a day"),
            (_, _) if self.has_formula => Value::Uncalculated,
            (_, _) => Value::Unusable(text, "has a type without a value"),
        };
        Ok(value)
    }
}

/// How `LibreOffice` and Excel write the errors of formulas.
fn is_error(text: &str) -> bool {
    let known = ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"];
    known.contains(&text) || text.strip_prefix("Err:").is_some_and(|code| code.len() == 3)
}

/// Adds the text of a paragraph that was just opened. Spaces count once, but for those written as
/// elements.
fn paragraph(xml: &mut Xml<'_>, out: &mut String) -> Result<(), Fault> {
    let (mut inner, mut space) = (0, true);
    loop {
        match xml.next()? {
            Node::Text(text) => {
                push(out, "")?;
                for c in text.chars().take(limits::CELL_BYTES) {
                    let is_space = matches!(c, ' ' | '\t' | '\r' | '\n');
                    if !is_space {
                        out.push(c);
                    } else if !space {
                        out.push(' ');
                    }
                    space = is_space;
                }
            }
            Node::Open(element) => match element.full_name() {
                "text:span" | "text:a" => inner += 1,
                "text:s" => {
                    let count = element.attribute("text:c")?.and_then(|count| count.parse().ok());
                    let count = count.unwrap_or(1_usize).min(limits::CELL_CHARS + 1);
                    push(out, &" ".repeat(count))?;
                    space = false;
                    xml.skip()?;
                }
                "text:tab" => {
                    push(out, "\t")?;
                    xml.skip()?;
                }
                "text:line-break" => {
                    push(out, "\n")?;
                    space = true;
                    xml.skip()?;
                }
                _ => xml.skip()?,
            },
            Node::Close if inner == 0 => return Ok(()),
            Node::Close => inner -= 1,
            Node::End => return Ok(()),
            Node::Other => {}
        }
    }
}
