//! Source files as they were read, and the way from bytes to lines and columns.

use std::sync::OnceLock;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Digest, SourceId, Span, WorkspacePath};

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// throughline.toml.
    Workspace,
    /// A CSV table.
    Table,
    /// A brief.
    Brief,
    /// A legal text.
    Legal,
    /// Taxonomy, field rules and channels.
    Rules,
    /// A template.
    Template,
    /// A picture or style sheet, copied under a hashed name.
    Asset,
    /// throughline.lock.
    Lock,
    /// Something that could not be read: a name without content.
    Unread,
}

/// One source file: the bytes that were hashed are the bytes that are parsed.
#[derive(Debug)]
pub struct SourceText {
    /// Its path in the workspace.
    pub path: WorkspacePath,
    /// What it is for.
    pub kind: SourceKind,
    /// The digest of the bytes as read.
    pub digest: Digest,
    /// The text, up to the first byte that is not UTF-8. Empty for assets.
    pub text: String,
    /// The text is not all of the file: the rest is not UTF-8.
    pub damaged: bool,
    /// The bytes of an asset.
    pub bytes: Vec<u8>,
    line_starts: OnceLock<Vec<u32>>,
}

/// A line and a column, both from 1; columns count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// All source files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceText>,
}

/// The byte order mark that some editors put first.
const BOM: &str = "\u{feff}";

impl SourceText {
    /// Where the content begins: after a byte order mark.
    pub fn content_start(&self) -> usize {
        if self.text.starts_with(BOM) { BOM.len() } else { 0 }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![self.content_start() as u32];
            for (index, byte) in bytes.iter().enumerate() {
                // A line ends at LF, CRLF or a lone CR.
                let lone_cr = *byte == b'\r' && bytes.get(index + 1) != Some(&b'\n');
                if *byte == b'\n' || lone_cr {
                    starts.push(index as u32 + 1);
                }
            }
            starts
        })
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let before = self.text.get(start..(offset as usize).max(start)).unwrap_or("");
        Position { line, column: before.chars().count() + 1 }
    }
}

impl Sources {
    /// Adds a file and says what is wrong with its encoding.
    pub fn add(
        &mut self,
        path: WorkspacePath,
        kind: SourceKind,
        bytes: Vec<u8>,
        diagnostics: &mut Diagnostics,
    ) -> SourceId {
        let id = SourceId(self.files.len() as u32);
        let digest = Digest::of(&bytes);
        let before = diagnostics.len();
        let (text, bytes) = if matches!(kind, SourceKind::Asset | SourceKind::Unread) {
            (String::new(), bytes)
        } else {
            (decode(id, bytes, diagnostics), Vec::new())
        };
        let damaged = diagnostics.len() > before;
        self.files.push(SourceText {
            path,
            kind,
            digest,
            text,
            damaged,
            bytes,
            line_starts: OnceLock::new(),
        });
        id
    }

    /// One file. Ids come from this collection, so a missing one is the first file.
    pub fn get(&self, id: SourceId) -> Option<&SourceText> {
        self.files.get(id.0 as usize)
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &SourceText)> {
        self.files.iter().enumerate().map(|(index, file)| (SourceId(index as u32), file))
    }

    /// The files of one kind.
    pub fn of_kind(&self, kind: SourceKind) -> impl Iterator<Item = (SourceId, &SourceText)> {
        self.iter().filter(move |(_, file)| file.kind == kind)
    }

    /// The text of a place.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source)
            .and_then(|file| file.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// `partners/offers.csv:14:52`.
    pub fn locate(&self, span: Span) -> String {
        self.get(span.source).map_or_else(String::new, |file| {
            let Position { line, column } = file.position(span.start);
            format!("{}:{line}:{column}", file.path)
        })
    }
}

fn decode(id: SourceId, bytes: Vec<u8>, diagnostics: &mut Diagnostics) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let found = error.as_bytes().get(good).copied().unwrap_or(0);
            let span = Span::new(id, good, good);
            diagnostics.push(
                Diagnostic::error(
                    Code::NotUtf8,
                    span,
                    format!(
                        "byte 0x{found:02X} is not UTF-8: the file is binary or in another encoding"
                    ),
                )
                .help("save the file as UTF-8"),
            );
            let mut bytes = error.into_bytes();
            bytes.truncate(good);
            String::from_utf8(bytes).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_scalars_and_all_line_ends() {
        let mut sources = Sources::default();
        let path = WorkspacePath::new("a.csv").unwrap();
        let text = "\u{feff}é,x\r\nü\rz\n";
        let id = sources.add(path, SourceKind::Table, text.into(), &mut Diagnostics::new());
        let at = |needle: &str| {
            let file = sources.get(id).unwrap();
            let Position { line, column } = file.position(text.find(needle).unwrap() as u32);
            (line, column)
        };
        assert_eq!((at("é"), at("x"), at("ü"), at("z")), ((1, 1), (1, 3), (2, 1), (3, 1)));
    }
}
