//! What a text shows and claims, and what only looks like it.

use super::*;

fn reading(tag: &str, text: &str) -> Reading {
    Reading::new(text, Locale::find(tag).unwrap())
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

#[track_caller]
fn percent(tag: &str, text: &str, value: &str, shown: bool) {
    let found = reading(tag, text).shows(&Fact::Percent(decimal(value)));
    assert_eq!(found, shown, "{value} % in `{text}`");
}

#[track_caller]
fn money(tag: &str, text: &str, value: &str, currency: &str, shown: bool) {
    let found = reading(tag, text).shows(&Fact::Money(decimal(value), currency));
    assert_eq!(found, shown, "{value} {currency} in `{text}`");
}

#[track_caller]
fn day(tag: &str, text: &str, shown: bool) {
    let found = reading(tag, text).shows(&Fact::Day(vec![(2026, 11, 30), (2026, 12, 1)]));
    assert_eq!(found, shown, "30 November or 1 December 2026 in `{text}`");
}

#[test]
fn percentages_in_the_forms_people_write() {
    for text in ["30% off", "Save 30\u{a0}%", "-30 %", "get 30 percent", "30.0%", "(30%)"] {
        percent("en-US", text, "30", true);
    }
    for text in ["130% more", "30 off", "3 0%", "0.30%", "30", "30 dollars", "code GLOW30"] {
        percent("en-US", text, "30", false);
    }
    percent("fr-CA", "12,5\u{a0}% de rabais", "12.5", true);
    percent("fr-CA", "12.5 %", "12.5", true);
    percent("de-DE", "30 Prozent Rabatt", "30", true);
}

#[test]
fn amounts_with_their_sign_or_code_on_either_side() {
    for text in ["$25 off", "US$25", "25 USD", "USD 25", "25.00 dollars", "$25.00", "(25 $)"] {
        money("en-US", text, "25", "USD", true);
    }
    for text in ["25 off", "$125", "$25.50", "€25", "CA$25", "25 CAD", "$2 5", "25%"] {
        money("en-US", text, "25", "USD", false);
    }
    money("en-US", "Spend $1,234.50", "1234.5", "USD", true);
    money("fr-CA", "1\u{a0}234,50\u{a0}$", "1234.5", "CAD", true);
    money("fr-CA", "25 $ US", "25", "CAD", false);
    money("fr-CA", "25 $ US", "25", "USD", true);
    money("pl-PL", "25 zł", "25", "PLN", true);
    money("nl-NL", "€ 25", "25", "EUR", true);
    money("en-US", "CHF 19.90", "19.9", "CHF", true);
    money("ja-JP", "2,500円引き ¥2,500", "2500", "JPY", true);
}

#[test]
fn what_every_locale_writes_it_reads() {
    for locale in Locale::all() {
        let amount = decimal("1234.5");
        for currency in ["USD", "EUR", "CAD", "AED", "PLN", "CHF"] {
            let text = format!("x {} x", locale.money(amount, currency, 2));
            let shown = Reading::new(&text, locale).shows(&Fact::Money(amount, currency));
            assert!(shown, "{} {currency}: {text}", locale.tag());
        }
        let text = locale.percent(decimal("12.5"));
        assert!(Reading::new(&text, locale).shows(&Fact::Percent(decimal("12.5"))), "{text}");
        let at = jiff::civil::date(2026, 11, 30).at(23, 59, 0, 0);
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        for (name, style) in crate::locale::DateStyle::NAMES {
            let text = format!("x {} x", locale.date(&at, style));
            let shown = Reading::new(&text, locale).shows(&Fact::Day(vec![(2026, 11, 30)]));
            assert_eq!(shown, name != "time", "{} {name}: {text}", locale.tag());
        }
    }
}

#[test]
fn codes_letter_for_letter() {
    let shows = |text| reading("en-US", text).shows(&Fact::Code("GLOW30"));
    assert!(shows("Use GLOW30."));
    assert!(shows("code: \"GLOW30\""));
    for text in ["glow30", "GLOW300", "XGLOW30", "GLOW 30", ""] {
        assert!(!shows(text), "{text}");
    }
}

#[test]
fn days_in_the_forms_people_write() {
    for text in [
        "until November 30",
        "Nov 30, 2026",
        "NOVEMBER 30TH",
        "Nov. 30",
        "Monday, November 30, 11:59 PM",
        "30 November 2026",
        "2026-11-30",
        "11/30/2026",
        "11/30/26",
        "11/30",
        "November 27–30",
        "November 27-30, 2026",
        "December 1",
    ] {
        day("en-US", text, true);
    }
    for text in [
        "November 30, 2025",
        "November 3",
        "November 300",
        "November 29",
        "30/11/2026",
        "11/30/2027",
        "December 1:00 PM",
        "December 1%",
        "1130",
    ] {
        day("en-US", text, false);
    }
    for text in ["30 novembre", "jusqu'au 1er décembre 2026", "du 27 au 30 novembre", "27-30 nov."]
    {
        day("fr-CA", text, true);
    }
    for text in ["30. November", "30.11.2026", "27.–30. November", "1. Dez. 2026"] {
        day("de-DE", text, true);
    }
    day("en-GB", "30/11/2026", true);
    day("es-MX", "30 de noviembre de 2026", true);
    day("ja-JP", "2026年11月30日まで", true);
    day("ja-JP", "11月3日", false);
    day("he-IL", "עד 30 בנובמבר", true);
}

#[test]
fn terms_as_words_in_any_case() {
    let shows = |text| reading("en-US", text).shows(&Fact::Text("Terms of the offer"));
    assert!(shows("See the TERMS of the\n offer."));
    assert!(!shows("See the terms of the offers"));
}

fn claims(tag: &str, text: &str, known: &[&str]) -> Vec<String> {
    let facts = [
        Fact::Percent(decimal("30")),
        Fact::Money(decimal("25"), "USD"),
        Fact::Code("GLOW30"),
        Fact::Day(vec![(2026, 11, 30)]),
    ];
    reading(tag, text).claims(&facts, known).into_iter().map(|claim| claim.text).collect()
}

#[test]
fn claims_that_no_record_has_are_found() {
    assert_eq!(claims("en-US", "Get 25% off every serum", &[]), ["25% off"]);
    assert_eq!(claims("en-US", "Save 40%, ends May 3", &[]), ["Save 40%", "ends may 3"]);
    assert_eq!(claims("en-US", "$20 off with code GLOW25.", &[]), ["$20 off", "code GLOW25"]);
    assert_eq!(
        claims("en-US", "Until Tuesday, December 1, 2026!", &[]),
        ["until tuesday, december 1, 2026"]
    );
    assert_eq!(
        claims("fr-CA", "25 % de rabais jusqu'au 3 mai", &[]),
        ["25 % de rabais", "jusqu'au 3 mai"]
    );
    assert_eq!(
        claims("de-DE", "20 % Rabatt bis zum 3. Mai", &[]),
        ["20 % Rabatt", "bis zum 3. mai"]
    );
}

#[test]
fn what_is_true_or_something_else_is_no_claim() {
    for text in [
        "30% off until November 30 with code GLOW30, $25 off",
        "Up to 50% off elsewhere, an extra 10% off for members",
        "100% cotton, 5% of the price goes to charity",
        "Spend $60 and get a brush",
        "opens May 3; the code is shown at checkout",
        "CODE REQUIRED",
        "ends 5/3",
    ] {
        assert_eq!(claims("en-US", text, &[]), [""; 0], "{text}");
    }
    let terms = "A restocking fee applies: 25% off refunds. Offer ends May 3.";
    assert_eq!(claims("en-US", terms, &[terms]), [""; 0]);
    // A kind of fact that nobody asked for is not judged.
    assert!(reading("en-US", "25% off").claims(&[Fact::Code("X1")], &[]).is_empty());
}

#[test]
fn the_text_of_a_page_is_what_is_seen() {
    let html = "<!doctype html><head><title>50% off</title><style>p{}</style></head><body>\
        <div style=\"display: none\">preheader <div>70%</div> x</div><p hidden>60%</p>\
        <!-- 80% --><p>Save <b>30</b>% <i title=\"90%>\">now</i></p><p>1&nbsp;&lt;&#50;</p>a<br>b 3 < 4";
    assert_eq!(fold(&visible_text(html)), "Save 30% now 1 <2 a b 3 < 4");
}
