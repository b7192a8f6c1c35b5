//! Puts the rules of style sheets onto elements, once for each skeleton. Must not see what a
//! skeleton does not hold.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::css::{self, Names};
use super::declarations::{self, Declaration};
use super::fault::{Fault, FaultKind};
use super::hooks;
use super::skeleton::{NUMBER, OPEN};
use crate::markup::{Kind, Tokens, unescape};

/// What becomes of an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// What the style sheets say of it.
    pub(super) style: Vec<Declaration>,
    /// The same, as an attribute in double quotes holds it.
    pub(super) joined: String,
    /// Whether they hide the element.
    pub(super) hides: bool,
    /// Whether they make its white space count.
    pub(super) keeps_spaces: bool,
    /// The classes that rules or clients still ask for, where any can be left out.
    pub(super) class: Option<String>,
    /// Of a style element, what is left of its sheet.
    pub(super) sheet: Option<String>,
    /// What came of the author's own style where the plan was used first: mails with one skeleton
    /// mostly have the same.
    pub(super) merged: OnceLock<Merged>,
}

/// A style of an element, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merged {
    /// As the author wrote it, in these quotes.
    pub(super) own: String,
    pub(super) quote: char,
    /// With what the style sheets say.
    pub(super) style: String,
}

/// What becomes of all elements with one skeleton.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// By the number of the start tag.
    pub(super) elements: Vec<Change>,
    /// Whether a rule that is left keeps white space as it is.
    pub(super) spaces_count: bool,
    /// How many bytes of styles there are for all elements together.
    pub(super) styles: usize,
    /// Whether a second mail has used it: of one that is used once, nothing need be remembered.
    again: AtomicBool,
}

impl Plan {
    /// Whether more than one mail has this plan.
    pub(super) fn is_shared(&self) -> bool {
        self.again.load(Ordering::Relaxed)
    }
}

/// How much may be remembered, in bytes of skeletons.
const REMEMBERED: usize = 64 << 20;

/// Inlines, and remembers by skeleton: the inliner is a function of it and of nothing else.
#[derive(Debug, Default)]
pub struct Inliner {
    plans: RwLock<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    plans: HashMap<String, Arc<Plan>>,
    bytes: usize,
}

impl Inliner {
    /// Remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many skeletons are remembered.
    pub fn remembered(&self) -> usize {
        self.plans.read().unwrap_or_else(PoisonError::into_inner).plans.len()
    }

    pub(super) fn plan(&self, skeleton: String, elements: usize) -> Result<Arc<Plan>, Fault> {
        let known = self.plans.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = known.plans.get(&skeleton) {
            if !plan.is_shared() {
                plan.again.store(true, Ordering::Relaxed);
            }
            return Ok(Arc::clone(plan));
        }
        drop(known);
        let plan = Arc::new(make_plan(&skeleton, elements)?);
        let mut known = self.plans.write().unwrap_or_else(PoisonError::into_inner);
        // What is forgotten is made again, the same.
        if known.bytes > REMEMBERED {
            *known = Remembered::default();
        }
        known.bytes += skeleton.len();
        known.plans.insert(skeleton, Arc::clone(&plan));
        Ok(plan)
    }
}

fn make_plan(skeleton: &str, elements: usize) -> Result<Plan, Fault> {
    let inliner = css_inline::CSSInliner::options()
        .load_remote_stylesheets(false)
        .keep_at_rules(true)
        .remove_inlined_selectors(true)
        .build();
    let answer = inliner.inline(skeleton).map_err(|error| {
        Fault::new(
            FaultKind::Style,
            format!("the style sheets cannot be put onto the elements: {error}"),
            "correct the style sheet, or switch inlining off for this mail",
        )
    })?;
    let mut plan = Plan { elements: vec![Change::default(); elements], ..Plan::default() };
    let names = names(skeleton);
    read_styles(&answer, &mut plan);
    let mut mentioned = Mentioned::default();
    read_sheets(skeleton, &answer, &names, &mut plan, &mut mentioned);
    if !mentioned.by_attribute {
        leave_out_classes(skeleton, &mentioned.classes, &mut plan);
    }
    plan.spaces_count = mentioned.spaces;
    plan.styles = plan.elements.iter().map(|one| one.joined.len()).sum();
    Ok(plan)
}

/// Which classes and ids the mail has, also where only Outlook looks.
fn names(skeleton: &str) -> Names {
    let mut names = Names::default();
    let mut tokens = Tokens::new(skeleton);
    while let Some(token) = tokens.advance() {
        if token.kind != Kind::Start {
            continue;
        }
        for one in tokens.attributes() {
            if one.is("class") {
                let value = unescape(one.value);
                let list = value.split_ascii_whitespace();
                names.all.extend(list.map(|class| format!(".{}", class.to_ascii_lowercase())));
            } else if one.is("id") {
                names.all.insert(format!("#{}", unescape(one.value).trim().to_ascii_lowercase()));
            } else if one.is(OPEN) {
                names.open = true;
            }
        }
    }
    names
}

