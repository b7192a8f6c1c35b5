//! Style sheets and `style` attributes: read once, for the faults that make clients drop them and
//! for what clients do not support.

use std::ops::Range;

use super::clients::Sign;
use super::colour::Colour;

/// Something in a style, where it stands in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StyleFault {
    /// An at-rule in an at-rule.
    NestedAtRule(Range<usize>),
    /// A selector with a backslash.
    EscapedSelector(Range<usize>),
}

/// A declaration: its name, its value, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declaration<'s> {
    pub(super) name: &'s str,
    pub(super) value: &'s str,
    pub(super) at: usize,
}

/// Calls back for each declaration of a `style` attribute or of a block.
pub(super) fn declarations<'s>(text: &'s str, mut each: impl FnMut(Declaration<'s>)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while from < bytes.len() {
        let end = end_of_part(bytes, from, b';');
        let part = text.get(from..end).unwrap_or("");
        if let Some((name, value)) = part.split_once(':') {
            let at = from + name.len() - name.trim_start().len();
            let value = value.trim();
            let value = value.strip_suffix("!important").map_or(value, str::trim_end);
            each(Declaration { name: name.trim(), value, at });
        }
        from = end + 1;
    }
}

/// Where a part ends: at the sign, outside of quotes, brackets and comments.
fn end_of_part(bytes: &[u8], from: usize, sign: u8) -> usize {
    let mut at = from;
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => at = behind_quote(bytes, at) - 1,
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = behind_comment(bytes, at) - 1,
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            other if *other == sign && depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn behind_quote(bytes: &[u8], at: usize) -> usize {
    let Some(quote) = bytes.get(at) else { return at + 1 };
    let rest = bytes.get(at + 1..).unwrap_or_default();
    memchr::memchr(*quote, rest).map_or(bytes.len(), |found| at + found + 2)
}

fn behind_comment(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at + 2..).unwrap_or_default();
    memchr::memmem::find(rest, b"*/").map_or(bytes.len(), |found| at + found + 4)
}

/// Reads a style sheet: its faults, and what it makes use of outside of at-rules.
pub(super) fn read_sheet<'s>(
    css: &'s str,
    faults: &mut Vec<StyleFault>,
    mut sign: impl FnMut(Sign<'s>, usize),
) {
    let bytes = css.as_bytes();
    let mut depth = 0_usize;
    let mut start = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => at = behind_quote(bytes, at) - 1,
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = behind_comment(bytes, at) - 1;
                if css.get(start..at).is_some_and(|head| head.trim_start().starts_with("/*")) {
                    start = at + 1;
                }
            }
            b';' => {
                let prelude = css.get(start..at).unwrap_or("");
                if let Some(rule) = prelude.trim_start().strip_prefix('@') {
                    sign(Sign::AtRule(word(rule)), at_of(start, prelude));
                }
                start = at + 1;
            }
            b'{' => {
                let prelude = css.get(start..at).unwrap_or("");
                let place = at_of(start, prelude);
                let range = place..place + prelude.trim().len();
                if let Some(rule) = prelude.trim_start().strip_prefix('@') {
                    if depth > 0 {
                        faults.push(StyleFault::NestedAtRule(range));
                    }
                    if !matches!(word(rule), "font-face" | "page") {
                        depth += 1;
                        at += 1;
                        start = at;
                        continue;
                    }
                } else {
                    if prelude.contains('\\') {
                        faults.push(StyleFault::EscapedSelector(range));
                    }
                    if depth == 0 {
                        pseudo_classes(prelude, start, &mut sign);
                    }
                }
                let end = end_of_part(bytes, at + 1, b'}');
                if depth == 0 {
                    let block = css.get(at + 1..end).unwrap_or("");
                    declarations(block, |one| {
                        signs_of(one, &mut |found| sign(found, at + 1 + one.at));
                    });
                }
                at = end;
                start = end + 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
}

fn at_of(start: usize, prelude: &str) -> usize {
    start + prelude.len() - prelude.trim_start().len()
}

fn word(text: &str) -> &str {
    let end = text.find(|one: char| !one.is_ascii_alphanumeric() && one != '-');
    text.get(..end.unwrap_or(text.len())).unwrap_or("")
}

fn pseudo_classes<'s>(selector: &'s str, start: usize, sign: &mut impl FnMut(Sign<'s>, usize)) {
    for at in memchr::memchr_iter(b':', selector.as_bytes()) {
        let name = word(selector.get(at + 1..).unwrap_or(""));
        if !name.is_empty() {
            sign(Sign::Pseudo(name), start + at);
        }
    }
}

/// What a declaration makes use of.
pub(super) fn signs_of<'s>(one: Declaration<'s>, sign: &mut impl FnMut(Sign<'s>)) {
    sign(Sign::Property(one.name));
    if matches!(one.name, "display" | "position") {
        sign(Sign::Value(one.name, one.value));
    }
    let bytes = one.value.as_bytes();
    // Nearly every value is a word or a number of pixels.
    for open in memchr::memchr_iter(b'(', bytes) {
        let head = one.value.get(..open).unwrap_or("");
        let start = head.rfind(|one: char| !one.is_ascii_alphanumeric() && one != '-');
        let name = head.get(start.map_or(0, |at| at + 1)..).unwrap_or("");
        if !name.is_empty() && name != "url" {
            sign(Sign::Function(name));
        }
    }
    for part in one.value.split([' ', ',', '(', ')', '/', '+', '*']) {
        let digits =
            part.bytes().take_while(|one| one.is_ascii_digit() || matches!(one, b'.' | b'-'));
        let digits = digits.count();
        let unit = part.get(digits..).filter(|unit| digits > 0 && !unit.is_empty());
        if let Some(unit) = unit.filter(|unit| !matches!(*unit, "px" | "%")) {
            sign(Sign::Unit(unit));
        }
    }
}

