//! `CloudFront`: the data of a key-value store, and the viewer-request function that reads it.
//!
//! The function puts the path into lower case before the lookup. It reads the one store that it
//! is associated with, which is why the data is never split.

use super::{LinkHost, RedirectFile, Rule, Target};

/// Data, and the function.
pub(super) fn files(rules: &[Rule<'_>], target: &Target, host: &LinkHost) -> Vec<RedirectFile> {
    let mut data = Vec::from(b"{\"data\":[");
    for (index, Rule { code, url }) in rules.iter().enumerate() {
        data.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        let key = host.folded_path_of(code);
        data.extend_from_slice(b"{\"key\":");
        push_json(&mut data, &key);
        data.extend_from_slice(b",\"value\":");
        push_json(&mut data, url);
        data.push(b'}');
    }
    data.extend_from_slice(b"\n]}\n");
    let function = RedirectFile {
        name: "redirects/cloudfront-function.js".to_owned(),
        media_type: "text/javascript",
        bytes: function(target).into_bytes(),
    };
    vec![RedirectFile::json("redirects/cloudfront-kvs.json".to_owned(), data), function]
}

/// Adds a string as JSON spells it.
pub(super) fn push_json(data: &mut Vec<u8>, text: &str) {
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(data, text);
}

fn function(target: &Target) -> String {
    let (status, reason) = (target.status.code(), target.status.reason());
    let query = if target.preserve_query {
        r"    const query = request.rawQueryString();
    if (query) {
        const cut = target.indexOf('#');
        const head = cut < 0 ? target : target.slice(0, cut);
        const tail = cut < 0 ? '' : target.slice(cut);
        target = head + (head.includes('?') ? '&' : '?') + query + tail;
    }
"
    } else {
        ""
    };
    format!(
        r"// Viewer request, runtime cloudfront-js-2.0, associated with the key-value store.
import cf from 'cloudfront';

async function handler(event) {{
    const request = event.request;
    let target;
    try {{
        target = await cf.kvs().get(request.uri.toLowerCase());
    }} catch (error) {{
        return request;
    }}
{query}    return {{
        statusCode: {status},
        statusDescription: '{reason}',
        headers: {{ location: {{ value: target }} }},
    }};
}}
"
    )
}
