//! In what a URL that was found differs from the link it was, in words. Decides nothing.

use std::borrow::Cow;

use crate::address::noise_kind;

/// One thing that is not as it was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The parameter, or the part of the address.
    pub what: String,
    /// What the link has there.
    pub in_link: Option<String>,
    /// What was found there.
    pub given: Option<String>,
    /// Both in a sentence.
    pub note: String,
}

/// One thing that is not as it was built, before it is put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding<'t> {
    /// Appended by a network or mail service, or by anybody.
    Added {
        name: Cow<'t, str>,
        raw: &'t str,
    },
    /// A tracking parameter that the link never had.
    Tagged {
        name: Cow<'t, str>,
        raw: &'t str,
    },
    /// A parameter that stands there again.
    Twice {
        name: Cow<'t, str>,
        raw: &'t str,
    },
    Lost {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
    },
    /// The end of the URL is missing.
    Cut {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    /// Upper case instead of lower, or the other way round.
    Case {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    /// The same value with other escapes.
    Escapes {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    /// Escapes that were escaped.
    EscapedTwice {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    /// A platform filled in its macros.
    Filled {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    Other {
        name: Cow<'t, str>,
        value: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    /// The name is written in another case.
    Name {
        name: Cow<'t, str>,
        given: Cow<'t, str>,
    },
    Order,
    /// Copied from the source of a page.
    HtmlEscaped,
    Scheme {
        value: String,
        given: String,
    },
    Host {
        value: String,
        given: String,
    },
    HostCase {
        value: String,
    },
    Path {
        value: Cow<'t, str>,
        given: Cow<'t, str>,
        why: PathChange,
    },
    Fragment {
        value: Option<&'t str>,
        given: Option<&'t str>,
    },
    /// A network's link leads here, which the link's own does not.
    WrappedBy {
        profile: String,
    },
    /// A redirect of anybody leads here.
    InsideOf {
        host: String,
        param: String,
    },
    /// The whole URL was a value.
    EscapedWhole,
    /// The link goes through a network, and what was found is what is behind it.
    Unwrapped {
        profile: String,
    },
    /// The network has another id.
    Network {
        field: String,
        value: String,
        given: String,
    },
    /// A code or id in another case.
    CodeCase {
        what: &'static str,
        value: String,
        given: String,
    },
    /// A code on another host than the workspace's.
    CodeHost {
        value: String,
        given: String,
    },
    /// A code with a slip in it.
    Mistyped {
        value: String,
        given: String,
    },
    /// Nothing that has a name.
    Spelling {
        value: String,
        given: String,
    },
}

/// How two paths differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathChange {
    /// In case, escapes or slashes only.
    Spelling,
    /// The end is missing.
    Shortened,
    /// Something stands behind it.
    Extended,
    Other,
}

/// Longer texts are cut where they are shown.
const SHOWN: usize = 72;

fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    // Quotes are no danger in a sentence.
    out = out.replace("\\'", "'").replace("\\\"", "\"");
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

impl Finding<'_> {
    /// Puts it into words.
    pub(super) fn describe(&self) -> Difference {
        let note = self.note();
        let (what, in_link, given): (&str, Option<&str>, Option<&str>) = match self {
            Self::Added { name, raw } | Self::Tagged { name, raw } | Self::Twice { name, raw } => {
                (name, None, Some(raw.split_once('=').map_or("", |(_, value)| value)))
            }
            Self::Lost { name, value } => (name, Some(value), None),
            Self::Cut { name, value, given }
            | Self::Case { name, value, given }
            | Self::Escapes { name, value, given }
            | Self::EscapedTwice { name, value, given }
            | Self::Filled { name, value, given }
            | Self::Other { name, value, given } => (name, Some(value), Some(given)),
            Self::Name { name, given } => (name, Some(name), Some(given)),
            Self::Order => ("order", None, None),
            Self::HtmlEscaped => ("escapes", Some("&"), Some("&amp;")),
            Self::Scheme { value, given } => ("scheme", Some(value), Some(given)),
            Self::HostCase { value } => ("host", Some(value), None),
            Self::Path { value, given, .. } => ("path", Some(value), Some(given)),
            Self::Fragment { value, given } => ("fragment", *value, *given),
            Self::WrappedBy { profile } => ("wrapper", None, Some(profile)),
            Self::InsideOf { host, .. } => ("wrapper", None, Some(host)),
            Self::EscapedWhole => ("escapes", None, None),
            Self::Unwrapped { profile } => ("wrapper", Some(profile), None),
            Self::Network { field, value, given } => (field, Some(value), Some(given)),
            Self::CodeCase { what, value, given } => (what, Some(value), Some(given)),
            Self::Host { value, given } | Self::CodeHost { value, given } => {
                ("host", Some(value), Some(given))
            }
            Self::Mistyped { value, given } => ("short_code", Some(value), Some(given)),
            Self::Spelling { value, given } => ("spelling", Some(value), Some(given)),
        };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Difference { what: what.to_owned(), in_link: owned(in_link), given: owned(given), note }
    }

    fn note(&self) -> String {
        match self {
            Self::Added { name, raw } => {
                let kind = noise_kind(name).map(|kind| format!(" ({kind})")).unwrap_or_default();
                format!("`{}` was added on the way{kind}", shown(raw))
            }
            Self::Tagged { raw, .. } => {
                format!("`{}` is no parameter of the link: somebody tagged it again", shown(raw))
            }
            Self::Twice { name, raw } => format!("`{name}` stands again: `{}`", shown(raw)),
            Self::Lost { name, value } => {
                format!("`{name}` was lost, the link has `{}`", shown(value))
            }
            Self::Cut { name, value, given } => {
                format!("{name} is cut off: `{}` of `{}`", shown(given), shown(value))
            }
            Self::Case { name, value, given } if name.starts_with("utm_") => format!(
                "{name} is `{}`, the link has `{}`: reports count it apart",
                shown(given),
                shown(value)
            ),
            Self::Case { name, value, given } | Self::Other { name, value, given } => {
                format!("{name} is `{}`, the link has `{}`", shown(given), shown(value))
            }
            Self::Escapes { name, given, .. } => {
                format!("{name} is written `{}`, which means the same", shown(given))
            }
            Self::EscapedTwice { name, given, .. } => {
                format!("{name} was escaped twice: `{}`", shown(given))
            }
            Self::Filled { name, value, given } => {
                format!("{name} is `{}`, filled in for `{}`", shown(given), shown(value))
            }
            Self::Name { name, given } => {
                format!("`{}` is written for `{name}`, which reports do not know", shown(given))
            }
            Self::Order => "the parameters stand in another order".to_owned(),
            Self::HtmlEscaped => {
                "`&amp;` stands for `&`: it was copied from the source of a page".to_owned()
            }
            Self::EscapedWhole => "the whole URL is escaped, as inside another one".to_owned(),
            _ => self.note_of_address(),
        }
    }

    fn note_of_address(&self) -> String {
        match self {
            Self::Scheme { value, given } if given.is_empty() => {
                format!("it begins without `{value}://`")
            }
            Self::Scheme { value, given } => format!("it begins with `{given}`, not `{value}`"),
            Self::HostCase { .. } => "the host is written in upper case".to_owned(),
            Self::Host { value, given } => {
                format!("the host is `{}`, the link's is `{value}`", shown(given))
            }
            Self::Path { value, given, why } => {
                let (value, given) = (shown(value), shown(given));
                match why {
                    PathChange::Spelling => format!("the path is written `{given}` for `{value}`"),
                    PathChange::Shortened => format!("the path is shortened to `{given}`"),
                    PathChange::Extended => format!("the path goes on behind `{value}`: `{given}`"),
                    PathChange::Other => format!("the path is `{given}`, the link's is `{value}`"),
                }
            }
            Self::Fragment { given: Some(given), value: None } => {
                format!("`#{}` was added on the way", shown(given))
            }
            Self::Fragment { given: None, value } => {
                format!("`#{}` was lost", shown(value.unwrap_or("")))
            }
            Self::Fragment { given: Some(given), value: Some(value) } => {
                format!("it leads to `#{}`, the link to `#{value}`", shown(given))
            }
            Self::WrappedBy { profile } => format!("it was wrapped by `{profile}` on the way"),
            Self::InsideOf { host, param } => {
                format!("it was inside the parameter `{}` of a link to `{host}`", shown(param))
            }
            Self::Unwrapped { profile } => {
                format!("it is what is behind `{profile}`, without what the network needs")
            }
            Self::Network { field, value, given } => {
                format!("{field} of the network is `{}`, the link has `{value}`", shown(given))
            }
            Self::CodeCase { value, given, .. } => {
                format!("`{}` is written for `{value}`, which means the same", shown(given))
            }
            Self::CodeHost { value, given } => {
                format!("the code stands on `{}`, our codes on `{value}`", shown(given))
            }
            Self::Mistyped { value, given } => {
                format!("`{}` is no code that was given out; `{value}` is one", shown(given))
            }
            Self::Spelling { .. } => {
                "it is written in another way, which means the same".to_owned()
            }
            _ => String::new(),
        }
    }
}
