//! S3 websites: routing rules, or an object for each code when the rules are too many.
//!
//! Keys are case-sensitive, so a code has two rules. A rule matches every key that begins as it
//! says, and the first that matches wins, so longer codes come first. An object's own redirect is
//! a 301, whatever is wanted: S3 takes no status there.

use serde_json::json;

use super::cloudfront::push_json;
use super::{Capacity, FaultKind, LinkHost, RedirectFault, RedirectFile, Rule, Status, Target};

/// More routing rules a website cannot have.
const MOST_RULES: usize = 50;

/// The one file.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    counted: Capacity,
    faults: &mut Vec<RedirectFault>,
) -> (Vec<RedirectFile>, Capacity) {
    if counted.used <= MOST_RULES {
        let limit = counted.limit.or(Some(MOST_RULES));
        return (vec![routing_rules(rules, target, host)], Capacity { limit, ..counted });
    }
    faults.push(RedirectFault::of_target(
        FaultKind::ObjectsInsteadOfRules,
        format!("`s3` takes `{MOST_RULES}` routing rules, and there are `{}`", counted.used),
        "upload each line of redirects/s3-objects.jsonl as an empty object with that location",
    ));
    if target.status != Status::MovedPermanently {
        faults.push(RedirectFault::of_target(
            FaultKind::PermanentStatus,
            format!(
                "`s3` answers `301` for an object, not `{}`: browsers keep it after a swap",
                target.status.code()
            ),
            "use cloudfront-kvs or another kind of target, or set status = 301",
        ));
    }
    (vec![objects(rules, host)], Capacity { what: "objects", ..counted })
}

/// Keys have no slash in front.
fn keys(host: &LinkHost, code: &str) -> [String; 2] {
    host.both_paths_of(code).map(|path| path.trim_start_matches('/').to_owned())
}

fn routing_rules(rules: &[Rule<'_>], target: &Target, host: &LinkHost) -> RedirectFile {
    let mut sorted: Vec<&Rule<'_>> = rules.iter().collect();
    sorted.sort_by_key(|rule| (std::cmp::Reverse(rule.code.len()), rule.code));
    let mut list = Vec::new();
    for Rule { code, url } in sorted {
        let rest = url.strip_prefix("https://").unwrap_or(url);
        let (authority, key) = rest.split_once('/').unwrap_or((rest, ""));
        for prefix in keys(host, code) {
            list.push(json!({
                "Condition": { "KeyPrefixEquals": prefix },
                "Redirect": {
                    "Protocol": "https",
                    "HostName": authority,
                    "ReplaceKeyWith": key,
                    "HttpRedirectCode": target.status.code().to_string(),
                },
            }));
        }
    }
    let list = serde_json::Value::from(list);
    RedirectFile::json("redirects/s3-routing-rules.json".to_owned(), format!("{list:#}\n").into())
}

fn objects(rules: &[Rule<'_>], host: &LinkHost) -> RedirectFile {
    let mut lines = Vec::new();
    for Rule { code, url } in rules {
        for key in keys(host, code) {
            lines.extend_from_slice(b"{\"key\":");
            push_json(&mut lines, &key);
            lines.extend_from_slice(b",\"location\":");
            push_json(&mut lines, url);
            lines.extend_from_slice(b"}\n");
        }
    }
    RedirectFile {
        name: "redirects/s3-objects.jsonl".to_owned(),
        media_type: "application/jsonl",
        bytes: lines,
    }
}
