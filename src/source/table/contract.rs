//! What a table must look like: columns, types, keys, references.

use std::collections::BTreeMap;

use regex::Regex;

use super::Rule;
use super::built_in::{BuiltInTable, built_in, rules as built_in_rules};
use super::settings::check_settings;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::source::table_spec::{ColumnSpec, TableSpec};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// `[a-z0-9][a-z0-9-]{0,62}`.
    Slug,
    /// One line of text without unseen characters.
    Text,
    /// What somebody or something is called.
    Name,
    /// Text that customers read.
    Copy,
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
    /// A decimal that another cell gives the meaning of: a percentage or money.
    Amount,
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
    pub const NAMES: [(&'static str, Self); 16] = [
        ("slug", Self::Slug),
        ("text", Self::Text),
        ("name", Self::Name),
        ("copy", Self::Copy),
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

/// Which end of the day a date without a time means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayEdge {
    /// 00:00:00.
    #[default]
    Start,
    /// 23:59:59.
    End,
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
    /// Whether no two rows may have one value.
    pub unique: bool,
    /// Allowed values of an enum.
    pub values: Vec<String>,
    /// The taxonomy's vocabulary of an enum.
    pub vocabulary: Option<String>,
    /// The table whose key it names.
    pub references: Option<String>,
    /// What the whole cell looks like.
    pub pattern: Option<Pattern>,
    /// Exactly so many digits.
    pub digits: Option<usize>,
    /// Longest value, in characters.
    pub max_length: Option<usize>,
    /// Line breaks are part of its text.
    pub lines: bool,
    /// What a date without a time means.
    pub day: DayEdge,
}

/// A regular expression for a whole cell.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub written: String,
    pub(super) regex: Regex,
}

impl Pattern {
    /// Compiles a pattern; the error says what is wrong with it.
    pub fn new(written: &str) -> Result<Self, String> {
        let whole = format!("^(?:{written})$");
        match regex::RegexBuilder::new(&whole).size_limit(1 << 20).build() {
            Ok(regex) => Ok(Self { written: written.to_owned(), regex }),
            Err(error) => Err(error.to_string().lines().last().unwrap_or("").to_owned()),
        }
    }
}

impl Column {
    /// A column that any value of its type may stand in.
    pub fn new(name: &str, kind: ColumnKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            required: false,
            unique: false,
            values: Vec::new(),
            vocabulary: None,
            references: None,
            pattern: None,
            digits: None,
            max_length: None,
            lines: false,
            day: DayEdge::Start,
        }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        let mut names = ColumnKind::NAMES.iter();
        names.find(|(_, kind)| *kind == self.kind).map_or("decimal", |(name, _)| name)
    }
}

/// A table's contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The table's name.
    pub table: String,
    /// The workspace's own number of it.
    pub version: Option<usize>,
    /// What one row is called: `offer`.
    pub entity: String,
    /// Its columns, built-in ones first.
    pub columns: Vec<Column>,
    /// Rules between the cells of a row.
    pub rules: Vec<Rule>,
    /// The columns that together name a row.
    pub key: Vec<usize>,
    index: BTreeMap<String, usize>,
}

impl Contract {
    /// The contract of a table: what is built in, and what the workspace adds.
    pub fn new(table: &str, spec: &TableSpec, diagnostics: &mut Diagnostics) -> Self {
        let built = built_in(table);
        let columns: Vec<Column> = built.iter().flat_map(BuiltInTable::columns).collect();
        let index =
            columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
        let mut contract = Self {
            table: table.to_owned(),
            version: spec.version,
            entity: built.as_ref().map_or(table, |one| one.entity).to_owned(),
            columns,
            rules: built_in_rules(table),
            key: Vec::new(),
            index,
        };
        for column in &spec.columns {
            contract.add(column, diagnostics);
        }
        let key = built.iter().flat_map(|one| one.key);
        contract.key = key.filter_map(|name| contract.position(name)).collect();
        contract.set_key(spec, diagnostics);
        contract.add_rules(spec, diagnostics);
        contract.check_aliases(spec, diagnostics);
        contract
    }

    /// Adds a column, or narrows a built-in one.
    fn add(&mut self, spec: &ColumnSpec, diagnostics: &mut Diagnostics) {
        let bad = |message: String, help: &str| {
            Diagnostic::error(Code::BadSetting, spec.span, message).help(help)
        };
        let (table, name) = (&self.table, &spec.name);
        let Some(column) = self.index.get(name).and_then(|at| self.columns.get_mut(*at)) else {
            let Some(kind) = spec.kind else {
                if !spec.unknown_kind {
                    let message = format!("the added column `{table}.{name}` has no `type`");
                    diagnostics.push(bad(message, "add `type = \"text\"`, or correct the name"));
                }
                return;
            };
            let mut column = Column::new(name, kind);
            spec.narrow(&mut column);
            check_settings(table, spec, None, &column, diagnostics);
            self.index.insert(name.clone(), self.columns.len());
            self.columns.push(column);
            return;
        };
        if spec.kind.is_some() || spec.references.is_some() || spec.vocabulary.is_some() {
            let message = format!("`{table}.{name}` is built in and keeps its type");
            let help = "take `type`, `references` and `vocabulary` out; the rest may narrow it";
            diagnostics.push(bad(message, help));
        } else if let Some(other) = spec.values.iter().find(|one| !column.values.contains(one)) {
            let message = format!("`{table}.{name}` does not take `{other}`");
            diagnostics.push(bad(message, "list some of the built-in values"));
        } else {
            let before = column.clone();
            spec.narrow(column);
            check_settings(table, spec, Some(&before), column, diagnostics);
        }
    }

    fn set_key(&mut self, spec: &TableSpec, diagnostics: &mut Diagnostics) {
        let Some(added) = &spec.key else { return };
        let at = self.position(&added.value);
        let Some((at, column)) = at.and_then(|at| Some((at, self.columns.get_mut(at)?))) else {
            let message = format!("the table `{}` has no column `{}`", self.table, added.value);
            diagnostics.push(Diagnostic::error(Code::BadSetting, added.span, message));
            return;
        };
        column.required = true;
        self.key = vec![at];
    }

    fn add_rules(&mut self, spec: &TableSpec, diagnostics: &mut Diagnostics) {
        for rule in &spec.rules {
            let unknown = rule.columns().into_iter().find(|name| self.position(name).is_none());
            if let (Some(name), Some(span)) = (unknown, rule.span) {
                let message = format!("the table `{}` has no column `{name}`", self.table);
                diagnostics.push(
                    Diagnostic::error(Code::BadSetting, span, message)
                        .maybe_help(did_you_mean(name, self.names())),
                );
                continue;
            }
            self.rules.push(rule.clone());
        }
    }

    fn check_aliases(&self, spec: &TableSpec, diagnostics: &mut Diagnostics) {
        for (written, column) in &spec.aliases {
            let column = column.split('@').next().unwrap_or(column);
            if let (None, Some(span)) = (self.position(column), spec.span) {
                let message = format!(
                    "`{written}` stands for `{column}`, which is not a column of `{}`",
                    self.table
                );
                diagnostics.push(
                    Diagnostic::error(Code::BadSetting, span, message)
                        .maybe_help(did_you_mean(column, self.names())),
                );
            }
        }
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
