//! Fastly: the items of a dictionary in batches, and the VCL that reads it.
//!
//! The path is put into lower case before the lookup. A batch upserts: a code that is gone from
//! the build stays in the dictionary, as codes are never given out again.

use super::cloudfront::push_json;
use super::{LinkHost, RedirectFile, Rule, Target};

/// One request takes no more.
const BATCH: usize = 1_000;

/// Batches, and the two snippets.
pub(super) fn files(rules: &[Rule<'_>], target: &Target, host: &LinkHost) -> Vec<RedirectFile> {
    let mut files = Vec::new();
    for (number, rules) in rules.chunks(BATCH).enumerate() {
        let name = format!("redirects/fastly-{:04}.json", number + 1);
        files.push(RedirectFile::json(name, batch(rules, host)));
    }
    files.push(RedirectFile::text("redirects/fastly-recv.vcl", recv()));
    files.push(RedirectFile::text("redirects/fastly-error.vcl", error(target)));
    files
}

fn batch(rules: &[Rule<'_>], host: &LinkHost) -> Vec<u8> {
    let mut data = Vec::from(b"{\"items\":[");
    for (index, Rule { code, url }) in rules.iter().enumerate() {
        data.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        let key = host.folded_path_of(code);
        data.extend_from_slice(b"{\"op\":\"upsert\",\"item_key\":");
        push_json(&mut data, &key);
        data.extend_from_slice(b",\"item_value\":");
        push_json(&mut data, url);
        data.push(b'}');
    }
    data.extend_from_slice(b"\n]}\n");
    data
}

fn recv() -> String {
    "# A snippet for vcl_recv. The dictionary is named throughline.\n\
     if (table.contains(throughline, std.tolower(req.url.path))) {\n  \
       error 618 \"throughline\";\n\
     }\n"
    .to_owned()
}

fn error(target: &Target) -> String {
    let (status, reason) = (target.status.code(), target.status.reason());
    let query = if target.preserve_query {
        "  if (req.url.qs != \"\") {\n    \
             set obj.http.Location = obj.http.Location \
             if(obj.http.Location ~ \"\\?\", \"&\", \"?\") req.url.qs;\n  }\n"
    } else {
        ""
    };
    format!(
        "# A snippet for vcl_error.\n\
         if (obj.status == 618 && obj.response == \"throughline\") {{\n  \
           set obj.status = {status};\n  \
           set obj.response = \"{reason}\";\n  \
           set obj.http.Location = table.lookup(throughline, std.tolower(req.url.path));\n\
         {query}  \
           synthetic \"\";\n  \
           return(deliver);\n\
         }}\n"
    )
}
