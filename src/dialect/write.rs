//! Writes merge tags as mail senders want them, from names that mean the same to all of them. Must
//! not know who gets the mail.

use super::platform::Dialect;
use super::scan::{TokenKind, scan};

/// What a template asks for and every sender has, in the names of templates.
pub const FIELDS: [&str; 3] = ["first_name", "last_name", "email"];

/// Addresses that a sender makes for each recipient, in the names of templates.
pub const ADDRESSES: [&str; 3] = ["unsubscribe_url", "view_online_url", "preferences_url"];

/// The sender's own name of a field, or its whole tag for an address; `None` where it documents
/// none.
pub fn built_in(dialect: Dialect, name: &str) -> Option<&'static str> {
    let at = FIELDS.iter().chain(&ADDRESSES).position(|one| *one == name)?;
    row(dialect).get(at).copied().filter(|text| !text.is_empty())
}

/// In the order of [`FIELDS`] and [`ADDRESSES`].
const fn row(dialect: Dialect) -> [&'static str; 6] {
    match dialect {
        // mailchimp.com/help/all-the-merge-tags-cheat-sheet
        Dialect::Mailchimp => {
            ["FNAME", "LNAME", "EMAIL", "*|UNSUB|*", "*|ARCHIVE|*", "*|UPDATE_PROFILE|*"]
        }
        // help.klaviyo.com, articles 115005078267 and 115006054267
        Dialect::Klaviyo => [
            "first_name",
            "last_name",
            "email",
            "{% unsubscribe_link %}",
            "{% web_view_link %}",
            "{% manage_preferences_link %}",
        ],
        // braze.com/docs, "Managing user subscriptions"
        Dialect::Braze => [
            "${first_name}",
            "${last_name}",
            "${email_address}",
            "{{${set_user_to_unsubscribed_url}}}",
            "",
            "",
        ],
        // help.salesforce.com, "Personalization strings"
        Dialect::Sfmc => [
            "firstname",
            "lastname",
            "emailaddr",
            "%%unsub_center_url%%",
            "%%view_email_url%%",
            "%%profile_center_url%%",
        ],
        // experienceleague.adobe.com, "Pre-processing instructions"
        Dialect::AdobeCampaign => [
            "recipient.firstName",
            "recipient.lastName",
            "recipient.email",
            "<%@ include option='NmsServer_URL' %>/webApp/unsub?id=<%= escapeUrl(recipient.cryptedId) %>",
            "<%@ include view='MirrorPageUrl' %>",
            "",
        ],
        // experienceleague.adobe.com, "Personalization syntax"
        Dialect::AdobeJourney => [
            "profile.person.name.firstName",
            "profile.person.name.lastName",
            "profile.personalEmail.address",
            "",
            "",
            "",
        ],
        // support.iterable.com, "Personalizing templates with Handlebars"
        Dialect::Iterable => {
            ["firstName", "lastName", "email", "{{unsubscribeUrl}}", "{{viewInBrowserUrl}}", ""]
        }
        // twilio.com/docs/sendgrid, "Using Handlebars"
        Dialect::SendGrid => [
            "first_name",
            "last_name",
            "email",
            "{{{unsubscribe}}}",
            "",
            "{{{unsubscribe_preferences}}}",
        ],
        Dialect::GoogleAds
        | Dialect::Sa360
        | Dialect::Meta
        | Dialect::TikTok
        | Dialect::Pinterest
        | Dialect::MicrosoftAds
        | Dialect::Plain => [""; 6],
    }
}

impl Dialect {
    /// Whether it is a sender of e-mail that fills in merge tags.
    pub const fn is_sender(self) -> bool {
        !self.is_ad_platform() && !matches!(self, Self::Plain)
    }

    /// Whether a text is one or more whole tokens, such as an address made of them, and no name.
    pub fn is_written(self, text: &str) -> bool {
        scan(text, self).next().is_some()
    }
}

/// The tag of a field, with the text that stands in where the field is empty.
///
/// Strings in tags are in single quotes, so that a tag can stand in an attribute.
pub fn field(dialect: Dialect, name: &str, default: Option<&str>) -> String {
    match (dialect, default) {
        (Dialect::Mailchimp, None) => format!("*|{name}|*"),
        (Dialect::Mailchimp, Some(text)) => {
            format!("*|IF:{name}|**|{name}|**|ELSE:|*{text}*|END:IF|*")
        }
        (Dialect::Klaviyo, Some(text)) => format!("{{{{ {name}|default:'{text}' }}}}"),
        (Dialect::Klaviyo, None) => format!("{{{{ {name} }}}}"),
        (Dialect::Braze, Some(text)) => format!("{{{{{name} | default: '{text}'}}}}"),
        (Dialect::Sfmc, None) => format!("%%{name}%%"),
        (Dialect::Sfmc, Some(text)) => {
            let value = format!("AttributeValue('{name}')");
            format!("%%=IIF(EMPTY({value}),'{text}',{value})=%%")
        }
        (Dialect::AdobeCampaign, None) => format!("<%= {name} %>"),
        (Dialect::AdobeCampaign, Some(text)) => format!("<%= {name} ? {name} : '{text}' %>"),
        (Dialect::AdobeJourney, Some(text)) => {
            let (open, middle, close) = (open(dialect, name), middle(dialect), close(dialect));
            format!("{open}{{{{{name}}}}}{middle}{text}{close}")
        }
        (Dialect::Iterable, Some(text)) => format!("{{{{defaultIfEmpty {name} '{text}'}}}}"),
        (Dialect::SendGrid, Some(text)) => format!("{{{{insert {name} 'default={text}'}}}}"),
        _ => format!("{{{{{name}}}}}"),
    }
}

