//! Cloudflare Bulk Redirects: CSV without a header, quoted where needed.
//!
//! A source has no scheme, so that it answers http too, and no case folding: a code has two rows.
//! The status and all options are written out, since a missing status means 301.

use super::{LinkHost, RedirectFile, Rule, Target};

/// The one file.
pub(super) fn files(rules: &[Rule<'_>], target: &Target, host: &LinkHost) -> Vec<RedirectFile> {
    let status = target.status.code().to_string();
    let query = if target.preserve_query { "TRUE" } else { "FALSE" };
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for Rule { code, url } in rules {
        for path in host.both_paths_of(code) {
            let source = format!("{}{path}", host.authority);
            let row = [source.as_str(), url, &status, query, "FALSE", "FALSE", "FALSE"];
            // Writing to memory cannot fail.
            let _ = writer.write_record(row);
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    vec![RedirectFile::csv("redirects/cloudflare-bulk.csv", bytes)]
}
