//! `partner:lumen+`: which artifacts somebody means.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};

use super::Unit;
use crate::decide::World;
use crate::diag::did_you_mean;
use crate::model::SharedText;

/// What a selector names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Partner,
    Offer,
    Campaign,
    Channel,
    Asset,
    Artifact,
    /// A file that says what changes.
    Source,
    /// Whose word changes.
    Owner,
    /// A swap that says what changes.
    Swap,
}

const KINDS: [(&str, Kind); 9] = [
    ("partner", Kind::Partner),
    ("offer", Kind::Offer),
    ("campaign", Kind::Campaign),
    ("channel", Kind::Channel),
    ("asset", Kind::Asset),
    ("artifact", Kind::Artifact),
    ("source", Kind::Source),
    ("owner", Kind::Owner),
    ("swap", Kind::Swap),
];

#[derive(Clone, Debug)]
struct Selector {
    text: String,
    kind: Kind,
    value: GlobMatcher,
    /// Also what they show something of.
    with_needed: bool,
    /// Also what shows something of them.
    with_dependents: bool,
}

/// What is meant, and what is left out of it.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    only: Vec<Selector>,
    exclude: Vec<Selector>,
}

/// Why nobody can tell what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSelector {
    /// There is no such thing.
    Unknown(String),
    /// There is, and nothing that was built or would be is about it.
    Nothing(String),
}

impl Selection {
    /// Reads what was typed: selectors with commas or blanks between them.
    ///
    /// # Errors
    /// What is no selector, in a sentence.
    pub fn parse(only: &[String], exclude: &[String]) -> Result<Self, String> {
        let read = |typed: &[String]| -> Result<Vec<Selector>, String> {
            let all = typed.iter().flat_map(|text| text.split([',', ' ', '\t', '\n']));
            all.filter(|text| !text.is_empty()).map(Selector::parse).collect()
        };
        let selection = Self { only: read(only)?, exclude: read(exclude)? };
        let said_nothing =
            |typed: &[String], read: &[Selector]| !typed.is_empty() && read.is_empty();
        if said_nothing(only, &selection.only) || said_nothing(exclude, &selection.exclude) {
            return Err("a selection names something, such as `partner:lumen`".to_owned());
        }
        Ok(selection)
    }

    /// Whether everything is meant.
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.exclude.is_empty()
    }

    /// What was typed after `--only` and after `--exclude`.
    pub fn typed(&self) -> [Vec<String>; 2] {
        [&self.only, &self.exclude].map(|all| all.iter().map(|one| one.text.clone()).collect())
    }

    /// The units that are meant, by their place.
    ///
    /// # Errors
    /// Everything that names nothing.
    pub fn of(
        &self,
        units: &[Unit<'_>],
        world: World<'_>,
    ) -> Result<BTreeSet<usize>, Vec<BadSelector>> {
        let mut wrong = Vec::new();
        let mut of = |selectors: &[Selector]| {
            let mut found = BTreeSet::new();
            for selector in selectors {
                let direct = selector.matching(units);
                if direct.is_empty() {
                    wrong.push(selector.names_nothing(units, world));
                }
                found.extend(selector.expand(&direct, units));
            }
            found
        };
        let (only, exclude) = (of(&self.only), of(&self.exclude));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut chosen = if self.only.is_empty() { (0..units.len()).collect() } else { only };
        chosen.retain(|at| !exclude.contains(at));
        Ok(chosen)
    }
}

