//! Host names, and which of them belong to a network.

/// One of a network's hosts: `www.awin1.com`, or `*.pxf.io` for every host below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostPattern {
    below: bool,
    name: String,
}

impl HostPattern {
    /// Reads a pattern; `None` where it names no host, or a whole top level.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (below, name) = text.strip_prefix("*.").map_or((false, text), |name| (true, name));
        is_host_name(name).then(|| Self { below, name: name.to_owned() })
    }

    /// A pattern of one host.
    pub(super) fn exactly(name: &str) -> Self {
        Self { below: false, name: name.to_owned() }
    }

    pub(super) fn matches(&self, host: &str) -> bool {
        if !self.below {
            return host.eq_ignore_ascii_case(&self.name);
        }
        let cut = host.len().checked_sub(self.name.len());
        let Some((labels, name)) = cut.and_then(|cut| host.split_at_checked(cut)) else {
            return false;
        };
        name.eq_ignore_ascii_case(&self.name) && labels.len() > 1 && labels.ends_with('.')
    }

    pub(super) fn text(&self) -> String {
        if self.below { format!("*.{}", self.name) } else { self.name.clone() }
    }
}

/// Tells whether `text` is a lower-case host name of two labels or more, and no address.
pub(super) fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && top.bytes().any(|byte| byte.is_ascii_lowercase())
}
