//! briefs/*.md: one campaign a file. Front matter holds the facts, headings hold the copy.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::copy::read_copy;
use super::front_matter;
use super::locales::read_locales;
use super::toml::{Document, Section};
use super::variant::{VariantSpec, read_variants};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::locale::Locale;
use crate::model::{
    AssetId, CampaignId, LocalTimeFault, SourceId, Span, Spanned, WindowId, parse_local, zone,
};

/// One campaign, as its brief states it.
#[derive(Clone, Debug)]
pub struct Brief {
    /// Its id, which is also its `utm_id`.
    pub id: Spanned<CampaignId>,
    /// Its name for people.
    pub name: Spanned<String>,
    /// Its `utm_campaign`.
    pub code: Spanned<String>,
    /// Who owns the brief.
    pub owner: Spanned<String>,
    /// Windows are local to this zone.
    pub zone: TimeZone,
    /// Its windows, in the order written.
    pub windows: Vec<Window>,
    /// Its assets, in the order written.
    pub assets: Vec<AssetSpec>,
    /// Every window and every asset could be understood.
    pub whole: bool,
    /// Copy blocks by name; `asset.name` belongs to one asset, `asset.variant.name` to a variant,
    /// and what ends in `@fr-CA` to a locale.
    pub copy: BTreeMap<String, Spanned<String>>,
    /// The file.
    pub span: Span,
}

/// A span of time in which channels are open.
#[derive(Clone, Debug)]
pub struct Window {
    /// Its id.
    pub id: WindowId,
    /// Where it stands.
    pub span: Span,
    /// From here on changes need a decision.
    pub freezes: Timestamp,
    /// From here on nothing changes.
    pub locks: Timestamp,
    /// Customers see it from here on.
    pub opens: Timestamp,
    /// Customers see it until here.
    pub closes: Timestamp,
    /// Its channels.
    pub channels: Vec<Spanned<String>>,
}

/// One container for placements.
#[derive(Clone, Debug)]
pub struct AssetSpec {
    /// Its id.
    pub id: Spanned<AssetId>,
    /// Its channel.
    pub channel: Spanned<String>,
    /// Its window, where the channel alone does not say.
    pub window: Option<Spanned<String>>,
    /// How placements come about.
    pub each: Each,
    /// Which offers are picked.
    pub pick: Vec<PickRule>,
    /// By which columns they are ordered; `-` means descending.
    pub order: Vec<Spanned<String>>,
    /// Most slots one partner may have.
    pub per_partner: usize,
    /// Its variants; without any it has one, which nobody named.
    pub variants: Vec<VariantSpec>,
    /// Its locales, its own first; without any it is in the workspace's.
    pub locales: Vec<Spanned<&'static Locale>>,
    /// Copy and legal text that a locale lacks is shown as it is in the first one.
    pub copy_fallback: bool,
    /// The brand whose templates go before the common ones; else its channel's.
    pub theme: Option<Spanned<String>>,
}

/// How an asset's placements come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Each {
    /// Fan-in: this many slots in one artifact.
    Slots(usize),
    /// Fan-out: one placement for each offer.
    Offer,
    /// Fan-out: one placement for each partner.
    Partner,
}

/// A column and the values it may have.
#[derive(Clone, Debug)]
pub struct PickRule {
    /// The column, of the offer or of its partner.
    pub column: Spanned<String>,
    /// Its values.
    pub values: Vec<Spanned<String>>,
}

/// More slots than this in one artifact is a typing mistake.
const MAX_SLOTS: usize = 999;

/// Reads one brief. `default_zone` is the workspace's.
pub fn read_brief(
    stem: &str,
    text: &str,
    source: SourceId,
    base: usize,
    default_zone: &TimeZone,
    diagnostics: &mut Diagnostics,
) -> Option<Brief> {
    let parts = front_matter::split(text, source, base, diagnostics)?;
    let copy = read_copy(parts.body, source, parts.body_start, diagnostics);
    let document = Document::parse(parts.facts, source, parts.facts_start, diagnostics)?;
    let root = document.root();
    let id = root.text("id", diagnostics);
    let id = id.and_then(|id| slug(&id, CampaignId::new, diagnostics));
    if let Some(id) = id.as_ref().filter(|id| id.value.as_str() != stem) {
        let message = format!("the id `{}` is not the name of its file, `{stem}`", id.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, id.span, message)
                .help("give the brief and the file one name"),
        );
    }
    let name = root.text("name", diagnostics);
    let code = root.text("code", diagnostics);
    let owner = root.text("owner", diagnostics);
    let own_zone = root.maybe_text("zone", diagnostics);
    let zone = match own_zone {
        None => default_zone.clone(),
        Some(written) => zone(&written.value).unwrap_or_else(|| {
            let message = format!("`{}` is not a time zone", written.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .help("use an IANA name, such as America/New_York"),
            );
            default_zone.clone()
        }),
    };
    let mut whole = true;
    let mut windows = Vec::new();
    if let Some(section) = root.section("windows", diagnostics) {
        for entry in section.entries() {
            let body = entry.section(diagnostics);
            let read = body.and_then(|body| read_window(&entry.key, body, &zone, diagnostics));
            whole &= read.is_some();
            windows.extend(read);
        }
    }
    let assets = root.sections("assets", diagnostics);
    let written = assets.len();
    let assets: Vec<AssetSpec> =
        assets.into_iter().filter_map(|one| read_asset(one, diagnostics)).collect();
    whole &= assets.len() == written;
    let span = root.span;
    root.finish(diagnostics);
    Some(Brief {
        id: id?,
        name: name?,
        code: code?,
        owner: owner?,
        zone,
        windows,
        assets,
        whole,
        copy,
        span,
    })
}

