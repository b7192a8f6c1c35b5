//! What kind of fact a field is: it decides who looks again when the field changes.

use crate::source::FieldRules;

/// The classes of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldClass {
    /// What is promised: value, code, conditions, dates.
    Commercial,
    /// What binds: terms, exclusions, disclosures, legal names.
    Legal,
    /// What is said and shown: texts, pictures, colours, order.
    Creative,
    /// How it is reached and counted: addresses, links, parameters.
    Technical,
    /// Who sees it, and when.
    Audience,
}

impl FieldClass {
    /// All classes.
    pub const ALL: [Self; 5] =
        [Self::Commercial, Self::Legal, Self::Creative, Self::Technical, Self::Audience];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commercial => "commercial",
            Self::Legal => "legal",
            Self::Creative => "creative",
            Self::Technical => "technical",
            Self::Audience => "audience",
        }
    }

    /// The class of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The class of a field: what rules/fields.toml says, else the usual one. Fields that only the
    /// workspace has are creative, since templates show them. `None` for what no gate is about by
    /// its class: who owns a row, and where it came from.
    pub fn of(rules: &FieldRules, entity: &str, field: &str) -> Option<Self> {
        let declared = rules.get(entity, field).and_then(|rule| rule.class);
        declared.or_else(|| Self::usual(entity, field))
    }

    fn usual(entity: &str, field: &str) -> Option<Self> {
        Some(match (entity, field) {
            ("offer" | "partner", "owner" | "source_ref") | ("campaign", "owner") => return None,
            ("terms", _)
            | ("offer", "exclusions" | "terms_id")
            | ("partner", "legal_name")
            | ("copy", "legal" | "disclaimer" | "disclosure" | "disclosures") => Self::Legal,
            (
                "offer",
                "offer_id" | "partner_id" | "bundle_id" | "mechanic" | "value" | "currency"
                | "min_spend" | "code" | "effective_from" | "effective_to" | "display_from"
                | "display_to" | "status",
            )
            | ("partner", "partner_id" | "embargo_until" | "status")
            | ("bundle", _) => Self::Commercial,
            ("link" | "recipe", _)
            | ("offer", "landing_path")
            | ("partner", "permitted_domains" | "landing_base" | "deep_link" | "subid_param")
            | ("campaign", "id" | "code") => Self::Technical,
            ("window", _) | ("partner", "tier" | "category") | ("campaign", "zone") => {
                Self::Audience
            }
            _ => Self::Creative,
        })
    }
}
