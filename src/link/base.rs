//! Where a link goes before anything is put behind it: our page, or the partner's.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::mint::Minter;
use super::wrapping::Wrapping;
use crate::address::{AddressFault, AddressFaultKind, Prepared, Rules, Tagged, read};
use crate::diag::{Code, Diagnostic};
use crate::dialect::{Foreign, foreign, scan};
use crate::model::{SharedText, Span};
use crate::resolve::Scene;
use crate::source::{LinkRule, LinkTarget};

/// So many of an address's other strangers are named.
const MAX_SHOWN: usize = 4;

/// A destination that is ready to be tracked.
pub(super) struct Base {
    /// As it was written.
    pub(super) text: SharedText,
    pub(super) prepared: Prepared,
    /// It holds macros.
    pub(super) has_macros: bool,
    /// Where it comes from.
    pub(super) span: Span,
}

/// A base of each offer, of ours and of its partner: most channels lead to the same, and reading it
/// is the longest part of making a link. And what wraps its links, which is held once.
pub(super) struct Bases {
    ours: Vec<OnceLock<Known>>,
    partners: Vec<OnceLock<Known>>,
    wrappings: Vec<OnceLock<Arc<Wrapping>>>,
}

struct Known {
    /// As it was read.
    text: String,
    tagged: Tagged,
    base: Arc<Base>,
}

impl Bases {
    /// Knows none yet.
    pub(super) fn new(offers: usize) -> Self {
        fn none<T>(count: usize) -> Vec<OnceLock<T>> {
            std::iter::repeat_with(OnceLock::new).take(count).collect()
        }
        Self { ours: none(offers), partners: none(offers), wrappings: none(offers) }
    }

    /// The same as `wrapping`; where another link of the offer has it, that.
    pub(super) fn share(&self, scene: &Scene<'_>, wrapping: Wrapping) -> Arc<Wrapping> {
        let place = scene.placement.and_then(|one| self.wrappings.get(one.offer));
        let Some(place) = place else { return Arc::new(wrapping) };
        match place.get() {
            Some(known) if **known == wrapping => Arc::clone(known),
            Some(_) => Arc::new(wrapping),
            None => {
                let new = Arc::new(wrapping);
                // Another thread may have been sooner, with the same or with another.
                let _ = place.set(Arc::clone(&new));
                new
            }
        }
    }

    fn place(&self, target: &LinkTarget, offer: usize) -> Option<&OnceLock<Known>> {
        let known = match target {
            LinkTarget::Landing(_) | LinkTarget::App => &self.ours,
            LinkTarget::Partner => &self.partners,
        };
        known.get(offer)
    }
}

impl Minter<'_> {
    /// Where a link goes, read and ready; `None` after a finding.
    pub(super) fn base(&mut self, scene: &Scene<'_>, rule: &LinkRule) -> Option<Arc<Base>> {
        let (text, span) = match &rule.target {
            LinkTarget::Landing(fragment) => self.our_page(scene, fragment.as_deref())?,
            LinkTarget::App => self.our_page(scene, None)?,
            LinkTarget::Partner => self.partner_page(scene)?,
        };
        let bases = self.bases;
        let place = scene.placement.and_then(|one| bases.place(&rule.target, one.offer));
        let tagged = scene.channel.on_tagged;
        let known = place.and_then(OnceLock::get);
        let known = known.filter(|one| one.tagged == tagged && one.text == text);
        if let Some(known) = known.filter(|one| one.base.span == span) {
            return Some(Arc::clone(&known.base));
        }
        let base = Arc::new(self.read_base(scene, &text, span)?);
        // Macros are those of one channel.
        if let Some(place) = place.filter(|_| !may_have_macros(&text)) {
            place.get_or_init(|| Known { text, tagged, base: Arc::clone(&base) });
        }
        Some(base)
    }

    fn read_base(&mut self, scene: &Scene<'_>, text: &str, span: Span) -> Option<Base> {
        let tokens = self.macros(scene, text, span)?;
        let has_macros = !tokens.is_empty();
        let rules = Rules { fragment: true, tagged: scene.channel.on_tagged, tokens: &tokens };
        match read(text, &rules) {
            Ok(address) => {
                let prepared = address.prepare();
                Some(Base { text: untagged(&prepared).into(), prepared, has_macros, span })
            }
            Err(faults) => {
                for fault in faults {
                    let found = of_address(scene, fault, span);
                    self.report(found);
                }
                None
            }
        }
    }

    fn our_page(&mut self, scene: &Scene<'_>, fragment: Option<&str>) -> Option<(String, Span)> {
        let placement = scene.placement?;
        let route = self.facts.pages.route(placement)?;
        let hosts = &self.documents.workspace.hosts;
        if fragment.is_none() {
            return Some((hosts.page(route)?, hosts.site.span));
        }
        let mut url = hosts.site.value.join(route).ok()?;
        url.set_fragment(fragment);
        Some((url.into(), hosts.site.span))
    }

    /// The partner's own page: its base, or the offer's path on the base's host.
    fn partner_page(&mut self, scene: &Scene<'_>) -> Option<(String, Span)> {
        let columns = &scene.roster.columns;
        let (offer, partner) = (scene.offer()?, scene.partner()?);
        let scopes = scene.scopes();
        let (base, place) = partner.value_in(columns.landing_base, &scopes);
        let Some(base) = base.as_text().filter(|base| !base.is_empty()) else {
            let name = partner.text(columns.partner_id);
            let message = format!("the partner `{name}` has no landing base for its links");
            self.report(
                Diagnostic::error(Code::NoDestination, place, message)
                    .help("fill in `landing_base`"),
            );
            return None;
        };
        let (path, span) = offer.value_in(columns.landing_path, &scopes);
        let Some(path) = path.as_text() else { return Some((base.to_owned(), place)) };
        let host = base.find("://").map_or(0, |at| at + 3);
        let rest = base.get(host..).unwrap_or("");
        let origin = host + rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some((format!("{}{path}", base.get(..origin).unwrap_or(base)), span))
    }

    /// The macros of a URL; `None` where some are not the channel's.
    fn macros(&mut self, scene: &Scene<'_>, text: &str, span: Span) -> Option<Vec<Range<usize>>> {
        if !may_have_macros(text) {
            return Some(Vec::new());
        }
        let dialect = scene.channel.dialect;
        let strangers = foreign(text, dialect);
        if let Some((first, others)) = strangers.split_first() {
            let channel = &scene.channel;
            let shown = |one: &Foreign| format!("`{}`", text.get(one.range.clone()).unwrap_or(""));
            let mut also: Vec<String> = others.iter().take(MAX_SHOWN).map(shown).collect();
            if others.len() > MAX_SHOWN {
                also.push("more".to_owned());
            }
            let also =
                if also.is_empty() { String::new() } else { format!("; also {}", also.join(", ")) };
            let message = format!("{} (in the channel `{}`){also}", first.message, channel.id);
            self.report(
                Diagnostic::error(Code::ForeignMacro, span, message)
                    .related(channel.span, "the channel is here")
                    .help(&first.help),
            );
            return None;
        }
        let tokens = dialect.into_iter().flat_map(|dialect| scan(text, dialect));
        let tokens: Vec<Range<usize>> = tokens.map(|token| token.range).collect();
        let named = tokens.iter().filter_map(|range| text.get(range.clone()));
        if let Some(personal) = named.into_iter().find(|token| is_personal(token)) {
            let message = format!("`{personal}` would tell the partner who the customer is");
            let help = "take it out: a partner's address holds no merge tag that names a person";
            self.report(Diagnostic::error(Code::PersonalMacro, span, message).help(help));
            return None;
        }
        Some(tokens)
    }
}

