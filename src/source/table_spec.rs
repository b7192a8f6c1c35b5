//! `[tables.*]` of throughline.toml: where tables are, how they are written, what they hold.

use std::collections::BTreeMap;

use super::Encoding;
use super::table::{
    Column, ColumnKind, Condition, DateOrder, DayEdge, Dialect, DialectOf, Locale, Pattern, Rule,
    RuleKind,
};
use super::toml::{Entry, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Span, Spanned, zone};

/// What the workspace says of one table.
#[derive(Clone, Debug, Default)]
pub struct TableSpec {
    /// Glob of its files.
    pub files: String,
    /// Where the table is declared, if it is.
    pub span: Option<Span>,
    /// The workspace's own number of its contract.
    pub version: Option<usize>,
    /// Who is asked.
    pub owner: Option<String>,
    /// Key column of an added table.
    pub key: Option<Spanned<String>>,
    /// Header as written, and the column that it means.
    pub aliases: BTreeMap<String, String>,
    /// How its files are written.
    pub dialect: Dialect,
    /// How some of them are written instead; later ones win.
    pub dialects: Vec<DialectOf>,
    /// A header without rows is fine.
    pub allow_empty: bool,
    /// Headers that are neither columns nor ignored are errors.
    pub strict_columns: bool,
    /// Headers that nobody here cares for; `*` stands for anything.
    pub ignore: Vec<String>,
    /// Added and narrowed columns.
    pub columns: Vec<ColumnSpec>,
    /// Rules between the cells of a row.
    pub rules: Vec<Rule>,
}

/// What the workspace says of one column.
#[derive(Clone, Debug)]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Its type; built-in columns keep theirs.
    pub kind: Option<ColumnKind>,
    /// A type was written that does not exist, which has been told.
    pub unknown_kind: bool,
    /// Allowed values of an enum.
    pub values: Vec<String>,
    /// The taxonomy's vocabulary of an enum.
    pub vocabulary: Option<String>,
    /// The table whose key it names.
    pub references: Option<String>,
    pub(super) required: Option<bool>,
    pub(super) unique: Option<bool>,
    pub(super) lines: Option<bool>,
    pub(super) day: Option<DayEdge>,
    pub(super) digits: Option<usize>,
    pub(super) max_length: Option<usize>,
    pattern: Option<Pattern>,
}

impl TableSpec {
    /// How a file of the table is written.
    pub fn dialect_of(&self, path: &str) -> Dialect {
        let own = self.dialects.iter().filter(|one| one.files.is_match(path));
        own.fold(self.dialect.clone(), |dialect, one| dialect.with(&one.dialect))
    }
}

impl ColumnSpec {
    /// Puts what is said here into a column. Never takes a built-in demand back.
    pub(super) fn narrow(&self, column: &mut Column) {
        column.required |= self.required.unwrap_or(false);
        column.unique |= self.unique.unwrap_or(false);
        // A built-in column may be narrowed to one line, an added one has what it says.
        column.lines = self.lines.unwrap_or(column.lines) && (self.kind.is_some() || column.lines);
        column.day = self.day.unwrap_or(column.day);
        column.digits = self.digits.filter(|number| *number > 0).or(column.digits);
        column.max_length = self.max_length.filter(|number| *number > 0).or(column.max_length);
        column.pattern = self.pattern.clone().or_else(|| column.pattern.take());
        column.vocabulary = self.vocabulary.clone().or_else(|| column.vocabulary.take());
        column.references = self.references.clone().or_else(|| column.references.take());
        if !self.values.is_empty() {
            column.values.clone_from(&self.values);
        }
    }
}

/// Tables that exist in every workspace.
const BUILT_IN: [&str; 4] = ["partners", "offers", "bundles", "placements"];

fn default_files(name: &str) -> String {
    format!("partners/{name}*.{{csv,tsv,xlsx,xlsm,ods}}")
}

fn bad_setting(span: Span, message: String) -> Diagnostic {
    Diagnostic::error(Code::BadSetting, span, message)
}

