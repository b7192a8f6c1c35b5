//! Who is asked about a place: the field's owner, the table's, or the file kind's.

use crate::diag::{Diagnostics, Severity};
use crate::model::Span;
use crate::source::{Documents, SourceKind, Sources};

/// Knows who owns what.
#[derive(Clone, Copy, Debug)]
pub struct OwnerBook<'a> {
    documents: &'a Documents,
    sources: &'a Sources,
}

impl<'a> OwnerBook<'a> {
    /// Looks into the documents' own statements.
    pub fn new(documents: &'a Documents, sources: &'a Sources) -> Self {
        Self { documents, sources }
    }

    /// The owner of a place in a file.
    pub fn of(&self, span: Span) -> Option<String> {
        let file = self.sources.get(span.source)?;
        if file.kind == SourceKind::Table {
            let mut files = self.documents.table_files.iter();
            let table = files.find(|(_, ids)| ids.contains(&span.source)).map(|(name, _)| name)?;
            if let Some(owner) = self.of_cell(table, span) {
                return Some(owner);
            }
        }
        if file.kind == SourceKind::Swap {
            let mut swaps = self.documents.swaps.iter();
            if let Some(swap) = swaps.find(|swap| swap.span.source == span.source) {
                return Some(swap.by.value.clone());
            }
        }
        if file.kind == SourceKind::Brief {
            let mut briefs = self.documents.briefs.iter();
            if let Some(brief) = briefs.find(|brief| brief.id.span.source == span.source) {
                return Some(brief.owner.value.clone());
            }
        }
        self.documents.workspace.owners.of(file.kind).map(str::to_owned)
    }

    /// The owner of a field, or of its table.
    pub fn of_field(&self, entity: &str, column: &str) -> Option<String> {
        let rule = self.documents.fields.get(entity, column);
        if let Some(owner) = rule.and_then(|rule| rule.owner.clone()) {
            return Some(owner);
        }
        let mut tables = self.documents.tables.values();
        let table = tables.find(|table| table.contract.entity == entity)?;
        self.documents.workspace.tables.get(&table.contract.table)?.owner.clone()
    }

    fn of_cell(&self, name: &str, span: Span) -> Option<String> {
        let table = self.documents.tables.get(name)?;
        let width = table.contract.columns.len();
        let holds = |one: Span| {
            one.source == span.source
                && one.start <= span.start
                && span.end <= one.end
                && one.end > one.start
        };
        // Records stand in the order of their files and of their places there.
        let after = table.records.partition_point(|record| record.begins_before(span));
        let record = after.checked_sub(1).and_then(|at| table.records.get(at));
        let column = record.and_then(|record| {
            (0..width).find(|at| holds(record.cell_span(*at))).or_else(|| {
                let mut overrides = record.overrides.iter();
                overrides.find(|one| holds(one.span)).map(|one| one.column)
            })
        });
        let column =
            column.and_then(|at| table.contract.column(at)).map(|column| column.name.as_str());
        let owned = column.and_then(|column| self.of_field(&table.contract.entity, column));
        owned.or_else(|| self.documents.workspace.tables.get(name)?.owner.clone())
    }

    /// Fills in the owner of each finding that has none, and what its rule says to do.
    pub fn assign(&self, diagnostics: &mut Diagnostics) {
        diagnostics.for_each_mut(|diagnostic| {
            if diagnostic.owner.is_none() {
                diagnostic.owner = self.of(diagnostic.primary);
            }
            if diagnostic.help.is_none() && diagnostic.severity != Severity::Note {
                diagnostic.help = Some(diagnostic.code.action());
            }
        });
    }
}
