//! throughline.lock: the ids already given out. Never reused, never silently changed.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};

/// Every id ever minted, by link id.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// Its rows.
    pub entries: BTreeMap<String, LockEntry>,
}

/// One minted link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockEntry {
    /// Its short code.
    pub short_code: String,
    /// Its campaign, for ever.
    pub campaign: String,
    /// Its channel, for ever.
    pub channel: String,
    /// Its partner, for ever.
    pub partner: String,
    /// Where the row stands; `None` for a row that this build adds.
    pub span: Option<Span>,
}

/// The first line, which is also the format's version.
const HEADER: &str = "# throughline.lock 1: ids already given out. Written by `throughline build`; \
commit it, never edit it.";
const COLUMNS: &str = "link_id,short_code,campaign,channel,partner";

impl Lock {
    /// The file's text: a row a link, sorted, so that branches merge.
    pub fn write(&self) -> String {
        let mut text = format!("{HEADER}\n{COLUMNS}\n");
        for (id, entry) in &self.entries {
            let LockEntry { short_code, campaign, channel, partner, span: _ } = entry;
            for part in [id, short_code, campaign, channel] {
                text.push_str(part);
                text.push(',');
            }
            text.push_str(partner);
            text.push('\n');
        }
        text
    }
}

/// Reads the lock. Every damaged row is reported.
pub fn read_lock(text: &str, source: SourceId, base: usize, diagnostics: &mut Diagnostics) -> Lock {
    let mut lock = Lock::default();
    let mut codes: BTreeMap<String, Span> = BTreeMap::new();
    let mut offset = base;
    for line in text.get(base..).unwrap_or("").split_inclusive('\n') {
        let row = line.trim_end();
        let span = Span::new(source, offset, offset + row.len());
        offset += line.len();
        if row.is_empty() || row.starts_with('#') || row == COLUMNS {
            continue;
        }
        let mut fail = |message: &str| {
            diagnostics.push(
                Diagnostic::error(Code::BadLock, span, message)
                    .help("restore the line from version control"),
            );
        };
        if row.starts_with("<<<<<<<") || row.starts_with("=======") || row.starts_with(">>>>>>>") {
            fail("a merge conflict is not resolved: keep the rows of both sides");
            continue;
        }
        let [id, code, campaign, channel, partner] = row.split(',').collect::<Vec<_>>()[..] else {
            fail("a row has five cells: link_id, short_code, campaign, channel, partner");
            continue;
        };
        if [id, code, campaign, channel, partner].iter().any(|cell| cell.is_empty()) {
            fail("a cell of the row is empty");
            continue;
        }
        if codes.insert(code.to_owned(), span).is_some() {
            fail(&format!("the short code `{code}` stands twice"));
        }
        let entry = LockEntry {
            short_code: code.to_owned(),
            campaign: campaign.to_owned(),
            channel: channel.to_owned(),
            partner: partner.to_owned(),
            span: Some(span),
        };
        if lock.entries.insert(id.to_owned(), entry).is_some() {
            fail(&format!("the link `{id}` stands twice"));
        }
    }
    lock
}
