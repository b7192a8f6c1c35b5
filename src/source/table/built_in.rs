//! The contracts that every workspace has: partners, offers, bundles, placements.

use super::{Column, ColumnKind, Condition, DayEdge, Rule, RuleKind};

/// Which edition of the built-in contracts this is. Raised when a column or a rule changes.
pub const EDITION: u32 = 1;

/// One built-in table.
pub(super) struct BuiltInTable {
    /// What one row is called.
    pub(super) entity: &'static str,
    columns: &'static [BuiltIn],
    /// The columns that name a row.
    pub(super) key: &'static [&'static str],
}

/// Name, type, whether it is required, and words: `!table` is a reference, `@name` a vocabulary,
/// `~lines` allows line breaks, `~end` ends on a date without time, anything else is a value.
type BuiltIn = (&'static str, ColumnKind, bool, &'static str);

const PARTNERS: &[BuiltIn] = &[
    ("partner_id", ColumnKind::Slug, true, ""),
    ("name", ColumnKind::Name, true, ""),
    ("legal_name", ColumnKind::Name, false, ""),
    ("tier", ColumnKind::Enum, false, "@tier"),
    ("category", ColumnKind::Enum, false, "@category"),
    ("owner", ColumnKind::Text, true, ""),
    ("permitted_domains", ColumnKind::Hosts, true, ""),
    ("landing_base", ColumnKind::Url, false, ""),
    ("deep_link", ColumnKind::Slug, false, ""),
    ("subid_param", ColumnKind::Text, false, ""),
    ("brand_color", ColumnKind::Color, false, ""),
    ("logo", ColumnKind::Asset, false, ""),
    ("embargo_until", ColumnKind::Datetime, false, ""),
    ("status", ColumnKind::Enum, false, "active draft withdrawn expired"),
];

const OFFERS: &[BuiltIn] = &[
    ("offer_id", ColumnKind::Slug, true, ""),
    ("partner_id", ColumnKind::Slug, false, "!partners"),
    ("bundle_id", ColumnKind::Slug, false, "!bundles"),
    ("mechanic", ColumnKind::Enum, true, "pct_off amount_off bogo gift free_ship cashback"),
    ("value", ColumnKind::Amount, false, ""),
    ("currency", ColumnKind::Text, false, ""),
    ("min_spend", ColumnKind::Money, false, ""),
    ("title", ColumnKind::Copy, true, ""),
    ("body", ColumnKind::Copy, false, "~lines"),
    ("cta", ColumnKind::Copy, false, ""),
    ("image", ColumnKind::Asset, false, ""),
    ("code", ColumnKind::Text, false, ""),
    ("exclusions", ColumnKind::Copy, false, "~lines"),
    ("terms_id", ColumnKind::Slug, false, "!terms"),
    ("landing_path", ColumnKind::Path, false, ""),
    ("effective_from", ColumnKind::Datetime, false, ""),
    ("effective_to", ColumnKind::Datetime, false, "~end"),
    ("display_from", ColumnKind::Datetime, false, ""),
    ("display_to", ColumnKind::Datetime, false, "~end"),
    ("status", ColumnKind::Enum, false, "active draft withdrawn expired"),
    ("source_ref", ColumnKind::Text, false, ""),
];

const BUNDLES: &[BuiltIn] = &[
    ("bundle_id", ColumnKind::Slug, true, ""),
    ("partner_id", ColumnKind::Slug, true, "!partners"),
    ("role", ColumnKind::Enum, true, "lead member"),
];

const PLACEMENTS: &[BuiltIn] = &[
    ("placement_id", ColumnKind::Slug, true, ""),
    ("campaign_id", ColumnKind::Slug, true, "!campaigns"),
    ("asset_id", ColumnKind::Slug, true, "!assets"),
    ("slot", ColumnKind::Slug, true, ""),
    ("offer_id", ColumnKind::Slug, true, "!offers"),
    ("variant", ColumnKind::Slug, false, ""),
    ("flight_start", ColumnKind::Datetime, false, ""),
    ("flight_end", ColumnKind::Datetime, false, "~end"),
    ("fallback_offer_id", ColumnKind::Slug, false, "!offers"),
    ("committed", ColumnKind::Bool, false, ""),
];

/// The built-in table of a name.
pub(super) fn built_in(table: &str) -> Option<BuiltInTable> {
    let one = |entity, columns, key| Some(BuiltInTable { entity, columns, key });
    match table {
        "partners" => one("partner", PARTNERS, &["partner_id"]),
        "offers" => one("offer", OFFERS, &["offer_id"]),
        "bundles" => one("bundle", BUNDLES, &["bundle_id", "partner_id"]),
        "placements" => one("placement", PLACEMENTS, &["placement_id"]),
        _ => None,
    }
}

/// Whether a name is a column of some built-in table.
pub(super) fn is_built_in(name: &str) -> bool {
    [PARTNERS, OFFERS, BUNDLES, PLACEMENTS]
        .iter()
        .copied()
        .flatten()
        .any(|(known, ..)| *known == name)
}

impl BuiltInTable {
    /// Its columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = Column> {
        self.columns.iter().map(expand)
    }
}

fn expand((name, kind, required, words): &BuiltIn) -> Column {
    let mut column = Column::new(name, *kind);
    column.required = *required;
    if let Some(table) = words.strip_prefix('!') {
        column.references = Some(table.to_owned());
    } else if let Some(dimension) = words.strip_prefix('@') {
        column.vocabulary = Some(dimension.to_owned());
    } else if *words == "~lines" {
        column.lines = true;
    } else if *words == "~end" {
        column.day = DayEdge::End;
    } else {
        column.values = words.split_whitespace().map(str::to_owned).collect();
    }
    column
}

/// Rules between the cells of a row.
pub(super) fn rules(table: &str) -> Vec<Rule> {
    let after = |later: &str, earlier: &str| {
        Rule::new(RuleKind::After { later: later.to_owned(), earlier: earlier.to_owned() })
    };
    let mechanics = |names: &[&str]| {
        let values = names.iter().map(|one| (*one).to_owned()).collect();
        Some(Condition { column: "mechanic".to_owned(), values, unless: false })
    };
    match table {
        "offers" => vec![
            Rule::new(RuleKind::ExactlyOne(vec!["partner_id".to_owned(), "bundle_id".to_owned()])),
            Rule {
                condition: mechanics(&["pct_off", "amount_off", "cashback"]),
                ..Rule::new(RuleKind::Required("value".to_owned()))
            },
            Rule {
                condition: mechanics(&["pct_off", "cashback"]),
                ..Rule::new(RuleKind::Percentage("value".to_owned()))
            },
            after("effective_to", "effective_from"),
            after("display_to", "display_from"),
            after("effective_to", "display_to"),
        ],
        "placements" => vec![after("flight_end", "flight_start")],
        _ => Vec::new(),
    }
}
