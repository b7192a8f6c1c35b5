//! nginx: a map, and the two places that use it.
//!
//! A map matches strings in any case, so upper-case requests need nothing. In a quoted parameter
//! `\"` and `\\` have spellings of their own; `$` has none and is percent-encoded before.

use std::fmt::Write;

use super::{LinkHost, Published, RedirectFile, Rule, Target};

const MAP: &str = "redirects/nginx.map";

/// Data, what belongs into `http`, what belongs into `server`.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    published: Published<'_>,
) -> Vec<RedirectFile> {
    let bytes: usize = rules.iter().map(|rule| rule.url.len() + rule.code.len() + 8).sum();
    let mut map = String::with_capacity(bytes + rules.len() * host.path.len());
    let mut longest = 0;
    for Rule { code, url } in rules {
        let key = host.folded_path_of(code);
        longest = longest.max(key.len());
        map.push_str(&key);
        map.push_str(" \"");
        push_quoted(&mut map, url);
        map.push_str("\";\n");
    }
    let map = RedirectFile::text(MAP, map);
    let http = http(&published(MAP, &map.bytes), rules.len(), longest, target.preserve_query);
    let http = RedirectFile::text("redirects/nginx-http.conf", http);
    let server = RedirectFile::text("redirects/nginx-server.conf", server(target));
    vec![map, http, server]
}

fn push_quoted(map: &mut String, url: &str) {
    if !url.contains(['"', '\\']) {
        map.push_str(url);
        return;
    }
    for character in url.chars() {
        if matches!(character, '"' | '\\') {
            map.push('\\');
        }
        map.push(character);
    }
}

fn http(map: &str, count: usize, longest: usize, preserve_query: bool) -> String {
    let (size, bucket) = hash_sizes(count, longest);
    let mut text = format!(
        "# Include this in http {{ }}. Paths are relative to the folder of nginx.conf.\n\
         # nginx takes each of the two sizes once: keep the larger one of yours and this.\n\
         map_hash_max_size {size};\n\
         map_hash_bucket_size {bucket};\n\
         map $uri $throughline_target {{\n    include {map};\n}}\n"
    );
    if preserve_query {
        text.push_str(
            r#"# The query of a request goes behind the URL's own and before its fragment.
map "$is_args:$throughline_target" $throughline_location {
    "~^:" $throughline_target;
    "~^\?:(?<tl_head>[^#?]+\?[^#]*)(?<tl_tail>#.*)?$" "$tl_head&$args$tl_tail";
    "~^\?:(?<tl_head>[^#?]+)(?<tl_tail>#.*)?$" "$tl_head?$args$tl_tail";
}
"#,
        );
    }
    text
}

fn server(target: &Target) -> String {
    let location = if target.preserve_query { "location" } else { "target" };
    let mut text = String::from("# Include this in the server { } of the link host.\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "if ($throughline_target) {{\n    return {} $throughline_{location};\n}}",
        target.status.code()
    );
    text
}

/// `map_hash_max_size` and `map_hash_bucket_size`.
///
/// A bucket holds a pointer, and for each of its keys another pointer, a length of two bytes and
/// the key, in steps of eight. With twice as many buckets as keys more than a few never meet in
/// one, and nginx takes only the memory that is used.
fn hash_sizes(count: usize, longest: usize) -> (usize, usize) {
    let key = 8 + (longest + 2).next_multiple_of(8);
    ((count * 2).next_power_of_two().max(2048), (8 + key * 16).next_power_of_two().max(512))
}
