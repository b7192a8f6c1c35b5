//! From bytes to text. An encoding is declared or is UTF-8; it is never guessed, only suggested.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};

/// How the letters of a file are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// One of the encodings of the WHATWG Encoding Standard.
    Web(&'static encoding_rs::Encoding),
    /// A code page of DOS, which Excel calls "CSV (MS-DOS)".
    Dos(u16),
}

/// The byte order mark that some editors put first.
pub(super) const BOM: &str = "\u{feff}";

impl Encoding {
    /// Finds an encoding by one of its labels: `windows-1252`, `latin1`, `ibm850` …
    pub fn from_label(label: &str) -> Option<Self> {
        let lower = label.to_ascii_lowercase();
        match lower.as_str() {
            "ibm850" | "cp850" | "850" => return Some(Self::Dos(850)),
            "ibm437" | "cp437" | "437" => return Some(Self::Dos(437)),
            "ibm852" | "cp852" | "852" => return Some(Self::Dos(852)),
            _ => {}
        }
        let found = encoding_rs::Encoding::for_label_no_replacement(lower.as_bytes())?;
        // UTF-16 names its byte order at its beginning, or is refused.
        let utf16 = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&found);
        let utf8 = found == encoding_rs::UTF_8;
        (!utf16).then_some(if utf8 { Self::Utf8 } else { Self::Web(found) })
    }

    /// The label that declares it.
    pub fn label(self) -> String {
        match self {
            Self::Utf8 => "utf-8".to_owned(),
            Self::Web(encoding) => encoding.name().to_ascii_lowercase(),
            Self::Dos(page) => format!("ibm{page}"),
        }
    }

    /// The text, or `None` where bytes have no meaning.
    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Web(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
                // The standard maps unused bytes to controls, which no editor ever wrote.
                let unused = text.chars().any(|one| matches!(one, '\u{80}'..='\u{9f}'));
                (!unused).then(|| text.into_owned())
            }
            Self::Dos(page) => {
                let table = oem_cp::code_table::DECODING_TABLE_CP_MAP.get(&page)?;
                table.decode_string_checked(bytes)
            }
        }
    }
}

/// The text of a file, and whether that is all of it.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) whole: bool,
}

/// Decodes a file. What is not text in the declared encoding is reported where it stands, and the
/// text ends there.
pub(super) fn decode(
    source: SourceId,
    bytes: Vec<u8>,
    declared: Encoding,
    diagnostics: &mut Diagnostics,
) -> Decoded {
    let big_endian = match bytes.get(..2) {
        Some([0xff, 0xfe]) => Some(false),
        Some([0xfe, 0xff]) => Some(true),
        _ => None,
    };
    if let Some(big_endian) = big_endian {
        return decode_utf16(source, &bytes, big_endian, diagnostics);
    }
    if declared == Encoding::Utf8 || bytes.starts_with(BOM.as_bytes()) {
        return decode_utf8(source, bytes, diagnostics);
    }
    if bytes.is_ascii() {
        return Decoded { text: String::from_utf8(bytes).unwrap_or_default(), whole: true };
    }
    decode_legacy(source, &bytes, declared, diagnostics)
}

