//! `LibreOffice` workbooks: finds the sheet that is meant in the one part that holds all sheets,
//! and reads its rows.
//!
//! That part is read once, so a sheet is read before it is known to be the only visible one.
//! Repeated rows and cells are only written out if they are filled. Must not read a style, but for
//! the one that hides sheets.

use super::archive::Archive;
use super::grid::CellRef;
use super::hidden::{self, Area, Hidden};
use super::limits;
use super::ods_cell::{Cell, Value};
use super::remark::Fault;
use super::writer::Writer;
use super::xml::{Element, Node, Xml};
use super::{Listed, Sheet, choose};
use std::collections::BTreeSet;

/// A sheet as it was met.
struct Met {
    name: String,
    visible: bool,
}

/// Reads one sheet of a `LibreOffice` workbook.
pub(super) fn read(
    archive: &Archive<'_>,
    wanted: Option<&str>,
    decimal: char,
) -> Result<Sheet, Fault> {
    refuse_encrypted(archive)?;
    let mut xml = Xml::open(archive, "content.xml")?;
    xml.enter("document-content")?;
    let (mut met, mut hiding, mut style) = (Vec::<Met>::new(), BTreeSet::new(), String::new());
    let mut table = None;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.full_name() {
                "office:automatic-styles" | "office:body" | "office:spreadsheet" => {}
                "style:style" => {
                    style = element.attribute("style:name")?.unwrap_or_default().into_owned();
                }
                "style:table-properties" => {
                    if element.attribute("table:display")?.as_deref() == Some("false") {
                        hiding.insert(std::mem::take(&mut style));
                    }
                    xml.skip()?;
                }
                "table:table" => {
                    let sheet = meet(&element, &met, &hiding)?;
                    let index = met.len();
                    let meant = match wanted {
                        Some(wanted) => wanted == sheet.name,
                        None => sheet.visible && table.is_none(),
                    };
                    met.push(sheet);
                    if meant {
                        let mut reading = Table::new(decimal);
                        reading.read(&mut xml)?;
                        table = Some((index, reading));
                    } else {
                        xml.skip()?;
                    }
                }
                _ => xml.skip()?,
            },
            Node::End => break,
            Node::Close | Node::Text(_) | Node::Other => {}
        }
    }
    let listed: Vec<_> =
        met.iter().map(|sheet| Listed { name: &sheet.name, visible: sheet.visible }).collect();
    let index = choose(&listed, wanted)?;
    match (table, met.get(index)) {
        (Some((read, table)), Some(sheet)) if read == index => finish(table, sheet, &met),
        _ => Err(Fault::damaged("it lists no sheets")),
    }
}

fn finish(table: Table, sheet: &Met, met: &[Met]) -> Result<Sheet, Fault> {
    let Table { writer, hidden: inside, links, .. } = table;
    let (text, cells, mut log) = writer.finish()?;
    if links {
        hidden::links(&mut log);
    }
    if !sheet.visible {
        hidden::chosen(&sheet.name, &mut log);
    }
    let others = met.iter().filter(|other| !other.visible && other.name != sheet.name);
    hidden::sheets(&others.map(|other| other.name.as_str()).collect::<Vec<_>>(), &mut log);
    inside.tell(&sheet.name, &cells.rows(), cells.width(&text), &mut log);
    inside.covered(&text, &cells, &mut log)?;
    let remarks = log.finish(&cells);
    Ok(Sheet { name: sheet.name.clone(), text, cells, remarks })
}

fn refuse_encrypted(archive: &Archive<'_>) -> Result<(), Fault> {
    let Some(mut xml) = Xml::find(archive, "META-INF/manifest.xml")? else { return Ok(()) };
    loop {
        match xml.next()? {
            Node::Open(element) if element.name() == "encryption-data" => {
                return Err(Fault::protected());
            }
            Node::End => return Ok(()),
            Node::Open(_) | Node::Close | Node::Text(_) | Node::Other => {}
        }
    }
}

fn meet(element: &Element<'_>, met: &[Met], hiding: &BTreeSet<String>) -> Result<Met, Fault> {
    let name = element.attribute("table:name")?.unwrap_or_default().into_owned();
    let style = element.attribute("table:style-name")?.unwrap_or_default();
    if met.len() >= limits::SHEETS {
        return Err(limits::fault("the workbook holds more than 1,000 sheets"));
    }
    if name.len() > 1000 || met.iter().any(|other| other.name == name) {
        return Err(Fault::damaged("two sheets have one name, or a name is too long"));
    }
    Ok(Met { name, visible: !hiding.contains(&*style) })
}

/// A sheet while it is read.
struct Table {
    writer: Writer,
    hidden: Hidden,
    links: bool,
    /// The row and column that come next. Far beyond any limit they stay where they are.
    row: u32,
    column: u32,
    cells: u64,
}

impl Table {
    fn new(decimal: char) -> Self {
        let (writer, hidden) = (Writer::new(decimal, false), Hidden::default());
        Self { writer, hidden, links: false, row: 1, column: 1, cells: 0 }
    }

    fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Fault> {
        let mut groups = 0;
        loop {
            match xml.next()? {
                Node::Open(element) => match element.full_name() {
                    "table:table-column" => self.columns(&element)?,
                    "table:table-row" => {
                        let count = repeated(&element, "table:number-rows-repeated")?;
                        self.hide_rows(&element, count)?;
                        self.read_row(xml, count)?;
                        continue;
                    }
                    "table:table-columns"
                    | "table:table-header-columns"
                    | "table:table-column-group"
                    | "table:table-rows"
                    | "table:table-header-rows"
                    | "table:table-row-group" => {
                        groups += 1;
                        continue;
                    }
                    name => self.links |= name == "table:table-source",
                },
                Node::Close if groups == 0 => return Ok(()),
                Node::Close => {
                    groups -= 1;
                    continue;
                }
                Node::End => return Ok(()),
                Node::Text(_) | Node::Other => continue,
            }
            xml.skip()?;
        }
    }

    fn columns(&mut self, element: &Element<'_>) -> Result<(), Fault> {
        let count = repeated(element, "table:number-columns-repeated")?;
        let last = self.column.saturating_add(count - 1);
        if visibility(element)? != Visibility::Visible {
            self.hidden.column(self.column, last)?;
        }
        self.column = last.saturating_add(1);
        Ok(())
    }

    fn hide_rows(&mut self, element: &Element<'_>, count: u32) -> Result<(), Fault> {
        let last = self.row.saturating_add(count - 1);
        match visibility(element)? {
            Visibility::Visible => Ok(()),
            Visibility::Hidden => self.hidden.row(self.row, last),
            Visibility::Filtered => self.hidden.filtered_row(self.row, last),
        }
    }

    /// Reads a row and writes it as often as it is repeated.
    fn read_row(&mut self, xml: &mut Xml<'_>, count: u32) -> Result<(), Fault> {
        let mut cells = Vec::new();
        let mut column = 1_u32;
        loop {
            match xml.next()? {
                Node::Open(element) => {
                    let full_name = element.full_name();
                    let covered = full_name == "table:covered-table-cell";
                    if !covered && full_name != "table:table-cell" {
                        xml.skip()?;
                        continue;
                    }
                    let at = CellRef { row: self.row, column };
                    let repeats = repeated(&element, "table:number-columns-repeated")?;
                    self.merged(&element, at)?;
                    let mut cell = Cell::open(&element)?;
                    self.links |= cell.links;
                    cell.content(xml)?;
                    self.count(1)?;
                    let value = cell.value(at)?;
                    if !matches!(value, Value::Empty) {
                        if u64::from(column) + u64::from(repeats) > u64::from(limits::COLUMNS) + 1 {
                            let last = CellRef { column: column.saturating_add(repeats - 1), ..at };
                            return Err(limits::fault(format!(
                                "{last} is filled, but a sheet may have 200 columns"
                            )));
                        }
                        cells.push((column, repeats, value, cell.has_formula));
                    }
                    column = column.saturating_add(repeats);
                }
                Node::Close | Node::End => break,
                Node::Text(_) | Node::Other => {}
            }
        }
        let next = self.row.saturating_add(count);
        if !cells.is_empty() {
            if self.row > limits::ROWS {
                // The exact row may be lost: the count stays where it is beyond the largest.
                return Err(limits::fault(
                    "there are filled cells far below, but a sheet may have 1,000,000 rows",
                ));
            }
            for row in self.row..next {
                self.write_row(row, &cells)?;
            }
        }
        self.row = next;
        Ok(())
    }

    fn write_row(&mut self, row: u32, cells: &[(u32, u32, Value, bool)]) -> Result<(), Fault> {
        for (first, repeats, value, formula) in cells {
            for column in *first..first.saturating_add(*repeats) {
                let at = CellRef { row, column };
                self.count(1)?;
                let spot = value.write(at, &mut self.writer)?;
                if let (true, Some(spot)) = (*formula, spot) {
                    self.writer.log.formula(spot, at);
                }
            }
        }
        Ok(())
    }

    fn merged(&mut self, element: &Element<'_>, first: CellRef) -> Result<(), Fault> {
        let columns = repeated(element, "table:number-columns-spanned")?;
        let rows = repeated(element, "table:number-rows-spanned")?;
        let last = CellRef {
            row: first.row.saturating_add(rows - 1),
            column: first.column.saturating_add(columns - 1),
        };
        self.hidden.merge(Area { first, last })
    }

    fn count(&mut self, cells: u64) -> Result<(), Fault> {
        self.cells += cells;
        if self.cells > limits::CELLS {
            return Err(limits::fault("the sheet holds more than 20 million cells"));
        }
        Ok(())
    }
}

#[derive(PartialEq, Eq)]
enum Visibility {
    Visible,
    Hidden,
    Filtered,
}

fn visibility(element: &Element<'_>) -> Result<Visibility, Fault> {
    Ok(match element.attribute("table:visibility")?.as_deref() {
        Some("collapse") => Visibility::Hidden,
        Some("filter") => Visibility::Filtered,
        _ => Visibility::Visible,
    })
}

/// How often something is repeated: at least once.
fn repeated(element: &Element<'_>, name: &str) -> Result<u32, Fault> {
    match element.attribute(name)? {
        None => Ok(1),
        Some(count) => match count.trim_ascii().parse::<u32>() {
            Ok(count) if count > 0 => Ok(count),
            _ => Err(Fault::damaged("something is repeated an impossible number of times")),
        },
    }
}
