//! What to change in a link so that GA4 files it under another channel.
//!
//! Every change is tried before it is proposed, so that advice never leads to a third channel.

use super::condition::{Condition, Field, Test};
use super::edition::{Edition, Rule};
use super::predict::{Prediction, Visit, predict};

/// How many values a sentence names at most.
const NAMED: usize = 3;

/// Parts of a source that are looked up: `tiktok_ads` is meant to be `tiktok`.
const PARTS: usize = 8;

/// A change to a link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Takes out of the campaign what an earlier rule looks for.
    Clean,
    /// Puts into the campaign what the rule looks for.
    Extend,
    Medium,
    /// Takes a source that the rule looks for.
    Source,
    /// Takes a source that no rule looks for.
    OtherSource,
}

/// Changes that go together, from what a reader will like best to what is asked last.
const PLANS: [&[Change]; 13] = [
    &[Change::Clean],
    &[Change::Medium],
    &[Change::Source],
    &[Change::Extend],
    &[Change::Clean, Change::Medium],
    &[Change::Clean, Change::Source],
    &[Change::Medium, Change::Source],
    &[Change::Extend, Change::Medium],
    &[Change::OtherSource],
    &[Change::Clean, Change::Medium, Change::Source],
    &[Change::Clean, Change::OtherSource],
    &[Change::Medium, Change::OtherSource],
    &[Change::Clean, Change::Medium, Change::OtherSource],
];

/// Stands for any source that no rule looks for.
const NEUTRAL: &str = "-";

/// What to do so that a visit falls into the expected channel, as an imperative sentence.
///
/// Nothing where the name is no channel's, or the visit falls into that channel already.
pub fn how_to_reach(expected: &str, visit: Visit<'_>) -> Option<String> {
    let edition = Edition::current();
    let at = edition.position(expected)?;
    let rule = edition.rules.get(at)?;
    let actual = predict(visit);
    if actual.channel == rule.channel {
        return None;
    }
    let earlier = edition.rules.get(..at).unwrap_or_default();
    let wish = Wish { edition, rule, visit, cleaned: clean(earlier, rule, visit.campaign) };
    let advice = PLANS.iter().find_map(|plan| wish.carry_out(plan, &actual));
    Some(advice.unwrap_or_else(|| {
        format!("expect the channel `{}`: GA4 files this link there, as {actual}", actual.channel)
    }))
}

/// A channel that somebody wants for a visit.
struct Wish<'v> {
    edition: &'static Edition,
    rule: &'static Rule,
    visit: Visit<'v>,
    cleaned: Cleaned<'v>,
}

/// A campaign without the parts that lead it astray, and those parts.
struct Cleaned<'v> {
    campaign: String,
    parts: Vec<&'v str>,
}

