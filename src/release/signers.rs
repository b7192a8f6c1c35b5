//! Who may sign provenance: OpenSSH's file of allowed signers (`ssh-keygen(1)`, ALLOWED SIGNERS),
//! read strictly. What is not understood is refused and never taken for a permission.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use signature::Verifier;
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, PublicKey, Signature};

/// The purpose that a line with `namespaces` must name.
const NAMESPACE: &str = "throughline-provenance-v1";

/// Keys of people and jobs, as of a time.
#[derive(Clone, Debug, Default)]
pub struct Signers {
    keys: Vec<(String, KeyData)>,
}

/// What is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerFault {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for SignerFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.what)
    }
}

impl Signers {
    /// Reads the file; keys that may not sign provenance at `now` are left out.
    ///
    /// # Errors
    /// At the first line that is not understood.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, SignerFault> {
        let mut keys = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let found = read_line(line, now).map_err(|what| SignerFault { line: number, what })?;
            keys.extend(found);
        }
        Ok(Self { keys })
    }

    /// Whose signature it is.
    pub(super) fn who(&self, message: &[u8], signature: &[u8]) -> Option<String> {
        let signature = Signature::new(Algorithm::Ed25519, signature).ok()?;
        let mut keys = self.keys.iter();
        let found = keys.find(|(_, key)| key.verify(message, &signature).is_ok());
        found.map(|(name, _)| name.clone())
    }
}

fn read_line(line: &str, now: Timestamp) -> Result<Option<(String, KeyData)>, String> {
    let (name, rest) = line.split_once([' ', '\t']).ok_or("there is no key behind the name")?;
    let (options, key) = split_options(rest.trim_start())?;
    let key = PublicKey::from_openssh(key).map_err(|error| format!("its key: {error}"))?;
    let mut may = true;
    for option in options {
        let (word, value) = option.split_once('=').unwrap_or((&option, ""));
        let value = value.trim_matches('"');
        match word.to_ascii_lowercase().as_str() {
            "namespaces" => may &= value.split(',').any(|one| one == NAMESPACE),
            "valid-after" => may &= instant(value)? <= now,
            "valid-before" => may &= now < instant(value)?,
            other => return Err(format!("`{}` is not understood", other.escape_debug())),
        }
    }
    // Keys of other kinds sign approvals, not envelopes.
    may &= key.algorithm() == Algorithm::Ed25519;
    Ok(may.then(|| (name.to_owned(), key.key_data().clone())))
}

/// Options, which stand before the kind of the key and may hold blanks in quotes, and the key.
fn split_options(text: &str) -> Result<(Vec<String>, &str), String> {
    let is_kind = |word: &str| {
        word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-")
    };
    if text.split_ascii_whitespace().next().is_some_and(is_kind) {
        return Ok((Vec::new(), text));
    }
    let (mut options, mut one, mut quoted) = (Vec::new(), String::new(), false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => options.push(std::mem::take(&mut one)),
            ' ' | '\t' if !quoted => {
                options.push(one);
                return Ok((options, text.get(at..).unwrap_or("").trim_start()));
            }
            other => one.push(other),
        }
    }
    Err("there is no key behind the options".to_owned())
}

/// `YYYYMMDD[HHMM[SS]][Z]`; without the Z it is local to the reader in OpenSSH, and UTC here, so
/// that it means the same everywhere.
fn instant(text: &str) -> Result<Timestamp, String> {
    let digits = text.strip_suffix('Z').unwrap_or(text);
    let bad = || format!("`{}` is no time such as 20261127 or 202611270500Z", text.escape_debug());
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|one| one.is_ascii_digit()) {
        return Err(bad());
    }
    let part =
        |from: usize, to: usize| digits.get(from..to).unwrap_or("0").parse::<i16>().unwrap_or(0);
    let small = |from: usize, to: usize| i8::try_from(part(from, to)).unwrap_or(0);
    let time = DateTime::new(
        part(0, 4),
        small(4, 6),
        small(6, 8),
        small(8, 10),
        small(10, 12),
        small(12, 14),
        0,
    );
    let time = time.map_err(|_| bad())?;
    TimeZone::UTC.to_timestamp(time).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

    fn count(line: &str) -> Result<usize, String> {
        let now: Timestamp = "2026-11-27T05:00:00Z".parse().unwrap();
        Signers::read(line, now).map(|found| found.keys.len()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn only_what_is_understood_may_sign() {
        assert_eq!(count(&format!("# comment\n\nci@example.com {KEY} a comment\n")), Ok(1));
        let with = |options: &str| count(&format!("ci@example.com {options} {KEY}"));
        assert_eq!(with("namespaces=\"file,throughline-provenance-v1\""), Ok(1));
        assert_eq!(with("namespaces=\"throughline-approval-v1\""), Ok(0));
        assert_eq!(with("valid-after=\"20260101\",valid-before=\"20270101\""), Ok(1));
        assert_eq!(with("valid-before=\"202611270500Z\""), Ok(0));
        assert_eq!(with("valid-after=\"20261128\""), Ok(0));
        for bad in
            ["cert-authority", "valid-after=\"soon\"", "valid-after=\"20261399\"", "restrict"]
        {
            assert!(with(bad).unwrap_err().starts_with("line 1: "), "{bad}");
        }
        assert!(count("ci@example.com").is_err());
        assert!(count("ci@example.com ssh-ed25519 AAAA").is_err());
    }
}