impl Selector {
    fn parse(text: &str) -> Result<Self, String> {
        let (with_needed, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
        let (with_dependents, rest) =
            rest.strip_suffix('+').map_or((false, rest), |rest| (true, rest));
        let shape = || {
            let kinds = KINDS.map(|(name, _)| name).join(", ");
            format!(
                "`{text}` is no selector: write KIND:VALUE, such as `partner:lumen`; a kind is one of {kinds}"
            )
        };
        let (kind, value) =
            rest.split_once(':').filter(|(_, value)| !value.is_empty()).ok_or_else(shape)?;
        let Some((_, kind)) = KINDS.into_iter().find(|(name, _)| *name == kind) else {
            let help = did_you_mean(kind, KINDS.iter().map(|(name, _)| *name)).unwrap_or_default();
            return Err(format!("`{text}`: there is no kind `{kind}`; {help}"));
        };
        let glob = GlobBuilder::new(value).literal_separator(false).build();
        let value = glob.map_err(|error| format!("`{text}`: {error}"))?.compile_matcher();
        Ok(Self { text: text.to_owned(), kind, value, with_needed, with_dependents })
    }

    /// The units that it names, by their place.
    fn matching(&self, units: &[Unit<'_>]) -> BTreeSet<usize> {
        let is_meant = |unit: &Unit<'_>| self.values(unit).any(|value| self.value.is_match(value));
        let all = units.iter().enumerate();
        all.filter(|(_, unit)| is_meant(unit)).map(|(at, _)| at).collect()
    }

    /// What a unit can be named by.
    fn values<'u>(&self, unit: &'u Unit<'_>) -> Box<dyn Iterator<Item = &'u str> + 'u> {
        let entries = unit.entries();
        match self.kind {
            Kind::Partner => {
                Box::new(entries.flat_map(|one| &one.partners).map(SharedText::as_str))
            }
            Kind::Offer => Box::new(entries.flat_map(|one| &one.offers).map(SharedText::as_str)),
            Kind::Campaign => Box::new(entries.filter_map(|one| one.kind.campaign.as_deref())),
            Kind::Channel => Box::new(entries.filter_map(|one| one.kind.channel.as_deref())),
            Kind::Asset => Box::new(unit.assets.iter().map(String::as_str)),
            Kind::Artifact => Box::new(entries.map(|one| one.id.as_str())),
            Kind::Source => Box::new(unit.reasons.iter().map(|fact| fact.file.as_str())),
            Kind::Owner => Box::new(unit.reasons.iter().filter_map(|fact| fact.owner.as_deref())),
            Kind::Swap => Box::new(unit.reasons.iter().filter_map(|fact| fact.swap.as_deref())),
        }
    }

    /// With what they need, or what needs them, however far that goes.
    fn expand(&self, direct: &BTreeSet<usize>, units: &[Unit<'_>]) -> BTreeSet<usize> {
        let mut found = direct.clone();
        let mut grow = |next: &dyn Fn(usize) -> Vec<usize>| {
            let mut open: Vec<usize> = direct.iter().copied().collect();
            let mut seen = direct.clone();
            while let Some(at) = open.pop() {
                let new: Vec<usize> =
                    next(at).into_iter().filter(|one| seen.insert(*one)).collect();
                open.extend(new);
            }
            found.extend(seen);
        };
        if self.with_needed {
            grow(&|at| {
                units.get(at).into_iter().flat_map(|unit| unit.needs.iter().copied()).collect()
            });
        }
        if self.with_dependents {
            let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
            for (at, unit) in units.iter().enumerate() {
                for needed in &unit.needs {
                    dependents.get_mut(*needed).into_iter().for_each(|list| list.push(at));
                }
            }
            grow(&|at| dependents.get(at).cloned().unwrap_or_default());
        }
        found
    }

    /// Why it names no unit.
    fn names_nothing(&self, units: &[Unit<'_>], world: World<'_>) -> BadSelector {
        let known = self.known(units, world);
        let value = self.text.trim_matches('+').split_once(':').map_or("", |(_, value)| value);
        if known.iter().any(|one| self.value.is_match(one)) {
            let why = match self.kind {
                Kind::Source | Kind::Owner | Kind::Swap => "no artifact changes because of it",
                _ => "nothing that was built or would be is about it",
            };
            return BadSelector::Nothing(format!("`{}` selects nothing: {why}", self.text));
        }
        let help = did_you_mean(value, known.iter().map(String::as_str));
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        BadSelector::Unknown(format!("`{}` names nothing that is known{help}", self.text))
    }

    /// Every value that can be meant.
    fn known(&self, units: &[Unit<'_>], world: World<'_>) -> BTreeSet<String> {
        let built = units.iter().flat_map(|unit| self.values(unit)).map(str::to_owned);
        let mut known: BTreeSet<String> = built.collect();
        let documents = world.documents;
        let mut add_column = |table: &str, column: &str| {
            let Some(table) = documents.tables.get(table) else { return };
            let Some(column) = table.column(column) else { return };
            known.extend(table.records.iter().map(|row| row.text(column).to_owned()));
        };
        match self.kind {
            Kind::Partner => add_column("partners", "partner_id"),
            Kind::Offer => add_column("offers", "offer_id"),
            Kind::Campaign => {
                known.extend(documents.briefs.iter().map(|brief| brief.id.value.to_string()));
            }
            Kind::Asset => {
                let assets = documents.briefs.iter().flat_map(|brief| &brief.assets);
                known.extend(assets.map(|asset| asset.id.value.to_string()));
            }
            Kind::Channel => {
                known.extend(documents.channels.iter().map(|channel| channel.id.to_string()));
            }
            Kind::Source => {
                known.extend(world.sources.iter().map(|(_, file)| file.path.to_string()));
            }
            Kind::Swap => known.extend(documents.swaps.iter().map(|swap| swap.id.clone())),
            Kind::Artifact | Kind::Owner => {}
        }
        known
    }
}