/// What the inliner put onto each element.
fn read_styles(inlined: &str, plan: &mut Plan) {
    let mut tokens = Tokens::new(inlined);
    while let Some(token) = tokens.advance() {
        if token.kind != Kind::Start || token.hidden {
            continue;
        }
        let find = |name| tokens.attributes().iter().find(|one| one.is(name));
        let (Some(number), Some(style)) = (find(NUMBER), find("style")) else { continue };
        let change = number.value.parse().ok().and_then(|at: usize| plan.elements.get_mut(at));
        if let Some(change) = change {
            let style = declarations::parse(&unescape(style.value));
            // An element that its author ended in the wrong place comes more than once.
            if change.style.is_empty() {
                change.hides = style.iter().any(Declaration::hides);
                change.joined = declarations::merge(&style, None, false, '"');
                change.keeps_spaces = keeps_spaces(&change.joined);
                change.style = style;
            }
        }
    }
}

/// What the rules that are left ask for.
#[derive(Default)]
struct Mentioned {
    classes: BTreeSet<String>,
    /// Whether they ask for classes as an attribute.
    by_attribute: bool,
    spaces: bool,
}

impl Mentioned {
    fn add(&mut self, css: &str) {
        css::mentioned_classes(css, &mut self.classes);
        let lower = css.to_ascii_lowercase();
        self.by_attribute |= lower.contains("[class") || css.contains('\\');
        self.spaces |= keeps_spaces(css);
    }
}

/// Whether a style or a sheet makes white space count.
pub(super) fn keeps_spaces(css: &str) -> bool {
    const NAME: &[u8] = b"white-space";
    let named = |at: usize| {
        let name = css.as_bytes().get(at..at + NAME.len());
        name.is_some_and(|name| name.eq_ignore_ascii_case(NAME))
    };
    // Asked of every element, and nearly always answered by the letter alone.
    memchr::memchr2_iter(b'w', b'W', css.as_bytes()).any(named) && {
        let css = css.to_ascii_lowercase();
        css.contains("pre") || css.contains("break-spaces")
    }
}

/// The sheets that are left, by the element they stand in.
fn read_sheets(
    skeleton: &str,
    inlined: &str,
    names: &Names,
    plan: &mut Plan,
    mentioned: &mut Mentioned,
) {
    for (number, own, css, hidden) in sheets(skeleton) {
        // What is left as it is, and what only Outlook reads.
        if own || hidden {
            mentioned.add(css);
        } else if let Some(change) = plan.elements.get_mut(number) {
            change.sheet = Some(String::new());
        }
    }
    for (number, own, css, hidden) in sheets(inlined) {
        if own || hidden {
            continue;
        }
        let left = css::purge(css, names);
        mentioned.add(&left);
        if let Some(change) = plan.elements.get_mut(number) {
            change.sheet = Some(left);
        }
    }
}

/// Number, whether it is left as it is, text and whether it is hidden, of each style element.
fn sheets(html: &str) -> Vec<(usize, bool, &str, bool)> {
    let mut found = Vec::new();
    let mut tokens = Tokens::new(html);
    let (mut number, mut own) = (usize::MAX, false);
    while let Some(token) = tokens.advance() {
        if token.starts("style") {
            let find = |name| tokens.attributes().iter().find(|one| one.is(name));
            number = find(NUMBER).and_then(|one| one.value.parse().ok()).unwrap_or(usize::MAX);
            own = find("data-css-inline").is_some();
        } else if token.kind == Kind::Raw && token.text.eq_ignore_ascii_case("style") {
            found.push((number, own, html.get(token.range).unwrap_or(""), token.hidden));
        }
    }
    found
}

/// The classes of each element without those that no rule asks for.
fn leave_out_classes(skeleton: &str, mentioned: &BTreeSet<String>, plan: &mut Plan) {
    let mut tokens = Tokens::new(skeleton);
    while let Some(token) = tokens.advance() {
        if token.kind != Kind::Start || token.hidden {
            continue;
        }
        let find = |name| tokens.attributes().iter().find(|one| one.is(name));
        let (Some(number), Some(class), None) = (find(NUMBER), find("class"), find(OPEN)) else {
            continue;
        };
        let used = |one: &&str| {
            hooks::is_class(one) || mentioned.contains(&unescape(one).to_ascii_lowercase())
        };
        let all = class.value.split_ascii_whitespace();
        let left: Vec<_> = all.clone().filter(used).collect();
        let change = number.value.parse().ok().and_then(|at: usize| plan.elements.get_mut(at));
        if let Some(change) = change.filter(|_| left.len() < all.count() || left.is_empty()) {
            change.class = Some(left.join(" "));
        }
    }
}
