//! How much a table may hold. Beyond it a file is a broken export or an attack.

/// Most rows of a file.
pub(super) const MAX_ROWS: usize = 1_000_000;
/// Most columns of a file.
pub(super) const MAX_COLUMNS: usize = 200;
/// Longest cell, in characters, where its column does not say another.
pub(super) const MAX_CELL: usize = 8_192;
/// Longest row, in bytes: as many of the longest cells as there can be.
pub(super) const MAX_RECORD: usize = 2_000_000;
/// Most cells of a row, empty ones behind the table included.
pub(super) const MAX_ROW_CELLS: usize = 50_000;
/// Findings of one kind that one file may have; more are counted and not listed.
pub(super) const MAX_FINDINGS: usize = 1_000;
