//! Reading instants. Every instant has a zone; none comes from a clock.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Why a local time is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTimeFault {
    /// It is not `YYYY-MM-DDTHH:MM[:SS]`.
    Form,
    /// Clocks skip it when summer time begins.
    Gap,
    /// Clocks show it twice when summer time ends.
    Fold,
}

/// Finds an IANA zone in the compiled-in data.
pub fn zone(name: &str) -> Option<TimeZone> {
    // `get` also accepts other spellings; the canonical one keeps output stable.
    let found = TimeZone::get(name).ok()?;
    (found.iana_name() == Some(name)).then_some(found)
}

/// Reads `2026-11-27T05:00` as local time in `zone`, or with an offset as it stands.
pub fn parse_datetime(text: &str, zone: &TimeZone) -> Result<Timestamp, LocalTimeFault> {
    let dated = text.as_bytes().get(10).is_some_and(|byte| *byte == b'T');
    if !dated {
        return Err(LocalTimeFault::Form);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local: DateTime = text.parse().map_err(|_| LocalTimeFault::Form)?;
    parse_local(local, zone)
}

/// An instant as its zone's clocks show it, with the offset.
pub fn rfc3339(instant: Timestamp, zone: &TimeZone) -> String {
    instant.display_with_offset(zone.to_offset(instant)).to_string()
}

/// Places a local time in its zone; gaps and folds are refused, never guessed.
pub fn parse_local(local: DateTime, zone: &TimeZone) -> Result<Timestamp, LocalTimeFault> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => {
            offset.to_timestamp(local).map_err(|_| LocalTimeFault::Form)
        }
        AmbiguousOffset::Gap { .. } => Err(LocalTimeFault::Gap),
        AmbiguousOffset::Fold { .. } => Err(LocalTimeFault::Fold),
    }
}
