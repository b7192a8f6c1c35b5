//! Calendar dates as days since 1970-01-01, in the proleptic Gregorian calendar.

/// Days of a year before each month, without a leap day.
const DAYS_BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/// Days from 0001-01-01 to 1970-01-01.
const EPOCH: i32 = 719_162;

/// The days of a date written `YYYY-MM-DD`; `None` for anything else.
pub(super) fn days(text: &str) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
    let year = number(&[y1, y2, y3, y4])?;
    let month = number(&[m1, m2])?;
    let day = number(&[d1, d2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let leap_day = i32::from(leap);
    let before = *DAYS_BEFORE.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let next = usize::try_from(month).ok().and_then(|next| DAYS_BEFORE.get(next));
    let length = next.unwrap_or(&365) - before + if month == 2 { leap_day } else { 0 };
    if year < 1 || !(1..=length).contains(&day) {
        return None;
    }
    let past = year - 1;
    let years = past * 365 + past / 4 - past / 100 + past / 400;
    Some(years + before + if month > 2 { leap_day } else { 0 } + day - 1 - EPOCH)
}

fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i32::from(digit - b'0'))
    })
}
