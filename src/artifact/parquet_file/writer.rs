//! Rows in, one row group after the other out.
//!
//! Format version 1 with Snappy: what every reader of Parquet knows. A column is a dictionary
//! until that grows past 1 MiB in a group, and plain text from there on.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::properties::{
    DEFAULT_WRITE_BATCH_SIZE, EnabledStatistics, WriterProperties, WriterVersion,
};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use rayon::prelude::*;

use super::cells::{Cells, Column, ColumnKind};
use super::fault::TableFault;
use super::pages::OpenColumn;

/// Rows in a row group.
const GROUP_ROWS: usize = 100_000;
/// A group of large cells ends early, so that memory stays bounded. It depends on the rows alone,
/// like all else that shapes the file.
const GROUP_BYTES: usize = 64 << 20;
/// Rows that are encoded at once. The library itself takes a thousand and 24 at a time, and decides
/// between two such batches where a page ends: a multiple of them leaves its pages as they are.
const ROWS_AT_ONCE: usize = 8 * DEFAULT_WRITE_BATCH_SIZE;
/// The most bytes of one cell; the format has 31 bits, and pages hold several.
const CELL_BYTES: usize = 16 << 20;
/// Who wrote the file. The number is of this layout and rises only when bytes may change; a reader
/// that cannot parse the text would not trust the statistics.
const CREATED_BY: &str = "throughline version 1 (build 1)";

/// Writes a table row by row.
pub struct TableWriter<W: Write + Send> {
    columns: Vec<Kept>,
    file: SerializedFileWriter<W>,
    group_rows: usize,
    group_bytes: usize,
    rows: u64,
    refused: bool,
}

/// A column of the present row group.
struct Kept {
    column: Column,
    /// Its cells that are not encoded yet.
    cells: Cells,
    open: Option<OpenColumn>,
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table.
    pub fn new(out: W, columns: &[Column]) -> Result<Self, TableFault> {
        let file = SerializedFileWriter::new(out, schema(columns)?, Arc::new(properties()))?;
        Ok(Self {
            columns: columns.iter().map(Kept::new).collect(),
            file,
            group_rows: 0,
            group_bytes: 0,
            rows: 0,
            refused: false,
        })
    }

    /// Adds a row. After a fault the table is no longer one, and nothing but that is said of it.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), TableFault> {
        if self.refused {
            return Err(TableFault::AfterFault);
        }
        self.rows += 1;
        self.refused = true;
        self.add(cells)?;
        self.group_rows += 1;
        if self.group_rows >= GROUP_ROWS || self.group_bytes >= GROUP_BYTES {
            self.write_group()?;
        } else if self.group_rows.is_multiple_of(ROWS_AT_ONCE) {
            self.encode()?;
        }
        self.refused = false;
        Ok(())
    }

    /// Writes what is left and the footer, and gives back what was written to.
    pub fn finish(mut self) -> Result<W, TableFault> {
        if self.refused {
            return Err(TableFault::AfterFault);
        }
        if self.group_rows > 0 {
            self.write_group()?;
        }
        Ok(self.file.into_inner()?)
    }

    fn add<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), TableFault> {
        let row = self.rows;
        let count = TableFault::CellCount { row, columns: self.columns.len() };
        let mut cells = cells.into_iter();
        for Kept { column, cells: kept, .. } in &mut self.columns {
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

    /// Columns are encoded on all threads, each for itself.
    fn encode(&mut self) -> Result<(), ParquetError> {
        let (schema, properties) = (self.file.schema_descr(), self.file.properties());
        let encode = |(at, kept): (usize, &mut Kept)| {
            let begin = || OpenColumn::new(schema.column(at), properties.clone());
            kept.open.get_or_insert_with(begin).add(&mut kept.cells)
        };
        let encoded: Vec<Result<(), ParquetError>> =
            self.columns.par_iter_mut().enumerate().map(encode).collect();
        encoded.into_iter().collect()
    }

    /// Puts what was encoded together, in the order of the columns.
    fn write_group(&mut self) -> Result<(), ParquetError> {
        self.encode()?;
        let open: Vec<OpenColumn> =
            self.columns.iter_mut().filter_map(|kept| kept.open.take()).collect();
        let closed: Vec<_> = open.into_par_iter().map(OpenColumn::close).collect();
        let mut group = self.file.next_row_group()?;
        for column in closed {
            let (pages, closed) = column?;
            group.append_column(&pages, closed)?;
        }
        group.close()?;
        (self.group_rows, self.group_bytes) = (0, 0);
        Ok(())
    }
}

impl Kept {
    fn new(column: &Column) -> Self {
        Self { column: *column, cells: Cells::new(column.kind), open: None }
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
