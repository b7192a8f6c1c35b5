//! One sheet of an Excel workbook: its rows in order, and what it hides.
//!
//! Everything but rows, columns, merged cells and the filter is skipped. Rows and cells must come
//! in order. Must not decide how values look.

use super::archive::Archive;
use super::grid::CellRef;
use super::hidden::{Area, Hidden};
use super::limits;
use super::number_format::Shown;
use super::remark::Fault;
use super::writer::Writer;
use super::xlsx_book::{Shared, number};
use super::xlsx_cell::{Cell, parse_ref};
use super::xml::{Element, Node, Xml};

/// What cells refer to, and where they go.
pub(super) struct Reading<'a> {
    pub(super) styles: &'a [Shown],
    pub(super) shared: &'a Shared,
    pub(super) writer: &'a mut Writer,
    hidden: Hidden,
    /// Rows are hidden unless they say otherwise.
    rows_hidden: bool,
    cells: u64,
}

/// Reads the sheet in `part`.
pub(super) fn read(
    archive: &Archive<'_>,
    part: &str,
    styles: &[Shown],
    shared: &Shared,
    writer: &mut Writer,
) -> Result<Hidden, Fault> {
    let mut reading =
        Reading { styles, shared, writer, hidden: Hidden::default(), rows_hidden: false, cells: 0 };
    let mut xml = Xml::open(archive, part)?;
    xml.enter("worksheet")?;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "sheetFormatPr" => reading.rows_hidden = element.flag("zeroHeight")?,
                "col" => reading.column(&element)?,
                "mergeCell" => {
                    let area = element.attribute("ref")?.and_then(|area| parse_area(&area));
                    let area = area.ok_or_else(|| Fault::damaged("a merged range has no place"))?;
                    reading.hidden.merge(area)?;
                }
                "filterColumn" => {
                    reading.hidden.filter();
                    xml.skip()?;
                }
                "sheetData" => reading.rows(&mut xml)?,
                "cols" | "mergeCells" | "autoFilter" => {}
                _ => xml.skip()?,
            },
            Node::End => return Ok(reading.hidden),
            Node::Close | Node::Text(_) | Node::Other => {}
        }
    }
}

fn parse_area(text: &str) -> Option<Area> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (parse_ref(first)?, parse_ref(last)?);
    (first.row <= last.row && first.column <= last.column).then_some(Area { first, last })
}

impl Reading<'_> {
    fn column(&mut self, element: &Element<'_>) -> Result<(), Fault> {
        let no_width = is_zero(element, "width")?;
        if !no_width && !element.flag("hidden")? {
            return Ok(());
        }
        match (number(element, "min")?, number(element, "max")?) {
            (Some(min), Some(max)) if min >= 1 && min <= max && max <= 16_384 => {
                self.hidden.column(min, max)
            }
            _ => Err(Fault::damaged("a column has no place")),
        }
    }

    fn rows(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let mut last = 0;
        loop {
            match xml.next()? {
                Node::Open(element) if element.name() == "row" => {
                    let row = match element.attribute("r")? {
                        Some(row) => row.parse().unwrap_or(0),
                        None => last + 1,
                    };
                    if row <= last || row > 1_048_576 {
                        return Err(Fault::damaged(format!(
                            "a row comes twice or too late after row {last}"
                        )));
                    }
                    last = row;
                    if self.is_hidden(&element)? {
                        self.hidden.row(row, row)?;
                    }
                    self.row(xml, row)?;
                }
                Node::Open(_) => xml.skip()?,
                Node::Close | Node::End => return Ok(()),
                Node::Text(_) | Node::Other => {}
            }
        }
    }

    fn is_hidden(&self, row: &Element<'_>) -> Result<bool, Fault> {
        let (mut hidden, mut height) = (None, None);
        row.attributes(|key, value| match key {
            "hidden" => hidden = Some(matches!(&*value, "1" | "true")),
            "ht" => height = value.parse::<f64>().ok(),
            _ => {}
        })?;
        let flat = height.is_some_and(|height| height <= 0.0);
        Ok(hidden.unwrap_or(self.rows_hidden && height.is_none()) || flat)
    }

    fn row(&mut self, xml: &mut Xml<'_>, row: u32) -> Result<(), Fault> {
        let mut cell = Cell::default();
        let mut column = 0;
        loop {
            match xml.next()? {
                Node::Open(element) if element.name() == "c" => {
                    let at = cell.open(&element, CellRef { row, column: column + 1 })?;
                    if at.row != row || at.column <= column {
                        return Err(Fault::damaged(format!("{at} comes twice, or out of order")));
                    }
                    column = at.column;
                    self.cells += 1;
                    if self.cells > limits::CELLS {
                        return Err(limits::fault("the sheet holds more than 20 million cells"));
                    }
                    cell.content(xml)?;
                    cell.write(at, self)?;
                }
                Node::Open(_) => xml.skip()?,
                Node::Close | Node::End => return Ok(()),
                Node::Text(_) | Node::Other => {}
            }
        }
    }
}

fn is_zero(element: &Element<'_>, name: &str) -> Result<bool, Fault> {
    let value = element.attribute(name)?;
    Ok(value.and_then(|value| value.parse::<f64>().ok()).is_some_and(|value| value <= 0.0))
}
