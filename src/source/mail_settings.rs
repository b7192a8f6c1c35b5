//! `[mail]` of a channel: who sends, how mails are finished, where and in what they are read.

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::dialect::{Dialect, foreign, scan};
use crate::lint::{Market, client_names, is_called};
use crate::model::{Span, Spanned};

/// How a channel's emails are finished.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Where the section stands; where there is none, the channel.
    pub span: Span,
    /// Who sends.
    pub from: Option<Spanned<Mailbox>>,
    /// Who gets the answers.
    pub reply_to: Option<Spanned<Mailbox>>,
    /// Who the finished message is addressed to, for tests and previews.
    pub to: Option<Spanned<Mailbox>>,
    /// Where mail programs unsubscribe: an https address, or the merge tag that stands for it.
    pub list_unsubscribe: Option<Spanned<String>>,
    /// Styles are written into the elements they are about; rules and classes that nothing uses
    /// are left out.
    pub inline: bool,
    /// White space that nobody sees is left out.
    pub compact: bool,
    /// The mail programs that must be able to show it.
    pub clients: Vec<Spanned<String>>,
    /// Where it is sent to, which decides what the law asks for.
    pub markets: Vec<Spanned<String>>,
}

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name that people see; empty where there is none.
    pub name: String,
    /// The address.
    pub address: String,
}

impl MailSettings {
    fn default_at(span: Span) -> Self {
        Self {
            span,
            from: None,
            reply_to: None,
            to: None,
            list_unsubscribe: None,
            inline: true,
            compact: true,
            clients: Vec::new(),
            markets: Vec::new(),
        }
    }
}

/// Reads the section; a channel without one has what is usual.
pub(super) fn read_mail(
    section: Option<Section<'_, '_>>,
    channel: Span,
    dialect: Option<Dialect>,
    diagnostics: &mut Diagnostics,
) -> MailSettings {
    let Some(section) = section else { return MailSettings::default_at(channel) };
    let mut settings = MailSettings::default_at(section.span);
    let mut mailbox = |key| {
        let text = section.maybe_text(key, diagnostics)?;
        read_mailbox(&text, diagnostics)
    };
    settings.from = mailbox("from");
    settings.reply_to = mailbox("reply_to");
    settings.to = mailbox("to");
    let unsubscribe = section.maybe_text("list_unsubscribe", diagnostics);
    settings.list_unsubscribe =
        unsubscribe.filter(|text| check_unsubscribe(text, dialect, diagnostics));
    for (key, flag) in [("inline", &mut settings.inline), ("compact", &mut settings.compact)] {
        if let Some(value) = section.entry(key).and_then(|entry| entry.flag(diagnostics)) {
            *flag = value;
        }
    }
    settings.clients = section.texts("clients", diagnostics);
    settings.markets = section.texts("markets", diagnostics);
    check_names(&settings, diagnostics);
    section.finish(diagnostics);
    settings
}

/// Clients and markets that nothing is known of would be checked for nothing.
fn check_names(settings: &MailSettings, diagnostics: &mut Diagnostics) {
    let mut fail = |name: &Spanned<String>, message: String, near: Option<String>, help: &str| {
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, name.span, message)
                .maybe_help(near)
                .help_if_none(help),
        );
    };
    for name in &settings.clients {
        if !client_names().iter().any(|client| is_called(client, &name.value)) {
            let message = format!("`{}` is no mail client that is known", name.value);
            let near = did_you_mean(&name.value, client_names().iter().copied());
            fail(
                name,
                message,
                near,
                "write a name such as `outlook-windows`, or a family, as `gmail`",
            );
        }
    }
    for name in &settings.markets {
        if Market::parse(&name.value).is_none() {
            let message = format!("of the market `{}` no law is known", name.value);
            let near = did_you_mean(&name.value, Market::ALL.iter().map(|(known, _)| *known));
            fail(
                name,
                message,
                near,
                "write `us`, `ca`, `eu`, `uk`, `au`, or a member of the Union",
            );
        }
    }
}

/// `Northwind Rewards <hello@rewards.northwind.example>`, or the address alone.
fn read_mailbox(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Spanned<Mailbox>> {
    let value = text.value.trim();
    let (name, address) = match value.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix('>').unwrap_or("")),
        None => ("", value),
    };
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let bad_name = name.chars().any(|one| one.is_control() || "\"\\<>".contains(one));
    if bad_name || !is_address(address) {
        diagnostics.push(
            Diagnostic::error(
                Code::BadSetting,
                text.span,
                format!("`{}` is no mail address", text.value.escape_debug()),
            )
            .help("write `Name <name@host.example>`, or the address alone"),
        );
        return None;
    }
    let mailbox = Mailbox { name: name.to_owned(), address: address.to_owned() };
    Some(Spanned::new(mailbox, text.span))
}

/// Whether a text is an address that every mail server takes: RFC 5321 without quotes.
fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let atom = |one: u8| one.is_ascii_alphanumeric() || b"!#$&'*+-/=?^_`{|}~.%".contains(&one);
    let dots = |part: &str| part.split('.').all(|piece| !piece.is_empty());
    let label = |piece: &str| {
        piece.len() <= 63
            && !piece.starts_with('-')
            && !piece.ends_with('-')
            && piece.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'-')
    };
    local.len() <= 64
        && host.len() <= 253
        && local.bytes().all(atom)
        && dots(local)
        && host.contains('.')
        && dots(host)
        && host.split('.').all(label)
}

/// Whether mail programs can call an address for one-click unsubscribing.
fn check_unsubscribe(
    text: &Spanned<String>,
    dialect: Option<Dialect>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let value = text.value.as_str();
    let tags = dialect.map(|dialect| scan(value, dialect).collect::<Vec<_>>()).unwrap_or_default();
    let inside = |at: usize| tags.iter().any(|tag| tag.range.contains(&at));
    let bad = |(at, one): (usize, char)| {
        one.is_control() || !inside(at) && (one.is_whitespace() || "<>,\"".contains(one))
    };
    let starts =
        value.starts_with("https://") || tags.first().is_some_and(|tag| tag.range.start == 0);
    let fault = if let Some(fault) = foreign(value, dialect).into_iter().next() {
        (fault.message, fault.help)
    } else if !starts || value.char_indices().any(bad) {
        let message =
            format!("`{}` is no address for one-click unsubscribing", value.escape_debug());
        let help = "write one https address, or the merge tag that stands for it (RFC 8058)";
        (message, help.to_owned())
    } else {
        return true;
    };
    diagnostics.push(Diagnostic::error(Code::BadSetting, text.span, fault.0).help(fault.1));
    false
}
