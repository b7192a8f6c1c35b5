//! Reads a base URL as it was written. What any parser would repair is refused by name; what is
//! accepted means the same to browsers and to strict parsers. Must not change a byte.

use std::borrow::Cow;
use std::ops::Range;

use url::Url;

use super::append::Junction;
use super::authority::{read_authority, read_scheme};
use super::characters::{check_backslashes, check_invisible, check_tail, mask};
use super::escapes::check_escapes;
use super::fault::{AddressFault, AddressFaultKind as Kind, Faults, part, quoted};
use super::names::fold;
use super::params::{Query, check_entities, check_fragment, check_path, pieces, read_query};

/// The most bytes of a base: with our parameters it must still fit a cell of a spreadsheet.
pub const MAX_LENGTH: usize = 2_000;

/// What to do with a base that has tracking parameters already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tagged {
    /// It is a fault.
    #[default]
    Refuse,
    /// They give way to ours.
    Replace,
}

/// What a base may be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// Whether it may have a fragment: an anchor, or the route of an application.
    pub fragment: bool,
    /// What to do with tracking parameters.
    pub tagged: Tagged,
    /// The byte ranges of platform macros, in order and apart: opaque, and copied as they are.
    pub tokens: &'a [Range<usize>],
}

/// A base that is safe to write behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    pub(super) raw: &'a str,
    /// The masked text where there are macros.
    pub(super) shape: Cow<'a, str>,
    pub(super) host: Range<usize>,
    /// Behind the `?` up to the fragment.
    pub(super) query: Option<Range<usize>>,
    /// Where the `#` is, or the end.
    pub(super) end: usize,
    pub(super) kept: Vec<Range<usize>>,
    pub(super) replaced: Vec<Range<usize>>,
    pub(super) junction: Junction,
}

impl<'a> Address<'a> {
    /// The base as it was written.
    pub const fn as_str(&self) -> &'a str {
        self.raw
    }

    /// The host: ASCII, in lower case.
    pub fn host(&self) -> &'a str {
        part(self.raw, &self.host)
    }

    /// The path; empty where nothing follows the host.
    pub fn path(&self) -> &'a str {
        let end = self.query.as_ref().map_or(self.end, |query| query.start - 1);
        part(self.raw, &(self.host.end..end))
    }

    /// What follows the `?`.
    pub fn query(&self) -> Option<&'a str> {
        self.query.as_ref().map(|query| part(self.raw, query))
    }

    /// What follows the `#`.
    pub fn fragment(&self) -> Option<&'a str> {
        self.raw.get(self.end..)?.strip_prefix('#')
    }

    /// The parameters that ours replace, as they were written.
    pub fn replaced(&self) -> impl Iterator<Item = &'a str> {
        self.replaced.iter().map(|range| part(self.raw, range))
    }

    /// Whether the base keeps a parameter of this name, in any spelling.
    pub fn has_param(&self, name: &str) -> bool {
        let wanted = fold(name);
        let kept = self.kept.iter().flat_map(|range| pieces(&self.shape, range));
        kept.into_iter().any(|piece| {
            piece.range.start < piece.range.end && fold(part(&self.shape, &piece.name)) == wanted
        })
    }
}

/// Reads a base, or tells everything that is wrong with it.
pub fn read<'a>(raw: &'a str, rules: &Rules<'_>) -> Result<Address<'a>, Vec<AddressFault>> {
    if raw.len() > MAX_LENGTH {
        return Err(vec![too_long(raw)]);
    }
    let tokens = if are_apart(raw, rules.tokens) { rules.tokens } else { &[] };
    let shape = mask(raw, tokens);
    let mut faults = Faults::new(raw);
    check_invisible(&shape, &mut faults);
    let Some(start) = read_scheme(&shape, tokens, &mut faults) else {
        check_backslashes(&shape, shape.len(), &mut faults);
        return Err(faults.into_sorted());
    };
    let layout = Layout::new(&shape, start);
    check_backslashes(&shape, layout.path.end, &mut faults);
    let authority = start..layout.path.start;
    let host = read_authority(&shape, &authority, tokens, &mut faults);
    let query = check_rest(&shape, &layout, &host, rules, &mut faults);
    if faults.is_empty() {
        check_normal(&shape, &layout, &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults.into_sorted());
    }
    let junction = Junction::new(&query.kept);
    let Layout { query: range, end, .. } = layout;
    let Query { kept, replaced, .. } = query;
    Ok(Address { raw, shape, host, query: range, end, kept, replaced, junction })
}

