//! `[links]` of a channel: a placement's links, by role.

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{RoleId, Span, Spanned};

/// Where the links of one role go.
#[derive(Clone, Debug)]
pub struct LinkRule {
    /// The role.
    pub role: RoleId,
    /// Where.
    pub target: LinkTarget,
    /// The profile that wraps the link; a partner's own `deep_link` where nothing is said.
    pub wrapper: Option<Spanned<String>>,
    /// Where this is said.
    pub span: Span,
}

/// The destination of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// The offer's page of ours, at an optional fragment.
    Landing(Option<String>),
    /// The partner's own page.
    Partner,
    /// Our page, opened in our app by the link's wrapper.
    App,
}

pub(super) fn read_links(
    section: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<LinkRule> {
    let mut links = Vec::new();
    for entry in section.entries() {
        let Some(body) = entry.section(diagnostics) else { continue };
        let to = body.text("to", diagnostics);
        let wrapper = body.maybe_text("wrapper", diagnostics);
        body.finish(diagnostics);
        let role = RoleId::new(&entry.key.value);
        if role.is_none() {
            let message = format!("the role `{}` is not a slug", entry.key.value);
            diagnostics.push(Diagnostic::error(Code::BadSetting, entry.key.span, message));
        }
        let target = to.and_then(|to| read_target(&to, diagnostics));
        if target == Some(LinkTarget::App) && wrapper.is_none() {
            let message = "a link to an app has no `wrapper`";
            diagnostics.push(
                Diagnostic::error(Code::MissingKey, entry.key.span, message)
                    .help("name the profile that opens the app, such as `wrapper = \"onelink\"`"),
            );
        }
        if let (Some(role), Some(target)) = (role, target) {
            links.push(LinkRule { role, target, wrapper, span: entry.key.span });
        }
    }
    links
}

fn read_target(to: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<LinkTarget> {
    let (place, fragment) = match to.value.split_once('#') {
        Some((place, fragment)) => (place, Some(fragment.to_owned())),
        None => (to.value.as_str(), None),
    };
    match (place, fragment) {
        ("landing", fragment) => Some(LinkTarget::Landing(fragment)),
        ("partner", None) => Some(LinkTarget::Partner),
        ("app", None) => Some(LinkTarget::App),
        _ => {
            let message = format!("a link cannot go to `{}`", to.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, to.span, message)
                    .help("use `landing`, `landing#fragment`, `partner` or `app`"),
            );
            None
        }
    }
}
