//! Base64 with padding (RFC 4648), as integrity values, content policies and signed envelopes have it.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes.
pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * at) & 63) as usize).copied();
            let padding = at > chunk.len();
            text.push(letter.filter(|_| !padding).map_or('=', char::from));
        }
    }
    text
}

/// Decodes text that [`base64`] could have written: with padding, without blanks.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in body.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for at in 0..4 {
            let letter = chunk.get(at);
            let value = letter.map(|one| LETTERS.iter().position(|known| known == one));
            bits = bits << 6 | value.unwrap_or(Some(0))? as u32;
        }
        let [_, whole @ ..] = bits.to_be_bytes();
        bytes.extend(whole.iter().take((chunk.len() * 6) / 8));
    }
    // One spelling for each value: what is left over must be nothing.
    (base64(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard() {
        let encoded =
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|one| base64(one.as_bytes()));
        let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        assert_eq!(encoded, expected);
        assert_eq!(base64(&[0xff, 0xfe, 0xfd, 0xfb]), "//79+w==");
        for (text, bytes) in
            expected.into_iter().zip(["", "f", "fo", "foo", "foob", "fooba", "foobar"])
        {
            assert_eq!(from_base64(text), Some(bytes.as_bytes().to_vec()));
        }
        for bad in ["Zg=", "Zg", "Z===", "Zh==", "Zm 9", "Zm9v\n", "====", "Zg==Zg=="] {
            assert_eq!(from_base64(bad), None, "{bad}");
        }
    }
}
