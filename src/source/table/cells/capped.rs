//! Bytes for the csv crate, no more of them at once than a record may have.

use std::cell::Cell;
use std::io::{self, Read};

use crate::source::table::limits::MAX_RECORD;

/// Hands out so many bytes and no more until it is told to go on, so that one quote that is never
/// closed does not fill the memory with a single cell.
pub(super) struct Capped<'t> {
    bytes: &'t [u8],
    left: Cell<usize>,
}

impl<'t> Capped<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, left: Cell::new(MAX_RECORD) }
    }

    /// Another record may begin.
    pub(super) fn go_on(&self) {
        self.left.set(MAX_RECORD);
    }
}

impl Read for Capped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.left.get()).min(self.bytes.len());
        let (head, tail) = self.bytes.split_at(wanted);
        if let Some(target) = buffer.get_mut(..wanted) {
            target.copy_from_slice(head);
        }
        self.bytes = tail;
        self.left.set(self.left.get() - wanted);
        Ok(wanted)
    }
}
