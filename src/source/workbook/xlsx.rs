//! Excel workbooks: finds the sheet that is meant, and has it read.
//!
//! Only the parts that are needed are opened: the list of sheets, the formats, the shared texts
//! and one sheet. Must not look at macros, pictures, links or anything else.

use super::archive::Archive;
use super::hidden;
use super::remark::{Fault, quoted};
use super::writer::Writer;
use super::xlsx_book::{Book, Shared, shared_texts, styles};
use super::xlsx_sheet;
use super::{Listed, Sheet, choose};

/// Reads one sheet of an Excel workbook.
pub(super) fn read(
    archive: &Archive<'_>,
    wanted: Option<&str>,
    decimal: char,
) -> Result<Sheet, Fault> {
    let book = Book::read(archive)?;
    // Sheets of charts or macros are no choice, unless they are asked for by name.
    let tables: Vec<_> = book
        .sheets
        .iter()
        .filter(|sheet| sheet.is_table || wanted == Some(sheet.name.as_str()))
        .collect();
    let listed: Vec<_> =
        tables.iter().map(|sheet| Listed { name: &sheet.name, visible: sheet.visible }).collect();
    let Some(sheet) = tables.get(choose(&listed, wanted)?) else {
        return Err(Fault::damaged("it lists no sheets"));
    };
    let name = sheet.name.as_str();
    if !sheet.is_table {
        return Err(Fault::new(
            format!("{} is a chart or a macro sheet, without rows", quoted(std::iter::once(name))),
            "give `sheet` the name of a sheet with rows",
        ));
    }
    let styles = match &book.styles {
        Some(part) => styles(archive, part)?,
        None => Vec::new(),
    };
    let shared = match &book.shared {
        Some(part) => shared_texts(archive, part)?,
        None => Shared::default(),
    };
    let mut writer = Writer::new(decimal, book.from_1904);
    if archive.has_folder("xl/externalLinks/") {
        hidden::links(&mut writer.log);
    }
    let others: Vec<&str> = book
        .sheets
        .iter()
        .filter(|other| !other.visible && other.name != name)
        .map(|other| other.name.as_str())
        .collect();
    if !sheet.visible {
        hidden::chosen(name, &mut writer.log);
    }
    hidden::sheets(&others, &mut writer.log);
    let inside = xlsx_sheet::read(archive, &sheet.part, &styles, &shared, &mut writer)?;
    drop(shared);
    let (text, cells, mut log) = writer.finish()?;
    inside.tell(name, &cells.rows(), cells.width(&text), &mut log);
    inside.covered(&text, &cells, &mut log)?;
    let remarks = log.finish(&cells);
    Ok(Sheet { name: name.to_owned(), text, cells, remarks })
}
