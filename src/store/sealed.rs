//! Files of the cache that end with their own SHA-256, texts with a line of it: what is cut or damaged
//! is none.

use std::io::{self, Write};

use crate::model::{Digest, Hasher};

/// Adds the last line.
pub(super) fn seal(mut text: String) -> String {
    let digest = Digest::of(text.as_bytes());
    text.push_str(&digest.hex());
    text.push('\n');
    text
}

/// Writes in pieces what will end with its digest.
pub(super) struct Sealing<W> {
    out: W,
    hasher: Hasher,
}

impl<W: Write> Sealing<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, hasher: Hasher::default() }
    }

    pub(super) fn add(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hasher = std::mem::take(&mut self.hasher).raw(piece);
        self.out.write_all(piece)
    }

    /// Ends a text, as [`seal`] does.
    pub(super) fn finish_text(mut self) -> io::Result<()> {
        let line = self.hasher.finish().hex() + "\n";
        self.out.write_all(line.as_bytes())
    }

    /// Ends bytes with those of the digest.
    pub(super) fn finish_bytes(mut self) -> io::Result<()> {
        self.out.write_all(self.hasher.finish().as_bytes())
    }
}

/// What was sealed, as it was.
pub(super) fn unseal(bytes: &[u8]) -> Option<&str> {
    let (before, digest) =
        std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.rsplit_once('\n')?;
    let text = std::str::from_utf8(bytes.get(..=before.len())?).ok()?;
    (Digest::from_hex(digest)? == Digest::of(text.as_bytes())).then_some(text)
}

/// What was sealed with [`Sealing::finish_bytes`], without its digest.
pub(super) fn unseal_bytes(bytes: &[u8]) -> Option<&[u8]> {
    let (body, digest) = bytes.split_last_chunk()?;
    (Digest::of(body).as_bytes() == digest).then_some(body)
}

/// Reads bytes from their beginning on. What is not there is none.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn slice(&mut self, length: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take()?))
    }

    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub(super) fn digest(&mut self) -> Option<Digest> {
        Some(Digest::from_bytes(self.take()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_and_nothing_else() {
        let text = "a line\nand é\n".to_owned();
        let sealed = seal(text.clone());
        let mut in_pieces = Vec::new();
        let mut sealing = Sealing::new(&mut in_pieces);
        text.as_bytes().chunks(3).try_for_each(|piece| sealing.add(piece)).expect("memory");
        sealing.finish_text().expect("memory");
        assert_eq!(in_pieces, sealed.as_bytes());
        assert_eq!(unseal(sealed.as_bytes()), Some(text.as_str()));
        for at in 0..sealed.len() {
            assert_eq!(unseal(&sealed.as_bytes()[..at]), None, "cut at {at}");
            let mut damaged = sealed.clone().into_bytes();
            damaged[at] ^= 1;
            assert_eq!(unseal(&damaged), None, "a bit of {at}");
        }
    }
}
