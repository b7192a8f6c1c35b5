//! Forms in which people of each locale write amounts and dates.

use super::*;
use jiff::Zoned;
use jiff::civil::date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

fn at(month: i8, day: i8, hour: i8) -> Zoned {
    date(2026, month, day).at(hour, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap()
}

fn money(tag: &str, amount: &str, currency: &str) -> String {
    let amount = Decimal::from_str_exact(amount).unwrap();
    Locale::find(tag).unwrap().money(amount, currency, 2).replace('\u{a0}', "~")
}

fn written(tag: &str, style: DateStyle) -> String {
    Locale::find(tag).unwrap().date(&at(11, 27, 17), style).replace('\u{a0}', "~")
}

#[test]
fn tags_are_canonical_sorted_and_told_apart_as_slugs() {
    let tags: Vec<_> = Locale::all().map(Locale::tag).collect();
    let mut sorted = tags.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(tags, sorted);
    assert!(tags.contains(&Locale::usual().tag()));
    assert_eq!(Locale::find("fr-CA").unwrap().slug(), "fr-ca");
    assert_eq!(Locale::find("fr-CA").unwrap().language(), "fr");
    assert!(Locale::find("fr-ca").is_none());
    assert!(Locale::find("").is_none());
}

#[test]
fn money_has_the_signs_of_the_locale() {
    assert_eq!(money("en-US", "25.00", "USD"), "$25");
    assert_eq!(money("en-US", "25.5", "USD"), "$25.50");
    assert_eq!(money("en-US", "12345.5", "USD"), "$12,345.50");
    assert_eq!(money("en-US", "19.9", "CHF"), "CHF 19.90");
    assert_eq!(money("en-CA", "25", "USD"), "US$25");
    assert_eq!(money("fr-CA", "1234.5", "CAD"), "1~234,50~$");
    assert_eq!(money("fr-CA", "25", "USD"), "25~$~US");
    assert_eq!(money("de-DE", "1234", "EUR"), "1.234~€");
    assert_eq!(money("es-ES", "1234", "EUR"), "1234~€");
    assert_eq!(money("es-ES", "12345", "EUR"), "12.345~€");
    assert_eq!(money("nl-NL", "25", "EUR"), "€~25");
    assert_eq!(money("pt-BR", "25", "BRL"), "R$~25");
    assert_eq!(money("pl-PL", "25", "PLN"), "25~zł");
    assert_eq!(money("ja-JP", "2500", "JPY"), "¥2,500");
    assert_eq!(money("he-IL", "25", "ILS"), "25~₪");
}

#[test]
fn a_percentage_loses_zeros_and_keeps_its_fraction() {
    let percent = |tag, value| {
        let value = Decimal::from_str_exact(value).unwrap();
        Locale::find(tag).unwrap().percent(value).replace('\u{a0}', "~")
    };
    assert_eq!(percent("en-US", "30.0"), "30%");
    assert_eq!(percent("en-US", "12.5"), "12.5%");
    assert_eq!(percent("fr-CA", "12.50"), "12,5~%");
}

#[test]
fn dates_are_in_the_order_of_the_locale() {
    let dates = |tag| DateStyle::NAMES.map(|(_, style)| written(tag, style)).join(" | ");
    assert_eq!(
        dates("en-US"),
        "November 27 | November 27, 2026 | 11/27/2026 | 5:05 PM | Friday, November 27"
    );
    assert_eq!(
        dates("en-GB"),
        "27 November | 27 November 2026 | 27/11/2026 | 17:05 | Friday, 27 November"
    );
    assert_eq!(
        dates("fr-CA"),
        "27 novembre | 27 novembre 2026 | 2026-11-27 | 17~h~05 | vendredi 27 novembre"
    );
    assert_eq!(
        dates("de-DE"),
        "27. November | 27. November 2026 | 27.11.2026 | 17:05 | Freitag, 27. November"
    );
    assert_eq!(
        dates("es-MX"),
        "27 de noviembre | 27 de noviembre de 2026 | 27/11/2026 | 17:05 | viernes, 27 de noviembre"
    );
    assert_eq!(dates("ja-JP"), "11月27日 | 2026年11月27日 | 2026/11/27 | 17:05 | 金曜日 11月27日");
    assert_eq!(
        dates("he-IL"),
        "27 בנובמבר | 27 בנובמבר 2026 | 27.11.2026 | 17:05 | יום שישי, 27 בנובמבר"
    );
}

#[test]
fn the_first_of_a_month_is_written_as_people_say_it() {
    let first = |tag, style| Locale::find(tag).unwrap().date(&at(12, 1, 0), style);
    assert_eq!(first("fr-FR", DateStyle::Long), "1er décembre 2026");
    assert_eq!(first("pt-BR", DateStyle::Day), "1º de dezembro");
    assert_eq!(first("es-MX", DateStyle::Numeric), "01/12/2026");
    assert_eq!(first("en-US", DateStyle::Time), "12:05 AM");
}

#[test]
fn strftime_has_the_names_of_the_locale_and_nothing_else_changes() {
    let show = |tag: &str, format: &str| {
        Locale::find(tag).unwrap().strftime(format, &at(11, 7, 5)).unwrap()
    };
    for format in ["%A, %B %-d, %Y %-I:%M %p", "%a %b %e", "100%% %^B %H", "%h"] {
        let own = jiff::fmt::strtime::format(format, &at(11, 7, 5)).unwrap();
        assert_eq!(show("en-US", format), own, "{format}");
    }
    assert_eq!(show("fr-CA", "%A %-d %B %Y, 100%%"), "samedi 7 novembre 2026, 100%");
    assert_eq!(show("fr-CA", "%^B"), "NOVEMBRE");
    assert_eq!(show("fr-CA", "%a %b"), "sam. nov.");
    assert!(Locale::usual().strftime("%", &at(11, 7, 5)).is_err());
    assert!(Locale::usual().strftime("%é", &at(11, 7, 5)).is_err());
}

#[test]
fn right_to_left_is_said() {
    let rtl: Vec<_> = Locale::all()
        .filter(|one| one.direction() == Direction::RightToLeft)
        .map(Locale::tag)
        .collect();
    assert_eq!(rtl, ["ar-AE", "he-IL"]);
    assert_eq!(Direction::RightToLeft.as_str(), "rtl");
}
