//! Vercel bulk redirects: CSV, and the line of `vercel.json` that names it.
//!
//! A rule says itself that it is not case-sensitive, so a code has one row. The status is written
//! out: a missing one means 307.

use std::io;

use serde_json::json;

use super::{CSV, LinkHost, Publish, RedirectFile, Rule, Target};

const TABLE: &str = "redirects/vercel.csv";

/// Publishes the data; the configuration that names it.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    publish: &dyn Publish,
) -> io::Result<Vec<RedirectFile>> {
    let status = target.status.code().to_string();
    let query = if target.preserve_query { "true" } else { "false" };
    let table = publish.put(TABLE, CSV, &mut |out| {
        let mut writer = csv::Writer::from_writer(out);
        let header = ["source", "destination", "statusCode", "caseSensitive", "query"];
        writer.write_record(header)?;
        for Rule { code, url } in rules {
            writer.write_record([&host.path_of(code), &**url, &status, "false", query])?;
        }
        writer.flush()
    })?;
    let config = format!("{:#}\n", json!({ "bulkRedirectsPath": table })).into_bytes();
    Ok(vec![RedirectFile::json("redirects/vercel.json".to_owned(), config)])
}
