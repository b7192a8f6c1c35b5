//! Rows in, a file of one row group out: a table has some thousand rows.
//!
//! Format version 1 with Snappy: what every reader of Parquet knows. A column is a dictionary
//! until that grows past 1 MiB, and plain text from there on.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use super::cells::{Cells, Column, ColumnKind};
use super::fault::TableFault;

/// A group of large cells ends early, so that memory stays bounded. It depends on the rows alone,
/// like all else that shapes the file.
const GROUP_BYTES: usize = 64 << 20;
/// The most bytes of one cell; the format has 31 bits, and pages hold several.
const CELL_BYTES: usize = 16 << 20;
/// Who wrote the file. The number is of this layout and rises only when bytes may change; a reader
/// that cannot parse the text would not trust the statistics.
const CREATED_BY: &str = "throughline version 1 (build 1)";

/// Writes a table row by row.
pub struct TableWriter<W: Write + Send> {
    /// With their cells of the present row group.
    columns: Vec<(Column, Cells)>,
    file: SerializedFileWriter<W>,
    group_bytes: usize,
    group_begun: bool,
    rows: u64,
    refused: bool,
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table.
    pub fn new(out: W, columns: &[Column]) -> Result<Self, TableFault> {
        let file = SerializedFileWriter::new(out, schema(columns)?, Arc::new(properties()))?;
        Ok(Self {
            columns: columns.iter().map(|one| (*one, Cells::new(one.kind))).collect(),
            file,
            group_bytes: 0,
            group_begun: false,
            rows: 0,
            refused: false,
        })
    }

    /// Makes room for so many rows, given how many bytes their cells have in each column.
    pub fn make_room(&mut self, rows: usize, bytes: &[usize]) {
        for ((_, cells), bytes) in self.columns.iter_mut().zip(bytes) {
            cells.make_room(rows, (*bytes).min(GROUP_BYTES));
        }
    }

    /// Adds a row. After a fault the table is no longer one, and nothing but that is said of it.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), TableFault> {
        if self.refused {
            return Err(TableFault::AfterFault);
        }
        self.rows += 1;
        self.refused = true;
        self.add(cells)?;
        self.group_begun = true;
        if self.group_bytes >= GROUP_BYTES {
            self.write_group()?;
        }
        self.refused = false;
        Ok(())
    }

    /// Writes what is left and the footer, and gives back what was written to.
    pub fn finish(mut self) -> Result<W, TableFault> {
        if self.refused {
            return Err(TableFault::AfterFault);
        }
        if self.group_begun {
            self.write_group()?;
        }
        Ok(self.file.into_inner()?)
    }

    fn add<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), TableFault> {
        let row = self.rows;
        let count = TableFault::CellCount { row, columns: self.columns.len() };
        let mut cells = cells.into_iter();
        for (column, kept) in &mut self.columns {
            let Some(cell) = cells.next() else { return Err(count) };
            if cell.len() > CELL_BYTES {
                return Err(TableFault::TooLong { column: column.name, row, bytes: cell.len() });
            }
            kept.push(cell).ok_or_else(|| TableFault::NotADate {
                column: column.name,
                row,
                cell: cell.to_owned(),
            })?;
            self.group_bytes += cell.len();
        }
        if cells.next().is_some() { Err(count) } else { Ok(()) }
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for (_, cells) in &mut self.columns {
            let missing = || ParquetError::General("a column is not in the schema".to_owned());
            let mut column = group.next_column()?.ok_or_else(missing)?;
            cells.write(column.untyped())?;
            column.close()?;
        }
        group.close()?;
        (self.group_bytes, self.group_begun) = (0, false);
        Ok(())
    }
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(true)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .build()
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields: Result<Vec<TypePtr>, ParquetError> = columns
        .iter()
        .map(|column| {
            let (physical, logical) = match column.kind {
                ColumnKind::Text => (Physical::BYTE_ARRAY, LogicalType::String),
                ColumnKind::Date => (Physical::INT32, LogicalType::Date),
            };
            let field = Type::primitive_type_builder(column.name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(Some(logical))
                .build()?;
            Ok(Arc::new(field))
        })
        .collect();
    Ok(Arc::new(Type::group_type_builder("schema").with_fields(fields?).build()?))
}
