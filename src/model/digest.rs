//! SHA-256 digests and their hexadecimal form.

use std::fmt;

use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256, Sha384};

use super::base64::base64;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// How many hex digits of a digest the names of files carry.
pub const DIGITS_IN_NAMES: usize = 16;

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Digest {
    /// Hashes one buffer.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest that was made before.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// All 64 lower-case hex digits.
    pub fn hex(&self) -> String {
        as_text(&self.digits()).to_owned()
    }

    /// The digest as content policies write it.
    pub fn base64(&self) -> String {
        base64(&self.0)
    }

    /// The 16 hex digits that file names carry.
    pub fn hex16(&self) -> String {
        Self::digits_of(self.first_bytes())
    }

    /// The bytes that [`Self::hex16`] writes.
    pub(super) fn first_bytes(&self) -> [u8; 8] {
        self.0.first_chunk().copied().unwrap_or_default()
    }

    /// The digits of [`Self::first_bytes`].
    pub(super) fn digits_of(bytes: [u8; 8]) -> String {
        let mut digits = [b'0'; DIGITS_IN_NAMES];
        write_digits(&bytes, &mut digits);
        as_text(&digits).to_owned()
    }

    fn digits(&self) -> [u8; 64] {
        let mut text = [b'0'; 64];
        write_digits(&self.0, &mut text);
        text
    }

    /// Reads 64 hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let mut value = 0;
            for digit in pair {
                let nibble = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
                value = value << 4 | nibble;
            }
            *byte = value;
        }
        Some(Self(bytes))
    }
}

/// Hexadecimal digits are UTF-8.
fn as_text(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or_default()
}

fn write_digits(bytes: &[u8], text: &mut [u8]) {
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        let nibbles = [byte >> 4, byte & 15];
        for (digit, nibble) in pair.iter_mut().zip(nibbles) {
            *digit = HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
        }
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.hex16())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(as_text(&self.digits()))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(as_text(&self.digits()))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Digits)
    }
}

struct Digits;

impl Visitor<'_> for Digits {
    type Value = Digest;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a SHA-256 of 64 lower-case hexadecimal digits")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Digest, E> {
        Digest::from_hex(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// The value of an `integrity` attribute for a file of these bytes.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", base64(&Sha384::digest(bytes)))
}

/// Hashes a sequence of parts.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds raw bytes; nothing marks where they end.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    /// Adds bytes behind their length, so that no two sequences of parts are the same bytes.
    #[must_use]
    pub fn part(self, bytes: &[u8]) -> Self {
        self.raw(&(bytes.len() as u64).to_le_bytes()).raw(bytes)
    }

    /// Ends the sequence.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}
