//! What a network takes as one of its ids or as a sub-id.

use std::fmt::Arguments;

use super::charset::Charset;
use super::fault::{ValueFault, shown};

/// Schemes that open a page, a file or a script, and never an app.
const NOT_AN_APP: [&str; 10] = [
    "http",
    "https",
    "javascript",
    "vbscript",
    "data",
    "file",
    "blob",
    "about",
    "ftp",
    "view-source",
];

/// A look that a value must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Digits only: taken for a number somewhere.
    Numeric,
    /// Nothing but zeros: taken for "none".
    Zero,
    /// 32 hexadecimal digits: some networks remove these.
    Guid,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Just characters.
    Id,
    /// The host of the wrapped URL.
    Host,
    /// An address that an app answers to, never a web page.
    AppUri,
}

/// The rule a value is checked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) charset: Charset,
    /// As written, for messages.
    pub(super) charset_text: String,
    pub(super) min_length: usize,
    pub(super) max_length: usize,
    pub(super) not: Vec<Look>,
}

impl Look {
    pub(super) const NAMES: [&str; 3] = ["numeric", "zero", "guid"];

    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "numeric" => Some(Self::Numeric),
            "zero" => Some(Self::Zero),
            "guid" => Some(Self::Guid),
            _ => None,
        }
    }

    fn fits(self, value: &str) -> bool {
        match self {
            Self::Numeric => value.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Zero => value.bytes().all(|byte| byte == b'0'),
            Self::Guid => {
                let digits = value.bytes().filter(u8::is_ascii_hexdigit).count();
                let others = value.bytes().filter(|byte| !byte.is_ascii_hexdigit());
                digits == 32 && others.into_iter().all(|byte| b"-{}".contains(&byte))
            }
        }
    }

    fn says(self) -> (&'static str, &'static str) {
        match self {
            Self::Numeric => ("is digits only", "begin it with a letter"),
            Self::Zero => ("is nothing but zeros", "give the id that the network gave"),
            Self::Guid => ("looks like a GUID, which networks remove", "use a shorter id"),
        }
    }
}

impl Kind {
    pub(super) const NAMES: [&str; 3] = ["id", "host", "app-uri"];

    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "id" => Some(Self::Id),
            "host" => Some(Self::Host),
            "app-uri" => Some(Self::AppUri),
            _ => None,
        }
    }
}

impl Rule {
    /// Checks a value; `subject` begins the message.
    pub(super) fn check(&self, subject: Arguments<'_>, value: &str) -> Result<(), ValueFault> {
        let whole = 0..value.len();
        let fault = |says: String, help: String| {
            let message = format!("{subject} is `{}`, which {says}", shown(value));
            Err(ValueFault::new(whole.clone(), message, help))
        };
        if value.is_empty() {
            return Err(ValueFault::new(whole, format!("{subject} is empty"), "fill it in"));
        }
        if let Some((found, range)) = self.charset.first_other(value) {
            let message = format!("{subject} is `{}`, which holds {found:?}", shown(value));
            let help = format!("use only the characters {}", self.charset_text);
            return Err(ValueFault::new(range, message, help));
        }
        if value.len() > self.max_length {
            let help = format!("shorten it to {} characters or fewer", self.max_length);
            return fault(format!("is {} characters long", value.len()), help);
        }
        if value.len() < self.min_length {
            let help = format!("give all of its {} characters or more", self.min_length);
            return fault(format!("is only {} characters long", value.len()), help);
        }
        // A browser takes a path segment of dots for a step, encoded or not.
        if value.bytes().all(|byte| byte == b'.') {
            return fault("is nothing but dots".to_owned(), "give the id itself".to_owned());
        }
        if let Some(look) = self.not.iter().find(|look| look.fits(value)) {
            let (says, help) = look.says();
            return fault(says.to_owned(), help.to_owned());
        }
        if self.kind == Kind::AppUri && !is_app_uri(value) {
            let help = "write the app's own address, such as `brand://offer/1`";
            return fault("opens no app".to_owned(), help.to_owned());
        }
        Ok(())
    }
}

fn is_app_uri(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    !rest.is_empty()
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(inner)
        && !NOT_AN_APP.iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
