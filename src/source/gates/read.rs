//! Reads rules/gates.toml, strictly: a gate that is misunderstood lets something through.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobMatcher};
use jiff::SignedDuration;

use super::{FieldClass, GateRule, GateRules, Role, ScopeField, ScopePattern, Sticky, Watch};
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{SourceId, Span, Spanned, is_slug};
use crate::source::toml::{Document, Section};

/// The entities whose fields can be watched, as rules/fields.toml names them.
const ENTITIES: [&str; 9] =
    ["offer", "partner", "bundle", "terms", "copy", "campaign", "window", "slot", "link"];

/// Reads the file.
pub fn read_gates(
    text: &str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> Option<GateRules> {
    let document = Document::parse(text, source, base, diagnostics)?;
    let root = document.root();
    let mut rules = GateRules::default();
    if let Some(people) = root.section("people", diagnostics) {
        for entry in people.entries() {
            let principal = entry.key.value.to_lowercase();
            for alias in entry.texts(diagnostics) {
                let name = alias.value.trim().to_lowercase();
                let other = rules.people.insert(name, principal.clone());
                if other.is_some_and(|other| other != principal) {
                    let message = format!("`{}` is what two people are called", alias.value);
                    let help = "give one of them another name";
                    diagnostics.push(bad(alias.span, message).help(help));
                }
            }
        }
    }
    if let Some(roles) = root.section("roles", diagnostics) {
        for entry in roles.entries() {
            let Some(body) = entry.section(diagnostics) else { continue };
            let named = body.required("principals", diagnostics);
            let named = named.map(|entry| entry.texts(diagnostics)).unwrap_or_default();
            body.finish(diagnostics);
            let principals: BTreeSet<String> =
                named.iter().map(|one| rules.principal(&one.value)).collect();
            let role = Role { principals: principals.into_iter().collect(), span: entry.key.span };
            rules.roles.insert(entry.key.value.clone(), role);
        }
    }
    for section in root.sections("gates", diagnostics) {
        let Some(gate) = read_gate(section, &rules.roles, diagnostics) else { continue };
        if let Some(first) = rules.gate(&gate.id) {
            let message = format!("there are two gates `{}`", gate.id);
            diagnostics.push(bad(gate.span, message).related(first.span, "the first one"));
            continue;
        }
        rules.gates.push(gate);
    }
    root.finish(diagnostics);
    rules.gates.sort_by(|a, b| a.id.cmp(&b.id));
    Some(rules)
}

fn bad(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::BadGate, span, message)
}

fn read_gate(
    section: Section<'_, '_>,
    roles: &BTreeMap<String, Role>,
    diagnostics: &mut Diagnostics,
) -> Option<GateRule> {
    let before = diagnostics.len();
    let id = section.text("id", diagnostics);
    let role = section.text("role", diagnostics);
    let scope = section.text("scope", diagnostics);
    let words = section.texts("watches", diagnostics);
    let artifacts = section.texts("artifacts", diagnostics);
    let sticky = section.maybe_text("sticky", diagnostics);
    let needs = section.entry("needs").and_then(|entry| entry.number(diagnostics));
    let not_author = section.entry("not_author").map(|entry| entry.flag(diagnostics));
    let ttl = section.maybe_text("ttl", diagnostics);
    let span = section.span;
    section.finish(diagnostics);
    let (id, role) = (id?, role?);
    if !is_slug(&id.value) {
        let message = format!("`{}` is not the id of a gate", id.value);
        let help = "use lower-case letters, digits and dashes";
        diagnostics.push(bad(id.span, message).help(help));
    }
    check_role(&role, needs.as_ref(), roles, diagnostics);
    let scope = read_scope(&scope?, diagnostics);
    let mut watches: Vec<Watch> =
        words.iter().filter_map(|one| read_watch(one, diagnostics)).collect();
    watches.sort();
    watches.dedup();
    let sticky = read_sticky(sticky.as_ref(), diagnostics);
    let globs = artifacts.iter().filter_map(|one| read_glob(one, diagnostics));
    let mut artifacts: Vec<(String, GlobMatcher)> = globs.collect();
    artifacts.sort_by(|a, b| a.0.cmp(&b.0));
    let ttl = ttl.and_then(|text| read_duration(&text, diagnostics));
    let not_author = not_author.flatten().unwrap_or(true);
    let needs = needs.map_or(1, |one| one.value);
    let (sticky, scope) = (sticky?, scope?);
    let id = id.value;
    let role = role.value;
    let gate =
        GateRule { id, role, scope, watches, artifacts, sticky, needs, not_author, ttl, span };
    check_watches(&gate, diagnostics);
    (diagnostics.len() == before).then_some(gate)
}

/// A gate that nobody can open is not a gate, and one that nothing closes neither.
fn check_role(
    role: &Spanned<String>,
    needs: Option<&Spanned<usize>>,
    roles: &BTreeMap<String, Role>,
    diagnostics: &mut Diagnostics,
) {
    let Some(found) = roles.get(&role.value) else {
        let message = format!("there is no role `{}`", role.value);
        diagnostics.push(
            bad(role.span, message)
                .maybe_help(did_you_mean(&role.value, roles.keys().map(String::as_str)))
                .help_if_none(format!("add `[roles.{}]` with its `principals`", role.value)),
        );
        return;
    };
    let (wanted, span) = needs.map_or((1, role.span), |one| (one.value, one.span));
    if wanted == 0 {
        let help = "write 1 or more, or take the gate out";
        diagnostics.push(bad(span, "a gate that needs nobody is open").help(help));
    } else if found.principals.len() < wanted {
        let have = found.principals.len();
        let message = format!("the gate needs {wanted}, and `{}` has {have}", role.value);
        diagnostics.push(
            bad(span, message)
                .related(found.span, "the role is here")
                .help("add principals to the role: nobody else can open the gate"),
        );
    }
}

