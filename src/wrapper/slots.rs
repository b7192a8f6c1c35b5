//! Placeholders of a profile: `{destination}`, `{sub_id}`, `{pairs}`, `{pairs.utm_source}` and the
//! profile's own fields.

use std::ops::Range;

use super::document::Text;
use super::fault::{Faults, did_you_mean, shown};
use super::field::Field;
use super::template::{Piece, Slot, Style};

/// Reads placeholders, and remembers which were used where.
pub(super) struct Slots<'f> {
    pub(super) fields: &'f [Field],
    uses: Vec<(Slot, Range<usize>)>,
}

impl<'f> Slots<'f> {
    pub(super) fn new(fields: &'f [Field]) -> Self {
        Self { fields, uses: Vec::new() }
    }

    /// Cuts a text into fixed text and placeholders; `None` after a fault.
    pub(super) fn pieces(&mut self, text: &Text, faults: &mut Faults) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut rest = text.text.as_str();
        while let Some((fixed, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                let message = format!("`{}` opens a placeholder and never ends it", shown(rest));
                faults.add(&text.range, message, "write `{` before its name and `}` after it");
                return None;
            };
            push_text(&mut pieces, fixed, text, faults)?;
            pieces.push(Piece::Slot(self.slot(name, &text.range, faults)?));
            rest = after;
        }
        push_text(&mut pieces, rest, text, faults)?;
        Some(pieces)
    }

    fn slot(&mut self, name: &str, range: &Range<usize>, faults: &mut Faults) -> Option<Slot> {
        let slot = match name {
            "destination" => Slot::Destination,
            "sub_id" => Slot::SubId,
            "pairs" => Slot::Pairs,
            _ => match name.strip_prefix("pairs.").filter(|pair| !pair.is_empty()) {
                Some(pair) => Slot::Pair(pair.to_owned()),
                None => Slot::Field(self.field(name, range, faults)?),
            },
        };
        self.uses.push((slot.clone(), range.clone()));
        Some(slot)
    }

    fn field(&self, name: &str, range: &Range<usize>, faults: &mut Faults) -> Option<usize> {
        let found = self.fields.iter().position(|field| field.name == name);
        if found.is_none() {
            let mut known: Vec<&str> = self.fields.iter().map(Field::name).collect();
            known.extend(["destination", "sub_id", "pairs"]);
            let message = format!("`{{{}}}` is no placeholder of this profile", shown(name));
            faults.add(range, message, did_you_mean(name, &known));
        }
        found
    }

    fn used(&self, wanted: &Slot) -> impl Iterator<Item = &Range<usize>> {
        self.uses.iter().filter(move |(slot, _)| slot == wanted).map(|(_, range)| range)
    }

    /// Checks that everything is used as often as it should be.
    pub(super) fn check_uses(
        &self,
        style: Style,
        params: &Range<usize>,
        sub_id: Option<&Range<usize>>,
        faults: &mut Faults,
    ) {
        let first = self.used(&Slot::Destination).next();
        match (style, first) {
            (Style::Append, Some(range)) => faults.add(
                range,
                "`{destination}` is wrapped, and `style = \"append\"` only adds to it",
                "take it out, or write `style = \"query\"`",
            ),
            (Style::Query | Style::Path, None) => faults.add(
                params,
                "`{destination}` is in no parameter",
                "add the parameter that takes it, such as [\"ued\", \"{destination}\"]",
            ),
            _ => {}
        }
        for (slot, name) in
            [(Slot::Destination, "destination"), (Slot::SubId, "sub_id"), (Slot::Pairs, "pairs")]
        {
            if let Some(range) = self.used(&slot).nth(1) {
                faults.add(range, format!("`{{{name}}}` is used twice"), "use it once");
            }
        }
        if let Some(range) = sub_id.filter(|_| self.used(&Slot::SubId).next().is_none()) {
            faults.add(
                range,
                "[sub_id] has rules, and `{sub_id}` is in no parameter",
                "add the parameter that takes it, or take [sub_id] out",
            );
        }
        for (index, field) in self.fields.iter().enumerate() {
            if self.used(&Slot::Field(index)).next().is_none() {
                let message = format!("the field `{}` is used nowhere", field.name);
                faults.add(&field.range, message, "use it in a parameter, or take it out");
            }
        }
    }
}

fn push_text(pieces: &mut Vec<Piece>, fixed: &str, text: &Text, faults: &mut Faults) -> Option<()> {
    if fixed.contains('}') {
        let message = format!("`{}` ends a placeholder that it never began", shown(fixed));
        faults.add(&text.range, message, "write `{` before its name and `}` after it");
        return None;
    }
    if !fixed.is_empty() {
        pieces.push(Piece::Text(fixed.to_owned()));
    }
    Some(())
}
