//! `rules/allowed_signers` and `rules/revoked_keys`: whose keys count, and since and until when, in
//! the formats of OpenSSH (ssh-keygen(1), "ALLOWED SIGNERS"), read no wider than OpenSSH does.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;

use super::NAMESPACE;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};

/// The keys that may sign.
#[derive(Clone, Debug, Default)]
pub struct Signers(pub Vec<Signer>);

/// One line: a key and whose it is.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Patterns of principals: `*` and `?` stand for others, `!` in front excludes.
    pub principals: Vec<String>,
    /// The key.
    pub key: PublicKey,
    /// Its fingerprint, `SHA256:…`.
    pub fingerprint: String,
    /// Patterns of namespaces; without any, all.
    pub namespaces: Vec<String>,
    /// Since when it counts.
    pub after: Option<Timestamp>,
    /// Until when it counts.
    pub before: Option<Timestamp>,
    /// The line.
    pub span: Span,
}

/// Keys that count no more.
#[derive(Clone, Debug, Default)]
pub struct RevokedKeys(pub Vec<PublicKey>);

impl Signers {
    /// The lines that hold a key of a principal.
    pub fn of<'s>(
        &'s self,
        principal: &'s str,
        key: &'s PublicKey,
    ) -> impl Iterator<Item = &'s Signer> {
        let fits = move |signer: &&Signer| {
            signer.key.key_data() == key.key_data() && fits_patterns(&signer.principals, principal)
        };
        self.0.iter().filter(fits)
    }
}

impl Signer {
    /// Whether it may sign decisions at all.
    pub fn may_decide(&self) -> bool {
        self.may_sign_for(NAMESPACE)
    }

    /// Whether it may sign for a purpose.
    pub fn may_sign_for(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || fits_patterns(&self.namespaces, namespace)
    }

    /// Whether its key is a principal's.
    pub fn stands_for(&self, principal: &str) -> bool {
        fits_patterns(&self.principals, principal)
    }

    /// Whether it counts at a time. Both ends are meant as OpenSSH means them: it counts at
    /// `valid-after` and no more behind `valid-before`.
    pub fn is_valid(&self, at: Timestamp) -> bool {
        self.after.is_none_or(|after| after <= at) && self.before.is_none_or(|before| at <= before)
    }
}

impl RevokedKeys {
    /// Whether a key is among them.
    pub fn has(&self, key: &PublicKey) -> bool {
        self.0.iter().any(|one| one.key_data() == key.key_data())
    }
}

/// OpenSSH's lists of patterns: one must fit, and none with `!` may.
fn fits_patterns(patterns: &[String], text: &str) -> bool {
    let mut fits = false;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(pattern) if fits_pattern(pattern.as_bytes(), text.as_bytes()) => return false,
            Some(_) => {}
            None => fits |= fits_pattern(pattern.as_bytes(), text.as_bytes()),
        }
    }
    fits
}

fn fits_pattern(pattern: &[u8], text: &[u8]) -> bool {
    // The last `*` seen, and how much of the text it stands for: no other has to be tried again.
    let (mut at, mut of, mut star) = (0, 0, None);
    while of < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(one) if *one == b'?' || Some(one) == text.get(of) => {
                at += 1;
                of += 1;
            }
            _ => {
                let Some((back, seen)) = star else { return false };
                star = Some((back, seen + 1));
                at = back + 1;
                of = seen + 1;
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|one| *one == b'*'))
}

/// The lines of a file that say something, with their places.
fn lines(text: &str, source: SourceId) -> impl Iterator<Item = (&str, Span)> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |whole| {
        let from = start;
        start += whole.len();
        let line = whole.trim_end_matches(['\n', '\r']);
        let said = line.trim();
        (!said.is_empty() && !said.starts_with('#'))
            .then(|| (said, Span::new(source, from, from + line.len())))
    })
}

/// Reads `rules/allowed_signers`.
pub fn read_signers(text: &str, source: SourceId, diagnostics: &mut Diagnostics) -> Signers {
    let read = signer_lines(text, source).filter_map(|(span, signer)| {
        signer
            .map_err(|(message, help)| {
                diagnostics.push(Diagnostic::error(Code::BadSigner, span, message).help(help));
            })
            .ok()
    });
    Signers(read.collect())
}

/// Reads each line of such a file that says something.
pub fn signer_lines(
    text: &str,
    source: SourceId,
) -> impl Iterator<Item = (Span, Result<Signer, Fault>)> {
    lines(text, source).map(|(line, span)| (span, read_signer(line, span)))
}

