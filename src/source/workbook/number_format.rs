//! What a number format makes of a number: a percentage, a date, or just a number.
//!
//! Reads the format codes of Excel files, which are always written in English. Must not look at
//! values.

/// What a cell's number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Number,
    Percent,
    /// A day; `time` if the format shows the time too.
    Date {
        time: bool,
    },
    /// A time of day or a length of time.
    Time,
    /// A whole number with zeros in front, as in `00000`.
    Digits(u8),
}

/// The formats that files use without writing them down.
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=17 | 27..=31 | 34..=36 | 50..=58 => Shown::Date { time: false },
        22 => Shown::Date { time: true },
        18..=21 | 32 | 33 | 45..=47 => Shown::Time,
        _ => Shown::Number,
    }
}

/// A format that a file writes down. Its first section counts: that of positive numbers.
pub(super) fn custom(code: &str) -> Shown {
    if code.len() > 1 && code.len() <= 20 && code.bytes().all(|byte| byte == b'0') {
        return Shown::Digits(u8::try_from(code.len()).unwrap_or(0));
    }
    let mut found = Found::default();
    let mut rest = code.chars().peekable();
    while let Some(c) = rest.next() {
        match c.to_ascii_lowercase() {
            ';' => break,
            '"' => {
                while rest.next_if(|c| *c != '"').is_some() {}
                rest.next();
            }
            '\\' | '_' | '*' => {
                rest.next();
            }
            '[' => {
                let mut inner = String::new();
                while let Some(c) = rest.next_if(|c| *c != ']') {
                    inner.push(c.to_ascii_lowercase());
                }
                rest.next();
                let length = |unit: char| !inner.is_empty() && inner.chars().all(|c| c == unit);
                found.length |= length('h') || length('m') || length('s');
            }
            '%' => found.percent = true,
            'e' if rest.next_if(|c| matches!(c, '+' | '-')).is_some() => {}
            'g' if rest.clone().take(6).collect::<String>().eq_ignore_ascii_case("eneral") => {
                rest.by_ref().take(6).for_each(drop);
            }
            'y' | 'd' | 'e' | 'g' | 'b' => found.day = true,
            'm' => found.month_or_minute = true,
            'h' | 's' => found.clock = true,
            _ => {}
        }
    }
    found.shown()
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a letter that was seen or not")]
struct Found {
    day: bool,
    clock: bool,
    length: bool,
    percent: bool,
    month_or_minute: bool,
}

impl Found {
    fn shown(&self) -> Shown {
        let Self { day, clock, length, percent, month_or_minute } = *self;
        if length {
            Shown::Time
        } else if day {
            Shown::Date { time: clock }
        } else if clock {
            Shown::Time
        } else if month_or_minute {
            Shown::Date { time: false }
        } else if percent {
            Shown::Percent
        } else {
            Shown::Number
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(custom("General"), Shown::Number);
        assert_eq!(custom("#,##0.00 [$€-407];[Red]-#,##0.00"), Shown::Number);
        assert_eq!(custom("\"days\" 0"), Shown::Number);
        assert_eq!(custom("0.00E+00"), Shown::Number);
        assert_eq!(custom("0\\d;yyyy"), Shown::Number);
        assert_eq!(custom("0.0 %"), Shown::Percent);
        assert_eq!(custom("0\"%\""), Shown::Number);
        assert_eq!(custom("[$-409]d-mmm-yy;@"), Shown::Date { time: false });
        assert_eq!(custom("dd.mm.yyyy hh:mm"), Shown::Date { time: true });
        assert_eq!(custom("mmm"), Shown::Date { time: false });
        assert_eq!(custom("mm:ss"), Shown::Time);
        assert_eq!(custom("[h]:mm"), Shown::Time);
        assert_eq!(custom("h:mm AM/PM"), Shown::Time);
        assert_eq!(custom("00000"), Shown::Digits(5));
    }
}
