//! What the value of a parameter must look like, and where GA4 will file its visits.

use std::ops::Range;

use super::mint::Minter;
use crate::diag::{Code, Diagnostic};
use crate::ga4::{Field as Part, Visit, how_to_reach, predict};
use crate::resolve::Scene;
use crate::source::{Brief, Channel, Field, ParameterRules, Pattern, Piece, find_typed_parameter};

/// A parameter and its value.
pub(super) type Param = (&'static str, String);

/// What GA4 was found to do with the links of a channel and a brief.
pub(super) struct Judged<'a> {
    place: (&'a Channel, &'a Brief),
    /// Source, medium and campaign.
    values: [String; 3],
    ga4: &'static str,
}

impl Judged<'_> {
    fn is(&self, (channel, brief): (&Channel, &Brief), values: [&str; 3]) -> bool {
        std::ptr::eq(self.place.0, channel)
            && std::ptr::eq(self.place.1, brief)
            && self.values == values
    }
}

impl<'a> Minter<'a> {
    /// Brings `params`, the values of the last link of the same placement, to those of this one.
    /// Only what names the role differs between them.
    pub(super) fn params(&mut self, scene: &Scene<'_>, params: &mut Vec<Param>) -> Option<()> {
        for (at, (name, pattern)) in scene.channel.params.iter().enumerate() {
            if at < params.len() && !names_role(pattern) {
                continue;
            }
            match scene.expand(pattern) {
                Ok(value) => {
                    self.check_value(scene, name, pattern, &value);
                    match params.get_mut(at) {
                        Some((_, last)) => *last = value,
                        None => params.push((*name, value)),
                    }
                }
                // A field that no row can have was told where the pattern is.
                Err((field, _)) if !scene.exists(field) => return None,
                Err((field, span)) => {
                    let message =
                        format!("`{{{}}}` is empty, and {name} is made from it", field.name());
                    self.report(
                        Diagnostic::error(Code::EmptyField, span, message)
                            .related(pattern.span, "the parameter is made here")
                            .help("fill it in, or take it out of the parameter"),
                    );
                    return None;
                }
            }
        }
        Some(())
    }

    fn check_value(&mut self, scene: &Scene<'_>, name: &str, pattern: &Pattern, value: &str) {
        let rules = &self.documents.taxonomy.params;
        // What a platform fills in cannot be judged here.
        let own = pattern.has_macros().then(|| without(value, &tokens(scene, pattern)));
        let own = own.as_deref().unwrap_or(value);
        self.check_separator(scene, name, pattern);
        let Some(fault) = value_fault(rules, own) else { return };
        // The fact that brought the fault in is what must change.
        let guilty = pattern.pieces.iter().find_map(|piece| {
            let Piece::Field(field) = piece else { return None };
            let mut text = String::new();
            let span = scene.write(field, &mut text).ok()?;
            value_fault(rules, &text).map(|_| span)
        });
        let message = format!("{name} would be `{value}`, which {fault}");
        self.report(
            Diagnostic::error(Code::BadParameterValue, guilty.unwrap_or(pattern.span), message)
                .related(pattern.span, "the parameter is made here")
                .help("change the fact it is made from"),
        );
    }

    /// A fact that holds the separator could not be told from two.
    fn check_separator(&mut self, scene: &Scene<'_>, name: &str, pattern: &Pattern) {
        let agreed = self.documents.taxonomy.params.separator.as_ref();
        let Some(agreed) = agreed.filter(|_| pattern.fields().nth(1).is_some()) else { return };
        for field in pattern.fields() {
            let mut text = String::new();
            let Ok(span) = scene.write(field, &mut text) else { continue };
            if text.contains(agreed.value.as_str()) {
                let separator = &agreed.value;
                let message =
                    format!("`{text}` holds the separator `{separator}`, and is a part of {name}");
                self.report(
                    Diagnostic::error(Code::BadSeparator, span, message)
                        .related(agreed.span, "the separator is agreed here")
                        .help("write it without the separator"),
                );
            }
        }
    }

    /// The channel that GA4 files a link under; an error where another one is expected.
    /// `known` is what was predicted for another link of the same placement.
    pub(super) fn predict(
        &mut self,
        scene: &Scene<'a>,
        params: &[Param],
        known: &mut Option<&'static str>,
    ) -> &'static str {
        const VISIT: [&str; 3] = ["utm_source", "utm_medium", "utm_campaign"];
        let by_role =
            |(name, one): &(&'static str, Pattern)| VISIT.contains(name) && names_role(one);
        if let Some(known) = known.filter(|_| !scene.channel.params.iter().any(by_role)) {
            return known;
        }
        let channel = self.judge(scene, params);
        *known = Some(channel);
        channel
    }

