//! Amounts of money, percentages and other exact numbers, as a locale writes them.

use rust_decimal::Decimal;

use super::Locale;

/// Signs that every locale understands.
const COMMON: [(&str, &str); 2] = [("EUR", "€"), ("GBP", "£")];

impl Locale {
    /// The sign of a currency; its code where there is none that cannot be mistaken.
    pub fn currency_sign<'c>(&self, currency: &'c str) -> &'c str {
        let (own, sign) = self.signs.own;
        if currency == own {
            return sign;
        }
        if currency == "USD" {
            return self.signs.dollar;
        }
        COMMON.iter().find(|(code, _)| *code == currency).map_or(currency, |(_, sign)| sign)
    }

    /// An amount: `$25`, `$25.50`, `25,50 €`. `places` is how many decimals the currency has.
    pub fn money(&self, amount: Decimal, currency: &str, places: u32) -> String {
        let number = if amount.fract().is_zero() {
            self.number(amount.trunc())
        } else {
            let mut cents = amount;
            cents.rescale(places);
            self.number(cents)
        };
        let sign = self.currency_sign(currency);
        match self.signs.before {
            // Letters are read as a word of their own.
            Some("") if sign.ends_with(|one: char| one.is_ascii_alphabetic()) => {
                format!("{sign} {number}")
            }
            Some(space) => format!("{sign}{space}{number}"),
            None => format!("{number}\u{a0}{sign}"),
        }
    }

    /// A percentage: `30%`, `12,5 %`.
    pub fn percent(&self, value: Decimal) -> String {
        format!("{}{}%", self.number(value.normalize()), self.signs.percent)
    }

    /// A number with the locale's signs, and with the decimals that it has.
    pub fn number(&self, value: Decimal) -> String {
        let text = value.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = whole.trim_start_matches('-');
        let mut out = whole.get(..whole.len() - digits.len()).unwrap_or("").to_owned();
        let grouped = digits.len() >= self.signs.group_from;
        for (at, digit) in digits.chars().enumerate() {
            if grouped && at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(self.signs.group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(self.signs.decimal);
            out.push_str(fraction);
        }
        out
    }

    /// The sign between whole and fraction.
    pub fn decimal_sign(&self) -> char {
        self.signs.decimal
    }

    /// The sign between thousands; a no-break space stands for any space.
    pub fn group_sign(&self) -> char {
        self.signs.group
    }
}
