//! Files of tables: CSV in a declared encoding, or one sheet of a workbook.

use std::collections::BTreeSet;

use super::encoding::{Decoded, Encoding, decode};
use super::file_type::check_file_type;
use super::table::Dialect;
use super::workbook::{CellMap, CellRef, Remark, RemarkKind, is_workbook, read_sheet};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span, WorkspacePath};

/// A file as a part of a table.
#[derive(Clone, Debug)]
pub struct TableFile {
    /// The table's name.
    pub name: String,
    /// How the file is written.
    pub dialect: Dialect,
    /// The sheet that the text was made from, if the file is a workbook.
    pub sheet: Option<SheetText>,
}

/// A sheet of a workbook as text, and the way back to its cells.
#[derive(Clone, Debug)]
pub struct SheetText {
    /// The sheet's name.
    pub name: String,
    cells: CellMap,
    /// Where cells begin that have no value that could be used, which has been told.
    pub bad_cells: BTreeSet<u32>,
}

impl TableFile {
    /// A file of a table, before it is read.
    pub fn new(name: String, dialect: Dialect) -> Self {
        Self { name, dialect, sheet: None }
    }
}

impl SheetText {
    /// The cell at a place of the sheet's text.
    pub(super) fn cell(&self, text: &str, offset: u32) -> CellRef {
        self.cells.at(text, offset as usize)
    }
}

/// The text of a table's file. What is wrong with the file is reported.
pub(super) fn decode_table(
    source: SourceId,
    path: &WorkspacePath,
    table: &mut TableFile,
    bytes: Vec<u8>,
    diagnostics: &mut Diagnostics,
) -> Decoded {
    let nothing = || Decoded { text: String::new(), whole: false };
    let extension = path.as_str().rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    if !matches!(extension.as_str(), "xlsx" | "xlsm" | "ods") {
        if let Some(diagnostic) = check_file_type(source, &bytes) {
            diagnostics.push(diagnostic);
            return nothing();
        }
        let declared = table.dialect.encoding.unwrap_or(Encoding::Utf8);
        return decode(source, bytes, declared, diagnostics);
    }
    // A workbook in name only may still be told from its beginning, a real one from its parts.
    let known = bytes.starts_with(b"PK") || bytes.starts_with(b"\xd0\xcf\x11\xe0");
    if !known && is_workbook(&bytes).is_none() {
        let message = "the file is named like a workbook and is none";
        let diagnostic = Diagnostic::error(Code::WrongFileType, Span::start_of(source), message);
        diagnostics
            .push(diagnostic.help("save it again from the spreadsheet program, or name it .csv"));
        return nothing();
    }
    match read_sheet(&bytes, table.dialect.sheet.as_deref(), table.dialect.decimal()) {
        Ok(sheet) => {
            let mut whole = true;
            let mut bad_cells = BTreeSet::new();
            for remark in sheet.remarks {
                whole &= remark.kind != RemarkKind::Broken;
                if let (RemarkKind::ErrorCell, Some(range)) = (remark.kind, &remark.range) {
                    bad_cells.insert(range.start as u32);
                }
                diagnostics.push(tell(source, remark));
            }
            table.sheet = Some(SheetText { name: sheet.name, cells: sheet.cells, bad_cells });
            Decoded { text: sheet.text, whole }
        }
        Err(remarks) => {
            diagnostics.extend(remarks.into_iter().map(|remark| tell(source, remark)));
            nothing()
        }
    }
}

fn tell(source: SourceId, remark: Remark) -> Diagnostic {
    let Remark { kind, range, message, help } = remark;
    let span =
        range.map_or(Span::start_of(source), |range| Span::new(source, range.start, range.end));
    let diagnostic = match kind {
        RemarkKind::Broken => Diagnostic::error(Code::BadWorkbook, span, message),
        RemarkKind::Hidden => Diagnostic::warning(Code::HiddenCells, span, message),
        RemarkKind::Formula => Diagnostic::warning(Code::Formula, span, message),
        RemarkKind::ErrorCell => Diagnostic::error(Code::ErrorCell, span, message),
        RemarkKind::Normalised => Diagnostic::note(Code::Normalised, span, message),
    };
    diagnostic.help(help)
}
