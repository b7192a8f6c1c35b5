//! The addresses of short codes on the workspace's link host.

use url::Url;

use crate::source::Documents;

/// Whether joining leaves a code as it is. Those that were given out are so.
fn is_plain(code: &str) -> bool {
    code.bytes().all(|one| one.is_ascii_alphanumeric())
}

/// Puts short codes onto the link host. A build has as many addresses as links, so they are put
/// together where they are asked for.
#[derive(Clone, Debug, Default)]
pub struct ShortUrls {
    host: Option<Url>,
    /// The host up to the slash before a code, where an address comes to that with the code behind it.
    folder: Option<String>,
}

impl ShortUrls {
    /// Those of a workspace.
    pub fn of(documents: &Documents) -> Self {
        let host = documents.workspace.hosts.links.value.clone();
        // What joining comes to where nothing needs encoding.
        let bare = host.query().is_none() && host.fragment().is_none();
        let folder = host.as_str().strip_suffix('/').filter(|_| bare);
        let folder = folder.map(|folder| [folder, "/"].concat());
        Self { host: Some(host), folder }
    }

    /// The address of a code.
    pub fn url(&self, code: &str) -> String {
        let mut out = String::new();
        self.write(code, &mut out);
        out
    }

    /// Writes the address of a code behind what is there.
    pub fn write(&self, code: &str, out: &mut String) {
        if let Some(folder) = self.folder.as_ref().filter(|_| is_plain(code)) {
            out.push_str(folder);
            out.push_str(code);
        } else if let Some(joined) = self.host.as_ref().and_then(|host| host.join(code).ok()) {
            out.push_str(joined.as_str());
        }
    }

    /// Whether an address is that of a code.
    pub fn is(&self, address: &str, code: &str) -> bool {
        match self.folder.as_ref().filter(|_| is_plain(code)) {
            Some(folder) => address.strip_prefix(folder.as_str()) == Some(code),
            None => self.url(code) == address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together or joined, it comes to the same.
    #[test]
    fn an_address_is_what_joining_comes_to() {
        for host in [
            "https://a.example/",
            "https://a.example/go/",
            "https://a.example/go",
            "https://a.example/?x",
        ] {
            let host = Url::parse(host).unwrap();
            let bare = host.query().is_none();
            let folder = host.as_str().strip_suffix('/').filter(|_| bare);
            let folder = folder.map(|folder| [folder, "/"].concat());
            let short_urls = ShortUrls { host: Some(host.clone()), folder };
            for code in ["bcdfghjk2", "B2", "", "a/b", "..", "a b", "é", "x:y", "?", "#a"] {
                let joined = host.join(code).map_or_else(|_| String::new(), String::from);
                assert_eq!(short_urls.url(code), joined, "{host} {code}");
                assert!(short_urls.is(&joined, code) && !short_urls.is("https://b.example", code));
            }
        }
    }
}
