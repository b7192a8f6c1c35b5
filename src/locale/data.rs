//! What is known of each locale: its signs and orders. Written down by us, and closed.

use super::words::{
    ARABIC, DANISH, DAY_MONTH_ENGLISH, DUTCH, ENGLISH, FRENCH, GERMAN, HEBREW, ITALIAN, JAPANESE,
    POLISH, PORTUGUESE, SPANISH, SWEDISH, Words,
};
use super::{Direction, Locale};

/// Keeps a number and its sign on one line.
const SPACE: &str = "\u{a0}";

/// How a country writes numbers, numeric dates and times.
pub(super) struct Signs {
    pub(super) decimal: char,
    pub(super) group: char,
    /// Whole numbers of fewer digits are not grouped.
    pub(super) group_from: usize,
    /// A numeric date: `d`, `m`, `dd`, `mm` and `yyyy` in braces.
    pub(super) numeric: &'static str,
    /// A time: `h`, `hh`, `h12`, `mm` and `ampm` in braces.
    pub(super) time: &'static str,
    /// Its own currency, and the sign for it.
    pub(super) own: (&'static str, &'static str),
    /// The sign of US dollars.
    pub(super) dollar: &'static str,
    /// What stands between a sign in front and its amount; `None` where signs stand behind.
    pub(super) before: Option<&'static str>,
    /// What stands between a percentage and its sign.
    pub(super) percent: &'static str,
}

const AMERICAN: Signs = Signs {
    decimal: '.',
    group: ',',
    group_from: 4,
    numeric: "{m}/{d}/{yyyy}",
    time: "{h12}:{mm} {ampm}",
    own: ("USD", "$"),
    dollar: "$",
    before: Some(""),
    percent: "",
};

const BRITISH: Signs = Signs {
    numeric: "{dd}/{mm}/{yyyy}",
    time: "{hh}:{mm}",
    own: ("GBP", "£"),
    dollar: "US$",
    ..AMERICAN
};

const GERMAN_SIGNS: Signs = Signs {
    decimal: ',',
    group: '.',
    group_from: 4,
    numeric: "{dd}.{mm}.{yyyy}",
    time: "{hh}:{mm}",
    own: ("EUR", "€"),
    dollar: "$",
    before: None,
    percent: SPACE,
};

const FRENCH_SIGNS: Signs = Signs {
    group: '\u{a0}',
    numeric: "{dd}/{mm}/{yyyy}",
    time: "{hh}:{mm}",
    dollar: "$US",
    ..GERMAN_SIGNS
};

const SPANISH_SIGNS: Signs = Signs {
    group_from: 5,
    numeric: "{d}/{m}/{yyyy}",
    time: "{h}:{mm}",
    dollar: "US$",
    ..GERMAN_SIGNS
};

type Row = (&'static str, Direction, &'static Words, Signs);

const LTR: Direction = Direction::LeftToRight;
const RTL: Direction = Direction::RightToLeft;

const fn locale((tag, direction, words, signs): Row) -> Locale {
    Locale { tag, direction, words, signs }
}

/// Every locale, in the order of the tags.
pub(super) static ALL: [Locale; 19] = [
    locale((
        "ar-AE",
        RTL,
        &ARABIC,
        Signs {
            numeric: "{d}/{m}/{yyyy}",
            own: ("AED", "د.إ."),
            dollar: "US$",
            before: None,
            ..AMERICAN
        },
    )),
    locale((
        "da-DK",
        LTR,
        &DANISH,
        Signs { time: "{hh}.{mm}", own: ("DKK", "kr."), ..GERMAN_SIGNS },
    )),
    locale(("de-DE", LTR, &GERMAN, GERMAN_SIGNS)),
    locale((
        "en-AU",
        LTR,
        &DAY_MONTH_ENGLISH,
        Signs { time: "{h12}:{mm} {ampm}", own: ("AUD", "$"), ..BRITISH },
    )),
    locale((
        "en-CA",
        LTR,
        &ENGLISH,
        Signs { numeric: "{yyyy}-{mm}-{dd}", own: ("CAD", "$"), dollar: "US$", ..AMERICAN },
    )),
    locale(("en-GB", LTR, &DAY_MONTH_ENGLISH, BRITISH)),
    locale(("en-US", LTR, &ENGLISH, AMERICAN)),
    locale(("es-ES", LTR, &SPANISH, SPANISH_SIGNS)),
    locale((
        "es-MX",
        LTR,
        &SPANISH,
        Signs {
            numeric: "{dd}/{mm}/{yyyy}",
            time: "{hh}:{mm}",
            own: ("MXN", "$"),
            dollar: "USD",
            ..AMERICAN
        },
    )),
    locale(("es-US", LTR, &SPANISH, Signs { numeric: "{d}/{m}/{yyyy}", ..AMERICAN })),
    locale((
        "fr-CA",
        LTR,
        &FRENCH,
        Signs {
            numeric: "{yyyy}-{mm}-{dd}",
            time: "{h}\u{a0}h\u{a0}{mm}",
            own: ("CAD", "$"),
            dollar: "$\u{a0}US",
            ..FRENCH_SIGNS
        },
    )),
    locale(("fr-FR", LTR, &FRENCH, FRENCH_SIGNS)),
    locale((
        "he-IL",
        RTL,
        &HEBREW,
        Signs {
            numeric: "{d}.{m}.{yyyy}",
            time: "{h}:{mm}",
            own: ("ILS", "₪"),
            before: None,
            ..AMERICAN
        },
    )),
    locale((
        "it-IT",
        LTR,
        &ITALIAN,
        Signs { numeric: "{dd}/{mm}/{yyyy}", dollar: "USD", percent: "", ..GERMAN_SIGNS },
    )),
    locale((
        "ja-JP",
        LTR,
        &JAPANESE,
        Signs { numeric: "{yyyy}/{mm}/{dd}", time: "{h}:{mm}", own: ("JPY", "¥"), ..AMERICAN },
    )),
    locale((
        "nl-NL",
        LTR,
        &DUTCH,
        Signs {
            numeric: "{dd}-{mm}-{yyyy}",
            dollar: "US$",
            before: Some(SPACE),
            percent: "",
            ..GERMAN_SIGNS
        },
    )),
    locale((
        "pl-PL",
        LTR,
        &POLISH,
        Signs {
            group: '\u{a0}',
            group_from: 5,
            own: ("PLN", "zł"),
            dollar: "USD",
            percent: "",
            ..GERMAN_SIGNS
        },
    )),
    locale((
        "pt-BR",
        LTR,
        &PORTUGUESE,
        Signs {
            numeric: "{dd}/{mm}/{yyyy}",
            own: ("BRL", "R$"),
            dollar: "US$",
            before: Some(SPACE),
            percent: "",
            ..GERMAN_SIGNS
        },
    )),
    locale((
        "sv-SE",
        LTR,
        &SWEDISH,
        Signs {
            group: '\u{a0}',
            numeric: "{yyyy}-{mm}-{dd}",
            own: ("SEK", "kr"),
            dollar: "US$",
            ..GERMAN_SIGNS
        },
    )),
];