/// Ranges that are none mask nothing: their bytes are then judged like any others.
fn are_apart(raw: &str, tokens: &[Range<usize>]) -> bool {
    let mut end = 0;
    tokens.iter().all(|token| {
        let apart = end <= token.start && raw.get(token.clone()).is_some_and(|t| !t.is_empty());
        end = token.end;
        apart
    })
}

fn too_long(raw: &str) -> AddressFault {
    let start = (0..=MAX_LENGTH).rev().find(|at| raw.is_char_boundary(*at)).unwrap_or(0);
    AddressFault {
        kind: Kind::TooLong,
        range: start..raw.len(),
        message: format!("{} is {} bytes long", quoted(raw), raw.len()),
        help: format!("write an address of at most {MAX_LENGTH} bytes"),
    }
}

/// The parts behind the authority.
struct Layout {
    path: Range<usize>,
    query: Option<Range<usize>>,
    /// Where the `#` is, or the end.
    end: usize,
    length: usize,
}

impl Layout {
    fn new(shape: &str, start: usize) -> Self {
        let length = shape.len();
        let find = |from: usize, to: usize, signs: &[char]| {
            part(shape, &(from..to)).find(signs).map_or(to, |at| from + at)
        };
        let path = find(start, length, &['/', '\\', '?', '#']);
        let end = find(path, length, &['#']);
        let mark = find(path, end, &['?']);
        let query = (mark < end).then(|| mark + 1..end);
        Self { path: path..mark, query, end, length }
    }
}

/// Judges the path, the query and the fragment.
fn check_rest(
    shape: &str,
    layout: &Layout,
    host: &Range<usize>,
    rules: &Rules<'_>,
    faults: &mut Faults<'_>,
) -> Query {
    let tail = layout.path.start..layout.length;
    let none = layout.end..layout.end;
    let query = layout.query.as_ref().unwrap_or(&none);
    check_tail(shape, tail.clone(), query, layout.end, faults);
    check_entities(shape, &tail, faults);
    check_path(shape, &layout.path, layout.query.is_some(), faults);
    let read = match &layout.query {
        Some(query) => read_query(shape, query, part(shape, host), rules.tagged, faults),
        None => Query::default(),
    };
    check_escapes(shape, tail, &read.nested, faults);
    if layout.end < layout.length {
        let fragment = layout.end + 1..layout.length;
        check_fragment(shape, &fragment, faults);
        if !rules.fragment {
            let range = layout.end..layout.length;
            faults.add(Kind::Fragment, range, "is a fragment", "remove `#` and what follows it");
        }
    }
    read
}

/// The last guard: what the URL library makes of the text is the text, but for the slash that
/// every client puts behind a bare host.
fn check_normal(shape: &str, layout: &Layout, faults: &mut Faults<'_>) {
    let (front, rest) = shape.split_at_checked(layout.path.start).unwrap_or((shape, ""));
    let slash = if layout.path.is_empty() { "/" } else { "" };
    let whole = 0..shape.len();
    let parsed = match Url::parse(shape) {
        Ok(parsed) => parsed,
        Err(error) => {
            let says = format!("is not a URL: {error}");
            faults.add(Kind::BadHost, whole, &says, "copy the address from the browser");
            return;
        }
    };
    let normal = parsed.as_str();
    let same = normal
        .strip_prefix(front)
        .and_then(|normal| normal.strip_prefix(slash))
        .is_some_and(|normal| normal == rest);
    if !same {
        let help = if faults.raw() == shape {
            format!("write `{normal}`")
        } else {
            "write the address as the browser shows it".to_owned()
        };
        let path = if layout.path.is_empty() { whole } else { layout.path.clone() };
        faults.add(Kind::NotNormalised, path, "is not as browsers write it", help);
    }
}