fn decode_legacy(
    source: SourceId,
    bytes: &[u8],
    declared: Encoding,
    diagnostics: &mut Diagnostics,
) -> Decoded {
    let label = declared.label();
    // Text in another encoding that happens to be UTF-8 does not exist outside of tests.
    if let Ok(text) = std::str::from_utf8(bytes) {
        let at = text.find(|one: char| !one.is_ascii()).unwrap_or(0);
        let span = Span::new(source, at, at);
        let message = format!("the table declares `{label}`, but this file is UTF-8");
        diagnostics.push(
            Diagnostic::error(Code::MixedEncodings, span, message)
                .help("take `encoding` out for this file: see `dialects` in throughline.toml"),
        );
        return Decoded { text: text.to_owned(), whole: false };
    }
    if let Some(text) = declared.decode(bytes) {
        let message = format!("the file is read as `{label}`, because the table declares it");
        diagnostics.push(Diagnostic::warning(
            Code::LegacyEncoding,
            Span::start_of(source),
            message,
        ));
        return Decoded { text, whole: true };
    }
    // The text before the byte that means nothing is still good for showing the place.
    let bad = first_bad(declared, bytes);
    let text = bytes.get(..bad).and_then(|good| declared.decode(good)).unwrap_or_default();
    let byte = bytes.get(bad).copied().unwrap_or(0);
    let span = Span::new(source, text.len(), text.len());
    let message = format!("byte 0x{byte:02X} means nothing in `{label}`");
    diagnostics.push(Diagnostic::error(Code::NotUtf8, span, message).help(format!(
        "save the file as CSV UTF-8, or correct `encoding`{}",
        looks_like(bytes, bad)
    )));
    Decoded { text, whole: false }
}

/// The first byte that cannot be decoded, found by halving.
fn first_bad(encoding: Encoding, bytes: &[u8]) -> usize {
    let (mut good, mut bad) = (0, bytes.len());
    while bad - good > 1 {
        let middle = good.midpoint(bad);
        let fine = bytes.get(..middle).is_some_and(|head| encoding.decode(head).is_some());
        if fine { good = middle } else { bad = middle }
    }
    good
}

