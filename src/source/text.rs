//! Source files as they were read, and the way from bytes to lines and columns.

use std::sync::{Arc, OnceLock};

use super::encoding::{BOM, Decoded, Encoding, decode};
use super::table_file::{SheetText, TableFile, decode_table};
use crate::diag::Diagnostics;
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
    /// A finding that somebody answers for.
    Waiver,
    /// throughline.lock.
    Lock,
    /// A late change under decisions/swaps/.
    Swap,
    /// A decision on what is to go out, under decisions/approvals/. No build reads it.
    Approval,
    /// Whose keys count for decisions. No build reads it.
    Signers,
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
    /// The text, up to the first byte that means nothing. Empty for assets.
    pub text: Arc<String>,
    /// The text is not all of the file: the rest cannot be read.
    pub damaged: bool,
    /// Which table's rows it holds, and how it is written.
    pub table: Option<TableFile>,
    /// The bytes of an asset.
    pub bytes: Arc<Vec<u8>>,
    blocks: OnceLock<Vec<u32>>,
}

impl SourceKind {
    /// Whether what a build makes can depend on it.
    pub fn is_built_from(self) -> bool {
        !matches!(self, Self::Approval | Self::Signers | Self::Unread)
    }
}

/// A line and a column, both from 1; columns count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// Bytes between two places whose lines are counted once and for all.
const BLOCK: usize = 1 << 16;

/// All source files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceText>,
}

impl SourceText {
    /// Where the content begins: after a byte order mark.
    pub fn content_start(&self) -> usize {
        if self.text.starts_with(BOM) { BOM.len() } else { 0 }
    }

    fn sheet(&self) -> Option<&SheetText> {
        self.table.as_ref()?.sheet.as_ref()
    }

    /// The cell of a workbook at a place: `Offers!D14`. None for the workbook as a whole.
    pub fn cell_name(&self, span: Span) -> Option<String> {
        let sheet = self.sheet().filter(|_| span.end > 0)?;
        Some(format!("{}!{}", sheet.name, sheet.cell(&self.text, span.start)))
    }

    /// Of each block of the text, how many lines end before it.
    fn blocks(&self) -> &[u32] {
        self.blocks.get_or_init(|| {
            let (mut lines, mut blocks) = (0, Vec::new());
            for start in (0..=self.text.len()).step_by(BLOCK) {
                blocks.push(lines);
                lines += self.line_ends(start, start + BLOCK);
            }
            blocks
        })
    }

    /// How many lines end in a range: at LF, at CRLF, at a lone CR.
    fn line_ends(&self, start: usize, end: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let range = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
        let feeds = memchr::memchr_iter(b'\n', range).count();
        let is_lone = |at: &usize| bytes.get(start + at + 1) != Some(&b'\n');
        let returns = memchr::memchr_iter(b'\r', range).filter(is_lone).count();
        (feeds + returns) as u32
    }

    /// Where the line of an offset begins.
    fn line_start(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = offset.min(bytes.len());
        while let Some(at) = memchr::memrchr2(b'\n', b'\r', bytes.get(..end).unwrap_or_default()) {
            let half = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
            if !half {
                return at + 1;
            }
            end = at;
        }
        self.content_start()
    }

    /// The line and column of a byte offset; in a workbook the row and column of the sheet.
    pub fn position(&self, offset: u32) -> Position {
        if let Some(sheet) = self.sheet() {
            let cell = sheet.cell(&self.text, offset);
            return Position { line: cell.row as usize, column: cell.column as usize };
        }
        let offset = (offset as usize).max(self.content_start());
        let block = offset / BLOCK;
        let before = self.blocks().get(block).copied().unwrap_or(0);
        let line = before + self.line_ends(block * BLOCK, offset) + 1;
        let text = self.text.get(self.line_start(offset)..offset).unwrap_or("");
        Position { line: line as usize, column: text.chars().count() + 1 }
    }
}

impl Sources {
    /// Lets go of the texts of all files of a kind, once nothing in them will be shown.
    pub fn forget_texts(&mut self, kind: SourceKind) {
        for file in self.files.iter_mut().filter(|file| file.kind == kind) {
            file.text = Arc::default();
        }
    }

    /// Adds a file and says what is wrong with its encoding.
    pub fn add(
        &mut self,
        path: WorkspacePath,
        kind: SourceKind,
        bytes: Vec<u8>,
        diagnostics: &mut Diagnostics,
    ) -> SourceId {
        let digest = Digest::of(&bytes);
        self.add_hashed(path, kind, (bytes, digest), diagnostics)
    }

    /// Adds a file of which the digest is known.
    pub fn add_hashed(
        &mut self,
        path: WorkspacePath,
        kind: SourceKind,
        (bytes, digest): (Vec<u8>, Digest),
        diagnostics: &mut Diagnostics,
    ) -> SourceId {
        let id = self.upcoming();
        let (decoded, bytes) = if matches!(kind, SourceKind::Asset | SourceKind::Unread) {
            (Decoded { text: String::new(), whole: true }, bytes)
        } else {
            (decode(id, bytes, Encoding::Utf8, diagnostics), Vec::new())
        };
        self.push(path, kind, digest, decoded, bytes)
    }

    /// Adds a file of a table.
    pub fn add_table(
        &mut self,
        path: WorkspacePath,
        mut table: TableFile,
        (bytes, digest): (Vec<u8>, Digest),
        diagnostics: &mut Diagnostics,
    ) -> SourceId {
        let id = self.upcoming();
        let decoded = decode_table(id, &path, &mut table, bytes, diagnostics);
        let id = self.push(path, SourceKind::Table, digest, decoded, Vec::new());
        if let Some(file) = self.files.last_mut() {
            file.table = Some(table);
        }
        id
    }

    fn upcoming(&self) -> SourceId {
        SourceId(self.files.len() as u32)
    }

    fn push(
        &mut self,
        path: WorkspacePath,
        kind: SourceKind,
        digest: Digest,
        decoded: Decoded,
        bytes: Vec<u8>,
    ) -> SourceId {
        let id = self.upcoming();
        self.files.push(SourceText {
            path,
            kind,
            digest,
            text: Arc::new(decoded.text),
            damaged: !decoded.whole,
            table: None,
            bytes: Arc::new(bytes),
            blocks: OnceLock::new(),
        });
        id
    }

    /// Says which table a file that could not be read belongs to.
    pub fn belongs_to(&mut self, id: SourceId, table: TableFile) {
        if let Some(file) = self.files.get_mut(id.0 as usize) {
            file.table = Some(table);
        }
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

    /// `partners/offers.csv:14:52`, `partners/offers.xlsx:Offers!D14`.
    pub fn locate(&self, span: Span) -> String {
        self.get(span.source).map_or_else(String::new, |file| {
            if let Some(cell) = file.cell_name(span) {
                return format!("{}:{cell}", file.path);
            }
            if file.sheet().is_some() {
                return file.path.to_string();
            }
            let Position { line, column } = file.position(span.start);
            format!("{}:{line}:{column}", file.path)
        })
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
