//! rules/taxonomy.toml: the closed vocabularies and the shape of parameter values.

use std::collections::BTreeMap;

use super::toml::{Document, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::ga4::OwnSources;
use crate::model::{SourceId, Span, Spanned};

/// The agreed words.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    /// Which edition of the vocabulary this is.
    pub version: String,
    /// What every generated value must look like.
    pub params: ParameterRules,
    /// Vocabularies by name: medium, source, tier …
    pub dimensions: BTreeMap<String, Dimension>,
    /// What the workspace knows better than the program of the sources that GA4 knows.
    pub ga4_sources: OwnSources,
    /// The file.
    pub span: Span,
}

/// The shape of generated parameter values.
#[derive(Clone, Debug)]
pub struct ParameterRules {
    /// Values must be lower case.
    pub lower_case: bool,
    /// Characters allowed in values.
    charset: Vec<char>,
    /// Those of them that are ASCII, a bit each.
    ascii: u128,
    /// What stands between the facts of one value, and inside none of them.
    pub separator: Option<Spanned<String>>,
    /// Words that no vocabulary may have, besides those that analytics keeps for itself.
    pub reserved: Vec<String>,
    /// Longest value, in characters, counted percent-encoded.
    pub max_length: usize,
    /// Longest URL, in bytes.
    pub max_url: usize,
}

/// One vocabulary, in the order written, which is its sort order.
#[derive(Clone, Debug, Default)]
pub struct Dimension {
    /// Its words.
    pub terms: Vec<Term>,
}

/// One word of a vocabulary.
#[derive(Clone, Debug)]
pub struct Term {
    /// The word.
    pub value: Spanned<String>,
    /// How reports show it.
    pub label: String,
    /// What it means.
    pub definition: String,
    /// Other spellings, which are errors that name this word.
    pub aliases: Vec<String>,
}

/// GA4 cuts an event parameter after 100 characters and a page address after 1,000
/// (support.google.com/analytics/answer/9267744).
const GA4_MAX_VALUE: usize = 100;
const GA4_MAX_URL: usize = 1000;

impl ParameterRules {
    /// Whether values may hold a character.
    pub fn allows(&self, one: char) -> bool {
        match u32::from(one) {
            code @ 0..128 => self.ascii >> code & 1 == 1,
            _ => self.charset.contains(&one),
        }
    }

    fn set_charset(&mut self, charset: Vec<char>) {
        let ascii = charset.iter().filter(|one| one.is_ascii());
        self.ascii = ascii.fold(0, |bits, one| bits | 1 << u32::from(*one));
        self.charset = charset;
    }
}

impl Dimension {
    /// The position of a word.
    pub fn rank(&self, word: &str) -> Option<usize> {
        self.terms.iter().position(|term| term.value.value == word)
    }

    /// The word that another spelling stands for.
    pub fn canonical(&self, alias: &str) -> Option<&str> {
        let same = |term: &&Term| {
            term.aliases.iter().any(|one| one == alias)
                || term.value.value.eq_ignore_ascii_case(alias)
        };
        self.terms.iter().find(same).map(|term| term.value.value.as_str())
    }

    /// What to write instead of an unknown word.
    pub fn suggest(&self, word: &str) -> Option<String> {
        match self.canonical(word) {
            Some(right) => Some(format!("write `{right}`")),
            None => did_you_mean(word, self.terms.iter().map(|term| term.value.value.as_str())),
        }
    }
}

/// Reads rules/taxonomy.toml.
pub fn read_taxonomy(
    text: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Taxonomy> {
    let document = Document::parse(text, source, base, diagnostics)?;
    let root = document.root();
    let version = root.text("version", diagnostics);
    let params = root.section("params", diagnostics);
    let params = read_params(params, diagnostics);
    let own = root.section("ga4_sources", diagnostics);
    let ga4_sources = own.map(|own| read_sources(&own, diagnostics)).unwrap_or_default();
    let mut dimensions = BTreeMap::new();
    for entry in root.entries() {
        let name = entry.key.value.clone();
        if matches!(name.as_str(), "version" | "params" | "ga4_sources") {
            continue;
        }
        let terms = entry.sections(diagnostics);
        let terms =
            terms.into_iter().filter_map(|section| read_term(section, diagnostics)).collect();
        let dimension = Dimension { terms };
        report_duplicates(&name, &dimension, diagnostics);
        dimensions.insert(name, dimension);
    }
    for required in ["medium", "source"] {
        if !dimensions.contains_key(required) {
            diagnostics.push(
                Diagnostic::error(
                    Code::MissingKey,
                    root.span,
                    format!("the taxonomy has no vocabulary `{required}`"),
                )
                .help(format!("add `[[{required}]]` with a `value`")),
            );
        }
    }
    Some(Taxonomy { version: version?.value, params, dimensions, ga4_sources, span: root.span })
}

fn report_duplicates(name: &str, dimension: &Dimension, diagnostics: &mut Diagnostics) {
    for (index, term) in dimension.terms.iter().enumerate() {
        let earlier = dimension.terms.iter().take(index);
        if let Some(first) = earlier.into_iter().find(|one| one.value.value == term.value.value) {
            let message = format!("`{}` stands twice in the vocabulary `{name}`", term.value.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, term.value.span, message)
                    .related(first.value.span, "first here"),
            );
        }
    }
}

