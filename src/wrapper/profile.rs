//! A network's profile, and the questions it answers about ids and sub-ids.

use super::fault::{ValueFault, shown};
use super::field::Field;
use super::host::{HostPattern, is_host_name};
use super::rule::{Kind, Rule};
use super::template::{BaseHost, Param, Piece, Slot, Style};

/// How a network, or an app store, writes its links.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) style: Style,
    pub(super) host: BaseHost,
    pub(super) path: Vec<Piece>,
    pub(super) params: Vec<Param>,
    pub(super) hosts: Vec<HostPattern>,
    pub(super) fields: Vec<Field>,
    pub(super) sub_id: Rule,
    pub(super) raw_destination: bool,
    pub(super) tokens_in_destination: bool,
}

impl Profile {
    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its rules were found, in its own words; may be empty.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How its links carry their parameters.
    pub fn style(&self) -> Style {
        self.style
    }

    /// The ids that a partner's row must give, in the order of the profile.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Whether its links carry a sub-id at all.
    pub fn takes_sub_id(&self) -> bool {
        self.slots().any(|slot| *slot == Slot::SubId)
    }

    /// Whether its links carry the tracked parameters as a value of their own.
    pub fn takes_pairs(&self) -> bool {
        self.slots().any(|slot| matches!(slot, Slot::Pairs | Slot::Pair(_)))
    }

    /// Whether the network fills in an ad platform's tokens inside the encoded destination. Where
    /// it does not, a token there is an error, which is for the caller to look for.
    pub fn tokens_in_destination(&self) -> bool {
        self.tokens_in_destination
    }

    /// Checks a sub-id by the network's rule. A short code that passes is a safe sub-id as it is.
    pub fn check_sub_id(&self, sub_id: &str) -> Result<(), ValueFault> {
        self.sub_id.check(format_args!("the sub-id"), sub_id)
    }

    /// Checks the value of a field. A name that is no field of the profile takes any value.
    pub fn check_field(&self, name: &str, value: &str) -> Result<(), ValueFault> {
        match self.fields.iter().find(|field| field.name == name) {
            Some(field) => self.check(field, value),
            None => Ok(()),
        }
    }

    pub(super) fn check(&self, field: &Field, value: &str) -> Result<(), ValueFault> {
        if value.is_empty() && !field.meaning.is_empty() {
            let help = format!("give {}", field.meaning);
            return Err(ValueFault::new(0..0, format!("`{}` is empty", field.name), help));
        }
        field.rule.check(format_args!("`{}`", field.name), value)?;
        if field.rule.kind != Kind::Host {
            return Ok(());
        }
        if is_host_name(value) && self.has_host(value) {
            return Ok(());
        }
        let hosts: Vec<String> = self.hosts.iter().map(HostPattern::text).collect();
        let message = format!(
            "`{}` is `{}`, which is no host of the profile `{}`",
            field.name,
            shown(value),
            self.name
        );
        let help = format!(
            "use one of {}, or add the host to `hosts` in a profile of your own",
            hosts.join(", ")
        );
        Err(ValueFault::new(0..value.len(), message, help))
    }

    pub(super) fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|pattern| pattern.matches(host))
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        let values = self.params.iter().map(|param| &param.value);
        self.path.iter().chain(values).filter_map(|piece| match piece {
            Piece::Slot(slot) => Some(slot),
            Piece::Text(_) => None,
        })
    }
}
