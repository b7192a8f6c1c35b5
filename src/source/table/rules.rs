//! Rules between the cells of one row: what goes together, and what comes after what.

use crate::model::Span;

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What must hold.
    pub kind: RuleKind,
    /// In which rows; in all of them by default.
    pub condition: Option<Condition>,
    /// Where the workspace declares it; built-in rules stand nowhere.
    pub span: Option<Span>,
}

/// What must hold. Names are columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// The cell is filled in.
    Required(String),
    /// The cell is empty.
    Empty(String),
    /// One time is not before another one.
    After {
        /// The later one.
        later: String,
        /// The earlier one.
        earlier: String,
    },
    /// One of the cells is filled in, and no other.
    ExactlyOne(Vec<String>),
    /// The number is a percentage, above 0 and up to 100.
    Percentage(String),
}

/// Rows whose column has one of some values, or none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// The values.
    pub values: Vec<String>,
    /// The rule holds in all other rows.
    pub unless: bool,
}

impl Rule {
    /// A built-in rule for every row.
    pub(super) fn new(kind: RuleKind) -> Self {
        Self { kind, condition: None, span: None }
    }

    /// The columns that the rule speaks of.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = match &self.kind {
            RuleKind::Required(one) | RuleKind::Empty(one) | RuleKind::Percentage(one) => {
                vec![one]
            }
            RuleKind::After { later, earlier } => vec![later, earlier],
            RuleKind::ExactlyOne(all) => all.iter().map(String::as_str).collect(),
        };
        columns.extend(self.condition.iter().map(|one| one.column.as_str()));
        columns
    }
}
