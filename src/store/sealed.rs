//! Texts of the cache that end with a line of their own SHA-256: what is cut or damaged is none.

use crate::model::Digest;

/// Adds the last line.
pub(super) fn seal(mut text: String) -> String {
    let digest = Digest::of(text.as_bytes());
    text.push_str(&digest.hex());
    text.push('\n');
    text
}

/// What was sealed, as it was.
pub(super) fn unseal(bytes: &[u8]) -> Option<&str> {
    let (before, digest) =
        std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.rsplit_once('\n')?;
    let text = std::str::from_utf8(bytes.get(..=before.len())?).ok()?;
    (Digest::from_hex(digest)? == Digest::of(text.as_bytes())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_and_nothing_else() {
        let text = "a line\nand é\n".to_owned();
        let sealed = seal(text.clone());
        assert_eq!(unseal(sealed.as_bytes()), Some(text.as_str()));
        for at in 0..sealed.len() {
            assert_eq!(unseal(&sealed.as_bytes()[..at]), None, "cut at {at}");
            let mut damaged = sealed.clone().into_bytes();
            damaged[at] ^= 1;
            assert_eq!(unseal(&damaged), None, "a bit of {at}");
        }
    }
}
