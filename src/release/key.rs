//! Where each thing lies in a target. A key that could lead out of it cannot exist.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::model::{Digest, is_slug};

/// The name of something in a target, relative to it, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

/// The name of an environment: production, staging.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvName(String);

/// What a key names, as far as storing it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Named by the digest of its bytes.
    Blob,
    /// Written once and never again.
    Fixed,
    /// Replaced as time goes on.
    Changing,
}

/// Longest name between two slashes, in bytes.
const MAX_PART: usize = 200;

impl EnvName {
    /// Accepts a slug.
    pub fn new(text: &str) -> Option<Self> {
        (is_slug(text) && text.len() <= 64).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Key {
    /// Accepts `[A-Za-z0-9._-]` names with `/` between them, none of which begins or ends in a dot.
    pub fn new(text: &str) -> Option<Self> {
        let good = |part: &str| {
            !part.is_empty()
                && part.len() <= MAX_PART
                && !part.starts_with('.')
                && !part.ends_with('.')
                && part.bytes().all(|one| one.is_ascii_alphanumeric() || b"._-".contains(&one))
        };
        text.split('/').all(good).then(|| Self(text.to_owned()))
    }

    /// A file of the output, by its bytes.
    pub fn blob(digest: &Digest) -> Self {
        let hex = digest.hex();
        Self(format!("cas/sha256/{}/{hex}", hex.get(..2).unwrap_or_default()))
    }

    /// A document of a release; nothing where its name is none.
    pub fn of_release(root: &Digest, name: &str) -> Option<Self> {
        Self::new(&format!("{root}/{name}"))
    }

    /// The manifest of a release.
    pub fn manifest(root: &Digest) -> Self {
        Self(format!("{root}/manifest.json"))
    }

    /// A publication of an environment.
    pub fn history(env: &EnvName, seq: u64) -> Self {
        Self(format!("env/{env}/history/{seq:020}.json"))
    }

    /// What an environment serves.
    pub fn pointer(env: &EnvName) -> Self {
        Self(format!("env/{env}/current.json"))
    }

    /// An entry of the audit log.
    pub fn audit(seq: u64) -> Self {
        Self(format!("audit/{seq:020}.json"))
    }

    /// The lease of a run. Ids are hexadecimal digits.
    pub fn lease(id: &str) -> Option<Self> {
        Self::new(&format!("leases/{id}.json"))
    }

    /// A list of what is to be deleted.
    pub fn tombstone(id: &str) -> Option<Self> {
        Self::new(&format!("tombstones/{id}.json"))
    }

    /// A record of a mailing.
    pub fn sent(id: &str) -> Option<Self> {
        Self::new(&format!("sends/{id}.json"))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name, without its ending.
    pub fn stem(&self) -> &str {
        let name = self.0.rsplit('/').next().unwrap_or(&self.0);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// What it names.
    pub fn kind(&self) -> KeyKind {
        let first = self.0.split('/').next().unwrap_or_default();
        match first {
            "cas" => KeyKind::Blob,
            "leases" | "tombstones" | "sends" => KeyKind::Changing,
            "env" if self.0.ends_with("/current.json") => KeyKind::Changing,
            _ => KeyKind::Fixed,
        }
    }

    /// The digest in the name of a blob.
    pub fn blob_digest(&self) -> Option<Digest> {
        let (first, hex) = self.0.strip_prefix("cas/sha256/")?.split_once('/')?;
        hex.starts_with(first).then(|| Digest::from_hex(hex)).flatten()
    }

    /// The root in the name of a document of a release.
    pub fn release_root(&self) -> Option<Digest> {
        Digest::from_hex(self.0.split_once('/')?.0)
    }

    /// Turns it into a path of the operating system below `root`.
    pub fn under(&self, root: &Path) -> PathBuf {
        self.0.split('/').fold(root.to_path_buf(), |path, part| path.join(part))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The number in the name of an entry: 20 digits.
pub fn seq_of(key: &Key) -> Option<u64> {
    let digits = key.stem();
    let all = digits.len() == 20 && digits.bytes().all(|digit| digit.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_leads_out_of_the_target() {
        for bad in ["", "/", "a//b", "../a", "a/..", "a/.b", "a./b", "a\\b", "a b", "é", "a/"] {
            assert_eq!(Key::new(bad), None, "{bad}");
        }
        let root = Digest::of(b"x");
        assert_eq!(Key::of_release(&root, "../../etc"), None);
        assert!(Key::of_release(&root, "approvals/legal.json").is_some());
        assert_eq!(Key::blob(&root).blob_digest(), Some(root));
        assert_eq!(Key::manifest(&root).release_root(), Some(root));
    }

    #[test]
    fn numbers_in_names_sort_as_they_count() {
        let env = EnvName::new("production").unwrap();
        let key = Key::history(&env, 42);
        assert_eq!(seq_of(&key), Some(42));
        assert!(key < Key::history(&env, 1_000));
        assert_eq!(seq_of(&Key::new("audit/42.json").unwrap()), None);
        for (key, kind) in [
            (key, KeyKind::Fixed),
            (Key::pointer(&env), KeyKind::Changing),
            (Key::blob(&Digest::of(b"")), KeyKind::Blob),
            (Key::manifest(&Digest::of(b"")), KeyKind::Fixed),
        ] {
            assert_eq!(key.kind(), kind, "{key}");
        }
    }
}
