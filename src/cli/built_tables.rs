//! The tables of a build, read back. Each is one file, or several that are its parts.

use super::named::Files;
use crate::artifact::TableId;
use crate::manifest::{Entry, Manifest};

/// A table of a build, and where its files are.
pub(super) struct BuiltTable<'b> {
    table: TableId,
    files: &'b Files,
    entries: Vec<&'b Entry>,
}

impl<'b> BuiltTable<'b> {
    /// A table of a build; nothing where that has none.
    pub(super) fn of(table: TableId, manifest: &'b Manifest, files: &'b Files) -> Option<Self> {
        let entries = table.files_in(&manifest.artifacts, |entry| entry.id.as_str());
        (!entries.is_empty()).then_some(Self { table, files, entries })
    }

    /// The bytes of its files, in their order.
    ///
    /// # Errors
    /// Why one of them cannot be had, in a sentence.
    pub(super) fn read(&self) -> Result<Vec<Vec<u8>>, String> {
        self.entries.iter().map(|entry| self.files.read(entry)).collect()
    }

    /// Gives the cells that each row has in some columns. Rows are sorted in each file, and not from
    /// one to the next.
    ///
    /// # Errors
    /// Why they cannot be had, in a sentence.
    pub(super) fn rows<const N: usize>(
        &self,
        columns: [&str; N],
        mut take: impl FnMut([&str; N]),
    ) -> Result<(), String> {
        self.entries.iter().try_for_each(|entry| {
            self.rows_of(entry, columns, &mut |cells| {
                take(cells);
                false
            })
        })
    }

    /// The first row that has a key in the first of some columns, by which the table is in parts.
    /// Only the part is read where that can be.
    ///
    /// # Errors
    /// Why it cannot be had, in a sentence.
    pub(super) fn row<const N: usize>(
        &self,
        key: &str,
        columns: [&str; N],
    ) -> Result<Option<[String; N]>, String> {
        let id = |entry: &'b Entry| entry.id.as_str();
        for entry in self.table.files_with(key, &self.entries, id) {
            let mut found = None;
            self.rows_of(entry, columns, &mut |cells| {
                if cells.first() == Some(&key) {
                    found = Some(cells.map(str::to_owned));
                }
                found.is_some()
            })?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn rows_of<const N: usize>(
        &self,
        entry: &Entry,
        columns: [&str; N],
        is_enough: &mut dyn FnMut([&str; N]) -> bool,
    ) -> Result<(), String> {
        let mut places = None;
        let mut missing = None;
        self.records_of(entry, &mut |header, row| {
            let places = places.get_or_insert_with(|| {
                columns.map(|name| {
                    let at = header.iter().position(|column| column == name);
                    at.unwrap_or_else(|| {
                        missing = Some(name);
                        usize::MAX
                    })
                })
            });
            missing.is_some() || is_enough(places.map(|at| row.get(at).unwrap_or("")))
        })?;
        missing.map_or(Ok(()), |name| Err(format!("{} has no column `{name}`", entry.path)))
    }

    /// Reads a file until somebody has enough.
    fn records_of(
        &self,
        entry: &Entry,
        is_enough: &mut dyn FnMut(&csv::StringRecord, &csv::StringRecord) -> bool,
    ) -> Result<(), String> {
        let bytes = self.files.read(entry)?;
        let fault = |error: csv::Error| format!("{} cannot be read: {error}", entry.path);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().map_err(fault)?.clone();
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).map_err(fault)? {
            if is_enough(&header, &row) {
                break;
            }
        }
        Ok(())
    }
}
