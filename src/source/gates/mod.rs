//! rules/gates.toml: who must have approved what before a build may go out.
//!
//! What is in a gate's scope, and whether it was approved, is `decide`'s question.

mod class;
mod read;
mod scope;

use std::collections::BTreeMap;

use globset::GlobMatcher;
use jiff::SignedDuration;

use crate::model::Span;

pub use class::FieldClass;
pub use read::read_gates;
pub use scope::{ScopeField, ScopePattern};

/// The whole file.
#[derive(Clone, Debug, Default)]
pub struct GateRules {
    /// The gates, in the order of their ids.
    pub gates: Vec<GateRule>,
    /// The roles, by name.
    pub roles: BTreeMap<String, Role>,
    /// Who is meant by which other names: principals by what else they are called.
    pub people: BTreeMap<String, String>,
}

/// Who may decide for a role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Principals of `rules/allowed_signers`, sorted.
    pub principals: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

/// One gate.
#[derive(Clone, Debug)]
pub struct GateRule {
    /// Its id.
    pub id: String,
    /// Who decides.
    pub role: String,
    /// What one decision is about.
    pub scope: ScopePattern,
    /// What it watches, sorted.
    pub watches: Vec<Watch>,
    /// Which artifacts it is about; without any, all of them.
    pub artifacts: Vec<(String, GlobMatcher)>,
    /// What loses an approval.
    pub sticky: Sticky,
    /// How many people must approve.
    pub needs: usize,
    /// Whether who wrote what is judged may not judge it.
    pub not_author: bool,
    /// How long an approval counts.
    pub ttl: Option<SignedDuration>,
    /// Where it stands.
    pub span: Span,
}

/// What loses an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sticky {
    /// Another value of what is watched.
    Facets,
    /// That, and any other byte of the artifact but the addresses of tracked links.
    Bytes,
}

/// One thing that a gate watches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watch {
    /// All fields of a class.
    Class(FieldClass),
    /// One field: `offer.value`, `copy.subject`.
    Field(String, String),
    /// A block of the artifact's template, as it is rendered.
    Block(String),
    /// Files of the workspace.
    Files(String),
}

impl Sticky {
    /// The word that gates.toml uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Facets => "facets",
            Self::Bytes => "bytes",
        }
    }
}

impl std::fmt::Display for Watch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Class(class) => formatter.write_str(class.as_str()),
            Self::Field(entity, field) => write!(formatter, "{entity}.{field}"),
            Self::Block(block) => write!(formatter, "block:{block}"),
            Self::Files(glob) => write!(formatter, "file:{glob}"),
        }
    }
}

impl GateRules {
    /// The gate of an id.
    pub fn gate(&self, id: &str) -> Option<&GateRule> {
        self.gates.iter().find(|gate| gate.id == id)
    }

    /// The principal that a name means: one of `[people]`, or the name itself. Case does not count.
    pub fn principal(&self, name: &str) -> String {
        let name = name.trim().to_lowercase();
        self.people.get(&name).cloned().unwrap_or(name)
    }

    /// Who may decide for a role.
    pub fn principals(&self, role: &str) -> &[String] {
        self.roles.get(role).map_or(&[], |role| &role.principals)
    }
}

impl GateRule {
    /// Whether it is about an artifact at all.
    pub fn covers(&self, artifact: &str) -> bool {
        self.artifacts.is_empty() || self.artifacts.iter().any(|(_, glob)| glob.is_match(artifact))
    }

    /// Whether it watches files of the workspace and no artifacts.
    pub fn is_about_files(&self) -> bool {
        self.watches.iter().any(|watch| matches!(watch, Watch::Files(_)))
    }

    /// Whether it watches a field of a class.
    pub fn watches(&self, class: Option<FieldClass>, (entity, field): (&str, &str)) -> bool {
        self.watches.iter().any(|watch| match watch {
            Watch::Class(one) => Some(*one) == class,
            Watch::Field(of, name) => of == entity && name == field,
            Watch::Block(_) | Watch::Files(_) => false,
        })
    }
}
