//! A table as CSV, as Parquet and as a dbt seed, written side by side.

use super::row::TableColumn;
use crate::artifact::parquet_file::{Column, TableFault, TableWriter};
use crate::artifact::{GeneratedFile, SheetWriter};

/// Takes rows and writes them in every form.
pub(super) struct TableFiles {
    name: &'static str,
    csv: SheetWriter,
    /// Only where the CSV has a cell that is not as it is; until then they are the same.
    seed: Option<SheetWriter>,
    parquet: TableWriter<Vec<u8>>,
}

impl TableFiles {
    pub(super) fn new(name: &'static str, columns: &[TableColumn]) -> Result<Self, TableFault> {
        let columns: Vec<Column> = columns.iter().map(|one| one.column).collect();
        let csv = SheetWriter::new(columns.iter().map(|column| column.name));
        let parquet = TableWriter::new(Vec::new(), &columns)?;
        Ok(Self { name, csv, seed: None, parquet })
    }

    /// Adds rows to all forms at once.
    pub(super) fn add<'r, R, C>(&mut self, rows: &'r [R], cells: C) -> Result<(), TableFault>
    where
        R: Sync,
        C: Fn(&'r R) -> Vec<&'r str> + Sync,
    {
        let Self { csv, seed, parquet, .. } = self;
        let ((), written) = rayon::join(
            || rows.iter().for_each(|row| add_row(csv, seed, &cells(row))),
            || rows.iter().try_for_each(|row| parquet.row(cells(row))),
        );
        written
    }

    /// The finished files.
    pub(super) fn finish(self) -> Result<Vec<GeneratedFile>, TableFault> {
        let Self { name, csv, seed, parquet } = self;
        let seed_path = format!("reporting/dbt/seeds/{name}.csv");
        let csv = GeneratedFile::at(&format!("reporting/{name}.csv"), "text/csv", csv.finish());
        let seed = match seed {
            Some(seed) => GeneratedFile::at(&seed_path, "text/csv", seed.finish()),
            None => csv.as_ref().and_then(|csv| csv.again_at(&seed_path)),
        };
        let parquet = GeneratedFile::at(
            &format!("reporting/{name}.parquet"),
            "application/vnd.apache.parquet",
            parquet.finish()?,
        );
        Ok([csv, parquet, seed].into_iter().flatten().collect())
    }
}

fn add_row(csv: &mut SheetWriter, seed: &mut Option<SheetWriter>, cells: &[&str]) {
    let seed = match seed {
        Some(seed) => Some(seed),
        None if cells.iter().any(|cell| !SheetWriter::is_harmless(cell)) => {
            Some(seed.insert(csv.as_it_is()))
        }
        None => None,
    };
    for writer in [Some(csv), seed].into_iter().flatten() {
        writer.cells(cells.iter().copied());
        writer.end_row();
    }
}