/// Begins a part that only those get whose field is not empty.
pub fn open(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Mailchimp => format!("*|IF:{name}|*"),
        Dialect::Klaviyo => format!("{{% if {name} %}}"),
        Dialect::Braze => format!("{{% if {{{{{name}}}}} != blank %}}"),
        Dialect::Sfmc => format!("%%[ IF NOT EMPTY(AttributeValue('{name}')) THEN ]%%"),
        Dialect::AdobeCampaign => format!("<% if ({name}) {{ %>"),
        Dialect::AdobeJourney => format!("{{%#if isNotEmpty({name})%}}"),
        _ => format!("{{{{#if {name}}}}}"),
    }
}

/// Begins what all others get.
pub const fn middle(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mailchimp => "*|ELSE:|*",
        Dialect::Klaviyo | Dialect::Braze => "{% else %}",
        Dialect::Sfmc => "%%[ ELSE ]%%",
        Dialect::AdobeCampaign => "<% } else { %>",
        Dialect::AdobeJourney => "{%else%}",
        _ => "{{else}}",
    }
}

/// Ends the part.
pub const fn close(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Mailchimp => "*|END:IF|*",
        Dialect::Klaviyo | Dialect::Braze => "{% endif %}",
        Dialect::Sfmc => "%%[ ENDIF ]%%",
        Dialect::AdobeCampaign => "<% } %>",
        Dialect::AdobeJourney => "{%/if%}",
        _ => "{{/if}}",
    }
}

/// A sign that a default text may not hold, because a tag would end or begin there.
pub fn bad_default(text: &str) -> Option<char> {
    text.chars().find(|one| one.is_control() || "'\"`{}%|*<>\\&[]$".contains(*one))
}

/// Whether a name makes one tag of the dialect and nothing besides.
pub fn is_name(dialect: Dialect, name: &str) -> bool {
    let sign = |one: char| match one {
        '{' | '}' => dialect == Dialect::Braze,
        ' ' => dialect == Dialect::Sfmc,
        _ => one.is_ascii_alphanumeric() || "_.-:@$".contains(one),
    };
    let tag = field(dialect, name, None);
    let mut tokens = scan(&tag, dialect);
    let whole = tokens
        .next()
        .is_some_and(|one| one.range == (0..tag.len()) && matches!(one.kind, TokenKind::Value));
    let plain = !name.is_empty() && name.trim() == name && name.chars().all(sign);
    whole && tokens.next().is_none() && plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::foreign;

    fn senders() -> impl Iterator<Item = Dialect> {
        Dialect::ALL.into_iter().filter(|one| one.is_sender())
    }

    #[test]
    fn everything_written_is_read_back_by_the_scanner_of_its_dialect() {
        for dialect in senders() {
            for name in FIELDS {
                let name = built_in(dialect, name).unwrap();
                assert!(is_name(dialect, name), "{dialect:?} {name}");
                let text = format!(
                    "a {} b {} c {}yes{}no{} d",
                    field(dialect, name, None),
                    field(dialect, name, Some("friend of ours")),
                    open(dialect, name),
                    middle(dialect),
                    close(dialect)
                );
                assert_eq!(foreign(&text, Some(dialect)), [], "{dialect:?} {text}");
                let kinds = |kind| scan(&text, dialect).filter(|one| one.kind == kind).count();
                assert_eq!(kinds(TokenKind::Open), kinds(TokenKind::Close), "{text}");
                assert!(kinds(TokenKind::Open) > 0 && kinds(TokenKind::Middle) > 0, "{text}");
            }
            for name in ADDRESSES {
                let Some(text) = built_in(dialect, name) else { continue };
                assert!(dialect.is_written(text), "{text}");
                assert_eq!(foreign(text, Some(dialect)), [], "{text}");
            }
        }
    }

    #[test]
    fn tags_stand_in_attributes_and_names_hold_nothing_else() {
        for dialect in senders() {
            let name = built_in(dialect, "first_name").unwrap();
            assert!(!field(dialect, name, Some("friend")).contains('"'), "{dialect:?}");
            assert!(!open(dialect, name).contains('"'), "{dialect:?}");
            for evil in ["", "a}} {{b", "a|* *|b", "a%% %%b", "a %> <% b"] {
                assert!(!is_name(dialect, evil), "{dialect:?} {evil}");
            }
        }
        assert_eq!(bad_default("friend of ours"), None);
        assert_eq!(bad_default("it's"), Some('\''));
    }
}
