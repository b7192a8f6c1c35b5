//! All findings of a run.

use super::{Diagnostic, Severity};

/// Findings, in any order until [`Diagnostics::sort`].
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another run.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(others);
    }

    /// Sorts by file, start, severity, code; drops exact copies.
    pub fn sort(&mut self) {
        let key = |one: &Diagnostic| (one.primary, one.severity, one.code);
        self.0.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
        self.0.dedup();
    }

    /// In their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Changes each, as for filling in owners.
    pub fn for_each_mut(&mut self, change: impl FnMut(&mut Diagnostic)) {
        self.0.iter_mut().for_each(change);
    }

    /// The first that fits, for saying it better.
    pub fn find_mut(&mut self, fits: impl Fn(&Diagnostic) -> bool) -> Option<&mut Diagnostic> {
        self.0.iter_mut().find(|one| fits(one))
    }

    /// How many there are of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|one| one.severity == severity).count()
    }

    /// Tells whether anything is wrong.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Tells whether something is wrong that no smaller part of the build can be blamed for.
    pub fn blocks_build(&self) -> bool {
        self.0.iter().any(|one| one.severity == Severity::Error && one.blocking)
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