/// Nearly no URL has a sign of one.
fn may_have_macros(text: &str) -> bool {
    memchr::memchr3(b'{', b'*', b'[', text.as_bytes()).is_some()
        || ["__", "%%", "<", "}"].iter().any(|sign| text.contains(sign))
}

/// Whether a merge tag stands for something about the person who gets the mail.
fn is_personal(token: &str) -> bool {
    const WHOLE: [&str; 2] = ["fname", "lname"];
    const WITHIN: [&str; 9] = [
        "email",
        "phone",
        "firstname",
        "lastname",
        "fullname",
        "birth",
        "address",
        "subscriber",
        "recipient",
    ];
    let token = token.to_lowercase();
    let words: Vec<&str> = token.split(|one: char| !one.is_alphanumeric()).collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    words.iter().any(|word| WHOLE.contains(word) || WITHIN.iter().any(|one| word.contains(one)))
        || pairs
            .into_iter()
            .any(|pair| matches!(pair, (&"first" | &"last" | &"full", &"name") | (&"e", &"mail")))
}

fn of_address(scene: &Scene<'_>, fault: AddressFault, span: Span) -> Diagnostic {
    let tagged =
        matches!(fault.kind, AddressFaultKind::BaseTagged | AddressFaultKind::UtmInFragment);
    let code = if tagged { Code::TypedParameter } else { Code::BadUrl };
    let found = Diagnostic::error(code, span, fault.message);
    let replaces = scene.channel.on_tagged == Tagged::Replace;
    if fault.kind == AddressFaultKind::BaseTagged && !replaces {
        let help = "remove it, or say `on_tagged = \"replace\"` in the channel";
        return found.related(scene.channel.span, "in this channel").help(help);
    }
    found.help(fault.help)
}

/// The destination without the parameters that give way to ours.
fn untagged(prepared: &Prepared) -> String {
    format!("{}{}", prepared.head(), prepared.tail())
}

#[cfg(test)]
mod tests {
    use super::is_personal;

    #[test]
    fn merge_tags_about_persons_are_known() {
        for tag in [
            "*|EMAIL|*",
            "*|FNAME|*",
            "{{ first_name }}",
            "{{${first_name}}}",
            "%%First Name%%",
            "{{ person.email|default:'' }}",
            "<%= recipient.name %>",
            "{{firstName}}",
            "{{ e-mail }}",
        ] {
            assert!(is_personal(tag), "{tag}");
        }
        for tag in [
            "*|LIST|*",
            "{{#if name}}",
            "{{ campaign.name }}",
            "{campaignid}",
            "{ifmobile:m}",
            "__CID__",
        ] {
            assert!(!is_personal(tag), "{tag}");
        }
    }
}
