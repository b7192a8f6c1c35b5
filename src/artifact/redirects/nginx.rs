//! nginx: a map, and the two places that use it.
//!
//! A map matches strings in any case, so upper-case requests need nothing. In a quoted parameter
//! `\"` and `\\` have spellings of their own; `$` has none and is percent-encoded before.

use std::fmt::Write as _;
use std::io;

use super::{LinkHost, Publish, RedirectFile, Rule, TEXT, Target};

const MAP: &str = "redirects/nginx.map";

/// Publishes the data; what belongs into `http` and into `server`.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    publish: &dyn Publish,
) -> io::Result<Vec<RedirectFile>> {
    let (mut line, mut longest) = (String::new(), 0);
    let map = publish.put(MAP, TEXT, &mut |out| {
        for Rule { code, url } in rules {
            line.clear();
            line.push_str(&host.folded_path_of(code));
            longest = longest.max(line.len());
            line.push_str(" \"");
            push_quoted(&mut line, url);
            line.push_str("\";\n");
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    })?;
    let http = http(&map, rules.len(), longest, target.preserve_query);
    let http = RedirectFile::text("redirects/nginx-http.conf", http);
    let server = RedirectFile::text("redirects/nginx-server.conf", server(target));
    Ok(vec![http, server])
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
