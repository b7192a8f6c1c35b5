//! What throughline.toml says about releases: where they go, and what is said of them.

use jiff::SignedDuration;
use url::Url;

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Spanned, is_slug};

/// `[release]`.
#[derive(Clone, Debug, Default)]
pub struct ReleaseSettings {
    /// A folder, or `s3://bucket/prefix`.
    pub target: Option<Spanned<String>>,
    /// The environment that is meant where none is named.
    pub env: Option<Spanned<String>>,
    /// Who builds, as a URI, for provenance.
    pub builder: Option<Spanned<String>>,
    /// How many publications cleaning up leaves.
    pub keep: Option<usize>,
    /// After so many hours something newer must have been published.
    pub valid_for: Option<SignedDuration>,
}

/// Reads `[release]`.
pub(super) fn read_release(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> ReleaseSettings {
    let Some(section) = root.section("release", diagnostics) else {
        return ReleaseSettings::default();
    };
    let text =
        |key: &str, good: &dyn Fn(&str) -> bool, help: &str, diagnostics: &mut Diagnostics| {
            let written = section.maybe_text(key, diagnostics)?;
            if good(&written.value) {
                return Some(written);
            }
            let message = format!("`{}` cannot be `{key}` of releases", written.value);
            diagnostics.push(Diagnostic::error(Code::BadSetting, written.span, message).help(help));
            None
        };
    let number = |key: &str, diagnostics: &mut Diagnostics| {
        let entry = section.entry(key)?;
        let number = entry.number(diagnostics)?;
        if number.value > 0 {
            return Some(number.value);
        }
        let message = format!("`{key}` of releases must be at least 1");
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, number.span, message)
                .help("write a number above 0, or take the line out"),
        );
        None
    };
    let target = text("target", &is_target, "write a folder or s3://BUCKET/PREFIX", diagnostics);
    let env = text("env", &is_slug, "use lower-case letters, digits and dashes", diagnostics);
    let is_uri = |text: &str| Url::parse(text).is_ok();
    let help = "write a URI that names who builds, such as https://ci.example/nightly";
    let builder = text("builder", &is_uri, help, diagnostics);
    let keep = number("keep", diagnostics);
    let valid_for = number("valid_hours", diagnostics).and_then(|hours| {
        Some(SignedDuration::from_secs(i64::try_from(hours).ok()?.checked_mul(3_600)?))
    });
    section.finish(diagnostics);
    ReleaseSettings { target, env, builder, keep, valid_for }
}

fn is_target(text: &str) -> bool {
    let bucket = text.strip_prefix("s3://").is_some_and(|rest| !rest.is_empty());
    bucket || (!text.is_empty() && !text.contains("://"))
}
