//! The days on which a placement is shown: its own flight, or its window.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::Span;
use crate::resolve::{Facts, Placement};
use crate::source::Documents;

/// First and last day, `YYYY-MM-DD`.
type Days = [String; 2];

/// The days of all windows, and of hand-picked rows that have their own.
#[derive(Debug)]
pub(super) struct Flights {
    /// By brief and window.
    windows: Vec<Vec<Days>>,
    /// Instants by the cell of the row's slot.
    own: BTreeMap<Span, [Option<Timestamp>; 2]>,
}

impl Flights {
    pub(super) fn new(documents: &Documents) -> Self {
        let windows = documents.briefs.iter().map(|brief| {
            let days = brief.windows.iter().map(|window| {
                [first_day(window.opens, &brief.zone), last_day(window.closes, &brief.zone)]
            });
            days.collect()
        });
        Self { windows: windows.collect(), own: own_flights(documents).unwrap_or_default() }
    }

    /// The first and the last day of a placement; empty where they are not known.
    pub(super) fn days(
        &self,
        documents: &Documents,
        facts: &Facts,
        placement: &Placement,
    ) -> Option<[Cow<'_, str>; 2]> {
        let campaign = facts.campaigns.get(placement.campaign)?;
        let window = campaign.assets.get(placement.asset)?.window;
        let of_window = self.windows.get(campaign.brief)?.get(window)?;
        let mut days = of_window.each_ref().map(|day| Cow::Borrowed(day.as_str()));
        if let Some(own) = self.own.get(&placement.decided.slot) {
            let zone = &documents.briefs.get(campaign.brief)?.zone;
            let [first, last] = &mut days;
            if let [Some(start), _] = own {
                *first = first_day(*start, zone).into();
            }
            if let [_, Some(end)] = own {
                *last = last_day(*end, zone).into();
            }
        }
        Some(days)
    }
}

fn own_flights(documents: &Documents) -> Option<BTreeMap<Span, [Option<Timestamp>; 2]>> {
    let table = documents.tables.get("placements")?;
    let slot = table.column("slot")?;
    let columns = ["flight_start", "flight_end"].map(|name| table.column(name));
    let flights = table.records.iter().map(|record| {
        let flight = columns.map(|column| column.and_then(|at| record.value(at).as_instant()));
        (record.span(slot), flight)
    });
    Some(flights.filter(|(_, flight)| flight.iter().any(Option::is_some)).collect())
}

fn first_day(start: Timestamp, zone: &TimeZone) -> String {
    start.to_zoned(zone.clone()).date().to_string()
}

/// What ends at midnight was shown for the last time on the day before.
fn last_day(end: Timestamp, zone: &TimeZone) -> String {
    first_day(end.checked_sub(1.nanosecond()).unwrap_or(end), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_and_midnight_belongs_to_the_day_before() {
        let zone = crate::model::zone("America/New_York").unwrap();
        let instant = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(first_day(instant("2026-11-27T04:59:00Z"), &zone), "2026-11-26");
        assert_eq!(first_day(instant("2026-11-27T05:00:00Z"), &zone), "2026-11-27");
        assert_eq!(last_day(instant("2026-11-28T05:00:00Z"), &zone), "2026-11-27");
        assert_eq!(last_day(instant("2026-11-28T04:59:00Z"), &zone), "2026-11-27");
    }
}
