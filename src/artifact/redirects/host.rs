//! The host that answers short codes, and the path before a code.

use url::Url;

use super::fault::shown;
use super::{FaultKind, RedirectFault, TargetKind};

/// Longer ones would not leave room for a code in the shortest key, which is Fastly's.
const LONGEST_PATH: usize = 128;

/// Where codes are answered.
#[derive(Clone, Debug)]
pub(super) struct LinkHost {
    /// `go.example.com`, with a port if it is not the usual one.
    pub(super) authority: String,
    /// What stands before a code: `/`.
    pub(super) path: String,
}

impl LinkHost {
    /// Reads the host that codes are joined to.
    pub(super) fn parse(link_host: &str, kind: TargetKind) -> Result<Self, RedirectFault> {
        let fault = |what: &str, help| {
            let message = format!("the link host `{}` {what}", shown(link_host));
            RedirectFault::of_target(FaultKind::InvalidHost, message, help)
        };
        let url = Url::parse(link_host).ok().filter(|url| url.scheme() == "https");
        let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host_str()?))) else {
            return Err(fault("is not an https URL", "write it like `https://go.example.com/`"));
        };
        // Joining a code replaces what stands behind the last slash.
        let path = url.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
        if path.len() > LONGEST_PATH || !path.bytes().all(plain) {
            return Err(fault(
                "has a path that not every server can match",
                "use letters, digits, `-` and `_` in it, or no path",
            ));
        }
        let authority = match url.port() {
            Some(_) if kind == TargetKind::CloudflareBulk => {
                return Err(fault("has a port", "leave the port out: Cloudflare takes none here"));
            }
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self { authority, path: format!("{path}/") })
    }

    /// The path of a code, as printed in text.
    pub(super) fn path_of(&self, code: &str) -> String {
        format!("{}{code}", self.path)
    }

    /// The path that a server looks up after putting it into lower case.
    pub(super) fn folded_path_of(&self, code: &str) -> String {
        self.path_of(code).to_ascii_lowercase()
    }

    /// Both spellings of a path, for servers that tell them apart: as in text, and as in a QR
    /// code, which is upper case throughout.
    pub(super) fn both_paths_of(&self, code: &str) -> [String; 2] {
        let path = self.path_of(code);
        let upper = path.to_ascii_uppercase();
        [path, upper]
    }

    /// Tells whether the authority of a URL is this host.
    pub(super) fn is(&self, authority: &str) -> bool {
        let bare = authority.strip_suffix(":443").unwrap_or(authority);
        bare.strip_suffix('.').unwrap_or(bare).eq_ignore_ascii_case(&self.authority)
    }
}
