//! A table, or a part of one, as CSV, as Parquet and as a dbt seed, written while its rows are made.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::ReportingFault;
use super::row::{LinkRow, TableColumn, ValueRow};
use crate::artifact::generated::{FileWriter, GeneratedFile, Shelf};
use crate::artifact::parquet_file::{Column, TableFault, TableWriter};
use crate::artifact::parts::{DIM_LINK, DIM_LINK_SEED, Part, TableId};
use crate::artifact::sheet::SheetWriter;

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

impl ReportTable {
    fn header(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|one| one.column.name)
    }
}

/// Takes rows and writes them in every form but the seed.
pub(super) struct TableFiles<'s> {
    seed: String,
    shelf: &'s dyn Shelf,
    sheet: SheetWriter,
    csv: FileWriter<'s>,
    parquet: TableWriter<Noted<FileWriter<'s>>>,
    /// What happened to the Parquet file.
    fault: NotedFault,
    /// No cell was changed for spreadsheets, so a seed would have the same bytes.
    harmless: bool,
}

impl<'s> TableFiles<'s> {
    pub(super) fn begin(
        table: &ReportTable,
        part: Part,
        shelf: &'s dyn Shelf,
    ) -> Result<Self, ReportingFault> {
        let csv = FileWriter::begin(shelf, &table.csv.of(part), "text/csv")?;
        let parquet = table.parquet.of(part);
        let parquet = FileWriter::begin(shelf, &parquet, "application/vnd.apache.parquet")?;
        let columns: Vec<Column> = table.columns.iter().map(|one| one.column).collect();
        let fault = NotedFault::default();
        let noted = Noted { inner: parquet, fault: Arc::clone(&fault) };
        let parquet = TableWriter::new(noted, &columns).map_err(|one| told(&fault, one))?;
        let (seed, sheet) = (table.seed.of(part), SheetWriter::new(table.header()));
        Ok(Self { seed, shelf, sheet, csv, parquet, fault, harmless: true })
    }

    /// Adds a row to both forms.
    pub(super) fn add<'c>(
        &mut self,
        cells: impl Iterator<Item = &'c str> + Clone,
    ) -> Result<(), ReportingFault> {
        for cell in cells.clone() {
            self.harmless &= SheetWriter::is_harmless(cell);
            self.sheet.cell(cell);
        }
        self.sheet.end_row();
        self.sheet.hand_over(&mut self.csv)?;
        self.parquet.row(cells).map_err(|fault| told(&self.fault, fault))
    }

    /// The finished files. The seed is not among them where it has other bytes than the CSV.
    pub(super) fn finish(self) -> Result<(Vec<GeneratedFile>, HasSeed), ReportingFault> {
        let Self { seed, shelf, sheet, mut csv, parquet, fault, harmless } = self;
        csv.write_all(&sheet.finish())?;
        let csv = csv.finish()?;
        let parquet = parquet.finish().map_err(|one| told(&fault, one))?.inner.finish()?;
        let seed = if harmless { Some(csv.again_at(&seed, shelf)?) } else { None };
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
pub(super) struct Seed<'s> {
    file: FileWriter<'s>,
    sheet: SheetWriter,
}

impl<'s> Seed<'s> {
    pub(super) fn begin(table: &ReportTable, part: Part, shelf: &'s dyn Shelf) -> io::Result<Self> {
        let file = FileWriter::begin(shelf, &table.seed.of(part), "text/csv")?;
        Ok(Self { file, sheet: SheetWriter::as_they_are(table.header()) })
    }

    pub(super) fn add<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
        self.sheet.cells(cells);
        self.sheet.end_row();
        self.sheet.hand_over(&mut self.file)
    }

    pub(super) fn finish(self) -> io::Result<GeneratedFile> {
        let Self { mut file, sheet } = self;
        file.write_all(&sheet.finish())?;
        file.finish()
    }
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
