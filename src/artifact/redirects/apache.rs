//! Apache httpd: a text map, and the rules that use it.
//!
//! The path is put into lower case before the lookup. `NE` keeps the server from escaping the `%`
//! of a URL again. `mod_rewrite` drops an empty query and a `&` at the very end of a query: the URL
//! means the same. A URL with a query has a rule of its own: newer versions (seen with 2.4.71)
//! answer 403 when the first `?` of a target comes out of a variable. A line of a text map is cut at 1,024 bytes
//! without a word, so longer ones are refused before.

use std::io;

use super::{LinkHost, Publish, RedirectFile, Rule, TEXT, Target};

const MAP: &str = "redirects/apache.map";

/// Publishes the data; what belongs into the virtual host.
pub(super) fn files(
    rules: &[Rule<'_>],
    target: &Target,
    host: &LinkHost,
    publish: &dyn Publish,
) -> io::Result<Vec<RedirectFile>> {
    let map = publish.put(MAP, TEXT, &mut |out| {
        rules
            .iter()
            .try_for_each(|Rule { code, url }| writeln!(out, "{} {url}", host.folded_path_of(code)))
    })?;
    Ok(vec![RedirectFile::text("redirects/apache.conf", conf(&map, target, host))])
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
