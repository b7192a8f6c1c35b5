//! legal/*.md: terms, one text a file, owned by legal, referenced and never copied.

use std::collections::BTreeMap;

use super::front_matter;
use super::toml::Document;
use super::workspace::read_locale;
use super::{SourceKind, Sources};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::locale::Locale;
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
    /// The same text in other languages, by the tags of their locales.
    pub translations: BTreeMap<&'static str, Terms>,
}

impl Terms {
    /// The text as a locale sees it: its translation, else the text itself.
    pub fn in_locale(&self, locale: &Locale) -> &Self {
        self.translations.get(locale.tag()).unwrap_or(self)
    }

    /// The text itself and its translations, with the tags of their locales.
    pub fn all(&self) -> impl Iterator<Item = (Option<&'static str>, &Self)> {
        let others = self.translations.iter().map(|(tag, one)| (Some(*tag), one));
        std::iter::once((None, self)).chain(others)
    }
}

/// All legal texts; false where one of them could not be read. `standard.fr-CA.md` stands in the
/// text of `standard.md`.
pub(super) fn read_legal(
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> (BTreeMap<String, Terms>, bool) {
    let mut found: BTreeMap<String, Terms> = BTreeMap::new();
    let (mut translations, mut whole) = (Vec::new(), true);
    for (source, file) in sources.of_kind(SourceKind::Legal) {
        let (id, tag) = match file.path.stem().split_once('.') {
            Some((id, tag)) => (id, Some(tag)),
            None => (file.path.stem(), None),
        };
        let base = file.content_start();
        let usable = (!file.damaged).then_some(());
        let read = usable.and_then(|()| read_terms(id, &file.text, source, base, diagnostics));
        let locale = tag.map(|tag| {
            let written = Spanned::new(tag.to_owned(), Span::start_of(source));
            read_locale(&written, diagnostics)
        });
        whole &= read.is_some() && locale != Some(None);
        let Some(read) = read else { continue };
        match locale {
            Some(locale) => translations.extend(locale.map(|locale| (locale, read))),
            None => match found.get(read.id.as_str()) {
                Some(first) => diagnostics.push(twice(&read, first)),
                None => drop(found.insert(read.id.to_string(), read)),
            },
        }
    }
    for (locale, read) in translations {
        let Some(original) = found.get_mut(read.id.as_str()) else {
            let message = format!("there is no legal text `{}` to translate", read.id);
            diagnostics.push(
                Diagnostic::error(Code::MissingFile, read.span, message)
                    .help(format!("add `{}.md`, or correct the file's name", read.id)),
            );
            continue;
        };
        if read.version != original.version {
            let message = format!(
                "the translation is of version `{}`, and the text itself is version `{}`",
                read.version, original.version
            );
            diagnostics.push(
                Diagnostic::error(Code::StaleTranslation, read.span, message)
                    .related(original.span, "the text itself")
                    .help("translate what has changed, and write the same `version`"),
            );
        }
        match original.translations.get(locale.tag()) {
            Some(first) => diagnostics.push(twice(&read, first)),
            None => drop(original.translations.insert(locale.tag(), read)),
        }
    }
    (found, whole)
}

/// Two files in different folders can have one name.
fn twice(read: &Terms, first: &Terms) -> Diagnostic {
    let message = format!("the legal text `{}` stands in two files", read.id);
    Diagnostic::error(Code::BadSetting, read.span, message)
        .related(first.span, "the first one")
        .help("keep one of the two, or give one another id and file name")
}

/// Reads one legal text.
fn read_terms(
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
    Some(Terms {
        id: parsed?,
        title: title?.value,
        version,
        owner,
        text,
        span,
        translations: BTreeMap::new(),
    })
}
