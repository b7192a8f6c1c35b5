//! From a cell's text to its typed value. Nothing is guessed.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use url::{Host, Url};

use super::{Column, ColumnKind};
use crate::diag::{Code, did_you_mean};
use crate::model::{LocalTimeFault, Value, WorkspacePath, is_slug, parse_datetime};
use crate::source::Taxonomy;

/// Why a cell is not what its column takes.
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Fault {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Reads the text of a cell that is not empty.
pub(super) fn parse(
    column: &Column,
    text: &str,
    zone: &TimeZone,
    taxonomy: &Taxonomy,
) -> Result<Value, Fault> {
    match column.kind {
        ColumnKind::Slug => slug(text),
        ColumnKind::Text => plain(text),
        ColumnKind::Url => url(text),
        ColumnKind::Hosts => hosts(text),
        ColumnKind::Money | ColumnKind::Percent | ColumnKind::Decimal => decimal(column.kind, text),
        ColumnKind::Datetime => datetime(text, zone),
        ColumnKind::Bool => flag(text),
        ColumnKind::Enum => one_of(column, text, taxonomy),
        ColumnKind::Color => color(text),
        ColumnKind::Int => int(text),
        ColumnKind::Path => path(text),
        ColumnKind::Asset => asset(text),
    }
}

fn text_value(text: &str) -> Value {
    Value::Text(text.into())
}

fn slug(text: &str) -> Result<Value, Fault> {
    if is_slug(text) {
        return Ok(text_value(text));
    }
    let lower = text.trim().to_lowercase().replace([' ', '_', '.'], "-");
    let fault = Fault::new(Code::BadSlug, format!("`{text}` is not an id"));
    if is_slug(&lower) {
        return Err(fault.help(format!("write `{lower}`")));
    }
    Err(fault.help("use lower-case letters, digits and dashes, at most 63"))
}

fn plain(text: &str) -> Result<Value, Fault> {
    // Plain ASCII text is nearly all of it.
    let ordinary = text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    match text.chars().find(|one| is_unseen(*one)) {
        Some(found) if !ordinary => Err(Fault::new(
            Code::ControlCharacter,
            format!("the cell holds the unseen character U+{:04X}", u32::from(found)),
        )
        .help("delete the character")),
        // One line end, however the file was saved.
        _ if text.contains('\r') => Ok(text_value(&text.replace("\r\n", "\n").replace('\r', "\n"))),
        _ => Ok(text_value(text)),
    }
}

/// Controls but the line feed, and the marks that reorder or hide text (Trojan Source).
fn is_unseen(one: char) -> bool {
    one.is_control() && one != '\n' && one != '\r'
        || matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}' | '\u{ad}')
}

fn url(text: &str) -> Result<Value, Fault> {
    let fault = |message: &str| Fault::new(Code::BadUrl, format!("`{text}` {message}"));
    // The URL parser repairs what it is given; what needs repair is refused before it sees it.
    if let Some(found) = text.chars().find(|one| !one.is_ascii_graphic() || *one == '\\') {
        return Err(
            fault(&format!("holds {found:?}")).help("write a plain ASCII URL without spaces")
        );
    }
    let Some(rest) = text.strip_prefix("https://") else {
        return Err(fault("is not an https URL").help("begin it with `https://`"));
    };
    if rest.starts_with('/')
        || rest.split(['/', '?', '#']).next().is_some_and(|host| host.contains('@'))
    {
        return Err(fault("has no plain host").help("write `https://host/path`"));
    }
    let parsed = Url::parse(text).map_err(|error| fault(&format!("is not a URL: {error}")))?;
    let named = matches!(parsed.host(), Some(Host::Domain(domain)) if is_host(domain));
    if !named || parsed.port().is_some() {
        return Err(fault("has no plain host").help("write a host name without a port"));
    }
    if parsed.fragment().is_some() {
        return Err(fault("has a fragment").help("remove `#` and what follows it"));
    }
    if text.contains("&amp;") {
        return Err(fault("was copied from HTML").help("write `&` for `&amp;`"));
    }
    Ok(text_value(text))
}

/// A DNS name of letters, digits and dashes with at least two labels.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

fn hosts(text: &str) -> Result<Value, Fault> {
    let mut found = Vec::new();
    for host in text.split(';').map(str::trim) {
        if !is_host(host) {
            let fault = Fault::new(Code::BadHost, format!("`{host}` is not a host name"));
            let lower = host.to_lowercase();
            let bare = lower.trim_start_matches("https://").trim_start_matches("http://");
            let bare = bare.split('/').next().unwrap_or(bare);
            return Err(if is_host(bare) { fault.help(format!("write `{bare}`")) } else { fault });
        }
        found.push(host.into());
    }
    Ok(Value::Hosts(found.into()))
}

