//! What templates can read of the facts: perhaps more than they do, never less.
//!
//! Tera does not tell what a render looked at, and leaving a field out of the context would not
//! either: inside `{% if %}` it is silently false. So the source is searched, with everything that
//! it extends, includes or calls. What cannot be told is taken as read.

use std::collections::BTreeSet;

use super::tags::{Mark, chains, tera_tags};
use super::template_set::TemplateSet;
use crate::source::{Field, Pattern};

/// What one template, with all it uses, can read.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// The templates themselves, by their paths below the folder of templates.
    pub templates: BTreeSet<String>,
    /// `(offer, title)`.
    pairs: BTreeSet<(String, String)>,
    /// Fields of something whose name says nothing: `title` of `p` in `for p in …`.
    fields: BTreeSet<String>,
    /// Names that are handed on as a whole.
    whole: BTreeSet<String>,
    /// The templates' sources.
    sources: Vec<String>,
    /// Something prints all there is.
    everything: bool,
}

/// Names of the context whose fields are facts.
pub(super) const ENTITIES: [&str; 17] = [
    "workspace",
    "hosts",
    "declared",
    "tables",
    "campaign",
    "window",
    "channel",
    "asset",
    "copy",
    "placement",
    "offer",
    "partner",
    "partners",
    "links",
    "terms",
    "slot",
    "variant",
];

impl TemplateSet<'_> {
    /// What a template can read.
    pub(super) fn reads(&self, template: &str) -> Reads {
        let mut reads = Reads::default();
        let mut wanted = vec![template.to_owned()];
        let mut components = false;
        while let Some(name) = wanted.pop() {
            let Some(found) = self.template(&name) else { continue };
            if !reads.templates.insert(found.file().to_owned()) {
                continue;
            }
            reads.sources.push(found.text.to_owned());
            for tag in tera_tags(found.text).iter().filter(|tag| tag.mark != Mark::Comment) {
                let inside = tag.inside(found.text);
                reads.add(inside);
                wanted.extend(
                    quoted(inside).filter(|text| self.template(text).is_some()).map(str::to_owned),
                );
                components |= inside.trim_start_matches('-').trim_start().starts_with('<');
            }
            if components {
                // A component is called by its own name and may stand in any file.
                components = false;
                let defines = |text: &str| text.contains("component");
                let all = self.templates.iter().filter(|one| defines(one.text));
                wanted.extend(all.map(|one| one.path.to_owned()));
            }
        }
        reads
    }
}

impl Reads {
    /// Whether a field of something can be read.
    pub fn field(&self, entity: &str, field: &str) -> bool {
        self.everything
            || self.whole.contains(entity)
            || self.fields.contains(field)
            || self.pairs.contains(&(entity.to_owned(), field.to_owned()))
    }

    /// Whether a field can be read of something that is one of a kind: no loop gives it another name.
    pub(super) fn own_field(&self, entity: &str, field: &str) -> bool {
        self.everything
            || self.whole.contains(entity)
            || self.pairs.contains(&(entity.to_owned(), field.to_owned()))
    }

    /// Whether anything of a name can be read.
    pub fn name(&self, entity: &str) -> bool {
        self.everything
            || self.whole.contains(entity)
            || self.fields.contains(entity)
            || self.pairs.iter().any(|(one, field)| one == entity || field == entity)
    }

    /// Whether a text stands somewhere in the templates, as the path of a picture does.
    pub fn text(&self, text: &str) -> bool {
        self.sources
            .iter()
            .any(|source| memchr::memmem::find(source.as_bytes(), text.as_bytes()).is_some())
    }

    /// Adds what another template reads.
    pub fn extend(&mut self, other: Self) {
        self.templates.extend(other.templates);
        self.pairs.extend(other.pairs);
        self.fields.extend(other.fields);
        self.whole.extend(other.whole);
        self.sources.extend(other.sources);
        self.everything |= other.everything;
    }

    /// Notes a field that is read without a template, as a sheet's column does.
    pub fn note(&mut self, entity: &str, field: &str) {
        self.pairs.insert((entity.to_owned(), field.to_owned()));
    }

    /// Notes the facts that a pattern is made from.
    pub fn note_pattern(&mut self, pattern: &Pattern) {
        for field in pattern.fields() {
            match field {
                Field::Offer(column) => self.note("offer", column),
                Field::Partner(column) => self.note("partner", column),
                Field::CampaignCode => self.note("campaign", "code"),
                Field::CampaignName => self.note("campaign", "name"),
                // Ids, slots and roles are what the artifact is about, and the channel is a file.
                _ => {}
            }
        }
    }

