//! A table as CSV, as Parquet and as a dbt seed, written while its rows are made.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::ReportingFault;
use super::row::TableColumn;
use crate::artifact::generated::{FileWriter, GeneratedFile, Shelf};
use crate::artifact::parquet_file::{Column, TableFault, TableWriter};
use crate::artifact::sheet::SheetWriter;

/// Rows that one thread writes at a time.
const PART: usize = 256;

/// Takes rows and writes them in every form but the seed.
pub(super) struct TableFiles<'s> {
    name: &'static str,
    shelf: &'s dyn Shelf,
    csv: FileWriter<'s>,
    parquet: TableWriter<Noted<FileWriter<'s>>>,
    /// What happened to the Parquet file.
    fault: NotedFault,
    /// No cell was changed for spreadsheets, so a seed would have the same bytes.
    harmless: bool,
}

impl<'s> TableFiles<'s> {
    pub(super) fn begin(
        name: &'static str,
        columns: &[TableColumn],
        shelf: &'s dyn Shelf,
    ) -> Result<Self, ReportingFault> {
        let mut csv = FileWriter::begin(shelf, &format!("reporting/{name}.csv"), "text/csv")?;
        csv.write_all(&header(columns))?;
        let parquet = FileWriter::begin(
            shelf,
            &format!("reporting/{name}.parquet"),
            "application/vnd.apache.parquet",
        )?;
        let columns: Vec<Column> = columns.iter().map(|one| one.column).collect();
        let fault = NotedFault::default();
        let noted = Noted { inner: parquet, fault: Arc::clone(&fault) };
        let parquet = TableWriter::new(noted, &columns).map_err(|one| told(&fault, one))?;
        Ok(Self { name, shelf, csv, parquet, fault, harmless: true })
    }

    /// Adds rows to both forms.
    pub(super) fn add<'r, R, C, I>(&mut self, rows: &'r [R], cells: C) -> Result<(), ReportingFault>
    where
        R: Sync,
        C: Fn(&'r R) -> I + Sync,
        I: Iterator<Item = &'r str>,
    {
        let Self { csv, parquet, harmless, .. } = self;
        let as_csv = || -> io::Result<()> {
            let part = |rows: &'r [R]| {
                let mut all_harmless = true;
                let mut sheet = SheetWriter::rows();
                for row in rows {
                    for cell in cells(row) {
                        all_harmless &= SheetWriter::is_harmless(cell);
                        sheet.cell(cell);
                    }
                    sheet.end_row();
                }
                (sheet.finish(), all_harmless)
            };
            let parts: Vec<(Vec<u8>, bool)> = rows.par_chunks(PART).map(part).collect();
            for (bytes, all_harmless) in parts {
                *harmless &= all_harmless;
                csv.write_all(&bytes)?;
            }
            Ok(())
        };
        let as_parquet = || rows.iter().try_for_each(|row| parquet.row(cells(row)));
        let (csv_written, parquet_written) = rayon::join(as_csv, as_parquet);
        csv_written?;
        parquet_written.map_err(|fault| told(&self.fault, fault))
    }

    /// The finished files. The seed is not among them where it has other bytes than the CSV.
    pub(super) fn finish(self) -> Result<(Vec<GeneratedFile>, HasSeed), ReportingFault> {
        let Self { name, shelf, csv, parquet, fault, harmless } = self;
        let csv = csv.finish()?;
        let parquet = parquet.finish().map_err(|one| told(&fault, one))?.inner.finish()?;
        let seed = if harmless { Some(csv.again_at(&seed_path(name), shelf)?) } else { None };
        let files = [csv, parquet].into_iter().chain(seed).collect();
        Ok((files, if harmless { HasSeed::Yes } else { HasSeed::No }))
    }
}

/// Whether a table's seed is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HasSeed {
    Yes,
    /// It needs a [`Seed`], which gets the rows again.
    No,
}

/// The table for dbt where it has cells that spreadsheets get otherwise.
pub(super) struct Seed<'s>(FileWriter<'s>);

impl<'s> Seed<'s> {
    pub(super) fn begin(
        name: &'static str,
        columns: &[TableColumn],
        shelf: &'s dyn Shelf,
    ) -> io::Result<Self> {
        let mut file = FileWriter::begin(shelf, &seed_path(name), "text/csv")?;
        file.write_all(&header(columns))?;
        Ok(Self(file))
    }

    pub(super) fn add<'c, I: Iterator<Item = &'c str>>(
        &mut self,
        rows: impl Iterator<Item = I>,
    ) -> io::Result<()> {
        let mut sheet = SheetWriter::rows_as_they_are();
        for row in rows {
            sheet.cells(row);
            sheet.end_row();
        }
        self.0.write_all(&sheet.finish())
    }

    pub(super) fn finish(self) -> io::Result<GeneratedFile> {
        self.0.finish()
    }
}

fn seed_path(name: &str) -> String {
    format!("reporting/dbt/seeds/{name}.csv")
}

fn header(columns: &[TableColumn]) -> Vec<u8> {
    SheetWriter::new(columns.iter().map(|one| one.column.name)).finish()
}

type NotedFault = Arc<Mutex<Option<io::Error>>>;

/// Notes the fault of what is written to: the Parquet library hands on only its words, and a full
/// disk is not a bug.
struct Noted<W> {
    inner: W,
    fault: NotedFault,
}

impl<W: Write> Write for Noted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes).map_err(|error| {
            let told = io::Error::from(error.kind());
            *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            told
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn told(noted: &NotedFault, of_table: TableFault) -> ReportingFault {
    let fault = noted.lock().unwrap_or_else(PoisonError::into_inner).take();
    fault.map_or_else(|| of_table.into(), ReportingFault::Write)
}
