//! Dates and times, as a locale writes them.

use jiff::Zoned;

use super::Locale;

/// How a date is written, in words that each locale puts in its own order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStyle {
    /// `November 27`
    Day,
    /// `November 27, 2026`
    Long,
    /// `11/27/2026`
    Numeric,
    /// `5:00 AM`
    Time,
    /// `Friday, November 27`
    Weekday,
}

impl DateStyle {
    /// Styles by the names that templates use.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("day", Self::Day),
        ("long", Self::Long),
        ("numeric", Self::Numeric),
        ("time", Self::Time),
        ("weekday", Self::Weekday),
    ];
}

impl Locale {
    /// A date or a time in one of the styles.
    pub fn date(&self, at: &Zoned, style: DateStyle) -> String {
        match style {
            DateStyle::Day => self.fill(self.words.day, at),
            DateStyle::Long => self.fill(self.words.long, at),
            DateStyle::Numeric => self.fill(self.signs.numeric, at),
            DateStyle::Time => self.fill(self.signs.time, at),
            DateStyle::Weekday => {
                let day = self.fill(self.words.day, at);
                format!("{}{}{day}", self.weekday(at), self.words.after_weekday)
            }
        }
    }

    /// strftime with the locale's own names for `%A %a %B %b %h`.
    ///
    /// # Errors
    /// What is wrong with the format.
    pub fn strftime(&self, format: &str, at: &Zoned) -> Result<String, jiff::Error> {
        let mut own = String::with_capacity(format.len() + 16);
        let mut rest = format;
        while let Some(percent) = rest.find('%') {
            let (before, tail) = rest.split_at(percent);
            own.push_str(before);
            // Flags such as `^` stand between the sign and its letter.
            let letter =
                tail.char_indices().skip(1).find(|(_, one)| !matches!(one, '-' | '_' | '^' | '#'));
            let (start, letter) = letter.unwrap_or((tail.len(), ' '));
            let end = (start + letter.len_utf8()).min(tail.len());
            let directive = tail.get(..end).unwrap_or(tail);
            match self.name(letter, at) {
                // A name is not read as a format once more.
                Some(name) => {
                    let name = name.replace('%', "%%");
                    let capitals = directive.contains('^');
                    own.push_str(&if capitals { name.to_uppercase() } else { name });
                }
                None => own.push_str(directive),
            }
            rest = tail.get(end..).unwrap_or("");
        }
        own.push_str(rest);
        jiff::fmt::strtime::format(&own, at)
    }

    fn name(&self, letter: char, at: &Zoned) -> Option<&'static str> {
        let words = self.words;
        match letter {
            'A' => Some(self.weekday(at)),
            'a' => words.weekdays_short.get(weekday_of(at)).copied(),
            'B' => words.months.get(month_of(at)).copied(),
            'b' | 'h' => words.months_short.get(month_of(at)).copied(),
            _ => None,
        }
    }

    fn weekday(&self, at: &Zoned) -> &'static str {
        self.words.weekdays.get(weekday_of(at)).copied().unwrap_or("")
    }

    /// The months, January first: whole and short.
    pub fn months(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.words.months.iter().copied().zip(self.words.months_short.iter().copied())
    }

    /// Whether the month comes before the day in `11/27/2026`.
    pub fn month_first(&self) -> bool {
        self.signs.numeric.starts_with("{m")
    }

    fn fill(&self, pattern: &str, at: &Zoned) -> String {
        let mut out = String::with_capacity(pattern.len() + 16);
        let mut rest = pattern;
        while let Some((before, tail)) = rest.split_once('{') {
            let (name, after) = tail.split_once('}').unwrap_or((tail, ""));
            out.push_str(before);
            out.push_str(&self.part(name, pattern, at));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn part(&self, name: &str, pattern: &str, at: &Zoned) -> String {
        let hour = at.hour();
        match name {
            "d" if at.day() == 1 && pattern.contains("{month}") => self.words.first.to_owned(),
            "d" => at.day().to_string(),
            "dd" => format!("{:02}", at.day()),
            "m" => at.month().to_string(),
            "mm" if pattern.contains("{h") => format!("{:02}", at.minute()),
            "mm" => format!("{:02}", at.month()),
            "month" => self.words.months.get(month_of(at)).copied().unwrap_or("").to_owned(),
            "yyyy" => at.year().to_string(),
            "h" => hour.to_string(),
            "hh" => format!("{hour:02}"),
            "h12" => if hour % 12 == 0 { 12 } else { hour % 12 }.to_string(),
            "ampm" => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            _ => String::new(),
        }
    }
}

fn month_of(at: &Zoned) -> usize {
    usize::try_from(at.month() - 1).unwrap_or(0)
}

fn weekday_of(at: &Zoned) -> usize {
    usize::try_from(at.weekday().to_sunday_zero_offset()).unwrap_or(0)
}
