//! The edition of GA4's rules that this program knows, read once from the data beside it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::condition::{Condition, Test};
use super::sources::Sources;

/// Where links go that no rule knows, even if the data could not be read.
pub(super) const UNASSIGNED: &str = "Unassigned";

/// A rule: its groups must all hold, and a group holds when one of its conditions does.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) channel: String,
    pub(super) also: Vec<String>,
    pub(super) condition: String,
    pub(super) all: Vec<Vec<Condition>>,
    pub(super) propose: Proposals,
}

/// Values that lead to a channel.
#[derive(Debug)]
pub(super) struct Proposals {
    pub(super) mediums: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) campaigns: Vec<String>,
}

/// All rules in order, and the sources.
#[derive(Debug, Default)]
pub(super) struct Edition {
    pub(super) date: String,
    pub(super) rules: Vec<Rule>,
    pub(super) sources: Sources,
    pub(super) instead: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    edition: String,
    any: BTreeMap<String, Vec<Condition>>,
    rules: Vec<WrittenRule>,
    #[serde(default)]
    instead: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    channel: String,
    #[serde(default)]
    also: Vec<String>,
    condition: String,
    all: Vec<String>,
    #[serde(default)]
    mediums: Vec<String>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    campaigns: Vec<String>,
}

impl Edition {
    /// Reads rules and sources; says what is wrong with them.
    pub(super) fn parse(rules: &str, sources: &str) -> Result<Self, String> {
        let document: Document = toml::from_str(rules).map_err(|error| error.to_string())?;
        for test in document.any.values().flatten().filter_map(Condition::test) {
            check_texts(test)?;
        }
        let sources = Sources::parse(sources)?;
        let any = &document.any;
        let rules: Result<Vec<_>, _> =
            document.rules.into_iter().map(|rule| rule.resolve(any)).collect();
        Ok(Self { date: document.edition, rules: rules?, sources, instead: document.instead })
    }

    /// The edition built into the program. A test reads it, so it is never the empty one.
    pub(super) fn current() -> &'static Self {
        static CURRENT: OnceLock<Edition> = OnceLock::new();
        CURRENT.get_or_init(|| {
            Self::parse(include_str!("channels.toml"), include_str!("sources.csv"))
                .unwrap_or_default()
        })
    }

    /// The place of a channel's rule, by any of its names.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let is_named = |rule: &Rule| {
            let mut names = rule.also.iter().chain([&rule.channel]);
            names.any(|one| one.eq_ignore_ascii_case(name))
        };
        self.rules.iter().position(is_named)
    }
}

impl WrittenRule {
    fn resolve(self, any: &BTreeMap<String, Vec<Condition>>) -> Result<Rule, String> {
        let group = |name: &String| {
            let found = any.get(name).cloned();
            found.ok_or_else(|| format!("`{}` asks for an unknown `{name}`", self.channel))
        };
        let all = self.all.iter().map(group).collect::<Result<_, _>>()?;
        let Self { channel, also, condition, mediums, sources, campaigns, all: _ } = self;
        let propose = Proposals { mediums, sources, campaigns };
        Ok(Rule { channel, also, condition, all, propose })
    }
}

/// Matchers compare bytes and take texts to be lower case and, where a part is sought, not empty.
fn check_texts(test: &Test) -> Result<(), String> {
    for text in test.texts() {
        let plain = text.bytes().all(|one| one.is_ascii() && !one.is_ascii_uppercase());
        let empty = text.is_empty() && !matches!(test, Test::OneOf(_));
        if !plain || empty {
            return Err(format!("the text `{text}` is empty or not in lower case"));
        }
    }
    Ok(())
}

/// The date of the rules.
pub fn edition() -> &'static str {
    &Edition::current().date
}

/// The channels' names, in the order of their rules; `Unassigned` is the last.
pub fn channels() -> impl Iterator<Item = &'static str> {
    Edition::current().rules.iter().map(|rule| rule.channel.as_str())
}

/// GA4's own name of a channel, from that name in any case or a short form of it.
pub fn channel(name: &str) -> Option<&'static str> {
    let edition = Edition::current();
    let rule = edition.rules.get(edition.position(name)?)?;
    Some(&rule.channel)
}