fn decimal(kind: ColumnKind, text: &str) -> Result<Value, Fault> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = if digits { Decimal::from_str_exact(text).ok() } else { None };
    let Some(number) = number.filter(|_| !text.starts_with('.') && !text.ends_with('.')) else {
        let fault = Fault::new(Code::BadNumber, format!("`{text}` is not a plain number"));
        let bare: String = text.chars().filter(|one| one.is_ascii_digit() || *one == '.').collect();
        let clear = text.ends_with('%') && Decimal::from_str_exact(&bare).is_ok();
        return Err(if clear {
            fault.help(format!("write `{bare}`"))
        } else {
            fault.help("use digits and a point, such as 25 or 19.90")
        });
    };
    let fault = match kind {
        ColumnKind::Percent if number.is_zero() || number > Decimal::ONE_HUNDRED => {
            Some("is not a percentage above 0 and up to 100")
        }
        ColumnKind::Money if number.scale() > 2 => Some("has more than two decimal places"),
        _ => None,
    };
    match fault {
        Some(message) => Err(Fault::new(Code::BadNumber, format!("`{text}` {message}"))),
        None => Ok(Value::Decimal(number)),
    }
}

fn datetime(text: &str, zone: &TimeZone) -> Result<Value, Fault> {
    let name = || zone.iana_name().unwrap_or("the workspace's zone").to_owned();
    parse_datetime(text, zone).map(Value::Instant).map_err(|fault| match fault {
        LocalTimeFault::Form => {
            Fault::new(Code::BadDatetime, format!("`{text}` is not a date and time"))
                .help("write it as 2026-11-27T05:00")
        }
        LocalTimeFault::Gap => Fault::new(
            Code::BadDatetime,
            format!("`{text}` is skipped when clocks go forward in {}", name()),
        )
        .help("choose another time, or add an offset such as -05:00"),
        LocalTimeFault::Fold => Fault::new(
            Code::BadDatetime,
            format!("`{text}` comes twice when clocks go back in {}", name()),
        )
        .help("add the offset that is meant, such as -04:00"),
    })
}

fn flag(text: &str) -> Result<Value, Fault> {
    match text {
        "yes" | "true" | "y" => Ok(Value::Bool(true)),
        "no" | "false" | "n" => Ok(Value::Bool(false)),
        _ => Err(Fault::new(Code::BadCell, format!("`{text}` is neither yes nor no"))
            .help("write yes or no")),
    }
}

fn one_of(column: &Column, text: &str, taxonomy: &Taxonomy) -> Result<Value, Fault> {
    let name = &column.name;
    if let Some(vocabulary) = &column.vocabulary {
        let Some(dimension) = taxonomy.dimensions.get(vocabulary) else {
            return slug(text);
        };
        if dimension.rank(text).is_some() {
            return Ok(text_value(text));
        }
        let alias = dimension.canonical(text).is_some();
        let code = if alias { Code::AliasUsed } else { Code::NotAllowed };
        let mut fault =
            Fault::new(code, format!("`{text}` is not a word of the vocabulary `{vocabulary}`"));
        fault.help = dimension.suggest(text);
        return Err(fault);
    }
    if column.values.iter().any(|value| value == text) {
        return Ok(text_value(text));
    }
    let mut fault = Fault::new(Code::NotAllowed, format!("`{text}` is not a {name}"));
    fault.help = did_you_mean(text, column.values.iter().map(String::as_str));
    Err(fault)
}

fn color(text: &str) -> Result<Value, Fault> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Ok(text_value(text));
    }
    Err(Fault::new(Code::BadCell, format!("`{text}` is not a colour")).help("write it as #1A2B3C"))
}

fn int(text: &str) -> Result<Value, Fault> {
    // `+5` and `05` are other ids to other programs.
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Ok(Value::Int(number)),
        _ => Err(Fault::new(Code::BadNumber, format!("`{text}` is not a whole number"))),
    }
}

fn path(text: &str) -> Result<Value, Fault> {
    let fault = |message: &str| Fault::new(Code::BadUrl, format!("`{text}` {message}"));
    if !text.starts_with('/') || text.starts_with("//") {
        return Err(fault("is not a path").help("begin it with one `/`"));
    }
    if let Some(found) =
        text.chars().find(|one| !one.is_ascii_graphic() || matches!(one, '\\' | '#'))
    {
        return Err(fault(&format!("holds {found:?}")).help("write a plain ASCII path"));
    }
    if text.contains("&amp;") {
        return Err(fault("was copied from HTML").help("write `&` for `&amp;`"));
    }
    Ok(text_value(text))
}

fn asset(text: &str) -> Result<Value, Fault> {
    match WorkspacePath::new(text) {
        Ok(_) => Ok(text_value(text)),
        Err(fault) => {
            Err(Fault::new(Code::MissingAsset, format!("`{text}` is not a path: {fault}"))
                .help("write a path below assets/, such as images/logo.png"))
        }
    }
}
