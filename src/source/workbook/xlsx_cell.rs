//! One cell of an Excel sheet: its type, its value, whether there is a formula.
//!
//! Formulas are noticed and never read. Must not decide how values look.

use super::date::DateTime;
use super::grid::CellRef;
use super::number_format::Shown;
use super::remark::Fault;
use super::xlsx_book::{rich_text, unescape};
use super::xlsx_sheet::Reading;
use super::xml::{Element, Node, Xml};

/// How the value of a cell is written.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Type {
    #[default]
    Number,
    Shared,
    /// The text of a formula.
    Text,
    Inline,
    Boolean,
    Error,
    Date,
}

/// A cell while it is read. Used again for the next, so that its texts need no new memory.
#[derive(Default)]
pub(super) struct Cell {
    is: Type,
    style: usize,
    value: String,
    has_value: bool,
    has_formula: bool,
}

impl Cell {
    /// Takes a `c` element. `next` is its place if it does not say one.
    pub(super) fn open(&mut self, element: &Element<'_>, next: CellRef) -> Result<CellRef, Fault> {
        self.is = Type::Number;
        self.style = 0;
        self.value.clear();
        self.has_value = false;
        self.has_formula = false;
        let (mut at, mut is, mut style) = (Some(next), Some(Type::Number), Some(0));
        element.attributes(|key, value| match key {
            "r" => at = parse_ref(&value),
            "s" => style = value.parse().ok(),
            "t" => is = parse_type(&value),
            _ => {}
        })?;
        let bad =
            |what: &str| Fault::damaged(format!("a cell in row {} has a bad {what}", next.row));
        self.is = is.ok_or_else(|| bad("type"))?;
        self.style = style.ok_or_else(|| bad("format"))?;
        at.ok_or_else(|| bad("place"))
    }

    /// Reads what is in the cell, up to its end.
    pub(super) fn content(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        loop {
            match xml.next()? {
                Node::Open(element) => match element.name() {
                    "v" if !self.has_value => {
                        self.has_value = true;
                        xml.text(&mut self.value)?;
                    }
                    "v" => return Err(Fault::damaged("a cell has two values")),
                    "is" if self.is == Type::Inline => {
                        self.has_value = true;
                        rich_text(xml, &mut self.value)?;
                    }
                    name => {
                        self.has_formula |= name == "f";
                        xml.skip()?;
                    }
                },
                Node::Close | Node::End => return Ok(()),
                Node::Text(_) | Node::Other => {}
            }
        }
    }

    /// Writes the cell, if there is anything in it.
    pub(super) fn write(&self, at: CellRef, reading: &mut Reading<'_>) -> Result<(), Fault> {
        // An empty text is a value of a formula; an empty number is none.
        let empty = self.value.is_empty() && self.is != Type::Text;
        if !self.has_value || empty {
            if self.has_formula {
                reading.writer.no_value(at)?;
            }
            return Ok(());
        }
        let writer = &mut *reading.writer;
        let value = self.value.as_str();
        let spot = match self.is {
            Type::Number => {
                let shown = reading.styles.get(self.style).copied().unwrap_or(Shown::Number);
                writer.number(at, value, shown)?
            }
            Type::Shared => {
                let text = value.trim_ascii().parse().ok().and_then(|at| reading.shared.get(at));
                let text = text.ok_or_else(|| {
                    Fault::damaged(format!("{at} refers to a text that is not there"))
                })?;
                writer.text(at, text)?
            }
            Type::Text | Type::Inline => writer.text(at, &unescape(value))?,
            Type::Boolean => writer.boolean(at, value)?,
            Type::Error => writer.error(at, value)?,
            Type::Date => match DateTime::from_iso(value.trim_end_matches('Z')) {
                Some((date, time)) => Some(writer.date(at, date, time)?),
                None => writer.unusable(at, value, "is a date that cannot be read")?,
            },
        };
        if let (true, Some(spot)) = (self.has_formula, spot) {
            writer.log.formula(spot, at);
        }
        Ok(())
    }
}

fn parse_type(text: &str) -> Option<Type> {
    Some(match text {
        "n" => Type::Number,
        "s" => Type::Shared,
        "str" => Type::Text,
        "inlineStr" => Type::Inline,
        "b" => Type::Boolean,
        "e" => Type::Error,
        "d" => Type::Date,
        _ => return None,
    })
}

/// Reads `D14`, with or without `$`.
pub(super) fn parse_ref(text: &str) -> Option<CellRef> {
    let (mut column, mut row, mut digits) = (0_u32, 0_u32, false);
    for byte in text.bytes().filter(|byte| *byte != b'$') {
        match byte {
            b'A'..=b'Z' if !digits => {
                column = column.checked_mul(26)?.checked_add(u32::from(byte - b'A') + 1)?;
            }
            b'0'..=b'9' => {
                digits = true;
                row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?;
            }
            _ => return None,
        }
    }
    let valid = (1..=16_384).contains(&column) && (1..=1_048_576).contains(&row);
    valid.then_some(CellRef { row, column })
}
