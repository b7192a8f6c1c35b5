//! Every limit on what a workbook may hold, in one place.
//!
//! Together they keep the peak below 512 MB whatever the file holds: 64 MB of file, 96 + 32 MB of
//! shared texts, 128 MB of CSV (192 while it grows), and small change. Must not read anything.

use super::remark::Fault;

/// Size of the file itself.
pub(super) const FILE_BYTES: usize = 64 << 20;
/// Entries of the archive.
pub(super) const ENTRIES: usize = 10_000;
/// Inflated bytes, over all parts that are read.
pub(super) const INFLATED: u64 = 256 << 20;
/// How far a part may inflate, once it is larger than [`RATIO_FROM`].
pub(super) const RATIO: u64 = 500;
/// Parts smaller than this may have any ratio.
pub(super) const RATIO_FROM: u64 = 16 << 20;
/// One tag, text or comment of XML.
pub(super) const XML_PIECE: usize = 4 << 20;
/// How deep XML may nest.
pub(super) const XML_DEPTH: usize = 64;
/// Rows of a sheet.
pub(super) const ROWS: u32 = 1_000_000;
/// Columns of a sheet.
pub(super) const COLUMNS: u32 = 200;
/// Cells of a sheet, empty ones that are written out included.
pub(super) const CELLS: u64 = 20_000_000;
/// Characters in a cell.
pub(super) const CELL_CHARS: usize = 8_192;
/// Bytes of a cell's text as it stands in the XML, before escapes are taken out.
pub(super) const CELL_BYTES: usize = 1 << 20;
/// Bytes of CSV.
pub(super) const TEXT: usize = 128 << 20;
/// Bytes of shared texts.
pub(super) const SHARED_BYTES: usize = 96 << 20;
/// How many shared texts.
pub(super) const SHARED_TEXTS: usize = 8_000_000;
/// Cell formats.
pub(super) const STYLES: usize = 65_536;
/// Sheets of a workbook.
pub(super) const SHEETS: usize = 1_000;
/// Merged ranges and hidden ranges of a sheet.
pub(super) const RANGES: usize = 100_000;
/// Remarks that are made one by one; the rest is counted.
pub(super) const REMARKS: usize = 1_000;

/// The fault of a workbook over a limit.
pub(super) fn fault(message: impl Into<String>) -> Fault {
    Fault::new(message, "keep only the rows and columns that are needed, and save again")
}
