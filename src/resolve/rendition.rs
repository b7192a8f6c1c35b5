//! Renditions: what an asset is built as, once for each of its variants.

use crate::model::Span;
use crate::source::{AssetSpec, Pattern};

/// The variant of what no one varied.
pub(super) const DEFAULT_VARIANT: &str = "a";

/// One of the things that an asset is built as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Its variant.
    pub variant: String,
    /// Where the variant was decided.
    pub variant_span: Span,
}

impl Rendition {
    /// All renditions of an asset, in the order written: there is always one.
    pub(super) fn all(spec: &AssetSpec) -> Vec<Self> {
        if spec.variants.is_empty() {
            let variant = DEFAULT_VARIANT.to_owned();
            return vec![Self { variant, variant_span: spec.id.span }];
        }
        let of = |one: &crate::source::VariantSpec| Self {
            variant: one.id.value.clone(),
            variant_span: one.id.span,
        };
        spec.variants.iter().map(of).collect()
    }

    /// Whether the asset would be built as this if it had no variants.
    pub fn is_plain(&self) -> bool {
        self.variant == DEFAULT_VARIANT
    }

    /// What a path or a route needs behind it, so that renditions have one each. A pattern that
    /// names the variant itself needs nothing, and the plain rendition keeps the plain path.
    pub fn suffix(&self, pattern: &Pattern) -> String {
        if self.is_plain() || pattern.reads_variant() {
            return String::new();
        }
        format!("-{}", self.variant)
    }
}
