//! Hides the tokens of a text behind words that nothing changes, and puts them back. Must not
//! let a token be lost, doubled or changed unnoticed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use memchr::memmem;

use super::platform::Dialect;
use super::scan::scan;
use super::spelling::shown;

/// A text whose tokens are hidden.
///
/// Each token became a word of small letters and digits, which URL and HTML writers leave alone.
/// The word begins with letters that the text does not hold in any case, and the first of them is
/// nowhere else in it, so that no text around it can make one up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked<'t> {
    text: Cow<'t, str>,
    tokens: Vec<&'t str>,
    stem: String,
    digits: usize,
}

/// A token that did not come back as it was put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostToken {
    /// The token, or the broken word where none can be told from it.
    pub token: String,
    /// How often it came back; once is right.
    pub found: usize,
}

impl LostToken {
    /// What is wrong.
    pub fn message(&self) -> String {
        let token = shown(&self.token);
        match self.found {
            0 => format!("`{token}` was lost or changed on the way"),
            1 => format!("`{token}` came back broken"),
            many => format!("`{token}` came back {many} times instead of once"),
        }
    }

    /// What to do.
    pub const fn help(&self) -> &'static str {
        "write the token where text is kept as it is, once"
    }
}

/// Hides the tokens of a dialect.
pub fn mask(text: &str, dialect: Dialect) -> Masked<'_> {
    let mut ranges = Vec::new();
    let mut tokens = Vec::new();
    for token in scan(text, dialect) {
        ranges.push(token.range);
        tokens.push(token.text);
    }
    if tokens.is_empty() {
        return Masked { text: Cow::Borrowed(text), tokens, stem: String::new(), digits: 0 };
    }
    let stem = free_stem(text);
    let digits = tokens.len().to_string().len();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (index, range) in ranges.iter().enumerate() {
        out.push_str(text.get(copied..range.start).unwrap_or_default());
        // Writing to a string does not fail.
        let _ = write!(out, "{stem}{index:0digits$}e");
        copied = range.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Masked { text: Cow::Owned(out), tokens, stem, digits }
}

/// A stem that the text does not hold in any case: `zt`, a number and `n`.
fn free_stem(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut taken = BTreeSet::new();
    for at in memmem::find_iter(lower.as_bytes(), b"zt") {
        let rest = lower.get(at + 2..).unwrap_or_default();
        let digits = rest.len() - rest.trim_start_matches(|one: char| one.is_ascii_digit()).len();
        // Longer numbers are never proposed.
        if let Some(Ok(number)) = rest.get(..digits.min(20)).map(str::parse::<usize>) {
            taken.insert(number);
        }
    }
    let free = (0..).zip(&taken).find(|(number, taken)| number != *taken);
    let number = free.map_or(taken.len(), |(number, _)| number);
    format!("zt{number}n")
}

impl<'t> Masked<'t> {
    /// The text with words in place of tokens.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tokens, in the order of the text.
    pub fn tokens(&self) -> &[&'t str] {
        &self.tokens
    }

    /// Puts the tokens back, byte for byte.
    pub fn unmask(&self, changed: &str) -> Result<String, LostToken> {
        self.unmask_with(changed, Cow::Borrowed)
    }

    /// Puts the tokens back, each as `write` gives it, such as escaped for an attribute.
    ///
    /// Each must be there once: a text that lost one, or has one twice, is refused.
    pub fn unmask_with(
        &self,
        changed: &str,
        mut write: impl FnMut(&'t str) -> Cow<'t, str>,
    ) -> Result<String, LostToken> {
        if self.tokens.is_empty() {
            return Ok(changed.to_owned());
        }
        let mut found = vec![0_usize; self.tokens.len()];
        let mut out = String::with_capacity(changed.len());
        let mut copied = 0;
        let length = self.stem.len() + self.digits + 1;
        for at in memmem::find_iter(changed.as_bytes(), self.stem.as_bytes()) {
            let word = changed.get(at..at + length);
            let index = word.and_then(|word| self.index(word));
            let Some((count, token)) =
                index.and_then(|index| found.get_mut(index).zip(self.tokens.get(index)))
            else {
                let rest = changed.get(at..).unwrap_or_default();
                let token = rest.chars().take(length).collect();
                return Err(LostToken { token, found: 1 });
            };
            *count += 1;
            out.push_str(changed.get(copied..at).unwrap_or_default());
            out.push_str(&write(token));
            copied = at + length;
        }
        out.push_str(changed.get(copied..).unwrap_or_default());
        match found.iter().zip(&self.tokens).find(|(count, _)| **count != 1) {
            Some((count, token)) => Err(LostToken { token: (*token).to_owned(), found: *count }),
            None => Ok(out),
        }
    }

    fn index(&self, word: &str) -> Option<usize> {
        let number = word.strip_prefix(self.stem.as_str())?.strip_suffix('e')?;
        number.bytes().all(|one| one.is_ascii_digit()).then(|| number.parse().ok())?
    }
}
