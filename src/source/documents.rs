//! Every source file as a typed document.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::briefs::read_briefs;
use super::legal::read_legal;
use super::table::{Contract, Table, TableReader, ValueReader, read_table};
use super::{
    Applied, Brief, Channel, FieldRules, GateRules, Lock, SourceKind, SourceText, Sources, Swap,
    TableSpec, Taxonomy, Terms, Waiver, Workspace, read_channel, read_fields, read_gates,
    read_lock, read_swap, read_taxonomy, read_waiver,
};
use crate::address::Tagged;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::locale::Locale;
use crate::model::{ChannelId, Span, is_slug};
use crate::wrapper::{Profile, built_in, built_in_names};

/// All documents of a workspace.
#[derive(Debug)]
pub struct Documents {
    /// throughline.toml.
    pub workspace: Workspace,
    /// rules/taxonomy.toml.
    pub taxonomy: Taxonomy,
    /// rules/fields.toml.
    pub fields: FieldRules,
    /// rules/gates.toml.
    pub gates: GateRules,
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
    /// decisions/swaps/*.toml, by id.
    pub swaps: Vec<Swap>,
    /// What the swaps have changed in these documents.
    pub applied: Vec<Applied>,
    /// decisions/waivers/*.toml, in the order of their paths.
    pub waivers: Vec<Waiver>,
    /// rules/wrappers/*.toml, by name.
    pub wrappers: BTreeMap<String, Profile>,
    /// What could not be read whole. Nothing is said to be missing from it.
    pub unusable: Unusable,
    /// Which files belong to which table.
    pub table_files: BTreeMap<String, Vec<crate::model::SourceId>>,
}

/// Documents that exist and could not be understood. Their own faults have been told; what hangs
/// on them is left unsaid.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Unusable {
    /// Tables by name.
    pub tables: BTreeSet<String>,
    /// Some brief, or some asset of one.
    pub briefs: bool,
    /// Some channel.
    pub channels: bool,
    /// Some legal text.
    pub terms: bool,
    /// Some rule of a field.
    pub fields: bool,
}

/// Where the vocabularies are.
pub const TAXONOMY: &str = "rules/taxonomy.toml";
const FIELDS: &str = "rules/fields.toml";
const GATES: &str = "rules/gates.toml";
const CHANNELS: &str = "rules/channels/";
const WRAPPERS: &str = "rules/wrappers/";

/// Reads every file by its kind.
pub fn read_documents(
    workspace: Workspace,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Documents {
    let taxonomy = read_rules_file(sources, TAXONOMY, diagnostics, read_taxonomy);
    let taxonomy = taxonomy.unwrap_or_else(|| missing_taxonomy(&workspace, sources, diagnostics));
    let before = diagnostics.len();
    let fields = read_rules_file(sources, FIELDS, diagnostics, read_fields).unwrap_or_default();
    let bad_fields = diagnostics.len() > before;
    let gates = read_rules_file(sources, GATES, diagnostics, read_gates).unwrap_or_default();
    let mut unusable = unread(sources);
    unusable.fields |= bad_fields;
    let channels = read_channels(sources, &mut unusable, diagnostics);
    let wrappers = read_wrappers(sources, diagnostics);
    let (terms, whole_terms) = read_legal(sources, diagnostics);
    unusable.terms |= !whole_terms;
    let briefs = read_briefs(&workspace, sources, &mut unusable, diagnostics);
    let waivers = read_waivers(&workspace, sources, diagnostics);
    let mut documents = Documents {
        workspace,
        taxonomy,
        fields,
        gates,
        channels,
        briefs,
        terms,
        tables: BTreeMap::new(),
        lock: Lock::default(),
        swaps: read_swaps(sources, diagnostics),
        applied: Vec::new(),
        waivers,
        wrappers,
        unusable,
        table_files: BTreeMap::new(),
    };
    let mut of_lock = Diagnostics::new();
    let (lock, ()) = rayon::join(
        || {
            let files = sources.of_kind(SourceKind::Lock);
            let read = files.map(|(id, file)| {
                let mut lock = read_lock(&file.text, id, file.content_start(), &mut of_lock);
                lock.note_read(file.digest);
                lock
            });
            read.last()
        },
        || read_tables(&mut documents, sources, diagnostics),
    );
    documents.lock = lock.unwrap_or_default();
    diagnostics.extend(of_lock);
    documents
}

impl Documents {
    /// The profile of a name: the workspace's own, or a built-in one.
    pub fn wrapper(&self, name: &str) -> Option<&Profile> {
        self.wrappers.get(name).or_else(|| built_in(name))
    }

    /// What values that no file holds are read with.
    pub fn value_reader(&self) -> ValueReader<'_> {
        ValueReader {
            zone: &self.workspace.zone,
            taxonomy: &self.taxonomy,
            tagged: tagged(&self.channels),
            currency: &self.workspace.currency.value,
        }
    }

    /// The swap that said a value, and what it replaced.
    pub fn swapped(&self, span: Span) -> Option<(&Swap, &Applied)> {
        let applied = self.applied.iter().find(|one| one.span == span)?;
        Some((self.swaps.get(applied.swap)?, applied))
    }

    /// The names of all profiles.
    pub fn wrapper_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.wrappers.keys().map(String::as_str).collect();
        for name in built_in_names() {
            names.push(name);
        }
        names
    }
}

