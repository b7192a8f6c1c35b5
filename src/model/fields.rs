//! The digest of a sequence of values.

use super::{Digest, Hasher, Value};

/// Values one behind the other, so that no two sequences give the same bytes. It can be filled
/// again once it is finished.
#[derive(Default)]
pub struct Fields {
    hasher: Hasher,
    /// What is still to be hashed: many small pieces are hashed sooner as one.
    waiting: Vec<u8>,
}

/// Bytes that wait at most, about.
const WAITING: usize = 16 << 10;

impl Fields {
    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).raw(bytes)
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > WAITING {
            self.hasher = std::mem::take(&mut self.hasher).raw(&self.waiting);
            self.waiting.clear();
        }
        self
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a text, or that there is none.
    pub fn optional(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    /// Adds a digest, or that there is none.
    pub fn digest(&mut self, digest: Option<&Digest>) -> &mut Self {
        match digest {
            Some(digest) => self.bytes(digest.as_bytes()),
            None => self.number(0),
        }
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.raw(&number.to_le_bytes())
    }

    /// Adds what a cell holds.
    pub fn value(&mut self, value: Value<'_>) -> &mut Self {
        match value {
            Value::Empty => self.number(0),
            Value::Text(text) => self.number(1).text(text),
            Value::Hosts(text) => self.number(2).text(text),
            Value::Decimal(number) => self.number(3).text(&number.to_string()),
            Value::Instant(instant) => self.number(4).text(&instant.to_string()),
            Value::Bool(flag) => self.number(5).number(u64::from(flag)),
            Value::Int(number) => self.number(6).text(&number.to_string()),
        }
    }

    /// The digest of all that was added. It is empty again afterwards.
    pub fn finish(&mut self) -> Digest {
        let digest = std::mem::take(&mut self.hasher).raw(&self.waiting).finish();
        self.waiting.clear();
        digest
    }
}
