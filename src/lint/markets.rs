//! What the law of a market asks a mail to hold. Not legal advice: data to be checked by counsel.

/// A market that mails are sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Market {
    /// United States: CAN-SPAM Act.
    UnitedStates,
    /// Canada: CASL.
    Canada,
    /// European Union: ePrivacy Directive, article 13.
    EuropeanUnion,
    /// United Kingdom: PECR, regulation 22 and 23.
    UnitedKingdom,
    /// Australia: Spam Act.
    Australia,
}

impl Market {
    /// All, with the names that channel files use.
    pub const ALL: [(&'static str, Self); 5] = [
        ("us", Self::UnitedStates),
        ("ca", Self::Canada),
        ("eu", Self::EuropeanUnion),
        ("uk", Self::UnitedKingdom),
        ("au", Self::Australia),
    ];

    /// The market of a name. Members of the European Union may be named by their codes.
    pub fn parse(text: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, market)| *market);
        found.or_else(|| MEMBERS.contains(&text).then_some(Self::EuropeanUnion))
    }

    /// The law, as people call it.
    pub fn law(self) -> &'static str {
        match self {
            Self::UnitedStates => "CAN-SPAM",
            Self::Canada => "CASL",
            Self::EuropeanUnion => "the ePrivacy Directive",
            Self::UnitedKingdom => "PECR",
            Self::Australia => "the Spam Act",
        }
    }

    /// It asks for a postal address in the mail.
    pub fn wants_address(self) -> bool {
        matches!(self, Self::UnitedStates | Self::Canada)
    }

    /// It asks that those are named on whose behalf the mail is sent.
    pub fn wants_partners(self) -> bool {
        self == Self::Canada
    }
}

/// The codes of ISO 3166 of the European Union's members.
const MEMBERS: [&str; 27] = [
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it",
    "lt", "lu", "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_the_union_are_one_market() {
        assert_eq!(Market::parse("de"), Some(Market::EuropeanUnion));
        assert_eq!(Market::parse("us"), Some(Market::UnitedStates));
        assert_eq!(Market::parse("US"), None);
        assert!(MEMBERS.is_sorted());
    }
}
