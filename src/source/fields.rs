//! rules/fields.toml: who owns each field, and where it may vary.

use std::collections::BTreeMap;

use super::gates::FieldClass;
use super::locales::read_locales;
use super::toml::{Document, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::locale::Locale;
use crate::model::{SourceId, Span, Spanned};

/// How a field may differ between channels, or come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variation {
    /// The same in every channel.
    Never,
    /// May differ in the channels and in the locales named.
    MayVary {
        /// The channels.
        channels: Vec<Spanned<String>>,
        /// The locales.
        locales: Vec<Spanned<&'static Locale>>,
    },
    /// Made by the build; nobody types it.
    Generated,
    /// A person decides it each time.
    Human,
}

/// The rule of one field.
#[derive(Clone, Debug)]
pub struct FieldRule {
    /// Who owns the field, if not the owner of its table.
    pub owner: Option<String>,
    /// How it may vary.
    pub variation: Variation,
    /// What kind of fact it is, if not the usual one.
    pub class: Option<FieldClass>,
    /// Why.
    pub why: String,
    /// Where the rule stands.
    pub span: Span,
}

/// All rules, by `entity.field`.
#[derive(Clone, Debug, Default)]
pub struct FieldRules(pub BTreeMap<String, FieldRule>);

impl FieldRules {
    /// The rule of a field, where one is written.
    pub fn get(&self, entity: &str, field: &str) -> Option<&FieldRule> {
        self.0.get(&format!("{entity}.{field}"))
    }
}

impl Variation {
    /// The word that fields.toml uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::MayVary { .. } => "may_vary",
            Self::Generated => "generated",
            Self::Human => "human",
        }
    }
}

/// Reads rules/fields.toml.
pub fn read_fields(
    text: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<FieldRules> {
    let document = Document::parse(text, source, base, diagnostics)?;
    let root = document.root();
    let mut rules = BTreeMap::new();
    for entity in root.entries() {
        let Some(fields) = entity.section(diagnostics) else { continue };
        for field in fields.entries() {
            let Some(body) = field.section(diagnostics) else { continue };
            if let Some(rule) = read_rule(body, field.key.span, diagnostics) {
                rules.insert(format!("{}.{}", entity.key.value, field.key.value), rule);
            }
        }
    }
    Some(FieldRules(rules))
}

fn read_rule(
    body: Section<'_, '_>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Option<FieldRule> {
    let owner = body.maybe_text("owner", diagnostics).map(|text| text.value);
    let word = body.text("rule", diagnostics);
    let channels = body.entry("channels");
    let listed = channels.as_ref().map(|entry| entry.texts(diagnostics)).unwrap_or_default();
    let spoken = body.entry("locales");
    let locales = read_locales(&body, diagnostics);
    let why = body.maybe_text("why", diagnostics).map(|text| text.value).unwrap_or_default();
    let class = body.maybe_text("class", diagnostics);
    let class = class.and_then(|word| read_class(&word, diagnostics));
    body.finish(diagnostics);
    let word = word?;
    let variation = match word.value.as_str() {
        "never" => Variation::Never,
        "may_vary" => Variation::MayVary { channels: listed, locales },
        "generated" => Variation::Generated,
        "human" => Variation::Human,
        other => {
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, word.span, format!("`{other}` is not a rule"))
                    .help("use never, may_vary, generated or human"),
            );
            return None;
        }
    };
    let varies = matches!(variation, Variation::MayVary { .. });
    for entry in [&channels, &spoken].into_iter().flatten().filter(|_| !varies) {
        let (name, rule) = (&entry.key.value, variation.as_str());
        let message = format!("`{name}` goes with `may_vary`, not with `{rule}`");
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, entry.key.span, message)
                .help(format!("remove `{name}`, or change the rule")),
        );
    }
    Some(FieldRule { owner, variation, class, why, span })
}

fn read_class(word: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<FieldClass> {
    let found = FieldClass::of_word(&word.value);
    if found.is_none() {
        let words = FieldClass::ALL.map(FieldClass::as_str);
        let message = format!("`{}` is not a class of fields", word.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, word.span, message)
                .maybe_help(did_you_mean(&word.value, words))
                .help_if_none(format!("use one of {}", words.join(", "))),
        );
    }
    found
}