/// What is wrong with a line, and what to do.
pub type Fault = (String, &'static str);

const LINE: &str = "write it as: p.shah@northwind.example namespaces=\"throughline-approval-v1\" \
                    ssh-ed25519 AAAA…";

/// Reads one line that says something.
fn read_signer(line: &str, span: Span) -> Result<Signer, Fault> {
    let (principals, rest) = line
        .split_once([' ', '\t'])
        .ok_or_else(|| ("there is no key on this line".to_owned(), LINE))?;
    let principals = principals.trim_matches('"');
    if principals.chars().any(char::is_uppercase) {
        // OpenSSH tells capitals apart, and people do not.
        return Err((format!("`{principals}` has capitals"), "write principals in small letters"));
    }
    let mut signer = Signer {
        principals: principals.split(',').map(str::to_owned).collect(),
        key: PublicKey::from(ssh_key::public::Ed25519PublicKey([0; 32])),
        fingerprint: String::new(),
        namespaces: Vec::new(),
        after: None,
        before: None,
        span,
    };
    let mut rest = rest.trim_start();
    // A key begins with its type, and no option does.
    if !is_key(rest) {
        let end = end_of_options(rest);
        let (options, key) = rest.split_at(end);
        read_options(options, &mut signer)?;
        rest = key.trim_start();
    }
    signer.key = read_key(rest)?;
    signer.fingerprint = signer.key.fingerprint(ssh_key::HashAlg::Sha256).to_string();
    Ok(signer)
}

fn is_key(text: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"].iter().any(|start| text.starts_with(start))
}

/// Where the first space is that does not stand in quotes.
fn end_of_options(text: &str) -> usize {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn read_options(options: &str, signer: &mut Signer) -> Result<(), Fault> {
    let (mut inside, mut seen) = (false, Vec::new());
    let cut = |one: char| {
        inside ^= one == '"';
        one == ',' && !inside
    };
    for option in options.split(cut) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let name = name.to_ascii_lowercase();
        if seen.contains(&name) {
            return Err((format!("`{name}` stands twice on this line"), LINE));
        }
        let value = match quoted {
            Some(value) => value,
            None if value.is_empty() => "",
            None => return Err((format!("the value of `{name}` is not in quotes"), LINE)),
        };
        seen.push(name.clone());
        match name.as_str() {
            "namespaces" => signer.namespaces = value.split(',').map(str::to_owned).collect(),
            "valid-after" => signer.after = Some(read_time(value)?),
            "valid-before" => signer.before = Some(read_time(value)?),
            "cert-authority" => {
                let message = "certificates are not read here, so the line lets nobody in";
                return Err((message.to_owned(), "write the keys of people, one a line"));
            }
            other => return Err((format!("`{other}` is no option of a signer"), LINE)),
        }
    }
    Ok(())
}

/// `20261231Z`, `202612312359Z`, `20261231235959Z`.
fn read_time(text: &str) -> Result<Timestamp, Fault> {
    let help = "write it as 20261231Z or 202612312359Z";
    let Some(digits) = text.strip_suffix('Z') else {
        let message = format!("`{text}` means another time on each machine");
        return Err((message, "put a Z behind it: the time is then in UTC everywhere"));
    };
    let form = match digits.len() {
        8 => "%Y%m%d",
        12 => "%Y%m%d%H%M",
        14 => "%Y%m%d%H%M%S",
        _ => return Err((format!("`{text}` is not a time"), help)),
    };
    let fault = || (format!("`{text}` is not a time"), help);
    let whole = if digits.len() == 8 { format!("{digits}0000") } else { digits.to_owned() };
    let form = if digits.len() == 8 { "%Y%m%d%H%M" } else { form };
    let local = DateTime::strptime(form, &whole).map_err(|_| fault())?;
    Ok(local.to_zoned(TimeZone::UTC).map_err(|_| fault())?.timestamp())
}

fn read_key(text: &str) -> Result<PublicKey, Fault> {
    let key = PublicKey::from_openssh(text)
        .map_err(|error| (format!("this is not a public key: {error}"), LINE))?;
    if matches!(key.algorithm(), ssh_key::Algorithm::Rsa { .. } | ssh_key::Algorithm::Dsa) {
        let message = "keys of this kind are not taken".to_owned();
        return Err((message, "make one with `ssh-keygen -t ed25519`, or use a security key"));
    }
    Ok(key)
}

/// Reads `rules/revoked_keys`: public keys, one a line. A binary list of revoked keys is refused,
/// because what is not read would go on counting.
pub fn read_revoked_keys(
    text: &str,
    source: SourceId,
    diagnostics: &mut Diagnostics,
) -> RevokedKeys {
    let mut keys = RevokedKeys::default();
    for (line, span) in lines(text, source) {
        match PublicKey::from_openssh(line) {
            Ok(key) => keys.0.push(key),
            Err(error) => {
                let message = format!("this is not a public key: {error}");
                diagnostics.push(
                    Diagnostic::error(Code::BadSigner, span, message)
                        .help(
                            "write public keys, one a line, as ssh-keygen -Y verify -r reads them",
                        )
                        // What is not read would go on counting.
                        .blocking(),
                );
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_those_of_openssh_do() {
        let fits = |patterns: &str, text: &str| {
            let patterns: Vec<String> = patterns.split(',').map(str::to_owned).collect();
            fits_patterns(&patterns, text)
        };
        assert!(fits("*@northwind.example", "p.shah@northwind.example"));
        assert!(!fits("*@northwind.example", "p.shah@northwind.example.evil"));
        assert!(fits("p.?hah,x", "p.shah"));
        assert!(!fits("*,!p.shah", "p.shah"));
        assert!(fits("a*b*c", "aXbYbc"));
        assert!(!fits("a*b*c", "aXbYb"));
        assert!(!fits("", "a"));
        assert!(fits("*", ""));
    }

    #[test]
    fn times_are_in_utc_or_refused() {
        let time = |text: &str| read_time(text).map(|time| time.to_string()).map_err(|one| one.0);
        assert_eq!(time("20261231Z").unwrap(), "2026-12-31T00:00:00Z");
        assert_eq!(time("202612312359Z").unwrap(), "2026-12-31T23:59:00Z");
        assert_eq!(time("20261231235958Z").unwrap(), "2026-12-31T23:59:58Z");
        assert!(time("20261231").unwrap_err().contains("each machine"));
        assert!(time("20261331Z").unwrap_err().contains("not a time"));
        assert!(time("2026Z").unwrap_err().contains("not a time"));
    }
}
