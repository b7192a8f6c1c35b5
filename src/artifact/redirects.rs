//! redirects/: short code to URL, for each kind of server.
//!
//! Always 302: a destination may be swapped, and a permanent redirect would be kept by browsers.

use std::borrow::Cow;
use std::fmt::Write;

use super::GeneratedFile;
use crate::link::Link;

/// Makes the redirect files, sorted by code.
pub fn redirect_files(live: &[&Link]) -> Vec<GeneratedFile> {
    let mut codes: Vec<(&str, &str)> =
        live.iter().map(|link| (link.short_code.as_str(), link.url.as_str())).collect();
    codes.sort_unstable();
    let mut nginx = String::from(
        "# Included in: map $uri $throughline_target { include …; }\n\
         # Then: if ($throughline_target) { return 302 $throughline_target; }\n",
    );
    let mut plain = String::new();
    for (code, url) in codes {
        // Writing to a string cannot fail.
        let _ = writeln!(nginx, "/{code} \"{}\";", nginx_value(url));
        let _ = writeln!(plain, "/{code} {url} 302");
    }
    let nginx = GeneratedFile::at("redirects/nginx.map", "text/plain", nginx.into_bytes());
    let plain = GeneratedFile::at("redirects/_redirects", "text/plain", plain.into_bytes());
    [nginx, plain].into_iter().flatten().collect()
}

/// `$` would be a variable, a quote would end the value; neither has another spelling in a map
/// but percent-encoding, which URLs read the same.
fn nginx_value(url: &str) -> Cow<'_, str> {
    if !url.contains(['$', '"', '\\']) {
        return url.into();
    }
    url.replace('$', "%24").replace('"', "%22").replace('\\', "%5C").into()
}
