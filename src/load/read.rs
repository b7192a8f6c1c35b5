//! Reads one file, once, within limits. Follows no link and waits for no pipe.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Debug)]
pub enum ReadFault {
    /// It is not there.
    Missing,
    /// It is a folder, a link, a pipe or a device.
    NotAFile(&'static str),
    /// It is larger than its limit, in bytes.
    TooLarge(u64),
    /// The system refused.
    Io(io::Error),
}

impl fmt::Display for ReadFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("the file is not there"),
            Self::NotAFile(what) => write!(formatter, "this is {what}, not a file"),
            Self::TooLarge(limit) => {
                write!(formatter, "the file is larger than {} MB", limit / 1_000_000)
            }
            Self::Io(error) => write!(formatter, "this cannot be read: {error}"),
        }
    }
}

/// Reads an ordinary file of at most `limit` bytes.
pub fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, ReadFault> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ReadFault::Missing),
        Err(error) => return Err(ReadFault::Io(error)),
    };
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Err(ReadFault::NotAFile("a folder"));
    }
    if kind.is_symlink() {
        return Err(ReadFault::NotAFile("a symbolic link, which is never followed"));
    }
    if !kind.is_file() {
        return Err(ReadFault::NotAFile("a pipe, a socket or a device"));
    }
    if metadata.len() > limit {
        return Err(ReadFault::TooLarge(limit));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // A file that grows while it is read must not grow past the limit either.
    let mut file = File::open(path).map_err(ReadFault::Io)?.take(limit + 1);
    file.read_to_end(&mut bytes).map_err(ReadFault::Io)?;
    if bytes.len() as u64 > limit {
        return Err(ReadFault::TooLarge(limit));
    }
    Ok(bytes)
}
