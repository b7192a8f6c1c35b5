//! Lengths of time and instants as people read them, each with its zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::rfc3339;

/// `3d 2h`, `1h 40m`, `31m`, `45s`: the two largest units, without a sign.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest}s"),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, 0) => format!("{hours}h"),
        (0, hours, minutes) => format!("{hours}h {minutes:02}m"),
        (days, 0, _) => format!("{days}d"),
        (days, hours, _) => format!("{days}d {hours}h"),
    }
}

/// RFC 3339 with the zone's offset.
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    rfc3339(at, zone)
}

/// `Wed 25 Nov 18:00 EST`.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M %Z").to_string()
}

/// Seconds from one instant to another.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}