fn read_scope(scope: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<ScopePattern> {
    match ScopePattern::parse(&scope.value) {
        Ok(pattern) => Some(pattern),
        Err(fault) => {
            let fields = ScopeField::ALL.map(|field| format!("{{{}}}", field.as_str())).join(", ");
            let message = format!("`{}` is not a scope: {fault}", scope.value);
            diagnostics.push(bad(scope.span, message).help(format!("build it from {fields}")));
            None
        }
    }
}

fn read_watch(word: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Watch> {
    let text = word.value.trim();
    if let Some(class) = FieldClass::of_word(text) {
        return Some(Watch::Class(class));
    }
    if let Some(block) = text.strip_prefix("block:").filter(|block| !block.is_empty()) {
        return Some(Watch::Block(block.to_owned()));
    }
    if let Some(glob) = text.strip_prefix("file:") {
        return Some(Watch::Files(
            read_glob(&Spanned::new(glob.to_owned(), word.span), diagnostics)?.0,
        ));
    }
    if let Some((entity, field)) = text.split_once('.').filter(|(_, field)| !field.is_empty()) {
        if ENTITIES.contains(&entity) {
            return Some(Watch::Field(entity.to_owned(), field.to_owned()));
        }
        let message = format!("`{entity}` has no fields that can be watched");
        diagnostics.push(
            bad(word.span, message)
                .maybe_help(did_you_mean(entity, ENTITIES))
                .help_if_none(format!("use one of {}", ENTITIES.join(", "))),
        );
        return None;
    }
    let classes = FieldClass::ALL.map(FieldClass::as_str);
    let message = format!("`{text}` is nothing that can be watched");
    diagnostics.push(bad(word.span, message).maybe_help(did_you_mean(text, classes)).help_if_none(
        format!(
            "use {}, a field such as `offer.value`, `block:NAME` or `file:PATTERN`",
            classes.join(", ")
        ),
    ));
    None
}

fn read_glob(
    glob: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<(String, GlobMatcher)> {
    match GlobBuilder::new(&glob.value).literal_separator(true).build() {
        Ok(built) if !glob.value.is_empty() => Some((glob.value.clone(), built.compile_matcher())),
        _ => {
            let message = format!("`{}` is not a pattern of paths", glob.value);
            let help = "write it as `email/bf26/*` or `landing/**`";
            diagnostics.push(bad(glob.span, message).help(help));
            None
        }
    }
}

fn read_sticky(word: Option<&Spanned<String>>, diagnostics: &mut Diagnostics) -> Option<Sticky> {
    let Some(word) = word else { return Some(Sticky::Bytes) };
    match word.value.as_str() {
        "facets" => Some(Sticky::Facets),
        "bytes" => Some(Sticky::Bytes),
        other => {
            let message = format!("an approval cannot be sticky by `{other}`");
            diagnostics.push(
                bad(word.span, message)
                    .maybe_help(did_you_mean(other, ["facets", "bytes"]))
                    .help_if_none("use `facets` (what is watched) or `bytes` (the whole artifact)"),
            );
            None
        }
    }
}

/// `14d`, `36h`, `90m`.
fn read_duration(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<SignedDuration> {
    let minutes = |text: &str| {
        let unit = text.chars().last()?;
        let number: i64 = text.get(..text.len() - 1)?.parse().ok()?;
        let each = match unit {
            'd' => 24 * 60,
            'h' => 60,
            'm' => 1,
            _ => return None,
        };
        // Ten years are for ever.
        number.checked_mul(each).filter(|all| (1..=10 * 366 * 24 * 60).contains(all))
    };
    let found = text.value.is_ascii().then(|| minutes(text.value.trim())).flatten();
    if found.is_none() {
        let message = format!("`{}` is not how long an approval counts", text.value);
        diagnostics.push(bad(text.span, message).help("write it as `14d`, `36h` or `90m`"));
    }
    found.map(SignedDuration::from_mins)
}

/// What is watched must be able to close the gate.
fn check_watches(gate: &GateRule, diagnostics: &mut Diagnostics) {
    let files = gate.watches.iter().filter(|one| matches!(one, Watch::Files(_))).count();
    let mut fail = |message: String, help: &str| {
        diagnostics.push(bad(gate.span, message).help(help));
    };
    if gate.watches.is_empty() && gate.sticky == Sticky::Facets {
        let help = "add `watches`, or make it sticky by `bytes`";
        fail(format!("the gate `{}` watches nothing", gate.id), help);
    }
    if files > 0 && files < gate.watches.len() {
        let help = "make two gates of it";
        fail(format!("the gate `{}` watches files and artifacts", gate.id), help);
    }
    if files > 0 && ScopeField::ALL.into_iter().any(|field| gate.scope.has(field)) {
        let help = "files belong to no campaign, partner or channel: use a word, such as `policy`";
        fail(format!("the scope of `{}` cannot be built", gate.id), help);
    }
}
