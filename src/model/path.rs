//! Paths as proof: a badly formed one cannot exist.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{DIGITS_IN_NAMES, SharedText};

/// A file of the workspace, relative to its root, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspacePath(Box<str>);

/// A file of the output, relative to its root, with `/`. Lower-case, portable, inside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactPath(SharedText);

/// Why text is not a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathFault {
    /// Nothing between two slashes, or nothing at all.
    Empty,
    /// A `.` or `..` component.
    Dots,
    /// A character that some file system or shell treats specially.
    Character(char),
    /// A name that Windows keeps for devices.
    Reserved,
    /// A component over 200 bytes.
    TooLong,
}

impl fmt::Display for PathFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("it has an empty part"),
            Self::Dots => formatter.write_str("a part is `.` or `..`, or ends in a dot"),
            Self::Character(found) => write!(formatter, "it holds {found:?}"),
            Self::Reserved => formatter.write_str("a part is a device name on Windows"),
            Self::TooLong => formatter.write_str("a part is longer than 200 bytes"),
        }
    }
}

/// Longest component in bytes. Leaves room for a digest and an extension under the usual 255.
const MAX_COMPONENT: usize = 200;

/// The characters that every file system takes alike.
fn is_portable(found: char) -> bool {
    found.is_ascii_lowercase() || found.is_ascii_digit() || matches!(found, '.' | '_' | '-')
}

fn check(text: &str, longest: usize, allowed: impl Fn(char) -> bool) -> Result<(), PathFault> {
    for part in text.split('/') {
        if part.is_empty() {
            return Err(PathFault::Empty);
        }
        if part.ends_with('.') || part == ".." {
            return Err(PathFault::Dots);
        }
        if part.len() > longest {
            return Err(PathFault::TooLong);
        }
        if let Some(found) = part.chars().find(|found| !allowed(*found)) {
            return Err(PathFault::Character(found));
        }
        if is_reserved(part) {
            return Err(PathFault::Reserved);
        }
    }
    Ok(())
}

fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part);
    let is = |name: &str| stem.eq_ignore_ascii_case(name);
    let numbered = |prefix: &str| {
        let digit = stem.as_bytes().split_at_checked(prefix.len());
        digit.is_some_and(|(head, rest)| {
            head.eq_ignore_ascii_case(prefix.as_bytes()) && matches!(rest, [b'1'..=b'9'])
        })
    };
    ["con", "prn", "aux", "nul", "conin$", "conout$"].into_iter().any(is)
        || ["com", "lpt"].into_iter().any(numbered)
}

impl WorkspacePath {
    /// Accepts a relative path of printable names with `/` between them.
    pub fn new(text: &str) -> Result<Self, PathFault> {
        check(text, MAX_COMPONENT, |found| !found.is_control() && !matches!(found, '\\' | ':'))?;
        Ok(Self(text.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name after the last `/`, without its last extension.
    pub fn stem(&self) -> &str {
        let name = self.0.rsplit('/').next().unwrap_or(&self.0);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// Turns it into a path of the operating system below `root`.
    pub fn under(&self, root: &Path) -> PathBuf {
        under(root, &self.0)
    }
}

impl ArtifactPath {
    /// Accepts `[a-z0-9._-]` components, none of them special anywhere.
    pub fn new(text: &str) -> Result<Self, PathFault> {
        check(text, MAX_COMPONENT, is_portable)?;
        Ok(Self(text.into()))
    }

    /// Accepts one that has 16 hex digits in its name already, and is longer by that.
    pub fn published(text: &str) -> Result<Self, PathFault> {
        check(text, MAX_COMPONENT + 1 + DIGITS_IN_NAMES, is_portable)?;
        Ok(Self(text.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as text that others hold as well.
    pub fn shared(&self) -> SharedText {
        self.0.clone()
    }

    /// Puts 16 hex digits before the last extension: `a/b.html` becomes `a/b.3f9a….html`.
    pub(super) fn with_digits(&self, digits: &str) -> Self {
        let (stem, extension) = self.around_digits();
        Self([stem, ".", digits, extension].concat().into())
    }

    /// What stands before the digits and their dot, and behind them: the last extension with its dot.
    pub fn around_digits(&self) -> (&str, &str) {
        let mark = self.0.bytes().rposition(|one| matches!(one, b'.' | b'/'));
        let dot = mark.filter(|at| self.0.as_bytes().get(*at) == Some(&b'.'));
        self.0.split_at(dot.unwrap_or(self.0.len()))
    }

    /// Turns it into a path of the operating system below `root`.
    pub fn under(&self, root: &Path) -> PathBuf {
        under(root, &self.0)
    }
}

fn under(root: &Path, path: &str) -> PathBuf {
    let mut whole = PathBuf::with_capacity(root.as_os_str().len() + 1 + path.len());
    whole.push(root);
    // Every system that we know takes `/` between folders.
    whole.push(path);
    whole
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for ArtifactPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