    fn judge(&mut self, scene: &Scene<'a>, params: &[Param]) -> &'static str {
        let value = |name: &str| {
            params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
        };
        let (source, medium) = (value("utm_source"), value("utm_medium"));
        if source.is_empty() && medium.is_empty() {
            return "";
        }
        let (campaign, channel) = (value("utm_campaign"), scene.channel);
        // What was found once is told once, and most links of a channel are visits of one kind.
        let place: (&Channel, &Brief) = (channel, scene.brief);
        if let Some(last) =
            self.judged.as_ref().filter(|last| last.is(place, [source, medium, campaign]))
        {
            return last.ga4;
        }
        let own = &self.documents.taxonomy.ga4_sources;
        let visit = Visit { source, medium, campaign, own };
        let prediction = predict(visit);
        let values = [source, medium, campaign].map(str::to_owned);
        self.judged = Some(Judged { place, values, ga4: prediction.channel });
        let expected = channel.expected_ga4.as_ref();
        if expected.is_some_and(|expected| expected.value == prediction.channel) {
            return prediction.channel;
        }
        let reasons = prediction.because();
        let place = match reasons.first().map(|reason| reason.field) {
            Some(Part::Campaign) => scene.brief.code.span,
            Some(Part::Source) => channel.source.span,
            _ => channel.medium.span,
        };
        let filed = format!("GA4 files the links of `{}` under {}", channel.id, prediction.channel);
        if let Some(expected) = expected {
            let message = format!("{filed}, not {}: {prediction}", expected.value);
            self.report(
                Diagnostic::error(Code::WrongGa4Channel, place, message)
                    .related(expected.span, "expected here")
                    .maybe_help(how_to_reach(expected.value, visit)),
            );
        } else if prediction.channel == "Unassigned" {
            let message = format!("{filed}: {prediction}");
            self.report(
                Diagnostic::warning(Code::WrongGa4Channel, place, message)
                    .help("use a medium that GA4 knows, or say `expected_ga4 = \"Unassigned\"`"),
            );
        }
        prediction.channel
    }
}

fn names_role(pattern: &Pattern) -> bool {
    pattern.fields().any(|field| *field == Field::LinkRole)
}

/// Where the macros of a pattern stand in its value. What a cell brought in is never one, however
/// it looks.
pub(super) fn tokens(scene: &Scene<'_>, pattern: &Pattern) -> Vec<Range<usize>> {
    let (mut found, mut value) = (Vec::new(), String::new());
    if !pattern.has_macros() {
        return found;
    }
    for piece in &pattern.pieces {
        let start = value.len();
        match piece {
            Piece::Literal(text) => value.push_str(text),
            Piece::Macro(text) => {
                value.push_str(text);
                found.push(start..value.len());
            }
            // An empty field was told, and there is no value then.
            Piece::Field(field) => _ = scene.write(field, &mut value),
        }
    }
    found
}

fn without(value: &str, tokens: &[Range<usize>]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for token in tokens {
        out.push_str(value.get(at..token.start).unwrap_or(""));
        at = token.end;
    }
    out + value.get(at..).unwrap_or("")
}

fn value_fault(rules: &ParameterRules, value: &str) -> Option<String> {
    // Nearly every value is plain: nothing in it is encoded, in upper case or forbidden.
    let is_plain = |byte: u8| {
        is_bare(byte)
            && rules.allows(char::from(byte))
            && !(rules.lower_case && byte.is_ascii_uppercase())
    };
    let looks_typed =
        || find_typed_parameter(value).map(|_| "looks like a parameter itself".to_owned());
    if value.len() <= rules.max_length && value.bytes().all(is_plain) {
        return looks_typed();
    }
    if let Some(found) = value.chars().find(|found| !rules.allows(*found)) {
        return Some(format!("holds {found:?}"));
    }
    if rules.lower_case && value.chars().any(char::is_uppercase) {
        return Some("is not lower case".to_owned());
    }
    let encoded: usize = value.bytes().map(|byte| if is_bare(byte) { 1 } else { 3 }).sum();
    if encoded > rules.max_length {
        return Some(format!(
            "is {encoded} characters long, at most {} reach reports",
            rules.max_length
        ));
    }
    looks_typed()
}

/// Whether a byte stands in a URL as it is.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
