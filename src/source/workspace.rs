//! throughline.toml: the workspace's name, zone, hosts, owners, tables and declared links.

use std::collections::BTreeMap;

use iso_currency::Currency;
use jiff::tz::TimeZone;
use url::{Position, Url};

use super::link_settings::{RedirectSetting, WrapperIds, read_redirects, read_wrapper_ids};
use super::release_settings::{ReleaseSettings, read_release};
use super::table_spec::{TableSpec, read_tables};
use super::toml::{Document, Section};
use super::{SourceKind, find_typed_parameter};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::model::{SourceId, Span, Spanned, is_slug, zone};

/// What throughline.toml says.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its id.
    pub name: Spanned<String>,
    /// Its name for people.
    pub title: Spanned<String>,
    /// Local times in tables are in this zone.
    pub zone: TimeZone,
    /// Where the zone is named.
    pub zone_span: Span,
    /// ISO 4217 code that amounts have unless they say otherwise.
    pub currency: Spanned<String>,
    /// The language that briefs, tables and templates are written in.
    pub locale: &'static Locale,
    /// Public origins.
    pub hosts: Hosts,
    /// Who is asked.
    pub owners: Owners,
    /// Tables by name; the built-in ones are always there.
    pub tables: BTreeMap<String, TableSpec>,
    /// Links that templates may hold without minting them.
    pub declared: BTreeMap<String, Spanned<String>>,
    /// Our own ids at networks and app stores.
    pub wrapper_ids: WrapperIds,
    /// Servers that answer short codes.
    pub redirects: Vec<RedirectSetting>,
    /// Where releases go.
    pub release: ReleaseSettings,
}

/// The workspace's public origins.
#[derive(Clone, Debug)]
pub struct Hosts {
    /// Landing pages.
    pub site: Spanned<Url>,
    /// Short links.
    pub links: Spanned<Url>,
    /// Hashed assets.
    pub assets: Spanned<Url>,
}

impl Hosts {
    /// The public address of a page, given its path on our site.
    pub fn page(&self, route: &str) -> Option<String> {
        let site = &self.site.value;
        if is_route(route) && site.has_host() {
            // What joining comes to where no part of the path means anything.
            return Some([&site[..Position::BeforePath], route].concat());
        }
        site.join(route).ok().map(String::from)
    }
}

/// Whether a text can be the public path of a page: no data in it can lead anywhere else.
pub fn is_route(text: &str) -> bool {
    let part = |part: &str| {
        let plain =
            |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'.' | b'_' | b'~' | b'-');
        !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain)
    };
    text.strip_prefix('/').is_some_and(|path| path.split('/').all(part))
}

/// Who is asked about files of each kind, and about each table.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    kinds: BTreeMap<SourceKind, String>,
}

impl Owners {
    /// Who is asked about files of a kind.
    pub fn of(&self, kind: SourceKind) -> Option<&str> {
        self.kinds.get(&kind).or_else(|| self.kinds.get(&SourceKind::Workspace)).map(String::as_str)
    }
}

/// Reads throughline.toml.
pub fn read_workspace(
    text: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Workspace> {
    let document = Document::parse(text, source, base, diagnostics)?;
    let root = document.root();
    let name = root.text("name", diagnostics);
    if let Some(name) = name.as_ref().filter(|name| !is_slug(&name.value)) {
        diagnostics.push(
            Diagnostic::error(
                Code::BadSetting,
                name.span,
                format!("`{}` is not a slug", name.value),
            )
            .help("use lower-case letters, digits and dashes"),
        );
    }
    let title = root.maybe_text("title", diagnostics).or_else(|| name.clone());
    let zone = read_zone(&root, diagnostics);
    let currency = root.maybe_text("currency", diagnostics);
    if let Some(code) = currency.as_ref().filter(|code| !is_currency(&code.value)) {
        diagnostics.push(
            Diagnostic::error(
                Code::BadSetting,
                code.span,
                format!("`{}` is not a currency code", code.value),
            )
            .help("use a code of ISO 4217 in capital letters, such as USD"),
        );
    }
    let currency = currency.unwrap_or_else(|| Spanned::new("USD".to_owned(), root.span));
    let locale = root.maybe_text("locale", diagnostics);
    let locale = locale.and_then(|written| read_locale(&written, diagnostics));
    let hosts = root.required("hosts", diagnostics).and_then(|entry| entry.section(diagnostics));
    let hosts = hosts.and_then(|section| read_hosts(section, diagnostics));
    let owners = root.section("owners", diagnostics);
    let owners = owners.map(|section| read_owners(section, diagnostics)).unwrap_or_default();
    let tables = read_tables(&root, diagnostics);
    let declared = read_declared(&root, diagnostics);
    let wrapper_ids = read_wrapper_ids(&root, diagnostics);
    let redirects = read_redirects(&root, diagnostics);
    let release = read_release(&root, diagnostics);
    root.finish(diagnostics);
    let (zone, zone_span) = zone?;
    Some(Workspace {
        name: name?,
        title: title?,
        zone,
        zone_span,
        currency,
        locale: locale.unwrap_or_else(Locale::usual),
        hosts: hosts?,
        owners,
        tables,
        declared,
        wrapper_ids,
        redirects,
        release,
    })
}

/// A locale that is known.
pub(super) fn read_locale(
    written: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<&'static Locale> {
    let found = Locale::find(&written.value);
    if found.is_none() {
        let known: Vec<&str> = Locale::all().map(Locale::tag).collect();
        let message = format!("`{}` is not a locale that can be written", written.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownLocale, written.span, message)
                .maybe_help(did_you_mean(&written.value, known.iter().copied()))
                .help_if_none(format!("use one of {}", known.join(", "))),
        );
    }
    found
}

