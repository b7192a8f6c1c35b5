//! One sheet of an `.xlsx`, `.xlsm` or `.ods` workbook as canonical CSV text, with a map back to
//! its cells.
//!
//! Workbooks come from other companies and are taken for hostile: each part is inflated once, as a
//! stream, with its real bytes counted, and every size is bounded before anything is stored (see
//! `limits`). Bytes in, text out. Nothing here reads files, the clock, a locale or the
//! environment, and no formula is ever calculated.

mod archive;
mod date;
mod grid;
mod hidden;
mod limits;
mod log;
mod number;
mod number_format;
mod ods;
mod ods_cell;
mod remark;
mod writer;
mod xlsx;
mod xlsx_book;
mod xlsx_cell;
mod xlsx_sheet;
mod xml;

#[cfg(test)]
mod tests;

pub use grid::{CellMap, CellRef};
pub use remark::{Remark, RemarkKind};

use archive::Archive;
use remark::{Fault, quoted};

/// A sheet as canonical CSV: commas, LF line ends, quotes only where needed, one record per sheet
/// row from the first used row on. Columns begin at A. Empty columns and rows at the end are left
/// out; empty rows inside are kept.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The name of the sheet, as the workbook writes it.
    pub name: String,
    /// The canonical CSV.
    pub text: String,
    /// From places in `text` to cells of the sheet.
    pub cells: CellMap,
    /// What a reader of the sheet should know, in the order: whole file, then by place.
    pub remarks: Vec<Remark>,
}

/// The kinds of workbook that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Excel's `.xlsx` and `.xlsm`. Macros are never looked at.
    Xlsx,
    /// `LibreOffice`'s `.ods`.
    Ods,
}

/// The kind of workbook in `bytes`, by content and never by file name.
pub fn is_workbook(bytes: &[u8]) -> Option<Format> {
    format_of(&Archive::open(bytes).ok()?)
}

/// Reads one sheet.
///
/// Without `sheet`, the only visible sheet is read. `decimal` is the decimal sign of numbers in
/// the text.
///
/// # Errors
///
/// Remarks of kind [`RemarkKind::Broken`] if there is nothing that could be read.
pub fn read_sheet(bytes: &[u8], sheet: Option<&str>, decimal: char) -> Result<Sheet, Vec<Remark>> {
    read(bytes, sheet, decimal).map_err(|fault| vec![fault.into_remark()])
}

fn read(bytes: &[u8], sheet: Option<&str>, decimal: char) -> Result<Sheet, Fault> {
    if bytes.starts_with(&OLE_MAGIC) {
        return Err(ole_fault(bytes));
    }
    if bytes.len() > limits::FILE_BYTES {
        return Err(limits::fault("the workbook is larger than 64 MB"));
    }
    let archive = Archive::open(bytes)?;
    match format_of(&archive) {
        Some(Format::Xlsx) => xlsx::read(&archive, sheet, decimal),
        Some(Format::Ods) => ods::read(&archive, sheet, decimal),
        None if archive.has("xl/workbook.bin") => Err(Fault::new(
            "the workbook is in the binary format of Excel (.xlsb)",
            "open it in Excel, choose File > Save As > `Excel Workbook (*.xlsx)` and send that file",
        )),
        None if archive.has("encrypted-package") => Err(Fault::protected()),
        None => Err(Fault::new(
            "the file is a zip archive, but not a workbook",
            "send the workbook itself, saved as .xlsx or .ods, not an archive that holds it",
        )),
    }
}

fn format_of(archive: &Archive<'_>) -> Option<Format> {
    if archive.has("xl/workbook.xml") {
        return Some(Format::Xlsx);
    }
    let mimetype = archive.small("mimetype", 128).ok()??;
    (mimetype == b"application/vnd.oasis.opendocument.spreadsheet").then_some(Format::Ods)
}

/// The container of Excel 97-2003, which newer versions use around encrypted workbooks.
const OLE_MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

fn ole_fault(bytes: &[u8]) -> Fault {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) {
        return Fault::protected();
    }
    Fault::new(
        "the workbook is in the old Excel format (.xls)",
        "open it in Excel, choose File > Save As > `Excel Workbook (*.xlsx)` and send that file",
    )
}

/// A sheet as the workbook lists it.
struct Listed<'a> {
    name: &'a str,
    visible: bool,
}

/// Which of `sheets` is meant: the named one, or the only visible one.
fn choose(sheets: &[Listed<'_>], wanted: Option<&str>) -> Result<usize, Fault> {
    let visible = || sheets.iter().enumerate().filter(|(_, sheet)| sheet.visible);
    let Some(wanted) = wanted else {
        return match (visible().next(), visible().nth(1)) {
            (Some((index, _)), None) => Ok(index),
            (None, _) => Err(Fault::new(
                "the workbook has no visible sheet",
                "open the workbook, right-click the sheet tabs, choose Unhide, and save again",
            )),
            (Some(_), Some(_)) => Err(Fault::new(
                format!(
                    "the workbook has {} visible sheets: {}",
                    visible().count(),
                    quoted(visible().map(|(_, sheet)| sheet.name))
                ),
                format!(
                    "say which one is meant, such as `sheet = \"{}\"`, or delete the others",
                    visible().next().map_or("", |(_, sheet)| sheet.name)
                ),
            )),
        };
    };
    if let Some(index) = sheets.iter().position(|sheet| sheet.name == wanted) {
        return Ok(index);
    }
    let names = quoted(sheets.iter().map(|sheet| sheet.name));
    let help = match nearest(sheets, wanted) {
        Some(name) => format!("did you mean {}?", quoted(std::iter::once(name))),
        None => "give `sheet` the name of a sheet that is there".to_owned(),
    };
    let wanted = quoted(std::iter::once(wanted));
    Err(Fault::new(format!("there is no sheet {wanted}; the workbook has {names}"), help))
}

fn nearest<'a>(sheets: &[Listed<'a>], wanted: &str) -> Option<&'a str> {
    let fold = |name: &str| -> String {
        name.chars().take(64).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = fold(wanted);
    sheets
        .iter()
        .take(200)
        .map(|sheet| (strsim::damerau_levenshtein(&fold(sheet.name), &wanted), sheet.name))
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
