//! Pictures of earlier builds, below `.throughline/pictures/`, by what they were made from. A file
//! that is not whole is none: its picture is made again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};

use super::cache::Cache;
use crate::artifact::PictureMemory;
use crate::model::{Digest, Hasher};

/// Bytes of pictures that no build of late has shown: the oldest give way first.
const MAX_KEPT: u64 = 512_000_000;

/// The folder, and what this run asked of it.
#[derive(Debug)]
pub struct KeptPictures {
    cache: Cache,
    salt: Vec<u8>,
    /// What this run only looks at is not added to.
    read_only: bool,
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    names: BTreeSet<String>,
    fault: Option<anyhow::Error>,
}

impl KeptPictures {
    /// The pictures of the workspace in `root`. Those that another engine made are none of ours:
    /// `epoch` is the version of what the engine writes.
    pub fn new(root: &Path, epoch: u32, read_only: bool) -> Self {
        let salt = format!("{} {epoch} ", env!("CARGO_PKG_VERSION")).into_bytes();
        let asked = Mutex::default();
        Self { cache: Cache::new(root, "pictures"), salt, read_only, asked }
    }

    fn name(&self, key: Digest) -> String {
        Hasher::default().raw(&self.salt).raw(key.as_bytes()).finish().hex()
    }

    /// Makes room, and says what could not be remembered.
    ///
    /// # Errors
    /// The first fault of writing. The pictures themselves are in order.
    pub fn finish(&self) -> Result<()> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = asked.fault.take() {
            return Err(fault);
        }
        // Also what a plan before it has drawn.
        self.cache.forget_oldest(MAX_KEPT, |name| asked.names.contains(name))
    }
}

impl PictureMemory for Arc<KeptPictures> {
    fn recall(&self, key: Digest) -> Option<Vec<u8>> {
        let name = self.name(key);
        let mut bytes = self.cache.read(&name)?;
        let found = bytes.split_off(bytes.len().checked_sub(DIGEST)?);
        if checksum(&name, &bytes)[..] != found[..] {
            return None;
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).names.insert(name);
        Some(bytes)
    }

    fn remember(&self, key: Digest, bytes: &[u8]) {
        if self.read_only {
            return;
        }
        let name = self.name(key);
        let whole = [bytes, &checksum(&name, bytes)].concat();
        let written = self.cache.write(&name, &whole).context("cannot remember a picture");
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.names.insert(name);
        if let Err(fault) = written {
            asked.fault.get_or_insert(fault);
        }
    }
}

/// Behind a picture stands a digest of its name and bytes: one that got another's name is not whole.
fn checksum(name: &str, bytes: &[u8]) -> [u8; DIGEST] {
    *Hasher::default().raw(name.as_bytes()).raw(bytes).finish().as_bytes()
}

const DIGEST: usize = 32;