/// Two files in different folders can have one name.
pub(super) fn twice(what: &str, name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error(Code::BadSetting, second, format!("the {what} `{name}` stands in two files"))
        .related(first, "the first one")
        .help("keep one of the two, or give one another id and file name")
}

fn read_rules_file<T>(
    sources: &Sources,
    path: &str,
    diagnostics: &mut Diagnostics,
    read: impl Fn(&str, crate::model::SourceId, usize, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let is_it = |(_, file): &(_, &SourceText)| file.path.as_str() == path && !file.damaged;
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

/// What is there under a name and could not even be read.
fn unread(sources: &Sources) -> Unusable {
    let mut unusable = Unusable::default();
    for (_, file) in sources.of_kind(SourceKind::Unread) {
        let path = file.path.as_str();
        unusable.briefs |= path.starts_with("briefs");
        unusable.channels |= path.starts_with("rules/channels") || path == "rules";
        unusable.terms |= path.starts_with("legal");
        unusable.fields |= path == FIELDS || path == "rules";
        unusable.tables.extend(file.table.iter().map(|table| table.name.clone()));
    }
    unusable
}

fn read_channels(
    sources: &Sources,
    unusable: &mut Unusable,
    diagnostics: &mut Diagnostics,
) -> Vec<Channel> {
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
        if let Some(locale) = Locale::of_slug(channel.as_str()) {
            let message = format!("`{channel}` cannot be the id of a channel: it is a locale");
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, start, message)
                    .help(format!("`title@{}` would be read in two ways: rename it", locale.tag())),
            );
            continue;
        }
        let base = file.content_start();
        let whole = (!file.damaged).then_some(());
        let read = whole.and_then(|()| read_channel(channel, &file.text, id, base, diagnostics));
        unusable.channels |= read.is_none();
        let Some(read) = read else { continue };
        if let Some(first) = channels.iter().find(|one: &&Channel| one.id == read.id) {
            diagnostics.push(twice("channel", read.id.as_str(), first.span, read.span));
            continue;
        }
        channels.push(read);
    }
    channels
}

fn read_swaps(sources: &Sources, diagnostics: &mut Diagnostics) -> Vec<Swap> {
    let files = sources.of_kind(SourceKind::Swap).filter(|(_, file)| !file.damaged);
    let read = files.filter_map(|(id, file)| {
        read_swap(file.path.stem(), &file.text, id, file.content_start(), diagnostics)
    });
    read.collect()
}

