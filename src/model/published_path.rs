//! Where a file of the output lies.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{ArtifactPath, Digest};

/// Where a file of the output lies: at its path with 16 hex digits of its digest before the last
/// extension (`a/b.html` lies at `a/b.3f9a….html`), or at a path as it is. A build has as many as files,
/// so that the text is only made for whoever asks.
#[derive(Clone, Debug)]
pub struct PublishedPath {
    path: ArtifactPath,
    /// What the digits are of.
    digest: Option<[u8; 8]>,
}

impl PublishedPath {
    /// The place of a file, given its path without digits and the digest of its bytes.
    pub fn new(path: &ArtifactPath, digest: &Digest) -> Self {
        Self { path: path.clone(), digest: Some(digest.first_bytes()) }
    }

    /// As a path.
    pub fn to_path(&self) -> ArtifactPath {
        match self.digest {
            Some(digest) => self.path.with_digits(&Digest::digits_of(digest)),
            None => self.path.clone(),
        }
    }

    /// Up to the first `/`, or all of it.
    pub fn first_part(&self) -> Cow<'_, str> {
        match self.path.as_str().split_once('/') {
            Some((folder, _)) => folder.into(),
            None => self.to_string().into(),
        }
    }

    /// Turns it into a path of the operating system below `root`.
    pub fn under(&self, root: &Path) -> PathBuf {
        self.to_path().under(root)
    }
}

/// A path that has its digits, or will have none.
impl From<ArtifactPath> for PublishedPath {
    fn from(path: ArtifactPath) -> Self {
        Self { path, digest: None }
    }
}

/// In the order of their paths.
impl Ord for PublishedPath {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Some(own), Some(others)) = (self.digest, other.digest) {
            let ((stem, extension), (other_stem, other_extension)) =
                (self.path.around_digits(), other.path.around_digits());
            if stem == other_stem {
                return own.cmp(&others).then_with(|| extension.cmp(other_extension));
            }
            // Nearly all differ before the digits.
            if !stem.starts_with(other_stem) && !other_stem.starts_with(stem) {
                return stem.cmp(other_stem);
            }
        }
        self.to_path().cmp(&other.to_path())
    }
}

impl PartialOrd for PublishedPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PublishedPath {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PublishedPath {}

impl fmt::Display for PublishedPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_path().fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ArtifactPath {
        ArtifactPath::new(text).expect("a path")
    }

    #[test]
    fn digits_stand_before_the_last_extension() {
        let digest = Digest::from_bytes([0x3f; 32]);
        let cases = [
            ("a/b.html", "a/b.3f3f3f3f3f3f3f3f.html"),
            ("a.b/c", "a.b/c.3f3f3f3f3f3f3f3f"),
            ("a.tar.gz", "a.tar.3f3f3f3f3f3f3f3f.gz"),
        ];
        for (text, expected) in cases {
            let place = PublishedPath::new(&path(text), &digest);
            assert_eq!(place.to_path(), path(expected));
            assert_eq!((place.to_string(), &place), (expected.to_owned(), &path(expected).into()));
            assert_eq!(place.under(Path::new("o")), Path::new("o").join(expected));
        }
    }

    #[test]
    fn they_are_in_the_order_of_their_paths() {
        let texts = ["a", "a.b", "a.html", "a-b.html", "a.txt", "a/b.c", "a/b", "ab", "a.3f.html"];
        let digests = [[0x3f; 32], [0xff; 32], [0; 32]].map(Digest::from_bytes);
        let mut places: Vec<PublishedPath> = texts.iter().map(|text| path(text).into()).collect();
        let with = |digest| texts.iter().map(move |text| PublishedPath::new(&path(text), digest));
        places.extend(digests.iter().flat_map(with));
        for one in &places {
            for other in &places {
                let (texts, places) = ((one.to_path(), other.to_path()), one.cmp(other));
                assert_eq!(places, texts.0.cmp(&texts.1), "{one} and {other}");
            }
        }
    }
}
