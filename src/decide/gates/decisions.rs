//! The decisions on one gate and scope, as far as they count.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Keyring;
use crate::model::Digest;
use crate::source::{ApprovalFile, Decision, GateRule, GateRules, Item};

/// A decision whose signature holds.
#[derive(Clone, Debug)]
pub struct Vote<'a> {
    /// The file.
    pub file: &'a ApprovalFile,
    /// Who decided.
    pub principal: String,
    /// The fingerprint of the key.
    pub key: String,
    /// The digest of the statement, 64 hex digits.
    pub digest: String,
}

/// A decision that counts for nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadVote {
    /// The file's name, without `.json`.
    pub file: String,
    /// Why.
    pub why: String,
}

/// Tells decisions apart by whether their signatures hold. What was decided later than now has not
/// been decided yet.
pub fn votes<'a>(
    rules: &GateRules,
    keyring: Keyring<'_>,
    files: &'a [ApprovalFile],
    now: Timestamp,
) -> (Vec<Vote<'a>>, Vec<BadVote>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|file| file.at <= now) {
        // Only a yes opens anything; a no and a revocation stay when their key ends.
        let signed = match file.statement.predicate.decision {
            Decision::Approve => keyring.signed_by(file, now),
            Decision::Reject | Decision::Revoke => keyring.was_signed_by(file),
        };
        match signed {
            Ok(key) => good.push(Vote {
                file,
                principal: rules.principal(&file.statement.predicate.approver),
                key,
                digest: Digest::of(&file.bytes).hex(),
            }),
            Err(why) => bad.push(BadVote { file: file.name.clone(), why }),
        }
    }
    good.sort_by(|a, b| (a.file.at, &a.file.name).cmp(&(b.file.at, &b.file.name)));
    (good, bad)
}

impl Vote<'_> {
    /// When it stops counting under a rule.
    pub fn ends(&self, rule: &GateRule) -> Option<Timestamp> {
        let by_rule = rule.ttl.and_then(|ttl| self.file.at.checked_add(ttl).ok());
        by_rule.into_iter().chain(self.file.expires).min()
    }

    fn decision(&self) -> Decision {
        self.file.statement.predicate.decision
    }

    /// What it says of an item.
    pub fn item(&self, id: &str) -> Option<&Item> {
        let items = &self.file.statement.predicate.items;
        items.binary_search_by(|item| item.id.as_str().cmp(id)).ok().and_then(|at| items.get(at))
    }
}

/// The decisions of those who may decide on one gate and scope, in their order.
#[derive(Clone, Debug)]
pub struct Ballot<'v, 'a> {
    /// Approvals that nobody has taken back.
    pub approvals: Vec<&'v Vote<'a>>,
    /// The last word of those whose last word is no.
    pub rejections: Vec<&'v Vote<'a>>,
}

impl<'v, 'a> Ballot<'v, 'a> {
    /// Sorts the votes of a gate and scope.
    ///
    /// `counts` tells which votes are about what is judged at all. A yes counts of those who may
    /// decide now; a no and a revocation stay when their maker leaves the role.
    pub fn of(
        votes: &'v [Vote<'a>],
        (rule, rules): (&GateRule, &GateRules),
        scope: &str,
        counts: &dyn Fn(&Vote<'a>) -> bool,
    ) -> Self {
        let may = rules.principals(&rule.role);
        let own: Vec<&Vote<'a>> = votes
            .iter()
            .filter(|vote| {
                let said = &vote.file.statement.predicate;
                said.gate == rule.id
                    && said.scope == scope
                    && said.role == rule.role
                    && (said.decision != Decision::Approve || may.contains(&vote.principal))
                    && counts(vote)
            })
            .collect();
        let revoked: BTreeSet<(&str, &str)> = own
            .iter()
            .filter(|vote| vote.decision() == Decision::Revoke)
            .flat_map(|vote| {
                let said = &vote.file.statement.predicate.revokes;
                said.iter().map(|one| (one.sha256.as_str(), vote.principal.as_str()))
            })
            .collect();
        // Anybody of the role takes a yes back, and only its maker a no.
        let stands = |vote: &&&Vote<'a>| {
            let of = |(digest, by): &(&str, &str)| {
                let own = *by == vote.principal;
                *digest == vote.digest && (own || vote.decision() == Decision::Approve)
            };
            !revoked.iter().any(of)
        };
        // Who has said no has taken back all that they said before, whatever became of the no.
        let mut last_no: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, vote) in own.iter().enumerate() {
            if vote.decision() == Decision::Reject {
                last_no.insert(&vote.principal, at);
            }
        }
        let mut ballot = Self { approvals: Vec::new(), rejections: Vec::new() };
        for (at, vote) in own.iter().enumerate() {
            let no = last_no.get(vote.principal.as_str()).copied();
            match vote.decision() {
                Decision::Approve if no.is_none_or(|no| no < at) && stands(&vote) => {
                    ballot.approvals.push(vote);
                }
                Decision::Reject if no == Some(at) && stands(&vote) => {
                    ballot.rejections.push(vote);
                }
                Decision::Approve | Decision::Reject | Decision::Revoke => {}
            }
        }
        let otherwise = |no: &&Vote<'a>| {
            let mut later = ballot.approvals.iter();
            later.any(|yes| yes.principal == no.principal)
        };
        ballot.rejections.retain(|no| !otherwise(no));
        ballot
    }
}
