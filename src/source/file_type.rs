//! Files that are no tables, whatever their name says: told by how they begin.

use crate::diag::{Code, Diagnostic};
use crate::model::{SourceId, Span};

/// How a file begins, and what it is then.
const BEGINNINGS: [(&[u8], &str, &str); 9] = [
    (
        b"PK\x03\x04",
        "a workbook or another zip archive",
        "name it .xlsx or .ods if it is a workbook, or save it as CSV UTF-8",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "an old or protected Office file",
        "save it as .xlsx without a password, or as CSV UTF-8",
    ),
    (b"%PDF", "a PDF", "ask for the table itself: a PDF is a picture of it"),
    (b"{\\rtf", "a text of a word processor", "save the table as CSV UTF-8"),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (
        b"version https://git-lfs",
        "a pointer of Git LFS, not the file",
        "fetch the file: `git lfs pull`",
    ),
    (b"<?xml", "XML", "save the table as CSV UTF-8"),
    (b"SQLite format 3", "a database", "export the table as CSV UTF-8"),
    (b"\x89PNG", "a picture", "ask for the table itself"),
];

/// Tags that web pages begin with, lower case.
const PAGES: [&[u8]; 5] = [b"<html", b"<!doctype html", b"<table", b"<head", b"<meta"];

/// Says what a file is that is no table.
pub(super) fn check_file_type(source: SourceId, bytes: &[u8]) -> Option<Diagnostic> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let head = bytes.get(start..bytes.len().min(start + 32)).unwrap_or_default();
    let lower = head.to_ascii_lowercase();
    let known = BEGINNINGS.iter().find(|(beginning, ..)| head.starts_with(beginning));
    let (what, help) = match known {
        Some((_, what, help)) => (*what, *help),
        None if PAGES.iter().any(|page| lower.starts_with(page)) => {
            ("a web page", "download the table itself: this may be a login or an error page")
        }
        None => return None,
    };
    let message = format!("the file is {what}");
    Some(Diagnostic::error(Code::WrongFileType, Span::start_of(source), message).help(help))
}