impl Wish<'_> {
    /// Tries the changes of a plan; says them if they lead to the channel.
    fn carry_out(&self, plan: &[Change], actual: &Prediction<'_>) -> Option<String> {
        let campaign = self.campaign(plan)?;
        let (mediums, sources) = self.values_that_lead(plan, &campaign)?;
        let say = |change: &Change| match change {
            Change::Clean => without(&self.cleaned.parts),
            Change::Extend => with(&self.rule.propose.campaigns),
            Change::Medium => format!("use the medium {}", alternatives(&mediums)),
            Change::Source => format!("use the source {}", alternatives(&sources)),
            Change::OtherSource => format!("use another source than `{}`", self.visit.source),
        };
        let steps: Vec<String> = plan.iter().map(say).collect();
        Some(format!("{}: {}", steps.join(", and "), self.why(plan, actual)))
    }

    /// The campaign that a plan leads to, if the plan has anything to do there.
    fn campaign(&self, plan: &[Change]) -> Option<String> {
        if plan.contains(&Change::Clean) {
            return (!self.cleaned.parts.is_empty()).then(|| self.cleaned.campaign.clone());
        }
        if plan.contains(&Change::Extend) {
            let text = self.rule.propose.campaigns.first()?;
            return Some(format!("{}-{text}", self.visit.campaign));
        }
        Some(self.visit.campaign.to_owned())
    }

    /// Mediums and sources that lead to the channel, each with each.
    fn values_that_lead(&self, plan: &[Change], campaign: &str) -> Option<(Vec<&str>, Vec<&str>)> {
        let leads = |source: &str, medium: &str| {
            predict(Visit { source, medium, campaign, ..self.visit }).channel == self.rule.channel
        };
        let mut mediums = vec![self.visit.medium];
        if plan.contains(&Change::Medium) {
            mediums = strings(&self.rule.propose.mediums);
        }
        if !plan.contains(&Change::Source) {
            let other = plan.contains(&Change::OtherSource);
            let source = if other { NEUTRAL } else { self.visit.source };
            mediums.retain(|medium| leads(source, medium));
            return (!mediums.is_empty()).then(|| (mediums, vec![source]));
        }
        for known in [self.sources_meant(), strings(&self.rule.propose.sources)] {
            for medium in &mediums {
                let mut sources = known.clone();
                sources.retain(|source| leads(source, medium));
                if !sources.is_empty() {
                    return Some((vec![medium], sources));
                }
            }
        }
        None
    }

    /// Sources that the written one may be meant to be.
    fn sources_meant(&self) -> Vec<&str> {
        let source = self.visit.source;
        let mut meant = Vec::new();
        let mut instead = self.edition.instead.iter();
        if let Some((_, known)) = instead.find(|(name, _)| name.eq_ignore_ascii_case(source)) {
            meant.extend(strings(known));
        }
        let parts = source.split(|one: char| !one.is_ascii_alphanumeric()).take(PARTS);
        meant.extend(parts.filter(|part| self.edition.sources.category(part).is_some()));
        meant
    }

    /// Why the link falls elsewhere as it is.
    fn why(&self, plan: &[Change], actual: &Prediction<'_>) -> String {
        let Visit { source, medium, .. } = self.visit;
        let wanted = self.rule.all.iter().flatten().find_map(|one| match one {
            Condition::SourceListedAs(category) => Some(category.noun()),
            _ => None,
        });
        match (plan, actual.category, wanted) {
            ([Change::Source], None, Some(noun)) => {
                format!("GA4 does not know the source `{source}` as a {noun}")
            }
            ([Change::Medium], ..) if actual.because().is_empty() => {
                format!("GA4 does not know the medium `{medium}`")
            }
            _ => format!("GA4 files this link under `{}`, as {actual}", actual.channel),
        }
    }
}

/// Takes out of a campaign what earlier rules look for, and the wanted one does not.
fn clean<'v>(earlier: &'static [Rule], wanted: &Rule, campaign: &'v str) -> Cleaned<'v> {
    let wants = |test: &Test| {
        let tests = wanted.all.iter().flatten().filter_map(campaign_test);
        tests.flat_map(Test::texts).any(|text| test.texts().any(|one| one == text))
    };
    let mut cleaned = Cleaned { campaign: campaign.to_owned(), parts: Vec::new() };
    let tests = earlier.iter().flat_map(|rule| &rule.all).flatten().filter_map(campaign_test);
    for test in tests.filter(|test| !wants(test)) {
        let Some(part) = test.find(campaign).and_then(|range| campaign.get(range)) else {
            continue;
        };
        if !cleaned.parts.iter().any(|one| one.eq_ignore_ascii_case(part)) {
            cleaned.parts.push(part);
        }
        cleaned.campaign = replace_all(test, &cleaned.campaign);
    }
    cleaned
}

fn campaign_test(condition: &Condition) -> Option<&Test> {
    condition.test().filter(|_| condition.field() == Field::Campaign)
}

/// Puts a full stop, which no condition looks for, where a value meets a test.
fn replace_all(test: &Test, value: &str) -> String {
    let mut cleaned = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(range) = test.find(rest).filter(|range| !range.is_empty()) {
        let (Some(head), Some(tail)) = (rest.get(..range.start), rest.get(range.end..)) else {
            break;
        };
        cleaned.push_str(head);
        cleaned.push('.');
        rest = tail;
    }
    cleaned + rest
}

fn strings(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

fn without(parts: &[&str]) -> String {
    // `shopping` goes when `shop` does; a reader needs the shorter one only.
    let longer = |part: &&str| {
        let lower = part.to_ascii_lowercase();
        parts.iter().any(|one| one.len() < part.len() && lower.contains(&one.to_ascii_lowercase()))
    };
    let named: Vec<&str> = parts.iter().filter(|part| !longer(part)).copied().collect();
    format!("rename the campaign's code without {}", alternatives(&named))
}

fn with(texts: &[String]) -> String {
    let first: Vec<&str> = texts.iter().take(1).map(String::as_str).collect();
    format!("put {} into the campaign's code", alternatives(&first))
}

/// "`a`, `b` or `c`".
fn alternatives(values: &[&str]) -> String {
    let named: Vec<String> = values.iter().take(NAMED).map(|value| format!("`{value}`")).collect();
    match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, head)) => format!("{} or {last}", head.join(", ")),
        None => String::new(),
    }
}
