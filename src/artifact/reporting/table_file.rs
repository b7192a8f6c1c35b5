//! A table, or a part of one, as CSV, as Parquet and as a dbt seed, written while its rows are made.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::ReportingFault;
use super::row::{LinkRow, TableColumn, ValueRow};
use crate::artifact::generated::{FileWriter, GeneratedFile, Shelf};
use crate::artifact::parquet_file::{Column, TableFault, TableWriter};
use crate::artifact::parts::{DIM_LINK, DIM_LINK_SEED, Part, TableId};
use crate::artifact::sheet::SheetWriter;
use crate::model::{Digest, Hasher};

/// A table: what its files are called, and its columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportTable {
    csv: TableId,
    parquet: TableId,
    pub(super) seed: TableId,
    columns: &'static [TableColumn],
}

/// `dim_link`.
pub(super) const LINK_TABLE: ReportTable = ReportTable {
    csv: DIM_LINK,
    parquet: TableId::new("reporting/dim_link", ".parquet"),
    seed: DIM_LINK_SEED,
    columns: LinkRow::COLUMNS,
};

/// `dim_param_value`.
pub(super) const VALUE_TABLE: ReportTable = ReportTable {
    csv: TableId::new("reporting/dim_param_value", ".csv"),
    parquet: TableId::new("reporting/dim_param_value", ".parquet"),
    seed: TableId::seed("reporting/dbt/seeds/dim_param_value"),
    columns: ValueRow::COLUMNS,
};

/// What stands beside a part of a table and is made from its rows.
pub(super) struct Beside<'m> {
    /// Digest of what it is made from besides.
    pub(super) from: Digest,
    pub(super) make: &'m dyn Fn() -> Option<GeneratedFile>,
}

impl ReportTable {
    /// Makes a part in all its forms. Its CSV is made in any case, and tells whether the others are
    /// as they were.
    pub(super) fn write<'r, R, I>(
        &self,
        (part, into): (Part, &dyn Shelf),
        rows: &'r [R],
        cells: impl Fn(&'r R) -> I,
        beside: &Beside<'_>,
    ) -> Result<Vec<GeneratedFile>, ReportingFault>
    where
        I: Iterator<Item = &'r str>,
    {
        let cells = || rows.iter().map(&cells);
        let csv = self.csv.of(part);
        let csv = write_sheet((&csv, into), SheetWriter::new(self.header()), cells())?;
        // Where spreadsheets get a cell otherwise, the CSV does not tell what it is.
        let harmless = cells().flatten().all(SheetWriter::is_harmless);
        let made_from = harmless.then(|| {
            let from = Hasher::default().part(csv.path.as_str().as_bytes());
            from.part(csv.digest.as_bytes()).part(beside.from.as_bytes()).finish()
        });
        let known = made_from.map(|made_from| into.known(&made_from)).unwrap_or_default();
        if !known.is_empty() {
            return Ok([csv].into_iter().chain(known).collect());
        }
        let seed = self.seed.of(part);
        let seed = if harmless {
            csv.again_at(&seed, into)?
        } else {
            write_sheet((&seed, into), SheetWriter::as_they_are(self.header()), cells())?
        };
        let parquet = self.write_parquet((part, into), cells)?;
        let mut beside = (beside.make)();
        beside.iter_mut().try_for_each(|file| into.take(file))?;
        let others = [parquet, seed].into_iter().chain(beside);
        let others = others.map(|file| GeneratedFile { made_from, ..file });
        Ok([csv].into_iter().chain(others).collect())
    }

    fn write_parquet<'r, R: ExactSizeIterator<Item = I>, I: Iterator<Item = &'r str>>(
        &self,
        (part, into): (Part, &dyn Shelf),
        rows: impl Fn() -> R,
    ) -> Result<GeneratedFile, ReportingFault> {
        let file = self.parquet.of(part);
        let file = FileWriter::begin_own(into, &file, "application/vnd.apache.parquet")?;
        let columns: Vec<Column> = self.columns.iter().map(|one| one.column).collect();
        let fault = NotedFault::default();
        let noted = Noted { inner: file, fault: Arc::clone(&fault) };
        let written = TableWriter::new(noted, &columns).and_then(|mut table| {
            let mut bytes = vec![0; columns.len()];
            for cells in rows() {
                bytes.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell.len());
            }
            table.make_room(rows().len(), &bytes);
            rows().try_for_each(|cells| table.row(cells))?;
            table.finish()
        });
        Ok(written.map_err(|one| told(&fault, one))?.inner.finish()?)
    }

    fn header(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|one| one.column.name)
    }
}

/// Writes rows below a header, as the sheet writes cells.
fn write_sheet<'r, I: Iterator<Item = &'r str>>(
    (path, shelf): (&str, &dyn Shelf),
    mut sheet: SheetWriter,
    rows: impl Iterator<Item = I>,
) -> io::Result<GeneratedFile> {
    let mut file = FileWriter::begin_own(shelf, path, "text/csv")?;
    for cells in rows {
        sheet.cells(cells);
        sheet.end_row();
        sheet.hand_over(&mut file)?;
    }
    file.write_all(&sheet.finish())?;
    file.finish()
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
