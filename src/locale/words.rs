//! What each language calls its months and weekdays, and how it puts a date together.

/// How a language names months and weekdays, and how a date is put together from them.
pub(super) struct Words {
    /// January first, as they stand in a date.
    pub(super) months: [&'static str; 12],
    /// The same, short.
    pub(super) months_short: [&'static str; 12],
    /// Sunday first.
    pub(super) weekdays: [&'static str; 7],
    /// The same, short.
    pub(super) weekdays_short: [&'static str; 7],
    /// The first of a month, where it is not a plain 1.
    pub(super) first: &'static str,
    /// What stands in front of the month in a date.
    pub(super) day: &'static str,
    /// The day and its month and year.
    pub(super) long: &'static str,
    /// Between a weekday and its date.
    pub(super) after_weekday: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    weekdays: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    weekdays_short: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    first: "1",
    day: "{month} {d}",
    long: "{month} {d}, {yyyy}",
    after_weekday: ", ",
};

pub(super) const DAY_MONTH_ENGLISH: Words =
    Words { day: "{d} {month}", long: "{d} {month} {yyyy}", ..ENGLISH };

pub(super) const FRENCH: Words = Words {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    months_short: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    weekdays: ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
    weekdays_short: ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
    first: "1er",
    day: "{d} {month}",
    long: "{d} {month} {yyyy}",
    after_weekday: " ",
};

pub(super) const GERMAN: Words = Words {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    months_short: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
        "Dez.",
    ],
    weekdays: ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
    weekdays_short: ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"],
    first: "1",
    day: "{d}. {month}",
    long: "{d}. {month} {yyyy}",
    after_weekday: ", ",
};

pub(super) const SPANISH: Words = Words {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    months_short: [
        "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
    ],
    weekdays: ["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
    weekdays_short: ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"],
    first: "1",
    day: "{d} de {month}",
    long: "{d} de {month} de {yyyy}",
    after_weekday: ", ",
};

pub(super) const ITALIAN: Words = Words {
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    months_short: [
        "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic",
    ],
    weekdays: ["domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"],
    weekdays_short: ["dom", "lun", "mar", "mer", "gio", "ven", "sab"],
    first: "1",
    day: "{d} {month}",
    long: "{d} {month} {yyyy}",
    after_weekday: " ",
};

pub(super) const DUTCH: Words = Words {
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    months_short: [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ],
    weekdays: ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
    weekdays_short: ["zo", "ma", "di", "wo", "do", "vr", "za"],
    first: "1",
    day: "{d} {month}",
    long: "{d} {month} {yyyy}",
    after_weekday: " ",
};

pub(super) const PORTUGUESE: Words = Words {
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    months_short: [
        "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez",
    ],
    weekdays: [
        "domingo",
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
    ],
    weekdays_short: ["dom", "seg", "ter", "qua", "qui", "sex", "sáb"],
    first: "1º",
    day: "{d} de {month}",
    long: "{d} de {month} de {yyyy}",
    after_weekday: ", ",
};

pub(super) const SWEDISH: Words = Words {
    months: [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    months_short: [
        "jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec",
    ],
    weekdays: ["söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"],
    weekdays_short: ["sön", "mån", "tis", "ons", "tors", "fre", "lör"],
    first: "1",
    day: "{d} {month}",
    long: "{d} {month} {yyyy}",
    after_weekday: " ",
};

pub(super) const POLISH: Words = Words {
    months: [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    months_short: [
        "sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru",
    ],
    weekdays: ["niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"],
    weekdays_short: ["niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."],
    first: "1",
    day: "{d} {month}",
    long: "{d} {month} {yyyy}",
    after_weekday: ", ",
};

pub(super) const ARABIC: Words = Words {
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    months_short: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    weekdays: ["الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"],
    weekdays_short: ["الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"],
    first: "1",
    day: "{d} {month}",
    long: "{d} {month} {yyyy}",
    after_weekday: "، ",
};

pub(super) const HEBREW: Words = Words {
    months: [
        "ינואר",
        "פברואר",
        "מרץ",
        "אפריל",
        "מאי",
        "יוני",
        "יולי",
        "אוגוסט",
        "ספטמבר",
        "אוקטובר",
        "נובמבר",
        "דצמבר",
    ],
    months_short: [
        "ינו׳", "פבר׳", "מרץ", "אפר׳", "מאי", "יוני", "יולי", "אוג׳", "ספט׳", "אוק׳", "נוב׳",
        "דצמ׳",
    ],
    weekdays: [
        "יום ראשון",
        "יום שני",
        "יום שלישי",
        "יום רביעי",
        "יום חמישי",
        "יום שישי",
        "יום שבת",
    ],
    weekdays_short: ["יום א׳", "יום ב׳", "יום ג׳", "יום ד׳", "יום ה׳", "יום ו׳", "שבת"],
    first: "1",
    day: "{d} ב{month}",
    long: "{d} ב{month} {yyyy}",
    after_weekday: ", ",
};

pub(super) const DANISH: Words = Words {
    months: [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
    months_short: [
        "jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.",
        "dec.",
    ],
    weekdays: ["søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag"],
    weekdays_short: ["søn.", "man.", "tirs.", "ons.", "tors.", "fre.", "lør."],
    first: "1",
    day: "{d}. {month}",
    long: "{d}. {month} {yyyy}",
    after_weekday: " ",
};

pub(super) const JAPANESE: Words = Words {
    months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    months_short: [
        "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月",
    ],
    weekdays: ["日曜日", "月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日"],
    weekdays_short: ["日", "月", "火", "水", "木", "金", "土"],
    first: "1",
    day: "{month}{d}日",
    long: "{yyyy}年{month}{d}日",
    after_weekday: " ",
};
