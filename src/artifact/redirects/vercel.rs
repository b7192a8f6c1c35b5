//! Vercel bulk redirects: CSV, and the line of `vercel.json` that names it.
//!
//! A rule says itself that it is not case-sensitive, so a code has one row. The status is written
//! out: a missing one means 307.

use serde_json::json;

use super::{LinkHost, Published, RedirectFile, Rule, Target};

const TABLE: &str = "redirects/vercel.csv";

/// Data, and the configuration.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    published: Published<'_>,
) -> Vec<RedirectFile> {
    let status = target.status.code().to_string();
    let query = if target.preserve_query { "true" } else { "false" };
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(["source", "destination", "statusCode", "caseSensitive", "query"]);
    for Rule { code, url } in rules {
        let _ = writer.write_record([&host.path_of(code), &**url, &status, "false", query]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    let table = RedirectFile::csv(TABLE, bytes);
    let config = json!({ "bulkRedirectsPath": published(TABLE, &table.bytes) });
    let config = format!("{config:#}\n").into_bytes();
    vec![table, RedirectFile::json("redirects/vercel.json".to_owned(), config)]
}
