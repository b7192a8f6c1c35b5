//! `variants` of an asset: what is tried against each other.

use super::toml::{Entry, Section};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Spanned, is_slug};

/// One variant of an asset.
#[derive(Clone, Debug)]
pub struct VariantSpec {
    /// Its id: a slug that begins with a letter.
    pub id: Spanned<String>,
    /// What people call it; its id where nothing is said.
    pub label: String,
    /// Its share of the audience in percent, where that was agreed.
    pub weight: Option<Spanned<usize>>,
}

/// All of the audience, in percent.
const WHOLE: usize = 100;

pub(super) fn read_variants(
    section: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<VariantSpec> {
    let Some(entry) = section.entry("variants") else { return Vec::new() };
    let read = if entry.holds_tables() {
        read_described(&entry, diagnostics)
    } else {
        let ids = entry.texts(diagnostics);
        ids.into_iter()
            .map(|id| VariantSpec { label: id.value.clone(), id, weight: None })
            .collect()
    };
    let mut variants: Vec<VariantSpec> = Vec::with_capacity(read.len());
    for one in read {
        if !is_variant(&one.id.value) {
            let message = format!("`{}` cannot name a variant", one.id.value);
            diagnostics.push(Diagnostic::error(Code::BadSetting, one.id.span, message).help(
                "begin it with a lower-case letter; then letters, digits and dashes, such as `a`",
            ));
        } else if let Some(first) = variants.iter().find(|first| first.id.value == one.id.value) {
            let message = format!("the variant `{}` stands twice", one.id.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, one.id.span, message)
                    .related(first.id.span, "first here"),
            );
        } else {
            variants.push(one);
        }
    }
    check_weights(&entry, &variants, diagnostics);
    variants
}

/// A number in front of the variant counts a partner's placements, so a variant is none.
fn is_variant(text: &str) -> bool {
    is_slug(text) && text.starts_with(|first: char| first.is_ascii_lowercase())
}

fn read_described(entry: &Entry<'_, '_>, diagnostics: &mut Diagnostics) -> Vec<VariantSpec> {
    let mut variants = Vec::new();
    for section in entry.sections(diagnostics) {
        let id = section.text("id", diagnostics);
        let label = section.maybe_text("label", diagnostics);
        let weight = section.entry("weight").and_then(|entry| entry.number(diagnostics));
        section.finish(diagnostics);
        let Some(id) = id else { continue };
        let label = label.map_or_else(|| id.value.clone(), |label| label.value);
        variants.push(VariantSpec { id, label, weight });
    }
    variants
}

/// Weights are shares of one audience: all variants have one, or none has.
fn check_weights(entry: &Entry<'_, '_>, variants: &[VariantSpec], diagnostics: &mut Diagnostics) {
    let weights: Vec<usize> =
        variants.iter().filter_map(|one| Some(one.weight.as_ref()?.value)).collect();
    let sum = weights.iter().fold(0_usize, |sum, one| sum.saturating_add(*one));
    let whole = weights.len() == variants.len() && sum == WHOLE && !weights.contains(&0);
    if weights.is_empty() || whole {
        return;
    }
    let message = format!("the weights of {} variants add up to {sum}", variants.len());
    diagnostics.push(
        Diagnostic::error(Code::BadSetting, entry.key.span, message)
            .help("give each variant a weight above 0, all together 100, or give none"),
    );
}
