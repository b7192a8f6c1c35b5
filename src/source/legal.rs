//! legal/*.md: terms, one text a file, owned by legal, referenced and never copied.

use super::front_matter;
use super::toml::Document;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span, Spanned, TermsId};

/// One legal text.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Its id: the file's name.
    pub id: TermsId,
    /// Its heading.
    pub title: String,
    /// Which edition it is.
    pub version: String,
    /// Who owns it.
    pub owner: Option<String>,
    /// The Markdown text.
    pub text: Spanned<String>,
    /// The file.
    pub span: Span,
}

/// Reads one legal text.
pub fn read_terms(
    stem: &str,
    text: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Terms> {
    let parts = front_matter::split(text, source, base, diagnostics)?;
    let document = Document::parse(parts.facts, source, parts.facts_start, diagnostics)?;
    let root = document.root();
    let id = root.text("id", diagnostics);
    let title = root.text("title", diagnostics);
    let version = root.maybe_text("version", diagnostics).map(|one| one.value).unwrap_or_default();
    let owner = root.maybe_text("owner", diagnostics).map(|one| one.value);
    let span = root.span;
    root.finish(diagnostics);
    let id = id?;
    let parsed = TermsId::new(&id.value).filter(|_| id.value == stem);
    if parsed.is_none() {
        let message = format!("the id `{}` is not the name of its file, `{stem}`", id.value);
        diagnostics.push(
            Diagnostic::error(Code::BadSetting, id.span, message)
                .help("give the file and the text one name: a slug"),
        );
    }
    let lead = parts.body.len() - parts.body.trim_start().len();
    let start = parts.body_start + lead;
    let body = parts.body.trim().to_owned();
    let end = start + body.len();
    if body.is_empty() {
        diagnostics.push(Diagnostic::error(Code::EmptyFile, span, "the legal text is empty"));
        return None;
    }
    let text = Spanned::new(body, Span::new(source, start, end));
    Some(Terms { id: parsed?, title: title?.value, version, owner, text, span })
}