fn slug<T>(
    text: &Spanned<String>,
    parse: impl Fn(&str) -> Option<T>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<T>> {
    let made = parse(&text.value);
    if made.is_none() {
        let message = format!("`{}` is not a slug", text.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, text.span, message)
                .help("use lower-case letters, digits and dashes"),
        );
    }
    Some(Spanned::new(made?, text.span))
}

fn read_window(
    key: &Spanned<String>,
    body: Section<'_, '_>,
    zone: &TimeZone,
    diagnostics: &mut Diagnostics,
) -> Option<Window> {
    let id = slug(key, WindowId::new, diagnostics);
    let mut times = ["freezes", "locks", "opens", "closes"].map(|name| {
        let entry = body.required(name, diagnostics)?;
        let local = entry.local_time(diagnostics)?;
        Some((name, local.span, instant(&local, zone, diagnostics)?))
    });
    let channels = body.texts("channels", diagnostics);
    body.finish(diagnostics);
    for pair in times.windows(2) {
        if let [Some((first, _, earlier)), Some((second, span, later))] = pair
            && earlier > later
        {
            let message = format!("the window `{}` {second} before it {first}", key.value);
            diagnostics.push(
                Diagnostic::error(Code::BadWindow, *span, message)
                    .help("a window freezes, locks, opens and closes, in this order"),
            );
        }
    }
    let mut next = times.iter_mut().map(|time| time.take().map(|(_, _, instant)| instant));
    let mut take = || next.next().flatten();
    let (freezes, locks, opens, closes) = (take(), take(), take(), take());
    Some(Window {
        id: id?.value,
        span: key.span,
        freezes: freezes?,
        locks: locks?,
        opens: opens?,
        closes: closes?,
        channels,
    })
}

fn instant(
    local: &Spanned<DateTime>,
    zone: &TimeZone,
    diagnostics: &mut Diagnostics,
) -> Option<Timestamp> {
    let fault = match parse_local(local.value, zone) {
        Ok(instant) => return Some(instant),
        Err(LocalTimeFault::Gap) => "is skipped when clocks go forward",
        Err(LocalTimeFault::Fold) => "comes twice when clocks go back",
        Err(LocalTimeFault::Form) => "is not a time",
    };
    let message = format!("{} {fault} in {}", local.value, zone.iana_name().unwrap_or("its zone"));
    diagnostics.push(
        Diagnostic::error(Code::BadWindow, local.span, message).help("choose another time of day"),
    );
    None
}

fn read_asset(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<AssetSpec> {
    let id = section.text("id", diagnostics);
    let id = id.and_then(|id| slug(&id, AssetId::new, diagnostics));
    let channel = section.text("channel", diagnostics);
    let window = section.maybe_text("window", diagnostics);
    let each = read_each(&section, diagnostics);
    let mut pick = Vec::new();
    if let Some(rules) = section.section("pick", diagnostics) {
        for entry in rules.entries() {
            let values = entry.texts(diagnostics);
            pick.push(PickRule { column: entry.key, values });
        }
    }
    let order = section.texts("order", diagnostics);
    let per_partner = section.entry("per_partner").and_then(|one| one.number(diagnostics));
    let variants = read_variants(&section, diagnostics);
    let locales = read_locales(&section, diagnostics);
    let fallback = section.entry("copy_fallback").and_then(|one| one.flag(diagnostics));
    let theme = section.maybe_text("theme", diagnostics);
    section.finish(diagnostics);
    let per_partner = per_partner.map_or(1, |number| number.value.max(1));
    Some(AssetSpec {
        id: id?,
        channel: channel?,
        window,
        each: each?,
        pick,
        order,
        per_partner,
        variants,
        locales,
        copy_fallback: fallback.unwrap_or(false),
        theme,
    })
}

fn read_each(section: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Each> {
    let slots = section.entry("slots");
    let each = section.entry("each");
    match (slots, each) {
        (Some(slots), None) => {
            let number = slots.number(diagnostics)?;
            if (1..=MAX_SLOTS).contains(&number.value) {
                return Some(Each::Slots(number.value));
            }
            diagnostics.push(
                Diagnostic::error(
                    Code::BadSetting,
                    number.span,
                    format!("an asset cannot have {} slots", number.value),
                )
                .help(format!("use 1 to {MAX_SLOTS}")),
            );
            None
        }
        (None, Some(each)) => match each.text(diagnostics)?.value.as_str() {
            "offer" => Some(Each::Offer),
            "partner" => Some(Each::Partner),
            other => {
                diagnostics.push(
                    Diagnostic::error(
                        Code::BadSetting,
                        each.span(),
                        format!("there is no asset for each `{other}`"),
                    )
                    .help("use `offer` or `partner`"),
                );
                None
            }
        },
        (Some(_), Some(each)) => {
            let message = "an asset has `slots` or `each`, not both";
            diagnostics.push(Diagnostic::error(Code::BadSetting, each.key.span, message));
            None
        }
        (None, None) => {
            diagnostics.push(
                Diagnostic::error(
                    Code::MissingKey,
                    section.span,
                    "the asset has neither `slots` nor `each`",
                )
                .help("add `slots = 12` for one artifact, or `each = \"offer\"` for many"),
            );
            None
        }
    }
}
