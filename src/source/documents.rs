//! Every source file as a typed document.

use std::collections::BTreeMap;

use super::table::{CellRules, Contract, Table, read_table};
use super::{
    Brief, Channel, FieldRules, Lock, SourceKind, SourceText, Sources, Taxonomy, Terms, Workspace,
    read_brief, read_channel, read_fields, read_lock, read_taxonomy, read_terms,
};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{ChannelId, Span};

/// All documents of a workspace.
#[derive(Debug)]
pub struct Documents {
    /// throughline.toml.
    pub workspace: Workspace,
    /// rules/taxonomy.toml.
    pub taxonomy: Taxonomy,
    /// rules/fields.toml.
    pub fields: FieldRules,
    /// rules/channels/*.toml, by id.
    pub channels: Vec<Channel>,
    /// briefs/*.md, by id.
    pub briefs: Vec<Brief>,
    /// legal/*.md, by id.
    pub terms: BTreeMap<String, Terms>,
    /// Tables by name.
    pub tables: BTreeMap<String, Table>,
    /// throughline.lock.
    pub lock: Lock,
    /// Which files belong to which table.
    pub table_files: BTreeMap<String, Vec<crate::model::SourceId>>,
}

/// Which table a file belongs to, by the path of the file.
pub type TableOf<'a> = &'a dyn Fn(&str) -> Option<String>;

const TAXONOMY: &str = "rules/taxonomy.toml";
const FIELDS: &str = "rules/fields.toml";
const CHANNELS: &str = "rules/channels/";

/// Reads every file by its kind.
pub fn read_documents(
    workspace: Workspace,
    sources: &Sources,
    table_of: TableOf<'_>,
    diagnostics: &mut Diagnostics,
) -> Documents {
    let taxonomy = read_rules_file(sources, TAXONOMY, diagnostics, read_taxonomy);
    let taxonomy = taxonomy.unwrap_or_else(|| missing_taxonomy(&workspace, sources, diagnostics));
    let fields = read_rules_file(sources, FIELDS, diagnostics, read_fields).unwrap_or_default();
    let channels = read_channels(sources, diagnostics);
    let mut terms = BTreeMap::new();
    for (id, file) in sources.of_kind(SourceKind::Legal) {
        let base = file.content_start();
        let read = read_terms(file.path.stem(), &file.text, id, base, diagnostics);
        terms.extend(read.map(|one| (one.id.to_string(), one)));
    }
    let mut briefs = Vec::new();
    for (id, file) in sources.of_kind(SourceKind::Brief) {
        let (stem, base) = (file.path.stem(), file.content_start());
        briefs.extend(read_brief(stem, &file.text, id, base, &workspace.zone, diagnostics));
    }
    let mut lock = Lock::default();
    for (id, file) in sources.of_kind(SourceKind::Lock) {
        lock = read_lock(&file.text, id, file.content_start(), diagnostics);
    }
    let mut documents = Documents {
        workspace,
        taxonomy,
        fields,
        channels,
        briefs,
        terms,
        tables: BTreeMap::new(),
        lock,
        table_files: BTreeMap::new(),
    };
    read_tables(&mut documents, sources, table_of, diagnostics);
    documents
}

fn read_rules_file<T>(
    sources: &Sources,
    path: &str,
    diagnostics: &mut Diagnostics,
    read: impl Fn(&str, crate::model::SourceId, usize, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let is_it = |(_, file): &(_, &SourceText)| file.path.as_str() == path;
    let (id, file) = sources.of_kind(SourceKind::Rules).find(is_it)?;
    read(&file.text, id, file.content_start(), diagnostics)
}

fn missing_taxonomy(
    workspace: &Workspace,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Taxonomy {
    let exists = sources.iter().any(|(_, file)| file.path.as_str() == TAXONOMY);
    // Tables can be checked without any rules; links cannot be made.
    let needed = sources.of_kind(SourceKind::Rules).any(|(_, file)| is_channel(file));
    if needed && !exists {
        diagnostics.push(
            Diagnostic::error(
                Code::MissingFile,
                Span::start_of(workspace.name.span.source),
                format!("there is no `{TAXONOMY}`, and channels take their words from it"),
            )
            .help("add it with `version`, `[[medium]]` and `[[source]]`"),
        );
    }
    Taxonomy::empty(workspace.name.span)
}

fn is_channel(file: &SourceText) -> bool {
    file.path.as_str().starts_with(CHANNELS)
}

fn read_channels(sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<Channel> {
    let mut channels = Vec::new();
    for (id, file) in sources.of_kind(SourceKind::Rules).filter(|(_, file)| is_channel(file)) {
        let start = Span::start_of(id);
        let Some(channel) = ChannelId::new(file.path.stem()) else {
            let message = format!("`{}` is not the id of a channel", file.path.stem());
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, start, message)
                    .help("name the file with lower-case letters, digits and dashes"),
            );
            continue;
        };
        channels.extend(read_channel(channel, &file.text, id, file.content_start(), diagnostics));
    }
    channels
}

fn read_tables(
    documents: &mut Documents,
    sources: &Sources,
    table_of: TableOf<'_>,
    diagnostics: &mut Diagnostics,
) {
    for (id, file) in sources.of_kind(SourceKind::Table) {
        if let Some(table) = table_of(file.path.as_str()) {
            documents.table_files.entry(table).or_default().push(id);
        }
    }
    for (name, spec) in &documents.workspace.tables {
        let contract = Contract::new(name, spec, diagnostics);
        for (written, column) in &spec.aliases {
            let column = column.split('@').next().unwrap_or(column);
            if let (None, Some(span)) = (contract.position(column), spec.span) {
                let message =
                    format!("`{written}` stands for `{column}`, which is not a column of `{name}`");
                diagnostics.push(
                    Diagnostic::error(Code::BadSetting, span, message)
                        .maybe_help(did_you_mean(column, contract.names())),
                );
            }
        }
        let rules = CellRules {
            zone: &documents.workspace.zone,
            taxonomy: &documents.taxonomy,
            fields: &documents.fields,
            aliases: &spec.aliases,
        };
        let mut records = Vec::new();
        for id in documents.table_files.get(name).into_iter().flatten() {
            let Some(file) = sources.get(*id) else { continue };
            let base = file.content_start();
            read_table(&contract, &file.text, *id, base, rules, &mut records, diagnostics);
        }
        documents.tables.insert(name.clone(), Table { contract, records });
    }
}