fn read_params(section: Option<Section<'_, '_>>, diagnostics: &mut Diagnostics) -> ParameterRules {
    let mut rules = ParameterRules {
        lower_case: true,
        charset: Vec::new(),
        ascii: 0,
        separator: None,
        reserved: Vec::new(),
        max_length: GA4_MAX_VALUE,
        max_url: GA4_MAX_URL,
    };
    rules.set_charset(expand_charset("a-z0-9._-"));
    let Some(section) = section else { return rules };
    if let Some(case) = section.maybe_text("case", diagnostics) {
        match case.value.as_str() {
            "lower" => rules.lower_case = true,
            "any" => rules.lower_case = false,
            other => diagnostics.push(
                Diagnostic::error(Code::BadSetting, case.span, format!("`{other}` is not a case"))
                    .help("use `lower` or `any`"),
            ),
        }
    }
    if let Some(charset) = section.maybe_text("charset", diagnostics) {
        rules.set_charset(expand_charset(&charset.value));
        if rules.charset.is_empty() || has_reversed_range(&charset.value) {
            let message = format!("`{}` is not a set of characters", charset.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, charset.span, message)
                    .help("write ranges upwards, such as `a-z0-9._-`"),
            );
        }
    }
    rules.separator = section.maybe_text("separator", diagnostics);
    if let Some(separator) = rules.separator.as_ref().filter(|one| one.value.is_empty()) {
        let message = "the separator is empty";
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, separator.span, message)
                .help("write the character between the facts of a value, such as `.`"),
        );
    }
    rules.reserved =
        section.texts("reserved", diagnostics).into_iter().map(|one| one.value).collect();
    if let Some(length) = section.entry("max_length").and_then(|one| one.number(diagnostics)) {
        rules.max_length = length.value;
    }
    if let Some(length) = section.entry("max_url").and_then(|one| one.number(diagnostics)) {
        rules.max_url = length.value;
    }
    section.finish(diagnostics);
    rules
}

/// `"klaviyo" = "none"`: what GA4 takes a source for.
fn read_sources(section: &Section<'_, '_>, diagnostics: &mut Diagnostics) -> OwnSources {
    let mut sources = OwnSources::default();
    for entry in section.entries() {
        let Some(word) = entry.text(diagnostics) else { continue };
        let source = entry.key.value.as_str();
        if source.chars().any(char::is_uppercase) || source.trim() != source || source.is_empty() {
            let message = format!("`{source}` is not a source in lower case");
            let help = "write it in lower case and without spaces around it: GA4 ignores case";
            diagnostics
                .push(Diagnostic::error(Code::BadSetting, entry.key.span, message).help(help));
        } else if sources.add(source, &word.value).is_none() {
            let message = format!("`{}` is no list that GA4 keeps of sources", word.value);
            let words = OwnSources::WORDS;
            let help = did_you_mean(&word.value, words)
                .unwrap_or_else(|| format!("write one of {}", words.join(", ")));
            diagnostics.push(Diagnostic::error(Code::BadSetting, word.span, message).help(help));
        }
    }
    sources
}

fn has_reversed_range(text: &str) -> bool {
    let written: Vec<char> = text.chars().collect();
    let mut ranges = written.windows(3);
    ranges.any(|range| matches!(range, [first, '-', last] if first > last))
}

/// `a-z0-9._-` as the list of its characters.
fn expand_charset(text: &str) -> Vec<char> {
    let written: Vec<char> = text.chars().collect();
    let mut charset = Vec::new();
    let mut index = 0;
    while let Some(first) = written.get(index) {
        if let (Some('-'), Some(last)) = (written.get(index + 1), written.get(index + 2)) {
            charset.extend(*first..=*last);
            index += 3;
        } else {
            charset.push(*first);
            index += 1;
        }
    }
    charset
}

fn read_term(section: Section<'_, '_>, diagnostics: &mut Diagnostics) -> Option<Term> {
    let value = section.text("value", diagnostics);
    let label = section.maybe_text("label", diagnostics);
    let definition = section.maybe_text("definition", diagnostics);
    let aliases = section.texts("aliases", diagnostics).into_iter().map(|one| one.value).collect();
    section.finish(diagnostics);
    let value = value?;
    let label = label.map_or_else(|| value.value.clone(), |label| label.value);
    Some(Term {
        value,
        label,
        definition: definition.map(|one| one.value).unwrap_or_default(),
        aliases,
    })
}

impl Taxonomy {
    /// A taxonomy without words, for workspaces that only check tables.
    pub(super) fn empty(span: Span) -> Self {
        let params = read_params(None, &mut Diagnostics::new());
        let (dimensions, ga4_sources) = (BTreeMap::new(), OwnSources::default());
        Self { version: String::new(), params, dimensions, ga4_sources, span }
    }
}
