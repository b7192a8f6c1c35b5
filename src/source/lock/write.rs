//! throughline.lock as text: line by line, in pieces, as a digest.

use std::io::{self, Write};
use std::sync::OnceLock;

use super::{ADVICE, COLUMNS, LOCK_VERSION, Lock, TITLE};
use crate::model::{Digest, Hasher};

/// Bytes of lines that are hashed or written at once, about.
const PIECE: usize = 64 << 10;

impl Lock {
    /// The first lines of the file.
    pub(super) fn head() -> String {
        format!("{TITLE}{LOCK_VERSION}{ADVICE}\n{}\n", COLUMNS.join(","))
    }

    /// Gives the file line by line: a row for each meaning, sorted, so that branches merge.
    pub fn for_each_line(&self, mut take: impl FnMut(&str)) {
        take(&Self::head());
        let mut line = String::new();
        for cells in self.rows.iter() {
            line.clear();
            for column in 0..COLUMNS.len() {
                line.push_str(self.cell(cells, column));
                line.push(',');
            }
            line.pop();
            line.push('\n');
            take(&line);
        }
    }

    /// Gives the file in pieces of many lines.
    fn for_each_piece(&self, mut take: impl FnMut(&[u8])) {
        let mut waiting = Vec::new();
        self.for_each_line(|line| {
            waiting.extend_from_slice(line.as_bytes());
            if waiting.len() > PIECE {
                take(&waiting);
                waiting.clear();
            }
        });
        take(&waiting);
    }

    /// Notes the digest of the file that was just read, which need not be made again where nothing in
    /// it would be written otherwise.
    pub fn note_read(&mut self, digest: Digest) {
        if self.is_as_written {
            self.digest = OnceLock::from(digest);
        }
    }

    /// The digest of the file as it is written.
    pub fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let mut hasher = Hasher::default();
            self.for_each_piece(|piece| hasher = std::mem::take(&mut hasher).raw(piece));
            hasher.finish()
        })
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// Those of what is written to.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut written = Ok(());
        self.for_each_piece(|piece| {
            if written.is_ok() {
                written = out.write_all(piece);
            }
        });
        written
    }

    /// Whether the file would be this text.
    pub fn is_written_as(&self, text: &str) -> bool {
        let mut rest = Some(text);
        self.for_each_line(|line| rest = rest.and_then(|rest| rest.strip_prefix(line)));
        rest == Some("")
    }

    /// The whole file.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.file.len() + self.added.len());
        self.for_each_line(|line| text.push_str(line));
        text
    }
}
