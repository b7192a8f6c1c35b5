//! `adobe_classification.tsv`: what each short code means, as Adobe Analytics' classification
//! sets read it.
//!
//! The key is the short code, so `s.campaign` has to be filled with it. UTF-8 without a mark, no
//! quoting, at most 255 bytes a value and 50 MB a file
//! (Adobe, "Classification set data files").

use std::collections::{BTreeMap, BTreeSet};

use super::ReportingInput;
use super::row::{LinkRow, Status};
use crate::artifact::parts::{Part, TableId};
use crate::artifact::{GeneratedFile, LiveLink};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Digest, Hasher, Span};
use crate::resolve::Scene;
use crate::source::Documents;

const HEADER: &str =
    "Key\tCampaign\tChannel\tPartner\tOffer\tPlacement\tRole\tCampaign Name\tPartner Name\n";

/// Longest key and value, in bytes.
const MAX_VALUE: usize = 255;

/// Names of campaigns by id.
pub(super) type CampaignNames<'a> = BTreeMap<&'a str, &'a str>;

pub(super) fn campaign_names(documents: &Documents) -> CampaignNames<'_> {
    let named = documents.briefs.iter();
    named.map(|brief| (brief.id.value.as_str(), brief.name.value.as_str())).collect()
}

/// What the file is made from besides its rows.
pub(super) fn digest_of(names: &CampaignNames<'_>) -> Digest {
    let mut hasher = Hasher::default();
    for (id, name) in names {
        hasher = hasher.part(id.as_bytes()).part(name.as_bytes());
    }
    hasher.finish()
}

/// Writes the last row of each link of `dim_link`. The file is in the parts that `dim_link` is in, so
/// none has more than some thousand lines of nine values, far from 50 MB.
pub(super) fn classification(
    part: Part,
    rows: &[LinkRow<'_>],
    names: &CampaignNames<'_>,
) -> Option<GeneratedFile> {
    const FILE: TableId = TableId::new("reporting/adobe_classification", ".tsv");
    let mut bytes = Vec::from(HEADER);
    // Of two rows with one key Adobe keeps the last, so only that one is written.
    for row in rows.iter().filter(|row| row.status != Status::Superseded.name()) {
        let values = [
            &row.short_code,
            &row.campaign_id,
            &row.channel_id,
            &row.partner_id,
            &row.offer_id,
            &row.placement_id,
            &row.role,
            names.get(row.campaign_id.as_ref()).copied().unwrap_or(""),
            &row.partner_name,
        ];
        for (number, value) in values.into_iter().enumerate() {
            if number > 0 {
                bytes.push(b'\t');
            }
            if fault(value).is_none() {
                bytes.extend_from_slice(value.as_bytes());
            }
        }
        bytes.push(b'\n');
    }
    GeneratedFile::at(&FILE.of(part), "text/tab-separated-values", bytes)
}

/// Why Adobe would not take a value as it is. An empty one leaves what is there as it is.
fn fault(value: &str) -> Option<&'static str> {
    if value.len() > MAX_VALUE {
        return Some("is longer than 255 bytes");
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Some("holds a tab, a line break or another control character");
    }
    if matches!(value, "~empty~" | "~deletekey~") {
        return Some("is a command to Adobe Analytics");
    }
    let zero = !value.is_empty() && value.bytes().all(|byte| byte == b'0');
    zero.then_some("has no digit but zero")
}

/// Reports the facts of live links that Adobe Analytics would not take. They stay out of the file.
pub fn check_classification(input: &ReportingInput<'_>, diagnostics: &mut Diagnostics) {
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for link in input.live {
        // What is kept was checked when it was made.
        let LiveLink::Made(link) = link else { continue };
        let Some(placement) = input.facts.placements.get(link.placement) else { continue };
        let Some(scene) = Scene::of(input.documents, input.facts, placement) else { continue };
        for (what, value, span) in classified(&scene) {
            let Some(fault) = fault(value).filter(|_| told.insert(span)) else { continue };
            let shown: String = value.chars().take(40).map(printable).collect();
            let message = format!("{what}, `{shown}`, {fault}, so Adobe Analytics does not get it");
            let help = "write another one: a line of at most 255 bytes, with more than zeros";
            diagnostics
                .push(Diagnostic::error(Code::UnclassifiableValue, span, message).help(help));
        }
    }
}

fn printable(one: char) -> char {
    if one.is_control() { '\u{fffd}' } else { one }
}

/// The facts of a live link that reach the file. Channels and roles cannot be wrong.
fn classified<'a>(scene: &Scene<'a>) -> Vec<(&'static str, &'a str, Span)> {
    let brief = scene.brief;
    let mut found = vec![
        ("the campaign's id", brief.id.value.as_str(), brief.id.span),
        ("the campaign's name", brief.name.value.as_str(), brief.name.span),
    ];
    if let Some(placement) = scene.placement {
        found.push(("the placement's id", placement.id.as_str(), placement.decided.offer));
    }
    let (offers, partners) = scene.tables;
    let cells = [
        ("the offer's id", offers.column("offer_id"), scene.offer()),
        ("the partner's id", partners.column("partner_id"), scene.partner()),
        ("the partner's name", partners.column("name"), scene.partner()),
    ];
    found.extend(cells.into_iter().filter_map(|(what, column, record)| {
        let (column, record) = column.zip(record)?;
        Some((what, record.text(column), record.span(column)))
    }));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::parts::Parts;

    #[test]
    fn what_adobe_refuses_is_known() {
        for good in ["", "lumen", "Marlowe & Finch", "007", "~", &"é".repeat(127)] {
            assert_eq!(fault(good), None, "{good}");
        }
        let long = "é".repeat(128);
        for bad in ["0", "000", "a\tb", "a\nb", "~empty~", "~deletekey~", &long] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn each_link_has_one_line_of_nine_values() {
        let row = |code: &'static str, status: Status| LinkRow {
            short_code: code.into(),
            campaign_id: "bf26".into(),
            partner_name: "000".into(),
            status: status.name().into(),
            ..LinkRow::default()
        };
        let names = BTreeMap::from([("bf26", "Black Friday")]);
        let rows =
            [row("one", Status::Live), row("two", Status::Superseded), row("two", Status::Retired)];
        let whole = Parts::of_rows(rows.len()).split(rows.len(), |_| 0).written();
        let made = classification(whole[0], &rows, &names).unwrap();
        assert_eq!(made.path.as_str(), "reporting/adobe_classification.tsv");
        let text = String::from_utf8(made.bytes.unwrap().to_vec()).unwrap();
        let lines = "one\tbf26\t\t\t\t\t\tBlack Friday\t\ntwo\tbf26\t\t\t\t\t\tBlack Friday\t\n";
        assert_eq!(text.strip_prefix(HEADER), Some(lines));
    }
}