fn decode_utf16(
    source: SourceId,
    bytes: &[u8],
    big_endian: bool,
    diagnostics: &mut Diagnostics,
) -> Decoded {
    let units = bytes.get(2..).unwrap_or_default().chunks_exact(2).map(|pair| {
        let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut fault =
        (!bytes.len().is_multiple_of(2)).then(|| "the last letter is cut in half".to_owned());
    for one in char::decode_utf16(units) {
        match one {
            Ok(one) => text.push(one),
            Err(lone) => {
                let unit = lone.unpaired_surrogate();
                fault = Some(format!("U+{unit:04X} is half of a letter"));
                break;
            }
        }
    }
    let at = text.len();
    match &fault {
        Some(fault) => diagnostics.push(
            Diagnostic::error(
                Code::NotUtf8,
                Span::new(source, at, at),
                format!("the file is UTF-16 and damaged: {fault}"),
            )
            .help("save the file again, best as CSV UTF-8"),
        ),
        None => diagnostics.push(Diagnostic::note(
            Code::Normalised,
            Span::start_of(source),
            "the file is UTF-16 and was read as such",
        )),
    }
    Decoded { text, whole: fault.is_none() }
}

fn decode_utf8(source: SourceId, bytes: Vec<u8>, diagnostics: &mut Diagnostics) -> Decoded {
    let error = match String::from_utf8(bytes) {
        Ok(text) => {
            if is_utf16_without_mark(text.as_bytes()) {
                diagnostics.push(unmarked(source));
                return Decoded { text: String::new(), whole: false };
            }
            return Decoded { text, whole: true };
        }
        Err(error) => error,
    };
    let good = error.utf8_error().valid_up_to();
    let mut bytes = error.into_bytes();
    diagnostics.push(if is_utf16_without_mark(&bytes) {
        unmarked(source)
    } else {
        not_utf8(source, &bytes, good)
    });
    bytes.truncate(good);
    Decoded { text: String::from_utf8(bytes).unwrap_or_default(), whole: false }
}

/// UTF-16 whose byte order is not said.
fn unmarked(source: SourceId) -> Diagnostic {
    let message = "the file looks like UTF-16, but does not say so at its beginning";
    Diagnostic::error(Code::NotUtf8, Span::start_of(source), message)
        .help("save the file as CSV UTF-8")
}

fn is_utf16_without_mark(bytes: &[u8]) -> bool {
    let head = bytes.get(..64.min(bytes.len() & !1)).unwrap_or_default();
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    let mostly = |number: usize| number * 10 >= half * 9;
    half >= 4 && (even == 0 && mostly(odd) || odd == 0 && mostly(even))
}

/// Places of bad bytes that are named; the rest is counted.
const NAMED: usize = 4;

fn not_utf8(source: SourceId, bytes: &[u8], good: usize) -> Diagnostic {
    let (mut others, mut number, mut letters, mut line) = (Vec::new(), 0_usize, false, 1);
    for chunk in bytes.utf8_chunks() {
        letters |= !chunk.valid().trim_start_matches(BOM).is_ascii();
        line += chunk.valid().bytes().filter(|byte| *byte == b'\n').count();
        if let Some(byte) = chunk.invalid().first() {
            number += 1;
            if number > 1 && others.len() < NAMED {
                others.push(format!("0x{byte:02X} in line {line}"));
            }
        }
    }
    let byte = bytes.get(good).copied().unwrap_or(0);
    let more = match number.saturating_sub(1) {
        0 => String::new(),
        count if count == others.len() => format!(", nor {} {}", are(count), others.join(", ")),
        count => format!(", nor are {count} more: {}, …", others.join(", ")),
    };
    let span = Span::new(source, good, good);
    if letters {
        let message =
            format!("byte 0x{byte:02X} is not UTF-8{more}, though other letters of the file are");
        return Diagnostic::error(Code::MixedEncodings, span, message)
            .help("two files in two encodings were put together: save each as CSV UTF-8 first");
    }
    let message = format!("byte 0x{byte:02X} is not UTF-8{more}");
    Diagnostic::error(Code::NotUtf8, span, message)
        .help(format!("save the file as CSV UTF-8{}", looks_like(bytes, good)))
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// `, or declare `encoding = "windows-1252"`: it reads `Müller` there`, where an encoding makes
/// sense of the bytes. A person has to agree: nothing is decoded by this.
fn looks_like(bytes: &[u8], at: usize) -> String {
    let near = |byte: &u8| !matches!(byte, b'\n' | b'\r' | b',' | b';' | b'\t' | b'"');
    let head = bytes.get(..at).unwrap_or_default();
    let start = head.iter().rposition(|byte| !near(byte)).map_or(0, |found| found + 1);
    let tail = bytes.get(at..).unwrap_or_default();
    let end = tail.iter().position(|byte| !near(byte)).map_or(bytes.len(), |found| at + found);
    let sample = bytes.get(start..end.min(start + 40)).unwrap_or_default();
    let candidates = [
        Encoding::Web(encoding_rs::WINDOWS_1252),
        Encoding::Dos(850),
        Encoding::Web(encoding_rs::MACINTOSH),
        Encoding::Web(encoding_rs::SHIFT_JIS),
    ];
    let best = candidates
        .into_iter()
        .filter_map(|one| Some((score(&one.decode(bytes)?), one)))
        .max_by_key(|(score, one)| (*score, *one == Encoding::Web(encoding_rs::WINDOWS_1252)));
    match best {
        Some((score, one)) if score > 0 => {
            let shown = one.decode(sample).unwrap_or_default();
            let label = one.label();
            format!(", or declare `encoding = \"{label}\"` for it if `{}` is right", shown.trim())
        }
        _ => String::new(),
    }
}

/// How much a text looks like one that a person wrote: letters of European languages and of
/// Japanese count for it, symbols and letters in odd places against it.
fn score(text: &str) -> i64 {
    let mut before = ' ';
    let mut total = 0;
    for one in text.chars() {
        if !one.is_ascii() {
            total += match one {
                'À'..='Ö' | 'Ø'..='Þ' if before.is_lowercase() => -2,
                'à'..='ö'
                | 'ø'..='ÿ'
                | 'À'..='Ö'
                | 'Ø'..='ß'
                | 'œ'
                | 'Œ'
                | 'š'
                | 'ž'
                | '\u{3040}'..='\u{30ff}' => 3,
                '€' | '–' | '—' | '’' | '‘' | '“' | '”' | '„' | '…' | '™' | '®' | '©' | '°' => {
                    1
                }
                '\u{4e00}'..='\u{9fff}' => 2,
                _ => -2,
            };
        }
        before = one;
    }
    total
}
