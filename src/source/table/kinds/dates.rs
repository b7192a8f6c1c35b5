//! Dates and times. Another order than year, month, day is declared, never guessed.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::TimeZone;

use super::{CellContext, Fault, Reading};
use crate::diag::Code;
use crate::model::{LocalTimeFault, parse_datetime, parse_local};
use crate::source::table::findings::Normalised;
use crate::source::table::{Column, DateOrder, DayEdge};

pub(super) fn datetime(
    column: &Column,
    text: &str,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<i64, Fault> {
    let zone = reading.zone;
    match parse_datetime(text, zone) {
        Ok(instant) if instant.subsec_nanosecond() == 0 => {
            return Ok(instant.as_second());
        }
        Ok(_) => return Err(bad(text, "has fractions of a second").help("write whole seconds")),
        Err(fault @ (LocalTimeFault::Gap | LocalTimeFault::Fold)) => {
            return Err(impossible(text, fault, zone));
        }
        Err(LocalTimeFault::Form) => {}
    }
    // `2026-11-27 05:00`, as spreadsheets and databases write it.
    if text.as_bytes().get(10) == Some(&b' ') && text.as_bytes().get(4) == Some(&b'-') {
        let joined = text.replacen(' ', "T", 1);
        match parse_datetime(&joined, zone) {
            Ok(instant) if instant.subsec_nanosecond() == 0 => {
                context.note(Normalised::Date);
                return Ok(instant.as_second());
            }
            Err(fault @ (LocalTimeFault::Gap | LocalTimeFault::Fold)) => {
                return Err(impossible(text, fault, zone));
            }
            _ => {}
        }
    }
    let Some(written) = Written::split(text) else { return Err(unreadable(text)) };
    let (day, time) = written.resolve(text, reading)?;
    let Some(time) = time else { return whole_day(column, text, day, reading, context) };
    context.note(Normalised::Date);
    in_zone(text, day.to_datetime(time), zone)
}

fn in_zone(text: &str, local: DateTime, zone: &TimeZone) -> Result<i64, Fault> {
    match parse_local(local, zone) {
        Ok(instant) => Ok(instant.as_second()),
        Err(fault) => Err(impossible(text, fault, zone)),
    }
}

fn whole_day(
    column: &Column,
    text: &str,
    day: Date,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<i64, Fault> {
    let (time, name) = match column.day {
        DayEdge::Start => (Time::midnight(), "00:00"),
        DayEdge::End => (Time::constant(23, 59, 59, 0), "23:59:59"),
    };
    if reading.dialect.whole_days != Some(true) {
        return Err(bad(text, "has no time").help(format!(
            "write `{day}T{name}`, or declare `days = \"whole\"` for the file if days are meant"
        )));
    }
    context.note(Normalised::WholeDay);
    in_zone(text, day.to_datetime(time), reading.zone)
}

fn bad(text: &str, message: &str) -> Fault {
    Fault::new(Code::BadDatetime, format!("`{text}` {message}"))
}

fn impossible(text: &str, fault: LocalTimeFault, zone: &TimeZone) -> Fault {
    let name = zone.iana_name().unwrap_or("the workspace's zone");
    match fault {
        LocalTimeFault::Form => unreadable(text),
        LocalTimeFault::Gap => bad(text, &format!("is skipped when clocks go forward in {name}"))
            .help("choose another time, or add an offset such as -05:00"),
        LocalTimeFault::Fold => bad(text, &format!("comes twice when clocks go back in {name}"))
            .help("add the offset that is meant, such as -04:00"),
    }
}

/// Says what a text that is no date may have been.
fn unreadable(text: &str) -> Fault {
    let fault = bad(text, "is not a date and time");
    if text
        .get(10..)
        .is_some_and(|time| time.starts_with(['T', ' ']) && time.get(1..6) == Some("24:00"))
    {
        let next = text.get(..10).and_then(|day| day.parse::<Date>().ok()?.tomorrow().ok());
        return match next {
            Some(next) => fault.help(format!("midnight begins the next day: write `{next}T00:00`")),
            None => fault,
        };
    }
    if let Some(day) = serial(text) {
        return fault.help(format!(
            "as a spreadsheet's number it would be {day}: format the column as a date, and save again"
        ));
    }
    fault.help("write it as 2026-11-27T05:00")
}

/// The day of a spreadsheet's serial number, counted from 1899-12-30.
fn serial(text: &str) -> Option<Date> {
    let days: i64 = text.split(['.', ',']).next()?.parse().ok()?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    let first = date(1899, 12, 30);
    if digits && (20_000..80_000).contains(&days) {
        first.checked_add(jiff::Span::new().days(days)).ok()
    } else {
        None
    }
}

/// A date in numbers, as it was written.
struct Written {
    parts: [(u16, usize); 3],
    time: Option<Result<Time, ()>>,
}

impl Written {
    /// `27.11.2026`, `11/27/2026 5:00 PM`, `2026-11-27`.
    fn split(text: &str) -> Option<Self> {
        let (day, time) = match text.split_once([' ', 'T']) {
            Some((day, time)) => (day, Some(time.trim())),
            None => (text, None),
        };
        let day = day.trim_end_matches(',');
        let mark = ['.', '/', '-'].into_iter().find(|mark| day.contains(*mark))?;
        let mut parts = day.split(mark).map(|part| {
            let digits = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse().ok().map(|number: u16| (number, part.len())) } else { None }
        });
        let parts = [parts.next()??, parts.next()??, parts.next()??];
        let exact = day.split(mark).count() == 3;
        exact.then(|| Self { parts, time: time.map(read_time) })
    }

    /// The day in the declared order, and the time if one is written.
    fn resolve(&self, text: &str, reading: Reading<'_>) -> Result<(Date, Option<Time>), Fault> {
        let [(a, a_length), (b, _), (c, c_length)] = self.parts;
        let time = match self.time {
            None => None,
            Some(Ok(time)) => Some(time),
            Some(Err(())) => return Err(unreadable(text)),
        };
        if a_length == 4 {
            return to_date(a, b, c).map(|day| (day, time)).ok_or_else(|| unreadable(text));
        }
        if c_length != 4 {
            return Err(
                bad(text, "has a year of two digits").help("write all four: 2026-11-27T05:00")
            );
        }
        let Some(order) = reading.dialect.date_order() else {
            return Err(undeclared(text, (a, b, c)));
        };
        let (day, month) = match order {
            DateOrder::DayFirst => (a, b),
            DateOrder::MonthFirst => (b, a),
            DateOrder::YearFirst => return Err(mixed(text, order)),
        };
        if let Some(found) = to_date(c, month, day) {
            return Ok((found, time));
        }
        let other = to_date(c, day, month).is_some();
        Err(if other { mixed(text, order) } else { unreadable(text) })
    }
}

fn to_date(year: u16, month: u16, day: u16) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `5:00`, `05:00:00`, `5:00 PM`.
fn read_time(text: &str) -> Result<Time, ()> {
    let upper = text.to_ascii_uppercase().replace('.', "");
    let (clock, half) = match upper.strip_suffix("PM").or(upper.strip_suffix("AM")) {
        Some(clock) => (clock.trim_end(), Some(upper.ends_with("PM"))),
        None => (text, None),
    };
    let mut parts = clock.split(':').map(str::parse::<i8>);
    let hour = parts.next().and_then(Result::ok).ok_or(())?;
    let minute = parts.next().and_then(Result::ok).ok_or(())?;
    let second = parts.next().transpose().map_err(drop)?.unwrap_or(0);
    if parts.next().is_some() {
        return Err(());
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return Err(()),
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
    };
    Time::new(hour, minute, second, 0).map_err(drop)
}

/// A date whose order nobody has declared.
fn undeclared(text: &str, (a, b, year): (u16, u16, u16)) -> Fault {
    let [european, american] = [to_date(year, b, a), to_date(year, a, b)];
    let fault = |message: String| Fault::new(Code::AmbiguousDate, message);
    match (european, american) {
        (Some(first), Some(second)) if first != second => fault(format!(
            "`{text}` can mean {first} or {second}"
        ))
        .help(
            "declare `dates = \"dmy\"` or `dates = \"mdy\"` for the file, or write the year first",
        ),
        (Some(day), _) => fault(format!("`{text}` is a date in an order that is not declared"))
            .help(format!("declare `dates = \"dmy\"` for the file, or write `{day}T05:00`")),
        (None, Some(day)) => fault(format!("`{text}` is a date in an order that is not declared"))
            .help(format!("declare `dates = \"mdy\"` for the file, or write `{day}T05:00`")),
        (None, None) => unreadable(text),
    }
}

fn mixed(text: &str, order: DateOrder) -> Fault {
    let message = format!("`{text}` is in another order than the declared `{}`", order.as_str());
    Fault::new(Code::AmbiguousDate, message)
        .help("write it in the declared order, or with the year first: 2026-11-27T05:00")
}