    /// Everything that one mark names.
    fn add(&mut self, inside: &str) {
        let words = chains(inside);
        let defined = defined_names(inside);
        let as_json = words.iter().any(|(_, word)| *word == "json" || *word == "json_encode");
        for (at, word) in &words {
            // `set offer = s.offer` names the offer once more and reads nothing of it.
            let is_target = defined.iter().any(|(place, _)| place == at);
            let is_alias =
                defined.iter().any(|(_, name)| word.rsplit('.').next() == Some(name)) && !as_json;
            if !is_target {
                self.add_chain(word, is_alias, as_json);
            }
        }
        for text in quoted(inside) {
            let plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '.');
            if !text.is_empty() && text.chars().all(plain) {
                // `group_by(attribute="partner.tier")`, `offer["title"]`.
                self.add_chain(text, false, false);
                self.fields.extend(text.rsplit('.').next().map(str::to_owned));
            }
        }
    }

    fn add_chain(&mut self, chain: &str, is_alias: bool, as_json: bool) {
        let parts: Vec<&str> = chain.split('.').map(|part| part.trim_end_matches('?')).collect();
        for (at, pair) in parts.windows(2).enumerate() {
            let [entity, field] = pair else { continue };
            // In `links.terms.url` the middle is a role.
            let role = at > 0 && parts.get(at - 1) == Some(&"links");
            if !role && ENTITIES.contains(entity) {
                self.pairs.insert(((*entity).to_owned(), (*field).to_owned()));
            } else {
                self.fields.insert((*field).to_owned());
            }
        }
        let last = parts.last().copied().unwrap_or_default();
        // `copy.offer` is a block, and `links.terms` a link.
        let parent = parts.len().checked_sub(2).and_then(|at| parts.get(at));
        let is_field = parent.is_some_and(|parent| ["copy", "links"].contains(parent));
        if ENTITIES.contains(&last) && !is_alias && !is_field {
            self.whole.insert(last.to_owned());
        }
        // What is printed as a whole under a name of its own can be anything.
        self.everything |=
            as_json && parts.len() == 1 && !ENTITIES.contains(&last) && last != "json";
    }
}

/// The names that `set x = …` and `for x in …` define, with their places.
fn defined_names(inside: &str) -> Vec<(usize, &str)> {
    let words = chains(inside);
    let mut found = Vec::new();
    let mut words = words.into_iter();
    match words.next() {
        Some((_, "set" | "set_global")) => found.extend(words.next()),
        Some((_, "for")) => found.extend(words.take_while(|(_, word)| *word != "in")),
        _ => {}
    }
    found
}

/// The texts in quotes.
fn quoted(inside: &str) -> impl Iterator<Item = &str> {
    let mut rest = inside;
    std::iter::from_fn(move || {
        let start = rest.find(['"', '\'', '`'])?;
        let quote = rest.get(start..)?.chars().next()?;
        let body = rest.get(start + 1..)?;
        let end = body.find(quote)?;
        let text = body.get(..end)?;
        rest = body.get(end + 1..)?;
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(marks: &[&str]) -> Reads {
        let mut reads = Reads::default();
        for mark in marks {
            reads.add(mark);
        }
        reads
    }

    #[test]
    fn fields_are_found_under_every_name() {
        let found = reads(&[
            "-for s in slots ",
            " set offer = s.offer ",
            " offer.title | upper ",
            "-for p in s.partners ",
            " p.name ",
            r#" s | group_by(attribute="partner.tier") "#,
        ]);
        for (entity, field) in [("offer", "title"), ("partner", "name"), ("partner", "tier")] {
            assert!(found.field(entity, field), "{entity}.{field} of {found:?}");
        }
        assert!(!found.field("offer", "value"), "{found:?}");
        assert!(found.name("partners") && !found.name("links"), "{found:?}");
    }

    #[test]
    fn the_role_of_a_link_is_no_legal_text() {
        let found = reads(&[" s.links.terms.url ", " copy.terms ", " copy.offer "]);
        assert!(found.name("links") && !found.own_field("terms", "url"), "{found:?}");
        assert!(!found.field("terms", "text") && !found.field("offer", "title"), "{found:?}");
        assert!(found.own_field("copy", "offer"), "{found:?}");
        assert!(reads(&[" s.terms.title "]).own_field("terms", "title"));
        assert!(reads(&[" set t = s.terms "]).own_field("terms", "text"));
    }

    #[test]
    fn what_is_handed_on_is_read_whole() {
        assert!(reads(&[" set o = s.offer "]).field("offer", "value"));
        assert!(reads(&[" offer[name] "]).field("offer", "value"));
        assert!(reads(&[" s | json "]).field("offer", "value"));
        assert!(reads(&[r#" offer["value"] "#]).field("offer", "value"));
    }
}
