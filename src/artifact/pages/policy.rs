//! What a page may load and run: a content security policy from the page's own bytes.
//!
//! Everything is refused but what the page holds: pictures, styles and fonts of the asset host,
//! and the inline styles and scripts whose digests are named. Data blocks such as JSON-LD are not
//! run, so they need nothing.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::for_each_element;
use crate::markup::{Attribute, unescape};
use crate::model::{Digest, SharedText};

/// The inline styles and scripts of a page, as digests: one a line, so that many pages take little.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PagePolicy(SharedText);

/// The same, taken apart.
#[derive(Default)]
struct Allowed {
    styles: BTreeSet<String>,
    style_attributes: BTreeSet<String>,
    scripts: BTreeSet<String>,
    loads_scripts: bool,
}

/// Something in a page that no policy of ours lets run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The attribute.
    pub attribute: String,
    /// Its value.
    pub value: String,
}

impl PagePolicy {
    /// Reads a page; also gives what browsers would refuse in it.
    pub fn read(html: &str) -> (Self, Vec<Refused>) {
        let mut policy = Allowed::default();
        let mut refused = Vec::new();
        for_each_element(html, &mut |name, attributes, content| {
            if name.eq_ignore_ascii_case("style") {
                policy.styles.insert(digest(content));
            } else if name.eq_ignore_ascii_case("script") && runs(attributes) {
                if value(attributes, "src").is_some() {
                    policy.loads_scripts = true;
                } else {
                    policy.scripts.insert(digest(content));
                }
            }
            for one in attributes {
                let script = one.name.len() > 2
                    && one.name.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("on"));
                if one.name.eq_ignore_ascii_case("style") {
                    policy.style_attributes.insert(digest(&unescape(one.value)));
                } else if script || one.name.eq_ignore_ascii_case("srcdoc") {
                    refused.push(Refused {
                        attribute: one.name.to_owned(),
                        value: one.value.to_owned(),
                    });
                }
            }
        });
        (policy.into(), refused)
    }

    /// All of it as lines, for [`Self::from_lines`].
    pub fn to_lines(&self) -> String {
        self.0.to_string()
    }

    /// Reads what [`Self::to_lines`] wrote, and nothing else.
    pub fn from_lines(text: &str) -> Option<Self> {
        Allowed::read(text).map(Self::from)
    }

    /// What both pages need, for an address that answers with either.
    pub fn join(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.clone_from(other);
            return;
        }
        let (mut all, other) = (self.allowed(), other.allowed());
        all.styles.extend(other.styles);
        all.style_attributes.extend(other.style_attributes);
        all.scripts.extend(other.scripts);
        all.loads_scripts |= other.loads_scripts;
        *self = all.into();
    }

    fn allowed(&self) -> Allowed {
        // Nothing else is ever written.
        Allowed::read(&self.0).unwrap_or_default()
    }

    /// The value of the header `Content-Security-Policy`.
    pub fn header(&self, assets: &str) -> String {
        let Allowed { styles, style_attributes, scripts, loads_scripts } = self.allowed();
        let mut text = format!(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             img-src {assets}; font-src {assets}; style-src {assets}"
        );
        push_all(&mut text, &styles);
        if !style_attributes.is_empty() {
            text.push_str("; style-src-attr 'unsafe-hashes'");
            push_all(&mut text, &style_attributes);
        }
        if loads_scripts || !scripts.is_empty() {
            text.push_str("; script-src");
            if loads_scripts {
                text.push(' ');
                text.push_str(assets);
            }
            push_all(&mut text, &scripts);
        }
        text
    }
}

impl Allowed {
    fn read(text: &str) -> Option<Self> {
        let mut policy = Self::default();
        for line in text.lines() {
            match line.split_once(' ')? {
                ("style", one) => policy.styles.insert(one.to_owned()),
                ("attribute", one) => policy.style_attributes.insert(one.to_owned()),
                ("script", one) => policy.scripts.insert(one.to_owned()),
                ("loads", "scripts") => !std::mem::replace(&mut policy.loads_scripts, true),
                _ => return None,
            };
        }
        Some(policy)
    }
}

impl From<Allowed> for PagePolicy {
    fn from(policy: Allowed) -> Self {
        let mut text = String::new();
        let lists = [
            ("style ", &policy.styles),
            ("attribute ", &policy.style_attributes),
            ("script ", &policy.scripts),
        ];
        for (name, list) in lists {
            for one in list {
                text.extend([name, one, "\n"]);
            }
        }
        text.push_str(if policy.loads_scripts { "loads scripts\n" } else { "" });
        Self(text.into())
    }
}

fn push_all(text: &mut String, digests: &BTreeSet<String>) {
    for digest in digests {
        // Writing to a string cannot fail.
        let _ = write!(text, " 'sha256-{digest}'");
    }
}

fn digest(text: &str) -> String {
    Digest::of(text.as_bytes()).base64()
}

fn value<'h>(attributes: &[Attribute<'h>], name: &str) -> Option<&'h str> {
    attributes.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| one.value)
}

/// Whether browsers run a script element, or act on it, rather than keep it as data.
fn runs(attributes: &[Attribute<'_>]) -> bool {
    let Some(kind) = value(attributes, "type") else { return true };
    let kind = unescape(kind);
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    kind.is_empty()
        || kind.ends_with("/javascript")
        || kind.ends_with("/ecmascript")
        || kind.ends_with("/x-javascript")
        || matches!(kind.as_str(), "module" | "importmap" | "speculationrules")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(html: &str) -> String {
        PagePolicy::read(html).0.header("https://a.example")
    }

    const BASE: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'; img-src https://a.example; font-src https://a.example; \
        style-src https://a.example";

    #[test]
    fn only_what_is_there_is_let_in() {
        assert_eq!(policy("<p>x</p>"), BASE);
        // The digest of the empty text and of `b{}` are public knowledge.
        let styled = "<style></style><script type=\"application/ld+json\">{}</script>";
        let empty = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
        assert_eq!(policy(styled), format!("{BASE} {empty}"));
        assert_eq!(policy("<script></script>"), format!("{BASE}; script-src {empty}"));
        assert_eq!(
            policy("<script src=\"x.js\"></script>"),
            format!("{BASE}; script-src https://a.example")
        );
        assert_eq!(
            policy("<p style=\"\">"),
            format!("{BASE}; style-src-attr 'unsafe-hashes' {empty}")
        );
    }

    #[test]
    fn entities_of_attributes_are_read_as_browsers_read_them() {
        assert_eq!(policy("<p style=\"a:&quot;b&quot;\">"), policy("<p style='a:\"b\"'>"));
    }

    #[test]
    fn what_is_written_down_is_read_back() {
        let html = "<style>b{}</style><p style=\"color:red\"><script>x()</script>\
                    <script src=\"y.js\"></script>";
        let policy = PagePolicy::read(html).0;
        assert_eq!(PagePolicy::from_lines(&policy.to_lines()), Some(policy));
        assert_eq!(PagePolicy::from_lines("other line\n"), None);
    }

    #[test]
    fn handlers_are_refused() {
        let (_, refused) = PagePolicy::read("<a onclick=\"x()\" href=\"#\">x</a><p on=\"y\">");
        assert_eq!(refused, [Refused { attribute: "onclick".into(), value: "x()".into() }]);
    }
}
