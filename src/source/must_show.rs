//! `must_show` of a channel: facts that customers are owed.

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::Spanned;

/// A fact of an offer that an artifact must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MustShow {
    /// How much is saved.
    Value,
    /// The promotion code.
    Code,
    /// The first day.
    From,
    /// The last day.
    To,
    /// The legal terms: their title, their id, or a link to them.
    Terms,
}

impl MustShow {
    const ALL: [Self; 5] = [Self::Value, Self::Code, Self::From, Self::To, Self::Terms];

    /// The column of the offer.
    pub fn column(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Code => "code",
            Self::From => "effective_from",
            Self::To => "effective_to",
            Self::Terms => "terms_id",
        }
    }

    /// The word that channels use.
    pub fn name(self) -> &'static str {
        if self == Self::Terms { "terms" } else { self.column() }
    }
}

pub(super) fn read_must_show(
    root: &Section<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Spanned<MustShow>> {
    let mut facts: Vec<Spanned<MustShow>> = Vec::new();
    for written in root.texts("must_show", diagnostics) {
        let found = MustShow::ALL.into_iter().find(|fact| fact.name() == written.value);
        let Some(fact) = found else {
            let names = MustShow::ALL.map(MustShow::name);
            let message = format!("`{}` is no fact that a channel can ask for", written.value);
            diagnostics.push(
                Diagnostic::error(Code::BadSetting, written.span, message)
                    .maybe_help(did_you_mean(&written.value, names))
                    .help_if_none(format!("use {}", names.join(", "))),
            );
            continue;
        };
        if facts.iter().all(|known| known.value != fact) {
            facts.push(Spanned::new(fact, written.span));
        }
    }
    facts
}
