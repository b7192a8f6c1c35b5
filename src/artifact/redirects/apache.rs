//! Apache httpd: a text map, and the rules that use it.
//!
//! The path is put into lower case before the lookup. `NE` keeps the server from escaping the `%`
//! of a URL again. `mod_rewrite` drops an empty query and a `&` at the very end of a query: the URL
//! means the same. A URL with a query has a rule of its own: newer versions (seen with 2.4.71)
//! answer 403 when the first `?` of a target comes out of a variable. A line of a text map is cut at 1,024 bytes
//! without a word, so longer ones are refused before.

use super::{LinkHost, Published, RedirectFile, Rule, Target};

const MAP: &str = "redirects/apache.map";

/// Data, and what belongs into the virtual host.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    published: Published<'_>,
) -> Vec<RedirectFile> {
    let bytes: usize = rules.iter().map(|rule| rule.url.len() + rule.code.len() + 8).sum();
    let mut map = String::with_capacity(bytes + rules.len() * host.path.len());
    for Rule { code, url } in rules {
        map.push_str(&host.folded_path_of(code));
        map.push(' ');
        map.push_str(url);
        map.push('\n');
    }
    let map = RedirectFile::text(MAP, map);
    let conf = conf(&published(MAP, &map.bytes), target, host);
    vec![map, RedirectFile::text("redirects/apache.conf", conf)]
}

fn conf(map: &str, target: &Target, host: &LinkHost) -> String {
    let query = if target.preserve_query { "QSA" } else { "QSD" };
    let (path, status) = (&host.path, target.status.code());
    let lookup = "${throughline:${throughline_lower:%{REQUEST_URI}}}";
    format!(
        r#"# Include this in the <VirtualHost> of the link host. The path is relative to ServerRoot.
# A text map is read from its start for each new code. From some ten thousand codes on, make a
# hash of it with `httxt2dbm -f db`, and write dbm=db: instead of txt:.
RewriteEngine On
RewriteMap throughline "txt:{map}"
RewriteMap throughline_lower "int:tolower"
RewriteCond "{lookup}" "^([^?]+)\?(.*)$"
RewriteRule "(?i)^{path}[a-z0-9]+$" "%1?%2" [R={status},NE,L,{query}]
RewriteCond "{lookup}" "^([^?]+)$"
RewriteRule "(?i)^{path}[a-z0-9]+$" "%1" [R={status},NE,L,{query}]
"#
    )
}
