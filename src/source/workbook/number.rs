//! Numbers as plain decimals of at most fifteen digits, which is what spreadsheets show.
//!
//! Shifts the decimal point instead of calculating. Must never write an exponent, nor depend on a
//! locale.

/// How many digits a spreadsheet keeps.
const DIGITS: usize = 15;

/// A number: a sign, its digits without zeros at either end, and where its point is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    /// The number is `0.digits` times ten to this.
    point: i32,
}

impl Decimal {
    /// Reads a number as XML has it: `12`, `-0.5`, `1.2E+3`.
    pub(super) fn parse(raw: &str) -> Option<Self> {
        let raw = raw.trim_ascii();
        let known =
            |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
        if raw.is_empty() || raw.len() > 400 || !raw.bytes().all(known) {
            return None;
        }
        if let Some(short) = Self::short(raw) {
            return Some(short);
        }
        let value: f64 = raw.parse().ok()?;
        if !value.is_finite() {
            return None;
        }
        let rounded = format!("{:.*e}", DIGITS - 1, value);
        let (mantissa, exponent) = rounded.split_once('e')?;
        let mut decimal = Self::short(mantissa)?;
        if !decimal.digits.is_empty() {
            decimal.point += exponent.parse::<i32>().ok()?;
        }
        Some(decimal)
    }

    /// A number without exponent that needs no rounding.
    fn short(raw: &str) -> Option<Self> {
        let (negative, raw) = match raw.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, raw),
        };
        let (whole, fraction) = raw.split_once('.').unwrap_or((raw, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let zeros = all.len() - significant.len();
        let significant = significant.trim_end_matches('0');
        if significant.len() > DIGITS {
            return None;
        }
        let point = i32::try_from(whole.len()).ok()? - i32::try_from(zeros).ok()?;
        if significant.is_empty() {
            return Some(Self { negative: false, digits: String::new(), point: 0 });
        }
        Some(Self { negative, digits: significant.to_owned(), point })
    }

    /// Multiplies by ten to the `places`.
    pub(super) fn shift(&mut self, places: i32) {
        if !self.digits.is_empty() {
            self.point += places;
        }
    }

    /// Writes the number; zeros in front make up at least `width` digits of a whole number.
    pub(super) fn write(&self, decimal: char, width: usize, out: &mut String) {
        if self.negative {
            out.push('-');
        }
        let whole = usize::try_from(self.point).unwrap_or(0);
        let is_whole = self.digits.len() <= whole;
        if is_whole {
            out.extend(std::iter::repeat_n('0', width.saturating_sub(whole)));
        }
        if whole == 0 && !(is_whole && width > 0) {
            out.push('0');
        }
        out.push_str(self.digits.get(..whole).unwrap_or(&self.digits));
        out.extend(std::iter::repeat_n('0', whole.saturating_sub(self.digits.len())));
        if let Some(fraction) = self.digits.get(whole..).filter(|rest| !rest.is_empty()) {
            out.push(decimal);
            out.extend(std::iter::repeat_n('0', usize::try_from(-self.point).unwrap_or(0)));
            out.push_str(fraction);
        }
    }
}
