//! What a table must look like: columns, types, keys, references.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::workspace::TableSpec;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// `[a-z0-9][a-z0-9-]{0,62}`.
    Slug,
    /// Any text without control characters.
    Text,
    /// An https URL with a plain host.
    Url,
    /// Host names with `;` between them.
    Hosts,
    /// An amount: a decimal with at most two places, not negative.
    Money,
    /// A percentage: above 0, at most 100, without the sign.
    Percent,
    /// Another exact decimal.
    Decimal,
    /// An instant.
    Datetime,
    /// `yes` or `no`, `true` or `false`, `y` or `n`.
    Bool,
    /// One of a closed list.
    Enum,
    /// `#RRGGBB`.
    Color,
    /// A whole number.
    Int,
    /// A URL path that begins with `/`.
    Path,
    /// A file under assets/.
    Asset,
}

impl ColumnKind {
    /// Types by the names that throughline.toml uses.
    pub const NAMES: [(&'static str, Self); 14] = [
        ("slug", Self::Slug),
        ("text", Self::Text),
        ("url", Self::Url),
        ("hosts", Self::Hosts),
        ("money", Self::Money),
        ("percent", Self::Percent),
        ("decimal", Self::Decimal),
        ("datetime", Self::Datetime),
        ("bool", Self::Bool),
        ("enum", Self::Enum),
        ("color", Self::Color),
        ("int", Self::Int),
        ("path", Self::Path),
        ("asset", Self::Asset),
    ];

    /// Finds a type by name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// One column of a contract.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ColumnKind,
    /// Whether each row must fill it in.
    pub required: bool,
    /// Allowed values of an enum.
    pub values: Vec<String>,
    /// The taxonomy's vocabulary of an enum.
    pub vocabulary: Option<String>,
    /// The table whose key it names.
    pub references: Option<String>,
}

/// A table's contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The table's name.
    pub table: String,
    /// What one row is called: `offer`.
    pub entity: String,
    /// Its columns, built-in ones first.
    pub columns: Vec<Column>,
    /// The columns that together name a row.
    pub key: Vec<usize>,
    index: BTreeMap<String, usize>,
}

type BuiltIn = (&'static str, ColumnKind, bool, &'static str);

/// `!` before a word list is a reference, `@` a vocabulary, anything else allowed values.
const PARTNERS: &[BuiltIn] = &[
    ("partner_id", ColumnKind::Slug, true, ""),
    ("name", ColumnKind::Text, true, ""),
    ("legal_name", ColumnKind::Text, false, ""),
    ("tier", ColumnKind::Enum, false, "@tier"),
    ("category", ColumnKind::Enum, false, "@category"),
    ("owner", ColumnKind::Text, true, ""),
    ("permitted_domains", ColumnKind::Hosts, true, ""),
    ("landing_base", ColumnKind::Url, false, ""),
    ("deep_link", ColumnKind::Enum, false, "plain"),
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
    ("value", ColumnKind::Decimal, false, ""),
    ("currency", ColumnKind::Text, false, ""),
    ("min_spend", ColumnKind::Money, false, ""),
    ("title", ColumnKind::Text, true, ""),
    ("body", ColumnKind::Text, false, ""),
    ("cta", ColumnKind::Text, false, ""),
    ("image", ColumnKind::Asset, false, ""),
    ("code", ColumnKind::Text, false, ""),
    ("exclusions", ColumnKind::Text, false, ""),
    ("terms_id", ColumnKind::Slug, false, "!terms"),
    ("landing_path", ColumnKind::Path, false, ""),
    ("effective_from", ColumnKind::Datetime, false, ""),
    ("effective_to", ColumnKind::Datetime, false, ""),
    ("display_from", ColumnKind::Datetime, false, ""),
    ("display_to", ColumnKind::Datetime, false, ""),
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
    ("flight_end", ColumnKind::Datetime, false, ""),
    ("fallback_offer_id", ColumnKind::Slug, false, "!offers"),
    ("committed", ColumnKind::Bool, false, ""),
];

fn built_in(table: &str) -> (&'static str, &'static [BuiltIn], &'static [&'static str]) {
    match table {
        "partners" => ("partner", PARTNERS, &["partner_id"]),
        "offers" => ("offer", OFFERS, &["offer_id"]),
        "bundles" => ("bundle", BUNDLES, &["bundle_id", "partner_id"]),
        "placements" => ("placement", PLACEMENTS, &["placement_id"]),
        _ => ("", &[], &[]),
    }
}

fn expand((name, kind, required, words): &BuiltIn) -> Column {
    let (mut values, mut vocabulary, mut references) = (Vec::new(), None, None);
    if let Some(table) = words.strip_prefix('!') {
        references = Some(table.to_owned());
    } else if let Some(dimension) = words.strip_prefix('@') {
        vocabulary = Some(dimension.to_owned());
    } else {
        values = words.split_whitespace().map(str::to_owned).collect();
    }
    Column {
        name: (*name).to_owned(),
        kind: *kind,
        required: *required,
        values,
        vocabulary,
        references,
    }
}

impl Contract {
    /// The contract of a table: what is built in, and what the workspace adds.
    pub fn new(table: &str, spec: &TableSpec, diagnostics: &mut Diagnostics) -> Self {
        let (entity, built_in, key) = built_in(table);
        let mut columns: Vec<Column> = built_in.iter().map(expand).collect();
        let mut index: BTreeMap<String, usize> =
            columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
        for column in &spec.columns {
            if index.contains_key(&column.name) {
                if let Some(span) = spec.span {
                    let message = format!(
                        "`{table}.{}` is built in and cannot be declared again",
                        column.name
                    );
                    diagnostics.push(Diagnostic::error(Code::BadSetting, span, message));
                }
                continue;
            }
            index.insert(column.name.clone(), columns.len());
            columns.push(column.clone());
        }
        let mut key: Vec<usize> = key.iter().filter_map(|name| index.get(*name).copied()).collect();
        if let Some(added) = &spec.key {
            match index.get(&added.value) {
                Some(at) => {
                    key = vec![*at];
                    if let Some(column) = columns.get_mut(*at) {
                        column.required = true;
                    }
                }
                None => diagnostics.push(Diagnostic::error(
                    Code::BadSetting,
                    added.span,
                    format!("the table `{table}` has no column `{}`", added.value),
                )),
            }
        }
        let entity = if entity.is_empty() { table.to_owned() } else { entity.to_owned() };
        Self { table: table.to_owned(), entity, columns, key, index }
    }

    /// The position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// A column by position.
    pub fn column(&self, at: usize) -> Option<&Column> {
        self.columns.get(at)
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}