/// What something is painted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// One colour.
    Known(Colour),
    /// A picture, something transparent, a colour of an uncommon name.
    Unknown,
}

impl Paint {
    pub(super) fn parse(text: &str) -> Self {
        Colour::parse(text).map_or(Self::Unknown, Self::Known)
    }

    /// The colour, where it can be judged.
    pub(super) fn colour(self) -> Option<Colour> {
        match self {
            Self::Known(colour) => Some(colour),
            Self::Unknown => None,
        }
    }
}

/// What a `style` attribute says about how its text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// The colour of text, where it says one.
    pub(super) colour: Option<Paint>,
    /// What it stands on.
    pub(super) ground: Option<Paint>,
    /// The size of its letters, in tenths of a pixel.
    pub(super) size: Option<u32>,
    /// Whether letters are bold.
    pub(super) bold: Option<bool>,
    /// It is not shown.
    pub(super) gone: bool,
    /// A link loses its line.
    pub(super) plain: bool,
    /// It stands apart from the text around it.
    pub(super) apart: bool,
    /// Its height in pixels.
    pub(super) height: Option<usize>,
}

impl Look {
    /// Takes a declaration in.
    pub(super) fn take(&mut self, one: Declaration<'_>) {
        let value = one.value;
        match one.name {
            "color" => self.colour = Some(Paint::parse(value)),
            "background-color" => self.ground = Some(Paint::parse(value)),
            "background" | "background-image" => {
                let picture = value.contains("url(") || value.contains("gradient");
                let colour = value.split_whitespace().find_map(Colour::parse);
                if picture {
                    self.ground = Some(Paint::Unknown);
                } else if colour.is_some() {
                    self.ground = colour.map(Paint::Known);
                }
                self.apart = true;
            }
            "font-size" => self.size = pixels(value),
            "font-weight" => {
                let heavy = value.parse::<u32>().is_ok_and(|weight| weight >= 600);
                self.bold = Some(heavy || matches!(value, "bold" | "bolder"));
            }
            "display" => {
                self.gone |= value == "none";
                self.apart |= matches!(value, "block" | "inline-block");
            }
            "visibility" => self.gone |= value == "hidden",
            "text-decoration" | "text-decoration-line" => self.plain = value.starts_with("none"),
            "border" | "border-bottom" => self.apart |= !matches!(value, "0" | "none" | "0px"),
            "height" => self.height = pixels(value).map(|tenths| tenths as usize / 10),
            _ => {}
        }
    }
}

/// `16px` and `12pt` in tenths of a pixel.
fn pixels(value: &str) -> Option<u32> {
    let (number, points) = match value.strip_suffix("px") {
        Some(number) => (number, false),
        None => (value.strip_suffix("pt")?, true),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let whole: u32 = whole.parse().ok()?;
    let part: u32 = part.get(..1)?.parse().ok()?;
    let tenths = whole.checked_mul(10)? + part;
    Some(if points { tenths.checked_mul(4)? / 3 } else { tenths })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(css: &str) -> (Vec<StyleFault>, Vec<String>) {
        let (mut faults, mut signs) = (Vec::new(), Vec::new());
        read_sheet(css, &mut faults, |sign, at| signs.push(format!("{sign:?}@{at}")));
        (faults, signs)
    }

    #[test]
    fn declarations_are_cut_outside_of_quotes_and_brackets() {
        let mut found = Vec::new();
        let style = "color:#fff ; background:url(a;b) no-repeat;font-family:'A;B' !important;x";
        declarations(style, |one| found.push((one.name, one.value, one.at)));
        assert_eq!(
            found,
            [
                ("color", "#fff", 0),
                ("background", "url(a;b) no-repeat", 13),
                ("font-family", "'A;B'", 43),
            ]
        );
    }

    #[test]
    fn faults_that_make_gmail_drop_a_sheet_are_found() {
        let (faults, _) = sheet("@media a{ .b{c:d} @media e{.f{g:h}} } .i{j:k}");
        assert_eq!(faults, [StyleFault::NestedAtRule(18..26)]);
        let (faults, _) = sheet("/* \\: */ .sm\\:w{a:b} .c{content:'\\201C'}");
        assert_eq!(faults, [StyleFault::EscapedSelector(9..15)]);
        assert_eq!(sheet("@font-face{a:b}@media c{.d{e:f}}@media g{.h{i:j}}").0, []);
    }

    #[test]
    fn what_stands_in_an_at_rule_is_not_looked_at() {
        let (_, signs) = sheet("@import url(x);@media a{.b{display:flex}}.c:has(d){gap:1rem}");
        let signs = signs.join(" ");
        assert!(signs.starts_with("AtRule(\"import\")@0 Pseudo(\"has\")@43"), "{signs}");
        assert!(signs.contains("Property(\"gap\")@51 Unit(\"rem\")@51"), "{signs}");
        assert!(!signs.contains("flex"), "{signs}");
    }

    #[test]
    fn sheets_that_end_early_do_no_harm() {
        let css = "@media a{.b{c:'d;(}/* e";
        for end in 0..=css.len() {
            let _ = sheet(&css[..end]);
        }
    }

    #[test]
    fn sizes_are_read_in_tenths() {
        assert_eq!(pixels("16px"), Some(160));
        assert_eq!(pixels("13.5px"), Some(135));
        assert_eq!(pixels("12pt"), Some(160));
        assert_eq!(pixels("1em"), None);
    }
}
