//! Dates: from the day numbers of a spreadsheet and from ISO text, to ISO text.
//!
//! Must not guess: a number that is no day is refused. No time zones, no clock.

use std::fmt::Write as _;

/// A day, and the second of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateTime {
    year: i64,
    month: u32,
    day: u32,
    second: u32,
}

/// Why a number is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDate {
    /// Excel takes 1900 for a leap year; its day 60 never was.
    Leap,
    /// Before the first or after the last day that spreadsheets know.
    Range,
}

const DAY: i64 = 86_400;
/// Days from 0000-03-01 to the day before the first of each system.
const BEFORE_1900: i64 = 693_900;
const BEFORE_1904: i64 = 695_361;

impl DateTime {
    /// From a day number with the time as its fraction, rounded to the nearest second.
    pub(super) fn from_serial(serial: f64, from_1904: bool) -> Result<Self, NoDate> {
        if !(0.0..2_958_466.0).contains(&serial) {
            return Err(NoDate::Range);
        }
        let whole = serial.floor();
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the range is checked above, and both numbers are whole"
        )]
        let seconds = whole as i64 * DAY + ((serial - whole) * 86_400.0).round() as i64;
        let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let day = match (from_1904, day) {
            (true, _) => day + BEFORE_1904,
            (false, 0) => return Err(NoDate::Range),
            (false, 60) => return Err(NoDate::Leap),
            (false, ..60) => day + BEFORE_1900,
            (false, _) => day + BEFORE_1900 - 1,
        };
        let (year, month, day) = civil(day);
        if year > 9999 {
            return Err(NoDate::Range);
        }
        Ok(Self { year, month, day, second: u32::try_from(second).unwrap_or(0) })
    }

    /// From `2026-11-27` or `2026-11-27T05:00:00.5`; says whether a time is written.
    pub(super) fn from_iso(text: &str) -> Option<(Self, bool)> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let [year, month, day] = split(date, '-')?;
        let length = date.len() == 10;
        let valid = (1..=9999).contains(&year) && (1..=12).contains(&month);
        if !length || !valid || day == 0 || day > month_length(year, month) {
            return None;
        }
        let Some(time) = time else {
            return Some((Self { year: i64::from(year), month, day, second: 0 }, false));
        };
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        let [hour, minute, second] = split(clock, ':')?;
        let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
        if clock.len() != 8 || hour > 23 || minute > 59 || second > 59 || !digits {
            return None;
        }
        let up = i64::from(fraction.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
        let second = i64::from(hour * 3600 + minute * 60 + second) + up;
        let days = days(i64::from(year), month, day) + second.div_euclid(DAY);
        let (year, month, day) = civil(days);
        let second = u32::try_from(second.rem_euclid(DAY)).unwrap_or(0);
        (year <= 9999).then_some((Self { year, month, day, second }, true))
    }

    /// Writes `2026-11-27`, with `T05:00` if `time` or if there is a time, with seconds if any.
    pub(super) fn write(self, time: bool, out: &mut String) {
        let Self { year, month, day, second } = self;
        let _ = write!(out, "{year:04}-{month:02}-{day:02}");
        if time || second > 0 {
            let _ = write!(out, "T{:02}:{:02}", second / 3600, second / 60 % 60);
            if second % 60 > 0 {
                let _ = write!(out, ":{:02}", second % 60);
            }
        }
    }
}

fn split(text: &str, at: char) -> Option<[u32; 3]> {
    let mut parts = text.split(at).map(|part| {
        let digits = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    });
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

fn month_length(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 0000-03-01, in the calendar of today.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let (month, day) = (i64::from(month), i64::from(day));
    let year = if month > 2 { year } else { year - 1 };
    let shifted = (month + 9) % 12;
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * shifted + 2) / 5
        + day
        - 1
}

/// The inverse of [`days`]: year, month, day.
fn civil(days: i64) -> (i64, u32, u32) {
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(serial: f64, from_1904: bool) -> String {
        let mut out = String::new();
        match DateTime::from_serial(serial, from_1904) {
            Ok(date) => date.write(false, &mut out),
            Err(why) => out = format!("{why:?}"),
        }
        out
    }

    #[test]
    fn serials() {
        assert_eq!(shown(1.0, false), "1900-01-01");
        assert_eq!(shown(59.0, false), "1900-02-28");
        assert_eq!(shown(60.0, false), "Leap");
        assert_eq!(shown(59.999_999, false), "Leap");
        assert_eq!(shown(61.0, false), "1900-03-01");
        assert_eq!(shown(46_353.208_333_333_336, false), "2026-11-27T05:00");
        assert_eq!(shown(44_891.0, true), "2026-11-27");
        assert_eq!(shown(0.0, true), "1904-01-01");
        assert_eq!(shown(0.5, false), "Range");
        assert_eq!(shown(-1.0, false), "Range");
        assert_eq!(shown(f64::NAN, false), "Range");
        assert_eq!(shown(2_958_465.999_999, false), "Range");
        assert_eq!(shown(2_958_465.0, false), "9999-12-31");
    }

    #[test]
    fn iso() {
        let shown = |text| {
            DateTime::from_iso(text).map(|(date, time)| {
                let mut out = String::new();
                date.write(time, &mut out);
                out
            })
        };
        assert_eq!(shown("2026-11-27").as_deref(), Some("2026-11-27"));
        assert_eq!(shown("2026-11-27T00:00:00").as_deref(), Some("2026-11-27T00:00"));
        assert_eq!(shown("2026-12-31T23:59:59.7").as_deref(), Some("2027-01-01T00:00"));
        assert_eq!(shown("2026-02-29"), None);
        assert_eq!(shown("26-02-2"), None);
    }
}
