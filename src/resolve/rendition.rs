//! Renditions: what an asset is built as, once for each of its variants in each of its locales.

use crate::locale::Locale;
use crate::model::SharedText;
use crate::model::Span;
use crate::source::{AssetSpec, Pattern};

/// The variant of what no one varied.
pub(super) const DEFAULT_VARIANT: &str = "a";

/// One of the things that an asset is built as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Its variant.
    pub variant: SharedText,
    /// Where the variant was decided.
    pub variant_span: Span,
    /// Its locale.
    pub locale: &'static Locale,
    /// Where the locale was decided.
    pub locale_span: Span,
    /// The locale that the asset itself is in.
    pub first: &'static Locale,
}

impl Rendition {
    /// All renditions of an asset, in the order written: there is always one. `usual` is the
    /// workspace's locale.
    pub(super) fn all(spec: &AssetSpec, usual: &'static Locale) -> Vec<Self> {
        let mut variants: Vec<(&str, Span)> = Vec::new();
        variants.extend(spec.variants.iter().map(|one| (one.id.value.as_str(), one.id.span)));
        if variants.is_empty() {
            variants.push((DEFAULT_VARIANT, spec.id.span));
        }
        let mut locales: Vec<(&'static Locale, Span)> = Vec::new();
        locales.extend(spec.locales.iter().map(|one| (one.value, one.span)));
        if locales.is_empty() {
            locales.push((usual, spec.id.span));
        }
        let first = spec.locale(usual);
        let of = |(locale, locale_span): (&'static Locale, Span)| {
            variants.iter().map(move |(variant, variant_span)| Self {
                variant: (*variant).into(),
                variant_span: *variant_span,
                locale,
                locale_span,
                first,
            })
        };
        locales.into_iter().flat_map(of).collect()
    }

    /// Whether the asset would be built as this variant if it had none.
    pub fn is_plain(&self) -> bool {
        self.variant == DEFAULT_VARIANT
    }

    /// Whether it is in the asset's own locale.
    pub fn is_first(&self) -> bool {
        self.locale == self.first
    }

    /// What a path or a route needs behind it, so that renditions have one each. A pattern that
    /// names variant or locale itself needs nothing for it; the plain variant and the first locale
    /// keep the path that they would have alone.
    pub fn suffix(&self, pattern: &Pattern) -> String {
        let mut suffix = String::new();
        if !self.is_plain() && !pattern.reads_variant() {
            suffix.push('-');
            suffix.push_str(&self.variant);
        }
        if !self.is_first() && !pattern.reads_locale() {
            suffix.push('-');
            suffix.push_str(&self.locale.slug());
        }
        suffix
    }
}

impl AssetSpec {
    /// The locale that the asset itself is in; `usual` is the workspace's.
    pub fn locale(&self, usual: &'static Locale) -> &'static Locale {
        self.locales.first().map_or(usual, |one| one.value)
    }

    /// Whether the asset goes out in a locale.
    pub fn speaks(&self, tag: &str, usual: &'static Locale) -> bool {
        self.locale(usual).tag() == tag || self.locales.iter().any(|one| one.value.tag() == tag)
    }
}