fn read_waivers(
    workspace: &Workspace,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<Waiver> {
    let whole = sources.of_kind(SourceKind::Waiver).filter(|(_, file)| !file.damaged);
    let read = whole.filter_map(|(id, file)| {
        read_waiver(&file.text, id, file.content_start(), &workspace.zone, diagnostics)
    });
    read.collect()
}

fn read_wrappers(sources: &Sources, diagnostics: &mut Diagnostics) -> BTreeMap<String, Profile> {
    let mut profiles = BTreeMap::new();
    for (id, file) in sources.of_kind(SourceKind::Rules) {
        if !file.path.as_str().starts_with(WRAPPERS) || file.damaged {
            continue;
        }
        let (name, base) = (file.path.stem(), file.content_start());
        if !is_slug(name) {
            let message = format!("`{name}` is not the name of a profile");
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, Span::start_of(id), message)
                    .help("name the file with lower-case letters, digits and dashes"),
            );
            continue;
        }
        match Profile::parse(name, file.text.get(base..).unwrap_or("")) {
            Ok(profile) => {
                profiles.insert(name.to_owned(), profile);
            }
            Err(faults) => diagnostics.extend(faults.into_iter().map(|fault| {
                let span = Span::new(id, base + fault.range.start, base + fault.range.end);
                Diagnostic::error(Code::BadWrapper, span, fault.message).help(fault.help)
            })),
        }
    }
    profiles
}

fn read_tables(documents: &mut Documents, sources: &Sources, diagnostics: &mut Diagnostics) {
    for (id, file) in sources.of_kind(SourceKind::Table) {
        if let Some(table) = &file.table {
            documents.table_files.entry(table.name.clone()).or_default().push(id);
        }
    }
    let read: Vec<(Table, bool, Diagnostics)> = documents
        .workspace
        .tables
        .par_iter()
        .map(|(name, spec)| {
            let mut found = Diagnostics::new();
            let (table, whole) = read_one_table(documents, sources, name, spec, &mut found);
            (table, whole, found)
        })
        .collect();
    for (table, whole, found) in read {
        let name = table.contract.table.clone();
        diagnostics.extend(found);
        let needed = matches!(name.as_str(), "partners" | "offers");
        if !whole || needed && !documents.table_files.contains_key(&name) {
            documents.unusable.tables.insert(name.clone());
        }
        documents.tables.insert(name, table);
    }
}

/// What a table may hold that some channel puts right. Another channel's links tell it there.
fn tagged(channels: &[Channel]) -> Tagged {
    let replaced = channels.iter().any(|channel| channel.on_tagged == Tagged::Replace);
    if replaced { Tagged::Replace } else { Tagged::Refuse }
}

/// One table with all its files; false where one of them could not be read to its end.
fn read_one_table(
    documents: &Documents,
    sources: &Sources,
    name: &str,
    spec: &TableSpec,
    diagnostics: &mut Diagnostics,
) -> (Table, bool) {
    let contract = Contract::new(name, spec, diagnostics);
    let mut table = Table::new(contract.clone());
    let mut whole = true;
    for id in documents.table_files.get(name).into_iter().flatten() {
        let Some(file) = sources.get(*id) else { continue };
        let reader = TableReader {
            contract: &contract,
            spec,
            dialect: file.table.as_ref().map(|table| table.dialect.clone()).unwrap_or_default(),
            zone: &documents.workspace.zone,
            currency: &documents.workspace.currency.value,
            taxonomy: &documents.taxonomy,
            tagged: tagged(&documents.channels),
            fields: &documents.fields,
            source: *id,
            text: &file.text,
            base: file.content_start(),
            bad_cells: file.table.as_ref().and_then(|table| Some(&table.sheet.as_ref()?.bad_cells)),
        };
        whole &= !file.damaged && read_table(&reader, &mut table, diagnostics);
    }
    (table, whole)
}
