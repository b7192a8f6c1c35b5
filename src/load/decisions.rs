//! Decisions and whose keys count: read only by what judges them, and never part of a build.

use std::path::Path;

use super::add::{add, hashed};
use super::inputs::read_folder_files;
use super::{ReadFault, read_file};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Span;
use crate::source::{
    ApprovalFile, RevokedKeys, Signers, SourceKind, Sources, parse_statement, read_revoked_keys,
    read_signers,
};

/// Where decisions are.
pub const APPROVALS: &str = "decisions/approvals";
/// Whose keys count.
const SIGNERS: &str = "rules/allowed_signers";
/// Which of them count no more.
const REVOKED: &str = "rules/revoked_keys";

/// Largest decision, in bytes: thousands of items with their values.
const MAX_DECISION: u64 = 16_000_000;
/// Largest signature, in bytes.
const MAX_SIGNATURE: u64 = 64_000;
/// Largest list of keys, in bytes.
const MAX_KEYS: u64 = 4_000_000;

/// What people decided, and whose word counts.
#[derive(Debug, Default)]
pub struct Decisions {
    /// Every decision that can be read, by its file's name.
    pub approvals: Vec<ApprovalFile>,
    /// `rules/allowed_signers`.
    pub signers: Signers,
    /// `rules/revoked_keys`.
    pub revoked: RevokedKeys,
    /// Every file that was read, by path, with its digest.
    pub read: Vec<(String, String)>,
}

/// Reads them. Their files are added to the sources, so that findings have places.
pub fn load_decisions(
    root: &Path,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Decisions {
    let mut decisions = Decisions::default();
    let before = sources.iter().count();
    for (path, into) in [(SIGNERS, true), (REVOKED, false)] {
        let read = read_file(&root.join(path), MAX_KEYS);
        if matches!(read, Err(ReadFault::Missing)) {
            continue;
        }
        add(sources, path, (SourceKind::Signers, None), hashed(read), diagnostics);
        let Some((id, file)) = sources.iter().last() else { continue };
        if file.kind != SourceKind::Signers || file.damaged {
            continue;
        }
        if into {
            decisions.signers = read_signers(&file.text, id, diagnostics);
        } else {
            decisions.revoked = read_revoked_keys(&file.text, id, diagnostics);
        }
    }
    for (path, read) in read_folder_files(root, APPROVALS, SourceKind::Approval, MAX_DECISION) {
        let bytes = read.as_ref().ok().cloned();
        add(sources, &path, (SourceKind::Approval, None), hashed(read), diagnostics);
        let Some((bytes, (id, file))) = bytes.zip(sources.iter().last()) else { continue };
        let name = file.path.stem().to_owned();
        match parse_statement(&bytes) {
            Ok((statement, at, expires)) => {
                let beside = root.join(format!("{path}.sig"));
                let signature = match read_file(&beside, MAX_SIGNATURE) {
                    Ok(signature) => Some(signature),
                    Err(ReadFault::Missing) => None,
                    Err(fault) => {
                        let why = format!("its signature, {path}.sig: {fault}");
                        let place = Span::start_of(id);
                        diagnostics.push(Diagnostic::error(Code::BadApproval, place, why));
                        continue;
                    }
                };
                let file = ApprovalFile { name, bytes, signature, statement, at, expires };
                decisions.approvals.push(file);
            }
            Err(why) => diagnostics.push(
                Diagnostic::error(Code::BadApproval, Span::start_of(id), why)
                    .help("restore the file from version control, or have it decided again"),
            ),
        }
    }
    let read = sources.iter().skip(before);
    decisions.read = read.map(|(_, file)| (file.path.to_string(), file.digest.hex())).collect();
    decisions
}
