//! Which profile wraps a link, with which ids.

use super::mint::Minter;
use super::{Details, Link};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::dialect::{Dialect, Masked, mask};
use crate::model::Span;
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, LinkRule, LinkTarget};
use crate::wrapper::{Field, Part, Profile, Style, Wrapped};

/// The parameter that a partner without a network reports on, as a profile.
const PLAIN: &str = "plain";

/// What wraps a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapping {
    /// The profile's name.
    pub profile: String,
    /// The ids in it, in the profile's order.
    pub fields: Vec<(String, String)>,
    /// What names the profile.
    pub span: Span,
    /// Whose macros the link holds, if it does.
    pub macros: Option<Dialect>,
}

impl Minter<'_> {
    /// The wrapping of a link, if it has one; `Err` where it cannot be had.
    pub(super) fn wrapping(
        &mut self,
        scene: &Scene<'_>,
        rule: &LinkRule,
    ) -> Result<Option<Wrapping>, ()> {
        let Some((name, span)) = profile_name(scene, rule) else { return Ok(None) };
        let documents = self.documents;
        let Some(profile) = documents.wrapper(&name) else {
            let message = format!("there is no wrapper `{name}`");
            self.report(
                Diagnostic::error(Code::WrapperField, span, message)
                    .maybe_help(did_you_mean(&name, documents.wrapper_names())),
            );
            return Err(());
        };
        let mut fields = Vec::new();
        let mut whole = true;
        for field in profile.fields() {
            match self.field(scene, profile, field.name()) {
                Some((value, place)) => {
                    if let Err(fault) = profile.check_field(field.name(), &value) {
                        let found = Diagnostic::error(Code::WrapperField, place, fault.message);
                        self.report(found.help(fault.help));
                        whole = false;
                    }
                    fields.push((field.name().to_owned(), value));
                }
                None if field.is_optional() => {}
                None => {
                    self.report_missing(scene, profile, field, span);
                    whole = false;
                }
            }
        }
        if whole {
            Ok(Some(Wrapping { profile: name, fields, span, macros: None }))
        } else {
            Err(())
        }
    }

    /// A network's id: in the partner's row, or of the workspace as a whole.
    fn field(&self, scene: &Scene<'_>, profile: &Profile, name: &str) -> Option<(String, Span)> {
        let partner = scene.partner()?;
        let column = if profile.name() == PLAIN {
            Some(scene.roster.columns.subid_param)
        } else {
            scene.tables.1.column(&column_name(profile, name))
        };
        let cell = column.map(|at| partner.value_in(at, &scene.scopes()));
        if let Some((value, place)) = cell.filter(|(value, _)| !value.is_empty()) {
            return Some((value.display(), place));
        }
        let ids = self.documents.workspace.wrapper_ids.get(profile.name())?;
        let found = ids.get(name)?;
        Some((found.value.clone(), found.span))
    }

    fn report_missing(&mut self, scene: &Scene<'_>, profile: &Profile, field: &Field, span: Span) {
        let (of, name, meaning) = (profile.name(), field.name(), field.meaning());
        let message = format!("the wrapper `{of}` needs `{name}`, {meaning}");
        let help = if of == PLAIN {
            "fill in `subid_param`".to_owned()
        } else {
            let column = column_name(profile, name);
            let declared = scene.tables.1.column(&column).is_some();
            let fill_in =
                if declared { "fill in the column" } else { "declare and fill in a column" };
            format!("{fill_in} `{column}` of partners, or set `{name}` in [wrappers.{of}]")
        };
        self.report(Diagnostic::error(Code::WrapperField, span, message).help(help));
    }
}

/// `awin_merchant`.
fn column_name(profile: &Profile, field: &str) -> String {
    format!("{}_{field}", profile.name().replace('-', "_"))
}

fn profile_name(scene: &Scene<'_>, rule: &LinkRule) -> Option<(String, Span)> {
    if let Some(written) = &rule.wrapper {
        return Some((written.value.clone(), written.span));
    }
    if rule.target != LinkTarget::Partner {
        return None;
    }
    let (partner, columns) = (scene.partner()?, &scene.roster.columns);
    let (named, span) = partner.value_in(columns.deep_link, &scene.scopes());
    if let Some(name) = named.as_text().filter(|name| !name.is_empty()) {
        return Some((name.to_owned(), span));
    }
    let sub_id = partner.text(columns.subid_param);
    (!sub_id.is_empty()).then(|| (PLAIN.to_owned(), partner.span(columns.subid_param)))
}

/// Puts the tracked URL of a link into its network's, now that its code is known.
pub(super) fn wrap(
    documents: &Documents,
    facts: &Facts,
    link: &mut Link,
    details: &mut Details,
) -> Option<Diagnostic> {
    let wrapping = details.wrapping.as_ref()?;
    let profile = documents.wrapper(&wrapping.profile)?;
    let fields: Vec<(&str, &str)> =
        wrapping.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let pairs: Vec<(&str, &str)> = details.params.iter().collect();
    // A store's page is opened as it is: what is tracked travels beside it.
    let bare = profile.style() == Style::Append && profile.takes_pairs();
    let destination = if bare { details.destination.as_str() } else { link.url.as_str() };
    let sub_id = if profile.takes_sub_id() { link.short_code.as_str() } else { "" };
    // A macro may hold a `#`, which is no fragment.
    let dialect = wrapping.macros.filter(|_| profile.style() == Style::Append);
    let masked = dialect.map(|dialect| mask(destination, dialect));
    let destination = masked.as_ref().map_or(destination, Masked::text);
    match profile.wrap(&Wrapped { destination, sub_id, fields: &fields, pairs: &pairs }) {
        Ok(url) => {
            let whole = masked.as_ref().map_or(Ok(url.clone()), |masked| masked.unmask(&url));
            details.has_sub_id = !sub_id.is_empty();
            match whole {
                Ok(whole) => link.url = whole.into(),
                Err(lost) => {
                    let found =
                        Diagnostic::error(Code::ForeignMacro, wrapping.span, lost.message());
                    return Some(found.help(lost.help()));
                }
            }
            None
        }
        Err(fault) => {
            let placement = facts.placements.get(link.placement)?;
            let scene = Scene::of(documents, facts, placement)?;
            let (partner, columns) = (scene.partner()?, &scene.roster.columns);
            let span = match fault.part {
                Part::Destination => partner.span(columns.landing_base),
                Part::SubId | Part::Field(_) => wrapping.span,
                Part::Pair(_) | Part::Pairs => scene.channel.links.get(link.rule)?.span,
            };
            Some(Diagnostic::error(Code::WrapperField, span, fault.message).help(fault.help))
        }
    }
}
