//! A column of a row group on its way into the file: encoded some rows at a time, so that what is
//! in memory of the group are its finished pages and not its cells.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::column::page::{CompressedPage, PageWriteSpec, PageWriter};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::cells::Cells;

/// A column that is being written.
pub(super) struct OpenColumn {
    writer: ColumnWriter<'static>,
    pages: Pages,
}

/// Finished pages, which both the library's writer and the group hold.
#[derive(Clone)]
struct Pages(Arc<Mutex<TrackedWrite<Vec<u8>>>>);

impl PageWriter for Pages {
    fn write_page(&mut self, page: CompressedPage) -> Result<PageWriteSpec, ParquetError> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        SerializedPageWriter::new(&mut pages).write_page(page)
    }

    fn close(&mut self) -> Result<(), ParquetError> {
        Ok(())
    }
}

impl OpenColumn {
    pub(super) fn new(column: ColumnDescPtr, properties: WriterPropertiesPtr) -> Self {
        let pages = Pages(Arc::new(Mutex::new(TrackedWrite::new(Vec::new()))));
        let writer = get_column_writer(column, properties, Box::new(pages.clone()));
        Self { writer, pages }
    }

    /// Encodes cells and forgets them.
    pub(super) fn add(&mut self, cells: &mut Cells) -> Result<(), ParquetError> {
        cells.write(&mut self.writer)
    }

    /// All pages of the column.
    pub(super) fn close(self) -> Result<(Bytes, ColumnCloseResult), ParquetError> {
        let Self { writer, pages } = self;
        let closed = writer.close()?;
        let mut pages = pages.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pages = std::mem::replace(&mut *pages, TrackedWrite::new(Vec::new()));
        Ok((Bytes::from(pages.into_inner()?), closed))
    }
}