/// Whether text is an ISO 4217 code.
pub fn is_currency(text: &str) -> bool {
    Currency::from_code(text).is_some_and(|currency| currency.code() == text)
}

/// How many decimal places amounts of a currency have; two where ISO 4217 does not know it.
pub fn decimal_places(code: &str) -> u32 {
    let exponent = Currency::from_code(code).and_then(Currency::exponent);
    exponent.map_or(2, u32::from)
}

fn read_zone(root: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<(TimeZone, Span)> {
    let written = root.text("zone", diagnostics)?;
    let found = zone(&written.value);
    if found.is_none() {
        let message = format!("`{}` is not a time zone", written.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, written.span, message)
                .help("use an IANA name, such as America/New_York"),
        );
    }
    Some((found?, written.span))
}

fn read_hosts(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Hosts> {
    let mut origin = |key: &str| {
        let written = section.text(key, diagnostics)?;
        let parsed = Url::parse(&written.value).ok().filter(|url| {
            url.scheme() == "https"
                && url.host_str().is_some_and(|host| written.value == format!("https://{host}"))
        });
        if parsed.is_none() {
            let message = format!("`{}` is not an https origin", written.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .help("write `https://` and a lower-case host, with nothing behind it"),
            );
        }
        Some(Spanned::new(parsed?, written.span))
    };
    let (site, links, assets) = (origin("site"), origin("links"), origin("assets"));
    section.finish(diagnostics);
    Some(Hosts { site: site?, links: links?, assets: assets? })
}

fn read_owners(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Owners {
    let names = [
        ("workspace", SourceKind::Workspace),
        ("tables", SourceKind::Table),
        ("briefs", SourceKind::Brief),
        ("legal", SourceKind::Legal),
        ("rules", SourceKind::Rules),
        ("templates", SourceKind::Template),
        ("assets", SourceKind::Asset),
        ("waivers", SourceKind::Waiver),
        ("lock", SourceKind::Lock),
        ("signers", SourceKind::Signers),
    ];
    let mut kinds = BTreeMap::new();
    for (name, kind) in names {
        if let Some(owner) = section.maybe_text(name, diagnostics) {
            kinds.insert(kind, owner.value);
        }
    }
    section.finish(diagnostics);
    Owners { kinds }
}

fn read_declared(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Spanned<String>> {
    let mut declared = BTreeMap::new();
    let Some(section) = root.section("declared", diagnostics) else { return declared };
    for entry in section.entries() {
        let Some(text) = entry.text(diagnostics) else { continue };
        if let Some(range) = find_typed_parameter(&text.value) {
            let found = text.value.get(range).unwrap_or("");
            let message = format!("the tracking parameter `{found}` is typed by hand");
            diagnostics.push(
                Diagnostic::error(Code::TypedParameterInSource, text.span, message)
                    .help("remove it: only minted links are tracked"),
            );
        }
        declared.insert(entry.key.value.clone(), text);
    }
    declared
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Putting origin and path together is what joining them comes to.
    #[test]
    fn a_page_is_where_joining_leads() {
        let span = Span::new(SourceId(0), 0, 0);
        for site in ["https://shop.example", "https://shop.example:8443/a/b?c=d#e", "http://[::1]/"]
        {
            let host = |value: &str| Spanned { value: Url::parse(value).unwrap(), span };
            let hosts = Hosts { site: host(site), links: host(site), assets: host(site) };
            for route in [
                "/",
                "/a",
                "/bf26/lumen-serum",
                "/a.b/~c_d",
                "/a//b",
                "/a/../b",
                "/a/.",
                "a",
                "",
                "/é",
                "/a b",
                "/a?b",
                "/a#b",
                "//evil.example/a",
                "/%2e%2e/a",
                "\\\\evil.example",
            ] {
                let joined = hosts.site.value.join(route).ok().map(String::from);
                assert_eq!(hosts.page(route), joined, "{site} {route}");
            }
        }
    }
}
