//! How people of a country write numbers, dates, yes and no. Declared for a table, never detected.

/// Which part of a date comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 27.11.2026
    DayFirst,
    /// 11/27/2026
    MonthFirst,
    /// 2026-11-27
    YearFirst,
}

impl DateOrder {
    /// Orders by the names that throughline.toml uses.
    pub const NAMES: [(&'static str, Self); 3] =
        [("dmy", Self::DayFirst), ("mdy", Self::MonthFirst), ("ymd", Self::YearFirst)];

    /// The name that throughline.toml uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
            Self::YearFirst => "ymd",
        }
    }
}

/// One way of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// BCP 47 tag, such as `de-DE`.
    pub tag: &'static str,
    /// Sign between whole and fraction.
    pub decimal: char,
    /// Sign between thousands. A space stands for every kind of space.
    pub group: char,
    /// Order of a date's parts.
    pub dates: DateOrder,
    /// Words for yes, lower case.
    pub yes: &'static [&'static str],
    /// Words for no, lower case.
    pub no: &'static [&'static str],
}

/// Words for yes and no that every table may use.
pub(super) const YES: &[&str] = &["yes", "true", "y", "1"];
pub(super) const NO: &[&str] = &["no", "false", "n", "0"];

type Words = &'static [&'static str];

const fn locale(
    tag: &'static str,
    decimal: char,
    group: char,
    dates: DateOrder,
    (yes, no): (Words, Words),
) -> Locale {
    Locale { tag, decimal, group, dates, yes, no }
}

use DateOrder::{DayFirst, MonthFirst, YearFirst};

const EN: (Words, Words) = (&[], &[]);
const DE: (Words, Words) = (&["ja", "wahr"], &["nein", "falsch"]);
const FR: (Words, Words) = (&["oui", "vrai"], &["non", "faux"]);
const ES: (Words, Words) = (&["sí", "si", "verdadero"], &["no", "falso"]);
const IT: (Words, Words) = (&["sì", "si", "vero"], &["no", "falso"]);
const NL: (Words, Words) = (&["ja", "waar"], &["nee", "onwaar"]);
const PT: (Words, Words) = (&["sim", "verdadeiro"], &["não", "nao", "falso"]);
const PL: (Words, Words) = (&["tak", "prawda"], &["nie", "fałsz"]);
const SV: (Words, Words) = (&["ja", "sant"], &["nej", "falskt"]);
const DA: (Words, Words) = (&["ja", "sand"], &["nej", "falsk"]);
const NB: (Words, Words) = (&["ja", "sann"], &["nei", "usann"]);
const FI: (Words, Words) = (&["kyllä", "tosi"], &["ei", "epätosi"]);
const CS: (Words, Words) = (&["ano", "pravda"], &["ne", "nepravda"]);

/// Number signs and date orders are those of CLDR 47; words are those that spreadsheets of the
/// language write for TRUE and FALSE, and plain yes and no.
pub(super) const LOCALES: &[Locale] = &[
    locale("cs-CZ", ',', ' ', DayFirst, CS),
    locale("da-DK", ',', '.', DayFirst, DA),
    locale("de-AT", ',', ' ', DayFirst, DE),
    locale("de-CH", '.', '’', DayFirst, DE),
    locale("de-DE", ',', '.', DayFirst, DE),
    locale("el-GR", ',', '.', DayFirst, (&["ναι"], &["όχι"])),
    locale("en-AU", '.', ',', DayFirst, EN),
    locale("en-CA", '.', ',', YearFirst, EN),
    locale("en-GB", '.', ',', DayFirst, EN),
    locale("en-IE", '.', ',', DayFirst, EN),
    locale("en-IN", '.', ',', DayFirst, EN),
    locale("en-NZ", '.', ',', DayFirst, EN),
    locale("en-US", '.', ',', MonthFirst, EN),
    locale("es-ES", ',', '.', DayFirst, ES),
    locale("es-MX", '.', ',', DayFirst, ES),
    locale("fi-FI", ',', ' ', DayFirst, FI),
    locale("fr-BE", ',', ' ', DayFirst, FR),
    locale("fr-CA", ',', ' ', YearFirst, FR),
    locale("fr-CH", ',', ' ', DayFirst, FR),
    locale("fr-FR", ',', ' ', DayFirst, FR),
    locale("hu-HU", ',', ' ', YearFirst, (&["igen", "igaz"], &["nem", "hamis"])),
    locale("it-IT", ',', '.', DayFirst, IT),
    locale("ja-JP", '.', ',', YearFirst, (&["はい"], &["いいえ"])),
    locale("nb-NO", ',', ' ', DayFirst, NB),
    locale("nl-BE", ',', '.', DayFirst, NL),
    locale("nl-NL", ',', '.', DayFirst, NL),
    locale("pl-PL", ',', ' ', DayFirst, PL),
    locale("pt-BR", ',', '.', DayFirst, PT),
    locale("pt-PT", ',', ' ', DayFirst, PT),
    locale("ro-RO", ',', '.', DayFirst, (&["da", "adevărat"], &["nu", "fals"])),
    locale("sk-SK", ',', ' ', DayFirst, (&["áno", "pravda"], &["nie", "nepravda"])),
    locale("sv-SE", ',', ' ', YearFirst, SV),
    locale("tr-TR", ',', '.', DayFirst, (&["evet", "doğru"], &["hayır", "yanlış"])),
    locale("zh-CN", '.', ',', YearFirst, (&["是"], &["否"])),
];

impl Locale {
    /// Finds a locale by its tag.
    pub fn find(tag: &str) -> Option<&'static Self> {
        LOCALES.iter().find(|one| one.tag == tag)
    }

    /// Every known tag.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        LOCALES.iter().map(|one| one.tag)
    }

    /// Whether a character separates thousands here.
    pub(super) fn groups(&self, one: char) -> bool {
        let spaces = matches!(one, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
        one == self.group || self.group == ' ' && spaces || self.group == '’' && one == '\''
    }
}
