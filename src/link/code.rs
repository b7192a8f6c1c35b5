//! Short codes: eight characters proposed from the link's id, and one that checks them.

use crate::model::Digest;

/// 19 consonants and 8 digits: no vowels, so no words; nothing that looks like something else;
/// no `e`, which spreadsheets read as an exponent.
const ALPHABET: &[u8; 27] = b"bcdfghjkmnpqrstvwxz23456789";
const LETTERS: u128 = 19;
const BASE: u128 = 27;
/// Length before the check character.
const LENGTH: usize = 8;

/// The code proposed for a link; each higher `attempt` is one character longer.
pub fn propose(link_id: &str, attempt: usize) -> String {
    let digest = Digest::of(link_id.as_bytes());
    let mut number =
        digest.as_bytes().iter().take(16).fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    let mut code = String::new();
    for index in 0..LENGTH + attempt {
        // A code begins with a letter, so that no spreadsheet takes it for a number.
        let base = if index == 0 { LETTERS } else { BASE };
        code.push(character((number % base) as usize));
        number /= base;
    }
    code.push(check_character(&code));
    code
}

fn character(value: usize) -> char {
    ALPHABET.get(value).copied().map_or('b', char::from)
}

/// What a byte stands for in [`ALPHABET`]; its length for a byte that is not in it.
fn value(byte: u8) -> usize {
    memchr::memchr(byte, ALPHABET).unwrap_or(ALPHABET.len())
}

/// Weights 1 and 2 in turn, modulo 27: both are prime to 27 and so is their difference, so every
/// single wrong character and every swap of neighbours changes the sum.
fn check_character(code: &str) -> char {
    let sum = code.bytes().rev().enumerate().fold(0, |sum, (index, byte)| {
        let value = value(byte) % ALPHABET.len();
        sum + value * if index % 2 == 0 { 2 } else { 1 }
    });
    character((BASE as usize - sum % BASE as usize) % BASE as usize)
}

/// Tells whether a code, as printed or typed, is one that was given out by these rules.
pub fn check_code(code: &str) -> bool {
    let Some((body, last)) =
        code.char_indices().next_back().map(|(at, last)| (code.get(..at), last))
    else {
        return false;
    };
    let known = code.bytes().all(|byte| value(byte) < ALPHABET.len());
    known && code.len() > LENGTH && body.is_some_and(|body| check_character(body) == last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_mistyped_code_is_noticed(id in "[a-z.]{1,20}", at in 0usize..9, to in 0usize..27) {
            let code = propose(&id, 0);
            prop_assert!(check_code(&code));
            let mut typed: Vec<u8> = code.bytes().collect();
            typed[at] = ALPHABET[to];
            let typed = String::from_utf8(typed).unwrap();
            prop_assert_eq!(check_code(&typed), typed == code);
            let mut swapped: Vec<u8> = code.bytes().collect();
            swapped.swap(at.min(7), at.min(7) + 1);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert_eq!(check_code(&swapped), swapped == code);
        }
    }

    #[test]
    fn a_longer_code_begins_like_the_shorter_one() {
        let (first, second) = (propose("a.b", 0), propose("a.b", 1));
        assert_eq!((first.len(), second.len()), (9, 10));
        assert_eq!(first[..8], second[..8]);
    }
}
