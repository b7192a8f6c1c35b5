//! rules/channels/*.toml: a channel's vocabulary, parameters, links, recipes and limits.

use super::esp::{Esp, read_esp};
use super::link_rule::{LinkRule, read_links};
use super::lint_rules::read_lint;
use super::mail_settings::{MailSettings, read_mail};
use super::must_show::{MustShow, read_must_show};
use super::pattern::Pattern;
use super::recipe::{Recipe, read_recipe};
use super::toml::{Document, Section};
use crate::address::Tagged;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::dialect::Dialect;
use crate::ga4;
use crate::lint::Rules;
use crate::model::{ChannelId, SourceId, Span, Spanned};

/// The tracking parameters that GA4 knows, in the order links carry them
/// (support.google.com/analytics/answer/10917952).
pub const PARAMETERS: [&str; 9] = [
    "utm_id",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
];

/// One channel.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its id: the file's name.
    pub id: ChannelId,
    /// The file.
    pub span: Span,
    /// Its word in the taxonomy's `medium`.
    pub medium: Spanned<String>,
    /// Its word in the taxonomy's `source`.
    pub source: Spanned<String>,
    /// The GA4 channel its links should fall into.
    pub expected_ga4: Option<Spanned<&'static str>>,
    /// Whose macros or merge tags its links may hold.
    pub dialect: Option<Dialect>,
    /// What its mail sender calls what templates ask for; none where the dialect has no merge tags.
    pub esp: Option<Esp>,
    /// How its emails are finished.
    pub mail: MailSettings,
    /// The brand whose templates go before the common ones, for assets that name none.
    pub theme: Option<Spanned<String>>,
    /// What becomes of tracking parameters that a partner's URL has already.
    pub on_tagged: Tagged,
    /// Parameters in the order of [`PARAMETERS`].
    pub params: Vec<(&'static str, Pattern)>,
    /// Links of each placement, by role.
    pub links: Vec<LinkRule>,
    /// What the channel builds.
    pub recipes: Vec<Recipe>,
    /// Facts of each placement that every artifact must show.
    pub must_show: Vec<Spanned<MustShow>>,
    /// Longest texts, in characters.
    pub limits: Vec<(Spanned<String>, usize)>,
    /// How much the checks on its mails and pages count.
    pub lint: Rules,
}

/// Reads one channel file.
pub fn read_channel(
    id: ChannelId,
    text: &str,
    source_id: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Channel> {
    let document = Document::parse(text, source_id, base, diagnostics)?;
    let root = document.root();
    let medium = root.text("medium", diagnostics);
    let source = root.text("source", diagnostics);
    let expected_ga4 = read_expected(&root, diagnostics);
    let on_tagged = read_on_tagged(&root, diagnostics);
    let dialect = read_dialect(&root, diagnostics);
    let theme = root.maybe_text("theme", diagnostics);
    let span = root_span(source_id, base);
    let esp = read_esp(root.section("esp", diagnostics), dialect, diagnostics);
    let mail = read_mail(root.section("mail", diagnostics), span, dialect, diagnostics);
    let params = root.section("params", diagnostics);
    let params = params.map(|one| read_params(&one, dialect, diagnostics)).unwrap_or_default();
    let links = root.section("links", diagnostics);
    let links = links.map(|one| read_links(&one, diagnostics)).unwrap_or_default();
    let recipes = root.sections("recipes", diagnostics);
    let recipes =
        recipes.into_iter().filter_map(|one| read_recipe(one, diagnostics)).collect::<Vec<_>>();
    let mut limits = Vec::new();
    if let Some(section) = root.section("limits", diagnostics) {
        for entry in section.entries() {
            if let Some(number) = entry.number(diagnostics) {
                limits.push((entry.key.clone(), number.value));
            }
        }
    }
    let must_show = read_must_show(&root, diagnostics);
    let lint = read_lint(root.section("lint", diagnostics).as_ref(), diagnostics);
    root.finish(diagnostics);
    Some(Channel {
        id,
        span,
        medium: medium?,
        source: source?,
        expected_ga4,
        dialect,
        esp,
        mail,
        theme,
        on_tagged,
        params,
        links,
        recipes,
        must_show,
        limits,
        lint,
    })
}

fn read_expected(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<&'static str>> {
    let written = root.maybe_text("expected_ga4", diagnostics)?;
    let found = ga4::channels().find(|channel| *channel == written.value);
    if found.is_none() {
        let message = format!("`{}` is not a channel of GA4", written.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, written.span, message)
                .maybe_help(did_you_mean(&written.value, ga4::channels())),
        );
    }
    found.map(|channel| Spanned::new(channel, written.span))
}

fn read_dialect(root: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Dialect> {
    let written = root.maybe_text("dialect", diagnostics)?;
    let found = Dialect::parse(&written.value);
    if found.is_none() {
        let names = Dialect::ALL.iter().map(|one| one.name());
        let message = format!("`{}` is no platform whose macros are known", written.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, written.span, message)
                .maybe_help(did_you_mean(&written.value, names)),
        );
    }
    found
}

fn read_on_tagged(root: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Tagged {
    let Some(written) = root.maybe_text("on_tagged", diagnostics) else { return Tagged::Refuse };
    match written.value.as_str() {
        "error" => Tagged::Refuse,
        "replace" => Tagged::Replace,
        other => {
            let message = format!("`on_tagged` is not `{other}`");
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .help("write `error`, or `replace` to put ours in their place"),
            );
            Tagged::Refuse
        }
    }
}

fn root_span(source: SourceId, base: usize) -> Span {
    Span::new(source, base, base)
}

fn read_params(
    section: &Section<'_, '_>,
    dialect: Option<Dialect>,
    diagnostics: &mut Diagnostics,
) -> Vec<(&'static str, Pattern)> {
    let mut params = Vec::new();
    for entry in section.entries() {
        let name = entry.key.value.as_str();
        let pattern = entry
            .text(diagnostics)
            .and_then(|text| Pattern::of_parameter(&text, dialect, diagnostics));
        let Some(known) = PARAMETERS.iter().find(|known| **known == name) else {
            diagnostics.push(
                Diagnostic::error(
                    Code::UnknownParameter,
                    entry.key.span,
                    format!("analytics does not know the parameter `{name}`"),
                )
                .maybe_help(did_you_mean(name, PARAMETERS)),
            );
            continue;
        };
        if let Some(pattern) = pattern {
            params.push((*known, pattern));
        }
    }
    params.sort_by_key(|(name, _)| PARAMETERS.iter().position(|known| known == name));
    params
}