/// Reads all of `[tables]`. Built-in tables are there without being named.
pub(super) fn read_tables(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, TableSpec> {
    let built_in = |name: &&str| {
        ((*name).to_owned(), TableSpec { files: default_files(name), ..TableSpec::default() })
    };
    let mut tables: BTreeMap<String, TableSpec> = BUILT_IN.iter().map(built_in).collect();
    let Some(section) = root.section("tables", diagnostics) else { return tables };
    for entry in section.entries() {
        let name = entry.key.value.clone();
        let Some(body) = entry.section(diagnostics) else { continue };
        let mut spec = read_table(&body, diagnostics);
        if spec.files.is_empty() {
            spec.files = default_files(&name);
        }
        spec.span = Some(entry.key.span);
        if !BUILT_IN.contains(&name.as_str()) && spec.key.is_none() {
            let message = format!("the added table `{name}` has no `key`");
            diagnostics.push(
                Diagnostic::error(Code::MissingKey, entry.key.span, message)
                    .help("name the column that holds its ids: `key = \"…_id\"`"),
            );
        }
        body.finish(diagnostics);
        tables.insert(name, spec);
    }
    tables
}

fn read_table(body: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> TableSpec {
    let files = body.maybe_text("files", diagnostics).map(|text| text.value).unwrap_or_default();
    let owner = body.maybe_text("owner", diagnostics).map(|text| text.value);
    let key = body.maybe_text("key", diagnostics);
    let version = body.entry("version").and_then(|one| one.number(diagnostics));
    let dialect = read_dialect(body, diagnostics);
    let flag = |name: &str, diagnostics: &mut Diagnostics| {
        body.entry(name).and_then(|one| one.flag(diagnostics)).unwrap_or(false)
    };
    let allow_empty = flag("allow_empty", diagnostics);
    let unknown = body.maybe_text("unknown_columns", diagnostics);
    let unknown = choice(unknown, &[("warn", false), ("error", true)], "a choice", diagnostics);
    let ignore = body.texts("ignore", diagnostics).into_iter().map(|one| one.value).collect();
    let mut aliases = BTreeMap::new();
    if let Some(section) = body.section("aliases", diagnostics) {
        for entry in section.entries() {
            if let Some(column) = entry.text(diagnostics) {
                aliases.insert(entry.key.value.clone(), column.value);
            }
        }
    }
    let mut columns = Vec::new();
    if let Some(section) = body.section("columns", diagnostics) {
        let entries = section.entries();
        columns = entries.iter().filter_map(|entry| read_column(entry, diagnostics)).collect();
    }
    let rules = body.entry("rules").map(|one| one.sections(diagnostics)).unwrap_or_default();
    let rules = rules.into_iter().filter_map(|rule| read_rule(rule, diagnostics)).collect();
    let dialects = read_dialects(body, diagnostics);
    TableSpec {
        files,
        span: None,
        version: version.map(|number| number.value),
        owner,
        key,
        aliases,
        dialect,
        dialects,
        allow_empty,
        strict_columns: unknown.unwrap_or(false),
        ignore,
        columns,
        rules,
    }
}

/// The one of a few words that was written.
fn choice<T: Copy>(
    written: Option<Spanned<String>>,
    choices: &[(&str, T)],
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let written = written?;
    let found = choices.iter().find(|(name, _)| *name == written.value);
    if found.is_none() {
        let names = choices.iter().map(|(name, _)| *name);
        diagnostics.push(
            bad_setting(written.span, format!("`{}` is not {what}", written.value))
                .maybe_help(did_you_mean(&written.value, names)),
        );
    }
    found.map(|(_, value)| *value)
}

fn read_dialects(body: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Vec<DialectOf> {
    let Some(section) = body.section("dialects", diagnostics) else { return Vec::new() };
    let mut dialects = Vec::new();
    for entry in section.entries() {
        let Some(body) = entry.section(diagnostics) else { continue };
        let dialect = read_dialect(&body, diagnostics);
        body.finish(diagnostics);
        let glob = globset::GlobBuilder::new(&entry.key.value).literal_separator(true).build();
        match glob {
            Ok(glob) => dialects.push(DialectOf { files: glob.compile_matcher(), dialect }),
            Err(error) => {
                let message = format!("`{}` is not a glob: {error}", entry.key.value);
                diagnostics.push(bad_setting(entry.key.span, message));
            }
        }
    }
    dialects
}

fn read_dialect(body: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Dialect {
    let encoding = body.maybe_text("encoding", diagnostics).and_then(|written| {
        let found = Encoding::from_label(&written.value);
        if found.is_none() {
            diagnostics.push(
                bad_setting(written.span, format!("`{}` is not an encoding", written.value))
                    .help("use a name such as utf-8, windows-1252, macintosh, shift_jis or ibm850"),
            );
        }
        found
    });
    let marks = [(",", b','), (";", b';'), ("\t", b'\t'), ("|", b'|')];
    let delimiter = body.maybe_text("delimiter", diagnostics);
    let delimiter = choice(delimiter, &marks, "a delimiter", diagnostics);
    let locale = body.maybe_text("locale", diagnostics).and_then(|written| {
        let found = Locale::find(&written.value);
        if found.is_none() {
            diagnostics.push(
                bad_setting(written.span, format!("`{}` is not a known locale", written.value))
                    .maybe_help(did_you_mean(&written.value, Locale::tags()))
                    .help_if_none("use a language and a country, such as de-DE or en-US"),
            );
        }
        found
    });
    let dates = body.maybe_text("dates", diagnostics);
    let dates = choice(dates, &DateOrder::NAMES, "an order of dates", diagnostics);
    let days = body.maybe_text("days", diagnostics);
    let whole_days = choice(days, &[("timed", false), ("whole", true)], "a choice", diagnostics);
    let zone = body.maybe_text("zone", diagnostics).and_then(|written| {
        let found = zone(&written.value);
        if found.is_none() {
            let message = format!("`{}` is not a time zone", written.value);
            diagnostics.push(
                bad_setting(written.span, message).help("use an IANA name, such as Europe/Berlin"),
            );
        }
        found
    });
    let sheet = body.maybe_text("sheet", diagnostics).map(|text| text.value);
    Dialect { encoding, delimiter, locale, dates, whole_days, zone, sheet }
}

fn read_column(entry: &Entry<'_, '_>, diagnostics: &mut Diagnostics) -> Option<ColumnSpec> {
    let body = entry.section(diagnostics)?;
    let written = body.maybe_text("type", diagnostics);
    let kinds = &ColumnKind::NAMES;
    let unknown_kind = written.is_some();
    let kind = choice(written, kinds, "a column type", diagnostics);
    let flag = |name: &str, diagnostics: &mut Diagnostics| {
        body.entry(name).and_then(|one| one.flag(diagnostics))
    };
    let number = |name: &str, diagnostics: &mut Diagnostics| {
        let found = body.entry(name).and_then(|one| one.number(diagnostics));
        found.map(|number| number.value)
    };
    let pattern = body.maybe_text("pattern", diagnostics).and_then(|written| {
        let compiled = Pattern::new(&written.value);
        if let Err(error) = &compiled {
            let message = format!("`{}` is not a pattern: {error}", written.value);
            diagnostics.push(bad_setting(written.span, message));
        }
        compiled.ok()
    });
    let day = body.maybe_text("day", diagnostics);
    let edges = [("start", DayEdge::Start), ("end", DayEdge::End)];
    let spec = ColumnSpec {
        name: entry.key.value.clone(),
        span: entry.key.span,
        kind,
        unknown_kind,
        values: body.texts("values", diagnostics).into_iter().map(|one| one.value).collect(),
        vocabulary: body.maybe_text("vocabulary", diagnostics).map(|text| text.value),
        references: body.maybe_text("references", diagnostics).map(|text| text.value),
        required: flag("required", diagnostics),
        unique: flag("unique", diagnostics),
        lines: flag("lines", diagnostics),
        day: choice(day, &edges, "an end of a day", diagnostics),
        digits: number("digits", diagnostics),
        max_length: number("max_length", diagnostics),
        pattern,
    };
    body.finish(diagnostics);
    Some(spec)
}

fn read_rule(body: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Rule> {
    let text = |name: &str, diagnostics: &mut Diagnostics| {
        body.maybe_text(name, diagnostics).map(|text| text.value)
    };
    let required = text("required", diagnostics).map(RuleKind::Required);
    let empty = text("empty", diagnostics).map(RuleKind::Empty);
    let percentage = text("percentage", diagnostics).map(RuleKind::Percentage);
    let names = |name: &str, diagnostics: &mut Diagnostics| {
        let all = body.texts(name, diagnostics).into_iter().map(|one| one.value);
        all.collect::<Vec<String>>()
    };
    let after = match <[String; 2]>::try_from(names("after", diagnostics)) {
        Ok([later, earlier]) => Some(RuleKind::After { later, earlier }),
        Err(other) if other.is_empty() => None,
        Err(_) => {
            let message = "`after` takes two columns".to_owned();
            diagnostics.push(
                bad_setting(body.span, message)
                    .help("write the later one first: `after = [\"ends\", \"starts\"]`"),
            );
            None
        }
    };
    let exactly_one = Some(names("exactly_one", diagnostics)).filter(|all| !all.is_empty());
    let condition = read_condition(&body, diagnostics);
    let span = body.span;
    let kinds = [required, empty, percentage, after, exactly_one.map(RuleKind::ExactlyOne)];
    let mut kinds = kinds.into_iter().flatten();
    let (first, second) = (kinds.next(), kinds.next());
    body.finish(diagnostics);
    if let (Some(kind), None) = (first, second) {
        return Some(Rule { kind, condition, span: Some(span) });
    }
    diagnostics.push(
        bad_setting(span, "a rule says one thing".to_owned())
            .help("write one of `required`, `empty`, `percentage`, `after`, `exactly_one`"),
    );
    None
}

fn read_condition(body: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Condition> {
    let mut found = None;
    for (name, unless) in [("when", false), ("unless", true)] {
        let Some(section) = body.section(name, diagnostics) else { continue };
        for entry in section.entries() {
            let values = entry.texts(diagnostics).into_iter().map(|one| one.value).collect();
            let condition = Condition { column: entry.key.value.clone(), values, unless };
            if found.replace(condition).is_some() {
                let message = "a rule has one condition".to_owned();
                diagnostics.push(bad_setting(entry.key.span, message));
            }
        }
    }
    found
}
